"""The signal of each task as few columns: what a page can print of it.

Every column holds the lowest and the highest sample and the mean of the RMS line over its
stretch of time, so that no peak is lost between columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from emgfeedback.dsp.chain import Chain
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.measures.found import Floats
from emgfeedback.measures.heart_ways import heart_way
from emgfeedback.measures.source import Source, Trimmed, blocks_of

TRICK = "trick"
COLUMNS = 180
EDGE_S = 1.0
"""Signal before the first cue and after the last one."""
NEARLY_ALL = 0.995
LONGEST_S = 120.0
"""A task whose repeats lie farther apart is shown by its last repeat."""


@dataclass(frozen=True, slots=True)
class TaskTrace:
    """The picture of one task.

    Attributes
    ----------
    shown, repeats
        How many repeats the picture holds, and how many there were.
    start_s, length_s
        Its place in the recording.
    holds_s
        Start and end of each hold, from the start of the picture.
    low_uv, high_uv, rms_uv
        `(n_columns, n_channels)`; not a number where nothing was measured.
    """

    task: str
    shown: int
    repeats: int
    start_s: float
    length_s: float
    holds_s: tuple[tuple[float, float], ...]
    labels: tuple[str, ...]
    low_uv: Floats
    high_uv: Floats
    rms_uv: Floats


@dataclass(frozen=True, slots=True)
class _Picture:
    task: str
    repeats: int
    start_s: float
    end_s: float
    holds_s: tuple[tuple[float, float], ...]


def task_traces(
    source: Source,
    assessment: Mapping[str, Any],
    *,
    left_out: Sequence[tuple[float, float]] = (),
    columns: int = COLUMNS,
) -> list[TaskTrace]:
    """Return the picture of every task of an assessment, and of its trick test.

    Filters are those of its levels, causal, without gating or subtraction of heartbeats; the
    line is their RMS over 250 ms. The recording is read stretch by stretch.

    Parameters
    ----------
    assessment
        `Assessment.as_dict()` of this recording.
    left_out
        Start and end, seconds, of spans nothing was measured in; they look like gaps.

    Raises
    ------
    SettingsError
        The sampling rate leaves no band to look at.
    """
    settings = heart_way(assessment["heart_way"]).settings(source.fs_hz)
    kept = Trimmed(source, left_out) if left_out else source
    return [_trace(kept, settings, picture, columns) for picture in _pictures(assessment)]


def _pictures(assessment: Mapping[str, Any]) -> Iterator[_Picture]:
    for task, repeats in assessment["segments"].items():
        shown = repeats
        if repeats[-1]["end_s"] - repeats[0]["start_s"] > LONGEST_S:
            shown = repeats[-1:]
        holds = tuple((one["hold_start_s"], one["hold_end_s"]) for one in shown)
        yield _Picture(task, len(repeats), shown[0]["start_s"], shown[-1]["end_s"], holds)
    parts = assessment["trick_segments"]
    holds = tuple((part["start_s"], part["end_s"]) for part in parts if part["with_trick"])
    if holds and parts[-1]["end_s"] - parts[0]["start_s"] <= LONGEST_S:
        yield _Picture(TRICK, len(holds), parts[0]["start_s"], parts[-1]["end_s"], holds)


def _trace(source: Source, settings: ChainSettings, picture: _Picture, columns: int) -> TaskTrace:
    fs_hz = source.fs_hz
    first = max(0, round((picture.start_s - EDGE_S) * fs_hz))
    end = min(source.n_samples, round((picture.end_s + EDGE_S) * fs_hz))
    signal, rms = _filtered(source, settings, first, end)
    edges = np.linspace(0, end - first, min(columns, end - first) + 1).astype(np.int64)[:-1]
    measured = np.isfinite(signal[:, :1])
    count = np.add.reduceat(measured, edges, axis=0)
    total = np.add.reduceat(np.where(measured, rms, 0.0), edges, axis=0)
    return TaskTrace(
        task=picture.task,
        shown=len(picture.holds_s),
        repeats=picture.repeats,
        start_s=first / fs_hz,
        length_s=(end - first) / fs_hz,
        holds_s=tuple((a - first / fs_hz, b - first / fs_hz) for a, b in picture.holds_s),
        labels=tuple(channel.label for channel in source.channels),
        low_uv=np.fmin.reduceat(signal, edges, axis=0),
        high_uv=np.fmax.reduceat(signal, edges, axis=0),
        rms_uv=np.where(count > 0, total / np.maximum(count, 1), np.nan),
    )


def _filtered(
    source: Source, settings: ChainSettings, first: int, end: int
) -> tuple[Floats, Floats]:
    """Return filtered signal and its RMS over the display window, NaN where none is valid."""
    n_channels = len(source.channels)
    chain = Chain(settings, source.fs_hz, n_channels)
    signal = np.full((end - first, n_channels), np.nan)
    rms = np.full((end - first, n_channels), np.nan)
    for block in blocks_of(source, max(0, first - chain.start_samples), end):
        out = chain.process(block)
        skipped = max(0, first - block.first_sample)
        kept = out.valid[skipped:]
        at = slice(block.first_sample + skipped - first, block.end_sample - first)
        signal[at][kept] = out.filtered[skipped:][kept]
        rms[at][kept] = out.display_uv[skipped:][kept]
    return signal, rms


def top_uv(traces: Sequence[TaskTrace], label: str) -> float:
    """Return the level that nearly all of a channel's columns stay below; 0 where none is known.

    Parameters
    ----------
    traces
        Those in which the channel could be used: a loose electrode would set the scale of all.
    """
    found = []
    for trace in traces:
        c = trace.labels.index(label)
        highest = np.fmax(trace.high_uv[:, c], -trace.low_uv[:, c])
        found.append(highest[np.isfinite(highest)])
    known = np.concatenate(found) if found else np.zeros(0)
    return float(np.quantile(known, NEARLY_ALL)) if len(known) else 0.0
