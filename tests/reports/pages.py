"""Pages of a real short session on the virtual board, its recording, and a made-up trend."""

from __future__ import annotations

import datetime as dt
import functools
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from emgfeedback.core.montage import Side
from emgfeedback.headless_report import whole_session
from emgfeedback.people.filing import read_summary
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import (
    Injection,
    MeasureTaken,
    Patient,
    ScaleScore,
    SessionKind,
    SessionLine,
    SessionWhole,
)
from emgfeedback.records.reader import open_recording
from emgfeedback.reports.content import (
    Clinic,
    Page,
    Source,
    session_report,
    source_of,
    trend_report,
)
from emgfeedback.reports.page import Facts, Table, Text
from tests.people.recorded_session import STARTED, record_session

MADE = dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)
PATIENT = Patient(
    pseudonym="P-0417", name="Jürgen Ößwald", birth_year=1971, posture="torticaput",
    posture_side=Side.RIGHT,
)  # fmt: skip
INJECTIONS = tuple(
    Injection(
        patient_id=PATIENT.id, on=on, product="onabotulinumtoxinA", muscles="L SCM", units=150.0
    )
    for on in (dt.date(2025, 10, 1), dt.date(2026, 1, 5))
)


@functools.cache
def session() -> tuple[SessionWhole, Source]:
    """A whole session and what its recording says of itself."""
    with tempfile.TemporaryDirectory() as scratch:
        bdf, summary = record_session(DataFolder(Path(scratch)))
        with open_recording(bdf) as recording:
            source = source_of(recording, "ab" * 32)
        return whole_session(read_summary(summary), source, STARTED), source


def noted(note: str) -> SessionWhole:
    """The session with a note of the therapist."""
    whole = session()[0]
    return replace(whole, session=replace(whole.session, note=note))


def session_page(whole: SessionWhole | None = None, clinic: Clinic | None = None) -> Page:
    """The page of the session, compared with itself under another set-up."""
    own, source = session()
    before = replace(own, session=replace(own.session, setup="another"))
    return session_report(
        whole or own,
        PATIENT,
        previous=before,
        clinic=clinic or Clinic("Neck Clinic, Room 2"),
        injections=INJECTIONS,
        source=source,
        made=MADE,
    )


def taken(
    n: int = 20, unit: str = "uV", broken_at: int = 12
) -> list[tuple[SessionLine, MeasureTaken]]:
    """A resting level every week, up and down by one, with new electrodes at `broken_at`."""
    found = []
    for i in range(n):
        line = SessionLine(
            id=f"{i:032x}", patient_id=PATIENT.id, pseudonym=PATIENT.pseudonym,
            started_utc=dt.datetime(2025, 9, 1, 9, tzinfo=dt.UTC) + dt.timedelta(weeks=i),
            kind=SessionKind.VISIT, plan_title="Let go", duration_s=1200.0, success_pct=61.0,
            fixed_pct=57.0, excluded_pct=3.0, setup="old" if i < broken_at else "new",
            note="", n_recordings=1,
        )  # fmt: skip
        measure = MeasureTaken(
            patient_id=PATIENT.id, session_id=line.id, key="rest", muscle="scm", side=Side.LEFT,
            value=12.0 + i % 2, unit=unit, conditions="HP 30 Hz o4, LP 400 Hz o4, notch off",
        )  # fmt: skip
        found.append((line, measure))
    return found


def trend_page(n: int = 20, clinic: Clinic | None = None) -> Page:
    """The page of a trend with injections and scales."""
    scores = [
        ScaleScore(patient_id=PATIENT.id, on=on, scale="twstrs", total=total)
        for on, total in ((dt.date(2025, 9, 1), 38.0), (dt.date(2026, 1, 2), 29.0))
    ]
    return trend_report(
        PATIENT, taken(n), injections=INJECTIONS, scores=scores, clinic=clinic, made=MADE
    )


def texts(page: Page) -> Iterator[str]:
    """Every text of a page that a reader must find."""
    yield from (page.title, page.subtitle, page.sentence, page.origin)
    for fact in page.facts:
        yield from (fact.name, fact.value)
    for row in page.rows:
        for block in (one for column in row.columns for one in column):
            if isinstance(block, Table):
                yield from block.headings
                yield from (cell.text for cells in block.rows for cell in cells)
            elif isinstance(block, Facts):
                yield from (word for fact in block.facts for word in (fact.name, fact.value))
            elif isinstance(block, Text):
                yield block.text


def plain(text: str | Iterable[str]) -> str:
    """Text without any white space: where lines break is the painter's own affair."""
    return "".join(("".join(text)).split())
