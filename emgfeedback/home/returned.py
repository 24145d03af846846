"""The clinic's part when results come back: who sent them, were they changed, what is new."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from emgfeedback.core.errors import AccessError, FileFormatError, RegisterError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.home import keys
from emgfeedback.home.kit import PARTS
from emgfeedback.home.pairing import ClinicPairing, clinic_pairing, keep
from emgfeedback.home.plan_file import is_plain_id
from emgfeedback.home.results_file import ResultsFile
from emgfeedback.people.archive import VALUES, place_files, settled, values_in
from emgfeedback.people.folder import DataFolder, content_name
from emgfeedback.people.package import Package
from emgfeedback.people.register import Register
from emgfeedback.people.values import (
    CheckIn,
    OfPatient,
    OfSession,
    Patient,
    RecordingFile,
    Session,
    SessionKind,
    Value,
)


@dataclass(frozen=True, slots=True)
class Returned:
    """What a results file brought.

    Attributes
    ----------
    first
        Whether it was this kit's first file: the kit is known from now on.
    known
        Sessions and check-ins that were here already.
    """

    patient: Patient
    sessions: int
    check_ins: int
    recordings: int
    known: int
    first: bool


def take_in_results(
    register: Register,
    folder: DataFolder,
    path: Path,
    *,
    today: dt.date,
    files: Files = PLAIN,
) -> Returned:
    """Take a kit's results into the register, all that is new or nothing.

    Raises
    ------
    FileFormatError
        No results file, changed or cut off, for another clinic, or holds what a kit never sends.
    AccessError
        It does not come from the kit this clinic made a plan for.
    RegisterError
        It was taken in before or is older than what was; the person is not here; the disk is
        too small.
    """
    results = ResultsFile(path)
    pairing = _paired(folder, results, files)
    if not register.knows(Patient, pairing.patient_id):
        raise RegisterError("The person these results belong to is not here any more.", "")
    patient = register.get(Patient, pairing.patient_id)
    with results.opened(pairing.return_key, folder.root) as package:
        package.check()
        values = _own(package, path, patient)
        new = _new(register, values)
        _put(register, folder, package, new, files)
    keep(folder, _after(pairing, results, today), files)
    owners = [value for value in values if isinstance(value, Session | CheckIn)]
    fresh = {value.id for value in new}
    sessions, check_ins, recordings = (
        sum(isinstance(v, kind) for v in new) for kind in (Session, CheckIn, RecordingFile)
    )
    return Returned(
        patient,
        sessions,
        check_ins,
        recordings,
        known=sum(value.id not in fresh for value in owners),
        first=not pairing.kit_key,
    )


def _paired(folder: DataFolder, results: ResultsFile, files: Files) -> ClinicPairing:
    """Return the pairing a file belongs to. Raises AccessError, RegisterError where it does not."""
    head = results.head
    plain = is_plain_id(head.patient_id)
    pairing = clinic_pairing(folder, head.patient_id, files) if plain else None
    if pairing is None:
        raise AccessError(
            f"{results.path.name} comes from a kit this clinic made no plan for.",
            "Open it in the clinic that did, or restore the backup that knows the plan.",
        )
    if not keys.is_proof(pairing.secret, head.proved, head.proof):
        raise AccessError(
            f"{results.path.name} does not prove that it comes from the kit the plan was made for.",
            "Ask the patient to send the results again from their own computer.",
        )
    if pairing.kit_key and pairing.kit_key != head.kit_key:
        raise AccessError(
            f"{results.path.name} comes from another computer than this person's results before.",
            "Where they have a new computer, forget the old one on their page and make a new plan.",
        )
    if head.number <= pairing.results_number:
        again = results.sha256 == pairing.results_sha256
        raise RegisterError(
            f"{results.path.name} was taken in on {pairing.results_on} already."
            if again
            else f"{results.path.name} is older than results taken in on {pairing.results_on}.",
            "Nothing is missing: newer results hold the older ones. Ask for new ones.",
        )
    return pairing


def _own(package: Package, path: Path, patient: Patient) -> list[OfPatient]:
    """Return the values a kit may send. Raises FileFormatError where there are others."""
    if VALUES not in package.members:
        raise FileFormatError(f"{path.name} holds no values.", "Ask for it again.")
    told, *values = values_in(package, path)
    own = [value for value in values if isinstance(value, OfPatient)]
    sessions = {value.id for value in own if isinstance(value, Session)}
    homely = all(v.kind is SessionKind.HOME for v in own if isinstance(v, Session))
    allowed = all(isinstance(value, (Session, CheckIn, *PARTS)) for value in own)
    owned = all(v.session_id in sessions for v in own if isinstance(v, OfSession))
    named = all(
        content_name(v.path) in package.members for v in own if isinstance(v, RecordingFile)
    )
    if told.id != patient.id or not (homely and allowed and owned and named):
        raise FileFormatError(
            f"{path.name} holds more than practice at home.",
            "Nothing was taken from it. Tell the clinic's technician.",
        )
    return own


def _new(register: Register, values: list[OfPatient]) -> list[OfPatient]:
    """Return what never was here.

    What belongs to a session somebody removed stays out, and what is added to a visit.
    """
    new = [value for value in values if not register.knows(type(value), value.id)]
    fresh = {value.id for value in new}
    here = register.all_of(Session, values[0].patient_id) if values else []
    there = fresh | {session.id for session in here if session.kind is SessionKind.HOME}
    return [v for v in new if not isinstance(v, OfSession) or v.session_id in there]


def _put(
    register: Register,
    folder: DataFolder,
    package: Package,
    new: list[OfPatient],
    files: Files,
) -> None:
    wanted = {
        content_name(v.path).removesuffix(".bdf") for v in new if isinstance(v, RecordingFile)
    }
    names = [n for n in package.members if any(f"{n}.".startswith(f"{s}.") for s in wanted)]
    package.need_space(folder.root)
    placed: list[Path] = []
    try:
        here = place_files(package, folder, placed, files, only=names)
        values: list[Value] = [settled(value, here) for value in new]
        if values:
            register.put_all(values)
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        raise


def _after(pairing: ClinicPairing, results: ResultsFile, today: dt.date) -> ClinicPairing:
    return replace(
        pairing,
        kit_key=results.head.kit_key,
        results_number=results.head.number,
        results_sha256=results.sha256,
        results_on=today.isoformat(),
    )


def forget_kit(folder: DataFolder, patient_id: str, files: Files = PLAIN) -> None:
    """Forget a patient's computer; the next plan made for them may go to a new one.

    Its results begin to count anew: the clock of the old one may have been ahead. What the old
    one sent does not pass any more, it does not know the new secret.

    Raises
    ------
    RegisterError
        There is no pairing, or it cannot be written.
    """
    pairing = clinic_pairing(folder, patient_id, files)
    if pairing is None:
        raise RegisterError("No plan for home was made for this person.", "")
    fresh = replace(pairing, kit_key=b"", secret=keys.new_secret(), results_number=0)
    keep(folder, fresh, files)
