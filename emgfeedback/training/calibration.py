"""The person's own levels: what was measured, how, and what a percentage is a percentage of.

A level holds only for the filters it was taken with; `newest_uv` refuses others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from emgfeedback.core.block import Unit
from emgfeedback.core.errors import ConfigError, SettingsError
from emgfeedback.measures.amplitude import noise_corrected
from emgfeedback.training.calibration_take import CalibrationTake, Method

PAIN_LIMIT, PAIN_RISE = 3, 2
"""A contraction stops for good over this pain (0 to 10), or when it rose by so much."""
ABOVE_FLOOR = 3.0
"""A contraction weaker than this multiple of the noise floor was none."""
LARGEST_SPREAD_PCT = 30.0
"""Takes further apart than this share of their mean are better repeated."""
LARGEST_LSB_UV = 1.0
LARGEST_FLOOR_UV = 3.0
LEAST_UV = 3.0
"""No ceiling lies lower: relaxed muscle reads 1 to 3 µV."""
REFERENCES = (Method.RVC_TRAPEZIUS, Method.RVC_SCM, Method.RVC_SPLENIUS, Method.MVC)


@dataclass(frozen=True, slots=True)
class CalibrationFacts:
    """The circumstances of a calibration, stored with every result."""

    filter_facts: str
    device: str
    posture: str = ""
    head_support: str = ""
    method_words: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """One level of one channel.

    Attributes
    ----------
    value_uv
        The level as targets are held against it, noise included; None where there is none,
        `reason` says why.
    corrected_uv
        The same without the noise of the floor.
    upper_uv
        Rest: the 75th percentile, under which the person stays three times in four.
    spread_pct
        (highest - lowest) / mean of the takes; None for a single one.
    site
        Electrode site in words.
    """

    method: Method
    channel: int
    label: str
    site: str
    value_uv: float | None
    corrected_uv: float | None
    upper_uv: float | None
    floor_uv: float
    spread_pct: float | None
    takes_uv: tuple[float, ...]
    reason: str
    facts: CalibrationFacts

    @property
    def repeatable(self) -> bool | None:
        """Whether the takes agree within 30 %; None for a single one."""
        return None if self.spread_pct is None else self.spread_pct <= LARGEST_SPREAD_PCT

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {**asdict(self), "method": self.method.value, "repeatable": self.repeatable}


def pain_stops(before: int | None, now: int) -> bool:
    """Say whether pain (0 to 10) ends the contractions: over 3, or risen by 2 or more."""
    return now > PAIN_LIMIT or (before is not None and now - before >= PAIN_RISE)


def results(
    takes: Sequence[CalibrationTake],
    method: Method,
    labels: Sequence[str],
    sites: Sequence[str],
    floors_uv: Sequence[float],
    facts: CalibrationFacts,
    reason: str = "",
) -> tuple[Calibration, ...]:
    """Return the result of each channel over its accepted takes.

    Takes are averaged; of maximal contractions the highest counts.

    Parameters
    ----------
    takes
        Accepted takes of the same channels, at least one unless `reason` is given.
    labels, sites, floors_uv
        Of all columns.
    reason
        Why it ended without a result, such as `pain`: every value is None then.
    """
    if not takes:
        raise SettingsError("No take to calculate from.", "Repeat the calibration.")
    done = [] if reason else [take for take in takes if take.accepted]
    missing = reason or ("" if done else "no take was good")
    found = []
    for place, channel in enumerate(takes[0].channels):
        levels = tuple(float(take.levels_uv()[place]) for take in done)
        value = _combined(method, levels)
        floor = float(floors_uv[channel])
        why = missing
        if value is not None and method in REFERENCES and value < ABOVE_FLOOR * floor:
            value, why = None, "no activity above the noise"
        upper = [float(take.upper_uv()[place]) for take in done] if value is not None else []
        found.append(
            Calibration(
                method=method,
                channel=channel,
                label=labels[channel],
                site=sites[channel],
                value_uv=value,
                corrected_uv=None if value is None else noise_corrected(value, floor),
                upper_uv=float(np.mean(upper)) if upper and method is Method.REST else None,
                floor_uv=floor,
                spread_pct=_spread_pct(levels),
                takes_uv=levels,
                reason=why,
                facts=facts,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class UnitScale:
    """How microvolts become the run's unit. `per_uv` is NaN for columns without reference."""

    unit: Unit
    per_uv: tuple[float, ...]

    @classmethod
    def microvolts(cls, n_channels: int) -> UnitScale:
        """Return the scale that changes nothing."""
        return cls(Unit.UV, (1.0,) * n_channels)

    @property
    def least(self) -> tuple[float, ...]:
        """3 µV of every column in the run's unit: no ceiling lies lower."""
        return tuple(LEAST_UV * factor for factor in self.per_uv)


