"""Session summaries on disk: JSON beside the recordings, whole or not there.

No summary is written over another one; only what belongs to the same session replaces it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from emgfeedback.core.errors import RecordingError
from emgfeedback.core.files import PLAIN, SEALED_SUFFIX, Files, for_owner_only


def save_summary(path: Path, summary: Mapping[str, Any], files: Files = PLAIN) -> Path:
    """Write `summary` to `path`, or to `path` with a number where that exists; return where.

    Where `files` encrypts, so is the summary, and its name says so.

    Raises
    ------
    RecordingError
        The folder or the file cannot be written.
    """
    named = path.with_name(f"{path.name}{files.suffix}")
    return _write(named, summary, _put_beside, files)


def replace_summary(path: Path, summary: Mapping[str, Any], files: Files = PLAIN) -> Path:
    """Write `summary` over the one at `path`, which stays whole if that fails; return `path`.

    Raises
    ------
    RecordingError
        The folder or the file cannot be written.
    """
    return _write(path, summary, Path.replace, files)


def _write(
    path: Path, summary: Mapping[str, Any], put: Callable[[Path, Path], Path], files: Files
) -> Path:
    text = json.dumps(summary, ensure_ascii=False, indent=1, allow_nan=False)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(draft, "xb", opener=for_owner_only) as file:
            file.write(files.wrap(text.encode()))
            file.flush()
            os.fsync(file.fileno())
        return put(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise RecordingError(
            f"The session summary cannot be written to {path}: {error.strerror}.",
            "Free some space or choose another folder with --data-dir.",
        ) from error


def _put_beside(draft: Path, path: Path) -> Path:
    sealed = SEALED_SUFFIX if path.suffix == SEALED_SUFFIX else ""
    plain = path.with_suffix("") if sealed else path
    number, place = 1, path
    while place.exists():
        number += 1
        place = path.with_name(f"{plain.stem}-{number}{plain.suffix}{sealed}")
    draft.rename(place)
    return place
