"""An assessment opened, measured off the screen's thread, and kept; one at a time."""

from __future__ import annotations

import threading
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.people.desk import DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.sign_off import Standing
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.assess import loading
from emgfeedback.ui.assess.loading import Measured, Opened
from emgfeedback.ui.background import Background

_LOOK_MS = 30


class Measuring(QObject):
    """What is under way for the page; a newer wish makes the older one's answer unwanted.

    Signals
    -------
    opened
        The `Opened` session, before it is measured.
    measured
        The `Measured` assessment.
    stood
        The `Standing` of its sign-off; it is kept by then.
    refused
        Why it cannot be shown, in words.
    """

    opened = Signal(object)
    measured = Signal(object)
    stood = Signal(object)
    refused = Signal(str)

    def __init__(self, asking: Asking, folder: DataFolder, owner: QObject) -> None:
        super().__init__(owner)
        self._asking, self._folder = asking, folder
        self._work: Background[Measured | EmgFeedbackError | None] | None = None
        self._unwanted = threading.Event()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def busy(self) -> bool:
        """Whether something is measured now."""
        return self._work is not None

    def begin(self, session_id: str) -> None:
        """Open a session, and measure it where its assessment is not kept."""
        self.cancel()
        unwanted = self._unwanted
        desk, folder = self._asking.desk, self._folder
        self._asking.ask(
            lambda register: loading.open_session(register, folder, session_id, desk.files),
            partial(self._measure, unwanted),
            topic="assessment",
            refused=self.refused.emit,
        )

    def cancel(self) -> None:
        """Let go of what is under way: its thread ends after the step it is in."""
        self._unwanted.set()
        self._unwanted = threading.Event()
        self._work = None
        self._timer.stop()

    def _measure(self, unwanted: threading.Event, opened: Opened) -> None:
        if unwanted.is_set():
            return
        desk = self._asking.desk
        self.opened.emit(opened)
        try:
            files = desk.files
        except EmgFeedbackError as error:
            self.refused.emit(str(error))
            return
        self._work = Background(
            lambda: loading.measure(
                opened,
                self._folder,
                files,
                lambda: unwanted.is_set() or desk.state is not DeskState.OPEN,
            )
        )
        self._timer.start()

    def _look(self) -> None:
        work = self._work
        if work is None or not work.done:
            return
        self._timer.stop()
        self._work = None
        came = work.result()
        if isinstance(came, Measured):
            self.measured.emit(came)
            self._keep(came)
        elif isinstance(came, EmgFeedbackError):
            self.refused.emit(str(came))
        elif work.failed:
            self.refused.emit(self.tr("Something went wrong inside; the log says more."))

    def _keep(self, measured: Measured) -> None:
        desk, folder, unwanted = self._asking.desk, self._folder, self._unwanted

        def told(standing: Standing) -> None:
            if not unwanted.is_set():
                self.stood.emit(standing)

        self._asking.ask(
            lambda register: loading.keep_and_stand(register, folder, measured, desk.files),
            told,
            topic="assessment kept",
            changes=measured.fresh,
            refused=self.refused.emit,
        )
