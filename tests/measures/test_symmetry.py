from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.core.montage import Pair
from emgfeedback.measures.symmetry import (
    PairMonitor,
    asymmetry_index,
    compare,
    log_ratio,
    overlap_coefficient,
    relative_to_max,
    side_ratio,
    symmetry_angle,
    symmetry_index,
)
from tests.measures.signals import cut

FS_HZ = 1000.0
SIGNED = (asymmetry_index, symmetry_index, log_ratio, symmetry_angle)
levels = st.floats(0.01, 1e4)
YES = np.array([True, True])
QUIET = np.array([0.1, 0.1])


def overlap_of(left: float, right: float) -> float | None:
    return overlap_coefficient(np.array([left]), np.array([right]))


@pytest.mark.parametrize(
    ("index", "value"),
    [
        (asymmetry_index, 50.0),
        (symmetry_index, -100.0),
        (relative_to_max, 66.6667),
        (overlap_of, 50.0),
        (symmetry_angle, -29.517),
        (log_ratio, 1.0986),
        (side_ratio, 3.0),
    ],
)
def test_left_30_right_10(index, value):
    assert index(30.0, 10.0) == pytest.approx(value, rel=2e-5)


@given(levels, levels)
def test_swapping_sides_flips_the_sign(left, right):
    for index in SIGNED:
        assert index(left, right) == pytest.approx(-index(right, left), abs=1e-9)
    for index in (relative_to_max, overlap_of, side_ratio):
        assert index(left, right) == index(right, left)


@given(levels)
def test_equal_sides_are_zero(level):
    for index in (*SIGNED, relative_to_max):
        assert index(level, level) == pytest.approx(0, abs=1e-12)
    assert overlap_of(level, level) == 100
    assert side_ratio(level, level) == 1


def test_no_activity_on_either_side_is_undefined():
    for index in (*SIGNED, relative_to_max, overlap_of, side_ratio):
        assert index(0.0, 0.0) is None


@given(levels, levels)
def test_bounds(left, right):
    assert -100 <= asymmetry_index(left, right) <= 100
    assert -200 <= symmetry_index(left, right) <= 200
    assert -100 <= symmetry_angle(left, right) <= 100


def test_twenty_percent_is_a_ratio_of_one_and_a_half():
    assert asymmetry_index(15.0, 10.0) == pytest.approx(20)
    assert symmetry_angle(15.0, 10.0) == pytest.approx(-12.57, abs=0.005)


def test_noise_is_taken_out_as_power():
    noise = 8.0
    measured = compare(math.hypot(10, noise), math.hypot(5, noise))
    corrected = compare(math.hypot(10, noise), math.hypot(5, noise), 4.0, 4.0)
    assert measured.asymmetry_pct == pytest.approx(15.2, abs=0.05)
    exact = compare(math.hypot(40, noise), math.hypot(20, noise), noise, noise)
    assert exact.asymmetry_pct == pytest.approx(100 / 3)
    assert measured.asymmetry_pct < corrected.asymmetry_pct < 100 / 3


def test_hidden_only_while_both_sides_are_under_twice_their_floors():
    both = compare(3.9, 1.0, 2.0, 2.0)
    assert (both.asymmetry_pct, both.ratio, both.reason) == (None, None, "floor")
    assert (both.left_uv, both.right_uv) == (3.9, 1.0)
    one = compare(4.0, 1.0, 2.0, 2.0)
    assert one.reason == ""
    assert one.asymmetry_pct == 100
    assert one.ratio is None


def tones(n: int, left: float, right: float) -> np.ndarray:
    """Return two tones of the given RMS with whole periods in every second."""
    time_s = np.arange(n) / FS_HZ
    return math.sqrt(2) * np.sin(2 * np.pi * 100 * time_s)[:, None] * [left, right]


def test_monitor_waits_for_a_second_of_settled_samples():
    monitor = PairMonitor([Pair("scm", 0, 1)], FS_HZ)
    x = tones(3000, 30, 10)
    valid = np.arange(3000) >= 500
    for part in cut(1499, [37]):
        monitor.process(x[part], valid[part], YES, QUIET)
        assert monitor.levels()[0].reason == "settling"
        assert monitor.levels()[0].left_uv is None
    monitor.process(x[1499:1500], valid[1499:1500], YES, QUIET)
    level = monitor.levels()[0]
    assert level.reason == ""
    assert level.left_uv == pytest.approx(30)
    assert level.right_uv == pytest.approx(10)
    assert level.asymmetry_pct == pytest.approx(50, abs=0.01)
    assert level.ratio == pytest.approx(3, abs=0.001)


def test_monitor_shows_nothing_of_a_bad_side():
    monitor = PairMonitor([Pair("scm", 0, 1)], FS_HZ)
    monitor.process(tones(2000, 30, 10), np.ones(2000, dtype=bool), np.array([True, False]), QUIET)
    level = monitor.levels()[0]
    assert (level.right_uv, level.asymmetry_pct, level.ratio) == (None, None, None)
    assert level.reason == "quality"
    assert level.left_uv == pytest.approx(30)


def test_monitor_settles_again_after_a_gap_and_forgets_after_a_long_one():
    monitor = PairMonitor([Pair("scm", 0, 1)], FS_HZ)
    settled, not_settled = np.ones(1000, dtype=bool), np.zeros(300, dtype=bool)
    monitor.process(tones(1000, 30, 10), settled, YES, QUIET)
    monitor.process(tones(300, 900, 900), not_settled, YES, QUIET)
    assert monitor.levels()[0].reason == "settling"
    monitor.process(tones(10, 30, 10), settled[:10], YES, QUIET)
    assert monitor.levels()[0].left_uv == pytest.approx(30)
    for _ in range(4):
        monitor.process(tones(300, 900, 900), not_settled, YES, QUIET)
    monitor.process(tones(990, 30, 10), settled[:990], YES, QUIET)
    assert monitor.levels()[0].reason == "settling"
    monitor.process(tones(10, 30, 10), settled[:10], YES, QUIET)
    assert monitor.levels()[0].left_uv == pytest.approx(30)


@settings(deadline=None)
@given(st.lists(st.integers(1, 4096), min_size=1, max_size=8), st.integers(0, 2**31))
def test_monitor_does_not_depend_on_the_block_sizes(sizes, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((3500, 3)) * [3, 20, 60]
    valid = np.repeat(rng.random(35) < 0.7, 100)
    usable, floors = np.array([True] * 3), np.full(3, 1.0)
    pairs = [Pair("scm", 0, 2), Pair("trapezius", 1, 2)]
    whole, parts = PairMonitor(pairs, FS_HZ), PairMonitor(pairs, FS_HZ)
    whole.process(x, valid, usable, floors)
    for part in cut(len(x), sizes):
        parts.process(x[part], valid[part], usable, floors)
    assert parts.levels() == whole.levels()
