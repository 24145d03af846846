"""Signals for the tests of measures: recorded EMG, EMG-like noise, streams cut into blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Block, Gap, Unit

RECORDED = Path(__file__).parents[1] / "data" / "emg"
FULL_RANGE_UV = 3000.0
"""Range of the converter of the recordings, at the electrode."""


@dataclass(frozen=True)
class Recorded:
    """One recorded channel `(n, 1)` in counts, and how to read it."""

    counts: NDArray[np.int32]
    fs_hz: float
    full_scale_counts: int

    @property
    def lsb_uv(self) -> float:
        return FULL_RANGE_UV / self.full_scale_counts

    @property
    def uv(self) -> NDArray[np.float64]:
        return (self.counts - self.full_scale_counts / 2) * self.lsb_uv


def recorded(name: str) -> Recorded:
    with np.load(RECORDED / f"{name}.npz") as held:
        counts = held["adc"].astype(np.int32)[:, None]
        return Recorded(counts, float(held["fs"]), 1 << int(held["bits"]))


def emg_like(rng: np.random.Generator, n: int, fs_hz: float) -> NDArray[np.float64]:
    """Return `(n,)` noise of RMS 1 with the spectrum of surface EMG (Stulen and De Luca 1981)."""
    f2 = np.fft.rfftfreq(n, 1 / fs_hz) ** 2
    density = f2 / ((f2 + 40**2) * (f2 + 80**2) ** 2)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * np.sqrt(density), n)
    return noise / np.sqrt(np.mean(noise**2))


def flat_noise(
    rng: np.random.Generator, n: int, fs_hz: float, low_hz: float, high_hz: float
) -> NDArray[np.float64]:
    """Return `(n,)` noise of expected RMS 1, flat between two frequencies and nothing outside."""
    f_hz = np.fft.rfftfreq(n, 1 / fs_hz)
    inside = (f_hz >= low_hz) & (f_hz <= high_hz)
    spectrum = np.fft.rfft(rng.standard_normal(n)) * inside
    return np.fft.irfft(spectrum, n) * np.sqrt(fs_hz / 2 / (high_hz - low_hz))


def block_of(
    samples: NDArray, unit: Unit, fs_hz: float, first_sample: int = 0, gap: Gap | None = None
) -> Block:
    return Block(samples, unit, fs_hz, first_sample, gap, np.zeros(samples.shape[1], dtype=bool))


def cut(n: int, sizes: Sequence[int]) -> Iterator[slice]:
    """Yield slices that cover `n` samples, of the given sizes in turn."""
    start, i = 0, 0
    while start < n:
        stop = min(n, start + sizes[i % len(sizes)])
        yield slice(start, stop)
        start, i = stop, i + 1
