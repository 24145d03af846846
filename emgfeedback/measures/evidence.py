"""What one second of raw signal shows: rails, steps, hum, wander, heartbeat.

Facts only; `measures/quality.py` judges them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BAND_HZ = (20.0, 450.0)
"""Where the EMG is: below is movement, above little but noise."""
DRIFT_HZ = 3.0
_RAIL_MARGIN = 1365
"""Codes within this part of the full scale of an end count as the end: the sum of four
10-bit conversions stops three short of it, amplifiers not much earlier."""
_CLIP_RUN = 3
"""So many equal codes in a row at the extreme are a cut-off top."""
_CLIP_CROWD = 4
"""A cut-off top holds this many times the samples of the codes just below it; the
rounded top of a slow wave does not."""
_CLIP_REACH = 0.1
"""Cut-off tops nearer to the middle than this share of half the full scale are not
amplifiers at their end but small signals on a coarse converter."""
_LINE_FACTOR = 2.5
"""A mains line must hold this many times the power its bins would hold without it."""
_MEDIAN_OF_POWER = np.log(2)
"""Median over mean of the bins of a periodogram of noise (they scatter exponentially)."""


@dataclass(frozen=True, slots=True, eq=False)
class Rails:
    """How the codes of a window lie against the ends of the converter, all `(n_channels,)`.

    Shares are of the window's samples, 0 to 1.
    """

    clipped: Floats
    """At an end of the converter, or in a cut-off top of an amplifier."""
    stuck: Floats
    """At the more frequented one of the two ends."""
    offset: Floats
    """Mean distance from the middle, as share of half the full scale."""
    changes: Floats
    """Steps from one code to another, per sample."""
    still: Bools
    """The newest part of the window is one and the same code."""


def rails(counts: NDArray[np.int32], full_scale_counts: int, newest: int) -> Rails:
    """Look at the codes of a window.

    Parameters
    ----------
    counts
        `(n_samples, n_channels)`.
    newest
        Samples of the part that `Rails.still` looks at.
    """
    margin = full_scale_counts // _RAIL_MARGIN
    low_end, high_end = margin, full_scale_counts - 1 - margin
    half = full_scale_counts / 2
    lowest, highest = counts.min(axis=0), counts.max(axis=0)
    n = len(counts)
    at_low = np.zeros(counts.shape[1])
    at_high = np.zeros(counts.shape[1])
    if (lowest <= low_end).any() or (highest >= high_end).any():
        at_low = np.count_nonzero(counts <= low_end, axis=0) / n
        at_high = np.count_nonzero(counts >= high_end, axis=0) / n
    cut = np.zeros(counts.shape[1])
    for c in np.flatnonzero(highest - half > _CLIP_REACH * half):
        cut[c] += _cut_off(counts[:, c], margin)
    for c in np.flatnonzero(half - lowest > _CLIP_REACH * half):
        cut[c] += _cut_off(-counts[:, c], margin)
    steps = counts[1:] != counts[:-1]
    return Rails(
        clipped=np.maximum(at_low + at_high, cut / n),
        stuck=np.maximum(at_low, at_high),
        offset=np.abs(counts.mean(axis=0) - half) / half,
        changes=np.count_nonzero(steps, axis=0) / max(n - 1, 1),
        still=~steps[-newest:].any(axis=0),
    )


def _cut_off(codes: NDArray[np.int32], margin: int) -> int:
    """Return how many samples stand in a cut-off top of one channel."""
    top = codes.max()
    at_top = codes == top
    in_run = at_top[2:] & at_top[1:-1] & at_top[:-2]
    n_top = int(np.count_nonzero(at_top))
    if n_top < _CLIP_RUN or n_top == len(codes) or not in_run.any():
        return 0
    below = int(np.count_nonzero(codes >= top - max(margin, 1))) - n_top
    return n_top if n_top >= _CLIP_CROWD * max(below, 1) else 0


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """RMS of the parts of a window, microvolts, all `(n_channels,)`."""

    drift: Floats
    """Below 3 Hz without the mean: slower than head tremor."""
    low: Floats
    """Below 20 Hz without the mean: drift and movement."""
    emg: Floats
    """20 to 450 Hz without mains lines."""
    hum: Floats
    """Mains lines: 50 or 60 Hz, whichever is stronger, and harmonics."""
    noise: Floats
    """White noise that would fill the band at the density of its quiet upper end."""


class PartsOfSpectrum:
    """Split windows of one second into wander, EMG, hum and noise.

    One periodogram under a Hann window, the bins 1 Hz apart.
    """

    def __init__(self, fs_hz: float) -> None:
        self.n = round(fs_hz)
        self._taper = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.n) / self.n))[:, None]
        f_hz = np.arange(self.n // 2 + 1) * fs_hz / self.n
        self._top_hz = min(BAND_HZ[1], 0.45 * fs_hz)
        self._drift = (f_hz > 0) & (f_hz < DRIFT_HZ)
        self._low = (f_hz > 0) & (f_hz < BAND_HZ[0])
        self._band = (f_hz >= BAND_HZ[0]) & (f_hz <= self._top_hz)
        self._lines = [self._bins_of(hz, len(f_hz)) for hz in (50, 60)]
        quiet = self._band & (f_hz > 0.75 * self._top_hz)
        for lines, _ in self._lines:
            quiet[lines.ravel()] = False
        self._quiet = quiet

    def split(self, window_uv: Floats) -> Shares:
        """Return the parts of `(n, n_channels)`, `n` being one second of samples."""
        spectrum = np.fft.rfft((window_uv - window_uv.mean(axis=0)) * self._taper, axis=0)
        power = (spectrum.real**2 + spectrum.imag**2) * (2 / (self.n * 0.375 * self.n))
        band = power[self._band].sum(axis=0)
        hum = np.max([self._line_power(power, *bins) for bins in self._lines], axis=0)
        hum = np.minimum(hum, band)
        density = np.median(power[self._quiet], axis=0) / _MEDIAN_OF_POWER
        return Shares(
            drift=np.sqrt(power[self._drift].sum(axis=0)),
            low=np.sqrt(power[self._low].sum(axis=0)),
            emg=np.sqrt(band - hum),
            hum=np.sqrt(hum),
            noise=np.sqrt(density * np.count_nonzero(self._band)),
        )

    def _bins_of(self, mains_hz: int, n_bins: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        last = min(self._top_hz, n_bins - 8)
        centres = np.arange(mains_hz, last + 1, mains_hz, dtype=np.int64)[:, None]
        near = np.array([-6, -5, -4, -3, 3, 4, 5, 6])
        return centres + np.arange(-2, 3), centres + near

    @staticmethod
    def _line_power(
        power: Floats, lines: NDArray[np.int64], neighbours: NDArray[np.int64]
    ) -> Floats:
        held = power[lines].sum(axis=1)
        without = lines.shape[1] * np.median(power[neighbours], axis=1) / _MEDIAN_OF_POWER
        is_line = held > _LINE_FACTOR * without
        if not len(lines):
            return np.zeros(power.shape[1])
        # Harmonics without their fundamental are no mains.
        total: Floats = np.where(is_line & is_line[0], held - without, 0.0).sum(axis=0)
        return total


HEART_S = 5.0
"""How much signal the search for a heartbeat takes."""
_HEART_BAND_HZ = (8.0, 45.0)
_BEATS_PER_MIN = (40.0, 140.0)
_SPIKE_OVER_NOISE = 5.0
_SPIKE_APART_S = 0.3
_SPIKE_WIDTH_S = 0.1
_HEIGHT_SPREAD = 2.0
_INTERVAL_SPREAD = 1.35
_EDGE_S = 0.2


def heart_rate_per_min(signal_uv: Floats, fs_hz: float) -> list[float | None]:
    """Return the rate of regular, brief, high spikes in each channel; None where there are none.

    The signal is averaged down to about 200 Hz and kept between 8 and 45 Hz, where a QRS
    complex has its power. Spikes must stand five times over the robust scatter, at
    regular distances, alike in height and brief; bursts of muscle are none of it.

    Parameters
    ----------
    signal_uv
        About `HEART_S` of signal, `(n_samples, n_channels)`.
    """
    factor = max(1, int(fs_hz // 200))
    n = len(signal_uv) // factor
    rate_hz = fs_hz / factor
    slow = signal_uv[: n * factor].reshape(n, factor, -1).mean(axis=1)
    ramp = np.linspace(-0.5, 0.5, n)[:, None]
    slow = slow - slow.mean(axis=0) - ramp * (ramp * slow).sum(axis=0) / (ramp**2).sum()
    spectrum = np.fft.rfft(slow, axis=0)
    f_hz = np.fft.rfftfreq(n, 1 / rate_hz)
    spectrum[(f_hz < _HEART_BAND_HZ[0]) | (f_hz > _HEART_BAND_HZ[1])] = 0
    edge = round(_EDGE_S * rate_hz)
    height = np.abs(np.fft.irfft(spectrum, n, axis=0))[edge : n - edge]
    return [_rate_of_spikes(height[:, c], rate_hz) for c in range(height.shape[1])]


def _rate_of_spikes(height: Floats, rate_hz: float) -> float | None:
    scatter = float(np.median(height)) / 0.6745
    limit = max(_SPIKE_OVER_NOISE * scatter, 0.3 * float(height.max()))
    places: list[int] = []
    for place in np.flatnonzero(height > limit).tolist():
        if places and place - places[-1] < _SPIKE_APART_S * rate_hz:
            if height[place] > height[places[-1]]:
                places[-1] = place
        else:
            places.append(place)
    if len(places) < 3 or scatter == 0:
        return None
    heights, intervals = height[places], np.diff(places)
    wide = np.count_nonzero(height > 0.5 * np.median(heights)) / rate_hz / len(places)
    per_min = 60 * rate_hz / float(np.mean(intervals))
    regular = intervals.max() <= _INTERVAL_SPREAD * intervals.min()
    alike = heights.max() <= _HEIGHT_SPREAD * heights.min()
    reach = 1.5 * float(np.mean(intervals))
    throughout = places[0] < reach and places[-1] > len(height) - reach
    in_range = _BEATS_PER_MIN[0] <= per_min <= _BEATS_PER_MIN[1]
    brief = wide <= _SPIKE_WIDTH_S
    return per_min if regular and alike and throughout and in_range and brief else None
