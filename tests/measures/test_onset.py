"""Each detector on bursts with known edges, at the signal-to-noise it was published for."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.dsp.design import butter_sos
from emgfeedback.dsp.iir import BlockIir
from emgfeedback.measures.onset import (
    METHODS,
    double_threshold,
    energy_operator,
    hodges_bui,
    teager_kaiser,
)

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


def test_window_mean_is_within_its_window_at_12_db():
    errors = errors_ms(hodges_bui, 12.0)
    assert errors.max() < 50
    assert errors.min() > -50 - 20  # its window looks 50 ms ahead, its low-pass some more


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
