"""The pyramid never loses a peak: every column equals the samples between its edges."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.review import pyramid as module
from emgfeedback.review.pyramid import Extent, Pyramid, edges_of, extent_of


def built(samples: NDArray[np.float32], measured: NDArray[np.bool_], piece: int) -> Pyramid:
    made = Pyramid(*samples.shape)
    step = piece * made.bin_samples
    for first in range(0, len(samples), step):
        rows = samples[first : first + step]
        starts = made.bin_starts(len(rows))
        made.add(extent_of(rows, starts, measured[first : first + step]), len(rows))
    return made


def brute(samples: NDArray[np.float32], measured: NDArray[np.bool_], edges: NDArray[np.int64]):
    lows, highs = [], []
    for a, b in itertools.pairwise(edges):
        held = samples[a:b][measured[a:b]]
        lows.append(held.min(axis=0) if len(held) else np.full(samples.shape[1], np.inf))
        highs.append(held.max(axis=0) if len(held) else np.full(samples.shape[1], -np.inf))
    return np.array(lows, np.float32), np.array(highs, np.float32)


@pytest.mark.parametrize("seed", range(40))
def test_any_window_at_any_width_equals_the_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1000, 200_000))
    samples = (rng.standard_t(2, (n, 3)) * 10).astype(np.float32)
    measured = np.ones(n, dtype=bool)
    for _ in range(int(rng.integers(0, 4))):
        a = int(rng.integers(0, n))
        measured[a : a + int(rng.integers(1, n))] = False
    made = built(samples, measured, int(rng.integers(1, 40)))
    assert made.complete
    for _ in range(20):
        first, end = sorted(int(i) for i in rng.integers(0, n + 1, 2))
        columns = int(rng.integers(1, 400))
        if end == first or not made.holds(first, end, columns):
            continue
        edges, told = made.columns(first, end, columns)
        assert len(edges) == columns + 1
        assert (np.diff(edges) > 0).all()
        assert edges[0] <= first
        assert edges[-1] >= end
        ideal = first + np.arange(columns + 1) * (end - first) / columns
        off = np.abs(edges - ideal) * columns / (end - first)
        assert (off[1:-1] <= 0.5).all()
        assert max(off[0], off[-1]) <= 1
        low, high = brute(samples, measured, edges)
        np.testing.assert_array_equal(told.low, low)
        np.testing.assert_array_equal(told.high, high)


def test_a_single_spike_is_seen_from_the_widest_view() -> None:
    samples = np.zeros((1_000_000, 2), np.float32)
    samples[654_321, 1] = 77
    made = built(samples, np.ones(len(samples), dtype=bool), 16)
    edges, told = made.columns(0, len(samples), 10)
    column = int(np.searchsorted(edges, 654_321, "right")) - 1
    assert told.high[column, 1] == 77
    assert told.high.sum() == 77


def test_what_is_read_replaces_the_guess_and_no_more() -> None:
    n = 64 * 64
    made = Pyramid(n, 1)
    made.guess(0, n, Extent(np.full(1, -9, np.float32), np.full(1, 9, np.float32)))
    made.add(Extent(np.full((8, 1), -1, np.float32), np.full((8, 1), 1, np.float32)), 8 * 64)
    edges, told = made.columns(0, n, 8)
    assert edges.tolist() == [i * 512 for i in range(9)]
    assert told.high[:, 0].tolist() == [1, 9, 9, 9, 9, 9, 9, 9]
    assert made.exact_to == 512
    made.guess(0, n, Extent(np.full(1, -5, np.float32), np.full(1, 5, np.float32)))
    assert made.columns(0, n, 8)[1].high[:, 0].tolist() == [1, 5, 5, 5, 5, 5, 5, 5]


def test_a_very_long_recording_takes_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_VALUES", 1000)
    made = Pyramid(1_000_000, 4)
    assert made.bin_samples == 4096
    assert made.levels[0].low.size <= 1000


def test_a_stretch_too_short_for_bins_is_refused() -> None:
    made = Pyramid(10_000, 1)
    with pytest.raises(ValueError, match="columns"):
        made.columns(0, 1000, 100)


def test_edges_of_equal_columns_share_out_every_sample() -> None:
    edges = edges_of(3, 10, 7)
    assert edges.tolist() == [3, 4, 5, 6, 7, 8, 9, 10]
    assert edges_of(0, 3, 7)[[0, -1]].tolist() == [0, 3]
