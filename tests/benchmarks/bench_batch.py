"""A whole recording through the streaming filters: beside scipy, and BrainFlow if installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np
from scipy import signal

from emgfeedback.dsp.iir import BlockIir
from emgfeedback.measures.source import PIECE_S
from tests.benchmarks.bench_chain import (
    WINDOW_S,
    Floats,
    ScipyStream,
    band_and_notch,
    our_filter_and_rms,
)
from tests.benchmarks.table import Job, Row, medians_s

N_CHANNELS, MINUTES = 4, 10


def in_pieces(process: Callable[[Floats], Floats], x: Floats, piece: int) -> Floats:
    """Return what a streaming stage makes of a recording, read in pieces as from a file."""
    out = np.empty_like(x)
    for i in range(0, len(x), piece):
        out[i : i + piece] = process(x[i : i + piece])
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


def rows() -> list[Row]:
    return [row for fs_hz in (1000.0, 2000.0) for row in rows_at(fs_hz)]


def rows_at(fs_hz: float) -> list[Row]:
    x = np.random.default_rng(0).normal(0, 20, (round(60 * MINUTES * fs_hz), N_CHANNELS))
    sos = band_and_notch(fs_hz)
    piece = round(PIECE_S * fs_hz)
    jobs: dict[str, Job] = {
        "ours": lambda: in_pieces(our_filter_and_rms(sos, fs_hz, N_CHANNELS), x, piece),
        "scipy": lambda: ScipyStream(sos, fs_hz, N_CHANNELS).process(x),
        "our filter": lambda: BlockIir(sos, N_CHANNELS).process(x),
        "scipy filter": lambda: signal.sosfilt(sos, x, axis=0),
    }
    if importlib.util.find_spec("brainflow"):
        jobs["BrainFlow"] = lambda: brainflow_filter_and_rms(x, fs_hz)
    taken = medians_s(jobs, rounds=7)
    ms = {name: 1e3 * spent_s for name, spent_s in taken.items()}
    what = f"batch filter + RMS, {MINUTES} min x {N_CHANNELS} ch x {fs_hz:g} Hz"
    found = []
    if "BrainFlow" in ms:
        ratio = ms["ours"] / ms["BrainFlow"]
        found.append(
            Row(
                what,
                f"{ms['ours']:.0f} ms",
                f"{ms['BrainFlow']:.0f} ms, BrainFlow",
                f"{ratio:.2f}",
                "<= 0.7",
                ratio <= 0.7,
            )
        )
    found.append(
        Row(
            what if not found else "  the same",
            f"{ms['ours']:.0f} ms",
            f"{ms['scipy']:.0f} ms, scipy sosfilt",
            f"{ms['ours'] / ms['scipy']:.2f}",
        )
    )
    found.append(
        Row(
            "  filter alone",
            f"{ms['our filter']:.0f} ms",
            f"{ms['scipy filter']:.0f} ms, scipy sosfilt",
            f"{ms['our filter'] / ms['scipy filter']:.2f}",
        )
    )
    return found
