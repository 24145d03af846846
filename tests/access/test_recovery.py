from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.access.recovery import _word, key_of, new_recovery_key, words_of
from emgfeedback.core.errors import WrongPassphrase

KEY = bytes(range(100, 116))


def test_words_are_proquints():
    # 127.0.0.1 and 63.84.220.193 as printed in arXiv:0901.4016
    assert [_word(0x7F00), _word(0x0001)] == ["lusab", "babad"]
    assert [_word(0x3F54), _word(0xDCC1)] == ["gutih", "tugad"]


@given(st.binary(min_size=16, max_size=16))
def test_key_survives_the_paper(key):
    words = words_of(key)
    assert len(words.split()) == 9
    assert key_of(words) == key
    assert key_of("  " + words.upper().replace(" ", "-\n")) == key


def test_new_keys_differ():
    assert len({new_recovery_key() for _ in range(100)}) == 100


def test_a_passphrase_is_no_recovery_key():
    assert key_of("correct horse battery staple and four more words") is None
    assert key_of("") is None
    assert key_of("babab") is None


def test_slips_are_told_with_their_word():
    words = words_of(KEY).split()
    with pytest.raises(WrongPassphrase, match="9 words, these are 8"):
        key_of(" ".join(words[:-1]))
    with pytest.raises(WrongPassphrase, match=r"Word 3 .* misspelt"):
        key_of(" ".join([*words[:2], "xxxxx", *words[3:]]))


def test_wrong_letters_and_swapped_words_are_noticed():
    words = words_of(KEY).split()
    chance = random.Random(3)
    noticed = 0
    for _ in range(200):
        changed = list(words)
        i, j = chance.sample(range(9), 2)
        if chance.random() < 0.5:
            changed[i], changed[j] = changed[j], changed[i]
        else:
            changed[i] = _word(chance.randrange(1 << 16))
        if changed == words:
            continue
        try:
            assert key_of(" ".join(changed)) != KEY
        except WrongPassphrase:
            noticed += 1
    assert noticed >= 195
