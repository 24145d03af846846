"""Which muscles usually work in which posture: a table to read beside what was measured.

It informs; it never recommends a muscle or a dose. A deep muscle cannot be seen from the skin, so
that it was not measured says nothing about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import MUSCLES, Side
from emgfeedback.toml_file import (
    CONFIGS,
    convert,
    nearest,
    read_toml,
    refuse_unknown,
    refuse_version,
)
from emgfeedback.training.plan_channels import OTHER_SIDE

TABLE = CONFIGS / "assessment" / "posture-muscles.toml"
EXAMPLE = "configs/assessment/posture-muscles.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A muscle that usually works in a posture.

    `muscle` is a key of `MUSCLES`, or empty for one no channel can look at; then `name` says it.
    """

    side: Literal["same", "other", "both"]
    seen: Literal["yes", "partly", "no"]
    source: str
    muscle: str = ""
    name: str = ""
    weight: str = ""

    @property
    def shown(self) -> str:
        """Its name."""
        return self.name or MUSCLES[self.muscle]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posture:
    """A posture of the neck."""

    key: str
    title: str
    sided: bool
    muscles: tuple[Usual, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """A muscle on a side, as expected in somebody's posture."""

    muscle: str
    name: str
    side: Side
    seen: str
    weight: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    version: int
    posture: tuple[Posture, ...]


def load_postures(path: Path = TABLE) -> dict[str, Posture]:
    """Return the table by key.

    Raises
    ------
    ConfigError
        The file cannot be read, or a row names what nobody knows.
    """
    table = read_toml(path, EXAMPLE)
    refuse_version(table, path, EXAMPLE)
    refuse_unknown(table, _File, str(path))
    for number, row in enumerate(table.get("posture", ()), 1):
        where = f"{path}, posture {number}"
        refuse_unknown(row, Posture, where)
        for inner in row.get("muscles", ()):
            refuse_unknown(inner, Usual, where)
            _check_muscle(inner, where)
    found = convert(table, _File, str(path), EXAMPLE)
    return {posture.key: posture for posture in found.posture}


def expected(posture: Posture, side: Side | None) -> list[Expected]:
    """Return the muscles expected in `posture` with the chin or ear to `side`.

    Raises
    ------
    ConfigError
        The posture has a side and none was given.
    """
    if posture.sided and side not in OTHER_SIDE:
        raise ConfigError(
            f"{posture.title} goes to a side, and none was chosen.", "Choose left or right."
        )
    rows = []
    for usual in posture.muscles:
        if usual.side == "both" or side is None:
            sides: tuple[Side, ...] = (Side.LEFT, Side.RIGHT)
        else:
            sides = (side if usual.side == "same" else OTHER_SIDE[side],)
        rows += [
            Expected(usual.muscle, usual.shown, at, usual.seen, usual.weight, usual.source)
            for at in sides
        ]
    return rows


def _check_muscle(row: dict[str, Any], where: str) -> None:
    muscle = row.get("muscle", "")
    if muscle and muscle not in MUSCLES:
        raise ConfigError(f"{where}: unknown muscle `{muscle}`.", nearest(muscle, MUSCLES))
    if bool(muscle) == bool(row.get("name", "")):
        raise ConfigError(f"{where}: a row names either `muscle` or `name`.", "Give one of them.")
