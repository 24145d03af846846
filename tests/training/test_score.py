"""Scores count what turned out to be good, once, whatever the pieces it came in."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.training.now import Hold
from emgfeedback.training.score import INSIDE, LEFT_OUT, OUTSIDE, ConfirmedScore

FS_HZ = 100.0


def yes(n: int) -> np.ndarray:
    return np.ones(n, dtype=bool)


def no(n: int) -> np.ndarray:
    return np.zeros(n, dtype=bool)


def test_nothing_counts_until_a_verdict_a_second_later() -> None:
    score = ConfirmedScore(FS_HZ)
    score.add(yes(250), yes(250))
    assert (score.scored_s, score.waiting_s, score.success_pct) == (0.0, 2.5, None)
    score.judged(True)
    assert (score.in_s, score.scored_s, score.waiting_s) == (1.5, 1.5, 1.0)


def test_a_bad_verdict_leaves_out_all_that_waits() -> None:
    score = ConfirmedScore(FS_HZ)
    score.add(yes(250), yes(250))
    score.judged(True)
    score.add(yes(50), yes(50))
    score.judged(False)
    assert (score.in_s, score.excluded_s) == (1.5, {Hold.QUALITY: 1.5})
    assert score.excluded_pct == pytest.approx(50.0)


def test_a_gap_leaves_out_itself_and_what_waits() -> None:
    score = ConfirmedScore(FS_HZ)
    score.add(yes(80), yes(80))
    score.gap(120)
    score.judged(True)
    assert (score.scored_s, score.excluded_s) == (0.0, {Hold.GAP: 2.0})


def test_reasons_are_kept_apart() -> None:
    score = ConfirmedScore(FS_HZ, confirm_s=0)
    score.add(yes(100), no(100), Hold.SETTLING)
    score.add(yes(100), no(100), Hold.USER)
    score.add(no(100), yes(100), Hold.SETTLING)
    score.judged(True)
    score.add(yes(100), yes(100))
    score.add(yes(100), no(100), Hold.QUALITY)
    assert score.excluded_s == {Hold.SETTLING: 1.0, Hold.USER: 1.0, Hold.QUALITY: 2.0}
    assert (score.in_s, score.scored_s) == (0.0, 1.0)
    assert score.success_pct == 0.0
    assert score.total_excluded_s == 4.0


def test_good_signal_after_the_end_confirms_the_last_second() -> None:
    score = ConfirmedScore(FS_HZ)
    score.add(yes(300), yes(300))
    score.add(no(100), no(100), Hold.NONE)
    score.judged(True)
    score.finish()
    assert (score.in_s, score.scored_s, score.excluded_s) == (3.0, 3.0, {})


def test_an_end_without_confirmation_leaves_the_last_second_out() -> None:
    score = ConfirmedScore(FS_HZ)
    score.add(yes(300), yes(300))
    score.judged(True)
    assert not score.finished
    score.finish()
    assert score.finished
    assert (score.in_s, score.excluded_s) == (2.0, {Hold.NONE: 1.0})


def test_outcomes_tell_of_every_sample() -> None:
    score = ConfirmedScore(FS_HZ, keep_outcomes=True)
    score.add(yes(50), no(50), Hold.SETTLING)
    inside = yes(200)
    inside[20:40] = False
    score.add(inside, yes(200))
    score.judged(True)
    assert (score.outcomes[150:] == LEFT_OUT).all()
    score.finish()
    expected = np.full(250, LEFT_OUT)
    expected[50:150] = INSIDE
    expected[70:90] = OUTSIDE
    assert np.array_equal(score.outcomes, expected)
    score.reset()
    assert len(score.outcomes) == 0
    assert score.success_pct is None


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=20),
    st.lists(st.integers(0, 1999), max_size=8),
    st.integers(0, 2**32 - 1),
)
def test_pieces_change_nothing(cuts: list[int], verdicts: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside, scored = rng.random(2000) < 0.6, rng.random(2000) < 0.9
    ok = {at: bool(rng.random() < 0.7) for at in verdicts}

    def run(edges: set[int]) -> ConfirmedScore:
        score = ConfirmedScore(FS_HZ, confirm_s=0.5, keep_outcomes=True)
        places = sorted({0, 2000, *edges, *ok})
        for a, b in itertools.pairwise(places):
            if a in ok:
                score.judged(ok[a])
            score.add(inside[a:b], scored[a:b], Hold.SETTLING)
        score.finish()
        return score

    whole, pieces = run(set()), run(set((np.cumsum(cuts) % 2000).tolist()))
    assert (whole.in_s, whole.scored_s, whole.excluded_s) == (
        pieces.in_s,
        pieces.scored_s,
        pieces.excluded_s,
    )
    assert np.array_equal(whole.outcomes, pieces.outcomes)
    assert whole.scored_s + whole.total_excluded_s == pytest.approx(20.0)
    assert np.count_nonzero(whole.outcomes == INSIDE) / FS_HZ == pytest.approx(whole.in_s)
    assert np.count_nonzero(whole.outcomes >= 0) / FS_HZ == pytest.approx(whole.scored_s)
