"""Open a data folder, with its passphrase where it has one: the register and its files.

What it takes to open one is imported when one is opened: a window is on screen before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emgfeedback.core.errors import AccessError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.people.desk import Desk
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.server import database_url

if TYPE_CHECKING:
    from emgfeedback.access.keys import Door, KeyRing
    from emgfeedback.people.register import Register

Unlock = Callable[[Path, str], "KeyRing"]


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
    unlock: Unlock | None = None,
) -> Opened:
    """Open a data folder for a clinician; finish what a power cut interrupted in it.

    Parameters
    ----------
    secret
        The passphrase or the recovery key, where the folder has keys; ignored where it has none.
    who
        Name the audit shows.
    url
        A PostgreSQL server's database; the keys then open the files alone. None: as the folder's
        `records.toml` says.
    unlock
        Opens the keys, as `KeyRing.unlock`; a `Door` makes tries wait.

    Raises
    ------
    AccessError
        The folder is locked and no secret was given, or its keys are damaged.
    WrongPassphrase
        `secret` is neither passphrase nor recovery key.
    ConfigError, RegisterError, FileFormatError
        The register cannot be opened, or an interrupted step cannot be finished.
    """
    from emgfeedback.access.keys import KeyRing  # noqa: PLC0415 - only to open
    from emgfeedback.access.sealing import SealedFiles  # noqa: PLC0415 - only to open
    from emgfeedback.people import protect  # noqa: PLC0415 - only to open
    from emgfeedback.people.database import Database  # noqa: PLC0415 - only to open
    from emgfeedback.people.erase import finish_erasures  # noqa: PLC0415 - only to open
    from emgfeedback.people.register import Register  # noqa: PLC0415 - only to open
    from emgfeedback.people.roles import Role  # noqa: PLC0415 - only to open

    files: Files = PLAIN
    key = None
    url = url or database_url(folder)
    protect.tidy_before_keys(folder)
    if folder.keys.exists():
        if not secret:
            raise AccessError("The records are locked.", "Enter their passphrase.")
        ring = (unlock or KeyRing.unlock)(folder.keys, secret)
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
    doors: list[Door] = []

    def unlock(path: Path, secret: str) -> KeyRing:
        from emgfeedback.access.keys import Door  # noqa: PLC0415 - only to open

        if not doors:
            doors.append(Door(path))
        return doors[0].unlock(secret, time.monotonic())

    def open_register(secret: str) -> Register:
        opened = open_folder(folder, secret, who=who, url=url, unlock=unlock)
        desk.keep_files(opened.files)
        return opened.register

    desk = Desk(open_register, locked=folder.keys.exists())
    return desk
