"""Encrypt whole files, and open encrypted ones wherever a file is read or recorded."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from io import BytesIO, FileIO, RawIOBase
from pathlib import Path

from emgfeedback.access.private_files import put_in_place, sync_folder, write_private
from emgfeedback.access.sealed import CHUNK_BYTES, SealedFile
from emgfeedback.access.sealed_layout import MIN_CHUNK_BYTES
from emgfeedback.core.errors import AccessError, FileFormatError
from emgfeedback.core.files import (
    PLAIN,
    SEALED_MAGIC,
    SEALED_SUFFIX,
    Files,
    Mode,
    for_owner_only,
    to_disk,
)

__all__ = [
    "SealedFiles",
    "is_sealed",
    "seal_bytes",
    "seal_file",
    "unseal_bytes",
    "unseal_file",
    "write_sealed",
]

MAX_NOTE_BYTES = 1 << 26
"""More is not decrypted into memory at once."""
_PIECE = 1 << 20


class SealedFiles:
    """Open encrypted files with `key`, and plain ones as they are; what is made is encrypted.

    A `core.files.Files`, to be handed to the functions of `records`.

    Parameters
    ----------
    key
        32 bytes, as `KeyRing.files_key`.
    chunk_bytes
        Of the files that are made; see `SealedFile.create`.
    """

    suffix = SEALED_SUFFIX

    def __init__(self, key: bytes, *, chunk_bytes: int = CHUNK_BYTES) -> None:
        self._key = key
        self._chunk_bytes = chunk_bytes

    def open(self, path: Path, mode: Mode) -> RawIOBase:
        """Open `path`. See `core.files.Files.open`.

        An empty file with the suffix of encrypted ones becomes one when opened for writing:
        its writer ended before it had begun.
        """
        raw = FileIO(path, mode, opener=for_owner_only)
        try:
            if mode == "x+":
                return self._new(raw, path)
            begin = raw.read(len(SEALED_MAGIC))
            raw.seek(0)
            if begin == SEALED_MAGIC:
                return SealedFile.open(raw, self._key, str(path), writable=mode == "r+")
            if not begin and mode == "r+" and path.suffix == self.suffix:
                return self._new(raw, path)
        except BaseException:
            raw.close()
            if mode == "x+":
                path.unlink(missing_ok=True)
            raise
        return raw

    def _new(self, raw: FileIO, path: Path) -> SealedFile:
        return SealedFile.create(raw, self._key, str(path), chunk_bytes=self._chunk_bytes)

    def wrap(self, note: bytes) -> bytes:
        """Return `note` encrypted."""
        return seal_bytes(note, self._key)

    def unwrap(self, kept: bytes) -> bytes:
        """Return what `kept` holds, encrypted or not. Raises FileFormatError."""
        return unseal_bytes(kept, self._key) if kept.startswith(SEALED_MAGIC) else kept


def is_sealed(path: Path) -> bool:
    """Whether `path` begins as encrypted files do. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(SEALED_MAGIC)) == SEALED_MAGIC


def seal_bytes(data: bytes, key: bytes) -> bytes:
    """Return `data` as the content of a sealed file; for what fits into memory."""
    raw = BytesIO()
    file = SealedFile.create(raw, key, chunk_bytes=_chunk_bytes_for(len(data)))
    file.write(data)
    file.settle()
    return raw.getvalue()


def unseal_bytes(sealed: bytes, key: bytes, name: str = "the note") -> bytes:
    """Return what `seal_bytes` or a small `SealedFile` encrypted.

    Raises
    ------
    FileFormatError
        If it is no sealed file, sealed with another key, damaged, or larger than 64 MiB.
    """
    file = SealedFile.open(BytesIO(sealed), key, name, writable=False)
    n = file.seek(0, io.SEEK_END)
    if n > MAX_NOTE_BYTES:
        raise FileFormatError(
            f"{name} holds {n} bytes (limit {MAX_NOTE_BYTES}).", "Decrypt it into a file."
        )
    file.seek(0)
    return file.read()


