"""How a plan writes a level: in microvolts, percent of a reference, or times the resting level."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum

from emgfeedback.core.errors import ConfigError


class Basis(Enum):
    """What the number of a bound is a number of."""

    UV = "uV"
    """Microvolts at the electrode."""
    REFERENCE = "%"
    """Percent of the person's own reference contraction of that channel."""
    REST = "x rest"
    """Times the resting level of that channel."""


RANGES = {Basis.UV: (0.5, 2000.0), Basis.REFERENCE: (1.0, 150.0), Basis.REST: (1.0, 50.0)}
"""Lowest and highest value a plan may ask for."""
_FORM = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(uV|µV|%|x rest)\s*")
_REMEDY = 'Write it as "12 uV", "40 %", "1.3 x rest", or two of them with "or" between.'


@dataclass(frozen=True, slots=True)
class Bound:
    """A level as the plan gives it."""

    value: float
    basis: Basis

    def __str__(self) -> str:
        return f"{self.value:g} {self.basis.value}"


def parse_bounds(text: str) -> tuple[Bound, ...]:
    """Return the bounds written in `text`, first choice first.

    `"40 % or 3 x rest"` means: 40 percent of the reference, and three times the resting
    level where no reference was taken (a contraction hurt, or was skipped).

    Raises
    ------
    ConfigError
        Not of that form, or a value out of its range.
    """
    return tuple(_parse(part) for part in text.split(" or "))


def _parse(text: str) -> Bound:
    form = _FORM.fullmatch(text)
    if form is None:
        raise ConfigError(f"{text!r} is not a level.", _REMEDY)
    basis = Basis(form[2].replace("µ", "u"))
    value = float(form[1])
    low, high = RANGES[basis]
    if not (math.isfinite(value) and low <= value <= high):
        raise ConfigError(
            f"A level of {text.strip()} is outside {low:g} to {high:g} {basis.value}.",
            "Choose one that a person can reach and hold.",
        )
    return Bound(value, basis)
