"""What stands out is what the rules beside each line say, no more and no less."""

from __future__ import annotations

from typing import Any

import pytest

from emgfeedback.measures.assessment_notable import (
    PARADOXICAL_PCT,
    RAISED_TIMES,
    SIDES_PCT,
    TRICK_PCT,
    Notable,
    left_out,
    name_of,
    what_stands_out,
)
from emgfeedback.training.movements import MOVEMENTS
from tests.measures.short_patient import assessed


def lines(told: dict[str, Any], kind: str = "") -> list[Notable]:
    found = what_stands_out(told, MOVEMENTS)
    return [line for line in found if kind in ("", line.kind)]


def put(told: dict[str, Any], task: str, label: str, **values: float | None) -> None:
    for measure, value in values.items():
        reason = "" if value is not None else "none"
        told["tasks"][task]["muscles"][label][measure] = {"value": value, "reason": reason}


def test_the_overactive_pair_its_tremor_and_the_trick_are_told_of_a_real_recording() -> None:
    told = {line.kind: line for line in lines(assessed())}
    assert told["together"].labels == ("SCM L", "SPL R")
    assert told["together"].title == "L SCM and R splenius active together"
    assert "raised" not in told, "those of a pair are not told twice"
    assert set(told["tremor"].labels) == {"SCM L", "SPL R"}
    assert told["tremor"].title.startswith("Bursts at 5.")
    assert set(told["trick"].labels) == {"SCM L", "SPL R"}
    assert "less in" in told["trick"].title
    assert told["trick"].detail.startswith("marked in 1 of 2, halved for ")
    assert told["sides"].title.startswith("SCM: L higher by")
    assert {label for line in lines(assessed(), "paradoxical") for label in line.labels} == {
        "SCM L", "SPL R",
    }  # fmt: skip
    assert all(line.rule and line.title for line in lines(assessed()))


def test_no_line_speaks_of_a_diagnosis_or_a_choice() -> None:
    said = " ".join(f"{n.title} {n.detail} {n.rule}" for n in lines(assessed())).lower()
    for word in ("inject", "dystonic muscle", "recommend", "diagnos", "abnormal", "patholog"):
        assert word not in said


def test_a_muscle_is_raised_from_twice_its_rest_on() -> None:
    told = assessed()
    put(told, "let-go", "SPL R", of_rest=1.0)
    put(told, "let-go", "SCM L", of_rest=RAISED_TIMES)
    assert [line.labels for line in lines(told, "raised")] == [("SCM L",)]
    put(told, "let-go", "SCM L", of_rest=RAISED_TIMES - 0.01)
    assert lines(told, "raised") == lines(told, "together") == lines(told, "tremor") == []


def test_the_same_side_is_a_pair_too() -> None:
    told = assessed()
    put(told, "let-go", "UT L", of_rest=3.0)
    put(told, "let-go", "SPL R", of_rest=None)
    (pair,) = lines(told, "together")
    assert pair.title == "L SCM and L upper trapezius active together"


@pytest.mark.parametrize(
    ("index_pct", "word"), [(TRICK_PCT, "less"), (-TRICK_PCT, "more"), (TRICK_PCT - 1, "")]
)
def test_a_trick_is_told_either_way_from_its_limit_on(index_pct: float, word: str) -> None:
    told = assessed()
    for trick in told["trick"].values():
        trick["index_pct"] = {"value": None, "reason": "too quiet"}
    told["trick"]["UT R"] |= {"index_pct": {"value": index_pct, "reason": ""}, "marked": False}
    titles = [line.title for line in lines(told, "trick")]
    limit = f"{TRICK_PCT:.0f}"
    assert titles == ([f"Sensory trick: {limit} % {word} in R upper trapezius"] if word else [])


