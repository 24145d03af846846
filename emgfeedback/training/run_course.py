"""The steps of a plan as they were taken: forward, back, and what became of each."""

from __future__ import annotations

from typing import Any

from emgfeedback.training.calibration import Calibration
from emgfeedback.training.now import StepState
from emgfeedback.training.plan import Plan
from emgfeedback.training.plan_steps import Purpose
from emgfeedback.training.run_kinds import runner
from emgfeedback.training.run_step import RunContext, StepRun


class Course:
    """Where a run stands in its plan; begins at the first step.

    Attributes
    ----------
    step
        Index of the present step.
    taken
        Every step entered, in order, as (index, what ran it): one that was taken again stands
        twice, the earlier one `repeated`.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.step = 0
        self.taken: list[tuple[int, StepRun[Any]]] = []

    def begin(self, context: RunContext) -> None:
        """Enter the first step."""
        self._context = context
        self._enter(0)

    @property
    def run(self) -> StepRun[Any]:
        """What runs the present step."""
        return self.taken[-1][1]

    @property
    def at_end(self) -> bool:
        """Whether no step follows."""
        return self.step + 1 == len(self._plan.steps)

    def forward(self) -> None:
        """Enter the next step."""
        self._enter(self.step + 1)

    def back(self) -> None:
        """Enter the step before anew; it and the present one count nowhere as they were."""
        if not self.run.begun:
            self.taken.pop()
        self.step -= 1
        for index, run in self.taken:
            run.repeated = run.repeated or index >= self.step
        self._enter(self.step)

    def calibrations(self) -> tuple[Calibration, ...]:
        """Return what counts of all that was measured so far, oldest first."""
        return tuple(
            found for _, run in self.taken if not run.repeated for found in run.calibrations
        )

    @property
    def wanted_purpose(self) -> Purpose:
        """The filters the present step needs, or the next one that needs any."""
        for step in self._plan.steps[self.step :]:
            if step.purpose is not None:
                return step.purpose
        return "rest"

    def states(self, *, finished: bool) -> tuple[StepState, ...]:
        """Return what became of each step of the plan."""
        states = [StepState.AHEAD] * len(self._plan.steps)
        for index, run in self.taken:
            if run.repeated:
                states[index] = StepState.REPEATED
            else:
                states[index] = StepState.SKIPPED if run.skipped else StepState.DONE
        if not finished:
            states[self.step] = StepState.NOW
        return tuple(states)

    def _enter(self, index: int) -> None:
        self.step = index
        self.taken.append((index, runner(self._context, self._plan.steps[index])))
