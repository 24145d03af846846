"""The rule settles where it should, in steps that a patient can follow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.core.block import Unit
from emgfeedback.core.errors import SettingsError
from emgfeedback.training.shaping import LARGEST_STEP, Rule, Shaper, Shaping
from emgfeedback.training.targets import Balance, Contrast, HoldBand, StayAbove, StayBelow

FLOORS = [0.5] * 6
LEAST = [3.0] * 6
P75 = math.exp(0.35 * 0.6744897501960817)
"""75th percentile of a log-normal of median 1 and spread 0.35."""


def below(high: float = 30.0) -> StayBelow:
    return StayBelow(channels=(0,), high=(high,))


def train(shaper: Shaper, median: float, trials: int, seed: int) -> list[float]:
    """Play trials of 60 s by a patient with a log-normal level; return the thresholds."""
    rng = np.random.default_rng(seed)
    thresholds = []
    for _ in range(trials):
        level = rng.lognormal(math.log(median), 0.35, 600)
        threshold = shaper.values[0]
        inside = level < threshold if shaper.target.easier > 0 else level >= threshold
        shaper.after_trial(100 * float(inside.mean()), FLOORS, LEAST)
        thresholds.append(shaper.values[0])
    return thresholds


@pytest.mark.parametrize("start", [6.0, 15.0, 60.0])
@pytest.mark.parametrize("seed", range(5))
def test_settles_at_the_75th_percentile_and_follows_a_step(start: float, seed: int) -> None:
    shaper = Shaper(below(start), Shaping())
    before = train(shaper, 15.0, 60, seed)[-20:]
    assert np.mean(before) == pytest.approx(18.99, rel=0.05)
    after = train(shaper, 10.0, 60, seed + 100)[-20:]
    assert np.mean(after) == pytest.approx(12.66, rel=0.05)
    assert shaper.fixed.shaped == (start,)


def test_levels_to_reach_are_mirrored() -> None:
    shaper = Shaper(StayAbove(channels=(0,), low=(60.0,)), Shaping())
    found = train(shaper, 40.0, 60, 1)[-20:]
    assert np.mean(found) == pytest.approx(40.0 / P75, rel=0.05)


@given(
    st.floats(3.0, 500.0),
    st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=1, max_size=30),
)
def test_no_trial_moves_more_than_its_cap_nor_into_the_noise(
    start: float, successes: list[float | None]
) -> None:
    for target in (
        StayBelow(channels=(0, 1), high=(start, 2 * start)),
        StayAbove(channels=(0,), low=(start,)),
        HoldBand(channels=(0,), low=(start,), high=(2 * start,)),
        Contrast(channels=(0,), low=(start,), quiet=(1,), quiet_high=(start,)),
        Balance(channels=(0, 1), task="rest"),
    ):
        shaper = Shaper(target, Shaping())
        for success in successes:
            change = shaper.after_trial(success, FLOORS, LEAST)
            for old, new in zip(change.old, change.new, strict=True):
                assert abs(new - old) <= LARGEST_STEP * old * (1 + 1e-9)
        lowest, highest = shaper.target.shaped_range(FLOORS, LEAST)
        for value, low, high in zip(shaper.values, lowest, highest, strict=True):
            assert low * (1 - 1e-9) <= value <= high * (1 + 1e-9)
        assert len(shaper.log) == len(successes)


def test_the_floor_of_the_noise_holds() -> None:
    shaper = Shaper(below(3.2), Shaping())
    shaper.after_trial(100.0, FLOORS, LEAST)
    assert shaper.values == (3.0,)
    noisy = Shaper(below(8.5), Shaping())
    noisy.after_trial(100.0, [4.0] * 6, LEAST)
    assert noisy.values == (8.0,)


def test_a_target_under_the_floor_comes_up_in_steps() -> None:
    shaper = Shaper(below(2.0), Shaping())
    shaper.after_trial(75.0, FLOORS, LEAST)
    assert shaper.values == pytest.approx((2.3,))


def test_two_hard_trials_ease_and_offer_the_trick_then_rest() -> None:
    shaper = Shaper(below(10.0), Shaping())
    assert shaper.after_trial(39.0, FLOORS, LEAST).offer == ""
    before = shaper.values[0]
    change = shaper.after_trial(39.0, FLOORS, LEAST)
    assert change.offer == "trick"
    assert shaper.values[0] == pytest.approx(1.15 * before)
    shaper.after_trial(10.0, FLOORS, LEAST)
    assert shaper.after_trial(10.0, FLOORS, LEAST).offer == "rest"
    without = Shaper(below(), Shaping(offers_trick=False))
    without.after_trial(10.0, FLOORS, LEAST)
    assert without.after_trial(10.0, FLOORS, LEAST).offer == "rest"


def test_easing_lowers_what_is_to_be_reached() -> None:
    shaper = Shaper(StayAbove(channels=(0,), low=(40.0,)), Shaping())
    shaper.after_trial(39.0, FLOORS, LEAST)
    before = shaper.values[0]
    assert before < 40.0
    shaper.after_trial(39.0, FLOORS, LEAST)
    assert shaper.values[0] == pytest.approx(0.85 * before)


def test_three_easy_trials_offer_the_next_task() -> None:
    shaper = Shaper(below(), Shaping())
    offers = [shaper.after_trial(s, FLOORS, LEAST).offer for s in (90, 90, 80, 90, 90, 90, 90)]
    assert offers == ["", "", "", "", "", "progress", ""]


def test_what_could_not_be_scored_decides_nothing() -> None:
    shaper = Shaper(below(), Shaping())
    shaper.after_trial(30.0, FLOORS, LEAST)
    before = shaper.values
    change = shaper.after_trial(None, FLOORS, LEAST)
    assert (change.moved, change.offer, shaper.values) == (False, "", before)
    assert shaper.after_trial(30.0, FLOORS, LEAST).offer == "trick"


@pytest.mark.parametrize("rule", [Rule.MANUAL, Rule.LOCK])
def test_rules_by_hand_never_move_but_still_offer(rule: Rule) -> None:
    shaper = Shaper(below(), Shaping(rule=rule))
    changes = [shaper.after_trial(10.0, FLOORS, LEAST) for _ in range(4)]
    assert not any(change.moved for change in changes)
    assert [change.offer for change in changes] == ["", "ease", "", "ease"]


def test_frozen_targets_stay_until_released() -> None:
    shaper = Shaper(below(), Shaping())
    shaper.freeze()
    assert not shaper.after_trial(100.0, FLOORS, LEAST).moved
    shaper.release()
    assert shaper.after_trial(100.0, FLOORS, LEAST).moved
    assert [line.split(".")[0] for line in shaper.log][0::2] == [
        "Target held by hand",
        "Target released",
    ]


def test_a_move_too_small_to_be_read_is_not_told_as_one() -> None:
    shaper = Shaper(below(4.0), Shaping())
    assert shaper.after_trial(74.9, FLOORS, LEAST).moved
    assert shaper.log == ("Target all but unchanged (75 % in target).",)


def test_every_decision_is_told_in_words() -> None:
    shaper = Shaper(below(20.0), Shaping())
    shaper.after_trial(95.0, FLOORS, LEAST)
    shaper.set_bound(0, 22.0)
    assert shaper.log == (
        "Target harder: 20.0 to 18.1 µV (95 % in target).",
        "Target easier: 18.1 to 22.0 µV (by hand).",
    )
    assert shaper.fixed.shaped == (20.0,)
    up = Shaper(StayAbove(channels=(0,), low=(40.0,)), Shaping(), Unit.PCT)
    up.set_bound(0, 50.0)
    assert up.log == ("Target harder: 40.0 to 50.0 % (by hand).",)
    with pytest.raises(SettingsError):
        shaper.set_bound(0, -1.0)


@pytest.mark.parametrize("wrong", [{"wanted_pct": 95.0}, {"eta": 0.0}, {"eta": 3.0}])
def test_settings_that_would_not_settle_are_refused(wrong: dict) -> None:
    with pytest.raises(SettingsError, match="outside"):
        Shaping(**wrong)
