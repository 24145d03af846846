"""One session beside an earlier one; what cannot be compared says why."""

from __future__ import annotations

from emgfeedback.core.montage import Side
from emgfeedback.people.values import MeasureTaken, SessionWhole
from emgfeedback.reports.page import Block, Cell, Table, Tone
from emgfeedback.reports.wording import MISSING, UNITS, day, number, place, signed, with_unit

KEYS = {
    "success_fixed": "Time in the fixed target",
    "rest_of_reference": "rest, of reference",
    "rest": "at rest",
    "asymmetry_rest": "L/R difference, rest",
    "trick_index": "quieter with trick",
}
MOST_ROWS = 5


def compared(now: SessionWhole, then: SessionWhole) -> list[Block]:
    """Return the measures both sessions have."""
    same = now.session.setup == then.session.setup and bool(now.session.setup)
    percents = {(m.muscle, m.side) for m in now.measures if m.key == "rest_of_reference"}
    rows = []
    for measure in now.measures:
        place_of = (measure.muscle, measure.side)
        if measure.key not in KEYS or (measure.key == "rest" and place_of in percents):
            continue
        earlier = _same(then, measure)
        if earlier is not None:
            rows.append(_row(measure, earlier, same_setup=same))
    if not rows:
        return []
    on = day(then.session.started_utc.astimezone().date())
    return [
        Table(
            title=f"Beside {on}",
            headings=("Measure", "Then", "Now", "Change"),
            rows=tuple(rows[:MOST_ROWS]),
            widths=(2.7, 1.0, 1.0, 1.3),
            condition="may be chance: see the trend",
        )
    ]


def _same(whole: SessionWhole, wanted: MeasureTaken) -> MeasureTaken | None:
    key = (wanted.key, wanted.muscle, wanted.side, wanted.posture, wanted.unit)
    return next(
        (m for m in whole.measures if (m.key, m.muscle, m.side, m.posture, m.unit) == key), None
    )


def _row(now: MeasureTaken, then: MeasureTaken, *, same_setup: bool) -> tuple[Cell, ...]:
    side = Side.MIDLINE if now.key == "asymmetry_rest" else now.side
    who = place(now.muscle, side) if now.muscle else ""
    return (
        Cell(f"{who} {KEYS[now.key]}".strip()),
        Cell(with_unit(then.value, then.unit)),
        Cell(with_unit(now.value, now.unit), Tone.STRONG),
        Cell(_change(now, then, same_setup=same_setup)),
    )


def _change(now: MeasureTaken, then: MeasureTaken, *, same_setup: bool) -> str:
    if now.value is None or then.value is None:
        return MISSING
    if now.unit == "uV" and not same_setup:
        return "new set-up: none"
    step = now.value - then.value
    if now.unit == "%":
        return f"{signed(round(step, 1), 0 if abs(step) >= 10 else 1)} points"
    return f"{signed(step, 1)}\u00a0{UNITS.get(now.unit, now.unit)}" if step else number(0.0)
