"""Home mode as a whole: what comes after what, from the plan's file to the results sent."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.home.adherence import week_of
from emgfeedback.home.contact import Advice, Sign
from emgfeedback.home.plan_file import HomePlan
from emgfeedback.people.desk import DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import CheckIn
from emgfeedback.training.plan import Plan
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.errands import Errands
from emgfeedback.ui.kit.kit_home import KitHome
from emgfeedback.ui.kit.kit_known import KitKnown, kit_known
from emgfeedback.ui.kit.kit_words import after_words, how_it_works, unwell_note
from emgfeedback.ui.kit.plain_page import PlainPage
from emgfeedback.ui.kit.practice import Practice
from emgfeedback.ui.kit.practice_flow import PracticeFlow
from emgfeedback.ui.kit.send_page import SendPage
from emgfeedback.ui.kit.take_plan import TakePlan
from emgfeedback.ui.kit.unwell import Unwell
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person.visit import Visit
from emgfeedback.ui.session_port import SessionPort
from emgfeedback.ui.train_page import TrainPage

if TYPE_CHECKING:
    from emgfeedback.people.register import Register
    from emgfeedback.ui.first.first_room import FirstRoom


class KitRoom(QStackedWidget):
    """The pages of home mode, and what happens between them.

    Parameters
    ----------
    asking, folder
        The register and its folder.
    session, errands
        The running system, and who does what takes a while.
    train, visit
        Whose patient's view and sound are used, and whose filing.

    Signals
    -------
    entered
        Home mode is to be shown: this computer has a plan.
    left
        The whole app is asked for.
    bigger_asked
        The next text size.
    """

    entered = Signal()
    left = Signal()
    bigger_asked = Signal()

    def __init__(
        self,
        asking: Asking,
        folder: DataFolder,
        session: SessionPort,
        errands: Errands,
        train: TrainPage,
        visit: Visit,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._asking, self._folder = asking, folder
        self._train = train
        self.flow = PracticeFlow(session, errands, train, visit, self)
        self._session, self._errands = session, errands
        self._first: FirstRoom | None = None
        self._plan: HomePlan | None = None
        self._practice: Plan | None = None
        self._seen = -1
        self._advised: set[str] = set()
        self._why = ""
        self.setAccessibleName(self.tr("Home mode"))
        self.home, self.take, self.unwell = KitHome(), TakePlan(), Unwell()
        self.practice = Practice()
        self.ready = PlainPage(self.tr("Getting ready"))
        self.after = PlainPage(self.tr("Done for today"))
        self.how = PlainPage(self.tr("How it works"))
        self.sent = SendPage(asking, folder)
        self._pages()
        self._connect_parts()

    def _pages(self) -> None:
        self.again = self.ready.add_button(self.tr("Try again"), "repeat", primary=True)
        self.try_demo = self.ready.add_button(self.tr("Try it without sensors"), "play")
        self.find_out = self.ready.add_button(self.tr("Step by step"), "connect")
        self.give_up = self.ready.add_button(self.tr("Back"), "undo")
        self.after_done = self.after.add_button(self.tr("Done"), "next", primary=True)
        self.after_send = self.after.add_button(self.tr("Send results"), "export")
        self.how_back = self.how.add_button(self.tr("Back"), "undo", primary=True)
        self.how.say(self.tr("How it works"), *how_it_works())
        for page in (
            *(self.home, self.take, self.ready, self.practice),
            *(self.after, self.unwell, self.how, self.sent),
        ):
            self.addWidget(page)

    def _connect_parts(self) -> None:
        home = self.home
        home.start_asked.connect(self.start)
        home.how_asked.connect(lambda: self.setCurrentWidget(self.how))
        home.unwell_asked.connect(self._ask_unwell)
        home.bigger_asked.connect(self.bigger_asked)
        home.send_asked.connect(self.offer_sending)
        home.plan_asked.connect(lambda: self.open_take(first=False))
        home.therapist_asked.connect(self.leave)
        self.take.taken.connect(self._take)
        self.take.left.connect(self._leave_take)
        self.again.clicked.connect(self.start)
        self.try_demo.clicked.connect(self.flow.start_demo)
        self.find_out.clicked.connect(self.find_out_why)
        for button in (self.give_up, self.after_done, self.how_back, self.sent.back):
            button.clicked.connect(self.go_home)
        self.after_send.clicked.connect(self.offer_sending)
        self.unwell.reported.connect(self._report)
        self.unwell.left.connect(self.go_home)
        self.practice.unwell_asked.connect(self._ask_unwell)
        self.practice.end_asked.connect(self.flow.end)
        self.practice.skip_asked.connect(self.flow.skip)
        self.flow.waiting.connect(self._wait)
        self.flow.no_board.connect(self._no_board)
        self.flow.running.connect(self._show_run)
        self.flow.ended.connect(self._show_end)

    @property
    def active(self) -> bool:
        """Whether this folder is a kit's: a plan was taken."""
        return self._plan is not None

    # What is known

    def look(self) -> None:
        """Ask whether there is a plan, and what was practised; show home mode where there is."""
        folder, desk = self._folder, self._asking.desk
        self._asking.ask(
            lambda register: kit_known(register, folder, desk.files),
            self._show_known,
            topic="kit",
            refused=self._tell,
        )

    def _show_known(self, known: KitKnown | None) -> None:
        if known is None:
            return
        began = self._plan is None
        self._plan = known.plan
        self._practice = known.practice
        self.flow.prepare(known.plan, self._practice)
        now = dt.datetime.now().astimezone()
        minutes = self._practice.minutes if self._practice else 0.0
        summary = self._practice.summary if self._practice else ""
        self.home.show_plan(known.plan, minutes, summary.split(". ")[0].rstrip("."), now)
        self.home.show_week(week_of(now.date(), known.practised, known.plan.first_day))
        if known.why and known.why != self._why:
            self._tell(known.why)
        self._why = known.why
        if began:
            self.entered.emit()
            self.go_home()
        self._judge_pain(known)

    def _judge_pain(self, known: KitKnown) -> None:
        """Tell to stop and call where pain rose in the newest practice.

        Once for each practice, also after the window was closed on it; never in place of what
        was reported and answered.
        """
        busy = self.flow.is_running or self.currentWidget() in (self.unwell, self.take)
        if known.advice is not Advice.GO_ON and known.newest not in self._advised and not busy:
            self._advised.add(known.newest)
            self.flow.give_up()
            self.unwell.show_advice(known.advice, known.plan.contact)
            self.setCurrentWidget(self.unwell)

    def refresh(self, snapshot: Snapshot) -> None:
        """Follow board and run; called a few times a second while home mode is shown."""
        desk = self._asking.desk
        if desk.changes != self._seen and desk.state is DeskState.OPEN:
            self._seen = desk.changes
            self.look()
        self.flow.refresh(snapshot)
        if self._first is not None and self.currentWidget() is self._first:
            self._first.refresh(snapshot, time.monotonic())

    # Pages

    def go_home(self) -> None:
        """Show the page a day begins with."""
        if self.flow.is_running:
            self._train.close_patient()
        self.flow.give_up()
        if self._plan is None:
            self.open_take(first=True)
            return
        self.setCurrentWidget(self.home)
        self.look()

    def open_take(self, *, first: bool) -> None:
        """Ask for a plan file."""
        self.take.begin(first=first)
        self.setCurrentWidget(self.take)

    def leave(self) -> None:
        """Show the whole app."""
        self.flow.give_up()
        self._train.close_patient()
        self.left.emit()

    def _leave_take(self) -> None:
        (self.leave if self._plan is None else self.go_home)()

    def _tell(self, why: str) -> None:
        if self.flow.is_running or self.currentWidget() is self.unwell:
            return  # asked again afterwards; nothing takes the picture or the advice away
        if self.currentWidget() is self.take:
            self.take.refuse(why)
            return
        self.ready.say(
            self.tr("That did not work"),
            self.tr("Your practice and your records are safe."),
            notice=Notice("bad", self.tr("What happened"), why),
        )
        self._offer_ways(offered=False)
        self.ready.begin_at(self.give_up)
        self.setCurrentWidget(self.ready)

    # A plan

    def _take(self, path: Path, clinic_number: str) -> None:
        folder, desk = self._folder, self._asking.desk
        today = dt.datetime.now().astimezone().date()

        def take(register: Register) -> HomePlan:
            from emgfeedback.home.kit import take_plan  # noqa: PLC0415 - loads the database

            return take_plan(
                register, folder, path, today=today, clinic_number=clinic_number, files=desk.files
            )

        self._asking.ask(take, self._taken, changes=True, refused=self.take.refuse)

    def _taken(self, _: HomePlan) -> None:
        self._train.files_changed()
        self.look()
        if self._plan is not None:
            self.go_home()

    # Practice

    def start(self) -> None:
        """Begin today's practice, where today is still one of the plan's days."""
        today = dt.datetime.now().astimezone().date()
        if self._plan is None or not self._plan.first_day <= today <= self._plan.last_day:
            self.go_home()
        elif self._practice is not None:
            self.flow.start()
        else:
            self._tell(self._why)

    def _wait(self, head: str) -> None:
        self.ready.say(head, self.tr("One moment."))
        self._offer_ways(offered=False)
        self.ready.begin_at(self.ready.head)
        self.setCurrentWidget(self.ready)

    def _no_board(self, why: str) -> None:
        self.ready.say(self.tr("Your sensors were not found"), why)
        self._offer_ways(offered=True)
        self.ready.begin_at(self.again)
        self.setCurrentWidget(self.ready)

    def _offer_ways(self, *, offered: bool) -> None:
        for button in (self.again, self.try_demo, self.find_out):
            button.setVisible(offered)

    def find_out_why(self) -> None:
        """Go through the first connection step by step."""
        if self._first is None:
            from emgfeedback.ui.first.first_room import FirstRoom  # noqa: PLC0415 - seldom wanted

            self._first = FirstRoom(self._session, self._errands)
            self._first.left.connect(self.go_home)
            self.addWidget(self._first)
        self.setCurrentWidget(self._first)
        self._first.begin()

    def shutdown(self) -> None:
        """End what the first connection runs."""
        if self._first is not None:
            self._first.shutdown()

    def _show_run(self) -> None:
        assert self._plan is not None
        view = self._train.patient_view()
        self.practice.hold(view, may_skip="skip-step" in self._plan.may_change)
        self.setCurrentWidget(self.practice)

    def _show_end(self, sentence: str, demo: bool) -> None:
        self._train.close_patient()
        self.after.say(*after_words(sentence, demo=demo))
        self.after_send.setVisible(not demo)
        self.after.begin_at(self.after_done)
        if self.currentWidget() is self.practice:
            self.setCurrentWidget(self.after)
        self.look()

    # When something is not right

    def _ask_unwell(self) -> None:
        if self.flow.is_running:
            self.flow.stop()
        self.unwell.ask(self._plan.contact if self._plan is not None else "")
        self.setCurrentWidget(self.unwell)

    def _report(self, sign: Sign) -> None:
        """Keep what was reported, so that it goes back to the therapist."""
        assert self._plan is not None
        value = CheckIn(
            patient_id=self._plan.patient_id,
            on=dt.datetime.now().astimezone().date(),
            note=unwell_note(sign),
        )
        self._asking.ask(
            lambda register: register.put(value),
            lambda _: None,
            changes=True,
            refused=lambda _: self.unwell.not_kept(),
        )

    # Results

    def offer_sending(self) -> None:
        """Say what sending is."""
        assert self._plan is not None
        self.sent.offer(self._plan.code)
        self.setCurrentWidget(self.sent)
