"""A running stream of the virtual board: what it counts, its packets, its test signals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.devices import wire
from emgfeedback.devices.virtual.source import Adc

RAMP_CHANNEL_STEP = 97
SQUARE_HALF_SAMPLES = 50
SQUARE_CHANNEL_STEP = 32


@dataclass(slots=True)
class Stream:
    """What the board counts from one START to the next."""

    start_clock_s: float
    source_offset: int
    """The source's sample at the board's sample 0."""
    next_status_seq: int
    next_seq: int = 0
    """First sample not yet put into a packet."""
    dropped_samples: int = 0
    flags: wire.Flag = wire.Flag.FIRST
    """News for the next packet."""


@dataclass(frozen=True, slots=True)
class DueFrame:
    """A data packet whose last sample has been taken."""

    seq: int
    n_samples: int
    flags: wire.Flag
    dropped_samples: int
    status_after: bool


def signal_codes(
    signal: wire.TestSignal, numbers: NDArray[np.int64], n_channels: int, adc: Adc
) -> NDArray[np.int32]:
    """Return the codes `(n_samples, n_channels)` of a test signal at sample `numbers`."""
    channels = np.arange(n_channels)
    if signal is wire.TestSignal.RAMP:
        codes = (numbers[:, None] + RAMP_CHANNEL_STEP * channels) % adc.full_scale_counts
    else:
        sign = np.where(numbers // SQUARE_HALF_SAMPLES % 2, 1, -1)[:, None]
        codes = adc.full_scale_counts // 2 + sign * SQUARE_CHANNEL_STEP * (channels + 1)
    return codes.astype(np.int32)
