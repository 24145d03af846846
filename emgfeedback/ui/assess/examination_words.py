"""Words about how the head stands, and about what was injected before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from emgfeedback.people.values import Injection
from emgfeedback.ui import words
from emgfeedback.ui.person import person_words

MIDLINE, TURNED, NOT_LOOKED = "midline", "turned", ""
MOST_DEGREES = 90


def posture_title(key: str, title: str) -> str:
    """Return a posture in the user's language, where there is one."""
    return {
        "torticaput": QCoreApplication.translate("Posture", "Head turned (torticaput)"),
        "torticollis": QCoreApplication.translate("Posture", "Neck turned below C2 (torticollis)"),
        "laterocaput": QCoreApplication.translate("Posture", "Head tilted (laterocaput)"),
        "laterocollis": QCoreApplication.translate("Posture", "Neck tilted (laterocollis)"),
        "shoulder": QCoreApplication.translate("Posture", "Shoulder raised"),
        "retrocaput": QCoreApplication.translate("Posture", "Head backward (retrocaput)"),
        "anterocaput": QCoreApplication.translate("Posture", "Head forward (anterocaput)"),
    }.get(key, title)


def goes(key: str) -> str:
    """Return what the side of a posture is the side of, as `Chin to the`."""
    if key.startswith("torti"):
        return QCoreApplication.translate("Posture", "Chin to the")
    if key.startswith("latero"):
        return QCoreApplication.translate("Posture", "Ear to the")
    return QCoreApplication.translate("Posture", "On the")


def larynx_line() -> str:
    """Return what the larynx tells."""
    return QCoreApplication.translate(
        "Posture",
        "In the middle: the head alone is turned (torticaput). Turned with the chin: the neck "
        "is turned too, from C2 to C7 (torticollis).",
    )


def larynx_against(larynx: str, keys: Sequence[str]) -> str:
    """Return that larynx and posture tell different things, or nothing."""
    if larynx == MIDLINE and "torticollis" in keys:
        return QCoreApplication.translate(
            "Posture", "Torticollis is chosen, and the larynx stays in the middle: look again."
        )
    if larynx == TURNED and "torticaput" in keys and "torticollis" not in keys:
        return QCoreApplication.translate(
            "Posture", "Torticaput alone is chosen, and the larynx turns: look again."
        )
    return ""


@dataclass(frozen=True, slots=True)
class Injected:
    """The last treatment before a day, in words: how long ago, and what."""

    days: str
    what: str


def injected_before(injections: Sequence[Injection], on: dt.date) -> Injected:
    """Return the last treatment up to a day; a dash with its reason where there is none."""
    before = [injection for injection in injections if injection.on <= on]
    if not before:
        why = QCoreApplication.translate("Posture", "%1 (none entered up to this day)")
        return Injected(why.replace("%1", words.DASH), "")
    last = max(injection.on for injection in before)
    days = (on - last).days
    said = QCoreApplication.translate("Posture", "%1 days, injected %2")
    if days == 1:
        said = QCoreApplication.translate("Posture", "1 day, injected %2")
    said = said.replace("%1", words.whole(days)).replace("%2", person_words.day(last))
    return Injected(said, "\n".join(_as_entered(one) for one in before if one.on == last))


def _as_entered(injection: Injection) -> str:
    parts = [part for part in (injection.product, injection.muscles) if part]
    if injection.units is not None:
        units = QCoreApplication.translate("Posture", "%1 units in all")
        parts.append(units.replace("%1", f"{injection.units:g}"))
    nothing = QCoreApplication.translate("Posture", "no product, muscles or units entered")
    return " · ".join(parts) or nothing
