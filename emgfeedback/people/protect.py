"""Put a passphrase on a data folder, or take it off: everything in it, or nothing.

A note in the folder says what is under way. Nothing is changed before the keys are on disk;
from then on the folder is locked, and whoever unlocks it finishes what a power cut interrupted.
Every file is at any moment whole in one form: plain until its encrypted copy was read back and
compared, and the other way round.

What a drive freed of the plain files is not wiped: on drives that spread their writes nothing
can. Copies outside the folder stay as they are.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from emgfeedback.access.keys import Cost, KeyRing
from emgfeedback.access.private_files import sync_folder, write_private
from emgfeedback.access.sealing import SealedFiles, is_sealed, seal_file, unseal_file
from emgfeedback.core.errors import AccessError, EmgFeedbackError, FileFormatError, RegisterError
from emgfeedback.core.files import PLAIN, SEALED_SUFFIX, Files
from emgfeedback.people import sqlite_file
from emgfeedback.people.backup import SCHEDULED, backup, scheduled, unfinished_copies
from emgfeedback.people.database import Database
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.package import Package
from emgfeedback.people.recoding import is_plain, recode
from emgfeedback.records.repair import repair, unfinished
from emgfeedback.records.sidecar import SUFFIX as BEING_RECORDED

__all__ = ["finish", "remove_passphrase", "set_passphrase", "tidy_before_keys"]

log = logging.getLogger(__name__)
NOTE = "protecting.json"
ENCRYPTING, DECRYPTING = "encrypting", "decrypting"
_RETIRED_NAME = "before-passphrase-"
_RETIRED = _RETIRED_NAME + "{day}.zip"
"""Name of a scheduled copy that is not encrypted, until an encrypted one has taken its place."""
_SPARE_BYTES = 32 << 20
Progress = Callable[[int, int], object]


def set_passphrase(
    folder: DataFolder,
    passphrase: str,
    *,
    url: str | None = None,
    cost: Cost | None = None,
    progress: Progress | None = None,
) -> str:
    """Encrypt the register and every file of a data folder.

    Nobody may have the register open, and no recording may run.

    Parameters
    ----------
    passphrase
        8 to 1024 characters.
    url
        Of the server the register is on, which encrypts its own disk: files alone are encrypted.
    cost
        Of each try to open it; None for the recommended one.
    progress
        Told how many files are done, and of how many.

    Returns
    -------
    str
        The nine words of the recovery key: the one time they are told.

    Raises
    ------
    AccessError
        It has a passphrase, the passphrase is too short or long, a recording runs, or a file
        cannot be encrypted. The folder is as it was.
    RegisterError
        The register is in use or damaged, the disk too full, or the part that encrypts is not
        installed. The folder is as it was.
    """
    if folder.keys.exists():
        raise AccessError("The records have a passphrase already.", "Change it instead.")
    if url is None:
        sqlite_file.driver(bytes(sqlite_file.KEY_BYTES))
    tidy_before_keys(folder)
    _settle_recordings(folder, PLAIN)
    _need_space(folder)
    folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    _note(folder, ENCRYPTING)
    try:
        ring, words = KeyRing.create(folder.keys, passphrase, cost=cost)
    except BaseException:
        tidy_before_keys(folder)
        raise
    try:
        _encrypt(folder, ring, url, progress)
    except EmgFeedbackError:
        _take_back(folder, ring, url)
        raise
    finally:
        ring.lock()
    log.info("the records were encrypted")
    return words


def remove_passphrase(
    folder: DataFolder,
    secret: str,
    *,
    url: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Decrypt the register and every file, and delete the keys; the inverse of `set_passphrase`.

    Encrypted backups stay: they open with the passphrase of their day.

    Raises
    ------
    WrongPassphrase
        `secret` is neither passphrase nor recovery key.
    AccessError, FileFormatError, RegisterError
        A recording runs, a file is damaged, or the disk is full; what was decrypted so far is
        finished, or named again, when the records are unlocked next.
    """
    ring = KeyRing.unlock(folder.keys, secret)
    try:
        finish(folder, ring, url=url)
        if not folder.keys.exists():
            return
        _settle_recordings(folder, SealedFiles(ring.files_key))
        _need_space(folder)
        _note(folder, DECRYPTING)
        _decrypt(folder, ring, url, progress)
    finally:
        ring.lock()
    log.info("the records were decrypted")


