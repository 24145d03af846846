"""The clinic's part: make a signed plan for home out of a plan that was given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from emgfeedback.access.private_files import write_private
from emgfeedback.core.errors import RegisterError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.home import keys
from emgfeedback.home.pairing import ClinicPairing, clinic_pairing, keep
from emgfeedback.home.plan_file import (
    CHANGES,
    SUFFIX,
    Change,
    HomePlan,
    read_plan,
    write_plan,
)
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.values import GivenPlan, Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the therapist sets besides the training plan; see `plan_file.HomePlan`."""

    contact: str
    clinic: str = ""
    greeting: str = ""
    weeks: int = 4
    days_per_week: int = 5
    may_change: Sequence[Change] = CHANGES
    pain_rise_stop: int = 3


def plan_given(folder: DataFolder, patient_id: str, files: Files = PLAIN) -> HomePlan | None:
    """Return the newest plan for home that was written for a patient; None: there is none.

    Raises
    ------
    FileFormatError
        What is kept of it cannot be read.
    """
    pairing = clinic_pairing(folder, patient_id, files)
    if pairing is None or not pairing.plan:
        return None
    return read_plan(pairing.plan, "the plan that was written for home")


def make_plan_file(
    register: Register,
    folder: DataFolder,
    given: GivenPlan,
    wishes: Wishes,
    out: Path,
    *,
    now_utc: dt.datetime,
    files: Files = PLAIN,
) -> HomePlan:
    """Write the signed file of a plan that was given, and return what it says.

    The keys of the pairing are made with a patient's first plan. Each plan has a higher number
    than the one before, also after the data folder was restored from a backup.

    Parameters
    ----------
    given
        With the plan's text in `toml`.
    out
        The new file, ending in `.emgplan`.

    Raises
    ------
    RegisterError
        No such patient, a wish out of its limits, or the file exists or cannot be written.
    """
    if out.suffix != SUFFIX:
        raise RegisterError(f"{out.name} does not end in {SUFFIX}.", "Choose such a name.")
    patient = register.get(Patient, given.patient_id)
    old = clinic_pairing(folder, patient.id, files) or ClinicPairing(patient_id=patient.id)
    pairing = replace(old, plan_number=max(old.plan_number + 1, int(now_utc.timestamp())))
    plan = _plan_of(patient, given, wishes, pairing, now_utc)
    content = write_plan(plan, pairing.sign_key)
    keep(folder, pairing, files)
    try:
        write_private(out, content, replace=False)
    except OSError as error:
        raise RegisterError(
            f"{out} cannot be written: {error.strerror or error}.", "Choose another place."
        ) from error
    keep(folder, replace(pairing, plan=content), files)
    register.note("export", patient.id, {"as": "home plan", "number": plan.number})
    return plan


def _plan_of(
    patient: Patient,
    given: GivenPlan,
    wishes: Wishes,
    pairing: ClinicPairing,
    now_utc: dt.datetime,
) -> HomePlan:
    last_day = given.from_date + dt.timedelta(weeks=wishes.weeks, days=-1)
    return HomePlan(
        number=pairing.plan_number,
        patient_id=patient.id,
        code=patient.pseudonym,
        greeting=wishes.greeting.strip(),
        clinic=wishes.clinic.strip(),
        contact=wishes.contact.strip(),
        made_utc=now_utc,
        first_day=given.from_date,
        last_day=last_day,
        name=given.name,
        title=given.title,
        toml=given.toml,
        days_per_week=wishes.days_per_week,
        may_change=tuple(wishes.may_change),
        pain_rise_stop=wishes.pain_rise_stop,
        secret=pairing.secret,
        sign_key=keys.public_sign_key(pairing.sign_key),
        return_key=keys.public_return_key(pairing.return_key),
        have_results=pairing.results_number,
    )
