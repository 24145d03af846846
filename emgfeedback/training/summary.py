"""What is kept of a session: numbers, a sentence for the patient, a line for the therapist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emgfeedback.training.plan_steps import Ladder, Step
from emgfeedback.training.run_journal import Journal
from emgfeedback.training.run_step import RunContext, StepRun

SUMMARY_VERSION = 1
MUCH_EXCLUDED_PCT = 25.0
CONTROL_WINDOW_S = 0.1


@dataclass(frozen=True, slots=True)
class RunRecord:
    """All that a summary is made of."""

    context: RunContext
    overactive: Mapping[str, str]
    taken: tuple[tuple[int, StepRun[Any]], ...]
    stopped: str
    journal: Journal


def session_summary(record: RunRecord) -> dict[str, Any]:
    """Return the summary, ready for JSON; absent values are None, units are in the keys."""
    plan = record.context.plan
    steps = [_step(index + 1, run) for index, run in record.taken]
    counted_steps = [step for step in steps if not step["repeated"]]
    trials = [
        {
            "step": step["number"],
            "title": step["title"],
            "unit": step["result"]["unit"],
            **trial,
            "repeated": trial["repeated"] or step["repeated"],
        }
        for step in steps
        if step["kind"] == "trials"
        for trial in step["result"]["trials"]
    ]
    counted = [trial for trial in trials if not trial["repeated"]]
    excluded_s = sum(trial["excluded_s"] for trial in counted)
    scored_s = sum(trial["scored_s"] for trial in counted)
    in_s = sum(trial["in_target_s"] for trial in counted)
    summary: dict[str, Any] = {
        "version": SUMMARY_VERSION,
        "plan": plan.name,
        "plan_title": plan.title,
        "plan_hash": plan.digest,
        "overactive": dict(record.overactive),
        "fs_hz": record.context.fs_hz,
        "device": record.context.device_facts,
        "filters": dict(record.context.filter_facts),
        "control_window_s": CONTROL_WINDOW_S,
        "channels": [channel.label for channel in record.context.montage.channels],
        "finished": record.journal.finished,
        "stopped": record.stopped or None,
        "elapsed_s": record.journal.elapsed_s,
        "seconds": record.journal.seconds,
        "scored_s": scored_s,
        "excluded_s": excluded_s,
        "success_pct": _pct(in_s, scored_s),
        "excluded_pct": _pct(excluded_s, scored_s + excluded_s),
        "paused_reasons": _reasons(counted),
        "trials": trials,
        "ratings": _ratings(counted_steps),
        "calibrations": [s["result"] for s in counted_steps if s["kind"] == "calibration"],
        "tricks": [s["result"] for s in counted_steps if s["kind"] == "trick"],
        "steps": steps,
        "log": [{"at_s": at_s, "words": words} for at_s, words in record.journal.log],
        "notes": [
            {"at_s": at_s, "kind": kind, "text": text} for at_s, kind, text in record.journal.notes
        ],
    }
    sentence, next_step = patient_words(summary)
    summary["patient_sentence"] = sentence
    summary["next_step"] = next_step
    summary["therapist_line"] = therapist_line(summary)
    return summary


def patient_sentence(summary: Mapping[str, Any]) -> str:
    """Return one plain sentence and one next step."""
    sentence, next_step = patient_words(summary)
    return f"{sentence} {next_step}"


def patient_words(summary: Mapping[str, Any]) -> tuple[str, str]:
    """Return what happened and what comes next, in plain words without numbers to decode."""
    counted = _counted(summary)
    feedback = [t for t in counted if t["kind"] == "feedback"]
    minutes = summary["scored_s"] / 60
    pain = _rise(summary, "pain")
    if pain is not None and pain >= 2:
        return (
            "The neck hurts more than before; that can happen.",
            "Rest now, and tell your therapist before the next session.",
        )
    if summary["stopped"]:
        return (
            "You stopped when it was enough, and that is right.",
            "Next time begin with an easier step.",
        )
    if not counted and any(step["kind"] == "movement" for step in summary.get("steps", ())):
        return (
            "Rest, posture and movements are recorded. Nothing was scored.",
            "Your therapist goes through it with you.",
        )
    if not counted and _compared(summary):
        return _trick_words(summary)
    if not counted:
        return (
            "We looked and measured today; nothing was scored.",
            "Next time you start to practise.",
        )
    excluded = summary["excluded_pct"]
    if not feedback or minutes == 0 or (excluded is not None and excluded > 2 * MUCH_EXCLUDED_PCT):
        return (
            "The sensors did not hold well today, so little could be counted.",
            "Take a little more time for the pads next time.",
        )
    length = f"{max(1, round(minutes))} minute{'s' if round(minutes) > 1 else ''}"
    success = summary["success_pct"] or 0.0
    if success < 50:
        return (
            f"You practised for {length}; it was a harder day. Good and bad days are normal.",
            "Next time take the easier step first.",
        )
    share = "most of the time" if success >= 66 else "more than half of the time"
    kept = _kept_without_feedback(counted)
    if kept:
        return (
            f"You practised for {length} and were in the target {share}, also without the picture.",
            "Try it once today without any screen.",
        )
    return (
        f"You practised for {length} and were in the target {share}.",
        "The same again next time.",
    )


def therapist_line(summary: Mapping[str, Any]) -> str:
    """Return the numbers of the session with unit, window, filter and reference."""
    counted = _counted(summary)
    parts = _blocks(counted)
    excluded = _number(summary["excluded_pct"])
    reasons = ", ".join(f"{k} {v:.0f} s" for k, v in summary["paused_reasons"].items())
    filters = "; ".join(f"{k}: {v}" for k, v in summary["filters"].items()) or "not stated"
    tricks = [_trick_line(trick) for trick in summary["tricks"]]
    left_out = f"left out {excluded} %" + (f" ({reasons})" if reasons else "")
    what = "; ".join([*tricks, *parts, *([left_out] if counted else [])]) or "no trial"
    reference = "reference: " + (_references(summary) or "none")
    window = f"RMS {1000 * summary['control_window_s']:g} ms, filters {filters}"
    return f"{what}; {window}; {reference}."


def _blocks(counted: list[dict[str, Any]]) -> list[str]:
    """Return the numbers of each block, apart for its trials with and without feedback.

    Every block has its own target, so nothing is told across them.
    """
    told: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for trial in counted:
        told.setdefault((trial["step"], trial["mode"], trial["kind"]), []).append(trial)
    several = len({step for step, _, _ in told}) > 1
    parts = []
    for (_, mode, kind), chosen in told.items():
        scored_s = sum(t["scored_s"] for t in chosen)
        success = _pct(sum(t["in_target_s"] for t in chosen), scored_s)
        fixed = _mean_weighted(chosen, "fixed_pct")
        first, last = chosen[0]["thresholds"], chosen[-1]["thresholds"]
        unit = "%" if mode == "balance" else chosen[0]["unit"]
        name = f"{chosen[0]['title']}: {mode} {kind}" if several else f"{mode} {kind}"
        parts.append(
            f"{name} n={len(chosen)}: {_number(success)} % in target, "
            f"{_number(fixed)} % at the fixed start, "
            f"target {_numbers(first)} to {_numbers(last)} {unit}"
        )
    return parts


def _compared(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the effect of every trick on every channel where it could be measured."""
    effects = [effect for trick in summary["tricks"] for effect in trick["effect"]]
    return [effect for effect in effects if effect["index_pct"] is not None]


