"""A synthetic patient of known truth, recovered from the recording within stated tolerances."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.measures.overactive_patient import (
    ALONE,
    GOOD,
    HELD,
    HOLDING,
    LOOSE,
    REFERENCES,
    as_recorded,
    patient,
    value,
    with_cables_right,
)


def test_the_swapped_cables_are_named_and_no_other() -> None:
    cables = as_recorded().cables
    assert {(c.label, c.behaves_like) for c in cables.wrong} == {
        ("SCM L", "UT L"),
        ("UT L", "SCM L"),
    }
    assert "SCM L and UT L seem to be swapped" in cables.wrong[0].words
    assert set(cables.judged) == {"SCM L", "SCM R", "UT L", "UT R"}
    assert "no task tests SPL L, SPL R" in cables.reason
    assert with_cables_right().cables.wrong == ()


def test_the_loose_electrode_is_left_out_everywhere_with_the_reason() -> None:
    told = with_cables_right()
    excluded = {channel.label: channel.excluded for channel in told.channels}
    assert excluded.pop(LOOSE) in ("loose electrode", "clipping")
    assert set(excluded.values()) == {""}
    for task in told.tasks.values():
        assert all(f.value is None and f.reason for f in task.muscles[LOOSE].values())
        for name, pair in task.pairs.items():
            if LOOSE in name:
                assert all(f.value is None and f.reason for f in pair.values())
    assert told.trick[LOOSE].index_pct.value is None


@pytest.mark.parametrize("task", [*ALONE, *HELD, "rotate-left", "rotate-right", "flex"])
def test_levels(task: str) -> None:
    for label in GOOD:
        truth = patient().held_uv(label, task)
        got = value(task, label, "rms_uv")
        within = patient().scatter(task)
        assert got == pytest.approx(truth, rel=within), (label, got, truth)
        assert value(task, label, "arv_uv") < got
        if label in REFERENCES:
            share = 100 * got / REFERENCES[label]
            assert value(task, label, "of_reference_pct") == pytest.approx(share)
        rest = value("rest-supported", label, "rms_uv")
        assert value(task, label, "of_rest") == pytest.approx(got / rest)


def test_signal_over_rest_in_decibels() -> None:
    for channel in with_cables_right().channels:
        if channel.label == LOOSE:
            assert channel.snr_db.value is None
            continue
        tasks = [task for task in HOLDING if task != "rest-supported"]
        highest = max(patient().held_uv(channel.label, task) for task in tasks)
        truth = 20 * np.log10(highest / patient().held_uv(channel.label, "rest-supported"))
        assert channel.snr_db.value == pytest.approx(truth, abs=1), channel.label


def test_overactive_muscles_stand_out_in_the_posture_as_it_comes() -> None:
    of_rest = {label: value("let-go", label, "of_rest") for label in GOOD}
    assert set(sorted(of_rest, key=lambda label: -of_rest[label])[:2]) == {"SCM L", "SPL R"}
    told = with_cables_right().tasks["let-go"].pairs["SCM L / SCM R"]["asymmetry_pct"]
    left, right = (patient().held_uv(label, "let-go") for label in ("SCM L", "SCM R"))
    assert told.value == pytest.approx(100 * (left - right) / (left + right), abs=4)


def test_activity_when_moving_away() -> None:
    for label, task, mirrored in (
        ("SCM L", "rotate-left", "rotate-right"),
        ("SCM R", "rotate-right", "rotate-left"),
        ("SPL R", "rotate-left", "rotate-right"),
    ):
        truth = 100 * patient().held_uv(label, task) / patient().held_uv(label, mirrored)
        assert value(task, label, "paradoxical_pct") == pytest.approx(truth, rel=0.1, abs=1)
    # The overactive one does not let go, the other does.
    assert value("rotate-left", "SCM L", "paradoxical_pct") > 12
    assert value("rotate-left", "SPL R", "paradoxical_pct") > 12
    assert value("rotate-right", "SCM R", "paradoxical_pct") < 6


def test_mirrored_tasks() -> None:
    told = with_cables_right().mirrored["rotate-left / rotate-right"]["scm"]
    held = patient().held_uv
    for name, left_task, right_task in (
        ("away_pct", "rotate-right", "rotate-left"),
        ("towards_pct", "rotate-left", "rotate-right"),
    ):
        left, right = held("SCM L", left_task), held("SCM R", right_task)
        assert told[name].value == pytest.approx(100 * (left - right) / (left + right), abs=5)


def test_no_difference_is_told_for_tasks_one_side_does_more() -> None:
    for task in ("rotate-left", "rotate-right", *ALONE):
        found = with_cables_right().tasks[task].pairs["SCM L / SCM R"]["asymmetry_pct"]
        assert found.value is None
        assert "mirrored" in found.reason
    assert with_cables_right().tasks["flex"].pairs["SCM L / SCM R"]["asymmetry_pct"].value


def test_tremor_of_5_hz_in_the_two_that_tremble_and_in_no_other() -> None:
    for label in GOOD:
        found = with_cables_right().tasks["let-go"].muscles[label]["tremor_hz"]
        if label in ("SCM L", "SPL R"):
            assert found.value == pytest.approx(5, abs=0.6)
            assert value("let-go", label, "tremor_ratio") > 6
        elif found.value is not None:
            # A weak picture of the neighbour is cross-talk, or a heartbeat's rest.
            ratio = value("let-go", label, "tremor_ratio")
            assert ratio < 0.5 * value("let-go", "SPL R", "tremor_ratio")


def test_the_trick_halves_both() -> None:
    told = with_cables_right().trick
    marks = {mark.text: mark.onset_s for mark in patient().source.annotations}
    ends = [m.onset_s for m in patient().source.annotations if m.text == "trick end"]
    for label in ("SCM L", "SPL R"):
        before = patient().truth_uv(label, marks["trick without start"], ends[0])
        after = patient().truth_uv(label, marks["mark touch"], ends[1])
        truth = 100 * (1 - after / before)
        assert truth == pytest.approx(50, abs=8), "the patient is as described"
        assert told[label].index_pct.value == pytest.approx(truth, abs=6)
        assert told[label].from_touch
    assert abs(told["UT R"].index_pct.value or 0) < 10


def test_the_heart_is_found_on_the_left_and_left_out() -> None:
    facts = {channel.label: channel for channel in with_cables_right().channels}
    rate = facts["SCM L"].heart_per_min.value
    assert rate == pytest.approx(patient().heart_per_min, rel=0.05)
    assert (facts["SCM L"].heart_uv.value or 0) > 0.2
    assert (facts["UT L"].heart_uv.value or 0) > 0.1
    assert abs(facts["SCM R"].heart_uv.value or 9) < 0.05


def test_when_movements_begin_and_end() -> None:
    """The right SCM gets its order 0.6 s after the cue, and decays with 0.5 s."""
    assert value("rotate-left", "SCM R", "onset_s") == pytest.approx(0.6, abs=0.15)
    assert 0.7 < value("rotate-left", "SCM R", "offset_s") < 2.2
    found = with_cables_right().tasks["rotate-left"].muscles["SCM L"]["onset_s"]
    assert found.value is None
    assert found.reason == "already active before the cue"


def test_everything_is_ready_for_json_and_every_missing_number_says_why() -> None:
    told = with_cables_right().as_dict()
    json.dumps(told, allow_nan=False)

    def check(part: object) -> int:
        if isinstance(part, dict) and set(part) == {"value", "reason"}:
            assert (part["value"] is None) == bool(part["reason"]), part
            return 1
        if isinstance(part, dict):
            return sum(check(inner) for inner in part.values())
        return sum(check(inner) for inner in part) if isinstance(part, (list, tuple)) else 0

    assert check(told) > 500
    names = {
        name for task in told["tasks"].values() for m in task["muscles"].values() for name in m
    }
    names |= {name for task in told["tasks"].values() for p in task["pairs"].values() for name in p}
    assert names <= set(told["meanings"])


def test_research_stands_apart_with_its_limit() -> None:
    research = with_cables_right().research
    assert "For research" in research.note
    assert set(research.shared) == {"rest-supported", "let-go", "neutral"}
    both = research.shared["let-go"]["SCM L / SPL R"]
    assert both.limit is not None
    assert both.peak.value is not None
    assert both.peak.value > both.limit, "both tremble in step"
    assert both.crosstalk is False
    assert both.peak_hz.value == pytest.approx(5, abs=1)
    assert (research.drive_share_pct["let-go"]["SCM L"].value or 0) > 40
