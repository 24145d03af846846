"""Holds, exceedances and time to relax, on courses whose numbers are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from emgfeedback.measures.holds import (
    exceedances,
    excluded_pct,
    longest_hold_s,
    time_in_target_pct,
    time_to_relax_s,
)

FS_HZ = 100.0


def course(*stretches: tuple[bool, float]) -> np.ndarray:
    return np.concatenate([np.full(round(s * FS_HZ), value) for value, s in stretches])


INSIDE = course((True, 3), (False, 0.5), (True, 5), (False, 1.5), (True, 2))
ALL = np.ones(len(INSIDE), dtype=bool)
NONE = np.zeros(len(INSIDE), dtype=bool)


def test_time_in_target_and_longest_hold() -> None:
    assert time_in_target_pct(INSIDE, ALL).value == pytest.approx(100 * 10 / 12)
    assert longest_hold_s(INSIDE, ALL, FS_HZ).value == 5.0


def test_exceedances_are_counted_with_their_lengths() -> None:
    found = exceedances(INSIDE, ALL, FS_HZ)
    assert found is not None
    assert (found.count, found.total_s, found.mean_s, found.longest_s) == (2, 2.0, 1.0, 1.5)
    assert found.per_minute == pytest.approx(10.0)
    longer = exceedances(INSIDE, ALL, FS_HZ, least_s=1.0)
    assert longer is not None
    assert (longer.count, longer.mean_s) == (1, 1.5)


def test_what_was_left_out_ends_a_hold_and_is_no_exceedance() -> None:
    scored = ALL.copy()
    scored[500:600] = False
    assert longest_hold_s(INSIDE, scored, FS_HZ).value == 3.0
    found = exceedances(INSIDE, scored, FS_HZ)
    assert found is not None
    assert found.count == 2
    scored = INSIDE.copy()
    found = exceedances(INSIDE, scored, FS_HZ)
    assert found is not None
    assert (found.count, found.mean_s, found.longest_s) == (0, None, None)


def test_nothing_scored_is_no_number() -> None:
    assert time_in_target_pct(INSIDE, NONE).value is None
    assert longest_hold_s(INSIDE, NONE, FS_HZ).reason == "nothing scored"
    assert exceedances(INSIDE, NONE, FS_HZ) is None
    assert time_to_relax_s(INSIDE.astype(float), NONE, FS_HZ, 0.5).value is None


def test_time_to_relax_is_when_two_quiet_seconds_begin() -> None:
    level = np.where(course((False, 1), (True, 1.5), (False, 0.2), (True, 4)), 2.0, 20.0)
    everything = np.ones(len(level), dtype=bool)
    assert time_to_relax_s(level, everything, FS_HZ, 5.0).value == pytest.approx(2.7)
    assert time_to_relax_s(level, everything, FS_HZ, 5.0, quiet_s=1.0).value == 1.0
    never = time_to_relax_s(level, everything, FS_HZ, 1.0)
    assert (never.value, never.reason) == (None, "not quiet for 2 s")


def test_a_loose_electrode_is_not_calm() -> None:
    level = np.full(1000, 20.0)
    level[200:800] = 0.0
    scored = level > 0
    assert time_to_relax_s(level, scored, FS_HZ, 5.0).value is None


def test_shares_left_out_are_of_the_time_asked_for() -> None:
    assert excluded_pct({"gap": 3.0, "quality": 7.0}, 90.0) == {"gap": 3.0, "quality": 7.0}
    assert excluded_pct({}, 0.0) == {}


@given(arrays(bool, 300), arrays(bool, 300))
def test_holds_and_exceedances_share_the_scored_time(
    inside: np.ndarray, scored: np.ndarray
) -> None:
    found = exceedances(inside, scored, FS_HZ)
    hold = longest_hold_s(inside, scored, FS_HZ).value
    if found is None or hold is None:
        assert not scored.any()
        return
    n_in = np.count_nonzero(inside & scored) / FS_HZ
    assert found.total_s + n_in == pytest.approx(np.count_nonzero(scored) / FS_HZ)
    assert hold <= n_in + 1e-12


@given(st.lists(st.floats(0.1, 30), min_size=1))
def test_shares_left_out_and_scored_make_the_whole(seconds: list[float]) -> None:
    by_reason = {str(i): s for i, s in enumerate(seconds)}
    assert sum(excluded_pct(by_reason, 0.0).values()) == pytest.approx(100)
