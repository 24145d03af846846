"""Every visit and home session of a person, newest first; each opens."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from emgfeedback.core.montage import Side
from emgfeedback.people.values import SessionLine
from emgfeedback.ui import words
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.fields import heading, quiet
from emgfeedback.ui.person.person_now import PersonNow
from emgfeedback.ui.person.table import Column, Row, Table
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_FIRST = 12


class VisitsCard(QFrame):
    """The table of visits.

    Signals
    -------
    session_asked
        A session's id.
    """

    session_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._now: PersonNow | None = None
        self._all = False
        self.table = Table(
            self.tr("Visits and home sessions"),
            (
                Column(self.tr("Date"), "body_strong"),
                Column(self.tr("What"), stretch=True),
                Column(self.tr("Time in target"), "body_strong"),
                Column(self.tr("Fixed reference"), optional=True),
                Column(self.tr("L/R difference at rest"), optional=True),
                Column(self.tr("Left out"), optional=True),
                Column(self.tr("Note"), stretch=True, optional=True),
            ),
            icon_column=1,
            whole=True,
        )
        self.table.opened.connect(lambda key: self.session_asked.emit(str(key)))
        self.empty = quiet(
            self.tr("No session yet. Start the visit, and what is recorded is listed here.")
        )
        self.more_button = KeyedButton(self.tr("Show all"))
        self.more_button.setProperty("kind", "flat")
        self.more_button.clicked.connect(self._show_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 18, 12)
        column.setSpacing(6)
        column.addWidget(heading(self.tr("Visits and home sessions")))
        column.addWidget(self.empty)
        column.addWidget(self.table)
        column.addWidget(self.more_button)

    def show_person(self, now: PersonNow) -> None:
        """List the sessions of a person."""
        if self._now is None or now.patient.id != self._now.patient.id:
            self._all = False
        self._now = now
        shown = now.sessions if self._all else now.sessions[:_FIRST]
        self.table.show_rows([self._row(line, now) for line in shown])
        self.table.setVisible(bool(now.sessions))
        self.empty.setVisible(not now.sessions)
        hidden = len(now.sessions) - len(shown)
        said = self.tr("Show %1 more").replace("%1", words.whole(hidden))
        self.more_button.say(said, "")
        self.more_button.setVisible(hidden > 0)

    def _show_all(self) -> None:
        self._all = True
        if self._now is not None:
            self.show_person(self._now)
        self.table.setFocus()

    def _row(self, line: SessionLine, now: PersonNow) -> Row:
        difference = ", ".join(
            _difference(muscle, value) for muscle, value in now.differences.get(line.id, ())[:2]
        )
        return Row(
            line.id,
            (
                person_words.day(person_words.local(line.started_utc).date()),
                person_words.what(line),
                person_words.percent(line.success_pct),
                person_words.percent(line.fixed_pct),
                difference or words.DASH,
                person_words.percent(line.excluded_pct),
                line.note.replace("\n", " ") or words.DASH,
            ),
            person_words.KIND_ICONS[line.kind],
        )


def _difference(muscle: str, value: float) -> str:
    """Return a difference with the higher side, as `SCM 34 % L`."""
    side = words.side_letter(Side.LEFT if value > 0 else Side.RIGHT)
    return f"{words.short_muscle_name(muscle)} {words.number(abs(value), 0)} % {side}"
