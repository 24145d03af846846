"""How files are opened, so that whoever reads or writes a recording need not know of keys.

A `Files` is handed to the functions of `records/`. `PLAIN` is what they use without one;
`access.sealing.SealedFiles` opens files that are encrypted.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from io import FileIO, RawIOBase
from pathlib import Path
from typing import Literal, Protocol

from emgfeedback.core.errors import FileFormatError

SEALED_MAGIC = b"EMGSEAL\x1a"
"""How every encrypted file begins."""
SEALED_SUFFIX = ".sealed"
"""What encryption adds to a file's name."""

Mode = Literal["r", "r+", "x+"]


class DurableFile(RawIOBase):
    """A file that is more than its descriptor: it knows itself how to reach the disk."""

    @abstractmethod
    def fsync(self) -> None:
        """Bring everything written to the disk itself. Raises OSError."""


class Files(Protocol):
    """How recordings and the notes beside them are opened.

    Attributes
    ----------
    suffix
        What a file that is made gets after its name.
    """

    @property
    def suffix(self) -> str: ...  # noqa: D102 - told above

    def open(self, path: Path, mode: Mode) -> RawIOBase:
        """Open `path` unbuffered; `x+` makes it and fails where it exists.

        Raises
        ------
        FileFormatError
            If it is encrypted and cannot be decrypted here.
        OSError
            If it cannot be opened.
        """

    def wrap(self, note: bytes) -> bytes:
        """Return what to keep on disk for the small content `note`."""

    def unwrap(self, kept: bytes) -> bytes:
        """Return the content that `wrap` made `kept` of. Raises FileFormatError."""


class PlainFiles:
    """Files as they are; encrypted ones are refused by name."""

    suffix = ""

    def open(self, path: Path, mode: Mode) -> FileIO:
        """Open `path`. See `Files.open`."""
        file = FileIO(path, mode, opener=for_owner_only)
        if mode != "x+":
            if file.read(len(SEALED_MAGIC)) == SEALED_MAGIC:
                file.close()
                raise FileFormatError(
                    f"{path} is encrypted.", "Unlock the records with their passphrase first."
                )
            file.seek(0)
        return file

    def wrap(self, note: bytes) -> bytes:
        """Return `note` itself."""
        return note

    def unwrap(self, kept: bytes) -> bytes:
        """Return `kept` itself."""
        return kept


PLAIN: Files = PlainFiles()


def for_owner_only(path: str, flags: int) -> int:
    """Open as `os.open`; a file that is made is readable and writable by its owner alone.

    On Windows it inherits what its folder allows: in a user's profile that is the user,
    administrators and the system.
    """
    return os.open(path, flags, 0o600)


def to_disk(file: RawIOBase) -> None:
    """Bring everything written to `file` to the disk itself. Raises OSError."""
    if isinstance(file, DurableFile):
        file.fsync()
    else:
        os.fsync(file.fileno())
