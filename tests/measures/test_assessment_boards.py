"""An assessment whatever the board: its rate, its number of channels, its faults."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from emgfeedback.core.block import Gap, GapReason
from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import neck_montage
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_values import Assessment
from emgfeedback.measures.source import HeldSamples, Stretch
from emgfeedback.training.movements import MOVEMENTS
from tests.measures.signals import flat_noise

LABELS = ("SCM L", "SCM R", "UT L", "UT R", "SPL L", "SPL R")
LSB_UV = 0.3
FULL = 1 << 14
REST_UV = 3.0
POSTURE = {"SCM L": 25.0, "SPL R": 15.0}
LEFT = {"SCM R": 80.0, "SPL L": 60.0}
RIGHT = {"SCM L": 80.0, "SPL R": 60.0}
TRICK = {"SCM L": 12.5, "SPL R": 7.5}
ALONE = {"shrug-left": "UT L", "shrug-right": "UT R", "palm-left": "SCM R", "palm-right": "SCM L"}


@cache
def patient(fs_hz: float = 250.0, n_channels: int = 6) -> HeldSamples:
    """Return a minute and a half, one repeat of everything, of noise flat from 40 to 100 Hz.

    So the filters pass it whatever the rate: levels are as written.
    """
    rng = np.random.default_rng(4)
    parts: list[np.ndarray] = []
    marks: list[Stretch] = []

    def now_s() -> float:
        return sum(map(len, parts)) / fs_hz

    def mark(text: str) -> None:
        marks.append(Stretch(now_s(), 0.0, text))

    def go(seconds: float, raised: dict[str, float]) -> None:
        levels = [raised.get(label, REST_UV) for label in LABELS[:n_channels]]
        n = round(seconds * fs_hz)
        parts.append(np.column_stack([a * flat_noise(rng, n, fs_hz, 40, 100) for a in levels]))

    def hold(task: str, seconds: float, raised: dict[str, float]) -> None:
        mark(f"task {task} 1 hold")
        go(seconds, raised)
        mark(f"task {task} 1 end")
        go(1, {})

    go(2, {})
    for task, label in ALONE.items():
        hold(task, 3, {label: 90.0})
    hold("rest-supported", 12, {})
    hold("let-go", 14, POSTURE)
    for task, raised in (("rotate-left", LEFT), ("rotate-right", RIGHT)):
        mark(f"task {task} 1 out")
        go(0.6, {})
        go(1.4, raised)
        mark(f"task {task} 1 hold")
        go(4.5, raised)
        mark(f"task {task} 1 back")
        go(1, raised)
        go(1.5, {})
        mark(f"task {task} 1 end")
        go(1, {})
    for text, raised in (("trick without start", POSTURE), ("trick with start", TRICK)):
        mark(text)
        go(10, raised)
        mark("trick end")
        go(1, {})
    counts = np.rint(np.concatenate(parts) / LSB_UV)
    return HeldSamples(
        counts * LSB_UV,
        fs_hz,
        neck_montage(n_channels).channels,
        annotations=marks,
        lsb_uv=np.full(n_channels, LSB_UV),
        full_scale_counts=FULL,
    )


def level(told: Assessment, task: str, label: str) -> float:
    found = told.tasks[task].muscles[label]["rms_uv"]
    assert found.value is not None, (task, label, found.reason)
    return found.value


def told_whole(told: Assessment) -> Assessment:
    """Hold that all is ready for JSON and that what is missing says why."""

    def check(part: object) -> None:
        if isinstance(part, dict) and set(part) == {"value", "reason"}:
            assert (part["value"] is None) == bool(part["reason"]), part
        for inner in part.values() if isinstance(part, dict) else ():
            check(inner)
        for inner in part if isinstance(part, list | tuple) else ():
            check(inner)

    json.dumps(told.as_dict(), allow_nan=False)
    check(told.as_dict())
    return told


@pytest.mark.parametrize("fs_hz", [250.0, 999.37, 2000.0])
def test_levels_onsets_cables_and_trick_do_not_depend_on_the_rate(fs_hz: float) -> None:
    told = told_whole(assess(patient(fs_hz), MOVEMENTS))
    assert told.cables.wrong == ()
    assert set(told.cables.judged) == set(LABELS[:4])
    assert not any(channel.excluded for channel in told.channels)
    for label in LABELS:
        assert level(told, "rest-supported", label) == pytest.approx(REST_UV, rel=0.08)
        assert level(told, "let-go", label) == pytest.approx(POSTURE.get(label, 3.0), rel=0.08)
        assert level(told, "rotate-left", label) == pytest.approx(LEFT.get(label, 3.0), rel=0.12)
    turned = told.tasks["rotate-left"].muscles["SCM R"]
    assert turned["onset_s"].value == pytest.approx(0.6, abs=0.08)
    assert turned["offset_s"].value == pytest.approx(1.0, abs=0.1)
    for label in POSTURE:
        assert told.trick[label].index_pct.value == pytest.approx(50, abs=4)
    middle = told.tasks["let-go"].muscles["SCM L"]["median_frequency_hz"].value
    assert middle == pytest.approx(70, abs=4)
    limited = "limited by the sampling rate" in told.meanings["median_frequency_hz"].conditions
    assert limited == (fs_hz < 999)


@pytest.mark.parametrize("n_channels", [2, 4])
def test_fewer_channels_give_the_same_numbers_of_those_there_are(n_channels: int) -> None:
    told = told_whole(assess(patient(250.0, n_channels), MOVEMENTS))
    assert len(told.channels) == n_channels
    assert level(told, "let-go", "SCM L") == pytest.approx(25, rel=0.08)
    assert ("UT L / UT R" in told.tasks["let-go"].pairs) == (n_channels == 4)


PARTS = ("rest-supported", "palm-right", "rotate-right", "trick with")


@pytest.mark.parametrize("gone", PARTS)
def test_a_task_that_was_not_done_takes_nothing_from_the_others(gone: str) -> None:
    source = patient()
    marks = [mark for mark in source.annotations if gone not in mark.text]
    told = told_whole(assess(replace(source, annotations=marks), MOVEMENTS))
    assert gone not in told.tasks
    assert level(told, "rotate-left", "SCM R") == pytest.approx(80, rel=0.12)
    assert (told.trick == {}) == (gone == "trick with")
    onset = told.tasks["rotate-left"].muscles["SCM R"]["onset_s"]
    assert (onset.reason == "no rest to compare with") == (gone == "rest-supported")


def test_lost_samples_leave_numbers_right_or_missing() -> None:
    source = patient()
    samples = source.samples_uv.copy()
    rng = np.random.default_rng(6)
    starts = np.sort(rng.integers(0, source.n_samples - 300, 25)).tolist()
    gaps = tuple(Gap(start, int(rng.integers(1, 200)), GapReason.RECONNECT) for start in starts)
    for gap in gaps:
        samples[gap.first_sample : gap.first_sample + gap.n_samples] = 4000.0
    told = told_whole(assess(replace(source, samples_uv=samples, gaps=gaps), MOVEMENTS))
    whole = assess(source, MOVEMENTS)
    n_told = 0
    for name, task in told.tasks.items():
        for label, values in task.muscles.items():
            if values["rms_uv"].value is not None:
                expected = level(whole, name, label)
                assert values["rms_uv"].value == pytest.approx(expected, rel=0.15), (name, label)
                n_told += 1
    assert n_told > 30


def test_a_channel_at_its_rails_is_left_out_where_it_is_and_only_there() -> None:
    source = patient()
    samples = source.samples_uv.copy()
    top_uv = 40.0
    samples[:, 0] = np.clip(samples[:, 0], -top_uv, top_uv)
    codes = round(2 * top_uv / LSB_UV)
    told = told_whole(
        assess(replace(source, samples_uv=samples, full_scale_counts=codes), MOVEMENTS)
    )
    found = told.tasks["rotate-right"].muscles["SCM L"]
    assert {value.value for value in found.values()} == {None}
    assert found["rms_uv"].reason == "clipping"
    assert level(told, "rest-supported", "SCM L") == pytest.approx(REST_UV, rel=0.08)


def test_nothing_is_measured_of_what_is_no_signal() -> None:
    source = patient()
    for samples in (np.zeros_like(source.samples_uv), np.full_like(source.samples_uv, np.nan)):
        told = told_whole(assess(replace(source, samples_uv=samples), MOVEMENTS))
        assert all(channel.excluded for channel in told.channels)
        for task in told.tasks.values():
            assert {v.value for m in task.muscles.values() for v in m.values()} == {None}


def test_a_muscle_that_never_works_is_no_measure_of_its_own_work() -> None:
    source = patient()
    marks = [mark for mark in source.annotations if "shrug" not in mark.text]
    told = assess(replace(source, annotations=marks), MOVEMENTS)
    turned = told.tasks["rotate-left"]
    assert (
        "no task that raised it clearly" in turned.pairs["UT L / UT R"]["cocontraction_pct"].reason
    )
    assert turned.pairs["SCM L / SCM R"]["cocontraction_pct"].value is not None
    assert turned.muscles["UT L"]["turns_of_highest_pct"].reason == "hardly a turn in any task"
    assert told.tasks["let-go"].muscles["SCM L"]["bursts_per_min"].reason == "active throughout"


def test_marks_that_go_backwards_give_no_number() -> None:
    source = patient()
    moved = [replace(mark, onset_s=90.0) if "without" in mark.text else mark for mark in
             source.annotations]  # fmt: skip
    told = told_whole(assess(replace(source, annotations=moved), MOVEMENTS))
    assert {effect.index_pct.value for effect in told.trick.values()} == {None}
    assert level(told, "rotate-left", "SCM R") == pytest.approx(80, rel=0.12)


def test_an_envelope_and_two_channels_of_one_name_are_refused() -> None:
    source = patient()
    with pytest.raises(UsageError, match="envelope"):
        assess(replace(source, envelope_only=True), MOVEMENTS)
    twice = [replace(channel, label="EMG") for channel in source.channels]
    with pytest.raises(UsageError, match="'EMG'"):
        assess(replace(source, channels=twice), MOVEMENTS)
