"""Commands at any moment: nothing breaks, nothing is earned, nothing is lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.training.now import Phase
from emgfeedback.training.plan_steps import (
    Breathing,
    Calibration,
    Prompt,
    Quality,
    Ratings,
    Rest,
    Trick,
)
from tests.training.clinic import (
    Clinic,
    block,
    clinic,
    in_work,
    small_plan,
)


def test_freeze_holds_targets_and_lines_move_by_hand() -> None:
    here = clinic(small_plan(block(shaping="adapt", n_trials=4)))
    here.until(in_work)
    before = here.run.now().thresholds
    here.run.freeze(frozen=True)
    here.run.set_threshold(2, 33.0)
    assert here.run.now().thresholds[2] == 33.0
    here.until(lambda now: now.phase is Phase.REST)
    here.until(in_work)
    now = here.run.now()
    assert now.frozen
    assert now.thresholds[2] == 33.0
    assert now.thresholds[3] == before[3]
    assert any("by hand" in words for words in now.log)
    assert here.run.summary()["trials"][0]["moved_by_hand"]


@pytest.mark.parametrize(
    ("step", "phase"), [(Breathing(seconds=60), Phase.WORK), (Rest(seconds=60), Phase.REST)]
)
def test_next_ends_breathing_and_rest_early_and_says_when(step: object, phase: Phase) -> None:
    here = clinic(small_plan(step))
    here.until(lambda now: now.phase is phase)
    for _ in range(20):
        here.feed()
    here.run.next()
    now = here.run.now()
    assert now.phase is Phase.DONE
    assert "ended by the operator after 21 s" in now.log[-1]


def test_repeat_takes_the_trial_again_and_counts_it_once() -> None:
    here = clinic(small_plan(block()))
    here.until(in_work)
    here.feed()
    here.do("repeat")
    here.do("repeat")
    here.to_end()
    trials = here.run.summary()["trials"]
    assert [(t["number"], t["repeated"]) for t in trials] == [(1, True), (1, False), (2, False)]
    assert here.run.summary()["scored_s"] == 20


def test_stop_ends_at_once_and_keeps_what_was_done() -> None:
    here = clinic(small_plan(block()))
    here.until(in_work)
    for _ in range(5):
        here.feed()
    here.do("stop")
    now = here.run.now()
    assert now.phase is Phase.FINISHED
    assert "enough" in now.patient_sentence
    assert here.run.summary()["stopped"]
    before = here.run.summary()
    here.feed()
    assert here.run.summary() == before


EVERY_KIND = small_plan(
    Prompt(seconds=5),
    Quality(good_s=2, max_s=10),
    Calibration(method="rest", channels=("trapezius left", "trapezius right"), seconds=20),
    Calibration(method="rvc_scm", channels=("scm left",), repeats=2, rest_s=5),
    block("relax", shaping="adapt", probe_every=2),
    block("contrast"),
    block("balance"),
    Trick(channels=("scm left",), repeats=1, rest_s=3, seconds=8),
    Rest(seconds=5),
    Ratings(when="after"),
)


BUTTONS = [
    "next",
    "next",
    "back",
    "repeat",
    "skip",
    "pause",
    "resume",
    "freeze",
    "move",
    "mark",
    "note",
]


ANSWERS = ["rate", "pain"]


SIGNAL = ["bad", "good", "invalid", "valid", "lose", "wait", "wait", "wait"]


COMMANDS = st.sampled_from([*BUTTONS, *ANSWERS, *SIGNAL])


def command(here: Clinic, name: str) -> None:
    match name:
        case "skip":
            here.run.skip("why not")
        case "freeze":
            here.run.freeze(frozen=not here.run.now().frozen)
        case "move":
            here.run.set_threshold(2, 20.0)
        case "rate":
            here.run.rate({asked.key: 2 for asked in here.run.now().ratings})
        case "pain":
            here.run.answer_pain(5)
        case "mark":
            here.run.mark("touch")
        case "note":
            here.run.note("a remark", "side effect")
        case "bad" | "good":
            here.usable[:] = name == "good"
        case "invalid" | "valid":
            here.valid = name == "valid"
        case "lose":
            here.lose(450)
        case "wait":
            for _ in range(4):
                here.feed()
        case _:
            getattr(here.run, name)()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(COMMANDS, min_size=5, max_size=80), st.booleans())
def test_any_commands_at_any_moment(commands: list[str], auto: bool) -> None:
    plan = small_plan(*EVERY_KIND.steps[:-1], auto=auto)
    here = clinic(plan)
    for name in commands:
        try:
            command(here, name)
        except EmgFeedbackError:
            assert name in ("move", "rate", "pain", "back")
        here.feed(150)
        now = here.run.now()
        held = not here.valid or not here.usable.all()
        if now.feedback is not None and (held or now.paused):
            assert now.feedback.inside is None
            assert now.feedback.distance is None
    here.run.stop()
    summary = here.run.summary()
    json.dumps(summary, allow_nan=False)
    assert sum(summary["seconds"].values()) == pytest.approx(summary["elapsed_s"])
    for step in (s for s in summary["steps"] if s["kind"] == "trials"):
        for trial in step["result"]["trials"]:
            assert trial["scored_s"] + trial["excluded_s"] <= summary["seconds"]["work"] + 1e-9
    work_s = sum(t["scored_s"] + t["excluded_s"] for t in summary["trials"])
    assert work_s <= summary["seconds"].get("work", 0.0) + 1e-9


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(COMMANDS, min_size=5, max_size=60))
def test_perfect_levels_while_held_earn_nothing(commands: list[str]) -> None:
    """The patient is in target only while something holds: none of it may ever count."""
    here = clinic(small_plan(block(n_trials=6, shaping="lock"), auto=True))
    here.follow = False
    for name in commands:
        if name not in ("skip", "move", "rate", "pain", "wait", "back"):
            command(here, name)
        held = here.run.now().paused or not here.valid or not here.usable.all()
        here.neck.level_uv[:] = 1.0 if held else 500.0
        here.feed(170)
    here.run.stop()
    assert all(trial["in_target_s"] == 0 for trial in here.run.summary()["trials"])
