"""Whole sessions from the virtual board's bytes to the summary, faster than real time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emgfeedback.training.now import Hold, Mode, Phase, RunNow, StepKind
from emgfeedback.training.plan import Plan, find_plan, load_plan
from emgfeedback.training.plan_steps import Breathing, End, Prompt, Rest, Step, Trials
from tests.training.board_session import Session
from tests.training.targets_of_all_modes import TARGETS

PIECE_S = 0.1
CHANNELS = {"scm left": 0, "scm right": 1, "trapezius left": 2, "trapezius right": 3}


def shortened(plan: Plan) -> Plan:
    """The same steps with fewer and shorter parts."""
    steps: list[Step] = []
    for step in plan.steps:
        if isinstance(step, Breathing | Rest):
            steps.append(replace(step, seconds=30.0))
        elif isinstance(step, Trials):
            steps.append(replace(step, n_trials=2, probe_every=2, trial_s=10.0, rest_s=3.0))
        else:
            steps.append(step)
    return replace(plan, steps=tuple(steps))


@pytest.mark.parametrize("name", ["home-15-minutes", "symmetry-midline"])
def test_a_shipped_plan_runs_from_bytes_to_summary(name: str) -> None:
    plan = shortened(load_plan(find_plan(name)))
    summary = Session(plan, piece_s=PIECE_S).to_end().summary()
    assert summary["finished"]
    assert len(summary["steps"]) == len(plan.steps)
    assert set(summary["paused_reasons"]) <= {"settling"}
    """The first second of a balance trial fills its window; nothing else is left out."""
    assert summary["excluded_pct"] < 10
    assert all(
        channel["value_uv"] > 1
        for calibration in summary["calibrations"]
        for channel in calibration["channels"]
    )
    for trial in summary["trials"]:
        assert trial["scored_s"] + trial["excluded_s"] == pytest.approx(10, abs=0.01)
        assert trial["measures"]["channels"]


@pytest.mark.parametrize("mode", [mode.value for mode in Mode])
@pytest.mark.parametrize("kind", ["loose", "saturate", "gap"])
def test_a_fault_of_the_board_is_left_out_in_every_mode(mode: str, kind: str) -> None:
    target = TARGETS[mode]
    channel = CHANNELS[target.places[0]]
    fault = "gap=3000@11" if kind == "gap" else f"{kind}={channel + 1}@11+4"
    step = Trials(
        target=target, n_trials=1, trial_s=20, rest_s=3, probe_every=0, retention=False
    )  # fmt: skip
    holds: list[Hold] = []

    def watch(now: RunNow, time_s: float) -> None:
        if now.phase is not Phase.WORK or now.kind is not StepKind.TRIALS:
            return
        if now.hold is not Hold.NONE:
            holds.append(now.hold)
            assert now.feedback is not None
            assert now.feedback.inside is None
            assert now.feedback.distance is None
        elif kind != "gap":
            assert not 13.5 < time_s < 14.5

    plan = Plan(
        name="p", title="P", auto=True, steps=(Prompt(seconds=5), step, End())
    )  # fmt: skip
    summary = Session(plan, fault, piece_s=PIECE_S).to_end(watch).summary()
    (trial,) = summary["trials"]
    assert holds
    assert kind == "gap" or Hold.QUALITY in holds
    assert trial["paused_reasons"]["gap" if kind == "gap" else "quality"] >= 3
    assert trial["scored_s"] >= 10
    missing_s = 3 if kind == "gap" else 0
    assert trial["scored_s"] + trial["excluded_s"] == pytest.approx(20 + missing_s, abs=0.01)


@pytest.mark.parametrize("mode", [mode.value for mode in Mode])
def test_a_board_that_is_plugged_in_again_is_waited_for_in_every_mode(mode: str) -> None:
    step = Trials(
        target=TARGETS[mode], n_trials=1, trial_s=20, rest_s=3, probe_every=0, retention=False
    )  # fmt: skip
    holds: set[Hold] = set()
    last: list[RunNow] = []

    def watch(now: RunNow, time_s: float) -> None:
        if now.phase is not Phase.WORK or now.kind is not StepKind.TRIALS:
            return
        last[:] = [now]
        assert now.feedback is not None
        if now.hold is not Hold.NONE:
            holds.add(now.hold)
            assert now.feedback.inside is None
            assert now.feedback.distance is None

    plan = Plan(
        name="p", title="P", auto=True, steps=(Prompt(seconds=5), step, End())
    )  # fmt: skip
    summary = Session(plan, "unplug@13+3", piece_s=PIECE_S).to_end(watch).summary()
    (trial,) = summary["trials"]
    assert summary["finished"]
    assert holds & {Hold.GAP, Hold.QUALITY}
    assert last[0].hold is Hold.NONE
    assert trial["paused_reasons"]["gap"] > 0
    assert 10 <= trial["scored_s"] < 20
    assert trial["in_target_s"] <= trial["scored_s"]
