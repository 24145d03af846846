"""Two muscles in one task: difference, co-contraction and likeness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

import numpy as np

from emgfeedback.core.montage import Channel, Side
from emgfeedback.measures.amplitude import noise_corrected
from emgfeedback.measures.assessment_signal import LEAST_S, Prepared, Span
from emgfeedback.measures.assessment_spans import Repeat
from emgfeedback.measures.assessment_values import Movement
from emgfeedback.measures.cocontraction import falconer_winter_pct, likeness, mirrored_index_pct
from emgfeedback.measures.found import Floats, Found, epoch_rms, missing
from emgfeedback.measures.symmetry import compare

EPOCH_S = 0.5
ONE_SIDED = "a task that one side does more: compare it with its mirrored task"
FLOOR = "both sides near the converter's noise"
OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
Kind = Literal["sides", "same side", "turning"]


@dataclass(frozen=True, slots=True)
class NamedPair:
    """Two columns to compare: left and right of a muscle, or two muscles that work together."""

    name: str
    one: int
    other: int
    kind: Kind


def named_pairs(channels: Sequence[Channel]) -> list[NamedPair]:
    """Return left/right of each muscle, SCM with trapezius of a side, SCM with other splenius."""
    place = {(channel.muscle, channel.side): i for i, channel in enumerate(channels)}
    wanted: list[tuple[tuple[str, Side], tuple[str, Side], Kind]] = [
        ((c.muscle, Side.LEFT), (c.muscle, Side.RIGHT), "sides")
        for c in channels
        if c.side is Side.LEFT
    ]
    for side, opposite in OTHER.items():
        wanted.append((("scm", side), ("trapezius", side), "same side"))
        wanted.append((("scm", side), ("splenius", opposite), "turning"))
    return [
        NamedPair(
            f"{channels[place[a]].label} / {channels[place[b]].label}", place[a], place[b], kind
        )
        for a, b, kind in wanted
        if a in place and b in place
    ]


def is_midline(movement: Movement) -> bool:
    """Tell whether both sides are expected to do the same in a task."""
    active = set(movement.active)
    mirrored = {(muscle, OTHER.get(side, side)) for muscle, side in active}
    return movement.direction is None and active == mirrored


def pair_measures(
    signal: Prepared,
    pair: NamedPair,
    repeats: Sequence[Repeat],
    movement: Movement | None,
    levels: Mapping[int, Found],
    normal_uv: Mapping[int, float],
) -> dict[str, Found]:
    """Return the measures of a pair in a task.

    Parameters
    ----------
    levels
        Column -> RMS in this task.
    normal_uv
        Column -> what its levels are divided by.
    """
    one, other = levels[pair.one], levels[pair.other]
    why = one.reason or other.reason
    found: dict[str, Found] = {}
    if pair.kind == "sides":
        found["asymmetry_pct"] = _asymmetry(signal, pair, movement, levels)
    names = ("likeness", "likeness_lag_s") if pair.kind == "sides" else ()
    if why:
        return found | dict.fromkeys(("cocontraction_pct", *names), missing(why))
    found["cocontraction_pct"] = _cocontraction(signal, pair, repeats, normal_uv)
    if names:
        found |= dict(zip(names, _likeness(signal, pair, repeats), strict=True))
    return found


def _asymmetry(
    signal: Prepared, pair: NamedPair, movement: Movement | None, levels: Mapping[int, Found]
) -> Found:
    left, right = levels[pair.one], levels[pair.other]
    if movement is not None and not is_midline(movement):
        return missing(ONE_SIDED)
    if left.value is None or right.value is None:
        return missing(left.reason or right.reason)
    floors = signal.floors_uv
    told = compare(left.value, right.value, float(floors[pair.one]), float(floors[pair.other]))
    return missing(FLOOR) if told.asymmetry_pct is None else Found(told.asymmetry_pct)


def _cocontraction(
    signal: Prepared, pair: NamedPair, repeats: Sequence[Repeat], normal_uv: Mapping[int, float]
) -> Found:
    columns = [pair.one, pair.other]
    if any(column not in normal_uv for column in columns):
        return missing("no reference contraction, and no task that raised it clearly")
    normal = np.array([normal_uv[column] for column in columns])
    epochs: list[Floats] = []
    for repeat in repeats:
        rows = repeat.hold.rows
        usable = np.all(signal.usable[rows][:, columns], axis=1)
        epochs.append(
            epoch_rms(signal.filtered_uv[rows][:, columns], usable, signal.fs_hz, EPOCH_S)
        )
    both = np.concatenate(epochs) / normal
    if not len(both):
        return missing("no half second usable on both")
    return falconer_winter_pct(both[:, 0], both[:, 1])


def _likeness(signal: Prepared, pair: NamedPair, repeats: Sequence[Repeat]) -> tuple[Found, Found]:
    """Return the median over repeats, from the cue to the end, of what is usable on both."""
    values, lags_s = [], []
    reason = "no usable stretch"
    for repeat in repeats:
        for run in _shared_runs(signal, pair, repeat.whole):
            rows = signal.envelope_uv[run.rows]
            found, lag = likeness(rows[:, pair.one], rows[:, pair.other], signal.fs_hz)
            if found.value is None or lag.value is None:
                reason = found.reason
            else:
                values.append(found.value)
                lags_s.append(lag.value)
    if not values:
        return missing(reason), missing(reason)
    return Found(median(values)), Found(median(lags_s))


def _shared_runs(signal: Prepared, pair: NamedPair, span: Span) -> list[Span]:
    """Return the longest stretch usable on both, as a list of one, or none."""
    shared = [
        Span(max(a.first, b.first), min(a.end, b.end))
        for a in signal.runs(span, pair.one)
        for b in signal.runs(span, pair.other)
        if min(a.end, b.end) - max(a.first, b.first) >= LEAST_S * signal.fs_hz
    ]
    return sorted(shared, key=lambda run: run.first - run.end)[:1]


def paradoxical_pct(
    channel: Channel,
    task: str,
    movements: Mapping[str, Movement],
    levels: Mapping[str, Found],
    floor_uv: float,
) -> Found:
    """Return a muscle's level in a task over its level in the mirrored one, percent.

    Told where the mirrored task needs the muscle and this one does not: moving away from its
    work it should be quiet.

    Parameters
    ----------
    levels
        Task -> RMS of this channel.
    """
    movement = movements.get(task)
    if movement is None or not movement.mirrored or movement.mirrored not in movements:
        return missing("the task has no mirrored one")
    own = (channel.muscle, channel.side)
    if own in movement.active:
        return missing("this task needs the muscle")
    if own not in movements[movement.mirrored].active:
        return missing("the mirrored task does not need the muscle")
    here = levels[task]
    there = levels.get(movement.mirrored, missing("the mirrored task was not recorded"))
    if here.value is None or there.value is None:
        return missing(here.reason or there.reason)
    work_uv = noise_corrected(there.value, floor_uv)
    if work_uv <= 0:
        return missing("no activity in the mirrored task")
    return Found(100 * noise_corrected(here.value, floor_uv) / work_uv)


def mirrored_measures(
    pair: NamedPair, left_task: Mapping[int, Found], right_task: Mapping[int, Found]
) -> dict[str, Found]:
    """Compare left and right of a muscle across a task to the left and the same to the right.

    Parameters
    ----------
    left_task, right_task
        Column -> RMS.
    """
    four = [task[column] for task in (left_task, right_task) for column in (pair.one, pair.other)]
    why = next((found.reason for found in four if found.value is None), "")
    if why:
        return dict.fromkeys(("away_pct", "towards_pct"), missing(why))
    values = [found.value or 0.0 for found in four]
    away, towards = mirrored_index_pct((values[0], values[1]), (values[2], values[3]))
    silent = missing("no activity")
    return {
        "away_pct": silent if away is None else Found(away),
        "towards_pct": silent if towards is None else Found(towards),
    }
