"""`main.py report`: the page of a recording, or of a session summary and what lies beside it.

A recording before injections, told by its marks, has a report of its own: `headless_visit`.
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from emgfeedback.core.errors import FileFormatError
from emgfeedback.core.montage import Channel
from emgfeedback.headless_folder import SUFFIXES
from emgfeedback.headless_visit import (
    check_visit_suffix,
    is_visit,
    moment_of,
    refuse_visit_options,
    report_visit,
)
from emgfeedback.measures.analysis import analyze
from emgfeedback.people.filing import SUMMARY_SUFFIX, digest_of, read_summary
from emgfeedback.people.session_values import RecordingFacts, session_of, values_of
from emgfeedback.people.values import (
    CalibrationResult,
    MeasureTaken,
    Patient,
    RatingGiven,
    SessionKind,
    SessionWhole,
    TrialResult,
)
from emgfeedback.records.labels import guess_muscle_and_side
from emgfeedback.records.reader import open_recording
from emgfeedback.records.recording import Recording
from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.content import Source, recording_report, session_report, source_of
from emgfeedback.reports.page import Page
from emgfeedback.reports.save import save_report


def report(options: argparse.Namespace) -> Path:
    """Write the report that `options` ask for; return where.

    Raises
    ------
    EmgFeedbackError
        The file cannot be read, or the report not written; nothing is overwritten.
    """
    out: Path = options.out
    check_visit_suffix(out)
    clinic = Clinic(options.clinic, options.logo, options.paper)
    file: Path = options.file
    if file.name.endswith(SUMMARY_SUFFIX) or file.suffix == ".json":
        refuse_visit_options(options)
        save_report(session_page(file, clinic), out)
        return out
    with open_recording(file) as recording:
        if is_visit(recording):
            report_visit(recording, options, clinic)
            return out
        refuse_visit_options(options)
        save_report(recording_page(recording, clinic), out)
    return out


def recording_page(recording: Recording, clinic: Clinic) -> Page:
    """Return the page of a recording."""
    return recording_report(
        analyze(recording),
        source=source_of(recording, digest_of(recording.path)[0]),
        started=moment_of(recording),
        subject_code=recording.subject,
        clinic=clinic,
    )


def session_page(path: Path, clinic: Clinic) -> Page:
    """Return the page of the session summary in `path`, with the recording beside it.

    Raises
    ------
    FileFormatError
        One of the two cannot be read.
    """
    summary = read_summary(path)
    source, subject, started = _beside(path)
    try:
        whole = whole_session(summary, source, started or _written(path))
        return session_report(
            whole,
            Patient(pseudonym=subject) if subject else None,
            clinic=clinic,
            source=source,
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise FileFormatError(
            f"{path} is a session summary with something missing or misplaced ({error}).",
            "Use the file as the app saved it.",
        ) from error


def _beside(path: Path) -> tuple[Source | None, str, dt.datetime | None]:
    stem = path.name.removesuffix(SUMMARY_SUFFIX)
    for suffix in SUFFIXES:
        beside = path.with_name(f"{stem}{suffix}")
        if stem != path.name and beside.is_file():
            with open_recording(beside) as recording:
                source = source_of(recording, digest_of(beside)[0])
                return source, recording.subject, moment_of(recording)
    return None, "", None


def whole_session(
    summary: dict[str, Any], source: Source | None, started: dt.datetime
) -> SessionWhole:
    """Return the values a summary tells of, as the register would keep them.

    Raises
    ------
    KeyError, TypeError, ValueError, AttributeError
        Something is missing in the summary or of another kind.
    """
    channels = source.channels if source is not None else _channels(summary)
    facts = RecordingFacts(
        started_utc=started,
        duration_s=source.n_samples / source.fs_hz if source is not None else 0.0,
        channels=channels,
        app_version=source.told("app") if source is not None else "",
        firmware=source.told("firmware") if source is not None else "",
        device=source.told("board") if source is not None else "",
    )
    session = session_of("", SessionKind.FREE, summary, facts)
    values = values_of(session, channels)
    return SessionWhole(
        session=session,
        trials=tuple(v for v in values if isinstance(v, TrialResult)),
        calibrations=tuple(v for v in values if isinstance(v, CalibrationResult)),
        ratings=tuple(v for v in values if isinstance(v, RatingGiven)),
        measures=tuple(v for v in values if isinstance(v, MeasureTaken)),
        recordings=(),
    )


def _channels(summary: dict[str, Any]) -> tuple[Channel, ...]:
    labels = [str(label) for label in summary.get("channels", ())]
    return tuple(Channel(label, *guess_muscle_and_side(label)) for label in labels)


def _written(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
