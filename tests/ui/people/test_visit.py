"""What ends during a visit is kept for its person; nothing that fails is lost."""

from __future__ import annotations

import pytest

from emgfeedback.core.device import LinkState
from emgfeedback.engine.snapshot import RecordingNow, RecordState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import Patient, SessionKind
from emgfeedback.ui.person.visit import next_plan
from tests.people.recorded_session import record_session
from tests.ui.people.conftest import Clinic
from tests.ui.stage_session import link, streaming

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def new_sessions(clinic: Clinic, patient_id: str):
    lines = clinic.look_up(lambda r: r.sessions_of(patient_id))
    return [line for line in lines if line.plan_title in ("Short visit", "")]


def test_a_training_is_kept_for_the_person_of_the_visit(clinic: Clinic) -> None:
    bdf, summary = record_session(DataFolder(clinic.folder.root))
    clinic.open()
    patient = clinic.people[3]
    clinic.rooms.start_visit(patient)
    assert clinic.window.train.isVisible()
    clinic.session.finished = [(bdf, summary)]
    clinic.until(lambda: clinic.rooms.bar.notice is not None)
    assert clinic.rooms.bar.notice.title == "Short visit is kept for P-0420."
    (line,) = new_sessions(clinic, patient.id)
    assert (line.kind, line.n_recordings) == (SessionKind.VISIT, 1)


def test_without_a_visit_it_is_kept_for_nobody_and_offered(clinic: Clinic) -> None:
    bdf, _ = record_session(DataFolder(clinic.folder.root))
    clinic.open("live")
    clinic.session.finished = [(bdf, None)]
    clinic.until(lambda: clinic.rooms.bar.notice is not None)
    (line,) = clinic.look_up(lambda r: r.unassigned())
    assert line.kind is SessionKind.FREE
    assert clinic.rooms.bar.action_button.isVisible()
    clinic.rooms.bar.action_button.click()
    clinic.until(clinic.rooms.home.loose.isVisible)


def test_a_recording_belongs_to_whom_it_was_begun_for(clinic: Clinic) -> None:
    bdf, _ = record_session(DataFolder(clinic.folder.root))
    clinic.open("live")
    first, second = clinic.people[0], clinic.people[1]
    clinic.rooms.start_visit(first)
    recording = RecordingNow(RecordState.RECORDING, str(bdf), 3.0)
    clinic.session.now = streaming(recording=recording, link=link(LinkState.STREAMING))
    clinic.until(lambda: str(bdf) in clinic.rooms.visit._whose)
    clinic.rooms.start_visit(second)
    clinic.session.finished = [(bdf, None)]
    clinic.until(lambda: clinic.rooms.bar.notice is not None)
    assert len(new_sessions(clinic, first.id)) == 1
    assert new_sessions(clinic, second.id) == []


def test_a_file_that_cannot_be_kept_is_told_and_stays(clinic: Clinic) -> None:
    clinic.open()
    broken = clinic.folder.recordings / "broken.bdf"
    broken.write_bytes(b"no recording")
    clinic.rooms.start_visit(clinic.people[0])
    clinic.session.finished = [(broken, None)]
    clinic.until(lambda: clinic.rooms.bar.notice is not None)
    notice = clinic.rooms.bar.notice
    assert notice.kind == "check"
    assert "broken.bdf" in notice.remedy
    assert "safe on disk" in notice.remedy
    assert broken.read_bytes() == b"no recording"


def test_what_ends_with_the_window_is_kept_too(clinic: Clinic) -> None:
    bdf, summary = record_session(DataFolder(clinic.folder.root))
    clinic.open()
    clinic.rooms.start_visit(clinic.people[5])
    clinic.window._timer.stop()
    clinic.session.finished = [(bdf, summary)]
    clinic.window.close()
    clinic.window.keep_finished()
    assert len(new_sessions(clinic, clinic.people[5].id)) == 1


def test_letting_go_takes_the_chip_and_the_plan_away(clinic: Clinic) -> None:
    clinic.open()
    clinic.rooms.start_visit(clinic.people[0])
    chooser = clinic.window.train.chooser
    clinic.until(lambda: chooser._preferred)
    assert clinic.rooms.chip.isVisible()
    clinic.rooms.chip.end_action.trigger()
    assert not clinic.rooms.chip.isVisible()
    assert clinic.rooms.visit.patient is None
    assert chooser._preferred == ""


def test_a_visit_prefers_the_plan_the_persons_page_names_next(clinic: Clinic) -> None:
    """Where none was given that of the programme, from the first visit of somebody new on."""
    clinic.open("people")
    people, chooser = clinic.rooms.people, clinic.window.train.chooser
    somebody = clinic.look_up(lambda r: r.put(Patient(pseudonym="P-9999")))
    for patient in (somebody, *clinic.people[:4]):
        people.show_person(patient.id)
        clinic.until(
            lambda key=patient.id: people.person.patient and people.person.patient.id == key
        )
        named = people.person.overview.next.next_plan
        clinic.rooms.start_visit(patient)
        clinic.until(lambda name=named: chooser._preferred == name)
        assert named
        clinic.rooms.visit.end()
    assert clinic.look_up(lambda r: next_plan(r, somebody.id)) == "first-visit"


def test_somebody_new_begins_a_visit_as_well(new_clinic: Clinic) -> None:
    new_clinic.open()
    people = new_clinic.rooms.people
    new_clinic.window.open_page("people")
    people.choose_for_visit()
    people.edit(None)
    people.form.pseudonym.setText("P-0500")
    people.form.save()
    new_clinic.until(lambda: new_clinic.rooms.visit.patient is not None)
    assert new_clinic.rooms.visit.patient.pseudonym == "P-0500"
    assert new_clinic.window.train.isVisible()
