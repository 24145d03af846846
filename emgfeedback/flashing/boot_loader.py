"""What the two boot loader protocols share: asking and waiting for exact answers over a link."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from emgfeedback.devices.link import Link

ANSWER_S = 1.0
"""A boot loader answers within milliseconds; writing a page takes some 10 ms."""
SYNC_EVERY_S = 0.5
"""An Uno's boot loader first blinks for 0.4 s. Two knocks in that time would overrun its buffer of
three bytes, and half a knock makes it give up."""
SETTLE_S = 0.05
"""Before the first knock, so that it does not arrive by half."""
_READS_TO_SILENCE = 64


class NoAnswer(Exception):
    """The boot loader did not answer, or not what its protocol asks for."""


class Stopped(Exception):
    """Somebody cancelled it."""


def never() -> bool:
    """Nobody cancels."""
    return False


class BootLoader(ABC):
    """One boot loader on an open link.

    Synchronous: all methods are called from one thread, and raise `Stopped` once cancelled.

    Parameters
    ----------
    link
        Open at the boot loader's baud.
    clock
        Monotonic seconds.
    is_cancelled
        Asked before each wait; who cancels also wakes the link.
    """

    erases_each_page: bool
    """Whether a page may be written twice in one session."""

    def __init__(
        self,
        link: Link,
        clock: Callable[[], float] = time.monotonic,
        is_cancelled: Callable[[], bool] = never,
    ) -> None:
        self._link = link
        self._clock = clock
        self._is_cancelled = is_cancelled
        self._unread = b""

    @abstractmethod
    def sync(self, seconds: float) -> bool:
        """Knock until the boot loader answers; False if it does not within `seconds`."""

    @abstractmethod
    def begin(self) -> None:
        """Enter programming. Raises NoAnswer."""

    @abstractmethod
    def signature(self) -> bytes:
        """Return the three bytes that name the chip. Raises NoAnswer."""

    @abstractmethod
    def write_page(self, address: int, data: bytes) -> None:
        """Write one whole page at byte `address`. Raises NoAnswer."""

    @abstractmethod
    def read(self, address: int, n_bytes: int) -> bytes:
        """Return what stands in flash from byte `address` on. Raises NoAnswer."""

    @abstractmethod
    def leave(self) -> None:
        """Leave programming, so that the program starts. Raises NoAnswer."""

    def _take(self, n_bytes: int, end_s: float) -> bytes:
        """Return the next `n_bytes`, waiting for them until `end_s`."""
        while len(self._unread) < n_bytes:
            self._refuse_if_cancelled()
            left_s = end_s - self._clock()
            if left_s <= 0:
                raise NoAnswer(f"{len(self._unread)} of {n_bytes} bytes of an answer came.")
            self._unread += self._link.read(left_s)
        taken, self._unread = self._unread[:n_bytes], self._unread[n_bytes:]
        return taken

    def settle(self) -> None:
        """Give the board a moment after its reset, and forget what its program had said."""
        end_s = self._clock() + SETTLE_S
        while (left_s := end_s - self._clock()) > 0:
            self._refuse_if_cancelled()
            self._link.read(left_s)

    def _forget_unread(self) -> None:
        self._unread = b""
        for _ in range(_READS_TO_SILENCE):
            if not self._link.read(0.0):
                return

    def _refuse_if_cancelled(self) -> None:
        if self._is_cancelled():
            raise Stopped
