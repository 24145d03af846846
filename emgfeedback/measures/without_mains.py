"""A recording without its mains hum: regression on the line and its harmonics, for analysis.

A notch of any width takes what the muscle has there, rings after every step and must know the
frequency; regression over a second removes a steady tone wholly and costs two degrees of freedom
for each line, here 2 % of the power of flat noise. It looks ahead by up to a second, so it is no
part of the live view. Half a hertz beside the line it leaves most of the hum (Mewett, Reynolds and
Nazeran 2004 find the same of notches), so the frequency is taken from the recording.

So much hum that the quality check calls a channel bad stays in: it comes from a loose electrode or
reference, which must be found and not be hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from statistics import median

import numpy as np

from emgfeedback.core.montage import Channel
from emgfeedback.dsp.mains import WINDOW_S, find_mains
from emgfeedback.measures.evidence import PartsOfSpectrum
from emgfeedback.measures.found import Bools, Floats
from emgfeedback.measures.quality import too_much_hum
from emgfeedback.measures.source import Source, blocks_of

FIT_S = 1.0
LEAST_S = 0.25
"""A second with less measured than this has no fit, and is left out."""
CLEAR_OF_NYQUIST_HZ = 1.0
LOOKED_AT = 60
"""So many stretches of the recording, evenly spread, tell the frequency..."""
FEWEST = 0.25
"""...if so many of them have hum."""


class LineFit:
    """Regression on a line and its harmonics below half the rate, a second at a time.

    A constant and a ramp are fitted too, so that drift is not taken for hum; they stay.
    """

    def __init__(self, line_hz: float, fs_hz: float) -> None:
        self.n = round(FIT_S * fs_hz)
        self.least = round(LEAST_S * fs_hz)
        time_s = np.arange(self.n) / fs_hz
        top = int((fs_hz / 2 - CLEAR_OF_NYQUIST_HZ) / line_hz)
        turns = 2 * np.pi * line_hz * np.outer(time_s, np.arange(1, top + 1))
        self._lines: Floats = np.hstack([np.sin(turns), np.cos(turns)])
        drift = np.column_stack([np.ones(self.n), time_s - time_s.mean()])
        self._all: Floats = np.hstack([self._lines, drift])

    @cached_property
    def _whole(self) -> Floats:
        return np.asarray(np.linalg.pinv(self._all), dtype=np.float64)

    def hum(self, samples_uv: Floats, measured: Bools) -> Floats:
        """Return the hum in one second, `(n, n_channels)`; not a number where too little is known.

        Parameters
        ----------
        measured
            bool `(n,)`: which rows count.
        """
        if np.count_nonzero(measured) < self.least:
            return np.full_like(samples_uv, np.nan)
        inverse = self._whole if measured.all() else np.linalg.pinv(self._all[measured])
        weights = inverse @ samples_uv[measured]
        found: Floats = self._lines @ weights[: self._lines.shape[1]]
        return found


class WithoutMains:
    """`source` without hum, second by second from its first sample.

    Attributes
    ----------
    line_hz
        The frequency found in the recording; None where it has no hum, and nothing is changed.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.fs_hz, self.n_samples = source.fs_hz, source.n_samples
        self.lsb_uv, self.full_scale_counts = source.lsb_uv, source.full_scale_counts
        self.channels: Sequence[Channel] = source.channels
        self.gaps, self.annotations = source.gaps, source.annotations
        self.envelope_only = source.envelope_only
        self.line_hz = line_of(source)
        self._fit = None if self.line_hz is None else LineFit(self.line_hz, source.fs_hz)
        self._parts = PartsOfSpectrum(source.fs_hz)

    @property
    def words(self) -> str:
        """What was done, for a list of conditions."""
        if self.line_hz is None:
            return "no hum found, nothing subtracted"
        return (
            f"{self.line_hz:.2f} Hz and harmonics subtracted by regression over {FIT_S:g} s, "
            "which looks ahead; hum of a bad electrode left in"
        )

    def read_uv(self, first: int, end: int) -> Floats:
        """Return microvolts `(end - first, n_channels)`."""
        if self._fit is None:
            return self._source.read_uv(first, end)
        n = self._fit.n
        found: Floats = np.array(self._source.read_uv(first, end), dtype=np.float64)
        for start in range(first - first % n, end, n):
            # The last second of a recording overlaps the one before.
            at = min(start, self.n_samples - n)
            second = np.asarray(self._source.read_uv(at, at + n), dtype=np.float64)
            measured = self._measured(second, at)
            hum = self._fit.hum(second, measured)
            hum[:, self._bad(np.where(measured[:, None], second, 0.0))] = 0.0
            a, b = max(start, first), min(start + n, end)
            found[a - first : b - first] -= hum[a - at : b - at]
        return found

    def _bad(self, second_uv: Floats) -> list[bool]:
        parts = self._parts.split(second_uv)
        levels = zip(parts.emg.tolist(), parts.hum.tolist(), strict=True)
        return [too_much_hum(emg_uv, hum_uv) for emg_uv, hum_uv in levels]

    def _measured(self, samples_uv: Floats, at: int) -> Bools:
        measured: Bools = np.all(np.isfinite(samples_uv), axis=1)
        for gap in self.gaps:
            a, b = gap.first_sample - at, gap.first_sample + gap.n_samples - at
            measured[max(a, 0) : max(b, 0)] = False
        return measured


def line_of(source: Source) -> float | None:
    """Return the mains frequency of a recording, hertz; None where most of it has no hum."""
    n = round(WINDOW_S * source.fs_hz)
    starts = np.unique(np.linspace(0, source.n_samples - n, LOOKED_AT).astype(int))
    found: list[tuple[float, float]] = []
    looked_at = 0
    for start in starts[starts >= 0].tolist():
        blocks = list(blocks_of(source, start, start + n))
        if len(blocks) != 1 or blocks[0].n_samples != n:
            continue
        hum = find_mains(np.asarray(blocks[0].samples, dtype=np.float64), source.fs_hz)
        looked_at += hum is not None
        if hum is not None and hum.detected.any():
            found.append((hum.mains_hz, hum.frequency_hz))
    usual = {family: [f for of, f in found if of == family] for family, _ in found}
    most = max(usual.values(), key=len, default=[])
    return median(most) if most and len(most) >= FEWEST * looked_at else None
