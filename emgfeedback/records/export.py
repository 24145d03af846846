"""Write a recording anew: CSV for tables, BDF+, and EDF+ for programs without BDF."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import FileIO, RawIOBase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgfeedback import __version__
from emgfeedback.core.errors import RecordingError, SettingsError, UsageError
from emgfeedback.core.files import for_owner_only
from emgfeedback.records.edf import Header, Signal, number_text
from emgfeedback.records.header import (
    annotations_signal,
    ascii_text,
    exact_scale,
    fact_text,
    record_layout,
    recording_id,
)
from emgfeedback.records.recordfile import RecordFile
from emgfeedback.records.recording import Recording

_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What an export came to.

    Attributes
    ----------
    error_uv
        For each channel, how far a written value may be from the recorded one, microvolts.
    """

    path: Path
    samples: int
    error_uv: tuple[float, ...]


def export(recording: Recording, out: Path | str) -> ExportSummary:
    """Write `recording` to the new file `out`, in the format of its suffix.

    `.csv`: UTF-8, one header row, `time_s` and a column in microvolts for each channel; the
    cells of lost samples are empty; annotations are left out. `.bdf`, `.edf`: BDF+ with 24
    bits, EDF+ with 16; counts of our own recordings unchanged where they fit, else scaled to
    each channel's own range (error at most half a step); annotations, gaps and facts are kept.

    Raises
    ------
    UsageError
        For another suffix.
    RecordingError
        If `out` exists or cannot be written; nothing is left behind.
    """
    out = Path(out)
    write = WRITERS.get(out.suffix.lower())
    if write is None:
        raise UsageError(
            f"Cannot export to {out.name}: the suffix {out.suffix or '(none)'} is not known.",
            f"Use {', '.join(list(WRITERS)[:-1])} or {list(WRITERS)[-1]}.",
        )
    with new_file(out) as part:
        error_uv = write(recording, part)
    return ExportSummary(out, recording.n_samples, error_uv)


@contextmanager
def new_file(out: Path) -> Iterator[Path]:
    """Give the name of a file to write; what was written becomes `out`, whole or not at all.

    Raises
    ------
    RecordingError
        If `out` exists or cannot be written; nothing is left behind.
    """
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        if out.exists():
            raise FileExistsError
        try:
            yield part
            _give_name(part, out)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError as error:
        raise RecordingError(
            f"{out} exists already; nothing is overwritten.", "Give another name."
        ) from error
    except OSError as error:
        raise RecordingError(
            f"{out} cannot be written: {(error.strerror or str(error)).lower()}.",
            "Check the folder, its permission and the free space.",
        ) from error


def _give_name(part: Path, out: Path) -> None:
    try:
        os.link(part, out)
    except FileExistsError:
        raise
    except OSError:
        # Drives without hard links; there the check before is all there is.
        if out.exists():
            raise FileExistsError from None
        part.rename(out)


def spans(recording: Recording) -> Iterator[tuple[int, int]]:
    """Yield the first sample, and one past the last, of pieces that fit into memory."""
    for first in range(0, recording.n_samples, _CHUNK):
        yield first, min(first + _CHUNK, recording.n_samples)


def _write_csv(recording: Recording, part: Path) -> tuple[float, ...]:
    lsb_uv = recording.lsb_uv
    if lsb_uv is None:
        formats = ["%.9g"] * len(recording.channels)
        error_uv = [0.0] * len(recording.channels)
    else:
        decimals = [min(max(4 - math.floor(math.log10(one)), 0), 12) for one in lsb_uv]
        formats = [f"%.{n}f" for n in decimals]
        error_uv = [0.5 * 10.0**-n for n in decimals]
    whole = ",".join(["%.6f", *formats]) + "\n"
    empty = "%.6f" + "," * len(formats) + "\n"
    with open(part, "x", encoding="utf-8", newline="", opener=for_owner_only) as file:
        titles = ["time_s", *(f"{label} (uV)" for label in recording.labels)]
        csv.writer(file, lineterminator="\n").writerow(titles)
        for first, end in spans(recording):
            times = np.arange(first, end) / recording.fs_hz
            rows = np.column_stack((times, recording.read_uv(first, end))).tolist()
            valid = recording.valid(first, end).tolist()
            file.writelines(
                whole % tuple(row) if good else empty % row[0]
                for row, good in zip(rows, valid, strict=True)
            )
        file.flush()
        os.fsync(file.fileno())
    return tuple(error_uv)


def _write_edf(recording: Recording, part: Path) -> tuple[float, ...]:
    return write_records(recording, FileIO(part, "x+", opener=for_owner_only), 2)


def _write_bdf(recording: Recording, part: Path) -> tuple[float, ...]:
    return write_records(recording, FileIO(part, "x+", opener=for_owner_only), 3)


def write_records(
    recording: Recording, raw: RawIOBase, sample_bytes: int, *, source: str | None = None
) -> tuple[float, ...]:
    """Write `recording` as EDF+ (2 bytes a sample) or BDF+ (3) into the empty file `raw`.

    Closes `raw`, and returns how far a written value may be from the recorded one, for each
    channel, microvolts. `source` is told as its origin: None: the file's name, empty: nothing.

    Raises
    ------
    RecordingError
        If rate or range cannot be written into such a file.
    OSError
        If it cannot be written.
    """
    with raw:
        told = recording.path.name if source is None else source
        return _write_records(recording, raw, sample_bytes, told)


