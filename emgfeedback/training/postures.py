"""Which muscles usually work in which posture: a table to read beside what was measured.

It informs; it never recommends a muscle or a dose. A deep muscle cannot be seen from the skin, so
that it was not measured says nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

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
LET_GO = "let-go"
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


class Finding(Protocol):
    """A posture as it was examined; `people.values.PostureFinding` is one."""

    @property
    def key(self) -> str:
        """Of this table."""

    @property
    def side(self) -> Side:
        """Where the chin or the ear goes; midline where the posture has no side."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A muscle on a side: what the posture lets expect, and what was measured with the head let go.

    Attributes
    ----------
    postures
        Titles of the postures it is expected in; empty: expected in none of them.
    seen
        `yes`, `partly` or `no`: whether electrodes on the skin see it; empty: not in the table.
    label
        Channel that looks at it, or empty.
    of_rest, of_reference_pct
        Its level over that at rest, and in percent of its reference contraction; None: `reason`.
    reason
        Why there is no level, or empty. A deep muscle that was not measured may work all the same.
    """

    muscle: str
    name: str
    side: Side
    postures: tuple[str, ...]
    seen: str
    weight: str
    source: str
    label: str
    of_rest: float | None
    of_reference_pct: float | None
    reason: str


def beside(
    findings: Iterable[Finding],
    assessment: Mapping[str, Any],
    table: Mapping[str, Posture] | None = None,
) -> list[Beside]:
    """Return expected muscles beside what was measured, then the measured ones nobody expected.

    It informs: neither the order nor a number recommends a muscle.

    Parameters
    ----------
    findings
        Postures as examined; a key the table does not know is passed over.
    assessment
        As `Assessment.as_dict` gives it.
    table
        None: the one that ships with the app.

    Raises
    ------
    ConfigError
        A posture goes to a side, and none was chosen.
    """
    known = load_postures() if table is None else table
    rows: dict[tuple[str, Side], tuple[Expected, list[str]]] = {}
    for finding in findings:
        posture = known.get(finding.key)
        for row in expected(posture, finding.side) if posture else ():
            first, titles = rows.setdefault((row.name, row.side), (row, []))
            titles.append(posture.title if posture else "")
            if row.source not in first.source.split(", "):
                both = replace(first, source=f"{first.source}, {row.source}")
                rows[row.name, row.side] = (both, titles)
    channels = {(c["muscle"], Side(c["side"])): c for c in assessment["channels"]}
    found = [
        _beside(row, tuple(titles), channels.pop((row.muscle, row.side), None), assessment)
        for row, titles in rows.values()
    ]
    for (muscle, side), channel in channels.items():
        unexpected = Expected(muscle, MUSCLES.get(muscle, muscle), side, "", "", "")
        found.append(_beside(unexpected, (), channel, assessment))
    return found


def _beside(
    row: Expected,
    postures: tuple[str, ...],
    channel: Mapping[str, Any] | None,
    assessment: Mapping[str, Any],
) -> Beside:
    label = channel["label"] if channel else ""
    task = assessment["tasks"].get(LET_GO, {}).get("muscles", {})
    values = task.get(label, {})
    of_rest = values.get("of_rest", {"value": None, "reason": "the head was not let go"})
    if channel is None:
        deep = row.seen == "no"
        reason = "too deep to be seen from the skin" if deep else "no electrode there"
        of_rest = {"value": None, "reason": reason}
    return Beside(
        row.muscle,
        row.name,
        row.side,
        postures,
        row.seen,
        row.weight,
        row.source,
        label,
        of_rest["value"],
        values.get("of_reference_pct", {}).get("value"),
        of_rest["reason"],
    )
