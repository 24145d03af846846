"""What was annotated in a recording, as stretches and moments to draw."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from emgfeedback.measures.tasks import only_ends
from emgfeedback.records.recording import Annotation, Recording


class SpanKind(Enum):
    """What a stretch is."""

    TRIAL = "trial"
    PROBE = "probe"
    """A trial without feedback."""
    CALIBRATION = "calibration"
    TRICK = "trick"
    STEP = "step"
    """A step of a training plan that holds none of the above."""
    OTHER = "other"
    """A task, or any stretch another program annotated."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a recording, seconds from its first sample.

    `number` counts trials and steps as their run did, 0 where there is none; `text` is what
    the annotation says of it.
    """

    start_s: float
    end_s: float
    kind: SpanKind
    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """A mark or a note: what somebody wanted to find again."""

    at_s: float
    text: str


_TRIAL = re.compile(r"trial (\d+) (\w+) start")
_CALIBRATION = re.compile(r"calibration (\w+) take (\d+) start")
_TRICK = re.compile(r"trick (with|without) start")
_STEP = re.compile(r"step (\d+) (\w+)")
_ENDS = (
    (re.compile(r"trial \d+ end"), (SpanKind.TRIAL, SpanKind.PROBE)),
    (re.compile(r"calibration \w+ end"), (SpanKind.CALIBRATION,)),
    (re.compile(r"trick end"), (SpanKind.TRICK,)),
)
_LOG = re.compile(
    r"(target|filter|quality|rating|pain|training|skip|calibration|trick|trial|step|back to)\b.*"
)
"""What our own files tell besides: read elsewhere, no flag on the screen."""


def spans_of(recording: Recording) -> tuple[Span, ...]:
    """Return trials, calibrations, steps, tasks and other stretches in order of time."""
    marks, length_s = recording.annotations, recording.duration_s
    steps = [(m, found) for m in marks if (found := _STEP.fullmatch(m.text))]
    done_s = next((m.onset_s for m in marks if m.text == "training end"), length_s)
    spans = [*_begun(marks, length_s), *_tasks(marks, length_s)]
    spans += [
        Span(m.onset_s, min(m.onset_s + m.duration_s, length_s), SpanKind.OTHER, m.text)
        for m in marks
        if m.duration_s > 0
    ]
    for i, (mark, found) in enumerate(steps):
        end_s = steps[i + 1][0].onset_s if i + 1 < len(steps) else done_s
        if not any(mark.onset_s <= span.start_s < end_s for span in spans):
            spans.append(Span(mark.onset_s, end_s, SpanKind.STEP, found[2], int(found[1])))
    return tuple(sorted((s for s in spans if s.start_s < s.end_s), key=lambda s: s.start_s))


def moments_of(recording: Recording) -> tuple[Moment, ...]:
    """Return marks and notes in order of time."""
    found = []
    for mark in recording.annotations:
        text = mark.text.strip()
        if mark.duration_s > 0 or text.startswith("task") or _LOG.fullmatch(text):
            continue
        found.append(Moment(mark.onset_s, text.removeprefix("mark ").removeprefix("note: ")))
    return tuple(found)


def _begun(marks: Sequence[Annotation], length_s: float) -> Iterable[Span]:
    """Yield what has a start of its own; the next of its kind, or the file, ends it too."""
    for i, mark in enumerate(marks):
        if trial := _TRIAL.fullmatch(mark.text):
            kind = SpanKind.TRIAL if trial[2] == "feedback" else SpanKind.PROBE
            text, number = trial[2], int(trial[1])
        elif taken := _CALIBRATION.fullmatch(mark.text):
            kind, text, number = SpanKind.CALIBRATION, taken[1], int(taken[2])
        elif trick := _TRICK.fullmatch(mark.text):
            kind, text, number = SpanKind.TRICK, trick[1], 0
        else:
            continue
        yield Span(mark.onset_s, _end_s(marks[i + 1 :], kind, length_s), kind, text, number)


def _end_s(later: Sequence[Annotation], kind: SpanKind, length_s: float) -> float:
    for mark in later:
        if mark.text == "training end" or _STEP.fullmatch(mark.text):
            return mark.onset_s
        if any(kind in kinds and end.fullmatch(mark.text) for end, kinds in _ENDS):
            return mark.onset_s
        starts = (_TRIAL, _CALIBRATION, _TRICK)
        if any(start.fullmatch(mark.text) for start in starts):
            return mark.onset_s
    return length_s


def _tasks(marks: Sequence[Annotation], length_s: float) -> Iterable[Span]:
    tasks = [m for m in marks if not m.duration_s and m.text.startswith("task")]
    for i, mark in enumerate(tasks):
        if only_ends(mark.text):
            continue
        end_s = tasks[i + 1].onset_s if i + 1 < len(tasks) else length_s
        yield Span(mark.onset_s, end_s, SpanKind.OTHER, mark.text)
