"""A clinic and a patient's computer: two data folders that never meet but through files."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from emgfeedback.core.files import PLAIN, Files
from emgfeedback.home.give import Wishes, make_plan_file
from emgfeedback.home.kit import take_plan
from emgfeedback.home.plan_file import HomePlan
from emgfeedback.people.filing import file_session
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.values import CheckIn, GivenPlan, Patient, Session, SessionKind
from tests.people.kept import open_kept
from tests.people.recorded_session import PLAN, record_session

TODAY = dt.date(2026, 3, 10)
NOW = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
CALL = "Call 0123 456 if pain rises, or at once if swallowing gets hard."


@dataclass
class Place:
    """A data folder with its open register."""

    register: Register
    folder: DataFolder
    files: Files = PLAIN

    @classmethod
    def at(cls, root: Path) -> Place:
        return cls(open_kept(root), DataFolder(root))

    def close(self) -> None:
        self.register.database.close()


def add_patient(clinic: Place, code: str = "P-1") -> Patient:
    return clinic.register.put(Patient(pseudonym=code, name="Ada Quillfeather", note="private"))


def hand_out(
    clinic: Place, patient: Patient, out: Path, now: dt.datetime = NOW, toml: str = PLAN
) -> HomePlan:
    given = GivenPlan(
        patient_id=patient.id,
        from_date=TODAY,
        name="short-visit",
        title="Short visit",
        where="home",
        toml=toml,
    )
    wishes = Wishes(contact=CALL, clinic="Neck Clinic", greeting="Ada", weeks=4)
    return make_plan_file(
        clinic.register, clinic.folder, given, wishes, out, now_utc=now, files=clinic.files
    )


def pair(clinic: Place, kit: Place, stick: Path) -> Patient:
    """Give a first plan and take it at home."""
    patient = add_patient(clinic)
    file = stick / "plan.emgplan"
    plan = hand_out(clinic, patient, file)
    take_plan(
        kit.register,
        kit.folder,
        file,
        today=TODAY,
        clinic_number=plan.clinic_number,
        files=kit.files,
    )
    return patient


def practise(kit: Place, patient_id: str, stem: str = "2026-03-10_080706") -> Session:
    """File a session at home with its recording, and a check-in."""
    bdf, summary = record_session(kit.folder, stem)
    kit.register.put(CheckIn(patient_id=patient_id, on=TODAY, pain=3, note="slept badly"))
    return file_session(
        kit.register,
        kit.folder,
        patient_id=patient_id,
        kind=SessionKind.HOME,
        recording=bdf,
        summary=summary,
        files=kit.files,
    )
