from __future__ import annotations

import itertools
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
from io import FileIO
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.errors import FileFormatError, RecordingError
from emgfeedback.records import repair as repair_module
from emgfeedback.records.reader import open_recording
from emgfeedback.records.recordfile import retime
from emgfeedback.records.repair import repair, unfinished
from emgfeedback.records.sidecar import sidecar_path
from emgfeedback.records.writer import RecordingWriter

ROOT = Path(__file__).resolve().parents[2]
RECORD_BYTES = 250 * 6 * 3 + 540
HEADER_BYTES = 256 * 8


@pytest.fixture
def finished(tmp_path, make_facts, counts, block) -> Path:
    """A whole recording of 5000 samples with a marker and a gap."""
    path = tmp_path / "whole" / "a.bdf"
    path.parent.mkdir()
    writer = RecordingWriter.create(path, make_facts())
    writer.append(block(counts[:2000], 0))
    writer.annotate("Drehung ✓", 1500, 100)
    writer.append(block(counts[2100:5000], 2100))
    writer.finish()
    return path


def test_whole_file_stays_as_it_is(finished):
    before = finished.read_bytes()
    report = repair(finished)
    assert (report.changed, report.backup, report.notes) == (False, None, ())
    assert report.words() == f"{finished} is valid, 5.00 s long; nothing was changed."
    assert finished.read_bytes() == before
    assert [p.name for p in finished.parent.iterdir()] == ["a.bdf"]


CUTS = [
    *range(HEADER_BYTES + RECORD_BYTES, HEADER_BYTES + 20 * RECORD_BYTES, 7919),
    HEADER_BYTES + 7 * RECORD_BYTES - 1,
    HEADER_BYTES + 7 * RECORD_BYTES,
    HEADER_BYTES + 7 * RECORD_BYTES + 1,
    HEADER_BYTES + 7 * RECORD_BYTES + 4500,
    HEADER_BYTES + 7 * RECORD_BYTES + 4510,
]


@pytest.mark.parametrize("cut", CUTS)
def test_cut_anywhere_keeps_every_whole_record(finished, counts, opened, cut):
    data = finished.read_bytes()[:cut]
    finished.write_bytes(data)
    with pytest.raises(FileFormatError, match=r"was cut off.*main\.py repair"):
        open_recording(finished)
    report = repair(finished)
    assert report.changed
    assert report.backup.read_bytes() == data
    whole = (cut - HEADER_BYTES) // RECORD_BYTES
    file = opened(finished)
    assert len(file.counts) == 250 * whole
    assert report.duration_s == 0.25 * whole
    axis = np.concatenate((counts[:2000], np.tile(counts[1999], (100, 1)), counts[2100:5000]))
    assert np.array_equal(file.counts[: 250 * whole], axis[: 250 * whole])
    told = file.texts("recording was cut off here") or "no room was left" in report.notes[-1]
    assert told
    assert f"holds {0.25 * whole:.2f} s: " in report.words()
    assert "\n" not in report.words()
    assert not repair(finished).changed


@pytest.mark.parametrize("cut", [1, 8, 100, 255, 256, 300, 2047])
def test_cut_within_the_header_without_a_sidecar_cannot_be_saved(finished, cut):
    data = finished.read_bytes()[:cut]
    finished.write_bytes(data)
    with pytest.raises(FileFormatError, match=r"cut off within|begins with") as caught:
        repair(finished)
    assert "\n" not in str(caught.value)
    assert finished.read_bytes() == data
    assert [p.name for p in finished.parent.iterdir()] == ["a.bdf"]


def abandon(path, facts, rows, block, cut=None):
    """Leave behind what a killed writer would: the file so far, the sidecar, no lock."""
    writer = RecordingWriter.create(path, facts)
    if len(rows):
        writer.append(block(rows, 0))
    data, sidecar = path.read_bytes(), sidecar_path(path).read_bytes()
    writer.finish()
    path.write_bytes(data[:cut])
    sidecar_path(path).write_bytes(sidecar)


