"""A calibration: countdown, take, pain question, rest, again; pain ends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from emgfeedback.core.errors import UsageError
from emgfeedback.training.calibration import (
    Calibration,
    CalibrationFacts,
    pain_stops,
    results,
)
from emgfeedback.training.calibration_take import CalibrationTake, Method, TakePhase
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import MovementNow, Phase, RatingAsked
from emgfeedback.training.plan_steps import Calibration as CalibrationStep
from emgfeedback.training.plan_words import LET_GO, PAIN_ENDS, PAIN_QUESTION
from emgfeedback.training.run_simple import checked_rating
from emgfeedback.training.run_step import RunContext, StepRun

TICK_S = 0.1
"""So often it is looked whether a take is full or void."""
OVERTIME_S = 0.2
"""A take is full after its seconds and a fraction of an epoch."""
WAIT_S = 1.0
SETTLE_S = 3.0
SETTLE_STEP_S = 0.5
LONGEST_SETTLE_S = 6.0
CALM_S = 10.0
"""So long the patient reads why there is no further contraction, before a plan goes on."""
GESTURES = {
    Method.RVC_TRAPEZIUS: "arms-up",
    Method.RVC_SCM: "press-forehead",
    Method.RVC_SPLENIUS: "press-back",
}
"""How it looks; a maximal contraction and a rest without support look like nothing special."""
LONGEST_FACTOR = 4.0
"""A take at rest that took so many times its length is given up: the signal does not hold."""


class CalibrationRun(StepRun[CalibrationStep]):
    """A calibration of one method."""

    def __init__(self, context: RunContext, step: CalibrationStep) -> None:
        super().__init__(context, step)
        self._method = Method(step.method)
        self._channels = context.columns_of(step.channels)
        self._take: CalibrationTake | None = None
        self._takes: list[CalibrationTake] = []
        self._found: tuple[Calibration, ...] = ()
        self._pains: list[int] = []
        self._asks_pain = False
        self._reason = ""
        self._interrupted = False
        self._interruptions = 0
        self._settled_for_s = 0.0

    @property
    def watched(self) -> tuple[int, ...]:
        """The channels measured."""
        return self._channels

    @property
    def words(self) -> tuple[str, str]:
        """Task and hint; after a contraction they ask for nothing more."""
        if self._reason == "pain":
            return PAIN_ENDS
        over = self.step.is_contraction and self.phase in (Phase.REST, Phase.DONE)
        return LET_GO if over else self.step.words

    def start(self) -> None:
        """Count down to the first take."""
        self._clear()
        self._count_down()

    def repeat(self) -> None:
        """Measure anew; what was measured before is forgotten."""
        self._clear()
        super().repeat()

    def next(self) -> None:
        """Start; in a rest go on to the next take, but never past an unanswered question."""
        if self.phase is Phase.REST:
            if self.asked():
                self.context.say("Pain was not answered: no further contraction.")
                self._close()
            else:
                self._after_rest()
        elif self.phase is Phase.COUNTDOWN:
            self._begin_take()
        else:
            super().next()

    def leave(self) -> None:
        """Forget an open take."""
        self._take = None

    def phase_over(self) -> None:
        """Go round."""
        if self.phase is Phase.COUNTDOWN:
            if self.step.countdown_s and not self.trusted:
                self.enter(Phase.COUNTDOWN, WAIT_S)
            else:
                self._begin_take()
        elif self.phase is Phase.WORK:
            self._end_take()
        elif self.phase is Phase.REST:
            self._after_rest()

    @property
    def samples_left(self) -> int | None:
        """Samples to the end of the phase; a take is looked at every tick."""
        left = super().samples_left
        if self.phase is not Phase.WORK or left is None:
            return left
        tick = self.context.samples(TICK_S)
        return min(left, tick - (self._length - left) % tick)

    @property
    def countdown_s(self) -> float | None:
        """Time left; of a take what is still to be measured, which stands while it cannot be."""
        if self.phase is Phase.WORK and self._take is not None:
            return (1 - self._take.progress) * self.step.take_s
        return super().countdown_s

    def take(self, levels: Levels) -> None:
        """Take samples, and end the take at a tick where it is full or void."""
        super().take(levels)
        if self.phase is not Phase.WORK or self._left is None or self._take is None:
            return
        on_tick = (self._length - self._left) % self.context.samples(TICK_S) == 0
        if on_tick and self._take.phase is not TakePhase.COLLECTING:
            self._end_take()

    def on_levels(self, levels: Levels) -> None:
        """Collect; a pause since the last sample is a break like a gap."""
        if self._take is None:
            return
        if self._interrupted:
            levels = replace(levels, gap_before_samples=max(1, levels.gap_before_samples))
            self._interrupted = False
        self._take.process(levels)

    def idle(self, levels: Levels) -> None:
        """Leave out what comes in a pause."""
        self._interrupted = True

    def judged(self) -> None:
        """Confirm or doubt what was collected."""
        if self._take is not None:
            self._take.judged(self.context.usable)

    # Pain

    def asked(self) -> tuple[RatingAsked, ...]:
        """Return the pain question after a contraction."""
        return (RatingAsked("pain", *PAIN_QUESTION),) if self._asks_pain else ()

    @property
    def waits_for_answer(self) -> bool:
        """Whether the pain question is open."""
        return self._asks_pain

    def rate(self, ratings: Mapping[str, int]) -> bool:
        """Take the answer to the pain question."""
        if not self._asks_pain:
            return False
        if set(ratings) != {"pain"}:
            raise UsageError(f"{', '.join(ratings)} was not asked.", "Asked: pain.")
        return self.answer_pain(ratings["pain"])

    def answer_pain(self, rating: int) -> bool:
        """Go on, or end the contractions: over 3, or risen by 2 or more."""
        if not self._asks_pain:
            return False
        checked_rating(rating)
        self._asks_pain = False
        self._pains.append(rating)
        self.context.event(f"pain {rating} after {self.step.method}")
        if pain_stops(self.context.pain_before, rating):
            self._reason = "pain"
            self.context.say(f"Pain {rating} of 10: no further contraction.")
            self._measure()
            self.enter(Phase.REST, CALM_S)
        elif self.samples_left is None:
            self._after_rest()
        return True

    @property
    def calibrations(self) -> tuple[Calibration, ...]:
        """What was measured, for the steps that follow."""
        return self._found

    def movement(self) -> MovementNow | None:
        """Return the gesture of the method."""
        key = GESTURES.get(self._method, "")
        if self._method is Method.REST and self.step.ladder.head_support:
            key = "rest-supported"
        if not key or self._reason == "pain":
            return None
        part = self.shown_part
        share = self._take.progress if self._take is not None and part == "hold" else 0.0
        return MovementNow(key, part, share, self.step.take_s if part == "hold" else 0.0)

    def result(self) -> dict[str, Any]:
        """Return what was measured of each channel, and the pain."""
        return {
            "method": self.step.method,
            "purpose": self.step.purpose,
            "posture": self.step.ladder.posture,
            "head_support": self.step.ladder.head_support,
            "pain": list(self._pains),
            "interrupted": self._interruptions,
            "reason": self._reason,
            "channels": [found.to_dict() for found in self._found],
        }

    # The round

    def _clear(self) -> None:
        self._take = None
        self._takes = []
        self._found = ()
        self._pains = []
        self._asks_pain = False
        self._reason = ""
        self._interrupted = False
        self._interruptions = 0
        self._settled_for_s = 0.0

    def _count_down(self) -> None:
        self.enter(Phase.COUNTDOWN, self.step.countdown_s)

    def _begin_take(self) -> None:
        self._take = CalibrationTake(
            self._method, self.step.take_s, self._channels, self.context.fs_hz
        )
        self._take.begin()
        self._interrupted = False
        self._settled_for_s = 0.0
        self.context.event(f"calibration {self.step.method} take {len(self._takes) + 1} start")
        longest = 1.0 if self.step.is_contraction else LONGEST_FACTOR
        self.enter(Phase.WORK, longest * self.step.take_s + OVERTIME_S)

    def _end_take(self) -> None:
        take = self._take
        assert take is not None
        self.context.event(f"calibration {self.step.method} end")
        if take.phase is TakePhase.COLLECTING:
            self._reason = "the signal was not good for long enough"
            self.context.say(f"Calibration given up: {self._reason}.")
            self._close()
            return
        self._asks_pain = self.step.is_contraction
        more = len(self._takes) + 1 < self.step.takes or take.phase is TakePhase.VOID
        pause_s = self.step.rest_s if more and self.step.is_contraction else SETTLE_S
        self.enter(Phase.REST, pause_s)

    def _after_rest(self) -> None:
        if self._reason:
            self.finish()
            return
        take = self._take
        if self._asks_pain:
            self.enter(Phase.REST)
            return
        if take is None:
            self._count_down()
            return
        if take.phase is TakePhase.COLLECTING:
            left_s = LONGEST_FACTOR * self.step.take_s * (1 - take.progress)
            self.enter(Phase.WORK, left_s + OVERTIME_S)
            return
        if take.phase is TakePhase.CONFIRMING and self._settled_for_s < LONGEST_SETTLE_S:
            self._settled_for_s += SETTLE_STEP_S
            self.enter(Phase.REST, SETTLE_STEP_S)
            return
        self._take = None
        if take.accepted:
            self._takes.append(take)
        else:
            self._interruptions += 1
            why = take.void_reason.value or "not confirmed"
            labels = ", ".join(self.context.montage.channels[c].label for c in take.blamed)
            self.context.say(f"Take left out ({why}{': ' if labels else ''}{labels}); once more.")
        if len(self._takes) < self.step.takes:
            self._count_down()
        else:
            self._close()

    def _close(self) -> None:
        self._measure()
        self.finish()

    def _measure(self) -> None:
        """Calculate what there is, for the steps that follow."""
        self._take = None
        self._asks_pain = False
        if self._takes or self._reason:
            self._found = self._results()
        self._tell_found()

    def _results(self) -> tuple[Calibration, ...]:
        step, context = self.step, self.context
        takes = self._takes or [
            CalibrationTake(self._method, step.take_s, self._channels, context.fs_hz)
        ]
        return results(
            takes,
            self._method,
            [channel.label for channel in context.montage.channels],
            [channel.site for channel in context.montage.channels],
            context.floors_uv.tolist(),
            CalibrationFacts(
                filter_facts=context.filters(step.purpose),
                device=context.device_facts,
                posture=step.ladder.posture,
                head_support="supported" if step.ladder.head_support else "unsupported",
                method_words=step.words[0],
            ),
            self._reason,
        )

    def _tell_found(self) -> None:
        for found in self._found:
            label = self.context.montage.channels[found.channel].label
            if found.value_uv is None:
                self.context.say(f"{label}: no {self.step.method} level ({found.reason}).")
            else:
                self.context.event(
                    f"calibration {self.step.method} {label} {found.value_uv:.2f} uV"
                )
            if found.repeatable is False:
                self.context.say(
                    f"{label}: takes differ by {found.spread_pct:.0f} %; better repeat."
                )
