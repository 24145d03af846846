"""Nothing flashes, and reduced motion stills the scenery."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgfeedback.core.montage import Side
from emgfeedback.training.now import FeedbackNow, Scene
from emgfeedback.ui.patient.look import PatientLook
from tests.ui.patient import moments
from tests.ui.patient.frames import (
    SMALL,
    Screen,
    luma,
    shot,
)

pytestmark = pytest.mark.usefixtures("qapp")

SEEN = [scene for scene in Scene if scene is not Scene.SOUND]

FRAME_S = 1 / 60
WITHIN_FRAMES = 18
"""Frames in 300 ms."""
MOST_BRIGHTENING = 0.10

MOMENTS = moments.every_moment()


@pytest.mark.parametrize("scene", SEEN)
def test_reduced_motion_stills_the_scenery_not_the_feedback(scene: Scene) -> None:
    look = PatientLook(reduced_motion=True)
    outside = moments.playing(moments.OUTSIDE[scene])
    first = shot(outside, look)
    assert (first == shot(replace(outside, elapsed_s=12.1), look)).all()
    assert (first != shot(moments.playing(moments.INSIDE[scene]), look)).any()


@pytest.mark.parametrize("feedback", [moments.water(0.8), moments.glider(mist=5.0)], ids=str)
def test_scenery_drifts_otherwise(feedback: FeedbackNow) -> None:
    run = moments.playing(feedback)
    assert (shot(run) != shot(replace(run, elapsed_s=12.1))).any()


def random_feedback(scene: Scene, chance: np.random.Generator, t_s: float) -> FeedbackNow:
    spread = float(chance.uniform(0, 2)) * bool(chance.integers(2))
    if scene is Scene.WATER:
        return moments.water(spread, chance.choice([Side.LEFT, Side.RIGHT]), held_s=t_s)
    if scene is Scene.SOUND:
        return moments.sound(spread)
    if scene is Scene.BEAM:
        return moments.beam(float(chance.uniform(-60, 60)))
    if scene is Scene.BARS:
        return moments.bars(tuple(float(x) for x in chance.uniform(0, 20, 4)))
    return moments.glider(t_s, float(chance.uniform(-9, 9)), float(chance.uniform(0, 20)))


def most_brightening(levels: list[float]) -> float:
    """Return the largest rise of the mean within 300 ms."""
    rise = 0.0
    for i, level in enumerate(levels):
        rise = max(rise, max(levels[i : i + WITHIN_FRAMES + 1]) - level)
    return rise


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("scene", list(Scene))
def test_no_feedback_makes_the_screen_flash(scene: Scene, dark: bool) -> None:
    chance = np.random.default_rng(7)
    screen = Screen(PatientLook(dark=dark), SMALL)
    levels = []
    for i in range(90):
        t_s = 5 + i * FRAME_S
        screen.now_s = t_s
        run = moments.playing(random_feedback(scene, chance, t_s), t_s)
        levels.append(float(luma(screen.frame(run)).mean()))
    assert most_brightening(levels) <= MOST_BRIGHTENING


@pytest.mark.parametrize("dark", [True, False])
def test_no_change_of_screen_flashes(dark: bool) -> None:
    screen = Screen(PatientLook(dark=dark), SMALL)
    order = list(MOMENTS.values())
    np.random.default_rng(3).shuffle(order)
    # The darkest before the brightest, the change that flashes if any does.
    dark_first = moments.playing(moments.sound())
    bright_next = moments.playing(moments.glider(mist=11.0))
    levels = []
    for run in [dark_first, bright_next, dark_first, *order[:12]]:
        for _ in range(24):
            screen.now_s += FRAME_S
            levels.append(float(luma(screen.frame(run)).mean()))
    assert most_brightening(levels) <= MOST_BRIGHTENING


def test_the_look_itself_changes_slowly() -> None:
    screen = Screen(PatientLook(dark=True), SMALL)
    run = MOMENTS["prompt"]
    levels = [float(luma(screen.frame(run)).mean())]
    screen.look = PatientLook(dark=False)
    for _ in range(240):
        screen.now_s += FRAME_S
        levels.append(float(luma(screen.frame(run)).mean()))
    assert levels[-1] - levels[0] > 0.5
    assert most_brightening(levels) <= MOST_BRIGHTENING
