"""Target performance: every exercise with its target then and now."""

from __future__ import annotations

from collections.abc import Sequence

from emgfeedback.people.values import SessionWhole, TrialResult
from emgfeedback.reports.page import Cell, Row, Table, Tone, across
from emgfeedback.reports.wording import MISSING, UNITS, number, percent, with_unit

KINDS = {
    "feedback": "with feedback",
    "probe": "no feedback",
    "retention": "no feedback, end",
}
MODES = {
    "relax": "let go",
    "activate": "activate",
    "band": "hold in a band",
    "trajectory": "follow a path",
    "contrast": "one quiet, one active",
    "balance": "left like right",
}


def trial_table(whole: SessionWhole) -> list[Row]:
    """Return one row for each exercise and kind of trial; nothing where there was none."""
    counted = [t for t in whole.trials if not t.result.get("repeated")]
    groups: dict[tuple[int, str, str], list[TrialResult]] = {}
    for trial in sorted(counted, key=lambda t: (t.step, t.number)):
        groups.setdefault((trial.step, trial.title, trial.kind), []).append(trial)
    if not groups:
        return []
    channels = {
        int(step.get("number", 0)): ", ".join((step.get("result") or {}).get("channels") or ())
        for step in whole.session.summary.get("steps", ())
        if step.get("kind") == "trials"
    }
    seen: set[int] = set()
    rows = []
    for (step, title, kind), trials in groups.items():
        of = "" if step in seen else channels.get(step, "")
        seen.add(step)
        rows.append(_row(title if of or step not in channels else "", of, kind, trials))
    table = Table(
        title="Target performance",
        headings=(
            "Exercise",
            "Trials",
            "In target",
            "At fixed",
            "Fixed target",
            "Last target",
            "Scored",
            "Left out",
        ),
        rows=tuple(rows),
        widths=(2.35, 1.5, 0.72, 0.68, 1.75, 1.75, 0.7, 0.66),
        numbers_from=2,
        condition="targets in the order of the muscles named; fixed: the exercise's first target",
    )
    return [across(table)]


def _row(title: str, channels: str, kind: str, trials: Sequence[TrialResult]) -> tuple[Cell, ...]:
    mode = trials[0].mode
    named = f"{title}: {MODES.get(mode, mode)}" if title else ""
    return (
        Cell(f"{named} ({channels})" if channels else named),
        Cell(f"{len(trials)} {KINDS.get(kind, kind)}"),
        Cell(percent(_share(trials, "success_pct")), Tone.STRONG),
        Cell(percent(_share(trials, "fixed_pct")), Tone.STRONG),
        Cell(_targets(trials[0], "fixed_thresholds")),
        Cell(_targets(trials[-1], "thresholds")),
        Cell(with_unit(sum(t.scored_s or 0.0 for t in trials) / 60, "min", 1)),
        Cell(percent(_left_out(trials)), Tone.QUIET),
    )


def _share(trials: Sequence[TrialResult], key: str) -> float | None:
    """Return the mean of a percentage, each trial by its scored time."""
    known = [
        (getattr(t, key), t.scored_s) for t in trials if getattr(t, key) is not None and t.scored_s
    ]
    weight = sum(seconds for _, seconds in known)
    return sum(value * seconds for value, seconds in known) / weight if weight else None


def _left_out(trials: Sequence[TrialResult]) -> float | None:
    scored = sum(t.scored_s or 0.0 for t in trials)
    excluded = sum(t.excluded_s or 0.0 for t in trials)
    return 100 * excluded / (scored + excluded) if scored + excluded else None


def _targets(trial: TrialResult, key: str) -> str:
    values = trial.result.get(key) or ()
    if not values:
        return MISSING
    unit = "%" if trial.mode == "balance" else str(trial.result.get("unit") or "uV")
    told = "\u00a0/\u00a0".join(number(float(v)) for v in values)
    return f"{told}\u00a0{UNITS.get(unit, unit)}"
