"""The pages there are: one of a session, one of a trend, one of a recording on its own."""

from __future__ import annotations

from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.page import Page
from emgfeedback.reports.recording_page import recording_report
from emgfeedback.reports.session_page import session_report
from emgfeedback.reports.source import Source, source_of
from emgfeedback.reports.trend_page import measure_title, trend_report

__all__ = [
    "Clinic",
    "Page",
    "Source",
    "measure_title",
    "recording_report",
    "session_report",
    "source_of",
    "trend_report",
]
