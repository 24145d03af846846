"""One step while it runs: phases on sample time, the small protocol every kind follows.

A phase lasts a number of samples received, or waits for somebody. A gap stretches the phase
it falls into: nobody could follow the picture meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Unit
from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import Montage
from emgfeedback.training.calibration import Calibration
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import (
    BreathNow,
    FeedbackNow,
    MovementNow,
    Phase,
    RatingAsked,
    TrialNow,
)
from emgfeedback.training.plan import Plan
from emgfeedback.training.plan_steps import Step


@dataclass(slots=True)
class RunContext:
    """What the steps of a run share.

    `say` puts a decision into the log, `event` a text beside the samples, `calibrations` tells
    what calibration steps found so far, oldest first, without those that are taken again.
    """

    plan: Plan
    montage: Montage
    fs_hz: float
    columns: Mapping[str, int]
    """Column of every place the plan names."""
    device_facts: str
    filter_facts: Mapping[str, str]
    """Purpose -> the filters in words."""
    say: Callable[[str], None]
    event: Callable[[str], None]
    calibrations: Callable[[], tuple[Calibration, ...]]
    lsb_uv: NDArray[np.float64]
    """One count of the converter at the electrode, of each channel."""
    usable: NDArray[np.bool_]
    floors_uv: NDArray[np.float64]
    frozen: bool = False
    pain_before: int | None = None
    """The last pain rating outside a contraction."""
    answers_uv: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Task that tests a cable -> RMS of every channel while it was held."""
    cables: str = ""
    """Cables that seem to be at another muscle, in words."""

    def samples(self, seconds: float) -> int:
        """Return `seconds` as a number of samples, at least 1."""
        return max(1, round(seconds * self.fs_hz))

    def filters(self, purpose: str) -> str:
        """Return the filters of `purpose` in words."""
        return self.filter_facts.get(purpose, purpose)

    def columns_of(self, places: tuple[str, ...]) -> tuple[int, ...]:
        """Return the columns of `places`, in order, each once."""
        return tuple(dict.fromkeys(self.columns[place] for place in places))


S = TypeVar("S", bound=Step)


