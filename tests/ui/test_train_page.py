"""The Train page in every state, by mouse and by keys, and with the real engine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from emgfeedback.core.montage import Side
from emgfeedback.engine.station import Station
from emgfeedback.training.now import Hold, Phase
from emgfeedback.training.plan import shipped_plans
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.theme import Scheme
from emgfeedback.ui.train import train_words
from tests.ui.patient import moments
from tests.ui.pictures import grey_levels
from tests.ui.stage_session import STATES, deeds, streaming
from tests.ui.train_runs import RUNS, asked

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.mark.parametrize("name", list(RUNS))
def test_every_moment_is_drawn_named_and_not_cut(train_on, look, name: str) -> None:
    window = train_on(streaming(training=RUNS[name]))
    page = window.train.currentWidget()
    ending = RUNS[name].phase is Phase.FINISHED
    assert page is (window.train.ending if ending else window.train.console)
    light = grey_levels(page)
    assert len(np.unique(light)) > 20
    for widget in page.findChildren(QWidget):
        controls = (QAbstractButton, QComboBox, QLineEdit)
        if widget.isVisible() and isinstance(widget, controls):
            face = QAccessible.queryAccessibleInterface(widget)
            assert face.text(QAccessible.Text.Name), widget
            corner = widget.mapTo(window, widget.rect().bottomRight())
            assert window.rect().contains(corner), widget
            assert widget.width() >= widget.minimumSizeHint().width(), widget
    look.choose(Scheme.DARK, 100)
    QApplication.processEvents()
    assert grey_levels(page).mean() < light.mean() - 60


def test_without_a_board_the_page_leads_to_one(train_on, qtbot) -> None:
    window = train_on(STATES["not connected"])
    window.train.no_board.demo_button.click()
    qtbot.waitUntil(lambda: ("connect", "demo") in deeds(window))
    window.train.no_board.connect_button.click()
    assert window.welcome.isVisible()


def test_the_home_plan_is_chosen_and_starts_with_one_click(train_on) -> None:
    window = train_on(streaming())
    assert len(window.train.chooser.cards) == len(shipped_plans())
    window.train.chooser.start_button.click()
    assert deeds(window) == [("start_training", "home-15-minutes", {})]


@pytest.mark.parametrize("by", ["rail", "key"])
def test_enter_starts_the_plan_as_soon_as_the_page_opens(open_on, by: str) -> None:
    window = open_on(streaming())
    window.activateWindow()
    button = window.rail.findChildren(QAbstractButton)[1]
    if by == "rail":
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    else:
        QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    window.tick()
    assert QApplication.focusWidget() is window.train.chooser.start_button
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert deeds(window) == [("start_training", "home-15-minutes", {})]


def test_enter_on_a_plan_starts_it_or_leads_to_what_is_missing(train_on) -> None:
    window = train_on(streaming())
    chooser = window.train.chooser
    for card in chooser.cards:
        QTest.keyClick(card, Qt.Key.Key_Space)
        QTest.keyClick(card, Qt.Key.Key_Return)
        if card.plan.asks_sides:
            assert chooser.side_boxes[card.plan.asks_sides[0]].hasFocus()
    started = [call[1] for call in deeds(window)]
    assert started == [card.plan.name for card in chooser.cards if not card.plan.asks_sides]


def test_a_plan_that_asks_for_a_side_waits_for_it(train_on) -> None:
    window = train_on(streaming())
    chooser = window.train.chooser
    card = next(c for c in chooser.cards if c.plan.name == "retrain-turn-away")
    card.click()
    assert not chooser.start_button.isEnabled()
    chooser.side_boxes["scm"].setCurrentIndex(2)
    chooser.start_button.click()
    assert deeds(window) == [("start_training", "retrain-turn-away", {"scm": Side.RIGHT})]


def test_a_refused_start_is_told_above_the_button(train_on) -> None:
    window = train_on(streaming())
    window._session.refuse = True
    window.train.chooser.start_button.click()
    notice = window.train.chooser.banner.notice
    assert notice is not None
    assert "under 0.5 µV" in notice.remedy


def test_a_plan_that_cannot_be_read_leaves_the_others(train_on, tmp_path) -> None:
    window = train_on(streaming())
    bad = tmp_path / "own.toml"
    bad.write_text("version = 1\nnonsense = 2\n")
    window.train.chooser.show_plans([*shipped_plans(), bad])
    notice = window.train.chooser.banner.notice
    assert notice is not None
    assert str(bad) in notice.remedy
    assert window.train.chooser.start_button.isEnabled()


def test_keys_do_what_the_buttons_say(train_on) -> None:
    window = train_on(streaming(training=moments.playing(moments.water())))
    for key in (Qt.Key.Key_N, Qt.Key.Key_R, Qt.Key.Key_M, Qt.Key.Key_Escape):
        QTest.keyClick(window, key)
    assert asked(window) == [("next",), ("repeat",), ("pause",)]
    assert ("mark", "") in deeds(window)


def test_the_pause_key_works_from_every_page_and_n_goes_on(train_on) -> None:
    playing = moments.playing(moments.water())
    window = train_on(streaming(training=playing))
    window.show_page(2)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert asked(window) == [("pause",)]
    window.show_page(1)
    window._session.now = streaming(training=replace(playing, paused=True, hold=Hold.USER))
    window.tick()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    QTest.keyClick(window, Qt.Key.Key_N)
    assert asked(window) == [("pause",), ("resume",)]


def test_a_note_is_typed_in_place_and_letters_in_it_are_no_commands(train_on) -> None:
    window = train_on(streaming(training=moments.playing(moments.water())))
    panel = window.train.console.panel
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert panel.note.isVisible()
    QTest.keyClicks(panel.note.edit, "n m r v a")
    QTest.keyClick(panel.note.edit, Qt.Key.Key_Return)
    assert asked(window) == [("note", "n m r v a")]
    assert not panel.note.isVisible()


def test_skip_and_end_ask_for_a_reason(train_on) -> None:
    window = train_on(streaming(training=moments.playing(moments.water())))
    panel = window.train.console.panel
    for button, row, text in (
        (panel.skip_button, panel.reason, "tired"),
        (panel.end_button, panel.ending, ""),
    ):
        button.click()
        assert row.isVisible()
        QTest.keyClicks(row.edit, text)
        row.button.click()
    assert asked(window) == [("skip", "tired"), ("stop", "stopped by hand")]


def test_a_rating_is_given_by_its_number(train_on) -> None:
    window = train_on(streaming(training=RUNS["ratings"]))
    QTest.keyClick(window, Qt.Key.Key_3)
    window.train.console.panel.rating.buttons[10].click()
    assert asked(window) == [("rate", {"pain": 3}), ("rate", {"pain": 10})]


def test_targets_are_held_and_the_line_is_dragged(train_on) -> None:
    window = train_on(streaming(training=moments.playing(moments.water())))
    window.train.console.panel.hold_button.click()
    window.train.console.traces.threshold_wanted.emit(2, 7.5)
    assert asked(window) == [("freeze", True), ("set_threshold_uv", 2, 7.5)]


def test_the_trick_keys_mark_only_in_the_trick_test(train_on) -> None:
    window = train_on(streaming(training=moments.playing(moments.water())))
    QTest.keyClick(window, Qt.Key.Key_A)
    assert asked(window) == []
    window._session.now = streaming(training=RUNS["trick"])
    window.tick()
    QTest.keyClick(window, Qt.Key.Key_A)
    QTest.keyClick(window, Qt.Key.Key_T)
    assert asked(window) == [("mark", "arm"), ("mark", "touch")]


def test_the_patients_window_steers_the_run_and_goes_with_the_console(train_on) -> None:
    window = train_on(streaming(training=moments.playing(moments.water())))
    QTest.keyClick(window, Qt.Key.Key_V)
    patient = window.train.patient
    assert patient is not None
    assert patient.isVisible()
    patient.stop_asked.emit()
    patient.next_asked.emit()
    assert asked(window) == [("pause",), ("next",)]
    window.train.toggle_patient()
    assert not patient.isVisible()
    window.train.close_patient()
    assert window.train.patient is None


def test_answers_left_out_by_the_patient_are_passed_over(train_on) -> None:
    window = train_on(streaming(training=RUNS["ratings"]))
    window.train._rate({"pain": 2})
    assert asked(window) == [("rate", {"pain": 2}), ("next",)]


def test_why_it_is_held_names_the_channel_and_the_remedy() -> None:
    snapshot = STATES["loose"]
    run = moments.playing(moments.water(), hold=Hold.QUALITY, hold_channels=(5,))
    said = train_words.hold_words(run, snapshot.channels)
    assert "R Splenius" in said
    assert "loose electrode" in said
    assert "Press both pads" in said
    assert train_words.hold_words(moments.playing(moments.water()), snapshot.channels) == ""


def test_time_in_target_and_the_fixed_reference_stand_together(train_on) -> None:
    window = train_on(streaming(training=moments.playing(moments.water())))
    score = window.train.console.panel.score.text()
    assert "70 %" in score
    assert "65 %" in score
    assert window.train.console.panel.strip.under(3) == "no feedback"


def test_the_end_is_saved_once_and_leads_back_to_the_plans(train_on, qtbot) -> None:
    window = train_on(streaming(training=RUNS["end"]))
    qtbot.waitUntil(lambda: ("save_training",) in deeds(window))
    window.tick()
    assert "a.session.json" in window.train.ending.saved.text()
    QTest.keyClick(window, Qt.Key.Key_Return)
    window.tick()
    assert window.train.chooser.isVisible()
    assert deeds(window).count(("save_training",)) == 1


# --- with the real engine ---


def test_from_the_demo_board_through_a_plan_to_its_summary(look, qtbot, tmp_path: Path) -> None:
    station = Station(tmp_path / "recordings")
    window = MainWindow(station, look)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    QTest.mouseClick(window.welcome.connection.demo_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.live.isVisible, timeout=20_000)
    window.show_page(1)
    qtbot.waitUntil(window.train.chooser.isVisible)
    QTest.mouseClick(window.train.chooser.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.train.running, timeout=10_000)
    qtbot.waitUntil(window.train.console.isVisible)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: station.snapshot().training.paused)
    QTest.keyClick(window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: not station.snapshot().training.paused)
    panel = window.train.console.panel
    panel.end_button.click()
    QTest.keyClicks(panel.ending.edit, "enough for today")
    QTest.keyClick(panel.ending.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(window.train.ending.isVisible, timeout=10_000)
    qtbot.waitUntil(lambda: "session.json" in window.train.ending.saved.text(), timeout=10_000)
    kept = list(tmp_path.rglob("*.session.json"))
    assert len(kept) == 1
    summary = json.loads(kept[0].read_text(encoding="utf-8"))
    assert "enough for today" in json.dumps(summary)
    assert station.snapshot().training is station.snapshot().training
    window.close()
    station.close()
