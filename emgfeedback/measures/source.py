"""A stretch of a recording as blocks, piece by piece: what is missing is no sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.montage import Channel

Floats = NDArray[np.float64]

PIECE_S = 8.0


class Marked(Protocol):
    """A text at a stretch (or moment) of a recording."""

    @property
    def onset_s(self) -> float:
        """Seconds from the first sample."""

    @property
    def duration_s(self) -> float:
        """Seconds; 0 for a moment."""

    @property
    def text(self) -> str:
        """What it says."""


class Source(Protocol):
    """What is analysed; `records.recording.Recording` is one."""

    fs_hz: float
    n_samples: int
    lsb_uv: Floats | None
    full_scale_counts: int | None

    @property
    def channels(self) -> Sequence[Channel]:
        """Montage of the columns."""

    @property
    def gaps(self) -> Sequence[Gap]:
        """Samples that were never measured."""

    @property
    def annotations(self) -> Sequence[Marked]:
        """What was marked."""

    def read_uv(self, first: int, end: int) -> Floats:
        """Return microvolts `(end - first, n_channels)`."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """An annotation of samples held in memory."""

    onset_s: float
    duration_s: float
    text: str


@dataclass(slots=True)
class HeldSamples:
    """Samples in memory as a `Source`."""

    samples_uv: Floats
    fs_hz: float
    channels: Sequence[Channel]
    gaps: Sequence[Gap] = ()
    annotations: Sequence[Marked] = ()
    lsb_uv: Floats | None = None
    full_scale_counts: int | None = None

    @property
    def n_samples(self) -> int:
        """Length of the time axis."""
        return len(self.samples_uv)

    def read_uv(self, first: int, end: int) -> Floats:
        """Return microvolts `(end - first, n_channels)`."""
        return self.samples_uv[first:end]


def blocks_of(source: Source, first: int, end: int) -> Iterator[Block]:
    """Yield blocks of microvolts without the gaps; rows that are no numbers are gaps too."""
    piece = max(1, round(PIECE_S * source.fs_hz))
    missing = sorted(source.gaps, key=lambda gap: gap.first_sample)
    nothing = np.zeros(len(source.channels), dtype=bool)
    last_end = first
    for start in range(first, end, piece):
        stop = min(start + piece, end)
        samples = np.asarray(source.read_uv(start, stop), dtype=np.float64)
        measured: NDArray[np.bool_] = np.all(np.isfinite(samples), axis=1)
        for gap in missing:
            a, b = gap.first_sample - start, gap.first_sample + gap.n_samples - start
            measured[max(a, 0) : max(b, 0)] = False
        edges = np.flatnonzero(np.diff(measured, prepend=False, append=False))
        for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            at = start + a
            gap_before = _gap_between(missing, last_end, at) if at > last_end else None
            yield Block(samples[a:b], Unit.UV, source.fs_hz, at, gap_before, nothing)
            last_end = start + b


def _gap_between(gaps: Sequence[Gap], first: int, end: int) -> Gap:
    """Return one gap for the missing samples `first ... end - 1`, with the reason told."""
    told = [g.reason for g in gaps if g.first_sample < end and g.first_sample + g.n_samples > first]
    return Gap(first, end - first, told[0] if told else GapReason.LINK)
