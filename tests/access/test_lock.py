from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.access.lock import IdleLock


def test_due_after_nobody_touched_anything():
    lock = IdleLock(300)
    lock.touched(1000)
    assert not lock.due(1299.9)
    assert lock.left_s(1240) == 60
    assert lock.due(1300)
    assert lock.left_s(9999) == 0
    lock.touched(9999)
    assert not lock.due(10_000)


def test_first_question_begins_the_time():
    lock = IdleLock(300)
    assert not lock.due(1e9)
    assert lock.due(1e9 + 300)


def test_never_while_something_runs_and_the_time_begins_anew_after():
    lock = IdleLock(300)
    lock.touched(0)
    lock.began("recording")
    lock.began("training")
    assert not lock.due(10_000)
    assert lock.left_s(10_000) is None
    lock.ended("recording", 10_000)
    assert not lock.due(20_000)
    lock.ended("training", 20_000)
    assert not lock.due(20_299)
    assert lock.due(20_300)


def test_ending_what_never_began_is_fine():
    lock = IdleLock(300)
    lock.ended("recording", 5)
    assert lock.due(305)


def test_none_never_locks():
    lock = IdleLock(None)
    lock.touched(0)
    assert not lock.due(1e12)


def test_clock_set_back_counts_as_a_touch():
    lock = IdleLock(300)
    lock.touched(10_000)
    assert not lock.due(5000)
    assert lock.due(5300)


@pytest.mark.parametrize("after_s", [0, -1, float("nan")])
def test_unusable_time_is_refused(after_s):
    with pytest.raises(ValueError, match="locking after"):
        IdleLock(after_s)


@given(
    st.lists(
        st.tuples(st.sampled_from(["touch", "began", "ended", "ask"]), st.floats(0, 500)),
        max_size=40,
    )
)
def test_due_exactly_when_idle_for_so_long_and_nothing_runs(steps):
    lock, t_s, touched_s, running = IdleLock(300), 0.0, 0.0, False
    lock.touched(0.0)
    for what, later_s in steps:
        t_s += later_s
        if what == "touch":
            lock.touched(t_s)
            touched_s = t_s
        elif what == "began":
            lock.began("training")
            running = True
        elif what == "ended":
            lock.ended("training", t_s)
            touched_s, running = t_s, False
        assert lock.due(t_s) == (not running and touched_s + 300 - t_s <= 0)
