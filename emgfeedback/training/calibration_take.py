"""One take of a calibration: collect trusted signal, then reduce it to a level per channel."""

from __future__ import annotations

import itertools
import math
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import SettingsError
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import Hold
from emgfeedback.training.score import CONFIRM_S

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EPOCH_S = 0.025
"""Mean squares are kept per epoch; windows are made of whole epochs."""
REST_WINDOW_S = 0.125
SECOND_S = 1.0
NEAR_HIGHEST = 0.8
"""A steady second counts when it reaches this share of the highest one."""
STEADY_STEP_S = 0.1
MIDDLE_SHARE = 2 / 3
"""Of a long hold the middle two thirds count: 10 s of 15 s."""
FLOOR_PERCENTILE = 5.0
UPPER_PERCENTILE = 75.0


class Method(Enum):
    """What is measured, and by which statistic."""

    FLOOR = "floor"
    """Noise floor: 5th percentile of the RMS over 1 s."""
    REST = "rest"
    """Rest: median of the RMS over 125 ms, hardly moved by heartbeats."""
    RVC_TRAPEZIUS = "rvc_trapezius"
    """Arms 90 degrees out: RMS of the middle two thirds of the hold."""
    RVC_SCM = "rvc_scm"
    """Gentle push at 3 of 10: RMS of the steadiest second."""
    RVC_SPLENIUS = "rvc_splenius"
    """The same to the back."""
    MVC = "mvc"
    """As strong as possible: highest RMS over 1 s. Only where a clinician enables it."""


WHOLE = (Method.RVC_TRAPEZIUS, Method.RVC_SCM, Method.RVC_SPLENIUS, Method.MVC)
"""Holds that must come in one piece; at rest a break only makes it longer."""


class TakePhase(Enum):
    """Where a take stands."""

    READY = "ready"
    COLLECTING = "collecting"
    CONFIRMING = "confirming"
    """All is there; it waits to hear that the signal was good to the end."""
    ACCEPTED = "accepted"
    VOID = "void"
    """Interrupted, to be repeated; `void_reason` says why."""


