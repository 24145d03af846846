"""The board's ear: commands out of a byte stream, as the firmware's parser takes them."""

from __future__ import annotations

from dataclasses import dataclass

from emgfeedback.devices import wire

MAX_COMMAND_PAYLOAD_BYTES = 8
FIRST_COMMAND = 0x40
"""Types below this go from board to host."""


@dataclass(frozen=True, slots=True)
class Command:
    """A packet whose CRC held."""

    kind: int
    payload: bytes


class CommandReader:
    """Takes bytes in any chunks and finds the commands in them."""

    def __init__(self) -> None:
        self._unread = bytearray()
        self.bad = 0
        """Packets with a bad CRC, an impossible length, or a type that is no command."""

    def clear(self) -> None:
        """Forget unread bytes and the count, as at power-on."""
        self._unread.clear()
        self.bad = 0

    def feed(self, data: bytes) -> list[Command]:
        """Return the commands that `data` completes, in order."""
        self._unread += data
        found: list[Command] = []
        while True:
            start = self._unread.find(wire.SYNC)
            if start < 0:
                keep = 1 if self._unread.endswith(wire.SYNC[:1]) else 0
                del self._unread[: len(self._unread) - keep]
                return found
            del self._unread[:start]
            if len(self._unread) < wire.HEADER_BYTES:
                return found
            kind, length = self._unread[2], self._unread[3]
            if length > MAX_COMMAND_PAYLOAD_BYTES or kind < FIRST_COMMAND:
                self.bad += 1
                del self._unread[:1]
                continue
            end = wire.OVERHEAD_BYTES + length
            if len(self._unread) < end:
                return found
            body = bytes(self._unread[2 : end - wire.CRC_BYTES])
            sent_crc = int.from_bytes(self._unread[end - wire.CRC_BYTES : end], "little")
            if wire.crc16(body) == sent_crc:
                found.append(Command(kind, body[2:]))
                del self._unread[:end]
            else:
                self.bad += 1
                del self._unread[:1]
