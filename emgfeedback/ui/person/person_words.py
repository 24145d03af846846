"""Words about people, days and measures, in the user's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QTime

from emgfeedback.core.montage import Side
from emgfeedback.measures.trend import CYCLE_WEEKS, Tendency, Trend
from emgfeedback.people.values import Patient, SessionKind, SessionLine
from emgfeedback.ui import words

PERCENT = "%"
MICROVOLTS = "uV"
KIND_ICONS = {
    SessionKind.VISIT: "live",
    SessionKind.HOME: "home",
    SessionKind.ASSESSMENT: "assess",
    SessionKind.FREE: "record",
}


def local(moment: dt.datetime) -> dt.datetime:
    """Return a time of the register on the clinic's clock."""
    return moment.astimezone()


def day(on: dt.date) -> str:
    """Return a date as `5 Mar 2026`."""
    return QLocale().toString(QDate(on.year, on.month, on.day), "d MMM yyyy")


def short_day(on: dt.date) -> str:
    """Return a date without its year, as `5 Mar`."""
    return QLocale().toString(QDate(on.year, on.month, on.day), "d MMM")


def time_of_day(moment: dt.datetime) -> str:
    """Return the time of a moment on the clinic's clock, as the locale writes it."""
    there = local(moment)
    return QLocale().toString(QTime(there.hour, there.minute), QLocale.FormatType.ShortFormat)


def seen(moment: dt.datetime | None, today: dt.date) -> str:
    """Return when somebody was seen: `today 9:40`, `yesterday`, `5 days ago`, or the date."""
    if moment is None:
        return QCoreApplication.translate("People", "not yet")
    on = local(moment).date()
    days = (today - on).days
    if days == 0:
        said = QCoreApplication.translate("People", "today %1")
        return said.replace("%1", time_of_day(moment))
    if days == 1:
        return QCoreApplication.translate("People", "yesterday")
    if 1 < days < 7:
        said = QCoreApplication.translate("People", "%1 days ago")
        return said.replace("%1", words.whole(days))
    return day(on)


def since_injection(on: dt.date | None, today: dt.date) -> str:
    """Return the weeks since an injection, as `week 7`; a dash where none is known."""
    if on is None or on > today:
        return words.DASH
    weeks = (today - on).days // 7
    if weeks > 2 * CYCLE_WEEKS:
        return QCoreApplication.translate("People", "over %1 weeks ago").replace(
            "%1", words.whole(2 * CYCLE_WEEKS)
        )
    return QCoreApplication.translate("People", "week %1").replace("%1", words.whole(weeks))


def posture(patient: Patient) -> str:
    """Return the posture with its side, as `torticaput, to the right`."""
    side = {
        Side.LEFT: QCoreApplication.translate("People", "to the left"),
        Side.RIGHT: QCoreApplication.translate("People", "to the right"),
    }.get(patient.posture_side or Side.MIDLINE, "")
    return ", ".join(part for part in (patient.posture, side) if part)


def person_facts(patient: Patient) -> str:
    """Return who somebody is in one line: `Born 1971 · torticaput, to the right · since 2019`."""
    parts = []
    if patient.birth_year is not None:
        born = QCoreApplication.translate("People", "Born %1")
        parts.append(born.replace("%1", str(patient.birth_year)))
    parts.append(posture(patient))
    if patient.onset is not None:
        since = QCoreApplication.translate("People", "since %1")
        parts.append(since.replace("%1", str(patient.onset.year)))
    return " · ".join(part for part in parts if part)


def kind(session_kind: SessionKind) -> str:
    """Return what kind of session it was."""
    return {
        SessionKind.VISIT: QCoreApplication.translate("People", "Visit"),
        SessionKind.HOME: QCoreApplication.translate("People", "Home"),
        SessionKind.ASSESSMENT: QCoreApplication.translate("People", "Assessment"),
        SessionKind.FREE: QCoreApplication.translate("People", "Recording"),
    }[session_kind]


def what(line: SessionLine) -> str:
    """Return kind and plan of a session, as `Visit · Relax SCM and trapezius`."""
    if line.kind is SessionKind.HOME and line.plan_title:
        return line.plan_title
    return " · ".join(part for part in (kind(line.kind), line.plan_title) if part)


