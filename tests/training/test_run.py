"""The run: every shipped plan reaches its end and every step does what it says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.errors import ConfigError, EmgFeedbackError
from emgfeedback.core.montage import Montage, Side, neck_montage
from emgfeedback.training.now import Hold, Phase, RunNow, StepKind, TrialKind
from emgfeedback.training.plan import find_plan, load_plan, shipped_plans
from emgfeedback.training.plan_steps import (
    Breathing,
    Ladder,
    Quality,
    Ratings,
    Trials,
)
from emgfeedback.training.plan_target import TargetPlan
from emgfeedback.training.run import TrainingRun
from tests.training.clinic import (
    FS_HZ,
    SIDES,
    block,
    clinic,
    in_work,
    replayed,
    small_plan,
)
from tests.training.targets_of_all_modes import TARGETS


@pytest.mark.parametrize("path", shipped_plans(), ids=lambda p: p.stem)
def test_every_shipped_plan_runs_to_its_end(path: Path) -> None:
    plan = load_plan(path)
    here = clinic(plan)
    now = here.to_end()
    summary = here.run.summary()
    json.dumps(summary, allow_nan=False)
    assert summary["finished"]
    assert summary["plan_hash"] == plan.digest
    assert len(summary["steps"]) == len(plan.steps)
    blocks = [step for step in plan.steps if isinstance(step, Trials)]
    assert len(summary["trials"]) == sum(b.n_trials + b.retention for b in blocks)
    assert all(trial["success_pct"] is not None for trial in summary["trials"])
    assert sum(summary["seconds"].values()) == pytest.approx(summary["elapsed_s"])
    assert summary["elapsed_s"] == pytest.approx(plan.minutes * 60, rel=0.25)
    assert now.patient_sentence
    assert now.therapist_line
    samples = [event.sample for event in here.run.events]
    assert samples == sorted(samples)


def test_a_trial_adds_up_and_is_confirmed_to_its_last_sample() -> None:
    here = clinic(small_plan(block()))
    here.to_end()
    for trial in here.run.summary()["trials"]:
        assert trial["scored_s"] == 10
        assert trial["excluded_s"] == 0
        assert trial["success_pct"] == 100
        assert trial["fixed_pct"] == 100


@pytest.mark.parametrize("name", ["retrain-turn-away", "home-15-minutes", "trick-assessment"])
@pytest.mark.parametrize("sizes", [[7, 61, 13], [1000], [1, 199]])
def test_pieces_of_any_size_give_the_same_session(name: str, sizes: list[int]) -> None:
    plan = load_plan(find_plan(name))
    here = clinic(plan, seed=3)
    here.usable[:] = True
    here.until(in_work if name != "trick-assessment" else lambda now: now.kind is StepKind.TRICK)
    for fault in range(3):
        here.feed()
        here.act()
        here.usable[1] = fault == 1
        here.feed(137)
        here.usable[1] = True
        here.lose(61 * fault)
        here.do("pause")
        here.feed(333)
        here.do("resume")
        here.feed(777)
    here.to_end()
    again = clinic(plan)
    replayed(here.pieces, again.run, sizes)
    assert again.run.summary() == here.run.summary()
    assert [(e.sample, e.text) for e in again.run.events] == [
        (e.sample, e.text) for e in here.run.events
    ]


def test_probes_rests_and_pauses_show_nothing_of_the_levels() -> None:
    here = clinic(small_plan(block(n_trials=4, probe_every=2, retention=True)))
    seen: set[tuple[Phase, TrialKind, bool]] = set()

    def look(now: RunNow) -> bool:
        if now.kind is not StepKind.TRIALS or now.feedback is None or now.trial is None:
            return now.phase is Phase.FINISHED
        if now.phase is Phase.WORK:
            here.do("pause")
            paused = here.run.now()
            here.do("resume")
            assert paused.hold is Hold.USER
            assert paused.feedback is not None
            assert not paused.feedback.visible
        for shown in (now,) if now.phase is not Phase.WORK else (now, paused):
            assert shown.feedback is not None
            if not shown.feedback.visible:
                assert shown.feedback.inside is None
                assert shown.feedback.distance is None
                assert all(e.level is None for e in shown.feedback.elements)
        seen.add((now.phase, now.trial.kind, now.feedback.visible))
        expected = now.phase is Phase.WORK and now.trial.kind is TrialKind.FEEDBACK
        assert now.feedback.visible is expected
        return False

    here.until(look)
    assert (Phase.WORK, TrialKind.FEEDBACK, True) in seen
    assert (Phase.WORK, TrialKind.PROBE, False) in seen
    assert (Phase.WORK, TrialKind.RETENTION, False) in seen
    kinds = [trial["kind"] for trial in here.run.summary()["trials"]]
    assert kinds == ["feedback", "probe", "feedback", "probe", "retention"]


def test_signal_check_asks_when_it_takes_too_long() -> None:
    here = clinic(small_plan(Quality(good_s=3, max_s=10, channels=("scm left",)), auto=True))
    here.usable[0] = False
    for _ in range(15):
        here.feed()
    now = here.run.now()
    assert (now.kind, now.phase) == (StepKind.QUALITY, Phase.READY)
    assert any("SCM L" in words for words in now.log)
    here.do("repeat")
    here.usable[0] = True
    for _ in range(5):
        here.feed()
    assert here.run.finished


def test_breathing_paces_in_and_out() -> None:
    here = clinic(small_plan(Breathing(seconds=30), auto=True))
    seen = []
    while not here.run.finished:
        here.feed()
        breath = here.run.now().breath
        if breath is not None:
            seen.append((breath.breathing_in, round(breath.share, 2)))
    assert seen[:10] == [
        (True, 0.25), (True, 0.5), (True, 0.75), (False, 0.0), (False, 0.17), (False, 0.33),
        (False, 0.5), (False, 0.67), (False, 0.83), (True, 0.0),
    ]  # fmt: skip


def test_missing_channel_and_missing_side_are_refused() -> None:
    plan = load_plan(find_plan("retrain-turn-away"))
    with pytest.raises(ConfigError, match="overactive was not chosen"):
        TrainingRun(plan, neck_montage(), FS_HZ)
    small = Montage("Small", neck_montage().channels[:1])
    with pytest.raises(ConfigError, match="scm right"):
        TrainingRun(plan, small, FS_HZ, overactive={"scm": Side.RIGHT})


def test_questions_nobody_asked_are_refused() -> None:
    here = clinic(small_plan(Ratings(when="before")))
    with pytest.raises(EmgFeedbackError, match="asked"):
        here.run.rate({"pain": 3})
    here.do("next")
    here.feed()
    here.run.next()
    for wrong in ({"mood": 3}, {"pain": 11}, {"pain": -1}):
        with pytest.raises(EmgFeedbackError):
            here.run.rate(wrong)


def test_adaptation_settles_where_three_in_four_succeed() -> None:
    target = TargetPlan(mode=TARGETS["relax"].mode, quiet=("trapezius left",), below="15 uV")
    long_block = Trials(
        target=target, n_trials=40, trial_s=60, rest_s=3, probe_every=0, retention=False,
        shaping="adapt", countdown_s=0,
    )  # fmt: skip
    here = clinic(small_plan(long_block))
    here.follow = False
    here.neck.level_uv[:] = 15.0
    here.to_end()
    last = here.run.summary()["trials"][-20:]
    settled = np.mean([trial["thresholds"][0] for trial in last])
    assert settled == pytest.approx(18.99, rel=0.05)
    assert np.mean([trial["success_pct"] for trial in last]) == pytest.approx(75, abs=3)
    fixed = [trial["fixed_pct"] for trial in last]
    assert np.mean(fixed) == pytest.approx(50, abs=4)


def test_sides_are_kept() -> None:
    here = clinic(load_plan(find_plan("retrain-turn-away")))
    assert here.run.summary()["overactive"] == {m: s.value for m, s in SIDES.items()}


def test_what_is_done_meanwhile_is_the_one_thing_to_read_beside_the_task() -> None:
    ladder = Ladder(dual_task="serial-sevens")
    here = clinic(small_plan(block(ladder=ladder, prompts=("Look ahead.",))))
    now = here.until(in_work)
    assert now.hint == "Count down aloud from 100 in sevens."
