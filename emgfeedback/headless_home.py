"""What `main.py home` does: plans and results of training at home, without a window."""

from __future__ import annotations

import argparse
import datetime as dt

from emgfeedback.core.errors import RegisterError
from emgfeedback.headless_records import Told, carry_out, find_patient, opened_folder
from emgfeedback.headless_train import plan_path
from emgfeedback.home.adherence import adherence_of
from emgfeedback.home.give import Wishes, make_plan_file
from emgfeedback.home.kit import pack_results, plan_in_force, take_plan
from emgfeedback.home.plan_file import HomePlan
from emgfeedback.home.returned import forget_kit, take_in_results
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import GivenPlan, SessionKind
from emgfeedback.training.plan import load_plan


def run(options: argparse.Namespace) -> Told:
    """Do what `options.action` asks for.

    Raises
    ------
    EmgFeedbackError
        It cannot be done; whatever is kept is as it was.
    """
    actions = {
        "make-plan": _make_plan,
        "take-plan": _take_plan,
        "status": _status,
        "send": _send,
        "receive": _receive,
        "forget-kit": _forget,
    }
    return carry_out(actions, options)


def _make_plan(folder: DataFolder, options: argparse.Namespace) -> Told:
    path = plan_path(options.plan)
    plan = load_plan(path)
    wishes = Wishes(
        contact=options.contact,
        clinic=options.clinic,
        greeting=options.greeting,
        weeks=options.weeks,
        days_per_week=options.days,
        pain_rise_stop=options.pain_rise,
    )
    with opened_folder(folder) as opened:
        patient = find_patient(opened, options.patient)
        given = GivenPlan(
            patient_id=patient.id,
            from_date=dt.date.today(),
            name=plan.name,
            title=plan.title,
            where="home",
            toml=path.read_text(encoding="utf-8"),
        )
        made = make_plan_file(
            opened.register,
            folder,
            given,
            wishes,
            options.out,
            now_utc=dt.datetime.now(dt.UTC),
            files=opened.files,
        )
        opened.register.put(given)
    return Told(
        {"file": str(options.out), **_told(made)},
        (
            f"{options.out}: {made.title}, {made.first_day} to {made.last_day}.",
            f"Write down for the patient: number of the clinic {made.clinic_number}.",
        ),
    )


def _take_plan(folder: DataFolder, options: argparse.Namespace) -> Told:
    with opened_folder(folder, may_make=True) as opened:
        plan = take_plan(
            opened.register,
            folder,
            options.file,
            today=dt.date.today(),
            clinic_number=options.number or "",
            files=opened.files,
        )
    return Told(_told(plan), (f"{plan.title}: from {plan.first_day} to {plan.last_day}.",))


def _status(folder: DataFolder, _options: argparse.Namespace) -> Told:
    with opened_folder(folder) as opened:
        plan = plan_in_force(folder, opened.files)
        if plan is None:
            raise RegisterError("There is no plan in this folder.", "Take one: `home take-plan`.")
        lines = opened.register.sessions_of(plan.patient_id, limit=1000)
    done = [line.started_utc.astimezone().date() for line in lines if line.kind is SessionKind.HOME]
    found = adherence_of(
        done, plan.first_day, min(dt.date.today(), plan.last_day), plan.days_per_week
    )
    return Told(
        {**_told(plan), "days": found.days, "wished_days": found.wished, "weeks": found.weeks},
        (
            f"{plan.title}: {found.days} days practised of {found.wished:.0f} wished so far.",
            f"From {plan.first_day} to {plan.last_day}. {plan.contact}",
        ),
    )


def _send(folder: DataFolder, options: argparse.Namespace) -> Told:
    with opened_folder(folder) as opened:
        sent = pack_results(
            opened.register,
            folder,
            options.out,
            now_utc=dt.datetime.now(dt.UTC),
            recordings=not options.no_signals,
            files=opened.files,
        )
    return Told(
        {
            "file": str(options.out),
            "number": sent.number,
            "sessions": sent.sessions,
            "check_ins": sent.check_ins,
            "recordings": sent.recordings,
            "missing": sent.missing,
        },
        (
            f"{options.out}: {sent.sessions} sessions, {sent.check_ins} check-ins, "
            f"{sent.recordings} recordings; encrypted for the clinic alone.",
            *([f"{sent.missing} recordings are not on this computer."] if sent.missing else []),
        ),
    )


def _receive(folder: DataFolder, options: argparse.Namespace) -> Told:
    with opened_folder(folder) as opened:
        back = take_in_results(
            opened.register, folder, options.file, today=dt.date.today(), files=opened.files
        )
    first = " The computer they come from is known from now on." if back.first else ""
    return Told(
        {
            "pseudonym": back.patient.pseudonym,
            "sessions": back.sessions,
            "check_ins": back.check_ins,
            "recordings": back.recordings,
            "known": back.known,
            "first": back.first,
        },
        (
            f"{back.patient.pseudonym}: {back.sessions} sessions, {back.check_ins} check-ins, "
            f"{back.recordings} recordings; {back.known} were here already.{first}",
        ),
    )


def _forget(folder: DataFolder, options: argparse.Namespace) -> Told:
    with opened_folder(folder) as opened:
        patient = find_patient(opened, options.patient)
        forget_kit(folder, patient.id, opened.files)
    return Told(
        {"pseudonym": patient.pseudonym},
        (f"The computer of {patient.pseudonym} is forgotten; make a plan for the new one.",),
    )


def _told(plan: HomePlan) -> dict[str, object]:
    return {
        "title": plan.title,
        "number": plan.number,
        "first_day": plan.first_day.isoformat(),
        "last_day": plan.last_day.isoformat(),
        "days_per_week": plan.days_per_week,
        "clinic_number": plan.clinic_number,
    }
