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


def save_summary(path: Path, summary: Mapping[str, Any]) -> Path:
    """Write `summary` to `path`, or to `path` with a number where that exists; return where.

    Raises
    ------
    RecordingError
        The folder or the file cannot be written.
    """
    return _write(path, summary, _put_beside)


def replace_summary(path: Path, summary: Mapping[str, Any]) -> Path:
    """Write `summary` over the one at `path`, which stays whole if that fails; return `path`.

    Raises
    ------
    RecordingError
        The folder or the file cannot be written.
    """
    return _write(path, summary, Path.replace)


def _write(path: Path, summary: Mapping[str, Any], put: Callable[[Path, Path], Path]) -> Path:
    text = json.dumps(summary, ensure_ascii=False, indent=1, allow_nan=False)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("x", encoding="utf-8") as file:
            file.write(text)
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
    number, place = 1, path
    while place.exists():
        number += 1
        place = path.with_name(f"{path.stem}-{number}{path.suffix}")
    draft.rename(place)
    return place