def unit_scale(
    calibrations: Sequence[Calibration],
    channels: Sequence[int],
    n_channels: int,
    filter_facts: str,
    methods: Sequence[Method] = REFERENCES,
) -> UnitScale:
    """Return percent of reference: 100 % is the newest calibration of each of `channels`.

    Parameters
    ----------
    calibrations
        All results so far, oldest first.
    channels
        Columns that must have a reference.
    filter_facts
        The filters in use now, `ChainSettings.facts()`.
    methods
        What may serve as reference. `(Method.REST,)` makes it percent of the resting level,
        where contractions hurt.

    Raises
    ------
    ConfigError
        A channel without reference, or with one taken through other filters.
    """
    per_uv = [float("nan")] * n_channels
    for channel in channels:
        per_uv[channel] = 100.0 / newest_uv(calibrations, channel, filter_facts, methods)
    return UnitScale(Unit.PCT, tuple(per_uv))


def newest_uv(
    calibrations: Sequence[Calibration],
    channel: int,
    filter_facts: str,
    methods: Sequence[Method] = REFERENCES,
) -> float:
    """Return the newest level of `channel` that was taken through the filters of the task.

    Parameters are those of `unit_scale`.

    Raises
    ------
    ConfigError
        There is none, or only one taken through other filters.
    """
    what = "resting level" if tuple(methods) == (Method.REST,) else "reference"
    of_channel = [c for c in calibrations if c.channel == channel and c.method in methods]
    valued = [c for c in of_channel if c.value_uv]
    if not valued:
        why = of_channel[-1].reason if of_channel else "it was not taken"
        name = of_channel[-1].label if of_channel else f"channel {channel + 1}"
        raise ConfigError(
            f"There is no {what} of {name}: {why}.",
            "Take it, or use microvolts or another reference instead.",
        )
    band = band_of(filter_facts)
    for found in reversed(valued):
        if band_of(found.facts.filter_facts) == band and found.value_uv is not None:
            return found.value_uv
    other = band_of(valued[-1].facts.filter_facts)
    raise ConfigError(
        f"The {what} of {valued[-1].label} was taken with {other}, the task uses {band}.",
        f"Take the {what} again with the filters of the task.",
    )


def band_of(filter_facts: str) -> str:
    """Return the high-pass and low-pass part of filter facts.

    The notch follows the hum by itself and costs under 1 % of amplitude per harmonic; the
    band is what makes a task and its reference comparable.
    """
    return filter_facts.partition(";")[0].partition(", notch")[0]


def why_not_microvolts(lsb_uv: float, floor_uv: float) -> str:
    """Say why targets near rest cannot be in microvolts; empty where they can.

    Parameters
    ----------
    lsb_uv
        One count of the converter at the electrode.
    floor_uv
        Measured noise floor.
    """
    if lsb_uv > LARGEST_LSB_UV:
        return f"one step of the board is {lsb_uv:.1f} µV, more than {LARGEST_LSB_UV:g} µV"
    if floor_uv > LARGEST_FLOOR_UV:
        return f"the noise is {floor_uv:.1f} µV, more than {LARGEST_FLOOR_UV:g} µV"
    return ""


def _combined(method: Method, levels: Sequence[float]) -> float | None:
    if not levels:
        return None
    return max(levels) if method is Method.MVC else sum(levels) / len(levels)


def _spread_pct(levels: Sequence[float]) -> float | None:
    if len(levels) < 2 or not sum(levels):
        return None
    return 100 * (max(levels) - min(levels)) * len(levels) / sum(levels)
