"""Mains hum: whether it is there, 50 or 60 Hz, how much, and whether it warrants a notch.

A notch costs signal and settling time, so it is only advised where hum stands well out of
what surrounds it. Signal-to-hum ratios of 9 to 15 dB are where removing hum begins to pay
(Mewett, Reynolds and Nazeran 2004 give about 9 dB for interpolation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Block

Floats = NDArray[np.float64]

MAINS_HZ = (50.0, 60.0)
WINDOW_S = 4.0
UPDATE_S = 1.0
DETECT_DB = 6.0
NOTCH_DB = 9.0
"""On flat noise of 120 Hz bandwidth, hum of this prominence is 11 dB below the signal."""
RETUNE_HZ = 0.15

_HARMONICS = (1, 2, 3)
_TRACK_HZ = 0.3
_LINE_HZ = 0.5
_NEAR_HZ = 1.0
_FAR_HZ = 6.0
_ONS, _OFFS = 3, 10
"""Estimates in a row that make and end the advice to notch."""


@dataclass(frozen=True, slots=True, eq=False)
class Hum:
    """Mains hum in a few seconds of signal.

    Attributes
    ----------
    mains_hz
        The family, 50 or 60.
    frequency_hz
        The fundamental as tracked, within 0.3 Hz of `mains_hz`; `mains_hz` itself unless
        some channel has hum.
    level_uv
        `(n_channels,)`: RMS of fundamental, second and third harmonic.
    prominence_db
        `(n_channels,)`: power density on the lines over that of their neighbourhood, mean
        of the harmonics.
    """

    mains_hz: float
    frequency_hz: float
    level_uv: Floats
    prominence_db: Floats

    @property
    def detected(self) -> NDArray[np.bool_]:
        """Which channels have hum, `(n_channels,)`."""
        return self.prominence_db > DETECT_DB

    @property
    def notch_warranted(self) -> bool:
        """Whether some channel has so much of it that a notch gains more than it costs."""
        return bool(np.any(self.prominence_db > NOTCH_DB))


def find_mains(samples_uv: Floats, fs_hz: float) -> Hum | None:
    """Look for mains hum in unfiltered microvolts, `(n_samples, n_channels)`.

    A Hann-windowed periodogram; the family whose lines (1 Hz wide) stand out more from
    their neighbourhood (1 to 6 Hz on both sides, its median) in the worst channel wins.

    Returns
    -------
    Hum | None
        None where it cannot be told: less than `WINDOW_S`, a rate at which no line and its
        neighbourhood lie below Nyquist, or samples that are not finite.
    """
    n = len(samples_uv)
    if n < round(WINDOW_S * fs_hz) or fs_hz / 2 <= MAINS_HZ[1] + _FAR_HZ:
        return None
    if not np.isfinite(samples_uv).all():
        return None
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    centred = samples_uv - samples_uv.mean(axis=0)
    spectrum = np.fft.rfft(centred * taper[:, None], axis=0)
    density: Floats = np.abs(spectrum) ** 2 * (2 / (fs_hz * np.sum(taper**2)))
    families = [_family(density, mains_hz, n, fs_hz) for mains_hz in MAINS_HZ]
    return max(families, key=lambda hum: float(np.max(hum.prominence_db)))


class HumTracker:
    """Watch a stream of unfiltered microvolts for hum, once a second over four.

    Attributes
    ----------
    hum
        The newest estimate; None until four seconds without a gap have been seen.
    notch_hz
        The frequency to notch, or None. It comes, or moves by more than `RETUNE_HZ`, after
        three estimates in a row that warrant it, and goes after ten that see no hum at all:
        each change makes the chain settle anew.
    """

    def __init__(self, fs_hz: float, n_channels: int) -> None:
        self._fs_hz = fs_hz
        self._window = np.zeros((round(WINDOW_S * fs_hz), n_channels))
        self._every = round(UPDATE_S * fs_hz)
        self.reset()

    def reset(self) -> None:
        """Forget all samples and the advice."""
        self.hum: Hum | None = None
        self.notch_hz: float | None = None
        self._ons = self._offs = 0
        self._next_sample = 0
        self._begin()

    def follow_rate(self, measured_fs_hz: float) -> None:
        """Read frequencies by the true rate: 2 % off, mains would not be where it is looked for."""
        self._fs_hz = measured_fs_hz

    def process(self, block_uv: Block) -> bool:
        """Take a block; return whether `hum` is new. After a gap the window fills anew."""
        if block_uv.gap_before is not None or block_uv.first_sample != self._next_sample:
            self._begin()
        self._next_sample = block_uv.end_sample
        x = np.asarray(block_uv.samples, dtype=np.float64)
        judged = False
        while len(x):
            rows = min(len(x), len(self._window) - self._filled)
            self._window[self._filled : self._filled + rows] = x[:rows]
            self._filled += rows
            x = x[rows:]
            if self._filled == len(self._window):
                self._judge()
                judged = True
                self._window[: -self._every] = self._window[self._every :].copy()
                self._filled -= self._every
        return judged

    def rows_to_estimate(self, block: Block) -> int:
        """Return after how many rows of `block` the next estimate is due."""
        anew = block.gap_before is not None or block.first_sample != self._next_sample
        return len(self._window) - (0 if anew else self._filled)

    def _begin(self) -> None:
        self._filled = 0

    def _judge(self) -> None:
        self.hum = find_mains(self._window, self._fs_hz)
        if self.hum is None:
            return
        self._ons = self._ons + 1 if self.hum.notch_warranted else 0
        self._offs = 0 if np.any(self.hum.detected) else self._offs + 1
        found_hz = round(self.hum.frequency_hz, 2)
        if self._ons >= _ONS and abs(found_hz - (self.notch_hz or 0.0)) > RETUNE_HZ:
            self.notch_hz = found_hz
        elif self._offs >= _OFFS:
            self.notch_hz = None


def _family(density: Floats, mains_hz: float, n: int, fs_hz: float) -> Hum:
    f_hz = np.fft.rfftfreq(n, 1 / fs_hz)
    bin_hz = fs_hz / n
    ratios, powers_uv2 = [], []
    tracked_hz = _tracked(density, mains_hz, n, fs_hz)
    for line_hz in (k * tracked_hz for k in _HARMONICS):
        if line_hz + _FAR_HZ >= fs_hz / 2:
            break
        away = np.abs(f_hz - line_hz)
        line = density[away <= _LINE_HZ]
        # The median of exponentially distributed densities is ln 2 of their mean.
        around = np.median(density[(away > _NEAR_HZ) & (away <= _FAR_HZ)], axis=0) / np.log(2)
        ratios.append(line.mean(axis=0) / np.maximum(around, 1e-12))
        powers_uv2.append(np.maximum(line - around, 0).sum(axis=0) * bin_hz)
    prominence_db = 10 * np.log10(np.maximum(np.mean(ratios, axis=0), 1e-12))
    return Hum(
        mains_hz=mains_hz,
        frequency_hz=tracked_hz if np.any(prominence_db > DETECT_DB) else mains_hz,
        level_uv=np.sqrt(np.sum(powers_uv2, axis=0)),
        prominence_db=prominence_db,
    )


def _tracked(density: Floats, mains_hz: float, n: int, fs_hz: float) -> float:
    """Return the frequency of the strongest bin near `mains_hz`, between bins by its neighbour.

    For a steady tone in a Hann window the ratio r of the two largest neighbouring
    amplitudes puts it (2 r - 1) / (r + 1) bins from the larger.
    """
    bin_hz = fs_hz / n
    amplitude = np.sqrt(density.sum(axis=1))
    low = int(np.ceil((mains_hz - _TRACK_HZ) / bin_hz))
    high = int(np.floor((mains_hz + _TRACK_HZ) / bin_hz))
    peak = low + int(np.argmax(amplitude[low : high + 1]))
    side = 1 if amplitude[peak + 1] > amplitude[peak - 1] else -1
    if amplitude[peak] == 0:
        return mains_hz
    r = amplitude[peak + side] / amplitude[peak]
    found_hz = (peak + side * (2 * r - 1) / (r + 1)) * bin_hz
    return float(np.clip(found_hz, mains_hz - _TRACK_HZ, mains_hz + _TRACK_HZ))