def percent(value: float | None) -> str:
    """Return whole percent; a dash where it is not known."""
    return words.DASH if value is None else f"{words.number(value, 0)} %"


def minutes(duration_s: float | None) -> str:
    """Return a duration in minutes; a dash where it is not known."""
    if duration_s is None:
        return words.DASH
    said = QCoreApplication.translate("People", "%1 min")
    return said.replace("%1", words.whole(max(1, round(duration_s / 60))))


def unit(name: str) -> str:
    """Return a unit as it is shown."""
    return {MICROVOLTS: "µV"}.get(name, name)


def value_with_unit(value: float, of: str) -> str:
    """Return a number of a trend with its unit."""
    decimals = 1 if of == MICROVOLTS and abs(value) < 100 else 0
    return f"{words.number(value, decimals)} {unit(of)}"


def side_word(side: Side) -> str:
    """Return a side in a word, as it begins a title."""
    return {
        Side.LEFT: QCoreApplication.translate("People", "Left"),
        Side.RIGHT: QCoreApplication.translate("People", "Right"),
        Side.MIDLINE: QCoreApplication.translate("People", "Both sides"),
    }[side]


def place(muscle: str, side: Side) -> str:
    """Return a muscle with its side, as `Left SCM`; a pair by its muscle alone."""
    named = words.muscle_name(muscle)
    return named if side is Side.MIDLINE else f"{side_word(side)} {named}"


def measure(key: str) -> str:
    """Return what a measure's key stands for, as a title."""
    return {
        "rest": QCoreApplication.translate("Measure", "Resting level"),
        "rest_of_reference": QCoreApplication.translate("Measure", "Resting level"),
        "asymmetry_rest": QCoreApplication.translate("Measure", "Left/right difference at rest"),
        "let_go": QCoreApplication.translate("Measure", "Level with the head let go"),
        "let_go_of_reference": QCoreApplication.translate("Measure", "Level with the head let go"),
        "asymmetry_let_go": QCoreApplication.translate(
            "Measure", "Left/right difference, head let go"
        ),
        "success": QCoreApplication.translate("Measure", "Time in target"),
        "success_fixed": QCoreApplication.translate("Measure", "Time in target, fixed reference"),
        "excluded": QCoreApplication.translate("Measure", "Time left out"),
        "trick_index": QCoreApplication.translate("Measure", "Effect of the trick"),
        "level_relax": QCoreApplication.translate("Measure", "Level while letting go"),
        "level_activate": QCoreApplication.translate("Measure", "Level while working"),
    }.get(key) or key.replace("_", " ").capitalize()


def chance(trend: Trend) -> str:
    """Return what the hatched band means, as `hatched: may be chance (±2.2 points)`."""
    if trend.chance is None:
        return ""
    half = words.number(trend.chance, 1)
    points = QCoreApplication.translate("Trend", "points")
    of = points if trend.unit == PERCENT else unit(trend.unit)
    said = QCoreApplication.translate("Trend", "hatched: changes that may be chance (±%1 %2)")
    return said.replace("%1", half).replace("%2", of)


def tendency(trend: Trend) -> str:
    """Return the trend in a sentence that promises nothing."""
    calm = QCoreApplication.translate(
        "Trend", "Good and bad days are normal; one visit alone says little."
    )
    n_points = len(trend.points)
    if n_points == 0:
        return QCoreApplication.translate("Trend", "No session has measured this yet.")
    said = {
        Tendency.TOO_FEW: QCoreApplication.translate(
            "Trend", "%1 of the 4 sessions a trend needs, with the same electrodes."
        ).replace("%1", words.whole(_newest(trend)))
        if _newest(trend) < 4
        else QCoreApplication.translate("Trend", "Not enough sessions yet to tell a trend."),
        Tendency.STEADY: QCoreApplication.translate("Trend", "Steady over the last visits."),
        Tendency.HIGHER: QCoreApplication.translate(
            "Trend", "Higher over the last three visits than before."
        ),
        Tendency.LOWER: QCoreApplication.translate(
            "Trend", "Lower over the last three visits than before."
        ),
    }[trend.tendency]
    return f"{said} {calm}"


def _newest(trend: Trend) -> int:
    return len(trend.stretches[-1].points) if trend.stretches else 0


def listed(parts: Sequence[str]) -> str:
    """Return parts in a row, or a dash."""
    return ", ".join(parts) or words.DASH
