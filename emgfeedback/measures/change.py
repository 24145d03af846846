"""Whether a change is more than chance.

Standard error of measurement and minimal detectable change after Weir 2005:
SEM = SD sqrt(1 - ICC), MDC95 = 1.96 sqrt(2) SEM. Where no reliability study fits, a person's
own scatter serves: the root mean square of successive differences divided by sqrt(2), which a
slow trend hardly inflates (von Neumann 1941).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

FEWEST = 4
"""Values needed before a person's own scatter says anything."""
RETEST_PCT = 20.0
BAND_FACTOR = 1.96 * math.sqrt(2)


class Change(Enum):
    """What a difference between two values means."""

    UNKNOWN = "unknown"
    """Too few values to tell."""
    WITHIN_CHANCE = "within chance"
    HIGHER = "higher"
    LOWER = "lower"


def sem_from_icc(sd: float, icc: float) -> float:
    """Return SD sqrt(1 - ICC), in the unit of `sd`; ICC 0 to 1."""
    return sd * math.sqrt(1 - min(max(icc, 0.0), 1.0))


def own_sem(values: Sequence[float]) -> float | None:
    """Return a person's own scatter from successive values; None for fewer than four."""
    if len(values) < FEWEST:
        return None
    steps = [later - earlier for earlier, later in pairwise(values)]
    return math.sqrt(sum(step * step for step in steps) / len(steps) / 2)


def detectable_change(sem: float) -> float:
    """Return the smallest difference of two values that chance explains in 5 % of cases."""
    return BAND_FACTOR * sem


def judge(before: float, now: float, sem: float | None) -> Change:
    """Return what the step from `before` to `now` means, against the detectable change."""
    if sem is None:
        return Change.UNKNOWN
    if abs(now - before) <= detectable_change(sem):
        return Change.WITHIN_CHANCE
    return Change.HIGHER if now > before else Change.LOWER


def retest(before_uv: float, now_uv: float, sem_uv: float | None) -> bool:
    """Tell whether a resting level moved enough to measure again: > 20 % and past chance."""
    moved = abs(now_uv - before_uv) > RETEST_PCT / 100 * before_uv
    return moved and judge(before_uv, now_uv, sem_uv) in (Change.HIGHER, Change.LOWER)
