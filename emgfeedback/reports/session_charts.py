"""The charts of a session: the neck beside its left/right bars, and its trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emgfeedback.core.montage import Side
from emgfeedback.people.values import SessionWhole, TrialResult
from emgfeedback.reports.gather import ChannelNumbers, asymmetry_at_rest, paired
from emgfeedback.reports.page import (
    Bar,
    Block,
    Figure,
    NeckMap,
    PairBars,
    Row,
    SideChart,
    Text,
    TrialChart,
    TrialMark,
    across,
)
from emgfeedback.reports.trend_chart import nice_top
from emgfeedback.reports.wording import difference, muscle, place, with_unit

FEEDBACK = "feedback"
_SHOWN_AT_MOST = 4
"""Pairs beside the map."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One value to draw of a channel."""

    muscle: str
    side: Side
    value: float | None
    floor: float | None = None
    reason: str = ""
    bad: bool = False


def side_figure(
    whole: SessionWhole, numbers: Sequence[ChannelNumbers], *, facing: bool = False
) -> Row:
    """Return the maps and bars: resting levels where they were taken, else levels in trials."""
    groups = paired(numbers)
    rests = [n for group in groups for n in group if n.rest is not None]
    in_percent = bool(rests) and all(n.rest_pct is not None for n in rests)
    if rests:
        unit, words = ("%" if in_percent else "uV"), "at rest, median"
        drawn = [tuple(_resting(n, in_percent=in_percent) for n in group if n.rest)
                 for group in groups]  # fmt: skip
        told = [asymmetry_at_rest(whole, g[0].channel.muscle) for g in groups]
    else:
        levels = [n.level for group in groups for n in group if n.level]
        unit, words = (levels[0].unit if levels else "uV"), "in the trials, median"
        drawn = [tuple(_working(n) for n in group if n.level and n.level.unit == unit)
                 for group in groups]  # fmt: skip
        told = [None for _ in groups]
    of = "% of own reference" if in_percent or unit == "%" else "µV RMS"
    title = "Left against right"
    pairs = [(shown, index) for shown, index in zip(drawn, told, strict=True) if shown]
    return level_row(
        pairs[:_SHOWN_AT_MOST],
        unit,
        f"{of}, {words}",
        title,
        facing=facing,
        withheld="floor" if rests else "taken at rest only",
    )


def level_row(
    pairs: Sequence[tuple[tuple[Shown, ...], float | None]],
    unit: str,
    condition: str,
    title: str,
    *,
    facing: bool = False,
    withheld: str = "floor",
) -> Row:
    """Return maps and bars of the same values on the same scale.

    `withheld` is why two usable values have no difference.
    """
    known = [s.value for shown, _ in pairs for s in shown if s.value is not None and not s.bad]
    top = nice_top(max(known, default=1.0))
    everything = [s for shown, _ in pairs for s in shown]
    lights = {
        (s.muscle, s.side): s.value / top for s in everything if s.value is not None and not s.bad
    }
    bad = frozenset((s.muscle, s.side) for s in everything if s.bad)
    told = "; ".join(
        f"{place(s.muscle, s.side)} {with_unit(s.value, unit)}" for s in everything if not s.bad
    ) or "no value"  # fmt: skip
    front = "Front, as you face the patient" if facing else "Front, mirror view: left is left"
    maps = tuple(
        NeckMap(lights, bad, view, caption, f"{caption}. {condition}: {told}.", facing)
        for view, caption in (("front", front), ("back", "Back view: left is left"))
    )
    bars = tuple(_pair_bars(shown, index, unit, withheld) for shown, index in pairs)
    spoken = " ".join(f"{pair.muscle}: {pair.difference}." for pair in bars)
    chart = SideChart(bars, top, unit, f"Bars, {condition}: {told}. {spoken}")
    light = f"lit by the bars beside it, darkest at {with_unit(top, unit, 0)}"
    beside: Block = Figure(title, (chart,), condition=condition)
    if not bars:
        beside = Text("No level was measured.", title=title)
    return Row(
        ((Figure("On the neck", maps, condition=light),), (beside,)),
        (1.12, 1.0),
    )


def _resting(n: ChannelNumbers, *, in_percent: bool) -> Shown:
    assert n.rest is not None
    value = n.rest_pct if in_percent else n.rest.value_uv
    floor_uv = n.rest.result.get("floor_uv")
    floor = None if in_percent or not isinstance(floor_uv, int | float) else float(floor_uv)
    reason = str(n.rest.result.get("reason") or "")
    return Shown(n.channel.muscle, n.channel.side, value, floor, reason, n.bad)


def _working(n: ChannelNumbers) -> Shown:
    value = n.level.value if n.level else None
    return Shown(n.channel.muscle, n.channel.side, value, bad=n.bad)


def _pair_bars(shown: Sequence[Shown], index: float | None, unit: str, withheld: str) -> PairBars:
    bars = tuple(
        Bar(
            s.side,
            None if s.bad else s.value,
            _bar_words(s, unit),
            s.floor,
        )
        for s in shown
    )
    if len(bars) < 2:
        words = "one side only"
    elif any(bar.value is None for bar in bars):
        words = difference(None, "quality")
    else:
        words = difference(index, withheld)
    return PairBars(muscle(shown[0].muscle), bars, words)


def _bar_words(shown: Shown, unit: str) -> str:
    if shown.bad:
        return "signal not usable"
    return with_unit(shown.value, unit) if shown.value is not None else shown.reason or "not taken"


def trial_figure(whole: SessionWhole) -> list[Row]:
    """Return the trials in their targets; nothing where no trial was scored."""
    counted = [t for t in whole.trials if not t.result.get("repeated")]
    if not counted:
        return []
    groups: dict[tuple[int, str], list[TrialResult]] = {}
    for trial in counted:
        groups.setdefault((trial.step, trial.title), []).append(trial)
    marks = tuple(
        (title, tuple(_mark(t) for t in sorted(trials, key=lambda t: t.number)))
        for (_, title), trials in sorted(groups.items())
    )
    alt = " ".join(
        f"{title}: " + ", ".join(_spoken(mark) for mark in of_group) + "."
        for title, of_group in marks
    )
    chart = TrialChart(marks, f"Time in target, trial by trial. {alt}")
    title = "Time in target, trial by trial"
    return [across(Figure(title, (chart,), condition="% of scored time"))]


def _mark(trial: TrialResult) -> TrialMark:
    return TrialMark(trial.number, trial.kind == FEEDBACK, trial.success_pct, trial.fixed_pct)


def _spoken(mark: TrialMark) -> str:
    if mark.success_pct is None:
        return f"trial {mark.number} not scored"
    fixed = "" if mark.fixed_pct is None else f" ({mark.fixed_pct:.0f} % at the fixed target)"
    without = "" if mark.feedback else " without feedback"
    return f"trial {mark.number}{without} {mark.success_pct:.0f} %{fixed}"
