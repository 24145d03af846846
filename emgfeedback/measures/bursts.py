"""Bursts of a muscle, and tremor as the rhythm of its envelope.

Dystonic bursts last 200 to 500 ms and more, tremor 50 to 150 ms and regular, myoclonus under
100 ms; the lengths are told, never the names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emgfeedback.dsp.design import butter_sos
from emgfeedback.dsp.zero_phase import zero_phase
from emgfeedback.measures.found import Bools, Floats

TREMOR_BAND_HZ = (2.0, 12.0)
TREMOR_ENVELOPE_HZ = 20.0
TREMOR_WINDOW_S = 4.0
NEAR_PEAK_HZ = 0.75
LEAST_PEAK_RATIO = 4.0
"""Peaks below this many times the background of their spectrum are chance."""


@dataclass(frozen=True, slots=True)
class Bursts:
    """Bursts in a stretch of time.

    Attributes
    ----------
    per_min
        Bursts per minute.
    median_s
        Middle duration; None without a burst.
    duty_pct
        Share of the time inside bursts.
    """

    count: int
    per_min: float
    median_s: float | None
    duty_pct: float


@dataclass(frozen=True, slots=True)
class Tremor:
    """The strongest rhythm of an envelope between 2 and 12 Hz.

    Attributes
    ----------
    peak_hz
        None where no peak stands out, with the reason.
    ratio
        Power of the peak over the median of the band around it.
    """

    peak_hz: float | None
    ratio: float | None
    reason: str = ""


def summarize(spans: Sequence[tuple[int, int]], n_samples: int, fs_hz: float) -> Bursts | None:
    """Return what bursts (start, stop) of `n_samples` come to; None for no time at all."""
    if n_samples <= 0:
        return None
    lengths = [(stop - start) / fs_hz for start, stop in spans]
    total_s = n_samples / fs_hz
    return Bursts(
        count=len(lengths),
        per_min=60 * len(lengths) / total_s,
        median_s=float(np.median(lengths)) if lengths else None,
        duty_pct=100 * sum(lengths) / total_s,
    )


def tremor_of(emg_uv: Floats, fs_hz: float, valid: Bools | None = None) -> Tremor:
    """Return the rhythm of one channel's envelope.

    The rectified signal is low-passed at 20 Hz (order 2, no delay); Hann windows of 4 s, half
    overlapping, that hold no invalid sample are averaged, each without its mean and trend.

    Parameters
    ----------
    emg_uv
        High-passed EMG, `(n,)`.
    valid
        Samples that may be used, `(n,)`; None: all.
    """
    size = round(TREMOR_WINDOW_S * fs_hz)
    envelope = zero_phase(butter_sos(2, "low", TREMOR_ENVELOPE_HZ, fs_hz), np.abs(emg_uv))
    power = _averaged(envelope, valid, size)
    if power is None:
        return Tremor(None, None, f"less than {TREMOR_WINDOW_S:g} s of usable signal")
    f_hz: Floats = np.asarray(np.fft.rfftfreq(size, 1 / fs_hz), dtype=float)
    inside = (f_hz >= TREMOR_BAND_HZ[0]) & (f_hz <= TREMOR_BAND_HZ[1])
    band_hz, band = f_hz[inside], power[inside]
    k = int(np.argmax(band))
    around = np.abs(band_hz - band_hz[k]) > NEAR_PEAK_HZ
    background = float(np.median(band[around]))
    if background <= 0:
        return Tremor(None, None, "no activity")
    ratio = float(band[k]) / background
    if ratio < LEAST_PEAK_RATIO or k in (0, len(band) - 1):
        return Tremor(None, ratio, "no rhythm stands out")
    return Tremor(_vertex(band_hz, band, k), ratio)


def _averaged(envelope: Floats, valid: Bools | None, size: int) -> Floats | None:
    taper = np.hanning(size + 1)[:-1]
    ramp = np.linspace(-1, 1, size)
    total, count = np.zeros(size // 2 + 1), 0
    for start in range(0, len(envelope) - size + 1, size // 2):
        if valid is not None and not valid[start : start + size].all():
            continue
        window = envelope[start : start + size] - envelope[start : start + size].mean()
        window = window - ramp * (ramp @ window) / (ramp @ ramp)
        total += np.abs(np.fft.rfft(window * taper)) ** 2
        count += 1
    return total / count if count else None


def _vertex(f_hz: Floats, power: Floats, k: int) -> float:
    """Return where a parabola through the peak and its neighbours, in log power, is highest."""
    left, middle, right = np.log(power[k - 1 : k + 2])
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(f_hz[k] + shift * (f_hz[1] - f_hz[0]))
