"""Sessions and recordings that belong to nobody yet, offered to be given to somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import Files
from emgfeedback.people.desk import Desk
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import Patient, Session, SessionKind, SessionLine
from emgfeedback.ui import theme, words
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.picker import PersonPicker
from emgfeedback.ui.person.table import Column, Row, Table

if TYPE_CHECKING:
    from emgfeedback.people.filing import Orphan
    from emgfeedback.people.register import Register


@dataclass(frozen=True, slots=True)
class Loose:
    """What belongs to nobody: sessions of the register, and files it does not know."""

    sessions: tuple[SessionLine, ...] = ()
    files: tuple[Orphan, ...] = ()

    def __len__(self) -> int:
        return len(self.sessions) + len(self.files)


@dataclass(frozen=True, slots=True)
class Given:
    """What came of giving: the changes that undo it, and what was refused, in words."""

    changes: tuple[int, ...]
    n_given: int
    refused: str = ""


def loose_in(register: Register, folder: DataFolder) -> Loose:
    """Return what belongs to nobody."""
    from emgfeedback.people.filing import Missing, orphans  # noqa: PLC0415 - loads the database

    files = [orphan for orphan in orphans(register, folder) if orphan.missing is Missing.ROW]
    return Loose(tuple(register.unassigned()), tuple(files))


def give(
    register: Register, folder: DataFolder, loose: Loose, patient: Patient, files: Files
) -> Given:
    """Give all of `loose` to a patient; a file that cannot be read stays and is told."""
    from emgfeedback.people.filing import file_session  # noqa: PLC0415 - loads the database

    changes, given, refused = [], 0, []
    sessions = [register.get(Session, line.id) for line in loose.sessions]
    if sessions:
        register.put_all([replace(session, patient_id=patient.id) for session in sessions])
        changes.append(register.audit(patient.id, 1)[0].number)
        given += len(sessions)
    for orphan in loose.files:
        kind = SessionKind.VISIT if orphan.summary is not None else SessionKind.FREE
        try:
            file_session(
                register,
                folder,
                patient_id=patient.id,
                kind=kind,
                recording=orphan.path,
                summary=orphan.summary,
                files=files,
            )
        except EmgFeedbackError as error:
            refused.append(str(error))
            continue
        changes.append(register.audit(patient.id, 1)[0].number)
        given += 1
    return Given(tuple(changes), given, " ".join(refused))


def take_back(register: Register, changes: Sequence[int]) -> None:
    """Undo what was given, the last first."""
    for number in reversed(changes):
        register.undo(number)


class LooseCard(QFrame):
    """The list, and whom to give it to.

    Signals
    -------
    given
        A notice, and the `Given` that Undo takes back.
    session_asked
        A session's id.
    """

    given = Signal(object, object)

    def __init__(self, desk: Desk, folder: DataFolder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._folder = folder
        self._asking = Asking(desk, self)
        self._loose = Loose()
        self._title, hint = QLabel(), QLabel()
        theme.set_role(self._title, "card_title")
        theme.set_role(hint, "second")
        hint.setProperty("tone", "second")
        hint.setWordWrap(True)
        hint.setText(self.tr("Mark those that belong together, then find whose they are."))
        self.table = Table(
            self.tr("Without a person"),
            (
                Column(self.tr("Date"), "body_strong"),
                Column(self.tr("What"), stretch=True),
                Column(self.tr("Length"), optional=True),
            ),
            icon_column=1,
            whole=True,
        )
        self.table.choose_several()
        self.picker = PersonPicker(desk, self.tr("Give to: pseudonym or name"))
        self.picker.picked.connect(self._give)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 16)
        column.setSpacing(8)
        for widget in (self._title, hint, self.table, self.picker):
            column.addWidget(widget)

    def show_loose(self, loose: Loose) -> None:
        """List what belongs to nobody, all of it marked; nothing hides the card."""
        self.setVisible(len(loose) > 0)
        if loose == self._loose:
            return
        self._loose = loose
        title = self.tr("%1 recordings without a person")
        if len(loose) == 1:
            title = self.tr("A recording without a person")
        self._title.setText(title.replace("%1", words.whole(len(loose))))
        rows = [
            Row(
                line.id,
                (
                    _moment(line.started_utc),
                    person_words.what(line),
                    person_words.minutes(line.duration_s),
                ),
                person_words.KIND_ICONS[line.kind],
            )
            for line in loose.sessions
        ]
        rows += [
            Row(
                str(orphan.path),
                (self.tr("on disk"), orphan.path.name, words.DASH),
                "record",
            )
            for orphan in loose.files
        ]
        self.table.show_rows(rows)
        self.table.selectAll()
        self.picker.search()

    def _give(self, patient: Patient) -> None:
        keys = set(self.table.chosen_keys) or {row.key for row in self.table.rows}
        chosen = Loose(
            tuple(line for line in self._loose.sessions if line.id in keys),
            tuple(orphan for orphan in self._loose.files if str(orphan.path) in keys),
        )
        folder, desk = self._folder, self._asking.desk
        self._asking.ask(
            lambda register: give(register, folder, chosen, patient, desk.files),
            lambda given: self.given.emit(self._said(given, patient), given),
            changes=True,
            refused=lambda why: self.given.emit(
                Notice("bad", self.tr("That did not work"), why), None
            ),
        )

    def _said(self, given: Given, patient: Patient) -> Notice:
        title = self.tr("%1 given to %2").replace("%1", words.whole(given.n_given))
        kind = "check" if given.refused else "info"
        return Notice(kind, title.replace("%2", patient.pseudonym), given.refused)


def _moment(started_utc: dt.datetime) -> str:
    on = person_words.local(started_utc).date()
    return f"{person_words.day(on)}, {person_words.time_of_day(started_utc)}"
