"""Open recordings for reading: BDF, BDF+, EDF, EDF+ and CSV. Files are never changed."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from datetime import datetime
from io import RawIOBase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Gap, GapReason
from emgfeedback.core.errors import FileFormatError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.core.montage import MUSCLES, Channel, Side
from emgfeedback.records.csv_reader import open_csv
from emgfeedback.records.edf import (
    BDF_VERSION,
    EDF_VERSION,
    MAIN_BYTES,
    MAX_SIGNALS,
    SIGNAL_BYTES,
    Header,
    Signal,
    decode_header,
    unpack_samples,
)
from emgfeedback.records.header import EQUIPMENT, parse_fact
from emgfeedback.records.labels import guess_muscle_and_side
from emgfeedback.records.recordfile import read_at
from emgfeedback.records.recording import Annotation, Recording
from emgfeedback.records.tal import Tal, decode_area, join_parts, starts_record

__all__ = ["Annotation", "EdfRecording", "Recording", "open_recording", "read_header"]

UNIT_UV = {"uV": 1.0, "\u00b5V": 1.0, "\u00c2\u00b5V": 1.0, "mV": 1e3, "V": 1e6, "nV": 1e-3}
MAX_ANNOTATIONS = 1_000_000
_GAP = re.compile(r"gap (\d+) samples(?: \((\w+)\))?")
_PADDING = re.compile(r"padding (\d+) samples")


def open_recording(path: Path | str, files: Files = PLAIN) -> Recording:
    """Open `path`; its content decides what it is, not its name.

    Parameters
    ----------
    path
        A BDF, EDF or CSV file.
    files
        What opens it; with keys it opens encrypted recordings too.

    Raises
    ------
    FileFormatError
        If it is missing, empty, cut off, foreign, hostile, encrypted while `files` has no
        key for it, or without a voltage signal.
    """
    path = Path(path)
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise FileFormatError(f"{path} is a device or pipe.", "Give a file.")
        file = files.open(path, "r")
    except OSError as error:
        raise FileFormatError(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}.",
            "Check the name and the permission.",
        ) from error
    with contextlib.ExitStack() as closing:
        closing.enter_context(file)
        begin = read_at(file, 0, 8)
        if begin in (BDF_VERSION, EDF_VERSION):
            recording = EdfRecording(path, file)
            closing.pop_all()
            return recording
    if not begin:
        raise FileFormatError(f"{path} is empty (0 bytes).", "Choose another file.")
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return open_csv(path)
    raise FileFormatError(
        f"{path} is no BDF, EDF or CSV file (it begins with {begin!r}).", "Choose another file."
    )


def read_header(file: RawIOBase, name: str) -> Header:
    """Read the header of an open file. Raises FileFormatError."""
    return decode_header(read_at(file, 0, MAIN_BYTES + SIGNAL_BYTES * MAX_SIGNALS), name)


class EdfRecording(Recording):
    """A BDF or EDF file, read in windows: memory follows the window, not the file.

    `file` is what `path` holds, closed with the recording.
    """

    def __init__(self, path: Path, file: RawIOBase) -> None:
        self.path = path
        self._file = file
        name = str(self.path)
        self._header = header = read_header(self._file, name)
        self._n_records = _checked_records(header, file.seek(0, os.SEEK_END), name)
        self._columns = _voltage_columns(header, name)
        signals = [header.signals[i] for i in self._columns]
        self._per_record = signals[0].samples_per_record
        self.fs_hz = float(self._per_record / header.record_s)
        self.start = header.start if header.start > datetime(1985, 1, 1) else None
        self.subject = header.patient.split(" ")[0].removeprefix("X")
        tals = self._read_tals(name)
        found = [parse_fact(tal.text) for tal in tals]
        self.facts = tuple(fact for fact in found if fact is not None)
        plain = [tal for tal, fact in zip(tals, found, strict=True) if fact is None]
        self._set_time_axis(plain)
        self._set_scale(signals)

    @property
    def is_ours(self) -> bool:
        """Whether emgfeedback recorded it, so that gaps, padding and facts can be told."""
        return f" {EQUIPMENT}" in self._header.recording

    def _read_tals(self, name: str) -> list[Tal]:
        header = self._header
        areas = [i for i, signal in enumerate(header.signals) if signal.is_annotations]
        record_us = float(header.record_s) * 1e6
        tals: list[Tal] = []
        origin_us: int | None = None
        for record in range(self._n_records if areas else 0):
            position = header.header_bytes + record * header.record_bytes
            for area in areas:
                n = header.signals[area].samples_per_record * header.sample_bytes
                found = decode_area(read_at(self._file, position + header.offset_of(area), n))
                if area == areas[0] and starts_record(found):
                    onset_us = found.pop(0).onset_us
                    origin_us = onset_us if origin_us is None else origin_us
                    late_us = onset_us - origin_us - record * record_us
                    if header.reserved[3:5] == "+D" and abs(late_us) > 1e6 / self.fs_hz:
                        raise FileFormatError(
                            f"{name} is not continuous: record {record} is {late_us / 1e6:g} s "
                            "off (limit 1 sample).",
                            "Convert it to EDF+C or export each part.",
                        )
                tals += [tal for tal in found if tal.text]
            if len(tals) > MAX_ANNOTATIONS:
                raise FileFormatError(
                    f"{name} has more than {MAX_ANNOTATIONS} annotations.", "Choose another file."
                )
        shift = origin_us or 0
        moved = [Tal(t.onset_us - shift, t.duration_us, t.text) for t in tals] if shift else tals
        return join_parts(moved)

    def _set_time_axis(self, tals: list[Tal]) -> None:
        self.n_samples = self._n_records * self._per_record
        gaps: list[Gap] = []
        annotations: list[Annotation] = []
        for tal in tals:
            onset_s, duration_s = tal.onset_us / 1e6, tal.duration_us / 1e6
            gap = _GAP.fullmatch(tal.text) if self.is_ours else None
            if gap:
                first = round(onset_s * self.fs_hz)
                n = round((onset_s + duration_s) * self.fs_hz) - first
                gaps.append(Gap(first, n, _reason(gap[2])))
            elif self.is_ours and (padding := _PADDING.fullmatch(tal.text)):
                self.n_samples -= int(padding[1])
            else:
                annotations.append(Annotation(onset_s, duration_s, tal.text))
        self.n_samples = max(self.n_samples, 0)
        self.gaps = tuple(sorted(gaps, key=lambda g: g.first_sample))
        self.annotations = tuple(sorted(annotations, key=lambda a: a.onset_s))

    def _set_scale(self, signals: list[Signal]) -> None:
        factors = np.array([UNIT_UV[s.dimension] for s in signals])
        lsb = np.array([s.lsb for s in signals])
        zero = np.array([s.digital_min - s.physical_min / s.lsb for s in signals])
        spans = {s.digital_max - s.digital_min for s in signals}
        self.full_scale_counts = max(spans) if len(spans) == 1 else None
        self.lsb_uv = lsb * factors
        self._zero = zero
        guessed = [Channel(s.label, *guess_muscle_and_side(s.label)) for s in signals]
        self.channels = tuple(guessed)
        if not self.is_ours:
            return
        by_subject: dict[str, list[Mapping[str, object]]] = {}
        for subject, values in self.facts:
            by_subject.setdefault(subject, []).append(values)
        told = by_subject.get("channel", [])
        if [v.get("label") for v in told] == [s.label for s in signals]:
            self.channels = tuple(_told(v, g) for v, g in zip(told, guessed, strict=True))
            self.lsb_uv = np.array(
                [_close(v.get("lsb_uv"), one) for v, one in zip(told, self.lsb_uv, strict=True)]
            )
        for values in by_subject.get("recording", []):
            self.subject = str(values.get("subject", self.subject))
            full = values.get("full_scale_counts")
            if isinstance(full, int) and 2 <= full < 2**24:
                self.full_scale_counts = full

    def read_counts(self, first: int, end: int) -> NDArray[np.int32]:
        """Return the digital values as they stand in the file. See `Recording.read_counts`."""
        self.check_span(first, end)
        n = self._per_record
        header = self._header
        begin, stop = first // n, -(-end // n)
        position = header.header_bytes + begin * header.record_bytes
        wanted = (stop - begin) * header.record_bytes
        data = read_at(self._file, position, wanted)
        if len(data) != wanted:
            raise FileFormatError(
                f"{self.path} became shorter while it was read.", "Open it again."
            )
        records = np.frombuffer(data, dtype=np.uint8).reshape(-1, header.record_bytes)
        rows = np.empty((records.shape[0], n, len(self._columns)), dtype=np.int32)
        for column, signal in enumerate(self._columns):
            offset = header.offset_of(signal)
            part = records[:, offset : offset + n * header.sample_bytes]
            rows[:, :, column] = unpack_samples(part, header.sample_bytes)
        return rows.reshape(-1, len(self._columns))[first - begin * n : end - begin * n]

    def read_uv(self, first: int, end: int) -> NDArray[np.float64]:
        """Return microvolts at the electrode. See `Recording.read_uv`."""
        return self.uv_of(self.read_counts(first, end))

    def uv_of(self, counts: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return what `counts` stand for. See `Recording.uv_of`."""
        assert self.lsb_uv is not None
        uv: NDArray[np.float64] = counts - self._zero
        uv *= self.lsb_uv
        return uv

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _checked_records(header: Header, size: int, name: str) -> int:
    whole = (size - header.header_bytes) // header.record_bytes
    if header.n_records < 0 or header.n_records > whole:
        told = "an unknown number" if header.n_records < 0 else str(header.n_records)
        raise FileFormatError(
            f"{name} was cut off: it holds {whole} of {told} of records.",
            f"Run `main.py repair {name}`.",
        )
    if not header.n_records:
        raise FileFormatError(f"{name} holds no samples (0 records).", "Choose another file.")
    return header.n_records


