"""A measure over sessions: what may be compared, where the injections lie, what is chance.

Microvolts of two days can be compared only while electrodes, sensor, gain and filters stay the
same; percent of the person's own reference crosses such a break (CEDE consensus, Besomi and
others 2019, 2020).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from emgfeedback.measures.change import BAND_FACTOR, FEWEST, own_sem

CYCLE_WEEKS = 12
RECENT = 3
"""A trend is told from three sessions on; one alone says little."""
_MICROVOLTS = "uV"


class Tendency(Enum):
    """What the last sessions say against the ones before."""

    TOO_FEW = "too few"
    STEADY = "steady"
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One session's value; `setup` names what must be alike for microvolts to compare.

    Electrodes, board and filters of the session, and the conditions of the measure itself.
    """

    on: dt.date
    value: float
    setup: str = ""
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Points that can be compared with each other."""

    points: tuple[TrendPoint, ...]

    @property
    def start(self) -> dt.date:
        """Day of the first point."""
        return self.points[0].on


@dataclass(frozen=True, slots=True)
class Cycle:
    """The weeks after one injection, up to the next or to twelve weeks."""

    injected: dt.date
    until: dt.date


@dataclass(frozen=True, slots=True)
class Trend:
    """A trend ready to draw.

    Attributes
    ----------
    stretches
        Comparable runs of points, oldest first; between two of them microvolts break.
    chance
        Half width of the band in which a difference of two values may be chance, in the
        unit of the values; None while too few values are known.
    centre
        Middle of the band: mean of the newest stretch.
    """

    unit: str
    stretches: tuple[Stretch, ...]
    cycles: tuple[Cycle, ...]
    chance: float | None
    centre: float | None
    tendency: Tendency

    @property
    def points(self) -> tuple[TrendPoint, ...]:
        """All points, oldest first."""
        return tuple(point for stretch in self.stretches for point in stretch.points)

    @property
    def breaks(self) -> tuple[dt.date, ...]:
        """Days from which on microvolts cannot be compared with what stands before."""
        return tuple(stretch.start for stretch in self.stretches[1:])


def weeks_since(on: dt.date, injections: Sequence[dt.date]) -> float | None:
    """Return weeks since the last injection on or before `on`; None before the first."""
    before = [day for day in injections if day <= on]
    return (on - max(before)).days / 7 if before else None


def trend_of(points: Sequence[TrendPoint], unit: str, injections: Sequence[dt.date] = ()) -> Trend:
    """Return the trend of `points` in `unit`; microvolts break where the setup changes."""
    ordered = sorted(points, key=lambda point: point.on)
    stretches = _stretches(ordered, breaks=unit == _MICROVOLTS)
    sem = _pooled_sem(stretches)
    newest = stretches[-1].points if stretches else ()
    values = [point.value for point in newest]
    return Trend(
        unit=unit,
        stretches=stretches,
        cycles=_cycles(sorted(injections)),
        chance=BAND_FACTOR * sem if sem is not None else None,
        centre=sum(values) / len(values) if values else None,
        tendency=_tendency(values, sem),
    )


def _stretches(ordered: Sequence[TrendPoint], *, breaks: bool) -> tuple[Stretch, ...]:
    groups: list[list[TrendPoint]] = []
    for point in ordered:
        if groups and (not breaks or groups[-1][-1].setup == point.setup):
            groups[-1].append(point)
        else:
            groups.append([point])
    return tuple(Stretch(tuple(group)) for group in groups)


def _pooled_sem(stretches: Sequence[Stretch]) -> float | None:
    """Pool the scatter of every long enough stretch by its number of steps."""
    squares, steps = 0.0, 0
    for stretch in stretches:
        sem = own_sem([point.value for point in stretch.points])
        if sem is not None:
            count = len(stretch.points) - 1
            squares += sem * sem * count
            steps += count
    return (squares / steps) ** 0.5 if steps else None


def _cycles(injections: Sequence[dt.date]) -> tuple[Cycle, ...]:
    longest = dt.timedelta(weeks=CYCLE_WEEKS)
    ends = [day + longest for day in injections]
    nexts = [*injections[1:], *ends[-1:]]
    return tuple(Cycle(*span) for span in zip(injections, map(min, ends, nexts), strict=True))


def _tendency(values: Sequence[float], sem: float | None) -> Tendency:
    """Compare the mean of the last three with that of the (up to three) before them."""
    before, recent = values[-2 * RECENT : -RECENT], values[-RECENT:]
    if sem is None or not before or len(values) < FEWEST:
        return Tendency.TOO_FEW
    step = sum(recent) / len(recent) - sum(before) / len(before)
    error = sem * (1 / len(recent) + 1 / len(before)) ** 0.5
    if abs(step) <= 1.96 * error:
        return Tendency.STEADY
    return Tendency.HIGHER if step > 0 else Tendency.LOWER
