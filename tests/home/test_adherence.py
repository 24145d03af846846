"""Days practised are counted; days off are nothing to be ashamed of."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.home.adherence import Day, adherence_of, week_of

MONDAY = dt.date(2026, 3, 9)
FRIDAY = MONDAY + dt.timedelta(days=4)


def days(*offsets: int) -> list[dt.date]:
    return [MONDAY + dt.timedelta(days=i) for i in offsets]


def test_week_of_the_home_screen():
    week = week_of(FRIDAY, days(0, 1, 3), MONDAY)
    assert week.days == (
        *(Day.PRACTISED, Day.PRACTISED, Day.DAY_OFF, Day.PRACTISED),
        *(Day.TODAY, Day.AHEAD, Day.AHEAD),
    )
    assert (week.practised, week.today_done) == (3, False)
    assert week_of(FRIDAY, days(4), MONDAY).today_done


def test_days_before_the_plan_are_not_days_off():
    week = week_of(FRIDAY, [], MONDAY + dt.timedelta(days=2))
    assert week.days[:3] == (Day.BEFORE, Day.BEFORE, Day.DAY_OFF)


def test_adherence_of_two_weeks():
    found = adherence_of(days(0, 1, 1, 3, 7, 12), MONDAY, MONDAY + dt.timedelta(days=13), 5)
    assert (found.days, found.weeks, found.longest_pause_days) == (5, (3, 2), 4)
    assert found.wished == 10


def test_before_the_first_day_there_is_nothing():
    found = adherence_of(days(-1), MONDAY, MONDAY - dt.timedelta(days=1), 5)
    assert (found.days, found.wished, found.weeks, found.longest_pause_days) == (0, 0, (), 0)


@given(st.lists(st.integers(-20, 60)), st.integers(0, 40), st.integers(1, 7))
def test_weeks_add_up(offsets: list[int], length: int, per_week: int):
    last = MONDAY + dt.timedelta(days=length)
    found = adherence_of(days(*offsets), MONDAY, last, per_week)
    assert found.days == sum(found.weeks) <= length + 1
    assert found.wished * 7 == pytest.approx(per_week * (length + 1))
    assert found.longest_pause_days <= length + 1 - found.days
