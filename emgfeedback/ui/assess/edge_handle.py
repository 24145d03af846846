"""The handle of one edge of a hold: what the keyboard moves; the mouse moves the line itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.assess import edge_words
from emgfeedback.ui.assess.edges import START, EdgeKey, EdgeName, Hold
from emgfeedback.ui.widgets.painted import FollowsLook, ground_of, smooth_painter

STEP_S, BIG_STEP_S = 0.05, 0.5
WIDTH_PX = 20


class EdgeHandle(FollowsLook, QWidget):
    """Stands outside the hold, so that its name stays readable.

    Signals
    -------
    taken, left
        It got the focus; it lost it.
    stepped
        Seconds to move by.
    settled, given_up, put_back
        Enter: keep it here. Esc: where it was. Delete or Backspace: where the marks put it.
    """

    taken = Signal()
    left = Signal()
    stepped = Signal(float)
    settled = Signal()
    given_up = Signal()
    put_back = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.key = EdgeKey("", 0, START)
        self.moving = False
        """Whether the edge was moved and is not kept yet: Esc leaves it where it was."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_edge(self, hold: Hold, edge: EdgeName) -> None:
        """Stand for an edge of `hold`."""
        self.key = EdgeKey(hold.task, hold.repeat, edge)
        name = edge_words.spoken(hold, edge)
        if name != self.accessibleName():
            self.setAccessibleName(name)
            self.setToolTip(edge_words.hint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by 0.05 s, with Shift by 0.5 s."""
        big = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step_s = BIG_STEP_S if big else STEP_S
        key = event.key()
        if key == Qt.Key.Key_Left:
            self.stepped.emit(-step_s)
        elif key == Qt.Key.Key_Right:
            self.stepped.emit(step_s)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.settled.emit()
        elif key == Qt.Key.Key_Escape and self.moving:
            self.given_up.emit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.put_back.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the page while the edge is on its way."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.moving
        ):
            event.accept()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell which edge is in hand."""
        super().focusInEvent(event)
        self.taken.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go."""
        super().focusOutEvent(event)
        self.left.emit()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave the mouse to the lanes, where the line is."""
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Leave the mouse to the lanes."""
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Leave the mouse to the lanes."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a tab with two lines to grip."""
        del event
        t = theme.tokens()
        painter = smooth_painter(self)
        focused = self.hasFocus()
        tab = QRectF(self.rect()).adjusted(2, 3, -2, -3)
        painter.setPen(QPen(t.focus if focused else t.accent, 2.5 if focused else 1.4))
        painter.setBrush(ground_of(self, t.surface))
        painter.drawRoundedRect(tab, theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
        painter.setPen(QPen(t.ink if focused else t.ink2, 1.6))
        middle, reach = tab.center(), tab.height() / 5
        for away in (-2.5, 2.5):
            x = middle.x() + away
            painter.drawLine(QLineF(x, middle.y() - reach, x, middle.y() + reach))
        painter.end()
