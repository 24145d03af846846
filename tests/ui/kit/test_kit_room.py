"""Home mode from an empty data folder to results in the therapist's hands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from emgfeedback.home.adherence import Day
from emgfeedback.home.adherence import week_of as week_of_days
from emgfeedback.home.contact import Sign
from emgfeedback.home.plan_file import read_plan_file
from emgfeedback.home.returned import take_in_results
from emgfeedback.people.values import CheckIn, Patient, Session, SessionKind
from emgfeedback.ui.kit.kit_home import KitHome
from emgfeedback.ui.kit.kit_page import KitPage
from emgfeedback.ui.kit.kit_words import how_it_works
from emgfeedback.ui.kit.plain_page import PlainPage
from emgfeedback.ui.kit.take_plan import TakePlan
from emgfeedback.ui.kit.unwell import Unwell
from tests.home.two_places import Place
from tests.ui.kit.conftest import CALL, Home

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def week_of(home: Home) -> tuple[Day, ...]:
    week = home.room.home.week._week
    assert week is not None
    return week.days


def test_practice_is_kept_judged_sent_and_taken_in(
    home: Home, clinic: Place, patient: Patient, plan_file: Path, tmp_path: Path
):
    home.take(plan_file)
    room = home.room
    assert not home.window.rail.isVisible()
    assert room.home.head.text().endswith(", Ada")
    assert Day.PRACTISED not in week_of(home)
    QTest.keyClick(room.home.start, Qt.Key.Key_Return)
    home.until(lambda: home.on(room.practice))
    assert home.connected == ["COM7"]
    home.answer(2)
    home.answer(6)
    home.until(lambda: home.on(room.unwell))
    assert "Stop for today, and call" in room.unwell.head.text()
    assert room.unwell.call.text() == CALL
    room.unwell.back.click()
    home.until(lambda: Day.PRACTISED in week_of(home))
    (session,) = home.ask(lambda register: register.all_of(Session, patient.id))
    assert session.kind is SessionKind.HOME

    room.offer_sending()
    out = tmp_path / "back.emgresults"
    room.sent.send_to(out)
    home.until(lambda: "back.emgresults" in room.sent.words.text())
    today = dt.datetime.now().astimezone().date()
    back = take_in_results(clinic.register, clinic.folder, out, today=today)
    assert (back.sessions, back.recordings) == (1, 1)
    (line,) = clinic.register.sessions_of(patient.id)
    assert (line.id, line.kind) == (session.id, SessionKind.HOME)


def test_the_demo_board_counts_for_nothing(home: Home, patient: Patient, plan_file: Path):
    home.take(plan_file)
    home.ports = []
    room = home.room
    room.home.start.click()
    home.until(room.try_demo.isVisible)
    assert "Plug the box in" in room.ready.words.text()
    room.find_out.click()
    assert room.currentWidget().accessibleName() == "First connection"
    room.currentWidget().leave_button.click()
    assert home.on(room.home)
    room.home.start.click()
    home.until(room.try_demo.isVisible)
    room.try_demo.click()
    home.until(lambda: home.on(room.practice))
    room.practice.end.click()
    home.until(lambda: home.on(room.after))
    assert "does not count" in room.after.more.text()
    assert not room.after_send.isVisible()
    home.until(lambda: home.ask(lambda register: register.unassigned()))
    assert home.ask(lambda register: register.all_of(Session, patient.id)) == []
    room.after_done.click()
    assert Day.PRACTISED not in week_of(home)


def test_feeling_unwell_ends_practice_and_is_told_to_the_therapist(
    home: Home, patient: Patient, plan_file: Path
):
    home.take(plan_file)
    room = home.room
    room.home.start.click()
    home.until(lambda: home.on(room.practice))
    room.practice.unwell.click()
    assert home.on(room.unwell)
    room.unwell.buttons[Sign.SWALLOWING].click()
    assert room.unwell.head.text() == "Call now"
    assert room.unwell.call.text() == CALL
    home.until(lambda: home.ask(lambda register: register.all_of(CheckIn, patient.id)))
    (told,) = home.ask(lambda register: register.all_of(CheckIn, patient.id))
    assert told.note.startswith("Reported: trouble swallowing")
    home.until(lambda: not home.station.snapshot().channels)
    assert home.on(room.unwell), "the end of the run does not take the advice away"


def test_a_computer_with_a_plan_begins_in_home_mode(home: Home, plan_file: Path, look, qtbot):
    home.take(plan_file)
    home.room.leave()
    assert home.window.rail.isVisible()
    assert not home.room.isVisible()
    root = home.folder.root
    home.close()
    again = Home(root, look, qtbot)
    try:
        again.until(lambda: again.window.kit.shown)
        assert again.on(again.room.home)
        assert not again.window.rail.isVisible()
    finally:
        again.close()
        home.close = lambda: None  # type: ignore[method-assign]  # closed above


def test_a_doubtful_plan_is_not_taken(home: Home, plan_file: Path):
    home.until(home.window.rooms.home.first_run.isVisible)
    home.window.rooms.home.first_run.home_button.click()
    take = home.room.take
    text = plan_file.read_text(encoding="utf-8")
    forged = plan_file.with_name("forged.emgplan")
    forged.write_text(text.replace("0123 456", "0999 999"), encoding="utf-8")
    take.look_at(forged)
    assert "changed after it was signed" in take.banner.notice.remedy
    assert not take.same.isVisible()
    take.look_at(plan_file)
    assert take.number.isVisible()
    take.other.click()
    assert take.banner.notice is not None
    assert not take.same.isVisible()
    assert take.choose.isVisible()
    assert home.ask(lambda register: register.search()) == []


def test_nothing_is_cut_and_all_can_be_reached_by_keyboard(plan_file: Path, look, qtbot):
    plan = read_plan_file(plan_file)
    home, take, unwell, plain = KitHome(), TakePlan(), Unwell(), PlainPage("Send results")
    now = dt.datetime.now().astimezone()
    home.show_plan(plan, 15.0, "Relaxing, then gentle turns", now)
    home.show_week(week_of_days(now.date(), [now.date()], plan.first_day))
    take.look_at(plan_file)
    plain.say("Send results", *how_it_works())
    for text in ("Choose where to put the file", "Try it without sensors", "Back"):
        plain.add_button(text, "next")
    stack = QStackedWidget()
    qtbot.addWidget(stack)
    for page in (home, take, unwell, plain):
        stack.addWidget(page)
    stack.show()
    for size in ((1280, 800), (960, 600)):
        stack.resize(*size)
        for text_pct in (100, 175):
            look.choose(look.scheme, text_pct)
            for page in (home, take, unwell, plain):
                stack.setCurrentWidget(page)
                QTest.qWait(0)
                check_buttons(page, f"{size} at {text_pct} %")


def check_buttons(page: KitPage, where: str) -> None:
    assert page.accessibleName()
    for button in page.findChildren(QPushButton):
        if not button.isVisible():
            continue
        name = button.accessibleName()
        assert name
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        owner = button.parentWidget()
        assert isinstance(owner, QWidget)
        assert owner.rect().contains(button.geometry()), f"{name} is cut: {where}"
        least = button.minimumSizeHint()
        assert button.width() >= least.width(), f"{name} is squeezed: {where}"
