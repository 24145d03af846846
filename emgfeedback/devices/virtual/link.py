"""The way to the virtual board inside this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from emgfeedback.core.errors import LinkLost, PortMissing
from emgfeedback.devices.link import Link
from emgfeedback.devices.virtual.board import VirtualBoard

PATH = "demo"
ARRIVAL_S = 0.008
"""Bytes arrive this often at most, as through a USB bridge."""
LONGEST_NAP_S = 0.02
"""A waiting read looks again after this long, so that faults are noticed in time."""
BACKLOG_S = 2.0
"""What a port holds for a program that does not read; the rest is lost."""


class VirtualLink(Link):
    """A link to `board`, paced by the clock or, with `step_s`, by the reads themselves.

    Parameters
    ----------
    board
        The board; it is advanced from here alone.
    speed
        Seconds of the board's time for each second of the clock.
    step_s
        If given, nothing waits: every read moves the board on by this much.
    clock
        Seconds, never going back.
    """

    def __init__(
        self,
        board: VirtualBoard,
        *,
        speed: float = 1.0,
        step_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = PATH
        self.board = board
        self._speed = speed
        self._step_s = step_s
        self._clock = clock
        self._origin_s = clock() - board.now_s / speed
        self._cancelled = threading.Event()
        self._inbox = bytearray()
        self._unplugged_before = 0
        self._is_open = False

    def open(self, baud: int) -> None:
        """Open at any baud. Raises PortMissing while the board is unplugged.

        Opening an open link changes nothing; without a clock, an attempt takes one step.
        """
        if self._is_open:
            return
        self.board.pass_unheard(self._board_time_s())
        if not self.board.present:
            raise PortMissing("The virtual board is unplugged.", "Wait until its fault is over.")
        self._unplugged_before = self.board.times_unplugged
        self._inbox.clear()
        self._cancelled.clear()
        self._is_open = True

    def read(self, timeout_s: float) -> bytes:
        """Return what the board has sent, waiting up to `timeout_s` for the first byte."""
        self._demand_port()
        deadline_s = self._clock() + timeout_s
        while True:
            self._advance()
            if self._inbox:
                data = bytes(self._inbox)
                self._inbox.clear()
                return data
            self._demand_port()
            left_s = deadline_s - self._clock()
            if self._step_s is not None or left_s <= 0 or self._cancelled.is_set():
                self._cancelled.clear()
                return b""
            due_s = (self.board.due_s - self.board.now_s) / self._speed
            self._cancelled.wait(min(left_s, max(due_s, ARRIVAL_S), LONGEST_NAP_S))

    def write(self, data: bytes) -> None:
        """Send all of `data`, at this moment of the board's time. Raises LinkLost."""
        self._demand_port()
        if self._step_s is None:
            self._advance()
            self._demand_port()
        self.board.receive(data)

    def cancel(self) -> None:
        """Wake a blocked `read` at once; it returns b""."""
        self._cancelled.set()

    def close(self) -> None:
        """Close; the board goes on, unheard."""
        self._is_open = False
        self._inbox.clear()

    def _board_time_s(self) -> float:
        if self._step_s is not None:
            return self.board.now_s + self._step_s
        return (self._clock() - self._origin_s) * self._speed

    def _advance(self) -> None:
        now_s = self._board_time_s()
        backlog_s = BACKLOG_S * self._speed
        if self._step_s is None and now_s - self.board.now_s > backlog_s:
            self._inbox += self.board.advance(self.board.now_s + backlog_s)
            self.board.pass_unheard(now_s)
        self._inbox += self.board.advance(now_s)

    def _demand_port(self) -> None:
        gone = self.board.times_unplugged != self._unplugged_before
        if self._is_open and gone:
            self.close()
        if not self._is_open:
            raise LinkLost("The virtual board was unplugged.", "Plug it in again.")
