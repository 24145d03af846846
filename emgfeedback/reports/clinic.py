"""Whose report it is: name, picture, paper."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from emgfeedback.core.errors import FileFormatError, UsageError

Paper = Literal["a4", "letter"]
LARGEST_LOGO_BYTES = 2 << 20
LARGEST_LOGO_PX = 4000
_JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Segments of a JPEG that hold its size."""


@dataclass(frozen=True, slots=True)
class Clinic:
    """What a clinic wants on its reports.

    Parameters
    ----------
    language
        Tag of the language the report's words are in, as BCP 47 has it: screen readers
        choose their voice by it.
    show_name
        Put the patient's name beside the pseudonym.
    facing
        Draw the front of the neck as somebody facing the patient sees it.

    Raises
    ------
    UsageError
        For another paper, or a text that is no language tag.
    """

    name: str = ""
    logo_path: Path | None = None
    paper: Paper = "a4"
    language: str = "en"
    show_name: bool = False
    facing: bool = False

    def __post_init__(self) -> None:
        """Refuse what no page can be set in."""
        if self.paper not in ("a4", "letter"):
            raise UsageError(f"There is no paper {self.paper!r}.", "Use a4 or letter.")
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", self.language):
            raise UsageError(f"{self.language!r} is no language tag.", "Write as en or de-AT.")


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that was looked into: its bytes, kind and size."""

    content: bytes
    mime: str
    width_px: int
    height_px: int


def read_logo(path: Path) -> Logo:
    """Return the PNG or JPEG in `path`.

    Raises
    ------
    FileFormatError
        It cannot be read, is neither, or is too large for a letterhead.
    """
    remedy = f"Use a PNG or JPEG of at most {LARGEST_LOGO_PX} x {LARGEST_LOGO_PX} pixels and 2 MB."
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_LOGO_BYTES + 1)
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read: {error.strerror}.", remedy) from error
    if len(content) > LARGEST_LOGO_BYTES:
        raise FileFormatError(f"{path} has more than {LARGEST_LOGO_BYTES} bytes.", remedy)
    mime, size = "image/png", _png_size(content)
    if size is None:
        mime, size = "image/jpeg", _jpeg_size(content)
    if size is None:
        raise FileFormatError(f"{path} is neither a PNG nor a JPEG.", remedy)
    if not all(1 <= side <= LARGEST_LOGO_PX for side in size):
        raise FileFormatError(f"{path} has {size[0]} x {size[1]} pixels.", remedy)
    return Logo(content, mime, *size)


def _png_size(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR":
        return None
    return struct.unpack(">II", content[16:24]) if len(content) >= 24 else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
