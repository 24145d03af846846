"""ELEMYO sensors, by packets, and the MYOstack, by lines.

Facts from ELEMYO-GUI (`Arduino_Firmware.ino`) and `MYOstack_GUI.py`.

ELEMYO, 250000 baud: six samples of 10 bits, low byte first; the microseconds since the packet
before, 16 bits; FF FF. It runs as fast as it can, 1 to 2 kHz, so the microseconds tell its rate.
Here the mark is taken for the beginning of the packet that follows.

MYOstack, 115200 baud: nine numbers as text, `a;b;...;i`, about 1001 lines a second. A sensor
that is not there is no number. A count is 3.25 V / 4094.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.driver import Decoded
from emgfeedback.devices.packet_driver import OWN_NUMBERS, PacketDriver, Rows
from emgfeedback.devices.text_columns import Column, Columns
from emgfeedback.devices.text_lines import Shape, TextLinesDriver

MARK = b"\xff\xff"
_KNOWN_AFTER = 100
_N_CHANNELS = 6
_GAIN_CAUTION = (
    "Gain is set on the sensor and not told: microvolts hold at the board's pin; "
    "give the gain in the montage."
)
_N_SENSORS = 9
_MYOSTACK_LINES = 60
_MYOSTACK_VREF_MV = 3250.0 / 4094 * 4096


class ElemyoDriver(PacketDriver):
    """Decoder of ELEMYO's packets."""

    name = "elemyo"
    title = "ELEMYO"
    bauds = (250_000,)
    seq_modulus = OWN_NUMBERS
    loss_proof = (
        "Nothing proves that no sample was lost: there are no numbers. A damaged packet is "
        "noticed; lost ones show only in the measured rate."
    )
    streams_unasked = True
    start_within_s = 3.0
    _head = MARK

    def __init__(self) -> None:
        self._sum_us = 0
        self._n_timed = 0
        super().__init__()
        self._size = 16

    def reset(self) -> None:
        """Forget unread bytes and the place in the stream; keep what is known of the board."""
        super().reset()
        self._sum_us = self._n_timed = 0

    def listened(self, seconds: float) -> DeviceInfo | None:
        """Return the board once its clock has told the rate."""
        if self._n_timed < _KNOWN_AFTER or not self._sum_us:
            return None
        self._info = DeviceInfo(
            driver=self.name,
            board="ELEMYO",
            firmware="unknown",
            n_channels=_N_CHANNELS,
            fs_hz=float(f"{1e6 * self._n_timed / self._sum_us:.4g}"),
            full_scale_counts=1024,
            vref_mv=5000.0,
            sensor_gain=1.0,
            loss_proof=self.loss_proof,
            cautions=(
                _GAIN_CAUTION,
                "The board samples as fast as it can: the distance between samples varies, "
                "so spectra are blurred.",
            ),
        )
        return self._info

    def feed(self, data: bytes) -> Decoded:
        """Take any number of bytes and return all that they complete."""
        decoded = super().feed(data)
        if self._info is not None:
            self._sum_us = self._n_timed = 0
        return decoded

    def _fits(self, rows: Rows) -> NDArray[np.bool_]:
        fits: NDArray[np.bool_] = (rows[:, :2] == 0xFF).all(axis=1)
        return fits & (rows[:, 3:14:2] <= 3).all(axis=1)

    def _counts(self, rows: Rows) -> NDArray[np.int32]:
        clock_us = rows[:, 14:].copy().view("<u2")
        self._sum_us += int(clock_us.sum())
        self._n_timed += len(rows)
        return rows[:, 2:14].copy().view("<u2").astype(np.int32)


class MyostackDriver(TextLinesDriver):
    """Decoder of the MYOstack's lines."""

    name = "myostack"
    title = "MYOstack"
    bauds = (115_200,)

    def listened(self, seconds: float) -> DeviceInfo | None:
        """Return the board once many lines of nine fields followed each other."""
        rows = [_sensors(line) for line in self._lines[-_MYOSTACK_LINES:]]
        if len(rows) < _MYOSTACK_LINES or any(row is None for row in rows):
            return None
        there = ~np.isnan(np.array(rows, float)).any(axis=0)
        if not there.any():
            return None
        sensors = [Column(int(i), f"sensor {i + 1}") for i in np.flatnonzero(there)]
        self._shape = Shape(";", _N_SENSORS)
        self._columns = Columns(
            channels=tuple(sensors),
            counter=None,
            envelope=False,
            scale=1.0,
            zero_counts=0,
            full_scale_counts=4096,
            vref_mv=_MYOSTACK_VREF_MV,
            cautions=(_GAIN_CAUTION,),
        )
        self._info = self._describe(self._columns, 1000.0)
        return self._info

    @property
    def hopeful(self) -> bool:
        """Whether the latest lines have nine fields."""
        rows = [_sensors(line) for line in self._lines[-3:]]
        return len(rows) == 3 and all(row is not None for row in rows)

    def _parse(self, line: str) -> list[float] | None:
        row = _sensors(line)
        if row is None or self._columns is None:
            return None
        if any(math.isnan(row[column.index]) for column in self._columns.channels):
            return None
        return row


def _sensors(line: str) -> list[float] | None:
    """Return the nine numbers of a line, not-a-number where a sensor is missing."""
    fields = line.split(";")
    if len(fields) != _N_SENSORS:
        return None
    plain = [field.strip() for field in fields]
    return [float(field) if field.isdigit() else math.nan for field in plain]
