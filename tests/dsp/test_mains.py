"""Hum is found where it is, at its frequency and size, and not where it is not."""

import numpy as np
import pytest

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.dsp.mains import HumTracker, find_mains

FS_HZ = 1000


def noise(seconds, n_channels=4, fs_hz=FS_HZ, sigma=10.0, seed=0):
    return np.random.default_rng(seed).normal(0, sigma, (round(seconds * fs_hz), n_channels))


def tone(f_hz, rms_uv, n, fs_hz=FS_HZ):
    return np.sqrt(2) * rms_uv * np.sin(2 * np.pi * f_hz * np.arange(n) / fs_hz + 0.4)


def feed(tracker, x, first=0, block=100, gap=None):
    new = 0
    for i in range(0, len(x), block):
        part = x[i : i + block]
        saturated = np.zeros(x.shape[1], dtype=bool)
        new += tracker.process(Block(part, Unit.UV, FS_HZ, first + i, gap, saturated))
        gap = None
    return new


@pytest.mark.parametrize("fs_hz", [500, 1000, 2000])
@pytest.mark.parametrize("f_hz", [49.75, 49.9, 50.0, 50.13, 50.3, 59.8, 60.0, 60.2])
def test_family_frequency_and_level(fs_hz, f_hz):
    x = noise(4, fs_hz=fs_hz) + 2000
    x[:, 1] += tone(f_hz, 10, len(x), fs_hz)
    x[:, 3] += tone(f_hz, 40, len(x), fs_hz) + tone(3 * f_hz, 30, len(x), fs_hz)
    hum = find_mains(x, fs_hz)
    assert hum.mains_hz == round(f_hz, -1)
    assert hum.frequency_hz == pytest.approx(f_hz, abs=0.02)
    assert hum.detected.tolist() == [False, True, False, True]
    assert hum.level_uv[1] == pytest.approx(10, rel=0.1)
    assert hum.level_uv[3] == pytest.approx(50, rel=0.05)
    assert hum.notch_warranted


@pytest.mark.parametrize("f_hz", [45.0, 55.0, 47.0, 63.0, 100.7])
def test_a_line_elsewhere_is_not_mains(f_hz):
    x = noise(4)
    x[:, 0] += tone(f_hz, 30, len(x))
    hum = find_mains(x, FS_HZ)
    assert not hum.detected.any()
    assert not hum.notch_warranted


def test_noise_alone_is_rarely_hum_and_never_warrants_a_notch():
    found = [find_mains(noise(4, seed=seed), FS_HZ) for seed in range(200)]
    assert np.mean([hum.detected for hum in found]) < 0.005
    assert not any(hum.notch_warranted for hum in found)


def test_hum_far_below_the_signal_is_left_alone():
    x = noise(4, sigma=50.0)
    x[:, 2] += tone(50, 2, len(x))
    assert not find_mains(x, FS_HZ).notch_warranted


def test_what_cannot_be_told_is_none():
    assert find_mains(noise(3.9), FS_HZ) is None
    assert find_mains(noise(4, fs_hz=120), 120) is None
    broken = noise(4)
    broken[7, 1] = np.nan
    assert find_mains(broken, FS_HZ) is None


def test_a_flat_line_has_no_hum():
    hum = find_mains(np.full((4000, 2), 37.0), FS_HZ)
    assert not hum.detected.any()
    assert hum.level_uv.max() < 1e-6


def test_tracker_estimates_once_a_second_after_four():
    tracker = HumTracker(FS_HZ, 4)
    x = noise(10)
    assert feed(tracker, x[:3900]) == 0
    assert tracker.hum is None
    assert feed(tracker, x[3900:], first=3900) == 7
    assert not tracker.hum.notch_warranted


@pytest.mark.parametrize("block", [1, 37, 9000])
def test_tracker_sees_the_last_four_seconds_in_any_blocks(block):
    x = noise(9)
    x[5000:, 0] += tone(50, 10, 4000)
    tracker = HumTracker(FS_HZ, 4)
    feed(tracker, x, block=block)
    expected = find_mains(x[5000:], FS_HZ)
    assert np.array_equal(tracker.hum.prominence_db, expected.prominence_db)


def test_a_gap_starts_the_window_anew():
    tracker = HumTracker(FS_HZ, 4)
    x = noise(8)
    assert feed(tracker, x[:3000]) == 0
    assert feed(tracker, x[:3900], first=3005, gap=Gap(3000, 5, GapReason.LINK)) == 0
    assert feed(tracker, x[:100], first=6905) == 1


def test_the_advice_comes_moves_and_goes_slowly():
    tracker = HumTracker(FS_HZ, 4)
    n = 40_000
    x = noise(40)
    hum = x + tone(50.1, 20, n)[:, None]
    feed(tracker, hum[:5900])
    assert tracker.notch_hz is None
    feed(tracker, hum[5900:6000], first=5900)
    assert tracker.notch_hz == pytest.approx(50.1, abs=0.02)
    feed(tracker, (x + tone(49.85, 20, n)[:, None])[:9000], first=6000)
    assert tracker.notch_hz == pytest.approx(49.85, abs=0.02)
    feed(tracker, x[:12_000], first=15_000)
    assert tracker.notch_hz is not None
    feed(tracker, x[12_000:15_000], first=27_000)
    assert tracker.notch_hz is None
