"""The settings page: by keys alone, in force at once, kept, and honest about sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QComboBox, QWidget

from emgfeedback.sound.wish import SoundMode
from emgfeedback.ui import look_file
from emgfeedback.ui.clinic_card import ClinicCard
from emgfeedback.ui.look_file import (
    ChoiceFile,
    Choices,
    ClinicChoice,
    LookChoice,
    PatientChoice,
    SoundChoice,
)
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.patient.look import PatientLook, Place
from emgfeedback.ui.settings_page import SettingsPage
from emgfeedback.ui.sound_output import SoundOutput
from emgfeedback.ui.theme import Scheme
from tests.ui.patient import moments
from tests.ui.sound_room import Room
from tests.ui.stage_session import StageSession, streaming

CONTROLS = (QAbstractButton, QComboBox, QAbstractSlider)
PLAYING = moments.playing(moments.INSIDE[moments.Scene.BARS])


@pytest.fixture
def room(qapp) -> Room:
    return Room()


@pytest.fixture
def page(qtbot, look, room: Room) -> Iterator[SettingsPage]:
    sound = SoundOutput(make_outputs=lambda: room)
    made = SettingsPage(ChoiceFile(None), sound, Path("recordings"))
    qtbot.addWidget(made)
    made.resize(1180, 700)
    with qtbot.waitExposed(made):
        made.show()
    QApplication.processEvents()
    yield made
    sound.switch_off()


@pytest.fixture
def window(qtbot, look, tmp_path: Path) -> Iterator[Callable[[], MainWindow]]:
    opened: list[MainWindow] = []

    def make() -> MainWindow:
        session = StageSession(streaming(training=PLAYING))
        made = MainWindow(session, look, tmp_path / "preferences.toml")
        qtbot.addWidget(made)
        opened.append(made)
        with qtbot.waitExposed(made):
            made.show()
        made.tick()
        return made

    yield make
    for made in opened:
        made.close()


def controls(page: SettingsPage) -> list[QWidget]:
    found = [w for w in page.widget().findChildren(QWidget) if isinstance(w, CONTROLS)]
    return [w for w in found if w.isVisibleTo(page)]


def button(row: QWidget, text: str) -> QAbstractButton:
    return next(b for b in row.findChildren(QAbstractButton) if b.text() == text)


def test_every_control_has_a_name_and_explains_itself(page: SettingsPage) -> None:
    found = controls(page)
    assert len(found) > 25
    for control in found:
        face = QAccessible.queryAccessibleInterface(control)
        assert face.text(QAccessible.Text.Name), control
    names = [QAccessible.queryAccessibleInterface(c).text(QAccessible.Text.Name) for c in found]
    assert len(set(names)) >= len(found) - 4, "colours are asked twice, for two windows"
    for row in (page.place, page.dark, page.still, page.numbers, page.loudest, page.scheme):
        for choice in row.findChildren(QAbstractButton):
            assert choice.accessibleDescription()


def test_tab_reaches_all_and_arrows_choose(page: SettingsPage, qtbot) -> None:
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    first = button(page.scheme, "As the system")
    first.setFocus()
    seen: list[QWidget] = []
    for _ in range(40):
        at = QApplication.focusWidget()
        assert at is not None
        if at in seen:
            break
        seen.append(at)
        QTest.keyClick(at, Qt.Key.Key_Tab)
    rows = (page.scheme, page.text_size, page.place, page.dark, page.still, page.numbers)
    for row in (*rows, page.loudest):
        assert any(row.isAncestorOf(widget) for widget in seen), row.accessibleName()
    for control in (page.screen_box, page.mode, page.volume, page.sample_button):
        assert control in seen
    centre = button(page.place, "Centre")
    centre.setFocus()
    QTest.keyClick(centre, Qt.Key.Key_Left)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert page._file.choices.patient.place is Place.LEFT
    page.volume.setFocus()
    QTest.keyClick(page.volume, Qt.Key.Key_Home)
    assert page._file.choices.sound.volume_pct == 0


def test_the_wheel_scrolls_and_changes_nothing(page: SettingsPage) -> None:
    page.resize(900, 400)
    page.show()
    bar = page.verticalScrollBar()
    for control in (page.viewport(), page.volume, page.mode, page.screen_box):
        bar.setValue(0)
        middle = QPointF(control.rect().center())
        wheel = QWheelEvent(
            middle,
            control.mapToGlobal(middle),
            QPoint(),
            QPoint(0, -240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(control, wheel)
        # A wheel that is sent goes no further than to its receiver; a real one goes up.
        assert (bar.value() > 0) == wheel.isAccepted() == (control is page.viewport())
    assert page._file.choices == Choices()


def test_each_change_is_in_force_in_an_open_window_and_all_are_kept(window, tmp_path: Path) -> None:
    here = window()
    here.train.toggle_patient()
    patient = here.train.patient
    expected = PatientLook()
    for row, text, change in (
        ("place", "Right", {"place": Place.RIGHT}),
        ("dark", "Light", {"dark": False}),
        ("still", "Still", {"reduced_motion": True}),
        ("numbers", "Shown", {"numbers": True}),
    ):
        button(getattr(here.settings, row), text).click()
        expected = replace(expected, **change)
        assert patient.look == expected
        assert here.train.console.thumbnail.look == expected
    here.close()
    again = window()
    again.train.toggle_patient()
    assert again.train.patient.look == expected
    assert look_file.load(tmp_path / "preferences.toml").patient.look == expected


def test_sound_choices_reach_the_sound_and_come_back(window, tmp_path: Path) -> None:
    here = window()
    here.settings.volume.setValue(35)
    button(here.settings.loudest, "10 %").click()
    here.settings.mode.setCurrentIndex(1)
    here.settings.mode.activated.emit(1)
    here.close()
    kept = look_file.load(tmp_path / "preferences.toml").sound
    assert kept == SoundChoice(35, 10, SoundMode.TONE_INSIDE)
    again = window()
    sound = again.train.sound
    assert (sound._volume, sound._level_cap) == (0.35, 0.1)
    assert sound._follower.mode is SoundMode.TONE_INSIDE
    assert again.settings.volume.value() == 35
    assert again.settings.mode.currentData() is SoundMode.TONE_INSIDE


def test_a_broken_file_is_told_with_its_remedy(window, tmp_path: Path, expected_log) -> None:
    expected_log.append("preferences.toml")
    path = tmp_path / "preferences.toml"
    path.write_text("version = 1\n[look]\nscheme = 'pink'\n")
    here = window()
    notice = here.settings.banner.notice
    assert notice is not None
    assert "pink" in notice.remedy
    button(here.settings.dark, "Light").click()
    assert here.settings.banner.notice is not None
    assert "pink" in path.read_text()


def test_the_text_size_reaches_the_page_itself(window) -> None:
    here = window()
    here.show_page(here.pages.indexOf(here.settings))
    button(here.settings.text_size, "175 %").click()
    QApplication.processEvents()
    assert here._file.choices.look == LookChoice(Scheme.SYSTEM, 175)
    inner = here.settings.widget()
    for control in controls(here.settings):
        corner = control.mapTo(inner, control.rect().bottomRight())
        assert inner.rect().contains(corner), control
        assert control.width() >= control.minimumSizeHint().width(), control
    assert inner.width() <= here.settings.viewport().width()


def test_a_screen_that_is_not_there_stays_chosen(qtbot, look, room: Room) -> None:
    file = ChoiceFile(None)
    file.keep(replace(PatientChoice(), screen="Projector"))
    made = SettingsPage(file, SoundOutput(make_outputs=lambda: room), Path())
    qtbot.addWidget(made)
    assert made.screen_box.currentData() == "Projector"
    assert "not connected" in made.screen_box.currentText()
    present = QApplication.primaryScreen().name()
    made.screen_box.setCurrentIndex(made.screen_box.findData(present))
    made.screen_box.activated.emit(made.screen_box.currentIndex())
    assert file.choices.patient.screen == present


def test_a_sample_is_played(page: SettingsPage, room: Room, qtbot) -> None:
    assert page.sample_button.isEnabled()
    page.sample_button.click()
    qtbot.waitUntil(lambda: bool(room.speakers))
    qtbot.waitUntil(lambda: page.sound_words.text() == "Sound is on.")


def test_without_a_device_the_page_says_so(page: SettingsPage, room: Room) -> None:
    room.missing = "no device"
    page.hide()
    page.show()
    QApplication.processEvents()
    assert "No sound: no device" in page.sound_words.text()
    assert "The picture alone" in page.sound_words.text()
    assert not page.sample_button.isEnabled()


def test_a_device_that_does_not_open_is_told_and_may_be_tried_again(
    page: SettingsPage, room: Room, qtbot
) -> None:
    room.refuses = "the device cannot be opened"
    page.sample_button.click()
    qtbot.waitUntil(lambda: "cannot be opened" in page.sound_words.text())
    assert page.sample_button.isEnabled()


def test_a_sample_does_not_talk_into_an_exercise(page: SettingsPage, room: Room) -> None:
    page._sound.follow(PLAYING)
    page.sample_button.click()
    assert "The exercise has the sound" in page.sound_words.text()
    assert room.speakers == []


def picture(path: Path) -> Path:
    drawn = QImage(64, 48, QImage.Format.Format_RGB32)
    drawn.fill(Qt.GlobalColor.darkGreen)
    assert drawn.save(str(path))
    return path


def test_the_clinic_is_kept_and_comes_back(window, tmp_path: Path) -> None:
    logo = picture(tmp_path / "logo.png")
    here = window()
    card = here.settings.clinic
    assert not card.no_logo_button.isVisibleTo(card)
    card.name_field.setText("  Neck   Clinic ")
    card.name_field.editingFinished.emit()
    button(card.paper, "Letter").click()
    card.choose_logo(logo)
    assert card.no_logo_button.isVisibleTo(card)
    here.close()
    kept = look_file.load(tmp_path / "preferences.toml").clinic
    assert kept == ClinicChoice("Neck Clinic", str(logo), "letter")
    again = window().settings.clinic
    assert again.name_field.text() == "Neck Clinic"
    assert str(logo) in again.logo_words.text()
    again.no_logo_button.click()
    assert look_file.load(tmp_path / "preferences.toml").clinic.logo == ""
    assert "No logo" in again.logo_words.text()


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"GIF89a", "neither a PNG nor a JPEG"), (b"\x89PNG" + bytes(2 << 20), "more than")],
)
def test_what_is_no_logo_is_refused_in_words(
    page: SettingsPage, tmp_path: Path, content: bytes, says: str
) -> None:
    page.clinic.choose_logo(picture(tmp_path / "logo.jpg"))
    kept = page._file.choices.clinic
    wrong = tmp_path / "wrong.png"
    wrong.write_bytes(content)
    page.clinic.choose_logo(wrong)
    assert says in page.clinic.logo_banner.notice.remedy
    assert page._file.choices.clinic == kept
    page.clinic.choose_logo(picture(tmp_path / "better.png"))
    assert page.clinic.logo_banner.notice is None


def test_a_logo_gone_meanwhile_is_told(qtbot, look, tmp_path: Path) -> None:
    card = ClinicCard(ClinicChoice(logo=str(tmp_path / "gone.png")))
    qtbot.addWidget(card)
    assert "cannot be read" in card.logo_banner.notice.remedy
