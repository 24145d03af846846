"""The first time: what this is for, and four ways to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.widgets.keyed_button import KeyedButton
from emgfeedback.ui.widgets.neck_map import NeckMap

_SIDE_PX = 440


class FirstRun(QFrame):
    """Shown while nobody has been added and nothing recorded.

    Signals
    -------
    demo_asked, person_asked, board_asked, home_asked
        To try it, to add the first person, to connect a board, to practise by a given plan.
    """

    demo_asked = Signal()
    person_asked = Signal()
    board_asked = Signal()
    home_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        picture = NeckMap()
        picture.whole = True
        picture.setAccessibleName(self.tr("The muscles of the neck, front and back"))
        title = QLabel(self.tr("Welcome"))
        theme.set_role(title, "page_title")
        sentence = self._words(
            self.tr(
                "See and hear the muscles of the neck as they work, and practise letting go. "
                "Everything stays on this computer."
            ),
            "body",
        )
        self.demo_button = KeyedButton(self.tr("Try the demo session"), "play", self.tr("Enter"))
        self.demo_button.setProperty("kind", "primary")
        self.demo_button.setMinimumHeight(theme.PRIMARY_PX)
        self.person_button = KeyedButton(self.tr("Add the first person"), "patients")
        self.board_button = KeyedButton(self.tr("Connect a board"), "connect")
        self.home_button = KeyedButton(self.tr("I practise at home"), "home")
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addStretch(2)
        side.addWidget(title)
        side.addWidget(sentence)
        for button, asked, line in (
            (
                self.demo_button,
                self.demo_asked,
                self.tr("A neck that is calculated, no electrodes, about five minutes."),
            ),
            (
                self.person_button,
                self.person_asked,
                self.tr("A pseudonym is enough. Their sessions and their trend are kept here."),
            ),
            (
                self.board_button,
                self.board_asked,
                self.tr("For a real signal: six sensors on an Arduino-class board."),
            ),
            (
                self.home_button,
                self.home_asked,
                self.tr("Your therapist gave you a plan, on a stick or by mail."),
            ),
        ):
            button.clicked.connect(asked)
            button.setAccessibleDescription(line)
            side.addSpacing(14)
            side.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            side.addWidget(self._words(line, "second"))
        side.addStretch(3)
        beside = QWidget()
        beside.setLayout(side)
        beside.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        beside.setMaximumWidth(_SIDE_PX + 160)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(40)
        row.addWidget(picture, 3)
        row.addWidget(beside, 2)

    def _words(self, text: str, role: str) -> QLabel:
        label = QLabel(text)
        label.setWordWrap(True)
        label.setProperty("tone", "second")
        theme.set_role(label, role)
        return label
