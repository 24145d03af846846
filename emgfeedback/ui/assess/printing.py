"""The report of an assessment as a file: PDF or HTML to print, CSV or JSON for other programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emgfeedback.core.files import Files
from emgfeedback.people.values import SignedOff
from emgfeedback.records.reader import open_recording
from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.source import source_of
from emgfeedback.ui.assess.loading import Measured, Opened
from emgfeedback.ui.session.loading import RecordingPlace


@dataclass(frozen=True, slots=True)
class Printed:
    """What goes into a report."""

    opened: Opened
    measured: Measured
    place: RecordingPlace
    """The recording it was measured from."""
    clinic: Clinic
    signed: SignedOff | None = None
    """Who signed off these numbers; None: nobody, or others."""


def write(printed: Printed, out: Path, files: Files) -> Path:
    """Write the report to the new file `out`, in the format of its suffix; return `out`.

    Raises
    ------
    EmgFeedbackError
        The recording cannot be read, or `out` exists, cannot be written, or has another suffix.
    """
    if out.suffix.lower() == ".csv":
        from emgfeedback.reports.assessment_data import (  # noqa: PLC0415 - only for a report
            csv_text,
            save_text,
        )

        save_text(csv_text(printed.measured.assessment), out)
    elif out.suffix.lower() == ".json":
        _write_json(printed, out, files)
    else:
        _write_page(printed, out, files)
    return out


def _write_json(printed: Printed, out: Path, files: Files) -> None:
    from emgfeedback.reports.assessment_data import (  # noqa: PLC0415 - only for a report
        context_of,
        json_text,
        save_text,
    )

    opened, place = printed.opened, printed.place
    assert place.path is not None
    with open_recording(place.path, files) as recording:
        source = source_of(recording, place.row.sha256)
    context = context_of(
        source,
        subject_code=opened.patient.pseudonym if opened.patient is not None else "",
        recorded=opened.session.started_utc,
        examination=opened.examination,
        injections=opened.injections,
    )
    save_text(json_text(printed.measured.assessment, context, printed.measured.comparison), out)


def _write_page(printed: Printed, out: Path, files: Files) -> None:
    from emgfeedback.measures.assessment_traces import (  # noqa: PLC0415 - only for a report
        task_traces,
    )
    from emgfeedback.reports.assessment_page import (  # noqa: PLC0415 - loads the typesetter
        assessment_report,
    )
    from emgfeedback.reports.save import check_suffix, save_report  # noqa: PLC0415 - as above

    check_suffix(out)
    opened, measured, place = printed.opened, printed.measured, printed.place
    assert place.path is not None
    with open_recording(place.path, files) as recording:
        source = source_of(recording, place.row.sha256)
        left_out = [(start_s, end_s) for start_s, end_s, _ in place.row.left_out]
        traces = task_traces(recording, measured.assessment, left_out=left_out)
    previous = None
    if measured.before is not None and measured.earlier is not None:
        previous = measured.before.started_utc.astimezone().date(), measured.earlier
    page = assessment_report(
        measured.assessment,
        patient=opened.patient,
        clinic=printed.clinic,
        examination=opened.examination,
        injections=opened.injections,
        previous=previous,
        source=source,
        traces=traces,
        recorded=opened.session.started_utc,
        signed=printed.signed,
    )
    save_report(page, out)
