"""What was worked out from a recording, kept for the next time it is opened.

Nothing in a side file is trusted: its sizes must be those the recording asks for, and its
content must have the checksum it states; anything else is as if it were not there. It holds
a coarse picture of the signal, so it is as private as the recording: keep none where
recordings are encrypted, and clear the folder when somebody's records are erased.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

MAGIC = b"EMGSIDE1"
SUFFIX = ".side"
HEADER_BYTES = 4096
KEPT_BYTES = 512 << 20
"""Side files together; the ones not used for longest go first."""
_LOOKED_AT_BYTES = 1 << 16

Layout = Mapping[str, tuple[str, tuple[int, ...]]]
"""Name of an array -> its type, as `<f4`, and its shape."""


def fingerprint(path: Path) -> str:
    """Return what tells this content of `path` from any other: size, time, both ends."""
    stat = path.stat()
    told = hashlib.sha256(f"{stat.st_size} {stat.st_mtime_ns}".encode())
    with path.open("rb") as file:
        told.update(file.read(_LOOKED_AT_BYTES))
        file.seek(max(0, stat.st_size - _LOOKED_AT_BYTES))
        told.update(file.read(_LOOKED_AT_BYTES))
    return told.hexdigest()


class SideFiles:
    """Arrays kept in `folder` under the fingerprint of their recording and a name.

    Files are readable by the owner alone (on Windows: by whom the folder's own rights let).
    Neither a full disk nor a damaged file is an error: it is worked out again.
    """

    def __init__(self, folder: Path, kept_bytes: int = KEPT_BYTES) -> None:
        self.folder = folder
        self._kept_bytes = kept_bytes

    def load(self, of: str, name: str, layout: Layout) -> dict[str, NDArray[Any]] | None:
        """Return the arrays of `layout` kept under `of` and `name`, or None."""
        path = self._path(of, name)
        sizes = {key: _bytes(*of_array) for key, of_array in layout.items()}
        try:
            if path.stat().st_size != HEADER_BYTES + sum(sizes.values()):
                return None
            with path.open("rb") as file:
                header, content = file.read(HEADER_BYTES), file.read(sum(sizes.values()))
        except OSError:
            return None
        if header != _header(of, name, layout, content):
            log.info("side file %s is not what it should be: worked out anew", path.name)
            return None
        with contextlib.suppress(OSError):
            path.touch()
        arrays, at = {}, 0
        for key, (kind, shape) in layout.items():
            part = content[at : at + sizes[key]]
            arrays[key] = np.frombuffer(part, dtype=kind).reshape(shape)
            at += sizes[key]
        return arrays

    def save(self, of: str, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep `arrays`."""
        layout = {key: (array.dtype.str, array.shape) for key, array in arrays.items()}
        content = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, made = tempfile.mkstemp(dir=self.folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_header(of, name, layout, content))
                    file.write(content)
                Path(made).replace(self._path(of, name))
            except BaseException:
                Path(made).unlink(missing_ok=True)
                raise
            self._drop_oldest()
        except OSError as error:
            log.info("side file for %s not kept: %s", name, error.strerror)

    def clear(self) -> None:
        """Remove all side files, those half-written too. Raises OSError."""
        for pattern in (f"*{SUFFIX}", "*.part"):
            for path in self.folder.glob(pattern):
                path.unlink()

    def _path(self, of: str, name: str) -> Path:
        told = hashlib.sha256(f"{of} {name}".encode()).hexdigest()
        return self.folder / f"{told[:40]}{SUFFIX}"

    def _drop_oldest(self) -> None:
        held = [(path, path.stat()) for path in self.folder.glob(f"*{SUFFIX}")]
        left = sum(stat.st_size for _, stat in held)
        for path, stat in sorted(held, key=lambda one: one[1].st_mtime):
            if left <= self._kept_bytes:
                return
            path.unlink()
            left -= stat.st_size


def _bytes(kind: str, shape: tuple[int, ...]) -> int:
    size = np.dtype(kind).itemsize
    for length in shape:
        size *= length
    return size


def _header(of: str, name: str, layout: Layout, content: bytes) -> bytes:
    told = {
        "of": of,
        "name": name,
        "layout": {key: [kind, list(shape)] for key, (kind, shape) in layout.items()},
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return (MAGIC + json.dumps(told).encode()).ljust(HEADER_BYTES, b" ")
