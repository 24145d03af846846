"""Training at home on a person's page: a plan goes out, results come in, and how it went."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.home.adherence import adherence_of
from emgfeedback.home.contact import Sign
from emgfeedback.home.kit import pack_results, plan_in_force, take_plan
from emgfeedback.home.plan_file import HomePlan, read_plan_file
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk
from emgfeedback.people.values import CheckIn, GivenPlan, Patient, Session
from emgfeedback.training.plan import find_plan, shipped_plans
from emgfeedback.ui import theme
from emgfeedback.ui.kit.kit_words import unwell_note
from emgfeedback.ui.person.home_card import ForgetDialog, HomeCard
from emgfeedback.ui.person.home_now import REPORTED, HomeNow
from emgfeedback.ui.person.home_weeks import HomeWeeks
from emgfeedback.ui.person.home_words import practice_in_words, weeks_in_words
from emgfeedback.ui.theme import Scheme
from tests.home.two_places import Place, practise
from tests.ui.people.conftest import TODAY, Clinic

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
FILLED = "Call 0123 456 if pain rises, or at once if swallowing gets hard."


class Room:
    """The card of one person, on a register of its own, and a folder for files."""

    def __init__(self, root: Path, stick: Path, qtbot) -> None:
        self.stick, self.folder = stick, DataFolder(root)
        self._qtbot = qtbot
        self.desk = make_desk(self.folder, "Dr Test")
        self.desk.start()
        self.card = HomeCard(self.desk, self.folder, shipped_plans, lambda: "Neck Clinic")
        self.page = QWidget()
        column = QVBoxLayout(self.page)
        column.addWidget(self.card.reported)
        column.addWidget(self.card)
        self.patient = self.look_up(lambda register: register.put(Patient(pseudonym="P-1")))
        with qtbot.waitExposed(self.page):
            self.page.show()
        self.show(self.patient)

    def until(self, holds: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(holds()), timeout=60_000)

    def look_up(self, question):
        answer = self.desk.ask(question)
        assert answer.wait(60)
        assert not answer.error
        return answer.value

    def show(self, patient: Patient) -> HomeNow:
        """Ask anew, as the page does after every change."""
        self.card.show_person(patient)
        self.until(lambda: not self.card._asking.waiting)
        assert self.card.now is not None
        return self.card.now

    def write(self, name: str = "plan.emgplan") -> HomePlan:
        """Make a plan on the screen."""
        self.card.make_button.click()
        self.card.form.contact.setPlainText(FILLED)
        self.card.write_plan(self.stick / name)
        self.until(lambda: told(self.card))
        assert "written" in told(self.card)
        self.show(self.patient)
        return read_plan_file(self.stick / name)

    def take_in(self, name: str) -> str:
        """Take a file in on the screen; return what is told of it."""
        self.card.outcome.show_notice(None)
        self.card.take_in(self.stick / name)
        self.until(lambda: told(self.card))
        return told(self.card)


def told(card: HomeCard) -> str:
    notice = card.outcome.notice
    return f"{notice.title} {notice.remedy}" if notice is not None else ""


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def room(empty: Path, tmp_path: Path, stick: Path, look, qtbot) -> Iterator[Room]:
    shutil.copytree(empty, tmp_path / "data")
    made = Room(tmp_path / "data", stick, qtbot)
    yield made
    made.page.close()
    made.page.deleteLater()
    made.desk.close()


@pytest.fixture
def kit(tmp_path) -> Iterator[Place]:
    place = Place.at(tmp_path / "kit")
    yield place
    place.close()


def practise_today(kit: Place, plan: Path, out: Path, number: str, note: str = "") -> Session:
    """Take the plan where it is the first, practise by it, and write the results."""
    if plan_in_force(kit.folder) is None:
        take_plan(kit.register, kit.folder, plan, today=TODAY, clinic_number=number)
    patient_id = read_plan_file(plan).patient_id
    session = practise(kit, patient_id)
    session = kit.register.put(replace(session, started_utc=dt.datetime.now(dt.UTC)))
    if note:
        kit.register.put(CheckIn(patient_id=patient_id, on=TODAY, note=note))
    pack_results(kit.register, kit.folder, out, now_utc=dt.datetime.now(dt.UTC))
    return session


def opened(clinic: Clinic) -> HomeCard:
    """Open the page of a new person in the window; return the card on it."""
    name = clinic.window.settings.clinic.name_field
    name.setText("Neck Clinic")
    name.editingFinished.emit()
    clinic.open("people")
    patient = clinic.look_up(lambda register: register.put(Patient(pseudonym="P-1")))
    clinic.rooms.people.show_person(patient.id)
    page = clinic.rooms.people.person
    clinic.until(lambda: page.findChildren(HomeCard))
    (card,) = page.findChildren(HomeCard)
    clinic.until(lambda: card.now is not None)
    return card


def test_a_plan_goes_out_and_practice_comes_back(
    new_clinic: Clinic, kit: Place, stick: Path
) -> None:
    card, person = opened(new_clinic), new_clinic.rooms.people.person
    assert card.body.isHidden()
    assert not card.new_button.isEnabled()
    QTest.keyClick(card.make_button, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is card.form.contact
    QTest.keyClicks(card.form.contact, "0123 456")
    card.write_plan(stick / "plan.emgplan")
    new_clinic.until(lambda: card.now.plan is not None)
    plan = read_plan_file(stick / "plan.emgplan")
    assert (plan.clinic, plan.name) == ("Neck Clinic", "home-15-minutes")
    assert "Call Neck Clinic, telephone 0123 456, if" in plan.contact
    assert card.number.text() == plan.clinic_number
    assert plan.clinic_number in card.sheet.text()
    assert "No practice is here" in card.practice.text()
    session = practise_today(
        kit,
        stick / "plan.emgplan",
        stick / "1.emgresults",
        card.number.text(),
        unwell_note(Sign.SWALLOWING),
    )
    card.take_in(stick / "1.emgresults")
    new_clinic.until(lambda: "Taken in" in told(card) and card.now.sessions == 1)
    assert told(card).startswith("Taken in: 1 session, 2 check-ins, 1 recording")
    assert "trouble swallowing" in told(card)
    assert "known from now on" in told(card)
    assert card.practice.text().startswith("1 day with practice")
    assert "Week 1: 1 day." in card.weeks.accessibleDescription()
    assert card.reported.notice.kind == "bad"
    assert card.reported.mapTo(person, QPoint()).y() < person._tabs.y()
    new_clinic.until(lambda: person.overview.visits.table.rows)
    assert [row.key for row in person.overview.visits.table.rows] == [session.id]
    assert card.new_button.isEnabled()
    card.begin()
    QTest.keyClick(new_clinic.window, Qt.Key.Key_Escape)
    assert card.form.isHidden()
    assert person.isVisible()


def test_replayed_tampered_and_foreign_files_are_refused_in_words(
    room: Room, kit: Place, stick: Path
) -> None:
    room.write()
    plan, out = stick / "plan.emgplan", stick / "1.emgresults"
    practise_today(kit, plan, out, room.card.number.text())
    content = bytearray((stick / "1.emgresults").read_bytes())
    content[len(content) // 2] ^= 1
    (stick / "2.emgresults").write_bytes(bytes(content))
    assert "changed after the kit signed it" in room.take_in("2.emgresults")
    assert room.card.outcome.notice.kind == "bad"
    assert room.card.now.sessions == 0
    (stick / "3.emgresults").write_bytes(b"no results")
    assert "holds no results of practice at home" in room.take_in("3.emgresults")
    other = room.look_up(lambda register: register.put(Patient(pseudonym="P-2")))
    room.show(other)
    assert "They are of P-1" in room.take_in("1.emgresults")
    assert "was taken in on" in room.take_in("1.emgresults")
    assert len(room.look_up(lambda r: r.sessions_of(room.patient.id))) == 1


def test_a_new_computer_is_asked_about_and_the_old_one_refused(
    room: Room, kit: Place, stick: Path
) -> None:
    card = room.card
    room.write()
    plan, out = stick / "plan.emgplan", stick / "1.emgresults"
    practise_today(kit, plan, out, room.card.number.text())
    room.take_in("1.emgresults")
    assert room.show(room.patient).paired
    assert card.new_button.isEnabled()

    def answer(button: str) -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ForgetDialog)
        getattr(dialog, button).click()

    QTimer.singleShot(0, lambda: answer("leave_button"))
    card.new_button.click()
    assert room.show(room.patient).paired
    card.outcome.show_notice(None)
    QTimer.singleShot(0, lambda: answer("forget_button"))
    card.new_button.click()
    room.until(lambda: "is forgotten" in told(card))
    assert not room.show(room.patient).paired
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    pack_results(kit.register, kit.folder, stick / "2.emgresults", now_utc=later)
    assert "does not prove" in room.take_in("2.emgresults")


def test_nobody_to_call_and_wishes_out_of_their_limits_are_refused(room: Room, stick: Path) -> None:
    card, form = room.card, room.card.form
    card.make_button.click()
    assert "Neck Clinic" in form.contact.toPlainText()
    assert form.contact.textCursor().selectedText() == "____"
    card.write_plan(stick / "1.emgplan")
    assert "nobody to call" in form.banner.notice.remedy
    QTest.keyClicks(form.contact, "0123 456")
    assert "telephone 0123 456," in form.contact.toPlainText()
    for field, text in ((form.weeks, "40"), (form.days, "2.5"), (form.pain_rise, "")):
        before = field.text()
        field.setText(text)
        card.write_plan(stick / "1.emgplan")
        assert field.name in form.banner.notice.remedy
        field.setText(before)
    (stick / "2.emgplan").write_text("mine")
    card.write_plan(stick / "2.emgplan")
    room.until(lambda: "2.emgplan" in form.banner.notice.remedy)
    assert form.save_button.isEnabled()
    assert [path.name for path in stick.iterdir()] == ["2.emgplan"]
    assert room.show(room.patient).plan is None
    assert card.escape()
    assert form.isHidden()
    assert not card.escape()


def test_the_next_plan_begins_with_the_wishes_of_the_one_before(room: Room, stick: Path) -> None:
    form = room.card.form
    room.card.make_button.click()
    for field, text in ((form.greeting, "Ada"), (form.weeks, "6"), (form.days, "3")):
        field.setText(text)
    form.may_skip.setChecked(False)
    form.contact.setPlainText(FILLED)
    room.card.write_plan(stick / "1.emgplan")
    room.until(lambda: told(room.card))
    room.show(room.patient)
    first = read_plan_file(stick / "1.emgplan")
    assert (first.greeting, first.days_per_week) == ("Ada", 3)
    assert "skip-step" not in first.may_change
    assert first.last_day - first.first_day == dt.timedelta(days=41)
    room.card.outcome.show_notice(None)
    room.card.make_button.click()
    assert (form.greeting.text(), form.weeks.text(), form.days.text()) == ("Ada", "6", "3")
    assert form.contact.toPlainText() == FILLED
    assert not form.may_skip.isChecked()
    room.card.write_plan(stick / "2.emgplan")
    room.until(lambda: told(room.card))
    second = read_plan_file(stick / "2.emgplan")
    assert second.number > first.number
    assert second.clinic_number == first.clinic_number
    (given,) = room.look_up(lambda r: r.all_of(GivenPlan, room.patient.id))
    assert (given.where, given.active) == ("home", True)
    assert given.toml == find_plan("home-15-minutes").read_text(encoding="utf-8")


def test_the_given_plan_goes_home(room: Room) -> None:
    text = find_plan("relax-scm-trapezius").read_text(encoding="utf-8")
    own = GivenPlan(
        patient_id=room.patient.id, from_date=TODAY, name="own", title="My own", where="home",
        toml=text,
    )  # fmt: skip
    room.look_up(lambda register: register.put(own))
    assert room.show(room.patient).training == "My own"
    assert room.write().toml == text
    assert len(room.look_up(lambda r: r.all_of(GivenPlan, room.patient.id))) == 1


def test_what_was_reported_is_first_and_stays_closed(room: Room) -> None:
    of = room.patient.id
    notes = {5: unwell_note(Sign.UNWELL), 9: "slept badly", 100: unwell_note(Sign.SWALLOWING)}
    rows = [
        CheckIn(patient_id=of, on=TODAY - dt.timedelta(days=back), note=note)
        for back, note in notes.items()
    ]
    room.look_up(lambda register: register.put_all(rows))
    room.show(room.patient)
    bar = room.card.reported
    assert bar.notice.kind == "check"
    assert "felt unwell" in bar.notice.remedy
    assert "slept" not in bar.notice.remedy
    assert "swallowing" not in bar.notice.remedy, "long ago"
    bar.close_button.click()
    room.show(room.patient)
    assert bar.isHidden()
    room.look_up(lambda r: r.put(CheckIn(patient_id=of, on=TODAY, note=notes[100])))
    room.show(room.patient)
    assert (bar.notice.kind, "unwell" in bar.notice.remedy) == ("bad", False)


def test_the_kit_writes_reports_as_the_clinic_reads_them() -> None:
    assert all(unwell_note(sign).startswith(REPORTED) for sign in Sign)


def test_large_text_never_goes_sideways_and_all_is_named(new_clinic: Clinic, look) -> None:
    card = opened(new_clinic)
    card.begin()
    card.body.show()
    look.choose(Scheme.DARK, 150)
    new_clinic.window.resize(960, 600)
    for _ in range(3):
        QApplication.processEvents()
    assert new_clinic.window.size().toTuple() == (960, 600)
    for area in new_clinic.rooms.people.person.findChildren(QScrollArea):
        if area.isVisible():
            assert area.widget().width() <= area.viewport().width()
    controls = [
        widget
        for kind in (QAbstractButton, QLineEdit, QPlainTextEdit)
        for widget in card.findChildren(kind)
    ]
    assert len(controls) > 8
    names = [
        QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        for widget in controls
    ]
    assert all(names)
    assert all(widget.focusPolicy() & Qt.FocusPolicy.TabFocus for widget in controls)


def test_weeks_are_told_by_shape_number_and_word(look, qtbot) -> None:
    first = dt.date(2026, 3, 2)
    days = [first + dt.timedelta(days=back) for back in (0, 1, 3, 7, 8, 9, 10, 11, 12)]
    went = adherence_of(days, first, first + dt.timedelta(days=15), 5)
    plan = HomePlan(
        number=1, patient_id="a", code="P-1", contact=FILLED, made_utc=dt.datetime.now(dt.UTC),
        first_day=first, last_day=first + dt.timedelta(days=27), name="x", title="X", toml="x",
        secret=bytes(32), sign_key=bytes(32), return_key=bytes(32),
    )  # fmt: skip
    assert weeks_in_words(went, 5) == (
        "Week 1: 3 days. Week 2: 6 days. Week 3: 0 days. Wished: 5 days a week."
    )
    said = practice_in_words(plan, went, 10)
    assert said.startswith("9 days with practice since 2 Mar 2026 (10 sessions in all).")
    assert said.endswith("Longest pause: 3 days.")
    ahead = adherence_of([], first, first - dt.timedelta(days=1), 5)
    assert practice_in_words(plan, ahead, 0) == "The plan begins on 2 Mar 2026."
    weeks = HomeWeeks()
    qtbot.addWidget(weeks)
    weeks.resize(200, weeks.sizeHint().height())
    weeks.show_weeks(plan, went)
    image = weeks.grab().toImage()
    assert filled_cells(image) == [3, 6, 0, 0]


def filled_cells(image: QImage) -> list[int]:
    """Return how many runs of the accent colour stand in each of four weeks."""
    counts = []
    for place in range(4):
        x = round((place + 0.5) * min(theme.px(44), image.width() / 4)) + 8
        column = [image.pixelColor(x, y) == theme.tokens().accent for y in range(image.height())]
        counts.append(sum(now and not was for was, now in itertools.pairwise([False, *column])))
    return counts
