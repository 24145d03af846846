"""Puts home mode into the window: shown where this computer is a kit's, left for therapists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.errands import Errands
from emgfeedback.ui.person.visit import Visit
from emgfeedback.ui.session_port import SessionPort
from emgfeedback.ui.train_page import TrainPage

if TYPE_CHECKING:
    from emgfeedback.ui.kit.kit_room import KitRoom


class KitPlace(QObject):
    """Makes home mode when it is wanted, and shows it instead of everything else.

    Parameters
    ----------
    window
        Where it is shown instead of all there is in its layout.

    Signals
    -------
    bigger_asked
        The next text size.
    left
        The whole app is shown again.
    """

    bigger_asked = Signal()
    left = Signal()

    def __init__(
        self,
        records: tuple[Desk, DataFolder],
        session: SessionPort,
        errands: Errands,
        train: TrainPage,
        visit: Visit,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._desk, self._folder = records
        self._session, self._errands = session, errands
        self._train, self._visit = train, visit
        self._window = window
        self._looked = False
        self.room: KitRoom | None = None

    @property
    def shown(self) -> bool:
        """Whether home mode is on the screen."""
        return self.room is not None and self.room.isVisibleTo(self.room.window())

    def refresh(self, snapshot: Snapshot) -> None:
        """Look once whether this computer is a kit's; then follow what runs."""
        if not self._looked and self._desk.state is DeskState.OPEN:
            self._looked = True
            if any(self._folder.pairings.glob("kit-*")):
                self._made().look()
        if self.shown and self.room is not None:
            self.room.refresh(snapshot)

    def begin(self) -> None:
        """Ask for a therapist's plan, or go back to the one there is."""
        room = self._made()
        room.go_home()
        self.enter()

    def enter(self) -> None:
        """Show home mode."""
        room = self._made()
        for widget in self._others():
            widget.hide()
        room.show()
        current = room.currentWidget()
        first = getattr(current, "first", None)
        if first is not None:
            first.setFocus()

    def leave(self) -> None:
        """Show the whole app."""
        if self.room is not None:
            self.room.hide()
        for widget in self._others():
            widget.show()
        if self._visit.at_home:
            self._visit.at_home = False
            self._visit.end()
        self.left.emit()

    def shutdown(self) -> None:
        """End what runs aside; the window goes."""
        if self.room is not None:
            self.room.shutdown()

    def _others(self) -> list[QWidget]:
        row = self._window.layout()
        assert row is not None
        items = (row.itemAt(i) for i in range(row.count()))
        widgets = [item.widget() for item in items if item is not None]
        return [widget for widget in widgets if widget is not None and widget is not self.room]

    def _made(self) -> KitRoom:
        if self.room is None:
            from emgfeedback.ui.kit.kit_room import KitRoom  # noqa: PLC0415 - few computers are kits

            self.room = room = KitRoom(
                Asking(self._desk, self),
                self._folder,
                self._session,
                self._errands,
                self._train,
                self._visit,
            )
            room.hide()
            row = self._window.layout()
            assert isinstance(row, QHBoxLayout)
            row.addWidget(room, 1)
            room.entered.connect(self.enter)
            room.left.connect(self.leave)
            room.bigger_asked.connect(self.bigger_asked)
        return self.room
