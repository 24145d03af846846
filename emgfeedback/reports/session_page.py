"""The page of one session: for the patient a sentence, for the therapist the numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from emgfeedback.measures.trend import weeks_since
from emgfeedback.people.values import Injection, Patient, Placement, SessionKind, SessionWhole
from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.compared import compared
from emgfeedback.reports.conditions import (
    conditions,
    filters_words,
    posture_words,
    reference_words,
    with_placements,
)
from emgfeedback.reports.gather import ChannelNumbers, channels_of, gather
from emgfeedback.reports.page import (
    Block,
    Cell,
    Fact,
    Facts,
    Page,
    Row,
    Table,
    Text,
    Tone,
    across,
    without_empty_columns,
)
from emgfeedback.reports.session_charts import side_figure, trial_figure
from emgfeedback.reports.source import Source
from emgfeedback.reports.trial_table import trial_table
from emgfeedback.reports.wording import (
    MISSING,
    clock_day,
    day,
    duration,
    listed,
    muscle,
    number,
    percent,
    signed,
    with_unit,
)

KINDS = {
    SessionKind.VISIT: "Visit",
    SessionKind.HOME: "Home practice",
    SessionKind.ASSESSMENT: "Assessment",
    SessionKind.FREE: "Session",
}
RATINGS = {"pain": "Pain", "tension": "Tension", "effort": "Effort"}
LONGEST_NOTE = 600
"""Characters of a note on the page; the record keeps the rest."""


def session_report(
    whole: SessionWhole,
    patient: Patient | None = None,
    *,
    previous: SessionWhole | None = None,
    clinic: Clinic | None = None,
    injections: Sequence[Injection] = (),
    placements: Sequence[Placement] = (),
    source: Source | None = None,
    made: dt.datetime | None = None,
) -> Page:
    """Return the page of a session.

    Parameters
    ----------
    previous
        The session to compare with; None leaves the comparison out.
    placements
        Fill electrode facts that the recording leaves open.
    source
        What the recording says of itself; None where there is none.
    made
        When the report is made, with time zone; the same values give the same page.
    """
    clinic = clinic or Clinic()
    session, summary = whole.session, whole.session.summary
    channels = with_placements(channels_of(whole, source), placements)
    numbers = gather(whole, channels)
    filters = {str(k): str(v) for k, v in (session.settings.get("filters") or {}).items()}
    rows = [
        side_figure(whole, numbers, facing=clinic.facing),
        *trial_figure(whole),
        *trial_table(whole),
        across(_muscle_table(whole, numbers)),
        _outcome(whole, previous, source),
        across(
            conditions(
                channels,
                source,
                filters_words(filters),
                level_words(session.settings.get("control_window_s")),
                reference_words(whole.calibrations),
                posture_words(whole.calibrations),
            )
        ),
    ]
    return Page(
        title=session.plan_title or "Recording without a plan",
        subtitle=_subtitle(whole),
        subject=subject(patient, clinic),
        clinic=clinic,
        facts=_identity(whole, patient, clinic, injections),
        sentence=str(summary.get("patient_sentence") or ""),
        next_step=str(summary.get("next_step") or ""),
        rows=tuple(rows),
        origin=origin(session.app_version, session.firmware, source, _kept_digest(whole)),
        made=made or dt.datetime.now(dt.UTC),
    )


def subject(patient: Patient | None, clinic: Clinic) -> str:
    """Return the pseudonym, with the name where the clinic asked for it."""
    if patient is None:
        return "not assigned"
    named = clinic.show_name and patient.name
    return f"{patient.pseudonym}, {patient.name}" if named else patient.pseudonym


def origin(app_version: str, firmware: str, source: Source | None, kept: str = "") -> str:
    """Return what made the numbers: program, firmware, file and its digest."""
    digest = (source.sha256 if source is not None else "") or kept
    parts = [
        f"emgfeedback {app_version}".strip(),
        f"firmware {firmware}" if firmware else "",
        source.name if source is not None else "",
        f"SHA-256 {digest}" if digest else "no recording kept",
    ]
    return " · ".join(part for part in parts if part)


def level_words(window_s: object) -> str:
    """Return how levels are smoothed and what their percentiles are of."""
    if not isinstance(window_s, int | float):
        return "not stated"
    window = f"RMS over {1000 * window_s:g} ms, causal, not rectified before"
    return (
        f"{window}; at rest the median of 125 ms RMS; for left/right differences the noise floor "
        "is taken out as power"
    )


def identity(patient: Patient | None, clinic: Clinic) -> list[Fact]:
    """Return who it is, as far as the report may say."""
    born = f", born {patient.birth_year}" if patient and patient.birth_year else ""
    facts = [Fact("Patient", f"{subject(patient, clinic)}{born}")]
    if patient is not None and patient.posture:
        side = patient.posture_side
        to = f" ({side.value})" if side is not None else ""
        facts.append(Fact("Posture (entered)", f"{patient.posture}{to}"))
    return facts


def injection_fact(injections: Sequence[Injection], on: dt.date) -> Fact:
    """Return the last injection before `on` and how long ago it was."""
    before = [one for one in injections if one.on <= on]
    if not before:
        return Fact("Last injection", "none entered")
    last = max(before, key=lambda one: one.on)
    weeks = weeks_since(on, [last.on]) or 0.0
    what = ", ".join(part for part in (last.product, last.muscles) if part)
    entered = f": {what}" if what else ""
    ago = f"{(on - last.on).days} days (week {int(weeks) + 1})"
    return Fact("Last injection", f"{day(last.on)}, {ago}{entered}")


def _subtitle(whole: SessionWhole) -> str:
    session = whole.session
    parts = [KINDS[session.kind], clock_day(session.started_utc), duration(session.duration_s)]
    if session.summary and not session.finished:
        parts.append("ended early")
    return " · ".join(parts)


def _identity(
    whole: SessionWhole, patient: Patient | None, clinic: Clinic, injections: Sequence[Injection]
) -> tuple[Fact, ...]:
    session = whole.session
    on = session.started_utc.astimezone().date()
    overactive = session.summary.get("overactive") or {}
    sides = listed(f"{side} {muscle(key)}" for key, side in overactive.items())
    facts = identity(patient, clinic)
    if injections:
        facts.append(injection_fact(injections, on))
    if sides:
        facts.append(Fact("Overactive (entered)", sides))
    facts.append(Fact("Plan", session.plan or "none"))
    facts.append(Fact("Board", session.device or "not known"))
    return tuple(facts)


def _muscle_table(whole: SessionWhole, numbers: Sequence[ChannelNumbers]) -> Table:
    shown = [n for n in numbers if n.bad or n.rest or n.reference or n.level] or numbers
    rows = tuple(_muscle_row(n) for n in shown)
    mode = next((n.level.key.removeprefix("level_") for n in shown if n.level), "")
    window_s = whole.session.settings.get("control_window_s")
    window = "RMS, window not stated"
    if isinstance(window_s, int | float):
        window = f"RMS over {1000 * window_s:g} ms"
    table = Table(
        title="Every muscle",
        headings=(
            "Muscle",
            "At rest",
            "Noise floor",
            "Rest of reference",
            "Reference",
            "Spread of takes",
            f"In the trials{f' ({mode})' if mode else ''}",
            "Signal check",
        ),
        rows=rows,
        widths=(1.5, 1.0, 1.0, 1.1, 1.0, 1.0, 1.2, 1.1),
        numbers_to=6,
        condition=f"{window}; medians",
    )
    return without_empty_columns(table, MISSING)


def _muscle_row(n: ChannelNumbers) -> tuple[Cell, ...]:
    rest = n.rest.result if n.rest else {}
    spread = n.reference.result.get("spread_pct") if n.reference else None
    level = n.level
    return (
        Cell(muscle(n.channel.muscle) if n.channel.muscle != "other" else n.channel.label,
             side=n.channel.side),
        _taken(n.rest.value_uv if n.rest else None, str(rest.get("reason") or "")),
        Cell(with_unit(rest.get("floor_uv"), "uV"), Tone.QUIET),
        Cell(percent(n.rest_pct)),
        Cell(with_unit(n.reference.value_uv if n.reference else None, "uV")),
        Cell(percent(spread), Tone.QUIET),
        Cell(with_unit(level.value, level.unit) if level else MISSING),
        Cell("not good", Tone.LEFT_OUT) if n.bad else Cell("good" if n.checked else MISSING),
    )  # fmt: skip


def _taken(value_uv: float | None, reason: str) -> Cell:
    if value_uv is not None:
        return Cell(with_unit(value_uv, "uV"), Tone.STRONG)
    return Cell(f"not taken: {reason}", Tone.LEFT_OUT) if reason else Cell(MISSING)


def _quality(whole: SessionWhole, source: Source | None) -> Facts:
    summary = whole.session.summary
    reasons: Mapping[str, Any] = summary.get("paused_reasons") or {}
    why = listed(f"{name} {seconds:.0f} s" for name, seconds in reasons.items())
    scored, excluded = summary.get("scored_s"), summary.get("excluded_s")
    facts = []
    if scored is not None:
        facts.append(Fact("Scored", duration(scored)))
        left_out = f"{percent(whole.session.excluded_pct)}, {duration(excluded)}"
        words = f"{left_out}{f' ({why})' if why else ''}" if excluded else "nothing"
        facts.append(Fact("Left out", words))
    if source is not None:
        lost = f"{source.lost} of {source.n_samples} samples in {source.gaps} gaps"
        facts.append(Fact("Recording", "complete, no gap" if not source.gaps else f"lost {lost}"))
    spans = [span for row in whole.recordings for span in row.left_out]
    if spans:
        words = listed(f"{a:.1f} to {b:.1f} s ({why})" for a, b, why in spans[:4])
        more = f" and {len(spans) - 4} more" if len(spans) > 4 else ""
        facts.append(Fact("Marked as artefact", f"{words}{more}"))
    skipped = [
        f"{step['title']} ({step['skipped']})"
        for step in summary.get("steps", ())
        if step.get("skipped")
    ]
    if skipped:
        facts.append(Fact("Skipped", "; ".join(dict.fromkeys(skipped))))
    if summary.get("stopped"):
        facts.append(Fact("Stopped", str(summary["stopped"])))
    return Facts(tuple(facts), title="Quality and what was left out")


def _ratings(whole: SessionWhole) -> Block:
    given: dict[str, dict[str, int | None]] = {}
    for rating in whole.ratings:
        given.setdefault(rating.key, {})[rating.when] = rating.value
    if not given:
        return Text("No rating was given.", title="How it felt")
    rows = []
    for key, values in given.items():
        before, after = values.get("before"), values.get("after")
        change = MISSING if before is None or after is None else signed(after - before)
        rows.append(
            (
                Cell(RATINGS.get(key, key)),
                Cell(number(before, 0)),
                Cell(number(after, 0), Tone.STRONG),
                Cell(change, Tone.QUIET),
            )
        )
    return Table(
        title="How it felt",
        headings=("0 to 10", "Before", "After", "Change"),
        rows=tuple(rows),
        widths=(1.4, 1.0, 1.0, 1.0),
    )


def _outcome(whole: SessionWhole, previous: SessionWhole | None, source: Source | None) -> Row:
    """Return quality and ratings, beside the comparison and the notes where there are any."""
    beside = [*(compared(whole, previous) if previous is not None else ()), *_notes(whole)]
    if not beside:
        return Row(((_quality(whole, source),), (_ratings(whole),)), (1.2, 1.0))
    return Row(((_quality(whole, source), _ratings(whole)), tuple(beside)), (1.0, 1.1))


def _notes(whole: SessionWhole) -> list[Block]:
    told = [whole.session.note] if whole.session.note else []
    for note in whole.session.summary.get("notes", ()):
        told.append(f"{duration(note['at_s'])}: {note['text']}")
    if not told:
        return []
    text = "  ".join(told)
    if len(text) > LONGEST_NOTE:
        text = f"{text[:LONGEST_NOTE].rstrip()} … (the rest is in the record)"
    return [Text(text, title="Notes")]


def _kept_digest(whole: SessionWhole) -> str:
    return next((row.sha256 for row in whole.recordings if row.sha256), "")
