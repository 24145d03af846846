"""The scenes: legible, honest, calm, and moved by the signal alone."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF

from emgfeedback.core.montage import Side
from emgfeedback.training.now import BreathNow, FeedbackNow, Hold, Phase, RunNow, Scene, StepKind
from emgfeedback.ui import theme
from emgfeedback.ui.patient import beam
from emgfeedback.ui.patient.canvas import Line
from emgfeedback.ui.patient.layout import BUTTON_PX, layout
from emgfeedback.ui.patient.look import PatientLook, Place
from emgfeedback.ui.patient.water import LIGHTS, Water
from tests.ui.patient import moments
from tests.ui.patient.frames import (
    SIZE,
    SMALL,
    Screen,
    luma,
    relative_luminance,
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
FRAME_S = 1 / 60
WITHIN_FRAMES = 18
"""Frames in 300 ms."""
MOST_BRIGHTENING = 0.10


def all_moments() -> dict[str, RunNow]:
    made = dict(moments.calm_moments())
    for scene in Scene:
        made[f"{scene.value} inside"] = moments.playing(moments.INSIDE[scene])
        made[f"{scene.value} outside"] = moments.playing(moments.OUTSIDE[scene])
        made[f"{scene.value} held"] = moments.held(moments.INSIDE[scene], Hold.QUALITY)
        hidden = replace(moments.INSIDE[scene], visible=False, inside=None)
        made[f"{scene.value} hidden"] = moments.playing(hidden)
    made["beam hidden value"] = moments.playing(moments.beam(None))
    made["bars unknown"] = moments.playing(moments.bars((None, 7.0)))
    made["glider contrast"] = moments.playing(moments.glider(path=False))
    made["glider no mist"] = moments.playing(moments.glider(mist=None))
    made["water no side"] = moments.playing(moments.water(1.2, side=None))
    return made


MOMENTS = all_moments()


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
@pytest.mark.parametrize("scene", SCENES)
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
    np.random.default_rng(3).shuffle(order)  # type: ignore[arg-type]
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


def lines_in_pixels(screen: Screen) -> list[tuple[Line, QRectF, float]]:
    """Return each line with the pixels its letters may touch, and its size in pixels."""
    look = screen.picture.effective_look(screen.look)
    places = layout(QSizeF(*screen.size), look.place)
    found = []
    for line in screen.picture.lines:
        size = line.size * places.scale
        metrics = QFontMetricsF(theme.sized_font(size, line.weight))
        flags = line.flags | Qt.TextFlag.TextWordWrap
        found.append((line, metrics.boundingRect(places.px(line.rect), flags, line.text), size))
    return found


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("name", MOMENTS)
def test_words_stand_out_from_the_worst_pixel_behind_them(
    name: str, dark: bool, place: Place
) -> None:
    screen = Screen(PatientLook(dark=dark, place=place, numbers=True))
    frame = screen.frame(MOMENTS[name], with_words=False)
    for line, rect, size in lines_in_pixels(screen):
        box = rect.toAlignedRect()
        behind = relative_luminance(
            frame[max(0, box.top()) : box.bottom() + 1, max(0, box.left()) : box.right() + 1]
        )
        ink = float(relative_luminance(np.array(line.colour.getRgb()[:3])))
        ratios = (np.maximum(behind, ink) + 0.05) / (np.minimum(behind, ink) + 0.05)
        large = size >= 24 or (size >= 18.66 and line.weight >= 600)
        assert ratios.min() >= (3.0 if large else 4.5), f"{line.text!r}: {ratios.min():.2f}"


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768)])
@pytest.mark.parametrize("place", list(Place))
def test_the_picture_its_words_and_stop_share_their_place(
    place: Place, size: tuple[int, int]
) -> None:
    places = layout(QSizeF(*size), place)
    button, stage = places.px(places.button), places.px(places.stage)
    window = QRectF(0, 0, *size)
    assert button.height() >= BUTTON_PX - 0.01
    assert stage.contains(button)
    assert window.adjusted(-0.01, -0.01, 0.01, 0.01).contains(stage)
    middle = places.clear.center()
    assert {
        Place.CENTRE: True,
        Place.LEFT: middle.x() < 0.4 * places.window.width(),
        Place.RIGHT: middle.x() > 0.6 * places.window.width(),
        Place.UPPER: middle.y() < 0.4 * places.window.height(),
        Place.LOWER: middle.y() > 0.6 * places.window.height(),
    }[place]
    for name, moment in MOMENTS.items():
        screen = Screen(PatientLook(place=place), size)
        screen.frame(moment)
        for line, rect, _ in lines_in_pixels(screen):
            assert stage.adjusted(-1, -1, 1, 1).contains(rect), f"{name}: {line.text!r}"
            assert not rect.intersects(button), f"{name}: {line.text!r} under the button"


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
    assert scene.passed_inside() == 2  # type: ignore[attr-defined]


def test_an_arch_passed_while_held_does_not_count() -> None:
    screen = Screen(PatientLook(), SMALL)
    scene = screen.picture.scene(Scene.GLIDER)
    for tenth in range(60):
        t_s = tenth / 10
        run = moments.playing(moments.glider(t_s), t_s)
        if 3.5 < t_s < 4.5:
            run = replace(run, hold=Hold.GAP)
        screen.picture.show_run(run)
    assert scene.passed_inside() == 0  # type: ignore[attr-defined]


def test_numbers_are_hidden_unless_asked_for() -> None:
    for numbers in (False, True):
        screen = Screen(PatientLook(numbers=numbers))
        screen.frame(moments.playing(moments.bars((6.3, 7.0))))
        assert any("µV" in line.text for line in screen.picture.lines) == numbers


@pytest.mark.parametrize("place", list(Place))
def test_large_text_stays_in_its_place(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme, "text_factor", lambda: 1.75)
    places = layout(QSizeF(*SIZE), place)
    for name, moment in MOMENTS.items():
        screen = Screen(PatientLook(place=place))
        screen.frame(moment)
        for line, rect, _ in lines_in_pixels(screen):
            stage = places.px(places.stage).adjusted(-1, -1, 1, 1)
            assert stage.contains(rect), f"{name}: {line.text!r}"
            assert not rect.intersects(places.px(places.button)), f"{name}: {line.text!r}"
