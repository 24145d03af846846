"""Covers the window while the records are locked, and locks them after nobody touched anything."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from emgfeedback.access.lock import IdleLock
from emgfeedback.engine.snapshot import RECORDS, Snapshot
from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.training.now import Phase
from emgfeedback.ui import theme
from emgfeedback.ui.lock_page import LockPage
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.widgets.banner import Banner

_LOOK_MS = 250
_SAID_MS = 6000
_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class LockGuard(QObject):
    """Keeps a window and its register locked together.

    Parameters
    ----------
    window
        What is covered; everything in it is hidden meanwhile, from a screen reader too.
    desk
        The register.
    keys
        The file that is there where a passphrase is set.
    snapshot
        Returns what runs now.
    lock_minutes
        After how long it locks by itself; 0: never.
    clock
        Seconds that go on while the computer sleeps.

    Signals
    -------
    unlocked
        The records were unlocked.
    """

    unlocked = Signal()

    def __init__(
        self,
        window: QWidget,
        desk: Desk,
        keys: Path,
        snapshot: Callable[[], Snapshot],
        lock_minutes: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._keys = keys
        self._snapshot = snapshot
        self._clock = clock
        self.lock_after(lock_minutes)
        self._hidden: list[QWidget] = []
        self._silenced: list[QShortcut] = []
        self._covering = False
        self._focused: QWidget | None = None
        self.page = LockPage(desk, window)
        self.page.unlocked.connect(self._was_unlocked)
        self.banner = Banner(window)
        self._banner_timer = QTimer(self, singleShot=True, interval=_SAID_MS)
        self._banner_timer.timeout.connect(lambda: self.banner.show_notice(None))
        self._key = QShortcut(QKeySequence("Ctrl+L"), window)
        self._key.activated.connect(self.lock)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_LOOK_MS)
        self._watching = False
        window.installEventFilter(self)
        self.look()

    @property
    def covering(self) -> bool:
        """Whether the window is covered."""
        return self._covering

    def lock_after(self, minutes: int) -> None:
        """Lock by itself after so many minutes without a touch; 0: never."""
        self._idle = IdleLock(minutes * 60.0 if minutes else None)
        self._idle.touched(self._clock())
        self._ran: set[str] = set()

    def stop(self) -> None:
        """Look no more; the window goes."""
        self._timer.stop()
        app = QApplication.instance()
        if self._watching and app is not None:
            self._watching = False
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that somebody is there, and keep the cover as large as the window."""
        kind = event.type()
        moved = kind == QEvent.Type.MouseMove and event.spontaneous()
        if kind in _TOUCHES or moved:
            self._idle.touched(self._clock())
        elif kind == QEvent.Type.Resize and watched is self._window:
            self.page.setGeometry(self._window.rect())
            self._place_banner()
        return False

    def look(self) -> None:
        """Cover or uncover the window as the register is, and lock it when it is time."""
        now_s = self._clock()
        running = self._running()
        for what in running - self._ran:
            self._idle.began(what)
        for what in self._ran - running:
            self._idle.ended(what, now_s)
        self._ran = running
        state = self._desk.state
        self._watch(self._idle.after_s is not None and state is DeskState.OPEN)
        if state is DeskState.OPEN and self._keys.exists() and self._idle.due(now_s):
            self._desk.lock()
        if state is DeskState.LOCKED and not self._covering:
            self._cover()
        elif state is DeskState.OPEN and self._covering and not self.page.busy:
            self._uncover()

    def _watch(self, wanted: bool) -> None:
        """Look at every event of the application only while that is of use."""
        wanted = wanted and self._keys.exists()
        app = QApplication.instance()
        if wanted == self._watching or app is None:
            return
        self._watching = wanted
        if wanted:
            self._idle.touched(self._clock())
            app.installEventFilter(self)
        else:
            app.removeEventFilter(self)

    def lock(self) -> None:
        """Lock now, unless something runs that must not end."""
        running = self._running()
        if not self._keys.exists():
            self.say(
                self.tr("There is no passphrase"),
                self.tr("Set one under Settings, Privacy; then Ctrl+L locks the records."),
            )
        elif running:
            self.say(
                self.tr("Not locked: a recording or a training runs"),
                self.tr("End it first; then Ctrl+L locks the records."),
            )
        elif self._desk.state is DeskState.OPEN:
            self._desk.lock()

    def _running(self) -> set[str]:
        snapshot = self._snapshot()
        running = set()
        if snapshot.recording.state in RECORDS:
            running.add("recording")
        if snapshot.training is not None and snapshot.training.phase is not Phase.FINISHED:
            running.add("training")
        return running

    def _cover(self) -> None:
        self._covering = True
        self._focused = self._window.focusWidget()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            for top in app.topLevelWidgets():
                if isinstance(top, QDialog | QMenu) and top.isVisible():
                    top.close()
        self._silenced = [key for key in self._window.findChildren(QShortcut) if key.isEnabled()]
        for key in self._silenced:
            key.setEnabled(False)
        self._hidden = [
            child
            for child in self._window.children()
            if isinstance(child, QWidget)
            and not child.isWindow()
            and child is not self.page
            and child.isVisibleTo(self._window)
        ]
        for child in self._hidden:
            child.hide()
        self.page.setGeometry(self._window.rect())
        self.page.show()
        self.page.raise_()

    def _uncover(self) -> None:
        self._covering = False
        self.page.forget()
        self.page.hide()
        for child in self._hidden:
            child.show()
        for key in self._silenced:
            key.setEnabled(True)
        self._hidden, self._silenced = [], []
        (self._focused or self._window).setFocus()
        self._focused = None
        self._idle.touched(self._clock())
        self.unlocked.emit()

    def _was_unlocked(self, by_recovery: bool) -> None:
        self.look()
        if by_recovery:
            self.say(
                self.tr("Opened with the recovery key"),
                self.tr("Choose a new passphrase under Settings, Privacy."),
            )

    def say(self, title: str, remedy: str) -> None:
        """Show a line at the top of the window for a few seconds."""
        self.banner.show_notice(None)
        self.banner.show_notice(Notice("info", title, remedy))
        self._place_banner()
        self._banner_timer.start()

    def _place_banner(self) -> None:
        width = min(theme.px(460), self._window.width() - 40)
        self.banner.setFixedWidth(width)
        self.banner.adjustSize()
        self.banner.move((self._window.width() - width) // 2, 12)
        self.banner.raise_()
