"""Home, People and the visit under way, wired to the window that shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from emgfeedback.engine.snapshot import RECORDS, Snapshot
from emgfeedback.people.desk import Desk
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.session_values import ASSESSMENT_PLAN
from emgfeedback.people.values import Patient, RecordingFile, Session, SessionKind
from emgfeedback.reports.clinic import Clinic
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.assess_place import AssessPlace
from emgfeedback.ui.home_page import HomePage
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.people_page import PeoplePage
from emgfeedback.ui.person.action_bar import ActionBar
from emgfeedback.ui.person.loose import Given, take_back
from emgfeedback.ui.person.visit import Visit
from emgfeedback.ui.person.visit_chip import VisitChip
from emgfeedback.ui.session_port import SessionPort

if TYPE_CHECKING:
    from emgfeedback.people.register import Register
    from emgfeedback.ui.session_page import SessionPage


class PeopleRooms(QObject):
    """What the window needs of people, in one place.

    Signals
    -------
    page_asked
        Name of the page to show: `home`, `people`, `live` or `train`.
    demo_asked
        To connect the demo board and go to Train.
    review_asked
        The `OpenRecording` to look at; what is left out of it is kept in the register.
    plan_asked
        Name of the plan to choose on Train.
    title_changed
        Title and second line of the people page.
    """

    page_asked = Signal(str)
    demo_asked = Signal()
    review_asked = Signal(object)
    plan_asked = Signal(str)
    title_changed = Signal(str, str)

    def __init__(
        self, desk: Desk, folder: DataFolder, session: SessionPort, window: QWidget
    ) -> None:
        super().__init__(window)
        self.desk = desk
        self._session, self._folder = session, folder
        self._asking = Asking(desk, self)
        self.visit = Visit(desk, folder, self)
        self.home = HomePage(desk, folder, self.visit)
        self.people = PeoplePage(desk, folder, session.plans)
        self.assess = AssessPlace(self._asking, folder, self.visit)
        self.chip = VisitChip()
        self.bar = ActionBar()
        self.session_page: SessionPage | None = None
        self.clinic: Callable[[], Clinic] = Clinic
        """Whose reports these are."""
        self._connect_parts()

    def furnish(self) -> None:
        """Add what the first picture of the window can do without; doing it again is fine."""
        if self.session_page is not None:
            return
        from emgfeedback.ui.checkin.between_visits import (  # noqa: PLC0415 - after the first paint
            BetweenVisits,
        )
        from emgfeedback.ui.person.home_card import HomeCard  # noqa: PLC0415 - the same
        from emgfeedback.ui.session_page import SessionPage  # noqa: PLC0415 - the same

        at_home = HomeCard(
            self.desk, self._folder, self._session.plans, lambda: self._whose_report().name
        )
        self.people.person.add_card(at_home, at_home.reported, at_home.show_person, at_home.escape)
        between = BetweenVisits(self._asking)
        self.people.person.add_tab(self.tr("Between visits"), between, between.show_person)
        page = self.session_page = SessionPage(self._asking)
        page.clinic = self._whose_report
        self.people.add_session_page(page)
        page.back_asked.connect(self.people.leave_session)
        page.review_asked.connect(self._review)
        page.assess_asked.connect(self.show_assessment)

    def show_session(self, session_id: str) -> None:
        """Open a session on the page of people."""
        self.furnish()
        assert self.session_page is not None
        page = self.session_page
        self._in_people(lambda: self.people.show_session(page, session_id))

    def show_assessment(self, session_id: str) -> None:
        """Show the recording before injections of a session, measured."""
        self.page_asked.emit("assess")
        self.assess.open(session_id)

    def _connect_parts(self) -> None:
        self.assess.clinic = self._whose_report
        self.assess.people_asked.connect(lambda: self._in_people(self.people.choose_for_visit))
        self.assess.record_asked.connect(lambda: self.plan_asked.emit(ASSESSMENT_PLAN))
        self.people.person.overview.trend.report.clinic = self._whose_report
        go = self.page_asked.emit
        home, people = self.home, self.people
        home.start_asked.connect(self._start)
        home.train_asked.connect(self._without_person)
        home.board_asked.connect(lambda: go("live"))
        home.demo_asked.connect(self.demo_asked)
        home.new_person_asked.connect(lambda: self._in_people(lambda: people.edit(None)))
        home.person_asked.connect(lambda key: self._in_people(lambda: people.show_person(key)))
        home.session_asked.connect(self.show_session)
        home.loose.given.connect(self._gave)
        people.session_asked.connect(self.show_session)
        people.visit_asked.connect(self.start_visit)
        people.undoable.connect(self._offer_undo)
        people.title_changed.connect(self.title_changed)
        self.visit.changed.connect(self._show_visit)
        self.visit.told.connect(self._tell)
        self.chip.open_asked.connect(self._open_visitor)
        self.chip.end_asked.connect(self.visit.end)

    def _whose_report(self) -> Clinic:
        return self.clinic()

    def refresh(self, snapshot: Snapshot) -> None:
        """Follow register and recordings; called a few times a second."""
        if snapshot.recording.state in RECORDS:
            self.visit.notice_recording(snapshot.recording.path)
        self.keep_finished()
        if self.home.isVisible():
            self.home.refresh(snapshot)
        if self.people.isVisible():
            self.people.refresh()

    def keep_finished(self) -> None:
        """Put into the register what has ended."""
        if finished := self._session.take_finished():
            self.visit.file(finished)

    def escape(self) -> None:
        """Leave what is open on the page of people, or of assessments."""
        if self.assess.escape() or not self.people.isVisible():
            return
        page = self.session_page
        if page is not None and self.people.currentWidget() is page:
            page.escape()
        else:
            self.people.escape()

    def start_visit(self, patient: Patient) -> None:
        """Begin the visit of `patient` and go to Train."""
        self.visit.start(patient)
        self.page_asked.emit("train")

    def tell_home_mode(self, back: Callable[[], object]) -> None:
        """Show Home after home mode was left, with the way back to it."""
        self.page_asked.emit("home")
        said = Notice("info", self.tr("This is the whole app, for therapists"), "")
        self.bar.say(said, self.tr("Back to home mode"), back, "home")

    def hand_over(self, patient_id: str) -> None:
        """Let what is recorded from now on belong to this patient, who is at the screen."""
        self._asking.ask(
            lambda register: register.get(Patient, patient_id),
            self.visit.start,
            refused=self._tell_refused,
        )

    def _review(self, path: Path) -> None:
        """Look at a recording of the session shown."""
        assert self.session_page is not None
        shown = self.session_page.shown
        row = next((p.row for p in shown.recordings if p.path == path), None) if shown else None
        if row is not None:
            self._asking.ask(
                lambda register: register.get(RecordingFile, row.id),
                lambda now: self._open_in_review(path, now),
                refused=self._tell_refused,
            )

    def _open_in_review(self, path: Path, row: RecordingFile) -> None:
        from emgfeedback.review.spans import LeftOut  # noqa: PLC0415 - not for the first picture
        from emgfeedback.ui.review.looking import OpenRecording  # noqa: PLC0415 - the same

        def keep(spans: Sequence[LeftOut]) -> None:
            told = tuple((span.start_s, span.end_s, span.reason) for span in spans)
            self._asking.ask(
                lambda register: register.put(
                    replace(register.get(RecordingFile, row.id), left_out=told)
                ),
                lambda _: None,
                changes=True,
                refused=self._tell_refused,
            )

        kept = tuple(LeftOut(*span) for span in row.left_out)
        # Without any, those that were kept beside the file when it belonged to nobody.
        self.review_asked.emit(
            OpenRecording(path, left_out=kept or None, keep=keep, files=self.desk.files)
        )

    def _tell_refused(self, why: str) -> None:
        self.bar.say(Notice("bad", self.tr("That did not work"), why))

    def _start(self) -> None:
        if self.visit.patient is not None:
            self.page_asked.emit("train")
        else:
            self._in_people(self.people.choose_for_visit)

    def _without_person(self) -> None:
        self.visit.end()
        self.page_asked.emit("train")

    def _in_people(self, show: Callable[[], object]) -> None:
        self.page_asked.emit("people")
        show()

    def _open_visitor(self) -> None:
        patient = self.visit.patient
        if patient is not None:
            self._in_people(lambda: self.people.show_person(patient.id))

    def _show_visit(self) -> None:
        patient = self.visit.patient
        self.chip.show_pseudonym(patient.pseudonym if patient is not None else "")

    # What was done, and Undo

    def _offer_undo(self, notice: Notice, number: int) -> None:
        def undo() -> None:
            self._ask_change(lambda register: register.undo(number), self.tr("Undone"))

        self.bar.say(notice, self.tr("Undo"), undo if number else None)

    def _gave(self, notice: Notice, given: Given | None) -> None:
        def undo() -> None:
            assert given is not None
            self._ask_change(lambda register: take_back(register, given.changes), self.tr("Undone"))

        undoable = given is not None and bool(given.changes)
        self.bar.say(notice, self.tr("Undo"), undo if undoable else None)

    def _tell(self, notice: Notice, session: Session | None) -> None:
        if session is not None and not session.patient_id:
            self.bar.say(
                notice, self.tr("Give it to …"), lambda: self.page_asked.emit("home"), "patients"
            )
        elif session is not None and session.kind is SessionKind.ASSESSMENT:
            key, said = session.id, self.tr("See the table")
            self.bar.say(notice, said, lambda: self.show_assessment(key), "assess")
        else:
            self.bar.say(notice)

    def _ask_change(self, change: Callable[[Register], object], said: str) -> None:
        self._asking.ask(
            change,
            lambda _: self.bar.say(Notice("info", said, "")),
            changes=True,
            refused=self._tell_refused,
        )
