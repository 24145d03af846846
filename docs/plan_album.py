"""Pictures of both screens while a plan runs: which moments deserve one, and how it is kept."""

from __future__ import annotations

import subprocess
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from docs.plan_patient import Patient
from emgfeedback.training.now import Phase, RunNow, StepKind, TrialKind
from emgfeedback.training.plan_movement import Movement
from emgfeedback.training.plan_steps import Step

CONSOLE = QRect(0, 0, 1280, 800)
PATIENT = QRect(1290, 0, 1066, 800)
WIDTH_PX = 1600


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
