"""Ground and digits of a heat table: one hue in two stretches, every digit at 4.5:1 or more."""

from __future__ import annotations

_PALE = (0xEA, 0xF4, 0xF2), (0x5F, 0xA3, 0x9B)
_DEEP = (0x3F, 0x7F, 0x78), (0x08, 0x43, 0x3F)
_TURN = 0.62
"""Share of the range from which digits are white; no ground between the stretches is used."""
DARK_DIGITS, LIGHT_DIGITS = "#06161C", "#FFFFFF"


def heat_colours(share: float) -> tuple[str, str]:
    """Return the colours of the ground and of the digits on it for a share of 0 to 1."""
    at = min(max(share, 0.0), 1.0)
    if at < _TURN:
        return _between(*_PALE, at / _TURN), DARK_DIGITS
    return _between(*_DEEP, (at - _TURN) / (1 - _TURN)), LIGHT_DIGITS


def _between(low: tuple[int, ...], high: tuple[int, ...], share: float) -> str:
    mixed = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{value:02X}" for value in mixed)
