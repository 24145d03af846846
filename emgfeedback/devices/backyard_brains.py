"""Backyard Brains SpikerShields and SpikerBoxes by serial port.

Facts from Spike-Recorder (`ArduinoSerial.cpp`), the maker's sketches and USB guide. Each
sample is two bytes of 7 bits, high first; bit 7 is set in the first byte of the first
channel and nowhere else. 10 bits round 512, or 14 bits round 8192. Messages stand between
samples: `FF FF 01 01 80 FF`, text such as `HWT:MUSCLESS;`, `FF FF 01 01 81 FF`.

There is no number, no checksum and no clock. Commands are text: `b:;` asks for the type,
`s:1666;c:6;` sets a SpikerShield's rate and channels. What begins with `>` is never sent: it
would start a boot loader. A board that says nothing of itself and streams is taken for a
SpikerShield, 10000 samples a second shared by its channels.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.driver import Decoded, StreamSettings
from emgfeedback.devices.packet_driver import OWN_NUMBERS, PacketDriver, Rows
from emgfeedback.devices.steps import equal_steps, marked

MESSAGE = (b"\xff\xff\x01\x01\x80\xff", b"\xff\xff\x01\x01\x81\xff")
MAX_MESSAGE_BYTES = 512
SHIELD_HZ = 10_000
_LIKE = 32
_KNOWN_AFTER = 200
_TYPE = re.compile(rb"HWT:(\w+);")


class _Board(NamedTuple):
    """A row of the maker's table."""

    bits: int
    fs_hz: float
    shares_rate: bool = False


_SHIELD = _Board(10, SHIELD_HZ, shares_rate=True)
BOARDS = {
    "MUSCLESS": _SHIELD,
    "HEARTSS": _SHIELD,
    "PLANTSS": _SHIELD,
    "MSBPCDC": _Board(10, 10_000.0),
    "NSBPCDC": _Board(10, 10_000.0),
    "HUMANSB": _Board(14, 5_000.0),
    "HBSBPRO": _Board(10, 1_000.0),
    "HHIBOX": _Board(10, 10_000.0),
    "NRNSBPRO": _Board(14, 20_000.0),
    "EXTCLAW": _Board(10, 896.0),
    "UNIBOX": _Board(14, 42_661.0),
}
MAX_SHIELD_CHANNELS = 6


