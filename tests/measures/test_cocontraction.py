"""Co-contraction by known answers: constants, sines, shifted copies."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.measures.cocontraction import (
    falconer_winter_pct,
    likeness,
    mirrored_index_pct,
    rudolph,
)

FS_HZ = 1000.0
TURN = np.arange(100_000) / 100_000 * 2 * np.pi
SIN, COS = np.abs(np.sin(TURN)), np.abs(np.cos(TURN))
LOW, HIGH = np.full(100, 10.0), np.full(100, 40.0)
ZERO = np.zeros(100)


def test_constants() -> None:
    assert falconer_winter_pct(LOW, HIGH).value == pytest.approx(40.0)
    assert rudolph(LOW, HIGH).value == pytest.approx(12.5)
    assert rudolph(HIGH, LOW).value == pytest.approx(12.5)
    assert falconer_winter_pct(LOW, LOW).value == pytest.approx(100.0)


def test_rectified_sine_and_cosine() -> None:
    assert falconer_winter_pct(SIN, COS).value == pytest.approx(58.58, abs=1e-2)
    assert rudolph(SIN, COS).value == pytest.approx(0.5948, abs=1e-3)


def test_no_activity_is_no_number() -> None:
    assert falconer_winter_pct(ZERO, ZERO).value is None
    assert rudolph(ZERO, ZERO).reason == "no activity"
    assert rudolph(ZERO[:0], ZERO[:0]).reason == "nothing scored"
    assert rudolph(ZERO, HIGH).value == 0.0


@pytest.mark.parametrize("lag_s", [-0.3, 0.0, 0.2])
def test_a_shifted_copy_is_alike_at_its_lag(lag_s: float) -> None:
    t = np.arange(10_000) / FS_HZ
    left = 20 + 10 * np.sin(2 * np.pi * 0.3 * t) + 4 * np.sin(2 * np.pi * 0.7 * t)
    shifted = t - lag_s
    right = 5 + np.sin(2 * np.pi * 0.3 * shifted) + 0.4 * np.sin(2 * np.pi * 0.7 * shifted)
    coefficient, lag = likeness(left, right, FS_HZ)
    assert coefficient.value == pytest.approx(1.0, abs=1e-9)
    assert lag.value == pytest.approx(lag_s)


def test_opposite_courses_are_unlike() -> None:
    t = np.arange(20_000) / FS_HZ
    wave = np.sin(2 * np.pi * 0.1 * t)
    coefficient, _ = likeness(20 + wave, 20 - wave, FS_HZ)
    assert coefficient.value is not None
    assert coefficient.value < -0.9


def test_likeness_needs_length_and_change() -> None:
    still = np.full(5000, 3.3)
    assert likeness(still, still, FS_HZ)[0].reason == "a side does not change"
    assert likeness(still[:1000], still[:1000], FS_HZ)[0].reason == "shorter than 2 s"


def test_mirrored_tasks_compare_the_same_work() -> None:
    away, towards = mirrored_index_pct(turned_left=(5.0, 10.0), turned_right=(30.0, 5.0))
    assert away == pytest.approx(50.0)
    assert towards == pytest.approx(0.0)
    assert mirrored_index_pct((0.0, 0.0), (0.0, 0.0)) == (None, None)
