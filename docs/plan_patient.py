"""Who sits at the demo board while a plan is photographed: the demo's own patient."""

from __future__ import annotations

from emgfeedback.core.montage import Side
from emgfeedback.engine.demo_patient import TOUCHES_S, DemoPatient
from emgfeedback.training.now import Phase, RunNow, StepKind

REACHES_S = TOUCHES_S / 2
"""Seconds into a take with the trick at which the arm sets out."""


class Patient:
    """The demo's patient, whose right SCM is overactive."""

    def __init__(self) -> None:
        self.overactive = {"scm": Side.RIGHT}
        self._demo = DemoPatient()
        self.board = self._demo.board()
        """The board the patient wears."""

    def obey(self, now: RunNow) -> None:
        """Do what is asked."""
        self._demo.listen(now)

    @staticmethod
    def with_trick(now: RunNow) -> bool:
        """Return whether a take with the trick runs."""
        shown = now.movement is not None and now.movement.key == "hand-to-face"
        return now.kind is StepKind.TRICK and now.phase is Phase.WORK and shown


__all__ = ["REACHES_S", "TOUCHES_S", "Patient"]
