"""The register's tables, built from the values it keeps.

A column a field, named alike. Enumerations are kept by value, mappings and tuples as JSON. Every
table of values also has `added` (number of the audit entry that added the row: the order things
came in), `changed_utc`, and `deleted_utc` (None: not removed). JSON comes last in a row, so that
lists read no page of it.
"""

from __future__ import annotations

import datetime as dt
import re
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from emgfeedback.people.plain import KINDS, V, field_names, from_plain
from emgfeedback.people.search import search_text
from emgfeedback.people.values import (
    GivenPlan,
    Injection,
    MeasureTaken,
    OfPatient,
    OfSession,
    Patient,
    Session,
    Value,
)


class UtcTime(sa.types.TypeDecorator[dt.datetime]):
    """A time in UTC, in a database with or without time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Take the zone off where the database keeps none."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Put the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Reference(sa.types.TypeDecorator[str]):
    """The id of another row; an empty id is no row."""

    impl = sa.String(32)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Keep an empty id as NULL."""
        return value or None

    def process_result_value(self, value: str | None, dialect: Dialect) -> str:
        """Give NULL back as an empty id."""
        return value or ""


METADATA = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
_SCALARS: dict[Any, sa.types.TypeEngine[Any]] = {
    str: sa.Text(),
    int: sa.BigInteger(),
    float: sa.Double(),
    bool: sa.Boolean(),
    dt.date: sa.Date(),
    dt.datetime: UtcTime(),
}


def _table_name(kind: type[Value]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def _column(kind: type[Value], name: str, hint: Any) -> sa.Column[Any]:
    if name == "id":
        return sa.Column(name, sa.String(32), primary_key=True)
    if name in {"patient_id", "session_id"}:
        target = _table_name(Patient if name == "patient_id" else Session)
        may_lack = (
            issubclass(kind, Session | OfSession)
            if name == "patient_id"
            else not issubclass(kind, OfSession)
        )
        return sa.Column(name, Reference(), sa.ForeignKey(f"{target}.id"), nullable=may_lack)
    inner = [part for part in typing.get_args(hint) if part is not type(None)]
    optional = isinstance(hint, types.UnionType) and len(inner) == 1
    core = inner[0] if optional else hint
    if isinstance(core, type) and issubclass(core, Enum):
        return sa.Column(name, sa.String(16), nullable=optional)
    found: sa.types.TypeEngine[Any] = _SCALARS.get(core, sa.JSON())
    return sa.Column(name, found, nullable=optional)


def _table(kind: type[Value]) -> sa.Table:
    hints = typing.get_type_hints(kind)
    columns = [_column(kind, name, hints[name]) for name in field_names(kind)]
    kept: list[sa.Column[Any]] = [
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("changed_utc", UtcTime(), nullable=False),
        sa.Column("deleted_utc", UtcTime()),
    ]
    if kind in {Patient, Session}:
        kept.append(sa.Column("search", sa.Text(), nullable=False))
    columns.sort(key=lambda column: isinstance(column.type, sa.JSON))
    first_json = sum(not isinstance(column.type, sa.JSON) for column in columns)
    columns[first_json:first_json] = kept
    return sa.Table(_table_name(kind), METADATA, *columns)


TABLES: dict[type[Value], sa.Table] = {kind: _table(kind) for kind in KINDS}

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("operation", sa.BigInteger(), nullable=False),
    sa.Column("at_utc", UtcTime(), nullable=False),
    sa.Column("who", sa.Text(), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("value_id", sa.String(32), nullable=False),
    sa.Column("patient_id", sa.String(32), nullable=False),
    sa.Column("undoes", sa.BigInteger()),
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON(none_as_null=True)),
)
"""Every change: `operation` is the number of the first entry written with this one, `undoes` the
operation it takes back."""


def _index(table: sa.Table, *names: str) -> None:
    sa.Index(None, *(table.c[name] for name in names))


def _indexes() -> None:
    patient, session, measure = TABLES[Patient], TABLES[Session], TABLES[MeasureTaken]
    _index(patient, "pseudonym")
    _index(session, "started_utc", "id")
    _index(session, "patient_id", "deleted_utc", "started_utc", "id")
    _index(session, "search", "deleted_utc", "patient_id")
    _index(measure, "patient_id", "key", "muscle")
    _index(TABLES[Injection], "patient_id", "deleted_utc", "on")
    _index(TABLES[GivenPlan], "patient_id", "deleted_utc", "from_date")
    for kind, table in TABLES.items():
        if issubclass(kind, OfPatient) and kind not in {
            Session,
            MeasureTaken,
            Injection,
            GivenPlan,
        }:
            _index(table, "patient_id")
        if "session_id" in table.c:
            _index(table, "session_id")
    _index(AUDIT, "patient_id", "number")
    _index(AUDIT, "value_id", "number")
    _index(AUDIT, "operation")
    _index(AUDIT, "undoes")


_indexes()


def value_columns(kind: type[Value]) -> list[sa.Column[Any]]:
    """Return the columns that hold a kind's fields."""
    return [TABLES[kind].c[name] for name in field_names(kind)]


def row_of(value: Value, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a value, without `added`, `changed_utc` and `deleted_utc`."""
    table = TABLES[type(value)]
    row: dict[str, Any] = {}
    for name in field_names(type(value)):
        in_json = isinstance(table.c[name].type, sa.JSON)
        given = getattr(value, name)
        row[name] = plain[name] if in_json or isinstance(given, Enum) else given
    found = search_text(value)
    return row if found is None else {**row, "search": found}


def value_of(kind: type[V], row: sa.RowMapping) -> V:
    """Return the value a row holds; columns that are no field are left out."""
    return from_plain(kind, {name: row[name] for name in field_names(kind)})


def date_column(kind: type[Value]) -> sa.Column[Any] | None:
    """Return the column that dates a kind, if it has a date of its own."""
    columns = TABLES[kind].c
    for name in ("started_utc", "on", "from_date", "examined_on", "chosen_at", "signed_at"):
        if name in columns:
            return columns[name]
    return None
