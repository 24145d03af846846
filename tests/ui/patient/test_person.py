"""The drawn person: every task has a picture, left is left, and it moves in step."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from emgfeedback.training.movements import GESTURES, MOVEMENTS
from emgfeedback.training.now import MovementNow
from emgfeedback.ui import theme
from emgfeedback.ui.movement.drawing import paint_movement
from emgfeedback.ui.movement.head import placed
from emgfeedback.ui.movement.movement_words import picture_words
from emgfeedback.ui.movement.pose import GOALS, pose_at
from emgfeedback.ui.patient.look import PatientLook
from tests.ui.patient import moments
from tests.ui.patient.frames import shot

pytestmark = pytest.mark.usefixtures("qapp")

TASKS = (*MOVEMENTS, *GESTURES)
MOVING = [key for key, words in MOVEMENTS.items() if words.moves]
NOSE = (0.0, -46.0, 98.0)
SIZE = 150


def moment(key: str, part: str, share: float, part_s: float = 2.0) -> MovementNow:
    return MovementNow(key, part, share, part_s)


def drawn(now: MovementNow, *, still: bool = False) -> NDArray[np.int16]:
    image = QImage(SIZE, SIZE, QImage.Format.Format_Grayscale8)
    image.fill(128)
    painter = QPainter(image)
    paint_movement(painter, theme.LIGHT, QRectF(0, 0, SIZE, SIZE), now, still=still)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(SIZE, image.bytesPerLine())
    return rows[:, :SIZE].astype(np.int16)


def test_every_task_has_its_own_picture_and_words() -> None:
    assert set(GOALS) == set(TASKS)
    said = {picture_words(moment(key, "hold", 1.0)) for key in TASKS}
    assert len(said) == len(TASKS)
    pictures = [drawn(moment(key, "hold", 0.9, 10)) for key in TASKS]
    for one, other in itertools.combinations(pictures, 2):
        assert np.abs(one - other).max() > 40


@pytest.mark.parametrize("key", [key for key in TASKS if key.endswith("-left")])
def test_left_is_left_and_right_its_mirror(key: str) -> None:
    other = key.replace("-left", "-right")
    assert "left" in picture_words(moment(key, "hold", 1.0))
    assert "right" in picture_words(moment(other, "hold", 1.0))
    one, two = (drawn(moment(name, "ready", 0.0)) for name in (key, other))
    assert np.abs(one[:, ::-1] - two).mean() < 1.0
    goal, middle = pose_at(moment(key, "hold", 1.0)), pose_at(moment(key, "ready", 0.0))
    if "rotate" in key or "palm" in key:
        assert placed(goal).point(NOSE)[0].x() < placed(middle).point(NOSE)[0].x()
    elif "tilt" in key:
        assert placed(goal).at.x() < placed(middle).at.x()
    else:
        assert goal.lift_left == 1.0
        assert goal.lift_right == 0.0


@pytest.mark.parametrize("key", MOVING)
def test_it_goes_out_with_the_cue_stays_and_comes_back(key: str) -> None:
    middle, goal = pose_at(moment(key, "ready", 0.0)), GOALS[key]
    assert pose_at(moment(key, "out", 0.0)) == middle
    assert pose_at(moment(key, "out", 1.0)) == pose_at(moment(key, "hold", 0.0)) == goal
    assert pose_at(moment(key, "hold", 1.0)) == pose_at(moment(key, "back", 0.0)) == goal
    assert pose_at(moment(key, "back", 1.0)) == pose_at(moment(key, "rest", 0.5)) == middle
    way = [pose_at(moment(key, "out", share)) for share in np.linspace(0, 1, 11)]
    angles = [abs(p.turn_deg) + abs(p.tilt_deg) + abs(p.nod_deg) for p in way]
    assert angles == sorted(angles)
    assert max(np.diff(angles)) < 0.2 * angles[-1]


@pytest.mark.parametrize("key", TASKS)
def test_reduced_motion_shows_each_part_as_one_picture(key: str) -> None:
    for part in ("ready", "out", "hold", "back", "rest"):
        shown = [drawn(moment(key, part, share), still=True) for share in (0.1, 0.5, 0.9)]
        assert (shown[0] == shown[1]).all()
        assert (shown[0] == shown[2]).all()


def test_the_patient_sees_it_move_and_with_reduced_motion_stand() -> None:
    run = moments.every_moment()["movement"]
    assert run.movement is not None
    later = replace(run, movement=replace(run.movement, share=0.9))
    assert (shot(run) != shot(later)).any()
    still = PatientLook(reduced_motion=True)
    assert (shot(run, still) == shot(later, still)).all()


def test_the_hand_touches_when_it_is_said_to() -> None:
    take_s = 10.0
    reach = [
        pose_at(moment("hand-to-face", "hold", at_s / take_s, take_s)).reach
        for at_s in (0.0, 1.0, 1.5, 2.0, 9.0)
    ]
    assert reach[:2] == [0, 0]
    assert 0.4 < reach[2] < 0.6
    assert reach[3:] == [1, 1]
