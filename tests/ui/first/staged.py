"""Boards and computers of which it is known what they will say."""

from __future__ import annotations

import threading
from collections.abc import Callable

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import EmgFeedbackError, LinkError
from emgfeedback.devices.channel_test import ChannelVerdict, Fault, TestOutcome
from emgfeedback.devices.diagnosis import Cause, Diagnosis
from emgfeedback.devices.examine import Examination, Step
from emgfeedback.devices.ports import PortInfo
from emgfeedback.engine.first_connection import Surroundings
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.flashing.boards import FlashBoard, guess_board
from emgfeedback.flashing.flasher import Flashed, Progress, Stage
from tests.ui.stage_session import UNO, StageSession

WAIT_S = 30
PORT = PortInfo("/dev/ttyACM0", "", 0x2341, 0x0043, likely="Arduino Uno")
NOBODY = Surroundings(
    (), (Diagnosis(Cause.NO_BOARD, "No port of a board is there.", "Plug it in."),), False
)
THERE = Surroundings((PORT,), (), False)


def found(info: DeviceInfo = UNO, *wrong: int) -> Examination:
    """Return a board whose channels `wrong` fail their test."""
    verdicts = tuple(
        ChannelVerdict(i, None, 32, Fault.NO_SIGNAL, f"A{i}: no test signal came.")
        if i in wrong
        else ChannelVerdict(i, 32.0 * (i + 1), 32 * (i + 1), Fault.NONE, f"A{i}: right.")
        for i in range(info.n_channels)
    )
    problems = tuple(verdict.words for verdict in verdicts if verdict.fault is not Fault.NONE)
    return Examination(PORT.path, info, test=TestOutcome(verdicts, 1000.0, 1000.4, 0, problems))


def failed(cause: Cause) -> Examination:
    """Return a port on which nobody was found."""
    words = (f"What {cause.name} is.", f"What to do about {cause.name}.")
    return Examination(PORT.path, diagnosis=Diagnosis(cause, *words, PORT.path))


class FirstStage(StageSession):
    """A computer: what is round it, and what its one board answers each time it is asked."""

    def __init__(self, *answers: Examination, there: Surroundings = THERE) -> None:
        super().__init__(Snapshot())
        self.there = there
        self.answers = list(answers)
        self.flash_error: EmgFeedbackError | None = None
        self.cancelled = False
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def look_round(self) -> Surroundings:
        return self.there

    def first_connection(self, port: PortInfo | str) -> StagedBoard:
        return StagedBoard(self, port if isinstance(port, PortInfo) else PortInfo(port, ""))


class StagedBoard:
    """The last of the answers holds for all that is asked later."""

    def __init__(self, stage: FirstStage, port: PortInfo) -> None:
        self.stage, self.port = stage, port

    @property
    def board(self) -> FlashBoard | None:
        return guess_board(self.port.likely)

    def examine(self, tell: Callable[[Step], None]) -> Examination:
        tell(Step.ASKING)
        self.stage.calls.append(("examine", self.port.path))
        assert self.stage.may_go_on.wait(WAIT_S)
        if self.stage.cancelled:
            raise LinkError("The examination was cancelled.", "Begin again when ready.")
        answers = self.stage.answers
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def flash(
        self, board: FlashBoard, image: None = None, tell: Callable[[Progress], None] = print
    ) -> Flashed:
        self.stage.calls.append(("flash", board.key))
        tell(Progress(Stage.WRITING, 400, 1000))
        assert self.stage.may_go_on.wait(WAIT_S)
        if self.stage.flash_error is not None:
            raise self.stage.flash_error
        return Flashed(board, 115_200, 1000)

    def cancel(self) -> None:
        self.stage.calls.append(("cancel",))
        self.stage.may_go_on.set()
