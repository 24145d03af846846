"""The kit's part: take a plan, practise, send the results back."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from emgfeedback.access.private_files import private_folder, write_private
from emgfeedback.core.errors import AccessError, RegisterError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.home.pairing import KitPairing, clinic_pairing, keep, kit_pairing
from emgfeedback.home.plan_file import HomePlan, content_of, read_plan
from emgfeedback.home.results_file import new_results
from emgfeedback.people.archive import VALUES, add_recording
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.plain import to_plain
from emgfeedback.people.register import Register
from emgfeedback.people.values import (
    CalibrationResult,
    CheckIn,
    GivenPlan,
    MeasureTaken,
    OfPatient,
    OfSession,
    Patient,
    RatingGiven,
    RecordingFile,
    Session,
    SessionKind,
    TrialResult,
    Value,
)
from emgfeedback.training.plan import load_plan

PARTS: tuple[type[OfSession], ...] = (
    TrialResult,
    CalibrationResult,
    RatingGiven,
    MeasureTaken,
    RecordingFile,
)
"""What belongs to a session and goes back with it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What went into a results file; `missing` recordings are not on this computer any more."""

    number: int
    sessions: int
    check_ins: int
    recordings: int
    missing: int = 0


def plan_in_force(folder: DataFolder, files: Files = PLAIN) -> HomePlan | None:
    """Return the plan this kit practises by; None: none was taken yet.

    Raises
    ------
    FileFormatError
        What is kept of it cannot be read, or was changed.
    """
    pairing = kit_pairing(folder, files)
    return None if pairing is None else read_plan(pairing.plan, "the plan on this computer")


def training_file(folder: DataFolder, plan: HomePlan, files: Files) -> Path:
    """Return where the training of a plan that was taken lies, for who runs it."""
    return folder.plans / f"home-{plan.number}.toml{files.suffix}"


def take_plan(
    register: Register,
    folder: DataFolder,
    path: Path,
    *,
    today: dt.date,
    clinic_number: str = "",
    files: Files = PLAIN,
) -> HomePlan:
    """Take a therapist's plan file; from then on it is the plan in force.

    Parameters
    ----------
    clinic_number
        Needed with the first plan: the number the patient compared, `HomePlan.clinic_number`.

    Raises
    ------
    FileFormatError
        No plan file, or one that was changed.
    AccessError
        Another clinic signed it, or its number was not compared; it is another person's; this
        is the data folder of the clinic that made it.
    RegisterError
        It is older than the one in force, or over.
    ConfigError
        Its training plan cannot be run by this version of the app.
    """
    content = content_of(path)
    plan = read_plan(content, path.name)
    known = kit_pairing(folder, files)
    _judge(plan, known, clinic_number, today)
    if clinic_pairing(folder, plan.patient_id, files) is not None:
        raise AccessError(
            "This computer made the plan itself; it is for the patient's computer.",
            "To try it here, begin with an empty data folder.",
        )
    toml = _put_toml(folder, plan, files)
    if known is None:
        pairing = KitPairing(
            patient_id=plan.patient_id,
            clinic_key=plan.sign_key,
            return_key=plan.return_key,
            secret=plan.secret,
            plan=content,
            plan_number=plan.number,
        )
    else:
        pairing = replace(
            known,
            return_key=plan.return_key,
            secret=plan.secret,
            plan=content,
            plan_number=plan.number,
        )
    _put_given(register, plan)
    keep(folder, pairing, files)
    _drop_others(folder, toml)
    return plan


def pack_results(
    register: Register,
    folder: DataFolder,
    out: Path,
    *,
    now_utc: dt.datetime,
    recordings: bool = True,
    files: Files = PLAIN,
) -> Sent:
    """Write what the clinic does not have yet into one encrypted file.

    Results that were sent and not acknowledged by the plan in force go along again: a lost
    file loses nothing, nor does a clinic that went back to a backup. A recording whose file is
    gone stays behind and is counted; the rest goes.

    Parameters
    ----------
    out
        The new file.
    recordings
        Whether signals go along; without them a file is small enough for any mail, and the
        signals go with a later file.

    Raises
    ------
    RegisterError
        There is no plan, nothing to send, or `out` cannot be written.
    """
    pairing = kit_pairing(folder, files)
    if pairing is None:
        raise RegisterError("There is no plan on this computer.", "Take your therapist's plan.")
    have = read_plan(pairing.plan, "the plan on this computer").have_results
    unsent = _unsent(register, pairing, have, recordings=recordings)
    values = [value for value in unsent if _is_here(folder, value)]
    if not values:
        raise RegisterError("Everything was sent, and there is nothing new.", "Practise first.")
    number = max(pairing.results_number + 1, int(now_utc.timestamp()))
    with new_results(
        out,
        patient_id=pairing.patient_id,
        number=number,
        return_key=pairing.return_key,
        secret=pairing.secret,
        sign_key=pairing.sign_key,
    ) as package:
        patient = register.get(Patient, pairing.patient_id)
        plain = [
            {"kind": type(value).__name__, "value": to_plain(value)} for value in (patient, *values)
        ]
        package.add_bytes(VALUES, msgspec.json.encode(plain))
        for value in values:
            if isinstance(value, RecordingFile):
                add_recording(package, folder, value, files)
    # What did not go along this time counts as never sent: the number of a file without signals
    # says nothing of the signals in an earlier one.
    went = {value.id for value in values}
    before = {i: n for i, n in pairing.sent.items() if i in went or n <= have}
    sent = {**dict.fromkeys(went, number), **before}
    keep(folder, replace(pairing, results_number=number, sent=sent), files)
    n_sessions, n_check_ins, n_recordings = (
        sum(isinstance(v, kind) for v in values) for kind in (Session, CheckIn, RecordingFile)
    )
    return Sent(number, n_sessions, n_check_ins, n_recordings, len(unsent) - len(values))


def _is_here(folder: DataFolder, value: OfPatient) -> bool:
    return not isinstance(value, RecordingFile) or folder.path_of(value.path).exists()


def _judge(plan: HomePlan, known: KitPairing | None, clinic_number: str, today: dt.date) -> None:
    if known is None and clinic_number != plan.clinic_number:
        raise AccessError(
            f"The clinic's number {plan.clinic_number} was not compared.",
            "Compare it with the number on your therapist's sheet first.",
        )
    if known is not None and known.clinic_key != plan.sign_key:
        raise AccessError(
            f"Another clinic signed this plan (number {plan.clinic_number}).",
            "Ask your clinic. Where you changed clinics, begin with an empty data folder.",
        )
    if known is not None and known.patient_id != plan.patient_id:
        raise AccessError("This plan was made for another person.", "Ask your clinic for yours.")
    if known is not None and plan.number < known.plan_number:
        raise RegisterError(
            f"This plan of {plan.made_utc:%Y-%m-%d} is older than the one you have.",
            "Keep practising by the newer one.",
        )
    if plan.last_day < today:
        raise RegisterError(
            f"This plan ended on {plan.last_day}.", "Ask your therapist for a new one."
        )


def _put_toml(folder: DataFolder, plan: HomePlan, files: Files) -> Path:
    """Write the training plan to disk, after it was found one that can be run."""
    private_folder(folder.plans)
    path = training_file(folder, plan, files)
    draft = folder.plans / f".home-{os.getpid()}.toml{files.suffix}"
    try:
        write_private(draft, files.wrap(plan.toml.encode()), replace=True)
        load_plan(draft, files)
        draft.replace(path)
    except OSError as error:
        raise RegisterError(
            f"{path} cannot be written: {error.strerror or error}.", "Free some space; try again."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return path


def _drop_others(folder: DataFolder, kept: Path) -> None:
    """Remove the training plans of earlier files: the file in force holds the only one to run."""
    for path in folder.plans.glob("home-*.toml*"):
        if path != kept:
            path.unlink(missing_ok=True)


def _put_given(register: Register, plan: HomePlan) -> None:
    """Bring the register to the plan: the person, and the one plan for home."""
    values: list[Value] = []
    if not register.knows(Patient, plan.patient_id):
        values.append(Patient(id=plan.patient_id, pseudonym=plan.code, name=plan.greeting))
    for old in register.all_of(GivenPlan, plan.patient_id):
        if old.active and old.where == "home":
            values.append(replace(old, active=False))
    values.append(
        GivenPlan(
            patient_id=plan.patient_id,
            from_date=plan.first_day,
            name=plan.name,
            title=plan.title,
            where="home",
            toml=plan.toml,
        )
    )
    register.put_all(values)


def _unsent(
    register: Register, pairing: KitPairing, have: int, *, recordings: bool
) -> list[OfPatient]:
    """Return what the clinic has not said it has, sessions before what belongs to them.

    A session goes along with anything of it, also where the clinic has it: nothing comes alone.
    """
    mine = pairing.patient_id
    home = [s for s in register.all_of(Session, mine) if s.kind is SessionKind.HOME]
    values: list[OfPatient] = [*home, *register.all_of(CheckIn, mine)]
    parts: Sequence[type[OfSession]] = PARTS if recordings else PARTS[:-1]
    ids = {session.id for session in home}
    for kind in parts:
        values += [value for value in register.all_of(kind, mine) if value.session_id in ids]
    fresh = [value for value in values if pairing.sent.get(value.id, have + 1) > have]
    wanted = {value.id for value in fresh}
    wanted |= {value.session_id for value in fresh if isinstance(value, OfSession)}
    return [value for value in values if value.id in wanted]
