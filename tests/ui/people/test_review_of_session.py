"""What is left out of a recording in review reaches the register, and with it the reports."""

from __future__ import annotations

import pytest

from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import RecordingFile
from emgfeedback.review.spans import LeftOut
from tests.people.recorded_session import record_session
from tests.ui.people.conftest import Clinic

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def test_spans_left_out_are_kept_with_the_recording_and_shown_again(clinic: Clinic) -> None:
    bdf, summary = record_session(DataFolder(clinic.folder.root))
    clinic.open()
    patient = clinic.people[3]
    clinic.rooms.start_visit(patient)
    clinic.session.finished = [(bdf, summary)]
    clinic.until(lambda: clinic.rooms.bar.notice is not None)
    lines = clinic.look_up(lambda r: r.sessions_of(patient.id))
    session_id = next(line.id for line in lines if line.plan_title == "Short visit")
    opened = []
    clinic.rooms.review_asked.connect(opened.append)

    def review() -> object:
        clinic.rooms.show_session(session_id)
        page = clinic.rooms.session_page
        clinic.until(lambda: page.shown and page.shown.whole.session.id == session_id)
        before = len(opened)
        page.recordings.rows[0].review_button.click()
        clinic.until(lambda: len(opened) > before)
        return opened[-1]

    asked = review()
    assert clinic.window.review.isVisible()
    assert asked.left_out is None
    spans = (LeftOut(1.0, 2.5, "cough"), LeftOut(7.0, 8.0, "moved"))
    asked.keep(spans)

    def kept() -> tuple:
        rows = clinic.look_up(lambda r: r.all_of(RecordingFile, session_id=session_id))
        return rows[0].left_out

    clinic.until(lambda: len(kept()) == 2)
    assert kept() == ((1.0, 2.5, "cough"), (7.0, 8.0, "moved"))
    assert review().left_out == spans
    asked.keep(())
    clinic.until(lambda: kept() == ())
