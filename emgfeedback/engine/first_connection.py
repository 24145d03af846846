"""First connection: look round, examine a port, flash a board; for screen and commands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.power import on_mains
from emgfeedback.devices.diagnosis import Cause, Diagnosis, why_no_board
from emgfeedback.devices.examine import Examination, Examiner, Step
from emgfeedback.devices.ports import PortInfo, list_ports
from emgfeedback.devices.serial_link import SerialLink
from emgfeedback.devices.usb import brltty_runs, usb_devices
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.connect import DEFAULT_DRIVER, DEMO
from emgfeedback.flashing.boards import FlashBoard, guess_board
from emgfeedback.flashing.flasher import Flashed, Flasher, Progress
from emgfeedback.flashing.images import Image, bundled_image, is_older
from emgfeedback.flashing.knock import answering_chip

__all__ = [
    "Cause",
    "Diagnosis",
    "Examination",
    "FirstConnection",
    "Step",
    "Surroundings",
    "firmware_may_help",
    "look_round",
    "may_end_by_itself",
    "newer_firmware",
]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What can be seen without opening a port.

    Attributes
    ----------
    ports
        Likely boards first, Bluetooth last.
    causes
        What keeps boards from being listed.
    on_mains
        Whether this computer draws from the mains; None where that cannot be known.
    """

    ports: tuple[PortInfo, ...]
    causes: tuple[Diagnosis, ...]
    on_mains: bool | None

    @property
    def worth_asking(self) -> tuple[PortInfo, ...]:
        """The ports a board's adapter made."""
        return tuple(port for port in self.ports if port.likely and not port.bluetooth)


def look_round() -> Surroundings:
    """Return ports, causes and supply. Opens nothing, so resets nothing."""
    ports = list_ports()
    # Windows takes seconds to list its devices, so it is asked only where no board is in sight.
    in_sight = sys.platform == "win32" and any(port.likely for port in ports)
    usb = None if in_sight else usb_devices()
    causes = why_no_board(ports, usb, brltty=brltty_runs())
    return Surroundings(tuple(ports), tuple(causes), on_mains())


class FirstConnection:
    """Examines and flashes one port, one thing at a time.

    Synchronous: the two are called from one thread; any thread may `cancel` what runs.

    Parameters
    ----------
    port
        As `look_round` lists it, or a path somebody typed, or `demo`.
    """

    def __init__(self, port: PortInfo | str) -> None:
        self.port = PortInfo(port, "") if isinstance(port, str) else port
        self._running: Examiner | Flasher | None = None

    @property
    def board(self) -> FlashBoard | None:
        """The board the port's adapter hints at; None where it could be several."""
        return guess_board(self.port.likely)

    def examine(self, tell: Callable[[Step], None] = lambda step: None) -> Examination:
        """Ask who is there, test its channels, and if that fails, find out why.

        Takes up to half a minute where nobody answers; opening resets most boards.

        Raises
        ------
        LinkError
            It was cancelled.
        """
        link = VirtualLink(VirtualBoard(NeckSignal())) if self.port.path == DEMO else None
        examiner = Examiner(
            self.port.path, vid=self.port.vid, knock=answering_chip, tell=tell, link=link
        )
        self._running = examiner
        try:
            return examiner.examine()
        finally:
            self._running = None

    def flash(
        self,
        board: FlashBoard,
        image: Image | None = None,
        tell: Callable[[Progress], None] = lambda step: None,
    ) -> Flashed:
        """Put `image` (default: the firmware that came with the app) into the board.

        Raises
        ------
        PortMissing, PortBusy, PortForbidden, WrongChip, FlashCancelled, FlashFailed
            As `Flasher.flash` says.
        FileFormatError
            The program is missing, damaged or does not fit.
        """
        program = (image or bundled_image(board)).program
        flasher = Flasher(SerialLink(self.port.path), board)
        self._running = flasher
        try:
            return flasher.flash(program, tell)
        finally:
            self._running = None

    def cancel(self) -> None:
        """End what runs as soon as it can; any thread may call it."""
        running = self._running
        if running is not None:
            running.cancel()


_OPENS_LATER = (Cause.PORT_BUSY, Cause.PORT_FORBIDDEN, Cause.PORT_MISSING)
_PROGRAM_TO_BLAME = (
    *(Cause.OTHER_FIRMWARE, Cause.NO_FIRMWARE, Cause.WRONG_BAUD),
    *(Cause.SILENT, Cause.RESTARTS, Cause.REFUSES),
)


def may_end_by_itself(diagnosis: Diagnosis) -> bool:
    """Tell whether asking the port again is quick and may find it free."""
    return diagnosis.cause in _OPENS_LATER


def firmware_may_help(diagnosis: Diagnosis) -> bool:
    """Tell whether the port opens, and the board's program may be what is wrong."""
    return diagnosis.cause in _PROGRAM_TO_BLAME


def newer_firmware(info: DeviceInfo) -> str:
    """Return the version of our firmware that is newer than the board's; empty if none is."""
    board = guess_board(info.board)
    if board is None or info.driver != DEFAULT_DRIVER:
        return ""
    image = bundled_image(board)
    return image.version if is_older(info.firmware, image) else ""
