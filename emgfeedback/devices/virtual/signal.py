"""Signals to put at the virtual board's inputs: a synthetic neck, or a recording."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emgfeedback.devices.virtual.artefacts import (
    MOTION_LENGTH_S,
    Event,
    Heart,
    jerk_shape,
    mains_block,
    motion_shape,
)
from emgfeedback.devices.virtual.levels import N_MUSCLES, NeckLevels
from emgfeedback.devices.virtual.muscle import MuscleNoise, Wander
from emgfeedback.devices.virtual.played import PlayedCounts, PlayedSignal
from emgfeedback.devices.virtual.source import SignalSource

__all__ = ["NeckSignal", "NeckTruth", "PlayedCounts", "PlayedSignal"]

BLOCK_S = 0.128
"""Length of the stretches the signal is made in, whatever the stretches it is taken in."""
FOLLOW_S = 0.5
"""Time constant with which the muscles follow the story."""
LONGEST_SKIP_S = 10.0
"""A longer leap forward is not played through; the patient is simply met later."""
PEAK_UV = 1000.0
"""Strong contractions of the default levels stay below this."""
TREMOR_RANGE_HZ = (3.5, 7.5)


@dataclass(slots=True)
class NeckTruth:
    """What went into the signal so far.

    `amplitudes_uv` holds the ordered RMS `(n_samples, 6)` in pieces, before cross-talk.
    """

    amplitudes_uv: list[NDArray[np.float64]] = field(default_factory=list)
    beats_s: list[float] = field(default_factory=list)
    jerks: list[Event] = field(default_factory=list)
    motions: list[Event] = field(default_factory=list)


def crosstalk_matrix(share: float) -> NDArray[np.float64]:
    """Return the mixing matrix `(6, 6)`: trapezius hears both its neighbours and they hear it.

    SCM and splenius lie further apart and share half as much.
    """
    matrix = np.eye(N_MUSCLES)
    for side in (0, 1):
        scm, trapezius, splenius = side, 2 + side, 4 + side
        for a, b, part in (
            (scm, trapezius, share),
            (trapezius, splenius, share),
            (scm, splenius, share / 2),
        ):
            matrix[a, b] = matrix[b, a] = part
    return matrix


class NeckSignal(SignalSource):
    """Seeded synthetic EMG of SCM, upper trapezius and splenius, left then right.

    Shaped noise follows tonic overactivity, tremor of 4 to 7 Hz, jerks and willed
    contractions by the levels' story; heart, mains, movement and amplifier noise come on
    top. Inputs past the sixth carry amplifier noise alone. Equal seeds give equal samples,
    however the calls of `take` cut them.

    Parameters
    ----------
    levels
        How strong each part is.
    seed
        Chooses the noise.
    keep_truth
        Whether `truth` collects what went into the signal; it grows for ever.
    """

    def __init__(
        self, levels: NeckLevels | None = None, *, seed: int = 1, keep_truth: bool = False
    ) -> None:
        self.levels = levels or NeckLevels()
        self._seed = seed
        self._keep_truth = keep_truth
        self.n_channels = N_MUSCLES
        self.fs_hz = 1000.0
        self.peak_uv = PEAK_UV
        self.restart(self.fs_hz, self.n_channels)

    def restart(self, fs_hz: float, n_channels: int) -> None:
        """Begin again at sample 0."""
        self.truth = NeckTruth()
        self._board_hz = fs_hz
        self._board_channels = n_channels
        self._block_samples = max(1, round(BLOCK_S * fs_hz))
        self._block_s = self._block_samples / fs_hz
        self._next_block = 0
        self._left: NDArray[np.float64] = np.empty((0, n_channels))
        self._left_first = 0
        streams = np.random.SeedSequence(self._seed).spawn(5)
        noise, heart, slow, self._events_rng, self._white_rng = map(np.random.default_rng, streams)
        self._noise = MuscleNoise(fs_hz, noise)
        self._heart = Heart(self.levels.heart_per_min, heart)
        self._drifts = [Wander(0.25, 4.0, self._block_s, slow) for _ in range(N_MUSCLES)]
        self._tremor_drift = Wander(0.35, 2.0, self._block_s, slow)
        self._tremor_phase = 0.0
        self._tonic_rise = 1 + np.array([drift.value for drift in self._drifts])
        self._drive = self._story_drive(0.0)
        self._jerks: list[Event] = []
        self._motions: list[Event] = []
        self._mix = crosstalk_matrix(self.levels.crosstalk).T

    def take(self, first_sample: int, n_samples: int) -> NDArray[np.float64]:
        """Return `(n_samples, n_channels)` microvolts from `first_sample` on.

        Going back begins again at sample 0; a leap forward of up to `LONGEST_SKIP_S` is
        played through, so what comes after it is what would have come anyway.
        """
        if first_sample < self._left_first:
            self.restart(self._board_hz, self._board_channels)
        if first_sample - self._left_first > LONGEST_SKIP_S * self._board_hz:
            self._next_block = first_sample // self._block_samples
            self._left_first = self._next_block * self._block_samples
            self._left = self._left[:0]
        pieces = [self._left]
        end = self._left_first + len(self._left)
        while end < first_sample + n_samples:
            pieces.append(self._make_block())
            end += self._block_samples
        whole = np.concatenate(pieces) if len(pieces) > 1 else self._left
        start = first_sample - self._left_first
        self._left = whole[start + n_samples :]
        self._left_first = first_sample + n_samples
        return whole[start : start + n_samples]

    def _story_drive(self, time_s: float) -> NDArray[np.float64]:
        """Return what the story orders: tonic, tremor, and six voluntary levels."""
        place_s = time_s % sum(phase.duration_s for phase in self.levels.story)
        for phase in self.levels.story:
            if place_s < phase.duration_s:
                break
            place_s -= phase.duration_s
        return np.array((phase.tonic, phase.tremor, *phase.voluntary_uv))

    def _make_block(self) -> NDArray[np.float64]:
        """Make the next block of `(block_samples, n_channels)`."""
        n = self._block_samples
        first = self._next_block * n
        self._next_block += 1
        time_s = (first + np.arange(n)) / self._board_hz
        levels = self.levels
        self._happen(float(time_s[0]))
        amplitudes_uv = self._amplitudes_uv(time_s)
        made = self._white_rng.standard_normal((n, self._board_channels)) * levels.white_uv
        neck = (amplitudes_uv * self._noise.block(n)) @ self._mix
        neck += np.multiply.outer(self._heart.block(time_s), levels.ecg_uv)
        hum = mains_block(first, n, levels.mains_hz, self._board_hz)
        neck += np.multiply.outer(hum, levels.mains_uv)
        for event in self._motions:
            neck[:, event.channel] += motion_shape(event, time_s)
        shown = min(N_MUSCLES, self._board_channels)
        made[:, :shown] += neck[:, :shown]
        if self._keep_truth:
            self._note_truth(time_s, amplitudes_uv)
        return made

    def _amplitudes_uv(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the ordered RMS `(n_samples, 6)`, moving every slow process one block on."""
        n, levels = len(time_s), self.levels
        ramp = (np.arange(n) / n)[:, None]
        target = self._story_drive(float(time_s[0]) + self._block_s)
        drive = self._drive
        self._drive = target + (drive - target) * np.exp(-self._block_s / FOLLOW_S)
        drives = drive + (self._drive - drive) * ramp
        rise = self._tonic_rise
        self._tonic_rise = np.maximum(0.0, 1 + np.array([drift.step() for drift in self._drifts]))
        rises = rise + (self._tonic_rise - rise) * ramp
        low_hz, high_hz = TREMOR_RANGE_HZ
        tremor_hz = min(max(levels.tremor_hz + self._tremor_drift.step(), low_hz), high_hz)
        turn = 2 * np.pi * tremor_hz * self._block_s
        beat = 2 * np.maximum(0.0, np.sin(self._tremor_phase + turn * ramp)) ** 1.5
        self._tremor_phase = (self._tremor_phase + turn) % (2 * np.pi)
        amplitudes_uv = np.asarray(
            levels.rest_uv
            + drives[:, :1] * rises * levels.tonic_uv
            + drives[:, 1:2] * beat * levels.tremor_uv
            + drives[:, 2:]
        )
        for event in self._jerks:
            jerk = drives[:, 0] * jerk_shape(event, time_s)
            amplitudes_uv += np.multiply.outer(jerk, levels.phasic_uv)
        return amplitudes_uv

    def _happen(self, block_start_s: float) -> None:
        """Draw the jerks and movements that begin in this block; forget those that are over."""
        rng = self._events_rng
        self._jerks = [event for event in self._jerks if event.end_s > block_start_s]
        self._motions = [event for event in self._motions if event.end_s > block_start_s]
        draws = rng.random(6)
        if draws[0] < self.levels.jerks_per_s * self._block_s:
            start_s = block_start_s + draws[1] * self._block_s
            self._jerks.append(Event(start_s, 0.15 + 0.45 * draws[2], -1, 1.0))
        if draws[3] < self.levels.motions_per_s * self._block_s:
            start_s = block_start_s + draws[4] * self._block_s
            height_uv = self.levels.motion_uv * float(rng.standard_normal())
            channel = int(draws[5] * N_MUSCLES)
            self._motions.append(Event(start_s, MOTION_LENGTH_S, channel, height_uv))

    def _note_truth(self, time_s: NDArray[np.float64], amplitudes_uv: NDArray[np.float64]) -> None:
        """Keep what went into the block."""
        truth = self.truth
        start_s, end_s = float(time_s[0]), float(time_s[0]) + self._block_s
        truth.amplitudes_uv.append(amplitudes_uv)
        beats_s = self._heart.beats_s(start_s, end_s)
        truth.beats_s += [float(beat) for beat in beats_s if start_s <= beat < end_s]
        truth.jerks += [event for event in self._jerks if event.start_s >= start_s]
        truth.motions += [event for event in self._motions if event.start_s >= start_s]
