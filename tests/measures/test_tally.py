from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.core.block import Unit
from emgfeedback.core.quality import Finding, Level, Verdict
from emgfeedback.measures.amplitude import arv, rms
from emgfeedback.measures.tally import AmplitudeTally, LevelHistogram, QualityTally
from tests.measures.signals import block_of, cut, emg_like

FS_HZ = 1000.0


@given(st.lists(st.integers(1, 900), min_size=1, max_size=6))
def test_amplitude_of_pieces_is_that_of_the_whole(sizes):
    x = np.random.default_rng(1).standard_normal((3000, 2)) * [1, 50]
    tally = AmplitudeTally(2)
    for part in cut(len(x), sizes):
        tally.add(x[part])
    for channel in (0, 1):
        assert tally.rms(channel) == pytest.approx(rms(x)[channel], rel=1e-12)
        assert tally.arv(channel) == pytest.approx(arv(x)[channel], rel=1e-12)


@given(st.floats(1e-3, 1e6), st.integers(0, 2**31))
def test_percentiles_are_those_of_all_values(scale, seed):
    x = np.abs(np.random.default_rng(seed).standard_normal((20_001, 1))) * scale
    histogram = LevelHistogram(1)
    histogram.add(x)
    for percent in (1, 10, 50, 90, 99):
        wanted = np.percentile(x, percent)
        assert histogram.percentile(0, percent) == pytest.approx(wanted, rel=0.002, abs=2e-6)


def test_percentiles_of_a_rectified_gaussian_and_a_rectified_sine():
    noise = np.random.default_rng(1).standard_normal(200_000)
    sine = np.sin(2 * np.pi * 97 * np.arange(200_000) / FS_HZ)
    histogram = LevelHistogram(2)
    histogram.add(np.abs(10 * np.column_stack([noise, sine])))
    for channel, told in enumerate([(0.12566, 0.67449, 1.64485), (0.15643, 0.70711, 0.98769)]):
        found = [histogram.percentile(channel, percent) for percent in (10, 50, 90)]
        assert found == pytest.approx([10 * share for share in told], rel=0.01)


def test_nothing_added_is_nothing_known():
    assert AmplitudeTally(1).rms(0) is None
    assert AmplitudeTally(1).arv(0) is None
    assert LevelHistogram(1).percentile(0, 50) is None
    unknown = QualityTally(FS_HZ, 1, None, None).verdict(0)
    assert unknown == Verdict(Level.UNKNOWN, Finding.SETTLING)


def test_zeros_are_zero():
    histogram = LevelHistogram(1)
    histogram.add(np.array([[0.0]] * 60 + [[5.0]] * 40))
    assert histogram.percentile(0, 50) == 0
    assert histogram.percentile(0, 90) == pytest.approx(5, rel=1e-3)


def judged(uv: np.ndarray) -> QualityTally:
    tally = QualityTally(FS_HZ, 1, np.array([0.61]), 4096)
    tally.add(block_of(uv[:, None], Unit.UV, FS_HZ), 0)
    return tally


def test_a_tenth_of_the_time_decides_and_less_asks_for_a_look():
    clean = 20 * emg_like(np.random.default_rng(2), 60_000, FS_HZ)
    assert judged(clean).verdict(0) == Verdict(Level.GOOD, Finding.NONE)
    assert judged(clean).findings(0) == []
    some, much = clean.copy(), clean.copy()
    some[20_000:21_000] = 0
    much[20_000:30_000] = 0
    assert judged(some).verdict(0) == Verdict(Level.CHECK, Finding.FLAT)
    assert judged(much).verdict(0) == Verdict(Level.BAD, Finding.FLAT)
    (found,) = judged(much).findings(0)
    assert (found["finding"], found["level"]) == ("flat", "bad")
    assert found["share_pct"] == pytest.approx(18.5, abs=2)
