"""Other people's boards as their firmware behaves, on a link whose time passes by reading."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from emgfeedback.devices.link import Link
from tests.devices import foreign_streams as streams

BURST_S = 0.016
"""Adapters hand on what they have collected in this time."""

Packet = Callable[[int, list[int]], bytes]


class StreamingBoard:
    """A board that streams `samples` at `true_hz` from power-up and hears nothing.

    Attributes
    ----------
    sent
        Every sample since the stream began.
    """

    baud = 57_600
    boots_s = 0.0

    def __init__(self, packet: Packet, n_channels: int, true_hz: float, bits: int = 10) -> None:
        self.packet = packet
        self.n_channels = n_channels
        self.true_hz = true_hz
        self.bits = bits
        self.began_s: float | None = self.boots_s
        self.n_sent = 0
        self.said = b""
        self.heard: list[bytes] = []
        self.sent: list[list[int]] = []

    def receive(self, data: bytes, t_s: float) -> None:
        """Take what the computer sends at board time `t_s`."""
        self.heard.append(data)

    def start(self, t_s: float) -> None:
        self.began_s, self.n_sent, self.sent = t_s, 0, []

    def due(self, t_s: float) -> bytes:
        """Return all bytes due by board time `t_s`."""
        said, self.said = self.said, b""
        if self.began_s is None or t_s < self.began_s:
            return said
        n = int((t_s - self.began_s) * self.true_hz) - self.n_sent
        samples = streams.codes(max(n, 0), self.n_channels, self.bits, self.n_sent)
        out = streams.stream(self.packet, samples, self.n_sent)
        self.n_sent += len(samples)
        self.sent += samples.tolist()
        return said + out

    @property
    def samples(self) -> NDArray[np.int32]:
        return np.array(self.sent, np.int32)


class ChordsUno(StreamingBoard):
    """Reads until a second has passed without a byte; any byte stops its stream."""

    baud = 230_400

    def __init__(self) -> None:
        super().__init__(streams.chords, 6, 250.0)
        self.began_s = None
        self._command, self._last_byte_s = b"", 0.0

    def receive(self, data: bytes, t_s: float) -> None:
        super().receive(data, t_s)
        self._obey(t_s)
        self._command += data
        self._last_byte_s = t_s
        self.began_s = None

    def due(self, t_s: float) -> bytes:
        self._obey(t_s)
        return super().due(t_s)

    def _obey(self, t_s: float) -> None:
        if not self._command or t_s - self._last_byte_s < 1.0:
            return
        command, self._command = self._command.strip(), b""
        if command == b"WHORU":
            self.said += b"UNO-R3\r\n"
        elif command == b"START":
            self.start(self._last_byte_s + 1.0)


class ChordsNpg(StreamingBoard):
    """Answers at once, and blinks its lamp instead of listening when it starts and stops."""

    baud = 230_400

    def __init__(self, n_channels: int) -> None:
        super().__init__(streams.chords, n_channels, 500.0, bits=12)
        self.began_s = None

    def receive(self, data: bytes, t_s: float) -> None:
        super().receive(data, t_s)
        for command in data.upper().split(b"\n"):
            if command == b"WHORU":
                self.said += b"NPG-LITE\n"
            elif command == b"START":
                self.start(t_s + 0.4)
            elif command == b"STOP":
                self.began_s = None
            elif command:
                self.said += b"UNKNOWN COMMAND\n"


class SpikerShield(StreamingBoard):
    """Streams one channel from power-up until it is told another number."""

    baud = 230_400
    boots_s = 0.8

    def __init__(self) -> None:
        super().__init__(streams.spiker, 1, 10050.25)
        self.said = b"StartUp!\r\n"

    def receive(self, data: bytes, t_s: float) -> None:
        super().receive(data, t_s)
        if b"b:;" in data:
            text = b"HWT:MUSCLESS;"
            self.said += b"\xff\xff\x01\x01\x80\xff" + text + b"\xff\xff\x01\x01\x81\xff"
        _, told, channels = data.partition(b"c:")
        if told:
            self.n_channels = int(channels[:1])
            self.true_hz = 10050.25 / self.n_channels
            self.start(t_s)


class Cyton(StreamingBoard):
    """Commands are single letters."""

    baud = 115_200

    def __init__(self) -> None:
        super().__init__(streams.cyton, 8, 250.4, bits=24)
        self.began_s = None

    def receive(self, data: bytes, t_s: float) -> None:
        super().receive(data, t_s)
        for letter in data.decode("latin-1"):
            if letter == "v":
                self.began_s = None
                self.said += b"OpenBCI V3 8-16 channel\nFirmware: v3.1.2\n$$$"
            elif letter == "d" and self.began_s is None:
                self.said += b"updating channel settings to default$$$"
            elif letter == "b":
                self.start(t_s)
            elif letter == "s":
                self.began_s = None


class Bitalino(StreamingBoard):
    """Commands are single bytes; while it streams it only hears stop."""

    baud = 115_200

    def __init__(self) -> None:
        super().__init__(streams.bitalino, 4, 1000.0)
        self.began_s = None

    def receive(self, data: bytes, t_s: float) -> None:
        super().receive(data, t_s)
        for command in data:
            if command == 0:
                self.began_s = None
            elif self.began_s is None and command == 7:
                self.said += b"BITalino_v5.1\n"
            elif self.began_s is None and command & 3 == 1:
                self.n_channels = (command >> 2).bit_count()
                self.start(t_s)


class SimulatedLink(Link):
    """A link to a board on which time passes only by reading."""

    def __init__(self, board: StreamingBoard) -> None:
        self.path = "simulated"
        self.board = board
        self.now_s = 0.0
        self.baud = 0
        self._noise = np.random.default_rng(7)

    def clock(self) -> float:
        return self.now_s

    def open(self, baud: int) -> None:
        self.baud = baud

    def read(self, timeout_s: float) -> bytes:
        self.now_s += min(max(timeout_s, 1e-4), BURST_S)
        data = self.board.due(self.now_s)
        if self.baud == self.board.baud:
            return data
        return self._noise.bytes(len(data))

    def write(self, data: bytes) -> None:
        # At another baud the board hears as many bytes, and none that it knows.
        heard = data if self.baud == self.board.baud else b"\xfe" * len(data)
        if data:
            self.board.receive(heard, self.now_s)

    def cancel(self) -> None:
        """Nobody waits."""

    def close(self) -> None:
        self.baud = 0


def with_baud(board: StreamingBoard, baud: int) -> StreamingBoard:
    board.baud = baud
    return board


BOARDS: dict[str, Callable[[], StreamingBoard]] = {
    "chords": ChordsUno,
    "openeeg_p2": lambda: StreamingBoard(streams.p2, 6, 249.39),
    "openeeg_p3": lambda: StreamingBoard(streams.p3, 4, 256.0),
    "backyard_brains": SpikerShield,
    "cyton": Cyton,
    "bitalino": Bitalino,
    "elemyo": lambda: with_baud(StreamingBoard(streams.elemyo, 6, 1e6 / 980), 250_000),
    "myostack": lambda: with_baud(StreamingBoard(streams.myostack, 4, 1001.0), 115_200),
    "text_lines": lambda: with_baud(StreamingBoard(streams.text, 3, 500.0), 115_200),
}
"""Driver -> the board it is for."""
