"""To whom a session belongs: a search among the people, and a list to choose from."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem

from emgfeedback.people.values import Patient, PatientLine
from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.person import person_words
from emgfeedback.ui.session.parts import Section, words_label

_SHOWN = 8
_PAUSE_MS = 120


class GiveCard(Section):
    """Shown while a session is nobody's, or when it is to be given to somebody else.

    Signals
    -------
    given
        The patient chosen.
    """

    given = Signal(object)

    def __init__(self, asking: Asking) -> None:
        super().__init__(
            self.tr("Whose session is this?"),
            self.tr("Choose a person; everything that belongs to the session goes along."),
        )
        self._asking = Asking(asking.desk, self)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Pseudonym, name or a word of the notes"))
        self.field.setAccessibleName(self.tr("Search people"))
        self.field.setClearButtonEnabled(True)
        theme.set_role(self.field, "body")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("People found"))
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        theme.set_role(self.list, "body")
        self.status = words_label(role="second", tone="second")
        for widget in (self.field, self.list, self.status):
            self.add(widget)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_PAUSE_MS)
        self._typing.timeout.connect(self.search)
        self.field.textChanged.connect(lambda _text: self._typing.start())
        self.field.returnPressed.connect(self._take_first)
        self.list.itemActivated.connect(self._take)
        self.list.itemClicked.connect(self._take)

    def begin(self) -> None:
        """Show the people seen last."""
        self.field.clear()
        self.search()
        self.show()

    def search(self) -> None:
        """Ask for the people that fit what was typed."""
        text = self.field.text()
        self._asking.ask(
            lambda register: register.search(text, limit=_SHOWN),
            self._show,
            topic="people",
            refused=self.status.setText,
        )

    def _show(self, lines: list[PatientLine]) -> None:
        self.list.clear()
        for line in lines:
            patient = line.patient
            facts = (patient.name, person_words.person_facts(patient))
            told = " · ".join(part for part in (patient.pseudonym, *facts) if part)
            item = QListWidgetItem(told)
            item.setData(Qt.ItemDataRole.UserRole, patient)
            item.setSizeHint(QSize(0, theme.px(theme.TARGET_PX)))
            self.list.addItem(item)
        self.list.setFixedHeight(len(lines) * theme.px(theme.TARGET_PX) + 6)
        self.list.setVisible(bool(lines))
        none = self.tr("Nobody fits. Add the person on the page People first.")
        self.status.setText("" if lines else none)
        self.status.setVisible(not lines)

    def _take_first(self) -> None:
        if self._typing.isActive():
            self._typing.stop()
            self.search()
        elif self.list.count() == 1:
            self._take(self.list.item(0))
        else:
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
            self.list.setCurrentRow(0)

    def _take(self, item: QListWidgetItem) -> None:
        patient = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(patient, Patient):
            self.given.emit(patient)
