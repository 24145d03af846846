"""The record button: five states told by shape, apart from connecting."""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from emgfeedback.engine.snapshot import RecordingNow, RecordState
from emgfeedback.ui import icons, theme, words
from emgfeedback.ui.widgets.painted import FollowsLook, ground_of, smooth_painter

_SAVED_SHOWN_S = 5.0
_RUNNING = (RecordState.RECORDING, RecordState.WAITING, RecordState.STARTING)


class RecordButton(FollowsLook, QAbstractButton):
    """Starts and stops the recording; says what the recording does now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = RecordingNow()
        self._saved_at_s = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(self.tr("Record or stop (Ctrl+R)"))
        self._speak()

    @property
    def state(self) -> RecordState:
        """The state shown: what is saved or failed becomes ready again after a moment."""
        over = time.monotonic() - self._saved_at_s > _SAVED_SHOWN_S
        if self._now.state is RecordState.SAVED and over:
            return RecordState.READY
        return RecordState.READY if self._now.state is RecordState.FAILED else self._now.state

    @property
    def running(self) -> bool:
        """Whether pressing it stops a recording."""
        return self._now.state in _RUNNING

    def show_recording(self, now: RecordingNow) -> None:
        """Show the state of the recording."""
        if now.state is RecordState.SAVED and self._now.state is not RecordState.SAVED:
            self._saved_at_s = time.monotonic()
        before = self.words()
        self._now = now
        if self.words() != before:
            self._speak()
            self.updateGeometry()
            self.update()

    def words(self) -> str:
        """Return what stands on the button."""
        elapsed = words.clock(self._now.elapsed_s)
        return {
            RecordState.READY: self.tr("Record"),
            RecordState.STARTING: self.tr("Opening file"),
            RecordState.RECORDING: self.tr("Recording %1").replace("%1", elapsed),
            RecordState.WAITING: self.tr("Waiting for the board %1").replace("%1", elapsed),
            RecordState.SAVED: self.tr("Saved, %1").replace("%1", elapsed),
        }[self.state]

    def _speak(self) -> None:
        names = {
            RecordState.READY: self.tr("Record"),
            RecordState.STARTING: self.tr("Opening the recording's file"),
            RecordState.RECORDING: self.tr("Recording, press to stop"),
            RecordState.WAITING: self.tr("Recording, waiting for the board, press to stop"),
            RecordState.SAVED: self.tr("Saved, press to record again"),
        }
        if self.accessibleName() != names[self.state]:
            self.setAccessibleName(names[self.state])

    def sizeHint(self) -> QSize:
        """Return room for the words and both shapes."""
        text = QFontMetricsF(theme.font("card_title")).horizontalAdvance(self.words())
        stop = theme.px(34) if self.running else 0
        return QSize(round(text) + theme.px(56) + stop, theme.px(40))

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: the state is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill, the shape of the state, the words and the stop square."""
        del event
        t = theme.tokens()
        painter = smooth_painter(self)
        running = self.running
        colour = t.rec if self.isEnabled() else t.ink3
        if self.state is RecordState.SAVED:
            colour = t.accent
        pill = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        fill = theme.mixed(t.rec, t.surface, 0.14) if running else t.raised
        painter.setPen(QPen(colour if self.isEnabled() else t.line, 1.6))
        painter.setBrush(ground_of(self, fill) if self.isEnabled() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        size = theme.px(15)
        shape = QRectF(0, 0, size, size)
        shape.moveCenter(QPointF(theme.px(22), pill.center().y()))
        self._draw_shape(painter, shape)
        painter.setFont(theme.font("card_title"))
        painter.setPen(t.ink if self.isEnabled() else t.ink3)
        left = QRectF(theme.px(38), 0, self.width(), self.height())
        painter.drawText(
            left, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.words()
        )
        if running:
            x = self.width() - theme.px(40)
            painter.setPen(QPen(theme.faded(t.rec, 0.6), 1))
            painter.drawLine(QPointF(x, pill.top() + 8), QPointF(x, pill.bottom() - 8))
            square = QRectF(0, 0, theme.px(12), theme.px(12))
            square.moveCenter(QPointF(self.width() - theme.px(22), pill.center().y()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(t.ink)
            painter.drawRoundedRect(square, 2, 2)
        painter.end()

    def _draw_shape(self, painter: QPainter, shape: QRectF) -> None:
        t = theme.tokens()
        colour = t.rec if self.isEnabled() else t.ink3
        state = self.state
        if state is RecordState.SAVED:
            icons.draw(painter, "quality-good", shape.adjusted(-3, -3, 3, 3), t.accent)
            return
        painter.setPen(QPen(colour, 2.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state is RecordState.READY:
            painter.drawEllipse(shape)
        elif state is RecordState.STARTING:
            painter.setPen(QPen(theme.faded(colour, 0.35), 2.2))
            painter.drawEllipse(shape)
            painter.setPen(QPen(colour, 2.2))
            painter.drawArc(shape, 90 * 16, -120 * 16)
        elif state is RecordState.RECORDING:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(shape)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPie(shape, 60 * 16, 270 * 16)
