"""The tables are the values, and the migrations make the tables."""

from __future__ import annotations

import typing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from emgfeedback.people import schema, values
from emgfeedback.people.plain import KINDS, field_names
from emgfeedback.people.schema import METADATA, TABLES
from emgfeedback.people.values import PATIENT_KINDS, Patient, Value

KEPT = {"added", "changed_utc", "deleted_utc"}
SEARCHED = {"patient", "session"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_table_has_a_column_for_each_field_and_no_other(kind):
    table = TABLES[kind]
    more = KEPT | ({"search"} if table.name in SEARCHED else set())
    assert {column.name for column in table.c} == set(field_names(kind)) | more


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_column_may_lack_what_its_field_may_lack(kind):
    for name, hint in typing.get_type_hints(kind).items():
        if name not in {"patient_id", "session_id"}:
            assert TABLES[kind].c[name].nullable == (type(None) in typing.get_args(hint)), name


def test_every_kind_of_value_is_kept():
    named = {
        kind
        for name, kind in vars(values).items()
        if isinstance(kind, type) and issubclass(kind, Value) and not name.startswith("Of")
    } - {Value}
    assert named == set(KINDS) == {Patient, *PATIENT_KINDS}


def test_an_owner_comes_before_what_it_owns():
    order = [TABLES[kind] for kind in KINDS]
    for place, table in enumerate(order):
        for key in table.foreign_keys:
            assert key.column.table in order[:place]


def test_json_comes_last_in_a_row():
    for table in TABLES.values():
        json = [isinstance(column.type, schema.sa.JSON) for column in table.c]
        assert json == sorted(json), table.name


def test_migrations_make_what_the_schema_describes(database):
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, METADATA) == []
