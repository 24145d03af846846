"""Where time lies on the screen, and the ticks and words for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QLocale

from emgfeedback.records.recording import Recording
from emgfeedback.ui import words

_STEPS_S = (
    *(m * 10.0**e for e in range(-4, 1) for m in (1, 2, 5)),
    *(10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0),
)
_LEAST_TICK_PX = 96
SHORTEST_S = 0.01
"""Nobody needs to look at less."""


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of the recording that is drawn: `seconds` from `first_s` on."""

    first_s: float
    seconds: float

    @property
    def end_s(self) -> float:
        """Where it ends."""
        return self.first_s + self.seconds

    def within(self, duration_s: float) -> Window:
        """Return a window of the same length moved, or cut, into the recording."""
        seconds = min(max(self.seconds, min(SHORTEST_S, duration_s)), duration_s)
        return Window(min(max(0.0, self.first_s), duration_s - seconds), seconds)

    def moved(self, share: float) -> Window:
        """Return the window `share` of its length later."""
        return Window(self.first_s + share * self.seconds, self.seconds)

    def zoomed(self, factor: float, at_s: float) -> Window:
        """Return a window `factor` as long, with `at_s` at the same place."""
        seconds = max(SHORTEST_S, self.seconds * factor)
        share = (at_s - self.first_s) / self.seconds
        return Window(at_s - share * seconds, seconds)


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Seconds to pixels: `window` over `width` pixels from `left` on."""

    window: Window
    left: float
    width: float

    def x(self, at_s: float) -> float:
        """Return where `at_s` stands."""
        return self.left + (at_s - self.window.first_s) / self.window.seconds * self.width

    def s(self, x: float) -> float:
        """Return the time at `x`."""
        return self.window.first_s + (x - self.left) / max(1.0, self.width) * self.window.seconds

    def ticks(self) -> tuple[float, list[float]]:
        """Return the step between ticks and their times, seconds."""
        least_s = self.window.seconds * _LEAST_TICK_PX / max(1.0, self.width)
        step = next((s for s in _STEPS_S if s >= least_s), None)
        if step is None:
            step = math.ceil(least_s / _STEPS_S[-1]) * _STEPS_S[-1]
        first = math.ceil(self.window.first_s / step - 1e-9)
        last = math.floor(self.window.end_s / step + 1e-9)
        return step, [i * step for i in range(first, last + 1)]


def gaps_s(recording: Recording) -> list[tuple[float, float]]:
    """Return where the gaps of a recording begin and end, seconds."""
    fs_hz = recording.fs_hz
    return [
        (gap.first_sample / fs_hz, (gap.first_sample + gap.n_samples) / fs_hz)
        for gap in recording.gaps
    ]


def time_words(at_s: float, step_s: float = 1.0) -> str:
    """Return a time of the recording as `11:20`, with as many decimals as `step_s` needs."""
    decimals = 0 if step_s >= 1 else math.ceil(-math.log10(step_s) - 1e-9)
    rounded = round(at_s, decimals)
    if not decimals:
        return words.clock(rounded)
    share = f"{rounded % 1:.{decimals}f}"[2:]
    return f"{words.clock(rounded + 1e-9)}{QLocale().decimalPoint()}{share}"


def length_words(seconds: float) -> str:
    """Return a length with its unit: `5.60 s`, `2 min 05 s`, `1 h 02 min`."""
    if seconds < 10:
        return f"{words.number(seconds, 2)} s"
    if seconds < 60:
        return f"{words.number(seconds, 1)} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole // 60 % 60:02d} min"
