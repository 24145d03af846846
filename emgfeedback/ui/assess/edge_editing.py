"""One edge in hand: moved within its limits, kept in the register, put back, undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from emgfeedback.people.values import Session
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.assess import moving_edges
from emgfeedback.ui.assess.edges import SAME_S, EdgeKey, Hold, Holds
from emgfeedback.ui.assess.moving_edges import MovedEdges

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

_KEEP_AFTER_MS = 900
"""Keys rest so long before an edge they moved is kept."""


class EdgeEditing(QObject):
    """The holds of a session's recording, and what is done to their edges.

    Signals
    -------
    shown
        Something is to be drawn anew.
    changed
        The register has an edge elsewhere.
    refused
        Why it has not.
    """

    shown = Signal()
    changed = Signal()
    refused = Signal(str)

    def __init__(
        self, asking: Asking, session: Session, assessment: Mapping[str, Any], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._asking = Asking(asking.desk, self)
        self._session = session
        self.holds = Holds(assessment, assessment["duration_s"])
        self.active: EdgeKey | None = None
        self.pending_s: float | None = None
        """Where the edge in hand is, and not kept yet."""
        self.may_change = True
        self._undoable: list[int] = []
        self._in_flight, self._ended = 0, False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_KEEP_AFTER_MS)
        self._timer.timeout.connect(self.keep)
        self._send(partial(moving_edges.load, session=session), news=False)

    # What is shown

    @property
    def shown_holds(self) -> tuple[Hold, ...]:
        """All holds, with the edge in hand where it is now."""
        key, at_s = self.active, self.pending_s
        if key is None or at_s is None:
            return self.holds.holds
        mine = self.holds.hold(key)
        return tuple(h.moved(key.edge, at_s) if h is mine else h for h in self.holds.holds)

    @property
    def active_hold(self) -> Hold | None:
        """The hold whose edge is in hand, with that edge where it is now."""
        key = self.active
        if key is None:
            return None
        hold = self.holds.hold(key)
        return hold if self.pending_s is None else hold.moved(key.edge, self.pending_s)

    @property
    def ghost_s(self) -> float | None:
        """Where the edge in hand was before it was taken, if it is elsewhere now."""
        if self.active is None or self.pending_s is None:
            return None
        return self.holds.at_s(self.active)

    @property
    def can_put_back(self) -> bool:
        """Whether the edge in hand stands elsewhere than the marks have it."""
        hold = self.active_hold
        if hold is None or self.active is None or not self.may_change:
            return False
        return abs(hold.at(self.active.edge) - self.holds.marked_s(self.active)) >= SAME_S

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return self.pending_s is not None or bool(self._undoable and not self._in_flight)

    def show_measured(self, assessment: Mapping[str, Any]) -> None:
        """Take over what was measured anew of the same recording."""
        moved = tuple(self.holds.moved.values())
        self.holds = Holds(assessment, assessment["duration_s"], moved)
        if self.active is not None and not self.holds.has(self.active):
            self.active = self.pending_s = None
        self.shown.emit()

    # What is done

    def take(self, key: EdgeKey | None) -> None:
        """Have another edge in hand; the one before is kept where it is."""
        if key != self.active:
            self.keep()
            self.active = key
        self.shown.emit()

    def leave(self, key: EdgeKey) -> None:
        """Let go of an edge: it is kept where it is, and still the one that is told of."""
        if key == self.active:
            self.keep()

    def move(self, key: EdgeKey, at_s: float) -> None:
        """Move an edge as far as it may go; it is not kept yet."""
        if not self.may_change:
            return
        if key != self.active:
            self.take(key)
        self.pending_s = self.holds.allowed(key, at_s)
        self.shown.emit()

    def step(self, key: EdgeKey, step_s: float) -> None:
        """Move an edge by `step_s`; it is kept when the keys have rested."""
        in_hand = key == self.active and self.pending_s is not None
        now_s = self.pending_s if in_hand else None
        self.move(key, (self.holds.at_s(key) if now_s is None else now_s) + step_s)
        self._timer.start()

    def give_up(self) -> None:
        """Leave the edge in hand where it was."""
        self._timer.stop()
        self.pending_s = None
        self.shown.emit()

    def keep(self) -> None:
        """Keep the edge in hand where it is."""
        self._timer.stop()
        at_s, key = self.pending_s, self.active
        if at_s is None or key is None:
            return
        was_s, marked_s = self.holds.at_s(key), self.holds.marked_s(key)
        self.pending_s = None
        if abs(at_s - was_s) < SAME_S:
            self.shown.emit()
        elif abs(at_s - marked_s) < SAME_S:
            self._put_back(key, marked_s)
        else:
            self.holds.expect(key, at_s)
            self._send(
                partial(
                    moving_edges.keep,
                    session=self._session,
                    key=key,
                    at_s=at_s,
                    marked_s=marked_s,
                )
            )

    def put_back(self) -> None:
        """Put the edge in hand back where the marks have it."""
        key = self.active
        if key is None or not self.may_change:
            return
        self.give_up()
        if key in self.holds.moved:
            self._put_back(key, self.holds.marked_s(key))

    def _put_back(self, key: EdgeKey, marked_s: float) -> None:
        self.holds.expect(key, marked_s)
        self._send(partial(moving_edges.put_back, session=self._session, key=key))

    def undo(self) -> None:
        """Take back the last change made here; of an edge in hand that is not kept, that alone."""
        if self.pending_s is not None:
            self.give_up()
        elif self.can_undo:
            number = self._undoable.pop()
            self._send(partial(moving_edges.undo, session=self._session, number=number))

    def end(self) -> None:
        """Keep the edge in hand and go, when the register has answered."""
        self.keep()
        self._ended = True
        self._leave_if_done()

    # The register

    def _send(self, question: Callable[[Register], MovedEdges], *, news: bool = True) -> None:
        self._in_flight += 1
        self._asking.ask(
            question, partial(self._answered, news=news), changes=news, refused=self._refuse
        )
        self.shown.emit()

    def _answered(self, found: MovedEdges, *, news: bool) -> None:
        self._in_flight -= 1
        self.may_change = found.may_change
        if found.number is not None:
            self._undoable.append(found.number)
        if not self._in_flight:
            self.holds.show_moved(found.moved)
        self.shown.emit()
        if news:
            self.changed.emit()
        self._leave_if_done()

    def _refuse(self, why: str) -> None:
        self._in_flight -= 1
        self.holds.show_moved(tuple(self.holds.moved.values()))
        self.shown.emit()
        self.refused.emit(why)
        self._leave_if_done()

    def _leave_if_done(self) -> None:
        if self._ended and not self._in_flight:
            self.deleteLater()
