"""Erasing a person for good: rows, what the audit said, files, copies of the register.

What will go is written down first. A power cut in the middle leaves that note, and
`finish_erasures` completes the work at the next start. Copies outside the data folder, exports
and reports are out of reach; the report says so.
"""

from __future__ import annotations

import glob
import json
import logging
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import sqlalchemy as sa

from emgfeedback.access.private_files import sync_folder, write_private
from emgfeedback.core.errors import AccessError, RegisterError
from emgfeedback.people import audit
from emgfeedback.people.backup import unfinished_copies
from emgfeedback.people.database import Database
from emgfeedback.people.filing import ASSESSMENT_SUFFIX, SUMMARY_SUFFIX
from emgfeedback.people.folder import DataFolder, content_name
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.schema import AUDIT, TABLES
from emgfeedback.people.session_values import SUMMARY_FILE
from emgfeedback.people.values import PATIENT_KINDS, Patient, Placement, RecordingFile, Session

log = logging.getLogger(__name__)
NOTE = "erasing-{patient_id}.json"


@dataclass(frozen=True, slots=True)
class EraseReport:
    """What an erasure took away.

    Attributes
    ----------
    rows
        Values, removed ones among them.
    files
        Recordings, summaries, photos.
    copies
        Scheduled backups and older copies of the register, deleted because they held the
        person; the next scheduled backup starts anew.
    """

    patient_id: str
    rows: int
    files: int
    copies: int


def erase_patient(register: Register, folder: DataFolder, patient_id: str) -> EraseReport:
    """Erase a patient and everything that belongs to them. There is no undo.

    Raises
    ------
    AccessError
        The role may not.
    RegisterError
        There is no such patient.
    """
    if register.role is not Role.CLINICIAN:
        raise AccessError("A patient may not erase.", "Ask your clinic.")
    note = folder.root / NOTE.format(patient_id=patient_id)
    plan = {**_plan(register.database, folder, patient_id), "who": register.who}
    write_private(note, json.dumps(plan).encode(), replace=True)
    report = _carry_out(register.database, folder, note)
    log.info("a patient was erased: %d rows, %d files", report.rows, report.files)
    return report


def finish_erasures(database: Database, folder: DataFolder) -> list[EraseReport]:
    """Complete the erasures a power cut interrupted; call it when a register is opened."""
    reports = []
    for note in sorted(folder.root.glob(NOTE.format(patient_id="*"))):
        try:
            reports.append(_carry_out(database, folder, note))
            log.info("an interrupted erasure was completed")
        except (ValueError, KeyError, TypeError) as error:
            raise RegisterError(
                f"{note} cannot be read, so an erasure was not completed.",
                "Erase the person once more, then remove this file.",
            ) from error
    return reports


def _plan(database: Database, folder: DataFolder, patient_id: str) -> dict[str, Any]:
    with database.reading() as connection:
        known = connection.scalar(
            sa.select(TABLES[Patient].c.id).where(TABLES[Patient].c.id == patient_id)
        )
        if known is None:
            raise RegisterError(f"There is no patient {patient_id}.", "Look up the id again.")
        recordings = _column(connection, TABLES[RecordingFile].c.path, patient_id)
        photos = _column(connection, TABLES[Placement].c.photo, patient_id)
        settings = _column(connection, TABLES[Session].c.settings, patient_id)
        others = _column(connection, TABLES[RecordingFile].c.path, patient_id, others=True)
        others_settings = _column(connection, TABLES[Session].c.settings, patient_id, others=True)
        photos_kept = _column(connection, TABLES[Placement].c.photo, patient_id, others=True)
    kept = {content_name(name) for name in others}
    kept |= _summaries(others_settings)
    kept |= {content_name(f"photos/{name}") for name in photos_kept}
    names = {name for name in recordings if name and content_name(name) not in kept}
    files = {folder.name_of(folder.path_of(name)) for name in _summaries(settings)}
    files |= {folder.name_of(path) for name in names for path in _with_beside(folder, name)}
    files |= {f"photos/{name}" for name in photos if name}
    files |= {folder.name_of(path) for path in folder.pairings.glob(f"*{patient_id}.json*")}
    return {
        "patient_id": patient_id,
        "files": sorted(name for name in files if content_name(name) not in kept),
    }


def _column(
    connection: sa.Connection, column: sa.Column[Any], patient_id: str, *, others: bool = False
) -> list[str]:
    of = column.table.c.patient_id
    mine = of.is_distinct_from(patient_id) if others else of == patient_id
    return list(connection.scalars(sa.select(column).where(mine)))


def _summaries(settings: list[Any]) -> set[str]:
    """Return the summaries sessions name; a name that is no summary's is no reason to erase."""
    names = {str(told.get(SUMMARY_FILE, "")) for told in settings}
    return {n for n in names if n.startswith("recordings/") and SUMMARY_SUFFIX in n}


def _with_beside(folder: DataFolder, name: str) -> set[Path]:
    """Return a recording, what lies beside it under the same name, and drafts of that."""
    path = folder.path_of(name)
    recording = PurePosixPath(content_name(name)).name
    stem = recording.removesuffix(".bdf")
    beside = {
        other
        for begin in (recording, f"{stem}{SUMMARY_SUFFIX}", f"{stem}{ASSESSMENT_SUFFIX}")
        for dot in ("", ".")
        for other in path.parent.glob(f"{dot}{glob.escape(begin)}*")
        if other.is_file()
    }
    return {path, *beside}


def _carry_out(database: Database, folder: DataFolder, note: Path) -> EraseReport:
    """Erase what a note tells; every step may be repeated."""
    plan = json.loads(note.read_bytes())
    patient_id, names = str(plan["patient_id"]), [str(name) for name in plan["files"]]
    who = Register(database, who=str(plan.get("who", "")), role=Role.CLINICIAN)
    rows = _erase_rows(database, patient_id)
    files = sum(_unlink(folder.path_of(name)) for name in names)
    copies = sum(map(_unlink, _copies(folder)))
    folder.clear_cache()
    database.compact()
    for room in (folder.recordings, folder.photos, folder.pairings):
        sync_folder(room)
    who.note("erase", told={"rows": rows, "files": files})
    note.unlink(missing_ok=True)
    return EraseReport(patient_id, rows, files, copies)


def _erase_rows(database: Database, patient_id: str) -> int:
    rows = 0
    with database.writing() as connection:
        audit.blank(connection, AUDIT.c.patient_id == patient_id)
        for kind in reversed(PATIENT_KINDS):
            table = TABLES[kind]
            mine = table.c.patient_id == patient_id
            # What was told of a value before it was this patient's.
            audit.blank(connection, AUDIT.c.value_id.in_(sa.select(table.c.id).where(mine)))
            rows += connection.execute(sa.delete(table).where(mine)).rowcount
        patients = TABLES[Patient]
        gone = sa.delete(patients).where(patients.c.id == patient_id)
        rows += connection.execute(gone).rowcount
    return rows


def _copies(folder: DataFolder) -> list[Path]:
    """Return scheduled backups, copies made before upgrades, and what interrupted ones left."""
    return [
        *folder.backups.glob("emgfeedback-*.zip"),
        *folder.root.glob("register-of-form-*"),
        *unfinished_copies(folder),
    ]


def _unlink(path: Path) -> int:
    try:
        path.unlink()
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise RegisterError(
            f"{path} cannot be erased: {error.strerror}.",
            "Close the program that uses it and start the app again; it goes on from here.",
        ) from error
    return 1