def write_sealed(path: Path, data: bytes, key: bytes, *, replace: bool) -> None:
    """Write `data` encrypted to `path`, whole or not at all. Raises as `write_private`."""
    write_private(path, seal_bytes(data, key), replace=replace)


def seal_file(plain: Path, sealed: Path, key: bytes) -> None:
    """Encrypt the file `plain` into `sealed`, compare them byte for byte, remove `plain`.

    Doing it again after a crash finishes what was begun. Removing frees the place on the
    disk but does not wipe it; on drives that spread their writes nothing can.

    Raises
    ------
    AccessError
        If `sealed` exists with another content, `plain` changed meanwhile, or either cannot
        be read or written. `plain` is there then.
    FileFormatError
        If `plain` is encrypted already.
    """
    with _telling(f"{plain} cannot be encrypted"):
        if is_sealed(plain):
            raise FileFormatError(f"{plain} is encrypted already.", "Choose another file.")
        chunk_bytes = _chunk_bytes_for(plain.stat().st_size)
        _convert(plain, sealed, PLAIN, SealedFiles(key, chunk_bytes=chunk_bytes))


def unseal_file(sealed: Path, plain: Path, key: bytes) -> None:
    """Decrypt the file `sealed` into `plain`, compare them byte for byte, remove `sealed`.

    Raises
    ------
    AccessError
        As `seal_file`; `sealed` is there then.
    FileFormatError
        If `sealed` is not encrypted, encrypted with another key, or damaged.
    """
    with _telling(f"{sealed} cannot be decrypted"):
        if not is_sealed(sealed):
            raise FileFormatError(f"{sealed} is not encrypted.", "Choose another file.")
        _convert(sealed, plain, SealedFiles(key), PLAIN)


def _chunk_bytes_for(size: int) -> int:
    """Return chunks that are small for small files, and quick to read for large ones."""
    return MIN_CHUNK_BYTES if size < 1 << 17 else 1 << 16


def _convert(source: Path, target: Path, reading: Files, writing: Files) -> None:
    before = source.stat()
    if target.exists():
        if not _same_content(source, target, reading, writing):
            raise AccessError(
                f"{target} exists already and holds something else than {source}.",
                "Rename one of the two.",
            )
    else:
        draft = target.with_name(f".{target.name}.part")
        draft.unlink(missing_ok=True)  # left by a run that was cut off
        try:
            _copy(source, draft, reading, writing)
            if not _same_content(source, draft, reading, writing):
                raise AccessError(f"{target} was not written as it should.", "Check the drive.")
            after = source.stat()
            if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                raise AccessError(f"{source} was changed meanwhile.", "Stop what writes it first.")
            os.utime(draft, ns=(before.st_atime_ns, before.st_mtime_ns))
            put_in_place(draft, target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)
    source.unlink()
    sync_folder(source.parent)


def _copy(source: Path, draft: Path, reading: Files, writing: Files) -> None:
    with reading.open(source, "r") as plain, writing.open(draft, "x+") as copy:
        while piece := plain.read(_PIECE):
            view = memoryview(piece)
            while view:
                view = view[copy.write(view) :]
        to_disk(copy)


def _same_content(source: Path, target: Path, reading: Files, writing: Files) -> bool:
    with reading.open(source, "r") as a, writing.open(target, "r") as b:
        while True:
            pieces = a.read(_PIECE), b.read(_PIECE)
            if pieces[0] != pieces[1]:
                return False
            if not pieces[0]:
                return True


@contextlib.contextmanager
def _telling(what: str) -> Iterator[None]:
    """Tell an OSError as an AccessError that begins with `what`."""
    try:
        yield
    except OSError as error:
        raise AccessError(
            f"{what}: {(error.strerror or str(error)).lower()}.",
            "Check the space and the permission of the folder.",
        ) from error
