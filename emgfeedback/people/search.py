"""Text made alike for searching: without case, accents or punctuation."""

from __future__ import annotations

import unicodedata

from emgfeedback.people.values import Patient, Session, Value

LONGEST = 500
"""Characters of a text that are searched; PostgreSQL indexes no more than 2704 bytes."""
MOST_WORDS = 8
_NO_ACCENT_TO_TAKE_OFF = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def words(text: str) -> list[str]:
    """Return the words of a text, alike however they are written."""
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_NO_ACCENT_TO_TAKE_OFF)
    bare = (sign for sign in apart if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in bare).casefold().split()


def search_text(value: Value) -> str | None:
    """Return what is searched for a value: each word after a space; None: nothing of its kind."""
    if isinstance(value, Patient):
        pseudonym = words(value.pseudonym)
        found = [*pseudonym, "".join(pseudonym), *words(value.name), *words(value.note)]
    elif isinstance(value, Session):
        found = words(value.note)
    else:
        return None
    return "".join(f" {word}" for word in dict.fromkeys(found))[:LONGEST]
