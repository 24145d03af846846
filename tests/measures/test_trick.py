"""The trick index and when a trick counts as marked."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emgfeedback.measures.trick import trick_index_pct, trick_test

FS_HZ = 1000.0


def flat(level: float, seconds: float = 10.0) -> tuple[np.ndarray, np.ndarray]:
    n = round(seconds * FS_HZ)
    return np.full(n, level), np.ones(n, dtype=bool)


def test_index_of_known_levels() -> None:
    assert trick_index_pct(10.0, 40.0) == pytest.approx(75.0)
    assert trick_index_pct(60.0, 40.0) == pytest.approx(-50.0)
    assert trick_index_pct(1.0, 0.0) is None


def test_three_trials_make_one_index() -> None:
    found = trick_test(*flat(40), [flat(10), flat(20), flat(50)], FS_HZ)
    assert found.trials_pct == pytest.approx((75.0, 50.0, -25.0))
    assert found.index_pct == pytest.approx(100 * (1 - math.sqrt(1000) / 40))
    assert (found.marked, found.longest_marked_s) == (True, 10.0)


def test_a_fall_must_last_five_seconds() -> None:
    level, scored = flat(40)
    for start, seconds, marked in ((2.0, 4.5, False), (2.0, 5.0, True)):
        trial = level.copy()
        a = round(start * FS_HZ)
        trial[a : a + round(seconds * FS_HZ)] = 10.0
        found = trick_test(level, scored, [(trial, scored)], FS_HZ)
        assert found.marked is marked
        assert found.longest_marked_s == seconds


def test_a_break_in_the_signal_is_no_lasting_fall() -> None:
    quiet, scored = flat(10)
    broken = scored.copy()
    broken[4000:6000] = False
    found = trick_test(*flat(40), [(quiet, broken)], FS_HZ)
    assert (found.marked, found.longest_marked_s) == (False, 4.0)
    assert found.index_pct == pytest.approx(75.0)


def test_noise_is_taken_out_as_power() -> None:
    with_noise = [flat(math.hypot(10, 3))]
    found = trick_test(*flat(math.hypot(40, 3)), with_noise, FS_HZ, floor=3.0)
    assert found.index_pct == pytest.approx(75.0)


def test_no_number_where_there_is_nothing_to_quiet() -> None:
    near = trick_test(*flat(5), [flat(1)], FS_HZ, floor=3.0)
    assert (near.index_pct, near.marked) == (None, None)
    assert "floor" in near.reason
    level, scored = flat(40)
    lost = trick_test(level, ~scored, [flat(1)], FS_HZ)
    assert lost.reason == "nothing scored without the trick"
    half = trick_test(level, scored, [(level, ~scored), flat(10)], FS_HZ)
    assert half.trials_pct == pytest.approx((None, 75.0))
    little = scored.copy()
    little[1500:] = False
    short = trick_test(level, scored, [(level, little)], FS_HZ)
    assert (short.index_pct, short.reason) == (None, "less than 2 s scored with the trick")
    assert trick_test(level, little, [flat(1)], FS_HZ).reason.startswith("less than 2 s")
    none = trick_test(level, scored, [(level, ~scored)], FS_HZ)
    assert none.reason == "nothing scored with the trick"
