"""Who somebody is: few fields, of which the pseudonym alone is needed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from emgfeedback.core.errors import SettingsError
from emgfeedback.core.montage import Side
from emgfeedback.people.desk import Desk
from emgfeedback.people.values import Patient
from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person.fields import DateField, Form, TextField, heading, quiet, read_number
from emgfeedback.ui.settings_rows import Segments

_NUMBERED = re.compile(r"P-(\d{1,6})")


def next_pseudonym(taken: Iterable[str]) -> str:
    """Return the pseudonym after the highest there is, as `P-0418`."""
    numbers = [int(found[1]) for name in taken if (found := _NUMBERED.fullmatch(name))]
    return f"P-{max(numbers, default=0) + 1:04d}"


class PersonForm(QFrame):
    """Adds a person, or changes one.

    Signals
    -------
    saved
        The `Patient` as it is kept.
    left
        Nothing was changed.
    """

    saved = Signal(object)
    left = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._asking = Asking(desk, self)
        self.before: Patient | None = None
        self._title = heading("", "page_title")
        said = self.tr("The name stays in this form and in the search; screens show the pseudonym.")
        self.pseudonym = TextField(self.tr("Pseudonym"))
        self.name = TextField(self.tr("Name, if you wish"))
        self.birth_year = TextField(self.tr("Birth year"), "1971")
        self.posture = TextField(self.tr("Posture"), self.tr("torticaput, mild laterocaput"))
        self.side = Segments(
            self.tr("Turns or tilts to the"),
            ((None, self.tr("Not given")), (Side.LEFT, self.tr("Left")),
             (Side.RIGHT, self.tr("Right"))),
        )  # fmt: skip
        self._side: Side | None = None
        self.side.picked.connect(self._pick_side)
        self.onset = DateField(self.tr("Began"))
        self.trauma = DateField(self.tr("Trauma"))
        self.note = QPlainTextEdit()
        self.note.setAccessibleName(self.tr("Note"))
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(theme.px(84))
        theme.set_role(self.note, "body")
        self.form = Form(self.tr("Save"))
        for field in (self.pseudonym, self.name, self.posture):
            self.form.add(field.name, field)
        self.form.add(self.tr("Turns or tilts to the"), self.side)
        for field in (self.birth_year, self.onset, self.trauma):
            self.form.add(field.name, field)
        self.form.add(self.tr("Note"), self.note, span=2)
        self.form.save_button.clicked.connect(self.save)
        self.form.cancel_button.clicked.connect(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 20)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(quiet(said))
        column.addWidget(self.form)
        column.addStretch(1)
        for line in self.findChildren(TextField):
            line.returnPressed.connect(self.save)

    def begin(self, patient: Patient | None) -> None:
        """Show `patient`, or an empty form with the next pseudonym."""
        self.before = patient
        self.form.banner.show_notice(None)
        shown = patient or Patient(pseudonym="")
        title = self.tr("Change %1").replace("%1", shown.pseudonym)
        self._title.setText(title if patient else self.tr("New person"))
        self.pseudonym.setText(shown.pseudonym)
        self.name.setText(shown.name)
        self.birth_year.setText(str(shown.birth_year or ""))
        self.posture.setText(shown.posture)
        self._pick_side(shown.posture_side)
        self.side.show_value(shown.posture_side)
        self.onset.show_date(shown.onset)
        self.trauma.show_date(shown.trauma)
        self.note.setPlainText(shown.note)
        self.pseudonym.setFocus(Qt.FocusReason.OtherFocusReason)
        if patient is None:
            self._asking.ask(
                lambda register: next_pseudonym(p.pseudonym for p in register.all_of(Patient)),
                self._suggest,
                topic="pseudonym",
            )

    def save(self) -> None:
        """Keep what was entered; what is wrong with it is told in the form."""
        try:
            patient = self._entered()
        except SettingsError as error:
            self._refuse(str(error))
            return
        self.form.save_button.setEnabled(False)
        self._asking.ask(
            lambda register: register.put(patient), self._kept, changes=True, refused=self._refuse
        )

    def _entered(self) -> Patient:
        if not self.pseudonym.text().strip():
            raise SettingsError(
                self.tr("A person needs a pseudonym."), self.tr("P-0417, or a word of your own.")
            )
        born = read_number(self.birth_year.text(), self.birth_year.name, 1900, 2100)
        return replace(
            self.before or Patient(pseudonym=""),
            pseudonym=self.pseudonym.text().strip(),
            name=self.name.text().strip(),
            birth_year=round(born) if born is not None else None,
            posture=self.posture.text().strip(),
            posture_side=self._side,
            onset=self.onset.date(),
            trauma=self.trauma.date(),
            note=self.note.toPlainText().strip(),
        )

    def _pick_side(self, side: object) -> None:
        self._side = side if isinstance(side, Side) else None

    def _suggest(self, pseudonym: str) -> None:
        if self.before is None and not self.pseudonym.text():
            self.pseudonym.setText(pseudonym)
            self.pseudonym.selectAll()

    def _kept(self, patient: Patient) -> None:
        self.form.save_button.setEnabled(True)
        self.saved.emit(patient)

    def _refuse(self, why: str) -> None:
        self.form.save_button.setEnabled(True)
        self.form.banner.show_notice(Notice("check", self.tr("Not saved yet"), why))
