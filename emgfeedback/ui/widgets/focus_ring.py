"""The focus ring: round whatever the keyboard is on, outside the control."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QComboBox, QLabel, QWidget

from emgfeedback.ui import theme

_AWAY_PX = 4
_LINE_PX = 2.5


class FocusRing(QWidget):
    """A ring over the window, shown while the keyboard was the last thing used."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._by_keyboard = False
        self._followed: QWidget | None = None
        self._watched: list[QWidget] = []
        """What is followed, and everything it lies in: each can move it."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Focus"))
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def watch_keys(self) -> None:
        """Begin to tell keyboard from mouse; the window must have been shown."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note whether key or mouse was used last, and follow the focused widget."""
        if event.type() == QEvent.Type.KeyPress:
            self._use_keyboard(used=True)
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._use_keyboard(used=False)
        elif watched in self._watched and event.type() in (
            QEvent.Type.Move,
            QEvent.Type.Resize,
            QEvent.Type.Hide,
            QEvent.Type.Show,
        ):
            self._place()
        return False

    def _use_keyboard(self, *, used: bool) -> None:
        if used != self._by_keyboard:
            self._by_keyboard = used
            self._place()

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        del old
        for watched in self._watched:
            with contextlib.suppress(RuntimeError):  # it went with its window
                watched.removeEventFilter(self)
        self._watched = []
        self._followed = new if new is not None and self._window.isAncestorOf(new) else None
        if self._followed is not None and isinstance(self._followed.parent(), QComboBox):
            self._followed = self._followed.parentWidget()
        widget = self._followed
        while widget is not None and widget is not self._window:
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()
        self._place()

    def _place(self) -> None:
        widget = self._followed
        if widget is None or not self._by_keyboard:
            self.hide()
            return
        # A scroll area scrolls, a label is read out: neither is a control to ring.
        if isinstance(widget, QAbstractScrollArea | QLabel) or not widget.isVisible():
            self.hide()
            return
        corner = widget.mapTo(self._window, QPoint(0, 0))
        out = _AWAY_PX + round(_LINE_PX)
        box = QRect(corner, widget.size()).adjusted(-out, -out, out, out)
        self.setGeometry(box.intersected(self._window.rect()))
        inner = self.rect().adjusted(out - 1, out - 1, 1 - out, 1 - out)
        self.setMask(QRegion(self.rect()).subtracted(QRegion(inner)))
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.tokens().focus, _LINE_PX))
        half = _LINE_PX / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), 10, 10)
        painter.end()
