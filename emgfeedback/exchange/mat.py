"""MATLAB files of version 5, written piece by piece.

Layout after "MAT-File Format" (MathWorks, 2012), level 5. Nothing but numpy is needed, and memory
follows the piece, not the recording; any program that reads version 5 is an independent reader.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgfeedback import __version__
from emgfeedback.core.errors import RecordingError
from emgfeedback.core.files import for_owner_only
from emgfeedback.core.montage import MUSCLES
from emgfeedback.records.export import spans
from emgfeedback.records.recording import Recording

VARIABLE = "emg"
LARGEST_BYTES = 2**31
"""MATLAB reads no variable of this size from a version 5 file."""
_FIELD_WIDTH = 32
_INT8, _INT32, _UINT32, _DOUBLE, _MATRIX, _UTF16 = 1, 5, 6, 9, 14, 17
_CELL_CLASS, _STRUCT_CLASS, _CHAR_CLASS, _DOUBLE_CLASS = 1, 2, 4, 6


def write_mat(recording: Recording, part: Path) -> tuple[float, ...]:
    """Write the struct `emg` to the new file `part`.

    Its fields: `data` (samples by channels, microvolts, NaN where samples were lost), `fs` in
    Hz, `labels`, `muscles`, `sides` (cells), `units`, `subject`, `start` (local time, ISO 8601),
    `lost` (first sample counted from 1, number of samples; a row for each gap), and
    `annotations` with `onset_s`, `duration_s` and `text`.

    Raises
    ------
    RecordingError
        The variable would have 2 GB or more.
    """
    n, n_channels = recording.n_samples, len(recording.channels)
    data_bytes = 8 * n * n_channels
    fields = _fields(recording)
    rest = b"".join(fields.values())
    names = b"".join(name.encode().ljust(_FIELD_WIDTH, b"\0") for name in ("data", *fields))
    before = (
        _array_start(_STRUCT_CLASS, (1, 1), VARIABLE)
        + struct.pack("<HHI", _INT32, 4, _FIELD_WIDTH)
        + _element(_INT8, names)
    )
    data_start = _array_start(_DOUBLE_CLASS, (n, n_channels)) + _tag(_DOUBLE, data_bytes)
    data_size = len(data_start) + data_bytes
    size = len(before) + 8 + data_size + len(rest)
    if size >= LARGEST_BYTES:
        longest_min = recording.duration_s / 60 * LARGEST_BYTES / size
        raise RecordingError(
            f"The recording has {size / 2**30:.1f} GB as a MATLAB variable (limit 2 GB).",
            f"Export to .bdf, or a part of at most {longest_min:.0f} min.",
        )
    head = b"".join(
        (_file_header(), _tag(_MATRIX, size), before, _tag(_MATRIX, data_size), data_start)
    )
    with open(part, "xb", opener=for_owner_only) as file:
        file.write(head)
        for first, end in spans(recording):
            uv = recording.read_uv(first, end)
            uv[~recording.valid(first, end)] = np.nan
            for channel in range(n_channels):
                file.seek(len(head) + 8 * (channel * n + first))
                file.write(np.ascontiguousarray(uv[:, channel], dtype="<f8").data)
        file.seek(len(head) + data_bytes)
        file.write(rest)
        file.flush()
        os.fsync(file.fileno())
    return (0.0,) * n_channels


def _fields(recording: Recording) -> dict[str, bytes]:
    notes = recording.annotations
    lost = np.array([(g.first_sample + 1, g.n_samples) for g in recording.gaps], dtype=float)
    annotations = {
        "onset_s": _numbers(np.array([[a.onset_s] for a in notes])),
        "duration_s": _numbers(np.array([[a.duration_s] for a in notes])),
        "text": _texts([a.text for a in notes]),
    }
    return {
        "fs": _numbers(np.array([[recording.fs_hz]])),
        "labels": _texts(recording.labels),
        "units": _text("uV"),
        "muscles": _texts([MUSCLES.get(c.muscle, c.muscle) for c in recording.channels]),
        "sides": _texts([c.side.value for c in recording.channels]),
        "subject": _text(recording.subject),
        "start": _text(recording.start.isoformat() if recording.start else ""),
        "lost": _numbers(lost.reshape(-1, 2)),
        "annotations": _struct(annotations),
    }


def _file_header() -> bytes:
    text = f"MATLAB 5.0 MAT-file, written by emgfeedback {__version__}"
    return text.encode().ljust(124) + struct.pack("<H", 0x0100) + b"IM"


def _tag(kind: int, size: int) -> bytes:
    return struct.pack("<II", kind, size)


def _element(kind: int, payload: bytes) -> bytes:
    return _tag(kind, len(payload)) + payload + b"\0" * (-len(payload) % 8)


def _array_start(array_class: int, shape: tuple[int, int], name: str = "") -> bytes:
    return (
        _element(_UINT32, struct.pack("<II", array_class, 0))
        + _element(_INT32, struct.pack("<ii", *shape))
        + _element(_INT8, name.encode())
    )


def _array(array_class: int, shape: tuple[int, int], body: bytes) -> bytes:
    return _element(_MATRIX, _array_start(array_class, shape) + body)


def _numbers(values: NDArray[np.float64]) -> bytes:
    rows = values.reshape(-1, values.shape[-1] if values.ndim == 2 else 1)
    body = _element(_DOUBLE, rows.astype("<f8").tobytes(order="F"))
    return _array(_DOUBLE_CLASS, (rows.shape[0], rows.shape[1]), body)


def _text(text: str) -> bytes:
    plain = "".join(sign if sign < "\U00010000" else "?" for sign in text)
    shape = (1, len(plain)) if plain else (0, 0)
    return _array(_CHAR_CLASS, shape, _element(_UTF16, plain.encode("utf-16-le", "replace")))


def _texts(texts: Sequence[str]) -> bytes:
    return _array(_CELL_CLASS, (len(texts), 1), b"".join(_text(text) for text in texts))


def _struct(fields: Mapping[str, bytes]) -> bytes:
    names = b"".join(name.encode().ljust(_FIELD_WIDTH, b"\0") for name in fields)
    body = struct.pack("<HHI", _INT32, 4, _FIELD_WIDTH) + _element(_INT8, names)
    return _array(_STRUCT_CLASS, (1, 1), body + b"".join(fields.values()))
