"""Home: the first run, what was done last, and what belongs to nobody."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from emgfeedback.people.desk import DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import RecordingFile, SessionKind
from tests.people.recorded_session import record_session
from tests.ui.people.conftest import Clinic

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def test_the_first_run_ends_in_a_demo_session_within_three_clicks(new_clinic: Clinic) -> None:
    new_clinic.open()
    home = new_clinic.rooms.home
    new_clinic.until(home.first_run.isVisible)
    assert QApplication.focusWidget() is home.first_run.demo_button or home.currentIndex() == 1
    QTest.mouseClick(home.first_run.demo_button, Qt.MouseButton.LeftButton)
    new_clinic.until(lambda: ("connect", "demo") in new_clinic.session.calls)
    assert new_clinic.window.train.isVisible()


def test_people_and_sessions_stand_newest_first_and_open(clinic: Clinic) -> None:
    clinic.open()
    home = clinic.rooms.home
    clinic.until(lambda: home.people.rows and home.sessions.rows)
    lines = clinic.look_up(lambda register: register.search("", 8))
    names = [row.cells[0] for row in home.people.rows]
    assert names == [line.patient.pseudonym for line in lines]
    assert home.sessions.rows[0].cells[1] == "P-0417"
    asked: list[str] = []
    home.session_asked.connect(asked.append)
    home.sessions.choose_row(0)
    QTest.keyClick(home.sessions, Qt.Key.Key_Return)
    assert asked == [home.sessions.rows[0].key]
    page = clinic.rooms.session_page
    assert page is not None
    clinic.until(lambda: page.shown is not None)
    assert page.shown.whole.session.id == asked[0]
    assert page.isVisible()
    page.back_asked.emit()
    assert not page.isVisible()
    clinic.window.open_page("home")
    home.people.choose_row(names.index("P-0417"))
    QTest.keyClick(home.people, Qt.Key.Key_Return)
    clinic.until(lambda: clinic.rooms.people.person.patient is not None)
    assert clinic.rooms.people.person.patient.pseudonym == "P-0417"
    assert clinic.window.top._title.text() == "P-0417"


def test_no_name_is_on_home_list_or_page(clinic: Clinic) -> None:
    from PySide6.QtWidgets import QAbstractButton, QLabel

    clinic.open()
    clinic.until(lambda: clinic.rooms.home.people.rows)
    clinic.rooms.start_visit(clinic.people[0])
    clinic.show_person()
    clinic.until(lambda: clinic.rooms.people.table.rows)
    said = " ".join(
        [label.text() + label.accessibleName() for label in clinic.window.findChildren(QLabel)]
        + [button.text() for button in clinic.window.findChildren(QAbstractButton)]
        + [cell for table in (clinic.rooms.people.table, clinic.rooms.home.people)
           for row in table.rows for cell in row.cells]
    )  # fmt: skip
    assert "P-0417" in said
    assert not [word for p in clinic.people for word in p.name.split() if f" {word} " in said]


def test_starting_without_anybody_asks_for_whom_and_begins_the_visit(clinic: Clinic) -> None:
    clinic.open()
    clinic.until(lambda: clinic.rooms.home.people.rows)
    QTest.mouseClick(clinic.rooms.home.start_button, Qt.MouseButton.LeftButton)
    people = clinic.rooms.people
    assert people.isVisible()
    assert people.choosing.isVisible()
    clinic.until(lambda: people.table.rows)
    QTest.keyClicks(people.search, "linq")
    QTest.keyClick(people.search, Qt.Key.Key_Backspace)
    QTest.keyClick(people.search, Qt.Key.Key_Backspace)
    QTest.keyClicks(people.search, "nd")
    clinic.until(lambda: [row.cells[0] for row in people.table.rows] == ["P-0417"])
    QTest.keyClick(people.search, Qt.Key.Key_Return)
    assert clinic.window.train.isVisible()
    assert clinic.rooms.chip.text() == "P-0417"
    preferred = clinic.window.train.chooser
    clinic.until(lambda: preferred._preferred == "relax-scm-trapezius")


def test_what_belongs_to_nobody_is_given_and_taken_back(clinic: Clinic) -> None:
    record_session(DataFolder(clinic.folder.root))
    clinic.open()
    loose = clinic.rooms.home.loose
    clinic.until(loose.isVisible)
    clinic.until(lambda: loose.picker.table.rows)
    assert len(loose.table.rows) == 1
    before = clinic.look_up(lambda r: len(r.sessions_of(clinic.people[0].id)))
    loose.picker._pick(clinic.people[0].id)
    clinic.until(lambda: clinic.rooms.bar.notice is not None)
    clinic.until(lambda: not loose.isVisible())
    given = clinic.look_up(lambda r: r.sessions_of(clinic.people[0].id))
    assert len(given) == before + 1
    assert {line.kind for line in given if line.plan_title == "Short visit"} == {SessionKind.VISIT}
    QTest.mouseClick(clinic.rooms.bar.action_button, Qt.MouseButton.LeftButton)
    clinic.until(loose.isVisible)
    assert clinic.look_up(lambda r: len(r.sessions_of(clinic.people[0].id))) == before
    assert clinic.look_up(lambda r: r.all_of(RecordingFile)) == []
    assert (clinic.folder.recordings / "2026-03-09_080706.bdf").exists()


def test_a_register_that_cannot_be_opened_is_told_with_a_remedy(new_clinic: Clinic) -> None:
    new_clinic.folder.register.write_bytes(b"not a register" * 400)
    new_clinic.open()
    home = new_clinic.rooms.home
    new_clinic.until(lambda: home.failed.notice is not None)
    assert new_clinic.desk.state is DeskState.FAILED
    assert home.failed.isVisible()
    assert new_clinic.desk.message in home.failed.notice.remedy
    assert new_clinic.folder.register.read_bytes().startswith(b"not a register")
