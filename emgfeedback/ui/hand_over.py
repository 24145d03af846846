"""Chooses the patient the screen is handed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.people.register import Register


class HandOver(QWidget):
    """Chooses the patient the screen is handed to.

    Signals
    -------
    asked
        The patient's id.
    """

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.box = QComboBox()
        self.box.setAccessibleName(self.tr("Patient"))
        self.box.setMinimumHeight(theme.TARGET_PX)
        self.box.setMinimumWidth(theme.px(180))
        self.button = KeyedButton(self.tr("Hand over"), "patient-view")
        self.button.clicked.connect(lambda: self.asked.emit(self.box.currentData()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.box)
        row.addWidget(self.button)
        self.list_people([])

    def list_people(self, people: list[tuple[str, str]]) -> None:
        """Offer these: words and ids."""
        self.box.clear()
        for words, patient_id in people:
            self.box.addItem(words, patient_id)
        self.setEnabled(bool(people))


def people_of(register: Register) -> list[tuple[str, str]]:
    """Return pseudonyms and ids, in order."""
    lines = register.search("", limit=500)
    return sorted((line.patient.pseudonym, line.patient.id) for line in lines)
