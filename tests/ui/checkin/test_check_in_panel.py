"""The daily check-in: by keys, by mouse, once a day, without guilt."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from emgfeedback.people.roles import Role
from emgfeedback.people.values import CheckIn
from emgfeedback.ui.checkin.check_in_panel import CheckInPanel
from emgfeedback.ui.theme import Scheme
from tests.ui.checkin.conftest import TODAY

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
GUILT = ("missed", "forgot", "failed", "streak", "only", "should")


def chip(chips, key):
    return next(c for c in chips.chips if c.key == key)


def said(panel):
    return " ".join(label.text() for label in panel.findChildren(QLabel)).lower()


def test_a_day_by_keyboard_alone(room):
    panel = room.open(CheckInPanel)
    order = [panel.questions[key].slider for key in ("pain", "sleep", "stress", "activity")]
    order[0].setFocus()
    for slider, key in zip(order, "4763", strict=True):
        assert panel.focusWidget() is slider
        QTest.keyClick(slider, key)
        QTest.keyClick(slider, Qt.Key.Key_Tab)
    QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Space)
    chip(panel.triggers, "cold").setFocus()
    QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Space)
    panel.note.setFocus()
    QTest.keyClicks(panel.note, "windy")
    QTest.keyClick(panel.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    room.settle(panel)
    (kept,) = room.kept(CheckIn)
    assert (kept.pain, kept.sleep, kept.stress, kept.activity) == (4, 7, 6, 3)
    assert (kept.practised, kept.triggers, kept.note) == (True, ("cold",), "windy")
    assert kept.on == TODAY


def test_a_day_by_mouse_leaves_open_what_was_left_out(room):
    panel = room.open(CheckInPanel)
    assert not panel.keep_button.isEnabled()
    slider = panel.questions["stress"].slider
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=slider.place_of(9).toPoint())
    QTest.mouseClick(chip(panel.practised, "off"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.keep_button, Qt.MouseButton.LeftButton)
    room.settle(panel)
    (kept,) = room.kept(CheckIn)
    assert (kept.pain, kept.sleep, kept.stress, kept.activity) == (None, None, 9, None)
    assert kept.practised is False


def test_today_is_changed_not_doubled_and_taken_back(room):
    panel = room.open(CheckInPanel)
    for answer in (3, 5):
        panel.questions["pain"].slider.give(answer)
        panel.keep_day()
        room.settle(panel)
        room.settle(panel)
    assert [c.pain for c in room.kept(CheckIn)] == [5]
    panel.bar.action_button.click()
    room.qtbot.waitUntil(lambda: panel.questions["pain"].slider.answer == 3)
    assert [c.pain for c in room.kept(CheckIn)] == [3]


def test_the_next_day_is_a_new_one(room):
    panel = room.open(CheckInPanel)
    panel.questions["pain"].slider.give(3)
    panel.keep_day()
    room.settle(panel)
    room.day = TODAY + dt.timedelta(days=1)
    panel.reload()
    room.settle(panel)
    assert panel.questions["pain"].slider.answer is None
    panel.questions["pain"].slider.give(4)
    panel.keep_day()
    room.settle(panel)
    assert [(c.on, c.pain) for c in room.kept(CheckIn)] == [(room.day, 4), (TODAY, 3)]


def test_somebody_faster_loses_nothing(room):
    panel = room.open(CheckInPanel)
    room.register.put(CheckIn(patient_id=room.patient.id, on=TODAY, sleep=8))
    panel.questions["pain"].slider.give(3)
    panel.keep_day()
    room.qtbot.waitUntil(lambda: panel.bar.notice is not None)
    assert panel.bar.notice.kind == "check"
    room.settle(panel)
    assert [(c.sleep, c.pain) for c in room.kept(CheckIn)] == [(8, None)]
    assert panel.questions["pain"].slider.answer == 3


def test_yes_and_not_today_exclude_each_other_and_may_both_be_off(room):
    panel = room.open(CheckInPanel)
    yes, off = chip(panel.practised, "yes"), chip(panel.practised, "off")
    yes.click()
    off.click()
    assert panel.practised.keys == ("off",)
    off.click()
    assert panel.practised.keys == ()
    assert panel.entered().practised is None


def test_a_trigger_of_ones_own_stays(room):
    room.register.put(CheckIn(patient_id=room.patient.id, on=TODAY, triggers=("cold", "chess")))
    panel = room.open(CheckInPanel)
    assert panel.triggers.keys == ("cold", "chess")
    panel.questions["pain"].slider.give(1)
    assert panel.entered().triggers == ("cold", "chess")


def test_days_are_told_by_keyboard_and_none_is_blamed(room):
    for n_days, practised in ((1, True), (3, False), (5, True)):
        on = TODAY - dt.timedelta(days=n_days)
        room.register.put(CheckIn(patient_id=room.patient.id, on=on, pain=n_days,
                                  practised=practised))  # fmt: skip
    panel = room.open(CheckInPanel)
    assert panel.practice.text() == (
        "Practised on 2 of the last 28 days. A day off is part of the plan."
    )
    panel.days.setFocus()
    QTest.keyClick(panel.days, Qt.Key.Key_Left)
    assert panel.told.text() == "9 Mar 2026: Pain 1 · practised"
    QTest.keyClick(panel.days, Qt.Key.Key_Left)
    assert panel.told.text() == "8 Mar 2026: no entry. That is fine."
    assert "Pain 3 · a day off" in panel.days.accessibleDescription()
    assert not [word for word in GUILT if word in said(panel).split()]


def test_a_patient_keeps_a_day_and_then_looks_at_it(room):
    panel = room.open(CheckInPanel, role=Role.PATIENT, large=True)
    panel.questions["pain"].slider.give(6)
    panel.keep_day()
    room.settle(panel)
    room.qtbot.waitUntil(lambda: not panel.questions["pain"].slider.isEnabled())
    assert [c.pain for c in room.kept(CheckIn)] == [6]
    assert "clinic can change it" in panel.status.text()
    assert panel.bar.action_button.isHidden()


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(("scheme", "text_pct"), [(Scheme.LIGHT, 100), (Scheme.DARK, 175)])
def test_nothing_is_cut_and_everything_has_a_name(room, look, large, scheme, text_pct):
    look.choose(scheme, text_pct)
    panel = room.open(CheckInPanel, large=large)
    for button in panel.findChildren(QAbstractButton):
        if button.isVisibleTo(panel) and not button.objectName().startswith("qt_"):
            assert button.accessibleName() or button.text(), button
            right = button.mapTo(panel, button.rect().topRight()).x()
            assert right < panel.width(), button.text()
            assert button.width() >= button.minimumSizeHint().width(), button.text()
    for question in panel.questions.values():
        assert question.slider.accessibleName()
        assert question.title.height() >= question.title.heightForWidth(question.title.width())
    if large:
        assert panel.questions["pain"].title.font().pixelSize() >= 22


@pytest.mark.parametrize("large", [False, True])
def test_a_new_text_size_reaches_every_word_and_goes_again(room, look, large):
    panel = room.open(CheckInPanel, large=large)

    def sizes():
        labels = [panel.title, panel.questions["pain"].title, *panel.questions["pain"]._ends]
        return [w.font().pixelSize() for w in (*labels, panel.note, *panel.triggers.chips)]

    before, high = sizes(), panel.triggers.height()
    look.choose(Scheme.DARK, 175)
    wanted = [pytest.approx(1.75 * size, abs=1.5) for size in before]
    room.qtbot.waitUntil(lambda: sizes() == wanted)
    look.choose(Scheme.LIGHT, 100)
    room.qtbot.waitUntil(lambda: sizes() == before and panel.triggers.height() == high)
