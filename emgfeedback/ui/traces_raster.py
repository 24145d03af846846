"""Sweep columns drawn into an image by numpy: only what is new is drawn.

Each pixel column holds the lowest and highest sample that fall on it, so no peak is lost
whatever the zoom. Measured against a plot that is given all its points anew every frame
this is more than fifteen times cheaper; see `tests/benchmarks/bench_traces.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from emgfeedback.engine.traces import TraceChunk

LEVEL_SHARE = 0.4
"""A row's full height is this share of its raw scale for the RMS line: a quiet muscle's RMS is
a third or less of its peaks, so both fill the row."""
HATCH_PX = 9
CLIP_MARK_PX = 3

Pixels = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class RasterColours:
    """What each thing is drawn in."""

    background: QColor
    row_line: QColor
    grid: QColor
    raw: QColor
    gap: QColor
    muted: QColor
    clip: QColor
    lines: tuple[QColor, ...]
    """RMS line of each channel."""


class SweepRaster:
    """The image of all rows, and where in it the next sample goes.

    Parameters
    ----------
    width, height
        Size in device pixels.
    row_edges
        `n_channels + 1` edges of the rows in device pixels from the top.
    samples
        Samples of one sweep over the whole width.
    scales_uv
        What half a row stands for, microvolts, one per channel.
    line_px
        Thickness of the RMS line in device pixels.
    grid_columns
        Columns of the vertical grid lines.
    """

    def __init__(
        self,
        *,
        width: int,
        height: int,
        row_edges: list[int],
        samples: int,
        scales_uv: list[float],
        colours: RasterColours,
        line_px: float = 2.4,
        grid_columns: tuple[int, ...] = (),
    ) -> None:
        self.width = width
        self.samples = samples
        self.cursor = 0
        """Column the newest sample fell on."""
        self.sweep = 0
        """How many sweeps were begun before this one."""
        self._edges = row_edges
        self._scales_uv = np.array(scales_uv, float)
        self._half_line = line_px / 2
        self._raw = _argb(colours.raw)
        self._clip = _argb(colours.clip)
        self._lines = np.array([_argb(colour) for colour in colours.lines], np.uint32)
        self._rows = _Rows(row_edges)
        self._base = np.full((height, width), _argb(colours.background), np.uint32)
        for column in grid_columns:
            self._base[: row_edges[-1], column : column + 1] = _argb(colours.grid)
        for edge in row_edges[1:-1]:
            self._base[edge : edge + 1] = _argb(colours.row_line)
        ys, xs = np.mgrid[0:height, 0:width]
        rising = ((xs + ys) % HATCH_PX) < 2
        falling = ((xs - ys) % HATCH_PX) < 2
        self._gap = np.where(rising, _argb(colours.gap), self._base)
        self._muted = np.where(falling, _argb(colours.muted), self._base)
        self._pixels = self._base.copy()
        self._expected: int | None = None
        self._carry: _Carry | None = None
        self.image = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)

    def column(self, sample: int) -> int:
        """Return the column on which stream index `sample` falls."""
        return (sample % self.samples) * self.width // self.samples

    def draw(self, chunks: list[TraceChunk]) -> list[tuple[int, int]]:
        """Draw chunks in stream order; return the column ranges touched, as (first, end)."""
        touched: list[tuple[int, int]] = []
        # For a moment snapshot and buffer may belong to two sessions.
        fitting = [chunk for chunk in chunks if len(chunk.muted) == len(self._lines)]
        for chunk in _merged(fitting):
            if self._expected is not None and chunk.first_sample > self._expected:
                touched += self._draw_gap(self._expected, chunk.first_sample)
                self._carry = None
            touched += self._draw_chunk(chunk)
            self._expected = chunk.end_sample
        if self._expected:
            self.sweep, _ = divmod(self._expected - 1, self.samples)
            self.cursor = self.column(self._expected - 1)
        return touched

    def _draw_gap(self, first: int, end: int) -> list[tuple[int, int]]:
        first = max(first, end - self.samples)
        spans = []
        while first < end:
            stop = min(end, (first // self.samples + 1) * self.samples)
            span = (self.column(first), self.column(stop - 1) + 1)
            self._pixels[:, span[0] : span[1]] = self._gap[:, span[0] : span[1]]
            spans.append(span)
            first = stop
        return spans

    def _draw_chunk(self, chunk: TraceChunk) -> list[tuple[int, int]]:
        spans = []
        first = max(chunk.first_sample, chunk.end_sample - self.samples)
        while first < chunk.end_sample:
            stop = min(chunk.end_sample, (first // self.samples + 1) * self.samples)
            rows = slice(first - chunk.first_sample, stop - chunk.first_sample)
            spans.append(self._draw_run(chunk, rows, first))
            first = stop
        return spans

    def _draw_run(self, chunk: TraceChunk, rows: slice, first: int) -> tuple[int, int]:
        """Draw samples that lie within one sweep."""
        raw, level, valid = chunk.filtered_uv[rows], chunk.level_uv[rows], chunk.valid[rows]
        columns = (np.arange(first, first + len(valid)) % self.samples) * self.width // self.samples
        starts = np.concatenate(([0], np.flatnonzero(np.diff(columns)) + 1))
        low = np.minimum.reduceat(raw, starts, axis=0)
        high = np.maximum.reduceat(raw, starts, axis=0)
        ends = np.concatenate((starts[1:], [len(valid)])) - 1
        line = level[ends]
        shown = np.logical_and.reduceat(valid, starts)
        begin, end = int(columns[0]), int(columns[-1]) + 1
        carry = self._carry
        line_before = level[:1]
        if carry is not None and begin - 1 <= carry.column <= begin:
            same = carry.column == begin
            line_before = (carry.line_before if same else carry.line)[None]
            low[0] = np.minimum(low[0], carry.low if same else carry.last)
            high[0] = np.maximum(high[0], carry.high if same else carry.last)
        # Join neighbouring columns: each reaches back to the last sample of the one before.
        low[1:] = np.minimum(low[1:], raw[ends[:-1]])
        high[1:] = np.maximum(high[1:], raw[ends[:-1]])
        self._pixels[:, begin:end] = self._base[:, begin:end]
        before = np.concatenate((line_before, line[:-1]))
        self._draw_columns(begin, _Columns(low, high, before, line), shown, chunk.muted)
        self._carry = (
            _Carry(end - 1, low[-1], high[-1], raw[-1], before[-1], line[-1]) if shown[-1] else None
        )
        return begin, end

    def _draw_columns(
        self,
        begin: int,
        columns: _Columns,
        shown: NDArray[np.bool_],
        muted: NDArray[np.bool_],
    ) -> None:
        """Draw all rows of some columns together: one by one they cost several times as much."""
        rows = self._rows
        height = rows.heights
        area = self._pixels[: self._edges[-1], begin : begin + len(shown)]
        inside = rows.inside[:, None] & shown
        silent = muted[rows.channel] & rows.inside
        if muted.any():
            area[silent] = self._muted[: len(area), begin : begin + len(shown)][silent]
        per_uv = height / 2 / self._scales_uv
        y_high = height / 2 - columns.high * per_uv
        y_low = height / 2 - columns.low * per_uv
        y = rows.y[:, None]
        raw = (y >= rows.spread(y_high) - 0.5) & (y <= rows.spread(y_low) + 0.5)
        area[raw & inside] = self._raw
        if (y_high < 0).any() or (y_low > height).any():
            clipped = rows.near_top[:, None] & rows.spread(y_high < 0)
            clipped |= rows.near_bottom[:, None] & rows.spread(y_low > height)
            area[clipped & inside] = self._clip
        foot = height - self._half_line
        per_uv = height / (LEVEL_SHARE * self._scales_uv)
        # A level above the row runs along its upper edge: it must not look like no level.
        a = np.maximum(foot - columns.line_before * per_uv, self._half_line)
        b = np.maximum(foot - columns.line * per_uv, self._half_line)
        upper = rows.spread(np.minimum(a, b) - self._half_line)
        lower = rows.spread(np.maximum(a, b) + self._half_line)
        line = (y >= upper) & (y <= lower) & inside & ~silent[:, None]
        np.copyto(area, self._lines[rows.channel][:, None], where=line)


class _Rows:
    """Which channel each line of pixels belongs to, and where in its row it lies."""

    def __init__(self, edges: list[int]) -> None:
        tops = np.array(edges[:-1]) + 1
        bottoms = np.array(edges[1:])
        self.heights = (bottoms - tops).astype(float)
        lines = np.arange(edges[-1])
        self.channel = np.clip(np.searchsorted(edges, lines, "right") - 1, 0, len(tops) - 1)
        from_top = lines - tops[self.channel]
        from_bottom = bottoms[self.channel] - 1 - lines
        self.inside = from_top >= 0
        self.y = from_top + 0.5
        self.near_top = from_top < CLIP_MARK_PX
        self.near_bottom = from_bottom < CLIP_MARK_PX

    def spread(self, of_channels: NDArray[Any]) -> NDArray[Any]:
        """Turn `(n_columns, n_channels)` into one value a pixel, `(n_lines, n_columns)`."""
        return of_channels.T[self.channel]


@dataclass(frozen=True, slots=True)
class _Columns:
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    line_before: NDArray[np.float64]
    line: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Carry:
    """The column last drawn: more samples may still fall on it."""

    column: int
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    last: NDArray[np.float64]
    line_before: NDArray[np.float64]
    line: NDArray[np.float64]


def _merged(chunks: list[TraceChunk]) -> list[TraceChunk]:
    """Join chunks that follow on from one another: a frame then draws once."""
    groups: list[list[TraceChunk]] = []
    for chunk in chunks:
        before = groups[-1][-1] if groups else None
        if (
            before is not None
            and chunk.first_sample == before.end_sample
            and np.array_equal(chunk.muted, before.muted)
        ):
            groups[-1].append(chunk)
        else:
            groups.append([chunk])
    return [_joined(group) for group in groups]


def _joined(group: list[TraceChunk]) -> TraceChunk:
    if len(group) == 1:
        return group[0]
    return TraceChunk(
        group[0].first_sample,
        np.concatenate([chunk.filtered_uv for chunk in group]),
        np.concatenate([chunk.level_uv for chunk in group]),
        np.concatenate([chunk.valid for chunk in group]),
        group[0].muted,
    )


def _argb(colour: QColor) -> np.uint32:
    return np.uint32(colour.rgb())
