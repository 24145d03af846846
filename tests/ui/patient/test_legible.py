"""Words: seen against what is behind them, in their place, whole at every text size."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF

from emgfeedback.ui import theme
from emgfeedback.ui.patient.canvas import Line
from emgfeedback.ui.patient.layout import BUTTON_PX, layout
from emgfeedback.ui.patient.look import PatientLook, Place
from tests.ui.patient import moments
from tests.ui.patient.frames import (
    Screen,
    relative_luminance,
)

pytestmark = pytest.mark.usefixtures("qapp")

MOMENTS = moments.every_moment()


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
    screen = Screen(PatientLook(place=place), size)
    for name, moment in MOMENTS.items():
        screen.write(moment)
        for line, rect, _ in lines_in_pixels(screen):
            assert stage.adjusted(-1, -1, 1, 1).contains(rect), f"{name}: {line.text!r}"
            assert not rect.intersects(button), f"{name}: {line.text!r} under the button"


def test_numbers_are_hidden_unless_asked_for() -> None:
    for numbers in (False, True):
        screen = Screen(PatientLook(numbers=numbers))
        screen.frame(moments.playing(moments.bars((6.3, 7.0))))
        assert any("µV" in line.text for line in screen.picture.lines) == numbers


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=str)
@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("factor", [1.0, 1.75])
def test_no_words_are_cut_or_covered_at_any_text_size(
    place: Place, size: tuple[int, int], factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "text_factor", lambda: factor)
    places = layout(QSizeF(*size), place)
    stage = places.px(places.stage).adjusted(-1, -1, 1, 1)
    screen = Screen(PatientLook(place=place, numbers=True), size)
    for name, moment in MOMENTS.items():
        screen.write(moment)
        drawn = lines_in_pixels(screen)
        for line, rect, _ in drawn:
            told = f"{name}: {line.text!r}"
            assert stage.contains(rect), told
            assert not rect.intersects(places.px(places.button)), told
            room = places.px(line.rect).adjusted(-2, -2, 2, 2)
            assert room.contains(rect), f"{told} needs {rect}, has {room}"
        for (one, here, _), (other, there, _) in itertools.combinations(drawn, 2):
            assert not here.intersects(there), f"{name}: {one.text!r} over {other.text!r}"


FARTHEST_READ_MM = 5.8
"""Height of capitals that 20/40 sight reads from two metres."""
SMALL_SCREEN_MM = 332.0
"""Width of a screen of 15.6 inches less its edges, the smallest one meant."""


def test_the_end_is_read_from_two_metres_and_says_what_comes_next() -> None:
    sentence = (
        "You practised for 12 minutes and were in the target more than half of the time, also "
        "without the picture. Try it once today without any screen."
    )
    end = replace(MOMENTS["end"], patient_sentence=sentence)
    for size in ((1280, 720), (1280, 800), (1920, 1080)):
        screen = Screen(PatientLook(), size)
        screen.write(end)
        places = layout(QSizeF(*size), Place.CENTRE)
        (line,) = [line for line in screen.picture.lines if line.text == sentence]
        capitals = QFontMetricsF(theme.sized_font(line.size * places.scale, line.weight))
        assert capitals.capHeight() * SMALL_SCREEN_MM / size[0] >= FARTHEST_READ_MM
