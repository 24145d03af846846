"""Widgets with fonts of their own, in sizes the type roles do not have."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer

from emgfeedback.ui.widgets.painted import FollowsLook


class OwnFonts(FollowsLook):
    """Fits a new look once more when the style sheet is through.

    A style sheet puts back the fonts it met first, after the widget heard of the change.
    Stands before the widget's Qt class.
    """

    _again: QTimer | None = None

    def changeEvent(self, event: QEvent) -> None:
        """Fit again, after the style sheet."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            if self._again is None:
                self._again = QTimer(self)
                self._again.setSingleShot(True)
                self._again.timeout.connect(self.look_changed)
            self._again.start(0)
