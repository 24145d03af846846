"""Moving averages are exact at every sample, for ever, and in any blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.core.errors import SettingsError
from emgfeedback.dsp.smooth import MovingMean, MovingRms

FS_HZ = 1000.0


@pytest.mark.parametrize("window", [1, 2, 3, 100, 250, 5000])
@pytest.mark.parametrize("block", [1, 7, 250, 8191])
def test_mean_equals_the_definition(window, block):
    x = np.random.default_rng(1).exponential(5, (6000, 2))
    stage = MovingMean(window / FS_HZ, FS_HZ, 2)
    found = np.concatenate([stage.process(x[i : i + block]) for i in range(0, len(x), block)])
    padded = np.vstack([np.zeros((window - 1, 2)), x])
    views = np.lib.stride_tricks.sliding_window_view(padded, window, axis=0)
    assert found == pytest.approx(views.mean(axis=-1), rel=1e-12)


@given(cuts=st.lists(st.integers(1, 4096), min_size=1, max_size=20), window=st.integers(1, 700))
@settings(max_examples=60, deadline=None)
def test_block_sizes_change_no_bit(cuts, window):
    x = np.random.default_rng(2).normal(0, 30, (9000, 3))
    whole = MovingRms(window / FS_HZ, FS_HZ, 3).process(x)
    stage, out, done = MovingRms(window / FS_HZ, FS_HZ, 3), [], 0
    while done < len(x):
        for n in cuts:
            out.append(stage.process(x[done : done + n]))
            done += n
    assert np.array_equal(np.concatenate(out), whole)


def test_step_reaches_each_level_at_its_sample():
    # Vector 13, W = 100 samples.
    x = np.full((200, 1), 100.0)
    rms = MovingRms(0.1, FS_HZ, 1).process(x)[:, 0]
    assert rms[49] == pytest.approx(70.71, abs=0.01)
    assert rms[79] < 90 <= rms[80]
    assert rms[98] < 100
    assert np.all(rms[99:] == 100)


def test_a_huge_value_leaves_no_trace_behind_the_window():
    x = np.ones((1000, 1))
    x[137] = 1e12
    rms = MovingRms(0.1, FS_HZ, 1).process(x)[:, 0]
    assert np.array_equal(rms[237:], np.ones(763))


def test_no_drift_over_hours():
    block = np.random.default_rng(3).normal(0, 1e4, (100_000, 1))
    quiet = np.tile([[1.0], [-1.0]], (500, 1))
    stage = MovingRms(0.25, FS_HZ, 1)
    for _ in range(100):
        stage.process(block)
    assert stage.process(quiet)[-1, 0] == 1.0


@pytest.mark.parametrize("stage_type", [MovingMean, MovingRms])
def test_filled_says_when_the_first_window_is_full(stage_type):
    stage = stage_type(0.1, FS_HZ, 1)
    stage.process(np.ones((99, 1)))
    assert not stage.filled
    stage.process(np.ones((1, 1)))
    assert stage.filled
    stage.reset()
    assert not stage.filled
    assert stage.process(np.zeros((5, 1))).max() == 0


def test_sampled_sines():
    # Vectors 2 and 3: a frequency that divides the rate gives another mean of the rectified.
    n = np.arange(10_000)
    for f_hz, arv in ((97, 63.6618), (101, 63.6618), (103, 63.6618), (100, 61.5537)):
        x = 100 * np.sin(2 * np.pi * f_hz * n / FS_HZ)[:, None]
        assert MovingRms(10, FS_HZ, 1).process(x)[-1, 0] == pytest.approx(70.7107, abs=1e-4)
        found = MovingMean(10, FS_HZ, 1).process(np.abs(x))[-1, 0]
        assert found == pytest.approx(arv, rel=1e-4)


def test_gaussian_noise():
    # Vector 1.
    x = np.random.default_rng(4).normal(0, 10, (200_000, 1))
    rms = MovingRms(50, 4000, 1).process(x)[-1, 0]
    arv = MovingMean(50, 4000, 1).process(np.abs(x))[-1, 0]
    assert rms == pytest.approx(10, rel=0.0062)
    assert arv == pytest.approx(7.9788, rel=0.0066)
    assert rms / arv == pytest.approx(1.25331, rel=0.005)


@pytest.mark.parametrize("window_s", [0, -1, 1e-5, 61, float("nan")])
def test_impossible_windows_are_refused(window_s):
    with pytest.raises(SettingsError, match="window of"):
        MovingRms(window_s, FS_HZ, 1)
