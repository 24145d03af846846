"""Review: a recording at any zoom, measured between two cursors, artefacts left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.people.desk import Desk
from emgfeedback.review.side_files import SideFiles
from emgfeedback.ui.dropped import dropped_file
from emgfeedback.ui.exporting import ExportDialog, Exporting, ExportWish
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person.action_bar import QUIET_MS
from emgfeedback.ui.review.empty import EmptyReview
from emgfeedback.ui.review.looking import Looking, OpenRecording
from emgfeedback.ui.review.review_desk import ReviewDesk
from emgfeedback.ui.review.sheet import ReviewSheet

__all__ = ["OpenRecording", "ReviewPage"]

_BUSY_MS, _CALM_MS = 16, 120
_PAN_SHARE, _CURSOR_SHARE = 0.1, 0.005
_ZOOM = 1.5

_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_PLAIN = Qt.KeyboardModifier.NoModifier
_K = Qt.Key

KEYS: dict[tuple[Qt.Key, Qt.KeyboardModifier], Callable[[Looking], object]] = {
    (_K.Key_Left, _PLAIN): lambda looking: looking.pan(-_PAN_SHARE),
    (_K.Key_Right, _PLAIN): lambda looking: looking.pan(_PAN_SHARE),
    (_K.Key_PageUp, _PLAIN): lambda looking: looking.pan(-1.0),
    (_K.Key_PageDown, _PLAIN): lambda looking: looking.pan(1.0),
    (_K.Key_Home, _PLAIN): Looking.go_to_begin,
    (_K.Key_End, _PLAIN): Looking.go_to_end,
    (_K.Key_Plus, _PLAIN): lambda looking: looking.zoom(1 / _ZOOM),
    (_K.Key_Plus, _SHIFT): lambda looking: looking.zoom(1 / _ZOOM),
    (_K.Key_Equal, _PLAIN): lambda looking: looking.zoom(1 / _ZOOM),
    (_K.Key_Minus, _PLAIN): lambda looking: looking.zoom(_ZOOM),
    (_K.Key_0, _PLAIN): Looking.show_whole,
    (_K.Key_Up, _PLAIN): lambda looking: looking.scale(-1),
    (_K.Key_Down, _PLAIN): lambda looking: looking.scale(1),
    (_K.Key_A, _PLAIN): lambda looking: looking.set_cursor_here("A"),
    (_K.Key_B, _PLAIN): lambda looking: looking.set_cursor_here("B"),
    (_K.Key_Left, _SHIFT): lambda looking: looking.move_cursor(-_CURSOR_SHARE),
    (_K.Key_Right, _SHIFT): lambda looking: looking.move_cursor(_CURSOR_SHARE),
    (_K.Key_X, _PLAIN): Looking.leave_out,
    (_K.Key_Z, _CTRL): Looking.undo,
}
"""What the keys do while a recording is open; Space replays, Ctrl+O opens another."""


class ReviewPage(QStackedWidget):
    """The empty page, or the sheet with a recording on it.

    Parameters
    ----------
    folder
        Where this computer's recordings are.
    side_files
        Where pictures worked out are kept for the next time; None keeps none.

    Attributes
    ----------
    files
        Returns what opens recordings given by their path alone; raises AccessError while the
        records are locked.
    desk
        Returns the desk of the register that may know whose a recording is, or None.

    Signals
    -------
    replay_asked
        Path, and the second to begin at.
    """

    replay_asked = Signal(object, float)

    def __init__(
        self, folder: Path, side_files: SideFiles | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._folder, self._side_files = folder, side_files
        self.files: Callable[[], Files] = lambda: PLAIN
        self.desk: Callable[[], Desk | None] = lambda: None
        self._asked: OpenRecording | None = None
        self._desk: ReviewDesk | None = None
        self.looking: Looking | None = None
        self._exporting = Exporting(self)
        self._exporting.saved.connect(self._tell_exported)
        self._exporting.refused.connect(self._tell_not_exported)
        self.setAccessibleName(self.tr("Review"))
        self.setAcceptDrops(True)
        self.empty = EmptyReview(folder)
        self.sheet = ReviewSheet()
        self.addWidget(self.empty)
        self.addWidget(self.sheet)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.poll)
        self.empty.open_asked.connect(self.choose_file)
        self.empty.path_asked.connect(self.open)
        self.sheet.open_button.clicked.connect(self.choose_file)
        self.sheet.replay_button.clicked.connect(self.replay)
        self.sheet.export_button.clicked.connect(self.export)
        self.sheet.close_button.clicked.connect(self.close_recording)
        self.sheet.lanes.key_pressed.connect(self.keyPressEvent)

    @property
    def open_path(self) -> Path | None:
        """The recording on the sheet, or None."""
        return self._asked.path if self._asked is not None and self.looking is not None else None

    def choose_file(self) -> None:
        """Let the user choose a recording."""
        patterns = "*.bdf *.edf *.bdf.sealed *.csv *.tsv *.txt *.BDF *.EDF *.CSV"
        kinds = self.tr("Recordings (%1);;All files (*)").replace("%1", patterns)
        title = self.tr("Open a recording")
        told, _ = QFileDialog.getOpenFileName(self, title, str(self._folder), kinds)
        if told:
            self.open(Path(told))

    def open(self, asked: OpenRecording | Path) -> None:
        """Open a recording in the background; a refusal is told where it would have been."""
        self.close_recording()
        if isinstance(asked, Path):
            try:
                asked = OpenRecording(asked, files=self.files())
            except EmgFeedbackError as error:
                self.empty.show_refused(str(error))
                return
        self._asked = asked
        side_files = self._side_files if asked.files is PLAIN else None
        self._desk = ReviewDesk(asked.path, asked.files, side_files)
        self.empty.show_refused("")
        self.empty.show_opening(asked.path.name)
        self._timer.start(_BUSY_MS)

    def close_recording(self) -> None:
        """Let go of the recording; the page is empty again."""
        looking, self.looking = self.looking, None
        desk, self._desk = self._desk, None
        if looking is not None:
            looking.close()
        elif desk is not None:
            desk.close()
        self._asked = None
        self.setCurrentWidget(self.empty)
        self.empty.show_opening("")
        self.empty.look()

    def shutdown(self) -> None:
        """Let go of everything before the window goes."""
        self.close_recording()
        self._timer.stop()

    def poll(self) -> None:
        """Show what is new; called by the page's timer."""
        self.empty.refresh()
        self._follow_opening()
        if self.looking is not None:
            self.looking.poll()
        opening = self._desk is not None and self._desk.opening
        busy = opening or (self.looking is not None and self.looking.busy)
        self._timer.setInterval(_BUSY_MS if busy else _CALM_MS)

    def _follow_opening(self) -> None:
        desk, asked = self._desk, self._asked
        if desk is None or asked is None or self.looking is not None:
            return
        if desk.refused:
            self.close_recording()
            self.empty.show_refused(desk.refused)
        elif desk.review is not None:
            self.setCurrentWidget(self.sheet)
            self.looking = Looking(self.sheet, desk, desk.review, asked)
            if self.isVisible():
                self.sheet.lanes.setFocus(Qt.FocusReason.OtherFocusReason)

    def replay(self) -> None:
        """Play the recording through the live screen, from the first cursor or the window on."""
        if self._asked is not None and self.looking is not None:
            self.replay_asked.emit(self._asked.path, self.looking.begin_s)

    def export(self) -> None:
        """Let the user choose how the recording is saved for others."""
        asked = self._asked
        if asked is None or self.looking is None or self._exporting.busy:
            return
        stem = asked.path.name.partition(".")[0]
        wish = ExportDialog(self).ask(asked.path.with_name(f"{stem}-export"))
        if wish is not None:
            self.export_as(wish)

    def export_as(self, wish: ExportWish) -> None:
        """Save the recording for others, without names, in the background."""
        asked = self._asked
        if asked is None or self._exporting.busy:
            return
        self.sheet.banner.show_notice(Notice("info", self.tr("Exporting …"), str(wish.out)))
        self._exporting.start(asked.path, asked.files, wish, self.desk())

    def _tell_exported(self, out: Path) -> None:
        told = Notice("info", self.tr("Exported"), str(out))
        self.sheet.banner.show_notice(told)
        QTimer.singleShot(QUIET_MS, self, lambda: self._take_away(told))

    def _take_away(self, told: Notice) -> None:
        if self.sheet.banner.notice == told:
            self.sheet.banner.show_notice(None)

    def _tell_not_exported(self, why: str) -> None:
        self.sheet.banner.show_notice(Notice("bad", self.tr("Not exported"), why))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key asks for."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key(event.key()) if event.key() in _KNOWN_KEYS else None
        looking = self.looking
        action = KEYS.get((key, plain)) if key is not None else None
        event.accept()
        if key is _K.Key_O and plain == _CTRL:
            self.choose_file()
        elif looking is not None and action is not None:
            action(looking)
        elif looking is not None and key is _K.Key_Space and not event.isAutoRepeat():
            self.replay()
        else:
            event.ignore()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file."""
        if dropped_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file."""
        path = dropped_file(event)
        if path is not None:
            event.acceptProposedAction()
            self.open(path)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to follow; look for recordings."""
        super().showEvent(event)
        self._timer.start(_BUSY_MS)
        if self.looking is None:
            self.empty.look()
            self.empty.open_button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.sheet.lanes.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks, unless a file is being opened."""
        if self._desk is None or not self._desk.opening:
            self._timer.stop()
        super().hideEvent(event)

    def apply_theme(self) -> None:
        """Fit a new look."""
        self.sheet.fit()


_KNOWN_KEYS = {int(key) for key, _ in KEYS} | {int(_K.Key_O), int(_K.Key_Space)}
