"""Questions of a page to the register, answered on the screen's thread when they are ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer

from emgfeedback.people.desk import Answer, Desk

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

T = TypeVar("T")
_LOOK_MS = 15


class Asking(QObject):
    """Asks the desk for one widget and calls back; with the widget gone, answers are dropped.

    A newer question under the same `topic` makes the older one's answer unwanted: a search box
    shows what was typed last, whatever comes back first.

    Parameters
    ----------
    desk
        Where the register is.
    owner
        The widget that asks.
    """

    def __init__(self, desk: Desk, owner: QObject) -> None:
        super().__init__(owner)
        self.desk = desk
        self._open: list[tuple[str, Answer[Any], Callable[[Any], object], Any]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def waiting(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._open)

    def ask(
        self,
        question: Callable[[Register], T],
        then: Callable[[T], object],
        *,
        topic: str = "",
        changes: bool = False,
        refused: Callable[[str], object] | None = None,
    ) -> None:
        """Ask `question`; call `then` with its answer, or `refused` with the reason in words."""
        if topic:
            self._open = [entry for entry in self._open if entry[0] != topic]
        answer = self.desk.ask(question, changes=changes)
        self.wait_for(answer, then, topic=topic, refused=refused)

    def wait_for(
        self,
        answer: Answer[T],
        then: Callable[[T], object],
        *,
        topic: str = "",
        refused: Callable[[str], object] | None = None,
    ) -> None:
        """Call back when `answer` is there."""
        self._open.append((topic, answer, then, refused))
        self._timer.start()

    def _look(self) -> None:
        ready = [entry for entry in self._open if entry[1].done]
        self._open = [entry for entry in self._open if not entry[1].done]
        if not self._open:
            self._timer.stop()
        for _, answer, then, refused in ready:
            if not answer.error:
                then(answer.value)
            elif refused is not None:
                refused(answer.error)
