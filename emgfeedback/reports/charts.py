"""Bars of left and right, and trials in their target, as SVG."""

from __future__ import annotations

from emgfeedback.core.montage import Side
from emgfeedback.reports.ink import ACCENT, BAD, GRID, INK, INK2, INK3, LINE, PAPER, SIDES
from emgfeedback.reports.page import Bar, SideChart, TrialChart, TrialMark
from emgfeedback.reports.svg import Svg

WIDTH = 230.0
_BAR_X, _BAR_END = 18.0, 186.0
_BAR_HEIGHT, _BAR_STEP, _PAIR_GAP = 9.0, 12.5, 9.0


def draw_sides(chart: SideChart) -> str:
    """Return bars of every pair, left above right, one axis for all."""
    heights = [16 + _BAR_STEP * len(pair.bars) + _PAIR_GAP for pair in chart.pairs]
    svg = Svg(WIDTH, max(sum(heights) - _PAIR_GAP, 1.0))
    svg.pattern("floor", colour=INK3, step=2.6)
    svg.pattern("out", colour=BAD, step=3.2, rising=False)
    y = 0.0
    for pair, height in zip(chart.pairs, heights, strict=True):
        svg.text(0, y + 10, pair.muscle, size=8.5, font_weight=600, fill=INK)
        svg.text(WIDTH, y + 10, pair.difference, size=8, fill=INK2, text_anchor="end")
        for i, bar in enumerate(pair.bars):
            _bar(svg, bar, y + 15 + i * _BAR_STEP, chart.top)
        y += height
    return svg.finish()


def badge(svg: Svg, side: Side, x: float, y: float, size: float = 9.0) -> None:
    """Draw the badge of a side with its upper left corner at `x`, `y`."""
    if side is Side.MIDLINE:
        return
    radius = size * (0.24 if side is Side.LEFT else 0.5)
    svg.shape("rect", x=x, y=y, width=size, height=size, rx=radius, fill=SIDES[side])
    letter = "L" if side is Side.LEFT else "R"
    svg.text(
        x + size / 2, y + size * 0.77, letter, size=size * 0.72, font_weight=600,
        fill=PAPER, text_anchor="middle",
    )  # fmt: skip


def _bar(svg: Svg, bar: Bar, y: float, top: float) -> None:
    badge(svg, bar.side, 2, y)
    span = _BAR_END - _BAR_X
    if bar.value is None:
        svg.shape(
            "rect", x=_BAR_X, y=y + 0.5, width=46, height=_BAR_HEIGHT - 1, rx=2,
            fill="url(#out)", stroke=BAD, stroke_width=0.6,
        )  # fmt: skip
        svg.text(_BAR_X + 51, y + 7.4, bar.words, size=8, fill=BAD)
        return
    length = max(span * min(bar.value / top, 1.0), 1.0)
    colour = SIDES[bar.side]
    svg.shape("rect", x=_BAR_X, y=y, width=length, height=_BAR_HEIGHT, rx=2, fill=colour)
    if bar.side is Side.RIGHT and length > 8:
        middle = y + _BAR_HEIGHT / 2
        svg.shape(
            "path", d=f"M{_BAR_X + 3:.1f} {middle:.1f}H{_BAR_X + length - 3:.1f}", stroke=PAPER,
            stroke_width=1.1, stroke_dasharray="2 2", fill="none",
        )  # fmt: skip
    if bar.floor:
        floor = max(span * min(bar.floor / top, 1.0), 0.8)
        svg.shape("rect", x=_BAR_X, y=y, width=floor, height=_BAR_HEIGHT, fill=PAPER,
                  fill_opacity=0.75)  # fmt: skip
        svg.shape("rect", x=_BAR_X, y=y, width=floor, height=_BAR_HEIGHT, fill="url(#floor)")
    svg.text(_BAR_X + length + 4, y + 7.4, bar.words, size=8, font_weight=600, fill=INK)


_PLOT_TOP, _PLOT_BOTTOM, _PLOT_X = 26.0, 84.0, 30.0
_TRIALS_WIDTH, _TRIALS_HEIGHT = 510.0, 110.0
_WIDEST_SLOT, _GROUP_GAP = 34.0, 20.0


