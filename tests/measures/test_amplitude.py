from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.measures.amplitude import (
    arv,
    noise_corrected,
    rms,
    snr_db,
)

FS_HZ = 1000.0


def sine(f_hz: float, seconds: float, peak: float = 100.0) -> np.ndarray:
    n = round(seconds * FS_HZ)
    return peak * np.sin(2 * np.pi * f_hz * np.arange(n) / FS_HZ)[:, None]


def test_gaussian():
    x = 10 * np.random.default_rng(1).standard_normal((200_000, 1))
    assert rms(x)[0] == pytest.approx(10, rel=0.0031)
    assert arv(x)[0] == pytest.approx(7.9788, rel=0.0033)
    assert rms(x)[0] / arv(x)[0] == pytest.approx(1.25331, rel=0.0033)


@pytest.mark.parametrize("f_hz", [97, 101, 103])
def test_sine_of_no_common_measure_with_the_rate(f_hz):
    assert rms(sine(f_hz, 10))[0] == pytest.approx(70.7107, rel=1e-4)
    assert arv(sine(f_hz, 10))[0] == pytest.approx(63.6618, rel=1e-4)


def test_ten_points_a_cycle_miss_the_tops():
    assert rms(sine(100, 10))[0] == pytest.approx(70.710678, rel=1e-6)
    assert arv(sine(100, 10))[0] == pytest.approx(61.553671, rel=1e-6)


def test_noise_and_signal_to_noise():
    assert noise_corrected(5, 3) == pytest.approx(4)
    assert noise_corrected(2, 3) == 0
    assert snr_db(100, 5) == pytest.approx(26.021, abs=1e-3)
    assert noise_corrected(100, 5) == pytest.approx(99.875, abs=1e-3)
    assert snr_db(100, 0) is None
    assert snr_db(0, 5) is None
