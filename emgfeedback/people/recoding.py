"""Rewrite the register's file under another key, or none; compared row by row, then swapped."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from emgfeedback.access.private_files import sync_folder
from emgfeedback.core.errors import RegisterError
from emgfeedback.people import sqlite_file

_KEPT_MARKS = ("application_id", "user_version")
_GROWING = ".recoding"


def is_plain(path: Path) -> bool:
    """Whether a register's file holds something and is not encrypted. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(sqlite_file.MAGIC)) == sqlite_file.MAGIC


def recode(path: Path, old: bytes | None, new: bytes | None) -> None:
    """Rewrite the file `path`, which opens with `old`, so that it opens with `new`.

    At any moment the file is whole, under the old key or the new. Nobody else may use it
    meanwhile. What it held before is freed on the disk, not wiped.

    Raises
    ------
    RegisterError
        Somebody uses it, it is damaged, or the disk is full. It is left as it was.
    """
    growing = path.with_name(path.name + _GROWING)
    growing.unlink(missing_ok=True)  # left by a run that was cut off
    module = sqlite_file.driver(new if old is None else old)
    try:
        if not sqlite_file.look_over(path, old):
            return
        _merge_log(path, old)
        sqlite_file.create_private(growing)
        with contextlib.closing(module.connect(path, timeout=0, isolation_level=None)) as both:
            if old is not None:
                both.execute(f"PRAGMA key = {_literal(old)}")
            both.execute("PRAGMA locking_mode = EXCLUSIVE")
            both.execute("BEGIN EXCLUSIVE")
            both.execute("COMMIT")  # the lock stays until the connection is closed
            both.execute(f"ATTACH ? AS other KEY {_literal(new)}", (str(growing),))
            both.execute("SELECT sqlcipher_export('other')")
            for mark in _KEPT_MARKS:
                (value,) = both.execute(f"PRAGMA main.{mark}").fetchone()
                both.execute(f"PRAGMA other.{mark} = {int(value)}")
            _compare(both, path)
        with growing.open("rb+") as file:
            os.fsync(file.fileno())
        growing.replace(path)
        sync_folder(path.parent)
    except (module.Error, *_plain_errors(old)) as error:
        raise RegisterError(
            f"{path.name} cannot be rewritten: {str(error).rstrip('.')}.",
            "Close other windows and programs that use it, and check the space on the disk.",
        ) from error
    finally:
        growing.unlink(missing_ok=True)


def _plain_errors(old: bytes | None) -> tuple[type[Exception], ...]:
    return (sqlite_file.driver(old).Error,)


def _merge_log(path: Path, key: bytes | None) -> None:
    """Take the log beside a file into it, which works only while nobody else has it open.

    It is closed before the file is opened anew: locks of one process do not hold out two
    builds of SQLite in it.
    """
    with contextlib.closing(sqlite_file.connect(path, key)) as connection:
        connection.execute("PRAGMA busy_timeout = 0")
        (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    if mode != "delete":
        raise RegisterError(
            f"{path.name} is in use by another window or program.", "Close it and try again."
        )


def _literal(key: bytes | None) -> str:
    return "''" if key is None else f"\"x'{key.hex()}'\""


def _compare(both: Any, path: Path) -> None:
    """Compare the two attached files: what they are made of, and every row."""
    made_of = "SELECT type, name, sql FROM {}.sqlite_master ORDER BY type, name"
    alike = _same(both, made_of.format("main"), made_of.format("other"))
    tables = both.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in tables:
        rows = f'SELECT * FROM {{}}."{name}" ORDER BY rowid'
        alike = alike and _same(both, rows.format("main"), rows.format("other"))
    (sound,) = both.execute("PRAGMA other.integrity_check(1)").fetchone()
    if not alike or sound != "ok":
        raise RegisterError(
            f"{path.name} was not rewritten as it was; it was left as it is.", "Check the disk."
        )


def _same(both: Any, left: str, right: str) -> bool:
    a, b = both.execute(left), both.execute(right)
    while True:
        pair = a.fetchmany(1000), b.fetchmany(1000)
        if pair[0] != pair[1]:
            return False
        if not pair[0]:
            return True
