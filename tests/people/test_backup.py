"""Copies of everything, read back before they count."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from emgfeedback.core.errors import FileFormatError, RegisterError
from emgfeedback.people.archive import archive_patient
from emgfeedback.people.backup import backup, due_backup, restore, scheduled
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.verify import verify
from tests.people.kept import Kept, contents, fill, open_kept, values


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = fill(tmp_path / "data")
    yield made
    made.register.database.close()


def test_a_restored_folder_is_the_same_bit_for_bit(kept: Kept, tmp_path: Path):
    report = backup(kept.register.database, kept.folder, tmp_path / "b.zip")
    restored = restore(report.path, tmp_path / "new")
    assert restored.files == report.files == 7
    there = DataFolder(tmp_path / "new")
    rooms = ("recordings", "photos")
    assert contents(there, *rooms) == contents(kept.folder, *rooms)
    register = open_kept(there.root)
    assert values(register) == values(kept.register)
    assert register.audit() == kept.register.audit()
    assert verify(register, there).problems == ()
    register.database.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX matter")
def test_only_the_owner_may_read_a_backup_and_what_comes_of_it(kept: Kept, tmp_path: Path):
    report = backup(kept.register.database, kept.folder, tmp_path / "b.zip")
    restore(report.path, tmp_path / "new")
    files = [report.path, *(path for path in (tmp_path / "new").rglob("*") if path.is_file())]
    assert {path.stat().st_mode & 0o077 for path in files} == {0}


def test_a_recording_still_being_written_is_left_out_and_told(kept: Kept, tmp_path: Path):
    growing = kept.folder.recordings / "now.bdf"
    growing.write_bytes(b"half")
    growing.with_name("now.bdf.recording").write_bytes(b"{}")
    report = backup(kept.register.database, kept.folder, tmp_path / "b.zip")
    assert report.left_out == ("now.bdf",)


@pytest.mark.skipif(os.name != "posix", reason="links need no rights here")
def test_links_are_not_followed(kept: Kept, tmp_path: Path):
    (tmp_path / "secret").write_text("not ours")
    (kept.folder.photos / "link.jpg").symlink_to(tmp_path / "secret")
    report = backup(kept.register.database, kept.folder, tmp_path / "b.zip")
    assert report.files == 7


def test_a_folder_that_holds_something_is_never_restored_into(kept: Kept, tmp_path: Path):
    report = backup(kept.register.database, kept.folder, tmp_path / "b.zip")
    before = contents(kept.folder, "recordings", "photos")
    with pytest.raises(RegisterError, match="not empty"):
        restore(report.path, kept.folder.root)
    assert contents(kept.folder, "recordings", "photos") == before


def test_a_damaged_backup_leaves_nothing_behind(kept: Kept, tmp_path: Path):
    report = backup(kept.register.database, kept.folder, tmp_path / "b.zip")
    content = bytearray(report.path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    report.path.write_bytes(content)
    with pytest.raises(FileFormatError, match="damaged"):
        restore(report.path, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".restoring-*"))


def test_a_patients_archive_is_no_backup(kept: Kept, tmp_path: Path):
    archive_patient(kept.register, kept.folder, kept.patients[0].id, tmp_path / "a.zip")
    with pytest.raises(FileFormatError, match="one patient's archive"):
        restore(tmp_path / "a.zip", tmp_path / "new")


def test_scheduled_copies_come_weekly_and_the_newest_four_stay(kept: Kept):
    first = dt.date(2026, 3, 1)
    made = [
        due_backup(kept.register.database, kept.folder, first + dt.timedelta(days=day))
        for day in range(43)
    ]
    days = [day for day, report in enumerate(made) if report is not None]
    assert days == [0, 7, 14, 21, 28, 35, 42]
    newest = [day for day, _ in scheduled(kept.folder)]
    assert newest == [first + dt.timedelta(days=day) for day in (21, 28, 35, 42)]


def test_a_file_of_the_users_own_beside_the_copies_is_left_alone(kept: Kept):
    kept.folder.backups.mkdir()
    mine = kept.folder.backups / "emgfeedback-before-move.zip"
    mine.write_text("mine")
    for day in range(0, 70, 7):
        due_backup(
            kept.register.database, kept.folder, dt.date(2026, 3, 1) + dt.timedelta(days=day)
        )
    assert mine.read_text() == "mine"


def test_a_copy_of_a_day_to_come_puts_none_off(kept: Kept):
    """A clock was wrong once, and is right again."""
    today, later = dt.date(2026, 3, 1), dt.date(2031, 1, 1)
    assert due_backup(kept.register.database, kept.folder, later) is not None
    assert due_backup(kept.register.database, kept.folder, today, kept=1) is not None
    assert due_backup(kept.register.database, kept.folder, today) is None
    assert [day for day, _ in scheduled(kept.folder)] == [today, later]
