"""Levels held against a target: in or out, how far, and what to draw.

Two answers are kept apart. `within` is the plain truth, level against bounds, and is what
is scored and shaped: the same recording gives the same share, whatever the comfort settings.
`inside` has hysteresis and the minimum hold, and is what picture and sound follow.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import SettingsError
from emgfeedback.core.montage import Montage, Side
from emgfeedback.measures.symmetry import compare
from emgfeedback.training.now import ElementNow
from emgfeedback.training.targets_base import Limits, Target
from emgfeedback.training.targets_modes import (
    BALANCE_TASKS,
    Balance,
    Contrast,
    HoldBand,
    StayAbove,
    StayBelow,
)
from emgfeedback.training.targets_path import FollowPath, ramps

__all__ = [
    "BALANCE_TASKS",
    "Balance",
    "Contrast",
    "FollowPath",
    "HoldBand",
    "Judged",
    "StayAbove",
    "StayBelow",
    "Target",
    "TargetJudge",
    "ramps",
]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FARTHEST = 2.0
BALANCE_WINDOW_S = 1.0
BALANCE_STEP_S = 0.1
"""The window of the levels: taken this far apart they share no signal, and the root of the
mean of their squares is the RMS of the whole second."""
RELAXED_TASKS = ("rest", "midline")
"""Tasks in which both sides at their noise floors is what is wanted."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Levels held against a target, each `(n,)`.

    Attributes
    ----------
    inside
        In target for the patient: with hysteresis and minimum hold. Show this.
    within
        Every channel within its bounds. Score this, where `known`.
    known
        Whether anything can be said (filters settled; balance: its second is full).
    distance
        How far outside: 0 in target, 1 one target width away, at most 2; NaN unless known.
    distance_left, distance_right
        The same of the channels of one side; None where the target has none there.
    """

    inside: Bools
    within: Bools
    known: Bools
    distance: Floats
    distance_left: Floats | None
    distance_right: Floats | None


class TargetJudge:
    """Hold levels against a target, sample by sample; how they are cut changes nothing.

    Parameters
    ----------
    target
        What is asked.
    fs_hz
        Sampling rate of the levels.
    montage
        Sides and muscles of the columns.
    floors
        Noise floor of every column in the run's unit, for `Balance`; none: no correction.
    """

    def __init__(
        self,
        target: Target,
        fs_hz: float,
        montage: Montage,
        floors: Sequence[float] | None = None,
    ) -> None:
        if max(target.watched) >= montage.n_channels:
            raise SettingsError(
                f"The target wants channel {max(target.watched) + 1}, the montage has "
                f"{montage.n_channels}.",
                "Choose another channel or montage.",
            )
        self._target = target
        self._fs_hz = fs_hz
        self._columns = list(target.watched)
        self._channels = [montage.channels[c] for c in self._columns]
        self._floors = [0.0] * montage.n_channels if floors is None else list(floors)
        self._hold = math.ceil(target.min_hold_s * fs_hz)
        self._step = max(1, round(BALANCE_STEP_S * fs_hz))
        self._n_steps = math.ceil(BALANCE_WINDOW_S / BALANCE_STEP_S)
        self._in = False
        self._age = 0
        self._squares: list[Floats] = []
        self._until_step = self._step - 1
        self._index_pct: float | None = None
        self._index_known = self._index_within = False

    @property
    def target(self) -> Target:
        """What is asked."""
        return self._target

    def reset(self) -> None:
        """Forget what came before: a new trial, or a break in the signal."""
        self._in = False
        self._age = 0
        self._restart_balance()

    @property
    def balance_pct(self) -> float | None:
        """Balance: asymmetry over the last second, positive left; None where hidden."""
        return self._index_pct

    @property
    def held_s(self) -> float:
        """How long it has been in target without a break, seconds."""
        return self._age / self._fs_hz

    def judge(self, level: Floats, t_s: Floats, valid: Bools | None = None) -> Judged:
        """Judge the next samples.

        Parameters
        ----------
        level
            RMS over 100 ms of all columns in the run's unit, `(n, n_channels)`.
        t_s
            Seconds from the start of the trial, `(n,)`.
        valid
            bool `(n,)`: the levels can be trusted. What comes after others starts anew.
        """
        if valid is None:
            valid = np.ones(len(level), dtype=bool)
        if isinstance(self._target, Balance):
            return self._judge_balance(self._target, level, valid)
        limits = self._target.limits(t_s)
        watched = level[:, self._columns]
        within = ((watched < limits.high) & (watched >= limits.low)).all(axis=1) & valid
        slack = self._target.hysteresis_pct / 100 * limits.width
        near = (watched < limits.high + slack) & (watched >= limits.low - slack)
        inside = self._settle(within, near.all(axis=1) & valid)
        apart = _distance(watched, limits)
        apart[within | inside] = 0.0
        apart[~valid] = np.nan
        return Judged(
            inside=inside,
            within=within,
            known=valid,
            distance=apart.max(axis=1),
            distance_left=self._of_side(apart, Side.LEFT),
            distance_right=self._of_side(apart, Side.RIGHT),
        )

    def elements(self, level: Floats, t_s: float, *, scored: bool = True) -> tuple[ElementNow, ...]:
        """Return what the patient sees of each channel.

        Parameters
        ----------
        level
            Levels to show, one row `(n_channels,)`; NaN where not to be trusted.
        t_s
            Seconds from the start of the trial.
        scored
            False: nothing is scored now, so nothing is said to be inside.
        """
        limits = self._target.limits(np.array([t_s]))
        balance = isinstance(self._target, Balance)
        shown = []
        for i, (column, channel) in enumerate(zip(self._columns, self._channels, strict=True)):
            value = None if np.isnan(level[column]) else float(level[column])
            low = None if balance else _finite(limits.low[0, i])
            high = None if balance else _finite(limits.high[0, i])
            inside: bool | None = None
            if scored and value is not None and not balance:
                inside = bool(limits.low[0, i] <= value < limits.high[0, i])
            shown.append(
                ElementNow(
                    channels=(column,),
                    side=channel.side,
                    muscle=channel.muscle,
                    role=self._target.roles[i],
                    level=value,
                    low=low,
                    high=high,
                    inside=inside,
                    full=self._full(i, level),
                )
            )
        return tuple(shown)

    def _full(self, i: int, level: Floats) -> float:
        """Return the level that fills a bar: so that the target lies near its middle."""
        target = self._target
        if isinstance(target, Balance):
            known = [float(v) for v in level[self._columns] if not np.isnan(v)]
            return 2 * max(known, default=1.0) or 1.0
        if isinstance(target, FollowPath) and target.roles[i] == "main":
            return 1.25 * max(v for _, v in target.points) + target.tolerance
        limits = target.limits(np.zeros(1))
        low, high = _finite(limits.low[0, i]), _finite(limits.high[0, i])
        if low is not None and high is not None:
            return 1.5 * high
        return 2.0 * (low or high or 1.0)

    def _settle(self, within: Bools, near: Bools) -> Bools:
        """Apply hysteresis and minimum hold: in by `within`, out when no longer `near`."""
        n = len(within)
        if n == 0:
            return within
        place = np.arange(n)
        decided = np.maximum.accumulate(np.where(within | ~near, place, -1))
        held = np.where(decided < 0, self._in, within[np.maximum(decided, 0)])
        last_out = np.maximum.accumulate(np.where(held, -1, place))
        age = np.where(last_out < 0, self._age + place + 1, place - last_out)
        self._in = bool(held[-1])
        self._age = int(age[-1])
        inside: Bools = held & (age > self._hold)
        return inside

    def _of_side(self, apart: Floats, side: Side) -> Floats | None:
        places = [i for i, channel in enumerate(self._channels) if channel.side is side]
        return apart[:, places].max(axis=1) if places else None

    def _judge_balance(self, target: Balance, level: Floats, valid: Bools) -> Judged:
        n = len(level)
        within, known = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        index = np.full(n, np.nan)
        edges = [0, *(np.flatnonzero(np.diff(valid)) + 1).tolist(), n]
        for start, end in itertools.pairwise(edges):
            if start == end or not valid[start]:
                self._restart_balance()
                continue
            at = start
            while at < end:
                if self._until_step == 0:
                    self._take_step(target, level[at])
                    self._until_step = self._step
                stop = min(end, at + self._until_step)
                within[at:stop], known[at:stop] = self._index_within, self._index_known
                index[at:stop] = np.nan if self._index_pct is None else self._index_pct
                self._until_step -= stop - at
                at = stop
        return self._balance_judged(target, within, known, index)

    def _restart_balance(self) -> None:
        self._until_step = self._step - 1
        self._squares.clear()
        self._index_pct = None
        self._index_known = self._index_within = False

    def _take_step(self, target: Balance, row: Floats) -> None:
        self._squares.append(row[self._columns] ** 2)
        del self._squares[: -self._n_steps]
        self._index_known = len(self._squares) == self._n_steps
        if not self._index_known:
            return
        left, right = np.sqrt(np.mean(self._squares, axis=0)).tolist()
        floors = (self._floors[self._columns[0]], self._floors[self._columns[1]])
        pair = compare(left, right, *floors)
        self._index_pct = pair.asymmetry_pct
        self._index_within = (
            target.task in RELAXED_TASKS
            if pair.asymmetry_pct is None
            else abs(pair.asymmetry_pct) < target.limit_pct
        )

    def _balance_judged(
        self, target: Balance, within: Bools, known: Bools, index: Floats
    ) -> Judged:
        limit = target.limit_pct
        hidden = np.isnan(index)
        slack = limit * target.hysteresis_pct / 100
        near = known & np.where(hidden, within, np.abs(index) < limit + slack)
        within = within & known
        inside = self._settle(within, near)
        apart = np.clip((np.abs(index) - limit) / limit, 0.0, FARTHEST)
        apart[hidden] = 1.0
        apart[within | inside] = 0.0
        apart[~known] = np.nan
        return Judged(
            inside=inside,
            within=within,
            known=known,
            distance=apart,
            distance_left=np.where(index > 0, apart, np.where(known, 0.0, np.nan)),
            distance_right=np.where(index < 0, apart, np.where(known, 0.0, np.nan)),
        )


def _distance(level: Floats, limits: Limits) -> Floats:
    """Return how far each level is outside, in target widths, 0 to 2."""
    beyond = np.maximum(level - limits.high, limits.low - level)
    share: Floats = np.clip(beyond / limits.width, 0.0, FARTHEST)
    return share


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
