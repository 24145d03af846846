"""Pain after a contraction: asked in the patient's window, and what the answer does to the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from emgfeedback.training.now import Phase, RunNow, StepKind
from emgfeedback.training.plan import Plan
from emgfeedback.training.plan_steps import Calibration, End
from emgfeedback.training.plan_words import LET_GO, PAIN_ENDS, PAIN_QUESTION
from emgfeedback.training.run import TrainingRun
from emgfeedback.ui.errands import Errands
from emgfeedback.ui.patient.big_button import Deed
from emgfeedback.ui.patient.view import PatientView
from emgfeedback.ui.train_page import TrainPage
from tests.training.clinic import Clinic, clinic
from tests.ui.stage_session import StageSession, streaming

ARMS = Calibration(method="rvc_trapezius", channels=("trapezius left",), seconds=10, repeats=2)


class RunningSession(StageSession):
    """A session whose run is real."""

    def __init__(self, here: Clinic) -> None:
        super().__init__(streaming())
        self.here = here

    def run(self, action: Callable[[TrainingRun], None]) -> None:
        action(self.here.run)


class Room:
    """A patient in front of the window while a run goes on."""

    def __init__(self, here: Clinic, page: TrainPage) -> None:
        self.here, self.page = here, page
        page.toggle_patient()
        assert page.patient is not None
        self.view: PatientView = page.patient
        self.look()

    def look(self) -> RunNow:
        now = self.here.run.now()
        self.page.refresh(streaming(training=now), 0.0, connected=True)
        return now

    def feed(self) -> None:
        self.here.feed()
        self.look()

    def until(self, wanted: Callable[[RunNow], bool]) -> RunNow:
        """Push every step on and follow the run, but answer nothing."""
        for _ in range(300):
            now = self.look()
            if wanted(now):
                return now
            self.here.neck.level_uv = self.here.wanted(now)
            if now.phase in (Phase.READY, Phase.DONE) and not now.ratings:
                self.press(Qt.Key.Key_Return)
            self.feed()
        raise AssertionError(f"stands at {self.look()}")

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.view.focusWidget() or self.view, key)
        self.look()


@pytest.fixture
def room(qtbot, look) -> Iterator[Callable[..., Room]]:
    rooms: list[Room] = []

    def make(*, auto: bool = False) -> Room:
        plan = Plan(name="p", title="P", steps=(ARMS, End()), auto=auto)
        here = clinic(plan)
        page = TrainPage(RunningSession(here), Errands())
        qtbot.addWidget(page)
        rooms.append(Room(here, page))
        return rooms[-1]

    yield make
    for made in rooms:
        made.page.close_patient()


def asked(now: RunNow) -> bool:
    return bool(now.ratings)


def pains(room: Room) -> list[int]:
    return room.here.run.summary()["calibrations"][0]["pain"]


def test_the_question_stands_in_the_window_after_each_contraction(room) -> None:
    here = room()
    now = here.until(asked)
    assert (now.kind, now.phase) == (StepKind.CALIBRATION, Phase.REST)
    assert (now.task, now.hint) == LET_GO
    assert here.view.ratings.isVisible()
    assert here.view.ratings.question.question == PAIN_QUESTION[0]
    assert here.view.button.deed is Deed.SKIP
    here.press(Qt.Key.Key_2, Qt.Key.Key_Return)
    assert not here.view.ratings.isVisible()
    assert here.view.button.deed is Deed.STOP
    here.until(lambda now: now.phase is Phase.WORK)
    here.until(asked)
    assert here.view.ratings.value is None, "the second answer starts empty"
    QTest.mouseClick(here.view.ratings.buttons[1], Qt.MouseButton.LeftButton)
    QTest.mouseClick(here.view.button, Qt.MouseButton.LeftButton)
    here.until(lambda now: now.phase is Phase.FINISHED)
    assert pains(here) == [2, 1]


@pytest.mark.parametrize("auto", [False, True])
def test_pain_over_the_limit_ends_the_contractions_in_calm_words(room, auto: bool) -> None:
    here = room(auto=auto)
    here.until(asked)
    here.press(Qt.Key.Key_7, Qt.Key.Key_Return)
    now = here.look()
    assert (now.task, now.hint) == PAIN_ENDS
    assert PAIN_ENDS[0] in here.view.accessibleDescription()
    assert not here.view.ratings.isVisible()
    for _ in range(5):
        here.feed()
        assert here.look().task == PAIN_ENDS[0], "there is time to read it"
    here.until(lambda now: now.phase is Phase.FINISHED)
    assert pains(here) == [7]


def test_a_passed_over_question_ends_them_too(room) -> None:
    here = room()
    here.until(asked)
    here.press(Qt.Key.Key_Space)
    assert here.look().phase is Phase.DONE
    assert here.look().task == LET_GO[0]
    assert pains(here) == []


def test_a_pause_keeps_the_question_for_later(room) -> None:
    here = room()
    here.until(asked)
    here.press(Qt.Key.Key_4, Qt.Key.Key_Escape)
    assert here.look().paused
    assert not here.view.ratings.isVisible()
    here.press(Qt.Key.Key_Return)
    assert here.view.ratings.isVisible()
    assert here.view.ratings.value == 4
    here.press(Qt.Key.Key_Return)
    assert here.look().task == PAIN_ENDS[0]
