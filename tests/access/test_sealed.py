from __future__ import annotations

import contextlib
import io
import os
import random
from dataclasses import dataclass, field
from io import BytesIO, FileIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.access.sealed import SealedFile
from emgfeedback.access.sealed_layout import (
    HEAD_BYTES,
    ROOT_BYTES,
    ROOT_PLACES,
    SLOTS_AT,
    TAG_BYTES,
    cipher_of,
    decode_head,
)
from emgfeedback.core.errors import FileFormatError

KEY = bytes(range(32))
CHUNK = 4096
SLOT = HEAD_BYTES + CHUNK + TAG_BYTES


class Memory(BytesIO):
    """A file in memory that can be looked at when it is closed."""

    def close(self) -> None:
        return


def sealed(raw: FileIO | Memory | None = None) -> SealedFile:
    return SealedFile.create(raw or Memory(), KEY, chunk_bytes=CHUNK)


def content_of(data: bytes) -> bytes:
    return SealedFile.open(Memory(data), KEY, writable=False).read()


def noise(n: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(n)


# --- as a plain file ---------------------------------------------------------------------------

POSITIONS = st.one_of(st.integers(0, 40_000), st.sampled_from([0, CHUNK, 2 * CHUNK, CHUNK - 1]))
LENGTHS = st.one_of(st.integers(0, 64), st.integers(0, 3 * CHUNK), st.just(CHUNK))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), POSITIONS, LENGTHS),
        st.tuples(st.just("append"), st.just(0), LENGTHS),
        st.tuples(st.just("read"), POSITIONS, LENGTHS),
        st.tuples(st.just("truncate"), POSITIONS, st.just(0)),
        st.tuples(st.sampled_from(["flush", "fsync", "reopen"]), st.just(0), st.just(0)),
    ),
    max_size=25,
)


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


def test_opening_for_writing_alone_changes_nothing(history):
    raw = Memory(history.data)
    with SealedFile.open(raw, KEY, writable=True) as file:
        assert file.read() == history.states[-1]
    assert raw.getvalue() == history.data


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


# --- damage ------------------------------------------------------------------------------------


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


# --- crashes -----------------------------------------------------------------------------------


