"""Montage and settings files: TOML in, frozen dataclasses out, unknown keys refused by name.

`configs/` holds what ships; a file the user names is used as it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import MUSCLES, Channel, Montage
from emgfeedback.toml_file import (
    CONFIGS,
    convert,
    nearest,
    read_toml,
    refuse_unknown,
    refuse_version,
)

__all__ = [
    "CONFIGS",
    "BoardSettings",
    "FilterSettings",
    "Settings",
    "load_montage",
    "load_settings",
]

MONTAGE_EXAMPLE = "configs/neck.toml"
SETTINGS_EXAMPLE = "configs/settings.toml"


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
    table = read_toml(path, MONTAGE_EXAMPLE)
    refuse_unknown(table, _MontageFile, str(path))
    refuse_version(table, path, MONTAGE_EXAMPLE)
    channels = table.get("channel")
    for number, channel in enumerate(channels if isinstance(channels, list) else [], 1):
        if isinstance(channel, dict):
            refuse_unknown(channel, Channel, f"{path}, channel {number}")
    read = convert(table, _MontageFile, str(path), MONTAGE_EXAMPLE)
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
    table = read_toml(path, SETTINGS_EXAMPLE)
    refuse_unknown(table, Settings, str(path))
    refuse_version(table, path, SETTINGS_EXAMPLE)
    for name, layout in (("board", BoardSettings), ("filter", FilterSettings)):
        part = table.get(name, {})
        if isinstance(part, dict):
            refuse_unknown(part, layout, f"{path}, [{name}]")
    return convert(table, Settings, str(path), SETTINGS_EXAMPLE)


def _check_channel(channel: Channel, path: Path) -> None:
    where = f"{path}, channel {channel.label!r}"
    if channel.muscle not in MUSCLES:
        raise ConfigError(
            f"{where}: unknown muscle `{channel.muscle}`.", nearest(channel.muscle, MUSCLES)
        )
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
