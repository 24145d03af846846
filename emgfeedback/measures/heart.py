"""Heartbeats in the EMG of neck and shoulder: found, then passed over or taken out.

Two ways around them need the beats: leaving out what lies at one (gating), and subtracting the
average beat (Marker and Maluf 2014: averaging distorts contractions least). `heart_ways` names
all that an assessment offers.
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
FADE_S = 0.04


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """Heartbeats in one channel: samples of the peaks, or none and why."""

    places: NDArray[np.int64]
    per_min: float | None
    reason: str = ""


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


def average_beat(emg_uv: Floats, beats: Beats, fs_hz: float) -> Floats | None:
    """Return the mean of all whole beats of one channel, faded out at its ends; None: too few."""
    before, after = (round(s * fs_hz) for s in TEMPLATE_S)
    inside = [p for p in beats.places if p >= before and p + after <= len(emg_uv)]
    if len(inside) < FEWEST_BEATS:
        return None
    mean: Floats = np.mean([emg_uv[p - before : p + after] for p in inside], axis=0)
    return mean * _fade(before + after, round(FADE_S * fs_hz))


def subtract_beats(
    emg_uv: Floats, beats: Beats, fs_hz: float, resting: Floats | None = None
) -> Floats:
    """Return one channel without its average beat, `(n,)`.

    Each beat loses the mean of itself and up to 20 neighbours on either side, scaled to fit it
    (0.5 to 1.5) and faded out at its ends. For analysis: it looks ahead.

    Parameters
    ----------
    resting
        The average beat of another stretch, as `average_beat` gives it, for a stretch with too
        few beats of its own; it is cut where a beat reaches past the ends.
    """
    cleaned = emg_uv.copy()
    before, after = (round(s * fs_hz) for s in TEMPLATE_S)
    inside = [p for p in beats.places if p >= before and p + after <= len(emg_uv)]
    if len(inside) < FEWEST_BEATS:
        if resting is not None:
            for place in beats.places.tolist():
                first, end = max(place - before, 0), min(place + after, len(emg_uv))
                part = resting[first - place + before : end - place + before]
                cleaned[first:end] -= _fit(emg_uv[first:end], part) * part
        return cleaned
    parts = np.array([emg_uv[p - before : p + after] for p in inside])
    taper = _fade(before + after, round(FADE_S * fs_hz))
    for k, place in enumerate(inside):
        template = parts[max(k - NEIGHBOURS, 0) : k + NEIGHBOURS + 1].mean(axis=0) * taper
        cleaned[place - before : place + after] -= _fit(parts[k], template) * template
    return cleaned


def _fit(signal: Floats, template: Floats) -> float:
    """Return how much of a template is in a signal, within bounds."""
    energy = float(template @ template)
    return float(np.clip(signal @ template / energy, *SCALE)) if energy > 0 else SCALE[0]


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
