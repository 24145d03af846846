"""A line that says what was done and offers one thing more: most often, Undo."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

QUIET_MS = 8000
"""How long a confirmation stays that asks for nothing."""


class ActionBar(Banner):
    """A notice with at most one action; stays until it is closed or another one comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action: Callable[[], object] | None = None
        self._icon.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.action_button = KeyedButton("", "undo")
        self.action_button.clicked.connect(self._act)
        self.close_button = KeyedButton(self.tr("Close"))
        self.close_button.setProperty("kind", "flat")
        self.close_button.clicked.connect(self.clear)
        self._row.setContentsMargins(14, 6, 8, 6)
        self._row.addWidget(self.action_button)
        self._row.addWidget(self.close_button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.timeout.connect(self.clear)

    def say(
        self,
        notice: Notice,
        action_text: str = "",
        action: Callable[[], object] | None = None,
        icon: str = "undo",
    ) -> None:
        """Show `notice`, with a button that does `action`."""
        self._action = action
        self.action_button.say(action_text, icon)
        self.action_button.setVisible(action is not None)
        self._leaving.stop()
        if notice.kind == "info" and action is None:
            self._leaving.start(QUIET_MS)
        self.show_notice(notice)

    def clear(self) -> None:
        """Take the notice away."""
        self._action = None
        self._leaving.stop()
        self.show_notice(None)

    def _info_sign(self) -> tuple[str, QColor]:
        return "quality-good", theme.tokens().accent

    def _act(self) -> None:
        action = self._action
        self.clear()
        if action is not None:
            action()
