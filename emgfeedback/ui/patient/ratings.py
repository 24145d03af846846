"""Questions on a 0 to 10 scale, one at a time, by large buttons or the number keys."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from emgfeedback.training.now import RatingAsked
from emgfeedback.ui import theme, words
from emgfeedback.ui.patient.canvas import fitted_font
from emgfeedback.ui.patient.layout import BUTTON_PX
from emgfeedback.ui.patient.look import PatientLook

HIGHEST = 10
_GAP_PX = 12
_RING_PX = 6


class _Answer(QPushButton):
    """One number; the chosen one is filled and ticked by a thick edge."""

    def __init__(self, value: int, panel: RatingPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.value = value
        self.setCheckable(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the number in its box."""
        del event
        t = self._panel.look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(_RING_PX, _RING_PX, -_RING_PX, -_RING_PX)
        if self.hasFocus():
            painter.setPen(QPen(t.focus, 2.5))
            painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), 16, 16)
        chosen = self.isChecked()
        painter.setPen(QPen(t.accent if chosen else t.edge, 2))
        painter.setBrush(t.accent if chosen else t.raised)
        painter.drawRoundedRect(rect, 12, 12)
        if chosen:
            painter.setPen(QPen(t.onaccent, 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(5, 5, -5, -5), 8, 8)
        painter.setPen(t.onaccent if chosen else t.ink)
        painter.setFont(theme.sized_font(0.42 * rect.height() / theme.text_factor(), 650))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words.whole(self.value))
        painter.end()


class RatingPanel(QWidget):
    """Asks one question after another.

    Signals
    -------
    answered
        After the last question: key -> 0 to 10; a skipped one is left out.
    chosen
        After a number was chosen or taken back.
    """

    answered = Signal(dict)
    chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = PatientLook()
        self._asked: tuple[RatingAsked, ...] = ()
        self._at = 0
        self._given: dict[str, int] = {}
        self._typed_one = False
        self.buttons = [_Answer(value, self) for value in range(HIGHEST + 1)]
        for button in self.buttons:
            button.clicked.connect(lambda _=False, value=button.value: self.choose(value))

    @property
    def question(self) -> RatingAsked | None:
        """The question asked now."""
        return self._asked[self._at] if self._at < len(self._asked) else None

    @property
    def value(self) -> int | None:
        """The number chosen, None before any."""
        return next((b.value for b in self.buttons if b.isChecked()), None)

    def ask(self, asked: tuple[RatingAsked, ...], look: PatientLook) -> None:
        """Ask `asked` from the first one on, unless they are being asked already."""
        if look != self.look:
            self.look = look
            self.update()
        if asked != self._asked:
            self._asked, self._at, self._given = asked, 0, {}
            self._show_question()

    def choose(self, value: int) -> None:
        """Choose a number for the present question."""
        self._typed_one = False
        for button in self.buttons:
            button.setChecked(button.value == value)
        self.chosen.emit()

    def type_digit(self, digit: int) -> None:
        """Choose by key; 1 and then 0 is ten."""
        ten = digit == 0 and self._typed_one
        self.choose(HIGHEST if ten else digit)
        self._typed_one = digit == 1

    def confirm(self) -> None:
        """Keep the answer, or none, and ask the next question; after the last one, tell all."""
        question, value = self.question, self.value
        if question is None:
            return
        if value is not None:
            self._given[question.key] = value
        self._at += 1
        if self.question is None:
            self.answered.emit(dict(self._given))
        else:
            self._show_question()

    def _show_question(self) -> None:
        question = self.question
        for button in self.buttons:
            button.setChecked(False)
            if question is not None:
                name = self.tr("%1: %2 of 10")
                name = name.replace("%1", question.question)
                button.setAccessibleName(name.replace("%2", words.whole(button.value)))
        self._typed_one = False
        self.setAccessibleName(question.question if question else "")
        self.chosen.emit()
        self.update()

    def _rows(self) -> tuple[int, float, float]:
        """Return buttons in a row, size of a button, and top of the first row, in pixels."""
        columns = HIGHEST + 1 if self.width() >= (HIGHEST + 1) * (60 + _GAP_PX) else 6
        side = (self.width() - 2 * _RING_PX - (columns - 1) * _GAP_PX) / columns
        side = min(side, max(BUTTON_PX, 0.2 * self.height()))
        return columns, side, (0.4 if columns > 6 else 0.3) * self.height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the buttons."""
        columns, side, top = self._rows()
        left = (self.width() - columns * side - (columns - 1) * _GAP_PX) / 2
        for i, button in enumerate(self.buttons):
            row, column = divmod(i, columns)
            rect = QRectF(
                left + column * (side + _GAP_PX), top + row * (side + _GAP_PX), side, side
            )
            button.setGeometry(
                rect.adjusted(-_RING_PX, -_RING_PX, _RING_PX, _RING_PX).toAlignedRect()
            )
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the question and the words at both ends of the scale."""
        del event
        question = self.question
        if question is None:
            return
        painter = QPainter(self)
        t = self.look.tokens
        for text, rect, font, flags in self.lines():
            painter.setPen(t.ink if text == question.question else t.ink2)
            painter.setFont(font)
            painter.drawText(rect, flags, text)
        painter.end()

    def lines(self) -> list[tuple[str, QRectF, QFont, int]]:
        """Return the words, each with its place (pixels), font and alignment."""
        question = self.question
        if question is None:
            return []
        flag = Qt.AlignmentFlag
        columns, side, top = self._rows()
        rows = -(-(HIGHEST + 1) // columns)
        wide = columns * side + (columns - 1) * _GAP_PX
        left = (self.width() - wide) / 2
        head = QRectF(0, 0, self.width(), top - 16)
        big = fitted_font(question.question, head, 0.085 * self.height() + 10, 650)
        under = top + rows * (side + _GAP_PX)
        high = min(0.2 * self.height(), self.height() - under)
        low_end = QRectF(left, under, wide / 2 - 8, high)
        high_end = QRectF(left + wide / 2 + 8, under, wide / 2 - 8, high)
        ends = (f"0 = {question.low_words}", f"10 = {question.high_words}")
        size = max(18.0, 0.05 * self.height())
        fonts = [fitted_font(text, low_end, size, 500) for text in ends]
        small = min(fonts, key=QFont.pixelSize)
        wrap = Qt.TextFlag.TextWordWrap
        return [
            (question.question, head, big, flag.AlignCenter | wrap),
            (ends[0], low_end, small, flag.AlignLeft | flag.AlignTop | wrap),
            (ends[1], high_end, small, flag.AlignRight | flag.AlignTop | wrap),
        ]
