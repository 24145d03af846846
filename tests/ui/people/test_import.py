"""What comes into the list of people from elsewhere: told, undone, or refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from emgfeedback.people.archive import archive_patient
from emgfeedback.people.values import Patient, RecordingFile, ScaleScore, Session
from emgfeedback.ui.people_import import WeekZero

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

TABLE = "patient,date,twstrs,mood\nX-1,2026-04-01,40,3\nX-2,2026-04-01,51,4\n"


def drop(clinic, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy, people = Qt.DropAction.CopyAction, clinic.rooms.people
    for event in (
        QDragEnterEvent(QPoint(60, 60), copy, data, left, none),
        QDropEvent(QPointF(60, 60), copy, data, left, none),
    ):
        # As Qt delivers them: a drop goes to the widget that took the drag.
        QApplication.sendEvent(people, event)
        assert event.isAccepted()


def told(clinic, words: str) -> None:
    bar = clinic.rooms.bar
    clinic.until(
        lambda: (n := bar.notice) is not None and n.title != "Importing …" and not bar.isHidden()
    )
    assert words in f"{bar.notice.title} {bar.notice.remedy}"


def undo(clinic) -> None:
    clinic.rooms.bar.action_button.click()
    told(clinic, "Undone")


def kept(clinic, kind: type) -> set[str]:
    return {value.id for value in clinic.look_up(lambda register: register.all_of(kind))}


def test_a_dropped_table_of_scales_is_taken_in_and_taken_back(clinic, tmp_path):
    clinic.open("people")
    table = tmp_path / "trial.csv"
    table.write_text(TABLE)
    before = kept(clinic, Patient), kept(clinic, ScaleScore)
    drop(clinic, table)
    told(clinic, "2 totals of scales are imported")
    told(clinic, "mood")
    assert len(kept(clinic, ScaleScore)) == len(before[1]) + 2
    clinic.until(
        lambda: (
            {"X-1", "X-2"}
            <= {line.patient.pseudonym for line in clinic.rooms.people._found.values()}
        )
    )
    undo(clinic)
    assert (kept(clinic, Patient), kept(clinic, ScaleScore)) == before
    drop(clinic, table)
    told(clinic, "2 totals")


def test_a_table_that_is_wrong_is_refused_in_words(clinic, tmp_path):
    clinic.open("people")
    table = tmp_path / "trial.csv"
    table.write_text(TABLE.replace("51", "510"))
    before = kept(clinic, Patient)
    drop(clinic, table)
    told(clinic, "row 3")
    assert clinic.rooms.bar.notice.kind == "bad"
    assert kept(clinic, Patient) == before
    assert clinic.rooms.people.import_button.isEnabled()


def test_weeks_ask_for_the_date_of_week_0(clinic, tmp_path):
    clinic.open("people")
    table = tmp_path / "trial.csv"
    table.write_text("patient,week,twstrs\nX-1,2,40\n")
    before = kept(clinic, ScaleScore)

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, WeekZero)
        dialog.date.setDate(dialog.date.date().fromString("2026-03-02", Qt.DateFormat.ISODate))
        dialog.import_button.click()

    QTimer.singleShot(0, answer)
    drop(clinic, table)
    told(clinic, "1 totals")
    scores = clinic.look_up(lambda register: register.all_of(ScaleScore))
    (new,) = [score for score in scores if score.id not in before]
    assert new.on.isoformat() == "2026-03-16"


def test_an_archive_of_another_clinic_is_taken_in_once(clinic, new_clinic_archive):
    clinic.open("people")
    clinic.rooms.people.import_button.take(new_clinic_archive)
    told(clinic, "OTHER-1 is here now")
    clinic.rooms.people.import_button.take(new_clinic_archive)
    told(clinic, "is in this register already")


@pytest.fixture
def new_clinic_archive(tmp_path) -> Path:
    from emgfeedback.people.database import Database
    from emgfeedback.people.folder import DataFolder
    from emgfeedback.people.register import Register
    from emgfeedback.people.roles import Role

    register = Register(Database.open(tmp_path / "other"), who="Dr B", role=Role.CLINICIAN)
    patient = register.put(Patient(pseudonym="OTHER-1", name="Cy"))
    archive_patient(register, DataFolder(tmp_path / "other"), patient.id, tmp_path / "a.zip")
    register.database.close()
    return tmp_path / "a.zip"


def test_a_recording_dropped_on_a_person_becomes_theirs(clinic, tmp_path):
    clinic.open("people")
    patient = clinic.show_person()
    source = tmp_path / "home.csv"
    source.write_text("time_s,SCM L (uV)\n" + "".join(f"{i / 500},{i % 7}\n" for i in range(2000)))
    before = kept(clinic, Session), kept(clinic, RecordingFile)
    drop(clinic, source)
    told(clinic, f"copied in, for {patient.pseudonym}")
    (new,) = kept(clinic, Session) - before[0]
    session = clinic.look_up(lambda register: register.get(Session, new))
    assert session.patient_id == patient.id
    undo(clinic)
    assert (kept(clinic, Session), kept(clinic, RecordingFile)) == before
    drop(clinic, tmp_path / "nothing.bdf")
    told(clinic, "nothing.bdf")
    assert clinic.rooms.bar.notice.kind == "bad"
