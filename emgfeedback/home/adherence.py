"""How practice went, day by day: what was done, never what was missed.

Good and bad days are normal, and a day off is part of the plan: nothing here resets to zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

WEEK = 7


class Day(Enum):
    """One day of a week, as the home screen shows it."""

    PRACTISED = "practised"
    DAY_OFF = "day off"
    TODAY = "today"
    AHEAD = "ahead"
    BEFORE = "before the plan"


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday to Sunday.

    Attributes
    ----------
    days
        Seven, Monday first.
    practised
        Days with practice, today included.
    today_done
        Whether there was practice today.
    """

    days: tuple[Day, ...]
    practised: int
    today_done: bool


@dataclass(frozen=True, slots=True)
class Adherence:
    """Practice of a plan so far, for the therapist.

    Attributes
    ----------
    days
        Days with practice from the plan's first day to the last one looked at.
    wished
        Days of practice the plan wishes in that time.
    weeks
        Days with practice in each week of seven days from the plan's first day; the last week
        may be under way.
    longest_pause_days
        Most days in a row without practice.
    """

    days: int
    wished: float
    weeks: tuple[int, ...]
    longest_pause_days: int


def week_of(today: dt.date, practised: Collection[dt.date], first_day: dt.date) -> Week:
    """Return the week `today` lies in.

    Parameters
    ----------
    practised
        Days with practice.
    first_day
        Of the plan; days before it are neither done nor off.
    """
    monday = today - dt.timedelta(days=today.weekday())
    days = [_kind(monday + dt.timedelta(days=i), today, practised, first_day) for i in range(WEEK)]
    done = {monday + dt.timedelta(days=i) for i in range(WEEK)} & set(practised)
    return Week(tuple(days), len(done), today in practised)


def adherence_of(
    practised: Sequence[dt.date], first_day: dt.date, last_day: dt.date, days_per_week: int
) -> Adherence:
    """Return how much of a plan was practised from `first_day` to `last_day`, both included."""
    if last_day < first_day:
        return Adherence(0, 0.0, (), 0)
    done = {day for day in practised if first_day <= day <= last_day}
    n_days = (last_day - first_day).days + 1
    weeks = [0] * -(-n_days // WEEK)
    pause = longest = 0
    for i in range(n_days):
        on = first_day + dt.timedelta(days=i) in done
        weeks[i // WEEK] += on
        pause = 0 if on else pause + 1
        longest = max(longest, pause)
    return Adherence(len(done), days_per_week * n_days / WEEK, tuple(weeks), longest)


def _kind(day: dt.date, today: dt.date, practised: Collection[dt.date], first_day: dt.date) -> Day:
    if day in practised:
        return Day.PRACTISED
    if day == today:
        return Day.TODAY
    if day > today:
        return Day.AHEAD
    return Day.BEFORE if day < first_day else Day.DAY_OFF
