"""Puts a program into a board, proves that it is there, and says honestly when it is not.

The first page is written last: until everything else is verified, a board that loses power or
its cable halfway holds no program that could pass for a sound one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from emgfeedback.core.errors import (
    FileFormatError,
    FlashCancelled,
    FlashFailed,
    LinkLost,
    WrongChip,
)
from emgfeedback.devices.link import Link
from emgfeedback.flashing.boards import FlashBoard, Protocol, chip_name
from emgfeedback.flashing.boot_loader import BootLoader, NoAnswer, Stopped
from emgfeedback.flashing.intel_hex import BLANK
from emgfeedback.flashing.stk500v1 import Stk500v1
from emgfeedback.flashing.stk500v2 import Stk500v2

log = logging.getLogger(__name__)

KNOCK_S = 1.5
"""A boot loader listens about a second after a reset."""
ROUNDS = 3
"""Times every baud is tried."""
LOADERS: dict[Protocol, type[BootLoader]] = {
    Protocol.STK500V1: Stk500v1,
    Protocol.STK500V2: Stk500v2,
}
_STAND_STILL = bytes.fromhex("f894 ffcf")
"""AVR instructions: `cli`, and a jump to itself."""


class Stage(Enum):
    """What is being done."""

    CONNECTING = "connecting"
    WRITING = "writing"
    VERIFYING = "verifying"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the present stage is."""

    stage: Stage
    done_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Flashed:
    """What was done: `n_bytes` of program are in the board and were read back equal."""

    board: FlashBoard
    baud: int
    n_bytes: int


Tell = Callable[[Progress], None]


def _tell_nobody(_: Progress) -> None:
    pass


