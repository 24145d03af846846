"""Chords firmware of Upside Down Labs on several boards.

Facts from Chords-Arduino-Firmware (`UNO-R3.ino`, `UNO-R4.ino`, `NPG-LITE-Serial.ino`) and the
board tables of Chords-Python and Chords-Web:

========  ==============================================
byte      value
========  ==============================================
0, 1      C7 7C
2         number of the packet, 8 bits
3 ...     N samples, 16 bits each, high byte first
3 + 2 N   01
========  ==============================================

There is no checksum. Commands are lines: `WHORU` (answered by the board's name), `START`,
`STOP`. The Uno reads until a second has passed without a byte, so a question must be left
alone for longer than that, and any byte may stop its stream: nothing is sent while it
streams. NPG Lite has 3 or 6 channels and does not say which: it is started for a moment
and the distance between its packets tells.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.driver import Decoded
from emgfeedback.devices.packet_driver import PROOF_OF_8_BITS, PacketDriver, Rows

HEAD = b"\xc7\x7c"
END = 0x01
OVERHEAD_BYTES = 4
SENSOR_GAIN = 2420.0
"""Of the maker's Muscle BioAmp sensors, which pass 72 to 720 Hz (docs.upsidedownlabs.tech)."""
SENSOR_BAND_HZ = (72.0, 720.0)
_NAME_BYTES = 64
_SIZES = (16, 10, 20, 36)


class _Board(NamedTuple):
    """A row of the maker's table; no channels: the stream tells."""

    n_channels: int
    bits: int
    fs_hz: float
    vref_mv: float


_UNO, _NANO = _Board(6, 10, 250.0, 5000.0), _Board(8, 10, 250.0, 5000.0)
_MEGA = _Board(16, 10, 250.0, 5000.0)
BOARDS = {
    "UNO-R3": _UNO,
    "UNO-CLONE": _UNO,
    "GENUINO-UNO": _UNO,
    "NANO-CLASSIC": _NANO,
    "NANO-CLONE": _NANO,
    "MEGA-2560-R3": _MEGA,
    "MEGA-2560-CLONE": _MEGA,
    "UNO-R4": _Board(6, 14, 500.0, 5000.0),
    "RPI-PICO-RP2040": _Board(3, 12, 500.0, 3300.0),
    "GIGA-R1": _Board(6, 16, 500.0, 3300.0),
    "STM32F4-BLACK-PILL": _Board(8, 12, 500.0, 3300.0),
    "STM32G4-CORE-BOARD": _Board(16, 12, 500.0, 3300.0),
    "NPG-LITE": _Board(0, 12, 500.0, 2500.0),
    "ESP32-S3": _Board(16, 12, 500.0, 3300.0),
}
_ANSWER = re.compile(
    "|".join(sorted(map(re.escape, BOARDS), key=len, reverse=True)).encode() + rb"(?=[-\w]*\r?\n)"
)


class ChordsDriver(PacketDriver):
    """Decoder and requests of the Chords firmware."""

    name = "chords"
    title = "Chords firmware"
    bauds = (230_400, 115_200)
    seq_modulus = 256
    loss_proof = PROOF_OF_8_BITS
    ask_every_s = 1.3
    start_within_s = 2.5
    quiet_after_s = 1.2
    _head = HEAD

    def __init__(self) -> None:
        self._said = b""
        self._board: _Board | None = None
        self._name = ""
        super().__init__()

    def reset(self) -> None:
        """Forget unread bytes and the place in the stream; keep what is known of the board."""
        super().reset()
        self._said = b""

    def question(self) -> bytes:
        """Ask for the name; a board that has told it but not its channels is started."""
        return self.identify_request() if self._board is None else self.start_request()

    def identify_request(self) -> bytes:
        """Return WHORU."""
        return b"WHORU\n"

    def start_request(self) -> bytes:
        """Return START."""
        return b"START\n"

    def stop_request(self) -> bytes:
        """Return STOP."""
        return b"STOP\n"

    def feed(self, data: bytes) -> Decoded:
        """Take any number of bytes and return all that they complete."""
        if self._info is not None:
            return super().feed(data)
        self._hear_name(data)
        decoded = super().feed(data)
        if self._board is not None and self._size:
            self._info = self._describe(self._board)
            decoded.messages.append(self._info)
        return decoded

    def _hear_name(self, data: bytes) -> None:
        self._said = self._said[-_NAME_BYTES:] + data
        found = _ANSWER.search(self._said)
        if found is not None and self._board is None:
            self._name = found[0].decode()
            self._board = BOARDS[self._name]
            if self._board.n_channels:
                self._size = 2 * self._board.n_channels + OVERHEAD_BYTES

    def _learn_size(self, buffer: bytes) -> None:
        """Take the distance between two packets that follow each other."""
        if self._board is None:
            return
        at = buffer.find(HEAD)
        while at >= 0:
            for size in _SIZES:
                after = at + size
                whole = after + 2 < len(buffer) and buffer.startswith(HEAD, after)
                next_number = (buffer[at + 2] + 1) % 256
                if whole and buffer[after - 1] == END and buffer[after + 2] == next_number:
                    self._size = size
                    return
            at = buffer.find(HEAD, at + 1)

    def _fits(self, rows: Rows) -> NDArray[np.bool_]:
        assert self._board is not None
        fits: NDArray[np.bool_] = (
            (rows[:, 0] == HEAD[0]) & (rows[:, 1] == HEAD[1]) & (rows[:, -1] == END)
        )
        if self._board.bits < 16:
            fits &= ~(rows[:, 3:-1:2] >> (self._board.bits - 8)).any(axis=1)
        return fits

    def _numbers(self, rows: Rows) -> NDArray[np.int64]:
        return rows[:, 2].astype(np.int64)

    def _counts(self, rows: Rows) -> NDArray[np.int32]:
        return rows[:, 3:-1].copy().view(">u2").astype(np.int32)

    def _describe(self, board: _Board) -> DeviceInfo:
        return DeviceInfo(
            driver=self.name,
            board=f"Chords {self._name}",
            firmware="Chords",
            n_channels=(self._size - OVERHEAD_BYTES) // 2,
            fs_hz=board.fs_hz,
            full_scale_counts=1 << board.bits,
            vref_mv=board.vref_mv,
            sensor_gain=SENSOR_GAIN,
            band_hz=SENSOR_BAND_HZ,
            loss_proof=self.loss_proof,
            cautions=(
                f"Microvolts hold for a sensor with gain {SENSOR_GAIN:g} (Muscle BioAmp); "
                "for another, give its gain in the montage.",
                f"At {board.fs_hz:g} Hz much of the power of a sensor that passes 72 to 720 Hz "
                "is folded down: levels hold, spectra and the hum notch do not.",
            ),
        )
