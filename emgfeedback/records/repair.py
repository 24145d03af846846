"""Make a recording valid that was cut off: by a crash, a power cut, or a full disk."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path

import numpy as np

from emgfeedback.core.errors import FileFormatError, RecordingError
from emgfeedback.core.files import PLAIN, Files, to_disk
from emgfeedback.records.edf import (
    COUNT_OFFSET,
    MAX_RECORDS,
    Header,
    decode_header,
    encode_header,
    pack_samples,
)
from emgfeedback.records.header import EQUIPMENT
from emgfeedback.records.reader import read_header
from emgfeedback.records.recordfile import (
    Mark,
    file_texts,
    insert_marks,
    mark_tal,
    patch_count,
    read_area,
    read_at,
    retime,
    write_at,
)
from emgfeedback.records.sidecar import Sidecar, unfinished
from emgfeedback.records.tal import Tal, clean_text, encode_area, split_text, starts_record

__all__ = ["RepairReport", "repair", "unfinished"]


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What `repair` found and did.

    Attributes
    ----------
    changed
        False where the file was valid already.
    backup
        Where the file as found is kept, None if nothing was changed.
    duration_s
        Length of what could be kept.
    notes
        What was wrong and what was lost, one sentence each.
    """

    path: Path
    changed: bool
    backup: Path | None
    n_records: int
    duration_s: float
    notes: tuple[str, ...]

    def words(self) -> str:
        """Return the report as one line."""
        if not self.changed:
            return f"{self.path} is valid, {self.duration_s:.2f} s long; nothing was changed."
        kept = f" The file as found is {self.backup}." if self.backup else ""
        what = "; ".join(self.notes) or "facts that had not reached the file were added"
        return f"{self.path} was repaired and holds {self.duration_s:.2f} s: {what}.{kept}"


@dataclass(frozen=True, slots=True)
class _State:
    """What is wrong with a file."""

    header: Header
    header_lost: bool
    n_records: int
    extra_bytes: int
    hollow: int
    """Records at the end that were reserved on the disk but never written."""
    off_time: bool
    ours: bool

    @property
    def sound(self) -> bool:
        """Whether every reader takes the file as it is."""
        return not (
            self.header_lost
            or self.extra_bytes
            or self.hollow
            or self.off_time
            or self.n_records != self.header.n_records
            or not self.n_records
        )


def repair(path: Path | str, files: Files = PLAIN) -> RepairReport:
    """Make the BDF or EDF file `path` valid and keep the file as found beside it.

    A record that was cut off is dropped, the number of records made true, and times that
    do not follow each other are set right. A recording of ours that ended within its first
    record becomes one record of padding. Doing it again changes nothing.

    An encrypted recording needs `files` with its key, and stays encrypted, as does the copy.

    Raises
    ------
    FileFormatError
        If it is no BDF or EDF file, or nothing of it can be saved. It is left as it is.
    RecordingError
        If it is still being recorded, or there is no permission or no space for the copy.
    """
    path = Path(path)
    if not path.is_file():
        raise FileFormatError(f"There is no file {path}.", "Check the name.")
    try:
        sidecar = Sidecar.take(path)
    except BlockingIOError as error:
        raise RecordingError(f"{path} is being recorded right now.", "Stop it first.") from error
    except OSError as error:
        raise _cannot(path, error) from error
    try:
        return _repair(path, sidecar, files)
    except OSError as error:
        raise _cannot(path, error) from error
    finally:
        if sidecar is not None:
            sidecar.close()


def _repair(path: Path, sidecar: Sidecar | None, files: Files) -> RepairReport:
    saved_header, facts = sidecar.content(files) if sidecar else (b"", [])
    with files.open(path, "r") as file:
        state = _examine(file, path, saved_header)
        missing = _missing_facts(file, state, facts)
    backup = None
    notes: list[str] = []
    n_records = state.n_records
    if not state.sound or missing:
        backup = _keep_copy(path)
        notes = _notes(state)
        with files.open(path, "r+") as file:
            n_records = _mend(file, state, notes, missing)
            to_disk(file)
    if sidecar is not None:
        sidecar.remove()
    seconds = float(state.n_records * state.header.record_s)
    return RepairReport(path, backup is not None, backup, n_records, seconds, tuple(notes))


