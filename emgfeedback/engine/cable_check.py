"""Which sensor is on which muscle, told by a shrug and a turn against the palm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emgfeedback.core.montage import Channel
from emgfeedback.engine.snapshot import ChannelNow, Snapshot
from emgfeedback.measures.assessment_cables import find_swapped
from emgfeedback.measures.assessment_values import Cables
from emgfeedback.measures.found import Found, missing
from emgfeedback.training.movements import MOVEMENTS

WINDOW_S = 0.25
"""Of the levels in a snapshot; they are taken no more often, so that none counts twice."""
REACTS_S = 0.75
"""So long a muscle may take to follow, and the window to hold nothing older."""
HOLD_S = 3.5
_LEAST_LEVELS = 4


class CableCheck:
    """Takes the level of every channel while a task is held, and judges when all are done.

    Parameters
    ----------
    channels
        As they are shown.
    """

    def __init__(self, channels: Sequence[ChannelNow]) -> None:
        self._channels = [
            Channel(label=now.label, muscle=now.muscle, side=now.side, input=i)
            for i, now in enumerate(channels)
        ]
        sites = {(channel.muscle, channel.side) for channel in self._channels}
        self.tasks = tuple(
            key
            for key, words in MOVEMENTS.items()
            if words.tests_cable and words.active[0] in sites
        )
        """Keys of the tasks that tell a channel there is, in the order they are asked for."""
        self._levels_uv: dict[str, list[list[float | None]]] = {}
        self._task = ""
        self._began_s = self._taken_s = 0.0

    def begin(self, task: str, time_s: float) -> None:
        """Take `task` from stream time `time_s` on; what was taken of it before is dropped."""
        self._task = task
        self._levels_uv[task] = []
        self._began_s, self._taken_s = time_s, time_s + REACTS_S - WINDOW_S

    def add(self, snapshot: Snapshot) -> float:
        """Take the levels of now; return how much of the task is done, 0 to 1."""
        if snapshot.time_s - self._taken_s >= WINDOW_S:
            self._taken_s = snapshot.time_s
            self._levels_uv[self._task].append(
                [now.level_uv if now.verdict.usable else None for now in snapshot.channels]
            )
        return min(1.0, (snapshot.time_s - self._began_s) / HOLD_S)

    def outcome(self) -> Cables:
        """Return which cables seem to be elsewhere, from the tasks taken so far."""
        levels = {
            task: {
                column: _rms([row[column] for row in rows if column < len(row)])
                for column in range(len(self._channels))
            }
            for task, rows in self._levels_uv.items()
        }
        return find_swapped(self._channels, levels, MOVEMENTS)


def _rms(levels_uv: Sequence[float | None]) -> Found:
    known = [uv for uv in levels_uv if uv is not None]
    if len(known) < _LEAST_LEVELS:
        return missing("too little usable signal")
    return Found(float(np.sqrt(np.mean(np.square(known)))))
