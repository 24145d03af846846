"""Each detector on bursts with known edges, at the signal-to-noise it was published for."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import pytest

from emgfeedback.dsp.design import butter_sos
from emgfeedback.dsp.iir import BlockIir
from emgfeedback.dsp.zero_phase import zero_phase
from emgfeedback.measures.found import merged
from emgfeedback.measures.onset import (
    METHODS,
    double_threshold,
    energy_operator,
    hodges_bui,
    teager_kaiser,
)
from tests.measures.signals import RECORDED, recorded

FS_HZ = 1000.0
REST = slice(0, 2500)
BAND = butter_sos(2, "band", (60.0, 140.0), FS_HZ)


def burst(seed: int, snr_db: float, seconds: float = 0.8) -> tuple[np.ndarray, int, int]:
    """EMG-like noise switched on in white noise; onset and offset in samples."""
    rng = np.random.default_rng(seed)
    n = 6000
    muscle = BlockIir(BAND, 1).process(rng.normal(size=(n, 1)))[:, 0]
    muscle /= muscle.std()
    on = 3000 + int(rng.integers(0, 200))
    off = on + round(seconds * FS_HZ)
    gain = np.zeros(n)
    gain[on:off] = 10 ** (snr_db / 20)
    return rng.normal(size=n) + gain * muscle, on, off


def errors_ms(method, snr_db: float, trials: int = 120) -> np.ndarray:
    found = []
    for seed in range(trials):
        x, on, off = burst(seed, snr_db)
        over = [a for a, b in method(x, REST, FS_HZ).spans if b > on and a < off]
        found.append(over[0] - on if over else np.inf)
    return np.array(found)


def test_double_threshold_keeps_its_published_error_at_8_db():
    errors = errors_ms(double_threshold, 8.0)
    assert abs(errors.mean()) < 10
    assert errors.std() < 15
    assert np.mean(np.abs(errors) > 30) < 0.05


def test_energy_operator_keeps_its_published_error_at_12_db():
    assert np.abs(errors_ms(teager_kaiser, 12.0)).mean() < 40


@pytest.mark.parametrize("snr_db", [6.0, 12.0, 20.0])
@pytest.mark.parametrize("window_ms", [25, 50])
def test_window_mean_is_early_by_no_more_than_its_window(snr_db, window_ms):
    errors = errors_ms(partial(hodges_bui, window_s=window_ms / 1000), snr_db, 60)
    assert -window_ms - 5 < errors.min()  # the low-pass adds some milliseconds
    assert errors.max() < (window_ms if snr_db > 6 else 50)
    assert -window_ms < errors.mean() < 0
    assert errors.std() < 15


def test_energy_operator_needs_ten_decibels_and_is_the_sharpest_from_there():
    sharp = [np.abs(errors_ms(teager_kaiser, snr_db, 60)).mean() for snr_db in (8.0, 10.0, 15.0)]
    assert sharp[0] > 40 > sharp[1] > sharp[2]
    assert sharp[2] < np.abs(errors_ms(hodges_bui, 15.0, 60)).mean() / 3


@cache
def contractions() -> tuple[np.ndarray, slice, np.ndarray]:
    """Nine contractions of a biceps as recorded, their rest, and their edges by eye, seconds."""
    real = recorded("biceps_bursts_1k16")
    emg_uv = zero_phase(butter_sos(2, "high", 20.0, real.fs_hz), real.uv)[:, 0]
    labels = np.loadtxt(RECORDED / "biceps_bursts_labels.csv", delimiter=",", skiprows=1)
    return emg_uv, slice(2800, 4300), labels


def long_ones(method) -> np.ndarray:
    emg_uv, rest, _ = contractions()
    return np.array(merged(method(emg_uv, rest, FS_HZ).spans, 200, 500)) / FS_HZ


@pytest.mark.parametrize("method", [hodges_bui, teager_kaiser])
def test_recorded_contractions_begin_and_end_where_eyes_see_them(method):
    spans = long_ones(method)
    _, _, labels = contractions()
    for on_from, on_to, off_from, off_to in labels:
        mine = spans[(spans[:, 0] < off_from) & (spans[:, 1] > on_to)]
        assert len(mine) == 1, "each is found once, and none runs into the next"
        onset, offset = mine[0]
        # The operator needs a strong signal: of a slow start it sees the later part.
        late_s = 0.15 if method is teager_kaiser else 0.05
        assert on_from - 0.05 < onset < on_to + late_s
        assert off_from - 0.05 < offset < off_to + 0.05
    others = len(spans) - len(labels)
    assert others == (0 if method is teager_kaiser else 1), "half a second of weak activity"


def test_two_thresholds_take_single_units_of_a_resting_muscle_for_activity():
    """Their noise is Gaussian; real rest is not, so what they find is no contraction there."""
    emg_uv, rest, labels = contractions()
    on = np.zeros(len(emg_uv), dtype=bool)
    for a, b in double_threshold(emg_uv, rest, FS_HZ).spans:
        on[a:b] = True
    inside = [on[round(b * FS_HZ) : round(c * FS_HZ)].mean() for _, b, c, _ in labels]
    assert min(inside) > 0.97
    assert len(long_ones(double_threshold)) < len(labels), "breaks between them are bridged"


def test_energy_of_a_sine_is_constant_and_known():
    x = 100 * np.sin(0.2 * np.pi * np.arange(1000) + 0.7)
    assert energy_operator(x) == pytest.approx(3454.9150, rel=1e-6)
    assert energy_operator(np.ones(2)).tolist() == [0, 0]


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_scale_does_not_matter_and_silence_is_never_on(method):
    x, on, _ = burst(1, 15.0)
    assert method(50 * x, REST, FS_HZ).spans == method(x, REST, FS_HZ).spans
    quiet = np.random.default_rng(2).normal(size=20_000)
    active = sum(b - a for a, b in method(quiet, slice(0, 10_000), FS_HZ).spans)
    assert active / len(quiet) < 0.02
    assert any(abs(a - on) < 60 for a, _ in method(x, REST, FS_HZ).spans)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_without_rest_nothing_is_said_and_the_parameters_are_told(method):
    found = method(np.ones(2000), slice(0, 0), FS_HZ)
    assert found.spans == ()
    assert "rest" in found.reason
    assert found.parameters
