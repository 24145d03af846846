"""A growing EDF+ or BDF+ file: samples become records, and every whole record is on disk.

The number of records in the header follows each write, so the file is whole
after every record, whatever happens to the program.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Decimal
from io import RawIOBase

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.files import to_disk
from emgfeedback.records.edf import (
    COUNT_OFFSET,
    DURATION_OFFSET,
    Header,
    encode_header,
    number_text,
    pack_samples,
)
from emgfeedback.records.tal import (
    Tal,
    clean_text,
    decode_area,
    encode_area,
    join_parts,
    split_text,
    starts_record,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """An annotation waiting for its place: samples count from the first of the file."""

    first: int
    n: int
    text: str


class RecordFile:
    """Append samples and annotations to a fresh file.

    Parameters
    ----------
    file
        Unbuffered, empty, open for reading and writing; closed by `close`.
    header
        All signals but the last have the same rate; the last holds the annotations.
    fsync_s
        Bring the data to the disk itself at most this often, seconds.
    """

    def __init__(self, file: RawIOBase, header: Header, fsync_s: float = 1.0) -> None:
        self._file = file
        self._header = header
        self._fsync_s = fsync_s
        self._synced_s = time.monotonic()
        self._area_bytes = header.signals[-1].samples_per_record * header.sample_bytes
        self.samples_per_record = header.signals[0].samples_per_record
        self.record_us = int(header.record_s * 10**6)
        self.n_records = 0
        self._rows = np.zeros((self.samples_per_record, len(header.signals) - 1), dtype=np.int32)
        self._filled = 0
        self._marks: list[Mark] = []
        self._write(0, encode_header(header))
        self._sync()

    @property
    def n_samples(self) -> int:
        """Samples appended so far, those still in memory too."""
        return self.n_records * self.samples_per_record + self._filled

    def append(self, rows: NDArray[np.int32] | NDArray[np.float64]) -> None:
        """Append `rows` (n_samples, n_channels); each record that fills up is written."""
        n = rows.shape[0]
        if self._filled + n < self.samples_per_record:
            self._rows[self._filled : self._filled + n] = rows
            self._filled += n
            return
        taken = 0
        while taken < n:
            end = min(self.samples_per_record, self._filled + n - taken)
            step = end - self._filled
            self._rows[self._filled : end] = rows[taken : taken + step]
            taken += step
            self._filled = end
            if end == self.samples_per_record:
                self._write_record()

    def hold(self, n: int) -> None:
        """Append the last sample `n` times more."""
        last = self._rows[self._filled - 1].copy()
        while n > 0:
            step = min(n, self.samples_per_record)
            self.append(np.broadcast_to(last, (step, last.size)))
            n -= step

    def hold_value(self, value: NDArray[np.int32]) -> None:
        """Make `value` (n_channels,) what `hold` repeats before the first sample."""
        self._rows[-1] = value

    def annotate(self, text: str, first: int, n: int = 0) -> None:
        """Queue `text` for `n` samples from `first`.

        It is written with the record of its first sample, or the next with room; never lost.
        """
        self._marks += [Mark(first, n, part) for part in split_text(clean_text(text))]

    def annotate_now(self, text: str, first: int, n: int) -> None:
        """Queue a short `text` before all others: samples that are not real must say so."""
        self._marks.insert(0, Mark(first, n, text))

    def pad(self) -> None:
        """Fill up the last record, and write every annotation that waits.

        Annotations past the last sample move onto it. What finds no room in the records there
        are gets records of its own. Samples that are not real are annotated as padding.
        """
        end = self.n_samples
        self._marks = [within(mark, end) for mark in self._marks]
        if self._filled:
            self._pad_record()
        self._marks = insert_marks(self._file, self._header, self.n_records, self._marks)
        while self._marks or not self.n_records:
            self._pad_record()

    def _pad_record(self) -> None:
        n = self.samples_per_record - self._filled
        self.annotate_now(f"padding {n} samples", self.n_samples, n)
        self.hold(n)

    def close(self) -> None:
        """Bring everything to the disk and close."""
        if not self._file.closed:
            try:
                self._sync()
            finally:
                self._file.close()

    def keep_whole_records(self, text: str) -> None:
        """Cut off what a failed write left behind, and put `text` and what waits into free room.

        Needs no space on the disk.
        """
        end = self._header.header_bytes + self.n_records * self._header.record_bytes
        self._file.truncate(end)
        patch_count(self._file, self.n_records)
        if self.n_records:
            n = self.n_records * self.samples_per_record
            marks = [Mark(n - 1, 0, text), *(within(mark, n) for mark in self._marks)]
            retime(self._file, self._header, self.n_records, self.record_us)
            insert_marks(self._file, self._header, self.n_records, marks)

    def retime(self, record_us: int) -> None:
        """Give every record the duration `record_us`, and every annotation its new time."""
        retime(self._file, self._header, self.n_records, record_us)
        self.record_us = record_us

    def _write_record(self) -> None:
        area, written = self._area()
        position = self._header.header_bytes + self.n_records * self._header.record_bytes
        self._write(position, pack_samples(self._rows, self._header.sample_bytes) + area)
        patch_count(self._file, self.n_records + 1)
        self._file.flush()
        self.n_records += 1
        self._filled = 0
        self._marks = [m for m in self._marks if m not in written] if written else self._marks
        if time.monotonic() - self._synced_s >= self._fsync_s:
            self._sync()

    def _area(self) -> tuple[bytes, list[Mark]]:
        time_of_record = Tal(self.n_records * self.record_us, 0, "")
        if not self._marks:
            return encode_area([time_of_record], self._area_bytes), []
        end = (self.n_records + 1) * self.samples_per_record
        room = self._area_bytes - time_of_record.room
        tals = [time_of_record]
        written = []
        for mark in self._marks:
            if mark.first >= end:
                continue
            tal = mark_tal(mark, self.record_us, self.samples_per_record)
            room -= tal.room
            if room < 0:
                break
            tals.append(tal)
            written.append(mark)
        return encode_area(tals, self._area_bytes), written

    def _write(self, position: int, data: bytes) -> None:
        write_at(self._file, position, data)

    def _sync(self) -> None:
        to_disk(self._file)
        self._synced_s = time.monotonic()


def within(mark: Mark, n_samples: int) -> Mark:
    """Return `mark` moved and shortened to lie within `n_samples`; readers warn otherwise."""
    first = max(min(mark.first, n_samples - 1), 0)
    return Mark(first, max(min(mark.n, n_samples - first), 0), mark.text)


def mark_tal(mark: Mark, record_us: int, samples_per_record: int) -> Tal:
    """Return `mark` with times in place of samples."""
    start = round(mark.first * record_us / samples_per_record)
    end = round((mark.first + mark.n) * record_us / samples_per_record)
    return Tal(start, end - start, mark.text)


def write_at(file: RawIOBase, position: int, data: bytes) -> None:
    """Write all of `data` at `position`; an unbuffered file may take less than asked."""
    file.seek(position)
    view = memoryview(data)
    while view:
        view = view[file.write(view) or 0 :]


def read_at(file: RawIOBase, position: int, n: int) -> bytes:
    """Read up to `n` bytes at `position`."""
    file.seek(position)
    return file.read(n)


def patch_count(file: RawIOBase, n_records: int) -> None:
    """Write the number of records into the header."""
    write_at(file, COUNT_OFFSET, str(n_records).encode().ljust(8))


def area_place(header: Header, record: int) -> tuple[int, int]:
    """Return (position in the file, bytes) of the annotations of `record`."""
    last = len(header.signals) - 1
    position = header.header_bytes + record * header.record_bytes + header.offset_of(last)
    return position, header.signals[last].samples_per_record * header.sample_bytes


def read_area(file: RawIOBase, header: Header, record: int) -> list[Tal]:
    """Return the TALs of `record`."""
    return decode_area(read_at(file, *area_place(header, record)))


def write_area(file: RawIOBase, header: Header, record: int, tals: list[Tal]) -> None:
    """Replace the TALs of `record`."""
    position, n = area_place(header, record)
    write_at(file, position, encode_area(tals, n))


def insert_marks(file: RawIOBase, header: Header, n_records: int, marks: list[Mark]) -> list[Mark]:
    """Put `marks` in order into free room of the last records; return those without a place."""
    waiting = list(marks)
    record_us = int(header.record_s * 10**6)
    for record in range(max(n_records - 256, 0), n_records):
        if not waiting:
            break
        tals = read_area(file, header, record)
        room = area_place(header, record)[1] - sum(tal.room for tal in tals)
        n_fitting = 0
        for mark in waiting if starts_record(tals) else []:
            tal = mark_tal(mark, record_us, header.signals[0].samples_per_record)
            room -= tal.room
            if room < 0:
                break
            tals.append(tal)
            n_fitting += 1
        if n_fitting:
            write_area(file, header, record, tals)
            waiting = waiting[n_fitting:]
    return waiting


def retime(file: RawIOBase, header: Header, n_records: int, record_us: int) -> int:
    """Give every record the duration `record_us` and write all annotations anew to fit.

    A record tells by its own time which duration its annotations follow, so a
    run that was cut off can be done again. Records without a time (damaged) get
    one and an annotation `gap N samples (damaged)`; their number is returned.
    """
    write_at(file, DURATION_OFFSET, number_text(Decimal(record_us) / 10**6).encode().ljust(8))
    samples = header.signals[0].samples_per_record
    damaged = 0
    for record in range(n_records):
        tals = read_area(file, header, record)
        if starts_record(tals):
            told_us = tals[0].onset_us / record if record else float(header.record_s * 10**6)
            # Clocks are off by less than 10 %: anything else is damage.
            old_us = told_us if 0.9 < told_us / record_us < 1.1 else record_us
        else:
            damaged += 1
            gap = Mark(record * samples, samples, f"gap {samples} samples (damaged)")
            old_us = record_us
            tals = [Tal(0, 0, ""), mark_tal(gap, record_us, samples)]
        new = [Tal(record * record_us, 0, "")]
        for tal in tals[1:]:
            first = round(tal.onset_us * samples / old_us)
            n = round((tal.onset_us + tal.duration_us) * samples / old_us) - first
            mark = within(Mark(first, n, tal.text), n_records * samples)
            new.append(mark_tal(mark, record_us, samples))
        if new != tals or not starts_record(tals):
            write_area(file, header, record, new)
    to_disk(file)
    return damaged


def file_texts(file: RawIOBase, header: Header, n_records: int) -> set[str]:
    """Return all texts in the first 256 records, where the facts are."""
    tals = [t for r in range(min(n_records, 256)) for t in read_area(file, header, r)[1:]]
    return {tal.text for tal in join_parts(tals)}
