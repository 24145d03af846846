"""Boot loaders written from the protocols' tables (AVR061, AVR068), behind a link without time."""

from collections.abc import Callable

from emgfeedback.core.errors import LinkLost
from emgfeedback.devices.link import Link
from emgfeedback.flashing.boards import FlashBoard, Protocol

PORT = "/dev/ttyBoard"
_NO_SYNC = b"\x15"


class FakeBoot(Link):
    """A board in its boot loader on a port; time passes only while somebody waits.

    Attributes
    ----------
    flash
        What the chip holds; a write can only clear bits, an erase sets them, as in a real chip.
    lost_after
        The port goes away after so many written pages.
    stuck
        Address -> byte that address always reads.
    on_write
        Called after each written page.
    lost_at_end
        The port goes away as the program starts.
    hears_others
        Somebody also asks in other protocols; otherwise a command of no sense is a mistake.
    """

    def __init__(self, board: FlashBoard, *, baud: int | None = None) -> None:
        self.path = PORT
        self.board = board
        self.baud = baud or board.bauds[-1]
        self.signature = board.signature
        self.flash = bytearray(b"\x0c\x94\x34\x00" * (board.program_bytes // 4))
        self.now_s = 0.0
        self.pages_written: list[int] = []
        self.resets = 0
        self.started = False
        self.deaf = False
        self.lost_after: int | None = None
        self.mute_after: int | None = None
        self.stuck: dict[int, int] = {}
        self.on_write: Callable[[], None] = lambda: None
        self.noise = b""
        self.hears_others = self.lost_at_end = False
        self._opened_baud: int | None = None
        self._out = b""
        self._in = b""
        self._address = self._erase_address = 0

    def clock(self) -> float:
        return self.now_s

    @property
    def is_open(self) -> bool:
        return self._opened_baud is not None

    def open(self, baud: int) -> None:
        self._opened_baud = baud
        self.resets += 1
        self.started = False
        self._in, self._out = b"", self.noise
        self._erase_address = 0

    def read(self, timeout_s: float) -> bytes:
        pages_left = self.lost_after is None or len(self.pages_written) < self.lost_after
        if not pages_left or (self.lost_at_end and self.started):
            raise LinkLost(f"{self.path} went away.", "Plug it in.")
        if not self._out:
            self.now_s += timeout_s
        # In two parts, as a real port may.
        part, self._out = self._out[:7], self._out[7:]
        return part

    def write(self, data: bytes) -> None:
        if self._opened_baud != self.baud or self.deaf or self.started:
            return
        self._in += data
        while (answer := self._obey()) is not None:
            if self.mute_after is None or len(self.pages_written) < self.mute_after:
                self._out += answer

    def cancel(self) -> None:
        pass

    def close(self) -> None:
        self._opened_baud = None

    def _obey(self) -> bytes | None:
        """Take one whole command out of `_in` and return the answer; None where it is cut."""
        return self._obey_v1() if self.board.protocol is Protocol.STK500V1 else self._obey_v2()

    def _obey_v1(self) -> bytes | None:
        if not self._in:
            return None
        command, length = self._in[:1], 2
        if command == b"U":
            length = 4
        elif command == b"d":
            if len(self._in) < 4:
                return None
            length = 5 + int.from_bytes(self._in[1:3], "big")
        elif command == b"t":
            length = 5
        if len(self._in) < length:
            return None
        message, self._in = self._in[:length], self._in[length:]
        if message[-1:] != b" " or command not in b"0PUdtuQ":
            assert self.hears_others, "a command ends with a space"
            self._in = message[1:] + self._in
            return _NO_SYNC
        body = b""
        if command == b"U":
            self._address = 2 * int.from_bytes(message[1:3], "little")
        elif command == b"d":
            assert message[3:4] == b"F"
            self._erase(self._address)
            self._write(message[4:-1])
        elif command == b"t":
            body = self._read(int.from_bytes(message[1:3], "big"))
        elif command == b"u":
            body = self.signature
        elif command == b"Q":
            self.started = True
        else:
            assert command in b"0P"
        return b"\x14" + body + b"\x10"

    def _obey_v2(self) -> bytes | None:
        if self._in and self._in[0] != 0x1B and self.hears_others:
            self._in = self._in[1:]
            return b""
        if len(self._in) < 5 or len(self._in) < 6 + int.from_bytes(self._in[2:4], "big"):
            return None
        size = int.from_bytes(self._in[2:4], "big")
        message, self._in = self._in[: size + 6], self._in[size + 6 :]
        assert message[0] == 0x1B
        assert message[4] == 0x0E
        assert _xor(message) == 0
        answer = self._answer_v2(message[5:-1])
        framed = bytes((0x1B, message[1])) + len(answer).to_bytes(2, "big") + b"\x0e" + answer
        return framed + bytes((_xor(framed),))

    def _answer_v2(self, body: bytes) -> bytes:
        command, rest = body[0], b""
        if command == 0x01:
            rest = b"\x08AVRISP_2"
        elif command == 0x06:
            self._address = 2 * (int.from_bytes(body[1:5], "big") & 0x7FFF_FFFF)
        elif command == 0x13:
            size = int.from_bytes(body[1:3], "big")
            assert len(body) == 10 + size
            self._erase(self._erase_address)
            self._erase_address += self.board.page_bytes
            self._write(body[10:])
        elif command == 0x14:
            rest = self._read(int.from_bytes(body[1:3], "big")) + b"\x00"
        elif command == 0x1B:
            rest = bytes((self.signature[body[4]], 0))
        elif command == 0x11:
            self.started = True
        else:
            assert command == 0x10
        return bytes((command, 0)) + rest

    def _erase(self, address: int) -> None:
        n = self.board.page_bytes
        self.flash[address : address + n] = b"\xff" * n

    def _write(self, data: bytes) -> None:
        assert len(data) == self.board.page_bytes, "boot loaders write whole pages"
        for offset, byte in enumerate(data, start=self._address):
            self.flash[offset] &= byte
        self.pages_written.append(self._address)
        self.on_write()

    def _read(self, n_bytes: int) -> bytes:
        where = range(self._address, self._address + n_bytes)
        return bytes(self.stuck.get(place, self.flash[place]) for place in where)


def _xor(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
    return value
