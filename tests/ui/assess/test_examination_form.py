"""What a clinician sees of the head, entered, kept beside the recording and taken back."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from emgfeedback.core.montage import Side
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Examination, Injection, PostureFinding, Session, SessionKind
from emgfeedback.training.postures import load_postures
from emgfeedback.ui.assess.examination_form import ExaminationForm
from emgfeedback.ui.theme import Scheme
from tests.ui.assess.conftest import Room

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
STARTED = dt.datetime(2026, 3, 12, 12, tzinfo=dt.UTC)


@pytest.fixture
def session(room: Room) -> Session:
    return room.register.put(
        Session(patient_id=room.patient.id, started_utc=STARTED, kind=SessionKind.ASSESSMENT)
    )


@pytest.fixture
def form(room: Room, session: Session) -> ExaminationForm:
    return room.open(ExaminationForm, session=session)


def row_of(form: ExaminationForm, key: str):
    return next(row for row in form.rows if row.posture.key == key)


def button(form: ExaminationForm, name: str) -> QAbstractButton:
    return next(b for b in form.findChildren(QAbstractButton) if b.accessibleName() == name)


def click(widget) -> None:
    # A checkbox takes clicks on its box alone, at its left.
    at = widget.rect().center()
    at.setX(min(at.x(), 12))
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)


def enter_two(form: ExaminationForm) -> None:
    click(row_of(form, "torticaput").box)
    click(button(form, "Head turned (torticaput), Chin to the: Right"))
    QTest.keyClicks(row_of(form, "torticaput").degrees, "35,5")
    click(row_of(form, "retrocaput").box)
    click(form.larynx.chips[0])
    QTest.keyClicks(form.note, "tremor")


def test_every_posture_of_the_table_can_be_chosen(form):
    assert [row.posture.key for row in form.rows] == list(load_postures())
    sided = {row.posture.key for row in form.rows if row.posture.sided}
    for row in form.rows:
        click(row.box)
        assert row.degrees.isVisible()
        assert row.sides.isVisible() == (row.posture.key in sided)


def test_an_examination_is_kept_beside_its_recording_and_taken_back(room, form, session):
    heard = []
    form.changed.connect(lambda: heard.append(True))
    assert not form.keep_button.isEnabled()
    enter_two(form)
    click(form.keep_button)
    room.qtbot.waitUntil(lambda: form.kept is not None)
    (kept,) = room.kept(Examination)
    assert kept.postures == (
        PostureFinding("torticaput", Side.RIGHT, 35.5),
        PostureFinding("retrocaput", Side.MIDLINE, None),
    )
    assert (kept.session_id, kept.examined_on) == (session.id, dt.date(2026, 3, 12))
    assert (kept.larynx, kept.note) == ("midline", "tremor")
    assert not form.keep_button.isEnabled()
    assert room.register.audit(room.patient.id)[0].kind == "Examination"
    click(form.bar.action_button)
    room.qtbot.waitUntil(lambda: form.kept is None)
    assert room.kept(Examination) == []
    assert not row_of(form, "torticaput").chosen
    assert len(heard) == 2


def test_a_change_goes_on_from_what_was_kept(room, form):
    enter_two(form)
    QTest.keyClick(form.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    room.qtbot.waitUntil(lambda: form.kept is not None)
    assert form.keep_button.text() == "Keep the changes"
    click(row_of(form, "retrocaput").box)
    click(form.larynx.chips[0])
    assert form.larynx_found == ""
    assert form.larynx.keys == ("not-looked",)
    click(form.leave_button)
    assert row_of(form, "retrocaput").chosen
    assert form.larynx_found == "midline"
    row_of(form, "torticaput").degrees.clear()
    QTest.keyClicks(row_of(form, "torticaput").degrees, "20")
    click(form.keep_button)
    room.qtbot.waitUntil(lambda: form.kept is not None and form.kept.version == 2)
    assert [one.degrees for one in room.kept(Examination)[0].postures] == [20, None]


@pytest.mark.parametrize(
    ("side", "degrees", "told"),
    [
        (None, "", "Head turned (torticaput): the side is missing. Choose left or right."),
        ("Left", "95", "Head turned (torticaput), degrees: “95” cannot be used."),
        ("Left", "-5", "Head turned (torticaput), degrees: “-5” cannot be used."),
        ("Left", "much", "Enter a number from 0 to 90."),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_is_kept(room, form, side, degrees, told):
    click(row_of(form, "torticaput").box)
    if side is not None:
        click(button(form, f"Head turned (torticaput), Chin to the: {side}"))
    QTest.keyClicks(row_of(form, "torticaput").degrees, degrees)
    click(form.keep_button)
    assert form.bar.notice is not None
    assert told in form.bar.notice.remedy
    room.settle(form)
    assert room.kept(Examination) == []


def test_the_larynx_tells_head_from_neck_and_a_contradiction_is_named(form):
    click(row_of(form, "torticaput").box)
    click(form.larynx.chips[1])
    assert form.larynx_note.isVisible()
    assert "Torticaput alone" in form.larynx_note.text()
    click(row_of(form, "torticollis").box)
    assert not form.larynx_note.isVisible()
    click(form.larynx.chips[0])
    assert "Torticollis is chosen" in form.larynx_note.text()


def test_the_last_injection_before_the_recording_is_shown_as_entered(room, session):
    own = {"patient_id": room.patient.id}
    for on, product in ((dt.date(2025, 12, 18), "A"), (dt.date(2026, 3, 20), "later")):
        room.register.put(Injection(**own, on=on, product=product, muscles="L SCM", units=120))
    room.register.put(Injection(**own, on=dt.date(2025, 12, 18), muscles="R splenius"))
    form = room.open(ExaminationForm, session=session)
    assert form.days.text() == "84 days, injected 18 Dec 2025"
    assert set(form.injected.text().splitlines()) == {"A · L SCM · 120 units in all", "R splenius"}


def test_without_an_injection_a_dash_stands_with_its_reason(form):
    assert form.days.text() == "– (none entered up to this day)"
    assert not form.injected.isVisible()


def test_what_was_typed_for_another_session_is_dropped(room, form, session):
    other = room.register.put(
        Session(patient_id=room.patient.id, started_utc=STARTED + dt.timedelta(days=90))
    )
    enter_two(form)
    click(form.keep_button)
    room.qtbot.waitUntil(lambda: form.kept is not None)
    form.show_session(room.patient.id, other)
    room.settle(form)
    assert not any(row.chosen for row in form.rows)
    click(row_of(form, "shoulder").box)
    form.show_session(room.patient.id, session)
    room.settle(form)
    assert [row.posture.key for row in form.rows if row.chosen] == ["torticaput", "retrocaput"]


def test_typing_survives_a_conflict_and_is_kept_on_top(room, form):
    enter_two(form)
    click(form.keep_button)
    room.qtbot.waitUntil(lambda: form.kept is not None)
    form.note.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(form.note, " grows")
    (theirs,) = room.kept(Examination)
    room.register.put(theirs)
    click(form.keep_button)
    room.qtbot.waitUntil(lambda: form.kept is not None and form.kept.version == 2)
    assert form.bar.notice is not None
    assert form.bar.notice.title == "That did not work"
    assert form.note.toPlainText() == "tremor grows"
    click(form.keep_button)
    room.qtbot.waitUntil(lambda: form.kept is not None and form.kept.version == 3)
    assert room.kept(Examination)[0].note == "tremor grows"


def test_a_patient_looks_and_cannot_change(room, session):
    form = room.open(ExaminationForm, role=Role.PATIENT, session=session)
    assert not any(row.isEnabled() for row in form.rows)
    assert not form.keep_button.isEnabled()


@pytest.mark.parametrize(("scheme", "text_pct"), [(Scheme.LIGHT, 175), (Scheme.DARK, 100)])
def test_everything_has_a_name_and_stays_inside(room, look, session, scheme, text_pct):
    look.choose(scheme, text_pct)
    form = room.open(ExaminationForm, session=session)
    for row in form.rows:
        click(row.box)
    for control in (*form.findChildren(QAbstractButton), *form.findChildren(QLineEdit)):
        if control.isVisibleTo(form) and not control.objectName().startswith("qt_"):
            named = control.accessibleName() or getattr(control, "text", str)()
            assert named, control
            assert control.mapTo(form, control.rect().topRight()).x() < form.width()
