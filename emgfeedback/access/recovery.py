"""The recovery key: 128 random bits as nine words that can be read aloud.

Each word is a proquint, five letters for 16 bits (D. S. Wilkerson, "A proposal for proquints",
arXiv:0901.4016, 2009). The ninth is a checksum, so a slip of the pen is told as one.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from emgfeedback.core.errors import WrongPassphrase

KEY_BYTES = 16
N_WORDS = 9
_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_WORD = re.compile(f"[{_CONSONANTS}][{_VOWELS}]" * 2 + f"[{_CONSONANTS}]")


def new_recovery_key() -> bytes:
    """Return 16 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def words_of(key: bytes) -> str:
    """Return `key` as nine words with spaces between."""
    checked = key + _checksum(key)
    pairs = (int.from_bytes(checked[i : i + 2], "big") for i in range(0, len(checked), 2))
    return " ".join(_word(pair) for pair in pairs)


def key_of(text: str) -> bytes | None:
    """Return the key that `text` spells; None where it does not look like a recovery key.

    Capitals, hyphens and line breaks do not matter.

    Raises
    ------
    WrongPassphrase
        If most of it are such words, but not nine of them that go together.
    """
    words = re.split(r"[\s\-,.]+", text.strip().lower())
    strange = [word for word in words if not _WORD.fullmatch(word)]
    if len(words) - len(strange) < N_WORDS - 3:
        return None
    remedy = "Compare it with the paper it was written on, word by word."
    if strange:
        number = words.index(strange[0]) + 1
        raise WrongPassphrase(f"Word {number} of the recovery key is misspelt.", remedy)
    if len(words) != N_WORDS:
        raise WrongPassphrase(
            f"The recovery key has {N_WORDS} words, these are {len(words)}.", remedy
        )
    data = b"".join(_number(word).to_bytes(2, "big") for word in words)
    key, checksum = data[:KEY_BYTES], data[KEY_BYTES:]
    if checksum != _checksum(key):
        raise WrongPassphrase("A word of the recovery key is wrong.", remedy)
    return key


def _checksum(key: bytes) -> bytes:
    return hashlib.sha256(b"emgfeedback recovery key" + key).digest()[:2]


def _word(pair: int) -> str:
    return (
        _CONSONANTS[pair >> 12]
        + _VOWELS[pair >> 10 & 3]
        + _CONSONANTS[pair >> 6 & 15]
        + _VOWELS[pair >> 4 & 3]
        + _CONSONANTS[pair & 15]
    )


def _number(word: str) -> int:
    number = 0
    for place, letter in enumerate(word):
        letters, bits = (_VOWELS, 2) if place % 2 else (_CONSONANTS, 4)
        number = number << bits | letters.index(letter)
    return number
