"""The look in one place: colour tokens, type roles, spacing, palette and style sheet.

Painted widgets ask `tokens()` and `font(role)` while they paint; ordinary widgets get
their font by `set_role` and their shape by the dynamic property `kind` (see `style_sheet.py`).
`Appearance` follows the system's colour scheme or the user's choice.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget


class Scheme(enum.Enum):
    """The user's choice of colours."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Named colours. Painters treat them as constants."""

    dark: bool
    bg: QColor
    """Window."""
    surface: QColor
    """Card."""
    raised: QColor
    """Button, chosen item."""
    sunken: QColor
    """Rail, bar track, note box."""
    line: QColor
    """Card edge, row line; decoration only."""
    grid: QColor
    """Plot grid; decoration only."""
    edge: QColor
    """Border of a control."""
    ink: QColor
    ink2: QColor
    ink3: QColor
    left: QColor
    """The patient's left."""
    right: QColor
    """The patient's right."""
    accent: QColor
    """Primary action, in target, done."""
    onaccent: QColor
    target: QColor
    warn: QColor
    """Look at this signal. Never the fill of a bar or a line of data."""
    bad: QColor
    """This signal cannot be used; a span left out."""
    rec: QColor
    """Recording."""
    focus: QColor
    skin: QColor
    skin2: QColor
    mline: QColor
    """Anatomy line."""
    muscle: QColor
    fibre: QColor
    raw: QColor
    """Raw trace."""


def _tokens(*, dark: bool, **names: str) -> Tokens:
    return Tokens(dark=dark, **{name: QColor(value) for name, value in names.items()})


DARK = _tokens(
    dark=True,
    bg="#0F1A22",
    surface="#16242E",
    raised="#1E303C",
    sunken="#0B141A",
    line="#345062",
    grid="#243845",
    edge="#6F8CA0",
    ink="#EAF1F5",
    ink2="#B4C6D2",
    ink3="#8FA6B5",
    left="#62B5F5",
    right="#F2A93B",
    accent="#6FD9C2",
    onaccent="#06251F",
    target="#BFF3E4",
    warn="#F0D86A",
    bad="#E27FC0",
    rec="#EE6F93",
    focus="#FFFFFF",
    skin="#1D2F3B",
    skin2="#172630",
    mline="#8FA9BA",
    muscle="#2C4453",
    fibre="#5F7F93",
    raw="#9DB4C2",
)
LIGHT = _tokens(
    dark=False,
    bg="#F3F6F8",
    surface="#FFFFFF",
    raised="#FFFFFF",
    sunken="#E7EDF1",
    line="#C3D0D9",
    grid="#DDE6EC",
    edge="#6E8594",
    ink="#12232E",
    ink2="#3D5463",
    ink3="#566D7C",
    left="#1467B3",
    right="#A85400",
    accent="#0B6B60",
    onaccent="#FFFFFF",
    target="#0B6B60",
    warn="#7A5A00",
    bad="#A3265B",
    rec="#B3214F",
    focus="#12232E",
    skin="#E6EDF2",
    skin2="#DCE5EB",
    mline="#3F5A6C",
    muscle="#CBD8E1",
    fibre="#8EA4B3",
    raw="#5B7282",
)

RADIUS_CELL_PX = 4
RADIUS_CARD_PX = 12
TARGET_PX = 32
"""Least height of a control on the console."""
PRIMARY_PX = 44
"""Least height of a primary action."""
TEXT_PCTS = (100, 125, 150, 175)

ROLES: dict[str, tuple[float, int]] = {
    "page_title": (14, 650),
    "card_title": (12, 600),
    "value": (18, 650),
    "body": (10, 400),
    "body_strong": (10, 600),
    "second": (9.5, 400),
    "second_strong": (9.5, 600),
    "caption": (8.5, 400),
    "caption_strong": (8.5, 600),
}
"""Type role -> (points at 96 dots an inch, weight)."""

_FAMILIES = (
    "Segoe UI Variable Text",
    "Segoe UI",
    ".AppleSystemUIFont",
    "Helvetica Neue",
    "Inter",
    "Noto Sans",
    "Cantarell",
    "DejaVu Sans",
)


@dataclass(slots=True)
class _Look:
    tokens: Tokens = DARK
    text_pct: int = 100


_look = _Look()


def tokens() -> Tokens:
    """Return the colours in force."""
    return _look.tokens


def text_factor() -> float:
    """Return the user's text size, 1 to 1.75."""
    return _look.text_pct / 100


def px(length: float) -> int:
    """Return `length` (pixels at normal text size) grown with the user's text size."""
    return round(length * text_factor())


def font(role: str) -> QFont:
    """Return the font of `role` (a key of `ROLES`) at the user's text size.

    Sizes are set in pixels, because a point is 1/72 inch on one system and 1/96 on another.
    """
    points, weight = ROLES[role]
    return sized_font(points * 96 / 72, weight)


