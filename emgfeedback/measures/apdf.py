"""The amplitude probability distribution (Jonsson 1982): static, median and peak level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emgfeedback.measures.found import Bools, Floats


@dataclass(frozen=True, slots=True)
class Apdf:
    """Levels that hold for 10, 50 and 90 % of the time, in the unit of the level.

    P10 is the static, P50 the median, P90 the peak level. None with `reason`.
    """

    p10: float | None = None
    p50: float | None = None
    p90: float | None = None
    reason: str = ""


def apdf(level: Floats, scored: Bools) -> Apdf:
    """Return P10, P50 and P90 of RMS levels `(n,)` where `scored` `(n,)`.

    For comparison with the limits of the literature the level is in percent of maximum.
    """
    kept = level[scored]
    if not len(kept):
        return Apdf(reason="nothing scored")
    p10, p50, p90 = np.percentile(kept, (10, 50, 90)).tolist()
    return Apdf(p10, p50, p90)
