"""Read the text files of OpenSignals: a line of JSON, then one row of counts for each sample.

Layout after PLUX, "OpenSignals text file format". Counts to volts after the data sheets of the
EMG sensors: `(count / 2^n - 1/2) VCC / G`; VCC 3 V and G 1000 on a biosignalsplux hub, 3.3 V and
1009 on a BITalino (r)evolution.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn, TextIO

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Gap, GapReason
from emgfeedback.core.errors import FileFormatError
from emgfeedback.core.montage import Channel
from emgfeedback.records.header import ascii_text
from emgfeedback.records.labels import guess_muscle_and_side
from emgfeedback.records.recording import Recording

BEGIN = "# OpenSignals Text File Format"
MAX_VALUES = 50_000_000
MAX_LINE = 65536
MAX_COLUMNS = 64
_CHUNK_LINES = 20_000
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_SENSORS = {"biosignalsplux": (3.0, 1000.0), "channeller": (3.0, 1000.0),
            "bitalino_rev": (3.3, 1009.0)}  # fmt: skip
"""Device -> supply in volts and gain of its EMG sensor."""


@dataclass(frozen=True, slots=True)
class _Header:
    """What the JSON says, of the EMG columns alone.

    `columns` counts from the last column of a row, -1: its last.
    """

    device: str
    firmware: str
    fs_hz: float
    start: dt.datetime | None
    labels: tuple[str, ...]
    columns: tuple[int, ...]
    bits: int

    @property
    def lsb_uv(self) -> float:
        """One count in microvolts."""
        vcc_v, gain = _SENSORS[self.device]
        return 1e6 * vcc_v / gain / (1 << self.bits)


class OpenSignalsRecording(Recording):
    """The EMG columns of a file, held in memory as counts."""

    def __init__(
        self, path: Path, header: _Header, counts: NDArray[np.int32], gaps: tuple[Gap, ...]
    ) -> None:
        gain = _SENSORS[header.device][1]
        self.path = path
        self.fs_hz = header.fs_hz
        self.start = header.start
        self.channels = tuple(
            Channel(label, *guess_muscle_and_side(label), gain=gain, input=i)
            for i, label in enumerate(header.labels)
        )
        self.n_samples = counts.shape[0]
        self.annotations = ()
        self.gaps = gaps
        self.lsb_uv = np.full(len(self.channels), header.lsb_uv)
        self.full_scale_counts = 2**header.bits
        self._counts = counts
        recording = {
            "nominal_fs_hz": header.fs_hz,
            "full_scale_counts": self.full_scale_counts,
            "driver": "OpenSignals",
            "board": header.device,
            "firmware": header.firmware,
        }
        channels = [
            {
                "label": c.label,
                "muscle": c.muscle,
                "side": c.side.value,
                "input": c.input,
                "gain": gain,
                "lsb_uv": header.lsb_uv,
            }
            for c in self.channels
        ]
        self.facts = (("recording", recording), *(("channel", facts) for facts in channels))

    def read_counts(self, first: int, end: int) -> NDArray[np.int32]:
        """Return counts. See `Recording.read_counts`."""
        self.check_span(first, end)
        return self._counts[first:end].copy()

    def read_uv(self, first: int, end: int) -> NDArray[np.float64]:
        """Return microvolts. See `Recording.read_uv`."""
        return self.uv_of(self.read_counts(first, end))

    def uv_of(self, counts: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the microvolts of counts. See `Recording.uv_of`."""
        assert self.lsb_uv is not None
        assert self.full_scale_counts is not None
        uv: NDArray[np.float64] = (counts - self.full_scale_counts / 2) * self.lsb_uv
        return uv


