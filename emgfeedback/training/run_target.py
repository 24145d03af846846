"""From the plan's words to a target in numbers: levels the person's own measurements give."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Unit
from emgfeedback.core.errors import ConfigError
from emgfeedback.training.calibration import (
    LEAST_UV,
    REFERENCES,
    UnitScale,
    newest_uv,
    unit_scale,
    why_not_microvolts,
)
from emgfeedback.training.calibration_take import Method
from emgfeedback.training.now import Mode
from emgfeedback.training.plan_bounds import Basis, Bound
from emgfeedback.training.plan_steps import Trials
from emgfeedback.training.plan_target import TargetPlan
from emgfeedback.training.run_step import RunContext
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

SINE_STEP_S = 0.25
RAMP_SHARES = (0.2, 0.2, 0.4, 0.2)
"""Of a period: wait, out, hold, back."""
STEP_SHARES = (0.45, 0.05, 0.45, 0.05)
METHODS = {Basis.REFERENCE: REFERENCES, Basis.REST: (Method.REST,)}
"""What a bound of a basis is measured by."""
REFERENCE_WORDS = {Basis.REFERENCE: "own reference", Basis.REST: "resting level"}


@dataclass(frozen=True, slots=True, eq=False)
class ResolvedTarget:
    """A target, its unit, and what turns microvolts of each column into that unit."""

    target: Target
    unit: Unit
    scale: NDArray[np.float64]
    least: tuple[float, ...]
    """3 µV of every column in the unit."""
    reference: str = ""
    """What 100 % is, in words; empty in microvolts."""
    why: str = ""
    """Why the unit is not the one the plan wants, empty where it is."""

    def lines(self, target: Target) -> tuple[float | None, ...]:
        """Return the line of each column of `target`, in the unit; None where it has none."""
        lines: list[float | None] = [None] * len(self.scale)
        for column, line in target.lines().items():
            lines[column] = line
        return tuple(lines)

    def lines_uv(self, target: Target) -> tuple[float | None, ...]:
        """Return the same in microvolts."""
        return tuple(
            None if line is None else line / float(factor)
            for line, factor in zip(self.lines(target), self.scale, strict=True)
        )

    def line_words(self, target: Target) -> tuple[str, ...]:
        """Return each line in words, empty where there is none."""
        words = []
        for line, uv in zip(self.lines(target), self.lines_uv(target), strict=True):
            in_uv = "" if uv is None else f"{uv:.1f} µV"
            percent = self.unit is Unit.PCT and line is not None
            words.append(f"{line:.0f} % of {self.reference} ({in_uv})" if percent else in_uv)
        return tuple(words)


def resolve(context: RunContext, step: Trials) -> ResolvedTarget:
    """Return the target of a block of trials.

    Percent of the own reference is taken where the plan wants it and every watched channel
    has a reference with the block's filters; else microvolts. Where the board cannot hold a
    ceiling in microvolts, it is percent in any case, of the resting level at least.

    Raises
    ------
    ConfigError
        A level that was never measured with the block's filters; says which and what to do.
    """
    return _Resolver(context, step).resolved()


def lowest_line_uv(floor_uv: float) -> float:
    """Return where a line may lie at the lowest: below is noise, not muscle."""
    return max(FLOOR_FACTOR * floor_uv, LEAST_UV)


class _Resolver:
    def __init__(self, context: RunContext, step: Trials) -> None:
        self._step = step
        self._plan: TargetPlan = step.target
        self._context = context
        self._calibrations = context.calibrations()
        self._filters = context.filters(step.purpose)
        self._reference = self._why = ""
        watched = self._of(self._plan.places)
        scale = self._chosen_scale(watched)
        self._unit, self._least = scale.unit, scale.least
        self._scale = np.ones(context.montage.n_channels)
        self._scale[list(watched)] = [scale.per_uv[column] for column in watched]

    def resolved(self) -> ResolvedTarget:
        target = replace(self._target(), min_hold_s=self._plan.hold_s)
        return ResolvedTarget(
            target, self._unit, self._scale, self._least, self._reference, self._why
        )

    def _chosen_scale(self, watched: tuple[int, ...]) -> UnitScale:
        n = self._context.montage.n_channels
        too_coarse = self._too_coarse()
        if self._plan.mode is Mode.BALANCE or not (too_coarse or self._context.plan.unit == "%"):
            return UnitScale.microvolts(n)
        missing: list[ConfigError] = []
        for basis in (Basis.REFERENCE, Basis.REST) if too_coarse else (Basis.REFERENCE,):
            try:
                found = unit_scale(self._calibrations, watched, n, self._filters, METHODS[basis])
            except ConfigError as error:
                missing.append(error)
                continue
            self._reference = REFERENCE_WORDS[basis]
            if too_coarse:
                self._why = f"In percent of the {self._reference}: {too_coarse}."
            return found
        if too_coarse:
            raise ConfigError(
                f"No ceiling can be held in microvolts: {too_coarse}. {missing[-1].what}",
                "Take the calibration with the filters of this block, or use a higher gain.",
            )
        self._why = f"In microvolts, not percent: {missing[0].what}"
        return UnitScale.microvolts(n)

    def _too_coarse(self) -> str:
        """Say why ceilings cannot be in microvolts; empty where they can, or there are none."""
        context = self._context
        for column in self._of(self._plan.quiet):
            lsb_uv, floor_uv = float(context.lsb_uv[column]), float(context.floors_uv[column])
            why = why_not_microvolts(lsb_uv, floor_uv)
            if why:
                return f"{why} ({context.montage.channels[column].label})"
        return ""

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
        return tuple(self._context.columns[place] for place in places)

    def _levels(self, key: str, columns: tuple[int, ...]) -> tuple[float, ...]:
        return tuple(self._level_uv(key, c) * float(self._scale[c]) for c in columns)

    def _ceilings(self, columns: tuple[int, ...]) -> tuple[float, ...]:
        """Return the ceilings; one measured from rest is never put into the noise."""
        ceilings = []
        for column in columns:
            level_uv = self._level_uv("below", column)
            lowest_uv = lowest_line_uv(float(self._context.floors_uv[column]))
            if self._chosen("below", column).basis is not Basis.UV:
                level_uv = max(level_uv, lowest_uv)
            ceilings.append(level_uv * float(self._scale[column]))
        return tuple(ceilings)

    def _level_uv(self, key: str, column: int) -> float:
        bound = self._chosen(key, column)
        return bound.value * self._one_uv(bound, column)

    def _chosen(self, key: str, column: int) -> Bound:
        """Return the first choice whose level was measured."""
        choices = self._plan.bounds(key)
        missing = ""
        for bound in choices:
            try:
                self._one_uv(bound, column)
            except ConfigError as error:
                missing = error.what
            else:
                return bound
        wanted = " or ".join(str(bound) for bound in choices)
        label = self._context.montage.channels[column].label
        raise ConfigError(
            f"The level {key} {wanted} of {label} cannot be set. {missing}",
            "Go back and take the calibration with the filters of this block, or skip the block.",
        )

    def _one_uv(self, bound: Bound, column: int) -> float:
        """Return what one unit of the bound's basis is in microvolts.

        Raises
        ------
        ConfigError
            It was not measured, or only through other filters.
        """
        if bound.basis is Basis.UV:
            return 1.0
        level_uv = newest_uv(self._calibrations, column, self._filters, METHODS[bound.basis])
        return level_uv / 100 if bound.basis is Basis.REFERENCE else level_uv


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
