"""A banner: one icon, one bold line, one line of remedy; it stays until solved."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from emgfeedback.ui import icons, theme
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.widgets.painted import FollowsLook


class Banner(FollowsLook, QFrame):
    """Shows a `Notice`, or nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notice: Notice | None = None
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._title, self._remedy = QLabel(), QLabel()
        for label, role in ((self._title, "body_strong"), (self._remedy, "second")):
            theme.set_role(label, role)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._remedy.setProperty("tone", "second")
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(self._title)
        text.addWidget(self._remedy)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 12, 10)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addLayout(text, 1)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """What is shown."""
        return self._notice

    def show_notice(self, notice: Notice | None) -> None:
        """Show `notice`; None hides the banner."""
        if notice == self._notice:
            return
        self._notice = notice
        if notice is None:
            self.hide()
            return
        theme.set_kind(self, f"banner-{notice.kind}")
        self._title.setText(notice.title)
        self._remedy.setText(notice.remedy)
        self._remedy.setVisible(bool(notice.remedy))
        self.setAccessibleName(notice.title)
        self.setAccessibleDescription(notice.remedy)
        self.look_changed()
        self.show()

    def _info_sign(self) -> tuple[str, QColor]:
        """Return icon and colour of what only informs."""
        return "help", theme.tokens().ink2

    def look_changed(self) -> None:
        """Recolour the icon."""
        if self._notice is None:
            return
        t = theme.tokens()
        name, colour = {
            "bad": ("quality-bad", t.bad),
            "check": ("quality-check", t.warn),
            "info": self._info_sign(),
        }[self._notice.kind]
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap(name, colour, theme.px(20), ratio))
