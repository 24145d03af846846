"""Clinical scales as numbers: entered item by item or as a total, checked against their ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from emgfeedback.core.errors import SettingsError
from emgfeedback.measures.scales import SCALES, Scale, checked_total
from emgfeedback.people.desk import Desk
from emgfeedback.people.values import ScaleScore
from emgfeedback.ui import theme, words
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.fields import DateField, TextField, quiet, read_number, today
from emgfeedback.ui.person.record_card import RecordCard
from emgfeedback.ui.person.scale_words import change, item_name, points, scale_name
from emgfeedback.ui.person.table import Column, Row

_ACROSS = 6


class ScalesCard(RecordCard[ScaleScore]):
    """The scores of a person."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            self.tr("Scales"),
            self.tr("TWSTRS and other scales: the numbers, item by item or as a total."),
            self.tr("Enter a scale"),
            (
                Column(self.tr("Date"), "body_strong"),
                Column(self.tr("Scale")),
                Column(self.tr("Total"), "body_strong"),
                Column(self.tr("Since the one before"), stretch=True),
                Column(self.tr("Note"), optional=True),
            ),
            form_columns=3,
        )

    def add_fields(self) -> None:
        """Add date, scale and total, then the items of the scale."""
        self.on = DateField(self.tr("Date of the scale"))
        self.scale_box = QComboBox()
        for key in SCALES:
            self.scale_box.addItem(scale_name(key), key)
        self.scale_box.setMinimumHeight(theme.TARGET_PX)
        theme.set_role(self.scale_box, "body")
        self.total = TextField(self.tr("Total"), self.tr("from the items"))
        self.form.add(self.on.name, self.on)
        self.form.add(self.tr("Scale"), self.scale_box)
        self.form.add(self.total.name, self.total)
        self.items = QWidget()
        self.item_fields: dict[str, TextField] = {}
        self._item_grid = QGridLayout(self.items)
        self._item_grid.setContentsMargins(0, 0, 0, 0)
        self._item_grid.setHorizontalSpacing(16)
        self._item_grid.setVerticalSpacing(8)
        self.form.add(self.tr("Items"), self.items, span=3)
        self.sum = quiet(role="second_strong")
        self.form.add(self.tr("Sums"), self.sum, span=3)
        self.note = TextField(self.tr("Note"))
        self.form.add(self.note.name, self.note, span=3)
        self.scale_box.currentIndexChanged.connect(self._scale_chosen)
        self._scale_chosen()

    @property
    def scale(self) -> Scale:
        """The scale chosen."""
        return SCALES[self.scale_box.currentData()]

    def _scale_chosen(self) -> None:
        for field in self.item_fields.values():
            field.deleteLater()
        while (held := self._item_grid.takeAt(0)) is not None:
            if (widget := held.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.item_fields = {}
        for place, item in enumerate(self.scale.items):
            label = QLabel(item_name(item.name))
            theme.set_role(label, "caption")
            label.setProperty("tone", "second")
            label.setWordWrap(True)
            field = TextField(item_name(item.name), f"{item.low:g}–{item.high:g}")
            label.setBuddy(field)
            field.textChanged.connect(self._show_sums)
            field.returnPressed.connect(self.save)
            row, column = divmod(place, _ACROSS)
            self._item_grid.addWidget(label, 2 * row, column, Qt.AlignmentFlag.AlignBottom)
            self._item_grid.addWidget(field, 2 * row + 1, column)
            self.item_fields[item.key] = field
        self._show_sums()

    def _given(self) -> dict[str, float]:
        """Return the items entered. Raises SettingsError outside a range."""
        given = {}
        for item in self.scale.items:
            field = self.item_fields[item.key]
            value = read_number(field.text(), field.name, item.low, item.high)
            if value is not None:
                given[item.key] = value
        self.scale.check(given)
        return given

    def _show_sums(self) -> None:
        try:
            given = self._given()
            parts = [
                f"{item_name(name.capitalize())} {points(part)}"
                for name, part in self.scale.subtotals(given).items()
                if part is not None
            ]
            total = self.scale.total(given)
        except SettingsError as error:
            self.sum.setText(str(error))
            return
        if total is not None:
            parts.append(self.tr("Total %1").replace("%1", points(total)))
        missing = len(self.scale.items) - len(given)
        if total is None and given:
            parts.append(self.tr("%1 items to go").replace("%1", words.whole(missing)))
        self.sum.setText(" · ".join(parts) or words.DASH)

    def fill(self, value: ScaleScore | None) -> None:
        """Show a score, or an empty one of today."""
        shown = value or ScaleScore(
            patient_id=self.patient_id, on=today(), scale=self.scale_box.currentData()
        )
        self.on.show_date(shown.on)
        self.scale_box.setCurrentIndex(max(0, self.scale_box.findData(shown.scale)))
        for key, field in self.item_fields.items():
            field.setText(f"{shown.items[key]:g}" if key in shown.items else "")
        only_total = shown.total is not None and not shown.items
        self.total.setText(f"{shown.total:g}" if only_total else "")
        self.note.setText(shown.note)

    def entered(self) -> ScaleScore:
        """Return the score entered."""
        on, scale, items = self.on.date(), self.scale, self._given()
        if on is None:
            raise SettingsError(
                self.tr("A score needs its date."), self.tr("Write it as 2019-05-12.")
            )
        total = read_number(self.total.text(), self.total.name, scale.low, scale.high)
        total = checked_total(scale.key, items, total)
        if total is None and not items:
            raise SettingsError(
                self.tr("No number was entered."), self.tr("Enter the items, or the total alone.")
            )
        return replace(
            self.before or ScaleScore(patient_id=self.patient_id, on=on, scale=scale.key),
            on=on,
            scale=scale.key,
            items=items,
            total=total,
            note=self.note.text().strip(),
        )

    def show_entries(self, patient_id: str, values: Sequence[ScaleScore]) -> None:
        """List the scores with what changed since the one before."""
        self._all = tuple(values)
        super().show_entries(patient_id, values)

    def row(self, value: ScaleScore) -> Row:
        """Return the row of a score."""
        return Row(
            value.id,
            (
                person_words.day(value.on),
                scale_name(value.scale),
                points(value.total) if value.total is not None else self.tr("items missing"),
                change(value, self._all),
                value.note or words.DASH,
            ),
        )

    def removed(self, value: ScaleScore) -> str:
        """Say that a score was removed."""
        said = self.tr("%1 of %2 was removed").replace("%1", scale_name(value.scale))
        return said.replace("%2", person_words.day(value.on))
