from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.errors import RecordingError
from emgfeedback.records.reader import open_recording
from emgfeedback.records.sidecar import sidecar_path
from emgfeedback.records.writer import RecordingWriter

ORIGIN = 4_000_000


def record(path, facts, counts, block, step=37, origin=ORIGIN):
    writer = RecordingWriter.create(path, facts)
    for first in range(0, len(counts), step):
        writer.append(block(counts[first : first + step], origin + first))
    return writer


@pytest.mark.parametrize("step", [1, 37, 250, 5130])
def test_three_readers_give_the_same_counts_back(tmp_path, make_facts, counts, block, opened, step):
    writer = record(tmp_path / "a.bdf", make_facts(), counts, block, step)
    assert writer.elapsed_s == pytest.approx(5.13)
    summary = writer.finish()
    assert (summary.samples, summary.channels, summary.lost, summary.gaps) == (5130, 6, 0, 0)
    assert summary.fs_hz == summary.nominal_fs_hz == 1000
    file = opened(tmp_path / "a.bdf")
    assert np.array_equal(file.counts[:5130], counts)
    assert file.counts.shape == (5250, 6)
    assert np.array_equal(file.counts[5130:], np.tile(counts[-1], (120, 1)))
    assert np.allclose(file.uv[:5130], (counts - 512) * 4.8828125, rtol=0, atol=1e-9)
    assert file.labels == ["SCM L", "SCM R", "UT L", "UT R", "SPL L", "SPL R"]
    assert (file.dimension, file.prefilter) == ("uV", "raw, no software filter")
    assert file.texts("padding") == [(5.13, "padding 120 samples")]
    assert len(file.texts("emgfeedback channel")) == 6
    assert summary.path == tmp_path / "a.bdf"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bdf"]


@pytest.mark.parametrize("fs_hz", [250.0, 500.0, 990.5, 2000.0])
def test_every_rate_reads_back(tmp_path, make_facts, counts, block, opened, fs_hz):
    facts = make_facts(fs_hz=fs_hz, full_scale_counts=4096, gain=201.0, vref_mv=3300.0)
    record(tmp_path / "a.bdf", facts, counts, block).finish()
    file = opened(tmp_path / "a.bdf")
    assert file.fs_hz == pytest.approx(fs_hz, rel=4e-6)
    assert np.array_equal(file.counts[:5130], counts)
    exact = (counts - 2048) * (3.3e6 / 4096 / 201)
    assert np.allclose(file.uv[:5130], exact, rtol=2e-6, atol=1e-3)
    with open_recording(tmp_path / "a.bdf") as recording:
        assert np.allclose(recording.read_uv(0, 5130), exact, rtol=1e-12, atol=1e-8)


def test_gaps_are_held_and_marked(tmp_path, make_facts, counts, block, opened):
    writer = RecordingWriter.create(tmp_path / "a.bdf", make_facts())
    lost = Gap(0, 5, GapReason.LINK)
    writer.append(block(counts[:100], ORIGIN, lost))
    writer.append(block(counts[100:200], ORIGIN + 103, Gap(ORIGIN + 100, 3, GapReason.BOARD)))
    away = Gap(ORIGIN + 203, 2000, GapReason.RECONNECT)
    writer.append(block(counts[200:300], ORIGIN + 2203, away))
    writer.append(block(counts[300:310], ORIGIN + 2310))
    summary = writer.finish()
    assert (summary.samples, summary.lost, summary.gaps) == (2320, 2010, 3)
    file = opened(tmp_path / "a.bdf")
    assert np.array_equal(file.counts[:100], counts[:100])
    assert np.array_equal(file.counts[100:103], np.tile(counts[99], (3, 1)))
    assert np.array_equal(file.counts[203:2203], np.tile(counts[199], (2000, 1)))
    assert np.array_equal(file.counts[2203:2303], counts[200:300])
    assert file.texts("gap") == [
        (0.1, "gap 3 samples (board)"),
        (0.203, "gap 2000 samples (reconnect)"),
        (2.303, "gap 7 samples (unknown)"),
    ]
    with open_recording(tmp_path / "a.bdf") as recording:
        assert recording.n_samples == 2320
        spans = [(g.first_sample, g.n_samples, g.reason) for g in recording.gaps]
        assert spans[:2] == [(100, 3, GapReason.BOARD), (203, 2000, GapReason.RECONNECT)]
        assert recording.valid(0, 2320).sum() == 310


