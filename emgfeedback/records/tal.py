"""Time-stamped annotation lists (TALs), the texts inside EDF+ and BDF+ records.

Times are whole microseconds, so a record's time is exactly its number times
its duration and no reader sees a discontinuity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_TEXT_BYTES = 400
"""A longer text is split into parts marked `(1/2) `, `(2/2) `; EDFlib reads at most 512."""
AREA_BYTES = 540
"""Room for annotations in each of our records: time, and at least one text of any length."""
_NUMBER_ROOM = len("+99999999.999999")
"""Kept free for every time, so that a later change of the sampling rate fits in place."""
_TAL = re.compile(rb"([+-]\d+(?:\.\d*)?)(?:\x15(\d+(?:\.\d*)?))?\x14(.*)\x14", re.DOTALL)
_PART = re.compile(r"\((\d{1,3})/(\d{1,3})\) ")


@dataclass(frozen=True, slots=True)
class Tal:
    """One text at a time of the recording; an empty text marks the start of a record."""

    onset_us: int
    duration_us: int
    text: str

    @property
    def room(self) -> int:
        """Bytes to set aside for it."""
        numbers = _NUMBER_ROOM * (2 if self.duration_us else 1)
        return numbers + len(self.text.encode()) + 4

    def encode(self) -> bytes:
        """Return its bytes, closed by NUL."""
        duration = b"\x15" + seconds_text(self.duration_us) if self.duration_us else b""
        sign = b"-" if self.onset_us < 0 else b"+"
        onset = sign + seconds_text(abs(self.onset_us))
        return onset + duration + b"\x14" + self.text.encode() + b"\x14\x00"


def seconds_text(us: int) -> bytes:
    """Write whole microseconds as seconds, without needless zeros."""
    text = f"{us // 10**6}.{us % 10**6:06d}"
    return text.rstrip("0").rstrip(".").encode()


def _us(text: bytes) -> int:
    whole, _, part = text.lstrip(b"+-").partition(b".")
    value = int(whole) * 10**6 + int(part[:6].ljust(6, b"0"))
    return -value if text.startswith(b"-") else value


def clean_text(text: str) -> str:
    """Make `text` fit for a file: what cannot be printed becomes a space.

    Raises
    ------
    ValueError
        If nothing is left of it.
    """
    plain = "".join(c if c.isprintable() else " " for c in text).strip()
    if not plain:
        raise ValueError("an annotation needs a text")
    return plain


def split_text(text: str) -> list[str]:
    """Split a clean text into parts of at most `MAX_TEXT_BYTES`, numbered if more than one."""
    if len(text.encode()) <= MAX_TEXT_BYTES:
        return [text]
    parts = [""]
    for character in text:
        if len((parts[-1] + character).encode()) > MAX_TEXT_BYTES - len("(999/999) "):
            parts.append("")
        parts[-1] += character
    return [f"({i}/{len(parts)}) {part}" for i, part in enumerate(parts, 1)]


def join_parts(tals: Iterable[Tal]) -> list[Tal]:
    """Join the texts that `split_text` split; others may stand between their parts."""
    joined: list[Tal] = []
    begun: dict[tuple[int, int, int], int] = {}
    for tal in tals:
        found = _PART.match(tal.text)
        number, of = (int(found[1]), int(found[2])) if found else (0, 0)
        text = tal.text[found.end() :] if found else tal.text
        place = begun.pop((tal.onset_us, of, number), None)
        if place is not None:
            text = joined[place].text + text
            joined[place] = Tal(tal.onset_us, tal.duration_us, text)
        elif number == 1 < of:
            place = len(joined)
            joined.append(Tal(tal.onset_us, tal.duration_us, text))
        else:
            joined.append(tal)
        if place is not None and number < of:
            begun[tal.onset_us, of, number + 1] = place
    for (onset_us, of, _), place in begun.items():
        # Never completed: somebody's own text that begins so.
        joined[place] = Tal(onset_us, joined[place].duration_us, f"(1/{of}) {joined[place].text}")
    return joined


def encode_area(tals: Iterable[Tal], area_bytes: int) -> bytes:
    """Return the annotation bytes of one record, padded with NUL.

    Raises
    ------
    ValueError
        If they do not fit.
    """
    data = b"".join(tal.encode() for tal in tals)
    if len(data) > area_bytes:
        raise ValueError(f"annotations of {len(data)} bytes do not fit into {area_bytes}")
    return data.ljust(area_bytes, b"\x00")


def decode_area(area: bytes) -> list[Tal]:
    """Return the TALs in the annotation bytes of one record; what is damaged is left out.

    The first one, with an empty text, is the start of the record.
    """
    tals = []
    for piece in area.rstrip(b"\x00").split(b"\x00"):
        found = _TAL.fullmatch(piece)
        if found is None:
            continue
        onset, duration, texts = found.groups()
        duration_us = _us(duration) if duration else 0
        tals += [
            Tal(_us(onset), duration_us, text.decode("utf-8", "replace"))
            for text in texts.split(b"\x14")
        ]
    return tals


def starts_record(tals: list[Tal]) -> bool:
    """Whether `tals` begin with the time of their record, as every sound record does."""
    return bool(tals) and not tals[0].text
