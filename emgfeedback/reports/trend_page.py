"""The page of a measure over sessions: what changed, and what may be chance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import Side
from emgfeedback.measures.scales import SCALES
from emgfeedback.measures.trend import Tendency, Trend, TrendPoint, trend_of, weeks_since
from emgfeedback.people.values import (
    Injection,
    MeasureTaken,
    Patient,
    ScaleScore,
    SessionKind,
    SessionLine,
)
from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.page import (
    Block,
    Cell,
    Fact,
    Facts,
    Figure,
    Page,
    Row,
    Table,
    Text,
    Tone,
    TrendChart,
    across,
    without_empty_columns,
)
from emgfeedback.reports.session_page import identity, injection_fact, origin, subject
from emgfeedback.reports.wording import (
    MISSING,
    UNITS,
    day,
    filter_words,
    listed,
    muscle,
    number,
    percent,
    place,
    short_day,
    signed,
    with_unit,
)

MOST_ROWS = 16
LONGEST_NOTE = 34
SHORT_KINDS = {
    SessionKind.VISIT: "Visit",
    SessionKind.HOME: "Home",
    SessionKind.ASSESSMENT: "Assessment",
    SessionKind.FREE: "Session",
}
GOOD_AND_BAD = "Good and bad days are normal; one visit alone says little."
TITLES = {
    "success": "Time in target",
    "success_fixed": "Time in the fixed target",
    "excluded": "Time left out",
    "rest": "at rest",
    "rest_of_reference": "at rest, of own reference",
    "asymmetry_rest": "left/right difference at rest",
    "let_go": "head let go",
    "let_go_of_reference": "head let go, of own reference",
    "asymmetry_let_go": "left/right difference, head let go",
    "trick_index": "quieter with the sensory trick",
}
TENDENCIES = {
    Tendency.TOO_FEW: "There are too few comparable sessions to tell a pattern yet.",
    Tendency.STEADY: "A steady pattern over the last sessions.",
    Tendency.HIGHER: "Higher over the last three sessions than before, by more than chance.",
    Tendency.LOWER: "Lower over the last three sessions than before, by more than chance.",
}
Taken = Sequence[tuple[SessionLine, MeasureTaken]]


def trend_report(
    patient: Patient | None,
    taken: Taken,
    *,
    injections: Sequence[Injection] = (),
    scores: Sequence[ScaleScore] = (),
    clinic: Clinic | None = None,
    app_version: str = "",
    made: dt.datetime | None = None,
) -> Page:
    """Return the page of one measure over sessions.

    Parameters
    ----------
    taken
        Sessions with the value of one measure of one muscle and side, as `Register.trend` gives
        them.
    scores
        Clinical scales to stand below.

    Raises
    ------
    UsageError
        No session has the measure, or they are of different measures.
    """
    clinic = clinic or Clinic()
    known = [(line, m) for line, m in taken if m.value is not None]
    if not known:
        raise UsageError("No session has this measure yet.", "Choose another one.")
    if len({(m.key, m.muscle, m.side, m.unit) for _, m in known}) > 1:
        raise UsageError("These are several measures.", "A trend is of one, with one unit.")
    made = made or dt.datetime.now(dt.UTC)
    first = known[0][1]
    points = [
        TrendPoint(_date(line), m.value, f"{line.setup} {m.conditions}", line.id)
        for line, m in known
        if m.value is not None
    ]
    days = sorted(one.on for one in injections)
    trend = trend_of(points, first.unit, days)
    title = measure_title(first.key, first.muscle, first.side)
    conditions = list(dict.fromkeys(m.conditions for _, m in known if m.conditions))
    today = made.astimezone().date()
    shown = tuple(on for on in days if on <= today)
    chart = TrendChart(
        trend, first.unit, shown, today, first.side, _alt(title, trend, first.unit, shown)
    )
    facts = identity(patient, clinic)
    facts.append(Fact("Measure", f"{title}, {UNITS.get(first.unit, first.unit)}"))
    facts.append(Fact("Sessions", f"{len(points)}, {short_day(trend.points[0].on)} to "
                                  f"{short_day(trend.points[-1].on)}"))  # fmt: skip
    if injections:
        facts.append(injection_fact(injections, today))
    unit = "points" if first.unit == "%" else UNITS.get(first.unit, first.unit)
    rows = [
        across(
            Figure("Over time", (chart,), condition=f"{title}, {UNITS.get(first.unit, first.unit)}")
        ),
        across(_meaning(trend, unit, conditions)),
        across(_session_table(known, trend, days, title)),
        *_beside(injections, scores),
    ]
    return Page(
        title=title,
        subtitle=f"Trend over {len(points)} session{'' if len(points) == 1 else 's'} · "
        f"{day(today)}",
        subject=subject(patient, clinic),
        clinic=clinic,
        facts=tuple(facts),
        sentence=f"{TENDENCIES[trend.tendency]} {GOOD_AND_BAD}",
        next_step="",
        rows=tuple(rows),
        origin=origin(app_version, "", None).replace(" · no recording kept", ""),
        made=made,
    )


def measure_title(key: str, of_muscle: str = "", side: Side = Side.MIDLINE) -> str:
    """Return a measure in words, as `L SCM at rest`."""
    words = TITLES.get(key)
    if words is None:
        words = f"in the trials ({key.removeprefix('level_')})" if key.startswith("level_") else key
    if not of_muscle:
        return words
    who = muscle(of_muscle) if key.startswith("asymmetry") else place(of_muscle, side)
    return f"{who} {words}"


def _date(line: SessionLine) -> dt.date:
    return line.started_utc.astimezone().date()


def _alt(title: str, trend: Trend, unit: str, injections: Sequence[dt.date]) -> str:
    points = ", ".join(f"{short_day(p.on)} {with_unit(p.value, unit)}" for p in trend.points[-24:])
    marks = listed(short_day(on) for on in injections)
    breaks = listed(short_day(on) for on in trend.breaks)
    return (
        f"Line of {title} over {len(trend.points)} sessions: {points}."
        + (f" Injections: {marks}." if marks else "")
        + (f" Microvolts break on {breaks}." if breaks else "")
    )


def _meaning(trend: Trend, unit: str, conditions: Sequence[str]) -> Facts:
    facts = [Fact("Taken as", "; ".join(map(filter_words, conditions[:3])) or "not stated")]
    if len(conditions) > 1:
        facts.append(Fact("Careful", "filters or windows differ between these sessions"))
    if trend.chance is not None:
        facts.append(
            Fact(
                "May be chance",
                f"a step of less than ±{number(trend.chance)} {unit} between two sessions (minimal "
                "detectable change, 95 %, from this person's own scatter)",
            )
        )
    else:
        facts.append(Fact("May be chance", "not known before four comparable sessions"))
    if trend.breaks:
        facts.append(
            Fact(
                "Not comparable",
                "microvolts before and after "
                f"{listed(day(on) for on in trend.breaks)}: electrodes, sensor, gain or filters "
                "changed. Percent of the own reference crosses such a break.",
            )
        )
    return Facts(tuple(facts), title="What the numbers mean")


def _session_table(
    known: Sequence[tuple[SessionLine, MeasureTaken]],
    trend: Trend,
    injections: Sequence[dt.date],
    title: str,
) -> Table:
    newest = {point.session_id for point in trend.stretches[-1].points}
    lines = sorted(known, key=lambda pair: pair[0].started_utc, reverse=True)
    rows = []
    for line, measure in lines[:MOST_ROWS]:
        weeks = weeks_since(_date(line), injections)
        rows.append(
            (
                Cell(short_day(_date(line))),
                Cell(
                    f"{SHORT_KINDS[line.kind]}{f' · {line.plan_title}' if line.plan_title else ''}"
                ),
                Cell(with_unit(measure.value, measure.unit), Tone.STRONG),
                Cell(_setup(line.id, trend, newest), Tone.QUIET),
                Cell(MISSING if weeks is None else f"week {int(weeks) + 1}"),
                Cell(percent(line.success_pct)),
                Cell(percent(line.fixed_pct)),
                Cell(percent(line.excluded_pct), Tone.QUIET),
                Cell(_short(line.note) or MISSING, Tone.QUIET),
            )
        )
    more = len(lines) - MOST_ROWS
    table = Table(
        title="Sessions, newest first",
        headings=("Date", "What", "Value", "Set-up", "Since injection", "In target", "At fixed",
                  "Left out", "Note"),
        rows=tuple(rows),
        widths=(1.2, 2.9, 0.95, 0.75, 1.15, 0.8, 0.8, 0.75, 1.7),
        numbers_from=2,
        numbers_to=7,
        condition=f"{title}{f'; {more} older not listed' if more > 0 else ''}",
    )  # fmt: skip
    return without_empty_columns(table, MISSING)


def _setup(session_id: str, trend: Trend, newest: set[str]) -> str:
    """Return whether a session's microvolts compare with the newest ones."""
    if not trend.breaks:
        return MISSING
    return "as now" if session_id in newest else "other"


