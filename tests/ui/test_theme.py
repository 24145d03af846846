"""The tokens keep their contrast, and a new look reaches every widget."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.theme import DARK, LIGHT, Scheme, Tokens

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

TEXT = ("ink", "ink2", "ink3", "accent", "warn", "bad", "rec", "left", "right")
GRAPHICS = ("edge", "raw", "mline", "focus")


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    r, g, b = (linear(part) for part in colour.getRgbF()[:3])
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: QColor, b: QColor) -> float:
    """WCAG 2 contrast ratio."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21.0)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("ground", ["bg", "surface", "sunken"])
@pytest.mark.parametrize("name", TEXT)
def test_text_can_be_read_on_every_ground(tokens: Tokens, ground: str, name: str) -> None:
    assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("ground", ["bg", "surface", "sunken"])
@pytest.mark.parametrize("name", GRAPHICS)
def test_borders_and_lines_can_be_seen(tokens: Tokens, ground: str, name: str) -> None:
    assert contrast(getattr(tokens, name), getattr(tokens, ground)) >= 3.0


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_text_on_filled_shapes_can_be_read(tokens: Tokens) -> None:
    badge_ink = tokens.bg if tokens.dark else tokens.surface
    assert contrast(tokens.onaccent, tokens.accent) >= 4.5
    assert contrast(badge_ink, tokens.left) >= 4.5
    assert contrast(badge_ink, tokens.right) >= 4.5
    banner = theme.mixed(tokens.bad, tokens.surface, 0.12)
    assert contrast(tokens.ink2, banner) >= 4.5


def test_mixing_covers_from_none_to_all() -> None:
    white, black = QColor("white"), QColor("black")
    assert theme.mixed(white, black, 0.0) == black
    assert theme.mixed(white, black, 1.0) == white
    assert theme.mixed(white, black, 0.5).red() == 128


def test_a_chosen_scheme_is_in_force(qapp, look) -> None:
    look.choose(Scheme.DARK, 100)
    assert theme.tokens() is DARK
    assert qapp.palette().window().color() == DARK.bg
    look.choose(Scheme.LIGHT, 100)
    assert theme.tokens() is LIGHT
    assert qapp.palette().window().color() == LIGHT.bg


def test_text_size_reaches_widgets_shown_and_hidden(qtbot, look) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    column = QVBoxLayout(box)
    shown, hidden, button = QLabel("a"), QLabel("b"), QPushButton("c")
    for widget in (shown, hidden, button):
        theme.set_role(widget, "page_title")
        column.addWidget(widget)
    hidden.hide()
    box.show()
    normal_px = shown.font().pixelSize()
    look.choose(Scheme.LIGHT, 175)
    hidden.show()
    qtbot.waitUntil(hidden.isVisible)
    for widget in (shown, hidden, button):
        assert widget.font().pixelSize() == pytest.approx(1.75 * normal_px, abs=1)


def test_no_role_is_smaller_than_8_5_points() -> None:
    assert min(points for points, _ in theme.ROLES.values()) >= 8.5


@pytest.mark.parametrize("scheme", [Scheme.DARK, Scheme.LIGHT])
def test_every_shade_of_a_heat_table_carries_its_digits(look, scheme: Scheme) -> None:
    look.choose(scheme, 100)
    shades = [theme.heat_colours(step / 50) for step in range(51)]
    assert min(contrast(digits, ground) for ground, digits in shades) >= 4.5
    against_card = [contrast(ground, theme.tokens().surface) for ground, _ in shades]
    assert against_card == sorted(against_card), "more stands out more"