class CalibrationTake:
    """Collect one take. How the signal is cut into calls changes nothing.

    A contraction is void after a gap, a bad channel or unsettled filters. At rest the take
    waits, and leaves out the last `confirm_s` before a bad verdict.

    Parameters
    ----------
    method
        The statistic.
    seconds
        Length of the take: at least 2 s, of floor and rest at least 10 s.
    channels
        Columns measured.
    fs_hz
        Sampling rate.
    confirm_s
        How much usable signal must follow the end.

    Raises
    ------
    SettingsError
        For a take too short for its statistic, or without a channel.
    """

    def __init__(
        self,
        method: Method,
        seconds: float,
        channels: tuple[int, ...],
        fs_hz: float,
        confirm_s: float = CONFIRM_S,
    ) -> None:
        shortest = 2.0 if method in WHOLE else 10.0
        if not shortest <= seconds <= 300:
            raise SettingsError(
                f"A take of {seconds:g} s is outside {shortest:g} to 300 s for {method.value}.",
                "Use the usual length: rest 30, trapezius 15, SCM 5 s.",
            )
        if not channels:
            raise SettingsError("No channel to measure.", "Choose at least one muscle.")
        self.method = method
        self.channels = channels
        self.void_reason = Hold.NONE
        self.blamed: tuple[int, ...] = ()
        self._whole = method in WHOLE
        self._epoch = max(1, round(EPOCH_S * fs_hz))
        self._epoch_s = self._epoch / fs_hz
        self._wanted = math.ceil(seconds / self._epoch_s)
        window_s = SECOND_S if method is Method.FLOOR else REST_WINDOW_S
        self._window = max(1, round(window_s / self._epoch_s))
        self._unconfirmed = math.ceil(confirm_s / self._epoch_s)
        self._confirm = math.ceil(confirm_s * fs_hz)
        self._phase = TakePhase.READY
        self._pieces: list[list[Floats]] = [[]]
        self._partial = np.zeros((0, len(channels)))
        self._followed = 0

    @property
    def phase(self) -> TakePhase:
        """Where the take stands."""
        return self._phase

    @property
    def accepted(self) -> bool:
        """Whether the take counts."""
        return self._phase is TakePhase.ACCEPTED

    @property
    def progress(self) -> float:
        """Share collected, 0 to 1."""
        return min(1.0, self._n_epochs / self._wanted)

    def begin(self) -> None:
        """Start collecting with the next sample."""
        self._phase = TakePhase.COLLECTING

    def process(self, levels: Levels) -> None:
        """Take the next samples; a gap before them is told by `gap_before_samples`."""
        if self._phase not in (TakePhase.COLLECTING, TakePhase.CONFIRMING):
            return
        columns = list(self.channels)
        self.blamed = tuple(c for c in columns if not levels.usable[c])
        if levels.gap_before_samples:
            self._broken(Hold.GAP)
        if self.blamed:
            self._broken(Hold.QUALITY)
            return
        edges = [0, *(np.flatnonzero(np.diff(levels.valid)) + 1).tolist(), levels.n_samples]
        for start, end in itertools.pairwise(edges):
            if start == end:
                continue
            if levels.valid[start]:
                self._collect(levels.filtered[start:end, columns])
            else:
                self._broken(Hold.SETTLING)

    def judged(self, usable: Bools) -> None:
        """Take a fresh quality verdict, bool `(n_channels,)`."""
        if self._phase not in (TakePhase.COLLECTING, TakePhase.CONFIRMING):
            return
        bad = tuple(c for c in self.channels if not usable[c])
        if bad:
            self.blamed = bad
            self._broken(Hold.QUALITY)
        elif self._phase is TakePhase.CONFIRMING and self._followed >= self._confirm:
            self._phase = TakePhase.ACCEPTED

    def levels_uv(self) -> Floats:
        """Return the level of each of `channels`, `(k,)`, of an accepted take."""
        if self.method is Method.FLOOR:
            return self._percentile(SECOND_S, FLOOR_PERCENTILE)
        if self.method is Method.REST:
            return self._percentile(REST_WINDOW_S, 50.0)
        squares = np.array(self._pieces[0])
        if self.method is Method.RVC_TRAPEZIUS:
            margin = round((1 - MIDDLE_SHARE) / 2 * len(squares))
            middle: Floats = np.sqrt(squares[margin : len(squares) - margin].mean(axis=0))
            return middle
        return np.array([self._best_second(squares[:, i]) for i in range(squares.shape[1])])

    def upper_uv(self) -> Floats:
        """Return the 75th percentile of the RMS over 125 ms of each channel, `(k,)`."""
        return self._percentile(REST_WINDOW_S, UPPER_PERCENTILE)

    @property
    def _n_epochs(self) -> int:
        return sum(len(piece) for piece in self._pieces)

    def _collect(self, samples: Floats) -> None:
        if self._phase is TakePhase.VOID:
            return
        self._partial = np.concatenate([self._partial, samples])
        missing = self._wanted - self._n_epochs
        n = min(missing, len(self._partial) // self._epoch)
        used = n * self._epoch
        # One by one and in one layout: every bit is the same however it was cut.
        for start in range(0, used, self._epoch):
            epoch = np.ascontiguousarray(self._partial[start : start + self._epoch])
            self._pieces[-1].append(np.mean(epoch**2, axis=0))
        self._partial = self._partial[used:]
        if n == missing:
            self._phase = TakePhase.CONFIRMING
            self._followed += len(self._partial)
            self._partial = self._partial[:0]

    def _broken(self, reason: Hold) -> None:
        """Void a contraction; at rest go on with a new piece, whole windows kept."""
        if self._phase is TakePhase.VOID:
            return
        if self._whole:
            self._phase, self.void_reason = TakePhase.VOID, reason
            return
        if reason is Hold.QUALITY:
            self._drop_doubtful()
        self._partial = self._partial[:0]
        piece = self._pieces[-1]
        del piece[len(piece) - len(piece) % self._window :]
        if piece:
            self._pieces.append([])
        if self._n_epochs < self._wanted:
            self._phase = TakePhase.COLLECTING
            self._followed = 0

    def _drop_doubtful(self) -> None:
        """Drop what was collected in the last `confirm_s` that still could be doubted."""
        doubtful = self._unconfirmed - math.floor(self._followed / self._epoch)
        while doubtful > 0 and self._n_epochs:
            if not self._pieces[-1]:
                self._pieces.pop()
                continue
            n = min(doubtful, len(self._pieces[-1]))
            del self._pieces[-1][len(self._pieces[-1]) - n :]
            doubtful -= n
        if not self._pieces:
            self._pieces.append([])

    def _percentile(self, window_s: float, percent: float) -> Floats:
        """Return a percentile over the RMS of windows side by side, none across a break."""
        size = max(1, round(window_s / self._epoch_s))
        rows = []
        for piece in self._pieces:
            n = len(piece) // size
            if n:
                whole = np.array(piece[: n * size]).reshape(n, size, -1)
                rows.append(np.sqrt(whole.mean(axis=1)))
        value: Floats = np.percentile(np.concatenate(rows), percent, axis=0)
        return value

    def _best_second(self, squares: Floats) -> float:
        """Return the RMS of the highest second (MVC) or of the steadiest near it (RVC)."""
        size = round(SECOND_S / self._epoch_s)
        step = max(1, round(STEADY_STEP_S / self._epoch_s))
        part = max(1, round(REST_WINDOW_S / self._epoch_s))
        seconds = [squares[a : a + size] for a in range(0, len(squares) - size + 1, step)]
        levels = np.sqrt([second.mean() for second in seconds])
        if self.method is Method.MVC:
            return float(levels.max())
        scatter = []
        for second in seconds:
            n = len(second) // part
            short = np.sqrt(second[: n * part].reshape(n, part).mean(axis=1))
            scatter.append(short.std() / max(short.mean(), np.finfo(float).tiny))
        steady = np.where(levels >= NEAR_HIGHEST * levels.max(), scatter, np.inf)
        return float(levels[int(np.argmin(steady))])
