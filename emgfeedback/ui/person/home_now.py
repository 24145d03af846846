"""All that the card of training at home shows, and what it asks the register to do.

Every function runs on the thread of the register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgfeedback.core.errors import EmgFeedbackError, RegisterError
from emgfeedback.core.files import Files
from emgfeedback.home.adherence import Adherence, adherence_of
from emgfeedback.home.plan_file import HomePlan
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import CheckIn, GivenPlan, Patient, SessionKind
from emgfeedback.training.plan import find_plan, load_plan
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.next_card import plan_text
from emgfeedback.ui.person.person_now import HOME, MOST_SESSIONS, plan_in_force

if TYPE_CHECKING:
    from emgfeedback.home.returned import Returned
    from emgfeedback.people.register import Register

USUAL_PLAN = "home-15-minutes"
REPORTS_SHOWN = dt.timedelta(weeks=12)
"""How long a reported sign stays in sight: what comes after an injection may come weeks later."""
REPORTED = "Reported:"
"""What the note of a sign that a kit reports begins with."""


@dataclass(frozen=True, slots=True)
class HomeNow:
    """Training at home of one person.

    Attributes
    ----------
    plan
        The newest that was written for home; None: none was.
    training
        Title of what the next one would hold.
    adherence
        Since the plan's first day; None without a plan.
    sessions
        At home since the plan's first day.
    reports
        Check-ins of the last weeks by which the kit reported a sign, newest first.
    results_on
        Day (ISO) of the newest results taken in, or empty.
    paired
        Whether the patient's computer is known.
    """

    patient_id: str
    pseudonym: str
    plan: HomePlan | None
    training: str
    adherence: Adherence | None
    sessions: int
    reports: tuple[CheckIn, ...]
    results_on: str
    paired: bool


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a results file brought, and which signs were new in it."""

    back: Returned
    reports: tuple[CheckIn, ...]


def home_now(
    register: Register, folder: DataFolder, files: Files, patient_id: str, today: dt.date
) -> HomeNow:
    """Return what is shown of a patient."""
    from emgfeedback.home.give import plan_given  # noqa: PLC0415 - loads the database
    from emgfeedback.home.pairing import clinic_pairing  # noqa: PLC0415 - loads the database

    plan = plan_given(folder, patient_id, files)
    pairing = clinic_pairing(folder, patient_id, files)
    adherence, sessions = None, 0
    if plan is not None:
        days = [
            person_words.local(line.started_utc).date()
            for line in register.sessions_of(patient_id, MOST_SESSIONS)
            if line.kind is SessionKind.HOME
        ]
        last = min(today, plan.last_day)
        adherence = adherence_of(days, plan.first_day, last, plan.days_per_week)
        sessions = sum(plan.first_day <= day <= last for day in days)
    given = plan_in_force(register.all_of(GivenPlan, patient_id), HOME)
    return HomeNow(
        patient_id=patient_id,
        pseudonym=register.get(Patient, patient_id).pseudonym,
        plan=plan,
        training=given.title if given is not None else load_plan(find_plan(USUAL_PLAN)).title,
        adherence=adherence,
        sessions=sessions,
        reports=_reports(register, patient_id, today - REPORTS_SHOWN),
        results_on=pairing.results_on if pairing is not None else "",
        paired=pairing is not None and bool(pairing.kit_key),
    )


def make_plan(
    register: Register,
    folder: DataFolder,
    files: Files,
    patient_id: str,
    wished: Mapping[str, Any],
    plans: Sequence[Path],
    out: Path,
    now_utc: dt.datetime,
) -> HomePlan:
    """Write the plan's file, and keep that it was given where no plan for home was.

    Parameters
    ----------
    wished
        Fields of `home.give.Wishes`.
    plans
        Files of plans that can be given.

    Raises
    ------
    EmgFeedbackError
        A wish out of its limits, or it cannot be written.
    """
    from emgfeedback.home.give import Wishes, make_plan_file  # noqa: PLC0415 - loads the database

    before = plan_in_force(register.all_of(GivenPlan, patient_id), HOME)
    given = _with_text(before, patient_id, plans, files)
    given = replace(given, from_date=person_words.local(now_utc).date())
    made = make_plan_file(
        register, folder, given, Wishes(**wished), out, now_utc=now_utc, files=files
    )
    if before is None:
        register.put(given)
    elif not before.toml:
        register.put(replace(before, toml=given.toml))
    return made


def take_results(
    register: Register, folder: DataFolder, files: Files, path: Path, today: dt.date
) -> TakenIn:
    """Take a results file in, and return what came with it. Raises as `take_in_results` does."""
    from emgfeedback.home.results_file import ResultsFile  # noqa: PLC0415 - with the one below
    from emgfeedback.home.returned import take_in_results  # noqa: PLC0415 - loads the database

    sender = ResultsFile(path).head.patient_id
    known = {value.id for value in register.all_of(CheckIn, sender)}
    back = take_in_results(register, folder, path, today=today, files=files)
    reports = _reports(register, back.patient.id, dt.date.min)
    return TakenIn(back, tuple(value for value in reports if value.id not in known))


def _with_text(
    before: GivenPlan | None, patient_id: str, plans: Sequence[Path], files: Files
) -> GivenPlan:
    """Return the plan given for home with its text, or the usual one."""
    if before is not None and before.toml:
        return before
    wanted = before.name if before is not None else USUAL_PLAN
    for path in plans:
        try:
            plan = load_plan(path, files)
            text = plan_text(path, files)
        except (EmgFeedbackError, OSError):  # the page of plans tells which one cannot be read
            continue
        if plan.name == wanted:
            given = before or GivenPlan(patient_id=patient_id, from_date=dt.date.min, where=HOME)
            return replace(given, name=plan.name, title=plan.title, toml=text)
    raise RegisterError(
        f"The text of the plan {wanted!r} is not here.", "Choose another plan at home."
    )


def _reports(register: Register, patient_id: str, since: dt.date) -> tuple[CheckIn, ...]:
    found = [
        value
        for value in register.all_of(CheckIn, patient_id)
        if value.note.startswith(REPORTED) and value.on >= since
    ]
    return tuple(sorted(found, key=lambda value: value.on, reverse=True))
