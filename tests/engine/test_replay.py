"""A replayed recording is the recording: same samples, same gaps, same microvolts."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import neck_montage
from emgfeedback.dsp.scale import Scaler
from emgfeedback.engine.replay import Replay
from emgfeedback.records.export import export
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingWriter

INFO = DeviceInfo("emgfeedback", "test", "1", 2, 1000.0, 1024, 5000.0, 1000.0)


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[Path, np.ndarray]:
    counts = np.random.default_rng(1).integers(1, 1000, (1000, 2), dtype=np.int32)
    facts = RecordingFacts(neck_montage(2), INFO, dt.datetime.now(dt.UTC), "test")
    writer = RecordingWriter.create(tmp_path / "r.bdf", facts)
    rails = np.zeros(2, bool)
    writer.append(Block(counts[:333], Unit.COUNTS, 1000.0, 0, None, rails))
    gap = Gap(333, 167, GapReason.BOARD)
    writer.append(Block(counts[500:], Unit.COUNTS, 1000.0, 500, gap, rails))
    writer.finish()
    return tmp_path / "r.bdf", counts


@pytest.mark.parametrize("block_s", [0.001, 0.02, 0.333, 5.0])
def test_every_sample_once_and_the_gap_told(
    recorded: tuple[Path, np.ndarray], block_s: float
) -> None:
    path, counts = recorded
    with open_recording(path) as recording:
        blocks = list(Replay(recording).blocks(block_s))
    seen = np.concatenate([b.samples for b in blocks])
    assert (seen == np.r_[counts[:333], counts[500:]]).all()
    assert [b.gap_before for b in blocks if b.gap_before] == [Gap(333, 167, GapReason.BOARD)]
    assert [b.first_sample for b in blocks if b.gap_before] == [500]
    for before, after in itertools.pairwise(blocks):
        assert after.first_sample == before.end_sample + (167 if after.gap_before else 0)


def test_microvolts_are_those_of_the_file(recorded: tuple[Path, np.ndarray]) -> None:
    path, _ = recorded
    csv = path.with_suffix(".csv")
    with open_recording(path) as recording:
        export(recording, csv)
        expected = recording.read_uv(0, 333)
        replay = Replay(recording)
        block = next(replay.blocks(0.333))
        uv = Scaler(replay.info, replay.montage).to_uv(block).samples
        assert uv == pytest.approx(expected, abs=1e-6)
    with open_recording(csv) as table:
        replay = Replay(table)
        block = next(replay.blocks(0.333))
        uv = Scaler(replay.info, replay.montage).to_uv(block).samples
    assert uv == pytest.approx(expected, abs=0.011)
