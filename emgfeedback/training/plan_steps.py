"""The steps a plan is made of: plain data that refuses what cannot be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from emgfeedback.core.errors import ConfigError
from emgfeedback.training.now import Mode, Scene, StepKind
from emgfeedback.training.plan_channels import parse_place
from emgfeedback.training.plan_target import TargetPlan
from emgfeedback.training.plan_words import (
    MOVES,
    PLAIN,
    RATING_QUESTIONS,
    SCENE_TASKS,
    TASKS,
    TITLES,
)

Purpose = Literal["rest", "activation"]
Shaping = Literal["manual", "lock", "adapt"]
Method = Literal["rest", "rvc_trapezius", "rvc_scm", "rvc_splenius", "mvc"]

BREATHS_PER_MIN = (4.5, 6.5)
MAX_STEPS = 60
MAX_WORDS = 200


def check(name: str, value: float, low: float, high: float, remedy: str) -> None:
    """Refuse a number outside `low` to `high`.

    Raises
    ------
    ConfigError
        Names value, limits and remedy.
    """
    if not low <= value <= high:
        raise ConfigError(f"{name} {value:g} is outside {low:g} to {high:g}.", remedy)


TAKES: dict[Method, tuple[float, int, tuple[int, int]]] = {
    "rest": (30.0, 1, (20, 120)),
    "rvc_trapezius": (15.0, 3, (10, 30)),
    "rvc_scm": (5.0, 2, (3, 10)),
    "rvc_splenius": (5.0, 2, (3, 10)),
    "mvc": (4.0, 3, (3, 5)),
}
"""Method -> usual seconds, usual number of takes, shortest and longest take."""


def check_places(channels: tuple[str, ...], also: tuple[str, ...]) -> None:
    """Refuse channels that are none, and a side of `also` that is still to be chosen.

    Raises
    ------
    ConfigError
        Names the text.
    """
    for text in (*channels, *also):
        if parse_place(text).asks_side and text in also:
            raise ConfigError(f"`also` names {text!r}.", "Write left or right.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """How hard the circumstances are: what progress changes before the threshold."""

    posture: Literal["supine", "reclined", "seated", "standing", "walking"] = "seated"
    head_support: bool = False
    eyes: Literal["open", "closed"] = "open"
    trick: Literal["none", "imagined", "on"] = "none"
    dual_task: Literal["none", "serial-sevens", "serial-threes", "word-fluency"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What every step has. Words left empty take the defaults of `plan_words`."""

    kind: ClassVar[StepKind]
    title: str = ""
    task: str = ""
    hint: str = ""
    auto: bool | None = None
    """Start and go on by itself; None: as the plan says."""

    def __post_init__(self) -> None:
        """Refuse words too long to be read from two metres."""
        for name in ("title", "task", "hint"):
            check(f"length of {name}", len(getattr(self, name)), 0, MAX_WORDS, "Say it shorter.")
        self.check()

    def check(self) -> None:
        """Refuse what cannot be done; each kind knows its own limits."""

    @property
    def shown_title(self) -> str:
        """The title, or the kind's default."""
        return self.title or TITLES[self.kind]

    @property
    def words(self) -> tuple[str, str]:
        """Task and hint for the patient."""
        task, hint = self.default_words()
        return self.task or task, self.hint or ("" if self.task else hint)

    def default_words(self) -> tuple[str, str]:
        """Return task and hint where the plan gives none."""
        return PLAIN[self.kind]

    @property
    def purpose(self) -> Purpose | None:
        """The filters it needs; None: whatever runs."""
        return None

    @property
    def seconds_planned(self) -> float:
        """How long it is expected to take."""
        return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Step):
    """Words to read. With `seconds` it goes on by itself after that time."""

    kind: ClassVar[StepKind] = StepKind.PROMPT
    seconds: float | None = None

    def check(self) -> None:
        """Refuse a time nobody can read in, or wait for."""
        if self.seconds is not None:
            check("seconds", self.seconds, 3, 600, "Leave it out to wait for the operator.")

    @property
    def seconds_planned(self) -> float:
        """How long it is expected to take."""
        return self.seconds or 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Breathing(Step):
    """Paced breathing before practice."""

    kind: ClassVar[StepKind] = StepKind.BREATHING
    seconds: float = 180.0
    in_s: float = 4.0
    out_s: float = 6.0

    def check(self) -> None:
        """Refuse a pace outside 4.5 to 6.5 breaths per minute."""
        check("seconds", self.seconds, 30, 1200, "Three to five minutes are usual.")
        check("in_s", self.in_s, 2, 8, "4 s in and 6 s out are usual.")
        check("out_s", self.out_s, 2, 10, "4 s in and 6 s out are usual.")
        pace = 60 / (self.in_s + self.out_s)
        check("breaths per minute", pace, *BREATHS_PER_MIN, "4 s in and 6 s out make 6.")

    @property
    def seconds_planned(self) -> float:
        """How long it is expected to take."""
        return self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality(Step):
    """Wait until all watched channels were good for `good_s`; ask after `max_s`."""

    kind: ClassVar[StepKind] = StepKind.QUALITY
    channels: tuple[str, ...] = ()
    """Empty: all channels the plan uses."""
    also: tuple[str, ...] = ()
    """Those of them the montage has are used too; see `Plan.fitted`."""
    good_s: float = 5.0
    max_s: float = 60.0

    def check(self) -> None:
        """Refuse times that cannot be met."""
        check("good_s", self.good_s, 1, 60, "5 s show most problems.")
        check("max_s", self.max_s, self.good_s + 1, 600, "Give it a minute.")
        check_places(self.channels, self.also)

    @property
    def seconds_planned(self) -> float:
        """How long it is expected to take."""
        return self.good_s + 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration(Step):
    """Measure the person's own levels: at rest, or in a reference contraction."""

    kind: ClassVar[StepKind] = StepKind.CALIBRATION
    method: Method
    channels: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Those of them the montage has are measured too; see `Plan.fitted`."""
    seconds: float | None = None
    """None: the method's own (rest 30, trapezius 15, SCM and splenius 5, MVC 4)."""
    repeats: int = 0
    """0: the method's own (rest 1, trapezius 3, SCM and splenius 2, MVC 3)."""
    rest_s: float = 30.0
    countdown_s: float = 3.0
    filters: Purpose | None = None
    """None: rest filters for `rest`, activation filters for contractions."""
    ladder: Ladder = Ladder()

    def check(self) -> None:
        """Refuse a reference that is none."""
        if not self.channels and not self.also:
            raise ConfigError("A calibration needs `channels`.", "Name the muscles it measures.")
        check_places(self.channels, self.also)
        low, high = TAKES[self.method][2]
        check(f"seconds of {self.method}", self.take_s, low, high, "Leave it out for the usual.")
        check("repeats", self.takes, 1, 5, "Two or three are usual.")
        check("countdown_s", self.countdown_s, 0, 10, "3 s are usual.")
        shortest = 60 if self.method == "mvc" else 5
        if self.takes > 1:
            check("rest_s", self.rest_s, shortest, 300, "Let the muscle recover.")

    @property
    def take_s(self) -> float:
        """Seconds of one take."""
        return self.seconds if self.seconds is not None else TAKES[self.method][0]

    @property
    def takes(self) -> int:
        """Number of takes."""
        return self.repeats or TAKES[self.method][1]

    @property
    def is_contraction(self) -> bool:
        """Whether pain is asked for after each take."""
        return self.method != "rest"

    @property
    def purpose(self) -> Purpose:
        """The filters it is measured with."""
        return self.filters or ("activation" if self.is_contraction else "rest")

    def default_words(self) -> tuple[str, str]:
        """Return task and hint where the plan gives none."""
        return MOVES[self.method]

    @property
    def seconds_planned(self) -> float:
        """How long it is expected to take."""
        return self.takes * (self.take_s + self.countdown_s + 5) + (self.takes - 1) * self.rest_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials(Step):
    """A block of trials of one target mode."""

    kind: ClassVar[StepKind] = StepKind.TRIALS
    target: TargetPlan
    scene: Scene = Scene.BARS
    n_trials: int = 8
    trial_s: float = 60.0
    rest_s: float = 30.0
    countdown_s: float = 3.0
    probe_every: int = 4
    """Every so many trials one without feedback; 0: none."""
    retention: bool = True
    """One more trial without feedback at the end."""
    shaping: Shaping = "lock"
    prompts: tuple[str, ...] = ()
    """Said one after the other, one per trial, in place of the hint."""
    filters: Purpose | None = None
    """None: rest filters for relax and balance at rest, else activation filters."""
    ladder: Ladder = Ladder()

    def check(self) -> None:
        """Refuse a block nobody can do or nothing can be learned from."""
        check("n_trials", self.n_trials, 1, 60, "8 to 12 are usual.")
        check("trial_s", self.trial_s, 3, 300, "60 s are usual; 5 s for short holds.")
        check("rest_s", self.rest_s, 3, 300, "30 s are usual; at least 3 s to be judged.")
        check("countdown_s", self.countdown_s, 0, 10, "3 s are usual.")
        if self.probe_every:
            check("probe_every", self.probe_every, 2, 10, "Every third or fourth, or 0 for none.")
        for text in self.prompts:
            check("length of a prompt", len(text), 1, MAX_WORDS, "Say it shorter.")

    @property
    def purpose(self) -> Purpose:
        """The filters it is held with."""
        quiet = self.target.mode in (Mode.RELAX, Mode.BALANCE)
        return self.filters or ("rest" if quiet else "activation")

    def default_words(self) -> tuple[str, str]:
        """Return task and hint where the plan gives none."""
        mode = self.target.mode
        return SCENE_TASKS.get((mode, self.scene), TASKS[mode])

    @property
    def seconds_planned(self) -> float:
        """How long it is expected to take."""
        n = self.n_trials + self.retention
        return n * (self.trial_s + self.countdown_s) + (n - 1) * self.rest_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Trick(Step):
    """The sensory trick: once without, `repeats` times with it from a neutral start."""

    kind: ClassVar[StepKind] = StepKind.TRICK
    channels: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Those of them the montage has are compared too; see `Plan.fitted`."""
    seconds: float = 10.0
    repeats: int = 3
    rest_s: float = 10.0
    countdown_s: float = 3.0
    trick: str = ""
    """Which one, in words, as `left hand to the chin`."""
    filters: Purpose = "rest"
    ladder: Ladder = Ladder()

    def check(self) -> None:
        """Refuse a test too short to show 5 s of effect."""
        if not self.channels:
            raise ConfigError("A trick test needs `channels`.", "Name the muscles it compares.")
        check_places(self.channels, self.also)
        check("seconds", self.seconds, 8, 60, "10 s show an effect of 5 s.")
        check("repeats", self.repeats, 1, 6, "3 are usual.")
        check("rest_s", self.rest_s, 3, 300, "10 s are usual.")
        check("countdown_s", self.countdown_s, 0, 10, "3 s are usual.")

    @property
    def purpose(self) -> Purpose:
        """The filters it is compared with."""
        return self.filters

    @property
    def seconds_planned(self) -> float:
        """How long it is expected to take."""
        return (1 + self.repeats) * (self.seconds + self.countdown_s) + self.repeats * self.rest_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest(Step):
    """A rest without feedback."""

    kind: ClassVar[StepKind] = StepKind.REST
    seconds: float = 60.0

    def check(self) -> None:
        """Refuse a rest that is none, or the end of the day."""
        check("seconds", self.seconds, 5, 1200, "60 s are usual.")

    @property
    def seconds_planned(self) -> float:
        """How long it is expected to take."""
        return self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings(Step):
    """Questions on a 0 to 10 scale, before or after practice."""

    kind: ClassVar[StepKind] = StepKind.RATINGS
    when: Literal["before", "after"]
    ask: tuple[Literal["pain", "tension", "effort"], ...] = ("pain", "tension", "effort")

    def check(self) -> None:
        """Refuse a question asked twice, or none."""
        if not self.ask or len(set(self.ask)) != len(self.ask):
            known = ", ".join(RATING_QUESTIONS)
            raise ConfigError("`ask` is empty or names a rating twice.", f"Known: {known}.")

    @property
    def seconds_planned(self) -> float:
        """How long it is expected to take."""
        return 5.0 + 5.0 * len(self.ask)


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Step):
    """The end: one sentence, one next step."""

    kind: ClassVar[StepKind] = StepKind.END


STEPS: dict[str, type[Step]] = {
    layout.kind.value: layout
    for layout in (
        Prompt,
        Breathing,
        Quality,
        Calibration,
        Trials,
        Trick,
        Rest,
        Ratings,
        End,
    )
}
"""Kind -> layout of its table."""
