# ruff: noqa: E402
"""Print the cost of the signal chain beside plain scipy and BrainFlow (where installed).

Processor time of interleaved rounds, medians. The baselines do the same job with the
public interface anybody would use: `scipy.signal.sosfilt` with the sections combined and
its state carried, and a moving RMS by cumulative sums in numpy.
"""

from __future__ import annotations

import os

# Before numpy: one thread each, so that processor time compares work and not cores.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import importlib.util
import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from emgfeedback.core.block import Block, Unit
from emgfeedback.dsp.chain import Chain, ChainSettings
from emgfeedback.dsp.design import butter_sos, notch_sos
from emgfeedback.dsp.iir import BlockIir
from emgfeedback.dsp.smooth import MovingRms

Floats = NDArray[np.float64]
Job = Callable[[], object]
ROUNDS = 9
WINDOW_S = 0.1


def band_and_notch(fs_hz: float) -> Floats:
    """Return the filters all sides use: 20-450 Hz of eight poles and a 50 Hz notch."""
    return np.vstack([butter_sos(4, "band", (20, 450), fs_hz), notch_sos(50, 30, fs_hz)])


class ScipyStream:
    """`sosfilt` for all channels at once, then moving RMS from a carried window."""

    def __init__(self, sos: Floats, fs_hz: float, n_channels: int) -> None:
        self._sos = sos
        self._state = np.zeros((len(sos), 2, n_channels))
        self._window = round(WINDOW_S * fs_hz)
        self._past = np.zeros((self._window, n_channels))

    def process(self, x: Floats) -> Floats:
        y, self._state = signal.sosfilt(self._sos, x, axis=0, zi=self._state)
        squares = np.concatenate((self._past, y * y))
        self._past = squares[-self._window :]
        sums = np.cumsum(squares, axis=0)
        power = (sums[self._window :] - sums[: -self._window]) / self._window
        return np.sqrt(np.maximum(power, 0))


class ScipyStreamPerChannel:
    """The same with a loop over channels."""

    def __init__(self, sos: Floats, fs_hz: float, n_channels: int) -> None:
        self._channels = [ScipyStream(sos, fs_hz, 1) for _ in range(n_channels)]

    def process(self, x: Floats) -> Floats:
        columns = [stage.process(x[:, i : i + 1]) for i, stage in enumerate(self._channels)]
        return np.concatenate(columns, axis=1)


def our_filter_and_rms(sos: Floats, fs_hz: float, n_channels: int) -> Callable[[Floats], Floats]:
    """Return our stages for the same job as the baselines."""
    band, rms = BlockIir(sos, n_channels), MovingRms(WINDOW_S, fs_hz, n_channels)
    return lambda x: rms.process(band.process(x))


