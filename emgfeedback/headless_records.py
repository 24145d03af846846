"""The records without a window: which folder, its passphrase, and what a command has to say."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import getpass
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from emgfeedback.core.errors import AccessError, RegisterError
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import Opened, open_folder
from emgfeedback.people.values import Patient

PASSPHRASE = "EMGFEEDBACK_PASSPHRASE"
"""Environment variable that holds the passphrase, for commands without a terminal."""


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """What a command has to say.

    Attributes
    ----------
    report
        As JSON has it.
    lines
        The same for a person.
    failure
        Why it counts as failed all the same; empty if it does not.
    """

    report: dict[str, Any]
    lines: tuple[str, ...]
    failure: str = ""


Action = Callable[[DataFolder, argparse.Namespace], Told]
"""What a command does in the data folder, with its options."""


def carry_out(actions: Mapping[str, Action], options: argparse.Namespace) -> Told:
    """Do what `options.action` asks for, in the folder that `options.data_dir` names."""
    return actions[options.action](data_folder(options.data_dir), options)


def data_folder(chosen: Path | None) -> DataFolder:
    """Return the data folder: the chosen one, or the user's own."""
    return DataFolder(chosen or user_data_path("emgfeedback", appauthor=False))


def who_asks() -> str:
    """Return the name of the user, for the audit."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


@contextlib.contextmanager
def opened_folder(folder: DataFolder, *, may_make: bool = False) -> Iterator[Opened]:
    """Open the records in `folder`, asking for the passphrase where they have one.

    Parameters
    ----------
    may_make
        Whether new records may be begun where there are none.

    Raises
    ------
    RegisterError
        There are no records, or they cannot be opened.
    AccessError
        No or a wrong passphrase was given.
    """
    if not may_make and not (folder.register.exists() or folder.settings.exists()):
        raise RegisterError(
            f"There are no records in {folder.root}.", "Name their folder with --data-dir."
        )
    secret = _secret() if folder.keys.exists() else ""
    opened = open_folder(folder, secret, who=who_asks())
    try:
        yield opened
    finally:
        opened.close()


def _secret() -> str:
    secret = os.environ.get(PASSPHRASE, "")
    if not secret and sys.stdin.isatty():
        secret = getpass.getpass("Passphrase of the records: ")
    if not secret:
        raise AccessError(
            "The records are locked.",
            f"Run this on a terminal, or put the passphrase into {PASSPHRASE}.",
        )
    return secret


def find_patient(opened: Opened, asked: str) -> Patient:
    """Return the patient with the pseudonym or id `asked`; names are not looked at.

    Raises
    ------
    RegisterError
        There is none.
    """
    wanted = asked.casefold()
    for patient in opened.register.all_of(Patient):
        if wanted in (patient.pseudonym.casefold(), patient.id):
            return patient
    raise RegisterError(
        f"There is no patient {asked}.", "Give the pseudonym, as P-0417, or the id."
    )
