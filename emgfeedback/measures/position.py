"""Head repositioning: a laser on the head, eyes closed, back to the mark.

The spot lands some millimetres off; with the distance to the wall that is an angle
(Revel and others 1991: about 4.5 degrees is the usual bound at 90 cm after full rotation).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from emgfeedback.core.errors import SettingsError

LEAST_DISTANCE_MM, MOST_DISTANCE_MM = 300.0, 5000.0


@dataclass(frozen=True, slots=True)
class PositionResult:
    """Repositioning over repeats, all in degrees.

    Attributes
    ----------
    absolute_deg
        Mean of the errors without sign: the joint position error.
    constant_deg
        Mean with sign: positive to the patient's right, or up.
    variable_deg
        Standard deviation (n - 1) with sign; None for one repeat.
    side
        `right`, `left`, or empty where the mean with sign is within its standard error.
    """

    n: int
    absolute_deg: float
    constant_deg: float
    variable_deg: float | None
    side: str


def to_degrees(offset_mm: float, distance_mm: float) -> float:
    """Return the angle of an offset on a wall at `distance_mm`, in degrees.

    Raises
    ------
    SettingsError
        A distance outside 300 to 5000 mm.
    """
    if not LEAST_DISTANCE_MM <= distance_mm <= MOST_DISTANCE_MM:
        raise SettingsError(
            f"A distance of {distance_mm:g} mm to the wall cannot be right.",
            f"Enter {LEAST_DISTANCE_MM:g} to {MOST_DISTANCE_MM:g} mm; 900 mm is usual.",
        )
    return math.degrees(math.atan2(offset_mm, distance_mm))


def position_error(offsets_mm: Sequence[float], distance_mm: float) -> PositionResult | None:
    """Return the repositioning error of repeats; None without any.

    Raises
    ------
    SettingsError
        A distance outside 300 to 5000 mm.
    """
    angles = [to_degrees(offset, distance_mm) for offset in offsets_mm]
    if not angles:
        return None
    n = len(angles)
    mean = sum(angles) / n
    spread = math.sqrt(sum((a - mean) ** 2 for a in angles) / (n - 1)) if n > 1 else None
    sure = spread is not None and abs(mean) > spread / math.sqrt(n)
    side = ("right" if mean > 0 else "left") if sure else ""
    return PositionResult(n, sum(abs(a) for a in angles) / n, mean, spread, side)
