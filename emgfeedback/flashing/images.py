"""The programs that come with the app: our firmware, built for each board.

`make -C firmware release` writes them with their manifest; a test builds them anew and compares.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from emgfeedback.core.errors import FileFormatError
from emgfeedback.flashing.boards import FlashBoard
from emgfeedback.flashing.intel_hex import read_hex

FOLDER = Path(__file__).resolve().parents[1] / "firmware_images"
MANIFEST = "manifest.toml"
_REMEDY = "Install the app anew, or give a program with --image."
_MOST_CHARACTERS_PER_BYTE = 16
"""An Intel HEX file with one byte a line has 14."""


@dataclass(frozen=True, slots=True)
class Image:
    """A program and where it comes from; `version` is empty for a file of the user's own."""

    program: bytes
    name: str
    version: str = ""


def bundled_image(board: FlashBoard, folder: Path = FOLDER) -> Image:
    """Return our firmware for `board`.

    Raises
    ------
    FileFormatError
        The file that came with the app is missing or damaged.
    """
    try:
        with (folder / MANIFEST).open("rb") as file:
            manifest = tomllib.load(file)
        row = manifest["images"][board.image]
        content = (folder / row["file"]).read_bytes()
    except (OSError, ValueError, KeyError) as error:
        raise FileFormatError(
            f"The firmware for the {board.title} that came with the app cannot be read: {error}.",
            _REMEDY,
        ) from None
    if hashlib.sha256(content).hexdigest() != row["sha256"]:
        raise FileFormatError(
            f"The firmware for the {board.title} that came with the app is damaged.", _REMEDY
        )
    program = read_hex(content.decode("ascii"), limit_bytes=board.program_bytes, name=row["file"])
    return Image(program, row["file"], str(manifest["firmware"]))


def is_older(firmware: str, image: Image) -> bool:
    """Tell whether a board's `firmware` (as 1.0.0) is older than the version of `image`."""
    try:
        return _numbers(firmware) < _numbers(image.version)
    except ValueError:
        return False


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def image_of(path: Path, board: FlashBoard) -> Image:
    """Return the program in an Intel HEX file of the user's own.

    Raises
    ------
    FileFormatError
        It cannot be read, is damaged, or does not fit.
    """
    try:
        size_bytes = path.stat().st_size
        text = "" if size_bytes > _longest(board) else path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise FileFormatError(f"{path} cannot be read as Intel HEX: {error}.") from None
    if size_bytes > _longest(board):
        raise FileFormatError(
            f"{path} has {size_bytes} bytes, far more than a program for the {board.title}.",
            "Choose an Intel HEX file (.hex).",
        )
    return Image(read_hex(text, limit_bytes=board.program_bytes, name=path.name), path.name)


def _longest(board: FlashBoard) -> int:
    return board.program_bytes * _MOST_CHARACTERS_PER_BYTE