def is_opensignals(path: Path) -> bool:
    """Whether the file `path` begins as OpenSignals does. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(BEGIN)) == BEGIN.encode()


def open_opensignals(path: Path) -> OpenSignalsRecording:
    """Read the file `path`: its columns of the sensor EMG.

    Raises
    ------
    FileFormatError
        It is damaged, of several devices, without EMG, of a device whose gain is not known, or
        already converted; with the line where there is one.
    """
    try:
        with path.open(encoding="utf-8") as file:
            header = _header(path, file)
            table = _table(path, file, header)
    except UnicodeDecodeError:
        _refuse(path, "is no UTF-8 text")
    except OSError as error:
        raise FileFormatError(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}.",
            "Check the name and the permission.",
        ) from error
    numbers, counts = table[:, 0], table[:, 1:]
    if counts.min() < 0 or counts.max() >= 2**header.bits:
        row = int(np.flatnonzero(((counts < 0) | (counts >= 2**header.bits)).any(axis=1))[0])
        _refuse(path, f"has a count outside {header.bits} bits in its row {row + 1}")
    return OpenSignalsRecording(path, header, *_with_gaps(path, numbers, counts))


def _header(path: Path, file: TextIO) -> _Header:
    if not file.readline(MAX_LINE).startswith(BEGIN):
        _refuse(path, "does not begin as a file of OpenSignals")
    found: Any = None
    for line in islice(iter(lambda: file.readline(MAX_LINE), ""), 8):
        if line.startswith("# EndOfHeader"):
            break
        if line.startswith("# {"):
            try:
                found = json.loads(line[2:])
            except (ValueError, RecursionError):
                _refuse(path, "has a header that is no JSON")
    else:
        _refuse(path, "has a header without an end")
    if not isinstance(found, dict) or len(found) != 1:
        _refuse(path, "is not of exactly one device", "Save each device to a file of its own.")
    (told,) = found.values()
    try:
        return _emg(path, told)
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError):
        _refuse(path, "has a header that lacks what OpenSignals writes")


def _emg(path: Path, told: Mapping[str, Any]) -> _Header:
    device = str(told["device"])
    n = len(told["channels"])
    sensors = [str(sensor).upper() for sensor in told["sensor"]]
    if not 0 < n == len(sensors) <= MAX_COLUMNS:
        raise ValueError
    emg = [i for i, sensor in enumerate(sensors) if sensor == "EMG"]
    if not emg:
        _refuse(
            path,
            f"has no column of the sensor EMG (it has {', '.join(sensors)[:60]})",
            "Name the sensor EMG in OpenSignals before recording.",
        )
    if device not in _SENSORS:
        _refuse(
            path,
            f"is of the device {device[:40]!r}, whose gain is not known",
            f"Known are {', '.join(_SENSORS)}. A CSV in microvolts can be taken in instead.",
        )
    if told.get("convertedValues"):
        _refuse(
            path,
            "holds converted values, not counts",
            "Save it without conversion, or as CSV with units.",
        )
    bits = told["resolution"] if isinstance(told["resolution"], list) else [told["resolution"]] * n
    of_emg = {int(bits[i - n]) for i in emg}
    if len(of_emg) > 1 or not 4 <= (depth := of_emg.pop()) <= 22:
        _refuse(path, "has EMG columns of different or unknown resolution")
    fs_hz = float(told["sampling rate"])
    if not 8 <= fs_hz <= 1e5:
        _refuse(path, f"has a sampling rate of {fs_hz:g} Hz (limit 8 to 100000 Hz)")
    labels = [ascii_text(str(told["label"][i]), 16) or f"CH{i + 1}" for i in emg]
    if len(set(labels)) < len(labels):
        labels = [f"CH{i + 1}" for i in emg]
    return _Header(
        device=device,
        firmware=str(told.get("firmware version", ""))[:20],
        fs_hz=fs_hz,
        start=_start(told),
        labels=tuple(labels),
        columns=tuple(i - n for i in emg),
        bits=depth,
    )


def _start(told: Mapping[str, Any]) -> dt.datetime | None:
    try:
        year, month, day = (int(part) for part in str(told["date"]).split("-"))
        hour, minute, second = str(told["time"]).split(":")
        return dt.datetime(year, month, day, int(hour), int(minute), int(float(second)))
    except (KeyError, ValueError, OverflowError):
        # A file without its date is still a recording.
        return None


def _table(path: Path, file: TextIO, header: _Header) -> NDArray[np.int32]:
    """Return sequence numbers and counts, `(n_rows, 1 + n_channels)`."""
    chunks: list[NDArray[np.int32]] = []
    n_columns = row = 0
    for lines in _chunks(path, file):
        n_columns = n_columns or len(lines[0].split())
        if not 1 - min(header.columns) <= n_columns <= MAX_COLUMNS:
            _refuse(path, f"has {n_columns} columns, fewer or more than its header tells")
        try:
            chunk = np.loadtxt(lines, comments=None, ndmin=2, dtype=np.int32)
            if chunk.shape != (len(lines), n_columns):
                raise ValueError
        except (ValueError, OverflowError):
            bad = next(
                (i for i, line in enumerate(lines) if not _is_row(line, n_columns)), len(lines) - 1
            )
            _refuse(path, f"has {lines[bad][:20].strip()!r} in its row {row + bad + 1}")
        chunks.append(chunk[:, [0, *(n_columns + column for column in header.columns)]])
        row += len(lines)
        if row * n_columns > MAX_VALUES:
            _refuse(path, f"has more than {MAX_VALUES} values")
    if row < 2:
        _refuse(path, f"has {row} rows of data (at least 2 are needed)")
    return np.concatenate(chunks)


def _is_row(line: str, n_columns: int) -> bool:
    cells = line.split()
    return len(cells) == n_columns and all(_WHOLE.fullmatch(cell) for cell in cells)


def _chunks(path: Path, file: TextIO) -> Iterator[list[str]]:
    lines = (line for line in iter(lambda: file.readline(MAX_LINE), "") if line.strip())
    while chunk := list(islice(lines, _CHUNK_LINES)):
        if max(map(len, chunk)) == MAX_LINE:
            _refuse(path, f"has a line of more than {MAX_LINE} characters")
        yield chunk


def _with_gaps(
    path: Path, numbers: NDArray[np.int32], counts: NDArray[np.int32]
) -> tuple[NDArray[np.int32], tuple[Gap, ...]]:
    """Return counts with the last value held where sequence numbers are missing, and the gaps.

    Numbers start again at a power of two, 16 on a BITalino: more than that lost in one run
    cannot be told.
    """
    if numbers.min() == numbers.max():
        return counts, ()
    modulus = 1 << int(numbers.max()).bit_length()
    missing = (np.diff(numbers) - 1) % modulus
    lost = int(missing.sum())
    if lost > counts.shape[0]:
        _refuse(path, f"does not number its samples in order ({lost} missing)")
    first = np.arange(1, counts.shape[0]) + np.cumsum(missing) - missing
    gaps = tuple(
        Gap(int(first[i]), int(missing[i]), GapReason.LINK) for i in np.flatnonzero(missing)
    )
    return np.repeat(counts, np.r_[missing + 1, 1], axis=0), gaps


def _refuse(
    path: Path, what: str, remedy: str = "Use the file as OpenSignals saved it."
) -> NoReturn:
    raise FileFormatError(f"{path} {what}.", remedy)
