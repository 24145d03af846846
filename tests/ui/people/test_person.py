"""One person: trend, next step, injections, scales, electrodes, visits."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

from emgfeedback.people.values import GivenPlan, Injection, Placement, ScaleScore
from emgfeedback.ui.person.person_page import PersonPage
from emgfeedback.ui.theme import Scheme
from tests.ui.people.conftest import TODAY, Clinic

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit)


@pytest.fixture
def page(clinic: Clinic) -> PersonPage:
    clinic.open("people")
    clinic.show_person(0)
    chart = clinic.rooms.people.person.overview.trend.chart
    clinic.until(lambda: chart.trend is not None and chart.trend.points)
    return clinic.rooms.people.person


def test_the_overview_tells_trend_next_step_and_what_changed(page: PersonPage) -> None:
    overview = page.overview
    assert len(overview.trend.chart.trend.points) == 16
    assert len(overview.trend.chart.trend.cycles) == 3
    assert "Good and bad days are normal" in overview.trend.sentence.text()
    assert overview.next.title.text() == "Session 14 of 15"
    assert overview.next.next_plan == "relax-scm-trapezius"
    assert overview.since.values["scale"].text() == "31 (was 38, −7 points)"
    assert overview.since.values["date"].text().endswith("day 49")
    assert "8 points or more" in overview.since.note.text()
    assert len(overview.visits.table.rows) == 12


def test_the_trend_follows_another_measure_and_unit(clinic: Clinic, page: PersonPage) -> None:
    card = page.overview.trend
    card.unit.picked.emit("uV")
    clinic.until(lambda: card.chart.trend.unit == "uV")
    assert len(card.chart.trend.stretches) == 2
    assert "Microvolts cannot be compared" in card.sentence.text()
    card.measure_box.setCurrentText("Time in target")
    clinic.until(lambda: card.chart.trend.unit == "%")
    assert not card.unit.isVisible()
    assert not card.place_box.isVisible()
    assert card.chart.trend.points[-1].value == pytest.approx(83, abs=1)


@pytest.mark.parametrize("suffix", [".pdf", ".html"])
def test_the_trend_shown_is_reported_in_the_background(
    clinic: Clinic, page: PersonPage, qtbot, tmp_path, suffix: str
) -> None:
    settings = clinic.window.settings.clinic
    settings.name_field.setText("Neck & Clinic")
    settings.name_field.editingFinished.emit()
    card = page.overview.trend
    card.measure_box.setCurrentText("Time in target")
    clinic.until(lambda: "Time in target" in card.title.text())
    out = tmp_path / f"trend{suffix}"
    with qtbot.waitSignal(card.report.saved, timeout=60_000) as saved:
        card.write_report(out)
        assert not card.report_button.isEnabled()
    assert saved.args == [out]
    assert card.report_button.isEnabled()
    assert card.report.notice.remedy == str(out)
    content = out.read_bytes()
    assert content.startswith(b"%PDF-" if suffix == ".pdf" else b"<!DOCTYPE html>")
    if suffix == ".html":
        assert b"Time in target" in content
        assert b"Neck &amp; Clinic" in content
        assert f"Trend over {len(card.chart.trend.points)} sessions".encode() in content
        patient = clinic.people[0]
        assert patient.pseudonym.encode() in content
        assert patient.name
        assert patient.name.encode() not in content


def test_a_report_of_a_trend_overwrites_nothing(clinic: Clinic, page: PersonPage, tmp_path) -> None:
    card = page.overview.trend
    out = tmp_path / "trend.html"
    out.write_text("mine")
    card.write_report(out)
    clinic.until(card.report_button.isEnabled)
    assert card.report.notice.kind == "check"
    assert "trend.html" in card.report.notice.remedy
    assert out.read_text() == "mine"
    card.write_report(tmp_path / "trend.docx")
    clinic.until(lambda: ".html" in card.report.notice.remedy and card.report_button.isEnabled())
    assert not (tmp_path / "trend.docx").exists()


def test_points_are_walked_and_opened_by_keys(clinic: Clinic, page: PersonPage) -> None:
    chart = page.overview.trend.chart
    asked: list[str] = []
    clinic.rooms.people.session_asked.connect(asked.append)
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Left)
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert "%" in chart.accessibleDescription()
    QTest.keyClick(chart, Qt.Key.Key_Return)
    assert asked == [chart.trend.points[-2].session_id]


def test_an_injection_entered_marks_the_trend_and_can_be_taken_back(
    clinic: Clinic, page: PersonPage
) -> None:
    page.overview.since.injection_button.click()
    card = page.injections
    assert card.form.isVisible()
    card.on.setText("next week")
    card.save()
    assert "Write it as 2019" in card.form.banner.notice.remedy
    card.on.show_date(TODAY - dt.timedelta(days=2))
    card.units.setText("a lot")
    card.save()
    assert "Units" in card.form.banner.notice.remedy
    card.units.setText("200")
    QTest.keyClick(card.units, Qt.Key.Key_Return)
    clinic.until(lambda: len(card.entries) == 4)
    clinic.until(lambda: len(page.overview.trend.chart.trend.cycles) == 4)
    assert not card.form.isVisible()
    card.table.choose_row(0)
    QTest.keyClick(card.table, Qt.Key.Key_Delete)
    clinic.until(lambda: len(card.entries) == 3)
    clinic.rooms.bar.action_button.click()
    clinic.until(lambda: len(card.entries) == 4)
    newest = clinic.look_up(lambda r: r.all_of(Injection, page.patient.id))[0]
    assert newest.units == 200


def test_a_scale_is_checked_summed_and_told_against_what_patients_notice(
    clinic: Clinic, page: PersonPage
) -> None:
    page.overview.since.scale_button.click()
    card = page.scales
    card.item_fields["rotation"].setText("5")
    assert "0 to 4" in card.sum.text()
    card.save()
    assert "0 to 4" in card.form.banner.notice.remedy
    for item in card.scale.items:
        card.item_fields[item.key].setText(f"{item.low + item.step:g}")
    card.item_fields["retrocollis"].setText("")
    assert "Total 19.50" in card.sum.text()
    card.total.setText("30")
    card.save()
    assert "add up to 19.5" in card.form.banner.notice.remedy
    card.total.clear()
    card.save()
    clinic.until(lambda: len(card.entries) == 5)
    newest = clinic.look_up(lambda r: r.all_of(ScaleScore, page.patient.id))[0]
    assert newest.total == 19.5
    assert card.table.rows[0].cells[3] == "−11.50 points: a change patients notice"
    clinic.until(lambda: "19.50 (was 31" in page.overview.since.values["scale"].text())


def test_a_plan_is_given_kept_with_its_text_and_taken_back(
    clinic: Clinic, page: PersonPage
) -> None:
    box = page.overview.next.clinic_box
    offered = [box.itemData(place) for place in range(1, box.count())]
    names = [each.plan.name for each in offered]
    box.setCurrentIndex(1 + names.index("symmetry-midline"))
    box.activated.emit(box.currentIndex())
    clinic.until(lambda: page.overview.next.next_plan == "symmetry-midline")
    plans = clinic.look_up(lambda r: r.all_of(GivenPlan, page.patient.id))
    active = [p for p in plans if p.active and p.where == "clinic"]
    assert [p.name for p in active] == ["symmetry-midline"]
    assert 'name = "symmetry-midline"' in active[0].toml
    page.visit_button.click()
    chooser = clinic.window.train.chooser
    clinic.until(lambda: chooser._preferred == "symmetry-midline")
    clinic.rooms.bar.action_button.click()
    clinic.until(
        lambda: (
            [
                p.name
                for p in clinic.look_up(lambda r: r.all_of(GivenPlan, page.patient.id))
                if p.active and p.where == "clinic"
            ]
            == ["relax-scm-trapezius"]
        )
    )


def test_electrodes_are_kept_with_their_picture(clinic: Clinic, page: PersonPage, tmp_path) -> None:
    page.show_tab(2)
    card = page.placements
    card.begin(None)
    (tmp_path / "no.png").write_bytes(b"no picture")
    card.use_photo(tmp_path / "no.png")
    card.save()
    assert "no picture" in card.form.banner.notice.remedy
    image = QImage(2400, 1200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    image.setText("Where", "at home")
    image.save(str(tmp_path / "neck.png"))
    card.use_photo(tmp_path / "neck.png")
    card.site.setText("upper third")
    card.save()
    clinic.until(lambda: len(card.entries) == 4)
    clinic.until(card.picture.isVisible)
    newest = clinic.look_up(lambda r: r.all_of(Placement, page.patient.id))[0]
    (kept,) = clinic.folder.photos.iterdir()
    assert (newest.photo, newest.site) == (kept.name, "upper third")
    assert QImage(str(kept)).width() == 1600
    assert b"at home" not in kept.read_bytes()


def test_without_points_there_is_no_report(new_clinic: Clinic) -> None:
    card = new_clinic.open("people").rooms.people.person.overview.trend
    assert not card.report_button.isEnabled()


def test_a_person_without_anything_is_told_what_will_be_here(clinic: Clinic) -> None:
    clinic.open("people")
    clinic.show_person(11)
    page = clinic.rooms.people.person
    clinic.until(page.overview.visits.empty.isVisible)
    assert page.overview.next.title.text() == "Session 1 of 3"
    assert page.overview.trend.sentence.text().startswith("No session has measured this yet")
    assert not page.overview.trend.measure_box.isVisible()
    assert not page.overview.trend.grab().isNull()


def test_another_persons_answer_is_never_shown(clinic: Clinic, page: PersonPage) -> None:
    for place in (1, 2, 3, 4):
        page.show_person(clinic.people[place].id)
    clinic.until(lambda: page.patient.id == clinic.people[4].id)
    clinic.until(lambda: not page._asking.waiting)
    assert clinic.window.top._title.text() == clinic.people[4].pseudonym
    entries = page.injections.entries.values()
    assert {value.patient_id for value in entries} == {clinic.people[4].id}


@pytest.mark.parametrize("tab", [0, 1, 2])
def test_every_control_has_a_name(clinic: Clinic, page: PersonPage, tab: int) -> None:
    page.show_tab(tab)
    for card in (page.injections, page.scales, page.placements):
        card.begin(None)
    QApplication.processEvents()
    unnamed = [
        widget
        for widget in clinic.window.findChildren(QWidget)
        if isinstance(widget, CONTROLS)
        and widget.isVisible()
        and widget.objectName() != "qt_spinbox_lineedit"
        and not isinstance(widget.parent(), QLineEdit | QComboBox)
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert not unnamed


@pytest.mark.parametrize("tab", [0, 1, 2])
@pytest.mark.parametrize("size", [(960, 600), (1280, 800)])
def test_large_text_scrolls_down_and_never_sideways(
    clinic: Clinic, page: PersonPage, look, tab: int, size: tuple[int, int]
) -> None:
    clinic.rooms.start_visit(clinic.people[0])
    clinic.window.open_page("people")
    look.choose(Scheme.LIGHT, 175 if size[0] > 1000 else 150)
    clinic.window.resize(*size)
    page.show_tab(tab)
    for _ in range(3):
        QApplication.processEvents()
    assert clinic.window.size().toTuple() == size
    for area in page.findChildren(QScrollArea):
        if area.isVisible():
            assert area.widget().width() <= area.viewport().width()
