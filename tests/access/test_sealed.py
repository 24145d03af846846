"""A sealed file is as a plain one to its owner, and tells nobody else anything."""

from __future__ import annotations

import io
import os
import random
from io import FileIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.access.sealed import SealedFile
from emgfeedback.access.sealed_layout import (
    HEAD_BYTES,
    ROOT_BYTES,
    ROOT_PLACES,
    SLOTS_AT,
    cipher_of,
    decode_head,
)
from emgfeedback.core.errors import FileFormatError
from tests.access.sealed_content import CHUNK, KEY, SLOT, STEPS, Memory, content_of, noise, sealed


@given(STEPS, st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_behaves_as_a_plain_file(steps, seed):
    chance = random.Random(seed)
    raw = Memory()
    file, model = sealed(raw), bytearray()
    for what, place, n in steps:
        position = len(model) if what == "append" else place
        if what in ("write", "append"):
            data = chance.randbytes(n)
            model.extend(bytes(max(position - len(model), 0)))
            model[position : position + n] = data
            file.seek(position)
            assert file.write(data) == n
            assert file.tell() == position + n
        elif what == "read":
            file.seek(position)
            assert file.read(n) == model[position : position + n]
        elif what == "truncate":
            file.truncate(position)
            del model[position:]
            model.extend(bytes(position - len(model)))
        elif what == "reopen":
            file.flush()
            raw = Memory(raw.getvalue())
            file = SealedFile.open(raw, KEY, writable=True)
        else:
            getattr(file, what)()
    assert file.seek(0, io.SEEK_END) == len(model)
    file.seek(0)
    assert file.read() == model
    file.flush()
    assert content_of(raw.getvalue()) == model


@pytest.mark.parametrize("place", [SLOTS_AT + 10, SLOTS_AT + 1000, SLOTS_AT + 3 * SLOT - 5])
def test_closed_file_has_one_state_and_never_goes_back(place):
    raw = Memory()
    file = sealed(raw)
    for _ in range(3):
        file.write(noise(CHUNK))
        file.fsync()
    file.close()
    data = bytearray(raw.getvalue())
    assert len(content_of(bytes(data))) == 3 * CHUNK
    data[place] ^= 1
    with pytest.raises(FileFormatError, match="damaged"):
        content_of(bytes(data))


def test_large_content_is_written_before_it_fills_the_memory(tmp_path):
    data = noise(3 << 20)
    with sealed(FileIO(tmp_path / "a", "x+")) as file:
        file.write(data)
        assert (tmp_path / "a").stat().st_size > 2 << 20, "nothing was written before the flush"
    with SealedFile.open(FileIO(tmp_path / "a", "r"), KEY, writable=False) as file:
        assert file.readall() == data
        buffer = bytearray(100_000)
        file.seek(1_000_001)
        assert file.readinto(buffer) == 100_000
        assert buffer == data[1_000_001:1_100_001]


def test_reading_only_refuses_writing_and_changes_nothing():
    raw = Memory()
    with_content = sealed(raw)
    with_content.write(b"abc")
    with_content.flush()
    before = raw.getvalue()
    file = SealedFile.open(raw, KEY, writable=False)
    assert not file.writable()
    for change in (lambda: file.write(b"x"), lambda: file.truncate(0)):
        with pytest.raises(io.UnsupportedOperation):
            change()
    assert raw.getvalue() == before
    file.close()
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.read()


def test_space_follows_the_content_and_not_the_number_of_changes(tmp_path):
    path = tmp_path / "a"
    with sealed(FileIO(path, "x+")) as file:
        for i in range(400):
            file.seek(0, io.SEEK_END)
            file.write(noise(500, i))
            file.seek(236)
            file.write(b"%8d" % i)
            file.flush()
            if i % 4 == 3:
                file.fsync()
    n_needed = -(-200_000 // CHUNK)
    n_there = (path.stat().st_size - SLOTS_AT) / SLOT
    assert n_needed <= n_there <= n_needed + 12


# --- what somebody without the key sees --------------------------------------------------------


def test_content_is_not_in_the_file_and_never_encrypted_alike():
    raw, again = Memory(), Memory()
    text = b"Anna Beispiel, torticaput right. " * 400
    for one in (raw, again):
        file = sealed(one)
        for _ in range(3):
            file.seek(0)
            file.write(text)
            file.flush()
    for one in (raw, again):
        assert b"Anna Beisp" not in one.getvalue()
        assert b"torticaput" not in one.getvalue()
    heads = []
    for data in (raw.getvalue(), again.getvalue()):
        n_slots = (len(data) - SLOTS_AT) // SLOT
        heads += [decode_head(data[SLOTS_AT + i * SLOT :][:HEAD_BYTES]) for i in range(n_slots)]
    nonces = [head.nonce for head in heads if head]
    assert len(nonces) >= 8
    assert len(set(nonces)) == len(nonces)


def test_another_key_is_refused_as_such():
    raw = Memory()
    sealed(raw).flush()
    with pytest.raises(FileFormatError, match="another key"):
        SealedFile.open(raw, bytes(32), writable=False)


@pytest.mark.parametrize(
    ("offset", "data", "words"),
    [
        (0, b"X", "no encrypted file"),
        (8, b"\x07", "version 7"),
        (12, b"\x00\x00\x00\x80", "another key"),
        (16, b"another file id!", "another key"),
        (40, b"\x00\x01\x02", "another key"),
    ],
)
def test_changed_header_is_refused(offset, data, words):
    raw = Memory()
    sealed(raw).flush()
    raw.seek(offset)
    raw.write(data)
    with pytest.raises(FileFormatError, match=words):
        SealedFile.open(raw, KEY, writable=False)


@pytest.mark.parametrize("n", [0, 7, 63, 64, 500])
def test_beginning_alone_is_refused(n):
    raw = Memory()
    sealed(raw).flush()
    with pytest.raises(FileFormatError):
        SealedFile.open(Memory(raw.getvalue()[:n]), KEY, writable=False)


def test_length_on_the_disk_makes_nobody_read_more(tmp_path):
    path = tmp_path / "a"
    with sealed(FileIO(path, "x+")) as file:
        file.write(b"abc")
    os.truncate(path, 1 << 40)  # sparse: a terabyte of zeros
    with SealedFile.open(FileIO(path, "r"), KEY, writable=False) as file:
        assert file.read() == b"abc"


def forged_files() -> dict[str, tuple[bytes, bytes]]:
    """Return (what the file held, a file put together of its parts) by what was done."""
    raw = Memory()
    file = sealed(raw)
    file.write(noise(4 * CHUNK))
    file.fsync()
    old = raw.getvalue()
    file.seek(CHUNK)
    file.write(b"changed")
    file.fsync()
    new = raw.getvalue()

    def slot(data: bytes, i: int) -> bytes:
        return data[SLOTS_AT + i * SLOT : SLOTS_AT + (i + 1) * SLOT]

    def with_slot(i: int, data: bytes) -> bytes:
        return new[: SLOTS_AT + i * SLOT] + data + new[SLOTS_AT + (i + 1) * SLOT :]

    assert slot(old, 1) == slot(new, 1), "the changed chunk should be in slot 4"
    forged = {
        "older chunk in place of the newer": with_slot(4, slot(old, 1)),
        "two chunks swapped": with_slot(0, slot(new, 2)),
        "content of another chunk under this head": with_slot(
            0, slot(new, 0)[:HEAD_BYTES] + slot(new, 2)[HEAD_BYTES:]
        ),
        "a chunk left out": with_slot(2, bytes(SLOT)),
        "a chunk of another file": with_slot(2, slot(other_file(), 2)),
    }
    return {name: (content_of(new), data) for name, data in forged.items()}


def other_file() -> bytes:
    raw = Memory()
    file = sealed(raw)
    file.write(noise(4 * CHUNK, 9))
    file.flush()
    return raw.getvalue()


@pytest.mark.parametrize("name", forged_files())
def test_parts_that_are_not_of_one_state_are_refused(name):
    content, data = forged_files()[name]
    # The root before the last named a whole state too, as it should: take it away.
    newest = max(ROOT_PLACES, key=lambda place: root_commit(data, place))
    data = bytearray(data)
    for place in ROOT_PLACES:
        if place != newest:
            data[place : place + ROOT_BYTES] = bytes(ROOT_BYTES)
    assert len(content) == 4 * CHUNK
    with pytest.raises(FileFormatError, match="damaged") as told:
        content_of(bytes(data))
    assert "\n" not in str(told.value)


def root_commit(data: bytes, place: int) -> int:
    cipher = cipher_of(data[:64], KEY, "it")
    root = cipher.open_root(data[place : place + ROOT_BYTES])
    return root.commit if root else 0
