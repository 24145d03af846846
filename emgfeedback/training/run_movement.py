"""A movement or posture while it is recorded: words by parts, markers beside the samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from emgfeedback.training.levels import Levels
from emgfeedback.training.now import MovementNow, Phase
from emgfeedback.training.plan_movement import COUNTDOWN_S, Movement
from emgfeedback.training.run_cables import AnswerTake, check_cables
from emgfeedback.training.run_step import RunContext, StepRun

MARK = "task"
"""Markers read `task <movement> <repeat> <part>`; the last part of a repeat is `end`."""


class MovementRun(StepRun[Movement]):
    """Count down, lead through every repeat, mark where each part begins."""

    def __init__(self, context: RunContext, step: Movement) -> None:
        super().__init__(context, step)
        self._clear()

    def _clear(self) -> None:
        self._repeat = 0
        self._part = 0
        n_channels = self.context.montage.n_channels
        self._samples = 0
        self._unusable = np.zeros(n_channels, dtype=np.int64)
        self._done = 0
        self._answer = AnswerTake(self.context)

    def start(self) -> None:
        """Count down."""
        self._clear()
        self.enter(Phase.COUNTDOWN, COUNTDOWN_S)

    def repeat(self) -> None:
        """Begin the task anew; its markers of before stay and count no more."""
        if self.phase in (Phase.WORK, Phase.REST):
            self.context.event(f"{MARK} {self.step.movement} again")
        super().repeat()

    def leave(self) -> None:
        """Mark that the task was left before its end."""
        if self.phase is Phase.WORK:
            self._mark("end")

    def phase_over(self) -> None:
        """Go to the next part, the pause between repeats, or the end."""
        if self.phase in (Phase.COUNTDOWN, Phase.REST):
            self._repeat += 1
            self._part = 0
            self._begin_part()
        elif self._part + 1 < len(self.step.parts):
            self._part += 1
            self._begin_part()
        else:
            self._mark("end")
            self._done += 1
            if self._repeat < self.step.repeats:
                self.enter(Phase.REST, self.step.rest_s)
            else:
                self._keep_answer()
                self.finish()

    def on_levels(self, levels: Levels) -> None:
        """Count what was usable while the task ran."""
        if self.phase is Phase.WORK:
            self._samples += levels.n_samples
            self._unusable += np.where(self.context.usable, 0, levels.n_samples)
            if self.step.parts[self._part][0] == "hold":
                self._answer.add(levels, self.phase_elapsed_s)

    @property
    def words(self) -> tuple[str, str]:
        """What to do now."""
        task, hint = super().words
        if self.phase is Phase.WORK:
            part = self.step.parts[self._part][0]
            task = {"out": self.step.spoken.out, "back": self.step.spoken.back}.get(
                part, self.step.spoken.hold
            )
            if self.step.repeats > 1:
                hint = f"{self._repeat} of {self.step.repeats}. {hint}"
        elif self.phase is Phase.REST:
            task, hint = "Rest in the middle", f"Then once more: {self.step.shown_title.lower()}."
        return task, hint

    def movement(self) -> MovementNow:
        """Return the part it is in."""
        part = self.step.parts[self._part][0] if self.phase is Phase.WORK else self.shown_part
        return MovementNow(self.step.movement, part, self.phase_share, self.phase_s)

    def result(self) -> dict[str, Any]:
        """Return what was done, and the share of unusable signal of each channel."""
        labels = [channel.label for channel in self.context.montage.channels]
        share = 100 * self._unusable / self._samples if self._samples else None
        return {
            "movement": self.step.movement,
            "repeats_done": self._done,
            "repeats": self.step.repeats,
            "unusable_pct": None
            if share is None
            else {label: float(pct) for label, pct in zip(labels, share, strict=True)},
        }

    def _keep_answer(self) -> None:
        """Compare what the channels answered, as soon as every cable was tested."""
        rms_uv = self._answer.rms_uv()
        if self.step.spoken.tests_cable and rms_uv is not None:
            self.context.answers_uv[self.step.movement] = rms_uv
            check_cables(self.context)

    def _begin_part(self) -> None:
        part, seconds = self.step.parts[self._part]
        self._mark(part)
        self.enter(Phase.WORK, seconds)

    def _mark(self, part: str) -> None:
        self.context.event(f"{MARK} {self.step.movement} {self._repeat} {part}")
