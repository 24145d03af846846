"""A recording as it is looked at: any window, at any width, raw and through the live chain.

`Review` belongs to one thread. `step` works out a little more of what takes time (extremes of
the whole file, the filtered signal, the quality); `window` answers at any moment with what is
known by then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgfeedback import __version__
from emgfeedback.core.errors import SettingsError
from emgfeedback.dsp.chain import Chain
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.records.recording import Recording
from emgfeedback.review.marks import moments_of, spans_of
from emgfeedback.review.pyramid import (
    Extent,
    Indices,
    Pyramid,
    edges_of,
    extent_of,
    extremes,
)
from emgfeedback.review.quality_lane import QualityLane, QualityRun
from emgfeedback.review.side_files import SideFiles, fingerprint
from emgfeedback.review.tiles import Tiles, read, through

Arrays = dict[str, NDArray[Any]]

GLIMPSES = 256
GLIMPSE_S = 0.25
RAW_PIECE_VALUES = 1 << 20
FILTER_PIECE_S = 16.0
_TYPICAL_PCT = 90


@dataclass(frozen=True, slots=True, eq=False)
class WindowView:
    """What there is to draw of a window.

    Attributes
    ----------
    edges
        Samples at which columns begin and end, `(n_columns + 1,)`.
    raw
        Extremes as recorded, microvolts; take `offset_uv` `(n_channels,)` out to draw.
    filtered, level
        Extremes of the filtered signal and of its RMS over the display window, microvolts;
        None where not asked for or where this rate has no such filter. What has not settled,
        or is not worked out yet, is as not measured.
    exact
        Whether `raw` is exact; else parts of it are a few samples standing for many.
    filtered_to
        Samples up to which `filtered` is worked out.
    quality
        Judgements of each channel in the window.
    """

    first_s: float
    seconds: float
    fs_hz: float
    edges: Indices
    raw: Extent
    offset_uv: NDArray[np.float64]
    filtered: Extent | None
    level: Extent | None
    exact: bool
    filtered_to: int
    quality: tuple[tuple[QualityRun, ...], ...]


class Review:
    """A recording open for review; used by one thread at a time.

    Parameters
    ----------
    recording
        Stays the caller's to close.
    settings
        The filters of `filtered` and `level`; default: those recommended for rest.
    side_files
        Where what was worked out is kept; None keeps nothing.

    Attributes
    ----------
    offset_uv, typical_uv
        What each channel lies round, and what it reaches from there in nine of ten bins.
    filter_refused
        Why there is no filtered signal, in words; empty if there is.
    """

    def __init__(
        self,
        recording: Recording,
        settings: ChainSettings | None = None,
        side_files: SideFiles | None = None,
    ) -> None:
        self.recording = recording
        self.n_samples, self.n_channels = recording.n_samples, len(recording.channels)
        self.spans, self.moments = spans_of(recording), moments_of(recording)
        self.offset_uv = np.zeros(self.n_channels)
        self.typical_uv = np.zeros(self.n_channels)
        self.quality = QualityLane(recording)
        self._side_files = side_files
        self._of = fingerprint(recording.path) if side_files else ""
        self._raw = Pyramid(self.n_samples, self.n_channels)
        self._tiles = Tiles(recording)
        self._glimpsed = False
        self.filter_refused = ""
        self.settings: ChainSettings | None = None
        self._chain: Chain | None = None
        self.use(settings)
        self._load()

    # Working it out

    @property
    def progress(self) -> float:
        """How much is worked out, 0 to 1; reading, filtering and judging count by their time."""
        n = max(1, self.n_samples)
        filtered = 1.0 if self._chain is None else self._filtered.exact_to / n
        judged = 1.0 if self.quality.complete else self.quality.done_s * self.recording.fs_hz / n
        return 0.02 * self._raw.exact_to / n + 0.23 * filtered + 0.75 * judged

    @property
    def raw_exact(self) -> bool:
        """Whether the extremes of the whole file are known."""
        return self._raw.complete

    @property
    def complete(self) -> bool:
        """Whether nothing is left to work out."""
        filtered = self._chain is None or self._filtered.complete
        return self._raw.complete and filtered and self.quality.complete

    def step(self) -> bool:
        """Work out a little more, some hundredths of a second; return whether more is to do.

        Raises
        ------
        FileFormatError
            If the file became shorter.
        """
        if not self._glimpsed and self._glimpse():
            return True
        if not self._raw.complete:
            self._read_on()
        elif self._chain is not None and not self._filtered.complete:
            self._filter_on(self._chain)
        elif not self.quality.complete:
            self.quality.step()
            if self.quality.complete:
                self._save("quality", {"codes": self.quality.codes})
        return not self.complete

    def use(self, settings: ChainSettings | None) -> None:
        """Look through other filters (None: those recommended for rest); they are worked out anew.

        At a rate they cannot be at, `filter_refused` says so.
        """
        fs_hz = self.recording.fs_hz
        self._filtered = Pyramid(self.n_samples, self.n_channels)
        self._level = Pyramid(self.n_samples, self.n_channels)
        self._chain, self.filter_refused = None, ""
        try:
            self.settings = settings or ChainSettings.for_purpose("rest", fs_hz)
            if self.recording.envelope_only:
                self.settings = replace(self.settings, of_envelope=True)
            self._chain = Chain(self.settings, fs_hz, self.n_channels)
        except SettingsError as error:
            self.filter_refused = str(error)
            return
        self._tiles.use(self.settings)
        self._load_filtered()

    def _glimpse(self) -> bool:
        """Let a few samples stand for many where the first picture would have to wait."""
        self._glimpsed = True
        n = min(self.n_samples, max(1, round(GLIMPSE_S * self.recording.fs_hz)))
        edges = edges_of(0, self.n_samples, GLIMPSES)
        if n * GLIMPSES * 4 > self.n_samples or self._raw.complete:
            return False
        for first, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            raw, measured = read(self.recording, first, min(first + n, end))
            self._raw.guess(first, end, extent_of(raw, np.zeros(1, np.int64), measured))
        self._find_offset()
        return True

    def _read_on(self) -> None:
        bins = max(1, RAW_PIECE_VALUES // self.n_channels // self._raw.bin_samples)
        first = self._raw.exact_to
        end = min(first + bins * self._raw.bin_samples, self.n_samples)
        starts = self._raw.bin_starts(end - first)
        whole = self.recording.lsb_uv is not None and bool(self.recording.valid(first, end).all())
        if whole:
            counts = self.recording.read_counts(first, end)
            ends = [self.recording.uv_of(np.asarray(e)) for e in extremes(counts, counts, starts)]
            # A file may state a negative scale: its lowest count is its highest voltage.
            low, high = np.minimum(*ends), np.maximum(*ends)
            found = Extent(low.astype(np.float32), high.astype(np.float32))
        else:
            raw, measured = read(self.recording, first, end)
            found = extent_of(raw, starts, measured)
        self._raw.add(found, end - first)
        if self._raw.complete:
            self._find_offset()
            self._save("raw", _arrays(raw=self._raw))

    def _filter_on(self, chain: Chain) -> None:
        width = self._filtered.bin_samples
        first = self._filtered.exact_to
        piece = max(1, round(FILTER_PIECE_S * self.recording.fs_hz) // width) * width
        end = min(first + piece, self.n_samples)
        filtered, level, measured = through(chain, self.recording, first, first, end)
        starts = self._filtered.bin_starts(end - first)
        self._filtered.add(extent_of(filtered, starts, measured), end - first)
        self._level.add(extent_of(level, starts, measured), end - first)
        if self._filtered.complete:
            arrays = _arrays(filtered=self._filtered, level=self._level)
            self._save(self._filter_name(), arrays)

    def _find_offset(self) -> None:
        held = self._raw.levels[min(1, len(self._raw.levels) - 1)]
        known = held.measured.all(axis=1)
        if known.any():
            low, high = held.low[known].astype(float), held.high[known].astype(float)
            self.offset_uv = np.median((low + high) / 2, axis=0)
            reach = np.maximum(high - self.offset_uv, self.offset_uv - low)
            self.typical_uv = np.percentile(reach, _TYPICAL_PCT, axis=0)

    # Keeping it

    def _filter_name(self) -> str:
        return "" if self.settings is None else f"filtered {self.settings!r}"

    def _save(self, name: str, arrays: Arrays) -> None:
        if self._side_files is not None:
            self._side_files.save(self._of, f"{__version__} {name}", arrays)

    def _load(self) -> None:
        if self._side_files is None:
            return
        raw = self._loaded("raw", _arrays(raw=self._raw))
        if raw is not None:
            self._raw.fill(Extent(raw["raw low"], raw["raw high"]))
            self._find_offset()
        codes = self._loaded("quality", {"codes": self.quality.codes})
        if codes is not None and not self.quality.complete:
            self.quality.fill(codes["codes"])

    def _load_filtered(self) -> None:
        if self._side_files is None:
            return
        arrays = _arrays(filtered=self._filtered, level=self._level)
        held = self._loaded(self._filter_name(), arrays)
        if held is not None:
            self._filtered.fill(Extent(held["filtered low"], held["filtered high"]))
            self._level.fill(Extent(held["level low"], held["level high"]))

    def _loaded(self, name: str, like: Arrays) -> Arrays | None:
        assert self._side_files is not None
        layout = {key: (array.dtype.str, array.shape) for key, array in like.items()}
        return self._side_files.load(self._of, f"{__version__} {name}", layout)

    # Looking at it

    def window(
        self, first_s: float, seconds: float, columns: int, *, filtered: bool = True
    ) -> WindowView:
        """Return what there is to draw of `seconds` from `first_s` on, in at most `columns`.

        The window is cut to the recording; it holds one sample at least.
        """
        fs_hz = self.recording.fs_hz
        first = min(max(0, int(np.floor(first_s * fs_hz))), self.n_samples - 1)
        end = min(max(first + 1, int(np.ceil((first_s + seconds) * fs_hz))), self.n_samples)
        columns = min(max(1, columns), end - first)
        edges, raw = self._columns("raw", self._raw, first, end, columns)
        told: list[Extent | None] = [None, None]
        if filtered and self._chain is not None:
            told[0] = self._columns("filtered", self._filtered, first, end, columns)[1]
            told[1] = self._columns("level", self._level, first, end, columns)[1]
        by_bins = self._raw.holds(first, end, columns)
        to_s = end / fs_hz
        runs = (self.quality.runs(c, first / fs_hz, to_s) for c in range(self.n_channels))
        return WindowView(
            first_s=first / fs_hz,
            seconds=(end - first) / fs_hz,
            fs_hz=fs_hz,
            edges=edges,
            raw=raw,
            offset_uv=self.offset_uv,
            filtered=told[0],
            level=told[1],
            exact=not by_bins or self._raw.exact_to >= end,
            filtered_to=self._filtered.exact_to if by_bins else end,
            quality=tuple(tuple(run) for run in runs),
        )

    def overview(self, columns: int) -> Extent:
        """Return the whole recording in at most `columns`, all channels together, `(n, 1)`.

        It is the extremes over all channels, offsets taken out.
        """
        columns = min(max(1, columns), self.n_samples)
        raw = self._columns("raw", self._raw, 0, self.n_samples, columns)[1]
        offset = self.offset_uv.astype(np.float32)
        low = (raw.low - offset).min(axis=1, keepdims=True)
        return Extent(low, (raw.high - offset).max(axis=1, keepdims=True))

    def _columns(
        self, name: str, pyramid: Pyramid, first: int, end: int, columns: int
    ) -> tuple[Indices, Extent]:
        if pyramid.holds(first, end, columns):
            return pyramid.columns(first, end, columns)
        edges = edges_of(first, end, columns)
        return edges, self._tiles.columns(name, first, end, columns)


def _arrays(**pyramids: Pyramid) -> Arrays:
    found: Arrays = {}
    for name, pyramid in pyramids.items():
        finest = pyramid.levels[0]
        found |= {f"{name} low": finest.low, f"{name} high": finest.high}
    return found
