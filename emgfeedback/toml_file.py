"""Read TOML files that people write by hand; every mistake is named with its remedy."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from emgfeedback.core.errors import ConfigError, FileFormatError
from emgfeedback.core.files import PLAIN, Files

FILE_VERSION = 1
MAX_FILE_BYTES = 1_000_000
CONFIGS = Path(__file__).resolve().parents[1] / "configs"
"""What ships."""
T = TypeVar("T")


def read_toml(path: Path, example: str, files: Files = PLAIN) -> dict[str, Any]:
    """Return the table of a TOML file of at most 1 MB.

    Parameters
    ----------
    path
        The file.
    example
        A shipped file that shows every key, for the remedy.
    files
        Opens it, where it may be encrypted.

    Raises
    ------
    ConfigError
        Not there, too big, encrypted, or not TOML.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigError(
                f"{path} has {path.stat().st_size} bytes; a settings file has at most "
                f"{MAX_FILE_BYTES}.",
                "Is it the right file?",
            )
        with files.open(path, "r") as file:
            table = tomllib.loads((file.readall() or b"").decode("utf-8"))
    except FileFormatError as error:
        raise ConfigError(error.what, error.remedy) from error
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}.", "Check the name and its permissions."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(
            f"{path} is not valid TOML: {error}.", f"Compare with {example}."
        ) from error
    return table


def refuse_version(table: dict[str, Any], path: Path, example: str) -> None:
    """Refuse a file of another version than `FILE_VERSION`.

    Raises
    ------
    ConfigError
        Names the version found and the one that is read.
    """
    if table.get("version") != FILE_VERSION:
        raise ConfigError(
            f"{path}: version is {table.get('version')!r}, this app reads {FILE_VERSION}.",
            f"Write `version = {FILE_VERSION}` and check the keys against {example}.",
        )


def refuse_unknown(
    table: dict[str, Any], layout: type, where: str, also: Iterable[str] = ()
) -> None:
    """Refuse keys that `layout` (a dataclass) does not have, besides those in `also`.

    Raises
    ------
    ConfigError
        Names the first unknown key and the nearest known one.
    """
    assert is_dataclass(layout)
    known = [*also, *(field.name for field in fields(layout))]
    for key in table:
        if key not in known:
            raise ConfigError(f"{where}: unknown key `{key}`.", nearest(key, known, "keys"))


def nearest(word: str, known: Iterable[str], what: str = "") -> str:
    """Return the hint for a word that is not among `known`."""
    words = list(known)
    near = difflib.get_close_matches(word, words, n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known{' ' + what if what else ''}: {', '.join(words)}."


def convert(table: dict[str, Any], layout: type[T], where: str, example: str) -> T:
    """Make a `layout` of `table`.

    Raises
    ------
    ConfigError
        A missing key or a wrong type, named by `where`.
    """
    try:
        return msgspec.convert(table, layout)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"{where}: {error}.", f"Compare with {example}, which shows every key."
        ) from error
