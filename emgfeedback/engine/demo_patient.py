"""Who sits at the demo board: listens to what is asked and does it, with a neck that pulls left.

The board and everything behind it are the same as for a real neck; only the muscles are made up.
"""

from __future__ import annotations

import math
from dataclasses import replace

from emgfeedback.core.montage import Side
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.levels import STORY, Six, steady
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.connect import DEMO, Connector, DemoConnector, connector
from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.training.now import Mode, MovementNow, Phase, RunNow, StepKind

Muscle = tuple[str, Side]
MUSCLES: tuple[Muscle, ...] = tuple(
    (muscle, side)
    for muscle in ("scm", "trapezius", "splenius")
    for side in (Side.LEFT, Side.RIGHT)
)
EFFORT_UV = {"scm": 70.0, "trapezius": 60.0, "splenius": 50.0}
"""RMS of a muscle that moves the head."""
GESTURES_UV: dict[str, Six] = {
    "arms-up": (4.0, 4.0, 95.0, 88.0, 10.0, 9.0),
    "press-forehead": (78.0, 88.0, 6.0, 6.0, 3.0, 3.0),
    "press-back": (3.0, 3.0, 14.0, 12.0, 62.0, 66.0),
}
AT_EASE, PRACTISING, SUPPORTED = 0.35, 0.1, 0.12
"""Share of the overactivity while nothing is asked, in practice, and with the head supported."""
PULLS = {
    "rest-supported": (SUPPORTED, 0.0),
    "let-go": (1.0, 0.6),
    "neutral": (0.55, 0.15),
    "rotate-left": (0.7, 0.1),
    "rotate-right": (0.5, 0.2),
    "dual-task": (1.2, 0.6),
    "walk": (0.9, 0.3),
}
"""Task -> shares of the overactivity and of the tremor; turning away from it, some stays."""
WITHOUT_TRICK, WITH_TRICK = (0.9, 0.3), (0.3, 0.05)
TOUCHES_S = 2.0
"""Into a part with the trick, when the hand touches."""
LAPSE = (0.10, 0.20)
"""Shares of a trial between which the task is forgotten."""
TENSE = 1.5
TURNS_UV, UPRIGHT_UV = 45.0, 10.0


class DemoPatient:
    """A made-up neck that does what a training run asks.

    Parameters
    ----------
    seed
        Chooses the noise.
    """

    def __init__(self, seed: int = 1) -> None:
        self.neck = NeckSignal(seed=seed)
        self._levels = self.neck.levels

    def connector(self, port: str, driver: str) -> Connector:
        """Return what makes connections: to this patient's board for `demo`, else as ever."""
        return DemoConnector(self.board()) if port == DEMO else connector(port, driver)

    def board(self) -> VirtualBoard:
        """Return a board put on this patient."""
        return VirtualBoard(self.neck)

    def listen(self, now: RunNow | None) -> None:
        """Do what is asked now; left alone, live on as ever."""
        over = now is None or now.phase is Phase.FINISHED
        story = STORY if over or now is None else steady(*reaction(now))
        self.neck.levels = replace(self._levels, story=story)


def reaction(now: RunNow) -> tuple[float, float, Six]:
    """Return the shares of overactivity and tremor, and the willed RMS of the six muscles."""
    if now.paused or now.phase is not Phase.WORK:
        return AT_EASE, 0.0, _six({})
    if now.movement is not None:
        return _move(now.movement, tests_trick=now.kind is StepKind.TRICK)
    if now.trial is not None:
        return _practise(now)
    return 0.25, 0.0, _six({})


def _six(efforts_uv: dict[Muscle, float]) -> Six:
    a, b, c, d, e, f = (efforts_uv.get(muscle, 0.0) for muscle in MUSCLES)
    return a, b, c, d, e, f


def _move(now: MovementNow, *, tests_trick: bool) -> tuple[float, float, Six]:
    if tests_trick:
        touched = now.key == "hand-to-face" and now.elapsed_s >= TOUCHES_S
        return (*(WITH_TRICK if touched else WITHOUT_TRICK), _six({}))
    if now.key in GESTURES_UV:
        return AT_EASE, 0.0, GESTURES_UV[now.key]
    way = {"out": now.share, "hold": 1.0, "back": 1.0 - now.share}.get(now.part, 0.0)
    strength = math.sin(0.5 * math.pi * min(1.0, max(0.0, way)))
    working = MOVEMENTS[now.key].active
    efforts = {muscle: EFFORT_UV.get(muscle[0], 0.0) * strength for muscle in working}
    return (*PULLS.get(now.key, (AT_EASE, 0.0)), _six(efforts))


def _practise(now: RunNow) -> tuple[float, float, Six]:
    """Return practice with a target, forgotten for a while in every trial."""
    trial, feedback = now.trial, now.feedback
    done = trial.elapsed_s / trial.duration_s if trial is not None else 0.0
    tonic = TENSE if LAPSE[0] < done < LAPSE[1] else PRACTISING
    if feedback is None or feedback.mode is Mode.RELAX:
        return tonic, 0.0, _six({})
    if feedback.mode is Mode.BALANCE:
        return 0.0, 0.0, _six(dict.fromkeys(MUSCLES[:4], UPRIGHT_UV))
    main = {(e.muscle, e.side): TURNS_UV for e in feedback.elements if e.role == "main"}
    return tonic, 0.0, _six(main)
