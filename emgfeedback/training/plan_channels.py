"""Which channel a plan means: muscle and side in words, so that a plan fits any montage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import MUSCLES, Montage, Side
from emgfeedback.toml_file import nearest

OVERACTIVE = "overactive"
OPPOSITE = "opposite"
SIDES = (*(side.value for side in Side), OVERACTIVE, OPPOSITE)
OTHER_SIDE = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
REMEDY = 'Write muscle and side, as "scm left", "trapezius right" or "scm overactive".'


@dataclass(frozen=True, slots=True)
class Place:
    """A muscle and a side; the side may be a role that the person at hand decides."""

    muscle: str
    side: str
    """`left`, `right`, `midline`, `overactive` or `opposite` (of the overactive)."""

    @property
    def asks_side(self) -> bool:
        """Whether it must be known first which side is overactive."""
        return self.side in (OVERACTIVE, OPPOSITE)


def parse_place(text: str) -> Place:
    """Return the place written in `text`.

    Raises
    ------
    ConfigError
        Unknown muscle or side; names the nearest.
    """
    muscle, _, side = text.strip().partition(" ")
    if muscle not in MUSCLES:
        raise ConfigError(f"{text!r}: unknown muscle `{muscle}`.", nearest(muscle, MUSCLES))
    if side not in SIDES:
        hint = nearest(side, SIDES) if side else REMEDY
        raise ConfigError(f"{text!r}: unknown side `{side}`.", hint)
    return Place(muscle, side)


def side_of(place: Place, overactive: Mapping[str, Side]) -> Side:
    """Return the patient's side that `place` means.

    Raises
    ------
    ConfigError
        It depends on the overactive side, and that was not chosen.
    """
    if not place.asks_side:
        return Side(place.side)
    side = overactive.get(place.muscle)
    if side not in OTHER_SIDE:
        raise ConfigError(
            f"Which {MUSCLES[place.muscle]} is overactive was not chosen.",
            f"Choose left or right, or write `{place.muscle} = "
            f'"left"` under [overactive] in the plan.',
        )
    return side if place.side == OVERACTIVE else OTHER_SIDE[side]


def column_of(place: Place, montage: Montage, overactive: Mapping[str, Side]) -> int:
    """Return the montage's column of `place`; the first where several fit.

    Raises
    ------
    ConfigError
        The montage has no such channel, or the side was not chosen.
    """
    side = side_of(place, overactive)
    for column, channel in enumerate(montage.channels):
        if channel.muscle == place.muscle and channel.side is side:
            return column
    there = ", ".join(f"{c.muscle} {c.side.value}" for c in montage.channels)
    raise ConfigError(
        f"The plan needs {place.muscle} {side.value}, which the montage {montage.name!r} "
        f"does not have; it has {there}.",
        "Place that sensor and choose a montage that names it, or choose another plan.",
    )
