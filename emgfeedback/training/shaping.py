"""Between trials the target moves towards three successes in four.

The rule is T <- T exp(eta (p* - s)): with a share s of the trial in target below the wanted
share p*, the ceiling rises, above it the ceiling falls. It settles where s = p*, at the 75th
percentile of the patient's own level; for levels to be reached the sign is mirrored. No
published programme for cervical dystonia gives a rule; this one is ours, with eta = 0.5 and
at most 15 % per trial.

A target that follows the patient hides progress. So the values at the start stay in
`Shaper.fixed`, are never moved, and success against them is told beside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from emgfeedback.core.block import Unit
from emgfeedback.core.errors import SettingsError
from emgfeedback.training.targets_base import Target

Offer = Literal["", "ease", "trick", "rest", "progress"]

LARGEST_STEP = 0.15
"""No trial moves a target by more than this share."""
HARD_PCT, HARD_TRIALS = 40.0, 2
"""So many trials in a row under this success: ease, and offer the trick or a rest."""
EASY_PCT, EASY_TRIALS = 85.0, 3
"""So many trials in a row over this success: offer the next task, not only a harder line."""
LEAST_SCORED_SHARE = 0.5
"""A trial of which less than this share could be scored tells too little to move by."""
WANTED_RANGE_PCT = (60.0, 85.0)


class Rule(Enum):
    """How targets move between trials."""

    MANUAL = "manual"
    """Only by hand."""
    LOCK = "lock"
    """Set from the baseline once, then by hand only."""
    ADAPT = "adapt"
    """By the rule, between trials."""


@dataclass(frozen=True, slots=True)
class Shaping:
    """Settings of shaping.

    Raises
    ------
    SettingsError
        For a success wanted outside 60 to 85 %, or an eta outside 0 to 1.
    """

    rule: Rule = Rule.ADAPT
    wanted_pct: float = 75.0
    eta: float = 0.5
    offers_trick: bool = True
    """The patient knows a trick that helps; without one a rest is offered."""

    def __post_init__(self) -> None:
        """Refuse what would not settle."""
        low, high = WANTED_RANGE_PCT
        if not low <= self.wanted_pct <= high:
            raise SettingsError(
                f"A wanted success of {self.wanted_pct:g} % is outside {low:g} to {high:g} %.",
                "Use 75 %.",
            )
        if not 0 < self.eta <= 1:
            raise SettingsError(
                f"A rate of adaptation of {self.eta:g} is outside 0 to 1.", "Use 0.5."
            )


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the target after a trial or by hand.

    `old` and `new` are the shaped values; `why` says it in words; `offer` is what to offer
    the patient now, or empty.
    """

    old: tuple[float, ...]
    new: tuple[float, ...]
    why: str
    offer: Offer = ""

    @property
    def moved(self) -> bool:
        """Whether the target moved."""
        return self.old != self.new


class Shaper:
    """Move the shaped values of a target between trials. Feed it feedback trials only.

    Parameters
    ----------
    target
        The target at the start; its `shaped` values become `fixed`.
    settings
        The rule.
    unit
        For the words of the log.
    """

    def __init__(self, target: Target, settings: Shaping, unit: Unit = Unit.UV) -> None:
        self._settings = settings
        self._easier = target.easier
        self._target = target
        self._fixed = target
        self._unit = unit
        self._hard = 0
        self._easy = 0
        self._frozen = False
        self._eased = 0
        self._log: list[str] = []

    @property
    def target(self) -> Target:
        """The target of the next trial."""
        return self._target

    @property
    def fixed(self) -> Target:
        """The target of the start: the reference that never moves."""
        return self._fixed

    @property
    def values(self) -> tuple[float, ...]:
        """The shaped values of the next trial."""
        return self._target.shaped

    @property
    def frozen(self) -> bool:
        """Whether the therapist holds the target."""
        return self._frozen

    @property
    def log(self) -> tuple[str, ...]:
        """Every decision in words, oldest first."""
        return tuple(self._log)

    def freeze(self) -> None:
        """Hold the target where it is; trials are still counted, offers still made."""
        if not self._frozen:
            self._frozen = True
            self._log.append("Target held by hand.")

    def release(self) -> None:
        """Let the rule move the target again."""
        if self._frozen:
            self._frozen = False
            self._log.append("Target released.")

    def set_bound(self, channel: int, value: float) -> Change:
        """Move the line of one channel by hand; the fixed reference stays.

        Raises
        ------
        SettingsError
            When that channel has no line, or it cannot be there.
        """
        old = self._target
        self._target = old.with_bound(channel, value)
        return self._noted(old.shaped, "by hand")

    def after_trial(
        self, success_pct: float | None, floors: Sequence[float], least: Sequence[float]
    ) -> Change:
        """Decide what the next trial asks.

        Parameters
        ----------
        success_pct
            Share of the scored time in target; None where too little was scored (less than
            `LEAST_SCORED_SHARE`): nothing moves and nothing is counted.
        floors, least
            See `Target.shaped_range`.
        """
        old = self._target.shaped
        if success_pct is None:
            return self._noted(old, "too little could be scored")
        offer = self._count(success_pct)
        words = f"{success_pct:.0f} % in target"
        if self._settings.rule is not Rule.ADAPT or self._frozen:
            held = "held by hand" if self._frozen else "set by hand only"
            return self._noted(old, f"{words}, {held}", "ease" if _asks_ease(offer) else offer)
        if _asks_ease(offer):
            factor = 1 + LARGEST_STEP if self._easier > 0 else 1 - LARGEST_STEP
            words += ", twice hard"
        else:
            factor = self._factor(success_pct)
        lowest, highest = self._target.shaped_range(floors, least)
        moved = []
        for value, low, high in zip(old, lowest, highest, strict=True):
            wanted = min(max(value * factor, low), high)
            step = LARGEST_STEP * value
            moved.append(min(max(wanted, value - step), value + step))
        self._target = self._target.with_shaped(moved)
        return self._noted(old, words, offer)

    def _factor(self, success_pct: float) -> float:
        error = (self._settings.wanted_pct - success_pct) / 100
        factor = math.exp(self._easier * self._settings.eta * error)
        return min(max(factor, 1 - LARGEST_STEP), 1 + LARGEST_STEP)

    def _count(self, success_pct: float) -> Offer:
        self._hard = self._hard + 1 if success_pct < HARD_PCT else 0
        self._easy = self._easy + 1 if success_pct > EASY_PCT else 0
        if self._hard >= HARD_TRIALS:
            self._hard = 0
            self._eased += 1
            trick_now = self._settings.offers_trick and self._eased % 2 == 1
            return "trick" if trick_now else "rest"
        if self._easy >= EASY_TRIALS:
            self._easy = 0
            return "progress"
        return ""

    def _noted(self, old: tuple[float, ...], why: str, offer: Offer = "") -> Change:
        new = self._target.shaped
        change = Change(old, new, why, offer)
        unit = "µV" if self._unit is Unit.UV else "%"
        told = [(f"{a:.1f}", f"{b:.1f} {unit}") for a, b in zip(old, new, strict=True)]
        pairs = [f"{a} to {b}" for a, b in told if f"{a} {unit}" != b]
        if pairs:
            easier = sum(new) > sum(old) if self._easier > 0 else sum(new) < sum(old)
            line = f"Target {'easier' if easier else 'harder'}: {', '.join(pairs)} ({why})."
        else:
            line = f"Target {'all but ' if change.moved else ''}unchanged ({why})."
        self._log.append(line + (f" Offered: {offer}." if offer else ""))
        return change


def _asks_ease(offer: Offer) -> bool:
    return offer in {"trick", "rest"}
