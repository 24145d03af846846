"""A file that is encrypted on disk and reads and writes as if it were not.

AES-256-GCM in chunks, with random access. What `flush` has handed over is one state: after a
crash the file is in the last state that is whole, never between two. For that, nothing a
state needs is overwritten: a changed chunk goes to a free slot, and three roots take turns,
so that the last state known to be on the disk itself stays until a later one is.
"""

from __future__ import annotations

import heapq
import io
import os
from collections import OrderedDict
from typing import Any

from emgfeedback.access.sealed_layout import (
    FILE_ID_BYTES,
    HEAD_BYTES,
    MAX_CHUNK_BYTES,
    MIN_CHUNK_BYTES,
    ROOT_BYTES,
    ROOT_PLACES,
    SLOTS_AT,
    TAG_BYTES,
    FileCipher,
    Head,
    Root,
    cipher_of,
    digest_of,
)
from emgfeedback.access.sealed_state import (
    RawBytes,
    State,
    find_state,
    read_chunk,
    read_header,
    sync_raw,
    write_raw,
)
from emgfeedback.core.errors import FileFormatError
from emgfeedback.core.files import DurableFile

CHUNK_BYTES = 1 << 14
MAX_CHANGED = 256
"""Changed chunks that are held in memory before they are written without being asked."""
MAX_KEPT = 16
"""Chunks kept decrypted for the next read."""


