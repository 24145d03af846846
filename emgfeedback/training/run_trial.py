"""One trial: levels held against the target and against the one that never moves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.montage import Montage
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import ElementNow, Hold, Mode, TrialKind
from emgfeedback.training.plan_steps import Trials
from emgfeedback.training.run_step import unusable
from emgfeedback.training.run_target import ResolvedTarget
from emgfeedback.training.score import ConfirmedScore
from emgfeedback.training.targets import Judged, Target, TargetJudge

MOST_EXCLUDED_PCT = 50.0
"""A trial of which more than this was left out says little and is offered again."""
HOLD_NAMES = {
    Hold.NONE: "unconfirmed",
    Hold.QUALITY: "quality",
    Hold.GAP: "gap",
    Hold.SETTLING: "settling",
    Hold.USER: "user",
}


class Trial:
    """A trial while it runs and until its last second is confirmed.

    Parameters
    ----------
    number, kind
        Which one.
    resolved
        Unit and scale of the levels.
    target, fixed
        What is asked now, and what was asked at the start of the block.
    fs_hz, montage, floors_uv
        Of the levels.
    """

    def __init__(
        self,
        number: int,
        kind: TrialKind,
        resolved: ResolvedTarget,
        target: Target,
        fixed: Target,
        fs_hz: float,
        montage: Montage,
        floors_uv: NDArray[np.float64],
    ) -> None:
        self.number = number
        self.kind = kind
        self.dropped = False
        """Repeated: it stays in the record and counts nowhere."""
        self.moved_by_hand = False
        self._resolved = resolved
        self._fs_hz = fs_hz
        self._montage = montage
        self._floors = (floors_uv * resolved.scale).tolist()
        self._judge = self._judge_of(target)
        self._fixed_judge = self._judge_of(fixed)
        self._score = ConfirmedScore(fs_hz, keep_outcomes=True)
        self._fixed_score = ConfirmedScore(fs_hz)
        self._taken = 0
        self._following = 0
        self._kept: list[NDArray[np.float64]] = []
        """Levels of every sample the score was given, those of pauses and after the end too."""
        self._n_kept = 0
        self._end = 0
        self._last: Judged | None = None
        self._shown: NDArray[np.float64] = np.full(montage.n_channels, np.nan)
        self.first_sample: int | None = None

    @property
    def target(self) -> Target:
        """What is asked now."""
        return self._judge.target

    @property
    def elapsed_s(self) -> float:
        """Samples taken, in seconds."""
        return self._taken / self._fs_hz

    @property
    def settled(self) -> bool:
        """Whether every sample of the trial is counted or left out."""
        return round(self._score.waiting_s * self._fs_hz) <= self._following

    @property
    def finished(self) -> bool:
        """Whether the numbers are final."""
        return self._score.finished

    @property
    def success_pct(self) -> float | None:
        """Share of scored time in target."""
        return self._score.success_pct

    @property
    def fixed_pct(self) -> float | None:
        """The same against the target of the block's start."""
        return self._fixed_score.success_pct

    @property
    def excluded_pct(self) -> float | None:
        """Share of the trial that was left out."""
        return self._score.excluded_pct

    @property
    def says_little(self) -> bool:
        """More than half was left out."""
        excluded = self.excluded_pct
        return excluded is None or excluded > MOST_EXCLUDED_PCT

    def move(self, target: Target) -> None:
        """Go on with another target: the operator moved a line."""
        self._judge = self._judge_of(target)
        self.moved_by_hand = True

    def add(self, levels: Levels) -> None:
        """Take samples of the trial."""
        n = levels.n_samples
        if self.first_sample is None:
            self.first_sample = levels.first_sample
        level = levels.control * self._resolved.scale
        t_s = (self._taken + np.arange(n)) / self._fs_hz
        self._taken += n
        self._following = 0
        self._keep(level)
        self._end = self._n_kept
        bad = bool(unusable(self.target.watched, levels.usable))
        valid = np.zeros(n, dtype=bool) if bad else levels.valid
        reason = Hold.QUALITY if bad else Hold.SETTLING
        for judge, score in ((self._judge, self._score), (self._fixed_judge, self._fixed_score)):
            judged = judge.judge(level, t_s, valid)
            score.add(judged.within, judged.known, reason)
            if judge is self._judge:
                self._last = judged
        self._show(levels)

    def follow(self, levels: Levels) -> None:
        """Take samples after the trial, or in a pause: they confirm what came before."""
        n = levels.n_samples
        if unusable(self.target.watched, levels.usable):
            self.judged(ok=False)
            return
        none = np.zeros(n, dtype=bool)
        for score in (self._score, self._fixed_score):
            score.add(none, none, Hold.NONE)
        self._following += n
        self._keep(levels.control * self._resolved.scale)

    def gap(self, n_samples: int) -> None:
        """Leave out samples that never came: 0 where the trial was not running."""
        for score in (self._score, self._fixed_score):
            score.gap(n_samples)
        for judge in (self._judge, self._fixed_judge):
            judge.reset()
        self._last = None
        self._following = 0

    def judged(self, *, ok: bool) -> None:
        """Take a verdict on the channels of the target."""
        for score in (self._score, self._fixed_score):
            score.judged(ok)
        if not ok:
            self._following = 0

    def finish(self) -> None:
        """Make the numbers final."""
        for score in (self._score, self._fixed_score):
            score.finish()

    # What is seen

    @property
    def shown(self) -> Judged | None:
        """The newest judgement, None before the first and after a gap."""
        return self._last

    @property
    def held_s(self) -> float:
        """How long it has been in target without a break."""
        return self._judge.held_s

    @property
    def balance_pct(self) -> float | None:
        """Balance: the asymmetry now."""
        return self._judge.balance_pct if self.target.mode is Mode.BALANCE else None

    def elements(self, *, scored: bool, hidden: bool) -> tuple[ElementNow, ...]:
        """Return what the patient sees of each channel; `hidden`: bounds without levels."""
        level = np.full_like(self._shown, np.nan) if hidden else self._shown
        return self._judge.elements(level, self.elapsed_s, scored=scored and not hidden)

    def levels(self) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
        """Return the levels `(n, n_channels)` in the unit, and what became of each sample.

        Samples of a pause stand among them, left out; gaps are missing.
        """
        if not self._kept:
            return np.zeros((0, self._montage.n_channels)), np.zeros(0, dtype=np.int8)
        return np.concatenate(self._kept)[: self._end], self._score.outcomes[: self._end]

    def forget_levels(self) -> None:
        """Free what was kept for the measures."""
        self._kept = []

    def result(self) -> dict[str, Any]:
        """Return what is kept of the trial, ready for JSON."""
        excluded = {HOLD_NAMES[reason]: s for reason, s in self._score.excluded_s.items() if s}
        return {
            "number": self.number,
            "kind": self.kind.value,
            "mode": self.target.mode.value,
            "success_pct": self.success_pct,
            "fixed_pct": self.fixed_pct,
            "excluded_pct": self.excluded_pct,
            "in_target_s": self._score.in_s,
            "scored_s": self._score.scored_s,
            "excluded_s": self._score.total_excluded_s,
            "paused_reasons": excluded,
            "thresholds": list(self.target.shaped),
            "fixed_thresholds": list(self._fixed_judge.target.shaped),
            "says_little": self.says_little,
            "moved_by_hand": self.moved_by_hand,
            "repeated": self.dropped,
        }

    def _keep(self, level: NDArray[np.float64]) -> None:
        self._kept.append(level)
        self._n_kept += len(level)

    def _judge_of(self, target: Target) -> TargetJudge:
        return TargetJudge(target, self._fs_hz, self._montage, self._floors)

    def _show(self, levels: Levels) -> None:
        row = levels.display[-1] * self._resolved.scale
        trusted = levels.usable & bool(levels.valid[-1])
        self._shown = np.where(trusted, row, np.nan)


def trial_kinds(step: Trials) -> tuple[TrialKind, ...]:
    """Return the kind of each trial: every `probe_every`-th without feedback."""
    every = step.probe_every
    kinds = [
        TrialKind.PROBE if every and n % every == 0 else TrialKind.FEEDBACK
        for n in range(1, step.n_trials + 1)
    ]
    return (*kinds, TrialKind.RETENTION) if step.retention else tuple(kinds)


def newest(judged: Judged | None, name: str) -> float | None:
    """Return the newest value of a field of `judged`, None where there is none."""
    values = getattr(judged, name, None)
    if values is None or not len(values) or not math.isfinite(values[-1]):
        return None
    return float(values[-1])


def newest_inside(judged: Judged | None) -> bool | None:
    """Return whether it is in target now, None where nothing can be said."""
    if judged is None or not judged.known[-1]:
        return None
    return bool(judged.inside[-1])
