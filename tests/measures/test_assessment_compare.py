"""What is compared between two visits, what is not and why, and what is more than chance."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.core.errors import UsageError
from emgfeedback.measures.assessment_compare import (
    DIFFERENCE,
    LEVEL,
    OF_REFERENCE,
    TREMOR,
    TRICK,
    Compared,
    Comparison,
    compare,
)
from emgfeedback.measures.assessment_likeness import (
    chance_of,
    level_chance,
    points_chance,
    ratio_chance,
)
from emgfeedback.measures.symmetry import asymmetry_index
from tests.measures.short_patient import assessed


def with_repeats(told: dict[str, Any], scatter: float = 0.1) -> dict[str, Any]:
    """Give every muscle four repeats of a movement whose levels step by `scatter`."""
    segment = told["segments"]["rotate-left"][0]
    told["segments"]["rotate-left"] = [
        {
            **segment,
            "rms_uv": {
                label: {"value": 20 * math.exp(scatter * (k % 2)), "reason": ""}
                for label in segment["rms_uv"]
            },
        }
        for k in range(4)
    ]
    return told


def visit(**change: float) -> dict[str, Any]:
    """Return a visit; levels of each label named (space as _) times the number, let go."""
    told = with_repeats(assessed())
    for name, times in change.items():
        values = told["tasks"]["let-go"]["muscles"][name.replace("_", " ")]
        for key in ("rms_uv", "of_reference_pct"):
            if values[key]["value"] is not None:
                values[key]["value"] *= times
    return told


def row(found: Comparison, title: str, label: str, task: str = "let-go") -> Compared:
    (one,) = [r for r in found.rows if (r.title, r.label, r.task) == (title, label, task)]
    return one


def test_the_same_visit_twice_has_changed_by_chance_alone():
    found = compare(visit(), visit())
    assert found.cannot == ()
    told = [r for r in found.rows if not r.reason]
    assert {r.title for r in told} == {OF_REFERENCE, LEVEL, DIFFERENCE, TRICK, TREMOR}
    assert {(r.change, r.verdict) for r in told} == {(0.0, "within chance")}
    assert all(r.detectable and r.detectable > 0 for r in told)


def test_each_muscle_is_compared_by_its_reference_else_in_microvolts():
    found = compare(visit(), visit())
    for task in ("let-go", "rest-supported"):
        assert row(found, OF_REFERENCE, "SCM L", task).unit == "%"
        assert row(found, LEVEL, "SPL R", task).unit == "uV"
    loose = row(found, LEVEL, "SPL L")
    assert (loose.change, loose.verdict) == (None, "unknown")
    assert loose.reason.startswith("now: ")
    assert "; then: " in loose.reason


@pytest.mark.parametrize(
    ("times", "verdict"),
    [(1.1, "within chance"), (1.6, "higher"), (0.5, "lower"), (0.9, "within chance")],
)
def test_a_level_changes_by_more_than_its_repeats_scatter(times, verdict):
    """Steps of 0.1 give 0.0707 of error, a share of a reference 0.1, detectable is exp(0.277)."""
    told = row(compare(visit(SCM_L=times), visit()), OF_REFERENCE, "SCM L")
    assert told.verdict == verdict
    reach = 1.96 * math.sqrt(2) * 0.1
    share = math.exp(reach) - 1 if times > 1 else 1 - math.exp(-reach)
    assert told.then is not None
    assert told.detectable == pytest.approx(told.then * share)
    assert told.change == pytest.approx(told.then * (times - 1))


def test_however_alike_the_repeats_a_change_under_a_fifth_does_not_count():
    now, then = with_repeats(assessed(), 0.001), with_repeats(assessed(), 0.001)
    values = now["tasks"]["let-go"]["muscles"]["SCM L"]["of_reference_pct"]
    values["value"] *= 1.19
    assert row(compare(now, then), OF_REFERENCE, "SCM L").verdict == "within chance"
    values["value"] *= 1.02
    assert row(compare(now, then), OF_REFERENCE, "SCM L").verdict == "higher"


def test_without_repeats_nothing_is_called_a_change():
    found = compare(assessed(), assessed())
    told = row(found, OF_REFERENCE, "SCM L")
    assert told.change == 0
    assert (told.verdict, told.detectable) == ("unknown", None)
    assert "no repeats" in told.reason


def test_another_way_around_the_heart_breaks_every_comparison():
    now = visit()
    now["heart_way"] = "highpass-50"
    found = compare(now, visit())
    assert all(r.change is None and "way around heartbeats" in r.reason for r in found.rows
               if r.now is not None and r.then is not None)  # fmt: skip
    assert any("High-pass 50 Hz now" in words for words in found.cannot)
    now = visit()
    now["filters"] = "HP 10 Hz o2"
    assert all(r.change is None for r in compare(now, visit()).rows)


@pytest.mark.parametrize(
    ("key", "value"), [("site", "elsewhere"), ("gain", 77.0), ("spacing_mm", 9.0)]
)
def test_another_electrode_breaks_microvolts_and_leaves_shares_of_the_reference(key, value):
    now = visit()
    for channel in now["channels"]:
        if channel["label"] in ("SCM L", "SPL R"):
            channel[key] = value
    found = compare(now, visit())
    assert row(found, LEVEL, "SPL R").change is None
    assert "other" in row(found, LEVEL, "SPL R").reason
    assert row(found, OF_REFERENCE, "SCM L").change == 0
    assert row(found, DIFFERENCE, "SCM L / SCM R").change is None
    assert row(found, DIFFERENCE, "UT L / UT R").change == 0
    assert row(found, TRICK, "SPL R", "").change == 0
    assert len(found.cannot) == 2


def test_another_board_and_another_reference():
    now = visit()
    now["device"] = "Another board"
    for channel in now["channels"]:
        if channel["label"] == "SCM L":
            channel["reference_method"] = "mvc"
    found = compare(now, visit())
    assert "board" in row(found, LEVEL, "SPL R").reason
    assert "board" in row(found, LEVEL, "SCM L").reason, "no reference alike, so microvolts"
    assert row(found, OF_REFERENCE, "SCM R").change == 0
    assert sum("reference contraction" in words for words in found.cannot) == 1


def test_another_rest_breaks_rest_alone():
    now = visit()
    now["rest_posture"] = "seated, head free"
    found = compare(now, visit())
    assert "other rest" in row(found, OF_REFERENCE, "SCM L", "rest-supported").reason
    assert row(found, OF_REFERENCE, "SCM L").change == 0


def test_a_muscle_that_was_not_recorded_then_and_one_that_is_not_now():
    now, then = visit(), visit()
    then["channels"] = [c for c in then["channels"] if c["label"] != "UT R"]
    for task in then["tasks"].values():
        task["muscles"].pop("UT R")
    told = compare(now, then)
    assert row(told, LEVEL, "UT R").reason == "then: not recorded"
    assert told.cannot == ("UT R was not recorded then.",)
    assert compare(then, now).cannot == ("UT R was not recorded now.",)


def test_labels_may_have_changed():
    then = json.loads(json.dumps(visit()).replace("SCM L", "Left SCM"))
    found = compare(visit(SCM_L=2.0), then)
    assert found.cannot == ()
    assert row(found, OF_REFERENCE, "SCM L").verdict == "higher"
    assert row(found, DIFFERENCE, "SCM L / SCM R").change == 0
    assert row(found, TRICK, "SCM L", "").change == 0


def test_a_tremor_that_is_gone_shows_why_there_is_no_number():
    now = visit()
    now["tasks"]["let-go"]["muscles"]["SCM L"]["tremor_hz"] = {
        "value": None, "reason": "no rhythm stands out",
    }  # fmt: skip
    told = row(compare(now, visit()), TREMOR, "SCM L")
    assert told.then == pytest.approx(5, abs=0.6)
    assert (told.now, told.change, told.reason) == (None, None, "now: no rhythm stands out")
    no_tremor = [r for r in compare(visit(), visit()).rows if r.title == TREMOR]
    assert "UT R" not in {r.label for r in no_tremor}


def test_swapping_the_visits_turns_every_change_round():
    there, back = (compare(a, b) for a, b in [(visit(SCM_L=2), visit()), (visit(), visit(SCM_L=2))])
    other = {"higher": "lower", "lower": "higher"}
    for one, two in zip(there.rows, back.rows, strict=True):
        assert (one.now, one.then) == (two.then, two.now)
        assert two.verdict == other.get(one.verdict, one.verdict)
        assert two.change == (None if one.change is None else pytest.approx(-one.change))


def test_what_is_compared_is_not_changed():
    now, then = visit(), visit()
    kept = copy.deepcopy((now, then))
    compare(now, then)
    assert (now, then) == kept


def test_what_is_no_whole_assessment_is_refused_in_a_sentence():
    for key in ("channels", "tasks", "filters", "segments", "trick"):
        broken = visit()
        del broken[key]
        with pytest.raises(UsageError, match="no whole assessment"):
            compare(visit(), broken)


def test_another_unit_of_the_same_board_is_the_same_board():
    now, then = visit(), visit()
    now["device"], then["device"] = "uno-r4, serial 7", "uno-r4, serial 9"
    assert compare(now, then).cannot == ()


# Known answers


def test_scatter_from_repeats():
    found = chance_of(with_repeats(assessed(), 0.2), with_repeats(assessed(), 0.2))
    assert found == dict.fromkeys(found, pytest.approx(0.2 / math.sqrt(2)))
    assert chance_of(assessed(), assessed()) == {}


LEVELS_UV = st.floats(1, 500)


@given(LEVELS_UV, LEVELS_UV, st.floats(0.01, 0.5))
def test_a_level_and_its_change_back_are_judged_alike(now, then, chance):
    forth, back = level_chance(now, then, chance), level_chance(then, now, chance)
    assert forth is not None
    assert back is not None
    if abs(abs(math.log(now / then)) - max(1.96 * math.sqrt(2) * chance, math.log(1.2))) > 1e-9:
        assert (abs(now - then) > forth) == (abs(now - then) > back)


@given(LEVELS_UV, LEVELS_UV, st.floats(0.001, 0.01))
def test_errors_of_differences_and_ratios_are_those_of_small_changes(left, right, chance):
    """The slope of each index, times the error of a logarithm, by a small step."""
    points = asymmetry_index(left, right)
    step = 1e-6
    slope = (asymmetry_index(left * (1 + step), right) - points) / step
    both = 1.96 * math.sqrt(2) * math.hypot(chance, chance) * abs(slope)
    assert points_chance([points, points], [chance, chance]) == pytest.approx(
        both, rel=1e-3, abs=1e-4
    )
    index = 100 * (1 - left / right)
    expected = 1.96 * math.sqrt(2) * math.sqrt(2) * chance * 100 * left / right
    assert ratio_chance([index, index], chance) == pytest.approx(expected, rel=1e-9)
