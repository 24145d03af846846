"""The window with the first connection open, on a stage, without waiting between looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from emgfeedback.ui.first import electrodes, plug_in
from emgfeedback.ui.first.first_room import FirstRoom
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.theme import Appearance
from tests.ui.first.staged import FirstStage

WAIT_MS = 30_000


class Room:
    """The steps, and how to wait for them."""

    def __init__(self, stage: FirstStage, window: MainWindow, qtbot) -> None:
        self.stage, self.window, self._qtbot = stage, window, qtbot
        window.welcome.first_button.click()
        assert window.live_stack.first is not None
        self.steps: FirstRoom = window.live_stack.first

    def until(self, holds: Callable[[], object]) -> None:
        def looked() -> bool:
            self.window.live_stack.refresh(self.stage.snapshot(), on_live=False)
            return bool(holds())

        self._qtbot.waitUntil(looked, timeout=WAIT_MS)

    def look(self) -> None:
        self.window.live_stack.refresh(self.stage.snapshot(), on_live=False)

    def go_on_to(self, number: int) -> None:
        """Press Next until step `number`, from 1, is on the screen."""
        while self.steps.step is not self.steps.steps[number - 1]:
            self.until(self.steps.next_button.isEnabled)
            self.steps.next_button.click()
        self.look()


@pytest.fixture
def room_on(qtbot, look: Appearance, monkeypatch) -> Iterator[Callable[..., Room]]:
    monkeypatch.setattr(plug_in, "_LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(electrodes, "_LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(electrodes, "on_mains", lambda: False)
    opened: list[MainWindow] = []

    def make(stage: FirstStage, width: int = 1280, height: int = 800) -> Room:
        window = MainWindow(stage, look)
        opened.append(window)
        window.resize(width, height)
        with qtbot.waitExposed(window):
            window.show()
        window.tick()
        return Room(stage, window, qtbot)

    yield make
    for window in opened:
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
