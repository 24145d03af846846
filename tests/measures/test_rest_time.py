"""Gaps and relative rest time by the vectors of the literature."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.dsp.smooth import MovingRms
from emgfeedback.measures.rest_time import rest_threshold_uv, rest_time

FS_HZ = 1000.0


def square(quiet_s: float, loud_s: float, total_s: float) -> np.ndarray:
    at = np.arange(round(total_s * FS_HZ)) % round((quiet_s + loud_s) * FS_HZ)
    return np.where(at < round(quiet_s * FS_HZ), 1.0, 20.0)


def all_of(level: np.ndarray) -> np.ndarray:
    return np.ones(len(level), dtype=bool)


def test_two_of_ten_seconds_rest() -> None:
    level = square(2, 8, 60)
    found = rest_time(level, all_of(level), FS_HZ, 5.0)
    assert found.rest_pct == pytest.approx(20.0)
    assert found.gaps_per_min == pytest.approx(6.0)
    assert found.mean_gap_s == pytest.approx(2.0)
    assert found.goal_pct == 100.0


def test_a_moving_rms_shortens_gaps_by_its_window_at_most() -> None:
    noise = np.sign(np.random.default_rng(3).normal(size=(60_000, 1)))
    rms = MovingRms(0.125, FS_HZ, 1)
    level = rms.process(noise * square(2, 8, 60)[:, None])[:, 0]
    found = rest_time(level, all_of(level), FS_HZ, 5.0)
    assert found.mean_gap_s is not None
    assert found.mean_gap_s == pytest.approx(2.0, abs=0.125)
    assert found.gaps_per_min == pytest.approx(6.0)


def test_short_dips_are_no_gaps() -> None:
    level = square(0.15, 0.85, 30)
    found = rest_time(level, all_of(level), FS_HZ, 5.0, least_gap_s=0.2)
    assert (found.gaps_per_min, found.mean_gap_s) == (0.0, None)
    assert found.rest_pct == pytest.approx(15.0)
    assert found.goal_pct == 0.0


def test_what_is_left_out_counts_nowhere_and_cuts_gaps() -> None:
    level = square(2, 8, 60)
    scored = all_of(level)
    scored[900:1100] = False
    found = rest_time(level, scored, FS_HZ, 5.0)
    assert found.rest_pct == pytest.approx(100 * (12 - 0.2) / (60 - 0.2))
    assert found.gaps_per_min == pytest.approx(60 * 7 / (60 - 0.2))
    none = rest_time(level, np.zeros_like(scored), FS_HZ, 5.0)
    assert (none.rest_pct, none.reason) == (None, "nothing scored")


def test_the_rest_threshold_never_lies_in_the_noise() -> None:
    assert rest_threshold_uv(None, 0.5) == 3.0
    assert rest_threshold_uv(None, 2.0) == 4.0
    assert rest_threshold_uv(1000.0, 0.5) == 5.0
    assert rest_threshold_uv(200.0, 2.0) == 4.0
