"""Twelve made-up people with a year of sessions, kept through the register."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

from emgfeedback.core.montage import Side
from emgfeedback.people.database import Database
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import (
    CheckIn,
    GivenPlan,
    Injection,
    MeasureTaken,
    Patient,
    Placement,
    RatingGiven,
    ScaleScore,
    Session,
    SessionKind,
    Value,
)
from emgfeedback.training.plan import find_plan, load_plan

PEOPLE = (
    ("P-0417", "Marta Lindqvist", 1971, "torticaput, mild laterocaput", Side.RIGHT, 2019),
    ("P-0418", "Jonas Weber", 1964, "torticollis", Side.LEFT, 2015),
    ("P-0419", "Aino Virtanen", 1958, "laterocaput", Side.RIGHT, 2011),
    ("P-0420", "Piotr Nowak", 1982, "torticaput with tremor", Side.LEFT, 2021),
    ("P-0421", "Inês Almeida", 1969, "retrocaput", None, 2017),
    ("P-0422", "Tomáš Dvořák", 1977, "torticaput, after whiplash", Side.RIGHT, 2022),
    ("P-0423", "Elena Rossi", 1955, "laterocollis, shoulder raised", Side.LEFT, 2008),
    ("P-0424", "Noor de Vries", 1990, "torticaput", Side.RIGHT, 2023),
    ("P-0425", "Hanna Berg", 1961, "antecaput", None, 2014),
    ("P-0426", "Luc Moreau", 1974, "torticollis, mild", Side.LEFT, 2018),
    ("P-0427", "Yusuf Kaya", 1985, "laterocaput, laterocollis", Side.RIGHT, 2020),
    ("P-0428", "Olga Petrova", 1967, "", None, 2024),
)
NOTES = ("", "", "slept badly", "", "new pillow", "trick helped", "", "")
PLANS = ("relax-scm-trapezius", "retrain-turn-away", "symmetry-midline")


def fill(register: Register, today: dt.date) -> list[Patient]:
    """Keep twelve made-up people and their sessions; return them, the one seen last first."""
    chance = random.Random(4)
    people = []
    for place, (pseudonym, name, born, posture, side, since) in enumerate(PEOPLE):
        patient = Patient(
            pseudonym=pseudonym,
            name=name,
            birth_year=born,
            posture=posture,
            posture_side=side,
            onset=dt.date(since, 1 + place % 12, 1),
        )
        people.append(patient)
        values: list[Value] = [patient]
        if place < len(PEOPLE) - 1:
            values += _treatment(patient, today, 49 + 5 * place, chance)
            values += _sessions(patient, today, place, 16 - place, chance)
        register.put_all(values)
    return people


def _treatment(patient: Patient, today: dt.date, days: int, chance: random.Random) -> list[Value]:
    of = {"patient_id": patient.id}
    injected = [today - dt.timedelta(days=days + back) for back in (0, 84, 171)]
    values: list[Value] = [
        Injection(
            on=on,
            product="onabotulinumtoxinA",
            muscles="L SCM, R splenius, R trapezius",
            units=180 + 10 * n,
            **of,
        )
        for n, on in enumerate(injected)
    ]
    for n, total in enumerate((31, 38, 36)):
        values.append(
            ScaleScore(on=injected[n] + dt.timedelta(days=35), scale="twstrs", total=total, **of)
        )
    values.append(ScaleScore(on=injected[0], scale="tsui", total=9, **of))
    plan = load_plan(find_plan(PLANS[0]))
    home = load_plan(find_plan("home-15-minutes"))
    for given, where in ((plan, "clinic"), (home, "home")):
        values.append(
            GivenPlan(from_date=injected[0], name=given.name, title=given.title, where=where, **of)
        )
    for muscle, side in (("scm", Side.LEFT), ("scm", Side.RIGHT), ("trapezius", Side.LEFT)):
        values.append(
            Placement(
                on=today - dt.timedelta(days=days),
                muscle=muscle,
                side=side,
                site="lower third, over the sternal head" if muscle == "scm" else "C7 to acromion",
                spacing_mm=20,
                sensor="two pads, active",
                gain=1000,
                **of,
            )
        )
    for back in range(14):
        practised = chance.random() < 0.7
        on = today - dt.timedelta(days=back)
        values.append(CheckIn(on=on, practised=practised, pain=chance.randint(2, 5), **of))
    return values


def _sessions(
    patient: Patient, today: dt.date, place: int, count: int, chance: random.Random
) -> list[Value]:
    values: list[Value] = []
    level = 15.0 + chance.uniform(-2, 4)
    for n in range(count):
        back = place + 18 * (count - 1 - n)
        at_home = n % 3 == 2
        plan = load_plan(find_plan("home-15-minutes" if at_home else PLANS[n % 3]))
        started = dt.datetime.combine(
            today - dt.timedelta(days=back), dt.time(8 + n % 6, 10 * (n % 6)), dt.UTC
        )
        level += chance.uniform(-2.2, 1.4)
        level = max(level, 4.0)
        success = min(95.0, 62 + 1.6 * n + chance.uniform(-6, 6))
        session = Session(
            patient_id=patient.id,
            started_utc=started,
            kind=SessionKind.HOME if at_home else SessionKind.VISIT,
            plan=plan.name,
            plan_title=plan.title,
            duration_s=60 * plan.minutes,
            finished=True,
            success_pct=success,
            fixed_pct=min(98.0, success + 9),
            excluded_pct=chance.choice([0.0, 1.0, 2.0, 3.0, 6.0]),
            setup="sensors of spring" if n < count - 6 else "sensors of autumn",
            note=NOTES[n % len(NOTES)],
        )
        values += [session, *_measures(session, level, chance)]
    return values


def _measures(session: Session, level: float, chance: random.Random) -> list[Value]:
    of = {"patient_id": session.patient_id, "session_id": session.id}
    kept: list[Value] = []
    for muscle, share in (("scm", 1.0), ("trapezius", 0.8)):
        right = level * share * chance.uniform(0.4, 0.6)
        for side, value in ((Side.LEFT, level * share), (Side.RIGHT, right)):
            place = {"muscle": muscle, "side": side, "posture": "seated"}
            kept.append(
                MeasureTaken(
                    key="rest_of_reference",
                    value=value,
                    unit="%",
                    conditions="HP 30 Hz o4, LP 400 Hz o4; of own reference contraction",
                    **place,
                    **of,
                )
            )
            kept.append(
                MeasureTaken(
                    key="rest",
                    value=0.62 * value,
                    unit="uV",
                    conditions="HP 30 Hz o4, LP 400 Hz o4",
                    **place,
                    **of,
                )
            )
        difference = 100 * (level * share - right) / (level * share + right)
        kept.append(
            MeasureTaken(
                key="asymmetry_rest", muscle=muscle, value=difference, unit="%",
                posture="seated", **of,
            )
        )  # fmt: skip
    kept.append(MeasureTaken(key="success", muscle="", value=session.success_pct, unit="%", **of))
    kept += [
        RatingGiven(when="before", key="pain", value=chance.randint(3, 6), **of),
        RatingGiven(when="after", key="pain", value=chance.randint(1, 4), **of),
    ]
    return kept


def filled_folder(root: Path, today: dt.date) -> list[Patient]:
    """Make a data folder with twelve people; return them."""
    database = Database.open(root)
    people = fill(Register(database, who="Dr Berg", role=Role.CLINICIAN), today)
    database.close()
    return people
