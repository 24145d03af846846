"""Cut off or refused at any write, a sealed file is what was flushed last, or later."""

from __future__ import annotations

import contextlib
import io
import os
import random
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.access.sealed_layout import SLOTS_AT
from tests.access.sealed_content import SLOT, STEPS, Memory, content_of, noise, sealed


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
