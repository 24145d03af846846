"""Turns of a raw signal: how often it reverses by more than noise does."""

from __future__ import annotations

import numpy as np

from emgfeedback.measures.found import Floats, Found, missing

NEEDLE_THRESHOLD_UV = 100.0
LEAST_SURFACE_UV = 20.0
NOISE_FACTOR = 3.0


def surface_threshold_uv(noise_uv: float) -> float:
    """Return max(3 x noise, 20 µV). The 100 µV of needle EMG do not hold on the skin."""
    return max(NOISE_FACTOR * noise_uv, LEAST_SURFACE_UV)


def turns_per_s(samples_uv: Floats, fs_hz: float, threshold_uv: float) -> Found:
    """Return the reversals of at least `threshold_uv` per second (Willison 1964).

    A turn is a peak or trough from which the signal goes back by the threshold or more
    before it goes further. From the skin only changes of the number within a person say
    anything; cut-offs of needle EMG do not apply.

    Parameters
    ----------
    samples_uv
        Zero-mean EMG of one channel, `(n,)`.
    """
    if len(samples_uv) < 3:
        return missing("too short")
    slope = np.sign(np.diff(samples_uv))
    moving = np.flatnonzero(slope) + 1
    bends = moving[:-1][np.diff(slope[moving - 1]) != 0]
    extremes = [samples_uv[0], *samples_uv[bends], samples_uv[-1]]
    turns, direction = 0, 0
    highest = lowest = turn = float(extremes[0])
    for value in map(float, extremes[1:]):
        if direction == 0:
            highest, lowest = max(highest, value), min(lowest, value)
            if highest - lowest >= threshold_uv:
                direction, turn = (1, value) if value == highest else (-1, value)
        elif (value - turn) * direction > 0:
            turn = value
        elif (turn - value) * direction >= threshold_uv:
            turns, direction, turn = turns + 1, -direction, value
    return Found(turns * fs_hz / len(samples_uv))