class BackyardBrainsDriver(PacketDriver):
    """Decoder and requests of Backyard Brains boards."""

    name = "backyard_brains"
    title = "Backyard Brains SpikerShield or SpikerBox"
    bauds = (230_400, 222_222, 500_000)
    seq_modulus = OWN_NUMBERS
    loss_proof = (
        "Nothing proves that no sample was lost: there are no numbers. Half a sample is "
        "noticed; more shows only in the measured rate."
    )
    streams_unasked = True
    ask_every_s = 0.5
    start_within_s = 2.5
    quiet_after_s = 0.3
    _head = b""

    def __init__(self) -> None:
        self._type = ""
        self._bits = 10
        super().__init__()

    def reset(self) -> None:
        """Forget unread bytes and the place in the stream; keep what is known of the board."""
        super().reset()
        self._waiting = b""
        if self._info is None:
            self._size = 0

    def question(self) -> bytes:
        """Ask for the type."""
        return self.identify_request()

    def identify_request(self) -> bytes:
        """Return the request for the type."""
        return b"b:;\n"

    def start_request(self) -> bytes:
        """Return the start; a SpikerShield streams without."""
        return b"" if self._board.shares_rate else b"start:;\n"

    def settings_requests(self, settings: StreamSettings) -> list[bytes]:
        """Return what sets a SpikerShield's channels; other boards keep their own."""
        asked = settings.n_channels
        if asked is None or not self._board.shares_rate:
            return []
        n_channels = min(asked, MAX_SHIELD_CHANNELS)
        self._size = 2 * n_channels
        self._info = self._describe()
        return [f"s:{SHIELD_HZ // n_channels};c:{n_channels};\n".encode()]

    def listened(self, seconds: float) -> DeviceInfo | None:
        """Return the board once many samples followed each other."""
        if not self._placed or self.counters.frames < _KNOWN_AFTER:
            return None
        self._info = self._describe()
        return self._info

    @property
    def _board(self) -> _Board:
        return BOARDS.get(self._type, _SHIELD)

    def feed(self, data: bytes) -> Decoded:
        """Take any number of bytes and return all that they complete."""
        return super().feed(self._without_messages(data))

    def _without_messages(self, data: bytes) -> bytes:
        """Take messages out; what may be the beginning of one waits for the rest."""
        begin, end = MESSAGE
        buffer = self._waiting + data
        samples = b""
        while True:
            before, found, rest = buffer.partition(begin)
            if not found:
                keep = _begun(buffer, begin)
                self._waiting = buffer[len(buffer) - keep :]
                return samples + buffer[: len(buffer) - keep]
            text, closed, after = rest.partition(end)
            if not closed and len(rest) <= MAX_MESSAGE_BYTES:
                self._waiting = begin + rest
                return samples + before
            samples += before
            if closed and len(text) <= MAX_MESSAGE_BYTES:
                self._hear(text)
                buffer = after
            else:
                # No message is so long: its beginning was an accident.
                self.counters.bytes_skipped += len(begin)
                buffer = rest

    def _hear(self, text: bytes) -> None:
        board = _TYPE.search(text)
        if board is not None:
            self._type = board[1].decode()
            self._bits = self._board.bits

    def _learn_size(self, buffer: bytes) -> None:
        places = marked(buffer)
        for n_channels in range(1, MAX_SHIELD_CHANNELS + 1):
            if equal_steps(places, 2 * n_channels, _LIKE) is not None:
                self._size = 2 * n_channels
                return

    def _keep_unlearned(self, buffer: bytes) -> bytes:
        kept = buffer[-2 * MAX_SHIELD_CHANNELS * (_LIKE + 2) :]
        self.counters.bytes_skipped += len(buffer) - len(kept)
        return kept

    def _seek(self, buffer: bytes, at: int) -> tuple[int, bool]:
        places = marked(buffer, at)
        follows = np.flatnonzero(np.diff(places) == self._size)
        for found in places[follows].tolist():
            if self._fits_at(buffer, found):
                return found, True
        last = int(places[-1]) if len(places) else len(buffer)
        return max(at, last), False

    def _fits(self, rows: Rows) -> NDArray[np.bool_]:
        highest = 0x80 | (1 << (self._bits - 7)) - 1
        fits: NDArray[np.bool_] = (rows[:, 0] >= 0x80) & (rows[:, 1:] < 0x80).all(axis=1)
        fits &= rows[:, 0] <= highest
        return fits & (rows[:, 2::2] <= highest & 0x7F).all(axis=1)

    def _counts(self, rows: Rows) -> NDArray[np.int32]:
        high, low = rows[:, 0::2].astype(np.int32) & 0x7F, rows[:, 1::2]
        return high << 7 | low

    def _describe(self) -> DeviceInfo:
        board, n_channels = self._board, self._size // 2
        return DeviceInfo(
            driver=self.name,
            board=f"Backyard Brains {self._type or 'SpikerShield'}",
            firmware="unknown",
            n_channels=n_channels,
            fs_hz=board.fs_hz / n_channels if board.shares_rate else board.fs_hz,
            full_scale_counts=1 << board.bits,
            vref_mv=5000.0,
            sensor_gain=1.0,
            loss_proof=self.loss_proof,
            cautions=(
                "The maker does not publish the gain: microvolts hold at the board's pin; "
                "give the amplifier's gain in the montage.",
            ),
        )


def _begun(buffer: bytes, mark: bytes) -> int:
    """Return how many of the last bytes may begin `mark`."""
    for n in range(min(len(mark) - 1, len(buffer)), 0, -1):
        if buffer.endswith(mark[:n]):
            return n
    return 0
