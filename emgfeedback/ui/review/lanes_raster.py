"""Lanes of a window as an image: numpy draws columns of lowest and highest, Qt blits them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from emgfeedback.review.pyramid import Extent
from emgfeedback.review.views import WindowView
from emgfeedback.ui.traces_raster import CLIP_MARK_PX, LEVEL_SHARE

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

_GROUND, _GRID, _EDGE, _RAW, _FILTERED, _CLIP = range(6)
_FIRST_LINE = 6
_FAR = 30_000.0
"""Pixels away that no screen reaches; 16 bits hold it."""


@dataclass(frozen=True, slots=True)
class LaneColours:
    """What each thing is drawn in."""

    ground: QColor
    grid: QColor
    edge: QColor
    raw: QColor
    filtered: QColor
    clip: QColor
    lines: tuple[QColor, ...]
    """RMS line of each channel."""


@dataclass(frozen=True, slots=True)
class LaneLayout:
    """Where lanes lie, in device pixels.

    Attributes
    ----------
    edges
        `n_channels + 1` edges of the lanes from the top.
    foot
        Height kept free at the foot of each lane.
    line
        Thickness of the RMS line.
    scale_uv
        What half a lane stands for.
    grid
        Columns of the vertical grid lines.
    """

    width: int
    edges: tuple[int, ...]
    foot: int
    line: float
    scale_uv: float
    grid: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """Which signals are drawn."""

    raw: bool = True
    filtered: bool = False
    level: bool = True


class LaneImage:
    """The picture of one `WindowView`.

    Attributes
    ----------
    image
        Indexed colours; belongs to this object's memory.
    """

    def __init__(
        self, view: WindowView, layout: LaneLayout, shown: Shown, colours: LaneColours
    ) -> None:
        self.first_s, self.seconds = view.first_s, view.seconds
        self._layout = layout
        self._pixels: Bytes = np.full((layout.edges[-1], layout.width), _GROUND, dtype=np.uint8)
        for column in layout.grid:
            self._pixels[:, column : column + 1] = _GRID
        for edge in layout.edges[1:]:
            self._pixels[edge - 1 : edge] = _EDGE
        to_pixels = _ToPixels(view, layout.width)
        offset = view.offset_uv.astype(np.float32)
        if shown.raw:
            self._trace(to_pixels.of(Extent(view.raw.low - offset, view.raw.high - offset)), _RAW)
        if shown.filtered and view.filtered is not None:
            self._trace(to_pixels.of(view.filtered), _FILTERED)
        if shown.level and view.level is not None:
            self._levels(to_pixels.of(view.level))
        height, width = self._pixels.shape
        self.image = QImage(self._pixels.data, width, height, width, QImage.Format.Format_Indexed8)
        table = (
            colours.ground,
            colours.grid,
            colours.edge,
            colours.raw,
            colours.filtered,
            colours.clip,
            *colours.lines,
        )
        self.image.setColorTable([colour.rgb() for colour in table])

    def _lane(self, channel: int) -> Bytes:
        top, bottom = self._layout.edges[channel], self._layout.edges[channel + 1]
        return self._pixels[top : max(top + 1, bottom - 1 - self._layout.foot)]

    def _trace(self, extent: Extent, colour: int) -> None:
        for channel in range(len(self._layout.edges) - 1):
            lane = self._lane(channel)
            low, high = extent.low[:, channel], extent.high[:, channel]
            drawn = low <= high
            if not drawn.any():
                continue
            half = len(lane) / 2
            per_uv = half / self._layout.scale_uv
            upper = half - np.where(drawn, high, 0) * per_uv
            lower = half - np.where(drawn, low, 0) * per_uv
            # A flat signal is a line of one pixel.
            thin = lower - upper < 1
            middle = (upper + lower) / 2
            upper, lower = np.where(thin, middle - 0.5, upper), np.where(thin, middle + 0.5, lower)
            _paint(lane, upper, lower, drawn, colour)
            lane[:CLIP_MARK_PX, drawn & (upper < 0)] = _CLIP
            lane[-CLIP_MARK_PX:, drawn & (lower > len(lane))] = _CLIP

    def _levels(self, extent: Extent) -> None:
        half_line = self._layout.line / 2
        for channel in range(len(self._layout.edges) - 1):
            lane = self._lane(channel)
            low, high = extent.low[:, channel], extent.high[:, channel]
            drawn = low <= high
            if not drawn.any():
                continue
            foot = len(lane) - half_line
            per_uv = len(lane) / (LEVEL_SHARE * self._layout.scale_uv)
            # A level above the lane runs along its upper edge: it must not look like none.
            upper = np.maximum(foot - np.where(drawn, high, 0) * per_uv, half_line) - half_line
            lower = np.maximum(foot - np.where(drawn, low, 0) * per_uv, half_line) + half_line
            _paint(lane, upper, lower, drawn, _FIRST_LINE + channel)


class _ToPixels:
    """Columns of a view as columns of pixels, joined so that no line is torn."""

    def __init__(self, view: WindowView, width: int) -> None:
        self._n = len(view.edges) - 1
        self._width = width
        middles = (view.edges[:-1] + view.edges[1:] - 1) / 2
        first, n_samples = view.first_s * view.fs_hz, view.seconds * view.fs_hz
        places = first + np.arange(width + 1) * (n_samples / width)
        self._at = np.interp(places - 0.5, middles, np.arange(self._n, dtype=float))

    def of(self, extent: Extent) -> Extent:
        if self._n == self._width:
            return _joined(extent)
        # Fewer columns than pixels: straight lines from the middle of each to the next.
        before = np.floor(self._at).astype(np.int64)
        after = np.minimum(before + 1, self._n - 1)
        share = (self._at - before)[:, None]
        drawn = extent.low <= extent.high
        with np.errstate(invalid="ignore"):
            low = extent.low[before] * (1 - share) + extent.low[after] * share
            high = extent.high[before] * (1 - share) + extent.high[after] * share
        known = drawn[before] & (drawn[after] | (share == 0))
        both = known[:-1] & known[1:]
        lows = np.where(both, np.minimum(low[:-1], low[1:]), np.inf)
        highs = np.where(both, np.maximum(high[:-1], high[1:]), -np.inf)
        return Extent(lows.astype(np.float32), highs.astype(np.float32))


def _joined(extent: Extent) -> Extent:
    """Let each column reach the one before it."""
    low, high = extent.low.copy(), extent.high.copy()
    drawn = extent.low <= extent.high
    both = drawn[1:] & drawn[:-1]
    low[1:] = np.where(both, np.minimum(low[1:], extent.high[:-1]), low[1:])
    high[1:] = np.where(both, np.maximum(high[1:], extent.low[:-1]), high[1:])
    return Extent(low, high)


def _paint(
    lane: Bytes, upper: Floats, lower: Floats, drawn: NDArray[np.bool_], colour: int
) -> None:
    """Paint the pixels of each column whose middle lies between `upper` and `lower`."""
    first = np.clip(np.ceil(upper - 0.5), -_FAR, _FAR).astype(np.int16)
    last = np.clip(np.ceil(lower - 0.5), -_FAR, _FAR).astype(np.int16)
    first = np.maximum(first, 0)
    length = np.where(drawn, last - first, 0).clip(0).astype(np.uint16)
    rows = np.arange(len(lane), dtype=np.uint16)[:, None]
    # One comparison: what lies above `first` wraps round to a large number.
    np.putmask(lane, (rows - first.astype(np.uint16)) < length, colour)
