"""News from another thread reach the screen's thread: at once, together, never too often."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from emgfeedback.ui.wake import Wake


def test_news_are_told_in_the_owners_thread(qtbot: QtBot) -> None:
    wake = Wake(0.0)
    threads: list[QThread] = []
    wake.due.connect(lambda: threads.append(QThread.currentThread()))
    with qtbot.waitSignal(wake.due):
        poster = threading.Thread(target=wake.post)
        poster.start()
    poster.join()
    assert threads == [wake.thread()]


def test_news_that_come_together_are_told_once(qtbot: QtBot) -> None:
    wake = Wake(0.0)
    told: list[int] = []
    wake.due.connect(lambda: told.append(1))
    with qtbot.waitSignal(wake.due):
        for _ in range(100):
            wake.post()
    qtbot.wait(0)
    assert told == [1]


def test_news_while_being_told_are_told_again(qtbot: QtBot) -> None:
    wake = Wake(0.0)
    told: list[int] = []

    def take() -> None:
        told.append(1)
        if len(told) < 3:
            wake.post()

    wake.due.connect(take)
    wake.post()
    qtbot.waitUntil(lambda: len(told) == 3)


def test_news_that_come_too_soon_are_told_later_and_not_lost(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [100.0]
    monkeypatch.setattr("emgfeedback.ui.wake.time.monotonic", lambda: now_s[0])
    wake = Wake(0.02)
    told: list[float] = []
    wake.due.connect(lambda: told.append(now_s[0]))
    with qtbot.waitSignal(wake.due):
        wake.post()
    now_s[0] += 0.005
    wake.post()
    wake.post()
    qtbot.wait(0)
    assert told == [100.0]
    with qtbot.waitSignal(wake.due):
        now_s[0] += 0.015
    assert told == [100.0, 100.02]


def test_posting_to_one_that_is_gone_does_no_harm(qtbot: QtBot) -> None:
    import shiboken6

    wake = Wake(0.0)
    shiboken6.delete(wake)
    wake.post()
