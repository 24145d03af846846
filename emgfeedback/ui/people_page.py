"""People: find one as you type, add, change, remove; and the page of each."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import Patient, PatientLine
from emgfeedback.ui import icons, theme, words
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.people_import import ImportButton
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.fields import heading, quiet, today
from emgfeedback.ui.person.person_form import PersonForm
from emgfeedback.ui.person.person_page import PersonPage, Plans
from emgfeedback.ui.person.picker import SearchField
from emgfeedback.ui.person.scrolling import scrolled
from emgfeedback.ui.person.table import Column, Row, Table
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.ui.session_page import SessionPage

MOST = 500


class PeoplePage(QStackedWidget):
    """The list, one person, or the form of one.

    Signals
    -------
    title_changed
        Title and second line of what is shown; both empty for the list.
    visit_asked
        The `Patient` whose visit begins.
    session_asked
        The id of a session to open.
    undoable
        A notice, and the number of the change that Undo takes back.
    """

    title_changed = Signal(str, str)
    visit_asked = Signal(object)
    session_asked = Signal(str)
    undoable = Signal(object, int)

    def __init__(
        self, desk: Desk, folder: DataFolder, plans: Plans, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("People"))
        self._desk = desk
        self._asking = Asking(desk, self)
        self._shown = -1
        self._found: dict[object, PatientLine] = {}
        self._for_visit = False
        self._came_from_person = False
        self.title = ("", "")
        self.form = PersonForm(desk)
        self.form.saved.connect(self._saved)
        self.form.left.connect(self._leave_form)
        self.person = PersonPage(desk, folder, plans)
        self.person.edit_asked.connect(self.edit)
        self.person.visit_asked.connect(self.visit_asked)
        self.person.session_asked.connect(self.session_asked)
        self.person.undoable.connect(self.undoable)
        self.person.back_asked.connect(self.show_list)
        self.person.shown.connect(self._told)
        self.import_button = ImportButton(desk, folder)
        self.import_button.patient_id = self._person_in_sight
        self.import_button.undoable.connect(self.undoable)
        self.import_button.take_drops_on(self)
        self.list = self._make_list()
        self.addWidget(self.list)
        self.addWidget(self.person)
        self.addWidget(scrolled(self.form, self.tr("Person")))
        QShortcut(QKeySequence("Ctrl+N"), self).activated.connect(lambda: self.edit(None))
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self.show_list)

    def _make_list(self) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "card")
        self.search = SearchField(self.tr("Search: pseudonym, name, or a word of a note"))
        self.search.textChanged.connect(self.search_again)
        self.new_button = KeyedButton(self.tr("New person"), "patients", self.tr("Ctrl+N"))
        self.new_button.clicked.connect(lambda: self.edit(None))
        self.table = Table(
            self.tr("People"),
            (
                Column(self.tr("Person"), "body_strong"),
                Column(self.tr("Posture"), stretch=True),
                Column(self.tr("Last session")),
                Column(self.tr("Sessions"), optional=True),
                Column(self.tr("Since injection"), optional=True),
            ),
        )
        self.table.opened.connect(self._open)
        self.table.removal_asked.connect(self._remove_key)
        self.search.left_down.connect(self.table.setFocus)
        self.search.entered.connect(self._enter)
        self.choosing = Banner()
        self.hint = quiet()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.search, 1)
        head.addWidget(self.import_button)
        head.addWidget(self.new_button)
        column = QVBoxLayout(card)
        column.setContentsMargins(18, 14, 18, 12)
        column.setSpacing(10)
        column.addWidget(self.choosing)
        column.addLayout(head)
        column.addWidget(self._make_empty(), 1)
        column.addWidget(self.table, 1)
        column.addWidget(self.hint)
        return card

    def _make_empty(self) -> QWidget:
        self.empty = QWidget()
        self.empty_icon = QLabel()
        self.empty_title = heading(self.tr("Nobody here yet"), "page_title")
        self.empty_line = quiet(
            self.tr("Add the first person; a pseudonym is enough. Their sessions come after."),
            "body",
        )
        self.empty_line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.first_button = KeyedButton(self.tr("Add the first person"), "patients")
        self.first_button.clicked.connect(lambda: self.edit(None))
        column = QVBoxLayout(self.empty)
        column.setSpacing(12)
        column.addStretch(2)
        for widget in (self.empty_icon, self.empty_title):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.empty_line)
        column.addWidget(self.first_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.empty.hide()
        return self.empty

    def _draw_empty(self) -> None:
        ratio = self.devicePixelRatioF()
        self.empty_icon.setPixmap(
            icons.pixmap("patients", theme.tokens().ink3, theme.px(72), ratio)
        )

    def refresh(self) -> None:
        """Ask again where something changed since."""
        if self._desk.state is DeskState.OPEN and self._desk.changes != self._shown:
            self._shown = self._desk.changes
            self.search_again()
            self.person.reload()

    def choose_for_visit(self) -> None:
        """Show the list: whoever is chosen, their visit begins."""
        self.show_list()
        self._for_visit = True
        self.search.clear()
        self.choosing.show_notice(
            Notice(
                "info",
                self.tr("Who is the session for?"),
                self.tr("Type a few letters and press Enter. Their visit begins at once."),
            )
        )

    def show_list(self) -> None:
        """Show everybody."""
        self._for_visit = False
        self.choosing.show_notice(None)
        self.setCurrentIndex(0)
        self._say_title("", "")
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.selectAll()

    def show_person(self, patient_id: str) -> None:
        """Show a person's page."""
        self._for_visit = False
        self.choosing.show_notice(None)
        self.setCurrentWidget(self.person)
        self.person.show_person(patient_id)

    def add_session_page(self, page: QWidget) -> None:
        """Take the page of a session in."""
        self.addWidget(page)

    def show_session(self, page: SessionPage, session_id: str) -> None:
        """Show a session on its page."""
        self._for_visit = False
        self._came_from_person = self.currentWidget() is self.person
        self.setCurrentWidget(page)
        self._say_title("", "")
        page.show_session(session_id)

    def leave_session(self) -> None:
        """Go back to the person the session was opened from, or to the list."""
        if self._came_from_person and self.person.patient is not None:
            self.setCurrentWidget(self.person)
            self.person.reload()
            self._told(self.person.patient)
        else:
            self.show_list()

    def edit(self, patient: Patient | None) -> None:
        """Show the form of a person, or of somebody new."""
        self.setCurrentIndex(2)
        self._say_title("", "")
        self.form.begin(patient)

    def search_again(self) -> None:
        """List who is searched for."""
        text = self.search.text()
        self._asking.ask(
            lambda register: register.search(text, MOST),
            self._show,
            topic="search",
            refused=self.hint.setText,
        )

    def escape(self) -> None:
        """Leave what is open: a form, a person, a search."""
        if self.currentIndex() == 0:
            self.search.clear()
        elif self.currentWidget() is self.person:
            self.person.escape()
        else:
            self._leave_form()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard: type to search."""
        super().showEvent(event)
        if self.currentIndex() == 0:
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, lines: list[PatientLine]) -> None:
        day = today()
        self._found = {line.patient.id: line for line in lines}
        self.table.show_rows([_row(line, day) for line in lines])
        nobody = not lines and not self.search.text().strip()
        if nobody:
            self._draw_empty()
        self.empty.setVisible(nobody)
        self.table.setVisible(not nobody)
        if nobody:
            said = ""
        elif not lines:
            said = self.tr("Nobody found. Search by the beginnings of words.")
        else:
            said = self.tr("%1 people · Enter opens, Delete removes, Down goes to the list")
        self.hint.setText(said.replace("%1", words.whole(len(lines))))

    def _enter(self) -> None:
        if self.table.rows:
            self._open(self.table.rows[0].key)

    def _open(self, key: object) -> None:
        if self._for_visit:
            self._begin_visit(self._found[key].patient)
        else:
            self.show_person(str(key))

    def _begin_visit(self, patient: Patient) -> None:
        self._for_visit = False
        self.choosing.show_notice(None)
        self.visit_asked.emit(patient)

    def _remove_key(self, key: object) -> None:
        patient = self._found[key].patient
        said = self.tr("%1 was removed, with all sessions").replace("%1", patient.pseudonym)
        self._asking.ask(
            lambda register: register.remove(patient),
            lambda number: self.undoable.emit(Notice("info", said, ""), number),
            changes=True,
            refused=lambda why: self.undoable.emit(
                Notice("bad", self.tr("That did not work"), why), 0
            ),
        )

    def _person_in_sight(self) -> str:
        patient = self.person.patient if self.currentWidget() is self.person else None
        return patient.id if patient is not None else ""

    def _saved(self, patient: Patient) -> None:
        if self._for_visit:
            self._begin_visit(patient)
        else:
            self.show_person(patient.id)

    def _leave_form(self) -> None:
        if self.person.patient is not None and self.form.before is not None:
            self.show_person(self.person.patient.id)
        else:
            self.show_list()

    def _told(self, patient: Patient | None) -> None:
        if patient is None:
            self.show_list()
        elif self.currentWidget() is self.person:
            self._say_title(patient.pseudonym, person_words.person_facts(patient))

    def _say_title(self, title: str, second: str) -> None:
        self.title = (title, second)
        self.title_changed.emit(title, second)


def _row(line: PatientLine, day: dt.date) -> Row:
    return Row(
        line.patient.id,
        (
            line.patient.pseudonym,
            person_words.posture(line.patient),
            person_words.seen(line.last_session_utc, day),
            words.whole(line.n_sessions),
            person_words.since_injection(line.last_injection, day),
        ),
    )
