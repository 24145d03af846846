"""Text as the report's font can show it: nothing invisible, nothing it has no letter for."""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).resolve().parent / "fonts"
REGULAR = FONTS / "Inter-Regular.otf"
UNKNOWN = "\u25a1"
"""Stands for a character the font does not have."""
_KEPT = "\n"
_UNICODE_CMAPS = {(0, 3), (0, 4), (3, 1), (3, 10)}


def printable(text: str) -> str:
    """Return `text` without control and direction characters, unknown letters as a square.

    Direction marks could turn a number round on paper; control characters have no shape.
    """
    known = covered()
    plain = unicodedata.normalize("NFC", text)
    return "".join(
        c if ord(c) in known or c in _KEPT else UNKNOWN
        for c in plain
        if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )


def dropped(text: str) -> int:
    """Return how many characters of `text` the font has no letter for."""
    return printable(text).count(UNKNOWN) - text.count(UNKNOWN)


@cache
def covered() -> frozenset[int]:
    """Return the code points the report's font has, as its `cmap` table tells.

    The formats 4 and 12 of the OpenType specification are read.
    """
    font = REGULAR.read_bytes()
    (n_tables,) = struct.unpack_from(">H", font, 4)
    tables = {
        font[12 + 16 * i : 16 + 16 * i]: struct.unpack_from(">I", font, 20 + 16 * i)[0]
        for i in range(n_tables)
    }
    start = tables[b"cmap"]
    (n_maps,) = struct.unpack_from(">H", font, start + 2)
    found: set[int] = set()
    for i in range(n_maps):
        platform, encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * i)
        if (platform, encoding) in _UNICODE_CMAPS:
            found |= _code_points(font, start + offset)
    return frozenset(found)


def _code_points(font: bytes, at: int) -> set[int]:
    (form,) = struct.unpack_from(">H", font, at)
    found: set[int] = set()
    if form == 4:
        count = struct.unpack_from(">H", font, at + 6)[0] // 2
        ends = struct.unpack_from(f">{count}H", font, at + 14)
        starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
        for first, last in zip(starts, ends, strict=True):
            found.update(range(first, last + 1))
        found.discard(0xFFFF)
    elif form == 12:
        (count,) = struct.unpack_from(">I", font, at + 12)
        for i in range(count):
            first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * i)
            found.update(range(first, last + 1))
    return found
