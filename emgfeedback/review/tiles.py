"""Samples of a recording as read and as the live chain has them, piece by piece, kept a while."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.dsp.chain import Chain
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.measures.source import blocks_of
from emgfeedback.records.recording import Recording
from emgfeedback.review.pyramid import Extent, Floats, edges_of, extent_of, nothing

Mask = NDArray[np.bool_]

TILE_S = 16.0
WIDE_TILE_S = 4.0
"""Of recordings with more than `MANY_CHANNELS`."""
MANY_CHANNELS = 16
LEAD_S = 2.0
"""Signal before a tile that settles the filters: ten time constants of the narrowest notch."""
KEPT_VALUES = 1 << 24
"""Values of each signal kept."""
FEWEST_KEPT = 8


def read(recording: Recording, first: int, end: int) -> tuple[Floats, Mask]:
    """Return microvolts of samples `first ... end - 1`, float32, and which were measured."""
    uv = recording.read_uv(first, end).astype(np.float32)
    return uv, recording.valid(first, end) & np.isfinite(uv).all(axis=1)


def through(
    chain: Chain, recording: Recording, begin: int, first: int, end: int
) -> tuple[Floats, Floats, Mask]:
    """Run samples `begin ... end - 1` through `chain`; return what comes of `first` and on.

    Returns
    -------
    tuple
        Filtered signal and RMS over the display window, float32 `(end - first, n_channels)`,
        and which rows the chain holds for settled.
    """
    shape = (end - first, len(recording.channels))
    filtered, level = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    settled = np.zeros(end - first, dtype=bool)
    for block in blocks_of(recording, begin, end):
        told = chain.process(block)
        skipped = max(0, first - told.first_sample)
        at = told.first_sample + skipped - first
        rows = slice(at, at + len(told.valid) - skipped)
        if rows.start < rows.stop:
            filtered[rows] = told.filtered[skipped:]
            level[rows] = told.display_uv[skipped:]
            settled[rows] = told.valid[skipped:]
    return filtered, level, settled


@dataclass(frozen=True, slots=True, eq=False)
class _Tile:
    samples: Floats
    measured: Mask


class Tiles:
    """The newest looked-at pieces of `raw`, `filtered` and `level`."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        n_channels = len(recording.channels)
        seconds = TILE_S if n_channels <= MANY_CHANNELS else WIDE_TILE_S
        self._samples = max(1, round(seconds * recording.fs_hz))
        self._most = max(FEWEST_KEPT, KEPT_VALUES // (self._samples * n_channels))
        self._kept: OrderedDict[tuple[str, int], _Tile] = OrderedDict()
        self._settings: ChainSettings | None = None

    def use(self, settings: ChainSettings | None) -> None:
        """Filter by `settings` from here on."""
        self._settings = settings
        for key in [key for key in self._kept if key[0] != "raw"]:
            del self._kept[key]

    def columns(self, name: str, first: int, end: int, columns: int) -> Extent:
        """Return the extremes of equal columns (`edges_of`) over samples `first ... end - 1`."""
        width = self._samples
        tiles = [self._tile(name, i) for i in range(first // width, -(-end // width))]
        base = first // width * width
        rows = slice(first - base, end - base)
        measured = np.concatenate([tile.measured for tile in tiles])[rows]
        if not measured.any():
            return nothing(columns, len(self._recording.channels))
        samples = np.concatenate([tile.samples for tile in tiles])[rows]
        return extent_of(samples, edges_of(first, end, columns)[:-1] - first, measured)

    def _tile(self, name: str, i: int) -> _Tile:
        found = self._kept.get((name, i))
        if found is None:
            self._make(name, i)
            found = self._kept[name, i]
        self._kept.move_to_end((name, i))
        return found

    def _make(self, name: str, i: int) -> None:
        recording = self._recording
        first, end = i * self._samples, min((i + 1) * self._samples, recording.n_samples)
        if name == "raw":
            self._keep(name, i, _Tile(*read(recording, first, end)))
            return
        assert self._settings is not None
        chain = Chain(self._settings, recording.fs_hz, len(recording.channels))
        begin = max(0, first - round(LEAD_S * recording.fs_hz) - chain.start_samples)
        filtered, level, settled = through(chain, recording, begin, first, end)
        self._keep("filtered", i, _Tile(filtered, settled))
        self._keep("level", i, _Tile(level, settled))

    def _keep(self, name: str, i: int, tile: _Tile) -> None:
        self._kept[name, i] = tile
        while len(self._kept) > 3 * self._most:
            self._kept.popitem(last=False)
