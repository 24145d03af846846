"""Writing a file off the screen's thread, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.background import Background
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person.action_bar import ActionBar

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

T = TypeVar("T")

_LOOK_MS = 30


class Saving(QObject):
    """One file at a time.

    Signals
    -------
    saved
        The path that was written.
    refused
        Why it was not, in words.
    """

    saved = Signal(object)
    refused = Signal(str)

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._asked = False
        self._work: Background[Path | EmgFeedbackError] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def busy(self) -> bool:
        """Whether a file is being written, or what goes into it asked for."""
        return self._asked or self._work is not None

    def ask_and_start(
        self,
        asking: Asking,
        question: Callable[[Register], T],
        prepare: Callable[[T], Callable[[], Path]],
    ) -> None:
        """Ask the register, and start what `prepare` makes of the answer, unless one is running."""
        if self.busy:
            return
        self._asked = True

        def begin(answer: T) -> None:
            self._asked = False
            self.start(prepare(answer))

        asking.ask(question, begin, refused=self._refuse)

    def _refuse(self, why: str) -> None:
        self._asked = False
        self.refused.emit(why)

    def start(self, write: Callable[[], Path]) -> None:
        """Run `write`, which returns the path it wrote, unless one is running."""
        if self.busy:
            return

        def work() -> Path | EmgFeedbackError:
            try:
                return write()
            except EmgFeedbackError as error:
                return error

        self._work = Background(work)
        self._timer.start()

    def _look(self) -> None:
        work = self._work
        if work is None or not work.done:
            return
        self._timer.stop()
        self._work = None
        came = work.result()
        if isinstance(came, Path):
            self.saved.emit(came)
        elif came is not None:
            self.refused.emit(str(came))
        else:
            self.refused.emit(self.tr("Something went wrong inside; the log says more."))


def tell_saved(bar: ActionBar, out: Path) -> None:
    """Say on `bar` that `out` was written, and offer to open it."""
    url = QUrl.fromLocalFile(str(out))
    bar.say(
        Notice("info", QCoreApplication.translate("Saving", "Saved"), str(out)),
        QCoreApplication.translate("Saving", "Open"),
        lambda: QDesktopServices.openUrl(url),
        "report",
    )
