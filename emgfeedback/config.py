"""Montage and settings files: TOML in, frozen dataclasses out, unknown keys refused by name.

`configs/` holds what ships; a file the user names is used as it is.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import MUSCLES, Channel, Montage

FILE_VERSION = 1
MAX_FILE_BYTES = 1_000_000
T = TypeVar("T")

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
    _refuse_version(table, path, "configs/neck.toml")
    channels = table.get("channel")
    for number, channel in enumerate(channels if isinstance(channels, list) else [], 1):
        if isinstance(channel, dict):
            _refuse_unknown(channel, Channel, f"{path}, channel {number}")
    read = _convert(table, _MontageFile, path, "configs/neck.toml")
    for channel in read.channel:
        _check_channel(channel, path)
    try:
        return Montage(read.name, read.channel)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error.what}", error.remedy) from error


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """What to ask of the board; None keeps its own."""

    fs_hz: int | None = None
    n_channels: int | None = None
    oversample: int | None = None


@dataclass(frozen=True, slots=True)
class FilterSettings:
    """What to change in the recommended filters; None keeps the recommendation."""

    highpass_hz: float | None = None
    highpass_order: int | None = None
    lowpass_hz: float | None = None
    lowpass_order: int | None = None
    notch_hz: float | None = None
    notch_q: float | None = None
    control_window_s: float | None = None
    display_window_s: float | None = None
    envelope_hz: float | None = None

    def changes(self) -> dict[str, float | int]:
        """Return only what is set, by field name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Settings:
    """A settings file: board and filters."""

    version: int
    board: BoardSettings = BoardSettings()
    filter: FilterSettings = FilterSettings()


def load_settings(path: Path) -> Settings:
    """Read board and filter settings from a TOML file.

    Whether a filter can be at the board's rate shows only when the board is known:
    `dsp.chain.Chain` refuses it then.

    Raises
    ------
    ConfigError
        Not there, not TOML, unknown key or wrong type.
    """
    table = _read_toml(path)
    _refuse_unknown(table, Settings, str(path))
    _refuse_version(table, path, "configs/settings.toml")
    for name, layout in (("board", BoardSettings), ("filter", FilterSettings)):
        part = table.get(name, {})
        if isinstance(part, dict):
            _refuse_unknown(part, layout, f"{path}, [{name}]")
    return _convert(table, Settings, path, "configs/settings.toml")


def _refuse_version(table: dict[str, Any], path: Path, example: str) -> None:
    if table.get("version") != FILE_VERSION:
        raise ConfigError(
            f"{path}: version is {table.get('version')!r}, this app reads {FILE_VERSION}.",
            f"Write `version = {FILE_VERSION}` and check the keys against {example}.",
        )


def _convert(table: dict[str, Any], layout: type[T], path: Path, example: str) -> T:
    try:
        return msgspec.convert(table, layout)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"{path}: {error}.", f"Compare with {example}, which shows every key."
        ) from error


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
