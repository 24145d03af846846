"""Assessments of filed sessions: what they are made from, where they lie, what the trend gets."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emgfeedback import __version__
from emgfeedback.access.sealing import SealedFiles, is_sealed
from emgfeedback.core.errors import FileFormatError, RegisterError, UsageError
from emgfeedback.core.montage import Side
from emgfeedback.measures.assessment_spans import Edge
from emgfeedback.people.assessments import (
    assess_filed,
    choose_heart,
    heart_choice,
    keep_assessment,
    move_edge,
    previous_assessment,
    read_assessment,
)
from emgfeedback.people.erase import erase_patient
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.values import (
    HeartChoice,
    MeasureTaken,
    MovedEdge,
    Patient,
    RecordingFile,
    Session,
    SessionKind,
)
from emgfeedback.training.movements import MOVEMENTS
from tests.people.assessed_session import BOARD, NAME, file_assessment, summary
from tests.people.kept import open_kept

KEY = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def register(folder: DataFolder) -> Iterator[Register]:
    opened = open_kept(folder.root)
    yield opened
    opened.database.close()


@pytest.fixture
def patient(register: Register) -> Patient:
    return register.put(Patient(pseudonym="P-1"))


@pytest.fixture
def session(register: Register, folder: DataFolder, patient: Patient) -> Session:
    return file_assessment(register, folder, patient.id)


def assessed(register, folder, session, **more):
    return assess_filed(register, folder, session.id, MOVEMENTS, **more)


def rms_uv(told, task: str, label: str) -> float:
    return told["tasks"][task]["muscles"][label]["rms_uv"]["value"]


def test_the_plan_makes_a_visit_an_assessment_and_leaves_home_at_home(register, folder, patient):
    told = summary("another-plan")
    kinds = [
        file_assessment(register, folder, patient.id, weeks=k, kind=kind, told=of).kind
        for k, (kind, of) in enumerate(
            [(SessionKind.VISIT, None), (SessionKind.HOME, None), (SessionKind.VISIT, told)]
        )
    ]
    assert kinds == [SessionKind.ASSESSMENT, SessionKind.HOME, SessionKind.VISIT]


def test_an_assessment_is_made_with_what_the_register_knows(register, folder, patient, session):
    plain = assessed(register, folder, session)
    assert plain["heart_way"] == "gate"
    assert (plain["device"], plain["edges"]) == (BOARD, ())
    assert plain["segments"]["let-go"][0]["moved"] == ()
    choose_heart(register, patient.id, "highpass-50")
    hold = plain["segments"]["let-go"][0]
    at_s = hold["hold_start_s"] + 3
    move_edge(register, session.id, Edge("let-go", 0, "start", at_s), hold["hold_start_s"])
    (row,) = register.session(session.id).recordings
    end_s = hold["hold_end_s"]
    register.put(dataclasses.replace(row, left_out=((end_s - 2, end_s, "cough"),)))
    told = assessed(register, folder, session)
    assert told["heart_way"] == "highpass-50"
    assert told["filters"].startswith("HP 50 Hz o4")
    (edge,) = told["edges"]
    assert (edge["at_s"], edge["was_s"]) == (at_s, hold["hold_start_s"])
    assert told["segments"]["let-go"][0]["hold_start_s"] == pytest.approx(at_s)
    assert rms_uv(told, "let-go", "SCM L") < rms_uv(plain, "let-go", "SCM L")


def test_references_are_the_session_s_own(register, folder, patient):
    told = summary()
    told["calibrations"][0]["channels"] = [{"label": "SCM L", "value_uv": 60.0, "facts": {}}]
    session = file_assessment(register, folder, patient.id, told=told)
    found = {c["label"]: c for c in assessed(register, folder, session)["channels"]}
    assert found["SCM L"]["reference_uv"]["value"] == 60.0
    assert found["SCM R"]["reference_uv"]["value"] is None
    assert found["SCM L"]["reference_method"] == "rvc_test"


def test_a_reference_through_another_high_pass_is_none(register, folder, patient):
    told = summary()
    for found, filters in zip(
        told["calibrations"][0]["channels"], ("HP 20 Hz o2, LP 400 Hz o4", "HP 30 Hz o4, LP"),
        strict=False,
    ):  # fmt: skip
        found["facts"] = {"filter_facts": filters}
    session = file_assessment(register, folder, patient.id, told=told)
    found = {c["label"]: c["reference_uv"] for c in assessed(register, folder, session)["channels"]}
    assert found["SCM L"]["value"] == 120.0
    assert found["SCM R"]["value"] is None
    assert "no reference contraction" in found["SCM R"]["reason"]


def test_what_was_kept_is_read_until_something_changes(register, folder, patient, session):
    told = assessed(register, folder, session)
    assert read_assessment(register, folder, session.id) is None
    path = keep_assessment(register, folder, told)
    assert path == folder.recordings / f"{NAME}-0.assessment.json"
    kept = read_assessment(register, folder, session.id)
    assert kept == json.loads(json.dumps(told))
    assert path.stat().st_mode & 0o077 == 0
    choice = choose_heart(register, patient.id, "template")
    assert read_assessment(register, folder, session.id) is None
    register.remove(choice)
    assert read_assessment(register, folder, session.id) == kept
    path.write_text(path.read_text().replace(f'"app": "{__version__}"', '"app": "0.0.1"'))
    assert read_assessment(register, folder, session.id) is None, "another version made it"
    path.write_text("[1]")
    assert read_assessment(register, folder, session.id) is None


def test_keeping_anew_replaces_the_file_and_the_measures(register, folder, patient, session):
    keep_assessment(register, folder, assessed(register, folder, session))
    first = {row.id: row for row in register.all_of(MeasureTaken, session_id=session.id)}
    keep_assessment(register, folder, assessed(register, folder, session))
    again = {row.id: row for row in register.all_of(MeasureTaken, session_id=session.id)}
    assert again == first, "the same assessment changes nothing"
    choose_heart(register, patient.id, "highpass-100")
    keep_assessment(register, folder, assessed(register, folder, session))
    later = register.all_of(MeasureTaken, session_id=session.id)
    # The takes of the references are not marked here: there is no share of them to tell.
    gone = {row.key for row in first.values() if row.id not in {row.id for row in later}}
    assert gone == {"rest_of_reference", "let_go_of_reference"}
    assert {row.id for row in later} <= set(first)
    level = next(r for r in later if (r.key, r.muscle, r.side) == ("let_go", "scm", Side.LEFT))
    assert level.version == 2
    assert level.value < first[level.id].value
    assert "HP 100 Hz" in level.conditions
    assert len(list(folder.recordings.glob("*assessment*"))) == 1


def test_trends_get_levels_differences_and_the_trick(register, folder, session):
    told = assessed(register, folder, session)
    keep_assessment(register, folder, told)
    rows = register.all_of(MeasureTaken, session_id=session.id)
    found = {(r.key, r.muscle, r.side): r for r in rows}
    assert len(found) == len(rows)
    left = ("scm", Side.LEFT)
    for key, task in (("rest", "rest-supported"), ("let_go", "let-go")):
        level = found[key, *left]
        assert (level.value, level.unit) == (rms_uv(told, task, "SCM L"), "uV")
        share = found[f"{key}_of_reference", *left]
        assert share.value == pytest.approx(100 * level.value / 120)
        assert "rvc_test" in share.conditions
    pair = told["tasks"]["let-go"]["pairs"]["SCM L / SCM R"]["asymmetry_pct"]["value"]
    assert found["asymmetry_let_go", "scm", Side.MIDLINE].value == pair
    assert found["trick_index", *left].value == told["trick"]["SCM L"]["index_pct"]["value"]
    assert not any(place[1:] == ("splenius", Side.LEFT) for place in found), "it was loose"
    ((line, measure),) = register.trend(session.patient_id, "let_go", *left)
    assert (line.id, measure.value) == (session.id, found["let_go", *left].value)


def test_what_the_session_has_itself_is_not_kept_twice(register, folder, session):
    own = MeasureTaken(
        patient_id=session.patient_id, session_id=session.id, key="trick_index", muscle="scm",
        side=Side.LEFT, value=44.0, unit="%", conditions="as the training told",
    )  # fmt: skip
    register.put(own)
    keep_assessment(register, folder, assessed(register, folder, session))
    found = [
        row.value
        for row in register.all_of(MeasureTaken, session_id=session.id)
        if (row.key, row.muscle, row.side) == ("trick_index", "scm", Side.LEFT)
    ]
    assert found == [44.0]


def test_the_previous_assessment_is_the_last_earlier_one(register, folder, patient, session):
    later = file_assessment(register, folder, patient.id, weeks=12)
    other = register.put(Patient(pseudonym="P-2"))
    stranger = file_assessment(register, folder, other.id, weeks=6)
    assert previous_assessment(register, folder, later.id) is None, "none was kept"
    line, told = previous_assessment(register, folder, later.id, MOVEMENTS)
    assert (line.id, told["session_id"]) == (session.id, session.id)
    keep_assessment(register, folder, told)
    assert previous_assessment(register, folder, later.id)[0].id == session.id
    nobody = file_assessment(register, folder, "", weeks=20)
    file_assessment(register, folder, patient.id, weeks=11, kind=SessionKind.HOME)
    assert previous_assessment(register, folder, later.id)[0].id == session.id
    for first in (session, stranger, nobody):
        assert previous_assessment(register, folder, first.id, MOVEMENTS) is None


def test_under_a_passphrase_it_is_sealed(register, folder, patient):
    pytest.importorskip("cryptography", reason="needs requirements-secure.txt")
    files = SealedFiles(KEY)
    session = file_assessment(register, folder, patient.id, files=files)
    path = keep_assessment(
        register, folder, assessed(register, folder, session, files=files), files
    )
    assert path.name == f"{NAME}-0.assessment.json.sealed"
    assert is_sealed(path)
    assert read_assessment(register, folder, session.id, files)["session_id"] == session.id
    assert read_assessment(register, folder, session.id) is None, "without the keys"


def test_erasing_the_person_erases_it(register, folder, patient, session):
    path = keep_assessment(register, folder, assessed(register, folder, session))
    assert erase_patient(register, folder, patient.id).files == 3
    assert not path.exists()
    assert list(folder.recordings.iterdir()) == []


def test_a_way_around_the_heart_holds_until_it_is_changed_with_a_reason(register, patient):
    assert heart_choice(register, patient.id) == "gate"
    choose_heart(register, patient.id, "highpass-30")
    choose_heart(register, patient.id, "highpass-30")
    assert heart_choice(register, patient.id) == "highpass-30"
    with pytest.raises(UsageError, match="cannot be compared"):
        choose_heart(register, patient.id, "template", " ")
    with pytest.raises(UsageError, match="unknown"):
        choose_heart(register, patient.id, "guess")
    choose_heart(register, patient.id, "template", "  the pacemaker is new ")
    assert heart_choice(register, patient.id) == "template"
    assert register.all_of(HeartChoice, patient.id)[0].note == "the pacemaker is new"


def test_the_first_choice_after_two_visits_needs_a_reason_too(register, folder, patient, session):
    other = register.put(Patient(pseudonym="P-2"))
    choose_heart(register, patient.id, "gate")
    for weeks in (1, 13):
        file_assessment(register, folder, other.id, weeks=weeks)
    with pytest.raises(UsageError, match="cannot be compared"):
        choose_heart(register, other.id, "highpass-30")
    choose_heart(register, other.id, "gate")


def test_an_edge_moved_again_is_one_edge(register, session):
    for at_s in (20.0, 21.0):
        move_edge(register, session.id, Edge("let-go", 0, "end", at_s), 24.0)
    (edge,) = register.all_of(MovedEdge, session_id=session.id)
    assert (edge.at_s, edge.was_s, edge.version) == (21.0, 24.0, 2)


def test_what_cannot_be_assessed_says_why(register, folder, patient, session):
    empty = register.put(dataclasses.replace(session, id="0" * 32, version=0))
    with pytest.raises(RegisterError, match="no recording"):
        assess_filed(register, folder, empty.id, MOVEMENTS)
    (row,) = register.all_of(RecordingFile, session_id=session.id)
    move_edge(register, session.id, Edge("let-go", 7, "end", 1.0), 1.0)
    with pytest.raises(UsageError, match="hold 8 of 'let-go'"):
        assessed(register, folder, session)
    folder.path_of(row.path).unlink()
    with pytest.raises(FileFormatError, match="cannot be read"):
        assessed(register, folder, session)
