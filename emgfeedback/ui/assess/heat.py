"""What stands in the heat table: for each task and muscle a number, a shade, or a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from emgfeedback.core.montage import MUSCLES, Side
from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.ui import words

ACTIVITY = "activity"
REFERENCE, OF_REST, RMS = "of_reference_pct", "of_rest", "rms_uv"
TRICK, ONSET = "index_pct", "onset_s"
LEVELS = (ACTIVITY, REFERENCE, RMS, OF_REST, "of_highest_pct", "paradoxical_pct")
MEASURES = (*LEVELS, ONSET, "tremor_hz", "median_frequency_hz")
"""What can be shown; `activity` is the first of reference, rest and microvolts a muscle has."""
_PREFERRED = (REFERENCE, OF_REST, RMS)
_LEAST_TOP = {REFERENCE: 20.0, OF_REST: 4.0, RMS: 20.0}
"""The darkest shade stands for no less, so that a quiet recording looks quiet."""
_DECIMALS = {OF_REST: 1, RMS: 1, ONSET: 2, "tremor_hz": 1}

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A channel, and the measure its numbers are."""

    label: str
    muscle: str
    side: Side
    measure: str
    name: str
    """In words: `Left SCM`."""

    @property
    def group(self) -> str:
        """What stands over it and its other side."""
        return self.label if self.muscle == "other" else self.muscle


@dataclass(frozen=True, slots=True)
class Cell:
    """A number as text with its share of the scale, 0 to 1; or a dash and its reason."""

    text: str
    share: float | None
    reason: str = ""
    left_out: bool = False
    """The signal could not be used."""


@dataclass(frozen=True, slots=True)
class Row:
    """A task; the row of the trick has an empty key and no shades."""

    task: str
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """What the darkest shade stands for, of the muscles with this measure."""

    measure: str
    top: float
    words: str


@dataclass(frozen=True, slots=True)
class Heat:
    """The whole table."""

    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    scales: tuple[Scale, ...] = ()

    @property
    def mixed(self) -> bool:
        """Whether not all columns have the same measure."""
        return len({column.measure for column in self.columns}) > 1


def measure_title(measure: str) -> str:
    """Return what a measure is called where one chooses it."""
    return {
        ACTIVITY: QCoreApplication.translate("Heat", "Activity (RMS)"),
        REFERENCE: QCoreApplication.translate("Heat", "RMS, % of own reference"),
        OF_REST: QCoreApplication.translate("Heat", "RMS, times supported rest"),
        RMS: QCoreApplication.translate("Heat", "RMS, µV"),
        "of_highest_pct": QCoreApplication.translate("Heat", "RMS, % of the highest task"),
        "paradoxical_pct": QCoreApplication.translate("Heat", "Moving away, % of the work"),
        ONSET: QCoreApplication.translate("Heat", "Onset after the cue, s"),
        "tremor_hz": QCoreApplication.translate("Heat", "Rhythm of bursts, Hz"),
        "median_frequency_hz": QCoreApplication.translate("Heat", "Median frequency, Hz"),
    }[measure]


def unit_words(measure: str) -> str:
    """Return what numbers are counted in, as it stands over a column."""
    return {
        REFERENCE: QCoreApplication.translate("Heat", "% of own reference"),
        OF_REST: QCoreApplication.translate("Heat", "times supported rest"),
        RMS: QCoreApplication.translate("Heat", "µV"),
        "of_highest_pct": QCoreApplication.translate("Heat", "% of the highest task"),
        "paradoxical_pct": QCoreApplication.translate("Heat", "% of the work in the mirrored task"),
        ONSET: QCoreApplication.translate("Heat", "s"),
        "tremor_hz": QCoreApplication.translate("Heat", "Hz"),
        "median_frequency_hz": QCoreApplication.translate("Heat", "Hz"),
        TRICK: QCoreApplication.translate("Heat", "% less with the trick"),
    }[measure]


def short_unit(measure: str) -> str:
    """Return a unit as it stands behind a number."""
    return {REFERENCE: "%", OF_REST: "×", RMS: "µV", ONSET: "s"}.get(
        measure, "%" if measure.endswith("_pct") else "Hz"
    )


