"""How the drawn person stands at a moment of a task: angles and places, no drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

from emgfeedback.training.now import MovementNow


class Hands(Enum):
    """Where the hands are."""

    DOWN = "down"
    OUT = "out"
    """Both arms held out level."""
    LEFT_CHEEK = "left cheek"
    RIGHT_CHEEK = "right cheek"
    FOREHEAD = "forehead"
    BEHIND = "behind"
    """Both behind the head."""
    FACE = "face"
    """One on its way to the face, or there: the trick."""


class Around(Enum):
    """What else belongs to the picture."""

    NOTHING = "nothing"
    CUSHION = "cushion"
    MIDLINE = "midline"
    EITHER_WAY = "either way"
    COUNTING = "counting"
    WALKING = "walking"


@dataclass(frozen=True, slots=True)
class Pose:
    """A moment of the drawn person, who is seen as in a mirror.

    Attributes
    ----------
    turn_deg, tilt_deg
        Positive to the patient's right, which is the right of the picture.
    nod_deg
        Positive with the chin to the chest.
    lift_left, lift_right
        Shoulders raised, 0 to 1.
    reach
        How far the hands have come to where they belong, 0 to 1.
    stride
        Walking: the phase of the steps, in turns.
    """

    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    nod_deg: float = 0.0
    lift_left: float = 0.0
    lift_right: float = 0.0
    hands: Hands = Hands.DOWN
    reach: float = 0.0
    eyes_open: bool = True
    around: Around = Around.NOTHING
    stride: float = 0.0


TURN_DEG, TILT_DEG, DOWN_DEG, UP_DEG, PRESS_DEG = 55.0, 30.0, 34.0, 30.0, 10.0
GOALS: dict[str, Pose] = {
    "rest-supported": Pose(nod_deg=-8, eyes_open=False, around=Around.CUSHION),
    "let-go": Pose(eyes_open=False, around=Around.EITHER_WAY),
    "neutral": Pose(around=Around.MIDLINE),
    "rotate-left": Pose(turn_deg=-TURN_DEG),
    "rotate-right": Pose(turn_deg=TURN_DEG),
    "tilt-left": Pose(tilt_deg=-TILT_DEG),
    "tilt-right": Pose(tilt_deg=TILT_DEG),
    "flex": Pose(nod_deg=DOWN_DEG),
    "extend": Pose(nod_deg=-UP_DEG),
    "dual-task": Pose(around=Around.COUNTING),
    "walk": Pose(around=Around.WALKING, stride=0.25),
    "shrug-left": Pose(lift_left=1.0),
    "shrug-right": Pose(lift_right=1.0),
    "palm-left": Pose(turn_deg=-PRESS_DEG, hands=Hands.LEFT_CHEEK, reach=1.0),
    "palm-right": Pose(turn_deg=PRESS_DEG, hands=Hands.RIGHT_CHEEK, reach=1.0),
    "arms-up": Pose(hands=Hands.OUT, reach=1.0),
    "press-forehead": Pose(hands=Hands.FOREHEAD, reach=1.0),
    "press-back": Pose(hands=Hands.BEHIND, reach=1.0),
    "hand-to-face": Pose(hands=Hands.FACE, reach=1.0),
}
"""Task or gesture -> the pose that is asked for."""
LIFTS_S = 1.0
"""Into a static task: shoulders and arms need about so long."""
REACHES_FROM_S, TOUCHES_AT_S = 1.0, 2.0
"""Into a take with the trick: the arm sets out, the hand arrives."""
STEP_S = 1.3
"""Two steps on the spot."""


def neutral_of(goal: Pose) -> Pose:
    """Return the start of a movement to `goal`: the middle, with what stays the same."""
    held = goal.hands in (Hands.LEFT_CHEEK, Hands.RIGHT_CHEEK, Hands.FOREHEAD, Hands.BEHIND)
    return Pose(
        nod_deg=goal.nod_deg if goal.around is Around.CUSHION else 0.0,
        hands=goal.hands,
        reach=1.0 if held else 0.0,
        eyes_open=goal.eyes_open,
        around=goal.around,
    )


def pose_at(now: MovementNow, *, still: bool = False) -> Pose:
    """Return the pose at a moment of a task; `still` shows the part's end instead of its way."""
    goal = GOALS[now.key]
    start = neutral_of(goal)
    if now.part in ("ready", "rest"):
        return start
    if goal.around is Around.WALKING:
        return goal if still else replace(goal, stride=now.elapsed_s / STEP_S % 1.0)
    if now.part == "hold":
        return goal if still or not now.part_s else between(start, goal, _arrived(now))
    share = 1.0 if still else eased(now.share)
    return between(start, goal, 1 - share if now.part == "back" else share)


def _arrived(now: MovementNow) -> float:
    """Return how far a static task has come; one that moves has come all the way."""
    goal = GOALS[now.key]
    if goal.hands is Hands.FACE:
        return eased((now.elapsed_s - REACHES_FROM_S) / (TOUCHES_AT_S - REACHES_FROM_S))
    if goal.turn_deg and goal.hands is Hands.DOWN:
        return 1.0
    if goal.tilt_deg or (goal.nod_deg and goal.around is Around.NOTHING):
        return 1.0
    return eased(now.elapsed_s / LIFTS_S)


def between(a: Pose, b: Pose, share: float) -> Pose:
    """Return the pose `share` of the way from `a` to `b`; what has no middle is as in `b`."""
    rest = 1 - share
    return replace(
        b,
        turn_deg=rest * a.turn_deg + share * b.turn_deg,
        tilt_deg=rest * a.tilt_deg + share * b.tilt_deg,
        nod_deg=rest * a.nod_deg + share * b.nod_deg,
        lift_left=rest * a.lift_left + share * b.lift_left,
        lift_right=rest * a.lift_right + share * b.lift_right,
        reach=rest * a.reach + share * b.reach,
    )


def eased(share: float) -> float:
    """Return a smooth way from 0 to 1."""
    return (1 - math.cos(math.pi * min(1.0, max(0.0, share)))) / 2
