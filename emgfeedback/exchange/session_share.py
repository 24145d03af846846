"""A session of the register as FHIR for others: with its report, and without the name."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path

from emgfeedback.core.errors import RegisterError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.exchange.fhir import session_bundle, write_bundle
from emgfeedback.exchange.sharing import Sharing
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.values import Patient, Placement, SessionWhole
from emgfeedback.records.reader import open_recording
from emgfeedback.reports.content import Source, session_report, source_of
from emgfeedback.reports.html import html_text
from emgfeedback.reports.page import Page
from emgfeedback.reports.pdf import pdf_bytes

_MARKUP = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SharedSession:
    """A session ready to be written; nothing in it needs the register any more.

    Attributes
    ----------
    page
        The report; None where its own words hold a part of the name.
    """

    whole: SessionWhole
    patient: Patient
    page: Page | None

    def write(self, out: Path) -> None:
        """Write the bundle to the new file `out`.

        Raises
        ------
        UsageError
            The pseudonym tells the name.
        RecordingError
            The report cannot be set, or `out` exists or cannot be written.
        """
        pdf = pdf_bytes(self.page) if self.page is not None else b""
        write_bundle(session_bundle(self.whole, self.patient, pdf), out)


def gather_session(register: Register, session_id: str, files: Files = PLAIN) -> SharedSession:
    """Return a session as others may see it.

    The report goes without name, year of birth, notes and the name of the file.

    Raises
    ------
    RegisterError
        There is no such session, or it is nobody's yet.
    EmgFeedbackError
        Its recording cannot be read.
    """
    whole = register.session(session_id)
    if not whole.session.patient_id:
        raise RegisterError("The session is nobody's yet.", "Give it to a person first.")
    patient = register.get(Patient, whole.session.patient_id)
    sharing = Sharing(patient.pseudonym, names=(patient.name,))
    page = session_report(
        _without_words(whole, sharing),
        dataclasses.replace(patient, name="", birth_year=None, note=""),
        placements=register.all_of(Placement, patient.id),
        source=_source(register, whole, files),
    )
    told = sharing.tells_name(_MARKUP.sub(" ", html_text(page)))
    return SharedSession(whole, patient, None if told else page)


def note_fhir(register: Register, shared: SharedSession) -> None:
    """Note in the audit that a session left the house."""
    told = {"as": "fhir", "session": shared.whole.session.id}
    register.note("export", shared.patient.id, told)


def _without_words(whole: SessionWhole, sharing: Sharing) -> SessionWhole:
    session = whole.session
    summary = {key: value for key, value in session.summary.items() if key != "notes"}
    title = sharing.cleaned(session.plan_title)
    plain = dataclasses.replace(session, note="", summary=summary, plan_title=title)
    return dataclasses.replace(whole, session=plain)


def _source(register: Register, whole: SessionWhole, files: Files) -> Source | None:
    folder = DataFolder(register.database.data_dir)
    for row in whole.recordings:
        path = folder.path_of(row.path)
        if path.is_file():
            with open_recording(path, files) as recording:
                return dataclasses.replace(source_of(recording, row.sha256), name="")
    return None
