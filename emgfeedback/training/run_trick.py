"""The sensory trick: ten seconds without, then with it from a neutral start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgfeedback.measures.trick import TrickResult, trick_test
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import Hold, MovementNow, Phase
from emgfeedback.training.plan_steps import Trick
from emgfeedback.training.run_step import RunContext, StepRun, unusable
from emgfeedback.training.score import INSIDE, ConfirmedScore

SETTLE_S = 3.0
WAIT_S = 1.0
MARKS = {"arm": "The arm sets out", "touch": "The hand touches"}
WITH_TASK = "Now with the trick: start from the middle"


@dataclass(slots=True)
class _Take:
    """Ten seconds, without or with the trick."""

    with_trick: bool
    score: ConfirmedScore
    rectified: list[NDArray[np.float64]] = field(default_factory=list)
    """Beside every sample the score was given, those of pauses and after the end too."""
    n_samples: int = 0
    marks: dict[str, int] = field(default_factory=dict)
    """Kind of mark -> sample of the take."""

    def add(
        self,
        filtered: NDArray[np.float64],
        good: NDArray[np.bool_],
        reason: Hold,
    ) -> None:
        """Take samples: `good` ones count once confirmed."""
        self.score.add(good, good, reason)
        self.rectified.append(np.abs(filtered))
        self.n_samples += len(good)

    def part(
        self, start: int = 0, stop: int | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the rectified signal `(n, channels)` and which samples are good `(n,)`."""
        good = self.score.outcomes[start:stop] == INSIDE
        return np.concatenate(self.rectified)[start:stop], good

    @property
    def from_touch(self) -> int:
        """Sample from which the trick works."""
        return self.marks.get("touch", 0)


