"""A block of trials: countdown, work, rest, again; targets move between trials only."""

from __future__ import annotations

from typing import Any

from emgfeedback.core.block import Unit
from emgfeedback.core.errors import ConfigError, SettingsError, UsageError
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import FeedbackNow, Phase, TrialKind, TrialNow
from emgfeedback.training.plan_steps import Trials
from emgfeedback.training.plan_words import DUAL_TASK_HINTS, PROBE_HINT
from emgfeedback.training.run_measures import WORKING_MODES, WorkRestSet, measures_of
from emgfeedback.training.run_step import RunContext, StepRun, unusable
from emgfeedback.training.run_target import ResolvedTarget, lowest_line_uv, resolve
from emgfeedback.training.run_trial import Trial, newest, newest_inside, trial_kinds
from emgfeedback.training.shaping import Rule, Shaper, Shaping

SETTLE_S = 3.0
"""After the last trial: time for its last second to be confirmed."""
SETTLE_STEP_S = 0.5
LONGEST_SETTLE_S = 6.0
WAIT_S = 1.0
"""The countdown goes on by so much while a channel cannot be trusted."""


class TrialsRun(StepRun[Trials]):
    """A block of trials of one target."""

    def __init__(self, context: RunContext, step: Trials) -> None:
        super().__init__(context, step)
        self._kinds = trial_kinds(step)
        self._trials: list[Trial] = []
        """Every trial begun, dropped ones too; a repeated number stands twice."""
        self._measures: dict[int, dict[str, Any]] = {}
        self._place = 0
        """Index into the kinds: the trial running or next."""
        self._offer = ""
        self._settled_for_s = 0.0
        self._resolved: ResolvedTarget | None = None
        self._shaper: Shaper | None = None
        self._set: WorkRestSet | None = None

    @property
    def watched(self) -> tuple[int, ...]:
        """The channels of the target."""
        return self.context.columns_of(self.step.target.places)

    @property
    def unit(self) -> Unit:
        """The unit of levels and thresholds."""
        return self._resolved.unit if self._resolved is not None else Unit.UV

    def start(self) -> None:
        """Set the target by what was measured, and begin."""
        try:
            resolved = resolve(self.context, self.step)
        except ConfigError as error:
            self.refused = str(error)
            self.context.say(self.refused)
            return
        self.refused = ""
        if resolved.why:
            self.context.say(resolved.why)
        settings = Shaping(Rule(self.step.shaping), offers_trick=self.step.ladder.trick == "none")
        self._resolved = resolved
        self._shaper = Shaper(resolved.target, settings, resolved.unit)
        if self.step.target.mode in WORKING_MODES:
            self._set = WorkRestSet(resolved.target.channels, self.context.fs_hz)
        if self.context.frozen:
            self._shaper.freeze()
        self.context.event(f"target {self._line_words()}")
        self._count_down()

    def phase_over(self) -> None:
        """Go round: countdown, work, rest."""
        if self.phase is Phase.COUNTDOWN and self.step.countdown_s and not self.trusted:
            self.enter(Phase.COUNTDOWN, WAIT_S)
        elif self.phase is Phase.COUNTDOWN:
            self._begin_trial()
        elif self.phase is Phase.WORK:
            self._end_trial()
        elif self.phase is Phase.REST:
            self._end_rest()

    def next(self) -> None:
        """Start; or end the countdown, the trial or the rest now."""
        if self.phase in (Phase.COUNTDOWN, Phase.WORK, Phase.REST):
            self.context.say(f"{self.phase.value.capitalize()} ended by hand.")
            self._push()
        else:
            super().next()

    def _push(self) -> None:
        if self.phase is Phase.COUNTDOWN:
            self._begin_trial()
        elif self.phase is Phase.WORK:
            self._end_trial()
        else:
            self._settled_for_s = LONGEST_SETTLE_S
            self._end_rest()

    def repeat(self) -> None:
        """Take the running trial, or the last one, again; the old one counts nowhere."""
        self._offer = ""
        if self._shaper is None:
            super().repeat()
            return
        trial = self._current()
        if trial is not None and not trial.dropped:
            trial.dropped = True
            trial.finish()
            trial.forget_levels()
            if self._set is not None:
                self._set.forget_last()
            self._place = trial.number - 1
            self.context.say(f"Trial {trial.number} is taken again.")
        self._count_down()

    def leave(self) -> None:
        """Make the numbers of an open trial final."""
        trial = self._current()
        if trial is not None and not trial.finished:
            self._finish_trial(trial)

    def on_levels(self, levels: Levels) -> None:
        """Score while it works; confirm afterwards."""
        trial = self._current()
        if self._set is not None and self._resolved is not None:
            good = levels.valid & (not unusable(self.watched, levels.usable))
            self._set.add(levels.control * self._resolved.scale, good)
        if self.phase is Phase.WORK:
            assert trial is not None
            trial.add(levels)
        else:
            self.idle(levels)

    def idle(self, levels: Levels) -> None:
        """Confirm what came before."""
        trial = self._current()
        if trial is not None and not trial.finished:
            trial.follow(levels)

    def on_gap(self, n_samples: int) -> None:
        """Leave out what is missing while it works."""
        trial = self._current()
        if trial is not None and not trial.finished:
            trial.gap(n_samples if self.phase is Phase.WORK else 0)

    def judged(self) -> None:
        """Commit what the verdict confirms; a trial that is all decided shapes the next."""
        trial = self._current()
        if trial is None or trial.finished:
            return
        good = not unusable(self.watched, self.context.usable)
        if not good and self._set is not None:
            self._set.doubt()
        trial.judged(ok=good)
        if self.phase is not Phase.WORK and trial.settled:
            self._finish_trial(trial)

    def freeze(self, *, frozen: bool) -> None:
        """Hold the target, or let it move again."""
        if self._shaper is None:
            return
        if frozen:
            self._shaper.freeze()
        else:
            self._shaper.release()

    def set_threshold(self, channel: int, value: float) -> None:
        """Move a line by hand, in the unit; raises as `set_threshold_uv`."""
        scale = 1.0 if self._resolved is None else float(self._resolved.scale[channel])
        self.set_threshold_uv(channel, value / scale)

    def set_threshold_uv(self, channel: int, uv: float) -> None:
        """Move a line by hand, at once.

        Raises
        ------
        SettingsError
            A channel without a line, or a value it cannot have.
        UsageError
            The target is not set yet.
        """
        if self._shaper is None or self._resolved is None:
            raise UsageError("There is no target yet.", "Start the block first.")
        lowest_uv = lowest_line_uv(float(self.context.floors_uv[channel]))
        if not uv >= lowest_uv:
            raise SettingsError(
                f"A line at {uv:.1f} µV is below {lowest_uv:.1f} µV, in the noise.",
                "Choose a higher one.",
            )
        change = self._shaper.set_bound(channel, uv * float(self._resolved.scale[channel]))
        self._say_shaped(moved=change.moved)
        trial = self._current()
        if self.phase is Phase.WORK and trial is not None:
            trial.move(self._shaper.target)

    # What is seen

    @property
    def words(self) -> tuple[str, str]:
        """Task and hint of the present trial."""
        task, hint = super().words
        if self.refused and self.phase is Phase.READY:
            return task, self.refused
        if self.phase in (Phase.COUNTDOWN, Phase.WORK) and self._kind() is not TrialKind.FEEDBACK:
            hint = PROBE_HINT
        elif self.step.prompts:
            hint = self.step.prompts[self._place % len(self.step.prompts)]
        # One thing to read beside the task: what is done at the same time, where there is that.
        return task, DUAL_TASK_HINTS[self.step.ladder.dual_task] or hint

    @property
    def offer(self) -> str:
        """What the rules suggest."""
        return self._offer

    @property
    def waits_for_answer(self) -> bool:
        """Whether it cannot begin."""
        return bool(self.refused) and self.phase is Phase.READY

    def thresholds(self) -> tuple[float | None, ...]:
        """Return the shaped line of each channel."""
        if self._shaper is None or self._resolved is None:
            return super().thresholds()
        return self._resolved.lines(self._shaper.target)

    def thresholds_uv(self) -> tuple[float | None, ...]:
        """Return the same in microvolts."""
        if self._shaper is None or self._resolved is None:
            return super().thresholds()
        return self._resolved.lines_uv(self._shaper.target)

    def threshold_words(self) -> tuple[str, ...]:
        """Return each line in words."""
        if self._shaper is None or self._resolved is None:
            return super().threshold_words()
        return self._resolved.line_words(self._shaper.target)

    def trial(self) -> TrialNow | None:
        """Return the trial running or last run, and the results so far."""
        trial = self._current()
        counted = {t.number: t for t in self._trials if not t.dropped and t.finished}
        running = trial if trial is not None and not trial.dropped else None
        return TrialNow(
            number=min(self._place + 1, len(self._kinds)),
            of=len(self._kinds),
            kind=self._kind(),
            elapsed_s=running.elapsed_s if running is not None else 0.0,
            duration_s=self.step.trial_s,
            success_pct=running.success_pct if running is not None else None,
            fixed_pct=running.fixed_pct if running is not None else None,
            kinds=self._kinds,
            results_pct=tuple(
                counted[n].success_pct if n in counted else None for n in range(1, self._place + 1)
            ),
        )

    def feedback(self, *, scored: bool, visible: bool) -> FeedbackNow | None:
        """Return what the patient sees: nothing of the levels in probes, rests and pauses."""
        trial = self._current()
        if trial is None:
            return None
        visible = visible and self.phase is Phase.WORK and trial.kind is TrialKind.FEEDBACK
        judged = trial.shown if visible and scored else None
        target = trial.target
        path = visible and target.wanted(trial.elapsed_s) is not None
        return FeedbackNow(
            scene=self.step.scene,
            mode=target.mode,
            visible=visible,
            inside=newest_inside(judged),
            distance=newest(judged, "distance"),
            elements=trial.elements(scored=scored, hidden=not visible),
            distances=(newest(judged, "distance_left"), newest(judged, "distance_right")),
            wanted=target.wanted(trial.elapsed_s) if path else None,
            path=target.path(trial.elapsed_s) if path else (),
            tolerance=getattr(target, "tolerance", None) if path else None,
            balance_pct=trial.balance_pct if judged is not None else None,
            balance_limit_pct=getattr(target, "limit_pct", None),
            held_s=trial.held_s if judged is not None else 0.0,
        )

    def result(self) -> dict[str, Any]:
        """Return all trials and how the target moved."""
        shaper, resolved = self._shaper, self._resolved
        return {
            "mode": self.step.target.mode.value,
            "scene": self.step.scene.value,
            "purpose": self.step.purpose,
            "unit": resolved.unit.value if resolved is not None else None,
            "reference": resolved.reference or None if resolved is not None else None,
            "unit_reason": resolved.why or None if resolved is not None else None,
            "channels": [self.context.montage.channels[c].label for c in self.watched],
            "shaping": self.step.shaping,
            "threshold_log": list(shaper.log) if shaper is not None else [],
            "refused": self.refused,
            "work_rest": self._set.measured(self.context.montage) if self._set is not None else {},
            "trials": [
                {**trial.result(), "measures": self._measures.get(i)}
                for i, trial in enumerate(self._trials)
            ],
        }

    # The round

    def _kind(self) -> TrialKind:
        return self._kinds[min(self._place, len(self._kinds) - 1)]

    def _current(self) -> Trial | None:
        return self._trials[-1] if self._trials else None

    def _count_down(self) -> None:
        self.enter(Phase.COUNTDOWN, self.step.countdown_s)

    def _begin_trial(self) -> None:
        trial = self._current()
        if trial is not None and not trial.finished:
            self._finish_trial(trial)
        assert self._shaper is not None
        assert self._resolved is not None
        self._offer = ""
        self._trials.append(
            Trial(
                self._place + 1,
                self._kind(),
                self._resolved,
                self._shaper.target,
                self._shaper.fixed,
                self.context.fs_hz,
                self.context.montage,
                self.context.floors_uv,
            )
        )
        self.context.event(f"trial {self._place + 1} {self._kind().value} start")
        if self._set is not None:
            self._set.work_cue()
        self.enter(Phase.WORK, self.step.trial_s)

    def _end_trial(self) -> None:
        self.context.event(f"trial {self._place + 1} end")
        if self._set is not None:
            self._set.rest_cue()
        self._place += 1
        self._settled_for_s = 0.0
        last = self._place == len(self._kinds)
        self.enter(Phase.REST, SETTLE_S if last else self.step.rest_s)

    def _end_rest(self) -> None:
        """Go on, but give the last second of the trial time to be confirmed."""
        trial = self._current()
        assert trial is not None
        if not trial.finished and self._settled_for_s < LONGEST_SETTLE_S:
            self._settled_for_s += SETTLE_STEP_S
            self.enter(Phase.REST, SETTLE_STEP_S)
            return
        if not trial.finished:
            self._finish_trial(trial)
        if self._place == len(self._kinds):
            self.finish()
        else:
            self._count_down()

    def _finish_trial(self, trial: Trial) -> None:
        trial.finish()
        assert self._resolved is not None
        context = self.context
        self._measures[len(self._trials) - 1] = measures_of(
            trial, self._resolved, context.montage, context.floors_uv, context.fs_hz
        )
        trial.forget_levels()
        if trial.says_little:
            self._offer = "repeat"
            left_out = trial.excluded_pct
            words = "all" if left_out is None else f"{left_out:.0f} %"
            self.context.say(f"Trial {trial.number}: {words} left out; it may be repeated.")
        assert self._shaper is not None
        if trial.kind is not TrialKind.FEEDBACK or trial.moved_by_hand:
            return
        floors = (self.context.floors_uv * self._resolved.scale).tolist()
        success = None if trial.says_little else trial.success_pct
        change = self._shaper.after_trial(success, floors, self._resolved.least)
        self._offer = self._offer or change.offer
        self._say_shaped(moved=change.moved)

    def _say_shaped(self, *, moved: bool) -> None:
        assert self._shaper is not None
        self.context.say(self._shaper.log[-1])
        if moved:
            self.context.event(f"target {self._line_words()}")

    def _line_words(self) -> str:
        assert self._shaper is not None
        target = self._shaper.target
        unit = "%" if target.shaped_channels == () or self.unit is Unit.PCT else "uV"
        values = ", ".join(f"{value:.2f}" for value in target.shaped)
        return f"{target.mode.value} {values} {unit}"
