"""Every chart as an SVG and its text alternative."""

from __future__ import annotations

from emgfeedback.reports.charts import draw_sides, draw_trials
from emgfeedback.reports.neck_map import draw_neck
from emgfeedback.reports.page import Chart, NeckMap, SideChart, TraceChart, TrialChart
from emgfeedback.reports.trace_drawing import draw_traces
from emgfeedback.reports.trend_chart import draw_trend


def draw(chart: Chart) -> str:
    """Return the chart as an SVG file that stands alone and refers to nothing."""
    if isinstance(chart, NeckMap):
        return draw_neck(chart)
    if isinstance(chart, SideChart):
        return draw_sides(chart)
    if isinstance(chart, TrialChart):
        return draw_trials(chart)
    if isinstance(chart, TraceChart):
        return draw_traces(chart)
    return draw_trend(chart)
