"""Words and numbers about heartbeats in a recording, and the ways around them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from emgfeedback.core.errors import SettingsError
from emgfeedback.core.montage import Side
from emgfeedback.measures.heart_ways import HEART_WAYS, USUAL, heart_way
from emgfeedback.people.values import HeartChoice
from emgfeedback.ui import words
from emgfeedback.ui.person import person_words
from emgfeedback.ui.review import review_words

AS_RECORDED = "as-recorded"
_NEXT_TO_NOTHING_UV = 0.05


@dataclass(frozen=True, slots=True)
class HeartColumn:
    """A channel over its numbers."""

    label: str
    muscle: str
    side: Side

    @property
    def name(self) -> str:
        """Return it in words, as `Left SCM`; its label where it has no muscle."""
        if self.muscle == "other":
            return self.label
        return person_words.place(self.muscle, self.side)


@dataclass(frozen=True, slots=True)
class HeartLine:
    """One line of numbers, one for each channel."""

    key: str
    title: str
    cells: tuple[str, ...]
    spoken: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class HeartTold:
    """What an assessment tells of heartbeats at rest.

    Attributes
    ----------
    found
        Whether there are any, in a sentence.
    adds
        What they add to each channel.
    ways
        Each way and what it changes.
    missing
        Which channels have no number, and why.
    """

    columns: tuple[HeartColumn, ...]
    found: str
    adds: HeartLine
    ways: tuple[HeartLine, ...]
    conditions: str
    missing: str


def way_title(key: str) -> str:
    """Return a way in the user's language."""
    known = {
        AS_RECORDED: QCoreApplication.translate("Heart", "As recorded"),
        "highpass-30": QCoreApplication.translate("Heart", "High-pass 30 Hz"),
        "highpass-50": QCoreApplication.translate("Heart", "High-pass 50 Hz"),
        "highpass-100": QCoreApplication.translate("Heart", "High-pass 100 Hz"),
        "gate": QCoreApplication.translate("Heart", "Leave beats out"),
        "template": QCoreApplication.translate("Heart", "Subtract average beat"),
    }
    return known.get(key) or (HEART_WAYS[key].title if key in HEART_WAYS else key)


def way_words(key: str) -> str:
    """Return what a way does, in a sentence."""
    return {
        AS_RECORDED: QCoreApplication.translate(
            "Heart", "Heartbeats count as activity; at rest they can be most of it."
        ),
        "highpass-30": QCoreApplication.translate(
            "Heart", "Takes most of the heart and little of the muscle."
        ),
        "highpass-50": QCoreApplication.translate(
            "Heart", "Takes more of both, the heart and the muscle."
        ),
        "highpass-100": QCoreApplication.translate(
            "Heart", "Leaves next to nothing of the heart, and clearly less of the muscle."
        ),
        "gate": QCoreApplication.translate(
            "Heart", "Levels count only what lies away from each beat: 60 ms before to 80 ms after."
        ),
        "template": QCoreApplication.translate(
            "Heart", "The average beat is taken out of the signal; it looks ahead."
        ),
    }.get(key, "")


def tell(assessment: Mapping[str, Any]) -> HeartTold:
    """Return what an assessment tells of heartbeats at rest."""
    channels = assessment["channels"]
    columns = tuple(HeartColumn(c["label"], c["muscle"], Side(c["side"])) for c in channels)
    of_ways = assessment["heart_ways"]
    ways = tuple(_way(key, columns, of_ways) for key in HEART_WAYS)
    return HeartTold(
        columns,
        _found(channels),
        _adds(columns, channels, assessment["heart_way"]),
        ways,
        _conditions(assessment["fs_hz"]),
        _missing(of_ways),
    )


def _found(channels: Sequence[Mapping[str, Any]]) -> str:
    told = [channel["heart_per_min"] for channel in channels]
    rate = next((one["value"] for one in told if one["value"] is not None), None)
    if rate is not None:
        said = QCoreApplication.translate("Heart", "Found at rest: %1 beats a minute.")
        return said.replace("%1", words.number(rate, 0))
    why = told[0]["reason"] if told else ""
    said = QCoreApplication.translate("Heart", "No heartbeat found at rest: %1.")
    return said.replace("%1", why or QCoreApplication.translate("Heart", "nothing was measured"))


