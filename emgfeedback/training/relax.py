"""The first target: stay under a threshold.

Time counts only while the signal can be trusted. A sample is scored when the
target runs, the filters have settled, and every watched channel was judged
usable when it came and for a second after: scores wait that long, so an
electrode that falls off earns nothing in the second before it is noticed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import SettingsError
from emgfeedback.training.now import Hold
from emgfeedback.training.score import CONFIRM_S, ConfirmedScore

BASELINE_RANGE_S = (20.0, 40.0)
THRESHOLD_RANGE_UV = (0.5, 2000.0)
BASELINE_PERCENTILE = 75.0
"""Staying as quiet as at baseline then succeeds three times in four (target success 75 %)."""
LOWEST_AUTO_THRESHOLD_UV = 3.0
FLOOR_FACTOR = 2.0
BASELINE_STEP_S = 0.1
"""One control value is kept per this long: neighbours share their window and say nothing new."""


class TargetState(Enum):
    """Where the relaxation target stands."""

    OFF = "off"
    BASELINE = "baseline"
    """Measuring the resting level; `progress` says how far."""
    RUNNING = "running"
    PAUSED = "paused"
    """Nothing is scored; `paused_reason` says why."""


@dataclass(frozen=True, slots=True)
class TargetNow:
    """The relaxation target as it stands."""

    state: TargetState = TargetState.OFF
    in_target: bool | None = None
    """All watched channels are under their thresholds; None unless running."""
    time_in_target_s: float = 0.0
    time_scored_s: float = 0.0
    """Time that counted: running, good signal, no gap."""
    time_excluded_s: float = 0.0
    paused_reason: str = ""
    """`quality`, `gap`, `settling`, `user`, `no channel` or empty."""
    paused_channels: tuple[int, ...] = ()
    progress: float = 0.0
    """Share of the baseline taken, 0 to 1."""

    @property
    def in_target_pct(self) -> float | None:
        """Share of the scored time spent in target, percent; None before any time counted."""
        return 100 * self.time_in_target_s / self.time_scored_s if self.time_scored_s else None


class RelaxTarget:
    """Hold every watched channel under its threshold.

    Parameters
    ----------
    fs_hz
        Sampling rate of the control values.
    n_channels
        Columns of the control values.
    confirm_s
        How much usable signal must follow before a sample counts.
    """

    def __init__(self, fs_hz: float, n_channels: int, confirm_s: float = CONFIRM_S) -> None:
        self._fs_hz = fs_hz
        self._confirm_s = confirm_s
        self._thresholds_uv = np.full(n_channels, np.nan)
        self._state = TargetState.OFF
        self._user_paused = False
        self._in_target: bool | None = None
        self._reason = ""
        self._blamed: tuple[int, ...] = ()
        self._score = ConfirmedScore(fs_hz, confirm_s)
        self._baseline: list[NDArray[np.float64]] = []
        self._baseline_wanted = 0
        self._baseline_channels: tuple[int, ...] = ()
        self._until_step = 0
        self._usable = np.zeros(n_channels, dtype=bool)
        self._settled = False

    @property
    def thresholds_uv(self) -> tuple[float | None, ...]:
        """Threshold of each channel, None where the channel is not watched."""
        return tuple(None if np.isnan(t) else float(t) for t in self._thresholds_uv)

    @property
    def watched(self) -> tuple[int, ...]:
        """Channels that have a threshold."""
        return tuple(int(i) for i in np.flatnonzero(~np.isnan(self._thresholds_uv)))

    def set_threshold(self, channel: int, threshold_uv: float | None) -> None:
        """Set the threshold of `channel` in microvolts, or stop watching it with None.

        Raises
        ------
        SettingsError
            Outside 0.5 to 2000 µV.
        """
        low, high = THRESHOLD_RANGE_UV
        if threshold_uv is not None and not low <= threshold_uv <= high:
            raise SettingsError(
                f"A threshold of {threshold_uv:g} µV is outside {low:g} to {high:g} µV.",
                "Choose one near the resting level.",
            )
        self._thresholds_uv[channel] = np.nan if threshold_uv is None else threshold_uv
        if self._state is TargetState.RUNNING:
            self._look()

    def start_baseline(self, seconds: float, channels: tuple[int, ...]) -> None:
        """Measure `channels` for `seconds` of usable signal, then fix their thresholds and run.

        Raises
        ------
        SettingsError
            Outside 20 to 40 s, or no channel.
        """
        low, high = BASELINE_RANGE_S
        if not low <= seconds <= high:
            raise SettingsError(
                f"A baseline of {seconds:g} s is outside {low:g} to {high:g} s.", "Use 30 s."
            )
        if not channels:
            raise SettingsError("No channel to measure.", "Choose at least one muscle.")
        self._clear_scores()
        self._state = TargetState.BASELINE
        self._baseline = []
        self._baseline_channels = channels
        self._baseline_wanted = round(seconds / BASELINE_STEP_S)
        self._until_step = 0

    def start(self) -> None:
        """Run, or go on after a pause; scores go on too."""
        if self._state is TargetState.OFF:
            self._clear_scores()
        self._run()

    def pause(self) -> None:
        """Stop scoring until `start`; a baseline in progress is dropped."""
        if self._state is TargetState.BASELINE:
            self._state = TargetState.OFF
        self._user_paused = self._state is TargetState.RUNNING
        self._in_target = None

    def stop(self) -> None:
        """Switch the target off; thresholds stay."""
        self._state = TargetState.OFF
        self._user_paused = False
        self._in_target = None

    def gap(self, n_samples: int) -> None:
        """Leave out a gap of `n_samples`, and with it what waits for a verdict."""
        counts = self._state is TargetState.RUNNING and not self._user_paused
        self._score.gap(n_samples if counts else 0)
        self._in_target = None

    def process(
        self,
        control_uv: NDArray[np.float64],
        valid: NDArray[np.bool_],
        usable: NDArray[np.bool_],
    ) -> None:
        """Take control values of contiguous samples.

        Parameters
        ----------
        control_uv
            RMS over the control window, microvolts, `(n_samples, n_channels)`.
        valid
            bool `(n_samples,)`: the filters have settled.
        usable
            bool `(n_channels,)`: the present quality verdict.
        """
        self._usable, self._settled = usable, bool(valid.any())
        if self._state is TargetState.BASELINE:
            self._take_baseline(control_uv, valid, usable)
            return
        self._in_target = None
        if self._state is not TargetState.RUNNING or self._user_paused:
            return
        watched = list(self.watched)
        self._look()
        if not watched:
            return
        inside = (control_uv[:, watched] < self._thresholds_uv[watched]).all(axis=1) & valid
        if self._blamed:
            self._score.add(inside, np.zeros_like(valid), Hold.QUALITY)
            return
        self._score.add(inside, valid, Hold.SETTLING)
        self._in_target = bool(inside[-1]) if valid[-1] else None

    def judged(self, usable: NDArray[np.bool_], floors_uv: NDArray[np.float64]) -> None:
        """Take a fresh quality verdict: commit what waited for it, or leave it out.

        Parameters
        ----------
        usable
            bool `(n_channels,)`.
        floors_uv
            Noise or resolution floor of each channel, microvolts.
        """
        self._usable = usable
        if self._state is TargetState.BASELINE:
            self._judge_baseline(usable, floors_uv)
        else:
            self._score.judged(all(usable[i] for i in self.watched))

    def now(self) -> TargetNow:
        """Return the target as it stands."""
        paused = self._state is TargetState.RUNNING and (self._user_paused or bool(self._reason))
        wanted = self._baseline_wanted or 1
        return TargetNow(
            state=TargetState.PAUSED if paused else self._state,
            in_target=None if paused else self._in_target,
            time_in_target_s=self._score.in_s,
            time_scored_s=self._score.scored_s,
            time_excluded_s=self._score.total_excluded_s,
            paused_reason="user" if self._user_paused else self._reason,
            paused_channels=self._blamed,
            progress=min(1.0, len(self._baseline) / wanted)
            if self._state is TargetState.BASELINE
            else 0.0,
        )

    def _run(self) -> None:
        self._state = TargetState.RUNNING
        self._user_paused = False
        self._look()

    def _look(self) -> None:
        """Find out what holds it, from what was last seen of the signal."""
        watched = self.watched
        self._blamed = tuple(i for i in watched if not self._usable[i])
        if not watched:
            self._reason = "no channel"
        elif self._blamed:
            self._reason = "quality"
        else:
            self._reason = "" if self._settled else "settling"

    def _clear_scores(self) -> None:
        self._score.reset()
        self._reason = ""
        self._blamed = ()

    def _take_baseline(
        self,
        control_uv: NDArray[np.float64],
        valid: NDArray[np.bool_],
        usable: NDArray[np.bool_],
    ) -> None:
        self._blamed = tuple(i for i in self._baseline_channels if not usable[i])
        self._reason = "quality" if self._blamed else ""
        if self._blamed:
            return
        step = round(BASELINE_STEP_S * self._fs_hz)
        rows = np.arange(self._until_step, len(valid), step)
        self._until_step = (
            int(rows[-1]) + step - len(valid) if len(rows) else (self._until_step - len(valid))
        )
        self._baseline.extend(control_uv[row] for row in rows if valid[row])

    def _judge_baseline(self, usable: NDArray[np.bool_], floors_uv: NDArray[np.float64]) -> None:
        unconfirmed = round(self._confirm_s / BASELINE_STEP_S)
        if not all(usable[i] for i in self._baseline_channels):
            del self._baseline[max(0, len(self._baseline) - unconfirmed) :]
        elif len(self._baseline) >= self._baseline_wanted + unconfirmed:
            del self._baseline[self._baseline_wanted :]
            self._fix_thresholds(floors_uv)

    def _fix_thresholds(self, floors_uv: NDArray[np.float64]) -> None:
        levels = np.percentile(np.array(self._baseline), BASELINE_PERCENTILE, axis=0)
        lowest = np.maximum(FLOOR_FACTOR * floors_uv, LOWEST_AUTO_THRESHOLD_UV)
        for channel in self._baseline_channels:
            self._thresholds_uv[channel] = max(levels[channel], lowest[channel])
        self._run()
