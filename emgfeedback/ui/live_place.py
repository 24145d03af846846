"""The Live page's place: welcome, the first connection step by step, or the live screen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.ui.errands import Errands
from emgfeedback.ui.live_page import LivePage
from emgfeedback.ui.session_port import SessionPort
from emgfeedback.ui.welcome_page import WelcomePage

if TYPE_CHECKING:
    from emgfeedback.ui.first.first_room import FirstRoom


class LivePlace(QStackedWidget):
    """Shows what fits the link; the first connection stays until it is left."""

    def __init__(
        self, session: SessionPort, errands: Errands, welcome: WelcomePage, live: LivePage
    ) -> None:
        super().__init__()
        self._session, self._errands = session, errands
        self._welcome, self._live = welcome, live
        self._first_open = False
        self.first: FirstRoom | None = None
        self.addWidget(welcome)
        self.addWidget(live)
        welcome.first_asked.connect(self.begin_first)

    def begin_first(self) -> None:
        """Go through the first connection step by step."""
        if self.first is None:
            from emgfeedback.ui.first.first_room import FirstRoom  # noqa: PLC0415 - seldom wanted

            self.first = FirstRoom(self._session, self._errands)
            self.first.left.connect(self._leave_first)
            self.addWidget(self.first)
        self._first_open = True
        self.setCurrentWidget(self.first)
        self.first.begin()

    def _leave_first(self) -> None:
        self._first_open = False
        self.setCurrentWidget(self._welcome)
        self._welcome.connection.port_box.setFocus()

    def refresh(self, snapshot: Snapshot, *, on_live: bool) -> None:
        """Show what fits the link, and what is new on it."""
        wanted: QWidget = self._live if on_live else self._welcome
        if self._first_open and self.first is not None:
            wanted = self.first
            if self.isVisible():
                self.first.refresh(snapshot, time.monotonic())
        if self.currentWidget() is not wanted:
            self.setCurrentWidget(wanted)
        if self._welcome.isVisible():
            self._welcome.refresh(snapshot)

    def shutdown(self) -> None:
        """End what the first connection runs."""
        if self.first is not None:
            self.first.shutdown()
