"""Words of one session: methods, postures, reasons, trials, and numbers with their units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from emgfeedback.core.montage import Side
from emgfeedback.people.values import CalibrationResult, Session, TrialResult
from emgfeedback.ui import words
from emgfeedback.ui.person import person_words

FEEDBACK = "feedback"


def percent(value: float | None) -> str:
    """Return whole percent; a dash where it is not known."""
    return person_words.percent(value)


def microvolts(value_uv: object) -> str:
    """Return a level with its unit; a dash where there is none."""
    if isinstance(value_uv, bool) or not isinstance(value_uv, int | float):
        return words.DASH
    return f"{words.microvolts(float(value_uv))} µV"


def missing(reason: str) -> str:
    """Return a dash with the reason why there is no number."""
    why = reason or QCoreApplication.translate("Session", "not measured")
    return f"{words.DASH} ({why})"


def seconds(value_s: float) -> str:
    """Return a short time as `12 s`, or minutes and seconds from a minute and a half on."""
    if value_s < 89.5:
        decimals = 1 if 0 < value_s < 9.95 else 0
        said = QCoreApplication.translate("Session", "%1 s")
        return said.replace("%1", words.number(value_s, decimals))
    said = QCoreApplication.translate("Session", "%1 min %2 s")
    whole = round(value_s)
    return said.replace("%1", words.whole(whole // 60)).replace("%2", words.whole(whole % 60))


def subtitle(session: Session) -> str:
    """Return kind, day, time and length of a session, and whether it ended early."""
    parts = [
        person_words.kind(session.kind),
        person_words.day(person_words.local(session.started_utc).date()),
        person_words.time_of_day(session.started_utc),
    ]
    if session.duration_s is not None:
        parts.append(seconds(session.duration_s))
    if session.summary and not session.finished:
        parts.append(QCoreApplication.translate("Session", "ended early"))
    return " · ".join(parts)


def method(name: str) -> str:
    """Return how a level was taken."""
    return {
        "rest": QCoreApplication.translate("Session", "At rest"),
        "rvc_trapezius": QCoreApplication.translate("Session", "Reference: arms held out at 90°"),
        "rvc_scm": QCoreApplication.translate("Session", "Reference: forehead into the palm"),
        "rvc_splenius": QCoreApplication.translate("Session", "Reference: head into the hands"),
        "mvc": QCoreApplication.translate("Session", "Reference: as strong as possible"),
    }.get(name) or name.replace("_", " ").capitalize()


def posture(name: str) -> str:
    """Return a posture in a word."""
    return {
        "supine": QCoreApplication.translate("Session", "lying"),
        "reclined": QCoreApplication.translate("Session", "reclined"),
        "seated": QCoreApplication.translate("Session", "seated"),
        "standing": QCoreApplication.translate("Session", "standing"),
        "walking": QCoreApplication.translate("Session", "walking"),
    }.get(name, name)


def calibration_conditions(taken: CalibrationResult) -> str:
    """Return posture, head support and filters of a calibration; what is not known says so."""
    support = {
        True: QCoreApplication.translate("Session", "head supported"),
        False: QCoreApplication.translate("Session", "head free"),
        None: QCoreApplication.translate("Session", "head support not stated"),
    }[taken.head_support]
    facts = taken.result.get("facts") or {}
    filters = str(facts.get("filter_facts") or "")
    sat = posture(taken.posture) or QCoreApplication.translate("Session", "posture not stated")
    through = filters or QCoreApplication.translate("Session", "filters not stated")
    return f"{sat}, {support} · {through}"


def why_no_level(taken: CalibrationResult) -> str:
    """Return the level of a calibration, or a dash with the reason."""
    if taken.value_uv is not None:
        return microvolts(taken.value_uv)
    return missing(reason(str(taken.result.get("reason") or "")))


def reason(name: str) -> str:
    """Return why something was left out, in the user's language where it is known."""
    return {
        "quality": QCoreApplication.translate("Session", "a signal could not be used"),
        "gap": QCoreApplication.translate("Session", "data were missing"),
        "settling": QCoreApplication.translate("Session", "the filters were settling"),
        "user": QCoreApplication.translate("Session", "paused by hand"),
        "unconfirmed": QCoreApplication.translate("Session", "too close to the end to be sure"),
        "not measured": QCoreApplication.translate("Session", "not measured"),
    }.get(name, name)


def rating(key: str) -> str:
    """Return what was rated, with its scale."""
    return {
        "pain": QCoreApplication.translate("Session", "Pain"),
        "tension": QCoreApplication.translate("Session", "Tension"),
        "effort": QCoreApplication.translate("Session", "Effort"),
        "fatigue": QCoreApplication.translate("Session", "Tiredness"),
    }.get(key) or key.replace("_", " ").capitalize()


def trial_name(trial: TrialResult) -> str:
    """Return a trial by its exercise and number, and that it had no feedback."""
    named = QCoreApplication.translate("Session", "%1, trial %2").replace("%1", trial.title)
    named = named.replace("%2", words.whole(trial.number))
    if trial.kind == FEEDBACK:
        return named
    without = QCoreApplication.translate("Session", "no feedback")
    return f"{named}, {without}"


def trial_told(trial: TrialResult) -> str:
    """Return everything about a trial in one sentence, with units and conditions."""
    parts = [_in_target(trial)]
    target = targets(trial, "fixed_thresholds")
    if trial.fixed_pct is not None:
        at = QCoreApplication.translate("Session", "%1 at the fixed reference")
        told = at.replace("%1", percent(trial.fixed_pct))
        parts.append(f"{told} {target}".strip())
    if trial.scored_s is not None:
        scored = QCoreApplication.translate("Session", "%1 scored")
        parts.append(scored.replace("%1", seconds(trial.scored_s)))
    if trial.excluded_s:
        left = QCoreApplication.translate("Session", "%1 left out")
        told = left.replace("%1", seconds(trial.excluded_s))
        why = reasons(trial.result.get("paused_reasons") or {})
        parts.append(f"{told} ({why})" if why else told)
    if trial.result.get("repeated"):
        parts.append(QCoreApplication.translate("Session", "done again later, not counted"))
    return f"{trial_name(trial)}: {'; '.join(parts)}"


def _in_target(trial: TrialResult) -> str:
    if trial.success_pct is None:
        return missing(QCoreApplication.translate("Session", "nothing could be scored"))
    target = targets(trial, "thresholds")
    told = QCoreApplication.translate("Session", "%1 in target").replace(
        "%1", percent(trial.success_pct)
    )
    return f"{told} {target}".strip()


def targets(trial: TrialResult, key: str) -> str:
    """Return the thresholds of a trial with their unit, in brackets; empty where unknown."""
    values = trial.result.get(key) or ()
    if not isinstance(values, Sequence) or not values:
        return ""
    unit = "%" if trial.mode == "balance" else person_words.unit(str(trial.result.get("unit", "")))
    return f"({' / '.join(words.number(float(v)) for v in values)} {unit})"


def reasons(left_out_s: Mapping[str, Any]) -> str:
    """Return why time was left out, longest first, as `a signal could not be used 12 s`."""
    known = {k: v for k, v in left_out_s.items() if isinstance(v, int | float)}
    ordered = sorted(known.items(), key=lambda item: -item[1])
    return ", ".join(f"{reason(name)} {seconds(value_s)}" for name, value_s in ordered)


def place(muscle: str, side: Side, label: str = "") -> str:
    """Return a muscle with its side; the channel's label where no muscle is known."""
    known = muscle and muscle not in ("other", label)
    return person_words.place(muscle, side) if known else label or words.DASH
