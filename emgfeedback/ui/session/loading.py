"""What the page of a session asks of the register, and what it changes there."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emgfeedback.core.errors import EmgFeedbackError, RegisterError
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.roles import Role
from emgfeedback.people.values import (
    Injection,
    Patient,
    Placement,
    RecordingFile,
    Session,
    SessionWhole,
)

if TYPE_CHECKING:
    from emgfeedback.core.files import Files
    from emgfeedback.exchange.session_share import SharedSession
    from emgfeedback.people.register import Register
    from emgfeedback.reports.clinic import Clinic
    from emgfeedback.reports.page import Page

_ENTRIES = 2000
"""How far back the audit is read to find the change just made."""


@dataclass(frozen=True, slots=True)
class RecordingPlace:
    """A recording of a session and where it lies; `path` is None where the file is missing."""

    row: RecordingFile
    path: Path | None
    why_missing: str = ""


@dataclass(frozen=True, slots=True)
class SessionShown:
    """Everything the page of a session shows.

    Attributes
    ----------
    patient
        Whose it is; None: not given to anybody.
    may_change
        Whether who asks may change it: clinicians may, patients look.
    """

    whole: SessionWhole
    patient: Patient | None
    recordings: tuple[RecordingPlace, ...]
    may_change: bool


def load(register: Register, session_id: str) -> SessionShown:
    """Return a session with its person and the places of its files.

    Raises
    ------
    RegisterError
        It was removed, or never was.
    """
    whole = register.session(session_id)
    folder = DataFolder(register.database.data_dir)
    return SessionShown(
        whole=whole,
        patient=_patient_of(register, whole.session),
        recordings=tuple(_place(folder, row) for row in whole.recordings),
        may_change=register.role is Role.CLINICIAN,
    )


def keep_note(register: Register, session: Session, note: str) -> int:
    """Keep a new note of a session and return the number that takes it back.

    Raises
    ------
    ConflictError
        Somebody changed the session since it was read.
    """
    register.put(dataclasses.replace(session, note=note))
    return last_change(register, session.id)


def give(register: Register, session: Session, patient: Patient) -> int:
    """Give a session to a person and return the number that takes it back."""
    register.put(dataclasses.replace(session, patient_id=patient.id))
    return last_change(register, session.id)


def report_page(register: Register, session_id: str, files: Files, clinic: Clinic) -> Page:
    """Return the page of a session's report, compared with the session before it.

    Raises
    ------
    EmgFeedbackError
        The session or its recording cannot be read.
    """
    from emgfeedback.records.reader import open_recording  # noqa: PLC0415 - only for a report
    from emgfeedback.reports.content import session_report, source_of  # noqa: PLC0415 - as above

    whole = register.session(session_id)
    patient = _patient_of(register, whole.session)
    folder = DataFolder(register.database.data_dir)
    source = None
    for place in (_place(folder, row) for row in whole.recordings):
        if place.path is not None:
            with open_recording(place.path, files) as recording:
                source = source_of(recording, place.row.sha256)
            break
    of_person = patient is not None
    return session_report(
        whole,
        patient,
        previous=_session_before(register, whole.session) if of_person else None,
        injections=register.all_of(Injection, patient.id) if patient is not None else (),
        placements=register.all_of(Placement, patient.id) if patient is not None else (),
        source=source,
        clinic=clinic,
    )


def fhir_of(register: Register, session_id: str, files: Files) -> SharedSession:
    """Return a session as others may see it, and note in the audit that it leaves.

    Raises
    ------
    EmgFeedbackError
        It is nobody's yet, or its recording cannot be read.
    """
    from emgfeedback.exchange.session_share import (  # noqa: PLC0415 - loads the report
        gather_session,
        note_fhir,
    )

    shared = gather_session(register, session_id, files)
    note_fhir(register, shared)
    return shared


def write_fhir(shared: SharedSession, out: Path) -> Path:
    """Write a session as FHIR to the new file `out`, with its report.

    Raises
    ------
    EmgFeedbackError
        `out` exists or cannot be written; nothing is left behind.
    """
    shared.write(out)
    return out


def write_report(page: Page, out: Path) -> Path:
    """Write a report to the new file `out`: a PDF or HTML, by its suffix.

    Raises
    ------
    EmgFeedbackError
        `out` exists, cannot be written, or has another suffix; nothing is left behind.
    """
    from emgfeedback.reports.save import save_report  # noqa: PLC0415 - loads the typesetter

    save_report(page, out)
    return out


def _session_before(register: Register, session: Session) -> SessionWhole | None:
    lines = register.sessions_of(session.patient_id)
    alike = [
        line
        for line in lines
        if line.started_utc < session.started_utc and line.kind is session.kind
    ]
    return register.session(alike[0].id) if alike else None


def _patient_of(register: Register, session: Session) -> Patient | None:
    return register.get(Patient, session.patient_id) if session.patient_id else None


def _place(folder: DataFolder, row: RecordingFile) -> RecordingPlace:
    try:
        path = folder.path_of(row.path)
    except EmgFeedbackError as error:
        return RecordingPlace(row, None, str(error))
    return RecordingPlace(row, path if path.is_file() else None)


def last_change(register: Register, value_id: str) -> int:
    """Return the number of the newest change to a value by who asks."""
    for entry in register.audit(limit=_ENTRIES):
        if entry.value_id == value_id and entry.who == register.who:
            return entry.number
    raise RegisterError("The change just made is not in the audit.", "Load the page anew.")
