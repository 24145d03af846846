"""What a training run looks like at one moment: all that screens, sound and log read.

A missing number is None, never 0. Levels are in the run's unit: microvolts, or percent of
the person's own reference where one was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from emgfeedback.core.block import Unit
from emgfeedback.core.montage import Side


class StepKind(Enum):
    """Kinds of steps a plan is made of."""

    PROMPT = "prompt"
    """Words to read; goes on by the operator or after its time."""
    BREATHING = "breathing"
    QUALITY = "quality"
    CALIBRATION = "calibration"
    TRIALS = "trials"
    TRICK = "trick"
    MOVEMENT = "movement"
    """A posture or movement that is recorded, not scored."""
    REST = "rest"
    RATINGS = "ratings"
    END = "end"


class Phase(Enum):
    """What the patient does right now."""

    READY = "ready"
    """The step waits for its start (Next or the one big button)."""
    COUNTDOWN = "countdown"
    WORK = "work"
    REST = "rest"
    DONE = "done"
    """The step is over; the next one waits."""
    FINISHED = "finished"
    """The session is over."""


class Mode(Enum):
    """Target modes."""

    RELAX = "relax"
    ACTIVATE = "activate"
    BAND = "band"
    TRAJECTORY = "trajectory"
    CONTRAST = "contrast"
    BALANCE = "balance"


class Scene(Enum):
    """How feedback is shown to the patient."""

    BARS = "bars"
    WATER = "water"
    GLIDER = "glider"
    BEAM = "beam"
    SOUND = "sound"
    """Eyes closed: sound alone, the picture calm and still."""


class TrialKind(Enum):
    """Whether a trial has feedback."""

    FEEDBACK = "feedback"
    PROBE = "probe"
    """No feedback: what is kept without it."""
    RETENTION = "retention"
    """The probe at the end."""


class StepState(Enum):
    """What became of a step of the plan so far."""

    AHEAD = "ahead"
    NOW = "now"
    DONE = "done"
    SKIPPED = "skipped"
    REPEATED = "repeated"
    """Somebody went back past it: what it gave counts nowhere, and it runs anew."""


class Hold(Enum):
    """Why feedback and scoring are held."""

    NONE = ""
    USER = "user"
    QUALITY = "quality"
    GAP = "gap"
    SETTLING = "settling"


@dataclass(frozen=True, slots=True)
class ElementNow:
    """One thing the patient steers or keeps quiet.

    `inside` is None while nothing is scored. `low` and `high` are the bounds of the target,
    None where there is none on that side. `role` is `main` or `quiet`.
    """

    channels: tuple[int, ...]
    side: Side
    muscle: str
    role: str
    level: float | None
    low: float | None
    high: float | None
    inside: bool | None
    full: float
    """The level that fills a bar."""


@dataclass(frozen=True, slots=True)
class FeedbackNow:
    """What the patient's picture and sound follow.

    Attributes
    ----------
    visible
        False in probes, rests and pauses: the picture rests, the sound is silent.
    inside
        All elements are in their targets; None unless scored now.
    distance
        How far outside: 0 inside, 1 at one target width outside, at most 2; None if unknown.
    distances
        The same for the left and the right side (for panned sound), None where not used.
    wanted
        Trajectory: the wanted level now.
    path
        Trajectory ahead: (seconds from now, wanted level), from 2 s past to 8 s ahead.
    tolerance
        Trajectory: half width of the way.
    balance_pct
        Balance: asymmetry, positive left; None where hidden.
    held_s
        How long it has been inside without a break.
    """

    scene: Scene
    mode: Mode
    visible: bool
    inside: bool | None
    distance: float | None
    elements: tuple[ElementNow, ...]
    distances: tuple[float | None, float | None] = (None, None)
    wanted: float | None = None
    path: tuple[tuple[float, float], ...] = ()
    tolerance: float | None = None
    balance_pct: float | None = None
    balance_limit_pct: float | None = None
    held_s: float = 0.0


@dataclass(frozen=True, slots=True)
class TrialNow:
    """The trial running or last run, and what the block of trials holds."""

    number: int
    """From 1."""
    of: int
    kind: TrialKind
    elapsed_s: float
    duration_s: float
    success_pct: float | None
    """Share of scored time in target so far."""
    fixed_pct: float | None
    """The same at the fixed reference threshold, which never adapts."""
    kinds: tuple[TrialKind, ...] = ()
    """Of all trials of the block."""
    results_pct: tuple[float | None, ...] = ()
    """Success of the trials done."""


@dataclass(frozen=True, slots=True)
class BreathNow:
    """The breathing pacer: `share` of the present half-breath done, 0 to 1."""

    breathing_in: bool
    share: float
    in_s: float
    out_s: float


@dataclass(frozen=True, slots=True)
class MovementNow:
    """What head, shoulders or hands are asked to do, for a picture and for a voice.

    Attributes
    ----------
    key
        A task of `movements.MOVEMENTS`, or one of `movements.GESTURES`.
    part
        `ready` before it, `out`, `hold`, `back`, and `rest` after it and between repeats.
    share
        Of the part done, 0 to 1.
    part_s
        How long the part lasts; 0 where it waits for somebody.
    """

    key: str
    part: str
    share: float = 0.0
    part_s: float = 0.0

    @property
    def elapsed_s(self) -> float:
        """Time since the part began."""
        return self.share * self.part_s


@dataclass(frozen=True, slots=True)
class RatingAsked:
    """A question on a 0 to 10 scale: key as stored (`pain`, `tension`, `effort`)."""

    key: str
    question: str
    low_words: str
    high_words: str


@dataclass(frozen=True, slots=True)
class RunNow:
    """A training run at one moment.

    Attributes
    ----------
    task, hint
        The one line the patient reads, and a second one that may be missed.
    countdown_s
        Time left of the phase, None where it waits for somebody.
    hold
        Why nothing is scored, with the channels to blame.
    log
        What was decided: thresholds moved, steps skipped, in words, newest last.
    """

    plan_title: str
    step: int
    """Index of the step, from 0."""
    step_titles: tuple[str, ...]
    kind: StepKind
    phase: Phase
    task: str
    hint: str
    countdown_s: float | None
    elapsed_s: float
    paused: bool
    hold: Hold
    hold_channels: tuple[int, ...]
    unit: Unit
    feedback: FeedbackNow | None = None
    trial: TrialNow | None = None
    breath: BreathNow | None = None
    movement: MovementNow | None = None
    cables: str = ""
    """Cables that seem to be at another muscle, told by the tasks that test them."""
    ratings: tuple[RatingAsked, ...] = ()
    step_states: tuple[StepState, ...] = ()
    """Of each of `step_titles`."""
    can_go_back: bool = False
    """`TrainingRun.back` has a step to return to."""
    can_note_after_end: bool = False
    """The session is over, and notes and marks still reach what is kept of it."""
    thresholds: tuple[float | None, ...] = ()
    """Of each channel, in the run's unit, for the console's lines."""
    thresholds_uv: tuple[float | None, ...] = ()
    """The same in microvolts, for the lines in the traces: `TrainingRun.set_threshold_uv`
    moves them."""
    threshold_words: tuple[str, ...] = ()
    """Each line in words, as `30 % of own reference (12.4 uV)`; empty where there is none."""
    frozen: bool = False
    """The therapist holds the targets: no adaptation."""
    offer: str = ""
    """`ease`, `trick`, `rest` or `progress`: what the rules suggest; nobody is forced."""
    log: tuple[str, ...] = ()
    patient_sentence: str = ""
    """At the end: one plain sentence and one next step."""
    therapist_line: str = ""
    """At the end: the numbers."""
