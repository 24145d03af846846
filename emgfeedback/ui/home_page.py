"""Home: one thing to start, what was done last, and what still needs a hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import PatientLine, SessionLine
from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.loose import Loose, LooseCard, loose_in
from emgfeedback.ui.person.scrolling import scrolled
from emgfeedback.ui.person.table import Column, Row, Table
from emgfeedback.ui.person.visit import Visit
from emgfeedback.ui.person.welcome import FirstRun
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

_PEOPLE, _SESSIONS = 8, 10


@dataclass(frozen=True, slots=True)
class _Last:
    people: list[PatientLine]
    sessions: list[SessionLine]


def _last(register: Register) -> _Last:
    return _Last(register.search("", _PEOPLE), register.recent_sessions(_SESSIONS))


class HomePage(QStackedWidget):
    """Where the day begins.

    Signals
    -------
    start_asked
        A session for somebody yet to be chosen, or for the visit under way.
    train_asked, demo_asked, board_asked, new_person_asked
        A session without a person; on the demo board; to connect; to add somebody.
    person_asked, session_asked
        The id of a person or session to open.
    """

    start_asked = Signal()
    train_asked = Signal()
    demo_asked = Signal()
    board_asked = Signal()
    new_person_asked = Signal()
    person_asked = Signal(str)
    session_asked = Signal(str)

    def __init__(
        self, desk: Desk, folder: DataFolder, visit: Visit, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Home"))
        self._desk, self._folder, self._visit = desk, folder, visit
        self._asking = Asking(desk, self)
        self._shown = -1
        self.first_run = FirstRun()
        self.first_run.demo_asked.connect(self.demo_asked)
        self.first_run.person_asked.connect(self.new_person_asked)
        self.first_run.board_asked.connect(self.board_asked)
        self.failed, self.recovered = Banner(), Banner()
        self.loose = LooseCard(desk, folder)
        self.loose.hide()
        self._build_tables()
        self.board = QWidget()
        self.board.setProperty("kind", "page")
        grid = QGridLayout(self.board)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        grid.addWidget(self._start_card(), 0, 0, 1, 2)
        grid.addWidget(self.failed, 1, 0, 1, 2)
        grid.addWidget(self.recovered, 2, 0, 1, 2)
        grid.addWidget(self.loose, 3, 0, 1, 2)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._card(self.tr("Seen last"), self.people), 4, 0, top)
        grid.addWidget(self._card(self.tr("Last sessions"), self.sessions), 4, 1, top)
        grid.setColumnStretch(0, 4)
        grid.setColumnStretch(1, 5)
        grid.setRowStretch(5, 1)
        self.addWidget(scrolled(self.board, self.tr("Home")))
        self.addWidget(scrolled(self.first_run, self.tr("Welcome")))
        visit.changed.connect(self._show_visit)
        self._show_visit()

    def _start_card(self) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "card")
        self._title, self._line = QLabel(), QLabel()
        theme.set_role(self._title, "page_title")
        theme.set_role(self._line, "body")
        self._line.setProperty("tone", "second")
        self._line.setWordWrap(True)
        said = QVBoxLayout()
        said.setSpacing(4)
        said.addStretch(1)
        said.addWidget(self._title)
        said.addWidget(self._line)
        said.addStretch(1)
        self.start_button = KeyedButton(self.tr("Start a session"), "play", self.tr("Enter"))
        self.start_button.setProperty("kind", "primary")
        theme.set_role(self.start_button, "card_title")
        self.start_button.setProperty("huge", True)
        self.start_button.setMinimumWidth(theme.px(280))
        self.start_button.clicked.connect(self.start_asked)
        self.train_button = KeyedButton(self.tr("Without a person"), "train")
        self.train_button.clicked.connect(self.train_asked)
        self.demo_button = KeyedButton(self.tr("Demo session"), "live")
        self.demo_button.clicked.connect(self.demo_asked)
        beside = QVBoxLayout()
        beside.setSpacing(12)
        for button in (self.train_button, self.demo_button):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            beside.addWidget(button)
        row = QHBoxLayout(card)
        row.setContentsMargins(24, 18, 24, 18)
        row.setSpacing(16)
        row.addLayout(said, 1)
        row.addLayout(beside)
        row.addWidget(self.start_button)
        return card

    def _build_tables(self) -> None:
        self.people = Table(
            self.tr("Seen last"),
            (
                Column(self.tr("Person"), "body_strong"),
                Column(self.tr("Posture"), stretch=True),
                Column(self.tr("Last session")),
                Column(self.tr("Injection"), optional=True),
            ),
            whole=True,
        )
        self.sessions = Table(
            self.tr("Last sessions"),
            (
                Column(self.tr("Date"), "body_strong"),
                Column(self.tr("Person"), "body_strong"),
                Column(self.tr("What"), stretch=True),
                Column(self.tr("In target"), optional=True),
                Column(self.tr("Length"), optional=True),
            ),
            icon_column=2,
            whole=True,
        )
        self.people.opened.connect(lambda key: self.person_asked.emit(str(key)))
        self.sessions.opened.connect(lambda key: self.session_asked.emit(str(key)))

    def _card(self, title: str, table: Table) -> QFrame:
        card, head = QFrame(), QLabel(title)
        card.setProperty("kind", "card")
        theme.set_role(head, "card_title")
        column = QVBoxLayout(card)
        column.setContentsMargins(18, 14, 18, 12)
        column.setSpacing(8)
        column.addWidget(head)
        column.addWidget(table)
        return card

    def refresh(self, snapshot: Snapshot) -> None:
        """Ask again where something changed; tell what was recovered or cannot be opened."""
        said = " ".join(snapshot.recovered)
        title = self.tr("A recording was cut off last time")
        self.recovered.show_notice(Notice("info", title, said) if said else None)
        failed = self._desk.state is DeskState.FAILED
        title = self.tr("The records cannot be opened; sessions can still be recorded")
        self.failed.show_notice(Notice("bad", title, self._desk.message) if failed else None)
        if self._desk.state is DeskState.OPEN and self._desk.changes != self._shown:
            self._shown = self._desk.changes
            folder = self._folder
            self._asking.ask(_last, self._show, topic="last")
            self._asking.ask(lambda r: loose_in(r, folder), self._show_loose, topic="loose")

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard: Enter starts."""
        super().showEvent(event)
        first = self.first_run.demo_button if self._is_first_run else self.start_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _is_first_run(self) -> bool:
        return self.currentIndex() == 1

    def _show_loose(self, loose: Loose) -> None:
        self.loose.show_loose(loose)

    def _show(self, last: _Last) -> None:
        today = dt.datetime.now().astimezone().date()
        self.people.show_rows([_person_row(line, today) for line in last.people])
        self.sessions.show_rows([_session_row(line) for line in last.sessions])
        empty = not last.people and not last.sessions
        if empty != self._is_first_run:
            self.setCurrentIndex(int(empty))

    def _show_visit(self) -> None:
        patient = self._visit.patient
        if patient is None:
            self._title.setText(self.tr("Ready when you are"))
            self._line.setText(self.tr("Choose who it is for; what is recorded is kept for them."))
            self.start_button.say(self.tr("Start a session"), "play", self.tr("Enter"))
        else:
            said = self.tr("Visit of %1").replace("%1", patient.pseudonym)
            self._title.setText(said)
            self._line.setText(person_words.person_facts(patient))
            self.start_button.say(self.tr("Go on with the visit"), "play", self.tr("Enter"))


def _person_row(line: PatientLine, today: dt.date) -> Row:
    return Row(
        line.patient.id,
        (
            line.patient.pseudonym,
            person_words.posture(line.patient),
            person_words.seen(line.last_session_utc, today),
            person_words.since_injection(line.last_injection, today),
        ),
    )


def _session_row(line: SessionLine) -> Row:
    return Row(
        line.id,
        (
            person_words.short_day(person_words.local(line.started_utc).date()),
            line.pseudonym or "–",
            person_words.what(line),
            person_words.percent(line.success_pct),
            person_words.minutes(line.duration_s),
        ),
        person_words.KIND_ICONS[line.kind],
    )
