"""Calibrations in a run, and the levels that targets get from them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.core.block import Unit
from emgfeedback.core.errors import SettingsError
from emgfeedback.training.now import Hold, Mode, Phase, StepKind
from emgfeedback.training.plan import find_plan, load_plan
from emgfeedback.training.plan_steps import (
    Calibration,
    Ratings,
)
from emgfeedback.training.plan_target import TargetPlan
from tests.training.clinic import (
    Clinic,
    block,
    clinic,
    in_work,
    small_plan,
)


def test_pain_ends_the_contractions_and_their_reference() -> None:
    steps = (
        Ratings(when="before"),
        Calibration(method="rvc_scm", channels=("scm left",)),
        block(),
    )
    here = clinic(small_plan(*steps))
    here.ratings, here.pain = 1, 3
    here.to_end()
    (calibration,) = here.run.summary()["calibrations"]
    assert calibration["pain"] == [3]
    assert calibration["reason"] == "pain"
    assert calibration["channels"][0]["value_uv"] is None
    assert any("no further contraction" in words for words in here.run.now().log)


def test_without_pain_all_contractions_are_taken() -> None:
    here = clinic(small_plan(Calibration(method="rvc_scm", channels=("scm left",))))
    here.pain = 2
    here.to_end()
    (calibration,) = here.run.summary()["calibrations"]
    assert calibration["pain"] == [2, 2]
    (channel,) = calibration["channels"]
    assert channel["value_uv"] == pytest.approx(80, rel=0.4)
    assert len(channel["takes_uv"]) == 2


def test_an_unanswered_pain_question_starts_no_further_contraction() -> None:
    here = clinic(small_plan(Calibration(method="rvc_scm", channels=("scm left",), rest_s=5)))
    here.until(lambda now: bool(now.ratings))
    for _ in range(60):
        here.feed()
    now = here.run.now()
    assert now.phase is Phase.REST
    assert now.ratings
    here.do("next")
    assert here.run.now().phase is Phase.DONE


def test_a_contraction_with_a_loose_electrode_is_taken_again() -> None:
    here = clinic(
        small_plan(Calibration(method="rvc_scm", channels=("scm left",), repeats=1, seconds=10))
    )
    here.until(lambda now: now.phase is Phase.WORK)
    here.feed()
    here.usable[0] = False
    here.feed()
    assert here.run.now().hold is Hold.QUALITY
    here.usable[0] = True
    here.to_end()
    (calibration,) = here.run.summary()["calibrations"]
    assert calibration["interrupted"] == 1
    assert len(calibration["channels"][0]["takes_uv"]) == 1


def test_a_take_counts_down_what_is_still_to_be_measured() -> None:
    here = clinic(small_plan(Calibration(method="rest", channels=("trapezius left",), seconds=20)))
    here.until(lambda now: now.phase is Phase.WORK)
    here.feed()
    left_s = here.run.now().countdown_s
    assert left_s is not None
    assert 15 < left_s < 20
    here.feed()
    assert here.run.now().countdown_s == pytest.approx(left_s - 1, abs=0.03)
    here.usable[2] = False
    here.feed()
    stands_s = here.run.now().countdown_s
    here.feed()
    assert stands_s is not None
    assert stands_s >= left_s - 1
    assert here.run.now().countdown_s == stands_s


def test_block_without_its_reference_is_refused_and_says_why() -> None:
    plan = load_plan(find_plan("retrain-turn-away"))
    here = clinic(plan)
    here.until(lambda now: now.kind is StepKind.CALIBRATION)
    here.do("skip", "not today")
    here.do("skip", "not today")
    here.do("next")
    now = here.run.now()
    assert now.kind is StepKind.TRIALS
    assert now.phase is Phase.READY
    assert "was not taken" in now.hint
    here.do("skip", "no reference")
    summary = here.run.summary()
    assert summary["steps"][-2]["skipped"] == "no reference"


def test_pain_free_fallback_is_times_the_resting_level() -> None:
    here = clinic(load_plan(find_plan("retrain-turn-away")))
    here.pain = 5
    now = here.until(
        lambda now: (
            in_work(now) and now.feedback is not None and now.feedback.mode.value == "contrast"
        )
    )
    assert now.unit.value == "uV"
    assert now.feedback is not None
    rest_uv = here.run.summary()["calibrations"][0]["channels"]
    by_label = {c["label"]: c["value_uv"] for c in rest_uv}
    main = next(e for e in now.feedback.elements if e.role == "main")
    assert main.low == pytest.approx(3 * by_label["SCM R"])


IN_PERCENT = TargetPlan(
    mode=Mode.CONTRAST,
    main=("scm left",),
    quiet=("scm right",),
    above="30 %",
    below="25 %",
)
REFERENCE = Calibration(method="rvc_scm", channels=("scm left", "scm right"))


def in_percent() -> Clinic:
    plan = small_plan(REFERENCE, replace(block("contrast"), target=IN_PERCENT))
    here = clinic(replace(plan, unit="%"))
    here.until(in_work)
    return here


def test_lines_in_percent_are_told_in_microvolts_and_words() -> None:
    here = in_percent()
    now = here.run.now()
    found = here.run.summary()["calibrations"][0]["channels"]
    assert now.unit is Unit.PCT
    assert now.thresholds[:3] == (pytest.approx(30), pytest.approx(25), None)
    assert now.thresholds_uv[0] == pytest.approx(0.30 * found[0]["value_uv"])
    assert now.thresholds_uv[1] == pytest.approx(0.25 * found[1]["value_uv"])
    assert now.threshold_words[0] == f"30 % of own reference ({now.thresholds_uv[0]:.1f} µV)"
    assert now.threshold_words[2] == ""


@settings(max_examples=30, deadline=None)
@given(st.floats(3.0, 500.0))
def test_a_line_dragged_in_microvolts_lies_there_in_percent(uv: float) -> None:
    here = in_percent_once()
    here.run.set_threshold_uv(1, uv)
    now = here.run.now()
    reference_uv = here.run.summary()["calibrations"][0]["channels"][1]["value_uv"]
    assert now.thresholds_uv[1] == pytest.approx(uv)
    assert now.thresholds[1] == pytest.approx(100 * uv / reference_uv)
    assert now.thresholds[0] == pytest.approx(30)


@cache
def in_percent_once() -> Clinic:
    return in_percent()


@pytest.mark.parametrize(
    ("channel", "uv", "says"),
    [(1, 2.9, "in the noise"), (1, -5.0, "in the noise"), (1, float("nan"), "noise"),
     (0, 30.0, "no line to move"), (3, 30.0, "no line to move")],
)  # fmt: skip
def test_a_line_goes_neither_into_the_noise_nor_where_there_is_none(
    channel: int, uv: float, says: str
) -> None:
    here = in_percent_once()
    before = here.run.now().thresholds_uv
    with pytest.raises(SettingsError, match=says):
        here.run.set_threshold_uv(channel, uv)
    assert here.run.now().thresholds_uv == before


def test_the_upper_line_of_a_band_is_dragged_about_its_middle() -> None:
    here = clinic(small_plan(block("band")))
    here.until(in_work)
    assert here.run.now().thresholds_uv[0] == 300
    here.run.set_threshold_uv(0, 200.0)
    now = here.run.now()
    assert now.feedback is not None
    assert (now.feedback.elements[0].low, now.feedback.elements[0].high) == (110, 200)
    with pytest.raises(SettingsError, match="between 155 and 310"):
        here.run.set_threshold_uv(0, 400.0)


@pytest.mark.parametrize("mode", ["trajectory", "balance"])
def test_where_the_target_moves_or_is_a_difference_no_line_is_shown(mode: str) -> None:
    here = clinic(small_plan(block(mode)))
    here.until(in_work)
    assert here.run.now().thresholds_uv == (None,) * 6


def test_without_its_reference_percent_becomes_microvolts_and_says_why() -> None:
    target = replace(IN_PERCENT, above="30 % or 20 uV", below="25 % or 60 uV")
    plan = small_plan(REFERENCE, replace(block("contrast"), target=target))
    here = clinic(replace(plan, unit="%"))
    here.pain = 5
    now = here.until(in_work)
    assert now.unit is Unit.UV
    assert now.threshold_words[1] == "60.0 µV"
    assert any("In microvolts, not percent" in words and "pain" in words for words in now.log)
    result = here.run.summary()["steps"][1]["result"]
    assert "pain" in result["unit_reason"]
    assert result["reference"] is None


RESTING = Calibration(method="rest", channels=("trapezius left", "trapezius right"), seconds=20)
BELOW_REST = TargetPlan(
    mode=Mode.RELAX, quiet=("trapezius left", "trapezius right"), below="1.3 x rest"
)


def test_a_coarse_board_gets_its_ceilings_in_percent_of_rest() -> None:
    here = clinic(small_plan(RESTING, replace(block(), target=BELOW_REST)), lsb_uv=4.88)
    now = here.until(in_work)
    assert now.unit is Unit.PCT
    assert now.thresholds[2] == pytest.approx(130)
    assert now.thresholds_uv[2] == pytest.approx(
        1.3 * here.run.summary()["calibrations"][0]["channels"][0]["value_uv"]
    )
    assert now.threshold_words[2].startswith("130 % of resting level (")
    result = here.run.summary()["steps"][1]["result"]
    assert "4.9 µV, more than 1 µV" in result["unit_reason"]
    here.to_end()
    assert here.run.summary()["success_pct"] is not None


def test_a_coarse_board_without_a_measurement_gets_no_ceiling() -> None:
    here = clinic(small_plan(block()), lsb_uv=4.88)
    here.act()
    here.feed()
    here.do("next")
    now = here.run.now()
    assert now.phase is Phase.READY
    assert "No ceiling can be held in microvolts" in now.hint
    assert "higher gain" in now.hint
    fine = clinic(small_plan(block("activate")), lsb_uv=4.88)
    assert fine.until(in_work).unit is Unit.UV


def test_a_level_taken_with_other_filters_is_refused_by_name() -> None:
    other = replace(RESTING, filters="activation")
    here = clinic(small_plan(RESTING, other, replace(block(), target=BELOW_REST)))
    here.do("skip", "by mistake")
    here.until(lambda now: now.kind is StepKind.TRIALS)
    now = here.run.now()
    assert now.phase is Phase.READY
    assert "UT L was taken with HP 20 Hz o2" in now.hint
    assert "the task uses HP 30 Hz o4" in now.hint
    assert "Go back and take the calibration with the filters of this block" in now.hint


def test_the_first_choice_that_was_measured_with_the_filters_of_the_block_counts() -> None:
    other = replace(RESTING, filters="activation")
    target = replace(BELOW_REST, below="1.3 x rest or 20 uV")
    here = clinic(small_plan(other, replace(block(), target=target)))
    assert here.until(in_work).thresholds_uv[2] == 20
