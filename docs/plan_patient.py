"""Who sits at the demo board while a plan is photographed: does what is asked, with lapses."""

from __future__ import annotations

from dataclasses import replace

from emgfeedback.core.montage import Side
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.levels import steady
from emgfeedback.training.now import Mode, Phase, RunNow, StepKind
from emgfeedback.training.plan import Plan
from emgfeedback.training.plan_movement import Movement
from emgfeedback.training.run_trick import WITH_TASK
from tests.training.board_session import OVERACTIVE, Session

REACHES_S, TOUCHES_S = 1.0, 2.0
"""Seconds into a take with the trick at which the arm sets out and the hand touches."""
LAPSE_FROM, LAPSE_TO = 0.10, (0.20, 0.35)
"""Shares of a trial between which it tenses up, odd and even trials."""
TENSE = 1.5
MUSCLES = tuple((m, s) for m in ("scm", "trapezius", "splenius") for s in (Side.LEFT, Side.RIGHT))
MOVES_UV, AS_IT_COMES = 60.0, 0.6
"""Effort of a muscle that moves the head, and the overactivity nobody acts against."""
TURNS_HALF = 0.65
"""Share of the effort of the tests' patient with which this one turns."""


class Patient:
    """The patient of the tests' sessions, who forgets the task for a part of every trial.

    Parameters
    ----------
    plan
        What will be asked.
    """

    overactive = OVERACTIVE

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._session = Session(plan)

    @property
    def board(self) -> VirtualBoard:
        """The board the patient wears."""
        return self._session.board

    def obey(self, now: RunNow, age_s: float) -> None:
        """Do what is asked; `age_s` is how long it has been asked."""
        tonic, voluntary_uv = self._session.reaction(now)
        if now.feedback is not None and now.feedback.mode is Mode.CONTRAST:
            voluntary_uv = tuple(TURNS_HALF * uv for uv in voluntary_uv)
        step = self._plan.steps[now.step]
        if isinstance(step, Movement) and now.phase is Phase.WORK:
            moving = [MOVES_UV * (muscle in step.spoken.active) for muscle in MUSCLES]
            tonic, voluntary_uv = AS_IT_COMES, tuple(moving)
        if self._lapses(now):
            tonic = TENSE
        if self.with_trick(now) and age_s < TOUCHES_S:
            tonic = 1.0
        neck = self._session.neck
        neck.levels = replace(neck.levels, story=steady(tonic, voluntary_uv=voluntary_uv))

    @staticmethod
    def with_trick(now: RunNow) -> bool:
        """Return whether a take with the trick runs."""
        return now.kind is StepKind.TRICK and now.phase is Phase.WORK and now.task == WITH_TASK

    @staticmethod
    def _lapses(now: RunNow) -> bool:
        trial = now.trial
        if trial is None or now.phase is not Phase.WORK:
            return False
        return LAPSE_FROM < trial.elapsed_s / trial.duration_s < LAPSE_TO[trial.number % 2]
