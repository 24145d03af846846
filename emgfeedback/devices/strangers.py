"""A guess at what sends bytes that no driver understands."""

from __future__ import annotations

import re

_CHORDS = re.compile(rb"\xc7\x7c.{13}\x01\xc7\x7c", re.DOTALL)
_OPEN_EEG = re.compile(rb"\xa5\x5a\x02.{14}\xa5\x5a\x02", re.DOTALL)
_TEXT_SHARE = 0.95
_SHOWN_CHARACTERS = 32
UNKNOWN = "bytes of no protocol known here"


def describe(data: bytes) -> str:
    """Return what `data` looks like, to follow the words "it sends"; `UNKNOWN` begins a shrug.

    Frame layouts: Chords firmware (C7 7C, counter, six 16-bit values, 01) and OpenEEG
    version 2 (A5 5A 02, counter, six 16-bit values, switches).
    """
    if _CHORDS.search(data):
        return "packets of the Chords firmware"
    if _OPEN_EEG.search(data):
        return "packets of the OpenEEG or Olimex firmware"
    printable = sum(32 <= byte < 127 or byte in b"\r\n\t" for byte in data)
    if data and printable >= _TEXT_SHARE * len(data):
        words = " ".join(data.decode("ascii", "replace").split())
        return f"text such as {words[:_SHOWN_CHARACTERS]!r}"
    return f"{UNKNOWN} ({data[:8].hex(' ')} ...)"