class Flasher:
    """Puts programs into the board on one link.

    Synchronous: `flash` is called from one thread; any thread may `cancel` it.

    Parameters
    ----------
    link
        Not yet open; closed again after each flashing.
    board
        Which board it is; its chip is checked before anything is written.
    clock
        Monotonic seconds.
    """

    def __init__(
        self, link: Link, board: FlashBoard, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._link = link
        self._board = board
        self._clock = clock
        self._loader: BootLoader | None = None
        self._cancelled = False
        self._half_written = False

    def flash(self, program: bytes, tell: Tell = _tell_nobody) -> Flashed:
        """Write `program` from address 0 on, read it back, and start it.

        Parameters
        ----------
        program
            As `intel_hex.read_hex` returns it.
        tell
            Called with the progress, in this thread.

        Raises
        ------
        PortMissing, PortBusy, PortForbidden, LinkError
            The port cannot be opened.
        WrongChip
            Another chip answers; nothing was written.
        FlashCancelled, FlashFailed
            With `half_written` true where the board is left without a working program.
        FileFormatError
            The program is empty or does not fit.
        """
        board = self._board
        if not 0 < len(program) <= board.program_bytes:
            raise FileFormatError(
                f"The program has {len(program)} bytes, and the {board.title} takes "
                f"1 to {board.program_bytes}.",
                "Choose the program built for this board.",
            )
        self._cancelled = self._half_written = False
        try:
            baud = self._connect(tell)
            self._write_and_verify(program, tell)
            self._leave()
        except Stopped:
            raise self._failure("Flashing was cancelled.", FlashCancelled) from None
        except (NoAnswer, LinkLost) as error:
            log.info("flashing %s on %s: %s", board.key, self._link.path, error)
            what = (
                error.what
                if isinstance(error, LinkLost)
                else f"The boot loader on {self._link.path} stopped answering."
            )
            raise self._failure(what) from error
        finally:
            self._loader = None
            self._link.close()
        log.info("flashed %d bytes on %s (%s)", len(program), self._link.path, board.key)
        return Flashed(board, baud, len(program))

    def cancel(self) -> None:
        """End a running `flash` as soon as it can; any thread may call it."""
        self._cancelled = True
        self._link.cancel()

    def _failure(self, what: str, kind: type[FlashFailed] = FlashFailed) -> FlashFailed:
        """Return the error for `what`, with the state the board is left in and the remedy."""
        if self._half_written:
            return kind(
                f"{what} The board now holds no working program.",
                "Flash it again: its boot loader is untouched.",
                half_written=True,
            )
        return kind(f"{what} Nothing was written.", "Check the cable and flash again.")

    def _connect(self, tell: Tell) -> int:
        """Reset the board until its boot loader answers, check its chip; return the baud."""
        bauds = self._board.bauds * ROUNDS
        for attempt, baud in enumerate(bauds):
            tell(Progress(Stage.CONNECTING, attempt, len(bauds)))
            if self._knock(baud):
                self._check_chip()
                return baud
        raise FlashFailed(
            f"No boot loader answers on {self._link.path} at "
            f"{' or '.join(map(str, self._board.bauds))} baud ({self._board.title}). "
            "Nothing was written.",
            "Check that this is the board's port and the right kind of board, take off what is "
            "wired to pins 0 and 1, and flash again; a board that does not reset by itself wants "
            "its reset button pressed as flashing begins.",
        )

    def _knock(self, baud: int) -> bool:
        # Opening resets most boards, so each try begins with a closed port.
        self._link.close()
        self._link.open(baud)
        self._link.reset_board()
        self._loader = LOADERS[self._board.protocol](
            self._link, self._clock, lambda: self._cancelled
        )
        self._loader.settle()
        return self._loader.sync(KNOCK_S)

    @property
    def _open_loader(self) -> BootLoader:
        assert self._loader is not None
        return self._loader

    def _check_chip(self) -> None:
        loader = self._open_loader
        loader.begin()
        signature = loader.signature()
        if signature == self._board.signature:
            return
        self._leave()
        raise WrongChip(
            f"The board on {self._link.path} has an {chip_name(signature)}, and the "
            f"{self._board.title} has an {self._board.chip}. Nothing was written.",
            "Choose the kind of board it is.",
        )

    def _write_and_verify(self, program: bytes, tell: Tell) -> None:
        pages = list(_pages(program, self._board.page_bytes))
        first, rest = pages[0], pages[1:]
        total = sum(len(data) for _, data in pages)
        loader = self._open_loader
        done = 0

        def write(address: int, data: bytes) -> None:
            loader.write_page(address, data)
            tell(Progress(Stage.WRITING, done, total))

        tell(Progress(Stage.WRITING, 0, total))
        stopper = _STAND_STILL if loader.erases_each_page else b""
        self._half_written = True
        write(0, stopper.ljust(self._board.page_bytes, bytes((BLANK,))))
        for address, data in rest:
            done += len(data)
            write(address, data)
        verified = 0
        for address, data in rest:
            self._verify(address, data)
            verified += len(data)
            tell(Progress(Stage.VERIFYING, verified, total))
        done = total
        write(*first)
        self._verify(*first)
        self._half_written = False
        tell(Progress(Stage.VERIFYING, total, total))

    def _verify(self, address: int, data: bytes) -> None:
        held = self._open_loader.read(address, len(data))
        if held == data:
            return
        place = next(place for place, byte in enumerate(data) if held[place] != byte)
        what = (
            f"Address {address + place} was written as {data[place]:02x} "
            f"and reads {held[place]:02x}."
        )
        raise self._failure(what)

    def _leave(self) -> None:
        """Start the program; a board that does not confirm it starts it all the same."""
        try:
            self._open_loader.leave()
        except (NoAnswer, LinkLost, Stopped):
            log.info("no answer to leaving the boot loader on %s", self._link.path)


def _pages(program: bytes, page_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Yield address and data of each whole page; the last is filled up with blank flash."""
    for address in range(0, len(program), page_bytes):
        data = program[address : address + page_bytes]
        yield address, data.ljust(page_bytes, bytes((BLANK,)))
