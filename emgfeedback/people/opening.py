"""Open a data folder, with its passphrase where it has one: the register and its files."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emgfeedback.access.keys import Door, KeyRing
from emgfeedback.access.sealing import SealedFiles
from emgfeedback.core.errors import AccessError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.people import protect
from emgfeedback.people.database import Database
from emgfeedback.people.desk import Desk
from emgfeedback.people.erase import finish_erasures
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role

log = logging.getLogger(__name__)
Unlock = Callable[[Path, str], KeyRing]


@dataclass(frozen=True, slots=True)
class Opened:
    """A data folder that is open.

    Attributes
    ----------
    register
        Whoever opened the folder closes its database.
    files
        What opens its recordings, summaries, photos and plans, and makes new ones.
    """

    register: Register
    files: Files
    folder: DataFolder

    def close(self) -> None:
        """Close the database."""
        self.register.database.close()


def open_folder(
    folder: DataFolder,
    secret: str = "",
    *,
    who: str,
    url: str | None = None,
    unlock: Unlock = KeyRing.unlock,
) -> Opened:
    """Open a data folder for a clinician; finish what a power cut interrupted in it.

    Parameters
    ----------
    secret
        The passphrase or the recovery key, where the folder has keys; ignored where it has none.
    who
        Name the audit shows.
    url
        A PostgreSQL server's database; the keys then open the files alone.
    unlock
        Opens the keys; a `Door` makes tries wait.

    Raises
    ------
    AccessError
        The folder is locked and no secret was given, or its keys are damaged.
    WrongPassphrase
        `secret` is neither passphrase nor recovery key.
    RegisterError, FileFormatError
        The register cannot be opened, or an interrupted step cannot be finished.
    """
    files: Files = PLAIN
    key = None
    protect.tidy_before_keys(folder)
    if folder.keys.exists():
        if not secret:
            raise AccessError("The records are locked.", "Enter their passphrase.")
        ring = unlock(folder.keys, secret)
        protect.finish(folder, ring, url=url)
        if folder.keys.exists():
            files = SealedFiles(ring.files_key)
            key = ring.database_key if url is None else None
        ring.lock()
    database = Database.open(folder.root, url=url, key=key)
    try:
        finish_erasures(database, folder)
    except BaseException:
        database.close()
        raise
    return Opened(Register(database, who=who, role=Role.CLINICIAN), files, folder)


def make_desk(folder: DataFolder, who: str, url: str | None = None) -> Desk:
    """Make the desk of a data folder, locked where the folder has keys.

    Each wrong passphrase makes the next try wait longer.
    """
    door = Door(folder.keys)

    def unlock(_path: Path, secret: str) -> KeyRing:
        return door.unlock(secret, time.monotonic())

    def open_register(secret: str) -> Register:
        opened = open_folder(folder, secret, who=who, url=url, unlock=unlock)
        desk.keep_files(opened.files)
        return opened.register

    desk = Desk(open_register, locked=folder.keys.exists())
    return desk
