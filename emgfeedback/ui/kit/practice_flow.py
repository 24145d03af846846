"""From the large button to the end of a practice: board and run."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, Signal

from emgfeedback.core.device import LinkState
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.home.early_end import REASON, end_early
from emgfeedback.home.plan_file import HomePlan
from emgfeedback.people.values import Patient
from emgfeedback.training.now import Phase
from emgfeedback.training.plan import Plan
from emgfeedback.ui.background import Background
from emgfeedback.ui.errands import Errands
from emgfeedback.ui.person.visit import Visit
from emgfeedback.ui.session_port import DEMO_PORT, PortLine, SessionPort
from emgfeedback.ui.train_page import TrainPage

_TRYING = (LinkState.OPENING, LinkState.HANDSHAKE)


class _Doing(Enum):
    """What is waited for."""

    NOTHING = "nothing"
    PORTS = "ports"
    BOARD = "board"
    RUN = "run"


class PracticeFlow(QObject):
    """One practice at home.

    Parameters
    ----------
    session, errands
        The running system, and who does what takes a while.
    train, visit
        Whose run and sound are used, and whose filing.

    Signals
    -------
    waiting
        What is waited for, in words.
    no_board
        Why there is no signal, in words.
    running
        The patient's picture is to be shown.
    ended
        What the run says of itself, and whether it was the demo board.
    """

    waiting = Signal(str)
    no_board = Signal(str)
    running = Signal()
    ended = Signal(str, bool)

    def __init__(
        self,
        session: SessionPort,
        errands: Errands,
        train: TrainPage,
        visit: Visit,
        owner: QObject,
    ) -> None:
        super().__init__(owner)
        self._session, self._errands = session, errands
        self._train, self._visit = train, visit
        self._given: HomePlan | None = None
        self._plan: Plan | None = None
        self._doing = _Doing.NOTHING
        self._search: Background[list[PortLine]] | None = None
        self._demo = False
        self._port = ""
        self._attempt = self._reached = 0

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self._doing is _Doing.RUN

    def prepare(self, given: HomePlan, plan: Plan | None) -> None:
        """Practise by this plan from now on; None: it cannot be run."""
        self._given, self._plan = given, plan

    def start(self) -> None:
        """Look for a board, and begin on it."""
        self.waiting.emit(self.tr("Looking for your sensors"))
        self._doing = _Doing.PORTS
        self._search = Background(lambda: list(self._session.ports()))

    def start_demo(self) -> None:
        """Begin on the demo board: nothing of it counts."""
        self.start_on(DEMO_PORT)

    def give_up(self) -> None:
        """Wait for nothing any more; a run under way ends, and what was recorded is kept."""
        if self._doing is not _Doing.NOTHING:
            self._errands.send(self._session.disconnect)
        self._doing = _Doing.NOTHING

    def end(self) -> None:
        """Stop for today, after the last questions; what was practised counts."""
        if self._demo:
            self.stop()
        else:
            self._train.command(end_early)

    def stop(self) -> None:
        """Stop at once."""
        self._train.command(lambda run: run.stop(REASON))

    def skip(self) -> None:
        """Go past this step."""
        self._train.command(lambda run: run.skip("the patient went past it"))

    def refresh(self, snapshot: Snapshot) -> None:
        """Follow ports, board and run."""
        if self._doing is _Doing.PORTS and self._search is not None and self._search.done:
            self._found_ports(self._search.result() or [])
        elif self._doing is _Doing.BOARD:
            self._follow_board(snapshot)
        elif self._doing is _Doing.RUN:
            self._follow_run(snapshot)

    def _found_ports(self, ports: list[PortLine]) -> None:
        likely = [port for port in ports if port.likely] or (ports if len(ports) == 1 else [])
        if likely:
            self.start_on(likely[0].path)
        else:
            self._fail(
                self.tr(
                    "Plug the box in with its cable, wait a moment, and try again. A cable that "
                    "only charges does not do: use the one that came with the kit."
                )
            )

    def start_on(self, port: str) -> None:
        """Begin on the board at `port`."""
        self._demo = port == DEMO_PORT
        self.waiting.emit(self.tr("Connecting"))
        self._doing = _Doing.BOARD
        self._port = port
        self._attempt += 1
        attempt = self._attempt

        def connect() -> None:
            self._session.connect(port)
            self._reached = attempt

        self._errands.send(connect)

    def _follow_board(self, snapshot: Snapshot) -> None:
        # Before this attempt began, the snapshot tells of another one: of its failure, or of
        # the demo board, which must not count.
        if self._reached != self._attempt:
            return
        link = snapshot.link.state
        if link is LinkState.STREAMING and snapshot.channels and snapshot.port == self._port:
            self._begin()
        elif snapshot.link_message and link not in _TRYING:
            self._fail(snapshot.link_message)

    def _fail(self, why: str) -> None:
        self._doing = _Doing.NOTHING
        self.no_board.emit(why)

    def _begin(self) -> None:
        if self._plan is None or self._given is None:
            self._fail(self.tr("There is no plan to practise by."))
            return
        self._visit.at_home = not self._demo
        if self._demo:
            self._visit.end()
        else:
            self._visit.start(Patient(id=self._given.patient_id, pseudonym=self._given.code))
        self._train.start(self._plan, {})
        if self._errands.refused:
            self._fail(self._errands.refused)
            return
        self._doing = _Doing.RUN
        self.running.emit()

    def _follow_run(self, snapshot: Snapshot) -> None:
        run = snapshot.training
        if run is None and snapshot.link.state is not LinkState.CLOSED:
            return
        if run is None or run.phase is Phase.FINISHED:
            self._doing = _Doing.NOTHING
            self.ended.emit(run.patient_sentence if run is not None else "", self._demo)
            self._errands.send(self._session.disconnect)
