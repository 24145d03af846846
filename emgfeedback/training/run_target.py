"""From the plan's words to a target in numbers: levels the person's own measurements give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Unit
from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import Montage
from emgfeedback.training.now import Mode
from emgfeedback.training.plan_bounds import Basis, Bound
from emgfeedback.training.plan_steps import Trials
from emgfeedback.training.plan_target import TargetPlan
from emgfeedback.training.targets import (
    Balance,
    Contrast,
    FollowPath,
    HoldBand,
    StayAbove,
    StayBelow,
    Target,
    ramps,
)
from emgfeedback.training.targets_base import FLOOR_FACTOR

LOWEST_CEILING_UV = 3.0
SINE_STEP_S = 0.25
RAMP_SHARES = (0.2, 0.2, 0.4, 0.2)
"""Of a period: wait, out, hold, back."""
STEP_SHARES = (0.45, 0.05, 0.45, 0.05)


@dataclass(slots=True)
class Measured:
    """Levels measured so far: (filter purpose, column) to microvolts."""

    rest_uv: dict[tuple[str, int], float] = field(default_factory=dict)
    reference_uv: dict[tuple[str, int], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class ResolvedTarget:
    """A target, its unit, and what turns microvolts of each column into that unit."""

    target: Target
    unit: Unit
    scale: NDArray[np.float64]
    least: tuple[float, ...]
    """3 µV of every column in the unit."""


def resolve(
    step: Trials,
    unit: str,
    montage: Montage,
    columns: dict[str, int],
    measured: Measured,
    floors_uv: Sequence[float],
) -> ResolvedTarget:
    """Return the target of a block of trials.

    Percent of the own reference is taken where the plan wants it and every watched channel
    has a reference with the block's filters; else microvolts.

    Raises
    ------
    ConfigError
        A level that was never measured with the block's filters; says which and what to do.
    """
    return _Resolver(step, unit, montage, columns, measured, floors_uv).resolved()


class _Resolver:
    def __init__(
        self,
        step: Trials,
        unit: str,
        montage: Montage,
        columns: dict[str, int],
        measured: Measured,
        floors_uv: Sequence[float],
    ) -> None:
        self._step = step
        self._plan: TargetPlan = step.target
        self._montage = montage
        self._columns = columns
        self._measured = measured
        self._floors_uv = floors_uv
        watched = self._of(self._plan.places)
        references = [measured.reference_uv.get((step.purpose, c)) for c in watched]
        percent = unit == "%" and self._plan.mode is not Mode.BALANCE and all(references)
        self._unit = Unit.PCT if percent else Unit.UV
        self._scale = np.ones(montage.n_channels)
        if percent:
            for column, reference in zip(watched, references, strict=True):
                assert reference is not None
                self._scale[column] = 100 / reference

    def resolved(self) -> ResolvedTarget:
        least = tuple(float(v) for v in LOWEST_CEILING_UV * self._scale)
        target = replace(self._target(), min_hold_s=self._plan.hold_s)
        return ResolvedTarget(target, self._unit, self._scale, least)

    def _target(self) -> Target:
        plan = self._plan
        main, quiet = self._of(plan.main), self._of(plan.quiet)
        if plan.mode is Mode.RELAX:
            return StayBelow(channels=quiet, high=self._ceilings(quiet))
        if plan.mode is Mode.ACTIVATE:
            return StayAbove(channels=main, low=self._levels("above", main))
        if plan.mode is Mode.CONTRAST:
            return Contrast(
                channels=main,
                low=self._levels("above", main),
                quiet=quiet,
                quiet_high=self._ceilings(quiet),
            )
        if plan.mode is Mode.BALANCE:
            pair = self._of(plan.places)
            return Balance(channels=pair, task=plan.movement, limit_pct=plan.limit_pct)
        low, high = self._levels("low", main), self._levels("high", main)
        if plan.mode is Mode.BAND:
            return HoldBand(channels=main, low=low, high=high)
        return FollowPath(
            channels=main,
            points=path_points(plan, low[0], high[0], self._step.trial_s),
            tolerance=plan.tolerance_pct / 100 * (high[0] - low[0]),
        )

    def _of(self, places: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(self._columns[place] for place in places)

    def _levels(self, key: str, columns: tuple[int, ...]) -> tuple[float, ...]:
        return tuple(self._level_uv(key, c) * float(self._scale[c]) for c in columns)

    def _ceilings(self, columns: tuple[int, ...]) -> tuple[float, ...]:
        """Return the ceilings; one measured from rest is never put into the noise."""
        ceilings = []
        for column in columns:
            level_uv = self._level_uv("below", column)
            lowest_uv = max(FLOOR_FACTOR * float(self._floors_uv[column]), LOWEST_CEILING_UV)
            if self._chosen("below", column).basis is not Basis.UV:
                level_uv = max(level_uv, lowest_uv)
            ceilings.append(level_uv * float(self._scale[column]))
        return tuple(ceilings)

    def _level_uv(self, key: str, column: int) -> float:
        bound = self._chosen(key, column)
        one_uv = self._one_uv(bound, column)
        assert one_uv is not None
        return bound.value * one_uv

    def _chosen(self, key: str, column: int) -> Bound:
        choices = self._plan.bounds(key)
        for bound in choices:
            if self._one_uv(bound, column) is not None:
                return bound
        wanted = " or ".join(str(bound) for bound in choices)
        raise ConfigError(
            f"The level {key} {wanted} of {self._montage.channels[column].label} needs a "
            f"measurement with {self._step.purpose} filters that was not taken.",
            "Skip this block, and take the calibration when the plan is run again.",
        )

    def _one_uv(self, bound: Bound, column: int) -> float | None:
        """Return what one unit of the bound's basis is in microvolts, None if not measured."""
        if bound.basis is Basis.UV:
            return 1.0
        key = (self._step.purpose, column)
        if bound.basis is Basis.REST:
            return self._measured.rest_uv.get(key)
        reference_uv = self._measured.reference_uv.get(key)
        return None if reference_uv is None else reference_uv / 100


def path_points(
    plan: TargetPlan, low: float, high: float, trial_s: float
) -> tuple[tuple[float, float], ...]:
    """Return the way of a trajectory over a whole trial: (seconds, level)."""
    repeats = max(1, math.ceil(trial_s / plan.period_s))
    if plan.shape == "sine":
        times = np.arange(0, repeats * plan.period_s + SINE_STEP_S / 2, SINE_STEP_S)
        share = (1 - np.cos(2 * np.pi * times / plan.period_s)) / 2
        return tuple(
            (float(t), float(low + (high - low) * s)) for t, s in zip(times, share, strict=True)
        )
    shares = RAMP_SHARES if plan.shape == "ramp" else STEP_SHARES
    wait_s, out_s, hold_s, back_s = (plan.period_s * share for share in shares)
    return ramps(
        high,
        repeats=repeats,
        base=low,
        wait_s=wait_s,
        out_s=out_s,
        hold_s=hold_s,
        back_s=back_s,
    )
