"""Amplitude of an EMG signal, in the unit of the samples (microvolts).

Root mean square (RMS) and average rectified value (ARV) differ by sqrt(pi/2) for
Gaussian EMG: they never share an axis. Both need a zero-mean signal.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rms(samples: Floats) -> Floats:
    """Return sqrt(mean(x^2)) of each channel of `(n_samples, n_channels)`, `(n_channels,)`."""
    value: Floats = np.sqrt(np.einsum("ij,ij->j", samples, samples) / len(samples))
    return value


def arv(samples: Floats) -> Floats:
    """Return mean(|x|) of each channel of `(n_samples, n_channels)`, `(n_channels,)`."""
    value: Floats = np.mean(np.abs(samples), axis=0)
    return value


def noise_corrected(level: float, floor: float) -> float:
    """Return sqrt(max(level^2 - floor^2, 0)): independent noise adds as power.

    Parameters
    ----------
    level, floor
        RMS of the signal with its noise, and of the noise alone, in the same unit.
    """
    return math.sqrt(max(level * level - floor * floor, 0.0))


def snr_db(active_rms: float, rest_rms: float) -> float | None:
    """Return 20 log10(active/rest), decibels; None where either is 0."""
    if active_rms <= 0 or rest_rms <= 0:
        return None
    return 20 * math.log10(active_rms / rest_rms)