def _trick_words(summary: Mapping[str, Any]) -> tuple[str, str]:
    if any(effect["marked"] for effect in _compared(summary)):
        return (
            "With the hand in its place a muscle grew clearly quieter.",
            "Your therapist can tell you which place it was.",
        )
    return (
        "No place made a clear difference today; that is a normal result.",
        "Your therapist will say what comes next.",
    )


def _trick_line(trick: Mapping[str, Any]) -> str:
    said = []
    for label, effect in zip(trick["channels"], trick["effect"], strict=False):
        pct = effect["index_pct"]
        if pct is None:
            said.append(f"{label} – ({effect['reason']})")
            continue
        change = f"{label} {abs(pct):.0f} % {'less' if pct >= 0 else 'more'}"
        said.append(change + (" (marked)" if effect["marked"] else ""))
    name = f"trick: {trick['trick']}" if trick["trick"] else "trick"
    return f"{name}: {', '.join(said) or 'not taken'}"


def _step(number: int, run: StepRun[Any]) -> dict[str, Any]:
    step: Step = run.step
    ladder = getattr(step, "ladder", None)
    return {
        "number": number,
        "kind": step.kind.value,
        "title": step.shown_title,
        "skipped": run.skipped or None,
        "repeated": run.repeated,
        "ladder": _ladder(ladder) if isinstance(ladder, Ladder) else None,
        "result": run.result(),
    }


def _ladder(ladder: Ladder) -> dict[str, Any]:
    return {
        "posture": ladder.posture,
        "head_support": ladder.head_support,
        "eyes": ladder.eyes,
        "trick": ladder.trick,
        "dual_task": ladder.dual_task,
    }


def _counted(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [trial for trial in summary["trials"] if not trial["repeated"]]


def _pct(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole else None


def _reasons(trials: list[dict[str, Any]]) -> dict[str, float]:
    seconds: dict[str, float] = {}
    for trial in trials:
        for reason, s in trial["paused_reasons"].items():
            seconds[reason] = seconds.get(reason, 0.0) + s
    return seconds


def _ratings(steps: list[dict[str, Any]]) -> dict[str, dict[str, int | None]]:
    return {s["result"]["when"]: s["result"]["ratings"] for s in steps if s["kind"] == "ratings"}


def _rise(summary: Mapping[str, Any], key: str) -> int | None:
    before = summary["ratings"].get("before", {}).get(key)
    after = summary["ratings"].get("after", {}).get(key)
    return None if before is None or after is None else after - before


def _kept_without_feedback(trials: list[dict[str, Any]]) -> bool:
    probes = [t["fixed_pct"] for t in trials if t["kind"] != "feedback"]
    known = [value for value in probes if value is not None]
    return bool(known) and sum(known) / len(known) >= 66


def _mean_weighted(trials: list[dict[str, Any]], key: str) -> float | None:
    known = [(t[key], t["scored_s"]) for t in trials if t[key] is not None and t["scored_s"]]
    weight = sum(s for _, s in known)
    return sum(value * s for value, s in known) / weight if weight else None


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _numbers(values: list[float]) -> str:
    return "/".join(f"{value:.1f}" for value in values)


def _references(summary: Mapping[str, Any]) -> str:
    words = []
    for calibration in summary["calibrations"]:
        levels = ", ".join(
            f"{c['label']} {c['value_uv']:.1f} uV"
            for c in calibration["channels"]
            if c["value_uv"] is not None
        )
        words.append(f"{calibration['method']} {levels or calibration['reason'] or 'not taken'}")
    return "; ".join(words)
