"""A line from 0 to 10, as on paper: no mark until somebody makes one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QVBoxLayout, QWidget

from emgfeedback.ui import theme, words
from emgfeedback.ui.checkin.own_fonts import OwnFonts
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

HIGHEST = 10
LARGE = 1.6
"""How much larger everything is where it is read from farther away, or with tired eyes."""
_HEIGHT_PX, _KNOB_PX, _MARGIN_PX = 52, 28, 18
_UP = (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Plus)
_DOWN = (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Minus)
_EMPTY = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class PaperSlider(FollowsLook, QSlider):
    """A slider that may be unanswered.

    Press or drag on the line, or use the digits (1 and then 0 is ten) and the arrows; Delete
    takes the answer back.

    Signals
    -------
    answered
        The number, or None.
    """

    answered = Signal(object)

    def __init__(self, name: str, *, large: bool = False) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._scale = LARGE if large else 1.0
        self._answer: int | None = None
        self._typed_one = False
        self.setRange(0, HIGHEST)
        self.setPageStep(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.show_answer(None)

    @property
    def answer(self) -> int | None:
        """The number marked; None: none."""
        return self._answer

    def show_answer(self, answer: int | None) -> None:
        """Show a number that somebody gave before."""
        self._answer = answer
        self.setValue(answer or 0)
        said = self.tr("not answered") if answer is None else self.tr("%1 of 10")
        self.setAccessibleDescription(said.replace("%1", words.whole(answer or 0)))
        self.update()

    def give(self, answer: int | None) -> None:
        """Mark a number, or take the mark away."""
        if answer is not None:
            answer = min(max(0, answer), HIGHEST)
        if answer != self._answer:
            self.show_answer(answer)
            self.answered.emit(answer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Mark by digit or arrow."""
        key, digit = event.key(), event.key() - Qt.Key.Key_0.value
        typed_one, self._typed_one = self._typed_one, False
        if 0 <= digit <= 9:
            self.give(HIGHEST if digit == 0 and typed_one else digit)
            self._typed_one = digit == 1
        elif key in _UP:
            self.give(0 if self._answer is None else self._answer + 1)
        elif key in _DOWN:
            self.give(HIGHEST if self._answer is None else self._answer - 1)
        elif key in _EMPTY:
            self.give(None)
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Begin a new number the next time."""
        self._typed_one = False
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Mark where the line was pressed."""
        self.give(self._nearest(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.give(self._nearest(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep the mark."""
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page: scrolling must not answer a question."""
        event.ignore()

    def place_of(self, value: int) -> QPointF:
        """Return where a number lies on the line, pixels."""
        left, right = self._line()
        knob = self._px(_KNOB_PX)
        return QPointF(left + value / HIGHEST * (right - left), knob / 2 + 3)

    def _nearest(self, x: float) -> int:
        left, right = self._line()
        return min(max(0, round((x - left) / max(1.0, right - left) * HIGHEST)), HIGHEST)

    def _line(self) -> tuple[float, float]:
        margin = self._px(_MARGIN_PX)
        return margin, self.width() - margin

    def _px(self, length: float) -> float:
        return theme.px(length * self._scale)

    def sizeHint(self) -> QSize:
        """Return room for eleven numbers."""
        return QSize(round(self._px(300)), round(self._px(_HEIGHT_PX)))

    def minimumSizeHint(self) -> QSize:
        """Return the least room in which the numbers do not touch."""
        return QSize(round(self._px(230)), round(self._px(_HEIGHT_PX)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line, its numbers, and the mark."""
        del event
        t = theme.tokens()
        painter = smooth_painter(self)
        painter.setPen(QPen(t.edge, 2))
        painter.drawLine(self.place_of(0), self.place_of(HIGHEST))
        painter.setFont(theme.sized_font(11.5 * self._scale, 400))
        high = self._px(16)
        for value in range(HIGHEST + 1):
            at = self.place_of(value)
            tick = self._px(5)
            painter.setPen(QPen(t.edge, 1.4))
            painter.drawLine(at - QPointF(0, tick), at + QPointF(0, tick))
            painter.setPen(t.ink3)
            box = QRectF(at.x() - 20, at.y() + self._px(_KNOB_PX) / 2 + 1, 40, high)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words.whole(value))
        if self._answer is not None:
            knob = self._px(_KNOB_PX)
            at = self.place_of(self._answer)
            box = QRectF(at.x() - knob / 2, at.y() - knob / 2, knob, knob)
            painter.setPen(QPen(t.surface, 2))
            painter.setBrush(t.accent)
            painter.drawEllipse(box)
            painter.setPen(t.onaccent)
            painter.setFont(theme.sized_font(13 * self._scale, 650))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words.whole(self._answer))
        painter.end()


class Question(OwnFonts, QWidget):
    """A question over its line; the words at both ends, where there are any, under it."""

    def __init__(
        self, name: str, low: str = "", high: str = "", *, large: bool = False, line: str = ""
    ) -> None:
        super().__init__()
        self._scale = LARGE if large else 1.0
        self.slider = PaperSlider(name, large=large)
        self.title, self.line = QLabel(name), QLabel(line)
        self._ends = (QLabel(f"0 = {low}"), QLabel(f"10 = {high}"))
        self._ends[1].setAlignment(Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for label in (self.title, self.line, *self._ends):
            label.setWordWrap(True)
        for label in (self.line, *self._ends):
            label.setProperty("tone", "second")
        column.addWidget(self.title)
        column.addWidget(self.line)
        if not line:
            self.line.hide()
        column.addWidget(self.slider)
        ends = QHBoxLayout()
        ends.setSpacing(12)
        for label in self._ends:
            ends.addWidget(label, 1)
        column.addLayout(ends)
        for label in self._ends if not low + high else ():
            label.hide()
        self.look_changed()

    def say(self, line: str) -> None:
        """Change the line under the question; empty takes it away."""
        self.line.setText(line)
        self.line.setVisible(bool(line))
        self.look_changed()

    def look_changed(self) -> None:
        """Fit the text size."""
        self.title.setFont(theme.sized_font(14 * self._scale, 600))
        for label in (self.line, *self._ends):
            label.setFont(theme.sized_font(12 * self._scale, 400))
