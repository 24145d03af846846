"""The mode that moves: follow a level along slow ramps and holds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from emgfeedback.core.errors import SettingsError
from emgfeedback.training.now import Mode
from emgfeedback.training.targets_base import (
    NARROWEST_OF_LEVEL,
    WIDEST_OF_LEVEL,
    Floats,
    Limits,
    Range,
    Target,
    between,
    check_levels,
)

PAST_S, AHEAD_S = 2.0, 8.0
"""How much of the way is shown."""


@dataclass(frozen=True, kw_only=True)
class FollowPath(Target):
    """Follow a level that moves slowly, within a tolerance; each channel by itself.

    Attributes
    ----------
    points
        (seconds from the start of the trial, level), straight lines between them; the
        last level stays. See `ramps` for ready-made ones.
    tolerance
        Half width of the way, the same for all `channels`. Shaping moves it.
    """

    mode: ClassVar[Mode] = Mode.TRAJECTORY
    points: tuple[tuple[float, float], ...]
    tolerance: float

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        super().__post_init__()
        check_levels("tolerance", (self.tolerance,), self.channels[:1])
        times = [t for t, _ in self.points]
        levels = [level for _, level in self.points]
        if not times or any(not a < b for a, b in itertools.pairwise(times)):
            raise SettingsError(
                f"The times {times} of the path do not grow from point to point.",
                "Give (seconds, level) points in order.",
            )
        if not all(math.isfinite(level) and level >= 0 for level in levels) or not any(levels):
            raise SettingsError(
                f"A path with the levels {levels} cannot be followed.",
                "Use levels of 0 or more, one of them above 0.",
            )

    def levels(self, t_s: Floats) -> Floats:
        """Return the wanted level at each time, `(n,)`."""
        times, levels = zip(*self.points, strict=True)
        value: Floats = np.interp(t_s, times, levels)
        return value

    def _main_limits(self, t_s: Floats) -> Limits:
        wanted = np.repeat(self.levels(t_s)[:, None], len(self.channels), axis=1)
        return between(wanted - self.tolerance, wanted + self.tolerance)

    def wanted(self, t_s: float) -> float | None:
        """Return the level wanted now."""
        return float(self.levels(np.array([t_s]))[0])

    def path(self, t_s: float) -> tuple[tuple[float, float], ...]:
        """Return the way from 2 s past to 8 s ahead: its ends and every corner between."""
        corners = [t for t, _ in self.points if t_s - PAST_S < t < t_s + AHEAD_S]
        times = np.array([t_s - PAST_S, *corners, t_s + AHEAD_S])
        wanted = self.levels(times)
        return tuple((float(t - t_s), float(v)) for t, v in zip(times, wanted, strict=True))

    @property
    def duration_s(self) -> float:
        """When the last point is reached, seconds."""
        return self.points[-1][0]

    @property
    def shaped(self) -> tuple[float, ...]:
        """The tolerance."""
        return (self.tolerance,)

    @property
    def shaped_channels(self) -> tuple[int, ...]:
        """None: the tolerance belongs to the way."""
        return ()

    def with_shaped(self, values: Sequence[float]) -> Self:
        """Return the same with another tolerance."""
        return replace(self, tolerance=values[0])

    def shaped_range(self, floors: Sequence[float], least: Sequence[float]) -> Range:
        """Keep the tolerance out of the noise and under 90 % of the highest level."""
        top = max(level for _, level in self.points)
        noise = max(max(floors[c], least[c] / 2) for c in self.channels)
        lowest = max(NARROWEST_OF_LEVEL * top, noise)
        return (lowest,), (max(lowest, WIDEST_OF_LEVEL * top),)


def ramps(
    level: float,
    *,
    repeats: int,
    base: float = 0.0,
    wait_s: float = 2.0,
    out_s: float = 2.0,
    hold_s: float = 5.0,
    back_s: float = 2.0,
) -> tuple[tuple[float, float], ...]:
    """Return the points of slow ramps and holds: wait, 2 s out, 5 s hold, 2 s back.

    Raises
    ------
    SettingsError
        For parts without length or no repeat.
    """
    if repeats < 1 or min(wait_s, out_s, hold_s, back_s) <= 0:
        raise SettingsError(
            f"{repeats} ramps of {wait_s:g}, {out_s:g}, {hold_s:g} and {back_s:g} s cannot be "
            "followed.",
            "Use at least one ramp and parts longer than 0 s.",
        )
    points = [(0.0, base)]
    for _ in range(repeats):
        for seconds, value in ((wait_s, base), (out_s, level), (hold_s, level), (back_s, base)):
            points.append((points[-1][0] + seconds, value))
    return tuple(points)
