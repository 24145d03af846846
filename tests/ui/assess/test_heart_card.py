"""What heartbeats add, what each way changes, and the way that is kept for a person."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from emgfeedback.measures.heart_ways import HEART_WAYS
from emgfeedback.people.assessments import heart_choice
from emgfeedback.people.roles import Role
from emgfeedback.people.values import HeartChoice, Session, SessionKind
from emgfeedback.ui.assess.heart_card import HeartCard
from emgfeedback.ui.theme import Scheme
from tests.ui.assess.conftest import Room
from tests.ui.pictures import grey_levels

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
LEFT_SCM, RIGHT_SCM = 0, 1


@pytest.fixture
def card(room: Room, measured: Mapping[str, Any]) -> HeartCard:
    return room.open(HeartCard, assessment=measured)


def way(card: HeartCard, key: str) -> QAbstractButton:
    return next(button for button in card.ways if button.key == key)


def press(button: QAbstractButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def keep(room: Room, card: HeartCard, key: str) -> None:
    press(way(card, key))
    press(card.keep_button)
    room.qtbot.waitUntil(lambda: card.known.way == key)
    room.settle(card)


def test_the_heart_is_found_and_each_way_tells_its_change(card, measured):
    assert card.found.text() == "Found at rest: 72 beats a minute."
    adds = card.adds.line.cells
    assert number(adds[LEFT_SCM]) > 0.5
    assert abs(number(adds[RIGHT_SCM])) <= 0.1
    assert [button.key for button in card.ways] == list(HEART_WAYS)
    for key in HEART_WAYS:
        told = measured["heart_ways"]["SCM L"][key]
        shown = number(way(card, key).line.cells[LEFT_SCM])
        wanted = told["rest_uv" if key == "as-recorded" else "change_uv"]["value"]
        assert shown == pytest.approx(wanted, abs=0.051)
    assert way(card, "gate").isChecked()
    assert "20–225 Hz" in card.conditions.text()
    assert "Left SCM" in way(card, "gate").accessibleName()


def test_the_first_choice_needs_no_reason_is_kept_and_taken_back(room, card):
    heard = []
    card.changed.connect(lambda: heard.append(True))
    assert not card.change_button.isVisible()
    assert "Not chosen yet" in card.holds.text()
    keep(room, card, "highpass-30")
    (kept,) = room.kept(HeartChoice)
    assert (kept.method, kept.note) == ("highpass-30", "")
    assert heart_choice(room.register, room.patient.id) == "highpass-30"
    day = kept.chosen_at.astimezone().date()
    assert card.holds.text() == f"Locked since {day.day} {day:%b %Y}: High-pass 30 Hz."
    assert not any(button.isEnabled() for button in card.ways)
    assert not card.keep_button.isVisible()
    assert "still those of: Leave beats out" in card.still.text()
    press(card.bar.action_button)
    room.qtbot.waitUntil(lambda: card.known.choice is None)
    assert room.kept(HeartChoice) == []
    assert way(card, "gate").isChecked()
    assert way(card, "gate").isEnabled()
    assert len(heard) == 2


def test_a_change_needs_another_way_and_a_reason_and_says_what_it_breaks(room, card):
    keep(room, card, "highpass-30")
    press(card.change_button)
    assert card.warning.isVisible()
    assert "cannot be compared" in card.warning.text()
    assert "measured anew the same way" in card.warning.text()
    assert way(card, "highpass-30").hasFocus()
    assert not card.keep_button.isEnabled()
    QTest.keyClicks(card.why, "new sensors")
    assert not card.keep_button.isEnabled()
    press(way(card, "template"))
    assert card.keep_button.isEnabled()
    QTest.keyClick(card.why, Qt.Key.Key_Return)
    room.qtbot.waitUntil(lambda: card.known.way == "template")
    assert {one.method for one in room.kept(HeartChoice)} == {"highpass-30", "template"}
    assert card.holds.text().endswith("Subtract average beat. Why: new sensors")
    assert not card.warning.isVisible()
    assert room.register.audit(room.patient.id)[0].kind == "HeartChoice"


def test_a_change_that_is_left_leaves_the_way(room, card):
    keep(room, card, "highpass-50")
    press(card.change_button)
    press(way(card, "gate"))
    QTest.keyClicks(card.why, "mistaken")
    press(card.leave_button)
    assert way(card, "highpass-50").isChecked()
    assert card.why.text() == ""
    assert card.change_button.hasFocus()
    assert len(room.kept(HeartChoice)) == 1


def test_ways_are_chosen_by_the_keyboard(card):
    way(card, "gate").setFocus()
    QTest.keyClick(way(card, "gate"), Qt.Key.Key_Down)
    assert card.chosen == "template"
    assert card.about.text().startswith("The average beat is taken out")


def test_earlier_recordings_lock_the_usual_way_too(room, measured):
    for month in (3, 6):
        started = dt.datetime(2025, month, 12, 12, tzinfo=dt.UTC)
        room.register.put(
            Session(patient_id=room.patient.id, started_utc=started, kind=SessionKind.ASSESSMENT)
        )
    card = room.open(HeartCard, assessment=measured)
    assert card.holds.text() == (
        "Locked since the first recording, 12 Mar 2025: Leave beats out, as usual."
    )
    assert card.change_button.isVisible()
    assert not way(card, "highpass-30").isEnabled()


def test_without_heartbeats_or_a_number_a_dash_stands_with_its_reason(room, measured):
    gone = copy.deepcopy(dict(measured))
    missing = {"value": None, "reason": "loose electrode"}
    for channel in gone["channels"]:
        channel["heart_per_min"] = channel["heart_uv"] = {
            "value": None,
            "reason": "no regular spikes",
        }
    for of_way in gone["heart_ways"]["SCM L"].values():
        of_way["rest_uv"] = of_way["change_uv"] = missing
    card = room.open(HeartCard, assessment=gone)
    assert card.found.text() == "No heartbeat found at rest: no regular spikes."
    assert set(card.adds.line.cells) == {"–"}
    assert card.missing.text() == "SCM L: loose electrode."
    assert way(card, "gate").line.cells[LEFT_SCM] == "–"
    assert "Left SCM no number" in way(card, "gate").accessibleName()


def test_nobodys_recording_and_a_patient_choose_nothing(room, measured):
    card = room.open(HeartCard, role=Role.PATIENT, assessment=measured)
    assert not any(button.isEnabled() for button in card.ways)
    card.show_assessment("", measured)
    assert "Nobody" in card.holds.text()
    assert not card.keep_button.isVisible()


@pytest.mark.parametrize(
    ("scheme", "text_pct", "width"), [(Scheme.LIGHT, 150, 520), (Scheme.DARK, 100, 560)]
)
def test_numbers_stay_inside_at_any_size(room, look, measured, scheme, text_pct, width):
    look.choose(scheme, text_pct)
    card = room.open(HeartCard, assessment=measured)
    card.resize(width, 900)
    room.qtbot.waitUntil(lambda: card.ways[0].width() < width)
    for button in card.ways:
        grid = button.grid()
        right = grid.cell(len(button.columns) - 1, 0, 10).right()
        assert 0 < grid.left < right <= button.width()
        assert grid.beside == (text_pct == 100)
    for control in card.findChildren(QAbstractButton):
        if control.isVisibleTo(card):
            assert control.accessibleName(), control
    assert grey_levels(card.ways[0]).std() > 5
