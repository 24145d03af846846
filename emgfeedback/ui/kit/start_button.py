"""The one big button: today's practice."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_WIDE_PX, _HIGH_PX, _DISC_PX = 776.0, 236.0, 138.0
_LEAST_PX, _LEAST_SHARE = 12, 0.85
_TITLE, _LINE, _KEY = (44.0, 650), (24.0, 500), (20.0, 500)


class StartButton(FollowsLook, QPushButton):
    """A triangle in a disc, what it starts, and the keys that do the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = ("", "", "")
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)

    def say(self, title: str, line: str, key: str) -> None:
        """Show these words; a screen reader hears the first two."""
        self._lines = (title, line, key)
        self.setAccessibleName(f"{title}. {line}")
        self.update()

    def fit(self, scale: float) -> None:
        """Fit the page's scale; the room, not the text size, decides how large it is."""
        self._scale = scale
        self.setMinimumHeight(self.minimumSizeHint().height())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size at the page's scale."""
        return QSize(round(_WIDE_PX * self._scale), round(_HIGH_PX * self._scale))

    def minimumSizeHint(self) -> QSize:
        """Return the least size it can be drawn in."""
        return self.sizeHint() * _LEAST_SHARE

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter for a press, as well as Space; held down it presses once."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        del event
        t, s = theme.tokens(), min(self.width() / _WIDE_PX, self.height() / _HIGH_PX)
        painter = smooth_painter(self)
        ground = t.accent if self.isEnabled() else t.sunken
        ink = t.onaccent if self.isEnabled() else t.ink2
        if self.underMouse() or self.isDown():
            ground = theme.mixed(t.ink, ground, 0.08)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), 36 * s, 36 * s)
        middle = QPointF(128 * s, self.height() / 2)
        painter.setBrush(ink)
        painter.drawEllipse(middle, _DISC_PX / 2 * s, _DISC_PX / 2 * s)
        triangle = QPainterPath(middle + QPointF(-22 * s, -36 * s))
        triangle.lineTo(middle + QPointF(38 * s, 0))
        triangle.lineTo(middle + QPointF(-22 * s, 36 * s))
        triangle.closeSubpath()
        painter.fillPath(triangle, ground)
        painter.setPen(ink)
        x, room = 226 * s, self.width() - 250 * s
        for (size, weight), text, y, high in zip(
            (_TITLE, _LINE, _KEY), self._lines, (52, 118, 166), (64, 44, 36), strict=True
        ):
            self._draw_line(painter, text, QRectF(x, y * s, room, high * s), size * s, weight)
        painter.end()

    @staticmethod
    def _draw_line(
        painter: QPainter, text: str, place: QRectF, size_px: float, weight: int
    ) -> None:
        # The button is as large as there is room: larger text shrinks until it fits.
        font = QFont(theme.sized_font(size_px, weight))
        while font.pixelSize() > _LEAST_PX and _too_large(font, text, place):
            font.setPixelSize(font.pixelSize() - 1)
        painter.setFont(font)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, flags, text)


def _too_large(font: QFont, text: str, place: QRectF) -> bool:
    metrics = QFontMetricsF(font)
    return metrics.horizontalAdvance(text) > place.width() or metrics.height() > place.height()
