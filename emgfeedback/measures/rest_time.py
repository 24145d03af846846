"""EMG gaps and relative rest time: how much of the time a muscle really rests.

Gaps: Veiersted 1990, a level under 0.5 % of maximum for at least 0.2 s. Relative rest time:
Hermens and Hutten 2002, the share of time under the threshold; its goal is 20 % of every
10 s. Both depend strongly on the window of the RMS: keep it fixed and tell it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emgfeedback.measures.found import Bools, Floats, runs_of

LEAST_GAP_S = 0.2
SHARE_OF_MAXIMUM = 0.005
FLOOR_FACTOR = 2.0
LEAST_UV = 3.0
INTERVAL_S = 10.0
GOAL_PCT = 20.0


@dataclass(frozen=True, slots=True)
class RestTime:
    """How a muscle rested.

    Attributes
    ----------
    rest_pct
        Share of the scored time under the threshold, percent (RRT).
    gaps_per_min
        Stretches under the threshold of at least 0.2 s, per scored minute.
    mean_gap_s
        Their mean length; None without one.
    goal_pct
        Share of the whole 10 s intervals with at least 20 % rest, percent; None without one.
    reason
        Why all is None, or empty.
    """

    rest_pct: float | None = None
    gaps_per_min: float | None = None
    mean_gap_s: float | None = None
    goal_pct: float | None = None
    reason: str = ""


def rest_threshold_uv(maximum_uv: float | None, floor_uv: float) -> float:
    """Return under which level a muscle rests, microvolts.

    0.5 % of the maximum where one was measured, but never in the noise: at least
    max(2 x floor, 3 µV) without a maximum, and 2 x floor with one.
    """
    if maximum_uv is None:
        return max(FLOOR_FACTOR * floor_uv, LEAST_UV)
    return max(SHARE_OF_MAXIMUM * maximum_uv, FLOOR_FACTOR * floor_uv)


def rest_time(
    level: Floats,
    scored: Bools,
    fs_hz: float,
    threshold: float,
    least_gap_s: float = LEAST_GAP_S,
) -> RestTime:
    """Measure the rest of one channel.

    Parameters
    ----------
    level
        RMS levels, `(n,)`, in the unit of `threshold`.
    scored
        bool `(n,)`: trusted samples. A stretch left out ends a gap.
    """
    n = int(np.count_nonzero(scored))
    if not n:
        return RestTime(reason="nothing scored")
    resting = (level < threshold) & scored
    gaps = [(b - a) / fs_hz for a, b in runs_of(resting) if b - a >= least_gap_s * fs_hz]
    size = round(INTERVAL_S * fs_hz)
    whole = len(level) // size
    complete = scored[: whole * size].reshape(whole, size).all(axis=1)
    share = resting[: whole * size].reshape(whole, size).mean(axis=1)[complete]
    return RestTime(
        rest_pct=100 * int(np.count_nonzero(resting)) / n,
        gaps_per_min=60 * fs_hz * len(gaps) / n,
        mean_gap_s=sum(gaps) / len(gaps) if gaps else None,
        goal_pct=100 * float(np.mean(100 * share >= GOAL_PCT)) if len(share) else None,
    )
