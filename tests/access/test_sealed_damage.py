"""Whatever becomes of a sealed file's bytes, it never gives wrong ones."""

from __future__ import annotations

import contextlib
import io
import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.access.sealed import SealedFile
from emgfeedback.access.sealed_layout import SLOTS_AT
from emgfeedback.core.errors import FileFormatError
from tests.access.sealed_content import CHUNK, KEY, Memory, content_of, sealed


@dataclass
class History:
    """A file, and every content that was flushed."""

    data: bytes
    states: list[bytes]


@pytest.fixture(scope="module")
def history() -> History:
    chance = random.Random(5)
    raw = Memory()
    file = sealed(raw)
    states = [b""]
    for i in range(60):
        file.seek(0, io.SEEK_END)
        file.write(chance.randbytes(chance.randrange(200, 1500)))
        file.seek(236)
        file.write(b"%8d" % i)
        (file.fsync if i % 4 == 0 else file.flush)()
        file.seek(0)
        states.append(file.read())
    return History(raw.getvalue(), states)


def test_opening_for_writing_alone_changes_nothing(history):
    raw = Memory(history.data)
    with SealedFile.open(raw, KEY, writable=True) as file:
        assert file.read() == history.states[-1]
    assert raw.getvalue() == history.data


def damage(data: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(4)
    if kind == 0:
        return data[: chance.randrange(len(data))]
    changed = bytearray(data)
    if kind == 1:
        place = chance.randrange(len(data))
        changed[place] ^= 1 << chance.randrange(8)
    elif kind == 2:
        place = chance.randrange(SLOTS_AT // 2)
        changed[place] ^= 1 << chance.randrange(8)
    else:
        n = chance.randrange(1, 9000)
        place = chance.randrange(len(data) - n)
        changed[place : place + n] = chance.choice((bytes(n), chance.randbytes(n)))
    return bytes(changed)


def readable_parts(data: bytes) -> tuple[int, list[tuple[int, bytes]]]:
    """Return the length, and what can be read with its position."""
    file = SealedFile.open(Memory(data), KEY, writable=False)
    length = file.seek(0, io.SEEK_END)
    parts = []
    for position in range(0, length, CHUNK):
        file.seek(position)
        with contextlib.suppress(FileFormatError):
            parts.append((position, file.read(CHUNK)))
    return length, parts


def test_damage_never_gives_wrong_bytes(history):
    outcome = {"whole": 0, "older": 0, "in part": 0, "refused": 0}
    for seed in range(400):
        data = damage(history.data, random.Random(seed))
        try:
            length, parts = readable_parts(data)
        except FileFormatError:
            outcome["refused"] += 1
            continue
        fitting = [
            state
            for state in history.states
            if len(state) == length and all(state[p : p + len(part)] == part for p, part in parts)
        ]
        assert len(fitting) == 1, f"bytes that never were, seed {seed}"
        if sum(len(part) for _, part in parts) < length:
            outcome["in part"] += 1
        else:
            assert fitting[0] in history.states[-4:], f"older than the last fsync, seed {seed}"
            outcome["whole" if fitting[0] == history.states[-1] else "older"] += 1
    assert min(outcome.values()) >= 3, outcome


@given(seed=st.integers(0, 2**63))
@settings(max_examples=200, deadline=None)
def test_writing_goes_on_after_damage(history, seed):
    """What opens can be written, and is then what both say, however it was found."""
    chance = random.Random(seed)
    raw = Memory(damage(history.data, chance))
    try:
        file = SealedFile.open(raw, KEY, writable=True)
        before = file.read()
    except FileFormatError:
        return
    file.write(b"and on")
    file.seek(236)
    file.write(b"12345678")
    file.flush()
    expected = before[:236] + b"12345678" + before[244:] + b"and on"
    assert content_of(raw.getvalue()) == expected