class SealedFile(DurableFile):
    """Read and write the content of a sealed file; made by `create` or `open`.

    One thread at a time. Its length on disk tells that of the content to about a chunk.
    """

    def __init__(
        self, raw: RawBytes, cipher: FileCipher, state: State, name: str, *, writable: bool
    ) -> None:
        self._raw = raw
        self._cipher = cipher
        self._name = name
        self._writable = writable
        self._position = 0
        self._length = state.root.length
        self._slots, self._heads, self._tags = state.slots, state.heads, state.tags
        self._n_slots = state.root.n_slots
        self._stray = state.stray
        self._last_commit = state.last_commit
        self._is_new_state = False
        self._free = sorted(set(range(self._n_slots)) - set(self._slots) - set(self._stray))
        self._held: list[int] = []
        self._fresh: set[int] = set()
        self._root_place = self._durable_place = state.root_place
        self._root_length = state.root.length
        self._changed: dict[int, bytearray] = {}
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    @classmethod
    def create(
        cls, raw: RawBytes, key: bytes, name: str = "the file", *, chunk_bytes: int = CHUNK_BYTES
    ) -> SealedFile:
        """Begin a sealed file in `raw`, which is empty, readable and writable.

        Parameters
        ----------
        raw
            Closed with this file, not when this fails.
        key
            32 bytes.
        name
            For messages.
        chunk_bytes
            A power of two from 4 KiB to 1 MiB; small chunks make small changes cheap.
        """
        power_of_two = chunk_bytes & (chunk_bytes - 1) == 0
        if not (power_of_two and MIN_CHUNK_BYTES <= chunk_bytes <= MAX_CHUNK_BYTES):
            raise ValueError(f"chunks of {chunk_bytes} bytes")
        cipher = FileCipher(key, os.urandom(FILE_ID_BYTES), chunk_bytes)
        root = Root(1, 0, 0, digest_of(b""))
        begin = cipher.header.ljust(ROOT_PLACES[0], b"\x00") + cipher.seal_root(root)
        write_raw(raw, 0, begin.ljust(SLOTS_AT, b"\x00"))
        state = State(root, ROOT_PLACES[0], [], [], bytearray(), [], root.commit)
        return cls(raw, cipher, state, name, writable=True)

    @classmethod
    def open(
        cls, raw: RawBytes, key: bytes, name: str = "the file", *, writable: bool
    ) -> SealedFile:
        """Open the sealed file in `raw` as it was at the last `flush` that reached the disk.

        Raises
        ------
        FileFormatError
            If it is no sealed file, was sealed with another key, or is damaged.
        """
        cipher = cipher_of(read_header(raw), key, name)
        return cls(raw, cipher, find_state(raw, cipher, name), name, writable=writable)

    def readable(self) -> bool:
        """Return True."""
        return True

    def writable(self) -> bool:
        """Return whether it was opened for writing."""
        return self._writable

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position in the content."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to a position in the content; past its end is allowed."""
        self._check_open()
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise ValueError(f"position {base + offset}")
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to `size` bytes; fewer only at the end.

        Raises
        ------
        FileFormatError
            If what is on the disk there is not what was written.
        """
        self._check_open()
        end = self._length
        if size is not None and size >= 0:
            end = min(end, self._position + size)
        parts = []
        chunk = self._cipher.chunk_bytes
        while self._position < end:
            index, offset = divmod(self._position, chunk)
            stop = min(end - index * chunk, chunk)
            content = self._content(index)
            # A slice of all of `bytes` is no copy.
            parts.append(bytes(content[offset:stop]))
            self._position = index * chunk + stop
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readall(self) -> bytes:
        """Return everything from the position on. Raises as `read`."""
        return self.read()

    def readinto(self, buffer: Any, /) -> int:
        """Fill `buffer` as far as there is content. Raises as `read`."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def write(self, data: Any, /) -> int:
        """Write all of `data` at the position; what was skipped before it becomes zeros.

        It reaches the disk with `flush`, or before that when much has gathered.

        Raises
        ------
        FileFormatError
            If the chunk that is changed in part cannot be read.
        OSError
            If the disk is full or gone; the last state stays whole.
        """
        self._check_writable()
        view = memoryview(data).cast("B")
        self._extend(self._position)
        self._put(view)
        return len(view)

    def truncate(self, size: int | None = None, /) -> int:
        """Make the content `size` bytes long, with zeros where it grows. Raises as `write`."""
        self._check_writable()
        size = self._position if size is None else size
        if size < 0:
            raise ValueError(f"a length of {size}")
        if size < self._length:
            chunk = self._cipher.chunk_bytes
            if size % chunk:
                del self._to_change(size // chunk)[size % chunk :]
            n_chunks = -(-size // chunk)
            for index in [index for index in self._changed if index >= n_chunks]:
                del self._changed[index]
            for index in [index for index in self._kept if index >= n_chunks]:
                del self._kept[index]
            self._length = size
        else:
            self._extend(size)
        return size

    def flush(self) -> None:
        """Make what was written the state that a crash of the program leaves. Raises OSError."""
        self._check_open()
        if self._changed or self._length != self._root_length:
            self._commit()

    def fsync(self) -> None:
        """Make what was written the state that a power cut leaves. Raises OSError."""
        self.flush()
        sync_raw(self._raw)
        self._durable_place = self._root_place
        self._fresh.clear()
        for slot in self._held:
            heapq.heappush(self._free, slot)
        self._held.clear()

    def settle(self) -> None:
        """Make what was written the only state that can be opened. Raises OSError.

        Until then, a file whose last state is damaged opens in the one before.
        """
        self.fsync()
        for place in ROOT_PLACES:
            if place != self._root_place:
                write_raw(self._raw, place, bytes(ROOT_BYTES))
        self._is_new_state = False

    def close(self) -> None:
        """Settle and close; closing twice is fine. Raises OSError."""
        if self.closed:
            return
        try:
            try:
                self.flush()
                if self._is_new_state:
                    self.settle()
            finally:
                super().close()
        finally:
            self._raw.close()

    def _extend(self, length: int) -> None:
        """Fill with zeros up to `length`."""
        if length > self._length:
            position, self._position = self._position, self._length
            zeros = memoryview(bytes(self._cipher.chunk_bytes))
            while self._length < length:
                self._put(zeros[: length - self._length])
            self._position = position

    def _put(self, view: memoryview) -> None:
        chunk = self._cipher.chunk_bytes
        while view:
            index, offset = divmod(self._position, chunk)
            n = min(len(view), chunk - offset)
            if n == chunk or (offset == 0 and self._position + n >= self._length):
                self._kept.pop(index, None)
                self._changed[index] = bytearray(view[:n])
            else:
                self._to_change(index)[offset : offset + n] = view[:n]
            self._position += n
            self._length = max(self._length, self._position)
            view = view[n:]
            if len(self._changed) >= MAX_CHANGED:
                self.fsync()

    def _to_change(self, index: int) -> bytearray:
        """Return the content of a chunk, to be changed; empty where there was none."""
        found = self._changed.get(index)
        if found is None:
            there = index * self._cipher.chunk_bytes < self._length
            found = bytearray(self._content(index) if there else b"")
            self._kept.pop(index, None)
            self._changed[index] = found
        return found

    def _content(self, index: int) -> bytes | bytearray:
        changed = self._changed.get(index)
        if changed is not None:
            return changed
        content = self._kept.get(index)
        if content is not None:
            self._kept.move_to_end(index)
            return content
        content = read_chunk(self._raw, self._cipher, self._slots[index], self._heads[index])
        if content is None:
            begin = index * self._cipher.chunk_bytes
            raise FileFormatError(
                f"{self._name} is damaged or was changed: bytes {begin} to "
                f"{begin + self._heads[index].length} of its content are not what was written.",
                "Open it again, or restore it from a backup.",
            )
        self._keep(index, content)
        return content

    def _keep(self, index: int, content: bytes) -> None:
        self._kept[index] = content
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)

    def _commit(self) -> None:
        """Write the changed chunks to free slots, then the root that names the new state."""
        self._clear_stray()
        self._last_commit += 1
        n_chunks = -(-self._length // self._cipher.chunk_bytes)
        tags = self._tags[: n_chunks * TAG_BYTES].ljust(n_chunks * TAG_BYTES, b"\x00")
        n_slots_before = self._n_slots
        written: list[tuple[int, int, Head]] = []
        try:
            for index in sorted(self._changed):
                slot = heapq.heappop(self._free) if self._free else self._n_slots
                new = slot == self._n_slots
                self._n_slots += new
                head, data = self._cipher.seal_chunk(index, self._last_commit, self._changed[index])
                written.append((index, slot, head))
                # A new slot is filled at once, so that writing it again needs no more space.
                data = data.ljust(self._cipher.slot_bytes, b"\x00") if new else data
                write_raw(self._raw, SLOTS_AT + slot * self._cipher.slot_bytes, data)
                tags[index * TAG_BYTES : (index + 1) * TAG_BYTES] = head.tag
            root = Root(self._last_commit, self._length, self._n_slots, digest_of(tags))
            taken = (self._root_place, self._durable_place)
            place = next(place for place in ROOT_PLACES if place not in taken)
            write_raw(self._raw, place, self._cipher.seal_root(root))
        except OSError:
            self._n_slots = n_slots_before
            for _, slot, _ in written:
                if slot < n_slots_before:
                    heapq.heappush(self._free, slot)
            raise
        self._take_over(written, n_chunks, tags)
        self._root_place, self._root_length = place, self._length
        self._is_new_state = True

    def _take_over(
        self, written: list[tuple[int, int, Head]], n_chunks: int, tags: bytearray
    ) -> None:
        """Make the state that was written the one that is read."""
        old = self._slots[n_chunks:]
        del self._slots[n_chunks:], self._heads[n_chunks:]
        for index, slot, head in written:
            if index < len(self._slots):
                old.append(self._slots[index])
                self._slots[index], self._heads[index] = slot, head
            else:
                self._slots.append(slot)
                self._heads.append(head)
            self._fresh.add(slot)
            self._keep(index, bytes(self._changed[index]))
        for slot in old:
            if slot in self._fresh:
                self._fresh.remove(slot)
                heapq.heappush(self._free, slot)
            else:
                self._held.append(slot)
        self._tags = tags
        self._changed.clear()

    def _clear_stray(self) -> None:
        """Empty the slots of a state that never became whole, before commits are counted on."""
        if not self._stray:
            return
        for slot in self._stray:
            position = SLOTS_AT + slot * self._cipher.slot_bytes
            write_raw(self._raw, position, bytes(HEAD_BYTES))
        sync_raw(self._raw)
        for slot in self._stray:
            heapq.heappush(self._free, slot)
        self._stray = []

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("the file is closed")

    def _check_writable(self) -> None:
        self._check_open()
        if not self._writable:
            raise io.UnsupportedOperation("the file was opened for reading")
