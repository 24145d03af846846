"""Recordings that are encrypted from the first byte: written, killed, repaired, read."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from io import FileIO
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.access.sealed import SealedFile
from emgfeedback.access.sealing import SealedFiles, seal_file, unseal_file
from emgfeedback.core.errors import FileFormatError, RecordingError
from emgfeedback.core.files import PLAIN
from emgfeedback.records.reader import open_recording
from emgfeedback.records.repair import repair, unfinished
from emgfeedback.records.sidecar import Sidecar, sidecar_path
from tests.access.recorded import FS_HZ, NOTE, SUBJECT, append, record, start, truth
from tests.records.conftest import Opened

KEY = bytes(range(32))
FILES = SealedFiles(KEY)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.bdf.sealed"


def decrypted(path: Path) -> Opened:
    """Return a copy of `path` as three independent readers see it."""
    copy = path.with_name("copy.sealed")
    shutil.copyfile(path, copy)
    plain = path.with_name("copy.bdf")
    unseal_file(copy, plain, KEY)
    opened = Opened(plain)
    plain.unlink()
    return opened


def test_encrypted_recording_is_the_plain_one(tmp_path, path):
    plain = record(tmp_path / "plain.bdf", 7100)
    record(path, 7100, FILES)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.bdf.sealed", "plain.bdf"]
    unseal_file(path, tmp_path / "back.bdf", KEY)
    assert (tmp_path / "back.bdf").read_bytes() == plain.read_bytes()


def test_reader_with_the_key_reads_it_and_without_it_says_why_not(path):
    record(path, 7100, FILES)
    with open_recording(path, FILES) as recording:
        assert recording.n_samples == 7100
        assert recording.subject
        assert NOTE in [annotation.text for annotation in recording.annotations]
        np.testing.assert_array_equal(recording.read_counts(3000, 7100), truth(3000, 4100))
    with pytest.raises(FileFormatError, match=r"is encrypted\. Unlock"):
        open_recording(path)
    with pytest.raises(FileFormatError, match="another key"):
        open_recording(path, SealedFiles(bytes(32)))


def test_reader_with_a_key_reads_plain_recordings_too(tmp_path):
    plain = record(tmp_path / "plain.bdf", 1000)
    with open_recording(plain, FILES) as recording:
        np.testing.assert_array_equal(recording.read_counts(0, 1000), truth(0, 1000))
    assert not repair(plain, FILES).changed


def test_existing_files_are_not_overwritten(path):
    record(path, 1000, FILES)
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="exists already"):
        record(path, 1000, FILES)
    assert path.read_bytes() == before


def test_nothing_is_readable_while_it_is_written(path):
    writer = start(path, FILES)
    append(writer, 0, 1100)
    on_disk = path.read_bytes() + sidecar_path(path).read_bytes()
    for text in (SUBJECT, NOTE, "Müller", "BIOSEMI", "emgfeedback", "TRAP_", "uV   "):
        for encoding in ("utf-8", "utf-16-le", "latin-1"):
            assert text.encode(encoding) not in on_disk
    with pytest.raises(RecordingError, match="being recorded right now"):
        repair(path, FILES)
    with open_recording(path, FILES) as recording:
        np.testing.assert_array_equal(recording.read_counts(0, 1000), truth(0, 1000))
    writer.finish()


def test_damage_in_the_middle_is_refused_where_it_is(path):
    record(path, 20_000, FILES)
    data = bytearray(path.read_bytes())
    for place in range(len(data) // 4, len(data) * 3 // 4, 5000):
        data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(FileFormatError, match="damaged"), open_recording(path, FILES) as recording:
        recording.read_counts(0, 20_000)


def kill_recording(path: Path, chance: random.Random) -> int:
    """Kill a process that records; return how many samples it had handed over."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.access.recorded", str(path), KEY.hex()],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as told:
        wanted = chance.choice((20, chance.randrange(20, 2000), chance.randrange(2000, 40_000)))
        handed_over = 0
        while handed_over < wanted:
            handed_over = int(told.readline())
        process.kill()
        rest = told.read().splitlines()
    process.wait()
    whole_lines = [int(line) for line in rest[:-1]]
    return whole_lines[-1] if whole_lines else handed_over


