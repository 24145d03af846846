"""One port examined from end to end: who answers, and if nobody does, why."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from enum import Enum

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import BoardSilent, ForeignBoard, LinkError, UsageError
from emgfeedback.devices.channel_test import TestOutcome, check_channels
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.diagnosis import Diagnosis, Evidence, why_refused
from emgfeedback.devices.latency import Latency, settle_latency
from emgfeedback.devices.link import Link
from emgfeedback.devices.registry import make_drivers
from emgfeedback.devices.serial_link import SerialLink

LISTEN_S = 0.5
RATES = (9600, 19_200, 38_400, 57_600, 115_200, 230_400, 250_000, 500_000, 921_600, 1_000_000)
"""What boards and sketches commonly speak."""
_KEPT_BYTES = 4096

Knock = Callable[[Link, Callable[[], bool]], str]
"""Asks the boot loaders on a link, until told that it is cancelled; returns the chip, or ""."""


class Step(Enum):
    """What an examination does at the moment."""

    ASKING = "asking who is there"
    TESTING = "testing the channels"
    LISTENING = "listening at other rates"
    KNOCKING = "asking the boot loader"


def _tell_nobody(_: Step) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Examination:
    """What is known of a port now.

    Attributes
    ----------
    info
        The board, if one answered.
    diagnosis
        Why none did, or what went wrong with it.
    test
        The outcome of its test signal, if it has one.
    latency
        Of its adapter, if that holds bytes back.
    """

    port: str
    info: DeviceInfo | None = None
    diagnosis: Diagnosis | None = None
    test: TestOutcome | None = None
    latency: Latency | None = None


class Examiner:
    """Examines one port; opening it resets most boards.

    Synchronous: `examine` is called from one thread; any thread may `cancel` it.

    Parameters
    ----------
    path
        The port.
    vid
        USB vendor of its adapter, where known.
    knock
        Asks for boot loaders; None asks none.
    tell
        Called with each step as it begins, in the thread of `examine`.
    link, clock
        The way to the board, and monotonic seconds.
    """

    def __init__(
        self,
        path: str,
        *,
        vid: int | None = None,
        knock: Knock | None = None,
        tell: Callable[[Step], None] = _tell_nobody,
        link: Link | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self._vid = vid
        self._knock = knock
        self._tell = tell
        self._link = link if link is not None else SerialLink(path)
        self._connection = Connection(self._link, make_drivers(), clock)
        self._clock = clock
        self._cancelled = False

    def cancel(self) -> None:
        """End a running `examine` with LinkError; any thread may call it."""
        self._cancelled = True
        self._connection.cancel()

    def examine(self, *, test: bool = True) -> Examination:
        """Open the port, ask, let the board send its test signal, and name what is wrong.

        Parameters
        ----------
        test
            Whether a board with a test signal is asked for it; takes some seconds.

        Raises
        ------
        LinkError
            It was cancelled.
        """
        with closing(self._connection):
            self._tell(Step.ASKING)
            self._go_on()
            try:
                info = self._connection.open()
                outcome = self._test() if test else None
            except LinkError as error:
                self._go_on()
                diagnosis = why_refused(self.path, error, self._evidence(error))
                return Examination(self.path, diagnosis=diagnosis)
            latency = settle_latency(self.path, self._vid)
        return Examination(self.path, info, None, outcome, latency)

    def _test(self) -> TestOutcome | None:
        self._tell(Step.TESTING)
        try:
            return check_channels(self._connection, clock=self._clock)
        except UsageError:
            return None

    def _evidence(self, error: LinkError) -> Evidence | None:
        """Listen at every common rate, then knock at the boot loader, on a port that opened."""
        if not isinstance(error, BoardSilent | ForeignBoard):
            return None
        try:
            heard: dict[int, bytes] = {}
            if isinstance(error, ForeignBoard):
                # At a wrong rate bytes come too, garbled: who was silent is silent at any.
                self._tell(Step.LISTENING)
                heard = {baud: self._listen(baud) for baud in RATES}
            self._tell(Step.KNOCKING)
            chip = self._ask_boot_loaders()
        except LinkError:
            self._go_on()
            return None
        return Evidence(heard, chip)

    def _ask_boot_loaders(self) -> str | None:
        if self._knock is None:
            return None
        try:
            return self._knock(self._link, lambda: self._cancelled)
        finally:
            self._go_on()

    def _listen(self, baud: int) -> bytes:
        self._link.open(baud)
        data = b""
        end_s = self._clock() + LISTEN_S
        while (left_s := end_s - self._clock()) > 0 and len(data) < _KEPT_BYTES:
            self._go_on()
            data += self._link.read(left_s)
        return data

    def _go_on(self) -> None:
        if self._cancelled:
            raise LinkError("The examination was cancelled.", "Begin again when ready.")