def draw_trials(chart: TrialChart) -> str:
    """Return a column per trial: in target as a bar, at the fixed target as a diamond."""
    svg = Svg(_TRIALS_WIDTH, _TRIALS_HEIGHT)
    svg.pattern("nofeedback", colour=ACCENT, step=3.0)
    for share in (0, 50, 100):
        y = _at(share)
        svg.shape("path", d=f"M{_PLOT_X} {y:.1f}H{_TRIALS_WIDTH}", stroke=GRID if share else LINE,
                  stroke_width=0.8, fill="none")  # fmt: skip
        svg.text(_PLOT_X - 4, y + 2.6, f"{share} %", fill=INK3, text_anchor="end", size=7.5)
    count = sum(len(marks) for _, marks in chart.groups)
    gaps = _GROUP_GAP * (len(chart.groups) - 1)
    slot = min((_TRIALS_WIDTH - _PLOT_X - 8 - gaps) / max(count, 1), _WIDEST_SLOT)
    x = _PLOT_X + 8
    for title, marks in chart.groups:
        svg.text(x, _PLOT_BOTTOM + 22, title, size=8, font_weight=600, fill=INK)
        for mark in marks:
            _trial(svg, mark, x, slot)
            x += slot
        x += _GROUP_GAP
    _legend(svg)
    return svg.finish()


def _at(share: float) -> float:
    return _PLOT_BOTTOM - (_PLOT_BOTTOM - _PLOT_TOP) * share / 100


def _trial(svg: Svg, mark: TrialMark, x: float, slot: float) -> None:
    middle, width = x + slot / 2, min(slot * 0.62, 16.0)
    every = 1 if slot >= 9 else 5
    if mark.number % every == 0 or mark.number == 1:
        svg.text(middle, _PLOT_BOTTOM + 10, str(mark.number), size=7.5, fill=INK2,
                 text_anchor="middle")  # fmt: skip
    if mark.success_pct is None:
        svg.text(middle, _PLOT_BOTTOM - 3, "–", size=8, fill=INK2, text_anchor="middle")
        return
    y = _at(mark.success_pct)
    given: dict[str, object] = (
        {"fill": ACCENT}
        if mark.feedback
        else {"fill": "url(#nofeedback)", "stroke": ACCENT, "stroke_dasharray": "2.5 1.6"}
    )
    svg.shape("rect", x=middle - width / 2, y=y, width=width, height=_PLOT_BOTTOM - y, rx=1.5,
              **given)  # fmt: skip
    if slot >= 17:
        above = y if mark.fixed_pct is None else min(y, _at(mark.fixed_pct) - 4)
        svg.text(middle, above - 3, f"{mark.success_pct:.0f}", size=7.5, font_weight=600, fill=INK,
                 text_anchor="middle")  # fmt: skip
    if mark.fixed_pct is not None:
        _diamond(svg, middle, _at(mark.fixed_pct))


def _diamond(svg: Svg, x: float, y: float) -> None:
    svg.shape("path", d=f"M{x:.1f} {y - 4:.1f}l4 4l-4 4l-4 -4Z", fill=PAPER, stroke=INK,
              stroke_width=1.1)  # fmt: skip


def _legend(svg: Svg) -> None:
    y = 7.0
    svg.shape("rect", x=_PLOT_X, y=y - 6, width=8, height=7, fill=ACCENT, rx=1)
    svg.text(_PLOT_X + 12, y, "in target, with feedback", fill=INK2, size=7.5)
    svg.shape("rect", x=_PLOT_X + 118, y=y - 6, width=8, height=7, fill="url(#nofeedback)",
              stroke=ACCENT, stroke_dasharray="2.5 1.6")  # fmt: skip
    svg.text(_PLOT_X + 130, y, "without feedback", fill=INK2, size=7.5)
    _diamond(svg, _PLOT_X + 215, y - 2.5)
    svg.text(_PLOT_X + 223, y, "at the fixed target, the one each exercise began with", fill=INK2,
             size=7.5)  # fmt: skip
