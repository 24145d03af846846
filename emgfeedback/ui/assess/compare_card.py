"""The visit before beside this one: then, now, the change, and what could be chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from emgfeedback.measures.assessment_compare import DIFFERENCE, TREMOR, TRICK, Compared, Comparison
from emgfeedback.measures.assessment_notable import name_of
from emgfeedback.measures.change import Change
from emgfeedback.people.values import SessionLine
from emgfeedback.ui import words
from emgfeedback.ui.assess.cards import in_the_room_left
from emgfeedback.ui.person import person_words
from emgfeedback.ui.session.parts import WordTable, words_label

_SHARES = (7, 2, 2, 5, 5)
_SMALL = 9.95
"""Percent under this have a decimal."""


class CompareCard(QFrame):
    """A table of changes, those beyond chance first; or why there is nothing to compare."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.compares = False
        """Whether there is a visit before."""
        self.title = words_label("", "card_title")
        self.cannot = words_label("", "second", "second")
        self.notes = words_label("", "caption", "quiet")
        self.table = WordTable(
            self.tr("Compared with the visit before"),
            (
                "",
                self.tr("Then"),
                self.tr("Now"),
                self.tr("Change"),
                self.tr("Could be chance within"),
            ),
            _SHARES,
        )
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(4)
        for part in (self.cannot, self.table, self.notes):
            column.addWidget(part)
        column.addStretch(1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(18, 10, 12, 8)
        outside.setSpacing(2)
        outside.addWidget(self.title)
        outside.addWidget(in_the_room_left(inside, self.tr("Compared with the visit before")), 1)

    def show_comparison(
        self,
        assessment: Mapping[str, Any],
        before: SessionLine | None,
        comparison: Comparison | None,
    ) -> None:
        """Show what changed since `before`."""
        there = self.compares = before is not None and comparison is not None
        self.table.setVisible(there)
        self.notes.setVisible(there)
        if before is None or comparison is None:
            self.title.setText(self.tr("No visit to compare with"))
            self.cannot.setText(
                self.tr(
                    "The next recording before injections of this person is compared with this one."
                )
            )
            self.cannot.show()
            self.table.show_rows(())
            return
        on = person_words.day(person_words.local(before.started_utc).date())
        self.title.setText(self.tr("Compared with %1").replace("%1", on))
        self.cannot.setText(" ".join(comparison.cannot))
        self.cannot.setVisible(bool(comparison.cannot))
        self.notes.setText(" ".join(comparison.notes))
        kinds = list(dict.fromkeys(row.title for row in comparison.rows))
        rows = sorted(comparison.rows, key=lambda row: (*_rank(row), kinds.index(row.title)))
        self.table.show_rows([self._row(row, assessment) for row in rows])

    def _row(self, row: Compared, assessment: Mapping[str, Any]) -> tuple[str, ...]:
        then, now = (_value(value, row.unit) for value in (row.then, row.now))
        change, chance = words.DASH, words.DASH
        if row.change is not None:
            sign = "+" if row.change > 0 else ""
            change = f"{sign}{_number(row.change, row.unit)} · {self._verdict(row)}"
        elif row.reason:
            change = f"{words.DASH} ({row.reason})"
        if row.detectable is not None:
            chance = f"±{_number(row.detectable, row.unit)} {self._points(row.unit)}"
        return self._name(row, assessment), then, now, change, chance

    def _verdict(self, row: Compared) -> str:
        if row.verdict in (Change.HIGHER.value, Change.LOWER.value):
            return self.tr("beyond chance")
        if row.verdict == Change.WITHIN_CHANCE.value:
            return self.tr("within chance")
        return row.reason or self.tr("not known")

    def _points(self, unit: str) -> str:
        return self.tr("points") if unit == person_words.PERCENT else person_words.unit(unit)

    def _name(self, row: Compared, assessment: Mapping[str, Any]) -> str:
        named = {c["label"]: name_of(c) for c in assessment["channels"]}
        labels = row.label.split(" / ")
        where = named.get(labels[0], labels[0])
        if len(labels) > 1:
            muscles = {c["label"]: c["muscle"] for c in assessment["channels"]}
            where = words.muscle_name(muscles[labels[0]]) if labels[0] in muscles else row.label
        task = assessment["tasks"].get(row.task, {}).get("title", "").lower()
        said = {
            DIFFERENCE: self.tr("Left/right difference, %1"),
            TRICK: self.tr("Quieter with the trick, %1"),
            TREMOR: self.tr("Rhythm of bursts, %1"),
        }.get(row.title, "%1")
        return ", ".join(part for part in (said.replace("%1", where), task) if part)


def _rank(row: Compared) -> tuple[bool, bool]:
    """Return what sorts: beyond chance first, what is not known last."""
    return row.change is None, row.verdict not in (Change.HIGHER.value, Change.LOWER.value)


def _number(value: float, unit: str) -> str:
    small = abs(value) < _SMALL or unit != person_words.PERCENT
    return words.number(value, 1 if small else 0)


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return words.DASH
    return f"{_number(value, unit)} {person_words.unit(unit)}"
