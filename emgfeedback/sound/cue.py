"""What a voice says of a training run, and when: decided here, spoken elsewhere.

The order: a feedback tone goes before everything, the chime that ends a trial before the voice.
Where feedback may sound nothing is said, and what is still being said is cut off.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.training.now import Hold, Phase, RunNow, StepKind

CHIME_S = 1.4
"""So long the chime rings."""


class Said(Enum):
    """Short words that stand in no plan."""

    WORDS = "words"
    """The cue's own words: what the patient reads at the same moment."""
    NOW = "now"
    LET_GO = "let go"


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to say: `words` as the patient reads them, or one of the short ones."""

    said: Said
    words: str = ""


@dataclass(frozen=True, slots=True)
class CueOrder:
    """What the voice does now: `stop` what it says, then `say` a cue."""

    stop: bool = False
    say: Cue | None = None


NOTHING = CueOrder()
QUIET = CueOrder(stop=True)


class CueFollower:
    """Turns successive `RunNow` into cues, each given once at its moment."""

    def __init__(self) -> None:
        self._place: object = None
        self._last: RunNow | None = None
        self._waiting: Cue | None = None
        self._not_before_s = 0.0

    def follow(self, now: RunNow, t_s: float, *, chimed: bool = False) -> CueOrder:
        """Return what to do at host time `t_s`; `chimed` where a chime has just begun."""
        if chimed:
            self._not_before_s = t_s + CHIME_S
        place = _place(now)
        if place != self._place:
            last, self._last = self._last, now
            self._place, self._waiting = place, None
            if _silent(now):
                return QUIET
            self._waiting = _with_end(last, now, _cue(now, last))
        else:
            self._last = now
        if self._waiting is None or t_s < self._not_before_s:
            return NOTHING
        cue, self._waiting = self._waiting, None
        return CueOrder(stop=True, say=cue)


def tone_may_sound(now: RunNow) -> bool:
    """Whether feedback has the ear."""
    return now.phase is Phase.WORK and (now.trial is not None or now.feedback is not None)


def _silent(now: RunNow) -> bool:
    held = now.hold in (Hold.QUALITY, Hold.GAP) and now.kind is not StepKind.QUALITY
    return now.paused or held or tone_may_sound(now)


def _place(now: RunNow) -> object:
    """Return what makes it another moment for the voice."""
    asked = now.ratings[0].key if now.ratings else ""
    movement = (now.movement.key, now.movement.part) if now.movement is not None else None
    number = now.trial.number if now.trial is not None else 0
    return now.step, now.phase, movement, asked, number, now.task, _silent(now)


def _with_end(last: RunNow | None, now: RunNow, cue: Cue | None) -> Cue | None:
    """Return `cue` after the end of a posture that the next step follows at once."""
    movement = last.movement if last is not None and _worked(last) else None
    spoken = MOVEMENTS.get(movement.key) if movement is not None else None
    if last is None or spoken is None or spoken.moves or last.kind is not StepKind.MOVEMENT:
        return cue
    if last.step == now.step and now.phase is not Phase.FINISHED:
        return cue
    return _words(f"{spoken.over}. ", cue.words if cue is not None else "")


def _cue(now: RunNow, last: RunNow | None) -> Cue | None:
    """Return what the moment `now` says, coming from `last`."""
    if now.phase is Phase.FINISHED:
        return _words(now.patient_sentence)
    if now.ratings:
        rests = now.kind is StepKind.CALIBRATION and _worked(last)
        return _words(f"{now.task}. " if rests else "", now.ratings[0].question)
    if now.kind is StepKind.PROMPT:
        return _words(f"{now.task}. ", now.hint) if now.phase is Phase.WORK else None
    if now.phase is Phase.COUNTDOWN:
        again = now.trial is not None and now.trial.number > 1
        return None if again else _words(now.task)
    if now.phase is Phase.WORK:
        return _work_cue(now)
    if now.phase in (Phase.REST, Phase.DONE) and _worked(last):
        return _over_cue(now)
    return None


def _words(*parts: str) -> Cue | None:
    said = "".join(parts).strip()
    return Cue(Said.WORDS, said) if said else None


def _worked(last: RunNow | None) -> bool:
    return last is not None and last.phase is Phase.WORK


def _work_cue(now: RunNow) -> Cue | None:
    """Return the cue of a part: out and what is held at once begin with a word."""
    movement = now.movement
    if movement is None:
        return _words(now.task) if now.kind is StepKind.BREATHING else None
    spoken = MOVEMENTS.get(movement.key)
    moves = spoken is not None and spoken.moves
    if movement.part == "back" or (movement.part == "hold" and moves):
        return _words(now.task)
    if now.kind is StepKind.TRICK and movement.key == "neutral":
        return None
    return None if movement.key == "rest-supported" else Cue(Said.NOW)


def _over_cue(now: RunNow) -> Cue | None:
    """Return what ends a part: eyes may open, a push may end."""
    movement = now.movement
    if movement is None:
        return _words(now.task) if now.kind is StepKind.CALIBRATION else None
    spoken = MOVEMENTS.get(movement.key)
    if spoken is None or now.kind is StepKind.TRICK:
        return Cue(Said.LET_GO)
    if spoken.moves:
        return _words(now.task) if now.phase is Phase.REST else None
    return _words(spoken.over)
