"""On which screen the patient's window stands, and what becomes of it when screens come and go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

_WINDOWED_SHARE = 0.75


class Named(Protocol):
    """A screen, as far as choosing needs one."""

    def name(self) -> str:
        """Return its name."""


S = TypeVar("S", bound=Named)


def chosen_screen(screens: Sequence[S], console: str, wanted: str = "") -> S:
    """Return where the patient's window belongs.

    Parameters
    ----------
    screens
        What is there, the main one first; at least one.
    console
        The name of the screen with the therapist's window.
    wanted
        The name of the screen chosen, empty for the first one beside the console's.
    """
    for screen in screens:
        if wanted and screen.name() == wanted:
            return screen
    beside = (screen for screen in screens if screen.name() != console)
    return next(beside, screens[0])


class ScreenKeeper(QObject):
    """Keeps a window on the screen chosen for it.

    Where its screen goes away the window comes back to the main one, not over the whole of it:
    the therapist's window is there. When the screen returns, so does the window.

    Parameters
    ----------
    window
        The patient's window.
    screens
        What is there, the main one first.
    """

    def __init__(
        self, window: QWidget, screens: Callable[[], Sequence[QScreen]] = QGuiApplication.screens
    ) -> None:
        super().__init__(window)
        self._window = window
        self._screens = screens
        self._console = self._wanted = self._at = ""
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            for signal in (app.screenAdded, app.screenRemoved):
                # Qt has moved what stood on a lost screen only when this is over.
                signal.connect(lambda _screen: QTimer.singleShot(0, self, self.follow_screens))

    def show(self, console: str, wanted: str) -> None:
        """Show the window over the whole of the screen `wanted`, or of the best one there is."""
        self._console, self._wanted = console, wanted
        self._fill(chosen_screen(self._screens(), console, wanted))

    def choose(self, wanted: str) -> None:
        """Move an open window to the screen `wanted`."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if self._window.isVisible():
            self._fill(chosen_screen(self._screens(), self._console, wanted))

    def follow_screens(self) -> None:
        """Put the window where it belongs now that screens have changed."""
        screens = self._screens()
        if not self._window.isVisible() or not screens:
            return
        target = chosen_screen(screens, self._console, self._wanted)
        if target.name() == self._at:
            return
        if self._at in [screen.name() for screen in screens]:
            # It was where it could be, and a better screen has come.
            self._fill(target)
        elif target.name() in (self._console, screens[0].name()):
            self._stand_on(screens[0])
        else:
            self._fill(target)

    def _fill(self, screen: QScreen) -> None:
        self._at = screen.name()
        self._window.setWindowState(Qt.WindowState.WindowNoState)
        self._window.setScreen(screen)
        self._window.setGeometry(screen.geometry())
        self._window.showFullScreen()

    def _stand_on(self, screen: QScreen) -> None:
        self._at = screen.name()
        free = screen.availableGeometry()
        size = (free.size() * _WINDOWED_SHARE).expandedTo(self._window.minimumSize())
        place = QRect(free.topLeft(), size)
        place.moveCenter(free.center())
        self._window.showNormal()
        self._window.setScreen(screen)
        self._window.setGeometry(place)
