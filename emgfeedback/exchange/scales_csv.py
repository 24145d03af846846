"""Totals of clinical scales as a table, one row for each person and time, into the register."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from emgfeedback.core.errors import FileFormatError, RegisterError, SettingsError
from emgfeedback.measures.scales import SCALES, checked_total
from emgfeedback.people.register import Register
from emgfeedback.people.values import Patient, ScaleScore

LARGEST_BYTES = 16 << 20
MOST_ROWS = 200_000
MOST_COLUMNS = 256
_PATIENT = ("patient", "subject", "pseudonym", "participant", "participant_id", "patient_id")
_TOLD = ("site", "id", "treat", "age", "sex")
"""Columns that go into the note of a person, as they stand in the first row."""
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_REMEDY = "A table needs columns `patient`, `week` or `date`, and one for each scale, as `twstrs`."


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """One total in a table; `row` counts from 1, the header."""

    row: int
    person: str
    on: dt.date
    scale: str
    total: float


@dataclass(frozen=True, slots=True)
class ScaleTable:
    """What a table of scales holds, every number checked.

    Attributes
    ----------
    people
        Person in the table -> note on it, in order.
    left_out
        Columns nobody here understands, by name.
    empty
        Cells of scales without a number.
    """

    name: str
    rows: tuple[ScaleRow, ...]
    people: Mapping[str, str]
    left_out: tuple[str, ...]
    empty: int


@dataclass(frozen=True, slots=True)
class ScalesReport:
    """What an import came to.

    Attributes
    ----------
    patients
        Person in the table -> the patient kept for it, new or known.
    known
        Totals that were in the register already, alike.
    left_out
        Columns that were not imported.
    """

    patients: Mapping[str, Patient]
    added: int
    known: int
    left_out: tuple[str, ...]


def read_scales(path: Path, week_zero: dt.date | None = None) -> ScaleTable:
    """Read and check the table `path`.

    Parameters
    ----------
    path
        UTF-8; comma, semicolon or tab between cells, and with the latter two a comma may be the
        decimal mark.
    week_zero
        The date of week 0, for a table that counts weeks.

    Raises
    ------
    FileFormatError
        It is no such table, or a number is missing, off its scale or there twice: with its row.
    """
    names, records = _cells(path)
    by_name = {name.strip().casefold(): i for i, name in enumerate(names)}
    if len(by_name) < len(names):
        _refuse(path, "names a column twice")
    person = next((by_name[name] for name in _PATIENT if name in by_name), None)
    if person is None:
        _refuse(path, f"has no column `patient` (it has {', '.join(names)[:80]})")
    times = [name for name in ("date", "week") if name in by_name]
    if not times:
        _refuse(path, "has neither a column `date` nor `week`")
    if times[0] == "week" and week_zero is None:
        _refuse(path, "counts weeks", "Give the date of week 0 too.")
    scales = {key: by_name[key] for key in SCALES if key in by_name}
    if not scales:
        _refuse(path, "has no column of a scale", f"Known are {', '.join(SCALES)}.")
    told = {name: by_name[name] for name in _TOLD if name in by_name}
    used = {person, by_name[times[0]], *scales.values(), *told.values()}
    reader = _Reader(path, person, by_name[times[0]], times[0], week_zero, scales)
    people: dict[str, str] = {}
    rows: list[ScaleRow] = []
    empty = 0
    for number, cells in records:
        found = reader.row(number, cells)
        rows += found
        empty += len(scales) - len(found)
        words = ", ".join(f"{name} {cells[i].strip()}" for name, i in told.items() if cells[i])
        people.setdefault(cells[person].strip(), words)
    left_out = tuple(name for i, name in enumerate(names) if i not in used)
    return ScaleTable(path.stem, tuple(rows), people, left_out, empty)


def import_scales(register: Register, table: ScaleTable) -> ScalesReport:
    """Keep a table's people and totals, all of them or none.

    A code in the table, as `P-0417`, becomes the pseudonym, a plain number `TABLE-NUMBER`.
    Anything else may be a name: it is kept as one, with a pseudonym `TABLE-NUMBER` of its own.
    Who has that pseudonym or name here already is taken to be the same person; a total that is
    kept already, alike, is not kept twice.

    Raises
    ------
    RegisterError
        The register holds another total of the same person, scale and day, or two people of a
        name in the table.
    """
    patients = _patients(register, table)
    owners = {patient.id: person for person, patient in patients.items()}
    new = [patient for patient in patients.values() if not patient.version]
    kept = {
        (score.patient_id, score.on, score.scale): score.total
        for patient in patients.values()
        if patient.version
        for score in register.all_of(ScaleScore, patient.id)
    }
    scores = []
    for row in table.rows:
        patient_id = patients[row.person].id
        total = kept.get((patient_id, row.on, row.scale))
        if total is None:
            scores.append(
                ScaleScore(patient_id=patient_id, on=row.on, scale=row.scale, total=row.total)
            )
        elif total != row.total:
            raise RegisterError(
                f"Row {row.row}: {SCALES[row.scale].name} of {patients[row.person].pseudonym} on "
                f"{row.on} is {row.total:g} in the table and {total:g} in the register.",
                "Correct one of them; nothing was imported.",
            )
    values = register.put_all([*new, *scores])
    patients |= {owners[v.id]: v for v in values if isinstance(v, Patient)}
    return ScalesReport(patients, len(scores), len(table.rows) - len(scores), table.left_out)


def _patients(register: Register, table: ScaleTable) -> dict[str, Patient]:
    """Return who each person of the table is here, known or new."""
    everybody = register.all_of(Patient)
    by_pseudonym = {patient.pseudonym: patient for patient in everybody}
    by_name = {patient.name: patient for patient in everybody if patient.name}
    found: dict[str, Patient] = {}
    numbers = itertools.count(1)
    for person, words in table.people.items():
        note = f"From the table {table.name}" + (f": {words}" if words else "")
        if any(sign.isdecimal() for sign in person) and " " not in person:
            pseudonym = f"{table.name}-{person}" if person.isdecimal() else person
            known = by_pseudonym.get(pseudonym)
            found[person] = known or Patient(pseudonym=pseudonym, note=note)
        elif person in by_name:
            if sum(patient.name == person for patient in everybody) > 1:
                raise RegisterError(
                    f"Two people in the register are called {person}.",
                    "Put pseudonyms into the table; nothing was imported.",
                )
            found[person] = by_name[person]
        else:
            free = (f"{table.name}-{number}" for number in numbers)
            taken = {*by_pseudonym, *(f"{table.name}-{other}" for other in table.people)}
            pseudonym = next(name for name in free if name not in taken)
            found[person] = Patient(pseudonym=pseudonym, name=person, note=note)
    return found


@dataclass
class _Reader:
    """Turns the rows of one table into totals."""

    path: Path
    person: int
    time: int
    time_name: str
    week_zero: dt.date | None
    scales: Mapping[str, int]

    def __post_init__(self) -> None:
        self._seen: dict[tuple[str, dt.date], int] = {}

    def row(self, number: int, cells: list[str]) -> list[ScaleRow]:
        """Return the totals of a row."""
        person = cells[self.person].strip()
        if not person:
            _refuse(self.path, f"names nobody in row {number}")
        if len(person) > 60 or not person.isprintable():
            _refuse(self.path, f"has {person[:20]!r}... for a person in row {number}")
        on = self._day(number, cells[self.time].strip())
        before = self._seen.setdefault((person, on), number)
        if before != number:
            _refuse(self.path, f"has {person} on {on} in row {before} and again in row {number}")
        return [
            ScaleRow(number, person, on, scale, self._total(number, scale, cells[i].strip()))
            for scale, i in self.scales.items()
            if cells[i].strip()
        ]

    def _day(self, number: int, text: str) -> dt.date:
        if self.time_name == "date":
            try:
                return dt.date.fromisoformat(text)
            except ValueError:
                _refuse(
                    self.path,
                    f"has the date {text[:20]!r} in row {number}",
                    "Write dates as 2026-03-09.",
                )
        assert self.week_zero is not None
        week = float(text) if _NUMBER.fullmatch(text) else float("nan")
        if not -520 <= week <= 5200:
            _refuse(self.path, f"has the week {text[:20]!r} in row {number} (-520 to 5200)")
        return self.week_zero + dt.timedelta(days=round(7 * week))

    def _total(self, number: int, scale: str, text: str) -> float:
        known = SCALES[scale]
        if not _NUMBER.fullmatch(text):
            _refuse(
                self.path,
                f"has {text[:20]!r} for {known.name} in row {number}",
                f"Enter {known.low:g} to {known.high:g}.",
            )
        try:
            total = checked_total(scale, {}, float(text))
        except SettingsError as error:
            _refuse(self.path, f"has in row {number}: {error.what.rstrip('.')}", error.remedy)
        assert total is not None
        return total


def _cells(path: Path) -> tuple[list[str], Iterable[tuple[int, list[str]]]]:
    """Return the names of the columns and (row, cells) of every row that is not empty."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise FileFormatError(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}.",
            "Check the name and the permission.",
        ) from error
    if len(data) > LARGEST_BYTES:
        _refuse(path, f"has more than {LARGEST_BYTES >> 20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(path, "is no UTF-8 text")
    head = text.partition("\n")[0]
    delimiter = max(";\t,", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        _refuse(path, f"is no table ({error})")
    if not rows or "\0" in text:
        _refuse(path, "is no table")
    names = [name.strip() for name in rows[0]]
    if len(names) > MOST_COLUMNS or len(rows) > MOST_ROWS:
        _refuse(path, f"has {len(rows)} rows of {len(names)} cells (limit {MOST_ROWS} of 256)")
    found: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            _refuse(path, f"has {len(cells)} cells in row {number} (header: {len(names)})")
        if delimiter != ",":
            cells[:] = [re.sub(r"^(\s*[+-]?\d+),(\d+\s*)$", r"\1.\2", cell) for cell in cells]
        found.append((number, cells))
    if not found:
        _refuse(path, "has a first line and no data")
    return names, found


def _refuse(path: Path, what: str, remedy: str = _REMEDY) -> NoReturn:
    raise FileFormatError(f"{path} {what}.", remedy)
