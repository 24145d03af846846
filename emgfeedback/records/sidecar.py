"""The small file beside a recording that says: this one is being written.

`name.bdf.recording` is locked by the operating system as long as its writer
lives, and the lock goes with the process however it ends. A lock was chosen
over a process number (which is reused) and over a heartbeat (which stops while
a laptop sleeps, though the writer lives on).
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
from pathlib import Path

from emgfeedback.core.errors import FileFormatError
from emgfeedback.core.files import PLAIN, Files

SUFFIX = ".recording"
_LOCK_BYTE = 1 << 30
"""Windows forbids reading a locked byte, so one far behind the text is locked."""


def sidecar_path(path: Path) -> Path:
    """Return where the sidecar of the recording `path` stands."""
    return path.with_name(path.name + SUFFIX)


class Sidecar:
    """An open sidecar; `locked` is False only where the drive offers no locks."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path = path
        self._fd = fd
        self.locked = _lock(fd)

    @classmethod
    def create(
        cls, recording: Path, header: bytes, texts: list[str], files: Files = PLAIN
    ) -> Sidecar:
        """Make and lock the sidecar of `recording`; it keeps the header and the facts.

        `files` encrypts what it keeps where it encrypts the recording.

        Raises
        ------
        BlockingIOError
            If another process is writing this recording.
        OSError
            If it cannot be written.
        """
        sidecar = cls._open(sidecar_path(recording), os.O_CREAT)
        content = {"header": header.decode("latin-1"), "facts": texts}
        try:
            os.ftruncate(sidecar._fd, 0)
            os.write(sidecar._fd, files.wrap(json.dumps(content, ensure_ascii=False).encode()))
            os.fsync(sidecar._fd)
        except OSError:
            sidecar.remove()
            raise
        return sidecar

    @classmethod
    def take(cls, recording: Path) -> Sidecar | None:
        """Lock the sidecar that an ended writer left; None where there is none.

        Raises
        ------
        BlockingIOError
            If its writer still lives.
        """
        try:
            return cls._open(sidecar_path(recording), 0)
        except FileNotFoundError:
            return None

    @classmethod
    def _open(cls, path: Path, flags: int) -> Sidecar:
        fd = os.open(path, os.O_RDWR | flags | getattr(os, "O_BINARY", 0), 0o600)
        try:
            return cls(path, fd)
        except BaseException:
            os.close(fd)
            raise

    def content(self, files: Files = PLAIN) -> tuple[bytes, list[str]]:
        """Return (header, facts); empty where the sidecar itself was cut off."""
        os.lseek(self._fd, 0, os.SEEK_SET)
        try:
            found = json.loads(files.unwrap(os.read(self._fd, 1 << 22)))
            return found["header"].encode("latin-1"), [str(t) for t in found["facts"]]
        except (FileFormatError, ValueError, KeyError, TypeError, AttributeError):
            return b"", []

    def close(self) -> None:
        """Unlock, and leave the file where it is."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def remove(self) -> None:
        """Unlock and delete."""
        self.close()
        # Windows deletes no file that somebody looks at; then the next start removes it.
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


def _lock(fd: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - there is none elsewhere

            os.lseek(fd, _LOCK_BYTE, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
            os.lseek(fd, 0, os.SEEK_SET)
        else:
            import fcntl  # noqa: PLC0415 - there is none on Windows

            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            raise BlockingIOError(error.errno, "held by another program") from error
        return False
    return True


def unfinished(folder: Path | str) -> list[Path]:
    """Find the recordings in `folder` whose writer ended without finishing them.

    Where no lock can be had (some network drives), a recording counts as being
    written: `repair` can still be called on it by name. Deletes nothing.
    """
    found = []
    for sidecar in sorted(Path(folder).glob(f"*{SUFFIX}")):
        recording = sidecar.with_name(sidecar.name.removesuffix(SUFFIX))
        if not recording.is_file():
            continue
        try:
            taken = Sidecar.take(recording)
        except OSError:
            continue
        if taken is not None:
            taken.close()
            if taken.locked:
                found.append(recording)
    return found
