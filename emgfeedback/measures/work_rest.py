"""Measures of a work/rest set, as continence and rehabilitation trainers tell them.

Means leave the first second of every work and rest out. Onset and release are held
against a work mean; those over 2 s are rejected as no answer to the cue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emgfeedback.measures.found import Bools, Floats, Found, missing

FIRST_S = 1.0
ONSET_SHARE, RELEASE_SHARE = 0.75, 0.375
LONGEST_S = 2.0


@dataclass(frozen=True, slots=True)
class Cycle:
    """One work and the rest after it, as samples: work starts, rest starts, rest ends."""

    work: int
    rest: int
    end: int


@dataclass(frozen=True, slots=True)
class CycleMeasures:
    """Of one cycle: means in the unit of the level, onset and release in seconds."""

    work_mean: Found
    rest_mean: Found
    onset_s: Found
    release_s: Found


@dataclass(frozen=True, slots=True)
class SetMeasures:
    """Of all cycles together: each the mean over the cycles that have a value.

    `rest_to_work_pct` is the mean rest level in percent of the mean work level.
    """

    work_mean: Found
    rest_mean: Found
    onset_s: Found
    release_s: Found
    rest_to_work_pct: Found
    cycles: tuple[CycleMeasures, ...]


def work_rest(level: Floats, scored: Bools, fs_hz: float, cycles: Sequence[Cycle]) -> SetMeasures:
    """Measure a work/rest set of one channel (definitions as NeuroTrac-class trainers).

    Parameters
    ----------
    level
        RMS levels, `(n,)`.
    scored
        bool `(n,)`: trusted samples; others count nowhere.
    cycles
        In order. Onset: time from the work cue until the level reaches 75 % of the mean of
        the previous work; the first cycle has none. Release: time from the rest cue until
        it falls to 37.5 % of the mean of the work just done.
    """
    works = [_mean(level, scored, fs_hz, c.work, c.rest) for c in cycles]
    before = [missing("no work before"), *works[:-1]]
    measured = tuple(
        CycleMeasures(
            work_mean=work,
            rest_mean=_mean(level, scored, fs_hz, cycle.rest, cycle.end),
            onset_s=_onset_s(level, scored, fs_hz, cycle, previous),
            release_s=_release_s(level, scored, fs_hz, cycle, work),
        )
        for cycle, work, previous in zip(cycles, works, before, strict=False)
    )
    work_mean = _over([c.work_mean for c in measured])
    rest_mean = _over([c.rest_mean for c in measured])
    return SetMeasures(
        work_mean=work_mean,
        rest_mean=rest_mean,
        onset_s=_over([c.onset_s for c in measured]),
        release_s=_over([c.release_s for c in measured]),
        rest_to_work_pct=_share_pct(rest_mean, work_mean),
        cycles=measured,
    )


def _mean(level: Floats, scored: Bools, fs_hz: float, start: int, stop: int) -> Found:
    rows = slice(start + round(FIRST_S * fs_hz), stop)
    kept = level[rows][scored[rows]]
    if rows.start >= stop:
        return missing("shorter than the second left out")
    return Found(float(kept.mean())) if len(kept) else missing("nothing scored")


def _onset_s(level: Floats, scored: Bools, fs_hz: float, cycle: Cycle, previous: Found) -> Found:
    if previous.value is None:
        return previous
    reached = level[cycle.work : cycle.rest] >= ONSET_SHARE * previous.value
    return _answer_s(reached, scored[cycle.work : cycle.rest], fs_hz)


def _release_s(level: Floats, scored: Bools, fs_hz: float, cycle: Cycle, work: Found) -> Found:
    if work.value is None:
        return work
    fallen = level[cycle.rest : cycle.end] <= RELEASE_SHARE * work.value
    return _answer_s(fallen, scored[cycle.rest : cycle.end], fs_hz)


def _answer_s(answered: Bools, scored: Bools, fs_hz: float) -> Found:
    """Return when it was first answered; a stretch left out before could hide the answer."""
    places = np.flatnonzero(answered & scored)
    first = int(places[0]) if len(places) else len(answered)
    if not scored[:first].all():
        return missing("left out at the cue")
    if first == len(answered) or first > LONGEST_S * fs_hz:
        return missing(f"later than {LONGEST_S:g} s")
    return Found(first / fs_hz)


def _over(found: Sequence[Found]) -> Found:
    values = [f.value for f in found if f.value is not None]
    if values:
        return Found(sum(values) / len(values))
    return missing(found[-1].reason if found else "no cycle")


def _share_pct(part: Found, whole: Found) -> Found:
    if part.value is None or whole.value is None:
        return missing(part.reason or whole.reason)
    return Found(100 * part.value / whole.value) if whole.value > 0 else missing("no work")