@pytest.mark.parametrize("seed", range(8))
def test_killed_at_any_moment_all_but_the_last_second_is_kept(path, seed):
    n_told = kill_recording(path, random.Random(seed))
    assert unfinished(path.parent) == [path]
    as_found = path.read_bytes()
    with pytest.raises(FileFormatError, match="is encrypted"):
        repair(path)
    assert path.read_bytes() == as_found
    report = repair(path, FILES)
    if report.backup:
        assert report.backup.read_bytes() == as_found
        with FILES.open(report.backup, "r") as file, pytest.raises(FileFormatError):
            PLAIN.open(report.backup, "r")
        assert file.closed
    assert unfinished(path.parent) == []
    assert not repair(path, FILES).changed
    opened = decrypted(path)
    n_padding = sum(int(text.split()[1]) for _, text in opened.texts("padding"))
    n_real = len(opened.counts) - n_padding
    assert n_real >= n_told - FS_HZ, "more than a second was lost"
    np.testing.assert_array_equal(opened.counts[:n_real], truth(0, n_real))
    assert opened.texts("emgfeedback channel")


def test_killed_before_the_first_byte_becomes_a_recording_of_nothing(path):
    writer = start(path, FILES)
    shutil.copyfile(sidecar_path(path), path.with_name("kept"))
    writer.finish()
    path.write_bytes(b"")
    path.with_name("kept").rename(sidecar_path(path))
    assert repair(path, FILES).changed
    assert SUBJECT.encode() not in path.read_bytes()
    opened = decrypted(path)
    assert opened.texts("padding")
    assert opened.texts("emgfeedback channel")


def test_sidecar_keeps_its_facts_encrypted(path):
    sidecar = Sidecar.create(path, b"header", [SUBJECT], FILES)
    assert sidecar.content(FILES) == (b"header", [SUBJECT])
    assert sidecar.content() == (b"", [])
    assert sidecar.content(SealedFiles(bytes(32))) == (b"", [])
    sidecar.remove()


def test_recording_made_before_the_passphrase_can_be_sealed_and_read(tmp_path, path):
    plain = record(tmp_path / "plain.bdf", 3000)
    seal_file(plain, path, KEY)
    assert not plain.exists()
    with open_recording(path, FILES) as recording:
        np.testing.assert_array_equal(recording.read_counts(0, 3000), truth(0, 3000))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
@pytest.mark.parametrize("files", [PLAIN, FILES])
def test_recordings_are_for_their_owner_alone(tmp_path, files):
    writer = start(tmp_path / f"a.bdf{files.suffix}", files)
    for made in tmp_path.iterdir():
        assert made.stat().st_mode & 0o077 == 0
    writer.finish()


class FullDisk(FileIO):
    """A disk that takes no byte past `limit`."""

    limit = 200_000

    def write(self, data: bytes) -> int:
        room = self.limit - self.tell()
        if room <= 0:
            raise OSError(28, "No space left on device")
        return super().write(data[:room])


class OnFullDisk(SealedFiles):
    def open(self, path, mode):
        if mode != "x+":
            return super().open(path, mode)
        return SealedFile.create(FullDisk(path, "x+"), KEY, str(path))


def test_full_disk_ends_it_in_order(path):
    writer = start(path, OnFullDisk(KEY))

    def go_on() -> None:
        for first in range(0, 60_000, 100):
            append(writer, first, 100)

    with pytest.raises(RecordingError, match="the disk is full") as told:
        go_on()
    n = writer.n_samples
    assert n > 5000
    assert f"{n / FS_HZ:.2f} s are saved" in str(told.value)
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    with open_recording(path, FILES) as recording:
        assert recording.n_samples == n
        np.testing.assert_array_equal(recording.read_counts(0, n), truth(0, n))
        assert recording.annotations[-1].text == "recording stopped: the disk is full"
    assert not repair(path, FILES).changed
