"""What other people's boards send, written from their documents and not from the drivers."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Frame
from emgfeedback.devices.backyard_brains import BackyardBrainsDriver
from emgfeedback.devices.bitalino import BitalinoDriver
from emgfeedback.devices.chords import ChordsDriver
from emgfeedback.devices.cyton import CytonDriver
from emgfeedback.devices.driver import Driver, StreamSettings
from emgfeedback.devices.elemyo import ElemyoDriver, MyostackDriver
from emgfeedback.devices.openeeg_p2 import OpenEegP2Driver
from emgfeedback.devices.openeeg_p3 import OpenEegP3Driver
from emgfeedback.devices.text_lines import TextLinesDriver

Counts = NDArray[np.int32]


def p2(number: int, codes: list[int]) -> bytes:
    return struct.pack(">3sB6HB", b"\xa5\x5a\x02", number % 256, *codes, 1)


def p3(number: int, codes: list[int], aux: int = 0x6D) -> bytes:
    packet = [number % 64 << 1 | aux >> 7, aux & 0x7F]
    for even, odd in zip(codes[::2], codes[1::2], strict=True):
        packet += [even & 0x7F, odd & 0x7F, even >> 7 << 4 | odd >> 7]
    packet[-1] |= 0x80
    return bytes(packet)


def chords(number: int, codes: list[int]) -> bytes:
    return struct.pack(f">2sB{len(codes)}HB", b"\xc7\x7c", number % 256, *codes, 1)


def cyton(number: int, codes: list[int]) -> bytes:
    samples = b"".join(code.to_bytes(3, "big", signed=True) for code in codes)
    return bytes((0xA0, number % 256)) + samples + bytes(6) + b"\xc0"


def spiker(number: int, codes: list[int]) -> bytes:
    packet = bytearray(part for code in codes for part in (code >> 7, code & 0x7F))
    packet[0] |= 0x80
    return bytes(packet)


def bitalino(number: int, codes: list[int], digital: int = 0b1000) -> bytes:
    """Pack as the board does, last byte first; A5 and A6 have six bits."""
    a1, a2, a3, a4, a5, a6 = [*codes, *[0] * (6 - len(codes))]
    backwards = (
        number % 16 << 4,
        digital << 4 | a1 >> 6,
        (a1 & 63) << 2 | a2 >> 8,
        a2 & 255,
        a3 >> 2,
        (a3 & 3) << 6 | a4 >> 4,
        (a4 & 15) << 4 | a5 >> 2,
        (a5 & 3) << 6 | a6,
    )
    packet = bytearray(backwards[: (3, 4, 6, 7, 8, 8)[len(codes) - 1]][::-1])
    remainder = 0
    for bit in "".join(f"{byte:08b}" for byte in packet):
        remainder = remainder << 1 ^ (0b10011 if remainder & 8 else 0) ^ int(bit)
    packet[-1] |= remainder
    return bytes(packet)


def elemyo(number: int, codes: list[int], dt_us: int = 980) -> bytes:
    return struct.pack("<6HHH", *codes, dt_us, 0xFFFF)


def text(number: int, codes: list[int]) -> bytes:
    return (",".join(map(str, codes)) + "\r\n").encode()


def myostack(number: int, codes: list[int]) -> bytes:
    fields = [*map(str, codes), *["-"] * (9 - len(codes))]
    return (";".join(fields) + "\r\n").encode()


@dataclass(frozen=True)
class Stream:
    """One board's stream."""

    make: Callable[[], Driver]
    packet: Callable[[int, list[int]], bytes]
    n_channels: int
    bits: int = 10
    numbers: int | None = None
    """Where the board's numbers wrap; None: it has none."""
    zero: int = 0
    """What the driver adds to a code."""


def _known_chords() -> Driver:
    driver = ChordsDriver()
    driver.feed(b"UNO-R3\r\n")
    return driver


def _known_spiker() -> Driver:
    driver = BackyardBrainsDriver()
    driver.settings_requests(StreamSettings(n_channels=2))
    return driver


def _known_p3() -> Driver:
    return _listened(OpenEegP3Driver(), p3, 6)


def _known_text() -> Driver:
    return _listened(TextLinesDriver(), text, 3)


def _known_myostack() -> Driver:
    return _listened(MyostackDriver(), myostack, 4)


def _listened(driver: Driver, packet: Callable[[int, list[int]], bytes], n_channels: int) -> Driver:
    """Return a driver that has heard two seconds of the stream and starts anew."""
    driver.feed(packet(0, [512] * n_channels))
    driver.listened(0.0)
    driver.feed(stream(packet, codes(100, n_channels)))
    assert driver.listened(2.5) is not None
    driver.reset()
    return driver


STREAMS = {
    "openeeg_p2": Stream(OpenEegP2Driver, p2, 6, numbers=256),
    "openeeg_p3": Stream(_known_p3, p3, 6, numbers=64),
    "chords": Stream(_known_chords, chords, 6, numbers=256),
    "cyton": Stream(CytonDriver, cyton, 8, bits=24, numbers=256, zero=2**22 - 1),
    "backyard_brains": Stream(_known_spiker, spiker, 2),
    "bitalino": Stream(BitalinoDriver, bitalino, 4, numbers=16),
    "elemyo": Stream(ElemyoDriver, elemyo, 6),
    "text_lines": Stream(_known_text, text, 3),
    "myostack": Stream(_known_myostack, myostack, 4),
}


def codes(n_samples: int, n_channels: int, bits: int = 10, first: int = 0) -> Counts:
    """Return codes that tell sample and channel, in the middle half of the range."""
    number = (first + np.arange(n_samples))[:, None] * 7919 + 131 * np.arange(n_channels)
    if bits == 24:
        return ((number * 2) % 2**20 - 2**19).astype(np.int32)
    return (number % (1 << (bits - 1)) + (1 << (bits - 2))).astype(np.int32)


def stream(
    packet: Callable[[int, list[int]], bytes], samples: Counts, first_number: int = 0
) -> bytes:
    return b"".join(packet(first_number + i, row) for i, row in enumerate(samples.tolist()))


def numbered(frames: list[Frame], modulus: int) -> list[tuple[int, tuple[int, ...]]]:
    """Return every sample with its number, whatever frames they came in."""
    return [
        ((frame.seq + i) % modulus, tuple(row))
        for frame in frames
        for i, row in enumerate(frame.counts.tolist())
    ]
