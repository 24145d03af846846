"""The end a patient asks for before the plan is through: the last questions are still asked."""

from __future__ import annotations

from emgfeedback.training.plan_steps import Ratings
from emgfeedback.training.run import TrainingRun

REASON = "the patient ended it"


def end_early(run: TrainingRun) -> None:
    """Go to the questions after practice; end at once where there are none, or on them already.

    Without them nobody would know whether pain rose.
    """
    step = run.now().step
    asked = [
        number
        for number, each in enumerate(run.plan.steps)
        if isinstance(each, Ratings) and each.when == "after" and number > step
    ]
    if not asked:
        run.stop(REASON)
    while not run.finished and run.now().step < asked[0]:
        run.skip(REASON)
