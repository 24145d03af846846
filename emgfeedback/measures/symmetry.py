"""Left against right: the indexes of the literature, and a monitor over the last second.

The indexes are not interchangeable (20 % of one is 11 % of another), so each
has its own function and every number is shown with the name of its index. None
stands for undefined: no activity on either side is not "equal".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.montage import Pair
from emgfeedback.measures.amplitude import noise_corrected, rms

Floats = NDArray[np.float64]

WINDOW_S = 1.0
"""Shortest window that keeps the scatter of the index of equal sides under 2 points."""
FLOOR_FACTOR = 2.0
"""With both sides under this multiple of their floors the index says nothing."""


def asymmetry_index(left: float, right: float) -> float | None:
    """Return 100 (L-R)/(L+R), percent, -100 to 100; positive means left higher."""
    return 100 * (left - right) / (left + right) if left + right > 0 else None


def symmetry_index(left: float, right: float) -> float | None:
    """Return 100 (R-L)/(0.5 (R+L)), percent, -200 to 200 (Robinson 1987)."""
    return 100 * (right - left) / (0.5 * (right + left)) if left + right > 0 else None


def relative_to_max(left: float, right: float) -> float | None:
    """Return 100 (max-min)/max, percent, 0 to 100; blind to the side."""
    higher, lower = max(left, right), min(left, right)
    return 100 * (higher - lower) / higher if higher > 0 else None


def log_ratio(left: float, right: float) -> float | None:
    """Return ln(L/R); additive, undefined where either side is 0."""
    return math.log(left / right) if left > 0 and right > 0 else None


def symmetry_angle(left: float, right: float) -> float | None:
    """Return (45 - atan2(L, R) in degrees)/90 x 100, percent (Zifchock 2008)."""
    if not left + right > 0:
        return None
    return (45 - math.degrees(math.atan2(left, right))) / 90 * 100


def overlap_coefficient(left: Floats, right: Floats) -> float | None:
    """Return 100 (1 - sum|R-L| / sum(R+L)), percent, 0 to 100 (POC, Ferrario).

    Parameters
    ----------
    left, right
        Envelopes of the same moments, `(n_samples,)`, each normalised to its own reference.
    """
    total = float(np.sum(left) + np.sum(right))
    return 100 * (1 - float(np.sum(np.abs(right - left))) / total) if total > 0 else None


def side_ratio(left: float, right: float) -> float | None:
    """Return higher over lower side, at least 1; undefined where the lower side is 0."""
    higher, lower = max(left, right), min(left, right)
    return higher / lower if lower > 0 else None


@dataclass(frozen=True, slots=True)
class PairLevels:
    """A pair over the last second.

    Attributes
    ----------
    left_uv, right_uv
        RMS as measured, microvolts; None where not known or not to be trusted.
    asymmetry_pct, ratio
        `asymmetry_index` and `side_ratio` of the noise-corrected levels.
    reason
        Why they are None: `settling`, `quality`, `floor` or empty.
    """

    left_uv: float | None = None
    right_uv: float | None = None
    asymmetry_pct: float | None = None
    ratio: float | None = None
    reason: str = ""


def compare(
    left_uv: float, right_uv: float, left_floor_uv: float = 0.0, right_floor_uv: float = 0.0
) -> PairLevels:
    """Compare two RMS levels, each corrected for its own noise floor.

    The floor is taken out as power, `sqrt(max(rms^2 - floor^2, 0))`, because noise on both
    sides shrinks the index. With both sides under twice their floors it is withheld.
    """
    if left_uv < FLOOR_FACTOR * left_floor_uv and right_uv < FLOOR_FACTOR * right_floor_uv:
        return PairLevels(left_uv, right_uv, reason="floor")
    left = noise_corrected(left_uv, left_floor_uv)
    right = noise_corrected(right_uv, right_floor_uv)
    index = asymmetry_index(left, right)
    return PairLevels(
        left_uv, right_uv, index, side_ratio(left, right), reason="floor" if index is None else ""
    )


class PairMonitor:
    """Follow left/right pairs over the newest `window_s` of settled samples.

    Samples before the filters have settled never count. After invalid samples that last
    longer than the window, the window is filled anew.

    Parameters
    ----------
    pairs
        Columns to compare.
    window_s
        At least 1 s: shorter windows scatter too much to read.
    """

    def __init__(self, pairs: Sequence[Pair], fs_hz: float, window_s: float = WINDOW_S) -> None:
        self.pairs = tuple(pairs)
        self._window = round(max(window_s, WINDOW_S) * fs_hz)
        self._columns = sorted({c for pair in self.pairs for c in (pair.left, pair.right)})
        self._place = {column: i for i, column in enumerate(self._columns)}
        self._ring = np.zeros((self._window, len(self._columns)))
        self._usable: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self._floors_uv: Floats = np.zeros(0)
        self.reset()

    def reset(self) -> None:
        """Forget all samples."""
        self._filled = 0
        self._next = 0
        self._invalid_run = 1

    def process(
        self,
        filtered_uv: Floats,
        valid: NDArray[np.bool_],
        usable: NDArray[np.bool_],
        floors_uv: Floats,
    ) -> None:
        """Take the next samples.

        Parameters
        ----------
        filtered_uv
            Zero-mean EMG, microvolts, `(n_samples, n_channels)`.
        valid
            bool `(n_samples,)`: the filters have settled.
        usable
            bool `(n_channels,)`: the present quality verdict.
        floors_uv
            Noise or resolution floor, microvolts, `(n_channels,)`.
        """
        self._usable, self._floors_uv = usable, floors_uv
        starts = np.flatnonzero(np.diff(valid)) + 1
        edges = [0, *starts.tolist(), len(valid)]
        for a, b in itertools.pairwise(edges):
            if a == b:
                continue
            if valid[a]:
                self._invalid_run = 0
                self._store(filtered_uv[a:b])
            else:
                self._invalid_run += b - a
                if self._invalid_run > self._window:
                    self._filled = 0

    def levels(self) -> tuple[PairLevels, ...]:
        """Return every pair as it stands, in the order of `pairs`."""
        if self._invalid_run or self._filled < self._window:
            return tuple(PairLevels(reason="settling") for _ in self.pairs)
        level = rms(self._ring)
        return tuple(self._pair(pair, level) for pair in self.pairs)

    def _pair(self, pair: Pair, level: Floats) -> PairLevels:
        left_uv = float(level[self._place[pair.left]])
        right_uv = float(level[self._place[pair.right]])
        left_ok, right_ok = bool(self._usable[pair.left]), bool(self._usable[pair.right])
        if not (left_ok and right_ok):
            return PairLevels(
                left_uv if left_ok else None, right_uv if right_ok else None, reason="quality"
            )
        floors = self._floors_uv
        return compare(left_uv, right_uv, float(floors[pair.left]), float(floors[pair.right]))

    def _store(self, samples: Floats) -> None:
        rows = samples[-self._window :, self._columns]
        skipped = len(samples) - len(rows)
        start = (self._next + skipped) % self._window
        first = min(len(rows), self._window - start)
        self._ring[start : start + first] = rows[:first]
        self._ring[: len(rows) - first] = rows[first:]
        self._next = (start + len(rows)) % self._window
        self._filled = min(self._filled + len(samples), self._window)