def _conditions(fs_hz: float) -> str:
    """Return what the numbers are of."""
    said = QCoreApplication.translate(
        "Heart", "µV RMS at rest, %1 as recorded; below it by how much each way changes it."
    )
    try:
        band = review_words.short_filter(heart_way(AS_RECORDED).settings(fs_hz))
    except SettingsError:
        band = ""
    return said.replace("%1", band)


def _adds(
    columns: Sequence[HeartColumn], channels: Sequence[Mapping[str, Any]], used: str
) -> HeartLine:
    """Return what heartbeats add, under the high-pass it was measured with."""
    title = QCoreApplication.translate("Heart", "Heartbeat adds")
    if heart_way(used).highpass_hz is not None:
        title = QCoreApplication.translate("Heart", "Heartbeat still adds")
    cells = []
    for channel in channels:
        value = channel["heart_uv"]["value"]
        if value is None:
            cells.append(words.DASH)
        elif abs(value) < _NEXT_TO_NOTHING_UV:
            cells.append(words.number(0, 1))
        else:
            cells.append(_signed(value))
    return HeartLine("", title, tuple(cells), _spoken(title, columns, cells))


def _way(
    key: str, columns: Sequence[HeartColumn], of_ways: Mapping[str, Mapping[str, Any]]
) -> HeartLine:
    """Return a way's line: the level as recorded, or by how much another way changes it."""
    cells = []
    for column in columns:
        found = of_ways[column.label][key]
        value = found["rest_uv" if key == AS_RECORDED else "change_uv"]["value"]
        if value is None:
            cells.append(words.DASH)
        else:
            cells.append(words.microvolts(value) if key == AS_RECORDED else _signed(value))
    return HeartLine(key, way_title(key), tuple(cells), _spoken(way_title(key), columns, cells))


def _signed(value_uv: float) -> str:
    text = words.microvolts(value_uv)
    if text.strip("−0.,") == "":
        return words.number(0, 1)
    return f"+{text}" if value_uv > 0 else text


def _spoken(title: str, columns: Sequence[HeartColumn], cells: Sequence[str]) -> str:
    none = QCoreApplication.translate("Heart", "no number")
    microvolts = QCoreApplication.translate("Heart", "%1 microvolts")
    told = [
        f"{column.name} {none if cell == words.DASH else microvolts.replace('%1', cell)}"
        for column, cell in zip(columns, cells, strict=True)
    ]
    return f"{title}: {', '.join(told)}"


def _missing(of_ways: Mapping[str, Mapping[str, Any]]) -> str:
    reasons: dict[str, list[str]] = {}
    for label, found in of_ways.items():
        level = found[AS_RECORDED]["rest_uv"]
        if level["value"] is None:
            reasons.setdefault(level["reason"], []).append(label)
    return " ".join(f"{', '.join(labels)}: {why}." for why, labels in reasons.items())


def since(choice: HeartChoice | None, first: dt.date | None) -> str:
    """Return which way holds, since when and why.

    Parameters
    ----------
    first
        Day of the person's first recording before injections.
    """
    if choice is not None:
        on = person_words.day(person_words.local(choice.chosen_at).date())
        said = QCoreApplication.translate("Heart", "Locked since %2: %1.")
        said = said.replace("%1", way_title(choice.method)).replace("%2", on)
        if choice.note:
            why = QCoreApplication.translate("Heart", "Why: %1")
            said = f"{said} {why.replace('%1', choice.note)}"
        return said
    if first is not None:
        said = QCoreApplication.translate(
            "Heart", "Locked since the first recording, %2: %1, as usual."
        )
        return said.replace("%1", way_title(USUAL)).replace("%2", person_words.day(first))
    said = QCoreApplication.translate("Heart", "Not chosen yet: measured as usual, %1.")
    return said.replace("%1", way_title(USUAL).lower())


def measured_with(used: str, holds: str) -> str:
    """Return that this recording was measured another way than the one that holds, or nothing."""
    if used == holds:
        return ""
    said = QCoreApplication.translate(
        "Heart", "The numbers on this page are still those of: %1. They are measured anew."
    )
    return said.replace("%1", way_title(used))
