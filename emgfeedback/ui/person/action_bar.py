"""A line that says what was done and offers one thing more: most often, Undo."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from emgfeedback.ui import icons, theme
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.painted import FollowsLook

_ICONS = {"bad": "quality-bad", "check": "quality-check", "info": "quality-good"}
QUIET_MS = 8000
"""How long a confirmation stays that asks for nothing."""


class ActionBar(FollowsLook, QFrame):
    """A notice with at most one action; stays until it is closed or another one comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notice: Notice | None = None
        self._action: Callable[[], object] | None = None
        self._icon, self._title, self._remedy = QLabel(), QLabel(), QLabel()
        for label, role in ((self._title, "body_strong"), (self._remedy, "second")):
            theme.set_role(label, role)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._remedy.setProperty("tone", "second")
        self.action_button = KeyedButton("", "undo")
        self.action_button.clicked.connect(self._act)
        self.close_button = KeyedButton(self.tr("Close"))
        self.close_button.setProperty("kind", "flat")
        self.close_button.clicked.connect(self.clear)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self._title)
        said.addWidget(self._remedy)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addLayout(said, 1)
        row.addWidget(self.action_button)
        row.addWidget(self.close_button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.timeout.connect(self.clear)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """What is shown."""
        return self._notice

    def say(
        self,
        notice: Notice,
        action_text: str = "",
        action: Callable[[], object] | None = None,
        icon: str = "undo",
    ) -> None:
        """Show `notice`, with a button that does `action`."""
        self._notice, self._action = notice, action
        theme.set_kind(self, f"banner-{notice.kind}")
        self._title.setText(notice.title)
        self._remedy.setText(notice.remedy)
        self._remedy.setVisible(bool(notice.remedy))
        self.setAccessibleName(notice.title)
        self.setAccessibleDescription(notice.remedy)
        self.action_button.say(action_text, icon)
        self.action_button.setVisible(action is not None)
        self.look_changed()
        self._leaving.stop()
        if notice.kind == "info" and action is None:
            self._leaving.start(QUIET_MS)
        self.show()

    def clear(self) -> None:
        """Take the notice away."""
        self._notice = self._action = None
        self._leaving.stop()
        self.hide()

    def look_changed(self) -> None:
        """Recolour the icon."""
        if self._notice is None:
            return
        t = theme.tokens()
        colour = {"bad": t.bad, "check": t.warn, "info": t.accent}[self._notice.kind]
        size, ratio = theme.px(20), self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap(_ICONS[self._notice.kind], colour, size, ratio))

    def _act(self) -> None:
        action = self._action
        self.clear()
        if action is not None:
            action()