def test_a_trick_that_quietens_all_names_the_two_it_quietens_most() -> None:
    told = assessed()
    for index_pct, trick in zip(
        (30.0, 60.0, 40.0, 50.0, 0.0, 25.0), told["trick"].values(), strict=True
    ):
        trick |= {"index_pct": {"value": index_pct, "reason": ""}, "marked": index_pct > 45}
        trick["longest_marked_s"] = index_pct / 10
    (line,) = lines(told, "trick")
    assert line.title == (
        "Sensory trick: 60 % less in R SCM, 50 % less in R upper trapezius, and less in 3 more"
    )
    assert line.detail == "marked in 2 of 5, halved for 6 s"


@pytest.mark.parametrize("value", [SIDES_PCT, -SIDES_PCT, SIDES_PCT - 0.1])
def test_mirrored_work_is_compared_where_both_sides_are_needed(value: float) -> None:
    told = assessed()
    told["mirrored"] = {
        "rotate-left / rotate-right": {
            "scm": {
                "away_pct": {"value": value, "reason": ""},
                "towards_pct": {"value": 90.0, "reason": ""},
            },
            "trapezius": {
                "away_pct": {"value": 90.0, "reason": ""},
                "towards_pct": {"value": 90.0, "reason": ""},
            },
        }
    }
    found = lines(told, "mirrored")
    if abs(value) < SIDES_PCT:
        assert found == []
    else:
        side = "L" if value > 0 else "R"
        (line,) = found
        assert line.title == f"SCM differs in mirrored movements: {side} higher by 20 %"
        assert line.detail == "turn right (L) against turn left (R)"
    for label in ("SCM L", "SCM R"):
        for task in ("rotate-left", "rotate-right"):
            put(told, task, label, of_rest=RAISED_TIMES - 0.1)
    assert lines(told, "mirrored") == [], "where neither works there is nothing to compare"


def test_staying_active_is_told_from_its_limit_on() -> None:
    told = assessed()
    put(told, "rotate-left", "SCM L", paradoxical_pct=PARADOXICAL_PCT)
    put(told, "rotate-left", "SPL R", paradoxical_pct=PARADOXICAL_PCT - 0.1)
    (line,) = lines(told, "paradoxical")
    assert line.title == "L SCM stays active: 20 %"
    assert line.detail == "turn left, of its level in turn right"
    put(told, "rotate-left", "SCM L", of_rest=RAISED_TIMES - 0.1)
    assert lines(told, "paradoxical") == [], "what is at rest does not stay active"


def test_counting_is_compared_with_held_neutral() -> None:
    told = assessed()
    for task, title in (("neutral", "Held neutral"), ("dual-task", "Counting")):
        told["tasks"][task] = {**assessed()["tasks"]["let-go"], "title": title}
    put(told, "neutral", "SCM L", rms_uv=10.0)
    put(told, "dual-task", "SCM L", rms_uv=15.0, of_rest=5.0)
    assert [line.title for line in lines(told, "burden")] == ["L SCM 1.5 times held neutral"]
    put(told, "dual-task", "SCM L", rms_uv=14.9, of_rest=5.0)
    assert lines(told, "burden") == []


def test_swapped_cables_are_told_first_and_their_channels_of_nothing() -> None:
    told = assessed()
    told["cables"]["wrong"] = [{"label": "SCM L", "behaves_like": "UT L", "words": "swapped"}]
    found = lines(told)
    assert (found[0].kind, found[0].labels) == ("cables", ("SCM L",))
    assert found[1:]
    assert not any("SCM L" in line.labels for line in found[1:])


def test_what_is_left_out_is_told_with_its_reason() -> None:
    told = assessed()
    (loose,) = left_out(told)
    assert (loose.name, loose.whole, len(loose.tasks)) == ("L splenius", True, 4)
    assert loose.reason == told["channels"][4]["excluded"]
    put(told, "rotate-left", "UT R", rms_uv=None)
    moved = left_out(told)[0]
    assert (moved.label, moved.tasks, moved.whole) == ("UT R", ("Turn left",), False)


def test_names() -> None:
    channel = {"label": "AUX 7", "muscle": "other", "side": "midline"}
    assert name_of(channel) == "AUX 7"
    assert name_of({"label": "x", "muscle": "levator", "side": "right"}) == "R levator scapulae"
