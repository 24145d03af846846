"""The summary of a training run, and the recording beside it, as values the register keeps."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from emgfeedback.core.montage import Channel, Side, pairs_of
from emgfeedback.measures.symmetry import asymmetry_index
from emgfeedback.people.values import (
    CalibrationResult,
    MeasureTaken,
    OfSession,
    RatingGiven,
    Session,
    SessionKind,
    TrialResult,
)

FEEDBACK = "feedback"
ASSESSMENT_PLAN = "recording-before-injections"
"""Name of the plan whose sessions at the clinic are assessments."""
SUMMARY_FILE = "summary_file"
"""Among a session's settings: name of its summary in the data folder."""


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """What a recording says of itself and a session keeps."""

    started_utc: dt.datetime
    duration_s: float
    channels: tuple[Channel, ...]
    app_version: str = ""
    firmware: str = ""
    device: str = ""


def setup_of(channels: Sequence[Channel], filters: Mapping[str, str], device: str) -> str:
    """Return a short mark that changes with anything microvolts depend on.

    Electrode site and spacing, sensor and gain of every channel, filters and board. Where the
    mark of two sessions differs, their microvolts cannot be compared.
    """
    facts = {
        "channels": [
            [c.label, c.muscle, c.side.value, c.site, c.spacing_mm, c.sensor, c.gain]
            for c in channels
        ],
        "filters": dict(sorted(filters.items())),
        "device": device.split(",", maxsplit=1)[0],
    }
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def session_of(
    patient_id: str,
    kind: SessionKind,
    summary: Mapping[str, Any],
    facts: RecordingFacts,
    note: str = "",
) -> Session:
    """Return the session a summary (empty for a free recording) and its recording tell of."""
    filters = _filters(summary)
    if kind in (SessionKind.VISIT, SessionKind.FREE) and summary.get("plan") == ASSESSMENT_PLAN:
        kind = SessionKind.ASSESSMENT
    device = str(summary.get("device") or facts.device)
    return Session(
        patient_id=patient_id,
        started_utc=facts.started_utc,
        kind=kind,
        plan=str(summary.get("plan") or ""),
        plan_title=str(summary.get("plan_title") or ""),
        duration_s=_number(summary.get("elapsed_s")) or facts.duration_s,
        finished=bool(summary.get("finished", False)),
        success_pct=_number(summary.get("success_pct")),
        fixed_pct=_weighted(_counted(summary), "fixed_pct"),
        excluded_pct=_number(summary.get("excluded_pct")),
        setup=setup_of(facts.channels, filters, device),
        app_version=facts.app_version,
        firmware=facts.firmware,
        device=device,
        settings={"filters": filters, "control_window_s": summary.get("control_window_s")},
        summary=dict(summary),
        note=note,
    )


def values_of(session: Session, channels: Sequence[Channel]) -> list[OfSession]:
    """Return trials, calibrations, ratings and measures of a session's summary."""
    summary = session.summary
    by_label = {channel.label: channel for channel in channels}
    values: list[OfSession] = [
        *_trials(summary),
        *_calibrations(summary, by_label),
        *_ratings(summary),
        *_measures(session, by_label),
    ]
    return [
        replace(value, patient_id=session.patient_id, session_id=session.id) for value in values
    ]


def _trials(summary: Mapping[str, Any]) -> Iterable[TrialResult]:
    for trial in summary.get("trials", ()):
        yield TrialResult(
            number=trial["number"],
            step=trial["step"],
            title=trial["title"],
            mode=trial["mode"],
            kind=trial["kind"],
            success_pct=trial["success_pct"],
            fixed_pct=trial["fixed_pct"],
            scored_s=trial["scored_s"],
            excluded_s=trial["excluded_s"],
            result=trial,
            patient_id="",
            session_id="",
        )


def _calibrations(
    summary: Mapping[str, Any], by_label: Mapping[str, Channel]
) -> Iterable[CalibrationResult]:
    for taken in summary.get("calibrations", ()):
        for found in taken["channels"]:
            muscle, side = _place(by_label, found["label"])
            yield CalibrationResult(
                method=taken["method"],
                label=found["label"],
                muscle=muscle,
                side=side,
                value_uv=found["value_uv"],
                posture=str(taken.get("posture") or ""),
                head_support=taken.get("head_support"),
                result=found,
                patient_id="",
                session_id="",
            )


def _ratings(summary: Mapping[str, Any]) -> Iterable[RatingGiven]:
    for when, given in summary.get("ratings", {}).items():
        for key, value in given.items():
            if value is not None:
                yield RatingGiven(when=when, key=key, value=value, patient_id="", session_id="")


def _measures(session: Session, by_label: Mapping[str, Channel]) -> Iterable[MeasureTaken]:
    summary = session.summary
    window = f"RMS {1000 * summary['control_window_s']:g} ms" if summary else ""
    for key, value in (
        ("success", session.success_pct),
        ("success_fixed", session.fixed_pct),
        ("excluded", session.excluded_pct),
    ):
        if value is not None:
            yield _measure(key, value, "%", f"of scored time, {window}")
    rests = [taken for taken in summary.get("calibrations", ()) if taken["method"] == "rest"]
    references = _references(summary)
    for rest in rests[:1]:
        yield from _at_rest(rest, references, by_label)
    for tested in summary.get("tricks", ()):
        yield from _tricks(tested, by_label)
    yield from _working(summary, by_label)


