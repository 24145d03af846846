"""Whatever is pressed, and however a practice ends: it is kept, judged, and the advice is seen."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from emgfeedback.core.device import LinkState
from emgfeedback.home.contact import Sign
from emgfeedback.people.values import CheckIn, Patient, RatingGiven, Session, SessionKind
from tests.ui.kit.conftest import CALL, Home

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def begin(home: Home, plan_file: Path) -> None:
    home.take(plan_file)
    home.room.home.start.click()
    home.until(lambda: home.on(home.room.practice))


def sessions(home: Home, patient: Patient) -> list[Session]:
    found: list[Session] = home.ask(lambda register: register.all_of(Session, patient.id))
    return found


def test_who_ends_early_is_asked_and_told_also_after_the_window_was_closed(
    home: Home, patient: Patient, plan_file: Path, look, qtbot
):
    home.take(plan_file)
    yesterday = Session(
        patient_id=patient.id,
        kind=SessionKind.HOME,
        started_utc=dt.datetime.now(dt.UTC) - dt.timedelta(days=1),
    )
    ids = {"patient_id": patient.id, "session_id": yesterday.id}
    rating = RatingGiven(when="after", key="pain", value=2, **ids)
    home.ask(lambda register: register.put_all([yesterday, rating]))
    room = home.room
    room.home.start.click()
    home.until(lambda: home.on(room.practice))
    home.until(room.practice.view.ratings.isVisible)
    room.practice.end.click()
    home.answer(6)
    home.until(lambda: home.on(room.unwell))
    assert room.unwell.head.text() == "Stop for today, and call"
    assert len(sessions(home, patient)) == 2
    root = home.folder.root
    home.close()
    again = Home(root, look, qtbot)
    try:
        again.until(lambda: again.window.kit.room is not None and again.on(again.room.unwell))
        assert again.room.unwell.call.text() == CALL
        again.room.unwell.back.click()
        again.until(lambda: not again.room._asking.waiting)
        assert again.on(again.room.home), "it is told once, not for ever"
    finally:
        again.close()
        home.close = lambda: None  # type: ignore[method-assign]  # closed above


def test_going_back_at_once_lets_go_of_the_board_and_keeps_the_practice(
    home: Home, patient: Patient, plan_file: Path
):
    begin(home, plan_file)
    home.until(lambda: home.station.snapshot().recording.path)
    room = home.room
    room.practice.unwell.click()
    room.unwell.back.click()
    assert home.on(room.home)
    home.until(lambda: home.station.snapshot().link.state is LinkState.CLOSED)
    home.until(lambda: sessions(home, patient))
    assert [session.kind for session in sessions(home, patient)] == [SessionKind.HOME]


def test_leaving_home_mode_during_a_practice_keeps_it_as_practice_at_home(
    home: Home, patient: Patient, plan_file: Path
):
    begin(home, plan_file)
    rooms = home.window.rooms
    assert rooms is not None
    home.until(lambda: rooms.visit._whose)
    home.room.leave()
    home.until(lambda: home.station.snapshot().link.state is LinkState.CLOSED)
    home.until(lambda: sessions(home, patient))
    assert [session.kind for session in sessions(home, patient)] == [SessionKind.HOME]
    assert rooms.visit.patient is None, "what the therapist records is not the patient's"


def test_a_key_pressed_twice_presses_nothing_unseen(home: Home, patient: Patient, plan_file: Path):
    home.take(plan_file)
    unwell = home.room.unwell
    home.room.home.unwell_asked.emit()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        QTest.keyClick(QApplication.focusWidget(), key)
    assert unwell.choices.isVisible()
    unwell.buttons[Sign.SWALLOWING].setFocus()
    QTest.keyClick(unwell.buttons[Sign.SWALLOWING], Qt.Key.Key_Return)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert home.on(unwell)
    heard = QApplication.focusWidget()
    assert heard is unwell.head
    assert unwell.head.text() == "Call now"
    assert CALL in heard.accessibleDescription()
    home.until(lambda: home.ask(lambda register: register.all_of(CheckIn, patient.id)))


def test_a_report_that_cannot_be_kept_leaves_the_advice(home: Home, plan_file: Path):
    home.take(plan_file)
    home.desk.lock()
    home.room.home.unwell_asked.emit()
    home.room.unwell.buttons[Sign.SWALLOWING].click()
    home.until(lambda: "tell your clinic yourself" in home.room.unwell.words.text())
    assert home.on(home.room.unwell)
    assert home.room.unwell.head.text() == "Call now"


def test_locked_records_are_told_in_words(home: Home, plan_file: Path, tmp_path: Path):
    home.take(plan_file)
    assert home.desk.lock().wait(60)
    home.room.refresh(home.station.snapshot())
    assert home.on(home.room.home), "who comes back unlocks; nothing is asked before"
    home.room.sent.send_to(tmp_path / "x.emgresults")
    home.until(lambda: home.room.sent.banner.notice is not None)
    assert "locked" in home.room.sent.banner.notice.remedy
    assert home.room.sent.choose_place.isVisibleTo(home.room.sent)


def test_no_practice_begins_on_the_board_of_the_try_before(home: Home, plan_file: Path):
    home.take(plan_file)
    flow = home.room.flow
    flow.start_demo()
    home.until(lambda: flow.is_running)
    demo = home.station.snapshot()
    home.room.practice.end.click()
    home.until(lambda: not flow.is_running)
    flow.start_on("COM7")
    flow.refresh(demo)
    assert not flow.is_running, "the demo board still sends, and must not count"
    home.until(lambda: flow.is_running)
    assert home.station.snapshot().port == "COM7"


def test_the_plans_copy_on_the_disk_is_held_against_what_was_signed(home: Home, plan_file: Path):
    home.take(plan_file)
    (copy,) = home.folder.plans.glob("home-*.toml")
    copy.write_text(copy.read_text(encoding="utf-8").replace("= 3", "= 300"), encoding="utf-8")
    home.room.go_home()
    home.until(lambda: home.on(home.room.ready))
    assert "was changed" in home.room.ready.banner.notice.remedy
    home.room.give_up.click()
    home.until(lambda: not home.room._asking.waiting)
    assert home.on(home.room.home), "a new plan can be taken"


def test_no_code_leads_the_file_elsewhere(home: Home, plan_file: Path):
    home.take(plan_file)
    home.room.sent.offer("../../P:1\\x")
    assert home.room.sent.proposed_name.startswith("P-1-x-")
