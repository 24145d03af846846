"""A whole patient in one file, which another installation takes in bit for bit.

An archive names the person: it is meant for another clinic's register, not for sharing. Exports
for others are pseudonymised (see `exchange`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import glob
import logging
import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from emgfeedback import __version__
from emgfeedback.access.private_files import put_in_place, sync_folder
from emgfeedback.core.errors import EmgFeedbackError, FileFormatError, RegisterError
from emgfeedback.core.files import PLAIN, SEALED_SUFFIX, Files
from emgfeedback.people.filing import SUMMARY_SUFFIX, read_content
from emgfeedback.people.folder import DataFolder, content_name
from emgfeedback.people.package import Package, PackageWriter, new_package
from emgfeedback.people.plain import BY_NAME, from_plain, to_plain
from emgfeedback.people.register import Register
from emgfeedback.people.session_values import SUMMARY_FILE
from emgfeedback.people.values import (
    PATIENT_KINDS,
    OfPatient,
    Patient,
    Placement,
    RecordingFile,
    Session,
    Value,
)

log = logging.getLogger(__name__)
KIND = "patient"
VALUES = "values.json"


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What an archive holds, or what was taken from it."""

    patient: Patient
    values: int
    files: int
    total_bytes: int


def archive_patient(
    register: Register,
    folder: DataFolder,
    patient_id: str,
    out: Path,
    files: Files = PLAIN,
) -> ArchiveReport:
    """Write everything about a patient into one new file, and read it back.

    Recordings go in as they were recorded, also where the folder keeps them sealed.

    Raises
    ------
    RegisterError
        There is no such patient, a recording is missing, or `out` cannot be written.
    """
    patient = register.get(Patient, patient_id)
    values: list[Value] = [patient]
    for kind in PATIENT_KINDS:
        values += register.all_of(kind, patient_id)
    facts = {"app": __version__, "made_utc": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}
    with new_package(out, KIND, facts) as package:
        plain = [{"kind": type(value).__name__, "value": to_plain(value)} for value in values]
        package.add_bytes(VALUES, msgspec.json.encode(plain))
        for value in values:
            if isinstance(value, RecordingFile):
                add_recording(package, folder, value, files)
            elif isinstance(value, Placement) and value.photo:
                _add_once(package, f"photos/{value.photo}", folder, files)
    register.note("export", patient_id, {"as": "archive"})
    sizes = [member["bytes"] for member in package.members.values()]
    return ArchiveReport(patient, len(values), len(sizes) - 1, sum(sizes))


def take_in(
    register: Register, folder: DataFolder, file: Path, files: Files = PLAIN
) -> ArchiveReport:
    """Take a patient's archive into this register, whole or not at all.

    Files go first, under names that are free here; the register hears of them last, in one
    transaction. Files of an attempt that was cut off are offered at the next start.

    Raises
    ------
    FileFormatError
        It is no patient's archive, or damaged. Nothing was taken from it.
    RegisterError
        The patient is here already, or the disk is too small.
    """
    with Package(file) as package:
        if package.kind != KIND or VALUES not in package.members:
            raise FileFormatError(f"{file} is not a patient's archive.", "It may be a backup.")
        package.check()
        values = values_in(package, file)
        patient = values[0]
        assert isinstance(patient, Patient)
        _refuse_known(register, patient)
        package.need_space(folder.root)
        placed: list[Path] = []
        try:
            names = place_files(package, folder, placed, files)
            kept = register.put_all([settled(value, names) for value in values])
        except BaseException:
            for path in placed:
                path.unlink(missing_ok=True)
            raise
    first = next(value for value in kept if isinstance(value, Patient))
    return ArchiveReport(first, len(kept), len(placed), package.total_bytes)


def add_recording(
    package: PackageWriter, folder: DataFolder, row: RecordingFile, files: Files
) -> None:
    """Add a recording and the summaries beside it, as they were recorded.

    Raises
    ------
    RegisterError
        The recording is missing.
    """
    path = folder.path_of(row.path)
    if not path.exists():
        raise RegisterError(f"{row.path} is missing.", "Restore it, or remove it from its session.")
    plain_name = row.path.removesuffix(SEALED_SUFFIX)
    with files.open(path, "r") as content:
        package.add(plain_name, content)
    stem = Path(plain_name).name.removesuffix(".bdf")
    for summary in sorted(path.parent.glob(f"{glob.escape(stem)}{SUMMARY_SUFFIX}*")):
        name = f"recordings/{summary.name.removesuffix(SEALED_SUFFIX)}"
        package.add_bytes(name, read_content(summary, files))