def _measure(
    key: str,
    value: float,
    unit: str,
    conditions: str,
    place: tuple[str, Side] = ("", Side.MIDLINE),
    posture: str = "",
) -> MeasureTaken:
    muscle, side = place
    return MeasureTaken(
        key=key,
        muscle=muscle,
        side=side,
        posture=posture,
        value=value,
        unit=unit,
        conditions=conditions,
        patient_id="",
        session_id="",
    )


def _at_rest(
    rest: Mapping[str, Any],
    references: Mapping[str, tuple[float, str, str]],
    by_label: Mapping[str, Channel],
) -> Iterable[MeasureTaken]:
    posture = str(rest.get("posture") or "")
    found = {c["label"]: c for c in rest["channels"] if c["value_uv"] is not None}
    filters = ""
    for label, taken in found.items():
        place = _place(by_label, label)
        filters = str(taken["facts"].get("filter_facts", ""))
        yield _measure("rest", taken["value_uv"], "uV", filters, place, posture)
        value_uv, method, reference_filters = references.get(label, (0.0, "", ""))
        if value_uv > 0 and reference_filters == filters:
            share = 100 * taken["value_uv"] / value_uv
            of = f"{filters}; of own {method}"
            yield _measure("rest_of_reference", share, "%", of, place, posture)
    channels = [by_label[label] for label in found if label in by_label]
    for pair in pairs_of(channels):
        left, right = channels[pair.left].label, channels[pair.right].label
        asymmetry = _asymmetry(found[left], found[right])
        if asymmetry is not None:
            of = f"(L-R)/(L+R) of resting levels, noise taken out; {filters}"
            both = (pair.muscle, Side.MIDLINE)
            yield _measure("asymmetry_rest", asymmetry, "%", of, both, posture)


def _asymmetry(left: Mapping[str, Any], right: Mapping[str, Any]) -> float | None:
    """Return the index of two resting levels; None where both lie near the noise floor."""
    levels = [_number(side.get("corrected_uv")) for side in (left, right)]
    floors = [_number(side.get("floor_uv")) or 0.0 for side in (left, right)]
    if levels[0] is None or levels[1] is None:
        return None
    if all(level < 2 * floor for level, floor in zip(levels, floors, strict=True) if level):
        return None
    return asymmetry_index(levels[0], levels[1])


def _references(summary: Mapping[str, Any]) -> dict[str, tuple[float, str, str]]:
    """Return label -> (microvolts, method, filters) of the last reference contraction."""
    return {
        found["label"]: (
            found["value_uv"],
            taken["method"],
            str(found["facts"].get("filter_facts", "")),
        )
        for taken in summary.get("calibrations", ())
        if taken["method"] != "rest"
        for found in taken["channels"]
        if found["value_uv"] is not None
    }


def _tricks(tested: Mapping[str, Any], by_label: Mapping[str, Channel]) -> Iterable[MeasureTaken]:
    of = f"100 (1 - RMS with / RMS without), noise taken out; {tested['trick']}"
    for label, effect in zip(tested["channels"], tested["effect"], strict=False):
        if effect["index_pct"] is not None:
            yield _measure("trick_index", effect["index_pct"], "%", of, _place(by_label, label))


def _working(summary: Mapping[str, Any], by_label: Mapping[str, Channel]) -> Iterable[MeasureTaken]:
    """Yield the level of each channel in the trials of a mode: mean of the trials' medians."""
    levels: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for trial in _counted(summary):
        for label, of_channel in (trial.get("measures") or {}).get("channels", {}).items():
            middle = _number(of_channel.get("p50"))
            if middle is not None and trial["scored_s"]:
                key = (trial["mode"], label, trial["unit"])
                levels.setdefault(key, []).append((middle, trial["scored_s"]))
    of = f"median level of the trials; {'; '.join(_filters(summary).values())}"
    for (mode, label, unit), found in levels.items():
        mean = sum(value * s for value, s in found) / sum(s for _, s in found)
        yield _measure(f"level_{mode}", mean, unit, of, _place(by_label, label))


def _place(by_label: Mapping[str, Channel], label: str) -> tuple[str, Side]:
    channel = by_label.get(label)
    return (channel.muscle, channel.side) if channel else (label, Side.MIDLINE)


def _counted(summary: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        trial
        for trial in summary.get("trials", ())
        if not trial["repeated"] and trial["kind"] == FEEDBACK
    ]


def _weighted(trials: Iterable[Mapping[str, Any]], key: str) -> float | None:
    known = [(t[key], t["scored_s"]) for t in trials if t[key] is not None and t["scored_s"]]
    weight = sum(seconds for _, seconds in known)
    return sum(value * seconds for value, seconds in known) / weight if weight else None


def _filters(summary: Mapping[str, Any]) -> dict[str, str]:
    return {str(k): str(v) for k, v in (summary.get("filters") or {}).items()}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
