"""What is drawn is where it was: pixels against the numbers they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from emgfeedback.review.pyramid import Extent
from emgfeedback.review.views import WindowView
from emgfeedback.ui.review.lanes_raster import LaneColours, LaneImage, LaneLayout, Shown

GROUND, RAW, CLIP, LINE = "#000000", "#00ff00", "#ff0000", "#0000ff"
COLOURS = LaneColours(
    QColor(GROUND),
    QColor("#111111"),
    QColor("#222222"),
    QColor(RAW),
    QColor("#00ffff"),
    QColor(CLIP),
    (QColor(LINE), QColor(LINE)),
)
WIDTH = 100


def layout(scale_uv: float = 50.0) -> LaneLayout:
    return LaneLayout(WIDTH, (0, 101, 202), 0, 2.0, scale_uv)


def view(low: np.ndarray, high: np.ndarray, offset: float = 0.0) -> WindowView:
    n = len(low)
    extent = Extent(low.astype(np.float32), high.astype(np.float32))
    return WindowView(
        0.0,
        n * 0.01,
        100.0,
        np.arange(n + 1, dtype=np.int64),
        extent,
        np.full(2, offset),
        None,
        extent,
        True,
        n,
        ((), ()),
    )


def pixels(image: QImage) -> np.ndarray:
    made = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(made.constBits(), np.uint32).reshape(made.height(), -1)
    return flat[:, : made.width()] & 0xFFFFFF


def colour(name: str) -> int:
    return int(name[1:], 16)


@pytest.mark.parametrize("seed", range(5))
def test_every_column_reaches_from_lowest_to_highest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    low = rng.uniform(-48, 0, (WIDTH, 2))
    high = low + rng.uniform(2, 48, (WIDTH, 2))
    low[1:] = np.minimum(low[1:], high[:-1])
    high[1:] = np.maximum(high[1:], low[:-1])
    drawn = pixels(LaneImage(view(low, high), layout(), Shown(level=False), COLOURS).image)
    for lane in range(2):
        green = drawn[lane * 101 : lane * 101 + 100] == colour(RAW)
        top, bottom = green.argmax(axis=0), 99 - green[::-1].argmax(axis=0)
        np.testing.assert_allclose(top, 50 - high[:, lane], atol=0.51)
        np.testing.assert_allclose(bottom + 1, 50 - low[:, lane], atol=0.51)
        assert (green.sum(axis=0) == bottom - top + 1).all()


def test_a_single_high_sample_is_one_bright_column_and_clips_with_a_wedge() -> None:
    low, high = np.zeros((WIDTH, 2)), np.zeros((WIDTH, 2))
    high[37, 0] = 80
    drawn = pixels(LaneImage(view(low, high), layout(), Shown(level=False), COLOURS).image)
    assert np.flatnonzero((drawn[:3] == colour(CLIP)).all(axis=0)).tolist() == [37]
    assert not (drawn[101:104] == colour(CLIP)).any()


def test_what_was_not_measured_stays_empty() -> None:
    low, high = np.full((WIDTH, 2), -10.0), np.full((WIDTH, 2), 10.0)
    low[20:40], high[20:40] = np.inf, -np.inf
    drawn = pixels(LaneImage(view(low, high), layout(), Shown(), COLOURS).image)
    empty = drawn[:100, 20:40]
    assert (empty == colour(GROUND)).all()
    assert (drawn[:100, 19] != colour(GROUND)).any()


def test_offsets_are_taken_out() -> None:
    low = high = np.full((WIDTH, 2), 300.0)
    drawn = pixels(LaneImage(view(low, high, 300.0), layout(), Shown(level=False), COLOURS).image)
    assert set(np.flatnonzero(drawn[:100, 50] == colour(RAW)).tolist()) <= {49, 50}


def test_few_samples_are_joined_by_straight_lines() -> None:
    samples = np.tile(np.array([[-40.0], [40.0], [-40.0], [40.0], [-40.0]]), (1, 2))
    drawn = pixels(LaneImage(view(samples, samples), layout(), Shown(level=False), COLOURS).image)
    green = drawn[:100] == colour(RAW)
    assert green.any(axis=0).all()
    tops = green.argmax(axis=0)
    assert tops[10] > 80 > 20 > tops[30]
    assert (np.abs(np.diff(tops[10:30].astype(int))) <= 6).all()


def test_a_level_above_the_lane_runs_along_its_edge() -> None:
    level = np.full((WIDTH, 2), 500.0)
    drawn = pixels(LaneImage(view(level, level), layout(), Shown(raw=False), COLOURS).image)
    assert (drawn[:2] == colour(LINE)).all()
    assert not (drawn[3:100] == colour(LINE)).any()
