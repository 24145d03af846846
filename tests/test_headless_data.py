"""`main.py data` as a process: what it prints, what it leaves, how it ends."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from emgfeedback.access.key_file import LOWEST
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import open_folder
from emgfeedback.people.protect import set_passphrase
from emgfeedback.people.values import ScaleScore, Session, SessionKind
from emgfeedback.records.reader import open_recording
from tests.commands import MAIN, PATIENCE_S, Command, assert_told_in_one_line, posix_only
from tests.people.kept import NAMES, contents, fill, values

PASSPHRASE = "vier Worte für Anna"
Data = Callable[..., Command]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = fill(tmp_path_factory.mktemp("filled"))
    kept.register.database.close()
    return kept.folder.root


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> DataFolder:
    shutil.copytree(filled, tmp_path / "data")
    return DataFolder(tmp_path / "data")


@pytest.fixture
def locked(folder: DataFolder) -> DataFolder:
    pytest.importorskip("sqlcipher3", reason="encryption is an extra")
    set_passphrase(folder, PASSPHRASE, cost=LOWEST)
    return folder


@pytest.fixture
def data(folder: DataFolder, tmp_path: Path) -> Data:
    def run(*arguments: object, at: Path = folder.root, secret: str = "") -> Command:
        environment = {"EMGFEEDBACK_PASSPHRASE": secret}
        return Command(
            "data", *arguments, "--data-dir", at, home=tmp_path / "home", environment=environment
        )

    return run


def kept_in(folder: DataFolder, secret: str = "") -> dict[str, Any]:
    opened = open_folder(folder, secret, who="Dr Test")
    try:
        return dict(values(opened.register))
    finally:
        opened.close()


def test_verify_tells_what_was_checked(data: Data, folder: DataFolder):
    told = data("verify", "--json").told()
    assert (told["files"], told["problems"], told["unfiled"]) == (2, [], [])
    assert told["rows"] == len(kept_in(folder))
    command = data("verify")
    assert command.wait() == 0
    assert command.out == [f"{told['rows']} rows and 2 files are as they were kept.\n"]


def test_verify_fails_with_a_recording_that_was_changed(data: Data, folder: DataFolder):
    path = next(folder.recordings.glob("*.bdf"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    command = data("verify", "--json")
    assert command.wait() == 1
    (problem,) = json.loads(command.out[0])["problems"]
    assert path.name in problem
    assert assert_told_in_one_line("".join(command.err)) == f"1 problem found. {problem}"


def test_a_backup_restores_bit_for_bit(data: Data, folder: DataFolder, tmp_path: Path):
    made = data("backup", "--out", tmp_path / "b.zip", "--json").told()
    there = DataFolder(tmp_path / "there")
    restored = data("restore", tmp_path / "b.zip", "--json", at=there.root).told()
    assert restored["files"] == made["files"] == 7
    assert contents(there, "recordings", "photos") == contents(folder, "recordings", "photos")
    assert kept_in(there) == kept_in(folder)


def test_nothing_is_overwritten(data: Data, folder: DataFolder, tmp_path: Path):
    out = tmp_path / "b.zip"
    out.write_bytes(b"mine")
    assert "exists" in data("backup", "--out", out).failure()
    assert out.read_bytes() == b"mine"
    out.unlink()
    data("backup", "--out", out, "--json").told()
    before = contents(folder, ".")
    assert "not empty" in data("restore", out).failure()
    assert contents(folder, ".") == before


def test_erase_takes_one_person_and_nobody_else(data: Data, folder: DataFolder):
    told = data("erase", "p-1", "--json").told()
    assert told["files"] == 3
    left = kept_in(folder)
    assert told["patient_id"] not in left
    rest = b"".join(path.read_bytes() for path in folder.root.rglob("*") if path.is_file())
    assert NAMES[0].encode() not in rest
    assert NAMES[1].encode() in rest


def test_an_archive_is_taken_in_elsewhere(data: Data, folder: DataFolder, tmp_path: Path):
    made = data("archive", "P-2", "--out", tmp_path / "a.zip", "--json").told()
    there = DataFolder(tmp_path / "there")
    taken = data("take-in", tmp_path / "a.zip", "--json", at=there.root).told()
    assert (taken["pseudonym"], taken["values"]) == ("P-2", made["values"])
    assert kept_in(there).keys() <= kept_in(folder).keys()
    again = data("take-in", tmp_path / "a.zip", at=there.root).failure()
    assert again.startswith("P-2 is in this register already.")


def test_who_is_not_there_is_not_erased(data: Data, folder: DataFolder):
    before = kept_in(folder)
    failure = data("erase", "Ada").failure()
    assert failure == "There is no patient Ada. Give the pseudonym, as P-0417, or the id."
    assert kept_in(folder) == before


def test_a_folder_without_records_is_left_alone(data: Data, tmp_path: Path):
    nowhere = tmp_path / "nowhere"
    for action in (("verify",), ("backup", "--out", tmp_path / "b.zip"), ("erase", "P-1")):
        assert "There are no records in" in data(*action, at=nowhere).failure()
    assert not nowhere.exists()


@pytest.mark.parametrize("arguments", [["forget"], ["backup"]])
def test_wrong_use_ends_with_two(arguments: list[str], tmp_path: Path):
    Command("data", *arguments, home=tmp_path).failure(code=2)


def test_the_folder_may_be_named_before_the_command(folder: DataFolder, tmp_path: Path):
    told = Command("--data-dir", folder.root, "data", "verify", "--json", home=tmp_path).told()
    assert told["data_dir"] == str(folder.root)


def test_locked_records_need_their_passphrase(data: Data, locked: DataFolder):
    assert "EMGFEEDBACK_PASSPHRASE" in data("verify").failure()
    assert "neither the passphrase" in data("verify", secret="something else").failure()
    told = data("verify", "--json", secret=PASSPHRASE).told()
    assert (told["files"], told["problems"]) == (2, [])


def test_a_backup_of_locked_records_opens_with_their_passphrase_only(
    data: Data, locked: DataFolder, tmp_path: Path
):
    data("backup", "--out", tmp_path / "b.zip", "--json", secret=PASSPHRASE).told()
    there = DataFolder(tmp_path / "there")
    assert data("restore", tmp_path / "b.zip", "--json", at=there.root).told()["locked"]
    assert kept_in(there, PASSPHRASE) == kept_in(locked, PASSPHRASE)
    names = [name.encode() for name in NAMES]
    assert not any(name in (tmp_path / "b.zip").read_bytes() for name in names)


@posix_only
@pytest.mark.parametrize(("typed", "code"), [("P-1\n", 0), ("yes\n", 1)])
def test_on_a_terminal_erasing_asks_for_the_pseudonym(
    typed: str, code: int, folder: DataFolder, tmp_path: Path
):
    import pty

    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    done = subprocess.run(
        [sys.executable, str(MAIN), "data", "erase", "P-1", "--data-dir", str(folder.root)],
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code, done.stderr
    assert "Type P-1 to go on" in done.stderr
    n_people = sum(1 for value in kept_in(folder).values() if type(value).__name__ == "Patient")
    assert n_people == (1 if code == 0 else 2)


# In from elsewhere, and out to others

SCALES = "patient,week,twstrs,age\nP-2,0,40,61\nP-2,4,31,61\nP-9,0,55,47\n"


def test_a_table_of_scales_is_imported_once(data: Data, folder: DataFolder, tmp_path: Path):
    table = tmp_path / "trial.csv"
    table.write_text(SCALES)
    before = kept_in(folder)
    assert "date of week 0" in data("import-scales", table).failure()
    assert kept_in(folder) == before
    wanted = ("import-scales", table, "--week-zero", "2026-04-01", "--json")
    told = data(*wanted).told()
    assert told == {"people": ["P-2", "P-9"], "added": 3, "known": 0, "empty": 0, "left_out": []}
    again = data(*wanted).told()
    assert (again["added"], again["known"]) == (0, 3)
    new = [v for key, v in kept_in(folder).items() if key not in before]
    totals = {(v.on.isoformat(), v.total) for v in new if isinstance(v, ScaleScore)}
    assert totals == {("2026-04-01", 40.0), ("2026-04-29", 31.0), ("2026-04-01", 55.0)}


def test_a_table_that_is_wrong_changes_nothing(data: Data, folder: DataFolder, tmp_path: Path):
    table = tmp_path / "trial.csv"
    table.write_text("patient,date,twstrs\nP-2,2026-04-01,40\nP-1,2026-04-01,940\n")
    before = kept_in(folder)
    failure = data("import-scales", table, "--json").failure()
    assert "row 3" in failure
    assert kept_in(folder) == before


def test_a_date_that_is_none_is_wrong_use(data: Data, tmp_path: Path):
    command = data("import-scales", tmp_path / "t.csv", "--week-zero", "soon")
    assert "'soon' is not a date" in command.failure(code=2)


def test_a_recording_is_taken_in_for_a_person(data: Data, folder: DataFolder, tmp_path: Path):
    source = tmp_path / "Ada at home.csv"
    rows = "".join(f"{i / 500},{i % 7}\n" for i in range(2000))
    source.write_text(f"time_s,SCM L (uV)\n{rows}")
    wanted = ("take-recording", source, "--patient", "p-1", "--kind", "home", "--json")
    told = data(*wanted).told()
    assert (told["pseudonym"], told["kind"], told["n_samples"]) == ("P-1", "home", 2000)
    assert "Ada" not in told["path"]
    session = kept_in(folder)[told["session_id"]]
    assert (session.kind, session.patient_id != "") == (SessionKind.HOME, True)
    with open_recording(Path(told["path"])) as copy:
        assert copy.n_samples == 2000
    assert data("verify", "--json").told()["problems"] == []
    assert "in the register already" in data(*wanted).failure()
    assert source.exists()


def test_a_recording_makes_the_records_where_there_are_none(
    data: Data, folder: DataFolder, tmp_path: Path
):
    there = DataFolder(tmp_path / "there")
    source = next(folder.recordings.glob("*.bdf"))
    nobody = data("take-recording", source, "--patient", "P-1", at=there.root).failure()
    assert "There are no records" in nobody
    told = data("take-recording", source, "--json", at=there.root).told()
    assert told["pseudonym"] is None
    assert Path(told["path"]).read_bytes() == source.read_bytes()


def test_what_is_no_recording_leaves_nothing(data: Data, folder: DataFolder, tmp_path: Path):
    source = tmp_path / "letter.bdf"
    source.write_bytes(b"Dear colleague")
    before = contents(folder, "recordings")
    assert "letter.bdf" in data("take-recording", source).failure()
    assert contents(folder, "recordings") == before


def test_a_session_leaves_as_fhir_without_the_name(data: Data, folder: DataFolder, tmp_path: Path):
    kept = kept_in(folder)
    patient = next(v for v in kept.values() if getattr(v, "pseudonym", "") == "P-1")
    session = next(
        v for v in kept.values() if isinstance(v, Session) and v.patient_id == patient.id
    )
    out = tmp_path / "session.json"
    told = data("fhir", session.id, "--out", out, "--json").told()
    assert (told["pseudonym"], told["report"]) == ("P-1", True)
    content = out.read_bytes()
    entries = [entry["resource"] for entry in json.loads(content)["entry"]]
    n_observations = sum(entry["resourceType"] == "Observation" for entry in entries)
    assert n_observations == told["measures"] + told["ratings"] > 0
    (form,) = entries[-1]["presentedForm"]
    pages = PdfReader(io.BytesIO(base64.b64decode(form.pop("data")))).pages
    text = " ".join(page.extract_text() for page in pages)
    assert "P-1" in text
    found = set(re.findall(r"\w+", f"{text} {json.dumps(entries)}"))
    assert not found & {"Ada", "Quillfeather"}, sorted(found & {"Ada", "Quillfeather"})
    assert "exists" in data("fhir", session.id, "--out", out).failure()
    assert out.read_bytes() == content


def test_a_session_that_is_not_there_writes_nothing(data: Data, tmp_path: Path):
    out = tmp_path / "session.json"
    assert data("fhir", "nosuch", "--out", out).failure()
    assert not out.exists()


def test_locked_records_take_in_and_give_out(data: Data, locked: DataFolder, tmp_path: Path):
    table = tmp_path / "trial.csv"
    table.write_text(SCALES)
    wanted = ("import-scales", table, "--week-zero", "2026-04-01", "--json")
    assert "EMGFEEDBACK_PASSPHRASE" in data(*wanted).failure()
    assert data(*wanted, secret=PASSPHRASE).told()["added"] == 3
    source = tmp_path / "home.csv"
    source.write_text("time_s,SCM L (uV)\n" + "".join(f"{i / 500},{i % 7}\n" for i in range(2000)))
    told = data("take-recording", source, "--patient", "P-2", "--json", secret=PASSPHRASE).told()
    assert told["path"].endswith(".sealed")
    out = tmp_path / "session.json"
    assert data("fhir", told["session_id"], "--out", out, "--json", secret=PASSPHRASE).told()
    assert b"P-2" in out.read_bytes()
