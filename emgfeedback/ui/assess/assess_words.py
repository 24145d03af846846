"""Words of the assessment for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from emgfeedback.measures.assessment_notable import LeftOutTasks, left_out
from emgfeedback.people.sign_off import Standing
from emgfeedback.ui import words
from emgfeedback.ui.assess.heat import (
    OF_REST,
    REFERENCE,
    RMS,
    TRICK,
    Cell,
    Column,
    Heat,
    Row,
    number,
    short_unit,
    unit_words,
)
from emgfeedback.ui.person import person_words

Plain = Mapping[str, Any]
DOT = " · "
_NOT_OF_LEVELS = ("RMS ", "envelope ", "zero-phase: ", "for tremor and trick ")


def minutes(seconds: float) -> str:
    """Return a duration as `8 min 40 s`."""
    whole = round(seconds)
    said = QCoreApplication.translate("Assess", "%1 min %2 s")
    return said.replace("%1", words.whole(whole // 60)).replace("%2", words.whole(whole % 60))


def facts(injected: dt.date | None, day: dt.date, assessment: Plain) -> str:
    """Return what stands under the title: date, days since an injection, duration, tasks."""
    since = QCoreApplication.translate("Assess", "no injection known before")
    if injected is not None:
        since = QCoreApplication.translate("Assess", "%1 days since the last injection")
        since = since.replace("%1", words.whole((day - injected).days))
    tasks = QCoreApplication.translate("Assess", "%1 tasks")
    tasks = tasks.replace("%1", words.whole(len(assessment["tasks"])))
    return DOT.join((person_words.day(day), since, minutes(assessment["duration_s"]), tasks))


def cell_told(assessment: Plain, heat: Heat, at: tuple[int, int]) -> tuple[str, str]:
    """Return what a cell says in words, and how it was measured."""
    row, column = heat.rows[at[0]], heat.columns[at[1]]
    cell = row.cells[at[1]]
    where = f"{column.name}, {row.title.lower()}"
    if not row.task:
        return _trick_told(assessment, column, where, cell)
    task = assessment["tasks"][row.task]
    if cell.text == words.DASH:
        said = QCoreApplication.translate("Assess", "%1: left out, %2")
        if not cell.left_out:
            said = QCoreApplication.translate("Assess", "%1: no number, %2")
        return said.replace("%1", where).replace("%2", cell.reason), _conditions(assessment, task)
    meaning = assessment["meanings"].get(column.measure, {})
    told = f"{where}: {_with_unit(task, column)}{_beside(task, column)}."
    meant = meaning.get("conditions", "").replace(RMS, "RMS of the hold")
    how = f"{_sentence(meant)} {_conditions(assessment, task)}"
    return told, how.strip()


def _with_unit(task: Plain, column: Column) -> str:
    value = task["muscles"][column.label][column.measure]["value"]
    return f"{number(value, column.measure)} {unit_words(column.measure)}"


def _beside(task: Plain, column: Column) -> str:
    """Return the same level in the other units, in brackets."""
    values = task["muscles"][column.label]
    if column.measure not in (REFERENCE, OF_REST, RMS):
        return ""
    parts = []
    for other in (RMS, REFERENCE, OF_REST):
        value = values[other]["value"]
        if other != column.measure and value is not None:
            unit = short_unit(other) if other == RMS else unit_words(other)
            parts.append(f"{number(value, other)} {unit}")
    return f" ({', '.join(parts)})" if parts else ""


def _conditions(assessment: Plain, task: Plain) -> str:
    """Return window and filter of a task's levels."""
    count = int(task["repeats"])
    held = task["held_s"] / count if count else 0.0
    said = QCoreApplication.translate("Assess", "Window: the hold, %1 s.")
    if count > 1:
        said = QCoreApplication.translate("Assess", "Window: %2 holds of %1 s.")
    said = said.replace("%1", words.number(held, 1)).replace("%2", words.whole(count))
    return f"{said} {_filtered(assessment)}"


def _filtered(assessment: Plain) -> str:
    """Return the filter of levels: what belongs to the live view or looks ahead is not of them."""
    parts = [
        part for part in assessment["filters"].split("; ") if not part.startswith(_NOT_OF_LEVELS)
    ]
    filtered = QCoreApplication.translate("Assess", "Filter: %1.")
    return filtered.replace("%1", "; ".join(parts))


def _trick_told(assessment: Plain, column: Column, where: str, cell: Cell) -> tuple[str, str]:
    filtered = _filtered(assessment)
    if cell.text == words.DASH:
        said = QCoreApplication.translate("Assess", "%1: no number, %2").replace("%1", where)
        return said.replace("%2", cell.reason), filtered
    trick = assessment["trick"][column.label]
    marked = QCoreApplication.translate("Assess", "not marked: halved for less than 5 s")
    if trick["marked"]:
        marked = QCoreApplication.translate("Assess", "marked: halved for %1 s")
        marked = marked.replace("%1", words.number(trick["longest_marked_s"], 0))
    touch = QCoreApplication.translate("Assess", "From the touch on.")
    start = QCoreApplication.translate("Assess", "From the start of the trick on.")
    meaning = assessment["meanings"].get(TRICK, {}).get("conditions", "")
    since = touch if trick["from_touch"] else start
    return f"{where}: {cell.text} ({marked}).", f"{_sentence(meaning)} {since} {filtered}"


def quality_lines(assessment: Plain) -> list[str]:
    """Return what is left out of the table, a sentence for each channel and reason."""
    return [_left_out(one) for one in left_out(assessment)]


def _left_out(one: LeftOutTasks) -> str:
    if one.whole:
        said = QCoreApplication.translate("Assess", "%1 left out: %2.")
    elif len(one.tasks) == 1:
        said = QCoreApplication.translate("Assess", "%1 left out once: %2.")
    else:
        said = QCoreApplication.translate("Assess", "%1 left out in %3 tasks: %2.")
    said = said.replace("%1", one.name).replace("%2", one.reason)
    return said.replace("%3", words.whole(len(one.tasks)))


def signed_told(standing: Standing) -> str:
    """Return who signed off and when, and whether something changed since; empty: nobody did."""
    signed = standing.signed
    if signed is None:
        return ""
    told = QCoreApplication.translate("Assess", "Signed off by %1 on %2.")
    if not standing.holds:
        told = QCoreApplication.translate(
            "Assess", "Signed off by %1 on %2, before something changed."
        )
    day = person_words.day(person_words.local(signed.signed_at).date())
    return told.replace("%1", signed.signed_by).replace("%2", day)


def row_title(row: Row) -> str:
    """Return what stands over the neck while a row is current."""
    return QCoreApplication.translate("Assess", "During “%1”").replace("%1", row.title)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
