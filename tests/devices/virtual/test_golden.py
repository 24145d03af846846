"""The firmware's own golden frames: the virtual board sends the same bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.devices import wire
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.played import PlayedCounts
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.devices.virtual.source import Adc
from emgfeedback.devices.wire import Packet
from tests.devices.virtual.wire_reading import hear

GOLDEN = Path(__file__).resolve().parents[3] / "firmware" / "tests" / "golden"
OFF, RAMP, SQUARE = wire.TestSignal


def portable(data: bytes, n_channels: int) -> list[object]:
    """Packets in order; what only a chip has, its free stack, is left out."""
    return [
        replace(packet, free_stack_bytes=0)
        if isinstance(packet, wire.BoardStatus)
        else (packet.seq, packet.device_us, packet.flags, packet.counts.tolist())
        if hasattr(packet, "counts")
        else packet
        for packet in hear(data, n_channels).packets
    ]


@pytest.mark.parametrize(
    ("name", "rate_hz", "n_channels", "signal", "n_samples"),
    [
        ("stream_6ch_1000hz", 1000, 6, OFF, 1002),
        ("stream_8ch_2000hz", 2000, 8, OFF, 83),
        ("stream_1ch_250hz", 250, 1, OFF, 5),
        ("ramp_6ch_500hz", 500, 6, RAMP, 40),
        ("square_8ch_1000hz", 1000, 8, SQUARE, 204),
    ],
)
def test_streams(
    name: str, rate_hz: int, n_channels: int, signal: wire.TestSignal, n_samples: int
) -> None:
    codes = (7 * np.arange(2000)[:, None] + 131 * np.arange(n_channels) + 5) % 1024
    board = VirtualBoard(PlayedCounts(codes, rate_hz), adc=Adc(oversample=1))
    board.receive(wire.packet(Packet.SET_TEST, bytes([signal])))
    board.advance(0.0)
    board.receive(wire.packet(Packet.START))
    sent = board.advance((n_samples - 0.5) / rate_hz)
    board.receive(wire.packet(Packet.STOP))
    sent += board.advance(10.0)
    golden = (GOLDEN / f"{name}.bin").read_bytes()
    if n_samples < rate_hz:
        assert sent == golden
    else:
        assert len(sent) == len(golden)
        assert portable(sent, n_channels) == portable(golden, n_channels)


def test_refusals() -> None:
    board = VirtualBoard(NeckSignal(), adc=Adc(oversample=1))
    for kind, payload in (
        (0x7E, b""),
        (Packet.START, b"\x01"),
        (Packet.SET_RATE, wire.SET_RATE.pack(999, 1)),
        (Packet.SET_CHANNELS, b"\x09"),
        (Packet.SET_RATE, wire.SET_RATE.pack(2000, 4)),
        (Packet.SET_TEST, b"\x03"),
        (Packet.SET_RATE, wire.SET_RATE.pack(1000, 2)),
        (Packet.START, b""),
        (Packet.SET_TEST, b"\x01"),
    ):
        board.receive(wire.packet(kind, payload))
    assert board.advance(0.0) == (GOLDEN / "refusals.bin").read_bytes()


def test_identity_differs_only_in_what_the_board_is() -> None:
    board = VirtualBoard(NeckSignal(), adc=Adc(oversample=1))
    for kind, payload in (
        (Packet.IDENTIFY, b""),
        (Packet.SET_TEST, b"\x02"),
        (Packet.SET_RATE, wire.SET_RATE.pack(2000, 1)),
        (Packet.SET_CHANNELS, b"\x04"),
        (Packet.IDENTIFY, b""),
    ):
        board.receive(wire.packet(kind, payload))
    sent = hear(board.advance(0.0), 6).packets
    golden = hear((GOLDEN / "identity.bin").read_bytes(), 6).packets
    for ours, theirs in zip(sent, golden, strict=True):
        if isinstance(theirs, wire.Identity) and isinstance(ours, wire.Identity):
            what_it_is = {
                name: getattr(theirs, name) for name in ("board_id", "sensor_gain", "skew_tenth_us")
            }
            assert replace(ours, **what_it_is) == theirs
        else:
            assert ours == theirs