def tidy_before_keys(folder: DataFolder) -> None:
    """Forget what was interrupted before it began, or after all was done: there are no keys."""
    if folder.keys.exists():
        return
    for left in (folder.root / NOTE, *folder.root.glob(f".{folder.keys.name}.*")):
        left.unlink(missing_ok=True)


def finish(folder: DataFolder, ring: KeyRing, *, url: str | None = None) -> None:
    """Complete what a power cut interrupted; without keys in the folder afterwards, it is plain.

    Raises
    ------
    EmgFeedbackError
        It cannot be completed: as `set_passphrase`. The next call goes on.
    """
    note = folder.root / NOTE
    if not note.exists():
        return
    way = _way(note)
    _settle_recordings(folder, SealedFiles(ring.files_key))
    if way == DECRYPTING:
        _decrypt(folder, ring, url, None)
    else:
        _encrypt(folder, ring, url, None)
    log.info("%s the records, interrupted before, was completed", way)


@contextlib.contextmanager
def _told_as_refusal() -> Iterator[None]:
    """Tell in words what the disk refuses."""
    try:
        yield
    except OSError as error:
        raise RegisterError(
            f"{error.filename or 'The data folder'} cannot be changed: {error.strerror or error}.",
            "Check the space and the rights of the folder.",
        ) from error


@_told_as_refusal()
def _encrypt(folder: DataFolder, ring: KeyRing, url: str | None, progress: Progress | None) -> None:
    folder.clear_cache()
    _drop_drafts(folder)
    if url is None:
        for path in _databases(folder):
            if is_plain(path):
                recode(path, None, ring.database_key)
    for left in unfinished_copies(folder):
        left.unlink(missing_ok=True)
    _retire_copies(folder)
    for path in _told([p for p in _files(folder) if not _is_settled(p)], progress):
        seal_file(path, _sealed_name(path), ring.files_key)
    _replace_copies(folder, ring, url)
    _forget_note(folder)


@_told_as_refusal()
def _decrypt(folder: DataFolder, ring: KeyRing, url: str | None, progress: Progress | None) -> None:
    _drop_drafts(folder)
    if url is None:
        for path in _databases(folder):
            if path.stat().st_size and not is_plain(path):
                recode(path, ring.database_key, None)
    sealed = [p for p in _files(folder) if p.suffix == SEALED_SUFFIX and is_sealed(p)]
    for path in _told(sealed, progress):
        unseal_file(path, path.with_suffix(""), ring.files_key)
    for path in folder.backups.glob(_RETIRED.format(day="*")):
        back = path.with_name(SCHEDULED.format(day=path.stem.removeprefix(_RETIRED_NAME)))
        if not back.exists():
            path.rename(back)
    folder.keys.unlink()
    sync_folder(folder.root)
    _forget_note(folder)


def _take_back(folder: DataFolder, ring: KeyRing, url: str | None) -> None:
    """Undo an encryption that failed; where even that fails, unlocking tries again."""
    try:
        _note(folder, DECRYPTING)
        _decrypt(folder, ring, url, None)
    except (EmgFeedbackError, OSError):
        log.exception("the records stay locked: encryption could not be taken back")


def _databases(folder: DataFolder) -> list[Path]:
    """Return the register, where there is one, and copies of it that upgrades left."""
    older = sorted(folder.root.glob("register-of-form-*.sqlite"))
    return [path for path in (folder.register, *older) if path.is_file()]


