"""What every page of home mode shares: its ground, and type that grows with the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import (
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.painted import FollowsLook

_DRAWN_PX = (1280.0, 800.0)
_SMALLEST, _LARGEST = 0.75, 1.6
_LEAST, _SMALLER = 0.4, 0.93
_SIDE_PX = 64
_WAVES = (0.86, 0.92)
_BUTTON_PX, _HIGH_PX, _NOTICE_PX = 20.0, 66.0, 18.0
_TITLE, _LINE, _SMALL = (38.0, 650), (21.0, 500), (15.0, 500)


class KitPage(FollowsLook, QWidget):
    """A page of large words and large buttons on a calm ground.

    Parameters
    ----------
    name
        Accessible name.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._grown: list[Callable[[float], None]] = []
        self._rows: list[QBoxLayout] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(_SIDE_PX, 24, _SIDE_PX, 24)
        self.column.setSpacing(14)
        self.first: QWidget | None = None
        """What the keyboard is on when the page comes."""

    def title(self, text: str = "") -> QLabel:
        """Return a label for the page's one line."""
        return self._label(text, *_TITLE)

    def line(self, text: str = "") -> QLabel:
        """Return a label for a sentence."""
        return self._label(text, *_LINE, tone="second")

    def small(self, text: str = "") -> QLabel:
        """Return a label for what may be missed."""
        return self._label(text, *_SMALL, tone="second")

    def digits(self, text: str = "") -> QLabel:
        """Return a label for digits two people compare."""
        label = self._label(text, *_TITLE)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def notices(self) -> Banner:
        """Return a banner in the page's type."""
        made = Banner()
        for label in made.findChildren(QLabel):
            self._follow(label, _NOTICE_PX, 500)
        return made

    def hear(self, label: QLabel, *words: str) -> QLabel:
        """Make `label` what the keyboard is on and a screen reader reads, `words` after it.

        Where it is on no button, a key pressed twice presses nothing the patient has not seen.
        """
        label.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        label.setAccessibleDescription(" ".join(word for word in words if word))
        return label

    def begin_at(self, first: QWidget) -> None:
        """Give the keyboard to `first`."""
        self.first = first
        self.fit()
        if self.isVisible():
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def button(self, text: str, icon: str, *, primary: bool = False) -> KitButton:
        """Return a large button."""
        made = KitButton(text, icon, primary=primary)
        self.grow(made.fit)
        return made

    def button_row(self, *buttons: QWidget) -> QBoxLayout:
        """Return a layout with `buttons` beside each other, or below where they have no room."""
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(24)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        self._rows.append(row)
        return row

    def grow(self, fit: Callable[[float], None]) -> None:
        """Call `fit` with the page's scale, now and whenever it changes."""
        self._grown.append(fit)
        fit(self.scale)

    @property
    def scale(self) -> float:
        """1 in a window of 1280 by 800; the user's text size comes on top."""
        share = min(self.width() / _DRAWN_PX[0], self.height() / _DRAWN_PX[1])
        return max(_SMALLEST, min(_LARGEST, share))

    def look_changed(self) -> None:
        """Fit a new text size, once the style has put back the fonts it knows."""
        QTimer.singleShot(0, self, self.fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the type grow with the window."""
        super().resizeEvent(event)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Put the keyboard where the page begins."""
        super().showEvent(event)
        self.fit()
        if self.first is not None:
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground: sky, sand and two still waves."""
        del event
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sky = QLinearGradient(QPointF(0, 0), QPointF(0, self.height()))
        sky.setColorAt(0.0, theme.mixed(t.left, t.bg, 0.08))
        sky.setColorAt(0.7, theme.mixed(t.right, t.bg, 0.03))
        sky.setColorAt(1.0, t.bg)
        painter.fillRect(self.rect(), sky)
        for i, at in enumerate(_WAVES):
            painter.fillPath(self._wave(at, i), theme.mixed(t.accent, t.bg, 0.10 + 0.06 * i))
        painter.end()

    def _wave(self, at: float, i: int) -> QPainterPath:
        w, h = float(self.width()), float(self.height())
        swell = h * 0.012 * (1 if i else -1)
        path = QPainterPath(QPointF(0, h * at))
        path.cubicTo(w * 0.3, h * at + 2 * swell, w * 0.6, h * at - 2 * swell, w, h * at + swell)
        path.lineTo(w, h)
        path.lineTo(0, h)
        path.closeSubpath()
        return path

    def fit(self) -> None:
        """Fit words and buttons to the window and the text size: nothing is ever cut."""
        scale = self.scale
        self._apply(scale)
        while scale > _LEAST and not self._has_room():
            scale *= _SMALLER
            self._apply(scale)

    def _apply(self, scale: float) -> None:
        for fit in self._grown:
            fit(scale)
        for row in self._rows:
            _lay_out(row, self.width() - 2 * _SIDE_PX)
        self.column.invalidate()

    def _has_room(self) -> bool:
        margins = self.column.contentsMargins()
        inner_px = self.width() - margins.left() - margins.right()
        high_px = self.column.minimumHeightForWidth(self.width())
        if high_px < 0:
            high_px = self.column.minimumSize().height()
        wide_px = self.column.minimumSize().width() - margins.left() - margins.right()
        return high_px <= self.height() and wide_px <= inner_px

    def _label(self, text: str, size_px: float, weight: int, tone: str = "") -> QLabel:
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if tone:
            label.setProperty("tone", tone)
        self._follow(label, size_px, weight)
        return label

    def _follow(self, label: QLabel, size_px: float, weight: int) -> None:
        self.grow(lambda scale: set_type(label, size_px * scale, weight))


def set_type(widget: QWidget, size_px: float, weight: int, least_px: int = 0) -> None:
    """Give `widget` a type size at the user's text size, and a least height.

    A font set by itself is forgotten when the application's style sheet changes.
    """
    font = theme.sized_font(size_px, weight)
    words = f"font-size: {font.pixelSize()}px; font-weight: {weight};"
    if least_px:
        words += f" min-height: {least_px}px;"
    if widget.styleSheet() != words:
        widget.setStyleSheet(words)


def _lay_out(row: QBoxLayout, room_px: int) -> None:
    """Put what does not fit beside each other below each other."""
    items = (row.itemAt(i) for i in range(row.count()))
    widgets = [item.widget() for item in items if item is not None]
    hints = [w.sizeHint().width() for w in widgets if w is not None and not w.isHidden()]
    beside = sum(hints) + row.spacing() * max(len(hints) - 1, 0) <= room_px
    side_by_side, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
    row.setDirection(side_by_side if beside else below)


class KitButton(KeyedButton):
    """A large button with an icon; Enter and Space press it."""

    def __init__(self, text: str, icon: str, *, primary: bool = False) -> None:
        super().__init__(text, icon)
        self.setProperty("role", None)
        self.setProperty("kind", "primary" if primary else "large")
        self.setProperty("huge", primary)
        self.fit(1.0)

    def fit(self, scale: float) -> None:
        """Fit the page's scale."""
        set_type(self, _BUTTON_PX * scale, 600, round(theme.px(_HIGH_PX) * scale))
        self.updateGeometry()
        self.update()

    def _icon_px(self) -> float:
        return self.font().pixelSize() * 1.25
