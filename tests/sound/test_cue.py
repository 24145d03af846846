"""What the voice says when: each cue once at its moment, never over a tone, after the chime."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emgfeedback.sound.cue import CHIME_S, Cue, CueFollower, Said, tone_may_sound
from emgfeedback.sound.wish import SoundFollower
from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.training.now import Hold, Phase, RunNow, StepKind
from emgfeedback.training.plan import PLANS, load_plan
from emgfeedback.training.plan_movement import Movement
from emgfeedback.training.plan_steps import Calibration, Prompt, Ratings, Step, Trick
from emgfeedback.training.plan_words import LET_GO, PAIN_QUESTION
from emgfeedback.training.run_trick import WITH_TASK
from tests.training.clinic import block, clinic, small_plan

NOW, GO = Cue(Said.NOW), Cue(Said.LET_GO)
TURN = MOVEMENTS["rotate-left"]
BOTH = ("scm left", "scm right")


def words(text: str) -> Cue:
    return Cue(Said.WORDS, text)


def heard(*steps: Step) -> list[tuple[RunNow, Cue]]:
    """Return what is said in a plan of `steps`, with the moment it begins at."""
    here = clinic(small_plan(*steps, auto=True))
    follower, said = CueFollower(), []
    while not here.run.finished:
        now = here.act()
        order = follower.follow(now, now.elapsed_s)
        if order.say is not None:
            said.append((now, order.say))
        here.feed(50)
    return said


def cues(*steps: Step) -> list[Cue]:
    return [cue for _, cue in heard(*steps)]


def test_a_movement_is_led_out_held_and_back() -> None:
    once = [NOW, words(TURN.hold), words(TURN.back)]
    said = cues(Movement(movement="rotate-left", repeats=2))
    assert said == [words(TURN.out), *once, words("Rest in the middle"), *once]


@pytest.mark.parametrize("name", ["let-go", "neutral", "dual-task", "walk", "shrug-left"])
def test_a_posture_has_a_beginning_and_an_end(name: str) -> None:
    spoken = MOVEMENTS[name]
    step = Movement(movement=name, hold_s=5)
    begun, end = [words(spoken.hold), NOW], f"{spoken.over}."
    assert cues(step, step)[:3] == [*begun, words(f"{end} {spoken.hold}")]
    waits = replace(step, auto=False)
    assert cues(step, waits)[:3] == [*begun, words(end)]


def test_a_contraction_ends_with_letting_go_and_the_question() -> None:
    step = Calibration(method="rvc_scm", channels=BOTH, repeats=1)
    task = step.words[0]
    first, now, over = cues(step)
    assert (first, now) == (words(task), NOW)
    assert over == words(f"{LET_GO[0]}. {PAIN_QUESTION[0]}")


def test_closed_eyes_are_told_to_open_again() -> None:
    ladder = {"head_support": True}
    step = Calibration(method="rest", channels=BOTH, ladder=replace_ladder(ladder))
    assert cues(step)[-1] == words(MOVEMENTS["rest-supported"].over)


def replace_ladder(changes: dict[str, bool]) -> object:
    return replace(Calibration(method="rest", channels=BOTH).ladder, **changes)


def test_the_trick_is_announced_begun_and_ended() -> None:
    step = Trick(channels=BOTH, repeats=1, filters="activation")
    assert cues(step) == [words(step.words[0]), GO, words(WITH_TASK), NOW, GO]


def test_what_is_to_be_read_or_answered_is_said() -> None:
    prompt = Prompt(task="Sit down", hint="Take your time.", seconds=5)
    questions = Ratings(when="before", ask=("pain", "tension"), task="How is it?")
    said = cues(prompt, questions)
    assert said[0] == words("Sit down. Take your time.")
    assert said[1].words.startswith("Pain in the neck")


@pytest.mark.parametrize("name", ["recording-before-injections", "home-15-minutes"])
def test_nothing_is_said_where_a_tone_may_sound(name: str) -> None:
    here = clinic(load_plan(PLANS / f"{name}.toml"))
    voice, tone, speaking = CueFollower(), SoundFollower(), False
    while not here.run.finished:
        now = here.act()
        order = voice.follow(now, now.elapsed_s)
        speaking = order.say is not None or (speaking and not order.stop)
        wish, _ = tone.follow(now, now.elapsed_s)
        assert not (speaking and wish.voice_distance() is not None), now
        assert not (speaking and tone_may_sound(now)), now
        here.feed(100)


def test_the_chime_rings_out_first() -> None:
    here = clinic(small_plan(block(n_trials=1), Movement(movement="neutral", hold_s=5), auto=True))
    rest = here.until(lambda now: now.kind is StepKind.MOVEMENT)
    follower = CueFollower()
    assert follower.follow(rest, 10.0, chimed=True).say is None
    assert follower.follow(rest, 10.0 + CHIME_S - 0.01).say is None
    assert follower.follow(rest, 10.0 + CHIME_S).say == words(MOVEMENTS["neutral"].hold)
    assert follower.follow(rest, 12.0).say is None


@pytest.mark.parametrize(
    "stopped", [{"paused": True}, {"hold": Hold.QUALITY}, {"hold": Hold.GAP}], ids=str
)
def test_a_pause_or_a_bad_signal_is_silence_and_then_the_cue_comes_again(stopped: dict) -> None:
    here = clinic(small_plan(Movement(movement="rotate-left"), auto=True))
    now = here.until(lambda now: now.movement is not None and now.movement.part == "back")
    follower = CueFollower()
    assert follower.follow(now, 1.0).say == words(TURN.back)
    quiet = follower.follow(replace(now, **stopped), 1.1)
    assert quiet.stop
    assert quiet.say is None
    assert follower.follow(now, 5.0).say == words(TURN.back)


def test_the_end_says_the_sentence_for_the_patient() -> None:
    here = clinic(small_plan(Movement(movement="neutral", hold_s=5), auto=True))
    end = here.to_end()
    assert end.phase is Phase.FINISHED
    assert CueFollower().follow(end, 0.0).say == words(end.patient_sentence)
