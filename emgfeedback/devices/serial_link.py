"""The serial port as a way to a board."""

from __future__ import annotations

import os
import select
import socket
import sys
import time
from contextlib import suppress

import serial

from emgfeedback.core.errors import LinkError, LinkLost
from emgfeedback.devices.link import Link
from emgfeedback.devices.port_errors import PORT_ERRORS, check_is_port, why_not_opened

DRIBBLE_S = 0.010
"""Bytes that come sooner than this after the last read dribble in."""
GATHER_S = 0.0042
"""A dribble is gathered this long from its first byte: two of the firmware's packets, which
come every 4 ms, then cost one awakening of every thread they pass through."""
WRITE_TIMEOUT_S = 1.0
RESET_PULSE_S = 0.05
"""How long DTR rests before it resets the board, and how long the board is left alone after."""
HAS_SELECTABLE_PORTS = sys.platform != "win32"
_READ_BYTES = 65_536


class SerialLink(Link):
    """A serial port: its path as given, a symbolic link to it, or a pseudo-terminal.

    The port is opened for this program alone. Modem lines may be missing.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._port: serial.Serial | None = None
        # Sockets, not a pipe: sending on a closed one fails instead of hitting a reused number.
        self._wake: socket.socket | None = None
        self._waker: socket.socket | None = None
        self._last_read_s = 0.0

    def open(self, baud: int) -> None:
        """Open at `baud`; an open port changes its baud, which resets no board.

        Raises
        ------
        PortMissing, PortBusy, PortForbidden, LinkError
            With the cause and the remedy.
        """
        try:
            if self._port is not None:
                self._port.baudrate = baud
                self._port.reset_input_buffer()
                return
            check_is_port(self.path)
            self._port = serial.Serial(
                self.path, baud, timeout=0, write_timeout=WRITE_TIMEOUT_S, exclusive=True
            )
        except ValueError as error:
            raise LinkError(
                f"{self.path} cannot run at {baud} baud: {error}.", "Use another adapter."
            ) from None
        except PORT_ERRORS as error:
            if self._port is not None:
                raise self._lost(error) from None
            raise why_not_opened(self.path, error) from None
        _ask_for_low_latency(self._port)
        self._wake, self._waker = socket.socketpair()
        self._wake.setblocking(False)
        self._waker.setblocking(False)

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived, waiting up to `timeout_s` for the first byte; b"" if none.

        Raises
        ------
        LinkLost
            The port went away.
        """
        port, wake = self._port, self._wake
        if port is None or wake is None:
            raise LinkLost(f"{self.path} is not open.", "Connect first.")
        try:
            if HAS_SELECTABLE_PORTS:
                return self._read_selectable(port.fileno(), wake, timeout_s)
            return self._read_portable(port, wake, timeout_s)
        except BlockingIOError:
            return b""
        except PORT_ERRORS as error:
            raise self._lost(error) from None

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises
        ------
        LinkLost
            The port went away, or took nothing for a second.
        """
        if self._port is None:
            raise LinkLost(f"{self.path} is not open.", "Connect first.")
        try:
            self._port.write(data)
        except serial.SerialTimeoutException:
            raise LinkLost(
                f"{self.path} took no bytes for {WRITE_TIMEOUT_S:g} s.",
                "Unplug the board and plug it back in.",
            ) from None
        except PORT_ERRORS as error:
            raise self._lost(error) from None

    def reset_board(self) -> bool:
        """Press the board's reset by DTR and RTS; False where the port has no such lines."""
        port = self._port
        if port is None:
            return False
        try:
            for asserted in (False, True):
                # Asserting pulls the line down, and over a capacitor the reset pin.
                port.dtr = port.rts = asserted
                time.sleep(RESET_PULSE_S)
            port.reset_input_buffer()
        except PORT_ERRORS:
            return False
        return True

    def cancel(self) -> None:
        """Wake a blocked `read` at once, or the next one; it returns b""."""
        waker, port = self._waker, self._port
        if waker is None or port is None:
            return
        with suppress(*PORT_ERRORS):
            waker.send(b"\0")
            if not HAS_SELECTABLE_PORTS:
                port.cancel_read()

    def close(self) -> None:
        """Close; closing twice is fine."""
        port, self._port = self._port, None
        wakers, self._wake, self._waker = (self._wake, self._waker), None, None
        for opened in (port, *wakers):
            if opened is not None:
                with suppress(*PORT_ERRORS):
                    opened.close()

    def _read_selectable(self, port: int, wake: socket.socket, timeout_s: float) -> bytes:
        """Read where a port can be waited for like any file: the quickest way there is."""
        woken = wake.fileno()
        ready, _, _ = select.select([port, woken], [], [], timeout_s)
        if not ready:
            return b""
        if woken not in ready and self._dribbles():
            ready, _, _ = select.select([woken], [], [], GATHER_S)
        if woken in ready:
            wake.recv(_READ_BYTES)
            return b""
        data = os.read(port, _READ_BYTES)
        if not data:
            raise OSError("end of file")
        self._last_read_s = time.monotonic()
        return data

    def _read_portable(self, port: serial.Serial, wake: socket.socket, timeout_s: float) -> bytes:
        """Read with nothing but pyserial: Windows."""
        if _was_woken(wake):
            return b""
        port.timeout = timeout_s
        first: bytes = port.read(1)
        if _was_woken(wake) or not first:
            return first
        if self._dribbles():
            time.sleep(GATHER_S)
        rest: bytes = port.read(port.in_waiting)
        self._last_read_s = time.monotonic()
        return first + rest

    def _dribbles(self) -> bool:
        return time.monotonic() - self._last_read_s < DRIBBLE_S

    def _lost(self, error: Exception) -> LinkLost:
        reason = os.strerror(error.args[0]) if _has_number(error) else str(error)
        return LinkLost(
            f"{self.path} went away ({reason}).", "Check the cable and plug the board back in."
        )


def _ask_for_low_latency(port: serial.Serial) -> None:
    """Let an FTDI adapter send at once, not every 16 ms; most ports know no such wish."""
    wish = getattr(port, "set_low_latency_mode", None)
    # Windows' ports have no such method, and those of macOS no such mode.
    if wish is not None:
        with suppress(ValueError, NotImplementedError, *PORT_ERRORS):
            wish(True)


def _has_number(error: Exception) -> bool:
    return bool(error.args) and isinstance(error.args[0], int)


def _was_woken(wake: socket.socket) -> bool:
    """Tell whether `cancel` was called, and forget it."""
    try:
        return bool(wake.recv(_READ_BYTES))
    except BlockingIOError:
        return False
