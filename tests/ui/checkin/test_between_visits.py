"""The three panels of a person on one page."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton, QScrollArea

from emgfeedback.people.values import CheckIn, FactorChart, Patient
from emgfeedback.ui.checkin.between_visits import BetweenVisits
from emgfeedback.ui.theme import Scheme
from tests.ui.checkin.conftest import TODAY

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def page(room):
    made = room.open_page(BetweenVisits)
    made.show_person(room.patient)
    return made


def part(page, name):
    (button,) = [b for b in page.parts.findChildren(QPushButton) if b.text() == name]
    button.click()


def test_each_person_sees_their_own_and_nothing_typed_goes_along(room, page):
    other = room.register.put(Patient(pseudonym="P-2"))
    room.register.put(CheckIn(patient_id=other.id, on=TODAY, pain=8))
    slider = page.check_in.questions["pain"].slider
    room.settle(page.check_in)
    slider.give(2)
    page.show_person(other)
    room.qtbot.waitUntil(lambda: slider.answer == 8)
    slider.give(9)
    page.show_person(room.patient)
    room.qtbot.waitUntil(lambda: slider.answer is None)
    assert room.register.all_of(CheckIn, other.id)[0].pain == 8
    assert room.kept(CheckIn) == []


def test_what_is_kept_on_one_part_is_there_on_the_next(room, page):
    page.check_in.questions["stress"].slider.give(6)
    with room.qtbot.waitSignal(page.changed):
        page.check_in.keep_day()
    part(page, "Factors")
    calm = page.factors.questions["calm"]
    room.qtbot.waitUntil(lambda: "stress 6.0 (n = 1)" in calm.line.text())
    calm.slider.give(4)
    with room.qtbot.waitSignal(page.changed):
        page.factors.keep_chart()
    assert dict(room.kept(FactorChart)[0].factors) == {"calm": 4}
    part(page, "Head laser")
    assert page.position.isVisible()


@pytest.mark.parametrize("text_pct", [100, 175])
def test_no_part_is_wider_than_the_page(room, page, look, text_pct):
    look.choose(Scheme.LIGHT, text_pct)
    page.resize(1140, 640)
    for name in ("Today", "Factors", "Head laser"):
        part(page, name)
        area = next(a for a in page.findChildren(QScrollArea) if a.isVisible())
        room.qtbot.waitUntil(lambda area=area: area.widget().width() <= area.viewport().width())
