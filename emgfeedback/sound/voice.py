"""The voice: pitch, timbre, loudness, place, and the chime. Pure functions of numpy."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

LOWEST_HZ = 220.0
HIGHEST_HZ = 660.0
INSIDE_HZ = 330.0
"""The steady note of `TONE_INSIDE`: a fifth over the lowest."""
FARTHEST = 2.0
"""The distance, in target widths, at which the pitch rises no further."""
WIDEST_PAN = 0.6
ATTACK_S = 0.08
"""Of every sound, raised cosine: 47 ms from 10 to 90 %."""

PARTIALS = (1.0, 0.22, 0.10, 0.03)
"""Amplitudes of the harmonics: near a sine, with enough above 400 Hz for small speakers."""
_CHIME_HZ = (392.0, 523.25)
"""A rising fourth, g' c'': it ends, and it asks nothing."""
_CHIME_GAP_S = 0.24
_CHIME_NOTE_S = 0.9
_CHIME_DECAY_S = 0.28
_BAR_PARTIAL = (4.0, 0.08, 0.07)
"""Ratio, amplitude and decay (s) of the overtone that makes a note sound struck."""

Samples = NDArray[np.float64]


def pitch_hz(distance: float) -> float:
    """Return the pitch for a distance: equal distances are equal musical intervals."""
    share = min(max(distance, 0.0), FARTHEST) / FARTHEST
    return float(LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** share)


def a_weight(f_hz: Samples | float) -> Samples:
    """Return the A-weighting as amplitude ratio (IEC 61672-1, annex E)."""
    square = np.square(np.asarray(f_hz, dtype=np.float64))
    return (
        1.2589
        * 12194.217**2
        * square**2
        / (
            (square + 20.599**2)
            * np.sqrt((square + 107.653**2) * (square + 737.862**2))
            * (square + 12194.217**2)
        )
    )


def even_loudness(f_hz: Samples | float) -> Samples:
    """Return the gain that makes the voice as loud at any pitch as at `LOWEST_HZ`, at most 1.

    A rising muscle then changes the pitch alone: the sound never gets louder for being worse.
    """
    return _heard(LOWEST_HZ) / _heard(f_hz)


def _heard(f_hz: Samples | float) -> Samples:
    pitches = np.atleast_1d(np.asarray(f_hz, dtype=np.float64))
    harmonics = np.arange(1, len(PARTIALS) + 1)
    weighted = np.asarray(PARTIALS) * a_weight(pitches[:, None] * harmonics)
    return np.asarray(np.sqrt(np.sum(np.square(weighted), axis=1)))


def wave(cycles: Samples) -> Samples:
    """Return the voice at phases given in cycles; it stays within -1 to 1."""
    harmonics = np.arange(1, len(PARTIALS) + 1)[:, None]
    amplitudes = np.asarray(PARTIALS) / sum(PARTIALS)
    return np.asarray(amplitudes @ np.sin(2 * np.pi * harmonics * cycles))


def pan_gains(pan: Samples) -> Samples:
    """Return left and right gains (n, 2) of equal power for `pan` in -1 to 1."""
    angle = (pan + 1.0) * (math.pi / 4)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def raised_cosine(share: Samples) -> Samples:
    """Return a smooth rise from exactly 0 at share 0 to exactly 1 at share 1."""
    return np.where(share >= 1.0, 1.0, np.square(np.sin(share * (math.pi / 2))))


def chime(rate_hz: int) -> Samples:
    """Return the two notes that end a trial (n,), each as loud at its peak as the voice."""
    gap = round(_CHIME_GAP_S * rate_hz)
    notes = [_note(f_hz, rate_hz) for f_hz in _CHIME_HZ]
    mixed = np.zeros(gap + len(notes[1]))
    mixed[: len(notes[0])] += notes[0]
    mixed[gap:] += notes[1]
    return mixed


def _note(f_hz: float, rate_hz: int) -> Samples:
    t_s = np.arange(round(_CHIME_NOTE_S * rate_hz)) / rate_hz
    ratio, amplitude, decay_s = _BAR_PARTIAL
    struck = amplitude * np.sin(2 * np.pi * ratio * f_hz * t_s) * np.exp(-t_s / decay_s)
    ring = (wave(f_hz * t_s) + struck) * np.exp(-t_s / _CHIME_DECAY_S)
    rise = raised_cosine(np.minimum(t_s / ATTACK_S, 1.0))
    fall = raised_cosine(np.clip((_CHIME_NOTE_S - t_s) / (_CHIME_NOTE_S / 2), 0.0, 1.0))
    shaped = ring * rise * fall
    voice_peak = np.abs(wave(np.linspace(0.0, 1.0, 1000))).max()
    return np.asarray(shaped * even_loudness(f_hz) * voice_peak / np.abs(shaped).max())
