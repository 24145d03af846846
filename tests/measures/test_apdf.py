"""The amplitude distribution of known signals."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.measures.apdf import apdf


def test_percentiles_of_a_rectified_gaussian() -> None:
    level = np.abs(np.random.default_rng(5).normal(size=200_000))
    found = apdf(level, np.ones(len(level), dtype=bool))
    assert found.p10 == pytest.approx(0.12566, rel=0.02)
    assert found.p50 == pytest.approx(0.67449, rel=0.01)
    assert found.p90 == pytest.approx(1.64485, rel=0.01)


def test_only_scored_levels_count() -> None:
    level = np.concatenate([np.linspace(0, 100, 1001), np.full(500, 1e6)])
    found = apdf(level, level <= 100)
    assert (found.p10, found.p50, found.p90) == pytest.approx((10, 50, 90))
    none = apdf(level, level < 0)
    assert (none.p50, none.reason) == (None, "nothing scored")
