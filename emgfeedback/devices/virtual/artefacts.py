"""What else the electrodes pick up: the heart, the mains, and cables that swing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HEART_WAVES = (
    (0.12, -0.18, 0.025),
    (-0.10, -0.030, 0.008),
    (1.00, 0.000, 0.010),
    (-0.20, 0.028, 0.009),
    (0.25, 0.260, 0.050),
)
"""P, Q, R, S, T: height against R, time after R (s), width (s, standard deviation)."""
BEAT_REACH_S = 0.45
BREATHING_HZ = 0.25
MAINS_HARMONICS = ((1, 1.0, 0.0), (3, 0.3, 1.0), (5, 0.1, 2.0))
"""Order, height against the fundamental, phase."""
MOTION_FALL_S = 1 / (2 * math.pi * 1.5)
MOTION_RISE_S = 0.02
MOTION_LENGTH_S = 1.2
MOTION_PEAK = max(
    math.exp(-t / 1000 / MOTION_FALL_S) - math.exp(-t / 1000 / MOTION_RISE_S) for t in range(300)
)


class Heart:
    """Beats with breathing and a little jitter, drawn as five Gaussians each."""

    def __init__(self, per_min: float, rng: np.random.Generator) -> None:
        self._mean_s = 60.0 / per_min
        self._rng = rng
        self._beats_s = [float(rng.uniform(0, self._mean_s))]

    def beats_s(self, from_s: float, to_s: float) -> NDArray[np.float64]:
        """Return the times of all R waves that can be felt in `from_s` to `to_s`."""
        while self._beats_s[-1] < to_s + BEAT_REACH_S:
            last_s = self._beats_s[-1]
            breath = 0.03 * math.sin(2 * math.pi * BREATHING_HZ * last_s)
            jitter = 0.02 * float(self._rng.standard_normal())
            self._beats_s.append(last_s + self._mean_s * max(0.5, 1 + breath + jitter))
        while len(self._beats_s) > 1 and self._beats_s[0] < from_s - BEAT_REACH_S:
            self._beats_s.pop(0)
        return np.array(self._beats_s)

    def block(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the heart's signal at the times `(n_samples,)`, R waves one high."""
        wave = np.zeros(len(time_s))
        for beat_s in self.beats_s(float(time_s[0]), float(time_s[-1])):
            if not time_s[0] - BEAT_REACH_S <= beat_s <= time_s[-1] + BEAT_REACH_S:
                continue
            after_s = time_s - beat_s
            for height, at_s, width_s in HEART_WAVES:
                wave += height * np.exp(-0.5 * np.square((after_s - at_s) / width_s))
        return wave


def mains_block(
    first_sample: int, n_samples: int, mains_hz: float, fs_hz: float
) -> NDArray[np.float64]:
    """Return hum of unit fundamental `(n_samples,)`; harmonics past half the rate are left out."""
    cycles = (first_sample + np.arange(n_samples)) * (mains_hz / fs_hz)
    hum = np.zeros(n_samples)
    for order, height, phase in MAINS_HARMONICS:
        if order * mains_hz < fs_hz / 2:
            hum += height * np.sin(2 * np.pi * order * cycles + phase)
    return hum


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to one channel, or to all for channel -1."""

    start_s: float
    duration_s: float
    channel: int
    height: float

    @property
    def end_s(self) -> float:
        """When it is over."""
        return self.start_s + self.duration_s


def motion_shape(event: Event, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a movement artefact: up in some 20 ms, back with a corner of 1.5 Hz."""
    after_s = np.maximum(time_s - event.start_s, 0.0)
    shape = np.exp(-after_s / MOTION_FALL_S) - np.exp(-after_s / MOTION_RISE_S)
    return np.asarray(event.height / MOTION_PEAK * shape)


def jerk_shape(event: Event, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a jerk's envelope: one sine-squared hump."""
    place = np.clip((time_s - event.start_s) / event.duration_s, 0.0, 1.0)
    return np.asarray(event.height * np.square(np.sin(np.pi * place)))
