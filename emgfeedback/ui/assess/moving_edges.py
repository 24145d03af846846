"""What the traces sheet asks of the register about edges that were moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgfeedback.measures.assessment_spans import Edge
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

    moved: tuple[MovedEdge, ...]
    may_change: bool
    number: int | None = None


def load(register: Register, session: Session, number: int | None = None) -> MovedEdges:
    """Return the edges moved in a session."""
    moved = tuple(register.all_of(MovedEdge, session_id=session.id))
    return MovedEdges(moved, register.role is Role.CLINICIAN, number)


def keep(
    register: Register, session: Session, key: EdgeKey, at_s: float, marked_s: float
) -> MovedEdges:
    """Keep an edge at `at_s`; the marks put it at `marked_s`.

    Of two who move it at once the later one has it; the audit tells of both.
    """
    from emgfeedback.people.assessments import (  # noqa: PLC0415 - loads the database
        move_edge,
    )

    edge = Edge(key.task, key.repeat, key.edge, at_s)
    kept = move_edge(register, session.id, edge, marked_s)
    return load(register, session, last_change(register, kept.id))


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
