"""The traces of one task as SVG: channels as rows, holds shaded, what is missing hatched."""

from __future__ import annotations

import math
from collections.abc import Iterable

from emgfeedback.core.montage import Side
from emgfeedback.measures.found import runs_of
from emgfeedback.reports.ink import BAD, GRID, INK, INK2, INK3, LINE, PAPER, SIDES
from emgfeedback.reports.page import TraceChart, TraceRow
from emgfeedback.reports.svg import Svg
from emgfeedback.reports.trend_chart import nice_top

WIDTH = 168.0
_X, _TITLE, _ROW, _AXIS = 27.0, 12.0, 16.0, 9.5
_HALF = 7.2
"""Full deflection in points: rows keep clear of each other."""
_HELD = "#DCEDEA"
_TIMES = (1, 2, 5, 10)


def draw_traces(chart: TraceChart) -> str:
    """Return the drawing of one task."""
    bottom = _TITLE + _ROW * len(chart.rows)
    svg = Svg(WIDTH, bottom + _AXIS)
    svg.pattern("gap", colour=INK3, step=2.6)
    svg.pattern("bad", colour=BAD, step=3.0, rising=False)
    svg.text(0, 7.5, chart.title, size=7.4, font_weight=600, fill=INK)
    for start_s, end_s in chart.trace.holds_s:
        left = _at(chart, start_s)
        svg.shape("rect", x=left, y=_TITLE, width=_at(chart, end_s) - left, height=bottom - _TITLE,
                  fill=_HELD)  # fmt: skip
    for i, row in enumerate(chart.rows):
        _row(svg, chart, row, _TITLE + _ROW * (i + 0.5))
    _gaps(svg, chart, bottom)
    _axis(svg, chart, bottom)
    return svg.finish()


def _at(chart: TraceChart, seconds: float) -> float:
    return _X + (WIDTH - _X) * min(max(seconds / chart.trace.length_s, 0.0), 1.0)


def _row(svg: Svg, chart: TraceChart, row: TraceRow, middle: float) -> None:
    svg.text(0, middle + 2.1, row.name, size=6.2, fill=INK2)
    svg.shape("path", d=f"M{_X:.1f} {middle:.1f}H{WIDTH:.1f}", stroke=LINE, stroke_width=0.4)
    if row.left_out:
        svg.shape("rect", x=_X, y=middle - _HALF, width=WIDTH - _X, height=2 * _HALF,
                  fill="url(#bad)")  # fmt: skip
        width = min(3.3 * len(row.left_out) + 8, WIDTH - _X)
        svg.shape("rect", x=_X + 6, y=middle - 4, width=width, height=8, fill=PAPER)
        svg.text(_X + 10, middle + 2.2, row.left_out, size=6.2, font_weight=600, fill=BAD)
        return
    trace = chart.trace
    low = trace.low_uv[:, row.column].tolist()
    high = trace.high_uv[:, row.column].tolist()
    step = (WIDTH - _X) / len(low)
    per_uv = _HALF / row.top_uv
    columns, beyond, line = [], [], []
    pen = "M"
    for k, (a, b, rms) in enumerate(zip(low, high, trace.rms_uv[:, row.column].tolist(),
                                        strict=True)):  # fmt: skip
        if math.isnan(a):
            pen = "M"
            continue
        x = _X + step * (k + 0.5)
        top, bottom = _kept(middle - b * per_uv, middle), _kept(middle - a * per_uv, middle)
        columns.append(f"M{x:.1f} {top:.1f}V{max(bottom, top + 0.3):.1f}")
        if max(b, -a) > row.top_uv:
            beyond.append(f"M{x - step / 2:.1f} {middle - _HALF:.1f}h{step:.1f}")
        line.append(f"{pen}{x:.1f} {_kept(middle - rms * per_uv, middle):.1f}")
        pen = "L"
    colour = SIDES[row.side] if row.side is not Side.MIDLINE else INK3
    _path(svg, columns, stroke=colour, stroke_width=1.3 * step, stroke_opacity=0.6)
    _path(svg, line, stroke=INK, stroke_width=0.7, stroke_linejoin="round")
    _path(svg, beyond, stroke=INK, stroke_width=1.2)


def _kept(y: float, middle: float) -> float:
    return min(max(y, middle - _HALF), middle + _HALF)


def _path(svg: Svg, parts: Iterable[str], **attributes: object) -> None:
    if d := "".join(parts):
        svg.shape("path", d=d, fill="none", **attributes)


def _gaps(svg: Svg, chart: TraceChart, bottom: float) -> None:
    missing = chart.trace.low_uv[:, 0] != chart.trace.low_uv[:, 0]
    step = (WIDTH - _X) / len(missing)
    for first, end in runs_of(missing):
        where = {"x": _X + step * first, "y": _TITLE, "width": step * (end - first)}
        svg.shape("rect", **where, height=bottom - _TITLE, fill=PAPER)
        svg.shape("rect", **where, height=bottom - _TITLE, fill="url(#gap)")


def _axis(svg: Svg, chart: TraceChart, bottom: float) -> None:
    svg.shape("path", d=f"M{_X:.1f} {bottom:.1f}H{WIDTH:.1f}", stroke=INK3, stroke_width=0.5)
    length_s = chart.trace.length_s
    step_s = nice_top(length_s / 4, _TIMES)
    for k in range(int(length_s / step_s) + 1):
        x = _at(chart, k * step_s)
        svg.shape("path", d=f"M{x:.1f} {bottom:.1f}v2", stroke=INK3, stroke_width=0.5)
        words = f"{k * step_s:g}{' s' if k else ''}"
        anchor = "middle" if x < WIDTH - 8 else "end"
        svg.text(x, bottom + 8, words, size=6.0, fill=INK3, text_anchor=anchor)
    svg.shape("path", d=f"M{_X:.1f} {_TITLE:.1f}V{bottom:.1f}", stroke=GRID, stroke_width=0.5)
