"""A board that does what a test tells it to, and a link to it without waiting."""

import re
from dataclasses import replace

from emgfeedback.devices import wire
from emgfeedback.devices.link import Link
from tests.devices.wire_streams import identity, packets

COMMAND = re.compile(rb"\xa5\x5a([\x41-\x48])(.)", re.DOTALL)


class Clock:
    """Seconds that pass only when somebody waits."""

    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


class ScriptedBoard:
    """Answers commands as the firmware does; attributes order its misbehaviour.

    Attributes
    ----------
    deaf_until_s
        It is booting until then.
    baud
        It understands nothing at another one; None: at all.
    lose
        Command types whose answers get lost, once each.
    refuse
        {command type: code}.
    ignore_settings
        Says yes and changes nothing.
    """

    def __init__(self, clock=lambda: 0.0, **changes):
        self.identity = identity(**changes)
        self.clock = clock
        self.deaf_until_s = -1.0
        self.baud = None
        self.streaming = False
        self.silent_data = False
        self.lose = set()
        self.refuse = {}
        self.ignore_settings = False
        self.heard = []

    def receive(self, data, baud=500_000):
        """Return the bytes the board answers."""
        if self.clock() < self.deaf_until_s or self.baud not in (None, baud):
            return b""
        out = b""
        at = 0
        while found := COMMAND.search(data, at):
            kind, length = found[1][0], found[2][0]
            at = found.end() + length + wire.CRC_BYTES
            out += self._obey(kind, data[found.end() : found.end() + length])
        return out

    def _obey(self, kind, payload):
        self.heard.append((kind, payload))
        answer = self._answer(kind, payload)
        if kind in self.lose:
            self.lose.remove(kind)
            answer = b""
        if kind == wire.Packet.START and self.streaming and not self.silent_data:
            answer += b"".join(packets(3))
        return answer

    def _answer(self, kind, payload):
        code = self.refuse.get(kind, 0)
        if kind == wire.Packet.IDENTIFY:
            return wire.identity_packet(self.identity)
        if not code and not self.ignore_settings:
            self._change(kind, payload)
        if kind in (wire.Packet.START, wire.Packet.STOP) and not code:
            self.streaming = kind == wire.Packet.START
        return wire.ack_packet(wire.Ack(kind, code))

    def _change(self, kind, payload):
        if kind == wire.Packet.SET_RATE:
            rate_hz, oversample = wire.SET_RATE.unpack(payload)
            self.identity = replace(
                self.identity,
                rate_hz=rate_hz,
                oversample=oversample,
                full_scale_counts=1024 * oversample,
            )
        elif kind == wire.Packet.SET_CHANNELS:
            self.identity = replace(self.identity, n_channels=payload[0])


class ScriptedLink(Link):
    """A link to `board` on which waiting moves the clock and nothing else does."""

    def __init__(self, board, clock):
        self.path = "scripted"
        self.board = board
        self.clock = clock
        self.inbox = b""
        self.bauds = []
        self.is_open = False
        self.cancelled = False

    def open(self, baud):
        self.bauds.append(baud)
        self.is_open = True

    def read(self, timeout_s):
        if not self.inbox:
            self.clock.now_s += timeout_s
        data, self.inbox = self.inbox, b""
        return data

    def write(self, data):
        self.clock.now_s += 0.001
        self.inbox += self.board.receive(data, self.bauds[-1])

    def cancel(self):
        self.cancelled = True

    def close(self):
        self.is_open = False