def _examine(file: RawIOBase, path: Path, saved_header: bytes) -> _State:
    header_lost = False
    try:
        header = read_header(file, str(path))
    except FileFormatError:
        begun = read_at(file, 0, COUNT_OFFSET)
        if not saved_header or begun != saved_header[: len(begun)]:
            raise
        header = decode_header(saved_header, str(path))
        header_lost = True
    ours = f" {EQUIPMENT}" in header.recording and header.signals[-1].is_annotations
    if ours and header.record_s * 10**6 < 1:
        raise FileFormatError(
            f"{path} claims records of {header.record_s} s (limit 0.000001 s).",
            "Its header is damaged; restore it from a copy.",
        )
    size = file.seek(0, os.SEEK_END)
    whole = min(max(size - header.header_bytes, 0) // header.record_bytes, MAX_RECORDS)
    hollow = 0
    off_time = False
    if ours:
        while hollow < whole and not starts_record(read_area(file, header, whole - 1 - hollow)):
            hollow += 1
        off_time = not _times_follow(file, header, whole - hollow)
    elif not whole:
        raise FileFormatError(
            f"{path} was cut off before its first record was whole.", "Nothing can be saved."
        )
    return _State(
        header=header,
        header_lost=header_lost,
        n_records=whole - hollow,
        extra_bytes=size - header.header_bytes - whole * header.record_bytes,
        hollow=hollow,
        off_time=off_time,
        ours=ours,
    )


def _times_follow(file: RawIOBase, header: Header, n_records: int) -> bool:
    record_us = int(header.record_s * 10**6)
    end_us = n_records * record_us
    for record in range(n_records):
        tals = read_area(file, header, record)
        if not starts_record(tals) or tals[0].onset_us != record * record_us:
            return False
        if any(tal.onset_us + tal.duration_us > end_us for tal in tals[1:]):
            return False
    return True


def _missing_facts(file: RawIOBase, state: _State, facts: list[str]) -> list[str]:
    if not state.ours or not facts:
        return []
    there = file_texts(file, state.header, state.n_records)
    return [text for text in facts if clean_text(text) not in there]


def _notes(state: _State) -> list[str]:
    notes = []
    if state.header_lost:
        notes.append("the header was cut off and written anew")
    elif state.n_records != state.header.n_records:
        told = state.header.n_records
        notes.append(f"the header told of {told} records, {state.n_records} are there")
    if state.hollow:
        notes.append(f"{state.hollow} records at the end were never written and are dropped")
    if state.extra_bytes > 0:
        notes.append(f"{state.extra_bytes} bytes of a record that was cut off are dropped")
    if state.off_time:
        notes.append("times that did not follow each other were set right")
    if not state.n_records:
        notes.append("it ended within its first record: no sample is left")
    return notes


def _mend(file: RawIOBase, state: _State, notes: list[str], missing: list[str]) -> int:
    """Do what `state` asks for; return the number of records the file has then."""
    header, n_records = state.header, state.n_records
    if state.header_lost:
        write_at(file, 0, encode_header(header))
    file.truncate(header.header_bytes + n_records * header.record_bytes)
    patch_count(file, n_records)
    if not state.ours:
        return n_records
    damaged = retime(file, header, n_records, int(header.record_s * 10**6))
    if damaged:
        notes.append(f"{damaged} damaged records are marked as gaps")
    last = max(n_records * header.signals[0].samples_per_record - 1, 0)
    marks = [Mark(0, 0, part) for text in missing for part in split_text(clean_text(text))]
    while (marks := insert_marks(file, header, n_records, marks)) or not n_records:
        _append_padding(file, header, n_records)
        n_records += 1
    note = Mark(last, 0, "recording was cut off here and repaired")
    if insert_marks(file, header, n_records, [note]):
        notes.append("no room was left in the file to note this repair")
    patch_count(file, n_records)
    return n_records


def _append_padding(file: RawIOBase, header: Header, record: int) -> None:
    """Append a record that holds nothing but the middle of the range, and says so."""
    n = header.signals[0].samples_per_record
    record_us = int(header.record_s * 10**6)
    middle = [(s.digital_min + s.digital_max) // 2 for s in header.signals[:-1]]
    rows = np.broadcast_to(np.array(middle, dtype=np.int32), (n, len(middle)))
    padding = mark_tal(Mark(record * n, n, f"padding {n} samples"), record_us, n)
    area_bytes = header.signals[-1].samples_per_record * header.sample_bytes
    area = encode_area([Tal(record * record_us, 0, ""), padding], area_bytes)
    position = header.header_bytes + record * header.record_bytes
    write_at(file, position, pack_samples(rows, header.sample_bytes) + area)


def _keep_copy(path: Path) -> Path:
    number = 0
    while True:
        copy = path.with_name(f"{path.name}.orig" + (f".{number}" if number else ""))
        try:
            with path.open("rb") as source, copy.open("xb") as target:
                try:
                    shutil.copyfileobj(source, target, 1 << 20)
                    target.flush()
                    os.fsync(target.fileno())
                except OSError:
                    target.close()
                    copy.unlink()
                    raise
        except FileExistsError:
            number += 1
            continue
        with contextlib.suppress(OSError):
            shutil.copystat(path, copy)
        return copy


def _cannot(path: Path, error: OSError) -> RecordingError:
    return RecordingError(
        f"{path} cannot be repaired: {(error.strerror or str(error)).lower()}.",
        "The copy beside it needs as much space as the file, and you the right to write there.",
    )
