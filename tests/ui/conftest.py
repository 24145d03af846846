"""One appearance for all screens' tests, light and at normal size before each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QLocale
from PySide6.QtWidgets import QApplication

from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.theme import Appearance, Scheme
from tests.ui.stage_session import StageSession


@pytest.fixture(scope="session")
def _appearance(qapp: QApplication) -> Appearance:
    return Appearance(qapp)


@pytest.fixture
def look(_appearance: Appearance) -> Appearance:
    # A look is put on every widget alive, so those of the tests before go first.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    _appearance.choose(Scheme.LIGHT, 100)
    return _appearance


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def open_on(qtbot, look: Appearance) -> Iterator[Callable[[Snapshot], MainWindow]]:
    """Open the window on a snapshot; it is closed when the test ends."""
    opened: list[MainWindow] = []

    def make(snapshot: Snapshot, width: int = 1280, height: int = 800) -> MainWindow:
        window = MainWindow(StageSession(snapshot), look)
        opened.append(window)
        window.resize(width, height)
        with qtbot.waitExposed(window):
            window.show()
        window.tick()
        return window

    yield make
    for window in opened:
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def train_on(open_on: Callable[..., MainWindow]) -> Callable[..., MainWindow]:
    """Open the window on the Train page."""

    def make(snapshot: Snapshot, width: int = 1280, height: int = 800) -> MainWindow:
        window = open_on(snapshot, width, height)
        window.show_page(1)
        window.train.console._figures_due = lambda _now_s: True
        window.tick()
        QApplication.processEvents()
        return window

    return make
