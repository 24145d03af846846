"""Recordings to test with, and the three readers that must take them without complaint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.core.block import Block, Gap, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import neck_montage
from emgfeedback.records.header import RecordingFacts

MakeFacts = Callable[..., RecordingFacts]
STARTED = datetime(2026, 3, 9, 8, 7, 6, 543000, tzinfo=UTC)


def neck_facts(
    n_channels: int = 6,
    fs_hz: float = 1000.0,
    full_scale_counts: int = 1024,
    vref_mv: float = 5000.0,
    gain: float = 1000.0,
    **more: object,
) -> RecordingFacts:
    """Facts of a six-channel recording; any board setting can be given."""
    device = DeviceInfo(
        driver="emgfeedback",
        board="uno",
        firmware="1.0",
        n_channels=n_channels,
        fs_hz=fs_hz,
        full_scale_counts=full_scale_counts,
        vref_mv=vref_mv,
        sensor_gain=gain,
    )
    return RecordingFacts(neck_montage(n_channels), device, STARTED, "0.1.0", **more)


@pytest.fixture
def make_facts() -> MakeFacts:
    """Hand out `neck_facts`."""
    return neck_facts


@pytest.fixture
def counts() -> NDArray[np.int32]:
    """Known samples, both rails of a 10-bit converter among them."""
    samples = np.random.default_rng(7).integers(0, 1024, (5130, 6), dtype=np.int32)
    samples[10] = 0
    samples[11] = 1023
    return samples


@pytest.fixture
def block() -> Callable[..., Block]:
    """Make a block of counts at `first` on the stream's axis."""

    def make(samples: NDArray[np.int32], first: int, gap: Gap | None = None) -> Block:
        saturated = np.zeros(samples.shape[1], dtype=bool)
        return Block(samples, Unit.COUNTS, 1000.0, first, gap, saturated)

    return make


class Opened:
    """One file as pyedflib, edfio and mne read it; they must agree."""

    def __init__(self, path: Path) -> None:
        import edfio
        import mne
        import pyedflib

        bdf = path.read_bytes()[:1] == b"\xff"
        with pyedflib.EdfReader(str(path)) as reader:
            n = reader.signals_in_file
            self.counts = np.stack([reader.readSignal(i, digital=True) for i in range(n)], axis=1)
            self.labels = reader.getSignalLabels()
            self.fs_hz = float(reader.getSampleFrequency(0))
            onsets, _, texts = reader.readAnnotations()
            self.start = reader.getStartdatetime()
            self.duration_s = float(reader.file_duration)
            self.dimension = reader.getPhysicalDimension(0)
            self.prefilter = reader.getPrefilter(0)
        self.annotations = sorted(zip(onsets.tolist(), texts.tolist(), strict=True))
        edf = (edfio.read_bdf if bdf else edfio.read_edf)(path)
        digital = np.stack([signal.digital for signal in edf.signals], axis=1)
        assert np.array_equal(digital, self.counts)
        told = sorted((round(a.onset, 5), a.text) for a in edf.annotations)
        assert told == [(round(onset, 5), text) for onset, text in self.annotations]
        read = mne.io.read_raw_bdf if bdf else mne.io.read_raw_edf
        raw = read(path, preload=True, verbose="warning")
        self.uv = raw.get_data().T * 1e6
        assert self.uv.shape == self.counts.shape
        assert raw.info["sfreq"] == pytest.approx(self.fs_hz, rel=1e-9)
        assert sorted(raw.annotations.description) == sorted(t for _, t in self.annotations)
        for signal, uv in zip(edf.signals, self.uv.T, strict=True):
            assert np.allclose(signal.data, uv, rtol=0, atol=1e-9 * np.abs(uv).max() + 1e-12)

    def texts(self, begin: str) -> list[tuple[float, str]]:
        """Annotations that begin so, with their onsets."""
        return [(onset, text) for onset, text in self.annotations if text.startswith(begin)]


@pytest.fixture
def opened() -> type[Opened]:
    """Read a file with pyedflib, edfio and mne; warnings are errors."""
    return Opened
