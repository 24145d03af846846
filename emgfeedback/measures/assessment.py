"""The recording before injections, measured: muscle by task, pairs, trick, cables.

Activity, not a diagnosis: it supports, it selects no muscle and no dose, and the side with
more activity need not be the dystonic one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import Side
from emgfeedback.measures.assessment_cables import find_swapped
from emgfeedback.measures.assessment_muscle import Muscle, muscle_measures, relate
from emgfeedback.measures.assessment_pairs import (
    NamedPair,
    mirrored_measures,
    named_pairs,
    pair_measures,
    paradoxical_pct,
)
from emgfeedback.measures.assessment_research import research
from emgfeedback.measures.assessment_signal import Prepared, Span, rms_of
from emgfeedback.measures.assessment_spans import (
    Repeat,
    TrickSpan,
    references_uv,
    repeats_of,
    rest_spans,
    trick_spans,
)
from emgfeedback.measures.assessment_values import (
    MEANINGS,
    Assessment,
    ChannelFacts,
    Movement,
    TaskMeasures,
    TrickMeasures,
)
from emgfeedback.measures.found import Found, missing
from emgfeedback.measures.onset import METHODS
from emgfeedback.measures.source import Source, Trimmed
from emgfeedback.measures.trick import trick_test

REST = "rest-supported"
Table = dict[str, dict[int, dict[str, Found]]]
"""Task -> column -> measures."""


def assess(
    source: Source,
    movements: Mapping[str, Movement],
    *,
    left_out: Sequence[tuple[float, float]] = (),
    rest_task: str = REST,
    references: Mapping[str, float] | None = None,
    onset_method: str = "hodges-bui",
) -> Assessment:
    """Measure a recording whose tasks are marked as `measures.tasks` reads them.

    Levels are of the filters of the live view for activation (20 Hz high-pass of second order,
    400 Hz low-pass of fourth, causal), as reference contractions are. Every missing number has
    its reason.

    Parameters
    ----------
    movements
        Tasks by key: `training.movements.MOVEMENTS`.
    left_out
        Start and end, seconds, of spans nothing is measured in.
    rest_task
        The task others are compared with; without it, the takes of a calibration at rest.
    references
        Channel label -> RMS of its reference contraction, microvolts; None: as the recording's
        own calibration marks tell.
    onset_method
        Of `measures.onset.METHODS`.

    Raises
    ------
    UsageError
        No task is marked, or the method is unknown.
    SettingsError
        The sampling rate leaves no band to look at.
    """
    if onset_method not in METHODS:
        raise UsageError(f"Onset method {onset_method!r} is unknown.", f"One of {list(METHODS)}.")
    tasks = repeats_of(source)
    rest, rest_words = rest_spans(source, tasks, rest_task)
    if not tasks:
        raise UsageError(
            "The recording has no mark `task ... hold`.", "Record it with a plan of movements."
        )
    signal = Prepared(Trimmed(source, left_out) if left_out else source)
    known_uv = references_uv(source.annotations) if references is None else references
    muscles = [Muscle(signal, c, rest, onset_method) for c in range(len(signal.channels))]
    if rest and rest_task not in tasks:
        tasks = {rest_task: [Repeat(span, span, span.end) for span in rest], **tasks}
    table = _muscle_table(muscles, tasks, movements, known_uv, rest_task)
    pairs = named_pairs(signal.channels)
    return Assessment(
        fs_hz=source.fs_hz,
        duration_s=source.n_samples / source.fs_hz,
        rest=rest_words,
        filters=signal.settings.facts(),
        meanings=MEANINGS,
        channels=tuple(_facts(muscle, rest, known_uv) for muscle in muscles),
        tasks=_tasks(signal, tasks, table, movements, pairs, known_uv),
        mirrored=_mirrored(table, movements, signal, pairs),
        trick=_trick(signal, trick_spans(source)),
        cables=find_swapped(signal.channels, _levels(table), movements),
        research=research(signal, tasks, pairs),
    )


def _muscle_table(
    muscles: Sequence[Muscle],
    tasks: Mapping[str, Sequence[Repeat]],
    movements: Mapping[str, Movement],
    known_uv: Mapping[str, float],
    rest_task: str,
) -> Table:
    table: Table = {name: {} for name in tasks}
    for muscle in muscles:
        channel = muscle.signal.channels[muscle.channel]
        of_tasks = {}
        for name, repeats in tasks.items():
            moves = name in movements and movements[name].moves
            of_tasks[name] = muscle_measures(
                muscle, repeats, moves=moves, reference_uv=_reference(known_uv, channel.label)
            )
        resting = of_tasks.get(rest_task)
        relate(of_tasks, resting["rms_uv"] if resting else missing("no rest to compare with"))
        levels = {name: values["rms_uv"] for name, values in of_tasks.items()}
        floor_uv = float(muscle.signal.floors_uv[muscle.channel])
        for name, values in of_tasks.items():
            values["paradoxical_pct"] = paradoxical_pct(channel, name, movements, levels, floor_uv)
            table[name][muscle.channel] = values
    return table


def _reference(known_uv: Mapping[str, float], label: str) -> Found:
    if label in known_uv:
        return Found(known_uv[label])
    return missing("no reference contraction of this muscle")


def _levels(table: Table) -> dict[str, dict[int, Found]]:
    return {
        task: {column: values["rms_uv"] for column, values in columns.items()}
        for task, columns in table.items()
    }


def _facts(muscle: Muscle, rest: Sequence[Span], known_uv: Mapping[str, float]) -> ChannelFacts:
    signal, c = muscle.signal, muscle.channel
    channel = signal.channels[c]
    per_min, heart_uv = _heart(signal, c, rest)
    excluded = signal.why_bad(Span(0, len(signal.measured)), c)
    if not excluded and not signal.usable[:, c].any():
        excluded = "nothing was measured"
    return ChannelFacts(
        label=channel.label,
        muscle=channel.muscle,
        side=channel.side.value,
        reference_uv=_reference(known_uv, channel.label),
        heart_per_min=per_min,
        heart_uv=heart_uv,
        excluded=excluded,
    )


def _heart(signal: Prepared, column: int, rest: Sequence[Span]) -> tuple[Found, Found]:
    """Return the heart's rate at rest, and the RMS with heartbeats less that without."""
    span = max(rest, key=lambda span: span.end - span.first, default=None)
    if span is None:
        return missing("no rest to look at"), missing("no rest to look at")
    beats = signal.beats(span)
    if beats.per_min is None:
        return missing(beats.reason), missing(beats.reason)
    why = signal.why_bad(span, column)
    usable = signal.filtered_uv[span.rows, column][signal.usable[span.rows, column]]
    kept = signal.kept(span, column)
    if why or not len(kept):
        return Found(beats.per_min), missing(why or "no usable signal")
    return Found(beats.per_min), Found(rms_of(usable) - rms_of(kept))