def _add_once(package: PackageWriter, name: str, folder: DataFolder, files: Files) -> None:
    plain_name = name.removesuffix(SEALED_SUFFIX)
    path = folder.path_of(name)
    if plain_name not in package.members and path.exists():
        package.add_bytes(plain_name, read_content(path, files))


def values_in(package: Package, file: Path) -> list[Value]:
    """Return the values of an archive, the patient first; all must belong to that one person."""
    try:
        rows: list[dict[str, Any]] = msgspec.json.decode(
            package.read(VALUES), type=list[dict[str, Any]]
        )
        values = [from_plain(BY_NAME[str(row["kind"])], row["value"]) for row in rows]
    except (msgspec.MsgspecError, KeyError, EmgFeedbackError, RecursionError) as error:
        raise FileFormatError(
            f"{file} holds values this app cannot read.", "A newer version may have written it."
        ) from error
    people = [value for value in values if isinstance(value, Patient)]
    own = [value for value in values if isinstance(value, OfPatient)]
    if len(people) != 1 or any(value.patient_id != people[0].id for value in own):
        raise FileFormatError(f"{file} does not hold exactly one patient.", "Use another copy.")
    for value in own:
        if isinstance(value, RecordingFile) and value.path not in _known_names(package):
            raise FileFormatError(f"{file} lacks the recording {value.path}.", "Use another copy.")
    return [people[0], *own]


def _known_names(package: Package) -> set[str]:
    return {form for name in package.members for form in (name, f"{name}{SEALED_SUFFIX}")}


def _refuse_known(register: Register, patient: Patient) -> None:
    try:
        register.get(Patient, patient.id)
    except RegisterError:
        return
    raise RegisterError(
        f"{patient.pseudonym} is in this register already.", "An archive adds people, no sessions."
    )


def place_files(
    package: Package,
    folder: DataFolder,
    placed: list[Path],
    files: Files,
    only: Collection[str] | None = None,
) -> dict[str, str]:
    """Write a package's files under free names; return told name -> name here.

    Parameters
    ----------
    placed
        Grows by each file as soon as it is there, for who has to take them back.
    only
        The members wanted; None: all.

    Raises
    ------
    FileFormatError
        A member lies where no recording or photo does, or is not as told.
    RegisterError
        A file cannot be written.
    """
    stems: dict[str, str] = {}
    names: dict[str, str] = {}
    for name in sorted(package.members):
        if name == VALUES or (only is not None and name not in only):
            continue
        room, _, rest = name.partition("/")
        if room not in ("recordings", "photos") or "/" in rest:
            raise FileFormatError(f"{package.path} holds {name!r}, which no archive has.", "")
        stem, dot, suffix = rest.partition(".")
        free = stems.setdefault(f"{room}/{stem}", _free_stem(folder.root / room, stem))
        path = folder.root / room / f"{free}{dot}{suffix}{files.suffix}"
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            package.extract(name, part, files)
            put_in_place(part, path)
        except OSError as error:
            raise RegisterError(
                f"{path} cannot be written: {error.strerror or error}.", "Free some space."
            ) from error
        finally:
            part.unlink(missing_ok=True)
        placed.append(path)
        names[name] = folder.name_of(path)
    for made in {path.parent for path in placed}:
        sync_folder(made)
    return names


def _free_stem(room: Path, stem: str) -> str:
    taken = room.is_dir() and any(path.name.startswith(f"{stem}.") for path in room.iterdir())
    return f"{stem}-{secrets.token_hex(3)}" if taken else stem


def settled(value: Value, names: dict[str, str]) -> Value:
    """Return a value as this register will keep it: new here, its files under their new names."""
    value = dataclasses.replace(value, version=0)
    if isinstance(value, RecordingFile):
        return dataclasses.replace(value, path=names[value.path.removesuffix(SEALED_SUFFIX)])
    if isinstance(value, Session):
        # The name of its summary means nothing here but where the summary came along.
        settings = {key: told for key, told in value.settings.items() if key != SUMMARY_FILE}
        summary = str(value.settings.get(SUMMARY_FILE, ""))
        if summary in names:
            settings[SUMMARY_FILE] = content_name(names[summary])
        return dataclasses.replace(value, settings=settings)
    if isinstance(value, Placement) and value.photo:
        told = f"photos/{value.photo.removesuffix(SEALED_SUFFIX)}"
        here = names.get(told, told)
        return dataclasses.replace(value, photo=here.removeprefix("photos/"))
    return value
