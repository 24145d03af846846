"""Run a training plan whole, in real time, on a screen, and keep a picture of every step.

    python -m docs.plan_screens PLAN [--out docs/images/plans]

PLAN is the name of a shipped plan, or a file. The window, the chain, the recording and the
summary are the real ones; the board is the demo board with a patient behind it who does what
is asked, with a lapse in every trial. Somebody presses the same buttons as a therapist and a
patient would. Prints one line of JSON; the exit code is 1 where anything was not as it should.

Needs a screen of 2360x800 (`Xvfb :9 -screen 0 2360x800x24`, then `DISPLAY=:9`) and ImageMagick.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyedflib
from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from docs.plan_patient import REACHES_S, TOUCHES_S, Patient
from emgfeedback.engine.connect import DemoConnector
from emgfeedback.engine.snapshot import RecordState
from emgfeedback.engine.station import Station
from emgfeedback.records.reader import open_recording
from emgfeedback.records.repair import unfinished
from emgfeedback.training.now import Phase, RunNow, StepKind, TrialKind
from emgfeedback.training.plan import PLANS, Plan, load_plan
from emgfeedback.training.plan_movement import Movement
from emgfeedback.training.plan_steps import Step
from emgfeedback.ui.main_window import MainWindow, open_window
from emgfeedback.ui.patient.view import PatientView
from emgfeedback.ui.widgets.rail import RailButton

CONSOLE = QRect(0, 0, 1280, 800)
PATIENT = QRect(1290, 0, 1066, 800)
WIDTH_PX = 1600
TRAIN = 1
"""The page's place in the rail."""
TICK_MS = 50
SLACK_S = 180
"""So much longer than planned a run may take before it counts as stuck."""
THINKS_S = 3.0
"""So long somebody looks before pressing."""
ANSWERS = {"pain": 2, "tension": 4, "effort": 3}


class Stuck(Exception):
    """Something that was waited for did not come."""


@dataclass
class Faults:
    """What was not as it should be: of the log, of Qt, of any slot, and of the results."""

    told: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Collect warnings and errors from here on."""
        handler = logging.Handler(logging.WARNING)
        handler.emit = lambda record: self.told.append(f"log: {record.getMessage()}")  # type: ignore[method-assign]
        logging.getLogger("emgfeedback").addHandler(handler)
        qInstallMessageHandler(self._qt)
        sys.excepthook = lambda kind, error, trace: self.told.append(f"{kind.__name__}: {error}")

    def demand(self, holds: object, words: str) -> None:
        """Tell `words` unless it `holds`."""
        if not holds:
            self.told.append(words)

    def _qt(self, kind: QtMsgType, context: object, message: str) -> None:
        del context
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
            self.told.append(f"Qt: {message}")


class Album:
    """Pictures of console and patient view side by side, made small in another thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []
        self._worker = ThreadPoolExecutor(1)
        self._saving: list[Future[None]] = []

    def take(self, name: str, *, patient: bool = True) -> None:
        """Save what stands on the screen as `name`.png."""
        screen = QApplication.primaryScreen()
        parts = [
            screen.grabWindow(0, part.x(), part.y(), part.width(), part.height()).toImage()
            for part in ((CONSOLE, PATIENT) if patient else (CONSOLE,))
        ]
        self.names.append(name)
        self._saving.append(self._worker.submit(self._save, parts, self.folder / f"{name}.png"))

    def close(self) -> None:
        """Wait until all is on disk; raise what went wrong there."""
        self._worker.shutdown()
        for saved in self._saving:
            saved.result()

    @staticmethod
    def _save(parts: list[QImage], path: Path) -> None:
        gap = PATIENT.left() - CONSOLE.right() - 1
        whole = QSize(PATIENT.right() + 1, CONSOLE.height())
        height = round(whole.height() * WIDTH_PX / whole.width())
        share = height / whole.height()
        width = sum(part.width() for part in parts) + gap * (len(parts) - 1)
        sheet = QImage(round(width * share), height, QImage.Format.Format_RGB32)
        sheet.fill(QColor("#808080"))
        painter = QPainter(sheet)
        x = 0
        for part in parts:
            small = part.scaledToHeight(height, Qt.TransformationMode.SmoothTransformation)
            painter.drawImage(QPoint(round(x * share), 0), small)
            x += part.width() + gap
        painter.end()
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = path.with_suffix(".raw.png")
        sheet.save(str(raw), "PNG", 90)
        options = ["-strip", "+dither", "-colors", "256", "-define", "png:compression-level=9"]
        subprocess.run(["convert", str(raw), *options, f"PNG8:{path}"], check=True)
        raw.unlink()


def moment_of(now: RunNow, step: Step) -> str:
    """Return what of a step deserves a picture now, as a word; empty for nothing."""
    trial = now.trial
    if now.kind is StepKind.TRIALS and trial is not None:
        done = len(trial.results_pct)
        if now.phase is Phase.WORK and trial.kind is not TrialKind.FEEDBACK:
            return "probe"
        if now.phase is Phase.WORK:
            return "work" if done else ""
        return "rest" if now.phase is Phase.REST and done > 1 else ""
    if now.kind is StepKind.CALIBRATION and now.ratings:
        return "pain"
    if now.kind is StepKind.TRICK and now.phase is Phase.WORK:
        return "with" if Patient.with_trick(now) else "without"
    if isinstance(step, Movement):
        return "hold" if now.phase is Phase.WORK and now.task == step.spoken.hold else ""
    if now.kind is StepKind.REST:
        return "rest" if now.phase is Phase.REST else ""
    return "work" if now.phase is Phase.WORK else ""


