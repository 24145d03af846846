"""Work/rest sets whose onset, release and means are known."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.measures.work_rest import Cycle, work_rest

FS_HZ = 100.0
CYCLES = tuple(Cycle(start, start + 500, start + 1500) for start in (0, 1500, 3000))


def ramps(rise_s: float, fall_s: float, high: float = 40.0, low: float = 4.0) -> np.ndarray:
    one = np.full(1500, low)
    n_up, n_down = round(rise_s * FS_HZ), round(fall_s * FS_HZ)
    one[:n_up] = np.linspace(low, high, n_up, endpoint=False)
    one[n_up:500] = high
    one[500 : 500 + n_down] = np.linspace(high, low, n_down, endpoint=False)
    return np.tile(one, 3)


def everything(level: np.ndarray) -> np.ndarray:
    return np.ones(len(level), dtype=bool)


def test_means_leave_the_first_second_out() -> None:
    level = ramps(0.8, 0.8)
    found = work_rest(level, everything(level), FS_HZ, CYCLES)
    assert found.work_mean.value == pytest.approx(40.0)
    assert found.rest_mean.value == pytest.approx(4.0)
    assert found.rest_to_work_pct.value == pytest.approx(10.0)


def test_onset_to_75_and_release_to_37_5_percent() -> None:
    level = ramps(0.9, 0.9)
    found = work_rest(level, everything(level), FS_HZ, CYCLES)
    assert found.cycles[0].onset_s.reason == "no work before"
    assert found.cycles[1].onset_s.value == pytest.approx(0.9 * (30 - 4) / 36, abs=0.011)
    assert found.cycles[0].release_s.value == pytest.approx(0.9 * (40 - 15) / 36, abs=0.011)
    assert found.onset_s.value == pytest.approx(0.65, abs=0.011)
    assert found.release_s.value == pytest.approx(0.625, abs=0.011)


def test_answers_later_than_two_seconds_are_rejected() -> None:
    level = ramps(4.0, 0.5)
    found = work_rest(level, everything(level), FS_HZ, CYCLES)
    assert found.onset_s.value is None
    assert found.onset_s.reason == "later than 2 s"
    assert found.release_s.value is not None


def test_what_is_left_out_at_the_cue_gives_no_onset() -> None:
    level = ramps(0.5, 0.5)
    scored = everything(level)
    scored[1500:1550] = False
    found = work_rest(level, scored, FS_HZ, CYCLES)
    assert found.cycles[1].onset_s.reason == "left out at the cue"
    assert found.cycles[2].onset_s.value is not None
    nothing = work_rest(level, np.zeros_like(scored), FS_HZ, CYCLES)
    assert nothing.work_mean.reason == "nothing scored"
    assert nothing.rest_to_work_pct.value is None


def test_no_cycle_is_no_number() -> None:
    assert work_rest(np.zeros(0), np.zeros(0, dtype=bool), FS_HZ, ()).onset_s.reason == "no cycle"
