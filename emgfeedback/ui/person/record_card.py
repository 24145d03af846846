"""What a person's cards of entries share: a list, a form under it, and Undo for what went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from emgfeedback.core.errors import SettingsError
from emgfeedback.people.desk import Desk
from emgfeedback.people.values import OfPatient
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person.fields import Form, TextField, heading, quiet
from emgfeedback.ui.person.table import Column, Row, Table
from emgfeedback.ui.widgets.keyed_button import KeyedButton

V = TypeVar("V", bound=OfPatient)


class RecordCard(QFrame, Generic[V]):
    """Lists the entries of one kind; Enter changes one, Delete removes it.

    Subclasses build the fields in `add_fields`, and fill and read them.

    Signals
    -------
    undoable
        A notice, and the number of the change that Undo takes back.
    """

    undoable = Signal(object, int)

    def __init__(
        self,
        desk: Desk,
        title: str,
        hint: str,
        add: str,
        columns: Sequence[Column],
        *,
        form_columns: int = 2,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.asking = Asking(desk, self)
        self.patient_id = ""
        self.before: V | None = None
        self.entries: dict[object, V] = {}
        self.add_button = KeyedButton(add, "note")
        self.add_button.clicked.connect(lambda: self.begin(None))
        self.table = Table(title, columns, whole=True)
        self.table.opened.connect(lambda key: self.begin(self.entries[key]))
        self.table.removal_asked.connect(lambda key: self._remove(self.entries[key]))
        self.hint = quiet(hint)
        self.form = Form(self.tr("Save"), form_columns)
        self.form.save_button.clicked.connect(self.save)
        self.form.cancel_button.clicked.connect(self.leave_form)
        self.remove_button = KeyedButton(self.tr("Remove"))
        self.remove_button.clicked.connect(self._remove_shown)
        self.form.foot.insertWidget(2, self.remove_button)
        head = QHBoxLayout()
        head.addWidget(heading(title), 1)
        head.addWidget(self.add_button)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(18, 12, 18, 14)
        self.column.setSpacing(8)
        self.column.addLayout(head)
        self.column.addWidget(self.form)
        self.column.addWidget(self.hint)
        self.column.addWidget(self.table)
        self.add_fields()
        self.form.hide()
        for line in self.form.findChildren(TextField):
            line.returnPressed.connect(self.save)

    # What a subclass says

    def add_fields(self) -> None:
        """Add the fields to `self.form`."""
        raise NotImplementedError

    def fill(self, value: V | None) -> None:
        """Show a value in the fields, or what a new one begins with."""
        raise NotImplementedError

    def entered(self) -> V:
        """Return the value entered. Raises SettingsError where it cannot be kept."""
        raise NotImplementedError

    def row(self, value: V) -> Row:
        """Return the row of a value."""
        raise NotImplementedError

    def removed(self, value: V) -> str:
        """Return the sentence that a value was removed."""
        raise NotImplementedError

    # What all do

    def show_entries(self, patient_id: str, values: Sequence[V]) -> None:
        """List the entries of a patient."""
        if patient_id != self.patient_id:
            self.leave_form()
        self.patient_id = patient_id
        self.entries = {value.id: value for value in values}
        self.table.show_rows([self.row(value) for value in values])
        self.table.setVisible(bool(values))
        self.hint.setVisible(not values)

    def begin(self, value: V | None) -> None:
        """Open the form on a value, or on a new one."""
        self.before = value
        self.form.banner.show_notice(None)
        self.remove_button.setVisible(value is not None)
        self.form.show()
        self.add_button.hide()
        self.fill(value)
        self.form.first_field.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Keep what was entered; what is wrong with it is told in the form."""
        if not self.form.save_button.isEnabled():
            return
        try:
            value = self.entered()
        except SettingsError as error:
            self.refuse(str(error))
            return
        self.form.save_button.setEnabled(False)
        self.keep(value)

    def keep(self, value: V) -> None:
        """Put a value into the register."""
        self.asking.ask(
            lambda register: register.put(value),
            lambda _: self.leave_form(),
            changes=True,
            refused=self.refuse,
        )

    def refuse(self, why: str) -> None:
        """Tell in the form why it was not kept."""
        self.form.save_button.setEnabled(True)
        self.form.banner.show_notice(Notice("check", self.tr("Not saved yet"), why))

    def leave_form(self) -> None:
        """Close the form."""
        inside = self.form.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.form.save_button.setEnabled(True)
        self.form.hide()
        self.add_button.show()
        if inside:
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove_shown(self) -> None:
        if self.before is not None:
            self._remove(self.before)

    def _remove(self, value: V) -> None:
        self.leave_form()
        self.asking.ask(
            lambda register: register.remove(value),
            lambda number: self.undoable.emit(Notice("info", self.removed(value), ""), number),
            changes=True,
            refused=lambda why: self.undoable.emit(
                Notice("bad", self.tr("That did not work"), why), 0
            ),
        )
