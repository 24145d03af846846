from __future__ import annotations

import os
import stat
import sys

import pytest

from emgfeedback.access import private_files
from emgfeedback.access.private_files import (
    is_private,
    private_file,
    private_folder,
    write_private,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")


@pytest.fixture(autouse=True)
def open_umask():
    """Let nothing but the code under test take rights away."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_what_is_made_is_for_its_owner_alone(tmp_path):
    folder = private_folder(tmp_path / "a" / "b")
    private_file(folder / "file").close()
    write_private(folder / "whole", b"x", replace=False)
    write_private(folder / "whole", b"y", replace=True)
    assert mode(folder) == 0o700
    assert mode(folder / "file") == mode(folder / "whole") == 0o600
    assert is_private(folder)
    assert is_private(folder / "file")


@posix
def test_what_others_may_read_is_not_private(tmp_path):
    (tmp_path / "f").write_bytes(b"")
    (tmp_path / "d").mkdir()
    assert not is_private(tmp_path / "f")
    assert not is_private(tmp_path / "d")


def test_existing_files_and_folders_stay(tmp_path):
    (tmp_path / "f").write_bytes(b"mine")
    for make in (
        lambda: private_file(tmp_path / "f"),
        lambda: write_private(tmp_path / "f", b"yours", replace=False),
        lambda: private_folder(tmp_path / "f"),
    ):
        with pytest.raises((FileExistsError, NotADirectoryError)):
            make()
    assert (tmp_path / "f").read_bytes() == b"mine"
    (tmp_path / "shared").mkdir(mode=0o755)
    private_folder(tmp_path / "shared")
    assert sys.platform == "win32" or mode(tmp_path / "shared") == 0o755
    assert {p.name for p in tmp_path.iterdir()} == {"f", "shared"}


def test_failed_write_leaves_what_was_there(tmp_path, monkeypatch):
    write_private(tmp_path / "f", b"old", replace=False)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_private(tmp_path / "f", b"new", replace=True)
    assert [p.name for p in tmp_path.iterdir()] == ["f"]
    assert (tmp_path / "f").read_bytes() == b"old"


def test_no_links_on_the_drive(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(private_files.Path, "hardlink_to", refuse)
    write_private(tmp_path / "f", b"first", replace=False)
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "f", b"second", replace=False)
    assert (tmp_path / "f").read_bytes() == b"first"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]
