"""The threshold flag at a row's right edge: drag it, or focus it and use Up and Down."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from emgfeedback.ui import theme, words

STEP_UV = 0.5
BIG_STEP_UV = 5.0
LOWEST_UV = 0.5
HIGHEST_UV = 2000.0
_LINE_PX = 15
"""Height of a line of figures at normal text size."""


class ThresholdFlag(QWidget):
    """One channel's threshold.

    Signals
    -------
    moved
        The wanted threshold, microvolts, while dragging and on every key.
    released
        The threshold to put in force.
    """

    moved = Signal(float)
    released = Signal(float)

    def __init__(self, muscle_words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = muscle_words
        self._uv = 0.0
        self._uv_per_px = 1.0
        self._percent_per_uv: float | None = None
        self._grab: tuple[float, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeVerCursor)

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands on the flag: the percent where it is one, and the microvolts."""
        decimals = 0 if self._uv == round(self._uv) else 1
        uv = self.locale().toString(self._uv, "f", decimals)
        if self._percent_per_uv is None:
            return (uv,)
        return (f"{words.number(self._uv * self._percent_per_uv, 0)} %", f"{uv} µV")

    @property
    def wanted_height(self) -> int:
        """Height its lines need."""
        return len(self.lines) * theme.px(_LINE_PX) + 7

    def set_value(self, uv: float, uv_per_px: float, percent_per_uv: float | None = None) -> None:
        """Show `uv`; a pixel of movement is `uv_per_px`, a microvolt so many percent."""
        self._uv_per_px = uv_per_px
        if (uv, percent_per_uv) != (self._uv, self._percent_per_uv):
            self._uv, self._percent_per_uv = uv, percent_per_uv
            name = self.tr("Target of {muscle}, {value} microvolts").format(
                muscle=self._words, value=self.locale().toString(uv, "f", 1)
            )
            if percent_per_uv is not None:
                percent = self.tr("%1 % of the own reference")
                name += ", " + percent.replace("%1", words.number(uv * percent_per_uv, 0))
            self.setAccessibleName(name)
            self.setToolTip(self.tr("Drag, or press Up and Down"))
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by half a microvolt, with Shift by five."""
        big = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = BIG_STEP_UV if big else STEP_UV
        if event.key() == Qt.Key.Key_Up:
            self._put(self._uv + step)
        elif event.key() == Qt.Key.Key_Down:
            self._put(self._uv - step)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grab = (event.globalPosition().y(), self._uv)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if self._grab is not None:
            start_y, start_uv = self._grab
            self.moved.emit(
                self._within(start_uv + (start_y - event.globalPosition().y()) * self._uv_per_px)
            )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: the threshold is put in force."""
        if self._grab is not None:
            start_y, start_uv = self._grab
            self._grab = None
            moved_px = start_y - event.globalPosition().y()
            if moved_px:
                self.released.emit(self._within(start_uv + moved_px * self._uv_per_px))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw a pentagon that points at its line."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(1, 1, -3, -1)
        tip = min(body.height() / 2, theme.px(_LINE_PX) / 2 + 3)
        shape = QPolygonF(
            [
                QPointF(body.left(), body.center().y()),
                QPointF(body.left() + tip * 0.8, body.top()),
                body.topRight(),
                body.bottomRight(),
                QPointF(body.left() + tip * 0.8, body.bottom()),
            ]
        )
        painter.setPen(QPen(t.focus if self.hasFocus() else t.ink, 2.5 if self.hasFocus() else 1.4))
        painter.setBrush(t.bg if t.dark else t.ink)
        painter.drawPolygon(shape)
        painter.setPen(t.ink if t.dark else t.surface)
        painter.setFont(theme.font("caption_strong"))
        room = body.adjusted(tip * 0.6, 0, 0, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "\n".join(self.lines))

    def _put(self, uv: float) -> None:
        uv = self._within(round(uv / STEP_UV) * STEP_UV)
        self.moved.emit(uv)
        self.released.emit(uv)

    @staticmethod
    def _within(uv: float) -> float:
        return min(HIGHEST_UV, max(LOWEST_UV, uv))
