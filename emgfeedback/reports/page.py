"""What stands on a page, as plain values that two painters draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from emgfeedback.core.montage import Side
from emgfeedback.measures.assessment_traces import TaskTrace
from emgfeedback.measures.trend import Trend
from emgfeedback.reports.clinic import Clinic

DISCLAIMER = "This report informs. It does not diagnose, and it does not select a muscle or a dose."
HIGHER_SIDE = "The more active side is not necessarily the dystonic side."


class Tone(Enum):
    """How a cell stands out; never by colour alone, its words say it too."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. `side` puts its badge before the text."""

    text: str
    tone: Tone = Tone.PLAIN
    side: Side = Side.MIDLINE


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what it is."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values; `columns` beside each other."""

    facts: tuple[Fact, ...]
    columns: int = 1
    title: str = ""
    small: bool = False
    """Set as a grey box of fine print, as conditions are."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a row of headings; numbers stand right from column `numbers_from` on."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    """Shares of the width, one for each column."""
    numbers_from: int = 1
    numbers_to: int = 99
    condition: str = ""
    """Unit, window and filter of the numbers, in words."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph under an optional title."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class NeckMap:
    """Front and back of the neck, each muscle lit by its share of the chart beside it."""

    lights: Mapping[tuple[str, Side], float]
    """(muscle, side) -> 0 to 1; a muscle that is missing stays unlit."""
    unusable: frozenset[tuple[str, Side]]
    view: str
    """`front` or `back`; the front is a mirror view."""
    caption: str
    alt: str
    facing: bool = False
    """Draw the front as whoever faces the patient sees it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One side of a pair; without a value its reason stands instead."""

    side: Side
    value: float | None
    words: str
    floor: float | None = None


@dataclass(frozen=True, slots=True)
class PairBars:
    """Left above right of one muscle, and the difference in words."""

    muscle: str
    bars: tuple[Bar, ...]
    difference: str


@dataclass(frozen=True, slots=True)
class SideChart:
    """Bars of all muscles on one axis from 0 to `top`."""

    pairs: tuple[PairBars, ...]
    top: float
    unit: str
    alt: str


@dataclass(frozen=True, slots=True)
class TrialMark:
    """One trial: percent of its time in the target and at the fixed target."""

    number: int
    feedback: bool
    success_pct: float | None
    fixed_pct: float | None


@dataclass(frozen=True, slots=True)
class TrialChart:
    """Trials of all exercises on one axis of 0 to 100 %."""

    groups: tuple[tuple[str, tuple[TrialMark, ...]], ...]
    alt: str


@dataclass(frozen=True, slots=True)
class TrendChart:
    """A measure over sessions, injections and the chance band."""

    trend: Trend
    unit: str
    injections: tuple[dt.date, ...]
    today: dt.date
    side: Side
    alt: str


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One channel of a task's traces.

    Attributes
    ----------
    top_uv
        Full deflection, up and down.
    left_out
        Why its signal is not drawn, or empty.
    """

    column: int
    name: str
    side: Side
    top_uv: float
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class TraceChart:
    """Filtered signal and RMS line of a task, a channel a row, its holds shaded."""

    title: str
    trace: TaskTrace
    rows: tuple[TraceRow, ...]
    alt: str


Chart = NeckMap | SideChart | TrialChart | TrendChart | TraceChart


@dataclass(frozen=True, slots=True)
class Figure:
    """Charts beside each other under one title."""

    title: str
    charts: tuple[Chart, ...]
    condition: str = ""
    columns: int = 0
    """Charts beside each other; 0: all of them."""


@dataclass(frozen=True, slots=True)
class HeatGroup:
    """Columns of a heat table that belong together."""

    title: str
    unit: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A number on a ground as dark as its share of the range (0 to 1).

    Without a share it stands on plain ground; with the tone `LEFT_OUT` on hatched ground.
    """

    text: str
    share: float | None = None
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A row of a heat table: a cell for each column, or one for each group."""

    title: str
    cells: tuple[HeatCell, ...]
    condition: str = ""


@dataclass(frozen=True, slots=True)
class HeatTable:
    """Numbers by row and muscle. The number is what counts, the ground helps the eye.

    Attributes
    ----------
    rows
        One cell for each column.
    more
        Rows without a ground, below the others; see `HeatRow`.
    notes
        What the letters in cells stand for, in order.
    """

    title: str
    groups: tuple[HeatGroup, ...]
    rows: tuple[HeatRow, ...]
    more: tuple[HeatRow, ...] = ()
    notes: tuple[str, ...] = ()
    condition: str = ""


Block = Facts | Table | Text | Figure | HeatTable


@dataclass(frozen=True, slots=True)
class Row:
    """Columns of blocks beside each other; `widths` are shares."""

    columns: tuple[tuple[Block, ...], ...]
    widths: tuple[float, ...] = (1.0,)
    new_sheet: bool = False
    """Begin a new sheet of paper with this row."""
    spare: bool = False
    """Leave this row out of a sheet that has no room for it."""


def across(block: Block, *, new_sheet: bool = False, spare: bool = False) -> Row:
    """Return a row that holds `block` alone."""
    return Row(((block,),), new_sheet=new_sheet, spare=spare)


def without_empty_columns(table: Table, missing: str) -> Table:
    """Return the table without the columns in which every cell is `missing`.

    Numbers must stand in the columns from `numbers_from` up to the last or but one.
    """
    kept = [
        i
        for i in range(len(table.headings))
        if i == 0 or any(row[i].text != missing for row in table.rows)
    ]
    return replace(
        table,
        headings=tuple(table.headings[i] for i in kept),
        widths=tuple(table.widths[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows),
        numbers_to=sum(i <= table.numbers_to for i in kept) - 1,
    )


@dataclass(frozen=True, slots=True)
class Page:
    """A report: the same content for every painter.

    Attributes
    ----------
    subject
        Whose it is: the pseudonym, and the name only where the clinic asked for it.
    sentence, next_step
        What happened and what comes next, for the patient.
    origin
        Program, firmware, file and its digest: stands at the foot of every page.
    made
        When the report was made; it stands in the document.
    """

    title: str
    subtitle: str
    subject: str
    clinic: Clinic
    facts: tuple[Fact, ...]
    sentence: str
    next_step: str
    rows: tuple[Row, ...]
    origin: str
    made: dt.datetime
