"""Find out which state of a sealed file is whole, after whatever happened to it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from typing import Protocol

from emgfeedback.access.sealed_layout import (
    HEAD_BYTES,
    HEADER_BYTES,
    ROOT_BYTES,
    ROOT_PLACES,
    SLOTS_AT,
    TAG_BYTES,
    FileCipher,
    Head,
    Root,
    decode_head,
    digest_of,
)
from emgfeedback.core.errors import FileFormatError


class RawBytes(Protocol):
    """The file below: `FileIO` or `BytesIO`."""

    def seek(self, offset: int, whence: int = 0, /) -> int: ...  # noqa: D102 - as of `io.RawIOBase`
    def read(self, size: int = -1, /) -> bytes: ...  # noqa: D102 - as of `io.RawIOBase`
    def write(self, data: bytes, /) -> int: ...  # noqa: D102 - as of `io.RawIOBase`
    def truncate(self, size: int | None = None, /) -> int: ...  # noqa: D102 - as of `io.RawIOBase`
    def close(self) -> None: ...  # noqa: D102 - as of `io.RawIOBase`


@dataclass(slots=True)
class State:
    """A whole state of a file.

    Attributes
    ----------
    root
        What it was named by, and `root_place` where that stands.
    slots, heads
        For each chunk its slot and that slot's head.
    tags
        Tags of all chunks, 16 bytes each.
    stray
        Slots of a later state that is not whole.
    last_commit
        The highest commit of any root found.
    """

    root: Root
    root_place: int
    slots: list[int]
    heads: list[Head]
    tags: bytearray
    stray: list[int]
    last_commit: int


def read_raw(raw: RawBytes, position: int, n: int) -> bytes:
    """Read up to `n` bytes at `position`."""
    raw.seek(position)
    return raw.read(n)


def write_raw(raw: RawBytes, position: int, data: bytes) -> None:
    """Write all of `data` at `position`; an unbuffered file may take less than asked."""
    raw.seek(position)
    while data:
        data = data[raw.write(data) :]


def sync_raw(raw: RawBytes) -> None:
    """Bring the file to the disk itself, where there is one."""
    if isinstance(raw, FileIO):
        os.fsync(raw.fileno())


def read_chunk(raw: RawBytes, cipher: FileCipher, slot: int, head: Head) -> bytes | None:
    """Return the content of the chunk in `slot`, None where it is not what `head` names."""
    position = SLOTS_AT + slot * cipher.slot_bytes
    return cipher.open_chunk(head, read_raw(raw, position, HEAD_BYTES + head.length + TAG_BYTES))


def find_state(raw: RawBytes, cipher: FileCipher, name: str) -> State:
    """Return the newest state that is whole.

    Chunks written after the oldest root are decrypted to see that they had reached the disk;
    older ones are checked when they are read. If no state passes, the newest whose heads are
    all there is taken: what is damaged in it is told when it is read.

    Raises
    ------
    FileFormatError
        If there is none.
    """
    n_there = (raw.seek(0, 2) - SLOTS_AT) // cipher.slot_bytes + 1
    roots: list[tuple[Root, int]] = []
    for place in ROOT_PLACES:
        root = cipher.open_root(read_raw(raw, place, ROOT_BYTES))
        if root is not None:
            roots.append((root, place))
    roots.sort(key=lambda pair: pair[0].commit, reverse=True)
    n_slots = min(max((root.n_slots for root, _ in roots), default=0), max(n_there, 0))
    heads = [
        decode_head(read_raw(raw, SLOTS_AT + slot * cipher.slot_bytes, HEAD_BYTES))
        for slot in range(n_slots)
    ]
    states = [
        state
        for root, place in roots
        if (state := _assemble(root, place, heads, cipher.chunk_bytes, roots[0][0].commit))
    ]
    oldest = roots[-1][0].commit if roots else 0
    for state in states:
        if _recent_chunks_are_whole(state, oldest, raw, cipher):
            return state
    if states:
        return states[0]
    raise FileFormatError(
        f"{name} is damaged: none of its {len(roots)} last states is whole.",
        "Restore it from a backup.",
    )


def _assemble(
    root: Root, place: int, heads: Sequence[Head | None], chunk_bytes: int, last_commit: int
) -> State | None:
    n_chunks = -(-root.length // chunk_bytes)
    if root.n_slots < n_chunks or n_chunks > len(heads):
        return None
    slots = [-1] * n_chunks
    chosen: list[Head | None] = [None] * n_chunks
    stray = []
    for slot, head in enumerate(heads[: root.n_slots]):
        if head is None:
            continue
        if head.commit > root.commit:
            stray.append(slot)
        elif head.index < n_chunks:
            before = chosen[head.index]
            if before is None or before.commit < head.commit:
                slots[head.index], chosen[head.index] = slot, head
    found = [head for head in chosen if head is not None]
    tags = bytearray().join(head.tag for head in found)
    if len(found) != n_chunks or digest_of(tags) != root.digest:
        return None
    expected = (min(chunk_bytes, root.length - i * chunk_bytes) for i in range(n_chunks))
    if any(head.length != n for head, n in zip(found, expected, strict=True)):
        return None
    return State(root, place, slots, found, tags, stray, last_commit)


def _recent_chunks_are_whole(state: State, oldest: int, raw: RawBytes, cipher: FileCipher) -> bool:
    return all(
        read_chunk(raw, cipher, slot, head) is not None
        for slot, head in zip(state.slots, state.heads, strict=True)
        if head.commit > oldest
    )


def read_header(raw: RawBytes) -> bytes:
    """Return what stands where a header should."""
    return read_raw(raw, 0, HEADER_BYTES)
