"""The same records under a passphrase: filed, checked, moved and backed up sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emgfeedback.access.sealing import SealedFiles, is_sealed, seal_file
from emgfeedback.core.errors import FileFormatError
from emgfeedback.people.archive import archive_patient, take_in
from emgfeedback.people.backup import backup
from emgfeedback.people.filing import digest_of, file_session, orphans
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.package import Package
from emgfeedback.people.register import Register
from emgfeedback.people.values import Patient, RecordingFile, SessionKind
from emgfeedback.people.verify import verify
from tests.people.kept import open_kept
from tests.people.recorded_session import record_session

KEY = bytes(range(32))
OTHER = bytes(32)


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[tuple[Register, DataFolder, bytes]]:
    """A register whose one recording and summary are sealed, and the recording as it was."""
    folder = DataFolder(tmp_path / "data")
    register = open_kept(folder.root)
    patient = register.put(Patient(pseudonym="P-1", name="Ada Quillfeather"))
    bdf, summary = record_session(folder)
    plain = bdf.read_bytes()
    for path in (bdf, summary):
        seal_file(path, path.with_name(f"{path.name}.sealed"), KEY)
    files = SealedFiles(KEY)
    assert [o.path.name for o in orphans(register, folder)] == ["2026-03-09_080706.bdf.sealed"]
    file_session(
        register, folder, patient_id=patient.id, kind=SessionKind.VISIT,
        recording=bdf.with_name(f"{bdf.name}.sealed"),
        summary=summary.with_name(f"{summary.name}.sealed"), files=files,
    )  # fmt: skip
    yield register, folder, plain
    register.database.close()


def test_the_digest_is_that_of_the_recording_not_of_its_wrapping(sealed):
    register, folder, plain = sealed
    (row,) = register.all_of(RecordingFile)
    assert row.size_bytes == len(plain)
    path = folder.path_of(row.path)
    assert digest_of(path, SealedFiles(KEY)) == (row.sha256, len(plain))
    assert orphans(register, folder) == []
    assert register.recent_sessions()[0].plan_title == "Short visit"


def test_what_is_sealed_is_checked_with_its_keys_only(sealed):
    register, folder, _ = sealed
    assert verify(register, folder, SealedFiles(KEY)).problems == ()
    (problem,) = verify(register, folder).problems
    assert "is encrypted" in problem
    (problem,) = verify(register, folder, SealedFiles(OTHER)).problems
    assert problem


def test_a_backup_holds_no_signal_in_the_clear(sealed, tmp_path: Path):
    register, folder, plain = sealed
    backup(register.database, folder, tmp_path / "b.zip")
    with Package(tmp_path / "b.zip") as package:
        content = package.read("recordings/2026-03-09_080706.bdf.sealed")
    assert plain[50_000:50_064] not in content


def test_an_archive_opens_in_a_folder_with_other_keys(sealed, tmp_path: Path):
    register, folder, plain = sealed
    mine = register.search("P-1")[0].patient.id
    archive_patient(register, folder, mine, tmp_path / "a.zip", SealedFiles(KEY))
    there = DataFolder(tmp_path / "there")
    other = open_kept(there.root)
    take_in(other, there, tmp_path / "a.zip", SealedFiles(OTHER))
    (row,) = other.all_of(RecordingFile)
    path = there.path_of(row.path)
    assert is_sealed(path)
    with SealedFiles(OTHER).open(path, "r") as file:
        assert file.readall() == plain
    assert verify(other, there, SealedFiles(OTHER)).problems == ()
    other.database.close()


def test_without_keys_nothing_of_it_leaves_and_no_archive_stays(sealed, tmp_path: Path):
    register, folder, _ = sealed
    mine = register.search("P-1")[0].patient.id
    with pytest.raises(FileFormatError, match="encrypted"):
        archive_patient(register, folder, mine, tmp_path / "a.zip")
    assert not list(tmp_path.glob("*a.zip*"))
