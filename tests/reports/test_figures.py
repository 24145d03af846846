"""The drawings tell the numbers, also in grey and also to who cannot see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from emgfeedback.core.montage import Side
from emgfeedback.measures.trend import TrendPoint, trend_of
from emgfeedback.reports.figures import draw
from emgfeedback.reports.neck_map import draw_neck
from emgfeedback.reports.page import (
    Bar,
    Chart,
    Figure,
    NeckMap,
    Page,
    PairBars,
    SideChart,
    TrendChart,
    TrialChart,
    TrialMark,
)
from emgfeedback.reports.trend_chart import nice_top
from tests.reports.pages import MADE, session_page, taken, trend_page

SVG = "{http://www.w3.org/2000/svg}"
BLUE, AMBER, PAPER = "#1467B3", "#A85400", "#FFFFFF"


def charts(page: Page) -> Iterator[Chart]:
    for row in page.rows:
        for column in row.columns:
            for block in column:
                if isinstance(block, Figure):
                    yield from block.charts


def neck(view: str = "front", *, facing: bool = False, **lights: float) -> NeckMap:
    places = {
        (name.rsplit("_", 1)[0], Side(name.rsplit("_", 1)[1])): value
        for name, value in lights.items()
    }
    return NeckMap(places, frozenset(), view, "caption", "alt", facing)


def lit(chart: NeckMap) -> dict[str, list[float]]:
    """Fill opacity of everything filled in the colour of a side, without the badges."""
    found: dict[str, list[float]] = {BLUE: [], AMBER: []}
    for path in ET.fromstring(draw_neck(chart)).iter(f"{SVG}path"):
        if path.get("fill") in found and float(path.get("fill-opacity", "1")) > 0:
            found[path.get("fill", "")].append(float(path.get("fill-opacity", "1")))
    return found


def badge_places(chart: NeckMap) -> dict[str, float]:
    root = ET.fromstring(draw_neck(chart))
    return {t.text or "": float(t.get("x", "0")) for t in root.iter(f"{SVG}text")}


@pytest.mark.parametrize("page", [session_page(), trend_page()], ids=["session", "trend"])
def test_every_chart_stands_alone_and_has_words(page: Page) -> None:
    found = list(charts(page))
    assert found
    for chart in found:
        root = ET.fromstring(draw(chart))
        ids = {e.get("id") for e in root.iter() if e.get("id")}
        used = set(re.findall(r"url\(#([^)]+)\)", draw(chart)))
        assert used <= ids
        assert not [e for e in root.iter() if e.tag in (f"{SVG}script", f"{SVG}image")]
        assert re.search(r"\d", chart.alt)


def test_more_activity_is_more_colour_and_thicker_fibres() -> None:
    quiet, loud = neck(scm_left=0.1), neck(scm_left=0.9)
    assert lit(quiet)[BLUE][0] < lit(loud)[BLUE][0]
    assert lit(loud)[AMBER] == []
    widths = [
        max(float(g.get("stroke-width", "0")) for g in ET.fromstring(draw_neck(c)).iter(f"{SVG}g"))
        for c in (quiet, loud)
    ]
    assert widths[0] < widths[1]


@pytest.mark.parametrize("view", ["front", "back"])
def test_left_is_left(view: str) -> None:
    places = badge_places(neck(view, scm_left=0.5))
    assert places["L"] < places["R"]


def test_who_faces_the_patient_sees_the_front_turned_round_and_the_back_not() -> None:
    front = badge_places(neck(scm_left=0.5, facing=True))
    back = badge_places(neck("back", scm_left=0.5, facing=True))
    assert front["L"] > front["R"]
    assert back["L"] < back["R"]
    assert (
        _middle_of_light(neck(scm_left=0.5))
        < 300
        < _middle_of_light(neck(scm_left=0.5, facing=True))
    )


def _middle_of_light(chart: NeckMap) -> float:
    path = next(
        p
        for p in ET.fromstring(draw_neck(chart)).iter(f"{SVG}path")
        if p.get("fill") == BLUE and float(p.get("fill-opacity", "0")) > 0
    )
    numbers = [float(x) for x in re.findall(r"-?[\d.]+", path.get("d", ""))]
    return sum(numbers[::2]) / len(numbers[::2])


def test_a_channel_that_cannot_be_used_has_a_ring_and_no_light() -> None:
    chart = replace(neck(), unusable=frozenset({("scm", Side.RIGHT)}))
    root = ET.fromstring(draw_neck(chart))
    assert [c for c in root.iter(f"{SVG}circle") if c.get("stroke-dasharray")]
    assert lit(chart) == {BLUE: [], AMBER: []}


def test_bars_are_as_long_as_their_values_and_missing_ones_say_why() -> None:
    pair = PairBars(
        "SCM", (Bar(Side.LEFT, 10.0, "10 µV"), Bar(Side.RIGHT, 20.0, "20 µV")), "R higher, −33 %"
    )
    bad = PairBars("UT", (Bar(Side.LEFT, None, "signal not usable"),), "one side only")
    text = draw(SideChart((pair, bad), 20.0, "uV", "alt"))
    root = ET.fromstring(text)
    lengths = {
        r.get("fill"): float(r.get("width", "0"))
        for r in root.iter(f"{SVG}rect")
        if r.get("rx") == "2"
    }
    assert lengths[AMBER] == pytest.approx(2 * lengths[BLUE])
    dotted = [p for p in root.iter(f"{SVG}path") if p.get("stroke-dasharray") == "2 2"]
    assert len(dotted) == 1, "the right side has a texture of its own"
    assert "signal not usable" in text


def test_trials_show_both_numbers_and_which_had_no_feedback() -> None:
    marks = (TrialMark(1, True, 80.0, 60.0), TrialMark(2, False, 50.0, None))
    root = ET.fromstring(draw(TrialChart((("Let go", marks),), "alt")))
    words = [t.text for t in root.iter(f"{SVG}text")]
    assert {"80", "50", "Let go", "1", "2"} <= set(words)
    dashed = [r for r in root.iter(f"{SVG}rect") if r.get("stroke-dasharray")]
    assert len(dashed) == 2, "one trial and its legend"


def test_a_hundred_trials_stay_inside_the_drawing() -> None:
    marks = tuple(TrialMark(i, True, 50.0, 40.0) for i in range(1, 101))
    root = ET.fromstring(draw(TrialChart((("Many", marks),), "alt")))
    width = float(root.get("width", "0"))
    assert all(
        float(r.get("x", "0")) + float(r.get("width", "0")) <= width
        for r in root.iter(f"{SVG}rect")
    )


def test_points_before_a_break_are_open_and_no_line_crosses_it() -> None:
    points = [TrendPoint(line.started_utc.date(), m.value or 0, line.setup) for line, m in taken()]
    trend = trend_of(points, "uV")
    chart = TrendChart(trend, "uV", (), MADE.date(), Side.LEFT, "alt")
    root = ET.fromstring(draw(chart))
    squares = [r for r in root.iter(f"{SVG}rect") if r.get("width") == "6"]
    assert [r.get("fill") for r in squares] == [PAPER] * 12 + [BLUE] * 8
    lines = [p for p in root.iter(f"{SVG}path") if p.get("stroke") == BLUE]
    assert [p.get("d", "").count("L") for p in lines] == [11, 7]


@pytest.mark.parametrize("value", [0.013, 0.99, 1.0, 3.2, 12.0, 99.0, 100.0, 101.0])
def test_an_axis_ends_just_above_its_values(value: float) -> None:
    assert value <= nice_top(value) <= 2 * value
