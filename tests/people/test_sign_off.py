"""A sign-off holds for the numbers that were read, and for no others."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from emgfeedback.core.errors import AccessError
from emgfeedback.people.database import Database
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.sign_off import Standing, seal_of, sign_off, standing
from emgfeedback.people.values import Patient, Session, SessionKind, SignedOff

TOLD = {"tasks": {"let-go": {"rms_uv": 31.0}}, "edges": (("let-go", 0, 4.0),), "heart": "gate"}


@pytest.fixture
def database(tmp_path):
    with Database.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def register(database):
    return Register(database, who="Dr A", role=Role.CLINICIAN)


@pytest.fixture
def session(register):
    person = register.put(Patient(pseudonym="P-1"))
    started = dt.datetime(2026, 3, 9, 8, tzinfo=dt.UTC)
    return register.put(
        Session(patient_id=person.id, started_utc=started, kind=SessionKind.ASSESSMENT)
    )


def test_the_seal_is_the_same_after_a_file_and_another_for_any_other_number():
    read_back = json.loads(json.dumps(TOLD))
    assert seal_of(read_back) == seal_of(TOLD)
    assert seal_of(dict(reversed(TOLD.items()))) == seal_of(TOLD)
    for change in ({"edges": (("let-go", 0, 4.1),)}, {"heart": "template"}, {"tasks": {}}):
        assert seal_of({**TOLD, **change}) != seal_of(TOLD)


def test_who_signed_and_when_stands_in_the_register_and_its_audit(register, session):
    assert standing(register, session.id, TOLD) == Standing()
    signed = sign_off(register, session.id, TOLD)
    assert (signed.signed_by, signed.patient_id) == ("Dr A", session.patient_id)
    assert standing(register, session.id, TOLD) == Standing(signed, holds=True)
    entry = register.audit(session.patient_id)[0]
    assert (entry.who, entry.action, entry.kind) == ("Dr A", "add", SignedOff.__name__)


def test_after_a_change_it_holds_no_more_until_signed_anew(register, session):
    first = sign_off(register, session.id, TOLD)
    moved = {**TOLD, "edges": (("let-go", 0, 4.5),)}
    assert standing(register, session.id, moved) == Standing(first, holds=False)
    again = sign_off(register, session.id, moved)
    assert standing(register, session.id, moved) == Standing(again, holds=True)


def test_a_patient_signs_nothing(register, session):
    own = register.for_patient(session.patient_id)
    with pytest.raises(AccessError, match="may not sign off"):
        sign_off(own, session.id, TOLD)
    assert register.all_of(SignedOff) == []
