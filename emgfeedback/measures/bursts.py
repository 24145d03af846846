"""Bursts of a muscle, and tremor as the rhythm of its envelope.

Dystonic bursts last 200 to 500 ms and more, tremor 50 to 150 ms and regular, myoclonus under
100 ms; the lengths are told, never the names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from emgfeedback.dsp.design import butter_sos
from emgfeedback.dsp.zero_phase import zero_phase
from emgfeedback.measures.found import Bools, Floats

TREMOR_BAND_HZ = (2.0, 12.0)
TREMOR_ENVELOPE_HZ = 20.0
TREMOR_WINDOW_S = 4.0
NEAR_PEAK_HZ = 0.75
FEWEST_WINDOWS = 3
"""The highest bin of one or two stands out by chance."""
LEAST_PEAK_RATIO = 4.0
"""Peaks below this many times the background of their spectrum are chance..."""
CHANCE_SD = 3.375
"""...and so are those below what the highest of the band's 27 or so independent bins exceeds in one
of a hundred steady muscles: this many standard deviations of a normal variate."""


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


def tremor_of(holds: Sequence[tuple[Floats, Bools]], fs_hz: float) -> Tremor:
    """Return the rhythm of one channel's envelope over all holds of a task.

    The rectified signal is low-passed at 20 Hz (order 2, no delay); Hann windows of 4 s, half
    overlapping, that hold no invalid sample are averaged, each without its mean and trend.

    Parameters
    ----------
    holds
        For each, high-passed EMG `(n,)` and which of its samples may be used, bool `(n,)`.
    """
    size = round(TREMOR_WINDOW_S * fs_hz)
    windows = [power for emg_uv, valid in holds for power in _windows(emg_uv, valid, size, fs_hz)]
    if len(windows) < FEWEST_WINDOWS:
        least = f"{FEWEST_WINDOWS} windows of {TREMOR_WINDOW_S:g} s"
        return Tremor(None, None, f"less usable signal than {least}")
    power: Floats = np.mean(windows, axis=0)
    f_hz: Floats = np.asarray(np.fft.rfftfreq(size, 1 / fs_hz), dtype=float)
    inside = (f_hz >= TREMOR_BAND_HZ[0]) & (f_hz <= TREMOR_BAND_HZ[1])
    band_hz, band = f_hz[inside], power[inside]
    k = int(np.argmax(band))
    around = np.abs(band_hz - band_hz[k]) > NEAR_PEAK_HZ
    background = float(np.median(band[around]))
    if background <= 0:
        return Tremor(None, None, "no activity")
    ratio = float(band[k]) / background
    if ratio < max(LEAST_PEAK_RATIO, _chance_ratio(len(windows))) or k in (0, len(band) - 1):
        return Tremor(None, ratio, "no rhythm stands out")
    return Tremor(_vertex(band_hz, band, k), ratio)


def _chance_ratio(n_windows: int) -> float:
    """Return what the highest bin over the median reaches by chance with so many windows.

    Bins of an averaged periodogram are gamma distributed; its quantiles by Wilson and Hilferty
    (1931).
    """
    spread = 1 / (9 * n_windows)
    return float(((1 - spread + CHANCE_SD * np.sqrt(spread)) / (1 - spread)) ** 3)


def _windows(emg_uv: Floats, valid: Bools, size: int, fs_hz: float) -> Iterator[Floats]:
    """Yield the periodogram of each usable window."""
    envelope = zero_phase(butter_sos(2, "low", TREMOR_ENVELOPE_HZ, fs_hz), np.abs(emg_uv))
    taper = np.hanning(size + 1)[:-1]
    ramp = np.linspace(-1, 1, size)
    for start in range(0, len(envelope) - size + 1, size // 2):
        if not valid[start : start + size].all():
            continue
        window = envelope[start : start + size] - envelope[start : start + size].mean()
        window = window - ramp * (ramp @ window) / (ramp @ ramp)
        yield np.abs(np.fft.rfft(window * taper)) ** 2


def _vertex(f_hz: Floats, power: Floats, k: int) -> float:
    """Return where a parabola through the peak and its neighbours, in log power, is highest."""
    left, middle, right = np.log(power[k - 1 : k + 2])
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(f_hz[k] + shift * (f_hz[1] - f_hz[0]))
