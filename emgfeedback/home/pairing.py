"""What a clinic and a kit remember of each other: one file for each patient.

The file holds private keys. It is for its owner alone, encrypted where the records are, in every
backup of them, and erased with the person.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from emgfeedback.access.private_files import private_folder, write_private
from emgfeedback.core.errors import FileFormatError, RegisterError
from emgfeedback.core.files import SEALED_SUFFIX, Files
from emgfeedback.home import keys
from emgfeedback.people.filing import read_content
from emgfeedback.people.folder import DataFolder

log = logging.getLogger(__name__)
VERSION = 1
_CLINIC, _KIT = "clinic", "kit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicPairing:
    """The clinic's side.

    Attributes
    ----------
    sign_key, return_key
        Private: what signs plans, and what opens results.
    secret
        Went out with the plan; the kit proves by it that it is the one the plan was made for.
    plan_number
        Of the newest plan.
    plan
        The newest signed plan, as its file holds it; empty until one was written.
    kit_key
        What checks the kit's signatures; empty until its first results came.
    results_number
        Of the newest results taken in.
    results_sha256, results_on
        Their digest, and the day (ISO) they were taken in.
    """

    version: int = VERSION
    patient_id: str
    sign_key: bytes = field(default_factory=keys.new_sign_key)
    return_key: bytes = field(default_factory=keys.new_return_key)
    secret: bytes = field(default_factory=keys.new_secret)
    plan_number: int = 0
    plan: bytes = b""
    kit_key: bytes = b""
    results_number: int = 0
    results_sha256: str = ""
    results_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KitPairing:
    """The kit's side.

    Attributes
    ----------
    clinic_key, return_key
        Public: what checks plans, and what results are encrypted for.
    secret
        As it came with the plan.
    sign_key
        Private: what signs results.
    plan
        The signed plan in force, as its file holds it.
    plan_number
        Its number.
    results_number
        Of the newest results sent.
    sent
        Id of a value -> number of the results it was first sent with; all results from there on
        held it, until a plan said that the clinic has it.
    """

    version: int = VERSION
    patient_id: str
    clinic_key: bytes
    return_key: bytes
    secret: bytes
    sign_key: bytes = field(default_factory=keys.new_sign_key)
    plan: bytes
    plan_number: int
    results_number: int = 0
    sent: dict[str, int] = field(default_factory=dict)


P = TypeVar("P", ClinicPairing, KitPairing)


def clinic_pairing(folder: DataFolder, patient_id: str, files: Files) -> ClinicPairing | None:
    """Return the clinic's side of a patient's pairing; None: there is none.

    Raises
    ------
    FileFormatError
        It cannot be read. It is left as it is.
    """
    return _read(ClinicPairing, _path(folder, _CLINIC, patient_id, files), files)


def kit_pairing(folder: DataFolder, files: Files) -> KitPairing | None:
    """Return the pairing of the kit this data folder belongs to; None: it is no kit's.

    Raises
    ------
    FileFormatError
        It cannot be read, or there are several. All is left as it is.
    """
    found = [p for p in folder.pairings.glob(f"{_KIT}-*.json*") if p.suffix in _suffixes()]
    if len(found) > 1:
        raise FileFormatError(
            f"{folder.pairings} holds the plans of {len(found)} people; a kit is one person's.",
            "Move the file that does not belong here to another folder.",
        )
    return _read(KitPairing, found[0], files) if found else None


def keep(folder: DataFolder, pairing: P, files: Files) -> P:
    """Write a pairing to disk, whole or not at all, and return it.

    Raises
    ------
    RegisterError
        It cannot be written; what was there before is there still.
    """
    kind = _CLINIC if isinstance(pairing, ClinicPairing) else _KIT
    path = _path(folder, kind, pairing.patient_id, files)
    try:
        private_folder(folder.pairings)
        write_private(path, files.wrap(msgspec.json.encode(pairing)), replace=True)
    except OSError as error:
        raise RegisterError(
            f"{path} cannot be written: {error.strerror or error}.", "Free some space; try again."
        ) from error
    return pairing


def _suffixes() -> tuple[str, ...]:
    return (".json", SEALED_SUFFIX)


def _path(folder: DataFolder, kind: str, patient_id: str, files: Files) -> Path:
    name = f"{kind}-{patient_id}.json"
    sealed = folder.pairings / f"{name}{SEALED_SUFFIX}"
    return sealed if files.suffix or sealed.exists() else folder.pairings / name


def _read(kind: type[P], path: Path, files: Files) -> P | None:
    try:
        pairing = msgspec.json.decode(read_content(path, files), type=kind)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read: {error.strerror}.", "") from error
    except msgspec.MsgspecError as error:
        raise FileFormatError(
            f"{path} is damaged ({error}).", "It was left as it is; restore it from a backup."
        ) from error
    if pairing.version != VERSION:
        raise FileFormatError(f"{path} is of version {pairing.version}.", "Update the app.")
    return pairing
