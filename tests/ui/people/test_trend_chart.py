"""The chart of a trend: round steps, honest marks, sides told by shape as well as by colour."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from emgfeedback.core.montage import Side
from emgfeedback.measures.trend import Trend, TrendPoint, trend_of
from emgfeedback.ui import theme
from emgfeedback.ui.person import person_words
from emgfeedback.ui.trend_chart import TrendChart, changes_of_setup, nice_step

FIRST = dt.date(2026, 1, 5)
TODAY = FIRST + dt.timedelta(days=90)


def points(values: list[float], setups: str) -> list[TrendPoint]:
    return [
        TrendPoint(FIRST + dt.timedelta(days=7 * n), value, setup, f"session {n}")
        for n, (value, setup) in enumerate(zip(values, setups, strict=True))
    ]


def drawn(qtbot, trend: Trend, side: Side = Side.LEFT, injections=()) -> np.ndarray:
    chart = TrendChart()
    qtbot.addWidget(chart)
    chart.resize(800, 360)
    chart.show_trend(trend, injections, side, "Left SCM", TODAY)
    image = chart.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint32)
    return flat.reshape(image.height(), -1)[:, : image.width()].copy()


def count(picture: np.ndarray, colour) -> int:
    return int((picture & 0xFFFFFF == colour.rgb() & 0xFFFFFF).sum())


@given(st.floats(1e-6, 1e9))
def test_steps_are_round_and_give_a_handful_of_lines(span: float) -> None:
    step = nice_step(span)
    assert 1.5 <= span / step <= 4 + 1e-6
    digits = step / 10 ** np.floor(np.log10(step) + 1e-9)
    assert min(abs(digits - round_one) for round_one in (1, 2, 2.5, 5, 10)) < 1e-6


def test_points_of_an_older_setup_are_open_and_the_break_is_marked(look, qtbot) -> None:
    values = [10.0, 11, 9, 10, 10, 11]
    whole = trend_of(points(values, "aaaaaa"), "uV")
    broken = trend_of(points(values, "aaabbb"), "uV")
    assert changes_of_setup(whole) == []
    assert changes_of_setup(broken) == [FIRST + dt.timedelta(days=21)]
    t = theme.tokens()
    same, parted = drawn(qtbot, whole), drawn(qtbot, broken)
    assert count(same, t.warn) == 0 < count(parted, t.warn)
    assert count(parted, t.left) < count(same, t.left)


def test_sides_differ_in_colour_and_in_shape(look, qtbot) -> None:
    trend = trend_of(points([10.0, 11, 9, 10], "aaaa"), "%")
    t = theme.tokens()
    left, right = (drawn(qtbot, trend, side) for side in (Side.LEFT, Side.RIGHT))
    assert count(left, t.left) > 0 == count(left, t.right)
    assert count(right, t.right) > 0 == count(right, t.left)
    # A square covers more than the disc in it.
    assert count(left, t.left) > count(right, t.right)


def test_injections_and_weeks_are_drawn(look, qtbot) -> None:
    day = FIRST + dt.timedelta(days=10)
    plain = trend_of(points([10.0, 11, 9, 10], "aaaa"), "%")
    marked = trend_of(points([10.0, 11, 9, 10], "aaaa"), "%", [day])
    ink = theme.tokens().ink
    without, given_one = drawn(qtbot, plain), drawn(qtbot, marked, injections=[day])
    assert count(given_one, ink) > count(without, ink) + 100


@pytest.mark.parametrize(
    "trend",
    [
        trend_of([], "%"),
        trend_of([], "uV", [FIRST]),
        trend_of(points([0.0], "a"), "%"),
        trend_of(points([-40.0, 40.0], "ab"), "%", [FIRST - dt.timedelta(days=900)]),
        trend_of(points([1e9, 1e-9, 1e9, 1e9], "abab"), "uV"),
    ],
    ids=["nothing", "an injection alone", "one zero", "both signs", "far apart"],
)
def test_any_trend_is_drawn_at_any_size(look, qtbot, trend: Trend) -> None:
    chart = TrendChart()
    qtbot.addWidget(chart)
    chart.show_trend(trend, [cycle.injected for cycle in trend.cycles], Side.MIDLINE, "x", TODAY)
    for size in ((60, 40), (300, 220), (2000, 900)):
        chart.resize(*size)
        assert not chart.grab().isNull()
    assert chart.accessibleDescription() == person_words.tendency(trend)


def test_the_words_promise_nothing() -> None:
    few = person_words.tendency(trend_of(points([10.0, 9], "aa"), "%"))
    assert few.startswith("2 of the 4 sessions")
    falling = [20.0, 20.2, 19.9, 20.1, 8.0, 8.2, 7.9]
    lower = person_words.tendency(trend_of(points(falling, "a" * 7), "%"))
    assert "Good and bad days are normal" in lower
    assert not {"improved", "better", "worse"} & set(lower.lower().split())
