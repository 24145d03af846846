"""The page of one session: what came of it, how it was measured, its recordings and its report."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QScrollArea, QVBoxLayout, QWidget

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import Files
from emgfeedback.people.values import Patient, Session, SessionKind
from emgfeedback.reports.clinic import Clinic
from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.exporting import ExportDialog, Exporting, ExportWish
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person.action_bar import ActionBar
from emgfeedback.ui.saving import Saving, tell_saved
from emgfeedback.ui.session import loading, session_words
from emgfeedback.ui.session.cards import (
    LeftOutCard,
    LevelsCard,
    PlainWordsCard,
    RatingsCard,
    TrialsCard,
    TricksCard,
)
from emgfeedback.ui.session.give_card import GiveCard
from emgfeedback.ui.session.loading import RecordingPlace, SessionShown
from emgfeedback.ui.session.note_card import NoteCard
from emgfeedback.ui.session.recordings_card import Header, RecordingsCard

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

_NARROW_PX = 900
"""Below this width (at normal text size) the two columns stand under each other."""


class SessionPage(QWidget):
    """Shows one session of the register.

    Parameters
    ----------
    asking
        Asks the desk; the page asks through one of its own.

    Signals
    -------
    review_asked
        The path of a recording to open.
    report_asked, assess_asked
        The id of a session whose report was written, or whose assessment to show.
    back_asked
        To where one came from.
    changed
        The session was given, removed or brought back.
    """

    review_asked = Signal(object)
    report_asked = Signal(str)
    assess_asked = Signal(str)
    back_asked = Signal()
    changed = Signal()

    def __init__(self, asking: Asking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Session"))
        self._asking = Asking(asking.desk, self)
        self._saving, self._exporting = Saving(self), Exporting(self)
        self.clinic: Callable[[], Clinic] = Clinic
        """Whose reports these are."""
        self.shown: SessionShown | None = None
        self._session_id = ""
        self._build()
        self._connect_parts()
        self._show_nothing()

    def _build(self) -> None:
        self.header, self.bar = Header(), ActionBar()
        self.give = GiveCard(self._asking)
        self.plain_words, self.trials = PlainWordsCard(), TrialsCard()
        self.levels, self.ratings, self.tricks = LevelsCard(), RatingsCard(), TricksCard()
        self.left_out, self.notes, self.recordings = LeftOutCard(), NoteCard(), RecordingsCard()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(12)
        for cards, share in (
            ((self.levels, self.left_out), 3),
            ((self.ratings, self.tricks), 2),
        ):
            side = QVBoxLayout()
            side.setSpacing(12)
            for card in cards:
                side.addWidget(card)
            side.addStretch(1)
            self._columns.addLayout(side, share)
        self.body = QWidget()
        self.body.setProperty("kind", "page")
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(12)
        for top in (self.give, self.plain_words, self.trials):
            column.addWidget(top)
        column.addLayout(self._columns)
        column.addWidget(self.notes)
        column.addWidget(self.recordings)
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.body)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(self.tr("Session"))
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(12)
        outside.addWidget(self.header)
        outside.addWidget(self.bar)
        outside.addWidget(self.area, 1)

    def _connect_parts(self) -> None:
        header = self.header
        header.back_button.clicked.connect(self.back_asked)
        header.report_button.clicked.connect(self.choose_report)
        header.assess_button.clicked.connect(lambda: self.assess_asked.emit(self._session_id))
        header.give_button.clicked.connect(self._begin_giving)
        header.remove_button.clicked.connect(self.remove)
        self.give.given.connect(self.give_to)
        self.notes.keep_asked.connect(self.keep_note)
        self.recordings.review_asked.connect(lambda place: self.review_asked.emit(place.path))
        self.recordings.export_asked.connect(self.choose_export)
        self._saving.saved.connect(self._tell_saved)
        self._saving.refused.connect(self._tell_refused)
        self._exporting.saved.connect(partial(tell_saved, self.bar))
        self._exporting.refused.connect(self._tell_refused)

    def escape(self) -> None:
        """Close the search for a person where it was opened by hand, or go back."""
        if self.give.isVisible() and self.shown is not None and self.shown.patient is not None:
            self.give.hide()
        else:
            self.back_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Escape, where the window does not take it."""
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        else:
            super().keyPressEvent(event)

    # What is shown

    def show_session(self, session_id: str) -> None:
        """Ask for a session and show it when it is there."""
        if session_id != self._session_id:
            self._session_id = session_id
            self.notes.forget()
            self.bar.clear()
            self._show_nothing()
            self.area.verticalScrollBar().setValue(0)
        self._asking.ask(
            lambda register: loading.load(register, session_id),
            self._show,
            topic="session",
            refused=self._show_refused,
        )

    def _show_nothing(self) -> None:
        self.shown = None
        self.header.title.setText("")
        self.header.facts.setText("")
        self._enable()
        self.area.hide()

    def _show_refused(self, why: str) -> None:
        self._show_nothing()
        self._tell_refused(why)

    def _show(self, shown: SessionShown) -> None:
        self.shown = shown
        session, patient = shown.whole.session, shown.patient
        what = session.plan_title or self.tr("Recording without a plan")
        whose = patient.pseudonym if patient is not None else self.tr("nobody's yet")
        self.header.title.setText(f"{what} · {whose}")
        self.header.facts.setText(session_words.subtitle(session))
        for card in (
            self.plain_words,
            self.trials,
            self.levels,
            self.ratings,
            self.tricks,
            self.left_out,
        ):
            card.show_session(shown.whole)
        self.notes.show_session(session, may_change=shown.may_change)
        self.recordings.show_places(shown.recordings)
        if patient is None and shown.may_change:
            self.give.begin()
        else:
            self.give.hide()
        self._enable()
        self.area.show()

    def _enable(self) -> None:
        shown = self.shown
        may = shown is not None and shown.may_change
        for button in (self.header.give_button, self.header.remove_button):
            button.setVisible(may)
        kind = shown.whole.session.kind if shown is not None else None
        self.header.assess_button.setVisible(may and kind is SessionKind.ASSESSMENT)
        self.header.report_button.setEnabled(shown is not None and not self._saving.busy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns under each other where the room is short."""
        super().resizeEvent(event)
        narrow = self.width() < theme.px(_NARROW_PX)
        direction = QBoxLayout.Direction
        self._columns.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)

    # Changes

    def keep_note(self, note: str) -> None:
        """Keep a note, with Undo."""
        kept = self.tr("The note is kept.")
        self._change(lambda register, session: loading.keep_note(register, session, note), kept)

    def give_to(self, patient: Patient) -> None:
        """Give the session to a person, with Undo."""
        said = self.tr("Given to %1.").replace("%1", patient.pseudonym)
        self._change(lambda register, session: loading.give(register, session, patient), said)

    def remove(self) -> None:
        """Remove the session, with Undo."""
        said = self.tr("The session is removed. Its recordings stay on disk.")
        self._change(lambda register, session: register.remove(session), said, gone=True)

    def _change(
        self, change: Callable[[Register, Session], int], said: str, *, gone: bool = False
    ) -> None:
        if self.shown is None:
            return
        session = self.shown.whole.session
        self._asking.ask(
            lambda register: change(register, session),
            lambda number: self._changed(session.id, number, said, gone=gone),
            changes=True,
            refused=self._tell_refused,
        )

    def _changed(self, session_id: str, number: int, said: str, *, gone: bool) -> None:
        self.bar.say(
            Notice("info", said, ""), self.tr("Undo"), partial(self._undo, session_id, number)
        )
        self.changed.emit()
        if gone:
            self._show_nothing()
        else:
            self.notes.forget()
            self.show_session(session_id)

    def _undo(self, session_id: str, number: int) -> None:
        def back(_entries: object) -> None:
            self.changed.emit()
            self.notes.forget()
            self.show_session(session_id)

        self._asking.ask(
            lambda register: register.undo(number), back, changes=True, refused=self._tell_refused
        )

    def _begin_giving(self) -> None:
        self.give.begin()
        self.area.ensureWidgetVisible(self.give)
        self.give.field.setFocus(Qt.FocusReason.OtherFocusReason)

    # Files

    def choose_report(self) -> None:
        """Let the user say where the report goes; the ending chooses PDF, HTML or FHIR."""
        if self.shown is None:
            return
        kinds = [
            self.tr("PDF, for the chart (*.pdf)"),
            self.tr("HTML, for a browser (*.html)"),
            self.tr("FHIR, for a records system, without the name (*.json)"),
        ]
        told = self._ask_where(self.tr("Report"), f"{self._file_stem()}-report.pdf", kinds)
        if told is not None:
            self.write_report(told)

    def write_report(self, out: Path) -> None:
        """Write the report of the session to the new file `out`, in the background."""
        shown, files = self.shown, self._files()
        if shown is None or files is None or self._saving.busy:
            return
        session_id, clinic = shown.whole.session.id, self.clinic()
        self.bar.say(Notice("info", self.tr("Writing the report …"), str(out)))

        if out.suffix.lower() == ".json":
            self._saving.ask_and_start(
                self._asking,
                lambda register: loading.fhir_of(register, session_id, files),
                lambda shared: partial(loading.write_fhir, shared, out),
            )
        else:
            self._saving.ask_and_start(
                self._asking,
                lambda register: loading.report_page(register, session_id, files, clinic),
                lambda page: partial(loading.write_report, page, out),
            )
        self._enable()

    def choose_export(self, place: RecordingPlace) -> None:
        """Let the user say as what and where a copy of a recording goes."""
        wish = ExportDialog(self).ask(Path.home() / self._file_stem())
        if wish is not None:
            self.export(place, wish)

    def export(self, place: RecordingPlace, wish: ExportWish) -> None:
        """Write a copy of a recording; a pseudonym stands for the person in it."""
        files, path = self._files(), place.path
        if files is None or path is None or self._exporting.busy:
            return
        self.bar.say(Notice("info", self.tr("Exporting …"), str(wish.out)))
        self._exporting.start(path, files, wish, self._asking.desk, place.row)

    def _ask_where(self, title: str, name: str, kinds: list[str]) -> Path | None:
        start = str(Path.home() / name)
        told, _ = QFileDialog.getSaveFileName(self, title, start, ";;".join(kinds))
        return Path(told) if told else None

    def _file_stem(self) -> str:
        assert self.shown is not None
        on = self.shown.whole.session.started_utc.astimezone()
        patient = self.shown.patient
        return f"{patient.pseudonym if patient else 'session'}-{on:%Y-%m-%d}"

    def _files(self) -> Files | None:
        try:
            return self._asking.desk.files
        except EmgFeedbackError as error:
            self._tell_refused(str(error))
            return None

    def _tell_saved(self, out: Path) -> None:
        self._enable()
        if self.shown is not None:
            self.report_asked.emit(self.shown.whole.session.id)
        tell_saved(self.bar, out)

    def _tell_refused(self, why: str) -> None:
        self._enable()
        self.bar.say(Notice("check", self.tr("That did not work"), why))
