"""The list of people and the form of one, by keys."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from emgfeedback.core.errors import SettingsError
from emgfeedback.core.montage import Side
from emgfeedback.people.values import Patient
from emgfeedback.ui.person.fields import read_date, read_number
from emgfeedback.ui.person.person_form import next_pseudonym
from tests.ui.people.conftest import TODAY, Clinic

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def listed(clinic: Clinic) -> list[str]:
    return [row.cells[0] for row in clinic.rooms.people.table.rows]


def test_the_list_follows_what_is_typed(clinic: Clinic) -> None:
    clinic.open("people")
    people = clinic.rooms.people
    clinic.until(lambda: len(listed(clinic)) == 12)
    QTest.keyClicks(people.search, "weber")
    clinic.until(lambda: listed(clinic) == ["P-0418"])
    assert people.table.rows[0].cells[1:] == (
        "torticollis, to the left", "yesterday", "15", "week 7",
    )  # fmt: skip
    QTest.keyClick(people.search, Qt.Key.Key_Escape)
    clinic.until(lambda: len(listed(clinic)) == 12)
    QTest.keyClicks(people.search, "nobody of this name")
    clinic.until(lambda: listed(clinic) == [])
    assert "Nobody found" in people.hint.text()


def test_somebody_is_added_by_keys_alone(clinic: Clinic) -> None:
    clinic.open("people")
    clinic.until(lambda: listed(clinic))
    QTest.keyClick(clinic.rooms.people.search, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    form = clinic.rooms.people.form
    clinic.until(lambda: form.pseudonym.text() == "P-0429")
    QTest.keyClicks(form.posture, "torticaput")
    QTest.keyClicks(form.birth_year, "19")
    QTest.keyClick(form.birth_year, Qt.Key.Key_Return)
    assert form.form.banner.isVisible()
    assert "1900 to 2100" in form.form.banner.notice.remedy
    QTest.keyClicks(form.birth_year, "84")
    QTest.keyClicks(form.onset, "2020-13")
    QTest.keyClick(form.onset, Qt.Key.Key_Return)
    assert "Began" in form.form.banner.notice.remedy
    form.onset.setText("2020-11")
    QTest.keyClick(form.onset, Qt.Key.Key_Return)
    clinic.until(lambda: clinic.rooms.people.person.patient is not None)
    kept = clinic.look_up(lambda r: r.search("P-0429"))[0].patient
    assert (kept.birth_year, kept.posture, kept.onset) == (1984, "torticaput", dt.date(2020, 11, 1))


def test_a_change_of_somebody_else_in_between_is_told_and_not_overwritten(
    clinic: Clinic, register
) -> None:
    clinic.open("people")
    patient = clinic.show_person(1)
    page = clinic.rooms.people.person
    QTest.mouseClick(page.edit_button, Qt.MouseButton.LeftButton)
    form = clinic.rooms.people.form
    assert form.name.text() == "Jonas Weber"
    register.put(replace(register.get(Patient, patient.id), note="seen elsewhere"))
    form.posture.setText("mine")
    form.save()
    clinic.until(lambda: form.form.banner.notice is not None)
    assert register.get(Patient, patient.id).posture == "torticollis"
    QTest.keyClick(form.posture, Qt.Key.Key_Escape)
    assert page.isVisible()


def test_removing_is_undone_without_a_question(clinic: Clinic) -> None:
    clinic.open("people")
    clinic.until(lambda: len(listed(clinic)) == 12)
    table = clinic.rooms.people.table
    QTest.keyClick(clinic.rooms.people.search, Qt.Key.Key_Down)
    assert table.hasFocus()
    first = listed(clinic)[0]
    QTest.keyClick(table, Qt.Key.Key_Delete)
    clinic.until(lambda: first not in listed(clinic))
    clinic.until(clinic.rooms.bar.action_button.isVisible)
    assert first in clinic.rooms.bar.notice.title
    QTest.mouseClick(clinic.rooms.bar.action_button, Qt.MouseButton.LeftButton)
    clinic.until(lambda: first in listed(clinic))


def test_an_empty_list_says_what_will_be_here(new_clinic: Clinic) -> None:
    new_clinic.open("people")
    new_clinic.until(new_clinic.rooms.people.empty_title.isVisible)
    assert not new_clinic.rooms.people.table.isVisible()


def test_a_side_is_kept_and_shown(clinic: Clinic) -> None:
    clinic.open("people")
    form = clinic.rooms.people.form
    clinic.rooms.people.edit(None)
    clinic.until(form.pseudonym.text)
    form.pseudonym.setText("own word")
    form.side.picked.emit(Side.LEFT)
    form.save()
    clinic.until(lambda: clinic.window.top._title.text() == "own word")
    kept = clinic.look_up(lambda r: r.search("own word"))[0].patient
    assert kept.posture_side is Side.LEFT


@given(st.lists(st.from_regex(r"P-[0-9]{1,6}", fullmatch=True) | st.text(max_size=8)))
def test_the_suggested_pseudonym_is_new(taken: list[str]) -> None:
    assert next_pseudonym(taken) not in taken


@given(st.dates(dt.date(1900, 1, 1), TODAY))
def test_a_date_is_read_as_it_is_written(on: dt.date) -> None:
    assert read_date(on.isoformat(), "Date") == on
    assert read_date(f" {on.year:04d} ", "Date") == dt.date(on.year, 1, 1)


@pytest.mark.parametrize("text", ["2019-02-30", "12.5.2019", "tomorrow", "0019", "9999-01-01"])
def test_what_is_no_day_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(SettingsError, match=r"Write it as 2019"):
        read_date(text, "Date")


@given(st.floats(0, 100), st.booleans())
def test_numbers_are_read_with_comma_or_point(value: float, comma: bool) -> None:
    text = repr(value).replace(".", ",") if comma else repr(value)
    assert read_number(text, "Units", 0, 100) == value


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "101", "many", "1e400"])
def test_numbers_outside_their_range_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="0 to 100"):
        read_number(text, "Units", 0, 100)
