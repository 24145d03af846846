"""The board that is being got to know: examined and flashed off the screen's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import EmgFeedbackError, FlashCancelled, FlashFailed
from emgfeedback.engine.first_connection import Diagnosis, Examination, FirstConnection, Step
from emgfeedback.flashing.boards import FlashBoard
from emgfeedback.flashing.flasher import Flashed, Progress, Stage
from emgfeedback.ui.background import Background
from emgfeedback.ui.session_port import DEMO_PORT, PortLine, SessionPort


@dataclass(frozen=True, slots=True)
class _Outcome:
    found: Examination | None = None
    flashed: Flashed | None = None
    error: EmgFeedbackError | None = None


class Inquiry:
    """Asks one port at a time; `poll` takes over what was found out.

    Attributes
    ----------
    found
        The newest examination of `port`, kept while the same port is asked again; else None.
    doing
        The present step of an examination; None between.
    progress
        How far flashing is; None while nothing is flashed.
    flashed
        What flashing has done to this board; None where it was not flashed, or not to the end.
    error
        Why the last flashing failed, or None.
    """

    def __init__(self, session: SessionPort) -> None:
        self._session = session
        self._work: FirstConnection | None = None
        self._running: Background[_Outcome] | None = None
        self._cancelled = self._flashes = False
        self.port = ""
        self.found: Examination | None = None
        self.doing: Step | None = None
        self.progress: Progress | None = None
        self.flashed: Flashed | None = None
        self.error: EmgFeedbackError | None = None

    @property
    def busy(self) -> bool:
        """Whether somebody is being asked or flashed."""
        return self._running is not None

    @property
    def flashing(self) -> bool:
        """Whether a board is being flashed."""
        return self.busy and self.progress is not None

    @property
    def info(self) -> DeviceInfo | None:
        """What the board said of itself, or None."""
        return self.found.info if self.found is not None else None

    @property
    def diagnosis(self) -> Diagnosis | None:
        """Why the board cannot be used, or None."""
        return self.found.diagnosis if self.found is not None else None

    @property
    def is_demo(self) -> bool:
        """Whether it is the simulated board."""
        return self.port == DEMO_PORT

    @property
    def guess(self) -> FlashBoard | None:
        """The board the port's adapter hints at."""
        return self._work.board if self._work is not None else None

    def ask(self, port: PortLine | str) -> None:
        """Find out who is there; ignored while somebody is asked."""
        if self.busy:
            return
        path = port if isinstance(port, str) else port.path
        if path != self.port:
            self.forget()
        self.port = path
        work = self._work = self._session.first_connection(port)
        self._begin(lambda: _Outcome(found=work.examine(self._tell_step)))

    def ask_again(self) -> None:
        """Ask the same port once more."""
        if self._work is not None and not self.busy:
            self.ask(self._work.port)

    def flash(self, board: FlashBoard) -> None:
        """Put our firmware into the board, then find out who is there."""
        work = self._work
        if self.busy or work is None:
            return
        self.flashed = self.error = None

        def flash_and_ask() -> _Outcome:
            flashed = work.flash(board, tell=self._tell_progress)
            self.progress = None
            try:
                return _Outcome(work.examine(self._tell_step), flashed)
            except EmgFeedbackError as error:
                return _Outcome(None, flashed, error)

        self.progress = Progress(Stage.CONNECTING, 0, 1)
        self._begin(flash_and_ask, flashes=True)

    def _begin(self, work: Callable[[], _Outcome], *, flashes: bool = False) -> None:
        self._cancelled, self._flashes = False, flashes

        def careful() -> _Outcome:
            # The port has to be free, whoever connected to it.
            self._session.disconnect()
            try:
                self._refuse_if_cancelled()
                return work()
            except EmgFeedbackError as error:
                return _Outcome(error=error)

        self._running = Background(careful)

    def _refuse_if_cancelled(self) -> None:
        """Begin nothing that was cancelled while the port was being freed."""
        if self._cancelled:
            raise FlashCancelled("It was cancelled. Nothing was written.", "Begin when ready.")

    def _tell_step(self, step: Step) -> None:
        self.doing = step

    def _tell_progress(self, progress: Progress) -> None:
        self.progress = progress

    def poll(self) -> bool:
        """Take over what has ended; return whether something has."""
        running = self._running
        if running is None or not running.done:
            return False
        outcome = running.result() or _Outcome()
        self._running = self.doing = self.progress = None
        if self._flashes:
            self.flashed, self.error = outcome.flashed, outcome.error
            half_written = isinstance(self.error, FlashFailed) and self.error.half_written
            if half_written or self.flashed is not None:
                self.found = outcome.found
        elif not self._cancelled or outcome.found is not None:
            self.found = outcome.found
        return True

    def cancel(self) -> None:
        """End what runs as soon as it can."""
        self._cancelled = True
        if self._work is not None and self.busy:
            self._work.cancel()

    def forget(self) -> None:
        """Know nothing of any board; ignored while one is asked."""
        if not self.busy:
            self.port, self.found = "", None
            self.flashed = self.error = self._work = None