def _short(note: str) -> str:
    plain = " ".join(note.split())
    return plain if len(plain) <= LONGEST_NOTE else f"{plain[: LONGEST_NOTE - 1]}…"


def _beside(injections: Sequence[Injection], scores: Sequence[ScaleScore]) -> list[Row]:
    columns: list[Block] = []
    if injections:
        columns.append(_injection_table(injections))
    if scores:
        columns.append(_scale_table(scores))
    if not columns:
        return [across(Text("None entered.", title="Injections and scales"))]
    return [Row(tuple((one,) for one in columns), (1.2, 1.0)[: len(columns)])]


def _injection_table(injections: Sequence[Injection]) -> Table:
    newest = sorted(injections, key=lambda one: one.on, reverse=True)[:6]
    return Table(
        title="Injections, as entered",
        headings=("Date", "Product", "Muscles", "Units"),
        rows=tuple(
            (
                Cell(short_day(one.on)),
                Cell(one.product or MISSING),
                Cell(one.muscles or MISSING),
                Cell(number(one.units, 0)),
            )
            for one in newest
        ),
        widths=(1.0, 1.6, 1.8, 0.6),
        numbers_from=3,
    )


def _scale_table(scores: Sequence[ScaleScore]) -> Table:
    """Return the scales; a change is told in points and whether patients notice as much."""
    ordered = sorted(scores, key=lambda one: one.on)
    rows = []
    last: dict[str, float] = {}
    for score in ordered:
        scale = SCALES.get(score.scale)
        name = scale.name if scale is not None else score.scale
        change = MISSING
        if score.total is not None and score.scale in last:
            step = score.total - last[score.scale]
            noticed = scale is not None and scale.noticed(step)
            change = f"{signed(step)}{' (noticeable)' if noticed else ''}"
        if score.total is not None:
            last[score.scale] = score.total
        total = Cell(number(score.total, 0), Tone.STRONG)
        rows.append((Cell(short_day(score.on)), Cell(name), total, Cell(change)))
    return Table(
        title="Scales",
        headings=("Date", "Scale", "Total", "Change, points"),
        rows=tuple(reversed(rows[-6:])),
        widths=(1.0, 1.3, 0.6, 1.2),
        numbers_from=2,
    )
