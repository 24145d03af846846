"""The words for signal quality: a level, what was found, and the remedy.

The measure that decides stands in `measures/quality.py`; here is only the
vocabulary it shares with training, recording and the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How far a signal can be trusted."""

    UNKNOWN = "unknown"
    """Not enough signal seen yet. Counts as unusable: no feedback from it."""
    GOOD = "good"
    CHECK = "check"
    """Usable, with something to look at."""
    BAD = "bad"
    """Not usable: feedback from it is muted and the data are marked."""


class Finding(Enum):
    """What was found on a channel, worst first among equals."""

    SETTLING = "settling"
    LOST = "lost"
    LOOSE = "loose"
    FLAT = "flat"
    CLIPPING = "clipping"
    MAINS = "mains"
    MOVEMENT = "movement"
    HEARTBEAT = "heartbeat"
    RESOLUTION = "resolution"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Words:
    """A finding in words: the name on the chip and the remedy beside it."""

    name: str
    remedy: str


WORDS: dict[Finding, Words] = {
    Finding.SETTLING: Words("Settling", "A moment, the filters are settling."),
    Finding.LOST: Words("Data lost", "Check the cable and use another USB port."),
    Finding.LOOSE: Words("Loose electrode", "Press both pads for 10 s, then the cable clips."),
    Finding.FLAT: Words("Flat", "No signal: check sensor power and the cable to the board."),
    Finding.CLIPPING: Words("Clipping", "Lower the sensor's gain or check the pads."),
    Finding.MAINS: Words("Mains hum", "Check the reference pad; unplug chargers nearby."),
    Finding.MOVEMENT: Words("Movement", "Tape the cables down so that they cannot swing."),
    Finding.HEARTBEAT: Words("Heartbeat visible", "The 30 Hz filter keeps it out."),
    Finding.RESOLUTION: Words(
        "Near the resolution limit", "Quieter than this board can resolve; raise the sensor's gain."
    ),
    Finding.NONE: Words("Good", ""),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one channel.

    `value` is the number behind the finding in its own unit (percent of clipped samples,
    decibels of mains, ...), None where there is none.
    """

    level: Level
    finding: Finding
    value: float | None = None

    @property
    def usable(self) -> bool:
        """Whether feedback may follow this channel."""
        return self.level in (Level.GOOD, Level.CHECK)


UNSEEN = Verdict(Level.UNKNOWN, Finding.SETTLING)
