"""Recordings to export, whose every free text names a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import Block, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import Montage, neck_montage
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.reader import open_recording
from emgfeedback.records.recording import Recording
from emgfeedback.records.writer import RecordingWriter

STARTED = datetime(2026, 3, 9, 8, 7, 6, 543000, tzinfo=UTC)
NAME = "Ada Quillfeather"
FREE_TEXTS = (f"note: {NAME} sat down", "mark Quillfeather", "skip trials: Ada is tired")

MakeRecording = Callable[..., Recording]


@pytest.fixture
def recorded(tmp_path: Path) -> MakeRecording:
    """Make and open a recording of 5000 samples with a gap, both rails, and words of people."""

    def make(
        full_scale_counts: int = 1024, *, site: str = "", path: Path | None = None
    ) -> Recording:
        path = path or tmp_path / "in.bdf"
        device = DeviceInfo(
            driver="emgfeedback", board="uno", firmware="1.0", n_channels=6, fs_hz=1000.0,
            full_scale_counts=full_scale_counts, vref_mv=5000.0, sensor_gain=1000.0,
            channel_skew_us=112.0, serial="SN-4711",
        )  # fmt: skip
        channels = neck_montage(6).channels
        montage = Montage(
            f"Montage of {NAME}",
            (replace(channels[0], site=site, spacing_mm=20.0), *channels[1:]),
        )
        facts = RecordingFacts(
            montage, device, STARTED, "0.1.0", subject="P-1", settings={"for": NAME, "hp_hz": 20},
            calibration={"note": NAME},
        )  # fmt: skip
        samples = np.random.default_rng(7).integers(0, full_scale_counts, (5000, 6), dtype=np.int32)
        samples[10], samples[11] = 0, full_scale_counts - 1
        writer = RecordingWriter.create(path, facts)
        writer.append(_block(samples[:2000], 0))
        writer.append(_block(samples[2100:], 2100))
        for i, text in enumerate(FREE_TEXTS):
            writer.annotate(text, 1000 * (i + 1), 250)
        writer.annotate("trial 1 feedback start", 4500)
        writer.annotate("Drehung ✓", 4600)
        writer.finish()
        return open_recording(path)

    return make


def _block(samples: np.ndarray, first: int) -> Block:
    return Block(samples, Unit.COUNTS, 1000.0, first, None, np.zeros(6, dtype=bool))