def _tasks(
    signal: Prepared,
    tasks: Mapping[str, Sequence[Repeat]],
    table: Table,
    movements: Mapping[str, Movement],
    pairs: Sequence[NamedPair],
    known_uv: Mapping[str, float],
) -> dict[str, TaskMeasures]:
    normal_uv = _normal_uv(signal, table, known_uv)
    levels = _levels(table)
    found = {}
    for name, repeats in tasks.items():
        movement = movements.get(name)
        held = sum(repeat.hold.end - repeat.hold.first for repeat in repeats)
        found[name] = TaskMeasures(
            title=name if movement is None else movement.title,
            repeats=len(repeats),
            held_s=held / signal.fs_hz,
            muscles={signal.channels[c].label: values for c, values in table[name].items()},
            pairs={
                pair.name: pair_measures(signal, pair, repeats, movement, levels[name], normal_uv)
                for pair in pairs
            },
        )
    return found


def _normal_uv(signal: Prepared, table: Table, known_uv: Mapping[str, float]) -> dict[int, float]:
    """Return what levels are divided by: the reference contraction, else the highest task."""
    normal = {}
    for c, channel in enumerate(signal.channels):
        levels = [task[c]["rms_uv"].value for task in table.values()]
        highest = max((level for level in levels if level is not None), default=0.0)
        value = known_uv.get(channel.label, highest)
        if value > 0:
            normal[c] = value
    return normal


def _mirrored(
    table: Table,
    movements: Mapping[str, Movement],
    signal: Prepared,
    pairs: Sequence[NamedPair],
) -> dict[str, dict[str, dict[str, Found]]]:
    levels = _levels(table)
    found = {}
    for name, movement in movements.items():
        other = movement.mirrored
        if movement.direction is not Side.LEFT or name not in levels or other not in levels:
            continue
        found[f"{name} / {other}"] = {
            signal.channels[pair.one].muscle: mirrored_measures(pair, levels[name], levels[other])
            for pair in pairs
            if pair.kind == "sides"
        }
    return found


def _trick(signal: Prepared, spans: Sequence[TrickSpan]) -> dict[str, TrickMeasures]:
    """Return the trick's effect on each channel; nothing where it was not tested."""
    without = next((take.span for take in spans if not take.with_trick), None)
    with_trick = [take for take in spans if take.with_trick]
    if without is None or not with_trick:
        return {}
    found = {}
    for c, channel in enumerate(signal.channels):
        why = signal.why_bad(without, c)
        if why:
            gone = TrickMeasures(missing(why), None, None, (), from_touch=False)
            found[channel.label] = gone
            continue
        parts = [
            (np.abs(signal.cleaned(span, c)), signal.usable[span.rows, c])
            for span in (without, *(take.span for take in with_trick))
        ]
        told = trick_test(*parts[0], parts[1:], signal.fs_hz, float(signal.floors_uv[c]))
        index = missing(told.reason) if told.index_pct is None else Found(told.index_pct)
        found[channel.label] = TrickMeasures(
            index,
            told.marked,
            told.longest_marked_s,
            told.trials_pct,
            from_touch=all(take.touched for take in with_trick),
        )
    return found
