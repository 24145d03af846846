"""Lowest and highest value of every stretch of a recording, at any zoom, no peak lost.

The samples are cut into bins; a level above holds the extremes of `FACTOR` bins of the level
below. A picture of any stretch is then made of a few bins a column, however long it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

BIN = 64
"""Samples of a bin at the finest level; more for what would not fit into `MOST_VALUES`."""
FACTOR = 4
MOST_VALUES = 1 << 23
"""Values of the finest level: 64 MB for lowest and highest together."""


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """Lowest and highest values, microvolts, float32 `(n, n_channels)`.

    Where nothing was measured `low` is +inf and `high` is -inf.
    """

    low: Floats
    high: Floats

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Where there is something to draw, bool `(n, n_channels)`."""
        return self.low <= self.high


def nothing(n: int, n_channels: int) -> Extent:
    """Return `n` stretches of which nothing was measured."""
    shape = (n, n_channels)
    return Extent(
        np.full(shape, np.inf, dtype=np.float32), np.full(shape, -np.inf, dtype=np.float32)
    )


def extremes(
    low: NDArray[np.generic], high: NDArray[np.generic], starts: Indices
) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    """Return lowest and highest rows from each of `starts` (rising) to the next or the end."""
    return np.minimum.reduceat(low, starts, axis=0), np.maximum.reduceat(high, starts, axis=0)


def extent_of(samples: Floats, starts: Indices, measured: NDArray[np.bool_]) -> Extent:
    """Return the extremes of `samples` from each of `starts` to the next.

    Parameters
    ----------
    samples
        float32 `(n_samples, n_channels)`.
    measured
        bool `(n_samples,)`; other samples do not count.
    """
    if measured.all():
        return Extent(*(np.asarray(e, np.float32) for e in extremes(samples, samples, starts)))
    rows = measured[:, None]
    low = np.where(rows, samples, np.float32(np.inf))
    high = np.where(rows, samples, np.float32(-np.inf))
    return Extent(*(np.asarray(e, np.float32) for e in extremes(low, high, starts)))


def edges_of(first: int, end: int, columns: int) -> Indices:
    """Return `columns + 1` sample edges of equal columns over samples `first ... end - 1`."""
    return first + (np.arange(columns + 1, dtype=np.int64) * (end - first)) // columns


class Pyramid:
    """The extremes of a signal, filled from its first sample to its last.

    Attributes
    ----------
    bin_samples
        Samples of a bin of the finest level.
    exact_to
        Samples up to which all is exact; beyond there may be a guess.
    levels
        From the finest to the coarsest.
    """

    def __init__(self, n_samples: int, n_channels: int) -> None:
        self.n_samples, self.n_channels = n_samples, n_channels
        self.bin_samples = BIN
        while self._bins(self.bin_samples) * n_channels > MOST_VALUES:
            self.bin_samples *= 2
        self.exact_to = 0
        n = self._bins(self.bin_samples)
        self.levels = [nothing(n, n_channels)]
        while n > FACTOR:
            n = -(-n // FACTOR)
            self.levels.append(nothing(n, n_channels))

    def _bins(self, bin_samples: int) -> int:
        return -(-self.n_samples // bin_samples)

    @property
    def complete(self) -> bool:
        """Whether every sample is in."""
        return self.exact_to >= self.n_samples

    def bin_starts(self, n_rows: int) -> Indices:
        """Return the starts of bins within `n_rows` samples that begin with a bin."""
        return np.arange(0, n_rows, self.bin_samples, dtype=np.int64)

    def add(self, bins: Extent, n_samples: int) -> None:
        """Take the bins of the next `n_samples`: whole ones, or up to the last sample."""
        first = self.exact_to // self.bin_samples
        self._put(first, bins)
        self.exact_to = min(self.exact_to + n_samples, self.n_samples)

    def guess(self, first: int, end: int, of: Extent) -> None:
        """Let one row stand for samples `first ... end - 1` until they are known."""
        first = max(first, self.exact_to)
        a, b = -(-first // self.bin_samples), -(-end // self.bin_samples)
        if a < b:
            shape = (b - a, self.n_channels)
            self._put(a, Extent(np.broadcast_to(of.low, shape), np.broadcast_to(of.high, shape)))

    def fill(self, finest: Extent) -> None:
        """Take the whole finest level, as it was kept before."""
        self._put(0, finest)
        self.exact_to = self.n_samples

    def _put(self, first: int, bins: Extent) -> None:
        end = first + len(bins.low)
        self.levels[0].low[first:end] = bins.low
        self.levels[0].high[first:end] = bins.high
        for lower, upper in zip(self.levels, self.levels[1:], strict=False):
            first, end = first // FACTOR, -(-end // FACTOR)
            below = slice(first * FACTOR, min(end * FACTOR, len(lower.low)))
            low, high = lower.low[below], lower.high[below]
            starts = np.arange(0, len(low), FACTOR, dtype=np.int64)
            upper.low[first:end], upper.high[first:end] = extremes(low, high, starts)

    def holds(self, first: int, end: int, columns: int) -> bool:
        """Whether `columns` over samples `first ... end - 1` can be made of whole bins."""
        return end - first >= self.bin_samples * columns

    def columns(self, first: int, end: int, columns: int) -> tuple[Indices, Extent]:
        """Return edges, `(columns + 1,)` samples, and extremes of `columns` columns.

        Edges lie on bins: within half a column of where equal columns would have them, but
        for the first and the last, which reach out to hold all of `first ... end - 1`. What
        is told of a column are the extremes of exactly the samples between its edges.

        Raises
        ------
        ValueError
            For so short a stretch that its samples must be looked at (see `holds`).
        """
        if not 0 <= first < end <= self.n_samples or not self.holds(first, end, columns):
            raise ValueError(f"{columns} columns of samples {first} to {end}")
        level, width = 0, self.bin_samples
        while level + 1 < len(self.levels) and FACTOR * width * columns <= end - first:
            level, width = level + 1, width * FACTOR
        # Nearest bins, in whole numbers: equal columns of a bin or more never share one.
        ideal = first * columns + np.arange(columns + 1, dtype=np.int64) * (end - first)
        bins = (2 * ideal + width * columns) // (2 * width * columns)
        bins[0], bins[-1] = first // width, -(-end // width)
        held = self.levels[level]
        rows = slice(int(bins[0]), int(bins[-1]))
        low, high = extremes(held.low[rows], held.high[rows], bins[:-1] - bins[0])
        edges = np.minimum(bins * width, self.n_samples)
        return edges, Extent(np.asarray(low, np.float32), np.asarray(high, np.float32))
