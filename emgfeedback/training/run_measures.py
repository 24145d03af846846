"""What the measures say of a finished trial, and of the work and rest of a whole block."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.montage import Montage
from emgfeedback.measures.trial import trial_measures
from emgfeedback.measures.work_rest import Cycle, work_rest
from emgfeedback.training.calibration import LEAST_UV
from emgfeedback.training.now import Mode
from emgfeedback.training.run_target import ResolvedTarget
from emgfeedback.training.run_trial import Trial
from emgfeedback.training.score import CONFIRM_S, INSIDE, LEFT_OUT
from emgfeedback.training.targets_base import FLOOR_FACTOR, Target

WORKING_MODES = (Mode.ACTIVATE, Mode.BAND, Mode.CONTRAST)
"""Modes in which trial and rest are a work/rest set."""


def measures_of(
    trial: Trial,
    resolved: ResolvedTarget,
    montage: Montage,
    floors_uv: NDArray[np.float64],
    fs_hz: float,
) -> dict[str, Any]:
    """Return the measures of a finished trial, in the unit of the block."""
    level, outcomes = trial.levels()
    watched = trial.target.watched
    rest_uv = np.maximum(FLOOR_FACTOR * floors_uv, LEAST_UV)
    return trial_measures(
        level,
        outcomes == INSIDE,
        outcomes != LEFT_OUT,
        fs_hz,
        labels={column: montage.channels[column].label for column in watched},
        floors=(floors_uv * resolved.scale).tolist(),
        rest_thresholds=(rest_uv * resolved.scale).tolist(),
        ceilings=_ceilings(trial.target),
        pairs=[p for p in montage.pairs if p.left in watched and p.right in watched],
    )


@dataclass(slots=True)
class _Work:
    """A work by samples: where it began, and where its rest did."""

    start: int
    rest: int | None = None
    counted: bool = True


class WorkRestSet:
    """Levels of the working channels through a block, trials and rests.

    Parameters
    ----------
    columns
        The channels that work.
    fs_hz
        Sampling rate.
    """

    def __init__(self, columns: tuple[int, ...], fs_hz: float) -> None:
        self._columns = list(columns)
        self._fs_hz = fs_hz
        self._levels: list[NDArray[np.float64]] = []
        self._trusted: list[NDArray[np.bool_]] = []
        self._n = 0
        self._works: list[_Work] = []

    def work_cue(self) -> None:
        """Begin a work at the next sample."""
        self._works.append(_Work(self._n))

    def rest_cue(self) -> None:
        """Begin the rest after it."""
        self._works[-1].rest = self._n

    def forget_last(self) -> None:
        """Count the last work nowhere: the trial is taken again."""
        if self._works:
            self._works[-1].counted = False

    def add(self, level: NDArray[np.float64], trusted: NDArray[np.bool_]) -> None:
        """Take the next samples of all columns, `(n, n_channels)`, in the unit."""
        self._levels.append(level[:, self._columns])
        self._trusted.append(trusted.copy())
        self._n += len(trusted)

    def doubt(self) -> None:
        """Leave the last second out: a channel turned out to be bad."""
        if not self._trusted:
            return
        trusted = np.concatenate(self._trusted)
        trusted[-math.ceil(CONFIRM_S * self._fs_hz) :] = False
        self._trusted = [trusted]

    def measured(self, montage: Montage) -> dict[str, Any]:
        """Return the measures of the set of each working channel, by its label."""
        ends = [*(work.start for work in self._works[1:]), self._n]
        cycles = [
            Cycle(work.start, work.rest, end)
            for work, end in zip(self._works, ends, strict=False)
            if work.counted and work.rest is not None
        ]
        if not cycles:
            return {}
        level, trusted = np.concatenate(self._levels), np.concatenate(self._trusted)
        table = {}
        for place, column in enumerate(self._columns):
            found = asdict(work_rest(level[:, place], trusted, self._fs_hz, cycles))
            del found["cycles"]
            table[montage.channels[column].label] = found
        return table


def _ceilings(target: Target) -> dict[int, float]:
    """Return the ceiling of each channel that is to fall under one."""
    if target.mode is Mode.BALANCE:
        return {}
    limits = target.limits(np.zeros(1))
    return {
        column: float(limits.high[0, i])
        for i, column in enumerate(target.watched)
        if math.isinf(limits.low[0, i]) and math.isfinite(limits.high[0, i])
    }
