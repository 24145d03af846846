"""Where tasks, rest, references and the trick lie in a recording, by its annotations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from emgfeedback.core.errors import UsageError
from emgfeedback.measures.assessment_signal import Span
from emgfeedback.measures.source import Marked, Source
from emgfeedback.measures.tasks import HOLD, TaskSpan, task_spans

REFERENCE = re.compile(r"calibration (rvc_\w+|mvc) (.+) (\d+(?:\.\d+)?) uV")
TAKE_START = re.compile(r"calibration (rvc_\w+|mvc) take (\d+) start")
REST_START = re.compile(r"calibration rest take \d+ start")
REST_END = "calibration rest end"
TRICK_START = {"trick without start": False, "trick with start": True}
TRICK_END = "trick end"
TOUCH = "mark touch"


@dataclass(frozen=True, slots=True)
class Repeat:
    """One repeat of a task: all of it, its hold, and where it turned back (else its end)."""

    whole: Span
    hold: Span
    back: int


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a hold begins or ends, moved by hand.

    Attributes
    ----------
    repeat
        Counted from 0.
    at_s
        Seconds from the first sample.
    was_s
        Where the marks put it; filled in by `with_edges`.
    """

    task: str
    repeat: int
    edge: Literal["start", "end"]
    at_s: float
    was_s: float | None = None


@dataclass(frozen=True, slots=True)
class TrickSpan:
    """Ten seconds without or with the trick; with a touch marked it counts from there."""

    with_trick: bool
    span: Span
    touched: bool


def repeats_of(source: Source) -> dict[str, list[Repeat]]:
    """Return the repeats of every task that was held, in order of time."""
    parts: dict[tuple[str, int], list[TaskSpan]] = {}
    for span in task_spans(source.annotations):
        parts.setdefault((span.movement, span.repeat), []).append(span)
    found: dict[str, list[Repeat]] = {}
    for (movement, _), spans in parts.items():
        held = [span for span in spans if span.part == HOLD]
        if not held:
            continue
        whole = _span(source, spans[0].start_s, spans[-1].end_s)
        hold = _span(source, held[-1].start_s, held[-1].end_s)
        if hold.end > hold.first:
            found.setdefault(movement, []).append(Repeat(whole, hold, hold.end))
    return found


def with_edges(
    source: Source, tasks: Mapping[str, Sequence[Repeat]], edges: Sequence[Edge]
) -> tuple[dict[str, list[Repeat]], tuple[Edge, ...]]:
    """Return the tasks with edges of holds moved, and the edges with where they were.

    Of two that move the same edge the later one holds. The cue to come back stays where it was.

    Raises
    ------
    UsageError
        An edge names a hold that was not recorded, or leaves nothing of it.
    """
    newest = {(edge.task, edge.repeat, edge.edge): edge for edge in edges}
    moved = {name: list(repeats) for name, repeats in tasks.items()}
    told = []
    for edge in newest.values():
        repeats = moved.get(edge.task, [])
        if not 0 <= edge.repeat < len(repeats) or edge.edge not in ("start", "end"):
            raise UsageError(
                f"There is no {edge.edge} of hold {edge.repeat + 1} of {edge.task!r} to move.",
                "The recording's marks name the holds there are.",
            )
        marked = tasks[edge.task][edge.repeat].hold
        was = marked.first if edge.edge == "start" else marked.end
        told.append(replace(edge, was_s=was / source.fs_hz))
        repeats[edge.repeat] = _moved(repeats[edge.repeat], source, edge)
    for edge in told:
        hold = moved[edge.task][edge.repeat].hold
        if hold.end <= hold.first:
            raise UsageError(
                f"Hold {edge.repeat + 1} of {edge.task!r} would end before it starts.",
                "Move its edges apart.",
            )
    return moved, tuple(told)


def _moved(repeat: Repeat, source: Source, edge: Edge) -> Repeat:
    at = min(max(round(edge.at_s * source.fs_hz), 0), source.n_samples)
    hold, whole = repeat.hold, repeat.whole
    hold = Span(at, hold.end) if edge.edge == "start" else Span(hold.first, at)
    whole = Span(min(whole.first, hold.first), max(whole.end, hold.end))
    return replace(repeat, whole=whole, hold=hold)


def reference_methods(annotations: Iterable[Marked]) -> dict[str, str]:
    """Return label -> method of its newest reference contraction."""
    matches = (REFERENCE.fullmatch(mark.text) for mark in annotations)
    return {match[2]: match[1] for match in matches if match}


def reference_spans(source: Source) -> dict[str, list[Span]]:
    """Return label -> the takes its newest reference contraction was read from."""
    found: dict[str, list[Span]] = {}
    takes: dict[str, list[Span]] = {}
    opened: tuple[str, float] | None = None
    for mark in source.annotations:
        start, told = TAKE_START.fullmatch(mark.text), REFERENCE.fullmatch(mark.text)
        if start:
            opened = (start[1], mark.onset_s)
            if int(start[2]) == 1:
                takes[start[1]] = []
        elif opened is not None and mark.text == f"calibration {opened[0]} end":
            takes.setdefault(opened[0], []).append(_span(source, opened[1], mark.onset_s))
            opened = None
        elif told:
            found[told[2]] = takes.get(told[1], [])
    return found


def rest_spans(
    source: Source, tasks: Mapping[str, Sequence[Repeat]], rest_task: str
) -> tuple[list[Span], str]:
    """Return the stretches of rest and where they were taken from, or why there are none.

    The task `rest_task`; without it the takes of the plan's rest calibration.
    """
    if rest_task in tasks:
        return [repeat.hold for repeat in tasks[rest_task]], f"task {rest_task}"
    spans: list[Span] = []
    started: float | None = None
    for mark in source.annotations:
        if REST_START.fullmatch(mark.text):
            started = mark.onset_s
        elif mark.text == REST_END and started is not None:
            spans.append(_span(source, started, mark.onset_s))
            started = None
    if spans:
        return spans, "calibration at rest"
    return [], f"none: neither the task {rest_task} nor a calibration at rest was recorded"


def references_uv(annotations: Iterable[Marked]) -> dict[str, float]:
    """Return label -> RMS of the reference contraction, the newest one of each channel."""
    found = {}
    for mark in annotations:
        match = REFERENCE.fullmatch(mark.text)
        if match and float(match[3]) > 0:
            found[match[2]] = float(match[3])
    return found


def trick_spans(source: Source) -> list[TrickSpan]:
    """Return the parts of the trick test, in order of time; the newest test counts."""
    found: list[TrickSpan] = []
    opened: tuple[bool, float] | None = None
    touch_s: float | None = None
    for mark in source.annotations:
        if mark.text in TRICK_START:
            opened, touch_s = (TRICK_START[mark.text], mark.onset_s), None
            if not opened[0]:
                found = []
        elif mark.text == TOUCH and opened is not None:
            touch_s = mark.onset_s
        elif mark.text == TRICK_END and opened is not None:
            with_trick, start_s = opened
            touched = with_trick and touch_s is not None
            begin_s = touch_s if touched and touch_s is not None else start_s
            found.append(TrickSpan(with_trick, _span(source, begin_s, mark.onset_s), touched))
            opened = None
    return found


def _span(source: Source, start_s: float, end_s: float) -> Span:
    """Return the samples between two times, none where marks of another's file go backwards."""
    first, end = round(start_s * source.fs_hz), round(end_s * source.fs_hz)
    first = min(max(first, 0), source.n_samples)
    return Span(first, max(first, min(end, source.n_samples)))
