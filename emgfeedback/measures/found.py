"""A number, or why there is none; and the runs and windows that measures of a trial share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Found:
    """A measure: its value, or None with the reason."""

    value: float | None
    reason: str = ""


def missing(reason: str) -> Found:
    """Return no value, and why."""
    return Found(None, reason)


def middle_of(values: Sequence[float], none: str) -> Found:
    """Return the median; of no values none, with the reason `none`."""
    return Found(median(values)) if values else missing(none)


def runs_of(mask: Bools) -> list[tuple[int, int]]:
    """Return every run of True in `(n,)` as (start, stop), stop exclusive."""
    padded = np.concatenate([[False], mask, [False]]).astype(np.int8)
    turns = np.flatnonzero(np.diff(padded))
    return [(int(a), int(b)) for a, b in zip(turns[::2], turns[1::2], strict=True)]


def merged(runs: Iterable[tuple[int, int]], bridged: int, least: int) -> list[tuple[int, int]]:
    """Return runs with breaks shorter than `bridged` closed, then those of `least` and longer."""
    found: list[tuple[int, int]] = []
    for start, stop in runs:
        if found and start - found[-1][1] < bridged:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    return [run for run in found if run[1] - run[0] >= least]


def epoch_rms(level: Floats, scored: Bools, fs_hz: float, window_s: float) -> Floats:
    """Return the RMS of windows side by side that were scored throughout.

    Parameters
    ----------
    level
        RMS or rectified levels, `(n, k)`.
    scored
        bool `(n,)`.
    window_s
        Length of a window; what does not fill one is left over.

    Returns
    -------
    Floats
        `(n_windows, k)`, in the unit of `level`.
    """
    size = max(1, round(window_s * fs_hz))
    n = len(level) // size
    whole = scored[: n * size].reshape(n, size).all(axis=1)
    squares = np.square(level[: n * size]).reshape(n, size, level.shape[1]).mean(axis=1)
    value: Floats = np.sqrt(squares[whole])
    return value
