"""What is heard follows what is judged, and nothing else."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from emgfeedback.config import CONFIGS
from emgfeedback.core.block import Unit
from emgfeedback.sound.wish import (
    SAMPLE_S,
    SILENCE,
    STALE_S,
    SoundFollower,
    SoundMode,
    SoundWish,
    sample_wish,
)
from emgfeedback.training.now import (
    FeedbackNow,
    Hold,
    Mode,
    Phase,
    RunNow,
    Scene,
    StepKind,
    TrialKind,
    TrialNow,
)
from emgfeedback.training.plan import load_plan
from tests.training.clinic import clinic

OUTSIDE = FeedbackNow(Scene.SOUND, Mode.RELAX, True, False, 0.8, (), distances=(0.8, 0.2))
TRIAL = TrialNow(1, 3, TrialKind.FEEDBACK, 10.0, 60.0, 50.0, 50.0)
WORKING = RunNow(
    plan_title="Home",
    step=2,
    step_titles=("a", "b", "c", "d"),
    kind=StepKind.TRIALS,
    phase=Phase.WORK,
    task="",
    hint="",
    countdown_s=50.0,
    elapsed_s=100.0,
    paused=False,
    hold=Hold.NONE,
    hold_channels=(),
    unit=Unit.UV,
    feedback=OUTSIDE,
    trial=TRIAL,
)


def test_working_run_is_heard_as_it_is_judged() -> None:
    for mode in SoundMode:
        wish, chime = SoundFollower(mode).follow(WORKING, 0.0)
        assert wish == SoundWish(mode, False, 0.8, 0.8, 0.2)
        assert not chime


@pytest.mark.parametrize(
    "change",
    [{"paused": True}, *({"hold": hold} for hold in Hold if hold is not Hold.NONE)],
    ids=str,
)
def test_pauses_and_holds_mute(change: dict[str, object]) -> None:
    assert SoundFollower().follow(replace(WORKING, **change), 0.0)[0] == SILENCE


def test_a_trial_without_feedback_is_mute() -> None:
    probe = replace(WORKING, feedback=replace(OUTSIDE, visible=False))
    assert SoundFollower().follow(probe, 0.0)[0] == SILENCE


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.WORK])
def test_between_trials_the_voice_rests_and_a_chime_may_ring(phase: Phase) -> None:
    wish, _ = SoundFollower().follow(replace(WORKING, phase=phase), 0.0)
    assert wish.voice_distance() is None
    assert not wish.muted


def test_a_run_that_stands_still_is_mute_until_it_moves() -> None:
    follower = SoundFollower()
    follower.follow(WORKING, 10.0)
    assert not follower.follow(WORKING, 10.0 + STALE_S * 0.9)[0].muted
    assert follower.follow(WORKING, 10.0 + STALE_S * 1.1)[0].muted
    moved = replace(WORKING, elapsed_s=100.1)
    assert not follower.follow(moved, 11.0)[0].muted


def chimes(*runs: RunNow) -> list[bool]:
    follower = SoundFollower()
    return [follower.follow(run, 0.0)[1] for run in runs]


def test_a_chime_marks_the_end_of_a_trial_once() -> None:
    ended = replace(WORKING, phase=Phase.REST, trial=replace(TRIAL, results_pct=(60.0,)))
    assert chimes(WORKING, ended, ended) == [False, True, False]


def test_no_chime_for_a_trial_that_is_skipped_repeated_or_paused() -> None:
    skipped = replace(WORKING, step=3, kind=StepKind.REST, phase=Phase.REST, trial=None)
    done_two = replace(WORKING, trial=replace(TRIAL, results_pct=(60.0, 70.0)))
    repeated = replace(WORKING, trial=replace(TRIAL, results_pct=(60.0,)))
    paused = replace(WORKING, paused=True, trial=replace(TRIAL, results_pct=(60.0,)))
    assert chimes(WORKING, skipped) == [False, False]
    assert chimes(done_two, repeated) == [False, False]
    assert chimes(WORKING, paused) == [False, False]


@pytest.mark.parametrize(
    ("mode", "inside", "distance", "told"),
    [
        (SoundMode.SILENCE_INSIDE, True, 0.0, None),
        (SoundMode.SILENCE_INSIDE, False, 0.4, 0.4),
        (SoundMode.SILENCE_INSIDE, False, None, 1.0),
        (SoundMode.SILENCE_INSIDE, False, float("nan"), 1.0),
        (SoundMode.SILENCE_INSIDE, None, 0.4, None),
        (SoundMode.TONE_INSIDE, True, 0.0, 0.0),
        (SoundMode.TONE_INSIDE, False, 0.4, None),
        (SoundMode.TONE_INSIDE, None, None, None),
        (SoundMode.PROPORTIONAL, True, 0.0, 0.0),
        (SoundMode.PROPORTIONAL, False, 1.5, 1.5),
        (SoundMode.PROPORTIONAL, None, 1.5, None),
    ],
)
def test_what_the_voice_tells(
    mode: SoundMode, inside: bool | None, distance: float | None, told: float | None
) -> None:
    assert SoundWish(mode, inside, distance).voice_distance() == told
    assert SoundWish(mode, inside, distance, muted=True).voice_distance() is None


@pytest.mark.parametrize(
    ("left", "right", "balance"),
    [
        (None, None, 0.0),
        (0.0, 0.0, 0.0),
        (1.0, None, -1.0),
        (0.0, 0.3, 1.0),
        (0.5, 0.5, 0.0),
        (0.3, 0.1, -0.5),
        (float("nan"), 0.2, 1.0),
        (float("inf"), float("inf"), 0.0),
    ],
)
def test_the_place_is_the_side_the_distance_comes_from(
    left: float | None, right: float | None, balance: float
) -> None:
    assert SoundWish(left=left, right=right).balance() == pytest.approx(balance)


@pytest.mark.parametrize("name", ["home-15-minutes", "retrain-turn-away"])
def test_in_a_whole_session_every_trial_is_chimed_and_only_feedback_is_voiced(name: str) -> None:
    session = clinic(load_plan(CONFIGS / "plans" / f"{name}.toml"))
    follower = SoundFollower(SoundMode.PROPORTIONAL)
    chimed, voiced, trials = 0, set(), {}

    def listen(now: RunNow) -> bool:
        nonlocal chimed
        wish, chime = follower.follow(now, now.elapsed_s)
        chimed += chime
        if now.trial is not None:
            trials[now.step] = now.trial.of
        if wish.voice_distance() is not None:
            assert now.trial is not None
            voiced.add((now.kind, now.phase, now.trial.kind))
        return now.phase is Phase.FINISHED

    session.until(listen)
    assert chimed == sum(trials.values()) > 0
    assert voiced == {(StepKind.TRIALS, Phase.WORK, TrialKind.FEEDBACK)}


@pytest.mark.parametrize("mode", SoundMode)
def test_a_sample_shows_what_its_mode_does_and_ends_where_it_began(mode: SoundMode) -> None:
    wishes = [sample_wish(mode, t / 100) for t in range(round(100 * SAMPLE_S) + 1)]
    assert wishes[0] == wishes[-1]
    inside = [wish.inside for wish in wishes]
    assert True in inside
    assert False in inside
    assert all(wish.inside == (wish.distance == 0) for wish in wishes)
    heard = {wish.voice_distance() is not None for wish in wishes}
    assert heard == ({True} if mode is SoundMode.PROPORTIONAL else {True, False})
    steps = [abs(b.distance - a.distance) for a, b in itertools.pairwise(wishes)]
    assert max(steps) < 0.03
