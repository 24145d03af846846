"""Two muscles at once: co-contraction indexes and likeness of their course.

The indexes depend on how the levels are normalised and are not interchangeable; they repeat
well within a session and badly between sessions. Use levels over 0.5 s or longer.
"""

from __future__ import annotations

import math

import numpy as np

from emgfeedback.measures.found import Floats, Found, missing
from emgfeedback.measures.symmetry import asymmetry_index

LONGEST_LAG_S = 0.5
BIN_S = 0.01
_EQUAL = 1e-12
"""Differences below are rounding; of equal coefficients the shorter lag counts."""


def falconer_winter_pct(one: Floats, other: Floats) -> Found:
    """Return 200 sum(min) / sum(one + other), percent, 0 to 100 (Falconer and Winter 1985).

    Parameters
    ----------
    one, other
        Levels of the same moments, `(n,)`, each normalised to its own reference.
    """
    total = float(np.sum(one) + np.sum(other))
    if total <= 0:
        return missing("no activity")
    return Found(200 * float(np.sum(np.minimum(one, other))) / total)


def rudolph(one: Floats, other: Floats) -> Found:
    """Return mean(lower/higher x (lower + higher)), in the unit of the levels (Rudolph 2000).

    Moments with no activity in either count as 0. See `falconer_winter_pct` for the levels.
    """
    if not len(one):
        return missing("nothing scored")
    low, high = np.minimum(one, other), np.maximum(one, other)
    if not high.any():
        return missing("no activity")
    ratio = np.divide(low, high, out=np.zeros_like(low), where=high > 0)
    return Found(float(np.mean(ratio * (low + high))))


def likeness(left: Floats, right: Floats, fs_hz: float) -> tuple[Found, Found]:
    """Return the highest correlation of two envelopes within lags of 0.5 s, and that lag.

    Pearson's coefficient over the moments that overlap, -1 to 1: how alike two muscles
    rise and fall, whatever their heights. The levels are averaged over 10 ms first.

    Parameters
    ----------
    left, right
        Envelopes of the same contiguous moments, `(n,)`, at least 2 s.

    Returns
    -------
    coefficient, lag_s
        Lag in seconds, positive where right comes later.
    """
    size = max(1, round(BIN_S * fs_hz))
    n = len(left) // size
    reach = round(LONGEST_LAG_S * fs_hz / size)
    if n < 4 * reach:
        return missing("shorter than 2 s"), missing("shorter than 2 s")
    one = left[: n * size].reshape(n, size).mean(axis=1)
    other = right[: n * size].reshape(n, size).mean(axis=1)
    best, best_lag = -math.inf, 0
    for lag in sorted(range(-reach, reach + 1), key=abs):
        coefficient = _pearson(
            one[max(0, -lag) : n - max(0, lag)], other[max(0, lag) : n - max(0, -lag)]
        )
        if coefficient is not None and coefficient > best + _EQUAL:
            best, best_lag = coefficient, lag
    if math.isinf(best):
        return missing("a side does not change"), missing("a side does not change")
    return Found(best), Found(best_lag * size / fs_hz)


def _pearson(one: Floats, other: Floats) -> float | None:
    a, b = one - one.mean(), other - other.mean()
    still = _EQUAL * max(float(one @ one), float(other @ other))
    if float(a @ a) <= still or float(b @ b) <= still:
        return None
    return float(a @ b) / math.sqrt(float(a @ a) * float(b @ b))


def mirrored_index_pct(
    turned_left: tuple[float, float], turned_right: tuple[float, float]
) -> tuple[float | None, float | None]:
    """Compare a task to the left with the same task to the right, percent.

    In turning and tilting one side must do more, so left is compared with right across the
    mirrored tasks: the side turned away from with the side turned away from, and likewise
    the side turned to. Each is 100 (L-R)/(L+R), positive where the left muscle does more.

    Parameters
    ----------
    turned_left, turned_right
        Levels of the left and the right muscle, without noise, in each task.

    Returns
    -------
    away, towards
        None where there is no activity.
    """
    away = asymmetry_index(turned_right[0], turned_left[1])
    towards = asymmetry_index(turned_left[0], turned_right[1])
    return away, towards
