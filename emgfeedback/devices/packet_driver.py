"""What drivers of boards with packets of one length share: finding them, and their numbers."""

from __future__ import annotations

from abc import abstractmethod
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Frame
from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.driver import Decoded, Driver, StreamSettings

Rows = NDArray[np.uint8]
"""Packets, `(n_packets, packet_bytes)`."""
OWN_NUMBERS = 2**31
"""`seq_modulus` of a driver whose board numbers nothing: it numbers the samples itself."""
PROOF_OF_8_BITS = (
    "8-bit numbers count lost samples; a loss of a second or more is sized by the clock "
    "(estimated). No checksum: a damaged value may pass."
)
"""`loss_proof` of boards at 250 Hz or so whose packets have such numbers and no checksum."""


class PacketDriver(Driver):
    """A decoder of packets that are all as long and hold one sample each.

    While the place in the stream is known, a packet is taken when it is possible (`_fits`).
    Where one is not, the next possible packet is sought that is followed by the beginning
    of another. A packet whose number does not follow on is held back until the one after
    it tells whether samples were lost or its number is damaged: with 8 bits a number taken
    for true that is not would move all that follows by 256 samples.

    Where the board numbers nothing (`seq_modulus` is `OWN_NUMBERS`), a damaged place counts
    as one lost sample: that something is missing is certain, how much is not.

    A class of a board gives `_head`, `_size` (0 while it is not known), `_fits`, `_counts`
    and, where the board has them, `_numbers`.
    """

    acknowledges: ClassVar[bool] = False
    _head: ClassVar[bytes]

    def __init__(self) -> None:
        super().__init__()
        self._size = 0
        self._info: DeviceInfo | None = None
        self.reset()

    def reset(self) -> None:
        """Forget unread bytes and the place in the stream; keep what is known of the board."""
        self._unread = b""
        self._placed = False
        self._was_placed = False
        self._next: int | None = None
        self._held: tuple[int, Rows] | None = None
        self._own_number = 0

    def identify_request(self) -> bytes:
        """Return nothing: the board is known by its stream."""
        return b""

    def settings_requests(self, settings: StreamSettings) -> list[bytes]:
        """Return nothing: the board has one rate and one number of channels."""
        return []

    def start_request(self) -> bytes:
        """Return nothing: the board streams from power-up."""
        return b""

    def stop_request(self) -> bytes:
        """Return nothing: the board cannot be stopped."""
        return b""

    def settled(self, settings: StreamSettings) -> DeviceInfo | None:
        """Return the board as it is known."""
        return self._info

    @property
    def hopeful(self) -> bool:
        """Whether packets were found."""
        return self._placed

    @abstractmethod
    def _fits(self, rows: Rows) -> NDArray[np.bool_]:
        """Return which packets are possible, `(n,)`."""

    @abstractmethod
    def _counts(self, rows: Rows) -> NDArray[np.int32]:
        """Return the samples of possible packets, `(n, n_channels)`."""

    def _numbers(self, rows: Rows) -> NDArray[np.int64]:
        """Return the packets' numbers, `(n,)`; where the board has none, those of this driver."""
        return (np.arange(len(rows), dtype=np.int64) + self._own_number) % OWN_NUMBERS

    def feed(self, data: bytes) -> Decoded:
        """Take any number of bytes and return all that they complete."""
        self.counters.bytes_received += len(data)
        decoded = Decoded()
        if not self._size:
            self._learn_size(self._unread + data)
        if not self._size:
            # Enough to learn from, and never more.
            self._unread = self._keep_unlearned(self._unread + data)
            return decoded
        buffer = self._unread + data if self._unread else bytes(data)
        at = 0
        while True:
            if self._placed:
                at = self._take_placed(buffer, at, decoded)
            if self._placed:
                break
            begun = at
            at, found = self._seek(buffer, at)
            self.counters.bytes_skipped += at - begun
            if not found:
                break
            self._place_found()
        self._unread = buffer[at:]
        return decoded

    def _learn_size(self, buffer: bytes) -> None:
        """Set `_size` where it follows from the stream; for boards of several sizes."""

    def _keep_unlearned(self, buffer: bytes) -> bytes:
        kept = buffer[-256:]
        self.counters.bytes_skipped += len(buffer) - len(kept)
        return kept

    def _place_found(self) -> None:
        self._placed = True
        self.counters.resyncs += self._was_placed
        if self._was_placed and self.seq_modulus == OWN_NUMBERS:
            # A number given here needs no second packet to be believed.
            self._own_number += 1
            self._next = None
        self._was_placed = True

    def _take_placed(self, buffer: bytes, at: int, decoded: Decoded) -> int:
        """Take the packets that follow on at `at`; return where they end or cease to fit."""
        n_rows = (len(buffer) - at) // self._size
        if not n_rows:
            return at
        rows = np.frombuffer(buffer, np.uint8, n_rows * self._size, at).reshape(n_rows, -1)
        good = self._fits(rows)
        n_good = n_rows if good.all() else int(good.argmin())
        if n_good:
            self._take(rows[:n_good], decoded)
        self._placed = n_good == n_rows
        return at + n_good * self._size

    def _seek(self, buffer: bytes, at: int) -> tuple[int, bool]:
        """Return where a packet begins that another follows, or from where bytes must wait."""
        head, size = self._head, self._size
        while True:
            found = buffer.find(head, at)
            if found < 0:
                return max(at, len(buffer) - len(head) + 1), False
            if found + size + len(head) > len(buffer):
                return found, False
            if buffer.startswith(head, found + size) and self._fits_at(buffer, found):
                return found, True
            at = found + 1

    def _fits_at(self, buffer: bytes, at: int) -> bool:
        row = np.frombuffer(buffer, np.uint8, self._size, at).reshape(1, -1)
        return bool(self._fits(row)[0])

    def _take(self, rows: Rows, decoded: Decoded) -> None:
        """Take possible packets run by run of following numbers."""
        numbers = self._numbers(rows)
        breaks = np.flatnonzero((np.diff(numbers) - 1) % self.seq_modulus) + 1
        for begin, end in pairwise([0, *breaks.tolist(), len(rows)]):
            self._take_run(int(numbers[begin]), rows[begin:end], decoded)

    def _take_run(self, number: int, rows: Rows, decoded: Decoded) -> None:
        held, self._held = self._held, None
        if self._next not in (None, number):
            after_held = held is not None and number == (held[0] + 1) % self.seq_modulus
            held_was_damaged = held is not None and number == (self._next + 1) % self.seq_modulus
            if held is not None and after_held:
                self._emit(*held, decoded)
                held = None
            elif len(rows) == 1 and not held_was_damaged:
                self._refuse(held)
                self._held = (number, rows.copy())
                return
        self._refuse(held)
        self._emit(number, rows, decoded)

    def _refuse(self, held: tuple[int, Rows] | None) -> None:
        if held is not None:
            self.counters.rejected += 1
            self.counters.bytes_skipped += self._size

    def _emit(self, number: int, rows: Rows, decoded: Decoded) -> None:
        counts = self._counts(rows)
        counts.flags.writeable = False
        self._next = (number + len(rows)) % self.seq_modulus
        self._own_number = (self._own_number + len(rows)) % OWN_NUMBERS
        self.counters.frames += len(rows)
        decoded.frames.append(Frame(number, -1, 0, counts))
