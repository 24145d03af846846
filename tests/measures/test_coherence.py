"""The research panel's numbers on signals whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from emgfeedback.measures.coherence import _coherence, coherence, confidence_limit, drive_share

FS_HZ = 1000.0
EMG = signal.butter(4, (30, 400), "bandpass", fs=FS_HZ, output="sos")


def carrier(rng, seconds):
    x = signal.sosfilt(EMG, rng.normal(size=round(seconds * FS_HZ)))
    return x / x.std()


@pytest.mark.parametrize(("segments", "limit"), [(20, 0.146), (30, 0.098), (60, 0.0495),
                                                 (100, 0.0298), (120, 0.0249)])  # fmt: skip
def test_limits_are_those_printed(segments, limit):
    assert confidence_limit(segments) == pytest.approx(limit, abs=5e-4)


def test_a_common_signal_as_strong_as_the_noise_gives_a_quarter():
    rng = np.random.default_rng(1)
    n = 120_000
    common = rng.normal(size=n)
    a, b = common + rng.normal(size=n), common + rng.normal(size=n)
    _, value, segments = _coherence(np.column_stack((a, b)), FS_HZ, None)
    assert segments == 120
    assert np.mean(value[5:450]) == pytest.approx(0.25, abs=0.02)


def test_independent_noise_rarely_exceeds_the_limit():
    rng = np.random.default_rng(2)
    found = coherence(carrier(rng, 60), carrier(rng, 60), FS_HZ)
    share = np.mean(found.value[3:31] > found.limit)
    assert 0 <= share <= 0.18
    assert not found.crosstalk


def test_a_shared_rhythm_shows_only_in_the_rectified_signal():
    rng = np.random.default_rng(3)
    t = np.arange(120_000) / FS_HZ
    am = 1 + 0.5 * np.sin(2 * np.pi * 6 * t)
    a, b = 20 * am * carrier(rng, 120), 20 * am * carrier(rng, 120)
    assert np.sqrt(np.mean(a**2)) == pytest.approx(21.21, rel=0.03)
    found = coherence(a, b, FS_HZ)
    assert found.value[6] == pytest.approx(0.96, abs=0.03)
    assert not found.crosstalk
    f_hz, raw, _ = _coherence(np.column_stack((a, b)), FS_HZ, None)
    assert raw[f_hz == 6] == pytest.approx(0.01, abs=0.03)
    assert drive_share(a, FS_HZ).value == pytest.approx(80, abs=3)


def test_two_electrodes_over_one_muscle_are_flagged():
    rng = np.random.default_rng(4)
    same = carrier(rng, 60)
    found = coherence(same + 0.5 * carrier(rng, 60), same + 0.5 * carrier(rng, 60), FS_HZ)
    assert found.crosstalk


def test_a_flat_spectrum_has_its_known_share():
    x = signal.sosfilt(EMG, np.random.default_rng(5).normal(size=600_000))
    assert drive_share(x, FS_HZ).value == pytest.approx(25.9, abs=1.5)


def test_short_signals_say_so():
    x = np.random.default_rng(6).normal(size=10_000)
    assert "20 s are needed" in coherence(x, x, FS_HZ).reason
    assert drive_share(x, FS_HZ).value is None
