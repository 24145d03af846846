from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.measures.spectrum import (
    WelchSum,
    band_hz,
    fatigue_index,
    mean_frequency_hz,
    median_frequency_hz,
    omega,
    power_spectrum,
)
from tests.measures.signals import cut, emg_like, flat_noise, recorded

FS_HZ = 1000.0
BAND = band_hz(FS_HZ)


def test_band_ends_at_half_the_rate():
    assert band_hz(2000) == (10, 500)
    assert band_hz(500) == (10, 250)


def test_power_is_kept():
    x = np.random.default_rng(1).standard_normal((60_000, 2)) * [3, 20]
    f_hz, density = power_spectrum(x, FS_HZ)
    assert density is not None
    assert density.sum(axis=0) * (f_hz[1] - f_hz[0]) == pytest.approx(x.var(axis=0), rel=0.01)


def test_flat_noise_lies_at_the_middle_of_its_band():
    rng = np.random.default_rng(2)
    x = np.column_stack([flat_noise(rng, 1000, FS_HZ, 20, 450) for _ in range(100)])
    f_hz, density = power_spectrum(x, FS_HZ)
    assert density is not None
    medians = [median_frequency_hz(f_hz, d, BAND) for d in density.T]
    means = [mean_frequency_hz(f_hz, d, BAND) for d in density.T]
    assert np.mean(medians) == pytest.approx(235, abs=2)
    assert np.mean(means) == pytest.approx(235, abs=2)
    assert 6 < np.std(medians) < 18


@pytest.mark.parametrize(
    ("epoch_s", "median_sd_hz", "mean_sd_hz"),
    [(0.5, 14.0, 7.6), (1.0, 9.9, 5.9), (2.0, 6.9, 4.0), (5.0, 4.6, 2.6)],
)
def test_scatter_of_frequencies_read_from_one_periodogram(epoch_s, median_sd_hz, mean_sd_hz):
    rng = np.random.default_rng(7)
    n = round(epoch_s * FS_HZ)
    noise = flat_noise(rng, 600 * n, FS_HZ, 20, 450).reshape(600, n)
    f_hz = np.fft.rfftfreq(n, 1 / FS_HZ)
    densities = np.abs(np.fft.rfft(noise, axis=1)) ** 2
    medians = [median_frequency_hz(f_hz, d, BAND) for d in densities]
    means = [mean_frequency_hz(f_hz, d, BAND) for d in densities]
    assert np.mean(medians) == pytest.approx(235, abs=2)
    assert np.mean(means) == pytest.approx(235, abs=2)
    assert np.std(medians) == pytest.approx(median_sd_hz, rel=0.2)
    assert np.std(means) == pytest.approx(mean_sd_hz, rel=0.2)


def test_flat_noise_over_a_minute():
    x = flat_noise(np.random.default_rng(3), 100_000, FS_HZ, 20, 450)[:, None]
    f_hz, density = power_spectrum(x, FS_HZ)
    assert density is not None
    assert median_frequency_hz(f_hz, density[:, 0], BAND) == pytest.approx(235, abs=2)
    assert mean_frequency_hz(f_hz, density[:, 0], BAND) == pytest.approx(235, abs=2)


def test_two_lines():
    time_s = np.arange(10_000) / FS_HZ
    x = np.sin(2 * np.pi * 60 * time_s) + 2 * np.sin(2 * np.pi * 120 * time_s)
    f_hz, density = power_spectrum(x[:, None], FS_HZ)
    assert density is not None
    assert mean_frequency_hz(f_hz, density[:, 0], BAND) == pytest.approx(108.0, abs=1e-6)
    assert median_frequency_hz(f_hz, density[:, 0], BAND) == pytest.approx(120, abs=1)


def test_shape_of_a_flat_density():
    f_hz = np.arange(0, 501, 0.5)
    flat = np.ones_like(f_hz)
    assert omega(f_hz, flat, (0, 500)) == pytest.approx(2 / math.sqrt(3), rel=1e-3)
    assert omega(f_hz, flat, (20, 450)) == pytest.approx(1.130933, rel=1e-3)
    assert omega(f_hz, flat, (30, 400)) == pytest.approx(1.1166, rel=1e-3)
    assert fatigue_index(f_hz, flat, (10, 500)) == pytest.approx(1.5022e-15, rel=1e-3)


def test_nothing_is_read_from_silence_or_too_little():
    f_hz, density = power_spectrum(np.zeros((2000, 1)), FS_HZ)
    assert density is not None
    for read in (median_frequency_hz, mean_frequency_hz, omega, fatigue_index):
        assert read(f_hz, density[:, 0], BAND) is None
    assert power_spectrum(np.ones((999, 1)), FS_HZ)[1] is None


def test_windows_do_not_reach_over_a_gap():
    welch = WelchSum(FS_HZ, 1)
    for _ in range(5):
        welch.add(np.ones((999, 1)))
        welch.gap()
    assert welch.density() is None


def test_an_offset_moves_nothing():
    x = 20 * emg_like(np.random.default_rng(4), 20_000, FS_HZ)[:, None]
    f_hz, plain = power_spectrum(x, FS_HZ)
    _, lifted = power_spectrum(x + 1000, FS_HZ)
    assert plain is not None
    assert lifted is not None
    assert median_frequency_hz(f_hz, lifted[:, 0], BAND) == pytest.approx(
        median_frequency_hz(f_hz, plain[:, 0], BAND), abs=1e-6
    )


def test_fatigue_lowers_the_median_of_a_recorded_muscle():
    real = recorded("biceps_fatigue_last30_1k12")
    f_hz, density = power_spectrum(real.uv, real.fs_hz)
    assert density is not None
    assert median_frequency_hz(f_hz, density[:, 0], BAND) == pytest.approx(59, abs=3)


@settings(deadline=None)
@given(st.lists(st.integers(1, 4096), min_size=1, max_size=6))
def test_block_sizes_do_not_matter(sizes):
    x = np.random.default_rng(5).standard_normal((6000, 2))
    whole, parts = WelchSum(FS_HZ, 2), WelchSum(FS_HZ, 2)
    whole.add(x)
    for part in cut(len(x), sizes):
        parts.add(x[part])
    assert np.array_equal(whole.density(), parts.density())
