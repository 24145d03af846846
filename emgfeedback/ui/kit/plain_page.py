"""A page of words with a few buttons: how it works, the end of a practice, results to send."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from emgfeedback.ui.kit.kit_page import KitButton, KitPage
from emgfeedback.ui.notices import Notice


class PlainPage(KitPage):
    """A title, sentences, a notice where something is wrong, and buttons in a row."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.head, self.words, self.more = self.title(name), self.line(), self.line()
        self.banner = self.notices()
        self.row = self.button_row()
        self.column.addStretch(2)
        for label in (self.head, self.words, self.more):
            self.column.addWidget(label)
        self.column.addWidget(self.banner)
        self.column.addSpacing(20)
        self.column.addLayout(self.row)
        self.column.addStretch(3)

    def add_button(self, text: str, icon: str, *, primary: bool = False) -> KitButton:
        """Add a button to the row; the first one has the keyboard."""
        made = self.button(text, icon, primary=primary)
        self.row.insertWidget(self.row.count() - 1, made)
        if self.first is None:
            self.first = made
        return made

    def say(self, head: str, words: str, more: str = "", notice: Notice | None = None) -> None:
        """Show these words."""
        self.head.setText(head)
        self.words.setText(words)
        self.more.setText(more)
        self.more.setVisible(bool(more))
        self.banner.show_notice(notice)
        told = (notice.title, notice.remedy) if notice is not None else ()
        self.hear(self.head, *told, words, more)
