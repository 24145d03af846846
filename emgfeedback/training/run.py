"""A training run: the steps of a plan, one after the other, on sample time.

Synchronous and without a clock of its own: it is fed levels and commands, and the same
samples give the same scores whatever the size of the pieces they come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import Montage, Side
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import Hold, Phase, RunNow
from emgfeedback.training.plan import Plan
from emgfeedback.training.plan_steps import End, Purpose
from emgfeedback.training.run_course import Course
from emgfeedback.training.run_journal import Journal
from emgfeedback.training.run_step import RunContext, StepRun, unusable
from emgfeedback.training.summary import RunRecord, session_summary

NoteKind = Literal["note", "trick", "side effect"]


class TrainingRun:
    """Run a plan.

    Parameters
    ----------
    plan
        What to do.
    montage
        Channels in column order.
    fs_hz
        Sampling rate of the levels.
    overactive
        Muscle -> its overactive side, where the plan asks for it.
    device_facts
        Board and gain in words, kept with every measurement.
    filter_facts
        Purpose -> the filters in words.
    floors_uv
        Noise floor of each channel, until `judged` brings fresher ones.
    lsb_uv
        One count of the board at the electrode, of each channel; None: finer than any limit.

    Raises
    ------
    ConfigError
        The montage lacks a channel of the plan, or a side was not chosen.
    """

    def __init__(
        self,
        plan: Plan,
        montage: Montage,
        fs_hz: float,
        *,
        overactive: Mapping[str, Side] | None = None,
        device_facts: str = "",
        filter_facts: Mapping[str, str] | None = None,
        floors_uv: NDArray[np.float64] | None = None,
        lsb_uv: NDArray[np.float64] | None = None,
    ) -> None:
        self.plan = plan = plan.fitted(montage)
        self.montage = montage
        self.fs_hz = fs_hz
        self._overactive = {**(plan.overactive or {}), **(overactive or {})}
        n = montage.n_channels
        self._journal = Journal(fs_hz)
        self.events = self._journal.events
        """Texts for the recording; who writes them clears the list."""
        self._course = Course(plan)
        self._context = RunContext(
            plan=plan,
            montage=montage,
            fs_hz=fs_hz,
            columns=plan.columns(montage, overactive),
            device_facts=device_facts,
            filter_facts=dict(filter_facts or {}),
            say=self._journal.say,
            event=self._journal.event,
            calibrations=self._course.calibrations,
            lsb_uv=np.zeros(n) if lsb_uv is None else np.array(lsb_uv, dtype=float),
            usable=np.zeros(n, dtype=bool),
            floors_uv=np.zeros(n) if floors_uv is None else np.array(floors_uv, dtype=float),
        )
        self._paused = False
        self._after_gap = False
        self._settled = False
        self._through = self._stopped = ""
        self._final: dict[str, Any] | None = None
        self._course.begin(self._context)

    # Samples

    def process(self, levels: Levels) -> None:
        """Take contiguous samples; pieces come in order, each once."""
        if self.finished:
            self._journal.at = levels.end_sample
            return
        self._context.usable = levels.usable
        if self._journal.first is None:
            self._journal.first = self._journal.at = levels.first_sample
            self._go_on()
        gap = levels.first_sample - self._journal.at
        if gap > 0:
            self._count(gap)
            self._after_gap, self._settled = True, False
            self._run.on_gap(0 if self._paused else gap)
        levels = replace(levels, gap_before_samples=max(0, gap))
        self._journal.at = levels.first_sample
        at = 0
        while at < levels.n_samples and not self.finished:
            run = self._run
            left = None if self._paused else run.samples_left
            stop = levels.n_samples if left is None else min(levels.n_samples, at + left)
            part = levels.rows(at, stop).through(run.step.purpose)
            self._count(stop - at)
            self._journal.at = levels.first_sample + stop
            if self._paused:
                run.idle(part)
            else:
                run.take(part)
            self._settled, self._through = bool(part.valid[-1]), levels.purpose
            self._after_gap = self._after_gap and not self._settled
            at = stop
            self._go_on()
        self._journal.at = levels.end_sample

    def judged(self, usable: NDArray[np.bool_], floors_uv: NDArray[np.float64]) -> None:
        """Take fresh quality verdicts and noise floors, both `(n_channels,)`."""
        if self.finished:
            return
        self._context.usable = usable
        self._context.floors_uv = np.array(floors_uv, dtype=float)
        self._run.judged()
        self._go_on()

    # Commands

    def next(self) -> None:
        """Start the step, push it on, or go to the next one."""
        self.resume()
        if self.finished:
            return
        if self._run.phase is Phase.DONE:
            self._advance()
        self._run.next()
        self._go_on()

    def back(self) -> None:
        """Return to the step before and take it anew; what both gave so far counts nowhere.

        Raises
        ------
        UsageError
            There is no step before, or the session is over.
        """
        if self.finished or self._course.step == 0:
            raise UsageError("There is no step to go back to.", "Go on with this one.")
        self.resume()
        self._run.leave()
        self._course.back()
        self._journal.say(f"Back to {self._run.step.shown_title}.")
        self._journal.event(f"back to step {self._course.step + 1} {self._run.step.kind.value}")
        self._go_on()

    def repeat(self) -> None:
        """Take the trial or the step again; what it gave before counts no longer."""
        self.resume()
        if not self.finished:
            self._run.repeat()
            self._journal.say(f"Again: {self._run.step.shown_title}.")
            self._go_on()

    def skip(self, reason: str) -> None:
        """Leave the step and go to the next one."""
        self.resume()
        if self.finished:
            return
        run = self._run
        run.leave()
        run.skipped = reason or "no reason given"
        self._journal.say(f"Skipped {run.step.shown_title}: {run.skipped}.")
        self._journal.event(f"skip {run.step.kind.value}: {run.skipped}")
        self._advance()
        self._go_on()

    def pause(self) -> None:
        """Stop feedback and scoring at once; recording is none of our business and goes on."""
        if not self.finished and not self._paused:
            self._paused = True
            self._journal.event("training pause")

    def resume(self) -> None:
        """Go on after a pause."""
        if self._paused:
            self._paused = False
            self._journal.event("training resume")

    def stop(self, reason: str = "stopped by hand") -> None:
        """End the session here."""
        if self.finished:
            return
        self._paused = False
        self._run.leave()
        self._run.skipped = reason
        self._stopped = reason
        self._journal.say(f"Session ended: {reason}.")
        self._journal.close()

    def freeze(self, *, frozen: bool) -> None:
        """Hold all targets where they are, or let the rule move them again."""
        if frozen != self._context.frozen:
            self._context.frozen = frozen
            self._run.freeze(frozen=frozen)
            self._journal.say("Targets held." if frozen else "Targets released.")

    def set_threshold(self, channel: int, value: float) -> None:
        """Move the line of a channel by hand, in the unit of the step.

        Raises
        ------
        SettingsError
            A channel without a line, or a value it cannot have.
        UsageError
            The step has no target.
        """
        self._run.set_threshold(channel, value)

    def set_threshold_uv(self, channel: int, uv: float) -> None:
        """Move it to `uv` microvolts, whatever the unit; raises as `set_threshold`."""
        self._run.set_threshold_uv(channel, uv)

    def rate(self, ratings: Mapping[str, int]) -> None:
        """Answer the questions asked: key -> 0 to 10.

        Raises
        ------
        UsageError
            Nothing was asked, another question was, or no such number.
        """
        if self.finished or not self._run.rate(ratings):
            raise UsageError("No rating was asked for.", "Wait for the questions.")
        self._go_on()

    def answer_pain(self, rating: int) -> None:
        """Answer the pain question after a contraction: 0 to 10.

        Raises
        ------
        UsageError
            It was not asked, or no such number.
        """
        if self.finished or not self._run.answer_pain(rating):
            raise UsageError("Pain was not asked for.", "Wait for the question.")
        self._go_on()

    def note(self, text: str, kind: NoteKind = "note") -> None:
        """Keep a free note, the trick used, or a side effect; also when the session is over."""
        self._journal.event(f"{kind}: {text}")
        self._journal.note(kind, text)
        self._final = None

    def mark(self, kind: str) -> None:
        """Set a marker: `arm` and `touch` tell the trick test when the hand moved and touched."""
        self._journal.event(f"mark {kind}")
        if not self.finished:
            self._run.mark(kind)
        self.keep_mark(kind)

    def keep_mark(self, text: str) -> None:
        """Keep a marker that already stands in the recording."""
        self._journal.note("mark", text)
        self._final = None

    # What is seen

    @property
    def samples_left(self) -> int | None:
        """Samples until the present phase ends by itself; None where it waits."""
        return None if self._paused or self.finished else self._run.samples_left

    @property
    def finished(self) -> bool:
        """Whether the session is over."""
        return self._journal.finished

    @property
    def elapsed_s(self) -> float:
        """Time from the first sample to the newest or the end, gaps and pauses included."""
        return self._journal.elapsed_s

    @property
    def wanted_purpose(self) -> Purpose:
        """The filters the present step needs, or the next one that needs any."""
        return self._course.wanted_purpose

    @property
    def thresholds_uv(self) -> tuple[float | None, ...]:
        """The line of each channel in microvolts, None where it has none."""
        return self._run.thresholds_uv()

    def now(self) -> RunNow:
        """Return everything a screen shows."""
        run = self._run
        hold, blamed = self._held()
        task, hint = run.words
        over = self.summary() if self.finished else {}
        return RunNow(
            plan_title=self.plan.title,
            step=self._course.step,
            step_titles=tuple(step.shown_title for step in self.plan.steps),
            step_states=self._course.states(finished=self.finished),
            can_go_back=self._course.step > 0 and not self.finished,
            can_note_after_end=self.finished,
            kind=run.step.kind,
            phase=Phase.FINISHED if self.finished else run.phase,
            task=task,
            hint=hint,
            countdown_s=None if self.finished else run.countdown_s,
            elapsed_s=self.elapsed_s,
            paused=self._paused,
            hold=hold,
            hold_channels=blamed,
            unit=run.unit,
            feedback=run.feedback(scored=hold is Hold.NONE, visible=not self._paused),
            trial=run.trial(),
            breath=None if self._paused else run.breath(),
            movement=run.movement(),
            cables=self._context.cables,
            ratings=run.asked(),
            thresholds=run.thresholds(),
            thresholds_uv=run.thresholds_uv(),
            threshold_words=run.threshold_words(),
            frozen=self._context.frozen,
            offer=run.offer,
            log=self._journal.shown,
            patient_sentence=f"{over['patient_sentence']} {over['next_step']}" if over else "",
            therapist_line=over["therapist_line"] if over else "",
        )

    def summary(self) -> dict[str, Any]:
        """Return what is kept of the session, ready for JSON; also before its end."""
        if self._final is not None:
            return self._final
        sides = {muscle: side.value for muscle, side in self._overactive.items()}
        taken = tuple(self._course.taken)
        record = RunRecord(self._context, sides, taken, self._stopped, self._journal)
        summary = session_summary(record)
        self._final = summary if self.finished else None
        return summary

    @property
    def _run(self) -> StepRun[Any]:
        return self._course.run

    def _advance(self) -> None:
        if self._course.at_end:
            self._journal.close()
            return
        self._course.forward()
        self._journal.event(f"step {self._course.step + 1} {self._run.step.kind.value}")

    def _go_on(self) -> None:
        """Go through everything that needs nobody."""
        while not self.finished and not self._paused:
            run = self._run
            auto = self.plan.auto if run.step.auto is None else run.step.auto
            starts = self._journal.first is not None and (auto or isinstance(run.step, End))
            if run.phase is Phase.FINISHED:
                self._journal.close()
            elif run.phase is Phase.DONE and auto:
                self._advance()
            elif run.phase is Phase.READY and run.refused and auto:
                self.skip(run.refused)
            elif run.phase is Phase.READY and not run.waits_for_answer and starts:
                run.start()
            else:
                return

    def _count(self, n_samples: int) -> None:
        self._journal.count("paused" if self._paused else self._run.phase.value, n_samples)

    def _held(self) -> tuple[Hold, tuple[int, ...]]:
        if self._paused:
            return Hold.USER, ()
        blamed = unusable(self._run.watched, self._context.usable)
        if blamed:
            return Hold.QUALITY, blamed
        same_filters = not self._through or self._run.step.purpose in (None, self._through)
        if (self._settled and same_filters) or not self._run.watched:
            return Hold.NONE, ()
        return (Hold.GAP if self._after_gap else Hold.SETTLING), ()
