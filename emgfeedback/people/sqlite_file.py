"""The register as one SQLite file, plain or encrypted: opening, looking it over, copying."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

from emgfeedback.core.errors import RegisterError

KEY_BYTES = 32
BUSY_S = 10.0
"""How long a writer waits for another."""
APPLICATION_ID = 0x454D4746
"""`EMGF`: the mark of our files among SQLite's."""
MAGIC = b"SQLite format 3\0"
_HEAD_BYTES = 100
CHECKED_BYTES = 64 << 20
"""Pages of a file up to this size are checked at each opening (a quarter of a second)."""
_RESTORE = "Restore a backup into a new folder, or open another folder with --data-dir."


def driver(key: bytes | None) -> ModuleType:
    """Return the module that opens a file with this key, or without one."""
    if key is None:
        return sqlite3
    if len(key) != KEY_BYTES:
        raise RegisterError(f"The key has {len(key)} bytes, not {KEY_BYTES}.", "This is a bug.")
    try:
        import sqlcipher3.dbapi2 as cipher  # noqa: PLC0415 - an extra; only where a key is used
    except ImportError as error:
        raise RegisterError(
            "The register is encrypted and the part that opens it is not installed.",
            "Install it: pip install emgfeedback[secure].",
        ) from error
    module: ModuleType = cipher
    return module


def connect(path: Path, key: bytes | None, *, untouched: bool = False) -> Any:
    """Open a file with the settings all our connections share; nothing in it is read yet.

    Parameters
    ----------
    path, key
        The file, and what it is encrypted with.
    untouched
        Only read the file itself, and leave nothing beside it: right while nobody writes.
    """
    address = path.resolve().as_uri() + ("?immutable=1" if untouched else "?mode=rw")
    connection = driver(key).connect(
        address, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=True
    )
    if key is not None:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    for pragma in (
        "foreign_keys = ON",
        "synchronous = FULL",
        "secure_delete = ON",
        # A file from elsewhere must not run what it brings along, nor lead us out of a page.
        "trusted_schema = OFF",
        "cell_size_check = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def create_private(path: Path) -> None:
    """Create an empty file only its owner may read (on Windows: what the folder's rights say)."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def look_over(path: Path, key: bytes | None) -> bool:
    """Look a file over before anything is written to it.

    Every page of it is checked, but those of a large file that was closed properly: what is
    wrong with them is found where they are read, and by every copy.

    Returns
    -------
    bool
        Whether it holds a register; False where it is still empty.

    Raises
    ------
    RegisterError
        It is no database, damaged, encrypted otherwise, or not ours. It is left as it was.
    """
    module = driver(key)
    size = path.stat().st_size if path.exists() else 0
    if size == 0:
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    plain = head.startswith(MAGIC)
    unfinished = _log_bytes(path) > 0
    if len(head) < _HEAD_BYTES or (plain and not unfinished and size < _whole_bytes(head)):
        # SQLite takes a very short file for an empty one, and leaves files beside a cut-off one.
        raise RegisterError(
            f"{path.name} is cut off at {size} bytes. It was left as it is.", _RESTORE
        )
    if plain and key is not None:
        raise RegisterError(
            f"{path.name} is not encrypted, though a passphrase is set.",
            "Look whether it was replaced; restore a backup if so.",
        )
    try:
        with contextlib.closing(connect(path, key, untouched=not unfinished)) as connection:
            if not _is_ours(connection, path):
                return False
            if unfinished or size <= CHECKED_BYTES:
                _check_pages(connection, path)
            return True
    except (module.Error, RegisterError) as error:
        if not unfinished and _log_bytes(path) > 0:
            # Another window began to write while this one looked.
            return look_over(path, key)
        if isinstance(error, RegisterError):
            raise
        if "locked" in str(error):
            raise RegisterError(
                f"{path.name} is held by another program for more than {BUSY_S:.0f} s.",
                "Close that program and try again.",
            ) from error
        raise RegisterError(
            f"{path.name} cannot be opened: {_reason(error, plain=plain, key=key)}. "
            "It was left as it is.",
            _RESTORE,
        ) from error


def _log_bytes(path: Path) -> int:
    """Return the size of the changes beside a file: none once it was closed properly."""
    logs = [path.with_name(path.name + ending) for ending in ("-wal", "-journal")]
    return sum(log.stat().st_size for log in logs if log.exists())


def _whole_bytes(head: bytes) -> int:
    """Return the size a file says it has, where no changes lie beside it."""
    # https://www.sqlite.org/fileformat2.html, sections 1.3.2 and 1.3.7; 1 stands for 65536.
    page_bytes = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    return pages * (65536 if page_bytes == 1 else page_bytes)


def _reason(error: Exception, *, plain: bool, key: bytes | None) -> str:
    if key is not None:
        return "the key does not fit, or the file is damaged"
    return str(error) if plain else "it is encrypted and needs the passphrase, or is no register"


def _is_ours(connection: Any, path: Path) -> bool:
    found = connection.execute("SELECT type, name FROM sqlite_master").fetchall()
    if not found:
        return False
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    strange = [name for kind, name in found if kind not in {"table", "index"}]
    if mark != APPLICATION_ID or strange:
        what = f"it holds {strange[0]}, which we never make" if strange else "it is another app's"
        raise RegisterError(f"{path.name} is not a register of emgfeedback: {what}.", _RESTORE)
    return True


def _check_pages(connection: Any, path: Path) -> None:
    problems = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if problems != "ok":
        raise RegisterError(
            f"{path.name} is damaged: {problems.splitlines()[-1]}. It was left as it is.", _RESTORE
        )


def copy(source: Path, target: Path, key: bytes | None) -> None:
    """Copy a file that may be in use, and read the copy back.

    The copy is encrypted with the same key. It takes its name only when it is complete.

    Raises
    ------
    RegisterError
        `target` exists, or the copy is not what it was made from.
    """
    if target.exists():
        raise RegisterError(f"{target} exists.", "Choose another name.")
    growing = target.with_name(target.name + ".part")
    growing.unlink(missing_ok=True)
    create_private(growing)
    try:
        with (
            contextlib.closing(connect(source, key)) as original,
            contextlib.closing(connect(growing, key)) as duplicate,
        ):
            # A reader's transaction holds what is compared still.
            original.execute("BEGIN")
            expected = _counts(original)
            original.backup(duplicate)
            if _counts(duplicate) != expected or not _sound(duplicate):
                raise RegisterError(f"The copy {target} is damaged.", "Check the disk.")
            duplicate.execute("PRAGMA journal_mode = DELETE")
        _to_disk(growing)
        growing.replace(target)
    except driver(key).Error as error:
        raise RegisterError(
            f"{target} cannot be written: {error}.", "Check space and rights."
        ) from (error)
    finally:
        growing.unlink(missing_ok=True)


def _sound(connection: Any) -> bool:
    return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")


def _counts(connection: Any) -> dict[str, int]:
    """Return the number of rows of every table."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for (name,) in tables
    }


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_ahead(path: Path, key: bytes | None) -> None:
    """Set a file to keep its changes beside it first, so that readers never wait."""
    with contextlib.closing(connect(path, key)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def compact(path: Path, key: bytes | None) -> None:
    """Rewrite a file without what was deleted, and empty the log beside it."""
    with contextlib.closing(connect(path, key)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
