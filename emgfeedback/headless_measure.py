"""What the headless commands tell of one recording: levels, or the recording before injections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from emgfeedback.headless_table import BESIDE, FILE, LEVELS, WHOLE, Levels, Row, cell
from emgfeedback.measures.analysis import analyze
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_signal import Phase
from emgfeedback.measures.assessment_values import MEANINGS, Assessment
from emgfeedback.measures.found import Found
from emgfeedback.measures.heart_ways import USUAL
from emgfeedback.measures.source import Source
from emgfeedback.measures.without_mains import WithoutMains
from emgfeedback.records.reader import open_recording
from emgfeedback.training.movements import MOVEMENTS

KEPT = "as recorded"
OF_CHANNEL = ("reference_uv", "snr_db", "heart_per_min", "heart_uv")
OF_TRICK = ("index_pct", "marked", "longest_marked_s", "from_touch")
ASSESSED = (
    *(*FILE, "heart_way", "onset_method", "phase", "mains"),
    *("rows", "fs_hz", "duration_s", "rest", "filters", "hum"),
    *("kind", "task", "repeats", "held_s", "label", "muscle", "side"),
    "excluded",
    *OF_CHANNEL,
    *OF_TRICK,
    *(name for name in MEANINGS if name not in OF_TRICK),
    *("missing", "notes", "problem"),
)
"""A row for a channel, a muscle in a task, a pair in a task, a muscle in mirrored tasks, or the
trick on a channel; `missing` says why cells of the row are empty."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """Rows for each muscle and task of the recording before injections."""

    columns: ClassVar[tuple[str, ...]] = ASSESSED
    count: ClassVar[str] = "rows"
    heart: str = USUAL
    onset: str = "hodges-bui"
    phase: Phase = "causal"
    mains: str = "keep"

    @property
    def cells(self) -> Row:
        """As it stands in the table."""
        return {
            "heart_way": self.heart,
            "onset_method": self.onset,
            "phase": self.phase,
            "mains": self.mains,
        }


def heard(source: Source, mains: str) -> tuple[Source, str]:
    """Return a recording with its hum as wished for, `keep` or `subtract`, and what was done."""
    if mains == "keep":
        return source, KEPT
    without = WithoutMains(source)
    return without, without.words


def assessed(source: Source, wish: Assessed) -> tuple[Assessment, str]:
    """Return the assessment of a recording, and what was done about its hum.

    Raises
    ------
    UsageError
        No task is marked in it.
    SettingsError
        It is too slow for the filters.
    """
    measured, hum = heard(source, wish.mains)
    found = assess(measured, MOVEMENTS, heart=wish.heart, onset_method=wish.onset, phase=wish.phase)
    return found, hum


def level_rows(path: Path, wish: Levels) -> list[Row]:
    """Return the rows of one recording, without the columns that say which file it is.

    Raises
    ------
    EmgFeedbackError
        It cannot be read or measured.
    """
    choice: Any = wish.filter
    with open_recording(path) as recording:
        # The table has no rows for tasks, and measuring them takes longer than all the rest.
        recording.annotations = ()
        source, _ = heard(recording, wish.mains)
        told = analyze(source, from_s=wish.from_s, to_s=wish.to_s, filter_choice=choice)
    whole = {name: cell(told[name]) for name in WHOLE}
    notes = {"notes": "; ".join(told["notes"])}
    index = {}
    for pair in told["pairs"]:
        index[pair["left"]] = index[pair["right"]] = cell(pair["asymmetry_pct"])
    rows = []
    for i, channel in enumerate(told["channels"], 1):
        place = {"channels": str(len(told["channels"])), "channel": str(i)}
        place |= {name: channel[name] for name in ("label", "muscle", "side")}
        beside = {
            f"{part}_{name}": cell(channel[part][name])
            for part in ("rest_filter", "as_recorded")
            for name in ("rms_uv", "arv_uv", "mean_uv")
            if f"{part}_{name}" in BESIDE
        }
        levels = {name: cell(channel[name]) for name in LEVELS}
        of_pair = {"asymmetry_pct": index.get(channel["label"], "")}
        rows.append(place | whole | levels | beside | of_pair | notes)
    return rows


def assessed_rows(path: Path, wish: Assessed) -> list[Row]:
    """Return the rows of one recording before injections; see `level_rows`."""
    with open_recording(path) as recording:
        found, hum = assessed(recording, wish)
    rows = [*_channel_rows(found), *_task_rows(found), *_mirrored_rows(found), *_trick_rows(found)]
    whole = {
        "rows": str(len(rows)),
        "fs_hz": cell(found.fs_hz),
        "duration_s": cell(found.duration_s),
        "rest": found.rest,
        "filters": found.filters,
        "hum": hum,
        "notes": " ".join([cable.words for cable in found.cables.wrong] or [found.cables.reason]),
    }
    return [whole | row for row in rows]


def _numbers(values: Mapping[str, Found]) -> Row:
    why: dict[str, list[str]] = {}
    for name, found in values.items():
        if found.value is None:
            why.setdefault(found.reason, []).append(name)
    reasons = [f"{', '.join(names)}: {reason}" for reason, names in why.items()]
    return {name: cell(found.value) for name, found in values.items()} | {
        "missing": "; ".join(reasons)
    }


def _who(found: Assessment) -> dict[str, Row]:
    return {c.label: {"label": c.label, "muscle": c.muscle, "side": c.side} for c in found.channels}


def _channel_rows(found: Assessment) -> Iterator[Row]:
    for channel in found.channels:
        numbers = _numbers({name: getattr(channel, name) for name in OF_CHANNEL})
        who = _who(found)[channel.label]
        yield {"kind": "channel", "excluded": channel.excluded} | who | numbers


def _task_rows(found: Assessment) -> Iterator[Row]:
    who = _who(found)
    for name, task in found.tasks.items():
        held = {"task": name, "repeats": str(task.repeats), "held_s": cell(task.held_s)}
        for label, values in task.muscles.items():
            yield {"kind": "muscle"} | held | who[label] | _numbers(values)
        for pair, values in task.pairs.items():
            yield {"kind": "pair", "label": pair} | held | _numbers(values)


def _mirrored_rows(found: Assessment) -> Iterator[Row]:
    for tasks, muscles in found.mirrored.items():
        for muscle, values in muscles.items():
            yield {"kind": "mirrored", "task": tasks, "muscle": muscle} | _numbers(values)


def _trick_rows(found: Assessment) -> Iterator[Row]:
    for label, told in found.trick.items():
        numbers = _numbers({"index_pct": told.index_pct})
        marked = "" if told.marked is None else _yes(told.marked)
        rest = {"longest_marked_s": cell(told.longest_marked_s), "marked": marked}
        kind = {"kind": "trick", "from_touch": _yes(told.from_touch)}
        yield kind | _who(found)[label] | rest | numbers


def _yes(told: bool) -> str:
    return "yes" if told else "no"


def assessment_lines(found: Assessment, hum: str) -> list[str]:
    """Return an assessment as text for a terminal."""
    labels = [channel.label for channel in found.channels]
    lines = [
        f"{found.duration_s:.1f} s at {found.fs_hz:g} Hz; rest: {found.rest}; hum: {hum}",
        found.filters,
        *(f"{c.label} is left out: {c.excluded}." for c in found.channels if c.excluded),
        *(cable.words for cable in found.cables.wrong),
        f"{'RMS µV in':<24}" + "".join(f"{label:>9}" for label in labels),
    ]
    for task in found.tasks.values():
        levels = [task.muscles[label]["rms_uv"].value for label in labels]
        lines.append(f"{task.title:<24}" + "".join(f"{_two(level):>9}" for level in levels))
    tricks = [found.trick[label].index_pct.value for label in labels if label in found.trick]
    if tricks:
        lines.append(f"{'Quieter by trick, %':<24}" + "".join(f"{_two(t):>9}" for t in tricks))
    return [*lines, "--json tells all measures, and why any is missing (-)."]


def _two(value: float | None) -> str:
    return "-" if value is None else format(value, ".2f")
