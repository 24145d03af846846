"""A small window that asks something before work begins."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class AskDialog(QDialog):
    """What is asked, and at its foot Cancel and the button that goes on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.line = QLabel()
        self.line.setWordWrap(True)
        self.line.setProperty("tone", "second")
        theme.set_role(self.line, "second")
        self.leave_button = KeyedButton(self.tr("Cancel"), "", "Esc")
        self.leave_button.clicked.connect(self.reject)

    def fill(self, title: str, parts: Sequence[QWidget], go_on: KeyedButton) -> None:
        """Put the title over the parts, and the buttons under them."""
        head = QLabel(title)
        theme.set_role(head, "page_title")
        go_on.setProperty("kind", "primary")
        go_on.setDefault(True)
        go_on.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addStretch(1)
        foot.addWidget(self.leave_button)
        foot.addWidget(go_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        for part in (head, *parts):
            column.addWidget(part)
        column.addLayout(foot)

    def name(self, name: str) -> None:
        """Name the window, for the eye and for a screen reader."""
        self.setWindowTitle(name)
        self.setAccessibleName(name)