def _voltage_columns(header: Header, name: str) -> list[int]:
    signals = header.signals
    found = [i for i, s in enumerate(signals) if s.dimension in UNIT_UV and not s.is_annotations]
    if not found or not header.record_s:
        units = ", ".join(f"{s.label}: {s.dimension!r}" for s in signals if not s.is_annotations)
        raise FileFormatError(
            f"{name} has no voltage signal (units found: {units or 'none'}).",
            "Signals must be in uV, mV, V or nV.",
        )
    rates = {signals[i].samples_per_record for i in found}
    if len(rates) > 1:
        each = ", ".join(
            f"{signals[i].label} {float(signals[i].samples_per_record / header.record_s):g} Hz"
            for i in found
        )
        raise FileFormatError(
            f"{name} has signals of different rates ({each}).",
            "Export the signals of one rate to a file of their own.",
        )
    return found


def _reason(text: str | None) -> GapReason:
    """Return the reason; one we have no word for is charged to the link."""
    return GapReason(text) if text in {reason.value for reason in GapReason} else GapReason.LINK


def _told(values: Mapping[str, object], guessed: Channel) -> Channel:
    """Return the channel the file's own annotation tells of, as far as it can be believed."""
    muscle, side = str(values.get("muscle")), str(values.get("side"))
    place = values.get("input", 0)
    return Channel(
        label=guessed.label,
        muscle=muscle if muscle in MUSCLES else guessed.muscle,
        side=Side(side) if side in {s.value for s in Side} else guessed.side,
        gain=_positive(values.get("gain")),
        input=place if isinstance(place, int) else 0,
        site=str(values.get("site", "")),
        spacing_mm=_positive(values.get("spacing_mm")),
        sensor=str(values.get("sensor", "")),
    )


def _positive(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 < value < 1e12 else None


def _close(told: object, by_header: float) -> float:
    """Return the exact scale the annotation tells, unless it contradicts the header."""
    exact = _positive(told)
    return exact if exact and abs(exact / by_header - 1) < 1e-5 else by_header
