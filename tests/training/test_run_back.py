"""Going back, notes after the end, and the hold at the start of a step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emgfeedback.core.errors import EmgFeedbackError, UsageError
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import Hold, Mode, Phase, RunNow, StepKind, StepState
from emgfeedback.training.plan_steps import Calibration, Prompt, Ratings, Rest
from emgfeedback.training.plan_target import TargetPlan
from emgfeedback.training.relax import RelaxTarget, TargetState
from tests.training.clinic import (
    FS_HZ,
    SECOND,
    Clinic,
    block,
    clinic,
    in_work,
    replayed,
    small_plan,
)

AHEAD, NOW, DONE, SKIPPED, REPEATED = StepState
REST = Calibration(method="rest", channels=("trapezius left", "trapezius right"), seconds=20)
RELAX = replace(
    block(),
    target=TargetPlan(
        mode=Mode.RELAX, quiet=("trapezius left", "trapezius right"), below="1.3 x rest"
    ),
)


def states(here: Clinic) -> tuple[StepState, ...]:
    return here.run.now().step_states


def test_the_step_before_runs_anew_and_what_it_gave_is_kept_aside() -> None:
    here = clinic(small_plan(Ratings(when="before"), REST, RELAX))
    here.until(in_work)
    lines = here.run.now().thresholds_uv
    for _ in range(5):
        here.feed()
    here.neck.level_uv[:] = 16.0
    here.do("back")
    now = here.run.now()
    assert (now.kind, now.phase) == (StepKind.CALIBRATION, Phase.READY)
    assert now.step_states == (DONE, NOW, REPEATED, AHEAD)
    assert now.log[-1] == "Back to Calibration."
    here.follow = False
    here.until(in_work)
    assert states(here) == (DONE, DONE, NOW, AHEAD)
    doubled = here.run.now().thresholds_uv
    assert doubled[2] == pytest.approx(2 * lines[2], rel=0.15)
    here.to_end()
    summary = here.run.summary()
    assert [(s["number"], s["repeated"]) for s in summary["steps"]] == [
        (1, False), (2, True), (3, True), (2, False), (3, False), (4, False),
    ]  # fmt: skip
    assert len(summary["calibrations"]) == 1
    assert summary["steps"][1]["result"]["channels"][0]["value_uv"] is not None
    assert [t["repeated"] for t in summary["trials"]] == [True, False, False]
    assert summary["scored_s"] == 20
    assert "step 3 trials" in [event.text for event in here.run.events]
    assert "back to step 2 calibration" in [event.text for event in here.run.events]


def test_a_step_that_was_left_at_its_start_leaves_nothing_behind() -> None:
    here = clinic(small_plan(Rest(seconds=5), Rest(seconds=6), Rest(seconds=7)))
    here.until(lambda now: now.step == 1)
    here.do("skip", "in a hurry")
    here.do("back")
    here.do("back")
    assert states(here) == (NOW, REPEATED, AHEAD, AHEAD)
    here.to_end()
    assert [s["number"] for s in here.run.summary()["steps"]] == [1, 2, 1, 2, 3, 4]


def test_a_skipped_step_is_not_a_done_one_and_can_be_taken_after_all() -> None:
    here = clinic(small_plan(Rest(seconds=5), REST, Rest(seconds=7)))
    here.until(lambda now: now.step == 1)
    here.do("skip", "in a hurry")
    assert states(here) == (DONE, SKIPPED, NOW, AHEAD)
    here.do("back")
    here.until(lambda now: now.step == 2)
    assert states(here) == (DONE, DONE, NOW, AHEAD)
    here.to_end()
    assert states(here) == (DONE, DONE, DONE, DONE)
    skipped = [s["skipped"] for s in here.run.summary()["steps"] if s["number"] == 2]
    assert skipped == ["in a hurry", None]


def test_a_level_measured_before_going_back_is_no_longer_used() -> None:
    here = clinic(small_plan(REST, RELAX))
    here.until(in_work)
    here.do("back")
    here.do("skip", "never mind")
    here.do("next")
    now = here.run.now()
    assert now.phase is Phase.READY
    assert "it was not taken" in now.hint
    assert here.run.summary()["calibrations"][0]["channels"] == []


def test_there_is_no_way_back_from_the_first_step_and_from_the_end() -> None:
    here = clinic(small_plan(Prompt(), Rest(seconds=5)))
    assert not here.run.now().can_go_back
    with pytest.raises(UsageError, match="no step to go back to"):
        here.run.back()
    here.until(lambda now: now.step == 1)
    assert here.run.now().can_go_back
    here.to_end()
    assert not here.run.now().can_go_back
    with pytest.raises(UsageError):
        here.run.back()


MOVES = st.lists(
    st.sampled_from(["back", "back", "next", "next", "skip", "repeat", "pause", "wait", "bad"]),
    max_size=30,
)


def moved(here: Clinic, moves: list[str]) -> None:
    for move in moves:
        if move == "wait":
            for _ in range(9):
                here.feed()
        elif move == "bad":
            here.usable[:] = ~here.usable
        else:
            try:
                here.do(move, *(["why not"] if move == "skip" else []))
            except EmgFeedbackError:
                here.pieces.pop()
        here.feed(150)
        if here.run.now().ratings:
            here.act()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MOVES, st.booleans())
def test_however_one_goes_back_each_step_counts_once(moves: list[str], auto: bool) -> None:
    plan = small_plan(Rest(seconds=5), REST, RELAX, Ratings(when="after"), auto=auto)
    here = clinic(plan)
    moved(here, moves)
    here.usable[:] = True
    now = here.run.now()
    summary = here.run.summary()
    counted = [s for s in summary["steps"] if not s["repeated"]]
    assert [s["number"] for s in counted] == list(range(1, now.step + 2))
    for step, state in zip(counted, now.step_states, strict=False):
        over = now.phase is Phase.FINISHED
        if step["number"] == now.step + 1 and not over:
            assert state is NOW
        else:
            assert state is (SKIPPED if step["skipped"] else DONE)
    assert not {NOW, DONE, SKIPPED} & set(now.step_states[now.step + 1 :])
    here.do("resume")
    # With the calibration skipped a block waits to be skipped as well.
    stuck = "skip the block"
    now = here.until(lambda now: now.phase is Phase.FINISHED or stuck in now.hint)
    if stuck in now.hint:
        here.do("skip", "no resting level")
    here.to_end()
    summary = here.run.summary()
    numbers = [t["number"] for t in summary["trials"] if not t["repeated"]]
    assert numbers == sorted(set(numbers))
    again = clinic(plan)
    replayed(here.pieces, again.run, [61, 400])
    assert again.run.summary() == summary


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["note", "trick", "side effect", "mark"]),
            st.text(min_size=1, max_size=30),
        ),
        max_size=6,
    ),
    st.integers(0, 900),
)
def test_all_that_is_noted_after_the_end_is_kept_and_changes_nothing_else(
    said: list[tuple[str, str]], wait: int
) -> None:
    here = clinic(small_plan(block(n_trials=1, trial_s=5)))
    here.to_end()
    before = here.run.summary()
    shown = here.run.now()
    assert shown.can_note_after_end
    for kind, text in said:
        if wait:
            here.feed(wait)
        if kind == "mark":
            here.run.mark(text)
        else:
            here.run.note(text, kind)
    after = here.run.summary()
    assert {**after, "notes": []} == {**before, "notes": []}
    kept = after["notes"][len(before["notes"]) :]
    assert [(note["kind"], note["text"]) for note in kept] == [
        ("after", text if kind == "note" else f"{kind}: {text}") for kind, text in said
    ]
    ended = here.at - len(said) * wait
    for place, note in enumerate(kept, 1):
        assert note["at_s"] == pytest.approx((ended + place * wait) / FS_HZ)
    assert here.run.now() == shown
    assert [e.text for e in here.run.events][-1:] == (
        [f"{said[-1][0]}{':' if said[-1][0] != 'mark' else ''} {said[-1][1]}"]
        if said
        else ["training end"]
    )


@settings(max_examples=40, deadline=None)
@given(st.booleans(), st.booleans(), st.sampled_from(["rest", "activation", ""]))
def test_a_step_starts_held_where_its_signal_cannot_be_trusted(
    usable: bool, valid: bool, purpose: str
) -> None:
    here = clinic(small_plan(Rest(seconds=5), block("contrast", countdown_s=0), auto=True))
    control, filtered = here.neck.second()
    rows = np.full(SECOND, valid)
    for second in range(6):
        ok = np.full(6, usable)
        here.run.process(Levels(second * SECOND, control, control, filtered, rows, ok, 0, purpose))
    now: RunNow = here.run.now()
    assert now.kind is StepKind.TRIALS
    if usable and valid and purpose != "rest":
        assert now.hold is Hold.NONE
    else:
        assert now.hold is (Hold.SETTLING if usable else Hold.QUALITY)
        assert now.feedback is not None
        assert now.feedback.inside is None


SEEN = st.tuples(st.booleans(), st.booleans(), st.booleans())
DEEDS = st.lists(
    st.one_of(SEEN, st.sampled_from(["start", "pause", "stop", "watch", "forget", "gap"])),
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(DEEDS)
def test_the_live_target_runs_only_on_what_was_last_seen_good(deeds: list[object]) -> None:
    target = RelaxTarget(FS_HZ, 2)
    target.set_threshold(0, 10.0)
    good, settled = [False, False], False
    for deed in deeds:
        if isinstance(deed, tuple):
            *good, settled = deed
            level = np.full((20, 2), 5.0)
            target.process(level, np.full(20, settled), np.array(good))
        elif deed in ("watch", "forget"):
            target.set_threshold(1, 10.0 if deed == "watch" else None)
        elif deed == "gap":
            target.gap(100)
        else:
            getattr(target, str(deed))()
        now = target.now()
        if now.state is TargetState.RUNNING:
            assert settled
            assert all(good[channel] for channel in target.watched)