def heat_of(assessment: Plain, measure: str = ACTIVITY) -> Heat:
    """Return the table of `Assessment.as_dict()` for one of `MEASURES`."""
    channels = sorted(assessment["channels"], key=_place)
    columns = tuple(
        Column(
            channel["label"],
            channel["muscle"],
            Side(channel["side"]),
            _level_of(assessment, channel["muscle"]) if measure == ACTIVITY else measure,
            spoken_name(channel),
        )
        for channel in channels
    )
    tops = {
        used: _top(assessment, [c.label for c in columns if c.measure == used], used)
        for used in dict.fromkeys(column.measure for column in columns)
    }
    tasks: dict[str, Plain] = assessment["tasks"]
    known = list(MOVEMENTS)
    ordered = sorted(tasks, key=lambda key: known.index(key) if key in known else len(known))
    rows = [
        Row(key, tasks[key]["title"], tuple(_cell(tasks[key], c, tops[c.measure]) for c in columns))
        for key in ordered
    ]
    if assessment["trick"] and measure in (ACTIVITY, *_PREFERRED):
        rows.append(_trick_row(assessment, columns))
    scales = tuple(Scale(used, top, unit_words(used)) for used, top in tops.items() if top > 0)
    return Heat(columns, tuple(rows), scales)


def spoken_name(channel: Plain) -> str:
    """Return a channel in words: `Left SCM`, or its label."""
    side = Side(channel["side"])
    if side is Side.MIDLINE or channel["muscle"] == "other":
        return str(channel["label"])
    said = {
        Side.LEFT: QCoreApplication.translate("Spoken", "Left %1"),
        Side.RIGHT: QCoreApplication.translate("Spoken", "Right %1"),
    }[side]
    name = words.muscle_name(channel["muscle"])
    return said.replace("%1", name if name.isupper() else name.lower())


def number(value: float, measure: str) -> str:
    """Return a number without its unit."""
    decimals = _DECIMALS.get(measure, 0)
    return words.number(value, 0 if decimals == 1 and abs(value) >= 99.95 else decimals)


def _place(channel: Plain) -> tuple[int, int]:
    muscles, sides = list(MUSCLES), [side.value for side in Side]
    return muscles.index(channel["muscle"]), sides.index(channel["side"])


def _level_of(assessment: Plain, muscle: str) -> str:
    """Return the measure both sides of a muscle have somewhere, the most comparable first."""
    labels = [c["label"] for c in assessment["channels"] if c["muscle"] == muscle]
    usable = [label for label in labels if _values(assessment, [label], RMS)]
    for measure in _PREFERRED:
        if usable and all(_values(assessment, [label], measure) for label in usable):
            return measure
    return RMS


def _values(assessment: Plain, labels: Sequence[str], measure: str) -> list[float]:
    found = [
        task["muscles"][label].get(measure, {"value": None})["value"]
        for task in assessment["tasks"].values()
        for label in labels
    ]
    return [value for value in found if value is not None]


def _top(assessment: Plain, labels: Sequence[str], measure: str) -> float:
    known = _values(assessment, labels, measure)
    return max(*known, _LEAST_TOP.get(measure, 0.0)) if known else 0.0


def _cell(task: Plain, column: Column, top: float) -> Cell:
    values = task["muscles"][column.label]
    level = values[RMS]
    if level["value"] is None:
        return Cell(words.DASH, None, level["reason"], left_out=True)
    found = values.get(column.measure) or {"value": None, "reason": ""}
    if found["value"] is None:
        return Cell(words.DASH, None, found["reason"])
    share = min(1.0, max(0.0, found["value"] / top)) if top > 0 else 0.0
    return Cell(number(found["value"], column.measure), share)


def _trick_row(assessment: Plain, columns: Sequence[Column]) -> Row:
    cells = []
    for column in columns:
        trick = assessment["trick"].get(column.label)
        if trick is None or trick["index_pct"]["value"] is None:
            reason = "" if trick is None else trick["index_pct"]["reason"]
            cells.append(Cell(words.DASH, None, reason))
            continue
        change = -trick["index_pct"]["value"]
        sign = "+" if round(change) > 0 else ""
        cells.append(Cell(f"{sign}{words.number(round(change), 0)} %", None))
    title = QCoreApplication.translate("Heat", "Sensory trick, change")
    return Row("", title, tuple(cells))
