"""Blocks of an assessment's first sheet: neck maps, bars, and the table of task by muscle."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from emgfeedback.measures.assessment_pairs import FLOOR
from emgfeedback.reports.assessment_levels import Level, Levels, Site
from emgfeedback.reports.letters import Letters
from emgfeedback.reports.page import (
    Bar,
    Figure,
    HeatCell,
    HeatRow,
    HeatTable,
    NeckMap,
    PairBars,
    Row,
    SideChart,
    Tone,
    across,
)
from emgfeedback.reports.wording import (
    MISSING,
    difference,
    number,
    place,
    signed,
    with_unit,
)

OTHER_MAPS = ("neutral", "rotate-left", "rotate-right")
MIRRORED_NOTE = (
    "Mirrored turns: left against right of a muscle, (L − R)/(L + R), where the head turns away "
    "from its side and where it turns to it; above 0 the left one does more."
)


def where_row(assessment: Mapping[str, Any], levels: Levels, *, facing: bool) -> Row:
    """Return front and back of the neck in the own posture, beside left against right."""
    task = levels.own_posture
    front = "Front, as you face the patient" if facing else "Front, mirror view: left is left"
    maps = (
        _neck(levels, task, "front", front, facing=facing),
        _neck(levels, task, "back", "Back view: left is left", facing=facing),
    )
    tops = _tops(levels, task)
    pairs = tuple(_pair(assessment, levels, task, group, tops) for group in levels.groups[:4])
    told = " ".join(
        f"{p.muscle}: {', '.join(b.words for b in p.bars)}; {p.difference}." for p in pairs
    )
    chart = SideChart(pairs, 1.0, "", f"Bars, {levels.title(task)}. {told}")
    return Row(
        (
            (Figure(f"Own posture: {levels.title(task).lower()}", maps, condition=_lit(levels)),),
            (Figure("Left against right", (chart,), condition="own posture"),),
        ),
        (1.4, 1.0),
    )


def _lit(levels: Levels) -> str:
    full = " or ".join(with_unit(top, unit, 0) for unit, top in levels.tops.items() if top)
    return f"darkest: {full}"


def _tops(levels: Levels, task: str) -> dict[str, float]:
    """Return unit -> the highest level of a task, the length of a whole bar."""
    found: dict[str, float] = {}
    for site in levels.sites:
        level = levels.of(task, site)
        found[level.unit] = max(found.get(level.unit, 0.0), level.value or 0.0)
    return found


def other_maps(levels: Levels, chosen: Sequence[str], *, facing: bool) -> list[Row]:
    """Return small maps of the chosen tasks that were done, on the same scale."""
    tasks = [task for task in chosen if task in levels.tasks and task != levels.own_posture]
    if not tasks:
        return []
    maps = tuple(
        _neck(levels, task, view, f"{levels.title(task)}, {view}", facing=facing)
        for task in tasks
        for view in ("front", "back")
    )
    return [across(Figure("", maps), spare=True)]


def _neck(levels: Levels, task: str, view: str, caption: str, *, facing: bool) -> NeckMap:
    found = {site: levels.of(task, site) for site in levels.sites}
    lights = {(s.muscle, s.side): x.share for s, x in found.items() if x.value is not None}
    unusable = frozenset((s.muscle, s.side) for s, x in found.items() if x.value is None)
    told = "; ".join(f"{place(s.muscle, s.side)} {x.words}" for s, x in found.items())
    alt = f"{caption}. {levels.title(task)}: {told}."
    return NeckMap(lights, unusable, view, caption, alt, facing)


def _pair(
    assessment: Mapping[str, Any],
    levels: Levels,
    task: str,
    group: Sequence[Site],
    tops: Mapping[str, float],
) -> PairBars:
    found = [levels.of(task, site) for site in group]
    bars = tuple(
        Bar(
            site.side,
            None if level.value is None else level.value / (tops[level.unit] or 1.0),
            level.words,
        )
        for site, level in zip(group, found, strict=True)
    )
    if len(group) < 2:
        return PairBars(group[0].name, bars, "one side only")
    return PairBars(group[0].name, bars, _difference(assessment, task, group, found))


def _difference(
    assessment: Mapping[str, Any], task: str, group: Sequence[Site], found: Sequence[Level]
) -> str:
    if any(level.value is None for level in found):
        return difference(None, "quality")
    pairs = assessment["tasks"][task]["pairs"]
    told = pairs.get(_pair_name(group), {}).get("asymmetry_pct")
    if told is None:
        return difference(None)
    return difference(told["value"], "floor" if told["reason"] == FLOOR else told["reason"])


def _pair_name(group: Sequence[Site]) -> str:
    return " / ".join(site.label for site in group)


def heat_table(assessment: Mapping[str, Any], levels: Levels) -> HeatTable:
    """Return levels by task and muscle, and below them what else the muscles did."""
    notes = Letters()
    rows = tuple(
        HeatRow(
            _title(assessment, task),
            tuple(_cell(levels.of(task, site), notes) for site in levels.sites),
        )
        for task in levels.tasks
    )
    more = (
        *_trick_row(assessment, levels, notes),
        _rhythm_row(assessment, levels, notes),
        _burst_row(assessment, levels, notes),
        *_pair_rows(assessment, levels, notes),
    )
    mirrored = (MIRRORED_NOTE,) if assessment["mirrored"] else ()
    no_room = (levels.no_room,) if levels.no_room else ()
    return HeatTable(
        title="Activity by task and muscle",
        groups=levels.heads(),
        rows=rows,
        more=more,
        notes=(*notes.lines, *mirrored, *no_room),
        condition="RMS of the hold, median of repeats; grounds: one scale for each unit",
    )


def _title(assessment: Mapping[str, Any], task: str) -> str:
    told = assessment["tasks"][task]
    times = f" ×{told['repeats']}" if told["repeats"] > 1 else ""
    return f"{told['title']}{times}"


def _cell(level: Level, notes: Letters) -> HeatCell:
    if level.value is None:
        return HeatCell(f"left out {notes.letter(level.reason)}", tone=Tone.LEFT_OUT)
    decimals = 0 if level.unit == "%" or level.value >= 99.5 else 1
    return HeatCell(number(level.value, decimals), level.share)


def _trick_row(
    assessment: Mapping[str, Any], levels: Levels, notes: Letters
) -> tuple[HeatRow, ...]:
    trick = assessment["trick"]
    if not trick:
        return ()
    cells = []
    for site in levels.sites:
        told = trick[site.label]
        index = told["index_pct"]["value"]
        if index is None:
            cells.append(_dash(told["index_pct"]["reason"], notes))
            continue
        marked = ", marked" if told["marked"] else ""
        cells.append(HeatCell(f"{signed(-index)}\u00a0%{marked}"))
    return (HeatRow("Sensory trick", tuple(cells), "change of RMS"),)


def _rhythm_row(assessment: Mapping[str, Any], levels: Levels, notes: Letters) -> HeatRow:
    cells = []
    for site in levels.sites:
        told = assessment["tasks"][levels.own_posture]["muscles"][site.label]
        peak_hz, ratio = told["tremor_hz"], told["tremor_ratio"]
        if peak_hz["value"] is None or not ratio["value"]:
            cells.append(_dash(peak_hz["reason"] or ratio["reason"], notes))
            continue
        above = f"{10 * math.log10(ratio['value']):.0f}\u00a0dB"
        cells.append(HeatCell(f"{with_unit(peak_hz['value'], 'Hz', 1)}, {above}"))
    return HeatRow("Tremor", tuple(cells), "own posture, over background")


def _burst_row(assessment: Mapping[str, Any], levels: Levels, notes: Letters) -> HeatRow:
    cells = []
    for site in levels.sites:
        told = assessment["tasks"][levels.own_posture]["muscles"][site.label]
        rate, duty = told["bursts_per_min"], told["burst_duty_pct"]
        if rate["value"] is None or duty["value"] is None:
            cells.append(_dash(rate["reason"] or duty["reason"], notes))
            continue
        cells.append(HeatCell(f"{with_unit(rate['value'], '/min', 0)}, {duty['value']:.0f}\u00a0%"))
    return HeatRow("Bursts", tuple(cells), "own posture, share of time")


def _pair_rows(
    assessment: Mapping[str, Any], levels: Levels, notes: Letters
) -> tuple[HeatRow, ...]:
    pairs = assessment["tasks"][levels.own_posture]["pairs"]
    both = []
    for group in levels.groups:
        told = pairs.get(_pair_name(group), {}).get("cocontraction_pct")
        if told is None or told["value"] is None:
            both.append(_dash(told["reason"] if told else "one side only", notes))
        else:
            both.append(HeatCell(with_unit(told["value"], "%", 0)))
    rows = [HeatRow("Co-contraction", tuple(both), "own posture")]
    for name, muscles in assessment["mirrored"].items():
        if not name.startswith("rotate"):
            continue
        cells = [_mirrored(muscles.get(group[0].muscle), notes) for group in levels.groups]
        rows.append(HeatRow("Mirrored turns", tuple(cells), "left and right compared"))
    return tuple(rows)


def _mirrored(told: Mapping[str, Any] | None, notes: Letters) -> HeatCell:
    if told is None:
        return _dash("one side only", notes)
    away, towards = told["away_pct"], told["towards_pct"]
    if away["value"] is None and towards["value"] is None:
        return _dash(away["reason"], notes)
    parts = [
        f"{words} {MISSING if one['value'] is None else signed(one['value']) + chr(0xA0) + '%'}"
        for words, one in (("away", away), ("to it", towards))
    ]
    return HeatCell(", ".join(parts))


def _dash(reason: str, notes: Letters) -> HeatCell:
    return HeatCell(f"{MISSING} {notes.letter(reason or 'not measured')}")


def left_out(levels: Levels) -> list[str]:
    """Return what was left out of the table, in words: `R Splenius in Walking (loose)`."""
    found: dict[tuple[str, str], list[str]] = {}
    for task in levels.tasks:
        for site in levels.sites:
            level = levels.of(task, site)
            if level.value is None:
                name = place(site.muscle, site.side) if site.muscle != "other" else site.label
                found.setdefault((name, level.reason), []).append(levels.title(task))
    return [
        f"{name} in {'all tasks' if len(tasks) == len(levels.tasks) else ', '.join(tasks)} ({why})"
        for (name, why), tasks in found.items()
    ]
