"""An assessment beside the visit before, and beside what the posture lets one expect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from emgfeedback.core.errors import ConfigError
from emgfeedback.measures.assessment_compare import (
    DIFFERENCE,
    LET_GO,
    LEVEL,
    OF_REFERENCE,
    TREMOR,
    TRICK,
    Compared,
    Comparison,
    compare,
)
from emgfeedback.measures.change import Change
from emgfeedback.people.values import PostureFinding
from emgfeedback.reports.assessment_levels import Level, Levels, Site
from emgfeedback.reports.letters import Letters
from emgfeedback.reports.page import Block, Cell, Table, Text, Tone
from emgfeedback.reports.wording import MISSING, UNITS, day, signed, with_unit
from emgfeedback.training.postures import Beside, beside

MOST_ROWS, MOST_CLEAR = 9, 3
"""Rows that always stand there, and those that do where the change is beyond chance."""
BEYOND_CHANCE = (Change.HIGHER.value, Change.LOWER.value)
EXPECTED = "Expected from the posture"
SEEN = {"yes": "seen", "partly": "partly", "no": "not seen"}
SOURCES = (
    "A Reichel 2011, Jost and others 2020 (COL-CAP); B textbook chapters on complex cervical "
    "dystonia; C SENIAM. Measured: in the own posture"
)
_ORDER = {OF_REFERENCE: 0, LEVEL: 0, DIFFERENCE: 1, TRICK: 2, TREMOR: 3}
_WORDS = {DIFFERENCE: "left/right", TRICK: "with trick, quieter by", TREMOR: "tremor"}


def compared_blocks(
    assessment: Mapping[str, Any], levels: Levels, previous: tuple[dt.date, Mapping[str, Any]]
) -> list[Block]:
    """Return then, now, change and what may be chance; and what cannot be compared, and why."""
    on, then = previous
    found = compare(assessment, then)
    rows = sorted(
        (row for row in found.rows if row.now is not None or row.then is not None),
        key=lambda row: (row.task not in (LET_GO, ""), _ORDER.get(row.title, len(_ORDER))),
    )
    clear = [row for row in rows[MOST_ROWS:] if row.verdict in BEYOND_CHANCE]
    notes = Letters()
    table = Table(
        title=f"Compared with {day(on)}",
        headings=("", "Then", "Now", "Change", "Chance within"),
        rows=tuple(_row(row, levels, notes) for row in (*rows[:MOST_ROWS], *clear[:MOST_CLEAR])),
        widths=(2.6, 0.8, 0.8, 1.2, 1.3),
    )
    told = _cannot(found)
    more = len(rows) - len(table.rows)
    if more > 0:
        beyond = max(len(clear) - MOST_CLEAR, 0) or "none"
        told.append(f"{more} more in the .json of this report, {beyond} of them beyond chance.")
    told += notes.lines
    below = [Text(" ".join(told))] if told else []
    return [table, *below] if rows else [Text(" ".join(told) or "Nothing.", title=table.title)]


def _cannot(found: Comparison) -> list[str]:
    return [f"Not alike: {' '.join(found.cannot)}"] if found.cannot else []


def _row(row: Compared, levels: Levels, notes: Letters) -> tuple[Cell, ...]:
    unit = row.unit
    decimals = 0 if unit == "%" else 1
    cells = (
        Cell(_what(row, levels)),
        Cell(with_unit(row.then, unit, decimals)),
        Cell(with_unit(row.now, unit, decimals), Tone.STRONG),
    )
    if row.change is None:
        letter = notes.letter(row.reason or "not known")
        return (*cells, Cell(f"{MISSING} {letter}"), Cell(MISSING))
    words = "points" if unit == "%" else UNITS.get(unit, unit)
    change = f"{signed(row.change, decimals)}\u00a0{words}"
    if row.detectable is None:
        return (*cells, Cell(change), Cell(f"{MISSING} {notes.letter(row.reason)}"))
    real = row.verdict in BEYOND_CHANCE
    return (
        *cells,
        Cell(change, Tone.STRONG if real else Tone.QUIET),
        Cell(f"±{with_unit(row.detectable, words, decimals)}", Tone.QUIET),
    )


def _what(row: Compared, levels: Levels) -> str:
    what = _WORDS.get(row.title, "")
    task = "" if row.task in ("", LET_GO) else levels.title(row.task).lower()
    own = "own posture" if row.task == LET_GO and row.title in (OF_REFERENCE, LEVEL) else ""
    parts = [part for part in (what, own or task) if part]
    return ", ".join([row.label, *parts])


def expected_blocks(
    assessment: Mapping[str, Any], levels: Levels, findings: Sequence[PostureFinding]
) -> list[Block]:
    """Return which muscles usually work in the postures entered, and what was measured of them."""
    try:
        rows = beside(findings, assessment)
    except ConfigError as error:
        return [Text(str(error), title=EXPECTED)]
    by_label = {site.label: site for site in levels.sites}
    table = Table(
        title=EXPECTED,
        headings=("Usually active", "In (source)", "Measured", "From skin"),
        rows=tuple(_expected(row, levels, by_label) for row in rows if row.postures),
        widths=(1.9, 1.85, 0.8, 0.85),
        numbers_from=2,
        numbers_to=2,
        condition="usual, not certain; it selects no muscle",
    )
    others = [
        f"{row.label} {levels.of(levels.own_posture, by_label[row.label]).words}"
        for row in rows
        if not row.postures and row.label in by_label
    ]
    if not table.rows:
        return [Text("No posture entered is in the table.", title=EXPECTED)]
    return [table, Text(f"Measured, not expected: {', '.join(others)}.")] if others else [table]


def _expected(row: Beside, levels: Levels, by_label: Mapping[str, Site]) -> tuple[Cell, ...]:
    site = by_label.get(row.label)
    weight = f" ({row.weight})" if row.weight == "weaker" else ""
    return (
        Cell(f"{row.name}{weight}", side=row.side),
        Cell(f"{', '.join(map(_short, row.postures))} ({_whole(row.source)})", Tone.QUIET),
        _measured(None if site is None else levels.of(levels.own_posture, site)),
        Cell(SEEN[row.seen]),
    )


def _whole(text: str) -> str:
    return text.replace(" ", "\u00a0")


def _short(posture: str) -> str:
    """Return the word in brackets of a posture's title: `torticaput`."""
    named = posture.rpartition("(")[2].rstrip(")")
    return named.lower()


def _measured(level: Level | None) -> Cell:
    if level is None:
        return Cell("no sensor", Tone.QUIET)
    if level.value is None:
        return Cell("left out", Tone.LEFT_OUT)
    return Cell(level.words, Tone.STRONG)
