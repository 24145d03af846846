"""One write to the register: checked, in order, audited, whole or not at all."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from emgfeedback.core.errors import ConflictError, RegisterError
from emgfeedback.people import audit
from emgfeedback.people.plain import BY_NAME, RANK, V, checked, field_names, from_plain, to_plain
from emgfeedback.people.schema import TABLES, row_of, value_columns, value_of
from emgfeedback.people.values import OfPatient, OfSession, Patient, Session, Value

_AT_ONCE = 500
"""Ids in one query; databases bound the number of parameters."""


class Operation:
    """All that is changed together.

    Parameters
    ----------
    journal
        Where each change is noted.
    action
        What the entries call it where it is not `add`, `change` or `remove`.
    """

    def __init__(self, journal: audit.Journal, *, action: str = "") -> None:
        self._journal = journal
        self._connection = journal.connection
        self._action = action
        self._before: dict[str, int] = {}
        """Version, before this operation, of what it has changed: the one its caller knows."""
        self._pseudonyms: dict[str, str] = {}
        self._whose: dict[tuple[type[Value], str], str] = {}
        """Patient of each owner that was looked up, or added here."""

    def put(self, values: Iterable[Value]) -> dict[str, Value]:
        """Add or change values, owners first, and return them by id as they are kept."""
        ordered = sorted(values, key=lambda value: (RANK.get(type(value), -1), value.version > 0))
        if len({value.id for value in ordered}) < len(ordered):
            raise RegisterError("The same value is given twice at once.", "This is a bug.")
        kept: dict[str, Value] = {}
        for (kind, is_change), group in itertools.groupby(
            ordered, key=lambda value: (type(value), value.version > 0)
        ):
            if is_change:
                kept |= {value.id: self._change(value) for value in group}
            else:
                kept |= self._add(kind, list(group))
        return kept

    def remove(self, value: Value) -> None:
        """Hide a value and what belongs to it."""
        self._hide(self._known(value))

    # What follows works on one kind at a time.

    def _add(self, kind: type[Value], values: Sequence[Value]) -> dict[str, Value]:
        ids = [value.id for value in values]
        if found := self._rows(kind, TABLES[kind].c.id, ids):
            known = value_of(kind, found[0])
            raise ConflictError(
                f"{_name(known)} is kept already, with version {known.version}.",
                "Read it again and change that.",
            )
        rows, kept = [], {}
        for value in values:
            self._check_owners(value)
            good, plain = checked(dataclasses.replace(value, version=1))
            self._check_pseudonyms(good)
            number = self._note("add", good, None, plain)
            rows.append({**row_of(good, plain), "added": number, **self._stamp()})
            kept[good.id] = good
            if kind in {Patient, Session}:
                self._whose[kind, good.id] = _owners(good)[0]
        self._connection.execute(sa.insert(TABLES[kind]), rows)
        return kept

    def _change(self, value: Value) -> Value:
        return self._replace(self._known(value), value)

    def _replace(self, old: Value, value: Value) -> Value:
        if _owners(old) != _owners(value):
            self._check_owners(value)
        good, plain = checked(dataclasses.replace(value, version=old.version + 1))
        self._check_pseudonyms(good)
        self._update(good, plain, deleted_utc=None)
        self._note("change", good, to_plain(old), plain)
        if isinstance(old, Session) and isinstance(good, Session):
            self._move(good, old.patient_id)
        return good

    def _move(self, session: Session, from_patient: str) -> None:
        """Give what belongs to a session to the session's new patient."""
        if session.patient_id == from_patient:
            return
        for kind in TABLES:
            if issubclass(kind, OfPatient) and "session_id" in field_names(kind):
                for value in self._live(kind, TABLES[kind].c.session_id, session.id):
                    moved = dataclasses.replace(value, patient_id=session.patient_id)
                    self._before[value.id] = value.version
                    self._replace(value, moved)

    def _hide(self, value: Value) -> None:
        table = TABLES[type(value)]
        self._before.setdefault(value.id, value.version)
        self._whose.pop((type(value), value.id), None)
        changed = sa.update(table).where(table.c.id == value.id)
        self._connection.execute(
            changed.values(
                version=value.version + 1,
                changed_utc=self._journal.at_utc,
                deleted_utc=self._journal.at_utc,
            )
        )
        self._note("remove", value, to_plain(value), None)
        for kind, column in _belonging(type(value)):
            for child in self._live(kind, column, value.id):
                self._hide(child)

    def _show(self, value: Value) -> None:
        self._check_owners(value)
        good, plain = checked(dataclasses.replace(value, version=value.version + 1))
        self._check_pseudonyms(good)
        self._update(good, plain, deleted_utc=None)
        self._note("add", good, None, plain)

    def _update(self, value: Value, plain: Mapping[str, Any], **more: Any) -> None:
        table = TABLES[type(value)]
        row = {**row_of(value, plain), **self._stamp(), **more}
        self._before.setdefault(value.id, value.version - 1)
        self._connection.execute(sa.update(table).where(table.c.id == value.id).values(row))
        self._whose.pop((type(value), value.id), None)

    def take_back(self, entries: Sequence[sa.RowMapping]) -> None:
        """Give every value an earlier operation changed the state it had before."""
        first: dict[str, sa.RowMapping] = {}
        last: dict[str, sa.RowMapping] = {}
        for entry in entries:
            if entry["action"] not in audit.CHANGES:
                raise RegisterError(f"{entry['action']} cannot be undone.")
            if entry["before"] is None and entry["after"] is None:
                raise RegisterError("What was erased cannot be undone.")
            first.setdefault(entry["value_id"], entry)
            last[entry["value_id"]] = entry
        for entry in sorted(first.values(), key=lambda entry: RANK[BY_NAME[entry["kind"]]]):
            self._take_back(entry["kind"], entry["before"], last[entry["value_id"]])

    def _take_back(self, kind_name: str, before: Any, last: sa.RowMapping) -> None:
        kind, value_id = BY_NAME[kind_name], last["value_id"]
        (row,) = self._rows(kind, TABLES[kind].c.id, [value_id])
        kept = value_of(kind, row)
        now = None if row["deleted_utc"] is not None else kept

        def state(plain: Any) -> Value | None:
            if plain is None:
                return None
            return dataclasses.replace(from_plain(kind, plain), version=kept.version)

        # What follows its owner has been changed by this undo itself.
        if value_id not in self._before and state(last["after"]) != now:
            raise ConflictError(
                f"It cannot be undone: {self._told_by(value_id)} changed it since.",
                "Undo that change first, or correct it by hand.",
            )
        earlier = state(before)
        if earlier is None and now is not None:
            self._hide(now)
        elif earlier is not None and now is None:
            self._show(earlier)
        elif earlier is not None and now is not None and earlier != now:
            self._replace(now, earlier)

    # Reading what is there.

    def _known(self, value: Value) -> Value:
        """Return what is kept of a value the caller has read, if nobody changed it since."""
        kind = type(value)
        found = self._rows(kind, TABLES[kind].c.id, [value.id]) if kind in TABLES else []
        if not found:
            raise RegisterError(f"{_name(value)} is not in the register.", "Add it first.")
        kept = value_of(kind, found[0])
        if found[0]["deleted_utc"] is not None:
            raise ConflictError(
                f"{_name(kept)} was removed by {self._told_by(kept.id)}.", "Undo the removal first."
            )
        if self._before.get(kept.id, kept.version) != value.version:
            names = [
                name
                for name in field_names(kind)
                if name != "version" and getattr(kept, name) != getattr(value, name)
            ]
            what = f" ({', '.join(names)} differ)" if names else ""
            raise ConflictError(
                f"{_name(kept)} was changed by {self._told_by(kept.id)}{what}.",
                "Read it again and repeat your change.",
            )
        return kept

    def _told_by(self, value_id: str) -> str:
        entry = audit.last_change(self._connection, value_id)
        return f"{entry.who} at {entry.at_utc:%Y-%m-%d %H:%M} UTC" if entry else "somebody"

    def _rows(
        self, kind: type[Value], column: sa.Column[Any], ids: Sequence[str]
    ) -> list[sa.RowMapping]:
        query = sa.select(*value_columns(kind), TABLES[kind].c.deleted_utc)
        return [
            row
            for start in range(0, len(ids), _AT_ONCE)
            for row in self._connection.execute(
                query.where(column.in_(ids[start : start + _AT_ONCE]))
            ).mappings()
        ]

    def _live(self, kind: type[V], column: sa.Column[Any], owner: str) -> list[V]:
        rows = self._rows(kind, column, [owner])
        return [value_of(kind, row) for row in rows if row["deleted_utc"] is None]

    def _check_pseudonyms(self, value: Value) -> None:
        if not isinstance(value, Patient):
            return
        if not value.pseudonym.strip():
            raise RegisterError("A patient needs a pseudonym.", "Enter one, such as P-0417.")
        table = TABLES[Patient]
        same = sa.select(table.c.id).where(
            table.c.pseudonym == value.pseudonym,
            table.c.id != value.id,
            table.c.deleted_utc.is_(None),
        )
        first = self._pseudonyms.setdefault(value.pseudonym, value.id)
        if first != value.id or self._connection.scalar(same) is not None:
            raise RegisterError(
                f"The pseudonym {value.pseudonym} is another patient's.", "Choose another."
            )

    def _check_owners(self, value: Value) -> None:
        """Hold that the patient and the session of a value are there, and fit each other."""
        patient_id, session_id = _owners(value)
        if patient_id:
            self._owner(Patient, patient_id, value)
        elif isinstance(value, OfPatient) and not isinstance(value, Session | OfSession):
            raise RegisterError(f"A {type(value).__name__} needs a patient.", "Choose one.")
        if session_id:
            owner = self._owner(Session, session_id, value)
            if owner != patient_id:
                raise RegisterError(
                    f"A {type(value).__name__} and its session name different patients.",
                    "Give the session to the patient first.",
                )
        elif isinstance(value, OfSession):
            raise RegisterError(f"A {type(value).__name__} needs a session.", "Choose one.")

    def _owner(self, kind: type[Value], owner_id: str, value: Value) -> str:
        """Return whose an owner is."""
        if (kind, owner_id) not in self._whose:
            found = self._rows(kind, TABLES[kind].c.id, [owner_id])
            # A score outlives the session it names, a trial does not.
            must_live = kind is Patient or isinstance(value, OfSession)
            if not found or (must_live and found[0]["deleted_utc"] is not None):
                state = "was removed" if found else "is not in the register"
                raise RegisterError(
                    f"The {kind.__name__.lower()} of a {type(value).__name__} {state}.",
                    "Undo the removal, or choose another.",
                )
            self._whose[kind, owner_id] = found[0].get("patient_id", "")
        return self._whose[kind, owner_id]

    def _stamp(self) -> dict[str, Any]:
        return {"changed_utc": self._journal.at_utc}

    def _note(
        self,
        action: str,
        value: Value,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
    ) -> int:
        return self._journal.add(
            self._action or action,
            type(value).__name__,
            value.id,
            value.id if isinstance(value, Patient) else _owners(value)[0],
            before=before,
            after=after,
        )


def _owners(value: Value) -> tuple[str, str]:
    return getattr(value, "patient_id", ""), getattr(value, "session_id", "")


def _belonging(kind: type[Value]) -> list[tuple[type[Value], sa.Column[Any]]]:
    """Return what is hidden with a kind: all of a patient, what was taken in a session."""
    if kind is Patient:
        return [(other, TABLES[other].c.patient_id) for other in TABLES if other is not Patient]
    if kind is Session:
        return [
            (other, TABLES[other].c.session_id) for other in TABLES if issubclass(other, OfSession)
        ]
    return []


def _name(value: Value) -> str:
    shown = getattr(value, "pseudonym", "") or getattr(value, "started_utc", "") or value.id[:8]
    return f"{type(value).__name__} {shown}"
