"""The window in every state: readable, named, reachable by keys, and it lets go cleanly."""

from __future__ import annotations

import gc
import time
import weakref

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QMenu,
    QWidget,
)

from emgfeedback.core.device import LinkState
from emgfeedback.engine.snapshot import RecordState, Snapshot
from emgfeedback.engine.station import Station
from emgfeedback.training.relax import TargetNow, TargetState
from emgfeedback.ui import theme
from emgfeedback.ui.look_file import LookChoice
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.theme import Scheme
from emgfeedback.ui.traces import LiveTraces
from emgfeedback.ui.widgets.channel_header import ChannelHeader
from emgfeedback.ui.widgets.rail import RailButton
from tests.ui.pictures import grey_levels
from tests.ui.stage_session import STATES, StageSession, deeds, streaming

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox)


@pytest.mark.parametrize("name", list(STATES))
def test_every_state_is_drawn_light_and_dark(open_on, look, name: str) -> None:
    window = open_on(STATES[name])
    light = grey_levels(window)
    assert len(np.unique(light)) > 30
    look.choose(Scheme.DARK, 100)
    QApplication.processEvents()
    dark = grey_levels(window)
    assert dark.mean() < 80 < 180 < light.mean()


@pytest.mark.parametrize("name", list(STATES))
def test_every_control_and_picture_has_a_name(open_on, name: str) -> None:
    window = open_on(STATES[name])
    unnamed = []
    for widget in window.findChildren(QWidget):
        painted = widget.metaObject().className() in {
            "NeckMap",
            "LevelBars",
            "DifferenceBars",
            "ChannelHeader",
            "ShareBar",
            "LiveTraces",
            "ThresholdFlag",
        }
        if not widget.isVisible() or not (isinstance(widget, CONTROLS) or painted):
            continue
        face = QAccessible.queryAccessibleInterface(widget)
        if not face.text(QAccessible.Text.Name):
            unnamed.append(widget)
    assert not unnamed


@pytest.mark.parametrize("size", [(1280, 720), (1280, 800), (1600, 1000), (2560, 1440)])
def test_nothing_is_cut_off_at_usual_sizes(open_on, size: tuple[int, int]) -> None:
    window = open_on(STATES["loose"], *size)
    QApplication.processEvents()
    for widget in window.live.findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, (*CONTROLS, ChannelHeader)):
            least = widget.minimumSizeHint()
            assert widget.width() >= least.width(), widget
            assert widget.height() >= least.height() - 3, widget
            corner = widget.mapTo(window, widget.rect().bottomRight())
            assert window.rect().contains(corner), widget
    for label in window.live.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap() and label.text():
            assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()), (
                label.text()
            )


def test_large_text_scrolls_instead_of_hiding_controls(open_on, look) -> None:
    window = open_on(STATES["streaming"], 1280, 720)
    look.choose(Scheme.LIGHT, 175)
    QApplication.processEvents()
    page = window.live.findChild(QAbstractScrollArea)
    assert page is not None
    assert page.horizontalScrollBar().maximum() == 0
    page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())
    mark = window.live.target.mark_button
    assert window.rect().contains(mark.mapTo(window, mark.rect().bottomRight()))


def test_rows_of_headers_and_traces_line_up(open_on) -> None:
    window = open_on(STATES["streaming"])
    QApplication.processEvents()
    headers = window.live.headers
    traces = window.live.findChild(LiveTraces)
    assert traces is not None
    assert headers.height() == traces.height()
    assert headers.mapTo(window, QPoint()).y() == traces.mapTo(window, QPoint()).y()


def test_the_live_page_follows_the_link(open_on) -> None:
    window = open_on(STATES["not connected"])
    assert window.welcome.isVisible()
    assert not window.top.record_button.isEnabled()
    window._session.now = STATES["handshake"]
    window._show_slow(STATES["handshake"], on_live=False)
    assert window.welcome.connection.cancel_button.isVisible()
    window._session.now = streaming()
    QTest.qWait(0)
    window._slow_due = window._snapshot_due = lambda _now_s: True
    window.tick()
    window.tick()
    assert window.live.isVisible()
    assert window.top.record_button.isEnabled()


@pytest.mark.parametrize("name", ["stalled", "lost"])
def test_without_a_link_no_old_value_stays_on_screen(open_on, name: str) -> None:
    window = open_on(STATES[name])
    window.live.refresh(STATES[name], None, time.perf_counter() + 10)
    assert {header.value_text for header in window.live.headers.headers} == {"–"}
    assert "6.4" not in window.live.bars.figure(0, STATES[name].channels[0].side)


def test_what_became_of_a_cut_off_recording_is_told(open_on, qtbot) -> None:
    window = open_on(Snapshot(recovered=("a.bdf: 12 s kept.",)))
    qtbot.waitUntil(window.welcome.recovered.isVisible)
    assert window.welcome.recovered.accessibleDescription() == "a.bdf: 12 s kept."


# --- keys ---


def test_keys_do_what_the_help_says(open_on, qtbot) -> None:
    window = open_on(STATES["streaming"])
    QTest.keyClick(window, Qt.Key.Key_M)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.help.isVisible()
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert not window.help.isVisible()
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert window.review.isVisible()
    QTest.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert window.settings.isVisible()
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert window.live.isVisible()
    qtbot.waitUntil(lambda: len(deeds(window)) == 3)
    assert {call[0] for call in deeds(window)} == {"mark", "start_recording", "pause_target"}


