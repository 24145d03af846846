"""Reasons too long for a cell: a letter stands there, the reason below the table."""

from __future__ import annotations

import string


class Letters:
    """Reasons, each with a letter of its own, in the order they came up."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def letter(self, reason: str) -> str:
        """Return `(a)` for a reason."""
        place = len(self._known)
        letters = string.ascii_lowercase
        new = letters[place % len(letters)] * (1 + place // len(letters))
        return f"({self._known.setdefault(reason, new)})"

    @property
    def lines(self) -> tuple[str, ...]:
        """All of them in one line, or none."""
        told = "   ".join(f"({letter}) {reason}" for reason, letter in self._known.items())
        return (told,) if told else ()
