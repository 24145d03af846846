"""Any history of changes: the audit replays to the present, and nothing is left without owner."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emgfeedback.core.errors import ConflictError, RegisterError
from emgfeedback.people.audit import CHANGES
from emgfeedback.people.database import Database
from emgfeedback.people.plain import KINDS, to_plain
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.schema import METADATA
from emgfeedback.people.values import (
    CheckIn,
    OfPatient,
    OfSession,
    Patient,
    ScaleScore,
    Session,
    Value,
)
from tests.people.kept_values import DAY, session_of, values_of

STEPS = st.tuples(
    st.sampled_from(
        ["patient", "session", "check-in", "score", "change", "give", "remove", "undo", "undo own"]
    ),
    st.integers(0, 1000),
    st.integers(0, 1000),
)
SHARED = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""One database for all examples: each begins with `emptied`."""
NOBODY = Patient(id="", pseudonym="nobody")
_numbers = itertools.count()


def emptied(database: Database) -> Register:
    with database.writing() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
    return Register(database, who="Dr A", role=Role.CLINICIAN)


def standing(register: Register) -> dict[str, Value]:
    return {value.id: value for kind in KINDS for value in register.all_of(kind)}


def replayed(register: Register) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for entry in reversed(register.audit(limit=1_000_000)):
        if entry.action in CHANGES:
            before = state.pop(entry.value_id, None)
            assert before == entry.before, "an entry begins where the one before it ended"
            if entry.after is not None:
                state[entry.value_id] = entry.after
    return state


def pick(values: list[Any], number: int) -> Any:
    return values[number % len(values)] if values else None


def take(register: Register, what: str, first: int, second: int) -> None:
    """Take one step; what is not possible now is left."""
    patient = pick(register.all_of(Patient), first) or NOBODY
    session = pick(register.all_of(Session), second)
    if what == "patient":
        register.put(Patient(pseudonym=f"P-{next(_numbers)}"))
    elif what == "session":
        register.put_all(session_of(pick([patient, NOBODY], second)))
    elif what == "check-in" and patient.id:
        register.put(CheckIn(patient_id=patient.id, on=DAY, pain=second % 11))
    elif what == "score" and session and session.patient_id:
        own = {"patient_id": session.patient_id, "session_id": session.id}
        register.put(ScaleScore(**own, on=DAY, scale="tsui"))
    elif what == "give" and session:
        register.put(dataclasses.replace(session, patient_id=patient.id))
    elif what in {"change", "remove"}:
        value = pick(list(standing(register).values()), first)
        if value is not None and what == "remove":
            assert value.id not in (register.remove(value), *standing(register))
        elif value is not None:
            name = {Patient: "name"}.get(type(value), "note")
            fields = {name: f"changed {second}"} if hasattr(value, name) else {}
            register.put(dataclasses.replace(value, **fields))
            with pytest.raises(ConflictError):
                register.put(value)
    elif what == "undo":
        entries = register.audit(limit=30)
        if entries:
            register.undo(pick(entries, first).number)
    elif what == "undo own":
        register.undo()


@SHARED
@given(st.lists(STEPS, max_size=14))
def test_the_audit_replays_to_the_present(database, steps):
    register = emptied(database)
    for what, first, second in steps:
        before = standing(register)
        entries = len(register.audit(limit=1_000_000))
        try:
            take(register, what, first, second)
        except RegisterError:
            assert what in {"undo", "undo own", "give"}
            assert standing(register) == before
            assert len(register.audit(limit=1_000_000)) == entries
    present = standing(register)
    assert replayed(register) == {key: to_plain(value) for key, value in present.items()}
    for value in present.values():
        if isinstance(value, OfPatient) and value.patient_id:
            assert value.patient_id in present
        if isinstance(value, OfSession):
            assert present[value.session_id].patient_id == value.patient_id


@SHARED
@given(st.lists(STEPS, max_size=6), STEPS)
def test_undoing_a_step_gives_the_state_before_it(database, steps, last):
    register = emptied(database)
    for step in [*steps, last]:
        before = standing(register)
        number = register.audit(limit=1)
        try:
            take(register, *step)
        except RegisterError:
            continue
        done = register.audit(limit=1)
        if done != number:
            register.undo(done[0].number)
            assert said(standing(register)) == said(before)
            register.undo(register.audit(limit=1)[0].number)


def said(values: dict[str, Value]) -> dict[str, Value]:
    """Return values without their versions: an undo is a change too."""
    return {key: dataclasses.replace(value, version=1) for key, value in values.items()}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_any_value_comes_back_as_it_was_put(database, kind):
    register = Register(database, who="Dr A", role=Role.CLINICIAN)
    patient = register.put(Patient(pseudonym="owner"))
    session, *_ = register.put_all(session_of(patient))
    owned = {"patient_id": patient.id} if issubclass(kind, OfPatient) else {"pseudonym": "any"}
    if issubclass(kind, OfSession):
        owned["session_id"] = session.id

    @SHARED
    @given(values_of(kind, **owned))
    def put_and_got(value):
        put = register.put(value)
        assert put == dataclasses.replace(value, version=1)
        assert register.get(kind, put.id) == put
        register.remove(put)

    put_and_got()
