"""The one big button: Stop, Start, Go on, Next, by word, shape and colour."""

from __future__ import annotations

import enum

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QPushButton, QWidget

from emgfeedback.training.now import Phase, RunNow, StepKind
from emgfeedback.ui import theme
from emgfeedback.ui.patient.look import PatientLook

RING_PX = 9
"""Room round the button for its focus ring."""
_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Deed(enum.Enum):
    """What the one button does."""

    STOP = "stop"
    START = "start"
    RESUME = "resume"
    NEXT = "next"
    ANSWER = "answer"
    SKIP = "skip"
    CLOSE = "close"


def deed_of(run: RunNow) -> Deed:
    """Return what the one button does at this moment."""
    if run.phase is Phase.FINISHED:
        return Deed.CLOSE
    if run.paused:
        return Deed.RESUME
    if run.ratings:
        return Deed.ANSWER
    if run.phase is Phase.READY:
        read = (StepKind.PROMPT, StepKind.RATINGS, StepKind.END)
        return Deed.NEXT if run.kind in read else Deed.START
    waits = run.countdown_s is None and run.kind in (StepKind.PROMPT, StepKind.END)
    return Deed.NEXT if run.phase is Phase.DONE or waits else Deed.STOP


def deed_words(deed: Deed) -> str:
    """Return the word on the button."""
    return {
        Deed.STOP: QCoreApplication.translate("Patient", "Stop"),
        Deed.START: QCoreApplication.translate("Patient", "Start"),
        Deed.RESUME: QCoreApplication.translate("Patient", "Go on"),
        Deed.NEXT: QCoreApplication.translate("Patient", "Next"),
        Deed.ANSWER: QCoreApplication.translate("Patient", "Next"),
        Deed.SKIP: QCoreApplication.translate("Patient", "Skip"),
        Deed.CLOSE: QCoreApplication.translate("Patient", "Close"),
    }[deed]


def key_words(deed: Deed) -> str:
    """Return the name of the key that does the same."""
    return (
        QCoreApplication.translate("Patient", "Esc")
        if deed is Deed.STOP
        else QCoreApplication.translate("Patient", "Enter")
    )


def draw_button(
    painter: QPainter, rect: QRectF, look: PatientLook, deed: Deed, *, down: bool, ring: bool
) -> None:
    """Draw the button into `rect`."""
    t = look.tokens
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    quiet = deed in (Deed.STOP, Deed.SKIP)
    dark_fill = QColor("#0B222F" if look.dark else "#12303C")
    fill = dark_fill if quiet else t.accent
    ink = QColor("#FFFFFF") if quiet else t.onaccent
    if down:
        fill = theme.mixed(ink, fill, 0.15)
    half = rect.height() / 2
    if ring:
        painter.setPen(QPen(t.focus, 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(-6, -6, 6, 6), half + 6, half + 6)
    painter.setPen(QPen(QColor("#FFFFFF"), 3))
    painter.setBrush(fill)
    painter.drawRoundedRect(rect.adjusted(1.5, 1.5, -1.5, -1.5), half - 1.5, half - 1.5)
    scale = min(rect.height() / 72, rect.width() / 252)
    font = theme.sized_font(30 * scale / theme.text_factor(), 650)
    small = theme.sized_font(15 * scale / theme.text_factor(), 500)
    word, key = deed_words(deed), key_words(deed)
    word_px = QFontMetricsF(font).horizontalAdvance(word)
    key_px = QFontMetricsF(small).horizontalAdvance(key)
    x = rect.center().x() - (24 + 18 + word_px / scale + 24 + key_px / scale) * scale / 2
    middle = rect.center().y()
    _draw_sign(painter, deed, QPointF(x + 12 * scale, middle), 12 * scale, ink)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.setPen(ink)
    painter.setFont(font)
    painter.drawText(QRectF(x + 42 * scale, rect.top(), word_px + 4, rect.height()), flags, word)
    painter.setFont(small)
    key_at = QRectF(x + 66 * scale + word_px, rect.top() + 2 * scale, key_px + 4, rect.height())
    painter.drawText(key_at, flags, key)


def _draw_sign(painter: QPainter, deed: Deed, at: QPointF, half: float, ink: QColor) -> None:
    path = QPainterPath()
    if deed is Deed.STOP:
        path.addRoundedRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half), 3, 3)
    elif deed in (Deed.START, Deed.RESUME):
        path.moveTo(at + QPointF(-0.8, -1.1) * half)
        path.lineTo(at + QPointF(1.1, 0) * half)
        path.lineTo(at + QPointF(-0.8, 1.1) * half)
        path.closeSubpath()
    else:
        path.moveTo(at + QPointF(-0.5, -0.9) * half)
        path.lineTo(at + QPointF(0.5, 0) * half)
        path.lineTo(at + QPointF(-0.5, 0.9) * half)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(
            QPen(
                ink,
                0.36 * half,
                Qt.PenStyle.SolidLine,
                Qt.PenCapStyle.RoundCap,
                Qt.PenJoinStyle.RoundJoin,
            )
        )
        painter.drawPath(path)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawPath(path)


class BigButton(QPushButton):
    """The button as a control, with room for its focus ring."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = PatientLook()
        self.deed = Deed.START
        self._by_key = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.say(Deed.START, self.look)

    def say(self, deed: Deed, look: PatientLook) -> None:
        """Change what it does, and its colours."""
        if (deed, look) == (self.deed, self.look) and self.accessibleName():
            return
        self.deed, self.look = deed, look
        self.setAccessibleName(deed_words(deed))
        self.update()

    def place(self, rect: QRectF) -> None:
        """Stand at `rect` (pixels), the ring outside it."""
        self.setGeometry(rect.toAlignedRect().adjusted(-RING_PX, -RING_PX, RING_PX, RING_PX))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring where the keyboard brought the focus."""
        self._by_key = event.reason() in _KEYBOARD
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button."""
        del event
        painter = QPainter(self)
        rect = QRectF(self.rect()).adjusted(RING_PX, RING_PX, -RING_PX, -RING_PX)
        draw_button(
            painter,
            rect,
            self.look,
            self.deed,
            down=self.isDown(),
            ring=self.hasFocus() and self._by_key,
        )
        painter.end()
