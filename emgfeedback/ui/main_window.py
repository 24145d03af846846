"""The window: rail, top bar, pages, keys, and the one timer that repaints."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QHideEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from emgfeedback.core.device import LinkState
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.people.desk import Desk
from emgfeedback.people.folder import DataFolder
from emgfeedback.ui import theme
from emgfeedback.ui.errands import Errands
from emgfeedback.ui.kit.kit_place import KitPlace
from emgfeedback.ui.live_page import Due, LivePage
from emgfeedback.ui.live_place import LivePlace
from emgfeedback.ui.look_file import ChoiceFile, Choices
from emgfeedback.ui.person.rooms import PeopleRooms
from emgfeedback.ui.privacy_room import PrivacyRoom
from emgfeedback.ui.review_place import ReviewPlace
from emgfeedback.ui.session_port import DEMO_PORT, SessionPort
from emgfeedback.ui.settings_page import SettingsPage
from emgfeedback.ui.top_bar import TopBar
from emgfeedback.ui.train_page import TrainPage
from emgfeedback.ui.welcome_page import WelcomePage
from emgfeedback.ui.widgets.focus_ring import FocusRing
from emgfeedback.ui.widgets.help_panel import HelpPanel
from emgfeedback.ui.widgets.rail import Rail

if TYPE_CHECKING:
    from emgfeedback.ui.review.looking import OpenRecording

_SHOWN_LIVE = (LinkState.STREAMING, LinkState.STALLED, LinkState.LOST)
_SLOW_S = 1 / 4
_FRAME_MS = 34
"""All but the traces, which draw new samples when they come; a little over 1/30 s, so that what
is due thirty times a second is due every time."""
_HELP_PX = 380


class MainWindow(QWidget):
    """The application's window.

    Parameters
    ----------
    session
        The running system; see `SessionPort`.
    appearance
        The look of the application.
    look_path
        Where the choices of the settings page are kept; None keeps them nowhere.
    records
        The register and its folder; None: a window without people.

    Signals
    -------
    painted
        The window stands on the screen for the first time.
    """

    painted = Signal()

    def __init__(
        self,
        session: SessionPort,
        appearance: theme.Appearance,
        look_path: Path | None = None,
        records: tuple[Desk, DataFolder] | None = None,
    ) -> None:
        super().__init__()
        self._seen = self._told = False
        self._names: list[str] = []
        self._titles: list[str] = []
        self._session = session
        self._appearance = appearance
        self._errands = Errands()
        self._slow_due = Due(_SLOW_S)
        self.setWindowTitle(self.tr("emgfeedback"))
        self.setMinimumSize(960, 600)
        self.resize(1280, 800)
        self._file = ChoiceFile(look_path)
        self.rooms = PeopleRooms(*records, session, self) if records is not None else None
        self._build()
        self._connect_parts()
        self._add_keys()
        self.privacy: PrivacyRoom | None = None
        self.kit: KitPlace | None = None
        if records is not None:
            self.kit = self._make_kit(records)
            self.privacy = PrivacyRoom(*records, session, self, self.settings, self._file)
            self.privacy.handed_over.connect(self._show_to)
            self.privacy.unlocked.connect(self.train.files_changed)
        appearance.changed.connect(self._look_changed)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self.tick()

    def _build(self) -> None:
        self.rail = Rail()
        self.top = TopBar()
        self.welcome = WelcomePage(self._session)
        self.live = LivePage()
        self.train = TrainPage(self._session, self._errands)
        self.train.follow_choices(self._file.choices)
        self.settings = SettingsPage(self._file, self.train.sound, self._session.recordings_folder)
        self.review = ReviewPlace(self._session.recordings_folder)
        self.live_stack = LivePlace(self._session, self._errands, self.welcome, self.live)
        self.pages = QStackedWidget()
        if self.rooms is not None:
            self._add_page("home", self.tr("Home"), "home", self.rooms.home)
            self._add_page("people", self.tr("People"), "patients", self.rooms.people)
            self.top.add_chip(self.rooms.chip)
        self._add_page("live", self.tr("Live"), "live", self.live_stack)
        self._add_page("train", self.tr("Train"), "train", self.train)
        self._add_page("review", self.tr("Review"), "review", self.review)
        if self.rooms is not None:
            self._add_page("assess", self.tr("Assess"), "assess", self.rooms.assess)
        self._add_page("settings", self.tr("Settings"), "settings", self.settings, at_foot=True)
        self.work = QWidget()
        column = QVBoxLayout(self.work)
        column.setContentsMargins(20, 10, 20, 16)
        column.setSpacing(10)
        column.addWidget(self.top)
        if self.rooms is not None:
            column.addWidget(self.rooms.bar)
        column.addWidget(self.pages, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.work, 1)
        self.help = HelpPanel(self)
        self.ring = FocusRing(self)

    def _add_page(
        self, name: str, title: str, icon: str, page: QWidget, *, at_foot: bool = False
    ) -> None:
        """Add a page and its key; the order of adding is that of the rail."""
        self.rail.add_page(title, icon, at_foot=at_foot)
        self.pages.addWidget(page)
        self._names.append(name)
        self._titles.append(title)

    def _connect_rooms(self, rooms: PeopleRooms) -> None:
        self.review.files = self.train.files = lambda: rooms.desk.files
        self.review.desk = lambda: rooms.desk
        rooms.clinic = lambda: self._file.choices.clinic.clinic
        rooms.page_asked.connect(self.open_page)
        rooms.demo_asked.connect(self._open_demo)
        rooms.review_asked.connect(self._review_recording)
        rooms.plan_asked.connect(self._prefer_plan)
        self.painted.connect(lambda: QTimer.singleShot(0, rooms, rooms.furnish))
        rooms.title_changed.connect(self._show_title)
        rooms.visit.plan_known.connect(self.train.chooser.prefer)

    def _make_kit(self, records: tuple[Desk, DataFolder]) -> KitPlace:
        rooms = self.rooms
        assert rooms is not None
        place = KitPlace(records, self._session, self._errands, self.train, rooms.visit, self)
        place.bigger_asked.connect(self.settings.grow_text)
        place.left.connect(lambda: rooms.tell_home_mode(place.begin))
        rooms.home.first_run.home_asked.connect(place.begin)
        return place

    def _connect_parts(self) -> None:
        if self.rooms is not None:
            self._connect_rooms(self.rooms)
        self.rail.chosen.connect(self.show_page)
        self.top.record_button.clicked.connect(self.toggle_recording)
        self.top.help_button.clicked.connect(self.toggle_help)
        self.top.link_chip.disconnect_asked.connect(self._disconnect)
        self.welcome.connection.connect_asked.connect(self._connect_board)
        self.welcome.connection.cancel_asked.connect(self._disconnect)
        self.live.threshold_asked.connect(self._set_threshold)
        target = self.live.target
        target.threshold_asked.connect(self._set_threshold)
        now, session = self._errands.do_now, self._session
        target.baseline_asked.connect(lambda s: now(lambda: session.start_baseline(s)))
        target.start_asked.connect(lambda: now(session.start_target))
        target.pause_asked.connect(self._pause_target)
        target.stop_asked.connect(lambda: now(session.stop_target))
        target.mark_asked.connect(self.mark)
        target.purpose_asked.connect(lambda p: now(lambda: session.set_purpose(p)))
        self.train.demo_asked.connect(lambda: self._connect_board(DEMO_PORT))
        self.train.board_asked.connect(lambda: self.open_page("live"))
        self.review.replay_asked.connect(self._replay)
        self.settings.chosen.connect(self._follow_choices)

    def _add_keys(self) -> None:
        for key, action in (
            ("M", self.mark),
            ("Ctrl+R", self.toggle_recording),
            ("Esc", self.escape),
            ("F1", self.toggle_help),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(action)
            shortcut.setAutoRepeat(False)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to repaint."""
        super().showEvent(event)
        self._timer.start(_FRAME_MS)
        self.ring.watch_keys()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Note that the window is on the screen."""
        super().paintEvent(event)
        self._seen = True

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        self._timer.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the help at the right edge."""
        super().resizeEvent(event)
        width = min(theme.px(_HELP_PX), self.width() - 40)
        self.help.setGeometry(self.width() - width - 20, 72, width, self.height() - 88)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Finish the recording and let go of the board before the window goes."""
        self._timer.stop()
        self.train.close_patient()
        self.review.shutdown()
        self.live_stack.shutdown()
        if self.rooms is not None:
            self.rooms.assess.shutdown()
        if self.privacy is not None:
            self.privacy.stop()
        if self.kit is not None:
            self.kit.shutdown()
        self._errands.send(self._session.disconnect)
        self._errands.close()
        super().closeEvent(event)

    def tick(self) -> None:
        """Draw what is new."""
        now_s = time.perf_counter()
        if self._seen and not self._told:
            self._told = True
            self.painted.emit()
        snapshot = self._session.snapshot()
        on_live = snapshot.link.state in _SHOWN_LIVE and bool(snapshot.channels)
        if self._slow_due(now_s):
            self._show_slow(snapshot, on_live=on_live)
        if on_live and self.live.isVisible():
            self.live.refresh(snapshot, self._session.traces, now_s, self._errands.refused)
        self.train.refresh(snapshot, now_s, connected=on_live)

    def _show_slow(self, snapshot: Snapshot, *, on_live: bool) -> None:
        self.top.show_snapshot(snapshot, connected=on_live)
        self.live_stack.refresh(snapshot, on_live=on_live)
        if self.rooms is not None:
            self.rooms.refresh(snapshot)
        if self.kit is not None:
            self.kit.refresh(snapshot)

    def show_page(self, number: int) -> None:
        """Show the page `number` of the rail."""
        self.rail.choose(number)
        self.pages.setCurrentIndex(number)
        self._show_title()
        self._slow_due = Due(_SLOW_S)

    def open_page(self, name: str) -> None:
        """Show the page `name`: `home`, `people`, `live`, `train` or `settings`."""
        self.show_page(self._names.index(name))

    def _review_recording(self, asked: OpenRecording) -> None:
        self.review.open(asked)
        self.open_page("review")

    def _show_title(self, *_: str) -> None:
        number = self.pages.currentIndex()
        name, title, second = self._names[number], self._titles[number], ""
        if name == "people" and self.rooms is not None:
            person, second = self.rooms.people.title
            title = person or title
        self.top.show_title(title, live=name == "live", second=second)

    def _show_to(self, patient_id: str) -> None:
        """Offer a patient their own page and Train; a clinician everything."""
        own = {self._names.index(name) for name in ("people", "train")}
        self.rail.offer(own if patient_id else None)
        if self.rooms is not None and patient_id:
            self.rooms.people.show_person(patient_id)
            self.rooms.hand_over(patient_id)
        self.open_page("people" if patient_id else "home")

    def _prefer_plan(self, name: str) -> None:
        self.train.chooser.prefer(name)
        self.open_page("train")

    def _open_demo(self) -> None:
        self._connect_board(DEMO_PORT)
        self.open_page("train")

    def keep_finished(self) -> None:
        """Put into the register what ended with the window; the desk still has to be open."""
        if self.rooms is not None:
            self.rooms.keep_finished()

    def toggle_recording(self) -> None:
        """Start or stop the recording."""
        if self.top.record_button.running:
            self._errands.send(self._session.stop_recording)
        elif self.top.record_button.isEnabled():
            self._errands.send(self._session.start_recording)

    def mark(self) -> None:
        """Mark this moment."""
        if self.live.isVisible() or self.train.console.isVisible():
            self._errands.do_now(self._session.mark)

    def escape(self) -> None:
        """Pause training or the target at once; else leave what is open."""
        nothing_runs = not self.train.pause()
        if nothing_runs and self.live.target.pausable:
            self._pause_target()
        elif nothing_runs and self.help.isHidden() and self.rooms is not None:
            self.rooms.escape()
        self.help.hide()

    def toggle_help(self) -> None:
        """Open or close the help."""
        self.help.toggle()

    def _connect_board(self, port: str) -> None:
        self._errands.send(lambda: self._session.connect(port))

    def _replay(self, path: Path, from_s: float) -> None:
        self._errands.send(lambda: self._session.replay(path, from_s))
        self.open_page("live")

    def _disconnect(self) -> None:
        self._errands.send(self._session.disconnect)

    def _set_threshold(self, channel: int, threshold_uv: float | None) -> None:
        self._errands.do_now(lambda: self._session.set_threshold(channel, threshold_uv))

    def _pause_target(self) -> None:
        self._errands.do_now(self._session.pause_target)

    def _follow_choices(self, choices: Choices) -> None:
        look = choices.look
        if (look.scheme, look.text_pct) != (self._appearance.scheme, self._appearance.text_pct):
            self._appearance.choose(look.scheme, look.text_pct)
        self.train.follow_choices(choices)

    def _look_changed(self) -> None:
        self.live.apply_theme()
        self.train.apply_theme()
        self.review.apply_theme()
        self.welcome.apply_theme()

    def changeEvent(self, event: QEvent) -> None:
        """Rest while minimised."""
        if event.type() == QEvent.Type.WindowStateChange:
            if self.isMinimized():
                self._timer.stop()
            elif self.isVisible() and not self._timer.isActive():
                self._timer.start(_FRAME_MS)
        super().changeEvent(event)


def open_window(
    session: SessionPort,
    look_path: Path | None = None,
    records: tuple[Desk, DataFolder] | None = None,
) -> MainWindow:
    """Put the user's look in force and make the window, not yet shown.

    Needs a `QApplication`. `look_path` is where the choices of the settings page are kept,
    `records` the register, not yet open, and its folder.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("The window needs a QApplication.")
    appearance = theme.Appearance(app)
    look = ChoiceFile(look_path).choices.look
    appearance.choose(look.scheme, look.text_pct)
    return MainWindow(session, appearance, look_path, records)