def _write_records(
    recording: Recording, raw: RawIOBase, sample_bytes: int, source: str
) -> tuple[float, ...]:
    try:
        samples_per_record, record_us = record_layout(recording.fs_hz)
    except SettingsError as error:
        raise RecordingError(error.what, "Export to CSV.") from error
    most = (1 << (8 * sample_bytes - 1)) - 1
    signals = _exact_signals(recording, samples_per_record, most)
    exact = signals is not None
    signals = signals or _fitted_signals(recording, samples_per_record, most)
    header = Header(
        sample_bytes=sample_bytes,
        patient=f"{ascii_text(recording.subject, 60).replace(' ', '_') or 'X'} X X X",
        recording=recording_id(recording.start, __version__),
        start=recording.start or datetime(1985, 1, 1),
        reserved="BDF+C" if sample_bytes == 3 else "EDF+C",
        n_records=-1,
        record_s=Decimal(record_us) / 10**6,
        signals=(*signals, annotations_signal(sample_bytes)),
    )
    lsb_uv = np.array([s.lsb for s in signals])
    file = RecordFile(raw, header, fsync_s=math.inf)
    try:
        for text in _facts(recording, None if exact else lsb_uv, source):
            file.annotate(text, 0)
        marks = _marks(recording)
        for first, end in spans(recording):
            while marks and (marks[-1][0] < end or end == recording.n_samples):
                sample, n, text = marks.pop()
                file.annotate(text, sample, n)
            if exact:
                file.append(recording.read_counts(first, end))
            else:
                uv = recording.read_uv(first, end)
                file.append(np.rint(uv / lsb_uv).astype(np.int32))
        file.pad()
    finally:
        file.close()
    return tuple(0.0 if exact else float(one) / 2 for one in lsb_uv)


def _marks(recording: Recording) -> list[tuple[int, int, str]]:
    """Return (first sample, samples, text) of gaps and annotations, last first."""
    fs_hz = recording.fs_hz
    marks = [
        (gap.first_sample, gap.n_samples, f"gap {gap.n_samples} samples ({gap.reason.value})")
        for gap in recording.gaps
    ]
    marks += [
        (max(round(a.onset_s * fs_hz), 0), round(a.duration_s * fs_hz), a.text)
        for a in recording.annotations
    ]
    return sorted(marks, reverse=True)


def _facts(recording: Recording, lsb_uv: NDArray[np.float64] | None, source: str) -> list[str]:
    """Return the facts of the source; with `lsb_uv`, its scale in place of the board's."""
    texts = []
    channel = 0
    for subject, values in recording.facts:
        kept: Mapping[str, object] = values
        if lsb_uv is not None:
            kept = {k: v for k, v in values.items() if k not in ("full_scale_counts", "lsb_uv")}
            if subject == "channel" and channel < lsb_uv.size:
                kept = {**kept, "lsb_uv": float(lsb_uv[channel])}
                channel += 1
        texts.append(fact_text(subject, kept))
    texts.append(fact_text("export", {"source": source, "app": __version__}))
    return texts


def _exact_signals(recording: Recording, samples_per_record: int, most: int) -> list[Signal] | None:
    """Return signals that take the counts as they are, None where their range cannot."""
    full, lsb_uv = recording.full_scale_counts, recording.lsb_uv
    if full is None or lsb_uv is None or not any(s == "recording" for s, _ in recording.facts):
        return None
    try:
        scales = [exact_scale(full, float(one), most) for one in lsb_uv]
    except SettingsError:
        return None
    lowest, highest = min(s.digital_min for s in scales), max(s.digital_max for s in scales)
    for first, end in spans(recording):
        counts = recording.read_counts(first, end)
        if counts.min() < lowest or counts.max() > highest:
            return None
    return [
        _signal(label, scale.physical_uv, scale.digital_min, scale.digital_max, samples_per_record)
        for label, scale in zip(recording.labels, scales, strict=True)
    ]


def _fitted_signals(recording: Recording, samples_per_record: int, most: int) -> list[Signal]:
    highest = np.zeros(len(recording.channels))
    for first, end in spans(recording):
        highest = np.maximum(highest, np.abs(recording.read_uv(first, end)).max(axis=0))
    signals = []
    for label, peak_uv in zip(recording.labels, highest, strict=True):
        if peak_uv >= 9_999_999:
            raise RecordingError(
                f"{label} reaches {peak_uv:g} uV, more than EDF can hold (limit 9999999 uV).",
                "Export to CSV.",
            )
        end_uv = float(number_text(max(float(peak_uv) * 1.00001, 1.0), 7))
        signals.append(_signal(label, end_uv, -most, most, samples_per_record))
    return signals


def _signal(
    label: str, end_uv: float, digital_min: int, digital_max: int, samples_per_record: int
) -> Signal:
    return Signal(
        label=ascii_text(label, 16),
        transducer="surface electrodes",
        dimension="uV",
        physical_min=-end_uv,
        physical_max=end_uv,
        digital_min=digital_min,
        digital_max=digital_max,
        prefilter="as recorded, no software filter",
        samples_per_record=samples_per_record,
    )


WRITERS: dict[str, Callable[[Recording, Path], tuple[float, ...]]] = {
    ".csv": _write_csv,
    ".edf": _write_edf,
    ".bdf": _write_bdf,
}
"""Suffix -> what writes a recording to a new file and tells the error of each channel in uV."""
