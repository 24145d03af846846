"""The synthetic patient of known truth: spectra, shapes and courses within stated tolerances."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.devices.virtual.muscle import (
    MUSCLE_CORNERS_HZ,
    shaping_taps,
)
from emgfeedback.devices.virtual.signal import (
    crosstalk_matrix,
)
from emgfeedback.measures.cocontraction import (
    likeness,
)
from tests.measures.overactive_patient import (
    ALONE,
    CROSSTALK,
    FS_HZ,
    GOOD,
    HOLDING,
    LABELS,
    REFERENCES,
    WHITE_UV,
    patient,
    value,
    with_cables_right,
)


def spectrum_hz(label: str, task: str) -> tuple[float, float]:
    """Return median and mean frequency of what reaches an electrode, from the model's spectra."""
    n = 2000
    f_hz = np.fft.rfftfreq(n, 1 / FS_HZ)
    shares = np.square(crosstalk_matrix(CROSSTALK))[LABELS.index(label)]
    holds = [patient().amplitudes(*hold) for hold in patient().holds(task)]
    own_uv2 = np.mean([np.mean(np.square(hold), axis=0) for hold in holds], axis=0)
    density = np.full_like(f_hz, WHITE_UV**2 * 2 / n)
    for muscle, corners_hz in enumerate(MUSCLE_CORNERS_HZ):
        shape = np.abs(np.fft.rfft(shaping_taps(corners_hz, FS_HZ), n)) ** 2
        density += shares[muscle] * own_uv2[muscle] * shape * 2 / n
    inside = (f_hz >= 10) & (f_hz <= 500)
    f_hz, density = f_hz[inside], density[inside]
    total = np.cumsum(density)
    return float(np.interp(total[-1] / 2, total, f_hz)), float(np.average(f_hz, weights=density))


@pytest.mark.parametrize("task", ["rest-supported", "let-go", "neutral", "rotate-right"])
def test_frequencies_are_the_muscles_and_not_the_hearts(task: str) -> None:
    for label in GOOD:
        median_hz, mean_hz = spectrum_hz(label, task)
        got = value(task, label, "median_frequency_hz"), value(task, label, "mean_frequency_hz")
        assert got == pytest.approx((median_hz, mean_hz), rel=0.12), (label, got, median_hz)


def test_steady_muscles_do_not_tire() -> None:
    for label in GOOD:
        slope = value("let-go", label, "fatigue_hz_per_min")
        assert value("let-go", label, "fatigue_index_ratio") == pytest.approx(1, abs=0.5)
        assert abs(slope) < 3 * value("let-go", label, "fatigue_error_hz_per_min")
    assert abs(value("let-go", "SCM L", "fatigue_hz_per_min")) < 20


def test_average_rectified_values() -> None:
    """Steady EMG is Gaussian: its ARV is sqrt(2/pi) of the RMS; waxing and waning it is less."""
    for task in ("rest-supported", *ALONE):
        for label in GOOD:
            ratio = value(task, label, "arv_uv") / value(task, label, "rms_uv")
            assert ratio == pytest.approx(np.sqrt(2 / np.pi), rel=0.03), (task, label)
    for label in ("SCM L", "SPL R"):
        rows = patient().amplitudes(*patient().holds("let-go")[0])[:, LABELS.index(label)]
        wanes = np.mean(rows) / np.sqrt(np.mean(rows**2))
        ratio = value("let-go", label, "arv_uv") / value("let-go", label, "rms_uv")
        assert ratio == pytest.approx(np.sqrt(2 / np.pi) * wanes, rel=0.04)


def test_what_works_throughout_has_no_bursts_and_what_rests_neither() -> None:
    for label in GOOD:
        overactive = label in ("SCM L", "SPL R")
        for task in ("let-go", "neutral"):
            assert value(task, label, "burst_duty_pct") == pytest.approx(100 * overactive, abs=1)
            found = with_cables_right().tasks[task].muscles[label]["bursts_per_min"]
            assert (found.reason == "active throughout") == overactive
            assert overactive or found.value == pytest.approx(0, abs=3)


def test_co_contraction_of_the_named_pairs() -> None:
    """Of levels over their references, or over the highest task where there is none."""
    normal = {
        label: REFERENCES.get(label, max(patient().held_uv(label, task) for task in HOLDING))
        for label in GOOD
    }
    pairs = ("SCM L / SCM R", "UT L / UT R", "SCM L / UT L", "SCM L / SPL R", "SCM R / UT R")
    for task in ("rest-supported", "let-go", "neutral", "rotate-left", "rotate-right"):
        for pair in pairs:
            one, other = (
                np.array(
                    [patient().truth_uv(label, *hold) for hold in patient().half_seconds(task)]
                )
                / normal[label]
                for label in pair.split(" / ")
            )
            truth = 200 * np.sum(np.minimum(one, other)) / np.sum(one + other)
            found = with_cables_right().tasks[task].pairs[pair]["cocontraction_pct"]
            assert found.value == pytest.approx(truth, abs=7), (task, pair)


def test_sides_rise_together_when_both_work_and_not_when_one_does() -> None:
    for task, pair in (("flex", "SCM L / SCM R"), ("let-go", "SCM L / SCM R")):
        left, right = (
            patient().course(label, *patient().wholes(task)[0]) for label in pair.split(" / ")
        )
        truth, _ = likeness(left, right, FS_HZ)
        found = with_cables_right().tasks[task].pairs[pair]["likeness"]
        assert truth.value is not None
        assert found.value is not None
        if task == "flex":
            assert truth.value > 0.9
            # The envelope of noise scatters: it is as alike as its signal is to that.
            assert 0.75 < found.value <= truth.value
        else:
            assert found.value < 0.4


def test_turns_follow_the_muscle_over_its_tasks() -> None:
    """The busiest task has most, rest none; the turns of the others rise with the level."""
    for label in GOOD:
        told = {
            task: (value(task, label, "rms_uv"), value(task, label, "turns_of_highest_pct"))
            for task in with_cables_right().tasks
        }
        levels = sorted(told.values())
        assert max(turns for _, turns in levels) == 100
        assert told["rest-supported"][1] < 1
        weak = [turns for level, turns in levels if level < 0.1 * levels[-1][0]]
        strong = [turns for level, turns in levels if level > 0.4 * levels[-1][0]]
        assert max(weak) < min(strong)
        shares = {task: value(task, label, "of_highest_pct") for task in told}
        assert shares == pytest.approx({t: 100 * v[0] / levels[-1][0] for t, v in told.items()})
