"""The sensory trick: ten seconds without, then with it from a neutral start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgfeedback.training.levels import Levels
from emgfeedback.training.now import Hold, Phase
from emgfeedback.training.plan_steps import Trick
from emgfeedback.training.run_step import RunContext, StepRun, unusable
from emgfeedback.training.score import INSIDE, ConfirmedScore

SETTLE_S = 3.0
WAIT_S = 1.0
LEAST_EFFECT_S = 5.0
"""An effect shorter than this does not count (TWSTRS-2)."""
MARKED_PCT = 50.0
"""From this reduction on an effect is marked (Wissel and others 1999)."""
MARKS = ("arm", "touch")
WITH_TASK = "Now with the trick: start from the middle"


@dataclass(slots=True)
class _Take:
    """Ten seconds, without or with the trick."""

    with_trick: bool
    score: ConfirmedScore
    squares: list[NDArray[np.float64]] = field(default_factory=list)
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
        self.squares.append(filtered**2)
        self.n_samples += len(good)

    def level_uv(self, start: int = 0, stop: int | None = None) -> NDArray[np.float64] | None:
        """Return the RMS of each channel over the good samples, None without any."""
        good = self.score.outcomes[start:stop] == INSIDE
        if not good.any():
            return None
        squares = np.concatenate(self.squares)[start:stop][good]
        level: NDArray[np.float64] = np.sqrt(squares.mean(axis=0))
        return level

    def good_s(self, fs_hz: float, start: int = 0) -> float:
        """Return how much of the take from `start` is good, seconds."""
        return float(np.count_nonzero(self.score.outcomes[start:] == INSIDE)) / fs_hz


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
        if self.phase is not Phase.WORK or kind not in MARKS:
            return False
        self._takes[-1].marks[kind] = self._takes[-1].n_samples
        return True

    @property
    def words(self) -> tuple[str, str]:
        """Task and hint of the present part."""
        task, hint = super().words
        if not self._next_with_trick:
            return task, hint
        return WITH_TASK, self.step.trick

    def result(self) -> dict[str, Any]:
        """Return the reduction of each take, index 100 (1 - with / without) percent.

        With marks the effect is taken from the touch on, and from arm to touch beside it.
        """
        without = next((t for t in self._takes if not t.with_trick and t.score.finished), None)
        reference = without.level_uv() if without is not None else None
        with_trick = [t for t in self._takes if t.with_trick and t.score.finished]
        labels = [self.context.montage.channels[c].label for c in self._channels]
        return {
            "trick": self.step.trick,
            "purpose": self.step.purpose,
            "channels": labels,
            "without_uv": _listed(reference),
            "takes": [self._take_result(take, reference) for take in with_trick],
        }

    def _take_result(self, take: _Take, reference: NDArray[np.float64] | None) -> dict[str, Any]:
        touch = take.marks.get("touch", 0)
        level = take.level_uv(touch)
        index = _index_pct(level, reference)
        good_s = take.good_s(self.context.fs_hz, touch)
        arm = take.marks.get("arm")
        reaching = (
            _index_pct(take.level_uv(arm, touch), reference)
            if arm is not None and arm < touch
            else None
        )
        long_enough = good_s >= LEAST_EFFECT_S
        return {
            "with_uv": _listed(level),
            "index_pct": _listed(index),
            "reaching_index_pct": _listed(reaching),
            "marked": None
            if index is None or not long_enough
            else [bool(value >= MARKED_PCT) for value in index],
            "good_s": good_s,
            "excluded_pct": take.score.excluded_pct,
            "arm_s": None if arm is None else arm / self.context.fs_hz,
            "touch_s": touch / self.context.fs_hz if "touch" in take.marks else None,
        }

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


def _index_pct(
    level: NDArray[np.float64] | None, reference: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    if level is None or reference is None or not (reference > 0).all():
        return None
    index: NDArray[np.float64] = 100 * (1 - level / reference)
    return index


def _listed(values: NDArray[np.float64] | None) -> list[float] | None:
    return None if values is None else [float(value) for value in values]
