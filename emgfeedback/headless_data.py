"""What `main.py data` does: the records checked, backed up, moved and erased without a window."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from typing import Any

from emgfeedback.core.errors import RegisterError
from emgfeedback.exchange.scales_csv import import_scales, read_scales
from emgfeedback.exchange.session_share import gather_session, note_fhir
from emgfeedback.exchange.take_recording import take_recording
from emgfeedback.headless_records import Told, carry_out, find_patient, opened_folder
from emgfeedback.people.archive import ArchiveReport, archive_patient, take_in
from emgfeedback.people.backup import backup, restore
from emgfeedback.people.erase import erase_patient
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import Patient, SessionKind
from emgfeedback.people.verify import verify


def run(options: argparse.Namespace) -> Told:
    """Do what `options.action` asks for.

    Raises
    ------
    EmgFeedbackError
        It cannot be done; whatever is kept is as it was.
    """
    actions = {
        "verify": _verify,
        "backup": _backup,
        "restore": _restore,
        "erase": _erase,
        "archive": _archive,
        "take-in": _take_in,
        "import-scales": _import_scales,
        "take-recording": _take_recording,
        "fhir": _fhir,
    }
    return carry_out(actions, options)


def _verify(folder: DataFolder, _options: argparse.Namespace) -> Told:
    with opened_folder(folder) as opened:
        found = verify(opened.register, folder, opened.files)
    lines = [f"{found.rows} rows and {found.files} files are as they were kept."]
    lines += [f"Not in the register yet: {name}" for name in found.unfiled]
    lines += found.problems
    report = {"data_dir": str(folder.root), **dataclasses.asdict(found)}
    n = len(found.problems)
    failure = f"{n} problem{'s' if n > 1 else ''} found. {found.problems[0]}" if n else ""
    return Told(report, tuple(lines), failure)


def _backup(folder: DataFolder, options: argparse.Namespace) -> Told:
    with opened_folder(folder) as opened:
        made = backup(opened.register.database, folder, options.out)
    lines = [f"{made.path} holds {made.files} files and was read back."]
    lines += [f"Left out, still being recorded: {name}" for name in made.left_out]
    return Told({**dataclasses.asdict(made), "path": str(made.path)}, tuple(lines))


def _restore(folder: DataFolder, options: argparse.Namespace) -> Told:
    done = restore(options.file, folder.root)
    report = {
        "data_dir": str(folder.root),
        "files": done.files,
        "total_bytes": done.total_bytes,
        "made_utc": done.made_utc,
        "locked": folder.keys.exists(),
    }
    line = f"{folder.root} holds the {done.files} files of the backup made {done.made_utc}."
    locked = ("It opens with the passphrase of that day.",) if folder.keys.exists() else ()
    return Told(report, (line, *locked))


def _erase(folder: DataFolder, options: argparse.Namespace) -> Told:
    with opened_folder(folder) as opened:
        patient = find_patient(opened, options.patient)
        if sys.stdin.isatty() and not options.yes:
            _confirm(patient)
        done = erase_patient(opened.register, folder, patient.id)
    line = (
        f"{patient.pseudonym} is erased: {done.rows} rows, {done.files} files, "
        f"{done.copies} scheduled copies. Backups and exports kept elsewhere are not reached."
    )
    return Told(dataclasses.asdict(done), (line,))


def _archive(folder: DataFolder, options: argparse.Namespace) -> Told:
    with opened_folder(folder) as opened:
        patient = find_patient(opened, options.patient)
        made = archive_patient(opened.register, folder, patient.id, options.out, opened.files)
    line = (
        f"{options.out} holds {made.values} rows and {made.files} files of {patient.pseudonym}. "
        "It names the person and is not encrypted."
    )
    return Told({"path": str(options.out), **_summed(made)}, (line,))


def _take_in(folder: DataFolder, options: argparse.Namespace) -> Told:
    with opened_folder(folder, may_make=True) as opened:
        taken = take_in(opened.register, folder, options.file, opened.files)
    line = f"{taken.patient.pseudonym} is here: {taken.values} rows, {taken.files} files."
    return Told(_summed(taken), (line,))


def _import_scales(folder: DataFolder, options: argparse.Namespace) -> Told:
    table = read_scales(options.file, options.week_zero)
    with opened_folder(folder, may_make=True) as opened:
        done = import_scales(opened.register, table)
    people = [patient.pseudonym for patient in done.patients.values()]
    lines = [
        f"{done.added} totals of {len(people)} people are imported; {done.known} were here already."
    ]
    if done.left_out:
        lines.append(f"Columns left out: {', '.join(done.left_out)}")
    report = {
        "people": people,
        "added": done.added,
        "known": done.known,
        "empty": table.empty,
        "left_out": list(done.left_out),
    }
    return Told(report, tuple(lines))


def _take_recording(folder: DataFolder, options: argparse.Namespace) -> Told:
    with opened_folder(folder, may_make=not options.patient) as opened:
        patient = find_patient(opened, options.patient) if options.patient else None
        session = take_recording(
            opened.register,
            folder,
            options.file,
            patient_id=patient.id if patient is not None else "",
            kind=SessionKind(options.kind),
            files=opened.files,
        )
        row = opened.register.session(session.id).recordings[0]
    whose = patient.pseudonym if patient is not None else "nobody yet"
    report = {
        "session_id": session.id,
        "pseudonym": patient.pseudonym if patient is not None else None,
        "kind": session.kind.value,
        "started_utc": session.started_utc.isoformat(),
        "path": str(folder.path_of(row.path)),
        "sha256": row.sha256,
        "n_samples": row.n_samples,
        "lost": row.lost,
    }
    line = f"{row.path} is a copy of it, session {session.id} of {whose}."
    return Told(report, (line,))


def _fhir(folder: DataFolder, options: argparse.Namespace) -> Told:
    with opened_folder(folder) as opened:
        shared = gather_session(opened.register, options.session, opened.files)
        shared.write(options.out)
        note_fhir(opened.register, shared)
    report = {
        "path": str(options.out),
        "pseudonym": shared.patient.pseudonym,
        "measures": len(shared.whole.measures),
        "ratings": len(shared.whole.ratings),
        "report": shared.page is not None,
    }
    lines = [f"{options.out} holds the session of {shared.patient.pseudonym} for others."]
    if shared.page is None:
        lines.append("The report is not in it: its words hold a part of the name.")
    return Told(report, tuple(lines))


def _summed(report: ArchiveReport) -> dict[str, Any]:
    return {
        "patient_id": report.patient.id,
        "pseudonym": report.patient.pseudonym,
        "values": report.values,
        "files": report.files,
        "total_bytes": report.total_bytes,
    }


def _confirm(patient: Patient) -> None:
    question = f"This erases {patient.pseudonym} for good. Type {patient.pseudonym} to go on: "
    sys.stderr.write(question)
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() != patient.pseudonym.casefold():
        raise RegisterError("Nothing was erased.", "The pseudonym was not typed.")
