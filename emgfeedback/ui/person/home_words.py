"""Sentences about training at home, for the therapist."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from emgfeedback.home.adherence import Adherence
from emgfeedback.home.contact import Sign
from emgfeedback.home.plan_file import HomePlan
from emgfeedback.people.values import CheckIn
from emgfeedback.ui import words
from emgfeedback.ui.kit.kit_words import unwell_note
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.home_now import REPORTED, TakenIn

_MOST_REPORTS = 2


def weeks_in_words(adherence: Adherence, wished: int) -> str:
    """Return each week with its days, as `Week 1: 4 days. Week 2: 5 days.`."""
    said = QCoreApplication.translate("HomeCard", "Week %1: %2.")
    weeks = [
        said.replace("%1", words.whole(place)).replace("%2", days_in_words(days))
        for place, days in enumerate(adherence.weeks, 1)
    ]
    ask = QCoreApplication.translate("HomeCard", "Wished: %1 a week.")
    return " ".join((*weeks, ask.replace("%1", days_in_words(wished))))


def practice_in_words(plan: HomePlan, adherence: Adherence, sessions: int) -> str:
    """Return how practice went since the plan's first day; good and bad days are normal."""
    since = person_words.day(plan.first_day)
    if not adherence.weeks:
        said = QCoreApplication.translate("HomeCard", "The plan begins on %1.")
        return said.replace("%1", since)
    if not adherence.days:
        said = QCoreApplication.translate(
            "HomeCard", "No practice is here since %1. It comes with the patient's results."
        )
        return said.replace("%1", since)
    said = QCoreApplication.translate(
        "HomeCard", "%1 with practice since %2 (%3 in all). Wished: %4 a week."
    )
    said = said.replace("%1", days_in_words(adherence.days)).replace("%2", since)
    said = said.replace("%3", sessions_in_words(sessions))
    said = said.replace("%4", days_in_words(plan.days_per_week))
    pause = QCoreApplication.translate("HomeCard", "Longest pause: %1.")
    return f"{said} {pause.replace('%1', days_in_words(adherence.longest_pause_days))}"


def days_in_words(days: int) -> str:
    """Return `1 day` or `4 days`."""
    if days == 1:
        return QCoreApplication.translate("HomeCard", "1 day")
    return QCoreApplication.translate("HomeCard", "%1 days").replace("%1", words.whole(days))


def sessions_in_words(sessions: int) -> str:
    """Return `1 session` or `4 sessions`."""
    if sessions == 1:
        return QCoreApplication.translate("HomeCard", "1 session")
    said = QCoreApplication.translate("HomeCard", "%1 sessions")
    return said.replace("%1", words.whole(sessions))


def reports_notice(reports: Sequence[CheckIn]) -> Notice | None:
    """Return what the kit reported, newest first; the most pressing sign decides the kind."""
    if not reports:
        return None
    pressing = any(value.note == unwell_note(Sign.SWALLOWING) for value in reports)
    lines = [_said(value) for value in reports[:_MOST_REPORTS]]
    if len(reports) > _MOST_REPORTS:
        more = QCoreApplication.translate("HomeCard", "And %1 before.")
        lines.append(more.replace("%1", words.whole(len(reports) - _MOST_REPORTS)))
    title = QCoreApplication.translate("HomeCard", "Reported from home")
    return Notice("bad" if pressing else "check", title, "\n".join(lines))


def _said(value: CheckIn) -> str:
    said = value.note.removeprefix(REPORTED).strip()
    return f"{person_words.day(value.on)}: {said}"


def taken_notice(taken: TakenIn, patient_id: str) -> Notice:
    """Return what a results file brought; `patient_id` is whose page is in sight."""
    back = taken.back
    title = QCoreApplication.translate("HomeCard", "Taken in: %1, %2, %3")
    title = title.replace("%1", sessions_in_words(back.sessions))
    title = title.replace("%2", check_ins_in_words(back.check_ins))
    title = title.replace("%3", recordings_in_words(back.recordings))
    lines = [_said(value) for value in taken.reports]
    if back.patient.id != patient_id:
        whose = QCoreApplication.translate("HomeCard", "They are of %1 and on that page.")
        lines.append(whose.replace("%1", back.patient.pseudonym))
    if back.known:
        known = QCoreApplication.translate("HomeCard", "%1 were here already and are not doubled.")
        lines.append(known.replace("%1", words.whole(back.known)))
    if back.first:
        lines.append(
            QCoreApplication.translate(
                "HomeCard", "The computer they come from is known from now on."
            )
        )
    return Notice("check" if taken.reports else "info", title, " ".join(lines))


def check_ins_in_words(count: int) -> str:
    """Return `1 check-in` or `4 check-ins`."""
    if count == 1:
        return QCoreApplication.translate("HomeCard", "1 check-in")
    said = QCoreApplication.translate("HomeCard", "%1 check-ins")
    return said.replace("%1", words.whole(count))


def recordings_in_words(count: int) -> str:
    """Return `1 recording` or `4 recordings`."""
    if count == 1:
        return QCoreApplication.translate("HomeCard", "1 recording")
    said = QCoreApplication.translate("HomeCard", "%1 recordings")
    return said.replace("%1", words.whole(count))
