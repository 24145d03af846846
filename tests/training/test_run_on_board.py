"""Whole sessions from the virtual board's bytes to the summary, faster than real time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from emgfeedback.core.montage import Side
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.devices.registry import make_driver
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.faults import FaultPlan
from emgfeedback.devices.virtual.levels import NeckLevels, steady
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.acquisition import Acquisition
from emgfeedback.engine.pipeline import Pipeline
from emgfeedback.training.now import Hold, Mode, Phase, RunNow, StepKind
from emgfeedback.training.plan import Plan, find_plan, load_plan
from emgfeedback.training.plan_steps import Breathing, End, Prompt, Rest, Step, Trials
from emgfeedback.training.run import TrainingRun
from tests.training.targets_of_all_modes import TARGETS

PIECE_S = 0.1
CHANNELS = {"scm left": 0, "scm right": 1, "trapezius left": 2, "trapezius right": 3}


def on_board(
    plan: Plan, *faults: str, watch: Callable[[RunNow, float], None] | None = None
) -> TrainingRun:
    """Run `plan` on a steady virtual neck, with an operator who presses Next and answers."""
    levels = NeckLevels(story=steady(tonic=0.2))
    board = VirtualBoard(NeckSignal(levels), faults=FaultPlan(faults))
    link = VirtualLink(board, step_s=PIECE_S)
    acquisition = Acquisition(
        lambda: Connection(link, make_driver("emgfeedback")), StreamSettings(), None
    )
    with closing(acquisition):
        info = acquisition.open()
        pipeline = Pipeline(info, acquisition.montage, info.fs_hz)
        pipeline.start_run(plan, {"scm": Side.RIGHT}, info.board)
        run = pipeline.run
        assert run is not None
        while not run.finished:
            for block in acquisition.step(0.05):
                pipeline.process(block)
                now = run.now()
                if watch is not None:
                    watch(now, pipeline.end_sample / info.fs_hz)
                operate(run, now)
    return run


def operate(run: TrainingRun, now: RunNow) -> None:
    if now.ratings and now.kind is StepKind.CALIBRATION:
        run.answer_pain(0)
    elif now.ratings:
        run.rate({asked.key: 2 for asked in now.ratings})
    elif now.phase is Phase.DONE or (now.phase is Phase.READY and now.elapsed_s > 3):
        run.next()


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
    summary = on_board(plan).summary()
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
    summary = on_board(plan, fault, watch=watch).summary()
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
    summary = on_board(plan, "unplug@13+3", watch=watch).summary()
    (trial,) = summary["trials"]
    assert summary["finished"]
    assert holds & {Hold.GAP, Hold.QUALITY}
    assert last[0].hold is Hold.NONE
    assert trial["paused_reasons"]["gap"] > 0
    assert 10 <= trial["scored_s"] < 20
    assert trial["in_target_s"] <= trial["scored_s"]
