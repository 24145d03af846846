"""A person moves to another register, bit for bit."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emgfeedback.core.errors import FileFormatError, RegisterError
from emgfeedback.people.archive import VALUES, archive_patient, take_in
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.package import Package, new_package
from emgfeedback.people.register import Register
from emgfeedback.people.values import Placement, RecordingFile
from emgfeedback.people.verify import verify
from tests.people.kept import Kept, contents, fill, open_kept, values


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = fill(tmp_path / "data")
    yield made
    made.register.database.close()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[Register, DataFolder]]:
    register = open_kept(tmp_path / "elsewhere")
    yield register, DataFolder(tmp_path / "elsewhere")
    register.database.close()


@pytest.fixture
def archive(kept: Kept, tmp_path: Path) -> Path:
    archive_patient(kept.register, kept.folder, kept.patients[0].id, tmp_path / "a.zip")
    return tmp_path / "a.zip"


def alike(register: Register, patient_id: str) -> dict:
    """All values but for the number of their changes."""
    return {
        key: dataclasses.replace(value, version=0)
        for key, value in values(register, patient_id).items()
        if getattr(value, "patient_id", patient_id) == patient_id
        and (hasattr(value, "patient_id") or key == patient_id)
    }


def test_all_values_and_files_arrive_bit_for_bit(kept: Kept, elsewhere, archive: Path):
    register, folder = elsewhere
    report = take_in(register, folder, archive)
    mine = kept.patients[0].id
    assert alike(register, mine) == alike(kept.register, mine)
    here = {n: c for n, c in contents(kept.folder, "recordings", "photos").items() if "01" in n}
    here |= {"photos/site-1.jpg": (kept.folder.photos / "site-1.jpg").read_bytes()}
    assert contents(folder, "recordings", "photos") == here
    assert report.files == 3
    assert verify(register, folder).problems == ()
    assert kept.register.audit(limit=1)[0].action == "export"


def test_the_other_patient_is_not_in_it(archive: Path):
    content = b""
    with Package(archive) as package:
        content = b"".join(package.read(name) for name in package.members)
    assert b"Quillfeather" in content
    assert b"Zwetschgenbaum" not in content


def test_names_taken_there_are_not_overwritten(kept: Kept, elsewhere, archive: Path):
    register, folder = elsewhere
    folder.recordings.mkdir()
    folder.photos.mkdir()
    theirs = folder.recordings / "2026-03-01_080706.bdf"
    theirs.write_bytes(b"theirs")
    (folder.photos / "site-1.jpg").write_bytes(b"theirs")
    take_in(register, folder, archive)
    assert theirs.read_bytes() == b"theirs"
    assert (folder.photos / "site-1.jpg").read_bytes() == b"theirs"
    (row,) = register.all_of(RecordingFile)
    (placement,) = register.all_of(Placement)
    assert folder.path_of(row.path).stat().st_size == row.size_bytes
    assert (folder.photos / placement.photo).exists()
    assert verify(register, folder).problems == ()


def test_a_patient_who_is_there_already_is_refused_and_no_file_stays(elsewhere, archive: Path):
    register, folder = elsewhere
    take_in(register, folder, archive)
    before = contents(folder, "recordings", "photos")
    with pytest.raises(RegisterError, match="already"):
        take_in(register, folder, archive)
    assert contents(folder, "recordings", "photos") == before


def test_a_pseudonym_that_is_taken_leaves_no_file_behind(elsewhere, archive: Path):
    register, folder = elsewhere
    fill_with = archive  # the same person under another id
    with Package(fill_with) as package:
        rows = json.loads(package.read(VALUES))
    register.put(dataclasses.replace(_patient(rows), version=0, id="f" * 32))
    with pytest.raises(RegisterError, match="another patient's"):
        take_in(register, folder, archive)
    assert contents(folder, "recordings", "photos") == {}


def _patient(rows: list[dict]):
    from emgfeedback.people.plain import from_plain
    from emgfeedback.people.values import Patient

    return from_plain(Patient, rows[0]["value"])


@pytest.mark.parametrize("trouble", ["two people", "another's", "unknown", "no recording", "junk"])
def test_a_forged_archive_is_refused_whole(elsewhere, archive: Path, tmp_path: Path, trouble: str):
    register, folder = elsewhere
    with Package(archive) as package:
        parts = {name: package.read(name) for name in package.members}
    rows = json.loads(parts.pop(VALUES))
    if trouble == "two people":
        rows.append({"kind": "Patient", "value": {**rows[0]["value"], "id": "e" * 32}})
    elif trouble == "another's":
        rows[1]["value"]["patient_id"] = "e" * 32
    elif trouble == "unknown":
        rows.append({"kind": "Spell", "value": {}})
    elif trouble == "no recording":
        parts = {name: content for name, content in parts.items() if not name.endswith(".bdf")}
    content = b"[[[" if trouble == "junk" else json.dumps(rows).encode()
    forged = tmp_path / "forged.zip"
    with new_package(forged, "patient", {}) as package:
        package.add_bytes(VALUES, content)
        for name, part in parts.items():
            package.add_bytes(name, part)
    with pytest.raises(FileFormatError):
        take_in(register, folder, forged)
    assert register.search() == []
    assert contents(folder, "recordings", "photos") == {}


def test_a_file_outside_the_two_rooms_is_refused(elsewhere, archive: Path, tmp_path: Path):
    register, folder = elsewhere
    with Package(archive) as package:
        parts = {name: package.read(name) for name in package.members}
    forged = tmp_path / "forged.zip"
    with new_package(forged, "patient", {}) as package:
        for name, part in parts.items():
            package.add_bytes(name, part)
        package.add_bytes("register.sqlite", b"mine now")
    with pytest.raises(FileFormatError, match="which no archive has"):
        take_in(register, folder, forged)
    assert register.search() == []
    assert contents(folder, "recordings", "photos") == {}
