"""Numbers as lines of text, as sketches for the Arduino plotter send them.

Nothing is agreed on, so everything is concluded from two seconds of listening: what
separates the numbers (comma, semicolon, tab, space), how many there are, their labels
(`left:512,right:498`, or a line of words before the numbers), which column counts samples
or time, and whether the rest is a raw signal or an envelope. Lines per second are the rate.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import ClassVar, NamedTuple

import numpy as np

from emgfeedback.core.block import Frame, frozen
from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.driver import Decoded, Driver, StreamSettings
from emgfeedback.devices.packet_driver import OWN_NUMBERS
from emgfeedback.devices.text_columns import Columns, conclude

SNIFF_S = 2.0
MAX_LINE_BYTES = 512
MAX_CHANNELS = 16
_SNIFFED_CHARACTERS = 60_000
_MIN_LINES = 20
_HOPE_LINES = 3
_ALIKE = 0.9
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_FIELD = re.compile(rf"^(?:\s*([A-Za-z_][\w \-./%()]*?)\s*[:=]\s*)?({_NUMBER})\s*[A-Za-z%]*$")
_USUAL_HZ = (
    *(50, 60, 100, 125, 150, 200, 250, 256, 300, 400, 500, 512, 600, 800),
    *(1000, 1024, 1200, 1500, 2000, 2048, 4000, 5000, 10000),
)
_NEAR_USUAL = 0.04
_RAW_FROM_HZ = 2 * 30 / 0.45
"""Below, less than an octave is left between the high-pass of 30 Hz and 0.45 of the rate."""


class Shape(NamedTuple):
    """How a line is cut: the separator and how many numbers there are."""

    separator: str
    n_columns: int


class TextLinesDriver(Driver):
    """Decoder of lines of numbers.

    A line that does not hold as many numbers as the others counts as one lost sample: what
    it would have held cannot be known. A column that grows by one from line to line counts
    samples, and tells of lines that never came.
    """

    name = "text_lines"
    title = "lines of numbers"
    bauds: ClassVar[tuple[int, ...]] = (115_200, 9_600, 57_600, 230_400, 250_000, 500_000)
    seq_modulus = OWN_NUMBERS
    loss_proof = "Nothing proves that no line was lost; a damaged line is noticed."
    acknowledges = False
    streams_unasked = True
    start_within_s = 3.0

    def __init__(self) -> None:
        super().__init__()
        self._columns: Columns | None = None
        self._shape: Shape | None = None
        self._info: DeviceInfo | None = None
        self.reset()

    def reset(self) -> None:
        """Forget unread bytes, and what was heard unless it is already understood."""
        self._unread = b""
        self._too_long = False
        self._first_line = True
        self._number = 0
        self._counted: int | None = None
        self._lines: list[str] = []
        self._sniffed = 0
        self._n_lines = 0
        self._at_zero: int | None = None

    def identify_request(self) -> bytes:
        """Return nothing: such a sketch seldom listens."""
        return b""

    def start_request(self) -> bytes:
        """Return nothing: it sends from power-up."""
        return b""

    def stop_request(self) -> bytes:
        """Return nothing: it cannot be stopped."""
        return b""

    def settings_requests(self, settings: StreamSettings) -> list[bytes]:
        """Return nothing: it has its own rate and channels."""
        return []

    def settled(self, settings: StreamSettings) -> DeviceInfo | None:
        """Return the board as it was concluded."""
        return self._info

    @property
    def hopeful(self) -> bool:
        """Whether the latest lines are alike and hold numbers."""
        shape, share = _commonest_shape(self._lines[-_MIN_LINES:])
        return shape is not None and len(self._lines) >= _HOPE_LINES and share >= _ALIKE

    def listened(self, seconds: float) -> DeviceInfo | None:
        """Return what can be concluded from two seconds or more."""
        if self._at_zero is None:
            self._at_zero = self._n_lines
        n_timed = self._n_lines - self._at_zero
        if seconds < SNIFF_S or len(self._lines) < _MIN_LINES or not n_timed:
            return None
        shape, share = _commonest_shape(self._lines)
        if shape is None or share < _ALIKE:
            return None
        rows = [row for row in (parse(line, shape) for line in self._lines) if row is not None]
        labels = _labels(self._lines, shape)
        columns = conclude(np.array(rows), labels)
        if not 0 < len(columns.channels) <= MAX_CHANNELS:
            return None
        self._shape, self._columns = shape, columns
        self._info = self._describe(columns, n_timed / seconds)
        return self._info

    def feed(self, data: bytes) -> Decoded:
        """Take any number of bytes and return all that they complete."""
        self.counters.bytes_received += len(data)
        *lines, self._unread = (self._unread + data).split(b"\n")
        rows: list[list[float]] = []
        decoded = Decoded()
        for line in lines:
            # Where this began, a part of the first line was missed.
            if self._first_line or self._too_long or len(line) > MAX_LINE_BYTES:
                lost = self._too_long or not self._first_line
                self._first_line = self._too_long = False
                self.counters.bytes_skipped += len(line) + 1
                if lost:
                    self._damaged(rows, decoded)
            else:
                self._take_line(line, rows, decoded)
        if len(self._unread) > MAX_LINE_BYTES:
            self.counters.bytes_skipped += len(self._unread)
            self._unread, self._too_long = b"", True
        self._hand_on(rows, decoded)
        return decoded

    def _take_line(self, line: bytes, rows: list[list[float]], decoded: Decoded) -> None:
        text = line.decode("ascii", "replace").strip()
        if not text:
            return
        if self._shape is None or self._columns is None:
            self._n_lines += 1
            self._lines.append(text)
            self._sniffed += len(text)
            while self._sniffed > _SNIFFED_CHARACTERS:
                self._sniffed -= len(self._lines.pop(0))
            return
        row = self._parse(text)
        if row is None:
            self.counters.bytes_skipped += len(line) + 1
            self._damaged(rows, decoded)
            return
        self.counters.frames += 1
        counter = self._columns.counter
        if counter is not None:
            count = int(row[counter])
            if self._counted is not None and count != self._counted + 1:
                self._hand_on(rows, decoded)
                # A count that goes back began anew: how many lines are missing is not known.
                self._number += max(count - self._counted - 1, 0)
            self._counted = count
        rows.append(row)

    def _parse(self, line: str) -> list[float] | None:
        return parse(line, self._shape) if self._shape is not None else None

    def _damaged(self, rows: list[list[float]], decoded: Decoded) -> None:
        """Leave a gap of one sample; with a counter the next line tells how long it is."""
        if self._shape is None:
            return
        self._hand_on(rows, decoded)
        self.counters.resyncs += 1
        if self._columns is not None and self._columns.counter is None:
            self._number += 1

    def _hand_on(self, rows: list[list[float]], decoded: Decoded) -> None:
        """Put the samples so far into a frame."""
        if not rows or self._columns is None:
            return
        counts = self._columns.counts(np.array(rows))
        frozen(counts)
        decoded.frames.append(Frame(self._number % OWN_NUMBERS, -1, 0, counts))
        self._number += len(rows)
        rows.clear()

    def _describe(self, columns: Columns, lines_hz: float) -> DeviceInfo:
        cautions = [*columns.cautions]
        if columns.counter is not None:
            proof = "A column that counts tells of lines that never came; a damaged value may pass."
        else:
            proof = self.loss_proof
        fs_hz = _usual(lines_hz)
        if fs_hz < _RAW_FROM_HZ and not columns.envelope:
            cautions.append(f"{fs_hz:g} lines a second can carry an envelope, not raw activity.")
        labels = ", ".join(column.label for column in columns.channels)
        return DeviceInfo(
            driver=self.name,
            board=f"Text lines ({labels})",
            firmware="unknown",
            n_channels=len(columns.channels),
            fs_hz=fs_hz,
            full_scale_counts=columns.full_scale_counts,
            vref_mv=columns.vref_mv,
            sensor_gain=1.0,
            envelope_only=columns.envelope,
            loss_proof=proof,
            cautions=tuple(cautions),
        )


def parse(line: str, shape: Shape) -> list[float] | None:
    """Return the numbers of a line of this shape, None where it is another."""
    fields = _cut(line, shape.separator)
    if len(fields) != shape.n_columns:
        return None
    found = [_FIELD.match(field.strip()) for field in fields]
    numbers = [float(match[2]) for match in found if match is not None]
    if len(numbers) != shape.n_columns or not np.isfinite(numbers).all():
        return None
    return numbers


def _cut(line: str, separator: str) -> list[str]:
    fields = line.split() if separator == " " else line.split(separator)
    return fields[:-1] if fields and not fields[-1].strip() else fields


def _commonest_shape(lines: list[str]) -> tuple[Shape | None, float]:
    """Return the shape that fits most lines, and the share of lines it fits."""
    fitting: Counter[Shape] = Counter()
    for line in lines:
        for separator in (",", ";", "\t", " "):
            shape = Shape(separator, len(_cut(line, separator)))
            if (separator in line or shape.n_columns == 1) and parse(line, shape) is not None:
                fitting[shape] += 1
                break
    if not fitting:
        return None, 0.0
    shape, n = fitting.most_common(1)[0]
    return shape, n / len(lines)


def _labels(lines: list[str], shape: Shape) -> list[str]:
    """Return the columns' labels: of the fields, or of a line of words; else their numbers."""
    plain = [f"column {i + 1}" for i in range(shape.n_columns)]
    for line in lines:
        fields = [field.strip() for field in _cut(line, shape.separator)]
        if len(fields) != shape.n_columns:
            continue
        named = [match[1] if (match := _FIELD.match(field)) else None for field in fields]
        if all(named):
            return [str(name) for name in named]
        if all(re.fullmatch(r"[A-Za-z_][\w \-./()]*", field) for field in fields):
            return fields
    return plain


def _usual(lines_hz: float) -> float:
    """Return the usual rate next to the one counted, or that with three digits."""
    nearest = min(_USUAL_HZ, key=lambda usual: abs(usual / lines_hz - 1))
    if abs(nearest / lines_hz - 1) < _NEAR_USUAL:
        return float(nearest)
    return float(f"{lines_hz:.3g}")
