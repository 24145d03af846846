"""The sound of muscle: white noise shaped to the spectrum of surface EMG."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

SCM_CORNERS_HZ = (60.0, 120.0)
TRAPEZIUS_CORNERS_HZ = (40.0, 80.0)
SPLENIUS_CORNERS_HZ = (45.0, 90.0)
MUSCLE_CORNERS_HZ = (SCM_CORNERS_HZ,) * 2 + (TRAPEZIUS_CORNERS_HZ,) * 2 + (SPLENIUS_CORNERS_HZ,) * 2

TAIL = 1e-4
"""Share of the peak below which the impulse response is cut off."""


def shaping_taps(corners_hz: tuple[float, float], fs_hz: float) -> NDArray[np.float64]:
    """Return the impulse response that turns unit white noise into EMG of unit variance.

    The power spectrum is fh^4 f^2 / ((f^2 + fl^2)(f^2 + fh^2)^2) for corners (fl, fh)
    (form of Stulen and De Luca 1981, IEEE Trans Biomed Eng 28:515), by the bilinear
    transform with both corners prewarped; corners near half the rate are lowered to fit.
    """
    low, high = (math.tan(math.pi * min(f, 0.4 * fs_hz) / fs_hz) for f in corners_hz)
    poles = [(1 - low) / (1 + low), (1 - high) / (1 + high), (1 - high) / (1 + high)]
    denominator = np.array([1.0])
    for pole in poles:
        denominator = np.convolve(denominator, [1.0, -pole])
    numerator = np.convolve(np.convolve([1.0, -1.0], [1.0, 1.0]), [1.0, 1.0])
    n_taps = math.ceil(math.log(TAIL) / math.log(max(poles))) + 8
    taps = np.zeros(n_taps)
    for i in range(n_taps):
        fed_in = numerator[i] if i < len(numerator) else 0.0
        fed_back = sum(denominator[k] * taps[i - k] for k in range(1, min(i, 3) + 1))
        taps[i] = fed_in - fed_back
    return np.asarray(taps / math.sqrt(float(taps @ taps)))


class MuscleNoise:
    """Unit-variance EMG of every channel, block after block without a seam."""

    def __init__(self, fs_hz: float, rng: np.random.Generator) -> None:
        taps = [shaping_taps(corners, fs_hz) for corners in MUSCLE_CORNERS_HZ]
        self._taps = taps
        self._rng = rng
        longest = max(len(t) for t in taps)
        self._past = rng.standard_normal((len(taps), longest - 1))

    def block(self, n_samples: int) -> NDArray[np.float64]:
        """Return the next `(n_samples, 6)`."""
        fresh = self._rng.standard_normal((len(self._taps), n_samples))
        white = np.concatenate((self._past, fresh), axis=1)
        self._past = white[:, n_samples:]
        shaped = np.empty((n_samples, len(self._taps)))
        for channel, taps in enumerate(self._taps):
            start = white.shape[1] - n_samples - len(taps) + 1
            shaped[:, channel] = np.convolve(white[channel, start:], taps, mode="valid")
        return shaped


class Wander:
    """A slow random walk held near 0 (Ornstein-Uhlenbeck), exact for any step length."""

    def __init__(self, sd: float, tau_s: float, step_s: float, rng: np.random.Generator) -> None:
        self._keep = math.exp(-step_s / tau_s)
        self._kick = sd * math.sqrt(1 - self._keep**2)
        self._rng = rng
        self.value = sd * float(rng.standard_normal())

    def step(self) -> float:
        """Go one step on and return the new value."""
        self.value = self._keep * self.value + self._kick * float(self._rng.standard_normal())
        return self.value