class TrickRun(StepRun[Trick]):
    """The trick test. Mark `arm` when the arm sets out and `touch` when the hand arrives."""

    def __init__(self, context: RunContext, step: Trick) -> None:
        super().__init__(context, step)
        self._channels = context.columns_of(step.channels)
        self._takes: list[_Take] = []

    @property
    def watched(self) -> tuple[int, ...]:
        """The channels compared."""
        return self._channels

    def start(self) -> None:
        """Count down to the part without the trick."""
        self._takes = []
        self._count_down()

    def repeat(self) -> None:
        """Test anew."""
        self._takes = []
        super().repeat()

    def next(self) -> None:
        """Start, or end the phase now."""
        if self.phase in (Phase.COUNTDOWN, Phase.WORK, Phase.REST):
            if self.phase is Phase.COUNTDOWN:
                self._begin_take()
            else:
                self.phase_over()
        else:
            super().next()

    def leave(self) -> None:
        """Make an open take final."""
        self._finish_take()

    def phase_over(self) -> None:
        """Go round."""
        if self.phase is Phase.COUNTDOWN:
            if self.step.countdown_s and not self.trusted:
                self.enter(Phase.COUNTDOWN, WAIT_S)
            else:
                self._begin_take()
        elif self.phase is Phase.WORK:
            self.context.event("trick end")
            self.enter(Phase.REST, SETTLE_S if self._all_taken else self.step.rest_s)
        elif self.phase is Phase.REST:
            self._finish_take()
            if self._all_taken:
                self.finish()
            else:
                self._count_down()

    def on_levels(self, levels: Levels) -> None:
        """Collect while it works; confirm afterwards."""
        if self.phase is not Phase.WORK:
            self.idle(levels)
            return
        take = self._takes[-1]
        n = levels.n_samples
        good = np.zeros(n, dtype=bool) if self._bad(levels) else levels.valid
        reason = Hold.QUALITY if self._bad(levels) else Hold.SETTLING
        take.add(levels.filtered[:, list(self._channels)], good, reason)

    def idle(self, levels: Levels) -> None:
        """Confirm what came before."""
        take = self._open_take()
        if take is None:
            return
        if self._bad(levels):
            take.score.judged(False)
            return
        none = np.zeros(levels.n_samples, dtype=bool)
        take.add(levels.filtered[:, list(self._channels)], none, Hold.NONE)

    def on_gap(self, n_samples: int) -> None:
        """Leave out what is missing while it works."""
        take = self._open_take()
        if take is not None:
            take.score.gap(n_samples if self.phase is Phase.WORK else 0)

    def judged(self) -> None:
        """Commit or leave out what waits."""
        take = self._open_take()
        if take is not None:
            take.score.judged(not unusable(self._channels, self.context.usable))

    def mark(self, kind: str) -> bool:
        """Note when the arm set out or the hand touched, of the take running."""
        if kind not in MARKS:
            return False
        if self.phase is not Phase.WORK or not self._takes[-1].with_trick:
            self.context.say("The mark counts only while the part with the trick runs.")
            return False
        at = self._takes[-1].marks[kind] = self._takes[-1].n_samples
        self.context.say(f"{MARKS[kind]} {at / self.context.fs_hz:.1f} s into the part.")
        return True

    @property
    def words(self) -> tuple[str, str]:
        """Task and hint of the present part."""
        task, hint = super().words
        if not self._next_with_trick:
            return task, hint
        return WITH_TASK, self.step.trick

    def movement(self) -> MovementNow:
        """Return the hand on its way to the face, or the head as it is."""
        key = "hand-to-face" if self._next_with_trick else "neutral"
        return MovementNow(key, self.shown_part, self.phase_share, self.phase_s)

    def result(self) -> dict[str, Any]:
        """Return the effect on each channel, over all takes and of each; see `trick_test`.

        With marks the effect is taken from the touch on, and from arm to touch beside it.
        """
        done = [take for take in self._takes if take.score.finished and take.rectified]
        without = next((take for take in done if not take.with_trick), None)
        with_trick = [take for take in done if take.with_trick]
        found = self._tested(without, [take.part(take.from_touch) for take in with_trick])
        return {
            "trick": self.step.trick,
            "purpose": self.step.purpose,
            "channels": [self.context.montage.channels[c].label for c in self._channels],
            "without_uv": None if without is None else _rms_uv(*without.part()),
            "effect": [asdict(of_channel) for of_channel in found],
            "takes": [self._take_result(take, without) for take in with_trick],
        }

    def _take_result(self, take: _Take, without: _Take | None) -> dict[str, Any]:
        fs_hz = self.context.fs_hz
        rectified, good = take.part(take.from_touch)
        found = self._tested(without, [(rectified, good)])
        arm, touch = take.marks.get("arm"), take.marks.get("touch")
        reached = arm is not None and touch is not None and arm < touch
        reaching = self._tested(without, [take.part(arm or 0, touch)]) if reached else []
        return {
            "with_uv": _rms_uv(rectified, good),
            "index_pct": [of_channel.index_pct for of_channel in found],
            "reaching_index_pct": [of_channel.index_pct for of_channel in reaching] or None,
            "marked": [of_channel.marked for of_channel in found],
            "good_s": float(np.count_nonzero(good)) / fs_hz,
            "excluded_pct": take.score.excluded_pct,
            "arm_s": None if arm is None else arm / fs_hz,
            "touch_s": None if touch is None else touch / fs_hz,
        }

    def _tested(
        self,
        without: _Take | None,
        parts: Sequence[tuple[NDArray[np.float64], NDArray[np.bool_]]],
    ) -> list[TrickResult]:
        """Return the trick test of each channel."""
        if without is None:
            return []
        level, good = without.part()
        return [
            trick_test(
                level[:, i],
                good,
                [(trial[:, i], trial_good) for trial, trial_good in parts],
                self.context.fs_hz,
                float(self.context.floors_uv[column]),
            )
            for i, column in enumerate(self._channels)
        ]

    @property
    def _all_taken(self) -> bool:
        return len(self._takes) == 1 + self.step.repeats

    @property
    def _next_with_trick(self) -> bool:
        running = self.phase is Phase.WORK
        return bool(self._takes) and (not running or self._takes[-1].with_trick)

    def _bad(self, levels: Levels) -> bool:
        return bool(unusable(self._channels, levels.usable))

    def _open_take(self) -> _Take | None:
        if not self._takes or self._takes[-1].score.finished:
            return None
        return self._takes[-1]

    def _finish_take(self) -> None:
        take = self._open_take()
        if take is not None:
            take.score.finish()

    def _count_down(self) -> None:
        self.enter(Phase.COUNTDOWN, self.step.countdown_s)

    def _begin_take(self) -> None:
        score = ConfirmedScore(self.context.fs_hz, keep_outcomes=True)
        self._takes.append(_Take(with_trick=bool(self._takes), score=score))
        self.context.event(f"trick {'with' if len(self._takes) > 1 else 'without'} start")
        self.enter(Phase.WORK, self.step.seconds)


def _rms_uv(rectified: NDArray[np.float64], good: NDArray[np.bool_]) -> list[float] | None:
    """Return the RMS of each channel over the good samples, None without any."""
    if not good.any():
        return None
    return [float(value) for value in np.sqrt(np.mean(rectified[good] ** 2, axis=0))]
