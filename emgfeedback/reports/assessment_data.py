"""An assessment for other programs: a long table (CSV), and everything as JSON."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from emgfeedback.core.files import for_owner_only
from emgfeedback.measures.heart_ways import HEART_WAYS
from emgfeedback.people.values import Examination, Injection
from emgfeedback.records.export import new_file
from emgfeedback.reports.source import Source

COLUMNS = ("task", "measure", "of", "value", "unit", "conditions", "reason")
RESEARCH = "for research alone"
Line = tuple[str, str, str, float | None, str, str, str]


def long_rows(assessment: Mapping[str, Any]) -> Iterator[Line]:
    """Yield one row for each number, or for the reason why there is none.

    `of` is a channel's label, a pair as `SCM L / SCM R`, or a muscle. Repeats are one number
    already, as the conditions say.
    """
    meanings = assessment["meanings"]
    heart = HEART_WAYS[assessment["heart_way"]].words

    def line(task: str, measure: str, of: str, found: Mapping[str, Any]) -> Line:
        meaning = meanings[measure]
        conditions = meaning["conditions"].replace("heartbeats as heart_way says", heart)
        return (task, measure, of, found["value"], meaning["unit"], conditions, found["reason"])

    for task, told in assessment["tasks"].items():
        for part in ("muscles", "pairs"):
            for of, values in told[part].items():
                yield from (line(task, name, of, found) for name, found in values.items())
    for tasks, muscles in assessment["mirrored"].items():
        for muscle, values in muscles.items():
            yield from (line(tasks, name, muscle, found) for name, found in values.items())
    for label, told in assessment["trick"].items():
        yield line("trick", "index_pct", label, told["index_pct"])
    yield from _of_channels(assessment)
    yield from _of_research(assessment["research"])


def _of_channels(assessment: Mapping[str, Any]) -> Iterator[Line]:
    for one in assessment["channels"]:
        reference, heart = one["reference_uv"], one["heart_uv"]
        words = "RMS of the reference contraction"
        yield ("", "reference_uv", one["label"], reference["value"], "uV", words,
               reference["reason"])  # fmt: skip
        words = "RMS at rest with heartbeats less that without"
        yield ("", "heart_uv", one["label"], heart["value"], "uV", words, heart["reason"])


def _of_research(research: Mapping[str, Any]) -> Iterator[Line]:
    for task, channels in research["drive_share_pct"].items():
        for label, found in channels.items():
            yield (task, "cdf10_pct", label, found["value"], "%", RESEARCH, found["reason"])
    for task, pairs in research["shared"].items():
        for pair, one in pairs.items():
            limit = "" if one["limit"] is None else f"; limit {one['limit']:.3f}"
            seen = "; both electrodes see the same muscle" if one["crosstalk"] else ""
            words = f"{RESEARCH}; highest of 4-7 Hz{limit}{seen}"
            peak = one["peak"]
            yield (task, "coherence", pair, peak["value"], "", words, peak["reason"])


def csv_text(assessment: Mapping[str, Any]) -> str:
    """Return the long table; numbers with all their digits, empty where there is none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        ("" if value is None else value for value in row) for row in long_rows(assessment)
    )
    return out.getvalue()


def context_of(
    source: Source,
    *,
    subject_code: str = "",
    recorded: dt.datetime | None = None,
    examination: Examination | None = None,
    injections: Sequence[Injection] = (),
) -> dict[str, Any]:
    """Return whose assessment it is and of which recording, ready for JSON."""
    return {
        "subject": subject_code,
        "recorded_utc": None if recorded is None else recorded.astimezone(dt.UTC).isoformat(),
        "recording": source.name,
        "sha256": source.sha256,
        "app_version": source.told("app"),
        "firmware": source.told("firmware"),
        "postures": [] if examination is None else [
            {"key": one.key, "side": one.side.value, "degrees": one.degrees}
            for one in examination.postures
        ],
        "larynx": "" if examination is None else examination.larynx,
        "injections": [
            {"on": one.on.isoformat(), "product": one.product, "muscles": one.muscles,
             "units": one.units}
            for one in injections
        ],
    }  # fmt: skip


def json_text(
    assessment: Mapping[str, Any], context: Mapping[str, Any], comparison: Any = None
) -> str:
    """Return assessment, context and comparison (a dataclass, or None) as JSON."""
    told = None if comparison is None else dataclasses.asdict(comparison)
    whole = {"context": context, "assessment": assessment, "comparison": told}
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1)


def save_text(text: str, out: Path) -> None:
    """Write `text` to the new file `out`, readable by its owner alone.

    Raises
    ------
    RecordingError
        `out` exists or cannot be written; nothing is left behind.
    """
    with new_file(out) as part, open(part, "xb", opener=for_owner_only) as file:
        file.write(text.encode("utf-8"))