@pytest.mark.parametrize("measured", [1000.123, 998.7, 1004.0])
def test_measured_rate_moves_the_whole_time_axis(
    tmp_path, make_facts, counts, block, opened, measured
):
    writer = record(tmp_path / "a.bdf", make_facts(), np.tile(counts, (10, 1)), block, 1000)
    writer.annotate("turn", ORIGIN + 40_000, 5000)
    summary = writer.finish(measured)
    assert summary.fs_hz == pytest.approx(measured, rel=3e-6)
    file = opened(tmp_path / "a.bdf")
    assert file.fs_hz == pytest.approx(measured, rel=3e-6)
    assert file.duration_s == pytest.approx(51_500 / measured, rel=3e-6)
    assert file.texts("turn")[0][0] == pytest.approx(40_000 / measured, rel=3e-6)
    assert '"measured_fs_hz":' in file.texts("emgfeedback rate")[0][1]
    with open_recording(tmp_path / "a.bdf") as recording:
        (turn,) = recording.annotations
        assert round(turn.onset_s * recording.fs_hz) == 40_000
        assert round(turn.duration_s * recording.fs_hz) == 5000
        assert recording.n_samples == 51_300


def test_many_and_long_annotations_are_never_lost(tmp_path, make_facts, counts, block, opened):
    writer = record(tmp_path / "a.bdf", make_facts(), counts[:1000], block)
    for i in range(60):
        writer.annotate(f"mark {i} " + "ä" * 100, ORIGIN + 900 + i)
    long = "Übung ✓ " * 300
    writer.annotate(long, ORIGIN + 500, 400)
    writer.annotate("too early", ORIGIN - 50, 60)
    writer.annotate("too late", ORIGIN + 99_999, 5)
    writer.finish()
    file = opened(tmp_path / "a.bdf")
    assert len(file.texts("mark ")) == 60
    with open_recording(tmp_path / "a.bdf") as recording:
        assert recording.n_samples == 1000
        told = {a.text: a for a in recording.annotations}
        assert len(told) == 63
        assert told[long.strip()].onset_s == 0.5
        assert (told["too early"].onset_s, told["too early"].duration_s) == (0.0, 0.01)
        assert (told["too late"].onset_s, told["too late"].duration_s) == (0.999, 0.001)


def test_a_whole_number_of_records_gets_no_padding(tmp_path, make_facts, counts, block, opened):
    writer = record(tmp_path / "a.bdf", make_facts(), counts[:5000], block)
    writer.annotate("last ✓ " * 90, ORIGIN + 4999)
    writer.finish(1000.2)
    file = opened(tmp_path / "a.bdf")
    assert np.array_equal(file.counts, counts[:5000])
    assert file.texts("padding") == []
    with open_recording(tmp_path / "a.bdf") as recording:
        assert [a.text for a in recording.annotations] == [("last ✓ " * 90).strip()]


def test_annotation_before_the_first_block_waits_for_it(tmp_path, make_facts, counts, block):
    writer = RecordingWriter.create(tmp_path / "a.bdf", make_facts())
    writer.annotate("start", ORIGIN + 20)
    writer.append(block(counts[:100], ORIGIN))
    writer.finish()
    with open_recording(tmp_path / "a.bdf") as recording:
        assert [(a.text, a.onset_s) for a in recording.annotations] == [("start", 0.02)]


def test_recording_without_a_sample_is_a_valid_file(tmp_path, make_facts, opened):
    summary = RecordingWriter.create(tmp_path / "a.bdf", make_facts()).finish(999.0)
    assert summary.samples == 0
    assert (opened(tmp_path / "a.bdf").counts == 512).all()
    with open_recording(tmp_path / "a.bdf") as recording:
        assert recording.n_samples == 0


def test_finishing_twice_and_late_calls_do_nothing(tmp_path, make_facts, counts, block):
    writer = record(tmp_path / "a.bdf", make_facts(), counts, block)
    summary = writer.finish()
    before = (tmp_path / "a.bdf").read_bytes()
    writer.append(block(counts, ORIGIN + 5130))
    writer.annotate("late", ORIGIN)
    assert writer.finish() is summary
    assert (tmp_path / "a.bdf").read_bytes() == before


