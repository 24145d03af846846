"""What flows: runs of samples as they come off the wire, and blocks on the time axis.

One axis order everywhere: `(n_samples, n_channels)`. Arrays are read-only; a
stage that changes samples makes new ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray


class Unit(Enum):
    """The unit of a block's samples."""

    COUNTS = "counts"
    """The board's own integers, int32, exactly as received."""
    UV = "uV"
    """Microvolts at the electrode, float64."""
    PCT = "%"
    """Percent of the person's own reference contraction, float64."""


class GapReason(Enum):
    """Why samples are missing."""

    LINK = "link"
    """Bytes were damaged or lost between the board and here."""
    BOARD = "board"
    """The board itself dropped or could not take the samples, and said so."""
    HOST = "host"
    """This computer was too slow and its queue overflowed."""
    ESTIMATED = "estimated"
    """As LINK, but longer than the board's numbers reach: the clock estimates the length."""
    RECONNECT = "reconnect"
    """The board was away (unplugged or reset); the length is an estimate by the clock."""


ESTIMATED_LOSS = 1 << 16
"""Flag of a frame before which samples are missing by estimate; above what any board sends."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Missing samples: `n_samples` of them, the first at stream index `first_sample`."""

    first_sample: int
    n_samples: int
    reason: GapReason


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A contiguous run of samples as a driver decoded it: one wire packet or several merged.

    Attributes
    ----------
    seq
        The board's number of the first sample; counts samples the board dropped too.
        Wraps at the driver's `seq_modulus`.
    device_us
        The board's own clock at the first sample, microseconds, or -1 where it has none.
    flags
        Status flags of all merged packets, or-ed (`wire.Flag`).
    counts
        int32 `(n_samples, n_channels)`, read-only.
    """

    seq: int
    device_us: int
    flags: int
    counts: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Contiguous samples on the stream's time axis. There is never a gap inside a block.

    Attributes
    ----------
    samples
        `(n_samples, n_channels)`, int32 for `Unit.COUNTS`, float64 otherwise, read-only.
    unit
        Unit of `samples`.
    fs_hz
        Sampling rate the time axis follows.
    first_sample
        Stream index of row 0. It counts lost samples too: time = first_sample / fs_hz.
    gap_before
        The gap that ends where this block begins, if any.
    saturated
        bool `(n_channels,)`: some sample of the channel stood at the converter's rail.
    """

    samples: NDArray[np.int32] | NDArray[np.float64]
    unit: Unit
    fs_hz: float
    first_sample: int
    gap_before: Gap | None
    saturated: NDArray[np.bool_]

    @property
    def n_samples(self) -> int:
        """Rows of `samples`."""
        return int(self.samples.shape[0])

    @property
    def n_channels(self) -> int:
        """Columns of `samples`."""
        return int(self.samples.shape[1])

    @property
    def end_sample(self) -> int:
        """Stream index one past the last row."""
        return self.first_sample + self.n_samples

    def rows(self, start: int, stop: int) -> Block:
        """Return rows `start` to `stop` (exclusive); the gap stays with row 0."""
        if start == 0 and stop >= self.n_samples:
            return self
        return replace(
            self,
            samples=self.samples[start:stop],
            first_sample=self.first_sample + start,
            gap_before=self.gap_before if start == 0 else None,
        )


def frozen(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Mark `array` read-only and hand it back."""
    array.flags.writeable = False
    return array
