"""Who changed what: entries that are added with every change and never altered.

Folded in order of their numbers, the entries give the present register: `after` takes the
place of `before`, None is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from emgfeedback.people.plain import utc_now
from emgfeedback.people.roles import Role
from emgfeedback.people.schema import AUDIT
from emgfeedback.people.values import AuditEntry

CHANGES = ("add", "change", "remove", "undo")
"""Actions that change a value; the others (`erase`, `export`, `open`) only tell of it."""
_FIELDS = [column for column in AUDIT.c if column.name not in {"operation", "undoes"}]


class Journal:
    """The entries of one operation, written together at its end.

    Parameters
    ----------
    connection
        The writer's connection.
    who, role
        Whom the entries name.
    undoes
        Number of the operation this one takes back.
    """

    def __init__(
        self, connection: sa.Connection, who: str, role: Role, undoes: int | None = None
    ) -> None:
        last = connection.scalar(sa.select(sa.func.max(AUDIT.c.number)))
        self.connection = connection
        self.operation = (last or 0) + 1
        self.at_utc = utc_now()
        self._who = who
        self._role = role
        self._undoes = undoes
        self._rows: list[dict[str, Any]] = []

    def add(
        self,
        action: str,
        kind: str,
        value_id: str,
        patient_id: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> int:
        """Note one change and return its number."""
        number = self.operation + len(self._rows)
        self._rows.append(
            {
                "number": number,
                "operation": self.operation,
                "at_utc": self.at_utc,
                "who": self._who,
                "role": self._role.value,
                "action": action,
                "kind": kind,
                "value_id": value_id,
                "patient_id": patient_id,
                "undoes": self._undoes,
                "before": before,
                "after": after,
            }
        )
        return number

    def write(self) -> list[AuditEntry]:
        """Write the entries and return them."""
        if self._rows:
            self.connection.execute(sa.insert(AUDIT), self._rows)
        own = {column.name for column in _FIELDS}
        return [
            AuditEntry(**{name: row[name] for name in row if name in own}) for row in self._rows
        ]


def entries(
    connection: sa.Connection, *, patient_id: str = "", limit: int = 200
) -> list[AuditEntry]:
    """Return the newest entries, newest first; of one patient where one is named."""
    query = sa.select(*_FIELDS).order_by(AUDIT.c.number.desc()).limit(limit)
    if patient_id:
        query = query.where(AUDIT.c.patient_id == patient_id)
    return [AuditEntry(**row) for row in connection.execute(query).mappings()]


def last_change(connection: sa.Connection, value_id: str) -> AuditEntry | None:
    """Return the newest entry about a value."""
    query = sa.select(*_FIELDS).where(AUDIT.c.value_id == value_id, AUDIT.c.action.in_(CHANGES))
    row = connection.execute(query.order_by(AUDIT.c.number.desc()).limit(1)).mappings().first()
    return AuditEntry(**row) if row else None


def last_own(connection: sa.Connection, who: str, role: Role) -> int | None:
    """Return the number of a person's last operation that has not been undone."""
    undo = AUDIT.alias()
    query = (
        sa.select(AUDIT.c.operation)
        .where(
            AUDIT.c.who == who,
            AUDIT.c.role == role.value,
            AUDIT.c.action.in_(("add", "change", "remove")),
            ~sa.exists().where(undo.c.undoes == AUDIT.c.operation),
        )
        .order_by(AUDIT.c.number.desc())
        .limit(1)
    )
    return connection.scalar(query)


def operation_of(connection: sa.Connection, number: int) -> Sequence[sa.RowMapping]:
    """Return all entries written together with one, in order."""
    inner = sa.select(AUDIT.c.operation).where(AUDIT.c.number == number).scalar_subquery()
    query = sa.select(AUDIT).where(AUDIT.c.operation == inner).order_by(AUDIT.c.number)
    return connection.execute(query).mappings().all()


def blank(connection: sa.Connection, *concerned: sa.ColumnElement[bool]) -> int:
    """Take what entries say out of them, for an erasure, and return how many said something.

    Who did what when stays.
    """
    said = AUDIT.c.before.is_not(None) | AUDIT.c.after.is_not(None)
    emptied = sa.update(AUDIT).where(*concerned, said).values(before=None, after=None)
    return connection.execute(emptied).rowcount