def test_wrong_blocks_are_refused(tmp_path, make_facts, counts, block):
    writer = record(tmp_path / "a.bdf", make_facts(), counts[:100], block)
    with pytest.raises(ValueError, match="50 samples before"):
        writer.append(block(counts[:10], ORIGIN + 50))
    with pytest.raises(ValueError, match="of 3 channels in counts"):
        writer.append(block(counts[:10, :3], ORIGIN + 100))
    uv = Block(counts * 1.0, Unit.UV, 1000.0, ORIGIN + 100, None, np.zeros(6, bool))
    with pytest.raises(ValueError, match="in uV"):
        writer.append(uv)
    assert writer.finish().samples == 100


def test_existing_file_is_never_overwritten(tmp_path, make_facts, counts, block):
    (tmp_path / "a.bdf").write_text("precious")
    with pytest.raises(RecordingError, match="exists already"):
        RecordingWriter.create(tmp_path / "a.bdf", make_facts())
    assert (tmp_path / "a.bdf").read_text() == "precious"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bdf"]
    writer = record(tmp_path / "b.bdf", make_facts(), counts, block)
    with pytest.raises(RecordingError, match="exists already"):
        RecordingWriter.create(tmp_path / "b.bdf", make_facts())
    assert writer.finish().samples == 5130


def test_missing_folder_and_impossible_place_are_named(tmp_path, make_facts):
    with pytest.raises(RecordingError, match="there is no folder"):
        RecordingWriter.create(tmp_path / "none" / "a.bdf", make_facts())
    (tmp_path / "file").write_text("x")
    with pytest.raises(RecordingError, match="there is no folder"):
        RecordingWriter.create(tmp_path / "file" / "a.bdf", make_facts())


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_folder_without_permission_is_named(tmp_path, make_facts, monkeypatch):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o500)
    if os.getuid() == 0:
        # Root may write anywhere; only a read-only kernel file system refuses it.
        folder = Path("/proc")
    with pytest.raises(RecordingError) as caught:
        RecordingWriter.create(folder / "a.bdf", make_facts())
    assert "cannot be made" in str(caught.value)
    assert "\n" not in str(caught.value)


FULL_DISK = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}, {root!r}]
import numpy as np
from emgfeedback.core.block import Block, Unit
from emgfeedback.core.errors import RecordingError
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import neck_montage
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.writer import RecordingWriter
from datetime import datetime, UTC
device = DeviceInfo("emgfeedback", "uno", "1", 6, 1000.0, 1024, 5000.0, 1000.0)
facts = RecordingFacts(neck_montage(6), device, datetime.now(UTC), "0.1.0")
writer = RecordingWriter.create(Path(sys.argv[1]), facts)
raised = 0
for i in range(300):
    rows = np.full((100, 6), i, dtype=np.int32)
    if i == 150:
        writer.annotate("long before the end", 100)
    try:
        writer.append(Block(rows, Unit.COUNTS, 1000.0, i * 100, None, np.zeros(6, bool)))
    except RecordingError as error:
        raised += 1
        print(error)
print(raised, writer.finish().samples, writer.finish().failure)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
@pytest.mark.parametrize("limit", [400_000, 400_001, 402_500, 6000])
def test_full_disk_keeps_what_is_there(tmp_path, opened, limit):
    import resource

    def bound() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    root = Path(__file__).resolve().parents[2]
    code = FULL_DISK.format(tests=str(Path(__file__).parent), root=str(root))
    path = tmp_path / "a.bdf"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        preexec_fn=bound,
        capture_output=True,
        text=True,
        check=True,
    )
    message, last = done.stdout.splitlines()
    raised, samples, failure = last.split(" ", 2)
    assert raised == "1"
    assert message.startswith("Recording stopped: the disk is full;")
    assert "Free some space" in message
    assert failure == "the disk is full"
    assert not sidecar_path(path).exists()
    records = (limit - 2048) // (250 * 18 + 540)
    assert int(samples) == 250 * records
    if records:
        file = opened(path)
        assert len(file.counts) == int(samples)
        assert file.texts("recording stopped: the disk is full")
        assert np.array_equal(file.counts[:, 0], np.arange(int(samples)) // 100)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_disk_full_from_the_start_leaves_nothing(tmp_path, make_facts, monkeypatch):
    link = tmp_path / "a.bdf"
    sidecar_path(link).symlink_to("/dev/full")
    with pytest.raises(RecordingError, match=r"cannot be made"):
        RecordingWriter.create(link, make_facts())
    assert not link.exists()
