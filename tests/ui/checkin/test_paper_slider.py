"""A line from 0 to 10 that starts empty."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from emgfeedback.ui.checkin.paper_slider import HIGHEST, PaperSlider

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
Key = Qt.Key


@pytest.fixture
def slider(qtbot, look):
    del look
    made = PaperSlider("Pain")
    qtbot.addWidget(made)
    made.resize(400, 60)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_nothing_is_answered_until_somebody_answers(slider):
    assert slider.answer is None
    assert slider.accessibleDescription() == "not answered"
    assert slider.accessibleName() == "Pain"


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ([Key.Key_7], 7),
        ([Key.Key_1, Key.Key_0], 10),
        ([Key.Key_0], 0),
        ([Key.Key_3, Key.Key_0], 0),
        ([Key.Key_Right], 0),
        ([Key.Key_Left], 10),
        ([Key.Key_4, Key.Key_Right, Key.Key_Up], 6),
        ([Key.Key_0, Key.Key_Left], 0),
        ([Key.Key_1, Key.Key_0, Key.Key_Right], 10),
        ([Key.Key_4, Key.Key_Delete], None),
        ([Key.Key_1, Key.Key_Right, Key.Key_0], 0),
    ],
)
def test_keys(slider, keys, answer):
    for key in keys:
        QTest.keyClick(slider, key)
    assert slider.answer == answer
    spoken = "not answered" if answer is None else f"{answer} of 10"
    assert slider.accessibleDescription() == spoken


@pytest.mark.parametrize("value", range(HIGHEST + 1))
def test_the_mouse_marks_the_number_under_it(slider, value, qtbot):
    with qtbot.waitSignal(slider.answered) as told:
        QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=slider.place_of(value).toPoint())
    assert told.args == [value]
    assert slider.answer == value


def test_a_drag_follows_and_stays_on_the_line(slider):
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=slider.place_of(2).toPoint())
    QTest.mouseMove(slider, slider.place_of(8).toPoint())
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(10_000, 5))
    assert slider.answer in (2, 8)
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 1, 5))
    assert slider.answer == HIGHEST


def test_scrolling_over_it_answers_nothing(slider):
    middle = QPointF(slider.rect().center())
    event = QWheelEvent(
        middle, slider.mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(slider, event)
    assert slider.answer is None
