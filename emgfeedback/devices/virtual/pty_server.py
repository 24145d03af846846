"""The virtual board on a pseudo-terminal, where any serial program can open it. POSIX only."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from emgfeedback.core.errors import UsageError
from emgfeedback.devices.virtual.board import VirtualBoard

if sys.platform != "win32":
    import tty

TURN_S = 0.004
"""Time between two looks at the board and the port: one packet's worth."""
NOBODY_S = 0.02
"""The same while no program has the port open."""
UNREAD_BYTES = 65_536
"""What waits for a program that does not read, besides the kernel's own few KiB."""
READ_BYTES = 4096
BACKLOG_S = 2.0
"""After a longer pause of this program, what the board sent meanwhile is lost."""
PTY_FOLDER = "/dev/pts/"


def serve_pty(
    board: VirtualBoard,
    *,
    link_path: Path | str | None = None,
    seconds: float | None = None,
    on_ready: Callable[[str], object],
    stop: threading.Event | None = None,
) -> None:
    """Serve `board` in real time until `seconds` are over or `stop` is set.

    What the board sends while nobody has the port open is lost, as on a wire. A board
    that is unplugged closes the port; when it is back, so is the port.

    Parameters
    ----------
    board
        The board; it is advanced from here alone.
    link_path
        A symbolic link to keep pointing at the port, whose own name changes.
    on_ready
        Called with the path to open (`link_path`, or else the port's own), each time there
        is a port.

    Raises
    ------
    UsageError
        On Windows, or where something else already stands at `link_path`.
    """
    if sys.platform == "win32":
        raise UsageError(
            "Windows has no pseudo-terminals.", "Use --demo, or simulate on Linux or macOS."
        )
    stop = stop or threading.Event()
    link = None if link_path is None else Path(link_path)
    origin_s = time.monotonic() - board.now_s
    end_s = float("inf") if seconds is None else board.now_s + seconds
    while not stop.is_set() and board.now_s < end_s:
        if board.present:
            with PtyPort(link) as port:
                on_ready(str(link or port.path))
                _serve_while_present(board, port, origin_s, end_s, stop)
        else:
            stop.wait(NOBODY_S)
            board.pass_unheard(time.monotonic() - origin_s)


def _serve_while_present(
    board: VirtualBoard, port: PtyPort, origin_s: float, end_s: float, stop: threading.Event
) -> None:
    """Carry bytes both ways until the end, or the board is unplugged."""
    unplugged_before = board.times_unplugged
    while not stop.is_set() and board.now_s < end_s:
        now_s = time.monotonic() - origin_s
        heard = port.opened and now_s - board.now_s < BACKLOG_S
        if heard:
            port.send(board.advance(now_s))
            if asked := port.receive():
                board.receive(asked)
                port.send(board.advance(now_s))
        else:
            board.pass_unheard(now_s)
        if board.times_unplugged != unplugged_before:
            return
        if heard:
            port.wait(TURN_S)
        else:
            stop.wait(NOBODY_S)


class PtyPort:
    """A raw pseudo-terminal, and the link to it."""

    def __init__(self, link: Path | None) -> None:
        self._link = link
        self._unsent = bytearray()

    def __enter__(self) -> PtyPort:
        """Open the terminal, raw before anyone can open the other end."""
        self._fd, other = os.openpty()
        try:
            tty.setraw(other)
            self.path = os.ttyname(other)
            os.set_blocking(self._fd, False)
            if self._link is not None:
                _point(self._link, self.path)
        except BaseException:
            os.close(self._fd)
            raise
        finally:
            os.close(other)
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)
        return self

    def __exit__(self, *exception: object) -> None:
        """Take the link away, then the terminal; who has it open is told at once."""
        if self._link is not None and _target(self._link) == self.path:
            self._link.unlink()
        os.close(self._fd)

    @property
    def opened(self) -> bool:
        """Whether a program has the port open; if not, what waited for one is dropped."""
        is_open = not any(event & select.POLLHUP for _, event in self._poll.poll(0))
        if not is_open:
            self._unsent.clear()
        return is_open

    def wait(self, timeout_s: float) -> None:
        """Wait for bytes to receive, up to `timeout_s`."""
        self._poll.poll(timeout_s * 1000)

    def receive(self) -> bytes:
        """Return what the program has written."""
        with contextlib.suppress(OSError):
            return os.read(self._fd, READ_BYTES)
        return b""

    def send(self, data: bytes) -> None:
        """Hand over what the program has room for; keep the rest, but not without end."""
        if len(self._unsent) + len(data) <= UNREAD_BYTES:
            self._unsent += data
        with contextlib.suppress(OSError):
            while self._unsent:
                del self._unsent[: os.write(self._fd, self._unsent)]


def _target(link: Path) -> str | None:
    """Return where a symbolic link points, None if it is none."""
    return str(link.readlink()) if link.is_symlink() else None


def _point(link: Path, path: str) -> None:
    """Make `link` point at `path`; only a dead link to a terminal may be replaced."""
    target = _target(link)
    if target is not None and target.startswith(PTY_FOLDER) and not Path(target).exists():
        link.unlink()
    try:
        link.symlink_to(path)
    except FileExistsError:
        raise UsageError(
            f"There already is something at {link}.", "Remove it, or choose another --link."
        ) from None
    except OSError as error:
        raise UsageError(
            f"The link {link} cannot be made: {error.strerror}.",
            "Choose a folder that exists and that you may write to.",
        ) from None
