"""The visit's report: the recording before injections on two sheets.

Activity, not a diagnosis: it selects no muscle and no dose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from emgfeedback.measures.assessment_traces import TaskTrace
from emgfeedback.measures.heart_ways import HEART_WAYS
from emgfeedback.people.values import Examination, Injection, Patient, SignedOff
from emgfeedback.reports.assessment_beside import SOURCES, compared_blocks, expected_blocks
from emgfeedback.reports.assessment_levels import Levels
from emgfeedback.reports.assessment_sheet_two import research_rows, trace_row
from emgfeedback.reports.assessment_tables import (
    OTHER_MAPS,
    heat_table,
    left_out,
    other_maps,
    where_row,
)
from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.conditions import conditions
from emgfeedback.reports.page import Fact, Facts, Page, Row, across
from emgfeedback.reports.session_page import injection_fact, origin, subject
from emgfeedback.reports.source import Source
from emgfeedback.reports.wording import (
    clock_day,
    day,
    duration,
    filter_words,
    listed,
    number,
    with_unit,
)
from emgfeedback.training.postures import load_postures

TITLE = "Surface EMG assessment before injection"
LARYNX = {"midline": "in the midline", "turned": "turned with the chin"}
LEVELS = "RMS of each hold less what was left out, median of repeats"
WEAK_PCT = 200.0
"""A reference is a gentle contraction: movements may exceed it, but not this far."""
NOT_SEEN = (
    "deep muscles, as obliquus capitis inferior, the deep rotators and longus colli; splenius may "
    "include levator scapulae and semispinalis"
)


def assessment_report(
    assessment: Mapping[str, Any],
    *,
    patient: Patient | None = None,
    clinic: Clinic | None = None,
    examination: Examination | None = None,
    injections: Sequence[Injection] = (),
    previous: tuple[dt.date, Mapping[str, Any]] | None = None,
    source: Source,
    traces: Sequence[TaskTrace] = (),
    recorded: dt.datetime | None = None,
    signed: SignedOff | None = None,
    map_tasks: Sequence[str] = OTHER_MAPS,
    made: dt.datetime | None = None,
) -> Page:
    """Return the report of an assessment.

    Parameters
    ----------
    assessment
        `measures.assessment.Assessment.as_dict()`, or the same read from a file.
    examination
        Postures and larynx, as entered.
    previous
        Day and assessment of the visit to compare with.
    traces
        `measures.assessment_traces.task_traces` of the recording; empty where it is gone.
    recorded
        Moment of the first sample; None where nobody knows.
    signed
        Who signed off these very numbers; None: nobody.
    map_tasks
        Keys of the tasks that have a small neck map beside the own posture's.
    made
        When the report is made, with time zone; the same values give the same page.
    """
    clinic = clinic or Clinic()
    levels = Levels(assessment)
    filters = filter_words(str(assessment["filters"]))
    on = recorded.astimezone().date() if recorded is not None else None
    rows = [
        where_row(assessment, levels, facing=clinic.facing),
        *other_maps(levels, map_tasks, facing=clinic.facing),
        across(heat_table(assessment, levels)),
        *_beside(assessment, levels, examination, previous),
        across(_quality(assessment, levels, source, filters, examination)),
        trace_row(assessment, levels, traces),
        *research_rows(assessment, levels),
        across(
            conditions(
                source.channels,
                source,
                filters,
                LEVELS,
                _references(assessment),
                _postures(examination) if examination else "",
            )
        ),
    ]
    return Page(
        title=TITLE,
        subtitle=" · ".join((
            clock_day(recorded) if recorded is not None else "date not stated",
            duration(assessment["duration_s"]),
        )),
        subject=subject(patient, clinic),
        clinic=clinic,
        facts=(
            *_identity(patient, clinic, examination, injections, on),
            Fact("Signed off", _signed(signed)),
        ),
        sentence=" ".join(cable["words"] for cable in assessment["cables"]["wrong"]),
        next_step="",
        rows=tuple(rows),
        origin=origin(source.told("app"), source.told("firmware"), source),
        made=made or dt.datetime.now(dt.UTC),
    )  # fmt: skip


def _beside(
    assessment: Mapping[str, Any],
    levels: Levels,
    examination: Examination | None,
    previous: tuple[dt.date, Mapping[str, Any]] | None,
) -> list[Row]:
    """Return the visit before and what the posture lets one expect, beside each other."""
    found = []
    if previous is not None:
        found.append((tuple(compared_blocks(assessment, levels, previous)), 1.0))
    if examination is not None and examination.postures:
        found.append((tuple(expected_blocks(assessment, levels, examination.postures)), 1.0))
    if not found:
        return []
    return [Row(tuple(blocks for blocks, _ in found), tuple(width for _, width in found))]


def _identity(
    patient: Patient | None,
    clinic: Clinic,
    examination: Examination | None,
    injections: Sequence[Injection],
    on: dt.date | None,
) -> tuple[Fact, ...]:
    born = f", born {patient.birth_year}" if patient and patient.birth_year else ""
    larynx = examination.larynx if examination is not None else ""
    known = [one for one in injections if on is None or one.on <= on]
    facts = [
        Fact("Patient", f"{subject(patient, clinic)}{born}"),
        Fact("Larynx", LARYNX.get(larynx, "not entered")),
        Fact("Posture (entered)", _postures(examination)),
    ]
    if on is not None:
        facts.append(injection_fact(known, on))
    else:
        told = f"{day(max(one.on for one in known))}, days not known" if known else "none entered"
        facts.append(Fact("Last injection", told))
    return tuple(facts)


def _signed(signed: SignedOff | None) -> str:
    if signed is None:
        return "no"
    return f"{signed.signed_by}, {clock_day(signed.signed_at)}"


def _postures(examination: Examination | None) -> str:
    if examination is None or not examination.postures:
        return "not entered"
    known = load_postures()
    words = []
    for found in examination.postures:
        name = found.key if found.key in known else f"{found.key} (not in the table)"
        side = found.side.value if found.side.value in ("left", "right") else ""
        degrees = "" if found.degrees is None else f"{number(found.degrees, 0)}°"
        words.append(" ".join(part for part in (name, side, degrees) if part))
    return ", ".join(words)


def _quality(
    assessment: Mapping[str, Any],
    levels: Levels,
    source: Source,
    filters: str,
    examination: Examination | None,
) -> Facts:
    gone = left_out(levels)
    count, whole = len(levels.sites), len({line.split(" in ")[0] for line in gone})
    good = f"{count - whole} of {count} channels usable in all tasks"
    gaps = (
        f"{source.gaps} gap{'' if source.gaps == 1 else 's'}, "
        f"{source.lost / source.fs_hz:.1f} s lost"
        if source.gaps
        else "no gap"
    )  # fmt: skip
    cables = assessment["cables"]
    told = f"as named: {', '.join(cables['judged'])}" if cables["judged"] else "not told"
    if cables["wrong"]:
        told = "see the top of this sheet"
    parts = [
        Fact("Signal", "; ".join([good, *gone, gaps])),
        Fact("Cables", "; ".join(part for part in (told, cables["reason"]) if part)),
        Fact("Heartbeats", _heart(assessment)),
        Fact("References", _weak(assessment, levels)),
        Fact("Edges moved", _edges(assessment, levels)),
        Fact("Processing", f"{filters}; levels: {LEVELS}; rest: {assessment['rest']}"),
        Fact("Not seen", NOT_SEEN),
        Fact("Expected", SOURCES if examination and examination.postures else ""),
    ]
    facts = tuple(fact for fact in parts if fact.value)
    return Facts(facts, title="Quality and processing", small=True)


def _heart(assessment: Mapping[str, Any]) -> str:
    way = HEART_WAYS[assessment["heart_way"]]
    channels = assessment["channels"]
    rate = channels[0]["heart_per_min"]
    if rate["value"] is None:
        return f"{rate['reason']}; {way.words}"
    most = max(channels, key=lambda one: one["heart_uv"]["value"] or 0.0)
    adds = most["heart_uv"]["value"]
    told = f"{rate['value']:.0f} a minute at rest"
    if adds is not None:
        told += f", at most {with_unit(adds, 'uV', 1)} of RMS ({most['label']})"
    return f"{told}; {way.words}"


def _weak(assessment: Mapping[str, Any], levels: Levels) -> str:
    """Return which reference contractions were far weaker than a task, or nothing."""
    found = []
    for site in levels.sites:
        shares = [
            told["muscles"][site.label]["of_reference_pct"]["value"] or 0.0
            for told in assessment["tasks"].values()
        ]
        if max(shares) > WEAK_PCT:
            found.append(f"{site.label} {max(shares):.0f} %")
    if not found:
        return ""
    return (
        f"weaker than a task: {', '.join(found)}; this percent is high because the reference "
        "was low. Take it again to compare muscles"
    )


def _edges(assessment: Mapping[str, Any], levels: Levels) -> str:
    words = [
        f"{levels.title(one['task'])} {one['repeat'] + 1}, {one['edge']} "
        f"{one['at_s'] - one['was_s']:+.1f} s".replace("-", "−")
        for one in assessment["edges"]
    ]
    return listed(words)


def _references(assessment: Mapping[str, Any]) -> str:
    known = [
        f"{one['label']} {with_unit(one['reference_uv']['value'], 'uV')}"
        for one in assessment["channels"]
        if one["reference_uv"]["value"] is not None
    ]
    if not known:
        return "none taken: levels are microvolts"
    return f"RMS of this person's own reference contraction, same filter: {', '.join(known)}"
