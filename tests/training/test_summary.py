"""The words at the end: plain, honest, on good and on bad days."""

from __future__ import annotations

from typing import Any

import pytest

from emgfeedback.training.plan import find_plan, load_plan
from emgfeedback.training.summary import patient_words, therapist_line
from tests.training.clinic import clinic


def session(**changes: Any) -> dict[str, Any]:
    trial = {
        "step": 1, "title": "Shoulders",
        "mode": "relax", "kind": "feedback", "repeated": False, "unit": "uV", "scored_s": 300.0,
        "in_target_s": 240.0, "fixed_pct": 71.0, "thresholds": [9.0],
    }  # fmt: skip
    return {
        "trials": [trial, {**trial, "thresholds": [7.5], "fixed_pct": 65.0}],
        "ratings": {},
        "calibrations": [],
        "tricks": [],
        "filters": {"rest": "HP 30 Hz o4"},
        "control_window_s": 0.1,
        "scored_s": 600.0,
        "success_pct": 80.0,
        "excluded_pct": 4.0,
        "paused_reasons": {"quality": 25.0},
        "stopped": None,
        **changes,
    }


def trick(index_pct: float | None, *, marked: bool = False) -> dict[str, Any]:
    effect = {"index_pct": index_pct, "marked": marked, "reason": "" if index_pct else "noise"}
    return {"trick": "a hand to the chin", "channels": ["SCM R"], "effect": [effect]}


@pytest.mark.parametrize(
    ("changes", "says", "next_step"),
    [
        ({}, "10 minutes and were in the target most of the time", "same again"),
        ({"success_pct": 55.0}, "more than half", "same again"),
        ({"success_pct": 30.0}, "Good and bad days are normal", "easier step"),
        ({"stopped": "stopped by hand"}, "that is right", "easier step"),
        ({"excluded_pct": 60.0}, "sensors did not hold", "pads"),
        ({"trials": []}, "nothing was scored", "start to practise"),
        ({"trials": [], "tricks": [trick(78.0, marked=True)]}, "clearly quieter", "which place"),
        ({"trials": [], "tricks": [trick(12.0)]}, "that is a normal result", "therapist"),
        ({"trials": [], "tricks": [trick(None)]}, "nothing was scored", "start to practise"),
        ({"trials": [], "steps": [{"kind": "movement"}]}, "Nothing was scored", "goes through it"),
        ({"ratings": {"before": {"pain": 2}, "after": {"pain": 4}}}, "hurts more", "therapist"),
        ({"ratings": {"before": {"pain": 2}, "after": {"pain": 3}}}, "10 minutes", "same again"),
        ({"ratings": {"before": {"pain": None}, "after": {"pain": 9}}}, "10 minutes", "again"),
    ],
)
def test_patient_is_told_what_was(changes: dict[str, Any], says: str, next_step: str) -> None:
    sentence, then = patient_words(session(**changes))
    assert says in sentence
    assert next_step in then
    assert "%" not in sentence
    assert not any(word in sentence.lower() for word in ("great", "improved", "failed", "cure"))


def test_what_was_kept_without_feedback_is_told() -> None:
    kept = session()
    kept["trials"].append({**kept["trials"][0], "kind": "probe", "fixed_pct": 70.0})
    assert "also without the picture" in patient_words(kept)[0]
    lost = session()
    lost["trials"].append({**lost["trials"][0], "kind": "probe", "fixed_pct": 40.0})
    assert "picture" not in patient_words(lost)[0]


def test_therapist_reads_unit_window_filter_and_reference() -> None:
    line = therapist_line(session())
    assert "80 % in target, 68 % at the fixed start, target 9.0 to 7.5 uV" in line
    assert "left out 4 % (quality 25 s)" in line
    assert "RMS 100 ms" in line
    assert "HP 30 Hz o4" in line
    assert "reference: none" in line


def test_blocks_are_told_apart() -> None:
    first, last = session()["trials"]
    neck = {**last, "step": 3, "title": "Neck", "thresholds": [3.0, 4.0]}
    said = therapist_line(session(trials=[first, last, neck]))
    assert "Shoulders: relax feedback n=2" in said
    assert "target 9.0 to 7.5 uV" in said
    assert "Neck: relax feedback n=1" in said
    assert "target 3.0/4.0 to 3.0/4.0 uV" in said


def test_therapist_reads_what_each_trick_did_to_each_channel() -> None:
    tricks = [trick(78.4, marked=True), trick(-12.0), trick(None)]
    said = therapist_line(session(trials=[], tricks=tricks))
    assert "trick: a hand to the chin: SCM R 78 % less (marked)" in said
    assert "SCM R 12 % more;" in said
    assert "SCM R – (noise)" in said
    assert "left out" not in said
    assert "no trial" not in said
    assert "no trial" in therapist_line(session(trials=[]))


def test_missing_numbers_are_dashes_never_zero() -> None:
    empty = session(excluded_pct=None)
    for trial in empty["trials"]:
        trial.update(scored_s=0.0, in_target_s=0.0, fixed_pct=None)
    assert "– % in target, – % at the fixed start" in therapist_line(empty)


def test_repeated_trials_count_nowhere() -> None:
    line = therapist_line(session(trials=[{**session()["trials"][0], "repeated": True}]))
    assert line.startswith("no trial")


def test_work_and_rest_of_a_block_are_measured() -> None:
    here = clinic(load_plan(find_plan("retrain-turn-away")))
    here.to_end()
    blocks = [s["result"] for s in here.run.summary()["steps"] if s["kind"] == "trials"]
    (measured,) = blocks[1]["work_rest"].values()
    assert measured["work_mean"]["value"] > 5 * measured["rest_mean"]["value"]
    assert measured["onset_s"]["value"] <= 2
    assert blocks[0]["work_rest"] == {}
