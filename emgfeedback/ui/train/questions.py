"""What is asked in place: a number from 0 to 10, or a line of words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.training.now import RatingAsked
from emgfeedback.ui import theme, words
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.one_line import OneLine

HIGHEST = 10
_KEYS_OF_HIGHEST = ("X", "Shift+0")
"""The first stands on the button."""


class RatingRow(QWidget):
    """One question at a time, answered by a button or its key: 0 to 9, and X or Shift+0 for 10.

    Signals
    -------
    answered
        Key of the question and 0 to 10.
    """

    answered = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: RatingAsked | None = None
        self.question = OneLine()
        theme.set_role(self.question, "second")
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons: list[KeyedButton] = []
        row = QHBoxLayout()
        row.setSpacing(4)
        for value in range(HIGHEST + 1):
            highest = value == HIGHEST
            button = KeyedButton(words.whole(value), "", _KEYS_OF_HIGHEST[0] if highest else "")
            button.setProperty("kind", "rating")
            button.clicked.connect(lambda _=False, value=value: self._answer(value))
            row.addWidget(button)
            self.buttons.append(button)
            for key in _KEYS_OF_HIGHEST if highest else (str(value),):
                shortcut = QShortcut(QKeySequence(key), self)
                shortcut.activated.connect(lambda value=value: self._answer(value))
                shortcut.setAutoRepeat(False)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.question)
        column.addLayout(row)
        self.hide()

    def ask(self, asked: RatingAsked | None) -> None:
        """Ask `asked`; None hides the row."""
        if asked == self._asked:
            return
        self._asked = asked
        self.setVisible(asked is not None)
        if asked is None:
            return
        scale = self.tr("%1  0 = %2, 10 = %3").replace("%1", asked.question)
        self.question.setText(scale.replace("%2", asked.low_words).replace("%3", asked.high_words))
        for value, button in enumerate(self.buttons):
            name = self.tr("%1 %2 of 10").replace("%1", asked.question)
            button.setAccessibleName(name.replace("%2", words.whole(value)))

    def _answer(self, value: int) -> None:
        if self._asked is not None:
            self.answered.emit(self._asked.key, value)


class LineRow(QWidget):
    """A line of words with a verb: Enter keeps it, Esc hides it.

    Signals
    -------
    given
        The words, stripped.
    """

    given = Signal(str)

    def __init__(self, prompt: str, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(prompt)
        self.edit.setAccessibleName(prompt)
        self.edit.returnPressed.connect(self._give)
        theme.set_role(self.edit, "body")
        self.button = KeyedButton(verb, "", self.tr("Enter"))
        self.button.clicked.connect(self._give)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.button)
        self.hide()

    def open(self) -> None:
        """Ask for the words."""
        self.edit.clear()
        self.show()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give(self) -> None:
        self.hide()
        self.given.emit(self.edit.text().strip())
