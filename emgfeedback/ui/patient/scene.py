"""What every scene has in common, and the rule of when it may show success."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from emgfeedback.core.montage import Side
from emgfeedback.training.now import ElementNow, FeedbackNow, Hold, Phase, RunNow
from emgfeedback.ui.patient.canvas import Canvas, Layers


class Play(enum.Enum):
    """How a scene is played."""

    LIVE = "live"
    HELD = "held"
    """The signal needs a look: the picture holds still where it was."""
    RESTING = "resting"
    """No feedback now: the scenery alone."""


@dataclass(frozen=True, slots=True)
class SceneNow:
    """What a scene draws: the feedback to follow, and the time in the run for drifting."""

    feedback: FeedbackNow | None
    play: Play
    elapsed_s: float
    trial: int
    trial_s: float
    """Time since the trial began."""
    trial_of_s: float
    """Length of the trial."""

    @property
    def success(self) -> bool:
        """The picture may say that all is in target."""
        if self.play is not Play.LIVE or self.feedback is None:
            return False
        return self.feedback.inside is True


def play_of(run: RunNow) -> Play:
    """Return how the scene is played at this moment of the run."""
    feedback = run.feedback
    if feedback is None:
        return Play.RESTING
    if run.paused or run.hold in (Hold.QUALITY, Hold.GAP, Hold.SETTLING):
        return Play.HELD
    return Play.LIVE if feedback.visible and run.phase is Phase.WORK else Play.RESTING


def element_success(now: SceneNow, element: ElementNow) -> bool:
    """Return whether the picture may say that this element is in its target."""
    return now.play is Play.LIVE and element.inside is True


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend: whose muscle moves what, and where it should be."""

    side: Side
    name: str
    wanted: str = ""
    """`above` or `below` its bound; empty where neither."""


class Scene(ABC):
    """A way of showing feedback. Keeps its still layers and what was earned in a trial."""

    def __init__(self) -> None:
        self.layers = Layers()

    @abstractmethod
    def paint_ground(self, canvas: Canvas) -> None:
        """Draw what never moves, over the whole window."""

    @abstractmethod
    def paint(self, canvas: Canvas, now: SceneNow, ratio: float) -> None:
        """Draw what moves."""

    def follow(self, now: SceneNow) -> None:  # noqa: B027 - most scenes keep nothing
        """Take in a moment of the run, shown or not."""

    def legend(self, feedback: FeedbackNow) -> tuple[Entry, ...]:
        """Return what the picture follows."""
        sides = {element.side for element in feedback.elements}
        names = {
            Side.LEFT: QCoreApplication.translate("Patient", "Left side"),
            Side.RIGHT: QCoreApplication.translate("Patient", "Right side"),
        }
        return tuple(Entry(side, name) for side, name in names.items() if side in sides)


def clamped(value: float, low: float, high: float) -> float:
    """Return `value` kept within the bounds of the picture."""
    return min(high, max(low, value))
