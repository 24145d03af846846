"""How fast the samples really come, by this computer's clock."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

_POINT_EVERY_S = 0.5
_POINTS_KEPT = 1200
_ARRIVALS_KEPT = 512
_MIN_POINTS = 8
_KNOWN_TO = 0.001
_WARN_FROM = 0.02
_WARN_KNOWN_TO = 0.005
_PAUSE_S = 1.0


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
        self._line: tuple[float, float] | None = None
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
        fs_hz, uncertainty = self._fit()
        return fs_hz if uncertainty <= _KNOWN_TO else self._known_fs_hz

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
        fs_hz, uncertainty = self._fit()
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

    def _fit(self) -> tuple[float, float]:
        """Return the rate and its relative uncertainty (infinite while unknown)."""
        if self._line is None or self._line_is_old:
            self._line = self._line_through_points()
            self._line_is_old = False
        return self._line

    def _line_through_points(self) -> tuple[float, float]:
        if len(self._points) < _MIN_POINTS:
            return self._nominal_fs_hz, math.inf
        times_s, totals = np.array(self._points).T
        span_s = float(times_s[-1] - times_s[0])
        times_s, totals = times_s - times_s.mean(), totals - totals.mean()
        spread_s2 = float(times_s @ times_s)
        fs_hz = float(times_s @ totals) / spread_s2
        if fs_hz <= 0.0:
            return self._nominal_fs_hz, math.inf
        late_s = (totals - fs_hz * times_s) / fs_hz
        standard_error = math.sqrt(float(late_s @ late_s) / (len(late_s) - 2) / spread_s2)
        return fs_hz, 2.0 * standard_error + self._usual_interval_s / span_s