def test_escape_leaves_a_target_alone_that_does_not_run(open_on) -> None:
    window = open_on(streaming(target=TargetNow(TargetState.PAUSED, None, 1.0, 2.0, 0.0, "user")))
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert deeds(window) == []


def test_typing_a_port_sets_no_marks(open_on) -> None:
    window = open_on(STATES["not connected"])
    edit = window.welcome.connection.port_box.lineEdit()
    edit.setFocus()
    edit.clear()
    QTest.keyClicks(edit, "COM3 m")
    assert edit.text() == "COM3 m"
    assert deeds(window) == []


def test_stopping_is_what_the_record_key_does_while_recording(open_on, qtbot) -> None:
    window = open_on(STATES["recording"])
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ("stop_recording",) in deeds(window))


def tab_order(window: MainWindow) -> list[QWidget]:
    seen: list[QWidget] = []
    for _ in range(80):
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now is None or now in seen:
            break
        seen.append(now)
    return seen


def test_tab_reaches_every_control_in_reading_order(open_on) -> None:
    window = open_on(STATES["streaming"])
    window.activateWindow()
    reached = tab_order(window)
    live = window.live.target
    wanted = [
        window.top.link_chip,
        window.top.record_button,
        window.live.scale_button,
        live.baseline_button,
        live.run_button,
        live.stop_button,
        live.mark_button,
        live.channel_box,
        live.threshold_box,
    ]
    places = [reached.index(widget) for widget in wanted]
    assert places == sorted(places)
    buttons = [
        button
        for button in window.findChildren(QAbstractButton)
        if button.isVisible() and button.isEnabled() and not isinstance(button, RailButton)
    ]
    exclusive = {b for b in buttons if b.property("kind") == "segment"}
    missed = {b for b in buttons if b not in reached and b not in exclusive}
    assert not {b for b in missed if b.focusPolicy() != Qt.FocusPolicy.NoFocus}


def test_the_focus_ring_shows_for_keys_and_hides_for_the_mouse(open_on) -> None:
    window = open_on(STATES["streaming"])
    window.activateWindow()
    handle = window.windowHandle()
    QTest.keyClick(handle, Qt.Key.Key_Tab)
    QTest.keyClick(handle, Qt.Key.Key_Tab)
    assert window.ring.isVisible()
    focused = QApplication.focusWidget()
    assert focused is not None
    corner = focused.mapTo(window, QPoint())
    assert window.ring.geometry().contains(corner)
    QTest.mouseClick(
        handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(300, 70)
    )
    assert not window.ring.isVisible()


# --- commands ---


def test_a_refused_command_is_told_and_forgotten_after_the_next(open_on) -> None:
    window = open_on(STATES["streaming"])
    window._session.refuse = True
    window.live.target.threshold_box.setValue(0.5)
    window.live.refresh(streaming(), None, time.perf_counter() + 10, window._errands.refused)
    notice = window.live.banner.notice
    assert notice is not None
    assert "under 0.5 µV" in notice.remedy
    window._session.refuse = False
    window.live.target.threshold_box.setValue(9.0)
    assert window._errands.refused == ""


def test_closing_the_window_lets_go_of_the_board(look, qtbot) -> None:
    window = MainWindow(StageSession(streaming()), look)
    window.show()
    window.close()
    assert deeds(window)[-1] == ("disconnect",)
    window.deleteLater()


def test_a_chosen_look_is_kept(look, qtbot, tmp_path) -> None:
    path = tmp_path / "preferences.toml"
    window = MainWindow(StageSession(STATES["not connected"]), look, path)
    qtbot.addWidget(window)
    window.settings.scheme.picked.emit(Scheme.DARK)
    window.settings.text_size.picked.emit(125)
    assert theme.tokens() is theme.DARK
    assert theme.text_factor() == 1.25
    window.close()
    again = MainWindow(StageSession(STATES["not connected"]), look, path)
    qtbot.addWidget(again)
    assert again._file.choices.look == LookChoice(Scheme.DARK, 125)
    again.close()


def test_opening_and_closing_leaves_nothing_behind(look, qapp) -> None:
    def once() -> weakref.ref[MainWindow]:
        window = MainWindow(StageSession(STATES["loose"]), look)
        window.show()
        window.tick()
        window.grab()
        window.close()
        held = weakref.ref(window)
        window.deleteLater()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qapp.processEvents()
        assert not shiboken6.isValid(window)
        return held

    once()
    gc.collect()
    before = len(qapp.allWidgets())
    held = [once() for _ in range(20)]
    gc.collect()
    assert len(qapp.allWidgets()) == before
    assert not any(ref() is not None for ref in held)
    assert not [w for w in qapp.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]


# --- with the real engine ---


def test_from_the_demo_board_to_a_saved_recording_by_keys_alone(look, qtbot, tmp_path) -> None:
    station = Station(tmp_path / "recordings")
    window = MainWindow(station, look)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    demo = window.welcome.connection.demo_button
    while QApplication.focusWidget() is not demo:
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
    QTest.keyClick(demo, Qt.Key.Key_Space)
    qtbot.waitUntil(window.live.isVisible, timeout=20_000)
    qtbot.waitUntil(
        lambda: any(h.value_text not in ("", "–") for h in window.live.headers.headers),
        timeout=20_000,
    )
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.top.record_button.state is RecordState.RECORDING, timeout=20_000)
    QTest.keyClick(window, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: len(station.snapshot().marks) == 1, timeout=20_000)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.top.record_button.state is RecordState.SAVED, timeout=20_000)
    assert list((tmp_path / "recordings").glob("*.bdf"))
    window.close()
    assert station.snapshot().link.state is LinkState.CLOSED
    station.close()
