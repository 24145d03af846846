"""One spectrum estimate, and the numbers read from it.

The estimate is Welch's: windows of 1 s under a Hann taper, half overlapping, each without
its own mean, so bins lie 1 Hz apart. It takes the signal as recorded: a high-pass would
raise the median frequency.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WINDOW_S = 1.0
OVERLAP = 0.5
LOW_HZ, HIGH_HZ = 10.0, 500.0


def band_hz(fs_hz: float) -> tuple[float, float]:
    """Return the band the numbers are read from: 10 Hz to 500 Hz or half the rate."""
    return LOW_HZ, min(HIGH_HZ, fs_hz / 2)


class WelchSum:
    """Sum periodograms of a stream; the same result whatever the block sizes.

    Windows never reach over a gap: call `gap` where samples are missing.
    """

    def __init__(self, fs_hz: float, n_channels: int) -> None:
        self.n = max(2, round(WINDOW_S * fs_hz))
        self.n_windows = 0
        self.f_hz: Floats = np.asarray(np.fft.rfftfreq(self.n, 1 / fs_hz), dtype=np.float64)
        self._fs_hz = fs_hz
        self._step = self.n - int(OVERLAP * self.n)
        self._taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.n) / self.n)
        self._sum = np.zeros((len(self.f_hz), n_channels))
        self._waiting = np.zeros((0, n_channels))

    def gap(self) -> None:
        """Begin a new window with the next sample."""
        self._waiting = self._waiting[:0]

    def add(self, samples: Floats) -> None:
        """Take contiguous samples, `(n_samples, n_channels)`."""
        waiting = np.concatenate((self._waiting, samples)) if len(self._waiting) else samples
        start = 0
        while start + self.n <= len(waiting):
            window = waiting[start : start + self.n]
            spectrum = np.fft.rfft((window - window.mean(axis=0)) * self._taper[:, None], axis=0)
            self._sum += spectrum.real**2 + spectrum.imag**2
            self.n_windows += 1
            start += self._step
        self._waiting = waiting[start:].copy()

    def density(self) -> Floats | None:
        """Return power per hertz, `(n_bins, n_channels)`, one-sided; None before a window."""
        if not self.n_windows:
            return None
        scale = 2 / (self._fs_hz * float(np.sum(self._taper**2)) * self.n_windows)
        density = self._sum * scale
        density[0] /= 2
        if self.n % 2 == 0:
            density[-1] /= 2
        return density


def power_spectrum(samples: Floats, fs_hz: float) -> tuple[Floats, Floats | None]:
    """Return frequencies `(n_bins,)` and density `(n_bins, n_channels)` of `samples`.

    The density is None for less than one window.
    """
    welch = WelchSum(fs_hz, samples.shape[1])
    welch.add(samples)
    return welch.f_hz, welch.density()


def moment(f_hz: Floats, density: Floats, order: int, band: tuple[float, float]) -> float:
    """Return the integral of f^order times the density `(n_bins,)` over `band`, trapezoidal."""
    f, p = _in_band(f_hz, density, band)
    y = f**order * p
    return float(np.sum((y[1:] + y[:-1]) * np.diff(f)) / 2)


def mean_frequency_hz(f_hz: Floats, density: Floats, band: tuple[float, float]) -> float | None:
    """Return sum(f P)/sum(P) of a density `(n_bins,)`; None without power."""
    power = moment(f_hz, density, 0, band)
    return moment(f_hz, density, 1, band) / power if power > 0 else None


def median_frequency_hz(f_hz: Floats, density: Floats, band: tuple[float, float]) -> float | None:
    """Return the frequency that halves the power of a density `(n_bins,)`; None without power.

    The power of a bin is spread evenly over its width.
    """
    f, p = _in_band(f_hz, density, band)
    if len(f) < 2 or not p.sum() > 0:
        return None
    total = np.cumsum(p)
    half = total[-1] / 2
    k = int(np.searchsorted(total, half))
    before = total[k] - p[k]
    return float(f[k] + ((half - before) / p[k] - 0.5) * (f[1] - f[0]))


def omega(f_hz: Floats, density: Floats, band: tuple[float, float]) -> float | None:
    """Return the spectral deformation sqrt(M2/M0)/(M1/M0) (Sinderby 1995); flat: 2/sqrt(3)."""
    m0, m1, m2 = (moment(f_hz, density, order, band) for order in (0, 1, 2))
    return math.sqrt(m2 / m0) / (m1 / m0) if m0 > 0 and m1 > 0 else None


def fatigue_index(f_hz: Floats, density: Floats, band: tuple[float, float]) -> float | None:
    """Return FInsm5, M(-1)/M(5) (Dimitrov 2006), in Hz^-6; a ratio to the first epoch is told.

    `band` must begin above 0 Hz.
    """
    m5 = moment(f_hz, density, 5, band)
    return moment(f_hz, density, -1, band) / m5 if m5 > 0 else None


def _in_band(f_hz: Floats, density: Floats, band: tuple[float, float]) -> tuple[Floats, Floats]:
    inside = (f_hz >= band[0]) & (f_hz <= band[1])
    return f_hz[inside], density[inside]
