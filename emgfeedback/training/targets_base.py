"""What every target has: channels, quiet ones beside them, bounds, what shaping moves.

Bounds are in the run's unit (microvolts, or percent of the person's own reference).
Targets are frozen; `targets.TargetJudge` holds levels against them.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgfeedback.core.errors import SettingsError
from emgfeedback.training.now import Mode

Floats = NDArray[np.float64]
Role = Literal["main", "quiet"]
Range = tuple[tuple[float, ...], tuple[float, ...]]

FLOOR_FACTOR = 2.0
"""No ceiling lies lower than this multiple of the noise floor."""
NARROWEST_OF_LEVEL = 0.15
"""Half widths stay above this share of the level asked for: RMS over 100 ms of real EMG
scatters by 14 % by itself (CV = 1 / (2 sqrt(B T)), B about 120 Hz)."""
WIDEST_OF_LEVEL = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Bounds for each moment and channel, all `(n, k)` or `(1, k)` for k channels.

    `low` and `high` are -inf and inf where there is none; `width` is the width of the
    target: hysteresis is a share of it, and distance 1 is one of it away.
    """

    low: Floats
    high: Floats
    width: Floats


@dataclass(frozen=True, kw_only=True)
class Target(ABC):
    """What all modes share.

    Shaping moves one thing per mode, `shaped`: ceilings, levels to reach, or half widths.

    Attributes
    ----------
    channels
        Columns of the levels that do what the mode says.
    quiet, quiet_high
        Columns that stay quiet meanwhile, and their ceilings.
    hysteresis_pct
        Once in target, a level leaves only when it is this share of the target's width
        outside, so that the picture does not flicker. It never touches the score.
    min_hold_s
        The picture says "in target" only after this long inside. Nor does it touch the score.

    Raises
    ------
    SettingsError
        For bounds that cannot be.
    """

    mode: ClassVar[Mode]
    easier: ClassVar[int] = 1
    """1: larger shaped values are easier; -1: smaller ones."""

    channels: tuple[int, ...]
    quiet: tuple[int, ...] = ()
    quiet_high: tuple[float, ...] = ()
    hysteresis_pct: float = 10.0
    min_hold_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not self.channels:
            raise SettingsError("The target watches no channel.", "Name at least one.")
        watched = self.watched
        if len(set(watched)) != len(watched) or min(watched) < 0:
            raise SettingsError(
                f"The target names the channels {watched}, one twice or below 0.",
                "Name each once.",
            )
        check_levels("quiet ceiling", self.quiet_high, self.quiet)
        if not 0 <= self.hysteresis_pct <= 50:
            raise SettingsError(
                f"A hysteresis of {self.hysteresis_pct:g} % is outside 0 to 50 %.", "Use 10 %."
            )
        if not 0 <= self.min_hold_s <= 30:
            raise SettingsError(
                f"A minimum hold of {self.min_hold_s:g} s is outside 0 to 30 s.", "Use 0 to 5 s."
            )

    @property
    def watched(self) -> tuple[int, ...]:
        """All columns the target needs: `channels`, then `quiet`."""
        return self.channels + self.quiet

    @property
    def roles(self) -> tuple[Role, ...]:
        """Role of each of `watched`."""
        return tuple("main" if c in self.channels else "quiet" for c in self.watched)

    def limits(self, t_s: Floats) -> Limits:
        """Return the bounds of `watched` at the times `t_s` `(n,)` from the trial's start."""
        main = self._main_limits(t_s)
        if not self.quiet:
            return main
        ceilings = np.tile(np.array(self.quiet_high, dtype=float), (len(main.high), 1))
        return Limits(
            np.hstack([main.low, np.full_like(ceilings, -np.inf)]),
            np.hstack([main.high, ceilings]),
            np.hstack([main.width, ceilings]),
        )

    @abstractmethod
    def _main_limits(self, t_s: Floats) -> Limits:
        """Return the bounds of `channels`."""

    @property
    @abstractmethod
    def shaped(self) -> tuple[float, ...]:
        """The values shaping moves."""

    @property
    def shaped_channels(self) -> tuple[int, ...]:
        """The column each shaped value belongs to; empty where it belongs to none alone."""
        return self.channels

    @abstractmethod
    def with_shaped(self, values: Sequence[float]) -> Self:
        """Return the same target with other shaped values."""

    @abstractmethod
    def shaped_range(self, floors: Sequence[float], least: Sequence[float]) -> Range:
        """Return the lowest and the highest shaped values allowed.

        Parameters
        ----------
        floors
            Noise floor of every column, in the run's unit.
        least
            The lowest ceiling of every column: 3 µV in the run's unit.
        """

    def with_bound(self, channel: int, value: float) -> Self:
        """Return the same target with the shaped value of one column changed.

        Raises
        ------
        SettingsError
            When nothing of `channel` can be moved, or not to there.
        """
        place = self.shaped_channels
        if channel not in place:
            raise SettingsError(
                f"Channel {channel + 1} has no line to move in this target.",
                "Move one of the lines shown.",
            )
        values = list(self.shaped)
        values[place.index(channel)] = value
        return self.with_shaped(values)

    def lines(self) -> dict[int, float]:
        """Return the bound of each watched column that stands still: column -> level.

        It is what `with_bound` moves, where anything of the column can be moved. Where shaping
        moves no bound of a column, only those of the quiet ones stand still.
        """
        limits = self.limits(np.zeros(1))
        lines = {}
        for i, column in enumerate(self.watched):
            if self.shaped_channels or column in self.quiet:
                high, low = float(limits.high[0, i]), float(limits.low[0, i])
                lines[column] = high if math.isfinite(high) else low
        return lines

    def wanted(self, t_s: float) -> float | None:
        """Return the level wanted now; None where the target does not move."""
        del t_s
        return None

    def path(self, t_s: float) -> tuple[tuple[float, float], ...]:
        """Return the way ahead as (seconds from now, level); empty where there is none."""
        del t_s
        return ()


