"""A scripted patient and operator: levels as of a neck, answers as of people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.montage import Montage, Side, neck_montage
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import Phase, RunNow, StepKind
from emgfeedback.training.plan import Plan
from emgfeedback.training.plan_steps import End, Step, Trials
from emgfeedback.training.run import TrainingRun
from tests.training.targets_of_all_modes import TARGETS

FS_HZ = 200.0
SECOND = 200
REST_UV = 8.0
WORK_UV = 80.0
FLOOR_UV = 1.0
SPREAD = 0.35
SIDES = {"scm": Side.LEFT}


def small_plan(*steps: Step, auto: bool = False) -> Plan:
    """Return a plan of `steps` and the end."""
    return Plan(name="small", title="Small", steps=(*steps, End()), auto=auto)


def block(mode: str = "relax", **changes: object) -> Trials:
    """Return a short block of trials."""
    values = {"n_trials": 2, "trial_s": 10, "rest_s": 5, "probe_every": 0, "retention": False}
    return Trials(target=TARGETS[mode], **{**values, **changes})


def in_work(now: RunNow) -> bool:
    """Say whether a trial runs."""
    return now.phase is Phase.WORK and now.kind is StepKind.TRIALS


class Neck:
    """Levels by sample: log-normal over 0.1 s, the same for a sample whoever asks for it."""

    def __init__(self, n_channels: int = 6, seed: int = 0) -> None:
        self.n_channels = n_channels
        self._rng = np.random.default_rng(seed)
        self.level_uv = np.full(n_channels, REST_UV)

    def second(self, n_samples: int = SECOND) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return control levels and filtered signal of the next `n_samples`."""
        step = round(0.1 * FS_HZ)
        n_steps = -(-n_samples // step)
        scatter = np.exp(SPREAD * self._rng.standard_normal((n_steps, self.n_channels)))
        control = np.repeat(self.level_uv * scatter, step, axis=0)[:n_samples]
        signs = self._rng.choice([-1.0, 1.0], size=control.shape)
        return control, control * signs


@dataclass
class Clinic:
    """A run with somebody who follows it, second by second.

    `pieces` keeps what was fed and done, so that it can be fed again in other pieces.
    """

    run: TrainingRun
    neck: Neck = field(default_factory=Neck)
    usable: NDArray[np.bool_] = field(default_factory=lambda: np.ones(6, dtype=bool))
    valid: bool = True
    pain: int = 0
    ratings: int = 3
    at: int = 0
    follow: bool = True
    pieces: list[tuple[str, object]] = field(default_factory=list)

    def feed(self, n_samples: int = SECOND) -> None:
        """Feed one piece and its verdict."""
        control, filtered = self.neck.second(n_samples)
        levels = Levels(
            first_sample=self.at,
            control=control,
            display=control,
            filtered=filtered,
            valid=np.full(n_samples, self.valid),
            usable=self.usable.copy(),
            purpose=self.run.wanted_purpose,
        )
        self.at += n_samples
        self.pieces.append(("levels", levels))
        self.run.process(levels)
        self.do("judged", self.usable.copy(), np.full(6, FLOOR_UV))

    def lose(self, n_samples: int) -> None:
        """Lose samples: the next piece comes after a gap."""
        self.at += n_samples

    def do(self, name: str, *args: object) -> None:
        """Give a command, and remember it."""
        self.pieces.append((name, args))
        getattr(self.run, name)(*args)

    def act(self) -> RunNow:
        """Do what the present moment asks of patient and operator."""
        now = self.run.now()
        if self.follow:
            self.neck.level_uv = self.wanted(now)
        if now.ratings and now.kind is StepKind.CALIBRATION:
            self.do("answer_pain", self.pain)
        elif now.ratings:
            self.do("rate", {asked.key: self.ratings for asked in now.ratings})
        elif now.phase in (Phase.READY, Phase.DONE) or now.kind is StepKind.PROMPT:
            self.do("next")
        return now

    def wanted(self, now: RunNow) -> NDArray[np.float64]:
        """Return the levels of a patient who does what is asked."""
        level = np.full(6, REST_UV)
        step = self.run.plan.steps[now.step]
        if now.phase is Phase.WORK and getattr(step, "is_contraction", False):
            level[:] = WORK_UV
        if now.phase is Phase.WORK and now.feedback is not None:
            for element in now.feedback.elements:
                if element.role == "main" and element.low is not None:
                    level[list(element.channels)] = WORK_UV
        return level

    def until(self, wanted: Callable[[RunNow], bool], longest_s: float = 4000) -> RunNow:
        """Go on until `wanted` says so."""
        for _ in range(round(longest_s)):
            now = self.act()
            if wanted(now):
                return now
            self.feed()
        raise AssertionError(f"not within {longest_s:g} s; stands at {self.run.now()}")

    def to_end(self) -> RunNow:
        """Go on to the end of the session."""
        return self.until(lambda now: now.phase is Phase.FINISHED)


def clinic(
    plan: Plan, montage: Montage | None = None, seed: int = 0, lsb_uv: float = 0.5
) -> Clinic:
    """Return a clinic that is about to begin `plan`."""
    run = TrainingRun(
        plan,
        montage or neck_montage(),
        FS_HZ,
        overactive=SIDES,
        device_facts="test board",
        filter_facts={
            "rest": "HP 30 Hz o4, LP 400 Hz o4",
            "activation": "HP 20 Hz o2, LP 400 Hz o4",
        },
        floors_uv=np.full(6, FLOOR_UV),
        lsb_uv=np.full(6, lsb_uv),
    )
    return Clinic(run, Neck(seed=seed))


def replayed(pieces: list[tuple[str, object]], run: TrainingRun, sizes: list[int]) -> None:
    """Feed what a clinic was fed, its levels cut or joined into other sizes."""
    turn = 0
    for name, what in pieces:
        if not isinstance(what, Levels):
            assert isinstance(what, tuple)
            getattr(run, name)(*what)
            continue
        at = 0
        while at < what.n_samples:
            stop = min(what.n_samples, at + sizes[turn % len(sizes)])
            run.process(replace(what.rows(at, stop)))
            at = stop
            turn += 1
