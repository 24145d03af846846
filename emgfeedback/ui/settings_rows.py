"""What the settings page is made of: a setting with its one line, and rows of choices."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.ui import theme


class Segments(QWidget):
    """A row of buttons of which one is chosen.

    Signals
    -------
    picked
        The value of the chosen button.
    """

    picked = Signal(object)

    def __init__(self, name: str, choices: Sequence[tuple[object, str]]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._values = [value for value, _ in choices]
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._pick)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, (_, text) in enumerate(choices):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {text}")
            button.setProperty("kind", "segment")
            ends = {0: "first", len(choices) - 1: "last"}
            button.setProperty("place", ends.get(number, "middle"))
            button.setMinimumHeight(theme.TARGET_PX)
            theme.set_role(button, "body")
            self._group.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)

    def show_value(self, value: object) -> None:
        """Mark `value` as chosen."""
        self._group.button(self._values.index(value)).setChecked(True)

    def clear(self) -> None:
        """Choose none of them."""
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)

    def describe(self, words: str) -> None:
        """Tell a screen reader what the choice is about."""
        for button in self._group.buttons():
            button.setAccessibleDescription(words)

    def _pick(self, number: int) -> None:
        self.picked.emit(self._values[number])


class Card(QFrame):
    """A group of settings under one title; `bare` where it lies in another one."""

    def __init__(self, title: str, *, bare: bool = False) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        if bare:
            column.setContentsMargins(0, 0, 0, 0)
        else:
            self.setProperty("kind", "card")
            column.setContentsMargins(18, 14, 18, 18)
        column.setSpacing(12)
        head = QLabel(title)
        theme.set_role(head, "card_title")
        column.addWidget(head)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(16)
        self._grid.setColumnStretch(0, 1)
        column.addLayout(self._grid)

    def add(self, name: str, line: str, control: QWidget) -> None:
        """Add a setting: its name, the one line that explains it, and what sets it."""
        title, said = QLabel(name), QLabel(line)
        theme.set_role(title, "body_strong")
        theme.set_role(said, "second")
        said.setProperty("tone", "second")
        said.setWordWrap(True)
        said.setMinimumWidth(160)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(said)
        words.addStretch(1)
        row = self._grid.rowCount()
        self._grid.addLayout(words, row, 0)
        control.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(control, row, 1, beside)
        if isinstance(control, Segments):
            control.describe(line)
        else:
            control.setAccessibleDescription(line)

    def add_wide(self, widget: QWidget) -> None:
        """Add what needs the whole width."""
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 2)


def paragraph(words: str) -> QLabel:
    """Return words that need several lines."""
    label = QLabel(words)
    label.setWordWrap(True)
    theme.set_role(label, "body")
    return label


def column_of(*widgets: QWidget) -> QWidget:
    """Return widgets one below the other."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(16)
    for widget in widgets:
        column.addWidget(widget)
    return box


def row_of(*widgets: QWidget, widest: QWidget | None = None) -> QWidget:
    """Return widgets beside each other; `widest` takes the room left over, or none does."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    for widget in widgets:
        row.addWidget(widget, int(widget is widest))
    if widest is None:
        row.addStretch(1)
    return box
