"""A session of the register for others: found by its patient, told by the pseudonym, noted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emgfeedback.core.errors import RegisterError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.exchange.formats import export_as
from emgfeedback.exchange.sharing import Sharing
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.values import Patient, RecordingFile
from emgfeedback.records.export import ExportSummary
from emgfeedback.records.reader import open_recording


@dataclass(frozen=True, slots=True)
class Exporter:
    """Exports recordings of a register, each export noted in its audit.

    `files` opens recordings, with keys also those that are encrypted.
    """

    register: Register
    folder: DataFolder
    files: Files = PLAIN

    def export(
        self, recording_id: str, out: Path, *, name: str = "", with_notes: bool = False
    ) -> ExportSummary:
        """Write a recording to the new file or folder `out`; see `formats.export_as`.

        The patient's pseudonym stands in it, and no text that holds a part of the name.

        Raises
        ------
        RegisterError
            There is no such recording, or its file is missing.
        AccessError
            It is another patient's.
        EmgFeedbackError
            As `export_as` and `open_recording`.
        """
        row = self.register.get(RecordingFile, recording_id)
        path = self.folder.path_of(row.path)
        if not path.exists():
            raise RegisterError(
                f"{row.path} is missing.", "Restore it, or remove it from its session."
            )
        sharing = self.sharing(row.patient_id, with_notes=with_notes)
        with open_recording(path, self.files) as recording:
            summary = export_as(recording, out, sharing, name=name)
        told = {"as": name or out.suffix.removeprefix("."), "recording": row.id}
        self.register.note("export", row.patient_id, told)
        return summary

    def sharing(self, patient_id: str, *, with_notes: bool = False) -> Sharing:
        """Return what may be told of a patient; an empty id stands for nobody."""
        if not patient_id:
            return Sharing(pseudonym="", with_notes=with_notes)
        patient = self.register.get(Patient, patient_id)
        names = (patient.name,) if patient.name else ()
        return Sharing(patient.pseudonym, with_notes=with_notes, names=names)
