"""The modes that stand still: below, above, in a band, contrast, balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from emgfeedback.core.errors import ConfigError, SettingsError
from emgfeedback.training.now import Mode
from emgfeedback.training.targets_base import (
    NARROWEST_OF_LEVEL,
    WIDEST_OF_LEVEL,
    Floats,
    Limits,
    Range,
    Target,
    at_least,
    between,
    check_levels,
    check_order,
    lowest_ceilings,
    unbounded,
)

BALANCE_RANGE_PCT = (5.0, 60.0)
BALANCE_TASKS = ("rest", "midline", "flexion", "extension")
"""Where equal sides are what is wanted. Turning and tilting is one-sided by nature."""


@dataclass(frozen=True, kw_only=True)
class StayBelow(Target):
    """Keep every channel under its ceiling `high`. Shaping moves the ceilings."""

    mode: ClassVar[Mode] = Mode.RELAX
    high: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        super().__post_init__()
        check_levels("ceiling", self.high, self.channels)

    def _main_limits(self, t_s: Floats) -> Limits:
        del t_s
        high = np.array([self.high], dtype=float)
        return Limits(np.full_like(high, -np.inf), high, high)

    @property
    def shaped(self) -> tuple[float, ...]:
        """The ceilings."""
        return self.high

    def with_shaped(self, values: Sequence[float]) -> Self:
        """Return the same with other ceilings."""
        return replace(self, high=tuple(values))

    def shaped_range(self, floors: Sequence[float], least: Sequence[float]) -> Range:
        """Keep ceilings at max(2 x floor, 3 µV) or above."""
        return lowest_ceilings(self.channels, floors, least), unbounded(self.channels)


@dataclass(frozen=True, kw_only=True)
class StayAbove(Target):
    """Bring every channel to the level `low` or above. Shaping moves the levels."""

    mode: ClassVar[Mode] = Mode.ACTIVATE
    easier: ClassVar[int] = -1
    low: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        super().__post_init__()
        check_levels("level to reach", self.low, self.channels)

    def _main_limits(self, t_s: Floats) -> Limits:
        del t_s
        return at_least(self.low)

    @property
    def shaped(self) -> tuple[float, ...]:
        """The levels to reach."""
        return self.low

    def with_shaped(self, values: Sequence[float]) -> Self:
        """Return the same with other levels to reach."""
        return replace(self, low=tuple(values))

    def shaped_range(self, floors: Sequence[float], least: Sequence[float]) -> Range:
        """Keep levels to reach above the noise."""
        return lowest_ceilings(self.channels, floors, least), unbounded(self.channels)


@dataclass(frozen=True, kw_only=True)
class HoldBand(Target):
    """Hold every channel between `low` and `high`. Shaping moves the half width."""

    mode: ClassVar[Mode] = Mode.BAND
    low: tuple[float, ...]
    high: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        super().__post_init__()
        check_levels("lower bound", self.low, self.channels)
        check_levels("upper bound", self.high, self.channels)
        check_order(self.low, self.high)

    def _main_limits(self, t_s: Floats) -> Limits:
        del t_s
        return between(self.low, self.high)

    @property
    def shaped(self) -> tuple[float, ...]:
        """Half the widths; the middles stay."""
        return tuple((high - low) / 2 for low, high in zip(self.low, self.high, strict=True))

    def with_shaped(self, values: Sequence[float]) -> Self:
        """Return the same with other half widths."""
        pairs = tuple(zip(self._middles, values, strict=True))
        return replace(
            self, low=tuple(m - v for m, v in pairs), high=tuple(m + v for m, v in pairs)
        )

    def with_bound(self, channel: int, value: float) -> Self:
        """Return the same with the upper bound of one column at `value`, about its middle.

        Raises
        ------
        SettingsError
            No such column, or `value` is not above the middle and below twice of it.
        """
        if channel not in self.channels:
            return super().with_bound(channel, value)
        middle = self._middles[self.channels.index(channel)]
        if not middle < value < 2 * middle:
            raise SettingsError(
                f"An upper bound of {value:g} is not between {middle:g} and {2 * middle:g}: the "
                "middle of the band stays.",
                "Choose one between.",
            )
        return super().with_bound(channel, value - middle)

    def shaped_range(self, floors: Sequence[float], least: Sequence[float]) -> Range:
        """Keep half widths between 15 % and 90 % of the middle."""
        del floors, least
        return (
            tuple(NARROWEST_OF_LEVEL * m for m in self._middles),
            tuple(WIDEST_OF_LEVEL * m for m in self._middles),
        )

    @property
    def _middles(self) -> tuple[float, ...]:
        return tuple((low + high) / 2 for low, high in zip(self.low, self.high, strict=True))


@dataclass(frozen=True, kw_only=True)
class Contrast(Target):
    """Bring `channels` to work while `quiet` stay quiet, both at once.

    Attributes
    ----------
    low
        The level each of `channels` must reach.
    high
        Upper bound of them, or None: a band such as 30 to 70 % of reference.

    Shaping moves the ceilings of the quiet ones: quieter, not stronger, is the skill.
    """

    mode: ClassVar[Mode] = Mode.CONTRAST
    low: tuple[float, ...]
    high: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        super().__post_init__()
        if not self.quiet:
            raise SettingsError(
                "A contrast needs a muscle that works and one that stays quiet.",
                "Name at least one quiet channel.",
            )
        check_levels("level to reach", self.low, self.channels)
        if self.high is not None:
            check_levels("upper bound", self.high, self.channels)
            check_order(self.low, self.high)

    def _main_limits(self, t_s: Floats) -> Limits:
        del t_s
        return at_least(self.low) if self.high is None else between(self.low, self.high)

    @property
    def shaped(self) -> tuple[float, ...]:
        """The ceilings of the quiet ones."""
        return self.quiet_high

    @property
    def shaped_channels(self) -> tuple[int, ...]:
        """The quiet columns."""
        return self.quiet

    def with_shaped(self, values: Sequence[float]) -> Self:
        """Return the same with other ceilings."""
        return replace(self, quiet_high=tuple(values))

    def shaped_range(self, floors: Sequence[float], least: Sequence[float]) -> Range:
        """Keep ceilings at max(2 x floor, 3 µV) or above."""
        return lowest_ceilings(self.quiet, floors, least), unbounded(self.quiet)


@dataclass(frozen=True, kw_only=True)
class Balance(Target):
    """Keep left and right alike: the asymmetry 100 (L-R)/(L+R) within a limit.

    The index is taken over a second, corrected for the noise floors. It is no target where
    one side must do more than the other: turning and tilting.

    Attributes
    ----------
    channels
        The left and the right column, in this order.
    limit_pct
        The largest asymmetry in target. Shaping moves it.
    task
        One of `BALANCE_TASKS`.
    """

    mode: ClassVar[Mode] = Mode.BALANCE
    task: str
    limit_pct: float = 20.0

    def __post_init__(self) -> None:
        """Refuse what cannot be, and tasks that are one-sided by nature."""
        super().__post_init__()
        if self.task not in BALANCE_TASKS:
            raise ConfigError(
                f"Balance is no target in the task {self.task!r}: its sides are not equal by "
                "nature.",
                f"Use it in {', '.join(BALANCE_TASKS)}; for turning and tilting compare the "
                "mirrored tasks, left against right.",
            )
        if len(self.channels) != 2 or self.quiet:
            raise SettingsError(
                f"Balance compares two channels, not {len(self.watched)}.",
                "Name the left and the right one.",
            )
        low, high = BALANCE_RANGE_PCT
        if not low <= self.limit_pct <= high:
            raise SettingsError(
                f"An asymmetry limit of {self.limit_pct:g} % is outside {low:g} to {high:g} %.",
                "Use 20 %, a ratio of 1.5.",
            )

    def _main_limits(self, t_s: Floats) -> Limits:
        """Return the limits of the index, `(1, 1)`, in percent."""
        del t_s
        limit = np.array([[self.limit_pct]], dtype=float)
        return Limits(-limit, limit, limit)

    @property
    def shaped(self) -> tuple[float, ...]:
        """The limit."""
        return (self.limit_pct,)

    @property
    def shaped_channels(self) -> tuple[int, ...]:
        """None: the limit belongs to the pair."""
        return ()

    def with_shaped(self, values: Sequence[float]) -> Self:
        """Return the same with another limit."""
        return replace(self, limit_pct=values[0])

    def shaped_range(self, floors: Sequence[float], least: Sequence[float]) -> Range:
        """Keep the limit where it says something."""
        del floors, least
        return (BALANCE_RANGE_PCT[0],), (BALANCE_RANGE_PCT[1],)