def medians_s(jobs: dict[str, Job], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median processor time of each job, run in turns."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(rounds):
        for name, job in jobs.items():
            begin = time.process_time()
            job()
            taken[name].append(time.process_time() - begin)
    return {name: statistics.median(times) for name, times in taken.items()}


def live(n_channels: int, fs_hz: float, block_s: float) -> None:
    """Print the cost per block of a live stream."""
    n, seconds = round(block_s * fs_hz), 5
    x = np.random.default_rng(0).normal(0, 20, (round(seconds * fs_hz), n_channels))
    parts = [x[i : i + n] for i in range(0, len(x), n)]
    sos = band_and_notch(fs_hz)
    ours = our_filter_and_rms(sos, fs_hz, n_channels)
    plain = ScipyStream(sos, fs_hz, n_channels)
    looped = ScipyStreamPerChannel(sos, fs_hz, n_channels)
    worst = max(float(np.abs(ours(part) - plain.process(part)).max() / 20) for part in parts[:100])
    assert worst < 1e-9, worst
    chain = Chain(ChainSettings.for_purpose("rest", fs_hz, notch_hz=50), fs_hz, n_channels)
    saturated = np.zeros(n_channels, dtype=bool)
    blocks = [Block(part, Unit.UV, fs_hz, i * n, None, saturated) for i, part in enumerate(parts)]

    def whole_chain() -> None:
        chain.reset()
        for block in blocks:
            chain.process(block)

    taken = medians_s(
        {
            "ours: filter + RMS": lambda: [ours(part) for part in parts],
            "ours: whole chain, 8 notches": whole_chain,
            "scipy sosfilt + RMS": lambda: [plain.process(part) for part in parts],
            "scipy, loop over channels": lambda: [looped.process(part) for part in parts],
        }
    )
    base = taken["scipy sosfilt + RMS"]
    print(f"\nLive, {n_channels} ch x {fs_hz:g} Hz, {1000 * block_s:g} ms blocks")
    print(f"{'':32}{'us/block':>10}{'% of core':>11}{'x real time':>13}{'of scipy':>10}")
    for name, spent_s in taken.items():
        print(
            f"{name:32}{1e6 * spent_s / len(parts):10.1f}{100 * spent_s / seconds:11.2f}"
            f"{seconds / spent_s:13.0f}{spent_s / base:10.2f}"
        )


def batch(n_channels: int, fs_hz: float, minutes: float) -> None:
    """Print the cost of a whole recording."""
    x = np.random.default_rng(0).normal(0, 20, (round(60 * minutes * fs_hz), n_channels))
    sos = band_and_notch(fs_hz)
    jobs: dict[str, Job] = {
        "ours: filter + RMS": lambda: in_pieces(our_filter_and_rms(sos, fs_hz, n_channels), x),
        "scipy sosfilt + RMS": lambda: ScipyStream(sos, fs_hz, n_channels).process(x),
        "ours: filter": lambda: BlockIir(sos, n_channels).process(x),
        "scipy sosfilt": lambda: signal.sosfilt(sos, x, axis=0),
    }
    if importlib.util.find_spec("brainflow"):
        jobs["BrainFlow filter + RMS"] = lambda: brainflow_filter_and_rms(x, fs_hz)
    taken = medians_s(jobs, rounds=5)
    print(f"\nBatch, {minutes:g} min x {n_channels} ch x {fs_hz:g} Hz")
    base = taken.get("BrainFlow filter + RMS")
    print(f"{'':32}{'ms':>10}{'x real time':>13}{'of BrainFlow':>14}")
    for name, spent_s in taken.items():
        ratio = f"{spent_s / base:14.2f}" if base else f"{'-':>14}"
        print(f"{name:32}{1e3 * spent_s:10.1f}{60 * minutes / spent_s:13.0f}{ratio}")


def in_pieces(process: Callable[[Floats], Floats], x: Floats) -> Floats:
    """Return what a streaming stage makes of a recording, read in pieces as from a file."""
    out = np.empty_like(x)
    for i in range(0, len(x), 8192):
        out[i : i + 8192] = process(x[i : i + 8192])
    return out


def brainflow_filter_and_rms(x: Floats, fs_hz: float) -> Floats:
    """Do the job with BrainFlow's causal filters, in place on a copy, channel by channel."""
    from brainflow.data_filter import DataFilter, FilterTypes

    kind, rate = FilterTypes.BUTTERWORTH.value, round(fs_hz)
    rows = np.ascontiguousarray(x.T)
    for row in rows:
        DataFilter.perform_bandpass(row, rate, 20.0, 450.0, 4, kind, 0)
        DataFilter.perform_bandstop(row, rate, 49.0, 51.0, 1, kind, 0)
    squares = rows * rows
    window = round(WINDOW_S * fs_hz)
    sums = np.cumsum(np.pad(squares, ((0, 0), (window, 0))), axis=1)
    power = (sums[:, window:] - sums[:, :-window]) / window
    return np.sqrt(np.maximum(power, 0)).T


def main() -> None:
    """Print all tables."""
    live(8, 2000.0, 0.010)
    live(6, 1000.0, 0.020)
    live(8, 2000.0, 0.050)
    batch(4, 1000.0, 10)
    batch(4, 2000.0, 10)


if __name__ == "__main__":
    main()
