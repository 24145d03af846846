"""What the traces sheet asks of the register about edges that were moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgfeedback.people.roles import Role
from emgfeedback.people.values import MovedEdge, Session
from emgfeedback.ui.assess.edges import EdgeKey
from emgfeedback.ui.session.loading import last_change

if TYPE_CHECKING:
    from emgfeedback.people.register import Register


@dataclass(frozen=True, slots=True)
class MovedEdges:
    """The edges of a session as the register has them.

    `number` takes the change back that was made last.
    """

    session_id: str
    moved: tuple[MovedEdge, ...]
    may_change: bool
    number: int | None = None


def load(register: Register, session: Session, number: int | None = None) -> MovedEdges:
    """Return the edges moved in a session."""
    moved = tuple(register.all_of(MovedEdge, session_id=session.id))
    return MovedEdges(session.id, moved, register.role is Role.CLINICIAN, number)


def keep(
    register: Register, session: Session, key: EdgeKey, at_s: float, marked_s: float
) -> MovedEdges:
    """Keep an edge at `at_s`; the marks put it at `marked_s`.

    Of two who move it at once the later one has it; the audit tells of both.
    """
    before = _kept(register, session, key)
    if before is None:
        before = MovedEdge(
            patient_id=session.patient_id,
            session_id=session.id,
            task=key.task,
            repeat=key.repeat,
            edge=key.edge,
            at_s=at_s,
            was_s=marked_s,
        )
    register.put(replace(before, at_s=at_s))
    return load(register, session, last_change(register, before.id))


def put_back(register: Register, session: Session, key: EdgeKey) -> MovedEdges:
    """Let an edge stand where the marks put it."""
    before = _kept(register, session, key)
    return load(register, session, register.remove(before) if before is not None else None)


def undo(register: Register, session: Session, number: int) -> MovedEdges:
    """Take a change back."""
    register.undo(number)
    return load(register, session)


def _kept(register: Register, session: Session, key: EdgeKey) -> MovedEdge | None:
    moved = register.all_of(MovedEdge, session_id=session.id)
    return next((one for one in moved if EdgeKey.of(one) == key), None)
