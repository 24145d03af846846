"""The table of a trial: every number the same as its own measure gives, none made up."""

from __future__ import annotations

import json

import numpy as np
import pytest

from emgfeedback.core.montage import Pair
from emgfeedback.measures.trial import trial_measures

FS_HZ = 100.0
LABELS = {0: "SCM L", 1: "SCM R"}
FLOORS = (1.0, 1.0, 1.0)
REST = (5.0, 5.0, 5.0)
PAIRS = (Pair("scm", 0, 1),)


def table(level: np.ndarray, scored: np.ndarray, **more: object) -> dict:
    inside = level[:, 0] < 10
    return trial_measures(
        level,
        inside,
        scored,
        FS_HZ,
        labels=LABELS,
        floors=FLOORS,
        rest_thresholds=REST,
        pairs=PAIRS,
        **more,
    )


def square() -> np.ndarray:
    at = np.arange(6000) % 1000
    left = np.where(at < 200, 2.0, 20.0)
    return np.column_stack([left, np.full(6000, 10.0), np.full(6000, 99.0)])


def test_the_numbers_of_a_known_trial() -> None:
    level = square()
    found = table(level, np.ones(6000, dtype=bool), ceilings={0: 10.0, 1: 10.5})
    assert found["in_target_pct"] == pytest.approx(20.0)
    assert found["longest_hold_s"] == 2.0
    assert found["exceedances"]["count"] == 6
    left, right = found["channels"]["SCM L"], found["channels"]["SCM R"]
    assert left["mean"] == pytest.approx(16.4)
    assert (left["p10"], left["p50"], left["p90"]) == pytest.approx((2, 20, 20))
    assert (left["rest_pct"], left["gaps_per_min"]) == pytest.approx((20.0, 6.0))
    assert left["time_to_relax_s"] == 0.0
    assert (right["rest_pct"], right["mean_gap_s"]) == (0.0, None)
    pair = found["pairs"]["SCM L / SCM R"]
    rms_left = np.sqrt(0.2 * 4 + 0.8 * 400 - 1)
    expected = 100 * (rms_left - np.sqrt(99)) / (rms_left + np.sqrt(99))
    assert pair["asymmetry_pct"] == pytest.approx(expected)
    assert pair["falconer_winter_pct"] == pytest.approx(200 * (0.2 * 2 + 0.8 * 10) / 26.4)
    assert pair["likeness"] is None
    assert found["notes"]["SCM L / SCM R likeness"] == "a side does not change"


def test_nothing_scored_is_none_with_reasons_and_still_json() -> None:
    found = table(square(), np.zeros(6000, dtype=bool))
    assert found["in_target_pct"] is None
    assert found["exceedances"] is None
    assert all(v is None for v in found["channels"]["SCM L"].values())
    assert all(v is None for v in found["pairs"]["SCM L / SCM R"].values())
    assert found["notes"]["SCM L"] == "nothing scored"
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_an_empty_trial_has_no_numbers() -> None:
    found = table(np.zeros((0, 3)), np.zeros(0, dtype=bool))
    assert found["longest_hold_s"] is None
    assert found["notes"]["SCM L / SCM R asymmetry_pct"] == "no whole second scored"


def test_both_sides_relaxed_is_not_balanced() -> None:
    found = table(np.full((6000, 3), 1.5), np.ones(6000, dtype=bool))
    assert found["pairs"]["SCM L / SCM R"]["asymmetry_pct"] is None
    assert found["notes"]["SCM L / SCM R asymmetry_pct"] == "floor"
