"""What carries bytes: a serial port, or the virtual board in this process."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Link(ABC):
    """An open way to a board.

    All methods are called from one thread, but for `cancel`, which any thread may call.
    """

    path: str
    """The port as the user named it, or `demo`."""

    @abstractmethod
    def open(self, baud: int) -> None:
        """Open at `baud`; opening an open link at another baud changes the baud.

        Raises
        ------
        PortMissing, PortBusy, PortForbidden, LinkError
            With the cause and the remedy.
        """

    @abstractmethod
    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived, waiting up to `timeout_s` for the first byte; b"" if none.

        Raises
        ------
        LinkLost
            The port went away.
        """

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send all of `data`. Raises LinkLost."""

    def reset_board(self) -> bool:
        """Press the board's reset over the line, where the link can; tell whether it could."""
        return False

    @abstractmethod
    def cancel(self) -> None:
        """Wake a blocked `read` at once; it returns b""."""

    @abstractmethod
    def close(self) -> None:
        """Close; closing twice is fine."""
