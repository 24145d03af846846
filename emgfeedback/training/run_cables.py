"""Which sensor is on which muscle, told while there is still time to change it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emgfeedback.measures.assessment_cables import find_swapped
from emgfeedback.measures.found import Found, missing
from emgfeedback.training.levels import Levels
from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.training.plan_movement import Movement
from emgfeedback.training.run_step import RunContext

REACTS_S = 0.5
"""So long a muscle may take to follow the words."""
LEAST_S = 1.0


class AnswerTake:
    """RMS of every channel while a task is held, usable samples alone."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
        n_channels = context.montage.n_channels
        self._squares = np.zeros(n_channels)
        self._counts = np.zeros(n_channels, dtype=np.int64)

    def add(self, levels: Levels, since_s: float) -> None:
        """Take samples of a hold that began `since_s` before them."""
        late = round((REACTS_S - since_s) * self._context.fs_hz)
        good = levels.valid[:, None] & self._context.usable[None, :]
        good[: max(0, late)] = False
        self._squares += np.sum(np.where(good, levels.filtered, 0.0) ** 2, axis=0)
        self._counts += np.count_nonzero(good, axis=0)

    def rms_uv(self) -> NDArray[np.float64] | None:
        """Return the RMS `(n_channels,)`, NaN where too little was usable; None without any."""
        enough = self._counts >= LEAST_S * self._context.fs_hz
        if not enough.any():
            return None
        means = self._squares / np.maximum(1, self._counts)
        return np.where(enough, np.sqrt(means), np.nan)


def check_cables(context: RunContext) -> None:
    """Say which cables seem to be at another muscle, once all tasks that tell it are done."""
    asked = {step.movement for step in context.plan.steps if isinstance(step, Movement)}
    tests = {name for name in asked if MOVEMENTS[name].tests_cable}
    if not tests <= context.answers_uv.keys():
        return
    channels = context.montage.channels
    levels = {
        name: {
            column: Found(float(uv)) if np.isfinite(uv) else missing("too little usable signal")
            for column, uv in enumerate(context.answers_uv[name])
        }
        for name in sorted(tests)
    }
    found = find_swapped(channels, levels, MOVEMENTS)
    # Of a swap each of the two would be told: one line is enough.
    told: dict[frozenset[str], str] = {}
    for cable in found.wrong:
        told.setdefault(frozenset((cable.label, cable.behaves_like)), cable.words)
    context.cables = " ".join(told.values())
    if not found.wrong and found.judged:
        context.say(f"Sensors identified by their tasks: {', '.join(found.judged)}.")
    if context.cables:
        context.say(context.cables)
        for cable in found.wrong:
            context.event(f"cable {cable.label} answers as {cable.behaves_like}")
    if found.reason:
        context.say(f"Sensors not identified: {found.reason}; look at them.")
