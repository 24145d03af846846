"""Recordings to look at again, with gaps, a spike, and everything a session annotates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import neck_montage
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.writer import RecordingWriter

MakeRecording = Callable[..., Path]
FULL_SCALE, GAIN = 4096, 2000.0
LSB_UV = 5_000_000 / FULL_SCALE / GAIN


def emg_counts(
    n_samples: int, n_channels: int, seed: int = 0, level_uv: float = 20.0
) -> NDArray[np.int32]:
    """Return noise of `level_uv` round half scale, some 300 counts off on every channel."""
    noise = np.random.default_rng(seed).normal(0, level_uv / LSB_UV, (n_samples, n_channels))
    offset = FULL_SCALE // 2 + 300 * np.arange(-1, n_channels - 1)
    return np.clip(noise + offset, 0, FULL_SCALE - 1).astype(np.int32)


@pytest.fixture
def make_recording(tmp_path: Path) -> MakeRecording:
    """Write a BDF of ours: counts, gaps as (first, n, reason), annotations as (s, s, text)."""

    def make(
        counts: NDArray[np.int32],
        fs_hz: float = 1000.0,
        gaps: tuple[tuple[int, int, GapReason], ...] = (),
        notes: tuple[tuple[float, float, str], ...] = (),
        name: str = "visit.bdf",
    ) -> Path:
        n_channels = counts.shape[1]
        device = DeviceInfo(
            "emgfeedback", "uno", "1.0", n_channels, fs_hz, FULL_SCALE, 5000.0, GAIN
        )
        facts = RecordingFacts(
            neck_montage(n_channels), device, datetime(2026, 3, 12, tzinfo=UTC), "0.1.0"
        )
        writer = RecordingWriter.create(tmp_path / name, facts)
        clean = np.zeros(n_channels, dtype=bool)
        at, before = 0, None
        for first, n, reason in (*gaps, (len(counts), 0, GapReason.LINK)):
            if first > at:
                rows = counts[at:first]
                writer.append(Block(rows, Unit.COUNTS, fs_hz, at, before, clean))
            at, before = first + n, Gap(first, n, reason)
        for onset_s, duration_s, text in notes:
            writer.annotate(text, round(onset_s * fs_hz), round(duration_s * fs_hz))
        writer.finish()
        return tmp_path / name

    return make
