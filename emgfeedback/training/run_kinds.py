"""Which runner runs which kind of step."""

from __future__ import annotations

from typing import Any

from emgfeedback.training.plan_movement import Movement
from emgfeedback.training.plan_steps import (
    Breathing,
    Calibration,
    End,
    Prompt,
    Quality,
    Ratings,
    Rest,
    Step,
    Trials,
    Trick,
)
from emgfeedback.training.run_calibration import CalibrationRun
from emgfeedback.training.run_movement import MovementRun
from emgfeedback.training.run_simple import (
    BreathingRun,
    EndRun,
    PromptRun,
    QualityRun,
    RatingsRun,
    RestRun,
)
from emgfeedback.training.run_step import RunContext, StepRun
from emgfeedback.training.run_trials import TrialsRun
from emgfeedback.training.run_trick import TrickRun

RUNNERS: dict[type[Step], type[StepRun[Any]]] = {
    Prompt: PromptRun,
    Breathing: BreathingRun,
    Quality: QualityRun,
    Calibration: CalibrationRun,
    Trials: TrialsRun,
    Trick: TrickRun,
    Movement: MovementRun,
    Rest: RestRun,
    Ratings: RatingsRun,
    End: EndRun,
}


def runner(context: RunContext, step: Step) -> StepRun[Any]:
    """Return what runs `step`."""
    return RUNNERS[type(step)](context, step)
