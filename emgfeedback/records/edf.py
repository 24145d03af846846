"""The EDF+ and BDF+ file layout: header fields, and samples of 16 and 24 bits.

Sources: Kemp et al., "A simple format for exchange of digitized polygraphic
recordings" (1992), the EDF+ specification (2003), and BioSemi's description of
BDF. Pure functions: no file is opened here.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import FileFormatError

EDF_VERSION = b"0       "
BDF_VERSION = b"\xffBIOSEMI"
COUNT_OFFSET = 236
"""Byte of the header at which the number of records stands."""
DURATION_OFFSET = 244
"""Byte of the header at which the duration of a record stands."""
MAIN_BYTES = 256
SIGNAL_BYTES = 256
MAX_SIGNALS = 512
MAX_RECORD_BYTES = 16 * 2**20
"""A record that claims more is not believed (the standard recommends 61 440 bytes)."""
MAX_RECORDS = 99_999_999
_WIDTHS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)


@dataclass(frozen=True, slots=True)
class Signal:
    """The header of one signal; texts as they stand in the file, without padding."""

    label: str
    transducer: str
    dimension: str
    physical_min: float
    physical_max: float
    digital_min: int
    digital_max: int
    prefilter: str
    samples_per_record: int

    @property
    def is_annotations(self) -> bool:
        """Whether the signal holds annotations, not samples."""
        return self.label in ("EDF Annotations", "BDF Annotations")

    @property
    def lsb(self) -> float:
        """Physical units for one digital step."""
        span = self.digital_max - self.digital_min
        return (self.physical_max - self.physical_min) / span


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a file; `sample_bytes` is 2 for EDF, 3 for BDF.

    `n_records` is -1 where the writer had not closed the file.
    """

    sample_bytes: int
    patient: str
    recording: str
    start: datetime
    reserved: str
    n_records: int
    record_s: Decimal
    signals: tuple[Signal, ...]

    @property
    def header_bytes(self) -> int:
        """Where the first record begins."""
        return MAIN_BYTES + SIGNAL_BYTES * len(self.signals)

    @property
    def record_bytes(self) -> int:
        """Length of one record."""
        return self.sample_bytes * sum(s.samples_per_record for s in self.signals)

    def offset_of(self, signal: int) -> int:
        """Return where in a record the samples of `signal` begin, in bytes."""
        before = self.signals[:signal]
        return self.sample_bytes * sum(s.samples_per_record for s in before)


