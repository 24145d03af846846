"""What the register keeps, whoever asks and whatever was changed before."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from emgfeedback.core.errors import ConflictError, RegisterError
from emgfeedback.core.montage import Side
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import (
    CalibrationResult,
    CheckIn,
    Injection,
    MeasureTaken,
    Patient,
    RatingGiven,
    RecordingFile,
    ScaleScore,
    Session,
    SessionWhole,
    TrialResult,
)
from tests.people.kept_values import DAY, STARTED, session_of


def test_a_value_put_is_the_value_got(register):
    put = register.put(Patient(pseudonym="P-1", posture_side=Side.LEFT, onset=DAY))
    assert put.version == 1
    assert register.get(Patient, put.id) == put
    changed = register.put(dataclasses.replace(put, name="A. B."))
    assert changed == dataclasses.replace(put, name="A. B.", version=2)
    assert register.get(Patient, put.id) == changed


def test_a_session_may_come_after_its_trials_and_is_read_back_whole(register, patient):
    session, trial, recording = session_of(patient)
    own = {"patient_id": patient.id, "session_id": session.id}
    given = [
        trial,
        recording,
        *(TrialResult(**own, number=number) for number in (3, 2)),
        CalibrationResult(**own, muscle="SCM", side=Side.LEFT, value_uv=41.5),
        RatingGiven(**own, key="pain", when="before", value=7),
        MeasureTaken(**own, key="rms_rest", muscle="SCM", side=Side.LEFT, value=4.25),
        session,
    ]
    kept = {value.id: value for value in register.put_all(given)}
    trials = [kept[value.id] for value in given if isinstance(value, TrialResult)]
    assert register.session(session.id) == SessionWhole(
        session=kept[session.id],
        trials=tuple(trials),
        calibrations=(kept[given[4].id],),
        ratings=(kept[given[5].id],),
        measures=(kept[given[6].id],),
        recordings=(kept[recording.id],),
    )


def test_all_or_nothing(register, patient):
    good = CheckIn(patient_id=patient.id, on=DAY)
    bad = CheckIn(patient_id="0" * 32, on=DAY)
    with pytest.raises(RegisterError, match="not in the register"):
        register.put_all([good, bad])
    assert register.all_of(CheckIn) == []
    assert len(register.audit()) == 1


def test_lists_are_newest_first(register, patient):
    for day in (3, 20, 11):
        register.put(Injection(patient_id=patient.id, on=dt.date(2026, 1, day)))
    assert [value.on.day for value in register.all_of(Injection, patient.id)] == [20, 11, 3]
    starts = [STARTED + dt.timedelta(hours=hours) for hours in (5, -3, 90)]
    for start in starts:
        register.put_all(session_of(patient, started_utc=start))
    lines = register.sessions_of(patient.id)
    assert [line.started_utc for line in lines] == sorted(starts, reverse=True)
    assert register.sessions_of(patient.id, limit=1, offset=1) == lines[1:2]
    assert register.recent_sessions(2) == lines[:2]
    assert {line.n_recordings for line in lines} == {1}
    assert {line.pseudonym for line in lines} == {"P-0417"}


def test_a_late_change_is_told_who_changed_what(register, patient, database):
    other = Register(database, who="Dr B", role=Role.CLINICIAN)
    other.put(dataclasses.replace(patient, note="Sits well"))
    with pytest.raises(ConflictError, match=r"P-0417 was changed by Dr B .*\(note differ\)"):
        register.put(dataclasses.replace(patient, note="Cannot sit"))
    with pytest.raises(ConflictError, match="Dr B"):
        register.remove(patient)
    other.remove(other.get(Patient, patient.id))
    with pytest.raises(ConflictError, match="P-0417 was removed by Dr B"):
        register.put(dataclasses.replace(patient, note="Cannot sit"))
    with pytest.raises(ConflictError, match="is kept already, with version 3"):
        register.put(dataclasses.replace(patient, version=0))


def test_removing_hides_what_belongs_to_it_and_undo_brings_back_exactly_that(register, patient):
    gone, *_ = register.put_all(session_of(patient))
    stays, trial, _ = register.put_all(session_of(patient, note="stays"))
    register.put(CheckIn(patient_id=patient.id, on=DAY))
    register.remove(gone)
    before = register.session(stays.id)
    number = register.remove(patient)
    for kind in (Patient, Session, TrialResult, RecordingFile, CheckIn):
        assert register.all_of(kind) == []
    assert register.search("") == register.recent_sessions() == register.unassigned() == []
    with pytest.raises(RegisterError, match="was removed"):
        register.get(TrialResult, trial.id)

    register.undo(number)
    assert [line.id for line in register.sessions_of(patient.id)] == [stays.id]
    after = register.session(stays.id)
    assert dataclasses.replace(after.session, version=1) == before.session
    assert [dataclasses.replace(trial, version=1) for trial in after.trials] == [*before.trials]
    assert len(register.all_of(CheckIn, patient.id)) == 1

    register.undo(register.audit()[0].number)
    assert register.search("") == []


def test_undo_without_a_number_takes_back_ones_own_changes_one_by_one(register, patient, database):
    first = register.put(dataclasses.replace(patient, name="First"))
    register.put(dataclasses.replace(first, name="Second"))
    Register(database, who="Dr B", role=Role.CLINICIAN).put(Patient(pseudonym="P-2"))
    assert [entry.action for entry in register.undo()] == ["undo"]
    assert register.get(Patient, patient.id).name == "First"
    register.undo()
    assert register.get(Patient, patient.id).name == patient.name
    register.undo()
    assert [line.patient.pseudonym for line in register.search("")] == ["P-2"]
    assert register.undo() == []


def test_undo_is_refused_where_somebody_changed_it_since(register, patient, database):
    changed = register.put(dataclasses.replace(patient, name="Mine"))
    number = register.audit()[0].number
    other = Register(database, who="Dr B", role=Role.CLINICIAN)
    other.put(dataclasses.replace(changed, name="Theirs"))
    with pytest.raises(ConflictError, match="Dr B"):
        register.undo(number)
    assert register.get(Patient, patient.id).name == "Theirs"
    with pytest.raises(RegisterError, match="no change number 99"):
        register.undo(99)


def test_a_child_is_not_brought_back_to_a_parent_that_is_gone(register, patient):
    session, trial, _ = register.put_all(session_of(patient))
    number = register.remove(trial)
    register.remove(session)
    with pytest.raises(RegisterError, match="session of a TrialResult was removed"):
        register.undo(number)


def test_a_session_given_to_a_patient_takes_along_what_belongs_to_it(register, patient):
    nobody = Patient(id="", pseudonym="nobody")
    session, *parts = register.put_all(session_of(nobody))
    assert [line.id for line in register.unassigned()] == [session.id]
    assert register.unassigned()[0].pseudonym == ""
    given = register.put(dataclasses.replace(session, patient_id=patient.id))
    assert register.unassigned() == []
    for part in parts:
        assert register.get(type(part), part.id).patient_id == patient.id
    late = register.put(TrialResult(patient_id=patient.id, session_id=session.id, number=9))
    with pytest.raises(RegisterError, match="different patients"):
        register.put(TrialResult(patient_id="", session_id=session.id))
    register.undo(next(e.number for e in register.audit() if e.value_id == given.id))
    assert [line.id for line in register.unassigned()] == [session.id]
    assert {register.get(type(part), part.id).patient_id for part in [*parts, late]} == {""}


def test_a_session_and_its_parts_change_together(register, patient):
    nobody = Patient(id="", pseudonym="nobody")
    session, trial, recording = register.put_all(session_of(nobody))
    register.put_all(
        [
            dataclasses.replace(trial, patient_id=patient.id, title="Again"),
            dataclasses.replace(session, patient_id=patient.id),
        ]
    )
    assert register.get(TrialResult, trial.id).title == "Again"
    assert register.get(RecordingFile, recording.id).patient_id == patient.id
    register.undo()
    assert dataclasses.replace(register.get(TrialResult, trial.id), version=1) == trial


def test_a_score_outlives_the_visit_it_was_taken_at(register, patient):
    session, *_ = register.put_all(session_of(patient))
    score = register.put(
        ScaleScore(patient_id=patient.id, session_id=session.id, on=DAY, scale="tsui", total=9)
    )
    register.remove(session)
    corrected = register.put(dataclasses.replace(score, total=8))
    number = register.remove(corrected)
    register.undo(number)
    assert [value.total for value in register.all_of(ScaleScore, patient.id)] == [8]


def test_search_finds_beginnings_of_words_without_accents(register, patient):
    register.put(Patient(pseudonym="X-1"))
    for text in ("P-0417", "p0417", "041", "zoe", "MÜLLER", "muller", "los", "sit", "mull 04"):
        assert [line.patient for line in register.search(text)] == [patient], text
    assert len(register.search("")) == len(register.search("  ")) == 2


def test_search_finds_nothing_else(register, patient):
    for text in ("417", "oe", "muller x", "%", "_", "' OR 1", "\\", "P-0418"):
        assert register.search(text) == [], text


def test_search_finds_notes_of_sessions_while_they_stand(register, patient):
    session, *_ = register.put_all(session_of(patient, note="Übelkeit nach 50% der Zeit"))
    line = register.search("ubel zoe")[0]
    assert (line.n_sessions, line.last_session_utc) == (1, STARTED)
    register.remove(session)
    assert register.search("ubel") == []
    assert register.search("zoe")[0].n_sessions == 0


def test_a_patient_line_counts_what_stands(register, patient):
    register.put(Injection(patient_id=patient.id, on=DAY))
    late = register.put(Injection(patient_id=patient.id, on=DAY + dt.timedelta(90)))
    register.remove(late)
    for days in (0, 7):
        register.put_all(session_of(patient, started_utc=STARTED + dt.timedelta(days)))
    (line,) = register.search("")
    assert (line.n_sessions, line.last_injection) == (2, DAY)
    assert line.last_session_utc == STARTED + dt.timedelta(7)


def test_the_patient_seen_last_comes_first_and_a_new_one_by_the_day_it_was_added(register):
    old, _, seen = register.put_all([Patient(pseudonym=name) for name in ("A", "B", "C")])
    register.put_all(session_of(old, started_utc=STARTED - dt.timedelta(400)))
    register.put_all(session_of(seen, started_utc=dt.datetime.now(dt.UTC) + dt.timedelta(1)))
    assert [line.patient.pseudonym for line in register.search("")] == ["C", "B", "A"]
    assert [line.patient.pseudonym for line in register.search("", limit=1)] == ["C"]


def test_a_trend_is_one_measure_over_sessions_oldest_first(register, patient):
    taken = []
    for days, value in ((14, 3.0), (0, 9.0), (7, None)):
        session, *_ = session_of(patient, started_utc=STARTED + dt.timedelta(days))
        own = {"patient_id": patient.id, "session_id": session.id, "key": "rms_rest"}
        left = MeasureTaken(**own, muscle="SCM", side=Side.LEFT, posture="sitting", value=value)
        other = MeasureTaken(**own, muscle="SCM", side=Side.RIGHT, value=1.0)
        kept = register.put_all([session, left, other])
        taken.append((session.started_utc, kept[1]))
    wanted = [measure for _, measure in sorted(taken, key=lambda pair: pair[0])]
    found = register.trend(patient.id, "rms_rest", "SCM", Side.LEFT, "sitting")
    assert [measure for _, measure in found] == wanted
    assert [line.id for line, _ in found] == [measure.session_id for measure in wanted]
    assert len(register.trend(patient.id, "rms_rest")) == 6
    assert register.trend(patient.id, "rms_rest", posture="lying") == []
    register.remove(register.get(Session, wanted[0].session_id))
    assert len(register.trend(patient.id, "rms_rest", side=Side.LEFT)) == 2


def test_a_pseudonym_is_one_of_a_kind_among_those_who_stand(register, patient):
    with pytest.raises(RegisterError, match="P-0417 is another patient's"):
        register.put(Patient(pseudonym="P-0417"))
    with pytest.raises(RegisterError, match="is another patient's"):
        register.put_all([Patient(pseudonym="P-5"), Patient(pseudonym="P-5")])
    with pytest.raises(RegisterError, match="needs a pseudonym"):
        register.put(Patient(pseudonym=" "))
    number = register.remove(patient)
    register.put(Patient(pseudonym="P-0417"))
    with pytest.raises(RegisterError, match="is another patient's"):
        register.undo(number)


def test_what_cannot_be_kept_is_refused_with_the_reason(register):
    for fields, said in (
        ({"name": "a\0b"}, "NUL"),
        ({"name": "\ud800"}, "surrogate"),
        ({"birth_year": "about 1960"}, "birth_year"),
        ({"birth_year": 2**80}, "birth_year"),
        ({"onset": "spring"}, "onset"),
    ):
        with pytest.raises(RegisterError, match=said):
            register.put(Patient(pseudonym="P-1", **fields))
    assert register.search("") == []


def test_a_number_that_is_none_is_refused(register, patient):
    for number in (float("nan"), float("inf")):
        with pytest.raises(RegisterError, match="cannot be kept"):
            register.put(Injection(patient_id=patient.id, on=DAY, units=number))
        with pytest.raises(RegisterError, match="cannot be kept"):
            register.put(ScaleScore(patient_id=patient.id, on=DAY, scale="x", items={"a": number}))


def test_a_time_needs_a_zone_and_comes_back_in_utc(register, patient):
    session, *_ = session_of(patient, started_utc=STARTED.replace(tzinfo=None))
    with pytest.raises(RegisterError, match="no time zone"):
        register.put(session)
    east = STARTED.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=45)))
    kept = register.put(dataclasses.replace(session, started_utc=east))
    assert kept.started_utc.tzinfo is dt.UTC
    assert kept == register.get(Session, session.id)
    assert kept.started_utc == STARTED


def test_a_value_needs_its_owner(register, patient):
    with pytest.raises(RegisterError, match="needs a patient"):
        register.put(CheckIn(patient_id="", on=DAY))
    with pytest.raises(RegisterError, match="needs a session"):
        register.put(TrialResult(patient_id=patient.id, session_id=""))
    with pytest.raises(RegisterError, match="not in the register"):
        register.put(TrialResult(patient_id=patient.id, session_id="0" * 32))
    with pytest.raises(RegisterError, match=r"Add it first|not in the register"):
        register.put(CheckIn(patient_id=patient.id, on=DAY, version=4))
    register.remove(patient)
    with pytest.raises(RegisterError, match="patient of a CheckIn was removed"):
        register.put(CheckIn(patient_id=patient.id, on=DAY))


def test_what_changes_no_value_is_noted_too(register, patient):
    register.note("export", patient.id, {"to": "trend.pdf"})
    (entry, added) = register.audit(patient.id)
    assert (entry.action, entry.after, entry.who) == ("export", {"to": "trend.pdf"}, "Dr A")
    assert entry.number == added.number + 1
    with pytest.raises(RegisterError, match="cannot be undone"):
        register.undo(entry.number)
    with pytest.raises(RegisterError, match="by the change itself"):
        register.note("change", patient.id)