@dataclass
class Tape(FileIO):
    """Everything that reaches the file, in order; None where it was brought to the disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "x+")
        self.done: list[tuple[int, bytes] | None] = []

    def write(self, data: bytes) -> int:
        self.done.append((self.tell(), bytes(data)))
        return super().write(data)


@dataclass
class Recorded:
    """A tape, and (how far on it, content, whether on the disk) after each flush."""

    tape: list[tuple[int, bytes] | None] = field(default_factory=list)
    flushed: list[tuple[int, bytes, bool]] = field(default_factory=list)

    def expected(self, n_done: int) -> bytes:
        """Return the content that was flushed last within the first `n_done` writes."""
        # The mark that it was brought to the disk changes nothing of what is read.
        return [content for end, content, on in self.flushed if end - on <= n_done][-1]


@pytest.fixture
def recorded(tmp_path, monkeypatch) -> Recorded:
    """A file as a recording writes it: records at the end, a count at the beginning."""
    tape = Tape(tmp_path / "tape")
    monkeypatch.setattr(os, "fsync", lambda _: tape.done.append(None))
    file = sealed(tape)
    file.fsync()
    told = Recorded(tape.done, [(len(tape.done), b"", True)])
    chance = random.Random(11)
    for i in range(40):
        file.seek(0, io.SEEK_END)
        file.write(chance.randbytes(chance.randrange(100, 2500)))
        file.seek(236)
        file.write(b"%8d" % i)
        if i == 30:
            file.truncate(20_000)
        durable = i % 4 == 3
        (file.fsync if durable else file.flush)()
        file.seek(0)
        told.flushed.append((len(tape.done), file.read(), durable))
    tape.close()
    return told


def replay(writes: list[tuple[int, bytes] | None]) -> bytes:
    data = bytearray()
    for write in writes:
        if write is not None:
            position, part = write
            data.extend(bytes(max(position - len(data), 0)))
            data[position : position + len(part)] = part
    return bytes(data)


def test_killed_after_any_byte_it_is_as_last_flushed(recorded):
    chance = random.Random(1)
    begun = recorded.flushed[0][0]
    for n in range(begun, len(recorded.tape)):
        data = replay(recorded.tape[:n])
        assert content_of(data) == recorded.expected(n)
        torn = recorded.tape[n]
        if torn is not None:
            position, part = torn
            part = part[: chance.randrange(len(part))]
            data = replay([*recorded.tape[:n], (position, part)])
            assert content_of(data) == recorded.expected(n)


def test_power_cut_leaves_what_was_on_the_disk_or_later(recorded):
    """Of what was written since, any sectors may be there and any may not."""
    n_later = 0
    for seed in range(250):
        chance = random.Random(seed)
        n = chance.randrange(recorded.flushed[0][0], len(recorded.tape))
        on_disk = max(i for i, write in enumerate(recorded.tape[: n + 1]) if write is None)
        late: list[tuple[int, bytes] | None] = []
        for write in recorded.tape[on_disk:n]:
            if write is None:
                continue
            position, part = write
            for begin in range(0, len(part), 512):
                if chance.random() < 0.8:
                    late.append((position + begin, part[begin : begin + 512]))
        got = content_of(replay([*recorded.tape[:on_disk], *late]))
        durable = [
            k for k, (end, _, on) in enumerate(recorded.flushed) if on and end <= on_disk + 1
        ]
        since = [content for _, content, _ in recorded.flushed[durable[-1] :]]
        assert got in since
        n_later += got != since[0]
    assert n_later, "no cut left a later state: the test is too easy"


class FullDisk(FileIO):
    """A disk with room up to a size: it takes no byte past it, but any before it."""

    limit = 1 << 60

    def write(self, data: bytes) -> int:
        room = self.limit - self.tell()
        if room <= 0:
            raise OSError(28, "No space left on device")
        return super().write(data[:room])


@pytest.mark.parametrize("limit", range(SLOTS_AT + 8 * SLOT, SLOTS_AT + 11 * SLOT, 997))
def test_full_disk_keeps_the_last_state_and_leaves_room_for_small_changes(tmp_path, limit):
    raw = FullDisk(tmp_path / "a", "x+")
    file = sealed(raw)
    whole = bytearray(b"header  " + b"0" * 8)
    file.write(whole)
    file.fsync()
    raw.limit = limit
    n = 0

    def go_on() -> None:
        nonlocal n
        while True:
            record = noise(700, n)
            file.seek(0, io.SEEK_END)
            file.write(record)
            file.seek(8)
            file.write(b"%8d" % (n + 1))
            file.flush()
            whole.extend(record)
            n += 1
            whole[8:16] = b"%8d" % n
            if n % 4 == 0:
                file.fsync()

    with pytest.raises(OSError, match="No space"):
        go_on()
    assert n > 10
    assert content_of((tmp_path / "a").read_bytes()) == whole
    file.truncate(len(whole))
    file.seek(0)
    file.write(b"stopped:%8d" % n)
    file.close()
    whole[:8] = b"stopped:"
    assert content_of((tmp_path / "a").read_bytes()) == whole


class Unreliable(Memory):
    """A disk that now and then takes a part of what it should write and fails."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance
        self.fails = False

    def write(self, data: bytes) -> int:
        if self.fails and self.chance.random() < 0.2:
            super().write(data[: self.chance.randrange(len(data) + 1)])
            raise OSError(5, "Input/output error")
        return super().write(data)


@given(STEPS, st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_failed_writes_lose_nothing_that_was_written(steps, seed):
    """The disk always holds what was flushed last, and what failed is flushed later."""
    raw = Unreliable(random.Random(seed))
    file, model = sealed(raw), bytearray()
    flushed = b""
    for what, place, n in steps:
        position = len(model) if what == "append" else place
        raw.fails = what in ("flush", "fsync")
        if what in ("write", "append"):
            data = raw.chance.randbytes(n)
            model.extend(bytes(max(position - len(model), 0)))
            model[position : position + n] = data
            file.seek(position)
            file.write(data)
        elif what == "truncate":
            file.truncate(position)
            del model[position:]
            model.extend(bytes(position - len(model)))
        elif raw.fails:
            with contextlib.suppress(OSError):
                getattr(file, what)()
                flushed = bytes(model)
            assert content_of(raw.getvalue()) in (flushed, bytes(model))
        file.seek(0)
        assert file.read() == model
    raw.fails = False
    file.close()
    assert content_of(raw.getvalue()) == model
