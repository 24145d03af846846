"""The table `main.py analyze DIR` writes: files whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import ClassVar, Protocol

from emgfeedback.core.errors import RecordingError, UsageError

Row = dict[str, str]

FILE = ("file", "size_bytes", "sha256", "app_version")
WHO = (*FILE, "filter", "from_s", "to_s", "mains")
PLACE = ("channels", "channel", "label", "muscle", "side")
WHOLE = ("fs_hz", "duration_s", "lost_pct")
LEVELS = (
    *("quality", "quality_finding", "rms_uv", "arv_uv"),
    *("envelope_p10_uv", "envelope_p50_uv", "envelope_p90_uv"),
    *("median_frequency_hz", "mean_frequency_hz"),
)
BESIDE = ("rest_filter_rms_uv", "rest_filter_arv_uv", "as_recorded_mean_uv", "as_recorded_rms_uv")
COLUMNS = (*WHO, *PLACE, *WHOLE, *LEVELS, *BESIDE, "asymmetry_pct", "notes", "problem")
"""Of the table; a unit stands at the end of a name. A file without channels has one row."""


class Wish(Protocol):
    """How every file is measured; the same in all rows of a table."""

    columns: ClassVar[tuple[str, ...]]
    """Of the table; those of `FILE` come first."""
    count: ClassVar[str]
    """The column with the number of rows of a file; 0 where it could not be measured."""

    @property
    def cells(self) -> Row:
        """The wish as it stands in the table."""


@dataclass(frozen=True, slots=True)
class Levels:
    """A row for each channel: what `main.py analyze` tells of a recording."""

    columns: ClassVar[tuple[str, ...]] = COLUMNS
    count: ClassVar[str] = "channels"
    filter: str = "report"
    from_s: float = 0.0
    to_s: float | None = None
    mains: str = "keep"

    @property
    def cells(self) -> Row:
        """As it stands in the table."""
        times = {"from_s": cell(self.from_s), "to_s": cell(self.to_s)}
        return {"filter": self.filter, **times, "mains": self.mains}


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was measured."""

    size_bytes: str
    sha256: str


def cell(value: float | str | None) -> str:
    """Return a value as text: six digits, empty for None."""
    if value is None or isinstance(value, str):
        return value or ""
    return format(value, ".6g")


class Table:
    """The file of rows: read back at the start, added to by whole files, sorted at the end.

    Raises
    ------
    UsageError
        It is another file, or was made with another wish.
    """

    def __init__(self, path: Path, wish: Wish) -> None:
        self.path = path
        self._columns = wish.columns
        self.rows: dict[str, list[Row]] = {}
        if path.exists():
            self._read(wish)
        with writing(path):
            self.sort()

    def _read(self, wish: Wish) -> None:
        try:
            text = self.path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{self.path} cannot be read as a table.", "Name a new file."
            ) from error
        head, _, body = text.partition("\n")
        if text and head != ",".join(self._columns):
            raise UsageError(
                f"{self.path} is no table of this command, or of another version of it.",
                "Name a new file.",
            )
        complete = body[: body.rfind("\n") + 1]
        found = list(csv.DictReader(io.StringIO(complete, newline=""), self._columns))
        if any({name: row[name] for name in wish.cells} != wish.cells for row in found):
            raise UsageError(
                f"{self.path} was made with other options.",
                "Name a new file, or give the options it was made with.",
            )
        for name, group in groupby(found, key=lambda row: row["file"]):
            rows = list(group)
            if rows[0][wish.count] in (str(len(rows)), "0"):
                self.rows[name] = rows

    def seen(self, name: str) -> Seen | None:
        """Return the state in which a file was measured; None where it was not, or not found."""
        rows = self.rows_of(name)
        if not rows or not rows[0]["sha256"]:
            return None
        return Seen(rows[0]["size_bytes"], rows[0]["sha256"])

    def rows_of(self, name: str) -> list[Row]:
        """Return the rows of a file."""
        return self.rows.get(_one_line(name), [])

    def add(self, name: str, rows: Sequence[Row]) -> None:
        """Add all rows of a file; what stood of it before goes. Raises RecordingError."""
        name = _one_line(name)
        empty = dict.fromkeys(self._columns, "") | {"file": name}
        named = [{k: _one_line(v) for k, v in (empty | row).items()} for row in rows]
        stale = name in self.rows
        self.rows[name] = named
        with writing(self.path):
            if stale:
                self.sort()
                return
            with self.path.open("ab") as file:
                file.write(self._text(named))
                file.flush()
                os.fsync(file.fileno())

    def sort(self) -> None:
        """Write the table anew, by file name; the old one stands until the new one is whole."""
        beside = self.path.with_name(f"{self.path.name}.new")
        with beside.open("wb") as file:
            file.write((",".join(self._columns) + "\n").encode())
            for name in sorted(self.rows):
                file.write(self._text(self.rows[name]))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    def _text(self, rows: Sequence[Row]) -> bytes:
        text = io.StringIO(newline="")
        csv.DictWriter(text, self._columns, lineterminator="\n").writerows(rows)
        return text.getvalue().encode()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a failure to write `path` into a RecordingError with words."""
    try:
        yield
    except OSError as error:
        raise RecordingError(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}.",
            "Close it in other programs, or make room; then run the command again.",
        ) from error


def _one_line(text: str) -> str:
    """Return `text` as it can be stored: no line ends, nothing that is no Unicode."""
    return " ".join(text.encode("utf-8", "backslashreplace").decode().split("\n"))
