"""A side file is believed only when it is whole and the recording's own."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.review.side_files import HEADER_BYTES, SUFFIX, SideFiles, fingerprint

LAYOUT = {"low": ("<f4", (5, 2)), "level": ("|u1", (7,))}
ARRAYS = {
    "low": np.arange(10, dtype=np.float32).reshape(5, 2),
    "level": np.arange(7, dtype=np.uint8),
}


@pytest.fixture
def kept(tmp_path: Path) -> SideFiles:
    made = SideFiles(tmp_path / "cache")
    made.save("abc", "raw", ARRAYS)
    return made


def only(kept: SideFiles) -> Path:
    (path,) = kept.folder.iterdir()
    return path


def test_what_was_kept_comes_back(kept: SideFiles) -> None:
    loaded = kept.load("abc", "raw", LAYOUT)
    assert loaded is not None
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(loaded[name], array)
        assert loaded[name].dtype == array.dtype


def test_another_recording_name_or_shape_finds_nothing(kept: SideFiles) -> None:
    assert kept.load("abd", "raw", LAYOUT) is None
    assert kept.load("abc", "rms", LAYOUT) is None
    assert kept.load("abc", "raw", LAYOUT | {"low": ("<f4", (2, 5))}) is None
    assert kept.load("abc", "raw", LAYOUT | {"low": ("<f4", (500_000, 200_000))}) is None


@pytest.mark.parametrize("at", [0, 9, 100, HEADER_BYTES, HEADER_BYTES + 40, -1])
def test_a_flipped_bit_anywhere_is_noticed(kept: SideFiles, at: int) -> None:
    content = bytearray(only(kept).read_bytes())
    content[at] ^= 1
    only(kept).write_bytes(content)
    assert kept.load("abc", "raw", LAYOUT) is None


def test_a_cut_or_grown_file_is_noticed(kept: SideFiles) -> None:
    content = only(kept).read_bytes()
    for wrong in (content[:-1], content + b"\0", content[:100], b""):
        only(kept).write_bytes(wrong)
        assert kept.load("abc", "raw", LAYOUT) is None


def test_another_recordings_file_under_this_name_is_not_taken(kept: SideFiles) -> None:
    mine = only(kept)
    kept.save("other", "raw", {**ARRAYS, "level": ARRAYS["level"] + 1})
    (theirs,) = (path for path in kept.folder.iterdir() if path != mine)
    mine.write_bytes(theirs.read_bytes())
    assert kept.load("abc", "raw", LAYOUT) is None


def test_the_oldest_go_when_the_folder_is_full(tmp_path: Path) -> None:
    one = HEADER_BYTES + 47
    kept = SideFiles(tmp_path, kept_bytes=2 * one)
    for i, name in enumerate("abc"):
        kept.save("of", name, ARRAYS)
        os.utime(kept._path("of", name), (i, i))
    kept.save("of", "d", ARRAYS)
    assert kept.load("of", "a", LAYOUT) is None
    assert kept.load("of", "d", LAYOUT) is not None
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 2 * one


def test_clearing_leaves_no_byte(kept: SideFiles) -> None:
    (kept.folder / "cut.part").write_bytes(b"half")
    kept.clear()
    assert not list(kept.folder.iterdir())


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = SideFiles(tmp_path / "file")
    kept.save("abc", "raw", ARRAYS)
    assert kept.load("abc", "raw", LAYOUT) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in another way")
def test_only_the_owner_can_read(kept: SideFiles) -> None:
    assert stat.S_IMODE(only(kept).stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.folder.stat().st_mode) == 0o700
    assert only(kept).suffix == SUFFIX


def test_the_fingerprint_follows_content_and_time(tmp_path: Path) -> None:
    path = tmp_path / "a.bdf"
    path.write_bytes(bytes(200_000))
    os.utime(path, (1, 1))
    first = fingerprint(path)
    os.utime(path, (2, 2))
    assert fingerprint(path) != first
    os.utime(path, (1, 1))
    assert fingerprint(path) == first
    path.write_bytes(bytes(199_999) + b"x")
    os.utime(path, (1, 1))
    assert fingerprint(path) != first
