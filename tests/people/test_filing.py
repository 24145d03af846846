"""Files on disk and rows of the register, whatever happens between the two."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emgfeedback.core.errors import FileFormatError, RegisterError
from emgfeedback.people.database import Database
from emgfeedback.people.filing import Missing, file_session, orphans, read_summary
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Patient, SessionKind
from tests.people.recorded_session import STARTED, record_session


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def register(folder: DataFolder) -> Iterator[Register]:
    database = Database.open(folder.root)
    yield Register(database, who="Dr Test", role=Role.CLINICIAN)
    database.close()


@pytest.fixture
def recorded(folder: DataFolder) -> tuple[Path, Path]:
    return record_session(folder)


def test_a_session_is_filed_with_all_that_belongs_to_it(register, folder, recorded):
    patient = register.put(Patient(pseudonym="P-1"))
    bdf, summary = recorded
    session = file_session(
        register, folder, patient_id=patient.id, kind=SessionKind.VISIT, recording=bdf,
        summary=summary, note="sat well",
    )  # fmt: skip
    whole = register.session(session.id)
    assert whole.session.started_utc == STARTED
    assert (whole.session.plan_title, whole.session.note) == ("Short visit", "sat well")
    assert len(whole.trials) == 2
    assert whole.session.success_pct == json.loads(summary.read_text())["success_pct"]
    (row,) = whole.recordings
    assert row.path == "recordings/2026-03-09_080706.bdf"
    assert row.sha256 == hashlib.sha256(bdf.read_bytes()).hexdigest()
    assert row.size_bytes == bdf.stat().st_size
    assert (row.fs_hz, row.lost) == (1000.0, 0)
    assert register.search("P-1")[0].n_sessions == 1
    assert orphans(register, folder) == []


def test_a_file_the_register_does_not_know_is_offered_with_its_summary(register, folder, recorded):
    bdf, summary = recorded
    (orphan,) = orphans(register, folder)
    assert (orphan.path, orphan.missing, orphan.summary) == (bdf, Missing.ROW, summary)


def test_a_recording_that_went_missing_is_told(register, folder, recorded):
    bdf, _ = recorded
    file_session(register, folder, patient_id="", kind=SessionKind.FREE, recording=bdf)
    bdf.rename(bdf.with_suffix(".away"))
    (orphan,) = orphans(register, folder)
    assert (orphan.path, orphan.missing) == (bdf, Missing.FILE)


def test_a_recording_is_filed_once(register, folder, recorded):
    bdf, _ = recorded
    file_session(register, folder, patient_id="", kind=SessionKind.FREE, recording=bdf)
    with pytest.raises(RegisterError, match="in the register already"):
        file_session(register, folder, patient_id="", kind=SessionKind.FREE, recording=bdf)


def test_one_being_written_is_no_orphan(register, folder, recorded):
    bdf, _ = recorded
    bdf.with_name(f"{bdf.name}.recording").write_text("{}")
    assert orphans(register, folder) == []


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"[1]", b'{"version": 2}', b"[" * 100_000, b"\xff\xfe\x00"]
)
def test_what_is_no_summary_is_refused_and_left_as_it_was(folder, register, content: bytes):
    folder.recordings.mkdir(parents=True)
    path = folder.recordings / "x.session.json"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match="no session summary"):
        read_summary(path)
    with pytest.raises(FileFormatError):
        file_session(register, folder, patient_id="", kind=SessionKind.FREE, summary=path)
    assert path.read_bytes() == content
    assert register.recent_sessions() == []


def test_nothing_to_file_and_files_elsewhere_are_refused(register, folder, recorded, tmp_path):
    with pytest.raises(RegisterError, match="nothing to file"):
        file_session(register, folder, patient_id="", kind=SessionKind.FREE)
    outside = tmp_path / "x.bdf"
    outside.write_bytes(recorded[0].read_bytes())
    with pytest.raises(RegisterError, match="not in the data folder"):
        file_session(register, folder, patient_id="", kind=SessionKind.FREE, recording=outside)
    assert register.recent_sessions() == []
