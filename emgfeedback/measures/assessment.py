"""The recording before injections, measured: muscle by task, pairs, trick, cables.

Activity, not a diagnosis: it supports, it selects no muscle and no dose, and the side with
more activity need not be the dystonic one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import Side
from emgfeedback.measures.amplitude import snr_db
from emgfeedback.measures.assessment_cables import find_swapped
from emgfeedback.measures.assessment_heart import (
    heart_at_rest,
    longest,
    references_under,
    ways_at_rest,
)
from emgfeedback.measures.assessment_muscle import Muscle, muscle_measures, relate
from emgfeedback.measures.assessment_pairs import (
    NamedPair,
    mirrored_measures,
    named_pairs,
    pair_measures,
    paradoxical_pct,
)
from emgfeedback.measures.assessment_research import research
from emgfeedback.measures.assessment_signal import Phase, Prepared, Span, check_measurable
from emgfeedback.measures.assessment_spans import (
    Edge,
    Repeat,
    TrickSpan,
    reference_methods,
    reference_spans,
    references_uv,
    repeats_of,
    rest_spans,
    trick_spans,
    with_edges,
)
from emgfeedback.measures.assessment_values import (
    NO_RATIO,
    Assessment,
    ChannelFacts,
    Movement,
    Segment,
    TaskMeasures,
    TrickMeasures,
    TrickSegment,
    meanings_at,
)
from emgfeedback.measures.found import Found, missing
from emgfeedback.measures.heart_ways import USUAL, heart_way
from emgfeedback.measures.onset import METHODS
from emgfeedback.measures.source import Source, Trimmed
from emgfeedback.measures.trick import trick_test

REST = "rest-supported"
PHASES: dict[Phase, str] = {
    "causal": "causal",
    "zero": "zero-phase: both ways, no delay, twice the attenuation",
}
CLEARLY_WORKING = 3.0
"""Times the level of the quietest task."""
LOOKS_AHEAD = "zero-phase: envelopes of likeness and tremor, research"
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
    heart: str = USUAL,
    edges: Sequence[Edge] = (),
    device: str = "",
    phase: Phase = "causal",
) -> Assessment:
    """Measure a recording whose tasks are marked as `measures.tasks` reads them.

    Levels are of the filters of the live view for activation (20 Hz high-pass of second order,
    400 Hz low-pass of fourth, causal), as reference contractions are; `heart` may raise the
    high-pass, `phase` filter both ways. Every missing number has its reason.

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
    heart
        The way around heartbeats: a key of `heart_ways.HEART_WAYS`.
    edges
        Edges of holds moved by hand. Repeats count from 0; those of the rest task are the takes
        of a calibration at rest where that was used.
    device
        The board, in its own words.
    phase
        `zero`: filters without delay, for analysis; see `Prepared`.

    Raises
    ------
    UsageError
        No task is marked, the method or the way is unknown, an edge cannot be where it is, the
        sensors sent an envelope, or two channels have one label.
    SettingsError
        The sampling rate leaves no band to look at.
    """
    if onset_method not in METHODS:
        raise UsageError(f"Onset method {onset_method!r} is unknown.", f"One of {list(METHODS)}.")
    check_measurable(source)
    way = heart_way(heart)
    tasks, moved, rest_words = _segmented(source, rest_task, edges)
    rest = [repeat.hold for repeat in tasks.get(rest_task, ())]
    signal = Prepared(Trimmed(source, left_out) if left_out else source, heart, phase)
    quiet = longest(rest)
    if way.subtracted and quiet is not None:
        signal.learn_resting_beat(quiet)
    told_uv = references_uv(source.annotations) if references is None else references
    known = references_under(signal, told_uv, reference_spans(source))
    known_uv = {label: found.value for label, found in known.items() if found.value is not None}
    methods = reference_methods(source.annotations)
    muscles = [Muscle(signal, c, rest, onset_method) for c in range(len(signal.channels))]
    table = _muscle_table(muscles, tasks, movements, known, rest_task)
    pairs = named_pairs(signal.channels)
    tricks = trick_spans(source)
    return Assessment(
        fs_hz=source.fs_hz,
        duration_s=source.n_samples / source.fs_hz,
        device=device,
        rest=rest_words,
        filters=f"{signal.settings.facts()}; {PHASES[phase]}; {way.words}; {LOOKS_AHEAD}",
        heart_way=heart,
        meanings=meanings_at(source.fs_hz),
        channels=tuple(
            _facts(muscle, rest, known, methods, _signal_to_rest(table, muscle.channel, rest_task))
            for muscle in muscles
        ),
        tasks=_tasks(signal, tasks, table, movements, pairs, known_uv),
        mirrored=_mirrored(table, movements, signal, pairs),
        trick=_trick(signal, tricks),
        cables=find_swapped(signal.channels, _levels(table), movements),
        heart_ways=ways_at_rest(signal, rest),
        edges=moved,
        segments=_segments(muscles, tasks, moved),
        trick_segments=tuple(_trick_segment(take, source.fs_hz) for take in tricks),
        research=research(signal, tasks, pairs),
    )


def _segmented(
    source: Source, rest_task: str, edges: Sequence[Edge]
) -> tuple[dict[str, list[Repeat]], tuple[Edge, ...], str]:
    """Return the repeats of each task with edges moved, those edges, and where rest was taken."""
    tasks = repeats_of(source)
    if not tasks:
        raise UsageError(
            "The recording has no mark `task ... hold`.", "Record it with a plan of movements."
        )
    rest, rest_words = rest_spans(source, tasks, rest_task)
    if rest and rest_task not in tasks:
        tasks = {rest_task: [Repeat(span, span, span.end) for span in rest], **tasks}
    tasks, moved = with_edges(source, tasks, edges)
    return tasks, moved, rest_words


def _segments(
    muscles: Sequence[Muscle], tasks: Mapping[str, Sequence[Repeat]], moved: Sequence[Edge]
) -> dict[str, tuple[Segment, ...]]:
    edges = {(edge.task, edge.repeat, edge.edge) for edge in moved}
    found = {}
    for name, repeats in tasks.items():
        found[name] = tuple(
            Segment(
                *_seconds(repeat, muscles[0].signal.fs_hz),
                moved=tuple(e for e in ("start", "end") if (name, number, e) in edges),
                rms_uv={
                    muscle.signal.channels[muscle.channel].label: muscle.level_of(repeat)
                    for muscle in muscles
                },
            )
            for number, repeat in enumerate(repeats)
        )
    return found


def _seconds(repeat: Repeat, fs_hz: float) -> tuple[float, float, float, float]:
    samples = (repeat.whole.first, repeat.hold.first, repeat.hold.end, repeat.whole.end)
    first, hold_first, hold_end, end = (sample / fs_hz for sample in samples)
    return first, hold_first, hold_end, end


def _trick_segment(take: TrickSpan, fs_hz: float) -> TrickSegment:
    first_s, end_s = take.span.first / fs_hz, take.span.end / fs_hz
    return TrickSegment(take.with_trick, first_s, end_s, take.touched)


def _muscle_table(
    muscles: Sequence[Muscle],
    tasks: Mapping[str, Sequence[Repeat]],
    movements: Mapping[str, Movement],
    known: Mapping[str, Found],
    rest_task: str,
) -> Table:
    table: Table = {name: {} for name in tasks}
    for muscle in muscles:
        channel = muscle.signal.channels[muscle.channel]
        of_tasks = {}
        for name, repeats in tasks.items():
            moves = name in movements and movements[name].moves
            of_tasks[name] = muscle_measures(
                muscle, repeats, moves=moves, reference_uv=_reference(known, channel.label)
            )
        resting = of_tasks.get(rest_task)
        relate(of_tasks, resting["rms_uv"] if resting else missing("no rest to compare with"))
        levels = {name: values["rms_uv"] for name, values in of_tasks.items()}
        floor_uv = float(muscle.signal.floors_uv[muscle.channel])
        for name, values in of_tasks.items():
            values["paradoxical_pct"] = paradoxical_pct(channel, name, movements, levels, floor_uv)
            table[name][muscle.channel] = values
    return table


def _reference(known: Mapping[str, Found], label: str) -> Found:
    return known.get(label, missing("no reference contraction of this muscle"))


def _levels(table: Table) -> dict[str, dict[int, Found]]:
    return {
        task: {column: values["rms_uv"] for column, values in columns.items()}
        for task, columns in table.items()
    }


def _signal_to_rest(table: Table, column: int, rest_task: str) -> Found:
    """Return 20 log10 of the highest RMS in a task over that at rest, decibels."""
    levels = {name: columns[column]["rms_uv"].value for name, columns in table.items()}
    rest_uv = levels.pop(rest_task, None)
    highest_uv = max((level for level in levels.values() if level is not None), default=None)
    if rest_uv is None or highest_uv is None:
        return NO_RATIO
    ratio_db = snr_db(highest_uv, rest_uv)
    return NO_RATIO if ratio_db is None else Found(ratio_db)


def _facts(
    muscle: Muscle,
    rest: Sequence[Span],
    known: Mapping[str, Found],
    methods: Mapping[str, str],
    ratio_db: Found,
) -> ChannelFacts:
    signal, c = muscle.signal, muscle.channel
    channel = signal.channels[c]
    per_min, heart_uv = heart_at_rest(signal, c, rest)
    excluded = signal.why_bad(Span(0, len(signal.measured)), c)
    if not excluded and not signal.usable[:, c].any():
        excluded = "nothing was measured"
    return ChannelFacts(
        label=channel.label,
        muscle=channel.muscle,
        side=channel.side.value,
        site=channel.site,
        spacing_mm=channel.spacing_mm,
        sensor=channel.sensor,
        gain=channel.gain,
        reference_uv=_reference(known, channel.label),
        reference_method=methods.get(channel.label, ""),
        heart_per_min=per_min,
        heart_uv=heart_uv,
        excluded=excluded,
        snr_db=ratio_db,
    )


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
    """Return what levels are divided by: the reference contraction, else the highest task.

    A muscle that no task raised clearly over the quietest has no such level: divided by itself
    it would always work fully.
    """
    normal = {}
    for c, channel in enumerate(signal.channels):
        found = [task[c]["rms_uv"].value for task in table.values()]
        levels = [level for level in found if level is not None]
        if channel.label in known_uv:
            normal[c] = known_uv[channel.label]
        elif levels and max(levels) > CLEARLY_WORKING * min(levels):
            normal[c] = max(levels)
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
