"""From another thread's news to the screen's: at once when idle, never more often than asked."""

from __future__ import annotations

import contextlib
import math
import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal


class Wake(QObject):
    """Tells its owner, in the owner's thread, that another thread has news.

    News that come before the owner was told of earlier ones are told together, so at most
    one event waits however busy the screen is.

    Parameters
    ----------
    least_s
        Shortest time between two tellings.

    Signals
    -------
    due
        There is news.
    """

    due = Signal()
    _posted = Signal()

    def __init__(self, least_s: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._least_s = least_s
        self._last_s = -math.inf
        self._waiting = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tell)
        self._posted.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    def post(self) -> None:
        """Say that there is news; returns at once, any thread may call it."""
        if self._waiting:
            return
        self._waiting = True
        # The window may be gone while the thread with the news still runs.
        with contextlib.suppress(RuntimeError):
            self._posted.emit()

    def _arrive(self) -> None:
        left_s = self._last_s + self._least_s - time.monotonic()
        if left_s > 0:
            self._timer.start(math.ceil(1000 * left_s))
        else:
            self._tell()

    def _tell(self) -> None:
        self._last_s = time.monotonic()
        # Before telling: what comes while the owner draws is news again.
        self._waiting = False
        self.due.emit()
