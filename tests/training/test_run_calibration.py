"""Calibrations in a run, and the levels that targets get from them."""

from __future__ import annotations

import pytest

from emgfeedback.training.now import Hold, Phase, StepKind
from emgfeedback.training.plan import find_plan, load_plan
from emgfeedback.training.plan_steps import (
    Calibration,
    Ratings,
)
from tests.training.clinic import (
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
