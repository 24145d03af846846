"""Heartbeats in the EMG of neck and shoulder: found, then passed over or taken out.

At rest the heart can be most of what a trapezius electrode sees. Three ways around it: a higher
high-pass (Drake and Callaghan 2006), leaving out what lies at a beat (gating), and subtracting
the average beat (Marker and Maluf 2014: clean at rest, but averaging distorts contractions least).
What a choice changes in microvolts is told beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.dsp.design import butter_sos
from emgfeedback.dsp.zero_phase import zero_phase
from emgfeedback.measures.found import Bools, Floats

BAND_HZ = (8.0, 45.0)
FEWEST_BEATS = 5
SPIKE_OVER_NOISE = 5.0
APART_S = 0.3
BEATS_PER_MIN = (40.0, 140.0)
NEAR_USUAL = 0.35
"""Intervals may differ from the usual one by this share..."""
REGULAR_SHARE = 0.8
"""...in at least so many of them."""
SHAPE_S = 0.08
ALIKE = 0.6
"""Each beat looks like the mean of the others: the usual correlation is at least this."""
GATE_S = (0.06, 0.08)
"""Before and after a beat: the QRS complex as a 20 to 30 Hz high-pass leaves it."""
TEMPLATE_S = (0.2, 0.4)
NEIGHBOURS = 20
"""A beat is averaged with so many on either side: muscle falls to a sixth in the template."""
SCALE = (0.5, 1.5)


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """Heartbeats in one channel: samples of the peaks, or none and why."""

    places: NDArray[np.int64]
    per_min: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HeartEffect:
    """What a way around the heart changes, in RMS microvolts of the same stretch."""

    way: str
    before_uv: float
    after_uv: float

    @property
    def change_uv(self) -> float:
        """After minus before."""
        return self.after_uv - self.before_uv


def find_beats(emg_uv: Floats, fs_hz: float) -> Beats:
    """Return the heartbeats of one channel, `(n,)`, as recorded or high-passed below 30 Hz.

    Between 8 and 45 Hz spikes must stand five times over the robust scatter at regular
    distances, 40 to 140 a minute; bursts of muscle do not.
    """
    none = np.zeros(0, dtype=np.int64)
    if len(emg_uv) < 4 * fs_hz:
        return Beats(none, None, "less than 4 s of signal")
    band = zero_phase(butter_sos(2, "band", BAND_HZ, fs_hz), emg_uv)
    height = np.abs(band)
    scatter = float(np.median(height)) / 0.6745
    places = _spikes(height, SPIKE_OVER_NOISE * scatter, round(APART_S * fs_hz))
    if len(places):
        # Muscle may lift the scatter in parts: beats are alike, so the usual one sets the bar.
        usual = float(np.median(np.sort(height[places])[len(places) // 2 :]))
        limit = max(SPIKE_OVER_NOISE * scatter, 0.4 * usual)
        places = _spikes(height, limit, round(APART_S * fs_hz))
    if len(places) < FEWEST_BEATS:
        return Beats(none, None, "no regular spikes")
    intervals = np.diff(places) / fs_hz
    usual_s = float(np.median(intervals))
    near = np.mean(np.abs(intervals - usual_s) <= NEAR_USUAL * usual_s)
    per_min = 60 / usual_s
    if near < REGULAR_SHARE or not BEATS_PER_MIN[0] <= per_min <= BEATS_PER_MIN[1]:
        return Beats(none, None, "spikes are there, but not regular as a heart is")
    if _likeness(band, places, round(SHAPE_S * fs_hz)) < ALIKE:
        return Beats(none, None, "spikes are there, but each of another shape")
    return Beats(places, per_min)


def gate(beats: Beats, n_samples: int, fs_hz: float) -> Bools:
    """Return which samples lie away from every beat, bool `(n_samples,)`."""
    away = np.ones(n_samples, dtype=bool)
    before, after = (round(s * fs_hz) for s in GATE_S)
    for place in beats.places:
        away[max(place - before, 0) : place + after] = False
    return away


def subtract_beats(emg_uv: Floats, beats: Beats, fs_hz: float) -> Floats:
    """Return one channel without its average beat, `(n,)`.

    Each beat loses the mean of itself and up to 20 neighbours on either side, scaled to fit it
    (0.5 to 1.5) and faded out at its ends. For analysis: it looks ahead.
    """
    cleaned = emg_uv.copy()
    before, after = (round(s * fs_hz) for s in TEMPLATE_S)
    inside = [p for p in beats.places if p >= before and p + after <= len(emg_uv)]
    if len(inside) < FEWEST_BEATS:
        return cleaned
    parts = np.array([emg_uv[p - before : p + after] for p in inside])
    taper = _fade(before + after, round(0.04 * fs_hz))
    for k, place in enumerate(inside):
        template = parts[max(k - NEIGHBOURS, 0) : k + NEIGHBOURS + 1].mean(axis=0) * taper
        energy = float(template @ template)
        fit = float(parts[k] @ template) / energy if energy > 0 else 0.0
        cleaned[place - before : place + after] -= np.clip(fit, *SCALE) * template
    return cleaned


def effects(emg_uv: Floats, beats: Beats, fs_hz: float) -> tuple[HeartEffect, ...]:
    """Return what each way around the heart makes of the RMS of one channel at rest.

    Parameters
    ----------
    emg_uv
        High-passed at 20 Hz as for reports, `(n,)`.
    """
    before_uv = _rms(emg_uv)
    higher = zero_phase(butter_sos(2, "high", 30.0, fs_hz), emg_uv)
    return (
        HeartEffect("high-pass 30 Hz", before_uv, _rms(higher)),
        HeartEffect("gating", before_uv, _rms(emg_uv[gate(beats, len(emg_uv), fs_hz)])),
        HeartEffect("template subtraction", before_uv, _rms(subtract_beats(emg_uv, beats, fs_hz))),
    )


def _spikes(height: Floats, limit: float, apart: int) -> NDArray[np.int64]:
    """Return the highest sample of each spike over `limit`, at least `apart` samples apart."""
    places: list[int] = []
    for place in np.flatnonzero(height > limit).tolist():
        if places and place - places[-1] < apart:
            if height[place] > height[places[-1]]:
                places[-1] = place
        else:
            places.append(place)
    return np.array(places, dtype=np.int64)


def _likeness(band: Floats, places: NDArray[np.int64], reach: int) -> float:
    """Return the usual correlation of a spike with the mean of all others."""
    inside = places[(places >= reach) & (places + reach < len(band))]
    parts = np.array([band[p - reach : p + reach + 1] for p in inside])
    if len(parts) < 2:
        return 0.0
    others = parts.sum(axis=0) - parts
    norms = np.linalg.norm(parts, axis=1) * np.linalg.norm(others, axis=1)
    return float(np.median(np.sum(parts * others, axis=1) / np.maximum(norms, 1e-12)))


def _fade(n: int, edge: int) -> Floats:
    taper = np.ones(n)
    rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / edge)
    taper[:edge], taper[n - edge :] = rise, rise[::-1]
    return taper


def _rms(x: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(x)))) if len(x) else 0.0