def at_least(low: Sequence[float]) -> Limits:
    """Return bounds that ask for `low` or more of each channel."""
    levels = np.array([low], dtype=float)
    return Limits(levels, np.full_like(levels, np.inf), levels)


def between(low: ArrayLike, high: ArrayLike) -> Limits:
    """Return bounds on both sides, `(k,)` or `(n, k)`; the target is as wide as they are apart."""
    lows, highs = np.array(low, dtype=float, ndmin=2), np.array(high, dtype=float, ndmin=2)
    return Limits(lows, highs, highs - lows)


def lowest_ceilings(
    columns: Sequence[int], floors: Sequence[float], least: Sequence[float]
) -> tuple[float, ...]:
    """Return max(2 x floor, 3 µV) of each column: below it lies noise."""
    return tuple(max(FLOOR_FACTOR * floors[c], least[c]) for c in columns)


def unbounded(columns: Sequence[int]) -> tuple[float, ...]:
    """Return no upper limit for each column."""
    return (math.inf,) * len(columns)


def check_levels(what: str, levels: Sequence[float], columns: Sequence[int]) -> None:
    """Refuse levels that are not above 0 or do not fit the columns."""
    if len(levels) != len(columns):
        raise SettingsError(
            f"{len(levels)} values of {what} do not fit {len(columns)} channels.",
            "Give one for each channel.",
        )
    for level in levels:
        if not (math.isfinite(level) and level > 0):
            raise SettingsError(f"A {what} of {level:g} is not above 0.", "Use a level above 0.")


def check_order(low: Sequence[float], high: Sequence[float]) -> None:
    """Refuse bands without width."""
    for below, above in zip(low, high, strict=True):
        if not below < above:
            raise SettingsError(
                f"The lower bound {below:g} is not below the upper bound {above:g}.", "Swap them."
            )
