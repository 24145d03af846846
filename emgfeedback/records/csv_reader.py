"""Read CSV: a header row, a time column, and voltage columns with their unit in the name."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NoReturn, TextIO

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Gap, GapReason
from emgfeedback.core.errors import FileFormatError
from emgfeedback.core.montage import Channel
from emgfeedback.records.labels import guess_muscle_and_side
from emgfeedback.records.recording import Recording

MAX_VALUES = 50_000_000
"""A table larger than this (400 MB in memory) is refused."""
MAX_COLUMNS = 256
MAX_LINE_BYTES = 65536
_CHUNK_LINES = 20_000
_TIME = re.compile(r"(?:time|t|timestamp|elapsed)[\s_]*[\[(]?(s|sec|seconds|ms|us)?[\])]?", re.I)
_TIME_S = {"": 1.0, "s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "us": 1e-6}
_VOLTS = re.compile(r"(?:(.*?)[\s_(\[]+)?(uV|\u00b5V|\u03bcV|mV|V)[\])]?")
_UNIT_UV = {"uV": 1.0, "\u00b5V": 1.0, "\u03bcV": 1.0, "mV": 1e3, "V": 1e6}


class CsvRecording(Recording):
    """A table held in memory as microvolts, `(n_samples, n_channels)`."""

    def __init__(
        self, path: Path, fs_hz: float, labels: list[str], uv: NDArray[np.float64]
    ) -> None:
        self.path = path
        self.fs_hz = fs_hz
        self.channels = tuple(
            Channel(label, *guess_muscle_and_side(label), input=i) for i, label in enumerate(labels)
        )
        self.n_samples = uv.shape[0]
        self.annotations = ()
        missing = np.isnan(uv).any(axis=1)
        edges = np.flatnonzero(np.diff(np.r_[False, missing, False].astype(np.int8)))
        self.gaps = tuple(
            Gap(int(a), int(b - a), GapReason.LINK)
            for a, b in zip(edges[::2], edges[1::2], strict=True)
        )
        for gap in self.gaps:
            end = gap.first_sample + gap.n_samples
            uv[gap.first_sample : end] = uv[gap.first_sample - 1] if gap.first_sample else 0.0
        self._uv = uv

    def read_counts(self, first: int, end: int) -> NDArray[np.int32]:
        """Refuse: a table of voltages has no counts."""
        raise FileFormatError(
            f"{self.path} holds voltages, not the counts of a converter.",
            "Use a BDF or EDF file where counts are needed.",
        )

    def read_uv(self, first: int, end: int) -> NDArray[np.float64]:
        """Return microvolts. See `Recording.read_uv`."""
        self.check_span(first, end)
        return self._uv[first:end].copy()


def open_csv(path: Path) -> CsvRecording:
    """Read the table `path`.

    The delimiter may be comma, semicolon or tab, and with the latter two the decimal mark a
    comma. Rows whose cells are all or partly empty (or `nan`) are gaps.

    Raises
    ------
    FileFormatError
        Naming the line where there is one.
    """
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            head = file.readline(MAX_LINE_BYTES)
            delimiter = max(";\t,", key=head.count)
            names = [n.strip() for n in next(csv.reader([head], delimiter=delimiter), [])]
            time_column, time_s, columns = _columns(path, names)
            table = _table(path, file, delimiter, len(names))
    except UnicodeDecodeError as error:
        _refuse(path, f"is no text ({error.reason}: {error.object[error.start]:#x})")
    t_s = table[:, time_column] * time_s
    fs_hz = _rate(path, t_s)
    factors = np.array([factor for _, _, factor in columns])
    uv = table[:, [i for i, _, _ in columns]] * factors
    return CsvRecording(path, fs_hz, [label for _, label, _ in columns], uv)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        begin = file.read(MAX_LINE_BYTES)
    if b"\x00" in begin:
        _refuse(path, "is no text file")
    try:
        begin[: begin.find(b"\n") + 1].decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _columns(path: Path, names: list[str]) -> tuple[int, float, list[tuple[int, str, float]]]:
    """Return (time column, its unit in seconds, [(column, label, unit in microvolts)])."""
    if len(names) > MAX_COLUMNS:
        _refuse(path, f"has {len(names)} columns (limit {MAX_COLUMNS})")
    times = [(i, match) for i, name in enumerate(names) if (match := _TIME.fullmatch(name))]
    if len(times) != 1:
        shown = ", ".join(names)[:80]
        _refuse(path, f"has {len(times)} time columns, not 1, in its first line ({shown!r})")
    volts = [(i, match) for i, name in enumerate(names) if (match := _VOLTS.fullmatch(name))]
    if not volts:
        _refuse(path, "names no unit of voltage in its first line")
    column, found = times[0]
    return (
        column,
        _TIME_S[(found[1] or "").lower()],
        [(i, (match[1] or "").strip() or f"CH {i}", _UNIT_UV[match[2]]) for i, match in volts],
    )


def _table(path: Path, file: TextIO, delimiter: str, n_columns: int) -> NDArray[np.float64]:
    chunks: list[NDArray[np.float64]] = []
    line_number = 2
    for lines in _chunks(path, file):
        try:
            chunk = np.loadtxt(lines, delimiter=delimiter, comments=None, ndmin=2)
            if chunk.shape != (len(lines), n_columns):
                raise ValueError
        except ValueError:
            chunk = _slow_chunk(path, lines, delimiter, n_columns, line_number)
        chunks.append(chunk)
        line_number += len(lines)
        if line_number * n_columns > MAX_VALUES:
            _refuse(path, f"has more than {MAX_VALUES} values", "Use a BDF file for long data.")
    if not chunks:
        _refuse(path, "has a first line and no data")
    table = np.concatenate(chunks)
    if np.isinf(table).any():
        line = int(np.flatnonzero(np.isinf(table).any(axis=1))[0]) + 2
        _refuse(path, f"has an infinite value in line {line}")
    return table


def _chunks(path: Path, file: TextIO) -> Iterator[list[str]]:
    def lines() -> Iterator[str]:
        while line := file.readline(MAX_LINE_BYTES):
            if len(line) == MAX_LINE_BYTES:
                _refuse(path, f"has a line of more than {MAX_LINE_BYTES} characters")
            if not line.strip():
                if file.read(1):
                    _refuse(path, "has an empty line among its data")
                return
            yield line.rstrip("\r\n")

    every = lines()
    while chunk := list(islice(every, _CHUNK_LINES)):
        yield chunk


def _slow_chunk(
    path: Path, lines: list[str], delimiter: str, n_columns: int, line_number: int
) -> NDArray[np.float64]:
    """Read line by line: empty cells are missing, and what is wrong is told with its line."""
    chunk = np.empty((len(lines), n_columns))
    for i, line in enumerate(lines):
        cells = line.split(delimiter)
        if len(cells) != n_columns:
            _refuse(path, f"has {len(cells)} cells in line {line_number + i} (header: {n_columns})")
        for j, cell in enumerate(cells):
            text = cell.strip().strip('"')
            if delimiter != ",":
                text = text.replace(",", ".")
            try:
                chunk[i, j] = float(text) if text else np.nan
            except ValueError:
                _refuse(path, f"has {text[:20]!r} in line {line_number + i}, which is no number")
    return chunk


def _rate(path: Path, t_s: NDArray[np.float64]) -> float:
    if t_s.size < 2:
        _refuse(path, f"has {t_s.size} rows of data (at least 2 are needed)")
    if np.isnan(t_s).any():
        _refuse(path, f"has no time in line {int(np.flatnonzero(np.isnan(t_s))[0]) + 2}")
    span = t_s[-1] - t_s[0]
    if not span > 0:
        _refuse(path, "has a time column that does not grow")
    fs_hz = float((t_s.size - 1) / span)
    off = np.abs((t_s - t_s[0]) * fs_hz - np.arange(t_s.size))
    if off.max() > 1.5:
        # The steepest departure from the mean step stands where rows are missing.
        steps = np.abs(np.diff(t_s) * fs_hz - 1)
        _refuse(
            path,
            f"has uneven times (line {int(np.argmax(steps)) + 3}: a step of "
            f"{np.diff(t_s)[np.argmax(steps)]:g} s at {fs_hz:g} Hz)",
            "Give every sample a row; leave the cells of missing samples empty.",
        )
    whole = round(fs_hz)
    return float(whole) if whole and abs(fs_hz / whole - 1) < 1e-6 else fs_hz


def _refuse(path: Path, what: str, remedy: str = "") -> NoReturn:
    raise FileFormatError(
        f"{path} {what}.",
        remedy or "A table needs a first line such as `time_s,SCM L (uV),SCM R (uV)`.",
    )
