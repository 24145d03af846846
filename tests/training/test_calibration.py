"""Calibrations: known levels come out, bad signal does not get in, filters must agree."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.core.block import Unit
from emgfeedback.core.errors import ConfigError, SettingsError
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.training.calibration import (
    Calibration,
    CalibrationFacts,
    UnitScale,
    newest_uv,
    pain_stops,
    results,
    unit_scale,
    why_not_microvolts,
)
from emgfeedback.training.calibration_take import CalibrationTake, Method, TakePhase
from emgfeedback.training.levels import Levels
from emgfeedback.training.now import Hold

FS_HZ = 1000.0
GOOD = np.array([True, True])
BAD = np.array([True, False])
REST_FACTS = ChainSettings.for_purpose("rest", FS_HZ).facts()
ACTIVE_FACTS = ChainSettings.for_purpose("activation", FS_HZ).facts()


def block(
    samples: np.ndarray, first: int = 0, *, usable: np.ndarray = GOOD, gap: int = 0, valid=True
) -> Levels:
    held = np.full(len(samples), valid)
    return Levels(first, np.abs(samples), np.abs(samples), samples, held, usable, gap)


def noise(rms_uv: np.ndarray | float, seconds: float, seed: int = 1) -> np.ndarray:
    n = round(seconds * FS_HZ)
    return np.random.default_rng(seed).normal(size=(n, 2)) * rms_uv


def taken(method: Method, seconds: float, samples: np.ndarray, cut: int = 250) -> CalibrationTake:
    take = CalibrationTake(method, seconds, (0, 1), FS_HZ)
    take.begin()
    for at in range(0, len(samples), cut):
        take.process(block(samples[at : at + cut], at))
    take.judged(GOOD)
    return take


def facts(words: str = REST_FACTS) -> CalibrationFacts:
    return CalibrationFacts(words, "virtual board", posture="seated", head_support="none")


def found(method: Method, *takes: CalibrationTake, floor: float = 0.5) -> tuple[Calibration, ...]:
    return results(takes, method, ("L", "R"), ("a", "b"), (floor, floor), facts())


def test_rest_is_the_median_and_hardly_moved_by_heartbeats() -> None:
    samples = noise(3.0, 32)
    quiet = taken(Method.REST, 30, samples).levels_uv()
    assert quiet == pytest.approx([3.0, 3.0], rel=0.02)
    beats = samples.copy()
    for at in range(0, len(beats) - 40, 857):
        beats[at : at + 40, 0] += 60 * np.hanning(40)
    with_beats = taken(Method.REST, 30, beats).levels_uv()
    assert with_beats[0] == pytest.approx(3.0, rel=0.08)


def test_the_floor_is_a_low_percentile_of_whole_seconds() -> None:
    loud = np.repeat([1.0] * 3 + [8.0] * 27, 1000)[:, None]
    samples = np.concatenate([noise(loud, 30), noise(8.0, 2)])
    assert taken(Method.FLOOR, 30, samples).levels_uv() == pytest.approx([1.0, 1.0], rel=0.05)


def test_the_trapezius_hold_counts_its_middle() -> None:
    shape = np.interp(np.arange(17_000) / FS_HZ, [0, 2, 13, 15, 17], [0, 50, 50, 0, 0])[:, None]
    level = taken(Method.RVC_TRAPEZIUS, 15, noise(shape, 17)).levels_uv()
    assert level == pytest.approx([50.0, 50.0], rel=0.02)


def test_the_scm_hold_counts_its_steadiest_second() -> None:
    t_s = np.arange(7000) / FS_HZ
    shape = np.where((t_s > 2) & (t_s < 4), 30.0, 20 + 14 * np.sin(2 * np.pi * 2 * t_s))[:, None]
    carrier = np.sqrt(2) * np.sin(2 * np.pi * 80 * t_s)[:, None] * np.ones((1, 2))
    level = taken(Method.RVC_SCM, 5, carrier * shape).levels_uv()
    assert level == pytest.approx([30.0, 30.0], rel=0.01)


def test_the_maximum_is_the_highest_second() -> None:
    shape = np.repeat([100.0, 300.0, 200.0, 100.0, 0.0, 0.0], 1000)[:, None]
    level = taken(Method.MVC, 4, noise(shape, 6)).levels_uv()
    assert level == pytest.approx([300.0, 300.0], rel=0.03)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(list(Method)), st.integers(1, 4096))
def test_pieces_change_nothing(method: Method, cut: int) -> None:
    samples = noise(10.0, 14)
    samples[5000:] *= 1.5
    whole, pieces = (taken(method, 10, samples, n) for n in (len(samples), cut))
    assert whole.accepted
    assert pieces.accepted
    assert np.array_equal(whole.levels_uv(), pieces.levels_uv())


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ({"usable": BAD}, Hold.QUALITY),
        ({"gap": 20}, Hold.GAP),
        ({"valid": False}, Hold.SETTLING),
    ],
)
def test_trouble_voids_a_contraction_and_lengthens_a_rest(trouble: dict, reason: Hold) -> None:
    hold = CalibrationTake(Method.RVC_SCM, 5, (0, 1), FS_HZ)
    rest = CalibrationTake(Method.REST, 10, (0, 1), FS_HZ)
    for take in (hold, rest):
        take.begin()
        take.process(block(noise(20.0, 2)))
        take.process(block(np.zeros((500, 2)), 2000, **trouble))
        take.process(block(noise(20.0, 4), 2500))
        take.judged(GOOD)
    assert (hold.phase, hold.void_reason) == (TakePhase.VOID, reason)
    assert rest.phase is TakePhase.COLLECTING
    rest.process(block(noise(20.0, 8), 6500))
    rest.judged(GOOD)
    assert rest.accepted
    assert rest.levels_uv() == pytest.approx([20.0, 20.0], rel=0.05)


def test_a_late_verdict_takes_back_what_it_doubts() -> None:
    take = CalibrationTake(Method.REST, 10, (0, 1), FS_HZ)
    take.begin()
    take.process(block(noise(20.0, 5)))
    take.process(block(np.zeros((900, 2)), 5000))
    take.judged(BAD)
    assert take.progress <= 0.5
    assert take.blamed == (1,)
    take.process(block(noise(20.0, 7), 6000))
    take.judged(GOOD)
    assert take.accepted
    assert take.levels_uv() == pytest.approx([20.0, 20.0], rel=0.05)
    hold = CalibrationTake(Method.RVC_SCM, 5, (0, 1), FS_HZ)
    hold.begin()
    hold.process(block(noise(20.0, 5.5)))
    hold.judged(GOOD)
    assert hold.phase is TakePhase.CONFIRMING
    hold.judged(BAD)
    assert hold.phase is TakePhase.VOID


def test_a_channel_that_is_not_measured_cannot_disturb() -> None:
    take = CalibrationTake(Method.RVC_SCM, 5, (0,), FS_HZ)
    take.begin()
    take.process(block(noise(20.0, 7), usable=BAD))
    take.judged(BAD)
    assert take.accepted


def test_takes_are_averaged_and_their_spread_told() -> None:
    takes = [taken(Method.RVC_SCM, 5, noise(rms, 7)) for rms in (20.0, 30.0)]
    left, right = found(Method.RVC_SCM, *takes)
    assert left.value_uv == pytest.approx(np.mean(left.takes_uv))
    assert left.spread_pct == pytest.approx(40.0, rel=0.01)
    assert left.repeatable is False
    assert left.corrected_uv == pytest.approx(np.sqrt(left.value_uv**2 - 0.25))
    assert (right.label, right.site, right.facts.posture) == ("R", "b", "seated")
    kept = json.loads(json.dumps(left.to_dict(), allow_nan=False))
    assert kept["facts"]["filter_facts"] == REST_FACTS
    assert kept["method"] == "rvc_scm"
    highest = found(Method.MVC, *[taken(Method.MVC, 4, noise(r, 6)) for r in (200.0, 300.0)])
    assert highest[0].value_uv == max(highest[0].takes_uv)


def test_no_value_without_contraction_or_good_take() -> None:
    weak = found(Method.RVC_SCM, taken(Method.RVC_SCM, 5, noise(2.0, 7)), floor=1.0)[0]
    assert (weak.value_uv, weak.reason) == (None, "no activity above the noise")
    take = CalibrationTake(Method.RVC_SCM, 5, (0, 1), FS_HZ)
    none = found(Method.RVC_SCM, take)[0]
    assert (none.value_uv, none.reason, none.spread_pct) == (None, "no take was good", None)
    good = taken(Method.RVC_SCM, 5, noise(20.0, 7))
    hurt = results([good], Method.RVC_SCM, "LR", "ab", (1, 1), facts(), reason="pain")[0]
    assert (hurt.value_uv, hurt.corrected_uv, hurt.reason) == (None, None, "pain")


def test_rest_also_gives_the_line_of_three_in_four() -> None:
    samples = noise(10.0, 32)
    rest = found(Method.REST, taken(Method.REST, 30, samples))[0]
    epochs = np.sqrt(np.mean(samples[:30_000, 0].reshape(-1, 125) ** 2, axis=1))
    assert rest.upper_uv == pytest.approx(np.percentile(epochs, 75), rel=1e-9)
    assert rest.value_uv == pytest.approx(np.median(epochs), rel=1e-9)


def reference(words: str) -> list[Calibration]:
    take = taken(Method.RVC_SCM, 5, noise(40.0, 7))
    return list(results([take], Method.RVC_SCM, "LR", "ab", (1, 1), facts(words)))


def test_percent_of_reference() -> None:
    held = reference(ACTIVE_FACTS)
    scale = unit_scale(held, (0, 1), 3, ACTIVE_FACTS)
    assert scale.unit is Unit.PCT
    value = held[0].value_uv
    assert value is not None
    assert value * scale.per_uv[0] == pytest.approx(100.0)
    assert np.isnan(scale.per_uv[2])
    assert scale.least[0] == pytest.approx(300 / value)
    plain = UnitScale.microvolts(3)
    assert (plain.unit, plain.least) == (Unit.UV, (3.0, 3.0, 3.0))


def test_another_filter_is_refused_and_a_notch_is_not() -> None:
    held = reference(ACTIVE_FACTS)
    with pytest.raises(ConfigError, match="filters of the task"):
        unit_scale(held, (0,), 2, REST_FACTS)
    notched = ChainSettings.for_purpose("activation", FS_HZ, notch_hz=50.0).facts()
    assert unit_scale(held, (0,), 2, notched).unit is Unit.PCT


def test_no_reference_is_refused_with_its_reason() -> None:
    with pytest.raises(ConfigError, match="not taken"):
        unit_scale([], (0,), 2, REST_FACTS)
    take = taken(Method.RVC_SCM, 5, noise(20.0, 7))
    hurt = results([take], Method.RVC_SCM, "LR", "ab", (1, 1), facts(), reason="pain")
    with pytest.raises(ConfigError, match="pain"):
        unit_scale(hurt, (0,), 2, REST_FACTS)
    rest = found(Method.REST, taken(Method.REST, 30, noise(5.0, 32)))
    scale = unit_scale([*hurt, *rest], (0,), 2, REST_FACTS, methods=(Method.REST,))
    assert 5.0 * scale.per_uv[0] == pytest.approx(100.0, rel=0.02)


def test_the_newest_level_through_the_filters_of_the_task_counts() -> None:
    first, through_others = reference(ACTIVE_FACTS), reference(REST_FACTS)
    take = taken(Method.RVC_SCM, 5, noise(80.0, 7))
    second = results([take], Method.RVC_SCM, "LR", "ab", (1, 1), facts(ACTIVE_FACTS))
    held = [*first, *second, *through_others]
    assert newest_uv(held, 0, ACTIVE_FACTS) == second[0].value_uv
    assert newest_uv(held, 0, REST_FACTS) == through_others[0].value_uv
    with pytest.raises(ConfigError, match="no resting level of channel 1: it was not taken"):
        newest_uv(held, 0, REST_FACTS, (Method.REST,))


@pytest.mark.parametrize(
    ("before", "now", "stops"),
    [(0, 1, False), (0, 2, True), (3, 3, False), (3, 4, True), (None, 3, False), (None, 4, True)],
)
def test_pain_ends_contractions(before: int | None, now: int, stops: bool) -> None:
    assert pain_stops(before, now) is stops


def test_coarse_or_noisy_boards_get_no_microvolt_targets() -> None:
    assert why_not_microvolts(0.8, 1.5) == ""
    assert "4.9 µV" in why_not_microvolts(4.88, 1.5)
    assert "3.5 µV" in why_not_microvolts(0.8, 3.5)


def test_impossible_takes_are_refused() -> None:
    with pytest.raises(SettingsError, match="outside"):
        CalibrationTake(Method.REST, 3, (0,), FS_HZ)
    with pytest.raises(SettingsError, match="No channel"):
        CalibrationTake(Method.REST, 30, (), FS_HZ)
    with pytest.raises(SettingsError, match="No take"):
        results([], Method.REST, "LR", "ab", (1, 1), facts())
