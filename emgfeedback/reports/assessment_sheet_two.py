"""The second sheet of an assessment: the traces of each task, and the research panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emgfeedback.measures.assessment_traces import TRICK, TaskTrace, top_uv
from emgfeedback.measures.coherence import FEWEST_SEGMENTS
from emgfeedback.reports.assessment_levels import Levels, Site
from emgfeedback.reports.page import (
    Cell,
    Figure,
    Row,
    Table,
    Text,
    Tone,
    TraceChart,
    TraceRow,
    across,
)
from emgfeedback.reports.trend_chart import nice_top
from emgfeedback.reports.wording import MISSING, listed, number, place, with_unit

BESIDE = 3
MOST_PICTURES = 12
LEAST_TOP_UV = 10.0
RESEARCH = (
    "For research. A common drive of 4 to 7 Hz in dystonia is contested (Tijssen 2000, Nijmeijer "
    "2014): these numbers tell no muscle and no person from another. Rectified EMG of the longest "
    "hold, 30 Hz high-pass both ways, average heartbeat subtracted, segments of 1 s, at least "
    f"{FEWEST_SEGMENTS}. CDF10: power of 3 to 10 Hz over 3 to 30 Hz, 25.9 % for a flat spectrum. "
    "Coherence below the limit (95 %) is chance; † both electrodes see the same "
    "muscle; – held too short or signal left out."
)


def trace_row(assessment: Mapping[str, Any], levels: Levels, traces: Sequence[TaskTrace]) -> Row:
    """Return the traces of the shown tasks and of the trick test; they begin a new sheet."""
    drawn = [trace for trace in traces if trace.task in (*levels.tasks, TRICK)]
    shown, more = drawn[:MOST_PICTURES], drawn[MOST_PICTURES:]
    if not shown:
        return across(
            Text("The recording was not at hand; nothing was drawn.", title="Traces by task"),
            new_sheet=True,
        )
    tops = _tops(assessment, levels, shown)
    charts = tuple(_chart(assessment, levels, trace, tops) for trace in shown)
    scales = ", ".join(
        f"{group[0].name} ±{with_unit(tops[group[0].label], 'uV', 0)}" for group in levels.groups
    )
    condition = f"line: RMS 250 ms; shaded: hold; tick: beyond full height, {scales}"
    if more:
        condition += f"; no room for {listed([_title(levels, trace).lower() for trace in more])}"
    return across(
        Figure("Traces by task", charts, condition=condition, columns=BESIDE), new_sheet=True
    )


def _tops(
    assessment: Mapping[str, Any], levels: Levels, traces: Sequence[TaskTrace]
) -> dict[str, float]:
    """Return label -> full deflection, the same for both sides of a muscle and all tasks."""
    found: dict[str, float] = {}
    for group in levels.groups:
        highest = [
            top_uv([t for t in traces if not _left_out(assessment, t, site)], site.label)
            for site in group
        ]
        found |= dict.fromkeys((s.label for s in group), nice_top(max(LEAST_TOP_UV, *highest)))
    return found


def _chart(
    assessment: Mapping[str, Any], levels: Levels, trace: TaskTrace, tops: Mapping[str, float]
) -> TraceChart:
    of_trick, title = trace.task == TRICK, _title(levels, trace)
    part = f", {trace.shown} of {trace.repeats}" if trace.shown < trace.repeats else ""
    rows = tuple(
        TraceRow(
            trace.labels.index(site.label),
            site.label,
            site.side,
            tops[site.label],
            _left_out(assessment, trace, site),
        )
        for site in levels.sites
        if site.label in trace.labels
    )
    held = "with the trick" if of_trick else "held"
    told = "" if of_trick else "; ".join(
        f"{place(site.muscle, site.side)} {levels.of(trace.task, site).words}"
        for site in levels.sites
    )  # fmt: skip
    spans = ", ".join(f"{a:.0f} to {b:.0f} s" for a, b in trace.holds_s)
    alt = f"{title}{part}: {trace.length_s:.0f} s of signal, {held} from {spans}. {told}"
    return TraceChart(f"{title}{part}", trace, rows, alt)


def _title(levels: Levels, trace: TaskTrace) -> str:
    return "Sensory trick" if trace.task == TRICK else levels.title(trace.task)


def _left_out(assessment: Mapping[str, Any], trace: TaskTrace, site: Site) -> str:
    if trace.task == TRICK:
        told = assessment["trick"].get(site.label)
        found = told["index_pct"] if told else {"value": None, "reason": "not tested"}
    else:
        found = assessment["tasks"][trace.task]["muscles"][site.label]["rms_uv"]
    return "" if found["value"] is not None else f"left out: {found['reason']}"


def research_rows(assessment: Mapping[str, Any], levels: Levels) -> list[Row]:
    """Return the contested measures, apart from all others and named as what they are."""
    told = assessment["research"]
    tasks = [task for task in told["shared"] if task in levels.tasks]
    if not tasks:
        return []
    labels = [site.label for site in levels.sites]
    pairs = [name for name in told["shared"][tasks[0]] if set(name.split(" / ")) <= set(labels)]
    table = Table(
        title="Research panel: no part of anything above",
        headings=("Task", *labels, "Limit", *(_unbroken(name) for name in pairs)),
        rows=tuple(
            (
                Cell(levels.title(task)),
                *(_share(told["drive_share_pct"][task][label]) for label in labels),
                Cell(_limit(told["shared"][task]), Tone.QUIET),
                *(_peak(told["shared"][task][pair]) for pair in pairs),
            )
            for task in tasks
        ),
        widths=(2.6, *[0.95] * len(labels), 0.95, *[1.15] * len(pairs)),
        condition="one muscle: CDF10, %; two muscles: highest coherence, 4 to 7 Hz",
    )
    return [across(table), across(Text(RESEARCH))]


def _unbroken(pair: str) -> str:
    """Return the pair so that a line can only break between its two labels."""
    return " / ".join(label.replace(" ", "\u00a0") for label in pair.split(" / "))


def _share(found: Mapping[str, Any]) -> Cell:
    return Cell(number(found["value"], 1))


def _limit(pairs: Mapping[str, Any]) -> str:
    known = [one["limit"] for one in pairs.values() if one["limit"] is not None]
    return number(max(known), 2) if known else MISSING


def _peak(one: Mapping[str, Any]) -> Cell:
    value = one["peak"]["value"]
    if value is None:
        return Cell(MISSING)
    if one["crosstalk"]:
        return Cell(f"{number(value, 2)}\u00a0†", Tone.LEFT_OUT)
    above = one["limit"] is not None and value > one["limit"]
    return Cell(number(value, 2), Tone.STRONG if above else Tone.QUIET)
