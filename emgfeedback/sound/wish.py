"""From a training run to what should be heard now."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from emgfeedback.training.now import Hold, Phase, RunNow

STALE_S = 0.15
"""A run that stands still this long no longer tells what the muscles do."""


class SoundMode(Enum):
    """What sounds when."""

    SILENCE_INSIDE = "silence_inside"
    """Silence inside the target, a soft tone outside whose pitch follows the distance."""
    TONE_INSIDE = "tone_inside"
    """A soft tone inside the target, silence outside."""
    PROPORTIONAL = "proportional"
    """Always a soft tone; its pitch follows the distance and is lowest inside."""


@dataclass(frozen=True, slots=True)
class SoundWish:
    """What should be heard.

    Attributes
    ----------
    inside, distance, left, right
        As in `FeedbackNow`; `inside` None while nothing is judged, and then the voice is silent.
        `left` and `right` are the distances of the two sides.
    muted
        Everything is silent, a chime too.
    """

    mode: SoundMode = SoundMode.SILENCE_INSIDE
    inside: bool | None = None
    distance: float | None = None
    left: float | None = None
    right: float | None = None
    muted: bool = False

    def voice_distance(self) -> float | None:
        """Return the distance the voice tells, or None where it is silent."""
        if self.muted or self.inside is None:
            return None
        if self.mode is SoundMode.TONE_INSIDE:
            return 0.0 if self.inside else None
        if self.inside:
            return 0.0 if self.mode is SoundMode.PROPORTIONAL else None
        # Outside is never silent, for silence says inside: one width where it is unknown.
        known = self.distance is not None and math.isfinite(self.distance)
        return self.distance if known else 1.0

    def balance(self) -> float:
        """Return where the distance comes from: -1 all left, 0 both or unknown, 1 all right."""
        left, right = (
            value if value is not None and math.isfinite(value) and value > 0 else 0.0
            for value in (self.left, self.right)
        )
        return (right - left) / (right + left) if right + left > 0 else 0.0


SILENCE = SoundWish(muted=True)
SAMPLE_S = 4.0
_SAMPLE_FARTHEST = 1.5


def sample_wish(mode: SoundMode, t_s: float) -> SoundWish:
    """Return what a sample of `mode` wishes `t_s` after its start: inside, away and back."""
    share = min(max(t_s / SAMPLE_S, 0.0), 1.0)
    away = _SAMPLE_FARTHEST * (1.0 - abs(2.0 * share - 1.0) / 0.5)
    return SoundWish(mode, inside=away <= 0.0, distance=max(0.0, away))


class SoundFollower:
    """Turns successive `RunNow` into wishes and tells when a trial has ended.

    Pauses, holds (quality, gap, settling), trials without feedback and a run that stands still
    mute; between trials the voice is silent and a chime may ring.
    """

    def __init__(self, mode: SoundMode = SoundMode.SILENCE_INSIDE) -> None:
        self.mode = mode
        self._last: RunNow | None = None
        self._moved_s = 0.0

    def follow(self, now: RunNow, t_s: float) -> tuple[SoundWish, bool]:
        """Return what to play at host time `t_s` (any monotonic clock) and whether to chime."""
        last = self._last
        if last is None or now.elapsed_s != last.elapsed_s:
            self._moved_s = t_s
        self._last = now
        return self._wish(now, t_s), last is not None and _trial_ended(last, now)

    def _wish(self, now: RunNow, t_s: float) -> SoundWish:
        if now.paused or now.hold is not Hold.NONE:
            return SILENCE
        feedback = now.feedback
        if now.phase is not Phase.WORK or feedback is None:
            return SoundWish(self.mode)
        if not feedback.visible or t_s - self._moved_s > STALE_S:
            return SILENCE
        left, right = feedback.distances
        return SoundWish(self.mode, feedback.inside, feedback.distance, left, right)


def _trial_ended(last: RunNow, now: RunNow) -> bool:
    """Whether a trial ran to its end between two looks."""
    if last.trial is None or now.trial is None or last.step != now.step or now.paused:
        return False
    return len(now.trial.results_pct) > len(last.trial.results_pct)
