import numpy as np
import pytest

from emgfeedback.measures.bursts import Tremor, summarize, tremor_of

FS_HZ = 1000.0


def modulated(f_hz, depth, seconds=60, seed=0):
    t = np.arange(round(seconds * FS_HZ)) / FS_HZ
    noise = np.random.default_rng(seed).normal(0, 20, len(t))
    return noise * (1 + depth * np.sin(2 * np.pi * f_hz * t))


def tremor(emg_uv, valid=None) -> Tremor:
    every = np.ones(len(emg_uv), dtype=bool)
    return tremor_of([(emg_uv, every if valid is None else valid)], FS_HZ)


@pytest.mark.parametrize("f_hz", [3.3, 5.0, 7.1, 10.4])
def test_the_rhythm_is_found_within_a_tenth_of_a_hertz(f_hz):
    found = tremor(modulated(f_hz, 0.5))
    assert found.peak_hz == pytest.approx(f_hz, abs=0.1)
    assert found.ratio is not None
    assert found.ratio > 10


def test_steady_activity_has_no_rhythm():
    told = [tremor(modulated(5, 0.0, seed=seed)) for seed in range(20)]
    assert [t.peak_hz for t in told].count(None) >= 19
    assert "no rhythm" in next(t.reason for t in told if t.peak_hz is None)


def repeats(depth: float, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Three holds of five seconds."""
    cut = np.split(modulated(5, depth, 15, seed), 3)
    return [(hold, np.ones(len(hold), dtype=bool)) for hold in cut]


def test_repeats_of_seconds_show_a_strong_rhythm_together_and_rarely_one_of_chance():
    told = [tremor_of(repeats(0.0, seed), FS_HZ).peak_hz for seed in range(150)]
    assert told.count(None) >= 145
    strong = [tremor_of(repeats(0.5, seed), FS_HZ).peak_hz for seed in range(20)]
    assert sum(peak is not None for peak in strong) >= 18
    assert all(peak == pytest.approx(5, abs=0.3) for peak in strong if peak is not None)
    assert "3 windows" in tremor_of(repeats(0.5, 0)[:2], FS_HZ).reason


def test_unusable_stretches_are_left_out():
    x = modulated(5.0, 0.5)
    x[20_000:30_000] += 500 * np.sin(2 * np.pi * 9 * np.arange(10_000) / FS_HZ) ** 2
    valid = np.ones(len(x), dtype=bool)
    valid[20_000:30_000] = False
    assert tremor(x, valid).peak_hz == pytest.approx(5.0, abs=0.1)
    assert "3 windows of 4 s" in tremor(x, np.zeros(len(x), dtype=bool)).reason
    assert tremor(np.zeros(10_000)).reason == "no activity"


def test_rate_length_and_share_of_bursts():
    spans = [(1000, 1300), (5000, 5200), (9000, 9500)]
    found = summarize(spans, 60_000, FS_HZ)
    assert found is not None
    assert (found.count, found.per_min, found.median_s) == (3, 3.0, 0.3)
    assert found.duty_pct == pytest.approx(100 * 1.0 / 60)
    assert summarize([], 1000, FS_HZ).median_s is None
    assert summarize([], 0, FS_HZ) is None
