import numpy as np
import pytest

from emgfeedback.measures.bursts import summarize, tremor_of

FS_HZ = 1000.0


def modulated(f_hz, depth, seconds=60, seed=0):
    t = np.arange(round(seconds * FS_HZ)) / FS_HZ
    noise = np.random.default_rng(seed).normal(0, 20, len(t))
    return noise * (1 + depth * np.sin(2 * np.pi * f_hz * t))


@pytest.mark.parametrize("f_hz", [3.3, 5.0, 7.1, 10.4])
def test_the_rhythm_is_found_within_a_tenth_of_a_hertz(f_hz):
    found = tremor_of(modulated(f_hz, 0.5), FS_HZ)
    assert found.peak_hz == pytest.approx(f_hz, abs=0.1)
    assert found.ratio is not None
    assert found.ratio > 10


def test_steady_activity_has_no_rhythm():
    told = [tremor_of(modulated(5, 0.0, seed=seed), FS_HZ) for seed in range(20)]
    assert [t.peak_hz for t in told].count(None) >= 19
    assert "no rhythm" in next(t.reason for t in told if t.peak_hz is None)


def test_unusable_stretches_are_left_out():
    x = modulated(5.0, 0.5)
    x[20_000:30_000] += 500 * np.sin(2 * np.pi * 9 * np.arange(10_000) / FS_HZ) ** 2
    valid = np.ones(len(x), dtype=bool)
    valid[20_000:30_000] = False
    assert tremor_of(x, FS_HZ, valid).peak_hz == pytest.approx(5.0, abs=0.1)
    assert "less than 4 s" in tremor_of(x, FS_HZ, np.zeros(len(x), dtype=bool)).reason
    assert tremor_of(np.zeros(10_000), FS_HZ).reason == "no activity"


def test_rate_length_and_share_of_bursts():
    spans = [(1000, 1300), (5000, 5200), (9000, 9500)]
    found = summarize(spans, 60_000, FS_HZ)
    assert found is not None
    assert (found.count, found.per_min, found.median_s) == (3, 3.0, 0.3)
    assert found.duty_pct == pytest.approx(100 * 1.0 / 60)
    assert summarize([], 1000, FS_HZ).median_s is None
    assert summarize([], 0, FS_HZ) is None
