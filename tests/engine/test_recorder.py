"""The recorder between reader and disk: exact length, counted losses, failures told once."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import RecordingError
from emgfeedback.core.montage import neck_montage
from emgfeedback.engine import recorder as recorder_module
from emgfeedback.engine.recorder import Recorder
from emgfeedback.engine.snapshot import RecordState
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.reader import open_recording
from tests.engine.waiting import PATIENCE_S, wait_until

INFO = DeviceInfo("emgfeedback", "test", "1", 2, 1000.0, 1024, 5000.0, 1000.0)
FACTS = RecordingFacts(neck_montage(2), INFO, dt.datetime.now(dt.UTC), "test")


def block(first: int, n: int = 100, gap: Gap | None = None) -> Block:
    ramp = (np.arange(first, first + n, dtype=np.int32) % 1024)[:, None]
    return Block(np.repeat(ramp, 2, axis=1), Unit.COUNTS, 1000.0, first, gap, np.zeros(2, bool))


def counts(path: Path) -> tuple[np.ndarray, list[Gap]]:
    with open_recording(path) as recording:
        return recording.read_counts(0, recording.n_samples)[:, 0], list(recording.gaps)


def test_exactly_the_samples_asked_for(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r.bdf", FACTS, max_samples=250)
    for i in range(5):
        recorder.put(block(7 + 100 * i))
    summary = recorder.finish()
    assert summary is not None
    assert summary.samples == 250
    assert counts(recorder.path)[0].tolist() == list(range(7, 257))


def test_a_gap_past_the_end_fills_up_to_it(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r.bdf", FACTS, max_samples=500)
    recorder.put(block(0))
    recorder.put(block(5000, gap=Gap(100, 4900, GapReason.RECONNECT)))
    summary = recorder.finish()
    assert summary is not None
    assert (summary.samples, summary.lost, summary.gaps) == (500, 400, 1)
    assert counts(recorder.path)[1] == [Gap(100, 400, GapReason.RECONNECT)]


def test_a_full_queue_is_a_counted_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_log: list[str]
) -> None:
    expected_log.append("recorder queue full")
    monkeypatch.setattr(recorder_module, "QUEUE_BLOCKS", 2)
    slow = threading.Event()
    append = recorder_module.RecordingWriter.append

    def wait_and_append(self: object, item: Block) -> None:
        slow.wait(PATIENCE_S)
        append(self, item)

    monkeypatch.setattr(recorder_module.RecordingWriter, "append", wait_and_append)
    recorder = Recorder(tmp_path / "r.bdf", FACTS)
    for i in range(10):
        recorder.put(block(100 * i))
    slow.set()
    wait_until(lambda: recorder.now(link_away=False).elapsed_s >= 0.2)
    recorder.put(block(1000))
    summary = recorder.finish()
    assert summary is not None
    assert summary.samples == 1100
    read, gaps = counts(recorder.path)
    # Where the thread takes its first block between two puts, what is lost lies in two places.
    assert 1 <= len(gaps) <= 2
    assert {gap.reason for gap in gaps} == {GapReason.HOST}
    kept = np.ones(1100, bool)
    for gap in gaps:
        kept[gap.first_sample : gap.first_sample + gap.n_samples] = False
    assert kept.sum() + summary.lost == 1100
    assert (read[kept] == (np.arange(1100) % 1024)[kept]).all()


def test_a_disk_that_fails_is_told_once_and_the_file_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_log: list[str]
) -> None:
    expected_log.append("recording stopped")
    failing = RecordingError("The disk is full.", "Free some space.")
    recorder = Recorder(tmp_path / "r.bdf", FACTS)
    recorder.put(block(0, 600))

    def fail(*_: object) -> None:
        raise failing

    wait_until(lambda: recorder.now(link_away=False).state is not RecordState.STARTING)
    monkeypatch.setattr(recorder._writer, "append", fail)
    recorder.put(block(600))
    assert recorder.finish() is None
    now = recorder.now(link_away=False)
    assert now.state is RecordState.FAILED
    assert "disk is full" in now.message
    monkeypatch.undo()
    recorder._writer.finish()
    assert counts(recorder.path)[0].tolist() == list(range(600))


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "r.bdf"
    path.write_bytes(b"precious")
    with pytest.raises(RecordingError, match=r"r\.bdf"):
        Recorder(path, FACTS)
    assert path.read_bytes() == b"precious"


def test_waiting_and_saved_are_states_of_their_own(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r.bdf", FACTS)
    recorder.put(block(0))
    wait_until(lambda: recorder.now(link_away=False).state is not RecordState.STARTING)
    assert recorder.now(link_away=True).state is RecordState.WAITING
    recorder.finish()
    assert recorder.now(link_away=False).state is RecordState.SAVED


def test_an_end_that_is_asked_for_waits_for_nobody_and_takes_nothing_more(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r.bdf", FACTS)
    recorder.put(block(0))
    recorder.note("before", 50)
    assert recorder.end()
    for first in range(100, 300_000, 100):
        recorder.put(block(first))
    recorder.note("after", 300_000)
    assert recorder.end()
    summary = recorder.finish()
    assert summary is not None
    assert summary.samples == 100
    assert recorder.now(link_away=False).state is RecordState.SAVED
    with open_recording(recorder.path) as recording:
        assert [annotation.text for annotation in recording.annotations] == ["before"]
