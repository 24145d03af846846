"""A stretch of a recording as blocks, piece by piece: what is missing is no sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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

    @property
    def envelope_only(self) -> bool:
        """Whether the sensors made an envelope of the signal."""

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
    envelope_only: bool = False

    @property
    def n_samples(self) -> int:
        """Length of the time axis."""
        return len(self.samples_uv)

    def read_uv(self, first: int, end: int) -> Floats:
        """Return microvolts `(end - first, n_channels)`."""
        return self.samples_uv[first:end]


class Trimmed:
    """`source` with spans left out: gaps after which everything is judged anew.

    Parameters
    ----------
    left_out
        Start and end of each span, seconds; they may overlap and reach past the ends.
    """

    def __init__(self, source: Source, left_out: Sequence[tuple[float, float]]) -> None:
        self._source = source
        self.fs_hz, self.n_samples = source.fs_hz, source.n_samples
        self.lsb_uv, self.full_scale_counts = source.lsb_uv, source.full_scale_counts
        self.channels, self.annotations = source.channels, source.annotations
        self.envelope_only = source.envelope_only
        self._spans = _united(
            (max(0, round(a * source.fs_hz)), min(self.n_samples, round(b * source.fs_hz)))
            for a, b in left_out
        )
        # Nothing was lost here, so it must not count as loss; and nothing of the past counts.
        self.gaps: Sequence[Gap] = (
            *(Gap(a, b - a, GapReason.RECONNECT) for a, b in self._spans),
            *source.gaps,
        )

    def count(self, first: int, end: int) -> int:
        """Return how many of samples `first ... end - 1` were measured and are left out."""
        n = sum(max(0, min(b, end) - max(a, first)) for a, b in self._spans)
        for gap in self._source.gaps:
            begin, stop = max(gap.first_sample, first), min(gap.first_sample + gap.n_samples, end)
            n -= sum(max(0, min(b, stop) - max(a, begin)) for a, b in self._spans)
        return n

    def read_uv(self, first: int, end: int) -> Floats:
        """Return microvolts `(end - first, n_channels)`."""
        return self._source.read_uv(first, end)


def _united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans in order, those that touch as one; empty ones are gone."""
    found: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if a >= b:
            continue
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], b))
        else:
            found.append((a, b))
    return found


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
    """Return one gap for the missing samples `first ... end - 1`, with the reason told.

    Where one of several is a pause, the whole is: what lies before says nothing of after.
    """
    told = [g.reason for g in gaps if g.first_sample < end and g.first_sample + g.n_samples > first]
    if GapReason.RECONNECT in told:
        return Gap(first, end - first, GapReason.RECONNECT)
    return Gap(first, end - first, told[0] if told else GapReason.LINK)