class StepRun(Generic[S]):
    """A step while it runs. Kinds override what they need; all times are samples received.

    Attributes
    ----------
    phase
        Where it stands.
    skipped
        Why it was left before its end, empty if it was not.
    begun
        Whether it ever left READY.
    repeated
        Somebody went back past it: what it gave counts nowhere.
    refused
        Why it cannot begin, empty if it can: a level that was not measured.
    """

    def __init__(self, context: RunContext, step: S) -> None:
        self.context = context
        self.step = step
        self.phase = Phase.READY
        self.skipped = ""
        self.refused = ""
        self.begun = False
        self.repeated = False
        self._left: int | None = None
        self._length = 0
        self._settled = False

    # What a kind must say

    def start(self) -> None:
        """Leave READY."""
        raise NotImplementedError

    def phase_over(self) -> None:
        """Go to the phase after the one whose time is up."""
        self.finish()

    def result(self) -> dict[str, Any]:
        """Return what is kept of the step, ready for JSON."""
        return {}

    # What a kind may say

    @property
    def watched(self) -> tuple[int, ...]:
        """Columns whose quality decides whether it can go on."""
        return ()

    def on_levels(self, levels: Levels) -> None:
        """Take samples of the present phase, before its time is counted down."""

    def on_gap(self, n_samples: int) -> None:
        """Take note that samples are missing; 0 where the operator paused."""

    def idle(self, levels: Levels) -> None:
        """Take samples that came while the operator paused: they confirm, nothing more."""

    def judged(self) -> None:
        """Take the fresh verdicts that stand in the context."""

    def next(self) -> None:
        """Go on, as far as this phase lets itself be pushed."""
        if self.phase is Phase.READY:
            self.start()

    def repeat(self) -> None:
        """Begin the step anew."""
        self.phase = Phase.READY
        self._left = None
        self.skipped = ""

    def leave(self) -> None:
        """Close what is open: the step is skipped or the session stopped."""

    def answer_pain(self, rating: int) -> bool:
        """Take the pain of a contraction; False where it was not asked for."""
        del rating
        return False

    def rate(self, ratings: Mapping[str, int]) -> bool:
        """Take ratings; False where they were not asked for."""
        del ratings
        return False

    def mark(self, kind: str) -> bool:
        """Take a marker at the present sample; False where it means nothing here."""
        del kind
        return False

    def freeze(self, *, frozen: bool) -> None:
        """Hold the targets, or let them move again."""
        del frozen

    def set_threshold(self, channel: int, value: float) -> None:
        """Move the line of `channel` to `value`, in the run's unit.

        Raises
        ------
        UsageError
            The step has no target.
        """
        self.set_threshold_uv(channel, value)

    def set_threshold_uv(self, channel: int, uv: float) -> None:
        """Move the line of `channel` to `uv` microvolts; raises as `set_threshold`."""
        del channel, uv
        raise UsageError("This step has no line to move.", "Wait for a block of trials.")

    @property
    def words(self) -> tuple[str, str]:
        """Task and hint now."""
        return self.step.words

    @property
    def unit(self) -> Unit:
        """The unit of its levels and thresholds."""
        return Unit.UV

    def thresholds(self) -> tuple[float | None, ...]:
        """Return the line of each channel, in the unit, None where it has none."""
        return (None,) * self.context.montage.n_channels

    def thresholds_uv(self) -> tuple[float | None, ...]:
        """Return the same in microvolts."""
        return self.thresholds()

    def threshold_words(self) -> tuple[str, ...]:
        """Return each line in words, empty where there is none."""
        return ("",) * self.context.montage.n_channels

    @property
    def calibrations(self) -> tuple[Calibration, ...]:
        """What it measured, for the steps that follow."""
        return ()

    def feedback(self, *, scored: bool, visible: bool) -> FeedbackNow | None:
        """Return what the patient sees; `scored` False while the run holds."""
        del scored, visible
        return None

    def trial(self) -> TrialNow | None:
        """Return the trial running or last run."""
        return None

    def breath(self) -> BreathNow | None:
        """Return the breathing pacer."""
        return None

    def movement(self) -> MovementNow | None:
        """Return what head, shoulders or hands are asked to do."""
        return None

    def asked(self) -> tuple[RatingAsked, ...]:
        """Return the questions that wait for an answer."""
        return ()

    @property
    def offer(self) -> str:
        """What the rules suggest: `ease`, `trick`, `rest`, `progress`, `repeat` or nothing."""
        return ""

    @property
    def waits_for_answer(self) -> bool:
        """Whether it is done but for an answer."""
        return False

    # The clock

    def enter(self, phase: Phase, seconds: float | None = None) -> None:
        """Go to `phase` for `seconds`, or until somebody goes on; 0 s pass at once."""
        self.begun = True
        self.phase = phase
        self._length = 0 if seconds is None else round(seconds * self.context.fs_hz)
        self._left = None if seconds is None else self._length
        if self._left == 0:
            self._left = None
            self.phase_over()

    def finish(self) -> None:
        """End the step."""
        self.enter(Phase.DONE)

    def take(self, levels: Levels) -> None:
        """Take samples that end at the end of the phase at the latest."""
        self._settled = bool(levels.valid[-1])
        self.on_levels(levels)
        if self._left is not None:
            self._left -= levels.n_samples
            if self._left <= 0:
                self._left = None
                self.phase_over()

    @property
    def trusted(self) -> bool:
        """Whether work may begin: all watched channels good, filters settled."""
        return self._settled and not unusable(self.watched, self.context.usable)

    @property
    def samples_left(self) -> int | None:
        """Samples to the end of the phase, None where it waits."""
        return self._left

    @property
    def countdown_s(self) -> float | None:
        """Time left of the phase as people are told it, None where it waits."""
        left = self.samples_left
        return None if left is None else left / self.context.fs_hz

    @property
    def phase_s(self) -> float:
        """Length of the phase, 0 where it waits."""
        return 0.0 if self._left is None else self._length / self.context.fs_hz

    @property
    def phase_share(self) -> float:
        """Share of the phase so far, 0 to 1; 0 where it waits."""
        return self.phase_elapsed_s / self.phase_s if self.phase_s else 0.0

    @property
    def shown_part(self) -> str:
        """Part of a `MovementNow` the phase is: before the work, the hold, or after it."""
        if self.phase in (Phase.READY, Phase.COUNTDOWN):
            return "ready"
        return "hold" if self.phase is Phase.WORK else "rest"

    @property
    def phase_elapsed_s(self) -> float:
        """Time of the phase so far, 0 where it waits."""
        left = self._left
        return 0.0 if left is None else (self._length - left) / self.context.fs_hz


def unusable(channels: tuple[int, ...], usable: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return those of `channels` that are not usable."""
    return tuple(c for c in channels if not usable[c])
