"""How long in target, how often out of it, how soon quiet: measures of one trial.

All take what was scored only; a stretch that was left out ends every hold and every
exceedance, and counts for neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emgfeedback.measures.found import Bools, Floats, Found, missing, runs_of

QUIET_S = 2.0


def time_in_target_pct(inside: Bools, scored: Bools) -> Found:
    """Return 100 (samples in target) / (samples scored), percent.

    Parameters
    ----------
    inside, scored
        bool `(n,)`: in target; counts at all.
    """
    n = int(np.count_nonzero(scored))
    if not n:
        return missing("nothing scored")
    return Found(100 * int(np.count_nonzero(inside & scored)) / n)


def excluded_pct(excluded_s: dict[str, float], scored_s: float) -> dict[str, float]:
    """Return the share of the time asked for that was left out, percent, by reason.

    The time asked for is `scored_s` and all of `excluded_s`; empty where that is 0.
    """
    asked = scored_s + sum(excluded_s.values())
    return {reason: 100 * s / asked for reason, s in excluded_s.items()} if asked else {}


def longest_hold_s(inside: Bools, scored: Bools, fs_hz: float) -> Found:
    """Return the longest unbroken time in target, seconds; 0 where it was never reached."""
    if not scored.any():
        return missing("nothing scored")
    longest = max((b - a for a, b in runs_of(inside & scored)), default=0)
    return Found(longest / fs_hz)


@dataclass(frozen=True, slots=True)
class Exceedances:
    """Times out of target: how many, how long in all, on average and at most, seconds.

    `mean_s` and `longest_s` are None where there was none.
    """

    count: int
    total_s: float
    mean_s: float | None
    longest_s: float | None
    per_minute: float


def exceedances(
    inside: Bools, scored: Bools, fs_hz: float, least_s: float = 0.0
) -> Exceedances | None:
    """Return the runs out of target that last at least `least_s`; None where nothing scored.

    `per_minute` is per minute scored.
    """
    n = int(np.count_nonzero(scored))
    if not n:
        return None
    lengths = [(b - a) / fs_hz for a, b in runs_of(~inside & scored) if b - a >= least_s * fs_hz]
    return Exceedances(
        count=len(lengths),
        total_s=sum(lengths),
        mean_s=sum(lengths) / len(lengths) if lengths else None,
        longest_s=max(lengths, default=None),
        per_minute=60 * fs_hz * len(lengths) / n,
    )


def time_to_relax_s(
    level: Floats, scored: Bools, fs_hz: float, threshold: float, quiet_s: float = QUIET_S
) -> Found:
    """Return the time from the cue to the begin of the first 2 s under the threshold, seconds.

    Parameters
    ----------
    level
        RMS levels from the cue on, `(n,)`, in the unit of `threshold`.
    scored
        bool `(n,)`; what was left out cannot be quiet.
    """
    if not scored.any():
        return missing("nothing scored")
    for start, stop in runs_of((level < threshold) & scored):
        if stop - start >= quiet_s * fs_hz:
            return Found(start / fs_hz)
    return missing(f"not quiet for {quiet_s:g} s")