def number_text(value: float | Decimal, width: int = 8) -> str:
    """Write `value` in at most `width` characters, without exponent, as exactly as that allows.

    Raises
    ------
    ValueError
        If even its whole part does not fit.
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    for decimals in range(width, -1, -1):
        text = f"{exact:.{decimals}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        if len(text) <= width:
            return "0" if text == "-0" else text
    raise ValueError(f"{value} does not fit into {width} characters")


def encode_header(header: Header) -> bytes:
    """Return the bytes of `header`. Texts must be ASCII; too long ones are cut to their field."""
    version = BDF_VERSION if header.sample_bytes == 3 else EDF_VERSION
    main = (
        (header.patient, 80),
        (header.recording, 80),
        (header.start.strftime("%d.%m.%y"), 8),
        (header.start.strftime("%H.%M.%S"), 8),
        (str(header.header_bytes), 8),
        (header.reserved, 44),
        (str(header.n_records), 8),
        (number_text(header.record_s), 8),
        (str(len(header.signals)), 4),
    )
    rows = [
        (
            s.label,
            s.transducer,
            s.dimension,
            number_text(s.physical_min),
            number_text(s.physical_max),
            str(s.digital_min),
            str(s.digital_max),
            s.prefilter,
            str(s.samples_per_record),
            "",
        )
        for s in header.signals
    ]
    columns = [(row[i], width) for i, width in enumerate(_WIDTHS) for row in rows]
    return version + b"".join(_field(text, width) for text, width in (*main, *columns))


def _field(text: str, width: int) -> bytes:
    return text.encode("ascii")[:width].ljust(width)


def decode_header(data: bytes, name: str) -> Header:
    """Read the header at the start of `data`.

    Parameters
    ----------
    data
        The file's first bytes, at least the whole header if the file has it.
    name
        The file as the messages name it.

    Raises
    ------
    FileFormatError
        If it is no EDF or BDF, is cut within its header, or claims what cannot be.
    """
    if not data:
        _refuse(name, "is empty (0 bytes)")
    if data[:8] not in (EDF_VERSION, BDF_VERSION):
        _refuse(name, f"is no EDF or BDF file (it begins with {data[:8]!r})")
    if len(data) < MAIN_BYTES:
        _refuse(name, f"is cut off within its header ({len(data)} of {MAIN_BYTES} bytes)")
    cuts = np.cumsum((8, 80, 80, 8, 8, 8, 44, 8, 8, 4))
    main = [_text(data[a:b]) for a, b in itertools.pairwise(cuts)]
    patient, recording, date, time, header_bytes, reserved, n_records, record_s, n_signals = main
    n = _whole(n_signals, name, "number of signals", 1, MAX_SIGNALS)
    size = MAIN_BYTES + SIGNAL_BYTES * n
    _whole(header_bytes, name, "header length", size, size)
    if len(data) < size:
        _refuse(name, f"is cut off within its header ({len(data)} of {size} bytes)")
    seconds = _decimal(record_s, name, "record duration")
    if not 0 <= seconds <= 86400:
        _refuse(name, f"has a record duration of {record_s} s (limit 0 to 86400 s)")
    header = Header(
        sample_bytes=3 if data[:8] == BDF_VERSION else 2,
        patient=patient,
        recording=recording,
        start=_start(date, time),
        reserved=reserved,
        n_records=_whole(n_records, name, "number of records", -1, MAX_RECORDS),
        record_s=seconds,
        signals=_signals(data[MAIN_BYTES:size], n, name),
    )
    if header.record_bytes > MAX_RECORD_BYTES:
        _refuse(
            name, f"claims records of {header.record_bytes} bytes (limit {MAX_RECORD_BYTES} bytes)"
        )
    return header


def _signals(data: bytes, n: int, name: str) -> tuple[Signal, ...]:
    columns: list[list[str]] = []
    position = 0
    for width in _WIDTHS:
        columns.append(
            [_text(data[position + i * width : position + (i + 1) * width]) for i in range(n)]
        )
        position += n * width
    return tuple(_signal([column[i] for column in columns], name) for i in range(n))


def _signal(texts: list[str], name: str) -> Signal:
    label, transducer, dimension, p_min, p_max, d_min, d_max, prefilter, n_samples, _ = texts
    what = f"signal {label!r}: "
    signal = Signal(
        label=label,
        transducer=transducer,
        dimension=dimension,
        physical_min=float(_decimal(p_min, name, what + "physical minimum")),
        physical_max=float(_decimal(p_max, name, what + "physical maximum")),
        digital_min=_whole(d_min, name, what + "digital minimum", -(2**23), 2**23 - 1),
        digital_max=_whole(d_max, name, what + "digital maximum", -(2**23), 2**23 - 1),
        prefilter=prefilter,
        samples_per_record=_whole(
            n_samples, name, what + "samples per record", 1, MAX_RECORD_BYTES
        ),
    )
    if not signal.is_annotations and (
        signal.digital_min >= signal.digital_max or signal.physical_min == signal.physical_max
    ):
        _refuse(name, f"has no usable scale for signal {label!r}")
    return signal


def _text(field: bytes) -> str:
    return field.decode("latin-1").strip(" \x00")


def _start(date: str, time: str) -> datetime:
    found = [re.fullmatch(r"\s*(\d\d?)\D(\d\d?)\D(\d\d)\s*", text) for text in (date, time)]
    try:
        (day, month, year), (hour, minute, second) = (map(int, m.groups()) for m in found if m)
        return datetime(year + (1900 if year >= 85 else 2000), month, day, hour, minute, second)
    except ValueError:
        # The standard's own epoch stands for "not known"; a bad date spoils no samples.
        return datetime(1985, 1, 1)


def _whole(text: str, name: str, what: str, low: int, high: int) -> int:
    number = _decimal(text, name, what)
    if number != number.to_integral_value() or not low <= number <= high:
        limit = str(low) if low == high else f"{low} to {high}"
        _refuse(name, f"has a {what} of {text} (limit {limit})")
    return int(number)


def _decimal(text: str, name: str, what: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        _refuse(name, f"has a {what} of {text!r}, which is no number")
    if not number.is_finite() or abs(number) > Decimal("1e30"):
        _refuse(name, f"has a {what} of {text}, which is out of range")
    return number


def _refuse(name: str, what: str) -> NoReturn:
    raise FileFormatError(
        f"{name} {what}.", "Use a whole BDF or EDF file; `main.py repair` mends a cut-off one."
    )


def pack_samples(rows: NDArray[np.int32], sample_bytes: int) -> bytes:
    """Pack `rows` (n_samples, n_channels) channel after channel, little-endian.

    Raises
    ------
    ValueError
        If a sample does not fit.
    """
    half = 1 << (8 * sample_bytes - 1)
    if rows.size and (rows.min() < -half or rows.max() >= half):
        raise ValueError(f"a sample does not fit into {8 * sample_bytes} bits")
    channels = np.ascontiguousarray(rows.T, dtype="<i4")
    if sample_bytes == 2:
        return channels.astype("<i2").tobytes()
    wide = channels.view(np.uint8).reshape(-1, 4)
    packed = np.empty((wide.shape[0], 3), dtype=np.uint8)
    for i in range(3):
        packed[:, i] = wide[:, i]
    return packed.tobytes()


def unpack_samples(data: NDArray[np.uint8], sample_bytes: int) -> NDArray[np.int32]:
    """Return the samples in `data` (..., n * sample_bytes) as int32 (..., n)."""
    shape = (*data.shape[:-1], data.shape[-1] // sample_bytes)
    if sample_bytes == 2:
        return np.ascontiguousarray(data).view("<i2").reshape(shape).astype(np.int32)
    # Four bytes that begin one byte early, shifted: the sign comes out right in one pass.
    shifted = np.empty(data.size + 1, dtype=np.uint8)
    shifted[0] = 0
    shifted[1:].reshape(data.shape)[...] = data
    early = np.ndarray(data.size // 3, dtype="<i4", buffer=shifted, strides=(3,))
    return (early >> 8).reshape(shape)