def due_after_s(now: RunNow, age_s: float) -> float:
    """Return how long a moment must have lasted before its picture."""
    fixed = {StepKind.PROMPT: 1.5, StepKind.QUALITY: 1.0, StepKind.REST: 8.0}
    fixed |= {StepKind.BREATHING: 12.0, StepKind.RATINGS: 1.6}
    if now.kind in fixed or now.ratings or now.countdown_s is None:
        return fixed.get(now.kind, 1.6)
    return 0.62 * (age_s + now.countdown_s)


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
            self.patient.obey(now, age_s)
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


def judge(folder: Path, plan: Plan, names: list[str], faults: Faults) -> dict[str, Any]:
    """Return what came of the session on disk; tell what is not as it should be."""
    summaries, recordings = list(folder.glob("*.session.json")), list(folder.glob("*.bdf"))
    faults.demand(len(summaries) == len(recordings) == 1, f"files: {summaries} {recordings}")
    if not (summaries and recordings):
        return {}
    summary = json.loads(summaries[0].read_text(encoding="utf-8"))
    steps = summary["steps"]
    pictured = {int(name[:2]) for name in names if name[:2] != "00"}
    faults.demand(summary["finished"] and not summary["stopped"], "not finished")
    faults.demand(len(steps) == len(plan.steps), f"{len(steps)} of {len(plan.steps)} steps")
    faults.demand(pictured == set(range(1, len(plan.steps) + 1)), f"pictures of {pictured} only")
    skipped = [step["title"] for step in steps if step["skipped"]]
    faults.demand(not skipped, f"skipped: {skipped}")
    odd = set(summary["paused_reasons"]) - {"settling"}
    faults.demand(not odd, f"held for {odd}")
    faults.demand(not unfinished(folder), "the recording was left unfinished")
    with open_recording(recordings[0]) as recording:
        recorded_s, gaps = recording.duration_s, recording.gaps
        texts = [annotation.text for annotation in recording.annotations]
    faults.demand(not gaps, f"gaps in the recording: {gaps}")
    apart_s = abs(recorded_s - summary["elapsed_s"])
    faults.demand(apart_s < 1, f"{recorded_s:.1f} s recorded of {summary['elapsed_s']:.1f} s")
    faults.demand("training end" in texts, "the recording lacks the training's end")
    with pyedflib.EdfReader(str(recordings[0])) as reader:
        samples = int(reader.getNSamples()[0])
    success = [trial["success_pct"] for trial in summary["trials"]]
    return {
        "elapsed_s": round(summary["elapsed_s"], 1),
        "steps": len(steps),
        "trials": len(summary["trials"]),
        "success_pct": summary["success_pct"] and round(summary["success_pct"], 1),
        "trial_success_pct": [pct if pct is None else round(pct) for pct in success],
        "excluded_pct": summary["excluded_pct"] and round(summary["excluded_pct"], 2),
        "recorded_s": round(recorded_s, 1),
        "recorded_samples": samples,
        "sentence": summary["patient_sentence"] + " " + summary["next_step"],
        "therapist_line": summary["therapist_line"],
    }


def main(arguments: list[str]) -> int:
    """Run one plan; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("plan", help="name of a shipped plan, or a file")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "images" / "plans")
    options = parser.parse_args(arguments)
    shipped = PLANS / f"{options.plan}.toml"
    path = shipped if shipped.exists() else Path(options.plan)
    plan = load_plan(path)
    faults = Faults()
    app = QApplication(["emgfeedback"])
    sys.setswitchinterval(0.0005)
    faults.watch()
    started_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="emgfeedback-") as folder:
        data = Path(folder)
        if path is not shipped:
            (data / "plans").mkdir()
            shutil.copy(path, data / "plans")
        patient = Patient(plan)
        connector = DemoConnector(patient.board)
        station = Station(data / "recordings", connector_of=lambda port, driver: connector)
        window = open_window(station)
        window.setGeometry(CONSOLE)
        window.show()
        album = Album(options.out / plan.name)
        operator = Operator(window, station, patient, plan, album, faults)
        timer = QTimer(interval=TICK_MS)
        timer.timeout.connect(operator.tick)
        timer.start()
        app.exec()
        timer.stop()
        window.close()
        station.close()
        album.close()
        found = judge(data / "recordings", plan, album.names, faults)
    result = {
        "plan": plan.name,
        "ok": not faults.told,
        "planned_s": round(60 * plan.minutes),
        "took_s": round(time.monotonic() - started_s, 1),
        "samples": operator.samples,
        **found,
        "pictures": len(album.names),
        "longest_stall_ms": round(1000 * operator.longest_tick_s - TICK_MS),
        "faults": faults.told,
    }
    print(json.dumps(result, ensure_ascii=False))
    return 1 if faults.told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
