"""Shared rhythm of two muscles: for research, never for a verdict.

Claims of a common 4 to 7 Hz drive in dystonia are contested (Tijssen and others 2000;
Nijmeijer and others 2014 found low accuracy), so the numbers stand alone, without a bound.
Rectified EMG is used: without rectifying, a common 6 Hz modulation cannot be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emgfeedback.measures.found import Bools, Floats, Found, missing

SEGMENT_S = 1.0
FEWEST_SEGMENTS = 20
CROSSTALK_BAND_HZ = (30.0, 200.0)
DRIVE_BAND_HZ = (3.0, 10.0)
WHOLE_BAND_HZ = (3.0, 30.0)


@dataclass(frozen=True, slots=True, eq=False)
class Coherence:
    """Coherence of two channels over frequency.

    Attributes
    ----------
    f_hz, value
        Frequencies and squared coherence 0 to 1, `(n_bins,)`.
    limit
        What independent signals exceed in 5 % of the bins: 1 - 0.05^(1/(L-1)) (Rosenberg 1989).
    segments
        L, the segments averaged.
    crosstalk
        The signals as recorded are coherent between 30 and 200 Hz: the electrodes see the same
        muscle, and the rest of the curve says nothing.
    reason
        Why there is no curve, or empty.
    """

    f_hz: Floats
    value: Floats
    limit: float
    segments: int
    crosstalk: bool
    reason: str = ""


def confidence_limit(segments: int) -> float:
    """Return what coherence of independent signals exceeds in one bin of twenty."""
    return 1 - 0.05 ** (1 / (segments - 1)) if segments > 1 else 1.0


def coherence(
    left_uv: Floats, right_uv: Floats, fs_hz: float, valid: Bools | None = None
) -> Coherence:
    """Return the coherence of two rectified channels, `(n,)` each, high-passed at 30 Hz or more.

    Segments of 1 s under a Hann taper, half overlapping only in neither: L independent ones.
    """
    both = np.column_stack((left_uv, right_uv))
    f_hz, rectified, segments = _coherence(np.abs(both), fs_hz, valid)
    limit = confidence_limit(segments)
    if segments < FEWEST_SEGMENTS:
        reason = f"{segments} s of usable signal, {FEWEST_SEGMENTS} s are needed"
        return Coherence(f_hz, rectified, limit, segments, crosstalk=False, reason=reason)
    _, raw, _ = _coherence(both, fs_hz, valid)
    high = (f_hz >= CROSSTALK_BAND_HZ[0]) & (f_hz <= CROSSTALK_BAND_HZ[1])
    crosstalk = bool(np.mean(raw[high]) > limit)
    return Coherence(f_hz, rectified, limit, segments, crosstalk=crosstalk)


def drive_share(emg_uv: Floats, fs_hz: float, valid: Bools | None = None) -> Found:
    """Return CDF10: power of the rectified EMG at 3-10 Hz over 3-30 Hz, percent.

    A flat spectrum gives 25.9 % (de Bruijn and others 2017).
    """
    segments = _segments(np.abs(emg_uv)[:, None], fs_hz, valid)
    if len(segments) < FEWEST_SEGMENTS:
        return missing(f"{len(segments)} s of usable signal, {FEWEST_SEGMENTS} s are needed")
    power = np.mean(np.abs(segments[:, :, 0]) ** 2, axis=0)
    f_hz: Floats = np.asarray(np.fft.rfftfreq(round(SEGMENT_S * fs_hz), 1 / fs_hz), dtype=float)
    whole = _power(f_hz, power, WHOLE_BAND_HZ)
    if whole <= 0:
        return missing("no activity")
    return Found(100 * _power(f_hz, power, DRIVE_BAND_HZ) / whole)


def _power(f_hz: Floats, power: Floats, band: tuple[float, float]) -> float:
    """Return the integral over a band, trapezoidal."""
    inside = (f_hz >= band[0]) & (f_hz <= band[1])
    f, p = f_hz[inside], power[inside]
    return float(np.sum((p[1:] + p[:-1]) * np.diff(f)) / 2)


def _segments(x: Floats, fs_hz: float, valid: Bools | None) -> np.ndarray:
    """Return spectra of usable segments side by side, `(n_segments, n_bins, n_channels)`."""
    size = round(SEGMENT_S * fs_hz)
    count = len(x) // size
    parts = x[: count * size].reshape(count, size, x.shape[1])
    if valid is not None:
        parts = parts[valid[: count * size].reshape(count, size).all(axis=1)]
    taper = np.hanning(size + 1)[:-1]
    return np.fft.rfft((parts - parts.mean(axis=1, keepdims=True)) * taper[:, None], axis=1)


def _coherence(x: Floats, fs_hz: float, valid: Bools | None) -> tuple[Floats, Floats, int]:
    spectra = _segments(x, fs_hz, valid)
    a, b = spectra[:, :, 0], spectra[:, :, 1]
    own = np.sum(np.abs(a) ** 2, axis=0) * np.sum(np.abs(b) ** 2, axis=0)
    shared = np.abs(np.sum(a * np.conj(b), axis=0)) ** 2
    value: Floats = np.divide(shared, own, out=np.zeros(len(own)), where=own > 0)
    f_hz: Floats = np.asarray(np.fft.rfftfreq(round(SEGMENT_S * fs_hz), 1 / fs_hz), dtype=float)
    return f_hz, value, len(spectra)
