"""Slow work off the screen's thread, asked for its result instead of calling back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Background(Generic[T]):
    """Runs `work` once in a daemon thread; the screen polls `done`.

    Polling keeps Qt out of the thread: nothing is delivered to a widget that is gone.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._result: list[T] = []
        self.failed = False
        self._thread = threading.Thread(target=self._run, name="screen-background", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result.append(self._work())
        except Exception:  # noqa: BLE001 - logged whole; the screen lives on
            _log.exception("Background work for the screen failed")
            self.failed = True

    @property
    def done(self) -> bool:
        """Whether the work has ended, well or not."""
        return not self._thread.is_alive()

    def result(self) -> T | None:
        """Return what `work` returned, or None while it runs or where it failed."""
        return self._result[0] if self._result else None
