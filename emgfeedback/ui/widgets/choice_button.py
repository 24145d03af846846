"""A button painted as a card, to choose one of several with."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from emgfeedback.ui.widgets.painted import FollowsLook


class ChoiceButton(FollowsLook, QAbstractButton):
    """One of several; Space chooses it, Enter chooses it and goes on.

    Signals
    -------
    entered
        Enter was pressed on it.
    """

    entered = Signal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter for more than Space: choose it and start."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            if not self.isChecked():
                self.click()
            self.entered.emit()
