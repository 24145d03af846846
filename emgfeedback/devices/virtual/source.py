"""What stands at the virtual board's inputs, and the converter that reads it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDING_GUARD_COUNTS = 0.01
"""Lets a voltage computed from a code, and stored with six digits, give that code again."""
GAINS = (10_000, 5000, 2000, 1000, 500, 200, 100)


@dataclass(frozen=True, slots=True)
class Adc:
    """Amplifier and converter in front of every input: `oversample` conversions are summed.

    The default is a 10-bit converter behind a gain of 2000, four conversions summed:
    0.61 uV a count and 1.25 mV either way, so that both rest and a strong contraction fit.
    """

    bits: int = 10
    vref_mv: int = 5000
    gain: int = 2000
    oversample: int = 4

    @property
    def full_scale_counts(self) -> int:
        """Counts that stand for the whole reference."""
        return self.oversample << self.bits

    @property
    def max_code(self) -> int:
        """Largest code: each conversion ends at one less than a power of two."""
        return self.oversample * ((1 << self.bits) - 1)

    @property
    def lsb_uv(self) -> float:
        """One count in microvolts at the electrode."""
        return self.vref_mv * 1000.0 / self.full_scale_counts / self.gain

    @classmethod
    def fitting(cls, peak_uv: float) -> Adc:
        """Return the converter behind the highest usual gain that `peak_uv` does not overdrive."""
        half_reference_uv = cls().vref_mv * 500.0
        return cls(gain=next((g for g in GAINS if peak_uv * g < half_reference_uv), GAINS[-1]))

    @classmethod
    def that_gave(cls, full_scale_counts: int, lsb_uv: float) -> list[Adc]:
        """Return the converters whose codes are these, as far as a gain is a whole number."""
        gain = round(cls().vref_mv * 1000.0 / full_scale_counts / lsb_uv)
        found = [
            cls(bits=bits, gain=gain, oversample=oversample)
            for oversample in (4, 1)
            for bits in (10, 12, 14, 16)
            if oversample << bits == full_scale_counts
        ]
        return [adc for adc in found if gain >= 1 and abs(adc.lsb_uv / lsb_uv - 1) < 1e-5]

    def codes(self, samples_uv: NDArray[np.float64]) -> NDArray[np.int32]:
        """Convert microvolts at the electrode; half the reference stands for 0.

        Summed conversions are taken as evenly dithered, so the sum of N is the code of a
        converter N times finer (Hermite's identity: the sum over j < N of floor(v + j/N)
        is floor(N v)), but never more than N times the largest code.
        """
        counts = samples_uv / self.lsb_uv
        counts += self.full_scale_counts / 2 + ROUNDING_GUARD_COUNTS
        np.floor(counts, out=counts)
        return np.clip(counts, 0, self.max_code, out=counts).astype(np.int32)


class Source(ABC):
    """What the board samples, at the board's own rate and from its own sample numbers.

    Attributes
    ----------
    n_channels, fs_hz
        What the source itself has; the board may ask for others.
    peak_uv
        The largest voltage to expect, so that a gain can be chosen.
    """

    n_channels: int
    fs_hz: float
    peak_uv: float

    @abstractmethod
    def restart(self, fs_hz: float, n_channels: int) -> None:
        """Begin again at sample 0 for a board of `n_channels` that samples at `fs_hz`."""

    @abstractmethod
    def codes(self, first_sample: int, n_samples: int, adc: Adc) -> NDArray[np.int32]:
        """Return the codes `(n_samples, n_channels)` that `adc` gives from `first_sample` on."""


class SignalSource(Source):
    """A source of voltages."""

    @abstractmethod
    def take(self, first_sample: int, n_samples: int) -> NDArray[np.float64]:
        """Return `(n_samples, n_channels)` microvolts at the electrode from `first_sample` on."""

    def codes(self, first_sample: int, n_samples: int, adc: Adc) -> NDArray[np.int32]:
        """Return what `adc` makes of the voltages."""
        return adc.codes(self.take(first_sample, n_samples))
