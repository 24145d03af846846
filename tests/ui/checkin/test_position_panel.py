"""The head laser: millimetres become degrees, per movement, over time."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QPushButton

from emgfeedback.people.values import PositionError
from emgfeedback.ui import words
from emgfeedback.ui.checkin.position_panel import PositionPanel
from emgfeedback.ui.theme import Scheme
from tests.ui.checkin.conftest import TODAY

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def press(panel, name):
    """Press the visible button called `name`."""
    (button,) = [
        b for b in panel.findChildren(QPushButton)
        if b.isVisibleTo(panel) and name in (b.text(), b.accessibleName())
    ]  # fmt: skip
    button.click()


def add(panel, *offsets_mm):
    for value in offsets_mm:
        press(panel, "right" if value > 0 else "left")
        panel.offset.setFocus()
        panel.offset.selectAll()
        QTest.keyClicks(panel.offset, str(abs(value)))
        QTest.keyClick(panel.offset, Qt.Key.Key_Return)


def test_repeats_typed_become_degrees_with_side_and_spread(room):
    panel = room.open(PositionPanel)
    add(panel, 45, 60, -6)
    angles = [math.degrees(math.atan2(mm, 900)) for mm in (45, 60, -6)]
    mean = sum(map(abs, angles)) / 3
    assert panel.offsets_mm == [45, 60, -6]
    assert panel.repeats.text() == "45 mm right, 60 mm right, 6 mm left"
    assert panel.results["error"].text() == f"{mean:.1f}° (n = 3)"
    drift = sum(angles) / 3
    spread = math.sqrt(sum((a - drift) ** 2 for a in angles) / 2)
    assert panel.results["drift"].text() == f"{drift:.1f}° to the right"
    assert panel.results["spread"].text() == f"±{spread:.1f}°"
    panel.distance.setValue(1800)
    assert float(panel.results["error"].text().split("°")[0]) == pytest.approx(mean / 2, abs=0.1)


def test_nothing_entered_is_a_dash_and_cannot_be_kept(room):
    panel = room.open(PositionPanel)
    assert panel.results["error"].text() == words.DASH
    assert not panel.keep_button.isEnabled()
    add(panel, 30)
    assert panel.results["spread"].text() == f"{words.DASH} (one repeat has none)"
    panel.take_back_button.click()
    assert panel.offsets_mm == []
    assert not panel.keep_button.isEnabled()


def test_no_side_is_named_within_chance(room):
    panel = room.open(PositionPanel)
    add(panel, 30, -30, 5)
    assert panel.results["drift"].text() == "to no side beyond chance"


def test_a_measurement_is_kept_with_its_conditions_and_taken_back(room):
    panel = room.open(PositionPanel)
    press(panel, "Bent forward")
    press(panel, "below")
    panel.offset.setValue(40)
    panel.add_repeat()
    panel.add_button.click()
    assert panel.offsets_mm == [-40, 0]
    panel.distance.setValue(1000)
    panel.keep_button.click()
    room.settle(panel)
    (kept,) = room.kept(PositionError)
    assert (kept.movement, kept.distance_mm, kept.on) == ("flexion", 1000, TODAY)
    assert kept.offsets_mm == (-40, 0)
    room.qtbot.waitUntil(lambda: len(panel.table.rows) == 1)
    day, error, _, _, taken = panel.table.rows[0]
    assert (day, error, taken) == ("10 Mar 2026", "1.1°", "2 repeats at 1,000 mm")
    assert panel.offsets_mm == []
    panel.bar.action_button.click()
    room.qtbot.waitUntil(lambda: panel.table.rows == ())
    assert room.kept(PositionError) == []


def test_each_movement_has_its_own_history_and_chance_is_told_from_four_on(room):
    own = {"patient_id": room.patient.id, "distance_mm": 900.0}
    for n_days, offset in enumerate((110.0, 90.0, 100.0, 70.0)):
        on = dt.date(2026, 1, 1) + dt.timedelta(days=14 * n_days)
        room.register.put(
            PositionError(**own, on=on, movement="left_turn", offsets_mm=(offset, offset + 10))
        )
    room.register.put(
        PositionError(**own, on=TODAY, movement="right_turn", offsets_mm=(-20.0, -24.0))
    )
    panel = room.open(PositionPanel)
    assert [point.on.day for point in panel.trend.points] == [1, 15, 29, 12]
    assert "may be chance" in panel.history.line.text()
    assert panel.trend.isVisibleTo(panel)
    press(panel, "Turned right")
    assert [row[2] for row in panel.table.rows] == ["1.4° to the left"]
    assert not panel.trend.isVisibleTo(panel)
    press(panel, "Bent back")
    assert panel.history.line.text() == "Bent back: not measured yet."


def test_a_change_of_movement_begins_anew(room):
    panel = room.open(PositionPanel)
    add(panel, 20)
    press(panel, "Turned right")
    assert panel.offsets_mm == []


@pytest.mark.parametrize("text_pct", [100, 175])
@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_everything_has_a_name_and_stays_inside(room, look, scheme, text_pct):
    look.choose(scheme, text_pct)
    panel = room.open(PositionPanel)
    add(panel, 20, -15)
    for button in panel.findChildren(QAbstractButton):
        if button.isVisibleTo(panel) and not button.objectName().startswith("qt_"):
            assert button.accessibleName() or button.text(), button
            assert button.mapTo(panel, button.rect().topRight()).x() < panel.width()
    assert panel.distance.accessibleName()
    assert panel.wall.accessibleDescription() == "20 mm right, 15 mm left"
    assert not panel.grab().isNull()
