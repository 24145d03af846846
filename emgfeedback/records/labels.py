"""Guess muscle and side from a signal label that somebody else wrote."""

from __future__ import annotations

import re

from emgfeedback.core.montage import Side

_MUSCLES = (
    ("scm", r"scm|sternocl\w*|sterno\w*|scleido\w*"),
    ("trapezius", r"ut|uts|trap\w*|tra"),
    ("splenius", r"spl\w*|sple\w*"),
    ("levator", r"lev\w*|ls"),
)
_SIDES = (
    (Side.LEFT, r"l|le|left|li|links|sin|sinister|gauche"),
    (Side.RIGHT, r"r|ri|right|re|rechts|dx|dexter|droite"),
)


def guess_muscle_and_side(label: str) -> tuple[str, Side]:
    """Return (key of `MUSCLES`, side) for a label such as `SCM L`, `RUT` or `Trapezius right`.

    What cannot be told is `other` and the midline: nothing is paired by mistake.
    """
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label).lower())
    glued = [
        (word[:1], word[1:]) if word[1:] in ("scm", "ut", "trap", "spl", "lev") else (word,)
        for word in words
    ]
    glued = [
        (word[:-1], word[-1]) if word[:-1] in ("scm", "ut", "trap", "spl", "lev") else pair
        for word, pair in zip(words, glued, strict=True)
    ]
    parts = [part for pair in glued for part in pair]
    sides = {s for s, pattern in _SIDES for part in parts if re.fullmatch(pattern, part)}
    muscles = [m for m, pattern in _MUSCLES for part in parts if re.fullmatch(pattern, part)]
    side = sides.pop() if len(sides) == 1 else Side.MIDLINE
    return (muscles[0] if muscles else "other"), side
