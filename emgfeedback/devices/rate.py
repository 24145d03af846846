"""How fast the samples really come, by this computer's clock."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

_POINT_EVERY_S = 0.5
_POINTS_KEPT = 1200
_ARRIVALS_KEPT = 512
_MIN_POINTS = 8
_KNOWN_TO = 0.001
_WARN_FROM = 0.02
_WARN_KNOWN_TO = 0.005
_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class _Line:
    """Samples against time: through (`t_s`, `n_samples`) with slope `fs_hz`."""

    fs_hz: float
    uncertainty: float
    t_s: float
    n_samples: float


class RateMeter:
    """Sampling rate and arrival jitter from when how many samples had arrived.

    A sample can only arrive late, never early. Each half second gives one point, the
    arrival that was least late; a line through the points of the last ten minutes is the
    rate. An arrival tells when its newest sample was taken no better than the usual time
    between two arrivals, so a link that delivers in bursts takes longer to be known.

    Parameters
    ----------
    nominal_fs_hz
        The declared rate: what lateness is judged against, and what warnings compare with.
    settable
        Whether the board's rate can be chosen; where it cannot, a warning suggests nothing.
    """

    def __init__(self, nominal_fs_hz: float, *, settable: bool = True) -> None:
        self._nominal_fs_hz = nominal_fs_hz
        self._settable = settable
        self._known_fs_hz: float | None = None
        self._arrivals: deque[tuple[float, int]] = deque(maxlen=_ARRIVALS_KEPT)
        self._points: deque[tuple[float, int]] = deque(maxlen=_POINTS_KEPT)
        self._line: _Line | None = None
        self._line_is_old = False
        self._begin_line()

    def _begin_line(self) -> None:
        self._arrivals.clear()
        self._points.clear()
        self._best: tuple[float, int] | None = None
        self._best_earliness = -math.inf
        self._point_due_s = -math.inf
        self._usual_interval_s = 0.0
        self._line = None
        self._line_is_old = False

    def resume(self) -> None:
        """Begin a new line: after a reconnection the count of samples is only an estimate.

        The rate measured before holds until the new line gives a better one.
        """
        self._known_fs_hz = self.measured_fs_hz
        self._begin_line()

    def add(self, n_samples_total: int, t_s: float) -> None:
        """Note that at `t_s` (monotonic) samples up to `n_samples_total` had arrived.

        Parameters
        ----------
        n_samples_total
            All samples since the start, the lost ones too.
        """
        if self._arrivals:
            interval_s = t_s - self._arrivals[-1][0]
            if interval_s < _PAUSE_S:
                self._usual_interval_s += (interval_s - self._usual_interval_s) / 16
        self._arrivals.append((t_s, n_samples_total))
        if self._best is None:
            self._point_due_s = t_s + _POINT_EVERY_S
        earliness = n_samples_total - self._nominal_fs_hz * t_s
        if earliness > self._best_earliness or self._best is None:
            self._best, self._best_earliness = (t_s, n_samples_total), earliness
        if t_s >= self._point_due_s:
            self._points.append(self._best)
            self._line_is_old = True
            self._best, self._best_earliness = None, -math.inf

    @property
    def measured_fs_hz(self) -> float | None:
        """Measured rate; None until it is known to 0.1 %."""
        line = self._fit()
        return line.fs_hz if line.uncertainty <= _KNOWN_TO else self._known_fs_hz

    def arrived_s(self, n_samples_total: int) -> float | None:
        """Return when (monotonic) so many samples should have been here; None before the first.

        By the line; before there are points enough for one, by the declared rate through the
        newest point.
        """
        line = self._fit()
        if math.isfinite(line.uncertainty):
            return line.t_s + (n_samples_total - line.n_samples) / line.fs_hz
        newest = self._points[-1] if self._points else self._best
        if newest is None:
            return None
        return newest[0] + (n_samples_total - newest[1]) / line.fs_hz

    @property
    def jitter_ms(self) -> float | None:
        """Standard deviation of the latest arrival times round their line, milliseconds."""
        if len(self._arrivals) < _MIN_POINTS:
            return None
        times_s, totals = np.array(self._arrivals).T
        times_s, totals = times_s - times_s.mean(), totals - totals.mean()
        spread = float(totals @ totals)
        if spread == 0.0:
            return None
        lateness_s = times_s - totals * (float(totals @ times_s) / spread)
        return 1000.0 * float(lateness_s.std())

    @property
    def warning(self) -> str | None:
        """What to tell when the board is more than 2 % off its declared rate, or None."""
        line = self._fit()
        fs_hz, uncertainty = line.fs_hz, line.uncertainty
        deviation = fs_hz / self._nominal_fs_hz - 1.0
        if uncertainty > _WARN_KNOWN_TO or abs(deviation) - uncertainty <= _WARN_FROM:
            return None
        if self._settable:
            advice = (
                "It cannot keep up: use fewer channels or a lower rate."
                if deviation < 0
                else "Check its firmware, or whether the source runs faster than real time."
            )
        else:
            advice = "Times and filters follow the measured rate."
        return (
            f"The board sends {fs_hz:.0f} samples a second and declares "
            f"{self._nominal_fs_hz:.0f} ({100 * deviation:+.1f} %, limit 2 %). " + advice
        )

    def _fit(self) -> _Line:
        """Return the line; its relative uncertainty is infinite while it is unknown."""
        line = self._line
        if line is None or self._line_is_old:
            self._line_is_old = False
            self._line = line = self._line_through_points()
        return line

    def _line_through_points(self) -> _Line:
        unknown = _Line(self._nominal_fs_hz, math.inf, 0.0, 0.0)
        if len(self._points) < _MIN_POINTS:
            return unknown
        times_s, totals = np.array(self._points).T
        span_s = float(times_s[-1] - times_s[0])
        mean_s, mean_samples = float(times_s.mean()), float(totals.mean())
        times_s, totals = times_s - mean_s, totals - mean_samples
        spread_s2 = float(times_s @ times_s)
        fs_hz = float(times_s @ totals) / spread_s2
        if fs_hz <= 0.0:
            return unknown
        late_s = (totals - fs_hz * times_s) / fs_hz
        standard_error = math.sqrt(float(late_s @ late_s) / (len(late_s) - 2) / spread_s2)
        uncertainty = 2.0 * standard_error + self._usual_interval_s / span_s
        return _Line(fs_hz, uncertainty, mean_s, mean_samples)
