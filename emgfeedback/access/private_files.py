"""Files and folders for their owner alone, written whole or not at all.

On POSIX systems files get mode 600 and folders 700. On Windows both inherit what their
parent folder allows; in a user's profile, where the records are kept by default, that is
the user, administrators and the system. A folder chosen elsewhere should be one of the
user's own.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from io import FileIO
from pathlib import Path

from emgfeedback.core.files import for_owner_only

_POSIX = os.name == "posix"


def private_folder(path: Path) -> Path:
    """Make the folder `path` with its parents where missing, for its owner alone.

    A folder that is there already stays as it is: whoever shares it may mean to.

    Raises
    ------
    OSError
        If it cannot be made, or something else has its name.
    """
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
    if not path.is_dir():
        raise NotADirectoryError(f"{path} is no folder")
    return path


def private_file(path: Path) -> FileIO:
    """Make the file `path`, open for reading and writing, for its owner alone.

    Raises
    ------
    FileExistsError
        If it exists; nothing is overwritten.
    OSError
        If it cannot be made.
    """
    return FileIO(path, "x+", opener=for_owner_only)


def is_private(path: Path) -> bool:
    """Whether nobody but the owner has a right to `path`. True on Windows: not looked at."""
    return not _POSIX or not path.stat().st_mode & 0o077


def write_private(path: Path, data: bytes, *, replace: bool) -> None:
    """Write `data` to `path` for its owner alone; after a crash it is whole or not there.

    Parameters
    ----------
    path
        Its folder must exist.
    data
        All of its content.
    replace
        Whether a file of that name may be there; its content is kept until the new one is
        on the disk.

    Raises
    ------
    FileExistsError
        If it exists and is not to be replaced.
    OSError
        If it cannot be written; nothing has changed then.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with private_file(draft) as file:
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            put_in_place(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def put_in_place(draft: Path, path: Path) -> None:
    """Give `draft` the name `path` unless that exists.

    Raises
    ------
    FileExistsError
        If it exists; `draft` stays.
    """
    if not _POSIX:
        draft.rename(path)  # refuses by itself where it exists
        return
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:
        # Drives without hard links; there a look before is all there is.
        if path.exists():
            raise FileExistsError(f"{path} exists") from None
        draft.rename(path)
    else:
        draft.unlink()


def sync_folder(folder: Path) -> None:
    """Bring the names in `folder` to the disk, where the system offers that."""
    if not _POSIX:
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
