"""The page from an empty sheet to measures, by mouse, by keys, and with files that are broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.records.reader import open_recording
from emgfeedback.review.spans import LeftOut, left_out_path, load_left_out, measure
from emgfeedback.ui.review.measure_table import Quantity
from emgfeedback.ui.review.time_axis import Window
from emgfeedback.ui.review_page import OpenRecording, ReviewPage
from emgfeedback.ui.theme import Scheme
from tests.review.conftest import emg_counts
from tests.ui.review.pages import drawn, open_on

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def measured(page: ReviewPage, qtbot, columns: int = 1) -> list[tuple[str, ...]]:
    table = page.sheet.panel.measures.table
    qtbot.waitUntil(
        lambda: len(table.lines) > 6 and len(table.lines[0].values) == columns, timeout=20_000
    )
    return [line.values for line in table.lines]


def press(page: ReviewPage, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(page.sheet.lanes, key, modifier)


def drag(widget: QWidget, first: QPoint, last: QPoint) -> None:
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=first)
    QTest.mouseMove(widget, (first + last) / 2)
    QTest.mouseMove(widget, last)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=last)


def point_at(page: ReviewPage, at_s: float) -> QPoint:
    return QPointF(page.sheet.lanes.time().x(at_s), 250).toPoint()


def test_the_empty_page_teaches_and_lists_what_there_is(
    page: ReviewPage, recorded: Path, qtbot
) -> None:
    assert page.empty.isVisible()
    page.empty.look()
    qtbot.waitUntil(lambda: len(page.empty.buttons) == 1, timeout=5000)
    assert recorded.name in page.empty.buttons[0].text()
    page.empty.buttons[0].click()
    qtbot.waitUntil(lambda: page.looking is not None, timeout=20_000)
    assert page.open_path == recorded


def test_a_file_dropped_on_it_is_opened(page: ReviewPage, recorded: Path, qtbot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(recorded))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.dropEvent(event)
    qtbot.waitUntil(lambda: page.looking is not None, timeout=20_000)
    assert "1 min 00 s · 6 channels · 1000 Hz · 1 gap, 0.68 s" in page.sheet.facts.text()


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"0       " + b"?" * 600])
def test_a_broken_file_is_refused_in_words_and_the_page_lives_on(
    page: ReviewPage, recorded: Path, tmp_path: Path, qtbot, content: bytes
) -> None:
    broken = tmp_path / "broken.edf"
    broken.write_bytes(content)
    page.open(broken)
    qtbot.waitUntil(lambda: page.empty.banner.notice is not None, timeout=10_000)
    notice = page.empty.banner.notice
    assert notice is not None
    assert "broken.edf" in notice.remedy
    assert page.open_path is None
    open_on(page, recorded, qtbot)
    assert page.empty.banner.notice is None


def test_a_file_cut_off_while_it_is_looked_at_is_told(
    page: ReviewPage,
    make_recording,
    qtbot,
) -> None:
    path = make_recording(emg_counts(600_000, 6))
    open_on(page, path, qtbot)
    with path.open("r+b") as file:
        file.truncate(100_000)
    assert page.looking is not None
    page.looking.show_window(Window(500, 5))
    qtbot.waitUntil(lambda: page.sheet.banner.notice is not None, timeout=20_000)
    assert "shorter" in page.sheet.banner.notice.remedy


def test_a_to_b_by_mouse_gives_the_measures_of_the_core(
    opened: ReviewPage, recorded: Path, qtbot
) -> None:
    drag(opened.sheet.lanes, point_at(opened, 2.0), point_at(opened, 10.0))
    a, b = opened.sheet.lanes.cursors_s["A"], opened.sheet.lanes.cursors_s["B"]
    assert a == pytest.approx(2, abs=0.1)
    assert b == pytest.approx(10, abs=0.1)
    values = measured(opened, qtbot)
    with open_recording(recorded) as recording:
        wanted = measure(recording, a, b, ChainSettings.for_purpose("rest", 1000))
    assert [float(v[0]) for v in values[:6]] == [round(c.rms_uv, 1) for c in wanted.channels]
    card = opened.sheet.panel.measures
    assert "30–400 Hz" in card.conditions.text()
    assert " s · " in card.conditions.text()
    assert {line.unit for line in card.table.lines[:6]} == {"µV RMS"}
    card._group.button(2).click()
    assert card.quantity is Quantity.MEDIAN
    assert card.table.lines[0].unit == "Hz median"
    assert float(card.table.lines[0].values[0]) == round(wanted.channels[0].median_frequency_hz)


def test_measures_that_fail_by_a_bug_are_told(
    opened: ReviewPage, monkeypatch, expected_log, qtbot
) -> None:
    expected_log.append("Background work for the screen failed")

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("emgfeedback.ui.review.measuring.measure", broken)
    assert opened.looking is not None
    opened.looking.set_cursor("A", 2)
    opened.looking.set_cursor("B", 8)
    card = opened.sheet.panel.measures
    qtbot.waitUntil(lambda: "the log says more" in card.conditions.text(), timeout=20_000)
    monkeypatch.undo()
    opened.looking.set_cursor("B", 9)
    measured(opened, qtbot)


def test_other_settings_stand_beside(opened: ReviewPage, qtbot) -> None:
    assert opened.looking is not None
    opened.looking.set_cursor("A", 2)
    opened.looking.set_cursor("B", 8)
    (first,) = measured(opened, qtbot)[0]
    card = opened.sheet.panel.show_card
    card.rerun_button.click()
    card.other.purpose.setCurrentIndex(2)
    values = measured(opened, qtbot, columns=2)
    assert values[0][0] == first
    assert float(values[0][1]) > float(first)
    assert opened.sheet.panel.measures.table.captions == ("30–400 Hz", "unfiltered")
    card.rerun_button.click()
    assert measured(opened, qtbot)[0] == (first,)


def test_a_span_is_left_out_named_undone_and_kept(
    opened: ReviewPage, recorded: Path, qtbot
) -> None:
    looking, lanes = opened.looking, opened.sheet.lanes
    assert looking is not None
    looking.show_window(Window(25, 10))
    looking.set_cursor("A", 29.5)
    looking.set_cursor("B", 32.5)
    press(opened, Qt.Key.Key_X)
    reason = opened.sheet.panel.left_out.reason
    assert reason.hasFocus()
    QTest.keyClicks(reason, "coughing")
    QTest.keyClick(reason, Qt.Key.Key_Return)
    assert lanes.left_out == (LeftOut(29.5, 32.5, "coughing"),)
    assert load_left_out(recorded) == lanes.left_out
    looking.set_cursor("A", 25)
    looking.set_cursor("B", 38)
    loud = max(float(v[0]) for v in measured(opened, qtbot)[:6])
    assert loud < 30
    assert "3.00 s left out" in opened.sheet.panel.measures.notes.text()
    lanes.setFocus()
    press(opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert lanes.left_out == (LeftOut(29.5, 32.5, ""),)
    press(opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert lanes.left_out == ()
    assert load_left_out(recorded) == ()
    opened.close_recording()
    assert left_out_path(recorded).exists()


def test_spans_may_be_kept_elsewhere(page: ReviewPage, recorded: Path, qtbot) -> None:
    kept: list[tuple[LeftOut, ...]] = []
    before = (LeftOut(1, 2, "talked"),)
    open_on(page, OpenRecording(recorded, "P-0417 · Visit 6", before, kept.append), qtbot)
    assert page.sheet.title.text() == "P-0417 · Visit 6"
    assert page.sheet.lanes.left_out == before
    page.sheet.panel.left_out.chosen.emit(before[0])
    page.sheet.panel.left_out.back_button.click()
    assert kept == [()]
    assert not left_out_path(recorded).exists()


def test_keys_pan_zoom_and_set_cursors(opened: ReviewPage) -> None:
    looking = opened.looking
    assert looking is not None
    shown = [looking.window]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Plus, Qt.Key.Key_End, Qt.Key.Key_0):
        press(opened, key)
        shown.append(looking.window)
    assert shown[1] == Window(3, 30)
    assert shown[2].seconds == pytest.approx(20)
    assert shown[3].end_s == pytest.approx(60)
    assert shown[4] == Window(0, 60)
    press(opened, Qt.Key.Key_Home)
    press(opened, Qt.Key.Key_A)
    press(opened, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert opened.sheet.lanes.cursors_s["A"] == pytest.approx(30 + 0.3, abs=0.5)
    before = opened.sheet.lanes.scale_uv
    press(opened, Qt.Key.Key_Down)
    assert opened.sheet.lanes.scale_uv > before
    press(opened, Qt.Key.Key_Up)
    assert opened.sheet.lanes.scale_uv == before


def test_the_frame_of_the_overview_is_dragged(opened: ReviewPage) -> None:
    overview, looking = opened.sheet.overview, opened.looking
    assert looking is not None
    looking.show_window(Window(0, 10))
    middle = overview.frame().center().toPoint()
    drag(overview, middle, middle + QPoint(200, 0))
    wanted = 200 / overview.time().width * 60
    assert looking.window.first_s == pytest.approx(wanted, abs=0.2)
    assert looking.window.seconds == pytest.approx(10)


def test_replay_begins_at_the_first_cursor(opened: ReviewPage, recorded: Path, qtbot) -> None:
    assert opened.looking is not None
    opened.looking.set_cursor("A", 40)
    opened.looking.set_cursor("B", 33.5)
    with qtbot.waitSignal(opened.replay_asked) as asked:
        press(opened, Qt.Key.Key_Space)
    assert asked.args == [recorded, 33.5]


def test_the_scale_fits_the_recording(opened: ReviewPage, qtbot) -> None:
    qtbot.waitUntil(lambda: opened.sheet.lanes.scale_uv == 100.0, timeout=10_000)
    assert opened.sheet.panel.show_card.scale_uv == 100.0


def test_signals_are_switched_on_and_off(opened: ReviewPage, qtbot) -> None:
    lanes, card = opened.sheet.lanes, opened.sheet.panel.show_card
    pictures = []
    for chip in (card.level, card.raw, card.filtered):
        image = lanes._image
        pictures.append(image.image.copy())
        chip.click()
        qtbot.waitUntil(lambda was=image: lanes._image is not was, timeout=5000)
        drawn(opened, qtbot)
    assert pictures[0] != pictures[1] != pictures[2]


def test_every_control_is_named_and_both_looks_are_drawn(opened: ReviewPage, look) -> None:
    kinds = (QAbstractButton, QComboBox, QLineEdit)
    for widget in opened.findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, kinds):
            face = QAccessible.queryAccessibleInterface(widget)
            assert face.text(QAccessible.Text.Name), widget
    light = opened.grab().toImage()
    look.choose(Scheme.DARK, 100)
    dark = opened.grab().toImage()
    assert light.pixelColor(300, 300).lightness() > 150 > dark.pixelColor(300, 300).lightness()


def test_hundreds_of_channels_scroll(page: ReviewPage, tmp_path: Path, qtbot) -> None:
    t_s = np.arange(3000) / 500
    rows = np.random.default_rng(0).normal(0, 20, (3000, 100))
    head = ",".join(f"ch{i} (uV)" for i in range(100))
    lines = [
        f"{a:.3f}," + ",".join(f"{v:.2f}" for v in row) for a, row in zip(t_s, rows, strict=True)
    ]
    path = tmp_path / "wide.csv"
    path.write_text(f"time_s,{head}\n" + "\n".join(lines) + "\n")
    open_on(page, path, qtbot)
    lanes = page.sheet.lanes
    assert lanes.height() >= 100 * 52
    assert lanes.rows().lanes[0].height() >= 50