@pytest.mark.parametrize("cut", [0, 1, 8, 100, 256, 2047, 2048, 2049, 6000, None])
def test_cut_at_the_very_start_is_rebuilt_from_the_sidecar(
    tmp_path, make_facts, counts, block, opened, cut
):
    path = tmp_path / "a.bdf"
    abandon(path, make_facts(), counts[:300], block, cut)
    assert unfinished(tmp_path) == [path]
    report = repair(path)
    assert report.changed
    assert unfinished(tmp_path) == []
    kept = 250 if cut is None else 0
    assert report.duration_s == kept / 1000
    file = opened(path)
    assert np.array_equal(file.counts[:kept], counts[:kept])
    assert len(file.texts("emgfeedback channel")) == 6
    with open_recording(path) as recording:
        assert recording.n_samples == kept
        assert recording.lsb_uv[0] == 4.8828125
    assert not repair(path).changed


def test_a_damaged_sidecar_is_not_needed(tmp_path, make_facts, counts, block, opened):
    path = tmp_path / "a.bdf"
    abandon(path, make_facts(), counts, block, -10)
    sidecar_path(path).write_bytes(b'{"header": 7')
    assert repair(path).changed
    assert len(opened(path).counts) == 4750
    assert not sidecar_path(path).exists()


def test_a_foreign_sidecar_changes_no_foreign_file(tmp_path, make_facts, counts, block):
    path = tmp_path / "a.bdf"
    abandon(path, make_facts(), counts, block)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(5000))
    with pytest.raises(FileFormatError, match="no EDF or BDF"):
        repair(path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert sidecar_path(path).exists()


def test_backups_are_numbered_and_kept(finished):
    data = finished.read_bytes()
    names = []
    for cut in (-1, -RECORD_BYTES - 1, -2 * RECORD_BYTES - 1):
        finished.write_bytes(data[:cut])
        backup = repair(finished).backup
        assert backup.read_bytes() == data[:cut]
        names.append(backup.name)
    assert names == ["a.bdf.orig", "a.bdf.orig.1", "a.bdf.orig.2"]


def test_a_running_recording_is_left_alone(tmp_path, make_facts, counts, block):
    path = tmp_path / "a.bdf"
    writer = RecordingWriter.create(path, make_facts())
    writer.append(block(counts, 0))
    assert unfinished(tmp_path) == []
    with pytest.raises(RecordingError, match="being recorded right now"):
        repair(path)
    assert writer.finish().samples == 5130


def test_unfinished_deletes_nothing_and_bears_strays(tmp_path):
    (tmp_path / "gone.bdf.recording").write_text(json.dumps({}))
    assert unfinished(tmp_path) == []
    assert unfinished(tmp_path / "none") == []
    assert (tmp_path / "gone.bdf.recording").exists()


@pytest.mark.parametrize("stopped_at", [0, 1, 7, 19])
def test_a_change_of_rate_that_was_cut_off_is_completed(
    finished, counts, opened, monkeypatch, stopped_at
):
    """The program ends in the middle of `retime`: records before have new times, others old."""
    from emgfeedback.records import recordfile
    from emgfeedback.records.reader import read_header

    calls = itertools.count()
    real = recordfile.write_area

    def until(*args) -> None:
        if next(calls) == stopped_at:
            raise KeyboardInterrupt
        real(*args)

    monkeypatch.setattr(recordfile, "write_area", until)
    with FileIO(finished, "r+") as file, pytest.raises(KeyboardInterrupt):
        retime(file, read_header(file, "a"), 21, 250_500)
    monkeypatch.undo()
    assert repair(finished).changed
    file = opened(finished)
    assert file.fs_hz == pytest.approx(250 / 0.2505)
    assert file.texts("Drehung")[0][0] == pytest.approx(1.503)
    with open_recording(finished) as recording:
        (gap,) = recording.gaps
        assert (gap.first_sample, gap.n_samples) == (2000, 100)
        assert recording.n_samples == 5000


def test_records_never_written_are_dropped_or_marked(finished, opened):
    """A power cut can leave zeros where the disk had not caught up."""
    data = bytearray(finished.read_bytes())
    middle = HEADER_BYTES + 5 * RECORD_BYTES
    data[middle : middle + RECORD_BYTES] = bytes(RECORD_BYTES)
    data[-2 * RECORD_BYTES :] = bytes(2 * RECORD_BYTES)
    finished.write_bytes(data)
    report = repair(finished)
    assert any("2 records at the end" in note for note in report.notes)
    assert any("1 damaged" in note for note in report.notes)
    assert len(opened(finished).counts) == 18 * 250 or len(opened(finished).counts) == 19 * 250
    with open_recording(finished) as recording:
        assert (1250, 250) in [(g.first_sample, g.n_samples) for g in recording.gaps]
    assert not repair(finished).changed


def test_others_cut_off_files_are_mended_too(tmp_path, counts):
    import pyedflib

    path = tmp_path / "other.edf"
    heads = [
        pyedflib.highlevel.make_signal_header(f"ch{i}", sample_frequency=1000, dimension="uV")
        for i in range(6)
    ]
    with pyedflib.EdfWriter(str(path), 6, file_type=pyedflib.FILETYPE_EDFPLUS) as writer:
        writer.setSignalHeaders(heads)
        writer.writeSamples([np.ascontiguousarray(c) for c in counts[:5000].T * 0.1])
    data = path.read_bytes()
    path.write_bytes(data[:-500])
    assert repair(path).duration_s == 4.0
    with pyedflib.EdfReader(str(path)) as reader:
        assert reader.getNSamples()[0] == 4000


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xffBIOSEMI", b"0       " + b"\xff" * 4000])
def test_what_is_no_recording_is_refused_and_left(tmp_path, content):
    path = tmp_path / "x.bdf"
    path.write_bytes(content)
    with pytest.raises(FileFormatError):
        repair(path)
    assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["x.bdf"]
    with pytest.raises(FileFormatError, match="There is no file"):
        repair(tmp_path / "none.bdf")


def test_no_space_for_the_copy_leaves_the_file(finished, monkeypatch):
    data = finished.read_bytes()[:-7]
    finished.write_bytes(data)

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(repair_module.shutil, "copyfileobj", full)
    with pytest.raises(RecordingError, match="no space left"):
        repair(finished)
    assert finished.read_bytes() == data
    assert [p.name for p in finished.parent.iterdir()] == ["a.bdf"]


WRITE_UNTIL_KILLED = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import numpy as np
from datetime import datetime, UTC
from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import neck_montage
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.writer import RecordingWriter
device = DeviceInfo("emgfeedback", "uno", "1", 6, 1000.0, 1024, 5000.0, 1000.0)
facts = RecordingFacts(neck_montage(6), device, datetime.now(UTC), "0.1.0")
print("go", flush=True)
writer = RecordingWriter.create(sys.argv[1], facts)
first = 0
for i in range(10**9):
    gap = i % 13 == 12
    first += 300 if gap else 0
    rows = np.arange(first, first + 20, dtype=np.int32)[:, None] % 1024 + np.zeros(6, np.int32)
    writer.append(Block(rows, Unit.COUNTS, 1000.0, first, None, np.zeros(6, bool)))
    if i % 50 == 0:
        writer.annotate(f"mark {{i}}", first, 10)
    first += 20
    sys.stdout.write(f"{{first}}\\n")
    sys.stdout.flush()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
@pytest.mark.parametrize("attempt", range(15))
def test_killed_at_any_moment_opens_with_all_but_the_last_second(tmp_path, opened, attempt):
    path = tmp_path / "a.bdf"
    child = subprocess.Popen(
        [sys.executable, "-c", WRITE_UNTIL_KILLED, str(path)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    wanted_bytes = random.Random(attempt).randrange(3, 40_000)
    told = b""
    while len(told) < wanted_bytes:
        select.select([child.stdout], [], [], 10)
        told += os.read(child.stdout.fileno(), 4096)
        if attempt == 0:
            break
    child.send_signal(signal.SIGKILL)
    told += child.stdout.read()
    child.wait()
    child.stdout.close()
    numbers = told.decode().split("\n")[1:-1]
    appended = int(numbers[-1]) if numbers else 0
    if not path.exists():
        assert not appended
        return
    assert unfinished(tmp_path) == [path]
    repair(path)
    assert unfinished(tmp_path) == []
    file = opened(path)
    with open_recording(path) as recording:
        assert appended - recording.n_samples < 1000
        valid = recording.valid(0, recording.n_samples)
        expected = np.arange(recording.n_samples) % 1024
        assert np.array_equal(
            recording.read_counts(0, recording.n_samples)[valid, 3], expected[valid]
        )
        assert (~valid).sum() <= recording.n_samples * 300 / 560 + 300
    assert len(file.texts("emgfeedback channel")) == 6
    assert not repair(path).changed
    shutil.rmtree(tmp_path)
