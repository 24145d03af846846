"""The demo's patient: listens to a run, and is left alone without one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgfeedback.devices.virtual.levels import STORY
from emgfeedback.engine.connect import DEMO, DemoConnector, SerialConnector
from emgfeedback.engine.demo_patient import (
    AT_EASE,
    GESTURES_UV,
    MUSCLES,
    PRACTISING,
    PULLS,
    TENSE,
    TOUCHES_S,
    WITH_TRICK,
    WITHOUT_TRICK,
    DemoPatient,
    reaction,
)
from emgfeedback.training.movements import GESTURES, MOVEMENTS
from emgfeedback.training.now import MovementNow, Phase, RunNow
from tests.ui.patient import moments

MOVING: RunNow = moments.every_moment()["movement"]


def asked(key: str, part: str = "hold", share: float = 0.5, part_s: float = 10.0) -> RunNow:
    return replace(MOVING, movement=MovementNow(key, part, share, part_s))


@pytest.mark.parametrize("key", MOVEMENTS)
def test_the_muscles_of_a_task_work_and_no_others(key: str) -> None:
    tonic, tremor, willed_uv = reaction(asked(key))
    working = {muscle for muscle, uv in zip(MUSCLES, willed_uv, strict=True) if uv > 0}
    assert working == set(MOVEMENTS[key].active) & set(MUSCLES)
    assert (tonic, tremor) == PULLS.get(key, (AT_EASE, 0.0))


@pytest.mark.parametrize("key", [key for key in GESTURES if key != "hand-to-face"])
def test_a_reference_contraction_is_done_with_its_muscle(key: str) -> None:
    strongest = MUSCLES[int(np.argmax(reaction(asked(key))[2]))][0]
    assert {"arms-up": "trapezius", "press-forehead": "scm", "press-back": "splenius"}[
        key
    ] == strongest
    assert reaction(asked(key))[2] == GESTURES_UV[key]


def test_a_movement_grows_on_the_way_out_and_fades_on_the_way_back() -> None:
    right_scm = [
        reaction(asked("rotate-left", part, share))[2][1]
        for part in ("out", "back")
        for share in (0.0, 0.5, 1.0)
    ]
    assert right_scm[:3] == sorted(right_scm[:3])
    assert right_scm[3:] == sorted(right_scm[3:], reverse=True)
    assert right_scm[0] == right_scm[5] == 0


def test_the_trick_helps_from_the_touch_on() -> None:
    trick = replace(moments.every_moment()["trick"], phase=Phase.WORK)
    found = []
    for at_s in (0.0, TOUCHES_S - 0.1, TOUCHES_S):
        shown = MovementNow("hand-to-face", "hold", at_s / 10, 10.0)
        found.append(reaction(replace(trick, movement=shown))[:2])
    assert found == [WITHOUT_TRICK, WITHOUT_TRICK, WITH_TRICK]


def test_practice_is_calm_but_for_a_lapse_in_every_trial() -> None:
    run = moments.playing(moments.water())
    assert run.trial is not None
    length_s = run.trial.duration_s
    shares = [0.05, 0.15, 0.5, 0.9]
    tonic = [
        reaction(replace(run, trial=replace(run.trial, elapsed_s=share * length_s)))[0]
        for share in shares
    ]
    assert tonic == [PRACTISING, TENSE, PRACTISING, PRACTISING]


def test_paused_or_between_tasks_nothing_is_willed() -> None:
    for run in (replace(MOVING, paused=True), replace(MOVING, phase=Phase.READY)):
        assert reaction(run) == (AT_EASE, 0.0, (0.0,) * 6)


def test_left_alone_the_neck_lives_on_as_ever() -> None:
    patient = DemoPatient()
    patient.listen(asked("rotate-left"))
    assert patient.neck.levels.story != STORY
    patient.listen(replace(MOVING, phase=Phase.FINISHED))
    assert patient.neck.levels.story == STORY
    patient.listen(asked("rotate-left"))
    patient.listen(None)
    assert patient.neck.levels.story == STORY


def test_only_the_demo_has_a_patient() -> None:
    patient = DemoPatient()
    assert isinstance(patient.connector(DEMO, "emgfeedback"), DemoConnector)
    assert patient.board().source is patient.neck
    assert isinstance(patient.connector("/dev/none", "emgfeedback"), SerialConnector)
