"""Each part of an assessment on signals made for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from emgfeedback.core.block import Gap, GapReason
from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import Side, neck_montage
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_cables import Uncrossed, find_swapped
from emgfeedback.measures.assessment_pairs import is_midline, named_pairs
from emgfeedback.measures.found import Found, missing
from emgfeedback.measures.source import HeldSamples, Stretch
from emgfeedback.training.movements import MOVEMENTS
from tests.measures.signals import emg_like, flat_noise

FS_HZ = 1000.0
CHANNELS = neck_montage(4).channels
QUIET = (2.0, 2.0, 2.0, 2.0)


class Take:
    """A recording of four channels, stretch by stretch."""

    def __init__(self, seed: int = 1) -> None:
        self._rng = np.random.default_rng(seed)
        self._parts: list[np.ndarray] = []
        self.marks: list[Stretch] = []
        self.now_s = 0.0

    def go(self, seconds: float, levels_uv: Sequence[float] = QUIET) -> Take:
        n = round(seconds * FS_HZ)
        noise = np.column_stack([emg_like(self._rng, n, FS_HZ) for _ in CHANNELS])
        return self.put(noise * np.asarray(levels_uv))

    def put(self, samples_uv: np.ndarray) -> Take:
        self._parts.append(samples_uv)
        self.now_s += len(samples_uv) / FS_HZ
        return self

    def mark(self, text: str) -> Take:
        self.marks.append(Stretch(self.now_s, 0.0, text))
        return self

    def hold(self, task: str, seconds: float, levels_uv: Sequence[float], repeat: int = 1) -> Take:
        self.mark(f"task {task} {repeat} hold").go(seconds, levels_uv)
        return self.mark(f"task {task} {repeat} end").go(1.0)

    @property
    def source(self) -> HeldSamples:
        return HeldSamples(np.concatenate(self._parts), FS_HZ, CHANNELS, annotations=self.marks)


def rested(seed: int = 1) -> Take:
    return Take(seed).go(2).hold("rest-supported", 8, QUIET)


# Cables


def answers(by_task: Mapping[str, str]) -> dict[str, dict[int, Found]]:
    """Return levels where each task shows in the channel of that label alone."""
    return {
        task: {c: Found(90.0 if ch.label == label else 5.0) for c, ch in enumerate(CHANNELS)}
        for task, label in by_task.items()
    }


RIGHT = {"shrug-left": "UT L", "shrug-right": "UT R", "palm-left": "SCM R", "palm-right": "SCM L"}


@pytest.mark.parametrize(
    ("one", "other"), [("SCM L", "SCM R"), ("UT L", "UT R"), ("SCM R", "UT R"), ("SCM L", "UT R")]
)
def test_any_two_swapped_cables_are_named(one: str, other: str) -> None:
    change = {one: other, other: one}
    told = find_swapped(
        CHANNELS, answers({t: change.get(at, at) for t, at in RIGHT.items()}), MOVEMENTS
    )
    assert {(c.label, c.behaves_like) for c in told.wrong} == set(change.items())
    assert all("swapped" in cable.words for cable in told.wrong)
    named = Uncrossed(Take().go(0.1).source, told)
    at = {channel.label: channel.input for channel in named.channels}
    own = {channel.label: channel.input for channel in CHANNELS}
    assert at == own | {one: own[other], other: own[one]}


def test_right_cables_and_unclear_answers_are_not_accused() -> None:
    assert find_swapped(CHANNELS, answers(RIGHT), MOVEMENTS).wrong == ()
    weak = answers(RIGHT)
    for task in weak:
        weak[task][0] = Found(20.0)
    weak["palm-right"][0] = Found(25.0)
    told = find_swapped(CHANNELS, weak, MOVEMENTS)
    assert told.wrong == ()
    assert told.judged == ("SCM R", "UT L", "UT R")
    assert "no task stands out in SCM L" in told.reason
    loose = {task: {**of, 2: missing("loose electrode")} for task, of in answers(RIGHT).items()}
    assert "UT L" not in find_swapped(CHANNELS, loose, MOVEMENTS).judged
    assert "not recorded" in find_swapped(CHANNELS, {}, MOVEMENTS).reason


def test_one_cable_at_a_wrong_place_is_told_and_nothing_is_renamed() -> None:
    levels = answers(RIGHT)
    levels["shrug-left"][0], levels["palm-right"][0] = Found(90.0), Found(5.0)
    (cable,) = find_swapped(CHANNELS, levels, MOVEMENTS).wrong
    assert (cable.label, cable.behaves_like) == ("SCM L", "UT L")
    assert "left upper trapezius" in cable.words
    told = find_swapped(CHANNELS, levels, MOVEMENTS)
    assert tuple(Uncrossed(Take().go(0.1).source, told).channels) == CHANNELS


# Which comparison is legal where


def test_left_and_right_are_compared_only_where_both_should_do_the_same() -> None:
    midline = {name for name, movement in MOVEMENTS.items() if is_midline(movement)}
    held = {"rest-supported", "let-go", "neutral", "flex", "extend", "dual-task", "walk"}
    assert midline == held


def test_pairs_are_named_for_what_works_together() -> None:
    names = {(pair.name, pair.kind) for pair in named_pairs(neck_montage(6).channels)}
    assert names == {
        *((f"{m} L / {m} R", "sides") for m in ("SCM", "UT", "SPL")),
        *((f"SCM {s} / UT {s}", "same side") for s in "LR"),
        ("SCM L / SPL R", "turning"),
        ("SCM R / SPL L", "turning"),
    }


# Rest, references, repeats


def test_rest_and_references_come_from_the_calibrations_of_the_plan() -> None:
    take = Take().go(2).mark("calibration rest take 1 start").go(8, (3.0, 2.0, 2.0, 2.0))
    take.mark("calibration rest end").go(1).hold("neutral", 6, (30.0, 2.0, 2.0, 2.0))
    take.mark("calibration rvc_scm SCM L 55.00 uV").mark("calibration rvc_scm SCM L 60.00 uV")
    told = assess(take.source, MOVEMENTS)
    assert told.rest == "calibration at rest"
    assert told.channels[0].reference_uv.value == 60
    values = told.tasks["neutral"].muscles["SCM L"]
    level = values["rms_uv"].value
    assert level == pytest.approx(30, rel=0.08)
    assert values["of_reference_pct"].value == pytest.approx(100 * level / 60)
    assert values["of_rest"].value == pytest.approx(10, rel=0.08)
    assert "reference" in told.tasks["neutral"].muscles["SCM R"]["of_reference_pct"].reason
    other = assess(take.source, MOVEMENTS, references={"SCM R": 40.0})
    assert other.channels[0].reference_uv.value is None
    assert other.channels[1].reference_uv.value == 40


def test_without_rest_what_needs_it_says_so() -> None:
    told = assess(Take().go(2).hold("neutral", 12, (30.0, 2.0, 2.0, 2.0)).source, MOVEMENTS)
    assert told.rest.startswith("none")
    values = told.tasks["neutral"].muscles["SCM L"]
    for name in ("of_rest", "bursts_per_min"):
        assert values[name].value is None
        assert "no rest" in values[name].reason
    assert values["rms_uv"].value == pytest.approx(30, rel=0.08)


def test_repeats_give_their_median_and_what_was_begun_anew_is_forgotten() -> None:
    take = rested().hold("flex", 4, (500.0, 2, 2, 2)).mark("task flex again")
    for repeat, level in ((1, 20.0), (2, 60.0), (3, 30.0)):
        take.hold("flex", 4, (level, 2, 2, 2), repeat)
    task = assess(take.source, MOVEMENTS).tasks["flex"]
    assert task.repeats == 3
    assert task.held_s == 12
    assert task.muscles["SCM L"]["rms_uv"].value == pytest.approx(30, rel=0.08)


def test_a_repeat_with_a_loose_electrode_does_not_count_and_the_other_does() -> None:
    take = rested().hold("flex", 5, (20.0, 20.0, 2, 2))
    take.mark("task flex 2 hold")
    seconds = np.arange(6000) / FS_HZ
    hum = 700 * np.sin(2 * np.pi * 50 * seconds)
    noise = np.random.default_rng(2).normal(0, 20, (6000, 4))
    noise[:, 0] += hum
    take.put(noise).mark("task flex 2 end").go(8)
    told = assess(take.source, MOVEMENTS)
    levels = told.tasks["flex"].muscles
    assert levels["SCM L"]["rms_uv"].value == pytest.approx(20, rel=0.08)
    assert told.channels[0].excluded, "bad for more than a tenth of the recording"
    assert not told.channels[1].excluded


# What is left out


def test_spans_left_out_and_gaps_are_as_if_never_measured() -> None:
    take = rested().mark("task neutral 1 hold").go(5, (20.0, 2, 2, 2))
    burst_s = take.now_s
    take.go(1.5, (900.0, 2, 2, 2)).go(5, (20.0, 2, 2, 2)).mark("task neutral 1 end").go(2)
    with_it = assess(take.source, MOVEMENTS).tasks["neutral"].muscles["SCM L"]["rms_uv"].value
    assert with_it is not None
    assert with_it > 100
    trimmed = assess(take.source, MOVEMENTS, left_out=[(burst_s - 0.1, burst_s + 1.6)])
    gap = Gap(round((burst_s - 0.1) * FS_HZ), 1700, GapReason.RECONNECT)
    gapped = assess(replace(take.source, gaps=(gap,)), MOVEMENTS)
    lossy = replace(take.source, gaps=(replace(gap, reason=GapReason.LINK),))
    for told in (trimmed, gapped):
        found = told.tasks["neutral"].muscles["SCM L"]["rms_uv"]
        assert found.value == pytest.approx(20, rel=0.08)
    lost = assess(lossy, MOVEMENTS).tasks["neutral"].muscles["SCM L"]["rms_uv"]
    assert lost == missing("data lost")


def test_a_task_that_is_left_out_whole_has_no_number() -> None:
    take = rested()
    start_s = take.now_s
    take.hold("neutral", 6, (20.0, 2, 2, 2))
    told = assess(take.source, MOVEMENTS, left_out=[(start_s, start_s + 6)])
    found = told.tasks["neutral"].muscles["SCM L"]["rms_uv"]
    assert found.value is None
    assert "usable" in found.reason


# Single measures


def test_bursts_of_half_a_second_every_two() -> None:
    take = rested().mark("task let-go 1 hold")
    for _ in range(8):
        take.go(0.5, (40.0, 2, 2, 2)).go(1.5)
    values = assess(take.mark("task let-go 1 end").go(1).source, MOVEMENTS).tasks["let-go"]
    muscle = values.muscles["SCM L"]
    assert muscle["bursts_per_min"].value == pytest.approx(30)
    assert muscle["burst_s"].value == pytest.approx(0.5, abs=0.06)
    assert muscle["burst_duty_pct"].value == pytest.approx(25, abs=3)
    assert values.muscles["SCM R"]["burst_duty_pct"].value == pytest.approx(0, abs=2)


def test_time_that_was_not_measured_thins_no_bursts_and_moves_no_onset() -> None:
    take = rested().mark("task let-go 1 hold")
    held_s = take.now_s
    for _ in range(15):
        take.go(0.5, (40.0, 2, 2, 2)).go(1.5)
    take.mark("task let-go 1 end").go(1).mark("task rotate-left 1 out")
    cue_s = take.now_s
    take.go(0.5).go(1.5, (2, 40.0, 2, 2)).mark("task rotate-left 1 hold")
    take.go(4, (2, 40.0, 2, 2)).mark("task rotate-left 1 back")
    back_s = take.now_s
    take.go(1, (2, 40.0, 2, 2)).go(1.5).mark("task rotate-left 1 end").go(2)
    whole = (held_s + 7.9, held_s + 20.2)
    told = assess(take.source, MOVEMENTS, left_out=[whole, (cue_s + 0.2, cue_s + 1.0)])
    bursts = told.tasks["let-go"].muscles["SCM L"]
    assert bursts["bursts_per_min"].value == pytest.approx(30, abs=3)
    assert bursts["burst_duty_pct"].value == pytest.approx(25, abs=4)
    turned = told.tasks["rotate-left"].muscles["SCM R"]
    assert turned["onset_s"] == missing("part of the movement was not measured")
    assert turned["offset_s"].value == pytest.approx(1.0, abs=0.1)
    late = assess(take.source, MOVEMENTS, left_out=[(back_s + 0.2, back_s + 1.3), whole])
    turned = late.tasks["rotate-left"].muscles["SCM R"]
    assert turned["onset_s"].value == pytest.approx(0.5, abs=0.08)
    assert turned["offset_s"] == missing("part of the movement was not measured")
    short = assess(take.source, MOVEMENTS, left_out=[(held_s + 5, held_s + 26)])
    assert "10 s" in short.tasks["let-go"].muscles["SCM L"]["bursts_per_min"].reason


def test_a_spectrum_that_sinks_by_a_hertz_a_second_is_a_slope_beyond_its_error() -> None:
    rng = np.random.default_rng(3)
    take = rested().mark("task neutral 1 hold")
    for second in range(40):
        falling = 20 * flat_noise(rng, 1000, FS_HZ, 20, 320 - 2 * second)
        steady = 20 * flat_noise(rng, 1000, FS_HZ, 20, 320)
        take.put(np.column_stack([falling, steady, falling, steady]))
    told = assess(take.mark("task neutral 1 end").go(1).source, MOVEMENTS)
    sinking, still = (told.tasks["neutral"].muscles[label] for label in ("SCM L", "SCM R"))
    for muscle, slope in ((sinking, -60), (still, 0)):
        error = muscle["fatigue_error_hz_per_min"].value
        assert error is not None
        assert muscle["fatigue_hz_per_min"].value == pytest.approx(slope, abs=3 * error)
    assert abs(sinking["fatigue_hz_per_min"].value or 0) > 4 * error
    assert sinking["fatigue_index_ratio"].value == pytest.approx(3.3, abs=1.2)
    assert still["fatigue_index_ratio"].value == pytest.approx(1, abs=0.3)
    assert still["median_frequency_hz"].value == pytest.approx(170, abs=5)


def test_turns_are_told_only_against_the_busiest_task() -> None:
    times_s = np.arange(6000) / FS_HZ
    sines = [np.sin(2 * np.pi * f * times_s) for f in (140, 70)]
    take = rested().mark("task neutral 1 hold").put(np.column_stack([40 * sines[0]] * 4))
    take.mark("task neutral 1 end").go(1).mark("task flex 1 hold")
    take.put(np.column_stack([40 * sines[1]] * 4)).mark("task flex 1 end").go(1)
    told = assess(take.source, MOVEMENTS)
    values = {t: told.tasks[t].muscles["UT L"] for t in ("neutral", "flex", "rest-supported")}
    assert values["neutral"]["turns_of_highest_pct"].value == 100
    assert values["flex"]["turns_of_highest_pct"].value == pytest.approx(50, abs=1)
    assert values["rest-supported"]["turns_of_highest_pct"].value == 0
    assert "turns_per_s" not in values["flex"]


def test_sides_that_rise_together_are_alike_with_their_lag() -> None:
    rng = np.random.default_rng(4)
    n = 12_000
    course = 10 + 8 * np.sin(2 * np.pi * 0.5 * np.arange(n) / FS_HZ)
    late = np.roll(course, 200)
    noise = np.column_stack([emg_like(rng, n, FS_HZ) for _ in range(4)])
    levels = np.column_stack([course, late, course, np.full(n, 10.0)])
    take = rested().mark("task neutral 1 hold").put(noise * levels).mark("task neutral 1 end").go(1)
    pairs = assess(take.source, MOVEMENTS).tasks["neutral"].pairs
    alike, unlike = pairs["SCM L / SCM R"], pairs["UT L / UT R"]
    assert (alike["likeness"].value or 0) > 0.7
    assert alike["likeness_lag_s"].value == pytest.approx(0.2, abs=0.06)
    assert (unlike["likeness"].value or 0) < 0.5
    assert "likeness" not in pairs["SCM L / UT L"]


def test_co_contraction_is_of_levels_over_their_references() -> None:
    take = rested().hold("neutral", 8, (10.0, 40.0, 20.0, 20.0))
    plain = assess(take.source, MOVEMENTS, references=dict.fromkeys(("SCM L", "SCM R"), 50.0))
    scaled = assess(take.source, MOVEMENTS, references={"SCM L": 25.0, "SCM R": 100.0})
    got = [t.tasks["neutral"].pairs["SCM L / SCM R"]["cocontraction_pct"] for t in (plain, scaled)]
    assert got[0].value == pytest.approx(40, abs=4), "10 against 40"
    assert got[1].value == pytest.approx(100, abs=12), "40 % against 40 %"


def trick(take: Take, level: float, *, touch_after_s: float | None) -> Take:
    take.mark("trick without start").go(10, (40.0, 2, 2, 2)).mark("trick end").go(3)
    take.mark("trick with start")
    if touch_after_s is not None:
        take.go(touch_after_s, (40.0, 2, 2, 2)).mark("mark touch")
    return take.go(10, (level, 2, 2, 2)).mark("trick end").go(1)


def test_the_trick_counts_from_the_touch_and_the_newest_test_counts() -> None:
    take = trick(trick(rested(), 35.0, touch_after_s=None), 10.0, touch_after_s=3.0)
    told = assess(take.source, MOVEMENTS).trick["SCM L"]
    assert told.index_pct.value == pytest.approx(75, abs=4)
    assert told.marked
    assert told.from_touch
    unmarked = assess(trick(rested(), 10.0, touch_after_s=None).source, MOVEMENTS).trick["SCM L"]
    assert not unmarked.from_touch
    assert assess(rested().source, MOVEMENTS).trick == {}


def test_what_cannot_be_asked() -> None:
    with pytest.raises(UsageError, match="no mark"):
        assess(Take().go(3).source, MOVEMENTS)
    with pytest.raises(UsageError, match="unknown"):
        assess(rested().source, MOVEMENTS, onset_method="guess")


@pytest.mark.parametrize("method", ["hodges-bui", "teager-kaiser", "double-threshold"])
def test_each_onset_method_finds_a_movement(method: str) -> None:
    take = rested().mark("task rotate-left 1 out").go(0.5)
    take.go(1.5, (2, 40.0, 2, 2)).mark("task rotate-left 1 hold").go(4, (2, 40.0, 2, 2))
    take.mark("task rotate-left 1 back").go(1, (2, 40.0, 2, 2)).go(1.5)
    take.mark("task rotate-left 1 end").go(2)
    told = assess(take.source, MOVEMENTS, onset_method=method).tasks["rotate-left"].muscles
    assert told["SCM R"]["onset_s"].value == pytest.approx(0.5, abs=0.08)
    assert told["SCM R"]["offset_s"].value == pytest.approx(1.0, abs=0.1)
    assert "mirrored task was not recorded" in told["SCM L"]["paradoxical_pct"].reason


def test_sides_of_the_movements_are_as_the_measures_read_them() -> None:
    for name, movement in MOVEMENTS.items():
        if movement.mirrored:
            other = MOVEMENTS[movement.mirrored]
            swap = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
            assert {(m, swap[s]) for m, s in movement.active} == set(other.active), name
