"""The boards that can be flashed: chip, room for a program, and how their boot loader speaks."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import Enum

from emgfeedback.core.errors import UsageError


class Protocol(Enum):
    """What a boot loader speaks."""

    STK500V1 = "STK500 version 1"
    STK500V2 = "STK500 version 2"


@dataclass(frozen=True, slots=True)
class FlashBoard:
    """A board as its boot loader presents it.

    Attributes
    ----------
    key
        What one types.
    signature
        The three bytes that name its chip.
    program_bytes
        Flash below the largest boot loader the board comes with.
    page_bytes
        Flash is written in pages of so many bytes.
    bauds
        Rates of its boot loaders, newest first.
    image
        Key of the program it runs.
    """

    key: str
    title: str
    signature: bytes
    program_bytes: int
    page_bytes: int
    protocol: Protocol
    bauds: tuple[int, ...]
    image: str

    @property
    def chip(self) -> str:
        """The chip's name."""
        return chip_name(self.signature)


# Signatures: data sheets of the chips, section "Signature Bytes".
_CHIPS = {
    b"\x1e\x93\x07": "ATmega8",
    b"\x1e\x94\x06": "ATmega168",
    b"\x1e\x94\x0b": "ATmega168P",
    b"\x1e\x95\x14": "ATmega328",
    b"\x1e\x95\x0f": "ATmega328P",
    b"\x1e\x95\x16": "ATmega328PB",
    b"\x1e\x95\x87": "ATmega32U4",
    b"\x1e\x96\x0a": "ATmega644P",
    b"\x1e\x97\x03": "ATmega1280",
    b"\x1e\x97\x05": "ATmega1284P",
    b"\x1e\x98\x01": "ATmega2560",
}
_M328P = b"\x1e\x95\x0f"
_M2560 = b"\x1e\x98\x01"

# Flash and bauds: Arduino's own boards.txt (upload.maximum_size, upload.speed).
_V1, _V2 = Protocol.STK500V1, Protocol.STK500V2
BOARDS = {
    board.key: board
    for board in (
        FlashBoard("uno", "Arduino Uno", _M328P, 32_256, 128, _V1, (115_200,), "uno"),
        FlashBoard("nano", "Arduino Nano", _M328P, 30_720, 128, _V1, (115_200, 57_600), "nano"),
        FlashBoard(
            "nano-old",
            "Arduino Nano (old boot loader)",
            _M328P,
            30_720,
            128,
            _V1,
            (57_600,),
            "nano",
        ),
        FlashBoard("mega", "Arduino Mega 2560", _M2560, 253_952, 256, _V2, (115_200,), "mega"),
    )
}
"""Boards by key. A Nano of either age answers as `nano`; `nano-old` saves the first, vain try."""


def find_board(key: str) -> FlashBoard:
    """Return the board called `key`.

    Raises
    ------
    UsageError
        There is none; the message gives the nearest.
    """
    board = BOARDS.get(key.lower())
    if board is None:
        near = difflib.get_close_matches(key.lower(), BOARDS, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"No board is named {key!r}.", f"{hint}There are: {', '.join(BOARDS)}.")
    return board


def guess_board(likely: str) -> FlashBoard | None:
    """Return the board meant by `PortInfo.likely`; None where it could be several."""
    for word, key in (("Uno", "uno"), ("Mega 2560", "mega"), ("Nano", "nano")):
        if word in likely:
            return BOARDS[key]
    return None


def chip_name(signature: bytes) -> str:
    """Return the chip's name, or its signature in digits where it is not known here."""
    return _CHIPS.get(signature, f"unknown chip of signature {signature.hex(' ').upper()}")
