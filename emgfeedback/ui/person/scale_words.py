"""Words about scales: their names, their points, and what a change means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from emgfeedback.measures.scales import SCALES
from emgfeedback.people.values import ScaleScore
from emgfeedback.ui import words


def scale_name(key: str) -> str:
    """Return the name of a scale."""
    named = {
        "twstrs_severity": QCoreApplication.translate("Scales", "TWSTRS severity"),
        "nrs_pain": QCoreApplication.translate("Scales", "Pain, 0 to 10"),
        "pgic": QCoreApplication.translate("Scales", "Change in all, 1 better to 7 worse"),
    }
    scale = SCALES.get(key)
    return named.get(key) or (scale.name if scale is not None else key)


def item_name(name: str) -> str:
    """Return the short label of an item in the user's language, where there is one."""
    named = {
        "Rotation": QCoreApplication.translate("Scales", "Rotation"),
        "Tilt": QCoreApplication.translate("Scales", "Tilt"),
        "Forward bend": QCoreApplication.translate("Scales", "Forward bend"),
        "Backward bend": QCoreApplication.translate("Scales", "Backward bend"),
        "Shift to a side": QCoreApplication.translate("Scales", "Shift to a side"),
        "Shift forward or back": QCoreApplication.translate("Scales", "Shift forward or back"),
        "Duration, counts twice": QCoreApplication.translate("Scales", "Duration, counts twice"),
        "Effect of tricks": QCoreApplication.translate("Scales", "Effect of tricks"),
        "Shoulder": QCoreApplication.translate("Scales", "Shoulder"),
        "Range of motion": QCoreApplication.translate("Scales", "Range of motion"),
        "Time in neutral": QCoreApplication.translate("Scales", "Time in neutral"),
        "Work": QCoreApplication.translate("Scales", "Work"),
        "Daily living": QCoreApplication.translate("Scales", "Daily living"),
        "Driving": QCoreApplication.translate("Scales", "Driving"),
        "Reading": QCoreApplication.translate("Scales", "Reading"),
        "Television": QCoreApplication.translate("Scales", "Television"),
        "Outside home": QCoreApplication.translate("Scales", "Outside home"),
        "Pain, worst": QCoreApplication.translate("Scales", "Pain, worst"),
        "Pain, best": QCoreApplication.translate("Scales", "Pain, best"),
        "Pain, usual, counts twice": QCoreApplication.translate(
            "Scales", "Pain, usual, counts twice"
        ),
        "Pain, duration": QCoreApplication.translate("Scales", "Pain, duration"),
        "Pain, disability": QCoreApplication.translate("Scales", "Pain, disability"),
        "Severity": QCoreApplication.translate("Scales", "Severity"),
        "Disability": QCoreApplication.translate("Scales", "Disability"),
        "Pain": QCoreApplication.translate("Scales", "Pain"),
    }
    return named.get(name, name)


def points(value: float) -> str:
    """Return points with a decimal only where there is one."""
    return words.number(value, 0 if value == round(value) else 2)


def one_before(score: ScaleScore, scores: Sequence[ScaleScore]) -> ScaleScore | None:
    """Return the score of the same scale before `score`, of those with a total."""
    earlier = [
        other
        for other in scores
        if other.scale == score.scale and other.on < score.on and other.total is not None
    ]
    return max(earlier, key=lambda other: other.on, default=None)


def change(score: ScaleScore, scores: Sequence[ScaleScore]) -> str:
    """Return what changed since the one before, and whether patients notice as much."""
    before, scale = one_before(score, scores), SCALES.get(score.scale)
    if before is None or before.total is None or score.total is None or scale is None:
        return words.DASH
    step = score.total - before.total
    sign = "+" if step > 0 else ""
    said = QCoreApplication.translate("Scales", "%1 points").replace("%1", f"{sign}{points(step)}")
    if scale.noticeable is None:
        return said
    if scale.noticed(step):
        more = QCoreApplication.translate("Scales", "a change patients notice")
    elif scale.noticed(-step):
        more = QCoreApplication.translate("Scales", "worse by a change patients notice")
    else:
        more = QCoreApplication.translate("Scales", "less than patients notice")
    return f"{said}: {more}"


def noticeable(key: str) -> str:
    """Return how large a change must be to be noticed, or nothing where that is not known."""
    scale = SCALES.get(key)
    if scale is None or scale.noticeable is None:
        return ""
    said = QCoreApplication.translate("Scales", "%1 points or more is a change patients notice.")
    return said.replace("%1", points(scale.noticeable))
