"""The factor chart: filled in, compared, revisited."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtTest import QTest

from emgfeedback.people.roles import Role
from emgfeedback.people.values import CheckIn, FactorChart
from emgfeedback.ui.checkin.checkin_words import FACTORS
from emgfeedback.ui.checkin.factor_panel import FactorChartPanel
from emgfeedback.ui.theme import Scheme
from tests.ui.checkin.conftest import TODAY

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
JANUARY, FEBRUARY = dt.date(2026, 1, 12), dt.date(2026, 2, 10)


def put(room, on, *numbers):
    factors = dict(zip(FACTORS, numbers, strict=False))
    return room.register.put(FactorChart(patient_id=room.patient.id, on=on, factors=factors))


def test_six_numbers_by_key_are_kept_and_drawn_beside_the_last_time(room):
    put(room, JANUARY, 9, 9, 9, 9, 9, 9)
    put(room, FEBRUARY, 7, 5, 8, 6, 6, 4)
    panel = room.open(FactorChartPanel)
    for key, digit in zip(FACTORS, "647364", strict=True):
        QTest.keyClick(panel.questions[key].slider, digit)
    drawn = panel.drawing.accessibleDescription()
    assert drawn.startswith("Movement 6 (was 7), Sensation 4 (was 5), Nervous system 7 (was 8)")
    panel.keep_chart()
    room.settle(panel)
    newest = room.kept(FactorChart)[0]
    assert newest.on == TODAY
    assert dict(newest.factors) == dict(zip(FACTORS, (6, 4, 7, 3, 6, 4), strict=True))
    assert panel.table.rows[0] == ("10 Mar 2026", "6", "4", "7", "3", "6", "4")


def test_an_earlier_time_can_be_chosen_to_compare_with(room):
    put(room, JANUARY, 9, 8)
    put(room, FEBRUARY, 7, 5)
    panel = room.open(FactorChartPanel)
    assert panel.drawing.before == {"motor": 7, "sensory": 5}
    panel.compare.setCurrentIndex(1)
    assert panel.compare.currentText() == "12 Jan 2026"
    assert panel.drawing.before == {"motor": 9, "sensory": 8}


def test_a_factor_left_out_is_missing_not_zero(room):
    panel = room.open(FactorChartPanel)
    panel.questions["motor"].slider.give(0)
    assert dict(panel.entered().factors) == {"motor": 0}
    assert "Sensation –" in panel.drawing.accessibleDescription()
    assert not panel.grab().isNull()


def test_todays_chart_is_changed_not_doubled_and_taken_back(room):
    put(room, TODAY, 5)
    panel = room.open(FactorChartPanel)
    assert panel.questions["motor"].slider.answer == 5
    panel.questions["motor"].slider.give(2)
    panel.keep_chart()
    room.settle(panel)
    assert [c.factors["motor"] for c in room.kept(FactorChart)] == [2]
    panel.bar.action_button.click()
    room.qtbot.waitUntil(lambda: panel.questions["motor"].slider.answer == 5)


def test_check_ins_of_the_last_days_stand_beside_the_factor_they_speak_of(room):
    own = {"patient_id": room.patient.id}
    for n_days, stress in ((1, 6), (2, 8), (30, 0)):
        room.register.put(CheckIn(**own, on=TODAY - dt.timedelta(days=n_days), stress=stress))
    panel = room.open(FactorChartPanel)
    assert "stress 7.0 (n = 2)" in panel.questions["calm"].line.text()
    assert "Check-ins" not in panel.questions["sensory"].line.text()


@pytest.mark.parametrize("width", [1100, 700])
def test_rays_and_values_agree_at_any_width(room, width):
    panel = room.open(FactorChartPanel)
    panel.resize(width, 900)
    middle = panel.drawing.place_of("motor", 0)
    for key in FACTORS:
        out = [panel.drawing.place_of(key, value) - middle for value in (2, 4, 10)]
        lengths = [(p.x() ** 2 + p.y() ** 2) ** 0.5 for p in out]
        assert lengths[1] == pytest.approx(2 * lengths[0])
        assert lengths[2] == pytest.approx(5 * lengths[0])


@pytest.mark.parametrize("text_pct", [100, 175])
@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_words_stay_inside_the_picture(room, look, scheme, text_pct):
    look.choose(scheme, text_pct)
    panel = room.open(FactorChartPanel)
    for key in FACTORS:
        assert panel.drawing.rect().contains(panel.drawing.place_of(key, 10).toPoint())
        assert panel.questions[key].slider.accessibleName()
    assert panel.note.accessibleName()


def test_a_patient_looks_at_it(room):
    put(room, FEBRUARY, 7, 5, 8, 6, 6, 4)
    panel = room.open(FactorChartPanel, role=Role.PATIENT)
    assert not panel.questions["motor"].slider.isEnabled()
    assert not panel.keep_button.isEnabled()
    assert panel.table.rows[0][0] == "10 Feb 2026"
