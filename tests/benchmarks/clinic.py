"""A clinic of years: patients, and sessions with all that belongs to one."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from emgfeedback.core.montage import Side
from emgfeedback.people.register import Register
from emgfeedback.people.values import (
    CalibrationResult,
    CheckIn,
    Injection,
    MeasureTaken,
    Patient,
    RatingGiven,
    RecordingFile,
    ScaleScore,
    Session,
    SessionKind,
    TrialResult,
    Value,
)

PATIENTS, SESSIONS = 500, 20_000
AT_ONCE = 25
"""Patients in one transaction."""
MUSCLES = ("SCM", "TRAP", "SPLENIUS")
MEASURES = ("rms_rest", "asymmetry_rest", "success_fixed", "trick_index")
# fmt: off
GIVEN = [
    "Anna", "Björn", "Chloé", "Dmitri", "Émile", "Fatima", "Gül", "Håkon", "Inés", "Jürgen",
    "Łucja", "Müge",
]
FAMILY = [
    "Abel", "Brandström", "Çelik", "Doğan", "Ekström", "Fröhlich", "Grönlund", "Łoś", "Nuñez",
    "Peña", "Straß", "Øster",
]
WORDS = [
    "headache", "tired", "slept", "well", "pull", "left", "right", "calmer", "stiff", "after",
    "work", "drove", "better",
]
# fmt: on
FIRST_DAY = dt.datetime(2019, 1, 7, 9, tzinfo=dt.UTC)


def patient(number: int, dice: random.Random) -> Patient:
    """Return a person nobody is."""
    return Patient(
        pseudonym=f"P-{number:04d}",
        name=f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}-{dice.choice(FAMILY)}",
        birth_year=dice.randint(1930, 2004),
        posture="torticaput, mild laterocaput",
        posture_side=dice.choice([Side.LEFT, Side.RIGHT]),
        note=" ".join(dice.choices(WORDS, k=12)),
    )


def session(owner: Patient, dice: random.Random) -> Iterator[Value]:
    """Return a session and all that belongs to it."""
    started = FIRST_DAY + dt.timedelta(minutes=dice.randrange(7 * 365 * 24 * 60))
    settings = {"highpass_hz": 20.0, "lowpass_hz": 450.0, "notch_hz": 50.0, "control_window_s": 0.1}
    steps = [{"step": n, "scores": [dice.random() for _ in range(6)]} for n in range(8)]
    visit = Session(
        patient_id=owner.id,
        started_utc=started,
        kind=dice.choice(list(SessionKind)),
        plan_title="Let go of the neck",
        duration_s=1500.0,
        finished=True,
        success_pct=dice.uniform(30, 90),
        setup="a1b2c3",
        settings=settings,
        summary={"version": 1, "steps": steps},
        note=" ".join(dice.choices(WORDS, k=dice.randrange(8))),
    )
    own = {"patient_id": owner.id, "session_id": visit.id}
    yield visit
    for number in range(3):
        yield TrialResult(**own, number=number, title="Relax", result={"levels": steps[number]})
    for side in (Side.LEFT, Side.RIGHT):
        yield CalibrationResult(**own, muscle="SCM", side=side, value_uv=dice.uniform(20, 90))
    for when in ("before", "after"):
        yield RatingGiven(**own, when=when, key="pain", value=dice.randrange(11))
    for key in MEASURES:
        for muscle in MUSCLES[:2]:
            yield MeasureTaken(**own, key=key, muscle=muscle, value=dice.random(), unit="uV")
    yield RecordingFile(**own, path=f"recordings/{visit.id}.bdf", started_utc=started, fs_hz=1000.0)


def fill(register: Register, patients: int = PATIENTS, sessions: int = SESSIONS) -> list[Patient]:
    """Put a clinic into a register, and return its patients."""
    dice = random.Random(1)
    people = register.put_all([patient(number, dice) for number in range(patients)])
    for start in range(0, patients, AT_ONCE):
        values: list[Value] = []
        for person in people[start : start + AT_ONCE]:
            values += treatments(person, dice)
            for _ in range(sessions // patients):
                values += session(person, dice)
        register.put_all(values)
    return people


def treatments(person: Patient, dice: random.Random) -> Iterator[Value]:
    """Return two years of injections, scales and check-ins."""
    for week in range(0, 96, 12):
        own = {"patient_id": person.id, "on": FIRST_DAY.date() + dt.timedelta(weeks=week)}
        yield Injection(**own, units=100.0)
        yield ScaleScore(**own, scale="tsui", total=9.0)
        yield CheckIn(**own, pain=dice.randrange(11))
