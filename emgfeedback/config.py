"""Montage and settings files: TOML in, frozen dataclasses out, unknown keys refused by name.

`configs/` holds what ships; a file the user names is used as it is.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import msgspec

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import MUSCLES, Channel, Montage

MONTAGE_VERSION = 1
MAX_FILE_BYTES = 1_000_000
CONFIGS = Path(__file__).resolve().parents[1] / "configs"


@dataclass(frozen=True, slots=True)
class _MontageFile:
    """The layout of a montage file."""

    version: int
    name: str
    channel: tuple[Channel, ...]


def load_montage(path: Path) -> Montage:
    """Read a montage from a TOML file.

    Raises
    ------
    ConfigError
        Not there, not TOML, unknown key, wrong type or a value out of its range; the message
        names the file, the key, the value and what would be right.
    """
    table = _read_toml(path)
    _refuse_unknown(table, _MontageFile, str(path))
    if table.get("version") != MONTAGE_VERSION:
        raise ConfigError(
            f"{path}: version is {table.get('version')!r}, this app reads {MONTAGE_VERSION}.",
            f"Write `version = {MONTAGE_VERSION}` and check the keys against configs/neck.toml.",
        )
    channels = table.get("channel")
    for number, channel in enumerate(channels if isinstance(channels, list) else [], 1):
        if isinstance(channel, dict):
            _refuse_unknown(channel, Channel, f"{path}, channel {number}")
    try:
        read = msgspec.convert(table, _MontageFile)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"{path}: {error}.", "Compare with configs/neck.toml, which shows every key."
        ) from error
    for channel in read.channel:
        _check_channel(channel, path)
    try:
        return Montage(read.name, read.channel)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error.what}", error.remedy) from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigError(
                f"{path} has {path.stat().st_size} bytes; a settings file has at most "
                f"{MAX_FILE_BYTES}.",
                "Is it the right file?",
            )
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}.", "Check the name and its permissions."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(
            f"{path} is not valid TOML: {error}.", "Compare with configs/neck.toml."
        ) from error


def _refuse_unknown(table: dict[str, Any], layout: type, where: str) -> None:
    assert is_dataclass(layout)
    known = [field.name for field in fields(layout)]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"Known keys: {', '.join(known)}."
            raise ConfigError(f"{where}: unknown key `{key}`.", hint)


def _check_channel(channel: Channel, path: Path) -> None:
    where = f"{path}, channel {channel.label!r}"
    if channel.muscle not in MUSCLES:
        near = difflib.get_close_matches(channel.muscle, MUSCLES, n=1)
        hint = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(MUSCLES)}."
        raise ConfigError(f"{where}: unknown muscle `{channel.muscle}`.", hint)
    if channel.gain is not None and not (math.isfinite(channel.gain) and 1 <= channel.gain <= 1e6):
        raise ConfigError(
            f"{where}: gain {channel.gain:g} is outside 1 to 1000000.",
            "Give the amplifier's voltage gain, as 1000.",
        )
    if not 0 <= channel.input <= 63:
        raise ConfigError(
            f"{where}: input {channel.input} is outside 0 to 63.", "A0 is 0, A1 is 1."
        )
    if channel.spacing_mm is not None and not 1 <= channel.spacing_mm <= 100:
        raise ConfigError(
            f"{where}: spacing_mm {channel.spacing_mm:g} is outside 1 to 100.",
            "Give the distance between the two pads in millimetres, as 20.",
        )
