"""Steps without a target: words, breathing, signal check, rest, ratings, end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emgfeedback.core.errors import UsageError
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import BreathNow, Phase, RatingAsked
from emgfeedback.training.plan_steps import Breathing, End, Prompt, Quality, Ratings, Rest
from emgfeedback.training.plan_words import RATING_QUESTIONS
from emgfeedback.training.run_step import RunContext, StepRun, unusable

RATING_RANGE = (0, 10)


class PromptRun(StepRun[Prompt]):
    """Words to read."""

    def start(self) -> None:
        """Show them for their time, or until somebody goes on."""
        self.enter(Phase.WORK, self.step.seconds)

    def next(self) -> None:
        """Read."""
        if self.phase is Phase.WORK:
            self.finish()
        else:
            super().next()


class RestRun(StepRun[Rest]):
    """A rest."""

    def start(self) -> None:
        """Rest for the time given."""
        self.enter(Phase.REST, self.step.seconds)

    def next(self) -> None:
        """Rest, or end the rest early."""
        if self.phase is Phase.REST:
            self.context.say(f"Rest: ended by the operator after {self.phase_elapsed_s:.0f} s.")
            self.finish()
        else:
            super().next()


class EndRun(StepRun[End]):
    """The last step: it finishes the session by itself."""

    def start(self) -> None:
        """Finish."""
        self.enter(Phase.FINISHED)


class BreathingRun(StepRun[Breathing]):
    """The breathing pacer."""

    def start(self) -> None:
        """Breathe for the time given."""
        self.enter(Phase.WORK, self.step.seconds)

    def next(self) -> None:
        """Breathe, or end it early."""
        if self.phase is Phase.WORK:
            said = f"Breathing: ended by the operator after {self.phase_elapsed_s:.0f} s."
            self.context.say(said)
            self.finish()
        else:
            super().next()

    def breath(self) -> BreathNow | None:
        """Return where the present breath is."""
        if self.phase is not Phase.WORK:
            return None
        step = self.step
        at_s = self.phase_elapsed_s % (step.in_s + step.out_s)
        breathing_in = at_s < step.in_s
        share = at_s / step.in_s if breathing_in else (at_s - step.in_s) / step.out_s
        return BreathNow(breathing_in, share, step.in_s, step.out_s)

    def result(self) -> dict[str, Any]:
        """Return the pace."""
        return {"breaths_per_min": round(60 / (self.step.in_s + self.step.out_s), 2)}


class QualityRun(StepRun[Quality]):
    """Wait for good signals; ask the operator when they do not come."""

    def __init__(self, context: RunContext, step: Quality) -> None:
        super().__init__(context, step)
        places = step.channels or context.plan.places
        self._channels = context.columns_of(places)
        self._good_samples = 0
        self.asks = False
        """It took too long: the operator decides (Next: go on anyway, Repeat: wait again)."""

    @property
    def watched(self) -> tuple[int, ...]:
        """The channels looked at."""
        return self._channels

    def start(self) -> None:
        """Look."""
        self._good_samples = 0
        self.asks = False
        self.enter(Phase.WORK, self.step.max_s)

    def on_levels(self, levels: Levels) -> None:
        """Count how long all have been good in a row."""
        if self.phase is not Phase.WORK:
            return
        if unusable(self._channels, levels.usable):
            self._good_samples = 0
        else:
            self._good_samples += levels.n_samples

    def on_gap(self, n_samples: int) -> None:
        """Begin to count anew."""
        del n_samples
        self._good_samples = 0

    @property
    def samples_left(self) -> int | None:
        """Samples to the end of the look, or to where it will have been good for long enough."""
        left = super().samples_left
        if self.phase is not Phase.WORK or left is None:
            return left
        wanted = self.context.samples(self.step.good_s) - self._good_samples
        return min(left, max(1, wanted))

    def take(self, levels: Levels) -> None:
        """Go on as soon as it was good for long enough."""
        super().take(levels)
        enough = self._good_samples >= self.context.samples(self.step.good_s)
        if enough and self.phase is Phase.WORK:
            self.finish()

    def phase_over(self) -> None:
        """Ask, unless it just became good."""
        if self._good_samples >= self.context.samples(self.step.good_s):
            self.finish()
            return
        labels = self._bad_labels()
        self.asks = True
        self.context.say(f"Signal check: not good after {self.step.max_s:g} s: {labels}.")
        self.enter(Phase.READY)

    def next(self) -> None:
        """Start, or go on with what there is."""
        if self.phase is Phase.READY and self.asks:
            self.context.say(f"Signal check: went on with {self._bad_labels()} not good.")
            self.finish()
        elif self.phase is Phase.WORK:
            self.context.say("Signal check: ended by the operator.")
            self.finish()
        else:
            super().next()

    def repeat(self) -> None:
        """Look again."""
        super().repeat()
        self.asks = False

    @property
    def waits_for_answer(self) -> bool:
        """Whether the operator must decide."""
        return self.asks and self.phase is Phase.READY

    def result(self) -> dict[str, Any]:
        """Return the channels that were not good at its end."""
        return {"not_good": [self._label(c) for c in self._bad()]}

    def _bad(self) -> tuple[int, ...]:
        return unusable(self._channels, self.context.usable)

    def _bad_labels(self) -> str:
        return ", ".join(self._label(c) for c in self._bad()) or "all good only lately"

    def _label(self, column: int) -> str:
        return self.context.montage.channels[column].label


class RatingsRun(StepRun[Ratings]):
    """Questions on a 0 to 10 scale; Next leaves out what was not answered."""

    def __init__(self, context: RunContext, step: Ratings) -> None:
        super().__init__(context, step)
        self._given: dict[str, int] = {}

    def start(self) -> None:
        """Ask."""
        self._given = {}
        self.enter(Phase.WORK)

    def asked(self) -> tuple[RatingAsked, ...]:
        """Return what is not answered yet."""
        if self.phase is not Phase.WORK:
            return ()
        return tuple(
            RatingAsked(key, *RATING_QUESTIONS[key])
            for key in self.step.ask
            if key not in self._given
        )

    def rate(self, ratings: Mapping[str, int]) -> bool:
        """Take answers; with the last one the step is done.

        Raises
        ------
        UsageError
            A question that was not asked, or a number outside 0 to 10.
        """
        if self.phase is not Phase.WORK:
            return False
        for key, value in ratings.items():
            if key not in self.step.ask:
                raise UsageError(f"{key!r} was not asked.", f"Asked: {', '.join(self.step.ask)}.")
            checked_rating(value)
        self._given.update(ratings)
        self.context.pain_before = ratings.get("pain", self.context.pain_before)
        for key, value in ratings.items():
            self.context.event(f"rating {self.step.when} {key} {value}")
        if not self.asked():
            self.finish()
        return True

    def next(self) -> None:
        """Leave the rest unanswered."""
        if self.phase is Phase.WORK:
            self.finish()
        else:
            super().next()

    @property
    def waits_for_answer(self) -> bool:
        """Whether questions are open."""
        return bool(self.asked())

    def result(self) -> dict[str, Any]:
        """Return the answers, None where none was given."""
        answers = {key: self._given.get(key) for key in self.step.ask}
        return {"when": self.step.when, "ratings": answers}


def checked_rating(value: int) -> int:
    """Return `value` if it is a rating.

    Raises
    ------
    UsageError
        Not a whole number from 0 to 10.
    """
    low, high = RATING_RANGE
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UsageError(f"A rating of {value!r} is not {low} to {high}.", "Use a whole number.")
    return value
