"""Commands that may take a while, done one after another off the screen's thread."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from emgfeedback.core.errors import EmgFeedbackError

_log = logging.getLogger(__name__)


class Errands:
    """Runs commands in order; a refusal waits in `refused` for the screen to show it."""

    def __init__(self) -> None:
        self.refused = ""
        """Why the last command was refused, in words; empty if it was not."""
        self._commands: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="screen-errands", daemon=True)
        self._thread.start()

    def send(self, command: Callable[[], object]) -> None:
        """Run `command` after those sent before it."""
        self._commands.put(command)

    def do_now(self, command: Callable[[], object]) -> None:
        """Run a quick `command` at once."""
        self.refused = ""
        try:
            command()
        except EmgFeedbackError as error:
            self.refused = str(error)

    def close(self, timeout_s: float = 10.0) -> None:
        """Finish what was sent and end the thread."""
        self._commands.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (command := self._commands.get()) is not None:
            try:
                self.do_now(command)
            except Exception:  # noqa: BLE001 - logged whole; the screen lives on
                _log.exception("A command of the screen failed")
