"""The scenes: a picture at every moment, success shown by shape, and only where it is judged."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from emgfeedback.training.now import Hold, Phase, Scene
from emgfeedback.ui.patient.look import PatientLook
from tests.ui.patient import moments
from tests.ui.patient.frames import (
    SMALL,
    Screen,
    luma,
    shot,
    where_coloured,
)

pytestmark = pytest.mark.usefixtures("qapp")

SCENES = list(Scene)
SEEN = [scene for scene in Scene if scene is not Scene.SOUND]

LOOKS = [
    PatientLook(dark=dark, reduced_motion=still)
    for dark, still in itertools.product((True, False), repeat=2)
]

MOMENTS = moments.every_moment()


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("name", MOMENTS)
def test_every_moment_is_a_picture(name: str, look: PatientLook) -> None:
    frame = shot(MOMENTS[name], look, size=SMALL)
    assert not (frame == (255, 0, 255)).all(axis=-1).any(), "every pixel is painted"
    assert len(np.unique(frame.reshape(-1, 3), axis=0)) > 50
    assert luma(frame).std() > 0.01


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("scene", SEEN)
def test_inside_and_outside_differ_without_colour(scene: Scene, dark: bool) -> None:
    look = PatientLook(dark=dark)
    inside = luma(shot(moments.playing(moments.INSIDE[scene]), look))
    outside = luma(shot(moments.playing(moments.OUTSIDE[scene]), look))
    assert (np.abs(inside - outside) > 0.15).sum() > 1000


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("scene", SEEN)
def test_the_flag_alone_changes_a_shape(scene: Scene, dark: bool) -> None:
    """At the very same levels, being inside shows by more than a place."""
    look = PatientLook(dark=dark)
    feedback = moments.INSIDE[scene]
    if scene is Scene.GLIDER:
        feedback = moments.glider(t_s=9.0, path=False)
        look = replace(look, reduced_motion=True)
    elements = tuple(replace(e, inside=False) for e in feedback.elements)
    without = replace(feedback, inside=False, elements=elements)
    told = luma(shot(moments.playing(feedback), look))
    untold = luma(shot(moments.playing(without), look))
    assert (np.abs(told - untold) > 0.15).sum() > 150


@pytest.mark.parametrize("scene", SCENES)
def test_eyes_closed_tells_nothing_and_others_tell(scene: Scene) -> None:
    inside = shot(moments.playing(moments.INSIDE[scene]))
    outside = shot(moments.playing(moments.OUTSIDE[scene]))
    assert (inside == outside).all() == (scene is Scene.SOUND)


@pytest.mark.parametrize("hold", [Hold.USER, Hold.QUALITY, Hold.GAP, Hold.SETTLING])
@pytest.mark.parametrize("scene", SCENES)
def test_a_hold_shows_no_success_whatever_the_feedback_claims(scene: Scene, hold: Hold) -> None:
    assert_claims_unseen(scene, hold=hold, paused=hold is Hold.USER)


@pytest.mark.parametrize("phase", [Phase.COUNTDOWN, Phase.REST, Phase.READY, Phase.DONE])
@pytest.mark.parametrize("scene", SCENES)
def test_no_success_outside_work(scene: Scene, phase: Phase) -> None:
    assert_claims_unseen(scene, phase=phase)


@pytest.mark.parametrize("scene", SCENES)
def test_invisible_feedback_is_not_drawn(scene: Scene) -> None:
    seen = [
        shot(moments.playing(replace(given[scene], visible=False)))
        for given in (moments.INSIDE, moments.OUTSIDE)
    ]
    assert (seen[0] == seen[1]).all()


def assert_claims_unseen(scene: Scene, **state: object) -> None:
    lead = moments.playing(moments.OUTSIDE[scene])
    frames, said = [], []
    for claim in (True, False):
        feedback = moments.INSIDE[scene]
        elements = tuple(replace(e, inside=claim) for e in feedback.elements)
        claimed = replace(feedback, inside=claim, elements=elements, held_s=40.0 * claim)
        screen = Screen(PatientLook(), SMALL)
        screen.frame(lead)
        frames.append(screen.frame(moments.playing(claimed, **state), with_words=False))
        said.append([line.text for line in screen.picture.lines])
    assert (frames[0] == frames[1]).all()
    assert said[0] == said[1]


def test_a_held_scene_stands_still() -> None:
    screen = Screen(PatientLook())
    screen.frame(moments.playing(moments.water(0.8)))
    first = screen.frame(moments.held(moments.water(0.0)))
    second = screen.frame(replace(moments.held(moments.water(1.6)), elapsed_s=11.3))
    assert (first == second).all()
    assert len(where_coloured(first, "#5B3A22")), "the lantern is still there"
