"""Tasks of a recording: where each part lies, and a table of muscle by task.

Markers read `task <movement> <repeat> <part>`; a part lasts until the next marker of the same
task, the last one is `end`. `task <movement> again` takes back what was marked of it before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from emgfeedback.measures.source import Marked

MARK = "task"
HOLD, END, AGAIN = "hold", "end", "again"


@dataclass(frozen=True, slots=True)
class TaskSpan:
    """One part of one repeat of a task, in seconds from the first sample."""

    movement: str
    repeat: int
    part: str
    start_s: float
    end_s: float

    @property
    def text(self) -> str:
        """What its marker says."""
        return f"{MARK} {self.movement} {self.repeat} {self.part}"


@dataclass(frozen=True, slots=True)
class TaskCell:
    """One muscle in one task.

    Attributes
    ----------
    rms_uv
        Median over the repeats of the RMS while holding; None where no repeat could be used.
    of_rest
        The same over the muscle's RMS at rest; None without one.
    repeats
        Repeats that could be used.
    reason
        Why there is no number, or empty.
    """

    rms_uv: float | None
    of_rest: float | None
    repeats: int
    reason: str = ""


def only_ends(text: str) -> bool:
    """Tell whether a marker ends a task or takes it back, and begins nothing."""
    words = text.split(" ")
    return words[0] == MARK and (
        (len(words) == 4 and words[3] == END) or (len(words) == 3 and words[2] == AGAIN)
    )


def task_spans(annotations: Iterable[Marked]) -> list[TaskSpan]:
    """Return the parts of all tasks in order of time; what has no end is left out."""
    spans: list[TaskSpan] = []
    opened: tuple[str, int, str, float] | None = None
    for mark in annotations:
        words = mark.text.split(" ")
        if words[0] != MARK or len(words) < 3:
            continue
        if words[2] == AGAIN:
            spans = [span for span in spans if span.movement != words[1]]
            opened = None
            continue
        if len(words) != 4 or not words[2].isdecimal():
            continue
        movement, repeat, part = words[1], int(words[2]), words[3]
        if opened is not None and opened[:2] == (movement, repeat):
            spans.append(TaskSpan(*opened[:3], opened[3], mark.onset_s))
        opened = None if part == END else (movement, repeat, part, mark.onset_s)
    return spans


def task_table(
    segments: Sequence[Mapping[str, Any]], rest_of: str = "rest-supported"
) -> dict[str, dict[str, TaskCell]]:
    """Return task -> channel label -> cell, from the segments `analyze` measured.

    Only the holds count: on the way out and back the level follows the speed. A channel whose
    quality was bad in a repeat is left out of it.

    Parameters
    ----------
    segments
        Of `measures.analysis.analyze`, texts as `TaskSpan.text`.
    rest_of
        The task the others are compared with.
    """
    found: dict[str, dict[str, list[float]]] = {}
    spoilt: dict[tuple[str, str], str] = {}
    for segment in segments:
        words = str(segment["text"]).split(" ")
        if len(words) != 4 or words[0] != MARK or words[3] != HOLD:
            continue
        task = found.setdefault(words[1], {})
        for channel in segment["channels"]:
            levels = task.setdefault(channel["label"], [])
            if channel["quality"] == "bad" or channel["rms_uv"] is None:
                spoilt[words[1], channel["label"]] = "no usable signal"
            else:
                levels.append(channel["rms_uv"])
    rest = {label: median(levels) for label, levels in found.get(rest_of, {}).items() if levels}
    return {
        movement: {
            label: _cell(levels, rest.get(label), spoilt.get((movement, label), ""))
            for label, levels in labels.items()
        }
        for movement, labels in found.items()
    }


def _cell(levels: Sequence[float], rest_uv: float | None, reason: str) -> TaskCell:
    if not levels:
        return TaskCell(None, None, 0, reason)
    middle = median(levels)
    return TaskCell(middle, middle / rest_uv if rest_uv else None, len(levels))
