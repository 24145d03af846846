"""The bytes of our own protocol, both ways. `firmware/PROTOCOL.md` is the truth; this follows it.

Pure functions on bytes: the decoder, the virtual board and the tests share them.
All numbers are little-endian.
"""

from __future__ import annotations

import binascii
import csv
import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PROTOCOL_VERSION = 1
SYNC = b"\xa5\x5a"
HEADER_BYTES = 4
"""Sync pair, type, payload length."""
CRC_BYTES = 2
OVERHEAD_BYTES = HEADER_BYTES + CRC_BYTES
MAX_PAYLOAD_BYTES = 255
SEQ_MODULUS = 2**32

DATA_HEAD = struct.Struct("<IIBB")
IDENTITY = struct.Struct("<BBBBBBBHBBHHHHHIBB")
ACK = struct.Struct("<BB")
STATUS = struct.Struct("<IIIHHH")
JITTER = struct.Struct("<IHHIH")
SET_RATE = struct.Struct("<HB")


class Packet(IntEnum):
    """Packet types. Below 0x40: board to host; from 0x40: host to board."""

    DATA = 0x01
    IDENTITY = 0x02
    ACK = 0x03
    STATUS = 0x04
    JITTER = 0x05
    IDENTIFY = 0x41
    START = 0x42
    STOP = 0x43
    SET_RATE = 0x44
    SET_CHANNELS = 0x45
    SET_TEST = 0x46
    GET_JITTER = 0x47
    GET_STATUS = 0x48


class Flag(IntFlag):
    """Status flags of a data packet."""

    DROPPED = 0x01
    """The board dropped samples just before this packet (its ring was full)."""
    OVERRUN = 0x02
    """A tick before this packet came while the scan before still ran; that sample is missing."""
    TEST_SIGNAL = 0x04
    """The samples are a test signal, not the pins."""
    FIRST = 0x08
    """First packet after START."""


class TestSignal(IntEnum):
    """Signals the board can send in place of the pins, for channel `c` and sample number `n`."""

    __test__ = False
    OFF = 0
    RAMP = 1
    """`(n + 97 c) mod full_scale`."""
    SQUARE = 2
    """`mid - 32 (c + 1)` for 50 samples, `mid + 32 (c + 1)` for 50 samples, from sample 0."""


BOARDS = {
    1: "Arduino Uno",
    2: "Arduino Nano",
    3: "Arduino Mega 2560",
    4: "Arduino Leonardo",
    100: "Virtual board",
}
"""Board id -> name."""

FAST_BOARDS = {5: "Arduino Uno R4", 6: "RP2040", 7: "ESP32", 8: "Teensy"}
_CONVERTERS = {0: "", 16: " with ADS1115", 32: " with ADS1256", 48: " with ADS1299"}
UNTRIED = frozenset(board + converter for board in FAST_BOARDS for converter in _CONVERTERS)
"""Ids of boards whose program was run on a PC against models only, never on hardware."""
BOARDS.update(
    (board + converter, f"{name}{with_converter} (not run on hardware)")
    for board, name in FAST_BOARDS.items()
    for converter, with_converter in _CONVERTERS.items()
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Payload of IDENTITY, fields in wire order."""

    protocol_version: int
    firmware_major: int
    firmware_minor: int
    firmware_patch: int
    board_id: int
    n_channels: int
    max_channels: int
    rate_hz: int
    oversample: int
    samples_per_frame: int
    full_scale_counts: int
    vref_mv: int
    sensor_gain: int
    skew_tenth_us: int
    """Time between neighbouring channels of one sample, tenths of a microsecond."""
    adc_clock_khz: int
    baud: int
    streaming: int
    test_signal: int


@dataclass(frozen=True, slots=True)
class Ack:
    """The board's answer to a command: `code` 0 is done, others stand in codes.csv."""

    command: int
    code: int


@dataclass(frozen=True, slots=True)
class BoardStatus:
    """What the board counted since START; sent once a second while streaming, and on request."""

    next_seq: int
    dropped_samples: int
    overruns: int
    bad_commands: int
    """Commands with a bad CRC or length."""
    ring_high_water: int
    """Most samples that ever waited in the board's ring."""
    free_stack_bytes: int


@dataclass(frozen=True, slots=True)
class JitterReport:
    """Lateness of the start of sampling behind its timer tick, in CPU cycles, since START."""

    ticks: int
    min_cycles: int
    max_cycles: int
    mean_cycles_x256: int
    burst_cycles: int
    """Longest time one scan of all channels took."""


Message = Identity | Ack | BoardStatus | JitterReport


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE (poly 0x1021, init 0xFFFF, check 0x29B1) over `data`."""
    return binascii.crc_hqx(data, 0xFFFF)


def packet(kind: int, payload: bytes = b"") -> bytes:
    """Return one whole packet: sync, type, length, payload, CRC over type..payload."""
    body = bytes((kind, len(payload))) + payload
    return SYNC + body + crc16(body).to_bytes(2, "little")


def data_packet(seq: int, device_us: int, flags: int, counts: NDArray[np.integer]) -> bytes:
    """Return a DATA packet of `counts` `(n_samples, n_channels)`, codes 0..65535."""
    head = DATA_HEAD.pack(seq % SEQ_MODULUS, device_us % 2**32, flags, counts.shape[0])
    return packet(Packet.DATA, head + np.ascontiguousarray(counts, dtype="<u2").tobytes())


def identity_packet(identity: Identity) -> bytes:
    """Return an IDENTITY packet."""
    fields = (getattr(identity, name) for name in Identity.__dataclass_fields__)
    return packet(Packet.IDENTITY, IDENTITY.pack(*fields))


def ack_packet(ack: Ack) -> bytes:
    """Return an ACK packet."""
    return packet(Packet.ACK, ACK.pack(ack.command, ack.code))


def status_packet(status: BoardStatus) -> bytes:
    """Return a STATUS packet."""
    fields = (getattr(status, name) for name in BoardStatus.__dataclass_fields__)
    return packet(Packet.STATUS, STATUS.pack(*fields))


def jitter_packet(report: JitterReport) -> bytes:
    """Return a JITTER packet."""
    fields = (getattr(report, name) for name in JitterReport.__dataclass_fields__)
    return packet(Packet.JITTER, JITTER.pack(*fields))


def parse_message(kind: int, payload: bytes) -> Message | None:
    """Return the message of a packet other than DATA whose CRC held; None if it is not ours."""
    layouts: dict[int, tuple[struct.Struct, type[Message]]] = {
        Packet.IDENTITY: (IDENTITY, Identity),
        Packet.ACK: (ACK, Ack),
        Packet.STATUS: (STATUS, BoardStatus),
        Packet.JITTER: (JITTER, JitterReport),
    }
    layout, build = layouts.get(kind, (None, None))
    if layout is None or build is None or len(payload) != layout.size:
        return None
    return build(*layout.unpack(payload))


@dataclass(frozen=True, slots=True)
class Code:
    """A row of codes.csv."""

    code: int
    name: str
    what: str
    remedy: str


@cache
def codes() -> dict[int, Code]:
    """Return the board's error codes by number, read from `firmware/codes.csv`."""
    path = Path(__file__).resolve().parents[2] / "firmware" / "codes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {
            int(row["code"]): Code(int(row["code"]), row["name"], row["what"], row["remedy"])
            for row in rows
        }
