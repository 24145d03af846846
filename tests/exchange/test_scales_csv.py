"""A table of scale totals becomes people and scores of the register."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from emgfeedback.core.errors import FileFormatError, RegisterError
from emgfeedback.exchange.scales_csv import import_scales, read_scales
from emgfeedback.measures.scales import SCALES
from emgfeedback.people.database import Database
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Patient, ScaleScore
from tests.measures.test_trend import PRINTED, TABLE

DAY = dt.date(2026, 1, 5)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Database.open(tmp_path / "data") as database:
        yield Register(database, who="Dr Test", role=Role.CLINICIAN)


@pytest.fixture
def table(tmp_path: Path):
    def make(text: str, name: str = "clinic") -> Path:
        path = tmp_path / f"{name}.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return make


def test_the_public_trial_reproduces_its_printed_means_and_responders_from_the_register(register):
    report = import_scales(register, read_scales(TABLE, DAY))
    assert len(report.patients) == 109
    assert (report.added, report.known, report.left_out) == (631, 0, ("obs",))
    patients = {patient.id: patient for patient in register.all_of(Patient)}
    assert sorted(p.pseudonym for p in patients.values())[:2] == ["cdystonia-1", "cdystonia-10"]
    arm = {
        id_: next(name for name in PRINTED if f"treat {name}," in patient.note)
        for id_, patient in patients.items()
    }
    scores = register.all_of(ScaleScore)
    totals = {(s.patient_id, (s.on - DAY).days // 7): s.total for s in scores}
    for name, printed in PRINTED.items():
        for week, expected in zip((0, 4, 16), printed, strict=True):
            found = [v for (p, w), v in totals.items() if w == week and arm[p] == name]
            mean, spread = statistics.mean(found), statistics.stdev(found)
            assert (round(mean, 2), round(spread, 2), len(found)) == expected
    responders = {
        name: sum(
            SCALES["twstrs"].noticed(totals[p, 4] - totals[p, 0])
            for p in patients
            if arm[p] == name and (p, 4) in totals
        )
        for name in PRINTED
    }
    assert responders == {"Placebo": 10, "5000U": 19, "10000U": 24}


def test_an_import_is_one_step_that_undo_takes_back(register, table):
    path = table("patient,date,twstrs\nA-1,2026-03-09,40\nA-2,2026-03-09,41\n")
    report = import_scales(register, read_scales(path))
    assert {p.pseudonym for p in report.patients.values()} == {"A-1", "A-2"}
    assert all(p.version == 1 for p in report.patients.values())
    assert len(register.undo()) == 4
    assert register.all_of(Patient) == register.all_of(ScaleScore) == []


def test_the_same_table_again_adds_nothing_and_a_longer_one_only_what_is_new(register, table):
    first = table("patient,week,twstrs,nrs_pain\nA-1,0,40,5\n")
    import_scales(register, read_scales(first, DAY))
    again = import_scales(register, read_scales(first, DAY))
    assert (again.added, again.known) == (0, 2)
    longer = table("patient,week,twstrs,nrs_pain\nA-1,0,40,5\nA-1,4,33.5,\n", "later")
    table_read = read_scales(longer, DAY)
    assert table_read.empty == 1
    report = import_scales(register, table_read)
    assert (report.added, report.known) == (1, 2)
    assert [s.total for s in register.all_of(ScaleScore) if s.scale == "twstrs"] == [33.5, 40]
    assert len(register.all_of(Patient)) == 1


def test_names_in_a_table_become_names_and_no_pseudonyms(register, table):
    register.put(Patient(pseudonym="clinic-1"))
    text = "patient,date,twstrs\nAda Quillfeather,2026-03-09,40\nBo,2026-03-09,9\n2,2026-03-09,8\n"
    report = import_scales(register, read_scales(table(text)))
    ada, bo, two = (report.patients[key] for key in ("Ada Quillfeather", "Bo", "2"))
    assert (ada.pseudonym, ada.name) == ("clinic-3", "Ada Quillfeather")
    assert (bo.pseudonym, bo.name) == ("clinic-4", "Bo")
    assert (two.pseudonym, two.name) == ("clinic-2", "")
    again = import_scales(register, read_scales(table(text)))
    assert (again.added, again.known) == (0, 3)
    assert again.patients == report.patients


def test_a_name_that_two_people_share_is_refused(register, table):
    register.put_all([Patient(pseudonym=p, name="Bo") for p in ("P-1", "P-2")])
    with pytest.raises(RegisterError, match="Two people"):
        import_scales(register, read_scales(table("patient,date,twstrs\nBo,2026-03-09,9\n")))
    assert register.all_of(ScaleScore) == []


def test_another_total_of_the_same_day_is_refused_and_nothing_is_kept(register, table):
    import_scales(register, read_scales(table("patient,date,twstrs\nA-1,2026-03-09,40\n")))
    other = table("patient,date,twstrs\nA-2,2026-03-09,1\nA-1,2026-03-09,41\n")
    with pytest.raises(RegisterError, match=r"Row 3: TWSTRS of A-1 .* 41 .* 40 in the register"):
        import_scales(register, read_scales(other))
    assert len(register.all_of(Patient)) == len(register.all_of(ScaleScore)) == 1


def test_semicolons_decimal_commas_and_other_names_of_columns(table):
    read = read_scales(
        table(
            "\ufeffSubject;Date;CDQ24;Doctor\r\nA-1;2026-03-09;12,5;Who\r\n\r\nA-2;2026-03-10;;\r\n"
        )
    )
    assert [(r.person, r.on, r.scale, r.total) for r in read.rows] == [
        ("A-1", dt.date(2026, 3, 9), "cdq24", 12.5)
    ]
    assert (read.left_out, read.empty) == (("Doctor",), 1)
    assert list(read.people) == ["A-1", "A-2"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no table"),
        ("\0\0", "no"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("patient,week,twstrs\n", "no data"),
        ("week,twstrs\n0,1\n", "no column `patient`"),
        ("patient,twstrs\n1,1\n", "neither"),
        ("patient,week,mood\n1,0,1\n", "Known are twstrs"),
        ("patient,week,twstrs,TWSTRS\n1,0,1,2\n", "twice"),
        ("patient,week,twstrs\n1,0,86\n", r"row 2: TWSTRS: a total of 86 .*0 to 85"),
        ("patient,week,twstrs\n1,0,40\n1,2,-1\n", r"row 3: TWSTRS: a total of -1 .*0 to 85"),
        ("patient,week,twstrs\n1,0,nan\n", r"'nan' for TWSTRS in row 2.*0 to 85"),
        ("patient,week,twstrs\n1,0,inf\n", "'inf'"),
        ("patient,week,twstrs\n1,0,1_0\n", "'1_0'"),
        ("patient,week,twstrs\n1,0,1e400\n", "off|not on the scale"),
        ("patient,week,twstrs\n1,0,=1+1\n", "'=1"),
        ("patient,week,twstrs\n,0,1\n", "nobody in row 2"),
        ("patient,week,twstrs\n1,x,1\n", "week 'x' in row 2"),
        ("patient,week,twstrs\n1,99999,1\n", "week '99999' in row 2"),
        ("patient,date,twstrs\n1,9.3.2026,1\n", "date '9.3.2026' in row 2"),
        ("patient,week,twstrs\n1,0\n", "2 cells in row 2"),
        ("patient,week,twstrs\n1,0,1\n\n1,0,2\n", "in row 2 and again in row 4"),
        ('patient,week,twstrs\n"1,0,1\n', "no table"),
        ("patient,week,twstrs\n" + "x" * 200_000 + ",0,1\n", "no table|person"),
        ("a," * 300 + "b\n1\n", "no column|limit"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(table, text, says):
    with pytest.raises(FileFormatError, match=says) as caught:
        read_scales(table(text), DAY)
    assert len(str(caught.value)) < 500


def test_weeks_need_their_first_day_and_a_missing_file_is_told(table, tmp_path):
    with pytest.raises(FileFormatError, match="date of week 0"):
        read_scales(table("patient,week,twstrs\n1,0,1\n"))
    with pytest.raises(FileFormatError, match="no such file"):
        read_scales(tmp_path / "none.csv")


def test_a_huge_table_is_refused_unread(tmp_path):
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(1 << 32)
    with pytest.raises(FileFormatError, match="more than 16 MiB"):
        read_scales(tmp_path / "big.csv")
