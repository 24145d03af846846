"""Injections, as the clinician enters them."""

from __future__ import annotations

from dataclasses import replace

from emgfeedback.core.errors import SettingsError
from emgfeedback.people.desk import Desk
from emgfeedback.people.values import Injection
from emgfeedback.ui import words
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.fields import DateField, TextField, read_number, today
from emgfeedback.ui.person.record_card import RecordCard
from emgfeedback.ui.person.table import Column, Row

_MOST_UNITS = 20_000


class InjectionsCard(RecordCard[Injection]):
    """The injections of a person."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            self.tr("Injections"),
            self.tr("Each injection marks the trend, and the twelve weeks after it."),
            self.tr("Add an injection"),
            (
                Column(self.tr("Date"), "body_strong"),
                Column(self.tr("Product"), optional=True),
                Column(self.tr("Muscles"), stretch=True),
                Column(self.tr("Units"), optional=True),
                Column(self.tr("Note"), stretch=True, optional=True),
            ),
        )

    def add_fields(self) -> None:
        """Add date, product, units, muscles and note."""
        self.on = DateField(self.tr("Date of the injection"))
        self.product = TextField(self.tr("Product"))
        self.units = TextField(self.tr("Units in all"))
        self.muscles = TextField(self.tr("Muscles"), self.tr("L SCM, R splenius, R trapezius"))
        self.note = TextField(self.tr("Note"))
        for field in (self.on, self.product, self.units, self.muscles):
            self.form.add(field.name, field)
        self.form.add(self.note.name, self.note, span=2)

    def fill(self, value: Injection | None) -> None:
        """Show an injection, or one of today."""
        shown = value or Injection(patient_id=self.patient_id, on=today())
        self.on.show_date(shown.on)
        self.product.setText(shown.product)
        self.units.setText(f"{shown.units:g}" if shown.units is not None else "")
        self.muscles.setText(shown.muscles)
        self.note.setText(shown.note)

    def entered(self) -> Injection:
        """Return the injection entered."""
        on = self.on.date()
        if on is None:
            raise SettingsError(
                self.tr("An injection needs its date."), self.tr("Write it as 2019-05-12.")
            )
        return replace(
            self.before or Injection(patient_id=self.patient_id, on=on),
            on=on,
            product=self.product.text().strip(),
            muscles=self.muscles.text().strip(),
            units=read_number(self.units.text(), self.units.name, 0, _MOST_UNITS),
            note=self.note.text().strip(),
        )

    def row(self, value: Injection) -> Row:
        """Return the row of an injection."""
        units = f"{value.units:g}" if value.units is not None else words.DASH
        cells = (value.product, value.muscles, units, value.note)
        return Row(value.id, (person_words.day(value.on), *(cell or words.DASH for cell in cells)))

    def removed(self, value: Injection) -> str:
        """Say that an injection was removed."""
        said = self.tr("The injection of %1 was removed")
        return said.replace("%1", person_words.day(value.on))