def sized_font(size_px: float, weight: int) -> QFont:
    """Return a font of `size_px` (at normal text size) and `weight`, with tabular figures."""
    return _made_font(max(11, round(size_px * text_factor())), weight)


@cache
def _made_font(pixels: int, weight: int) -> QFont:
    made = QFont()
    made.setFamilies([*_FAMILIES, QFontDatabase.systemFont(_GENERAL).family()])
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight(weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


_GENERAL = QFontDatabase.SystemFont.GeneralFont


def set_role(widget: QWidget, role: str) -> None:
    """Give `widget` the font of `role`, now and whenever the text size changes."""
    widget.setProperty("role", role)
    widget.setFont(font(role))


def set_kind(widget: QWidget, kind: str) -> None:
    """Give `widget` the shape `kind` of the style sheet, restyling it if it is shown."""
    if widget.property("kind") == kind:
        return
    widget.setProperty("kind", kind)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def mixed(colour: QColor, over: QColor, share: float) -> QColor:
    """Return `colour` laid over `over` at opacity `share`, as one opaque colour."""

    def blend(a: int, b: int) -> int:
        return round(a * share + b * (1 - share))

    return QColor(
        blend(colour.red(), over.red()),
        blend(colour.green(), over.green()),
        blend(colour.blue(), over.blue()),
    )


def faded(colour: QColor, alpha: float) -> QColor:
    """Return `colour` with opacity `alpha`, 0 to 1."""
    made = QColor(colour)
    made.setAlphaF(alpha)
    return made


_HEAT_FROM = 0.62
"""Where the second stretch of a heat table begins; between the two, digits change their colour."""
_HEAT = {
    False: (("#EAF4F2", "#5FA39B", "#06161C"), ("#3F7F78", "#08433F", "#FFFFFF")),
    True: (("#1B303A", "#336F68", "#FFFFFF"), ("#5FB3A6", "#CFF3EA", "#06161C")),
}
"""Dark look or not -> ground at both ends of a stretch, and its digits. More stands out more."""


def heat_colours(share: float) -> tuple[QColor, QColor]:
    """Return ground and digits of a cell whose value is `share` (0 to 1) of the highest."""
    low, high = _HEAT[tokens().dark]
    if share < _HEAT_FROM:
        first, last, digits = low
        along = share / _HEAT_FROM
    else:
        first, last, digits = high
        along = (share - _HEAT_FROM) / (1 - _HEAT_FROM)
    return mixed(QColor(last), QColor(first), min(1.0, max(0.0, along))), QColor(digits)


def palette(t: Tokens) -> QPalette:
    """Return the palette ordinary widgets draw with."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    made = QPalette()
    for key, colour in (
        (role.Window, t.bg),
        (role.Base, t.surface),
        (role.AlternateBase, t.sunken),
        (role.Text, t.ink),
        (role.WindowText, t.ink),
        (role.PlaceholderText, t.ink3),
        (role.Button, t.raised),
        (role.ButtonText, t.ink),
        (role.ToolTipBase, t.raised),
        (role.ToolTipText, t.ink),
        (role.BrightText, t.bad),
        (role.Highlight, t.accent),
        (role.HighlightedText, t.onaccent),
        (role.Link, t.accent),
        (role.Mid, t.line),
        (role.Light, t.edge),
    ):
        made.setColor(key, colour)
    for key in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(group.Disabled, key, t.ink3)
    return made


class Appearance(QObject):
    """The colour scheme and text size of the application, switchable while it runs.

    Signals
    -------
    changed
        After the new look is in force.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.scheme = Scheme.SYSTEM
        self.text_pct = 100
        app.setStyle(QStyleFactory.create("Fusion"))
        app.styleHints().colorSchemeChanged.connect(self._system_changed)

    def choose(self, scheme: Scheme, text_pct: int) -> None:
        """Put `scheme` and `text_pct` (one of `TEXT_PCTS`) in force."""
        self.scheme, self.text_pct = scheme, text_pct
        hints = self._app.styleHints()
        hints.setColorScheme(
            {
                Scheme.SYSTEM: Qt.ColorScheme.Unknown,
                Scheme.LIGHT: Qt.ColorScheme.Light,
                Scheme.DARK: Qt.ColorScheme.Dark,
            }[scheme]
        )
        self._apply()

    def _system_changed(self) -> None:
        if self.scheme is Scheme.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        from emgfeedback.ui.style_sheet import style_sheet  # noqa: PLC0415 - it needs this module

        dark = self.scheme is Scheme.DARK or (
            self.scheme is Scheme.SYSTEM
            and self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        )
        _look.tokens, _look.text_pct = DARK if dark else LIGHT, self.text_pct
        self._app.setPalette(palette(_look.tokens))
        self._app.setFont(font("body"))
        self._app.setStyleSheet(style_sheet(_look.tokens))
        for widget in self._app.allWidgets():
            role = widget.property("role")
            if role:
                widget.setFont(font(role))
        self.changed.emit()
