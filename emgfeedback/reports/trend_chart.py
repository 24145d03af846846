"""A measure over sessions as SVG: injections, their cycles, the chance band, breaks."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from emgfeedback.core.montage import Side
from emgfeedback.reports.ink import GRID, INK, INK2, INK3, LINE, PAPER, SIDES, WARN
from emgfeedback.reports.page import TrendChart
from emgfeedback.reports.svg import Svg
from emgfeedback.reports.wording import UNITS, number, short_day

_WIDTH, _HEIGHT = 510.0, 236.0
_X, _END, _TOP, _BOTTOM = 40.0, 504.0, 24.0, 176.0
_LABEL = 82.0
_CROWDED = dt.timedelta(days=21)
"""A week's mark this close before an injection would run into its line."""
_STEPS = (1, 2, 2.5, 5, 10)
_TOPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


def nice_top(value: float, steps: Sequence[float] = _TOPS) -> float:
    """Return a round number at or above `value`, for the end of an axis."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in steps if step * power >= value * 0.9999)


class _Axes:
    """Days and values as places on the drawing."""

    def __init__(self, chart: TrendChart) -> None:
        values = [point.value for point in chart.trend.points]
        spread = [*values, *_band(chart)]
        low, high = min([0.0, *spread]), max([0.0, *spread])
        self.step = nice_top(max(high, -low, 1e-9) / 4, _STEPS)
        self.top = math.ceil(high / self.step - 1e-9) * self.step
        self.bottom = math.floor(low / self.step + 1e-9) * self.step
        days = [*(point.on for point in chart.trend.points), *chart.injections]
        self.first = min(days)
        self.last = max(*days, self.first + dt.timedelta(days=14))

    def x(self, on: dt.date) -> float:
        """Return the place of a day."""
        share = (on - self.first).days / (self.last - self.first).days
        return _X + 10 + (_END - _X - 20) * min(max(share, 0.0), 1.0)

    def y(self, value: float) -> float:
        """Return the place of a value."""
        return _BOTTOM - (_BOTTOM - _TOP) * (value - self.bottom) / (self.top - self.bottom)


def draw_trend(chart: TrendChart) -> str:
    """Return the chart; a trend without a point is refused by whoever builds the page."""
    svg, axes = Svg(_WIDTH, _HEIGHT), _Axes(chart)
    svg.pattern("chance", colour=LINE, step=4.0)
    _grid(svg, axes, chart.unit)
    _chance(svg, axes, chart)
    _cycles(svg, axes, chart)
    _breaks(svg, axes, chart)
    _lines(svg, axes, chart)
    return svg.finish()


def _band(chart: TrendChart) -> tuple[float, ...]:
    centre, chance = chart.trend.centre, chart.trend.chance
    return () if centre is None or chance is None else (centre - chance, centre + chance)


def _grid(svg: Svg, axes: _Axes, unit: str) -> None:
    value = axes.bottom
    decimals = 0 if axes.step >= 1 and axes.step == round(axes.step) else 1
    while value <= axes.top + axes.step / 2:
        y = axes.y(value)
        svg.shape("path", d=f"M{_X} {y:.1f}H{_END}", stroke=LINE if value == 0 else GRID,
                  stroke_width=0.8, fill="none")  # fmt: skip
        svg.text(_X - 4, y + 2.6, f"{number(value, decimals)} {UNITS.get(unit, unit)}", fill=INK3,
                 text_anchor="end")  # fmt: skip
        value += axes.step


def _chance(svg: Svg, axes: _Axes, chart: TrendChart) -> None:
    band = _band(chart)
    if not band:
        return
    newest = chart.trend.stretches[-1]
    x, y = axes.x(newest.start) - 6, axes.y(min(band[1], axes.top))
    height = axes.y(max(band[0], axes.bottom)) - y
    svg.shape("rect", x=x, y=y, width=_END - x, height=height, fill="url(#chance)")


def _cycles(svg: Svg, axes: _Axes, chart: TrendChart) -> None:
    free_from = 0.0
    for on in chart.injections:
        x = axes.x(on)
        svg.shape("path", d=f"M{x:.1f} {_TOP - 8}V{_BOTTOM + 11}", stroke=INK, stroke_width=1.1,
                  fill="none")  # fmt: skip
        _injection_label(svg, x, on, free_from)
        free_from = max(free_from, x + _LABEL)
    for cycle in chart.trend.cycles:
        if cycle.injected > axes.last:
            continue
        a, b = axes.x(cycle.injected), axes.x(min(cycle.until, axes.last))
        svg.shape("path", d=f"M{a:.1f} {_BOTTOM + 5:.1f}H{b:.1f}V{_BOTTOM + 11:.1f}H{a:.1f}Z",
                  fill=GRID)  # fmt: skip
        for week in range(4, 13, 4):
            on = cycle.injected + dt.timedelta(weeks=week)
            crowded = any(on <= other <= on + _CROWDED for other in chart.injections)
            if on <= min(cycle.until, axes.last) and not crowded:
                x = axes.x(on)
                svg.shape("path", d=f"M{x:.1f} {_BOTTOM + 5:.1f}v6", stroke=INK3, stroke_width=0.8)
                svg.text(x, _BOTTOM + 20, f"{week} wk", fill=INK3, text_anchor="middle", size=7)


def _injection_label(svg: Svg, x: float, on: dt.date, free_from: float) -> None:
    """Name an injection where there is room for it; the table below names them all."""
    near_end = x > _END - _LABEL
    if (x - _LABEL if near_end else x) < free_from:
        return
    svg.text(x - 3 if near_end else x + 3, _TOP - 11, f"injection {short_day(on)}", fill=INK,
             font_weight=600, text_anchor="end" if near_end else "start", size=7.5)  # fmt: skip


def _breaks(svg: Svg, axes: _Axes, chart: TrendChart) -> None:
    for on in chart.trend.breaks:
        x = axes.x(on) - 6
        svg.shape("path", d=f"M{x:.1f} {_TOP}V{_BOTTOM}", stroke=WARN, stroke_width=1.2,
                  stroke_dasharray="4 3", fill="none")  # fmt: skip
        svg.text(x - 3 if x > _END - 120 else x + 3, _BOTTOM - 5, "set-up changed: µV break",
                 fill=WARN, font_weight=600, size=7.5,
                 text_anchor="end" if x > _END - 120 else "start")  # fmt: skip


def _lines(svg: Svg, axes: _Axes, chart: TrendChart) -> None:
    colour = SIDES[chart.side]
    stretches = chart.trend.stretches
    for stretch in stretches:
        newest = stretch is stretches[-1]
        places = [(axes.x(point.on), axes.y(point.value)) for point in stretch.points]
        if len(places) > 1:
            path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
            svg.shape("path", d=path, stroke=colour, stroke_width=1.5, fill="none",
                      stroke_linejoin="round")  # fmt: skip
        for x, y in places:
            given: dict[str, object] = {
                "fill": colour if newest else PAPER,
                "stroke": colour,
                "stroke_width": 1.4,
            }
            if chart.side is Side.LEFT:
                svg.shape("rect", x=x - 3, y=y - 3, width=6, height=6, rx=1, **given)
            else:
                svg.shape("circle", cx=x, cy=y, r=3.2, **given)
    _dates(svg, axes)
    _legend(svg, chart)


def _dates(svg: Svg, axes: _Axes) -> None:
    for on, anchor in ((axes.first, "start"), (axes.last, "end")):
        svg.text(axes.x(on), _BOTTOM + 32, short_day(on), fill=INK2, text_anchor=anchor, size=7.5)


def _legend(svg: Svg, chart: TrendChart) -> None:
    words = []
    if len(chart.trend.stretches) > 1:
        words.append("Filled: comparable with today. Open: before the set-up changed.")
    if chart.trend.chance is not None:
        half = number(chart.trend.chance)
        unit = "points" if chart.unit == "%" else UNITS.get(chart.unit, chart.unit)
        words.append(f"Hatched: changes that may be chance (±{half} {unit}).")
    if chart.injections:
        words.append("Grey bar: weeks 0 to 12 after an injection.")
    for i, line in enumerate((words[:2], words[2:])):
        svg.text(_X, _HEIGHT - 14 + 11 * i, "  ".join(line), fill=INK2, size=7.5)
