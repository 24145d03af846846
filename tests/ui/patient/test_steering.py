"""What the signal moves in each scene, which way, and what holding it earns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgfeedback.core.montage import Side
from emgfeedback.training.now import BreathNow, FeedbackNow, Hold, Scene, StepKind
from emgfeedback.ui import theme
from emgfeedback.ui.patient import beam
from emgfeedback.ui.patient.look import PatientLook, Place
from emgfeedback.ui.patient.water import LIGHTS, Water
from tests.ui.patient import moments
from tests.ui.patient.frames import (
    SIZE,
    SMALL,
    Screen,
    luma,
    shot,
    where_coloured,
)

pytestmark = pytest.mark.usefixtures("qapp")


def centre_of(feedback: FeedbackNow, colour: str, axis: int, look: PatientLook) -> float:
    found = where_coloured(shot(moments.playing(feedback), look, with_words=False), colour)
    assert len(found) > 20, f"nothing is {colour}"
    return float(found[:, axis].mean())


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_the_lantern_goes_to_the_side_that_is_higher(side: Side, place: Place) -> None:
    look = PatientLook(place=place, reduced_motion=True)
    across = [
        centre_of(moments.water(distance, side), "#5B3A22", 1, look)
        for distance in (0.0, 0.1, 0.3, 0.7, 1.2, 2.0)
    ]
    steps = np.diff(across) * (-1 if side is Side.LEFT else 1)
    assert (steps > 2).all()


def test_the_lantern_comes_nearer_when_both_sides_rise() -> None:
    look = PatientLook(reduced_motion=True)
    down = []
    for distance in (0.1, 0.6, 2.0):
        both = replace(moments.water(distance), distances=(distance, distance))
        down.append(centre_of(both, "#5B3A22", 0, look))
    assert (np.diff(down) > 2).all()


@pytest.mark.parametrize("place", list(Place))
def test_the_glider_rises_with_its_muscle(place: Place) -> None:
    heights = [
        centre_of(moments.glider(off=off), "#F7D9A4", 0, PatientLook(place=place))
        for off in (-6.0, -3.0, 0.0, 3.0)
    ]
    assert (np.diff(heights) < -3).all()


def test_the_mist_rises_with_its_muscle_and_meets_its_line_at_the_bound() -> None:
    look = PatientLook(dark=False, reduced_motion=True)
    bare = shot(moments.playing(moments.glider(mist=0.0, path=False)), look, with_words=False)
    tops = []
    for mist in (2.0, 4.0, 8.0, 11.0):
        given = moments.glider(mist=mist, path=False)
        frame = shot(moments.playing(given), look, with_words=False)
        changed = np.abs(luma(frame) - luma(bare))[:, 300:900] > 0.02
        tops.append(int(np.flatnonzero(changed.any(axis=1))[0]))
    assert (np.diff(tops) < -5).all()
    line = where_coloured(bare[:, 300:900], "#10384A", 2)
    line = float(np.median(line[line[:, 0] > 600][:, 0]))
    assert tops[2] == pytest.approx(line, abs=10)


@pytest.mark.parametrize("dark", [True, False])
def test_bars_rise_with_their_levels(dark: bool) -> None:
    look = PatientLook(dark=dark)
    tops = []
    for level in (1.0, 3.5, 9.0, 15.0, 20.0):
        frame = shot(moments.playing(moments.bars((level, 6.0))), look, with_words=False)
        column = where_coloured(frame, look.tokens.left.name())
        tops.append(column[:, 0].min())
    assert (np.diff(tops) < 0).all()


def test_the_beam_tips_to_the_higher_side() -> None:
    look = PatientLook()
    left, right = look.tokens.left.name(), look.tokens.right.name()
    drop = []
    for balance in (-30.0, -8.0, 0.0, 8.0, 30.0):
        given = moments.beam(balance)
        drop.append(centre_of(given, left, 0, look) - centre_of(given, right, 0, look))
    assert (np.diff(drop) > 2).all()
    # The discs and squares of the legend stand 46 units apart whatever the beam does.
    assert beam.tilt_deg(moments.beam(0.0)) == 0


def test_a_hidden_balance_is_level_and_says_why() -> None:
    assert beam.tilt_deg(moments.beam(None)) == 0
    screen = Screen(PatientLook())
    screen.frame(moments.playing(moments.beam(None)))
    assert any("too quiet to compare" in line.text for line in screen.picture.lines)


def test_the_beam_reaches_the_edge_of_its_zone_at_the_limit() -> None:
    at_limit = beam.tilt_deg(moments.beam(10.0, limit_pct=10.0))
    assert at_limit == pytest.approx(beam.STEEPEST_DEG / 3)
    assert beam.tilt_deg(moments.beam(90.0)) == beam.STEEPEST_DEG


def breath_width(share: float, *, breathing_in: bool) -> float:
    breath = BreathNow(breathing_in, share, 4.0, 6.0)
    run = moments.run(StepKind.BREATHING, breath=breath)
    found = where_coloured(shot(run, with_words=False), theme.DARK.accent.name(), 12)
    return float(np.ptp(found[found[:, 1] < 1000][:, 1]))


def test_the_breath_grows_in_and_shrinks_out() -> None:
    grown = [breath_width(share, breathing_in=True) for share in (0.05, 0.3, 0.6, 0.95)]
    shrunk = [breath_width(share, breathing_in=False) for share in (0.05, 0.3, 0.6, 0.95)]
    assert (np.diff(grown) > 5).all()
    assert (np.diff(shrunk) < -5).all()


def test_the_breath_of_reduced_motion_keeps_its_size() -> None:
    look = PatientLook(reduced_motion=True)
    frames = []
    for share in (0.2, 0.8):
        breath = BreathNow(breathing_in=True, share=share, in_s=4.0, out_s=6.0)
        frames.append(luma(shot(moments.run(StepKind.BREATHING, breath=breath), look)))
    changed = np.argwhere(np.abs(frames[0] - frames[1]) > 0.1)
    assert len(changed) > 100, "the ring fills"
    middle = frames[0][SIZE[1] // 2 - 60 : SIZE[1] // 2, SIZE[0] // 2 - 90 : SIZE[0] // 2 + 90]
    again = frames[1][SIZE[1] // 2 - 60 : SIZE[1] // 2, SIZE[0] // 2 - 90 : SIZE[0] // 2 + 90]
    assert (middle == again).all()


def test_shore_lights_are_earned_by_holding_and_never_lost() -> None:
    screen = Screen(PatientLook(), SMALL)
    scene = screen.picture.scene(Scene.WATER)
    assert isinstance(scene, Water)

    def hold(seconds: float) -> int:
        for tenth in range(int(seconds * 10) + 1):
            screen.picture.show_run(moments.playing(moments.water(0.0, held_s=tenth / 10)))
        return scene.lights_lit

    assert hold(8.0) == 2
    screen.picture.show_run(moments.playing(moments.water(1.5)))
    assert scene.lights_lit == 2
    screen.picture.show_run(moments.held(moments.water(0.0)))
    assert hold(4.0) == 3
    assert hold(120.0) == LIGHTS
    next_trial = replace(moments.trial(0.0), number=4)
    screen.picture.show_run(moments.playing(moments.water(0.5), trial=next_trial))
    assert scene.lights_lit == 0


def test_an_arch_counts_only_when_passed_inside() -> None:
    screen = Screen(PatientLook(), SMALL)
    scene = screen.picture.scene(Scene.GLIDER)
    for tenth in range(130):
        t_s = tenth / 10
        off = 8.0 if 7.0 < t_s < 9.0 else 0.0  # outside at the second arch, at 8 s
        screen.picture.show_run(moments.playing(moments.glider(t_s, off), t_s))
    assert scene.passed_inside() == 2


def test_an_arch_passed_while_held_does_not_count() -> None:
    screen = Screen(PatientLook(), SMALL)
    scene = screen.picture.scene(Scene.GLIDER)
    for tenth in range(60):
        t_s = tenth / 10
        run = moments.playing(moments.glider(t_s), t_s)
        if 3.5 < t_s < 4.5:
            run = replace(run, hold=Hold.GAP)
        screen.picture.show_run(run)
    assert scene.passed_inside() == 0
