"""Sealed files in memory, and steps that change one."""

from __future__ import annotations

import random
from io import BytesIO, FileIO

from hypothesis import strategies as st

from emgfeedback.access.sealed import SealedFile
from emgfeedback.access.sealed_layout import HEAD_BYTES, TAG_BYTES

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
