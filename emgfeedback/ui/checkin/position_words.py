"""Words of the head-laser test: movements, sides, angles with their conditions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from emgfeedback.core.montage import Side
from emgfeedback.measures.position import PositionResult
from emgfeedback.people.values import PositionError
from emgfeedback.ui import words

MOVEMENTS = ("left_turn", "right_turn", "flexion", "extension")
UPRIGHT = ("flexion", "extension")
"""Movements whose error is read up and down."""


def movement(key: str) -> str:
    """Return a movement as the choice names it; words of one's own stay as they are."""
    return {
        "left_turn": QCoreApplication.translate("Position", "Turned left"),
        "right_turn": QCoreApplication.translate("Position", "Turned right"),
        "flexion": QCoreApplication.translate("Position", "Bent forward"),
        "extension": QCoreApplication.translate("Position", "Bent back"),
    }.get(key, key)


def ends(key: str) -> tuple[str, str]:
    """Return where a negative and a positive offset of a movement lie."""
    if key in UPRIGHT:
        return (
            QCoreApplication.translate("Position", "below"),
            QCoreApplication.translate("Position", "above"),
        )
    return (
        QCoreApplication.translate("Position", "left"),
        QCoreApplication.translate("Position", "right"),
    )


def degrees(value_deg: float) -> str:
    """Return an angle with its unit."""
    return f"{words.number(value_deg, 1)}°"


def millimetres(value_mm: float) -> str:
    """Return a length with its unit."""
    decimals = 0 if value_mm == round(value_mm) else 1
    return f"{words.number(value_mm, decimals)} mm"


def offset(value_mm: float, key: str) -> str:
    """Return an offset in words, as `12 mm left`."""
    if value_mm == 0:
        return QCoreApplication.translate("Position", "on the mark")
    return f"{millimetres(abs(value_mm))} {ends(key)[value_mm > 0]}"


def drift(result: PositionResult, key: str) -> str:
    """Return the mean with its sign in words; no side where it is within chance."""
    if not result.side:
        return QCoreApplication.translate("Position", "to no side beyond chance")
    to = ends(key)[result.side == Side.RIGHT.value]
    said = QCoreApplication.translate("Position", "%1 to the %2")
    if key in UPRIGHT:
        said = QCoreApplication.translate("Position", "%1 %2 the mark")
    return said.replace("%1", degrees(abs(result.constant_deg))).replace("%2", to)


def spread(result: PositionResult) -> str:
    """Return the spread of the repeats; a dash with its reason for one alone."""
    if result.variable_deg is None:
        one = QCoreApplication.translate("Position", "one repeat has none")
        return f"{words.DASH} ({one})"
    return f"±{degrees(result.variable_deg)}"


def conditions(entry: PositionError) -> str:
    """Return repeats and distance, as `6 repeats at 900 mm`."""
    said = (
        QCoreApplication.translate("Position", "one repeat at %2")
        if len(entry.offsets_mm) == 1
        else QCoreApplication.translate("Position", "%1 repeats at %2")
    )
    return said.replace("%1", words.whole(len(entry.offsets_mm))).replace(
        "%2", millimetres(entry.distance_mm)
    )


def offsets(values_mm: Sequence[float], key: str) -> str:
    """Return all offsets in a row."""
    return ", ".join(offset(value, key) for value in values_mm)