def _files(folder: DataFolder) -> list[Path]:
    rooms = (
        *(folder.recordings, folder.photos, folder.plans, folder.pairings),
        folder.backups,
    )
    return [
        path
        for room in rooms
        for path in sorted(room.rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]


def _drop_drafts(folder: DataFolder) -> None:
    """Remove what a cut left of a file half converted; the file itself is still there."""
    for path in _files(folder):
        if path.name.startswith(".") and path.suffix == ".part":
            half = path.with_name(path.name[1 : -len(".part")])
            source = half.with_suffix("") if half.suffix == SEALED_SUFFIX else _sealed_name(half)
            if source.exists():
                path.unlink()


def _sealed_name(path: Path) -> Path:
    """Return the name of `path` when it is encrypted."""
    return path.with_name(path.name + SEALED_SUFFIX)


def _is_settled(path: Path) -> bool:
    """Whether a file needs no encryption: it is encrypted, or a backup that holds keys."""
    if is_sealed(path):
        return True
    return path.suffix == ".zip" and (path.name.startswith(_RETIRED_NAME) or _holds_keys(path))


def _holds_keys(path: Path) -> bool:
    with contextlib.suppress(FileFormatError), Package(path) as package:
        return "keys.json" in package.members
    return False


def _retire_copies(folder: DataFolder) -> None:
    for day, path in scheduled(folder):
        if not _holds_keys(path):
            path.rename(path.with_name(_RETIRED.format(day=day.isoformat())))


def _replace_copies(folder: DataFolder, ring: KeyRing, url: str | None) -> None:
    """Make one encrypted copy, then let go of those that are not."""
    retired = list(folder.backups.glob(_RETIRED.format(day="*")))
    if not retired:
        return
    today = dt.datetime.now().astimezone().date().isoformat()
    path = folder.backups / SCHEDULED.format(day=today)
    if url is None and not path.exists():
        with Database.open(folder.root, key=ring.database_key) as database:
            backup(database, folder, path)
    for old in retired:
        old.unlink()
    sync_folder(folder.backups)


def _settle_recordings(folder: DataFolder, files: Files) -> None:
    """Repair recordings that were cut off; refuse while one runs."""
    for path in unfinished(folder.recordings):
        repair(path, files)
    running = sorted(folder.recordings.rglob(f"*{BEING_RECORDED}"))
    if running:
        name = running[0].name.removesuffix(BEING_RECORDED)
        raise AccessError(f"{name} is being recorded.", "Stop the recording first.")


def _need_space(folder: DataFolder) -> None:
    """Refuse where there is no room for the register and the largest file once more."""
    sizes = [path.stat().st_size for path in _files(folder)]
    needed = max(sizes, default=0) + _SPARE_BYTES
    needed += sum(path.stat().st_size for path in _databases(folder))
    if scheduled(folder):
        needed += sum(sizes)
    there = next(path for path in (folder.root, *folder.root.parents) if path.exists())
    free = shutil.disk_usage(there).free
    if free < needed:
        raise RegisterError(
            f"{free >> 20} MB are free on the disk, {needed >> 20} MB are needed.",
            "Free some space first.",
        )


def _note(folder: DataFolder, way: str) -> None:
    content = json.dumps({"version": 1, "way": way}).encode()
    try:
        write_private(folder.root / NOTE, content, replace=True)
    except OSError as error:
        raise AccessError(
            f"{folder.root} cannot be written: {error.strerror}.", "Check its rights."
        ) from error


def _way(note: Path) -> str:
    try:
        content = json.loads(note.read_bytes())
        way = content["way"] if content["version"] == 1 else None
    except (OSError, ValueError, KeyError, TypeError):
        way = None
    if way not in (ENCRYPTING, DECRYPTING):
        raise AccessError(
            f"{note} cannot be read, so what was interrupted cannot be finished.",
            "Open the records with a newer emgfeedback, or restore a backup into a new folder.",
        )
    return str(way)


def _forget_note(folder: DataFolder) -> None:
    (folder.root / NOTE).unlink(missing_ok=True)
    sync_folder(folder.root)


def _told(paths: list[Path], progress: Progress | None) -> Iterator[Path]:
    for number, path in enumerate(paths):
        if progress is not None:
            progress(number, len(paths))
        yield path
    if progress is not None:
        progress(len(paths), len(paths))
