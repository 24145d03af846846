"""Somebody at both screens who runs a plan while it is photographed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from docs.plan_album import PATIENT, Album, due_after_s, moment_of
from docs.plan_faults import Faults
from docs.plan_patient import REACHES_S, TOUCHES_S, Patient
from emgfeedback.engine.snapshot import RecordState
from emgfeedback.engine.station import Station
from emgfeedback.training.now import Phase, RunNow, StepKind
from emgfeedback.training.plan import Plan
from emgfeedback.ui.main_window import MainWindow
from emgfeedback.ui.patient.view import PatientView
from emgfeedback.ui.widgets.rail import RailButton

TRAIN = 1
"""The page's place in the rail."""
SLACK_S = 180
"""So much longer than planned a run may take before it counts as stuck."""
THINKS_S = 3.0
"""So long somebody looks before pressing."""
ANSWERS = {"pain": 2, "tension": 4, "effort": 3}


class Stuck(Exception):
    """Something that was waited for did not come."""


class Operator:
    """Somebody at both screens, and the photographer.

    Parameters
    ----------
    window, station
        The application.
    patient
        Who sits at the board.
    plan
        What to run.
    album, faults
        Where pictures and complaints go.
    """

    def __init__(
        self,
        window: MainWindow,
        station: Station,
        patient: Patient,
        plan: Plan,
        album: Album,
        faults: Faults,
    ) -> None:
        self.window, self.station, self.patient = window, station, patient
        self.plan, self.album, self.faults = plan, album, faults
        self.longest_tick_s = 0.0
        self.samples = 0
        self._situation: object = None
        self._since_s = 0.0
        self._acted, self._marks = False, 0
        self._taken: set[str] = set()
        self._last_tick_s = time.monotonic()
        self._play = self.play()

    def tick(self) -> None:
        """Go on with the play; quit at its end."""
        now_s = time.monotonic()
        self.longest_tick_s = max(self.longest_tick_s, now_s - self._last_tick_s)
        self._last_tick_s = now_s
        try:
            next(self._play)
        except StopIteration:
            QApplication.quit()
        except Exception as error:  # noqa: BLE001 - told, and the run ends
            self.faults.told.append(f"{type(error).__name__}: {error}")
            QApplication.quit()

    def play(self) -> Iterator[None]:
        """Choose the plan, run it, look at its end, close."""
        page = self.window.train
        yield from self._wait(self.window.isVisible, "the window")
        yield from self._press(lambda: self.window.rail.findChildren(RailButton)[TRAIN], "the rail")
        yield from self._press(lambda: page.no_board.demo_button, "the demo board")
        yield from self._wait(lambda: page.currentWidget() is page.chooser, "the plans")
        yield from self._choose()
        yield from self._press(lambda: page.chooser.start_button, "Start")
        yield from self._wait(lambda: page.currentWidget() is page.console, "the console")
        yield from self._press(lambda: page.console.panel.patient_button, "Patient view")
        self._place_beside(self._view)
        yield from self._run_to_end()
        yield from self._end()

    @property
    def _view(self) -> PatientView:
        view = self.window.train.patient
        if view is None:
            raise Stuck("The patient's window is not there.")
        return view

    def _choose(self) -> Iterator[None]:
        chooser = self.window.train.chooser
        card = next(card for card in chooser.cards if card.plan.name == self.plan.name)
        yield from self._press(lambda: card, "the plan's card")
        for muscle, box in chooser.side_boxes.items():
            box.setFocus()
            QTest.keyClicks(box, self.patient.overactive[muscle].value.capitalize())
        yield from self._pause(1.0)
        self.album.take("00-choose", patient=False)

    def _run_to_end(self) -> Iterator[None]:
        deadline_s = time.monotonic() + 60 * self.plan.minutes + SLACK_S
        while (now := self._now()).phase is not Phase.FINISHED:
            age_s = self._age_s(now)
            self.patient.obey(now)
            self._photograph(now, age_s)
            self._operate(now, age_s)
            if time.monotonic() > deadline_s:
                raise Stuck(f"Step {now.step + 1} ({now.kind.value}) in {now.phase.value}.")
            yield

    def _end(self) -> Iterator[None]:
        page = self.window.train
        yield from self._wait(lambda: page.currentWidget() is page.ending, "the end")
        yield from self._wait(lambda: list(self._folder.glob("*.session.json")), "the summary")
        yield from self._wait(lambda: not self._records(), "the recording to end with the plan")
        yield from self._pause(2.0)
        self._take(self._now(), "end")
        self.samples = self.station.snapshot().link.received
        self._look_at_link()
        yield from self._press(lambda: self._view.button, "Close")
        yield from self._wait(lambda: not self._view.isVisible(), "the patient's window to close")
        yield from self._press(lambda: page.ending.back_button, "Back to plans")

    def _look_at_link(self) -> None:
        link = self.station.snapshot().link
        missing = (link.lost, link.gaps, link.crc_errors, link.reconnects, link.overruns)
        self.faults.demand(not any(missing), f"lost, gaps, CRC, reconnects, overruns: {missing}")
        self.faults.demand(not link.warnings, f"link: {link.warnings}")

    def _records(self) -> bool:
        return self.station.snapshot().recording.state is RecordState.RECORDING

    @property
    def _folder(self) -> Path:
        return self.station.recordings_folder

    def _now(self) -> RunNow:
        now = self.station.snapshot().training
        if now is None:
            raise Stuck("No training runs.")
        return now

    def _age_s(self, now: RunNow) -> float:
        """Return how long the present situation has lasted."""
        asked = self._view.ratings.question if self._view.ratings.isVisible() else None
        number = now.trial.number if now.trial is not None else 0
        situation = (now.step, now.phase, number, now.task, asked, bool(now.ratings))
        if situation != self._situation:
            self._situation, self._since_s = situation, time.monotonic()
            self._acted, self._marks = False, 0
        return time.monotonic() - self._since_s

    def _photograph(self, now: RunNow, age_s: float) -> None:
        moment = moment_of(now, self.plan.steps[now.step])
        if moment and age_s >= due_after_s(now, age_s):
            self._take(now, moment)

    def _take(self, now: RunNow, moment: str) -> None:
        name = f"{now.step + 1:02d}-{now.kind.value}-{moment}".replace("end-end", "end")
        if name not in self._taken:
            self._taken.add(name)
            self.album.take(name)

    def _operate(self, now: RunNow, age_s: float) -> None:
        panel, view = self.window.train.console.panel, self._view
        reads = now.kind is StepKind.PROMPT and now.countdown_s is None
        if Patient.with_trick(now):
            self._mark(age_s)
        elif now.ratings and view.ratings.isVisible() and view.ratings.question is not None:
            if age_s > 1.0 and view.ratings.value is None:
                self._click(view.ratings.buttons[ANSWERS[view.ratings.question.key]])
            elif age_s > THINKS_S:
                self._act(view.button)
        elif now.ratings and age_s > THINKS_S:
            self._act(panel.rating.buttons[ANSWERS[now.ratings[0].key]])
        elif now.phase is Phase.DONE and age_s > THINKS_S:
            self._act(panel.next_button)
        elif (now.phase is Phase.READY or reads) and age_s > THINKS_S:
            self._act(view.button)

    def _mark(self, age_s: float) -> None:
        """Tell when the arm sets out and when the hand touches."""
        panel = self.window.train.console.panel
        if age_s > REACHES_S and self._marks == 0:
            self._click(panel.arm_button)
            self._marks = 1
        elif age_s > TOUCHES_S and self._marks == 1:
            self._click(panel.touch_button)
            self._marks = 2

    def _act(self, widget: QWidget) -> None:
        """Press once in a situation."""
        if not self._acted:
            self._acted = True
            self._click(widget)

    @staticmethod
    def _click(widget: QWidget) -> None:
        if not widget.isVisible() or not widget.isEnabled():
            raise Stuck(f"{widget.accessibleName() or widget} cannot be pressed.")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def _press(self, widget_of: Callable[[], QWidget], words: str) -> Iterator[None]:
        yield from self._wait(lambda: widget_of().isVisible() and widget_of().isEnabled(), words)
        yield from self._pause(0.5)
        self._click(widget_of())
        yield

    @staticmethod
    def _wait(holds: Callable[[], object], words: str) -> Iterator[None]:
        deadline_s = time.monotonic() + 20
        while not holds():
            if time.monotonic() > deadline_s:
                raise Stuck(f"Waited 20 s for {words}.")
            yield

    @staticmethod
    def _pause(seconds: float) -> Iterator[None]:
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            yield

    @staticmethod
    def _place_beside(view: PatientView) -> None:
        """Take the patient's window from full screen to the right, as onto a second screen."""
        view.showNormal()
        view.setGeometry(PATIENT)
