"""What stands where the live screen will be while no board is connected."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.ui import icons, theme
from emgfeedback.ui.background import Background
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.session_port import PortLine, SessionPort
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.connection import ConnectionPanel
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.neck_map import NeckMap

_LOOK_AGAIN_S = 2.0
_SIDE_PX = 400
_MOST_SIDE_PX = 470


class WelcomePage(QFrame):
    """Where electrodes go, one sentence on what will be here, and the way to a board.

    Signals
    -------
    first_asked
        To be led from the box to a clean signal, step by step.
    """

    first_asked = Signal()

    def __init__(self, session: SessionPort, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._session = session
        self._search: Background[list[PortLine]] | None = None
        self._searched_at_s = float("-inf")
        self.picture = NeckMap()
        self.picture.whole = True
        self.picture.setAccessibleName(self.tr("Where the electrodes go, front and back"))
        self.connection = ConnectionPanel()
        self.recovered = Banner()
        self.first_button = KeyedButton(self.tr("First time? Step by step"), "next")
        self.first_button.clicked.connect(self.first_asked)
        title = QLabel(self.tr("Connect a board"))
        theme.set_role(title, "page_title")
        sentence = QLabel(
            self.tr(
                "Here you will see the muscles of the neck, left against right, as they work. "
                "Six inputs: SCM, upper trapezius and splenius."
            )
        )
        sentence.setWordWrap(True)
        theme.set_role(sentence, "body")
        sentence.setProperty("tone", "second")
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addStretch(2)
        side.addWidget(title)
        side.addWidget(sentence)
        side.addSpacing(16)
        side.addWidget(self.connection)
        side.addWidget(self.first_button, 0, Qt.AlignmentFlag.AlignLeft)
        side.addSpacing(16)
        side.addWidget(self._make_safety())
        side.addWidget(self.recovered)
        side.addStretch(3)
        right = QWidget()
        right.setLayout(side)
        right.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        right.setAccessibleName(title.text())
        self._right = right
        self.apply_theme()
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 20, 32, 20)
        row.setSpacing(32)
        row.addWidget(self.picture, 1)
        row.addWidget(right)

    def _make_safety(self) -> QFrame:
        note = QFrame()
        note.setProperty("kind", "note")
        self._icon = QLabel()
        text = QLabel(
            self.tr("Unplug the charger before electrodes go on. Battery only, no mains devices.")
        )
        text.setWordWrap(True)
        theme.set_role(text, "second")
        row = QHBoxLayout(note)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)
        return note

    def apply_theme(self) -> None:
        """Recolour in a new look."""
        ratio = self.devicePixelRatioF()
        size = theme.px(20)
        self._icon.setPixmap(icons.pixmap("battery", theme.tokens().ink2, size, ratio))
        self._right.setFixedWidth(min(theme.px(_SIDE_PX), _MOST_SIDE_PX))

    def refresh(self, snapshot: Snapshot) -> None:
        """Show how connecting goes and which ports there are."""
        self.connection.show_link(snapshot)
        why = self.tr("Find out why, step by step")
        first = self.tr("First time? Step by step")
        self.first_button.say(why if snapshot.link_message else first, "next")
        said = " ".join(snapshot.recovered)
        title = self.tr("A recording was cut off last time")
        self.recovered.show_notice(Notice("info", title, said) if said else None)
        if self._search is None:
            if time.monotonic() - self._searched_at_s >= _LOOK_AGAIN_S:
                self._search = Background(self._find_ports)
        elif self._search.done:
            self.connection.show_ports(self._search.result() or [])
            self._search, self._searched_at_s = None, time.monotonic()

    def _find_ports(self) -> list[PortLine]:
        return list(self._session.ports())
