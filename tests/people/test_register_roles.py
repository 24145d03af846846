"""What a patient may see and add of the register, and nothing else."""

from __future__ import annotations

import dataclasses

import pytest

from emgfeedback.core.errors import AccessError
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import (
    CheckIn,
    Examination,
    GivenPlan,
    HeartChoice,
    MeasureTaken,
    MovedEdge,
    Patient,
    RatingGiven,
    Session,
    SessionKind,
    SignedOff,
    TrialResult,
)
from tests.people.kept_values import DAY, session_of


class TestPatientRole:
    @pytest.fixture
    def other(self, register):
        return register.put(Patient(pseudonym="P-2"))

    @pytest.fixture
    def own(self, database, patient):
        return Register(database, who="Zoë", role=Role.PATIENT, patient_id=patient.id)

    def test_sees_own_data_and_plan_alone(self, register, own, patient, other):
        for person in (patient, other):
            register.put(GivenPlan(patient_id=person.id, from_date=DAY, name="calm"))
            register.put_all(session_of(person, note="seen"))
        register.put_all(session_of(Patient(id="", pseudonym="nobody")))
        assert [line.patient.id for line in own.search("")] == [patient.id]
        assert [line.patient.id for line in own.search("seen")] == [patient.id]
        assert {line.patient_id for line in own.recent_sessions()} == {patient.id}
        assert {plan.patient_id for plan in own.all_of(GivenPlan)} == {patient.id}
        assert [person.id for person in own.all_of(Patient)] == [patient.id]
        assert own.unassigned() == []
        assert own.get(Patient, patient.id) == patient
        foreign = register.sessions_of(other.id)[0].id
        for ask in (
            lambda: own.get(Patient, other.id),
            lambda: own.get(Session, foreign),
            lambda: own.get(Session, "0" * 32),
            lambda: own.session(foreign),
            lambda: own.sessions_of(other.id),
            lambda: own.all_of(GivenPlan, other.id),
            lambda: own.trend(other.id, "rms_rest"),
            own.audit,
            lambda: own.note("open", other.id),
        ):
            with pytest.raises(AccessError):
                ask()
        assert own.all_of(TrialResult, session_id=foreign) == []

    def test_adds_check_ins_ratings_and_home_sessions(self, register, own, patient):
        own.put(CheckIn(patient_id=patient.id, on=DAY, pain=4))
        session, *_ = own.put_all(session_of(patient, kind=SessionKind.HOME))
        ids = {"patient_id": patient.id, "session_id": session.id}
        own.put(RatingGiven(**ids, key="pain", value=3))
        own.put(MeasureTaken(**ids, key="rms_rest", muscle="SCM"))
        visit, *_ = register.put_all(session_of(patient, kind=SessionKind.VISIT))
        own.put(RatingGiven(**{**ids, "session_id": visit.id}, key="pain", value=3))
        assert len(own.recent_sessions()) == 2
        assert {entry.role for entry in register.audit()} == {"clinician", "patient"}

    def test_may_do_nothing_else(self, register, own, patient, other):
        check_in = own.put(CheckIn(patient_id=patient.id, on=DAY))
        visit, *parts = session_of(patient, kind=SessionKind.VISIT)
        plan = GivenPlan(patient_id=patient.id, from_date=DAY)
        home = session_of(other, kind=SessionKind.HOME)
        kept = len(register.audit())
        for ask in (
            lambda: own.put(dataclasses.replace(check_in, pain=2)),
            lambda: own.put(dataclasses.replace(patient, name="Me")),
            lambda: own.put(Patient(pseudonym="P-9")),
            lambda: own.put(plan),
            lambda: own.put_all([visit, *parts]),
            lambda: own.put_all(home),
            lambda: own.put(CheckIn(patient_id=other.id, on=DAY)),
            lambda: own.put(Examination(patient_id=patient.id, examined_on=DAY)),
            lambda: own.put(
                HeartChoice(patient_id=patient.id, method="gate", chosen_at=visit.started_utc)
            ),
            lambda: own.remove(check_in),
            own.undo,
        ):
            with pytest.raises(AccessError):
                ask()
        register.put_all([visit, *parts])
        own_trial = TrialResult(patient_id=patient.id, session_id=visit.id)
        with pytest.raises(AccessError):
            own.put(own_trial)
        assert len(register.audit()) == kept + 3

    def test_judges_no_assessment_not_even_of_a_session_at_home(self, own, patient):
        session, *_ = own.put_all(session_of(patient, kind=SessionKind.HOME))
        ids = {"patient_id": patient.id, "session_id": session.id}
        at = session.started_utc
        for judgement in (
            MovedEdge(**ids, task="let-go", repeat=0, edge="end", at_s=1.0, was_s=2.0),
            SignedOff(**ids, signed_at=at, signed_by="Me", seal="0"),
        ):
            with pytest.raises(AccessError):
                own.put(judgement)

    def test_is_bound_to_a_patient_and_a_clinician_is_not(self, database, patient):
        with pytest.raises(AccessError):
            Register(database, who="Zoë", role=Role.PATIENT)
        with pytest.raises(AccessError):
            Register(database, who="Dr A", role=Role.CLINICIAN, patient_id=patient.id)
