"""Find a person by a few letters."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from emgfeedback.people.desk import Desk
from emgfeedback.people.values import Patient, PatientLine
from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.table import Column, Row, Table

_MOST = 5


class SearchField(QLineEdit):
    """A line to search in; Down goes to what was found, Enter takes the first.

    Signals
    -------
    reached
        The keyboard came to it.
    left_down, entered
        Down or Enter was pressed.
    """

    reached = Signal()
    left_down = Signal()
    entered = Signal()

    def __init__(self, said: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(said)
        self.setAccessibleName(said)
        self.setClearButtonEnabled(True)
        self.setMinimumHeight(theme.TARGET_PX)
        theme.set_role(self, "body")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard is here."""
        super().focusInEvent(event)
        self.reached.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave downwards, or take the first."""
        if event.key() == Qt.Key.Key_Down:
            self.left_down.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class PersonPicker(QWidget):
    """A search line and, once the keyboard is in it, who was found.

    Signals
    -------
    picked
        The `Patient` chosen.
    """

    picked = Signal(object)

    def __init__(self, desk: Desk, said: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asking = Asking(desk, self)
        self._found: dict[object, Patient] = {}
        self.field = SearchField(said)
        self.table = Table(
            self.tr("People found"),
            (
                Column(self.tr("Person"), "body_strong"),
                Column(self.tr("Posture"), stretch=True),
                Column(self.tr("Last session"), optional=True),
            ),
            whole=True,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.table)
        self.table.hide()
        self.field.reached.connect(self.table.show)
        self.field.textChanged.connect(self.search)
        self.field.left_down.connect(self.table.setFocus)
        self.field.entered.connect(lambda: self._pick(self.table.rows[0].key if self._found else 0))
        self.table.opened.connect(self._pick)
        self.setFocusProxy(self.field)

    def search(self) -> None:
        """Find who is asked for."""
        text = self.field.text()
        self._asking.ask(lambda register: register.search(text, _MOST), self._show, topic="search")

    def _show(self, lines: list[PatientLine]) -> None:
        today = dt.datetime.now().astimezone().date()
        self._found = {line.patient.id: line.patient for line in lines}
        self.table.show_rows(
            [
                Row(
                    line.patient.id,
                    (
                        line.patient.pseudonym,
                        person_words.posture(line.patient),
                        person_words.seen(line.last_session_utc, today),
                    ),
                )
                for line in lines
            ]
        )

    def _pick(self, key: object) -> None:
        if key in self._found:
            self.picked.emit(self._found[key])
