"""Backups: one file that holds the whole data folder, read back before it counts.

A backup of records under a passphrase stays encrypted: it holds the encrypted register, the
sealed recordings and the wrapped keys, and opens with the passphrase of its day.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from emgfeedback import __version__
from emgfeedback.access.private_files import private_folder
from emgfeedback.core.errors import FileFormatError, RegisterError
from emgfeedback.people.database import Database
from emgfeedback.people.folder import REGISTER, DataFolder
from emgfeedback.people.package import Package, new_package

log = logging.getLogger(__name__)
KIND = "backup"
SCHEDULED = "emgfeedback-{day}.zip"
EVERY_DAYS = 7
KEPT = 4
_COPY = ".copy-of-register-"
_SURELY_ABANDONED = dt.timedelta(days=1)
_BEING_WRITTEN = (".recording", ".part", ".tmp")


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A backup that was written and read back."""

    path: Path
    files: int
    total_bytes: int
    left_out: tuple[str, ...]
    """Recordings that were still being written."""


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A data folder that was restored."""

    folder: Path
    files: int
    total_bytes: int
    made_utc: str


def backup(database: Database, folder: DataFolder, out: Path) -> BackupReport:
    """Write the whole data folder into one new file, and read it back.

    Raises
    ------
    RegisterError
        `out` exists or cannot be written, or the register is on a server (which is backed up
        with its own tools).
    """
    now = dt.datetime.now(dt.UTC)
    facts = {"app": __version__, "made_utc": now.isoformat(timespec="seconds")}
    with new_package(out, KIND, facts) as package:
        copy = folder.root / f"{_COPY}{secrets.token_hex(4)}.sqlite"
        try:
            database.copy_to(copy)
            package.add_file(REGISTER, copy)
        finally:
            copy.unlink(missing_ok=True)
        # Files are looked up after the register: every file that the copy names is there by now.
        paths, left_out = _files(folder)
        for path in paths:
            package.add_file(folder.name_of(path), path)
    sizes = [member["bytes"] for member in package.members.values()]
    log.info("backup of %d files written and read back", len(sizes))
    return BackupReport(out, len(sizes), sum(sizes), tuple(left_out))


def restore(file: Path, target: Path) -> RestoreReport:
    """Unpack a backup into a new or empty folder; whole, or not at all.

    Raises
    ------
    FileFormatError
        It is no backup, or damaged. Nothing is left of the attempt.
    RegisterError
        `target` holds something, or the disk is too small.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise RegisterError(
            f"{target} is not empty.", "Restore into a new folder with --data-dir; nothing is lost."
        )
    with Package(file) as package:
        if package.kind != KIND or REGISTER not in package.members:
            raise FileFormatError(f"{file} is not a backup.", "It may be one patient's archive.")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            package.need_space(target.parent)
            with tempfile.TemporaryDirectory(dir=target.parent, prefix=".restoring-") as scratch:
                whole = Path(scratch) / "data"
                whole.mkdir(mode=0o700)
                for name in package.members:
                    package.extract(name, whole / name)
                if target.exists():
                    target.rmdir()
                whole.rename(target)
        except OSError as error:
            raise RegisterError(
                f"{target} cannot be written: {error.strerror or error}.",
                "Free some space or choose another folder.",
            ) from error
        made = str(package.facts.get("made_utc", ""))
        return RestoreReport(target, len(package.members), package.total_bytes, made)


def due_backup(
    database: Database,
    folder: DataFolder,
    today: dt.date,
    *,
    every_days: int = EVERY_DAYS,
    kept: int = KEPT,
) -> BackupReport | None:
    """Make the scheduled copy if the newest one is old enough; keep the newest few.

    Older copies go only after the new one was read back. Copies of days to come, made while a
    clock was wrong, neither put a new one off nor count among those kept.
    """
    copies = [copy for copy in scheduled(folder) if copy[0] <= today]
    if copies and (today - copies[-1][0]).days < every_days:
        return None
    path = private_folder(folder.backups) / SCHEDULED.format(day=today.isoformat())
    report = backup(database, folder, path)
    for _, old in [*copies, (today, path)][:-kept]:
        old.unlink(missing_ok=True)
    for left in unfinished_copies(folder):
        if today - dt.date.fromtimestamp(left.stat().st_mtime) > _SURELY_ABANDONED:
            left.unlink(missing_ok=True)
    return report


def scheduled(folder: DataFolder) -> list[tuple[dt.date, Path]]:
    """Return the scheduled copies with their days, oldest first."""
    head, tail = SCHEDULED.split("{day}")
    found = []
    for path in folder.backups.glob(f"{head}*{tail}"):
        try:
            found.append((dt.date.fromisoformat(path.name[len(head) : -len(tail)]), path))
        except ValueError:
            continue
    return sorted(found)


def unfinished_copies(folder: DataFolder) -> list[Path]:
    """Return what interrupted backups left behind in the data folder."""
    return [*folder.root.glob(f"{_COPY}*"), *folder.backups.glob(".*.part")]


def _files(folder: DataFolder) -> tuple[list[Path], list[str]]:
    """Return what a backup holds besides the register, and recordings still being written."""
    paths, left_out = [], []
    roots = [folder.recordings, folder.photos, folder.plans, folder.pairings]
    for path in sorted(path for root in roots for path in _regular(root)):
        writing = path.with_name(f"{path.name}.recording").exists()
        if writing:
            left_out.append(path.name)
        elif not path.name.endswith(_BEING_WRITTEN) and not path.name.startswith("."):
            paths.append(path)
    if folder.keys.is_file():
        paths.append(folder.keys)
    return paths, left_out


def _regular(root: Path) -> list[Path]:
    """Return the files below a folder; links are not followed, they lead elsewhere."""
    return [
        Path(at) / name
        for at, _, names in os.walk(root, followlinks=False)
        for name in names
        if (Path(at) / name).is_file() and not (Path(at) / name).is_symlink()
    ]
