"""The bytes of the protocol, against the published numbers and each other."""

import csv
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.devices import wire
from tests.devices.wire_streams import identity

CODES = Path(__file__).parents[2] / "firmware" / "codes.csv"


def test_crc_has_the_published_check_value():
    assert wire.crc16(b"123456789") == 0x29B1


def test_a_packet_is_what_the_table_says():
    assert wire.packet(wire.Packet.IDENTIFY) == b"\xa5\x5a\x41\x00" + wire.crc16(
        b"\x41\x00"
    ).to_bytes(2, "little")


def test_data_lie_as_the_table_says():
    counts = np.array([[1, 2], [0x3FF, 4]])
    packet = wire.data_packet(2**32 + 5, 0x01020304, wire.Flag.DROPPED, counts)
    assert packet[:4] == bytes((0xA5, 0x5A, 0x01, 10 + 8))
    assert packet[4:8] == bytes((5, 0, 0, 0))
    assert packet[8:12] == bytes((4, 3, 2, 1))
    assert packet[12:14] == bytes((1, 2))
    assert packet[14:22] == bytes((1, 0, 2, 0, 0xFF, 3, 4, 0))
    assert int.from_bytes(packet[22:], "little") == wire.crc16(packet[2:22])


MESSAGES = [
    (wire.identity_packet, identity()),
    (wire.ack_packet, wire.Ack(wire.Packet.SET_RATE, 6)),
    (wire.status_packet, wire.BoardStatus(100_000, 8, 2, 1, 12, 900)),
    (wire.jitter_packet, wire.JitterReport(5000, 3, 40, 12_345, 4992)),
]


@pytest.mark.parametrize(("build", "message"), MESSAGES)
def test_messages_come_back(build, message):
    packet = build(message)
    assert packet[3] == len(packet) - wire.OVERHEAD_BYTES
    assert wire.parse_message(packet[2], packet[4:-2]) == message


@pytest.mark.parametrize(("build", "message"), MESSAGES)
def test_a_message_of_another_length_is_none(build, message):
    packet = build(message)
    assert wire.parse_message(packet[2], packet[4:-3]) is None
    assert wire.parse_message(packet[2], packet[4:-2] + b"\0") is None


def test_an_unknown_type_is_none():
    assert wire.parse_message(0x3E, b"") is None


def test_every_code_of_the_firmware_has_words():
    with CODES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = wire.codes()
    assert sorted(codes) == [int(row["code"]) for row in rows]
    for number, code in codes.items():
        assert code.what
        assert bool(code.remedy) == (number != 0)
