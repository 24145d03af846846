"""`main.py report` of a recording before injections: two sheets, a long table, or JSON."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emgfeedback.core.errors import FileFormatError, UsageError
from emgfeedback.core.montage import Side
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_compare import compare
from emgfeedback.measures.assessment_spans import repeats_of
from emgfeedback.measures.assessment_traces import task_traces
from emgfeedback.measures.heart_ways import USUAL
from emgfeedback.people.filing import ASSESSMENT_SUFFIX, digest_of
from emgfeedback.people.values import Examination, Injection, Patient, PostureFinding
from emgfeedback.records.reader import open_recording
from emgfeedback.records.recording import Recording
from emgfeedback.reports.assessment_data import context_of, csv_text, json_text, save_text
from emgfeedback.reports.assessment_page import assessment_report
from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.save import SUFFIXES, save_report
from emgfeedback.reports.source import source_of
from emgfeedback.toml_file import nearest
from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.training.postures import load_postures

DATA_SUFFIXES = (".csv", ".json")
OWN_OPTIONS = ("previous", "posture", "larynx", "injected", "heart")
NEEDED = {"tasks", "channels", "trick", "heart_way", "filters", "rest", "device"}
"""Of an earlier assessment, to compare with it."""
REMEDY = "Give the earlier recording, or the .json this command wrote of it."
Previous = tuple[dt.date, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Entered:
    """What the clinician says beside the recording."""

    examination: Examination | None
    injections: tuple[Injection, ...]


def is_visit(recording: Recording) -> bool:
    """Tell whether tasks were held in a recording, as the measures need them."""
    return bool(repeats_of(recording))


def report_visit(recording: Recording, options: argparse.Namespace, clinic: Clinic) -> None:
    """Write the report of `recording` to the new file `options.out`.

    Raises
    ------
    EmgFeedbackError
        Something entered, or the earlier recording, cannot be used, or the file not written.
    """
    out: Path = options.out
    recorded = moment_of(recording)
    patient = Patient(pseudonym=recording.subject) if recording.subject else None
    entered = entered_of(options, patient, recorded)
    heart = options.heart or USUAL
    previous = previous_of(options.previous, heart) if options.previous is not None else None
    assessment = _assessed(recording, heart)
    source = source_of(recording, digest_of(recording.path)[0])
    if out.suffix.lower() == ".csv":
        save_text(csv_text(assessment), out)
    elif out.suffix.lower() == ".json":
        context = context_of(
            source,
            subject_code=recording.subject,
            recorded=recorded,
            examination=entered.examination,
            injections=entered.injections,
        )
        compared = compare(assessment, previous[1]) if previous is not None else None
        save_text(json_text(assessment, context, compared), out)
    else:
        page = assessment_report(
            assessment,
            patient=patient,
            clinic=clinic,
            examination=entered.examination,
            injections=entered.injections,
            previous=previous,
            source=source,
            traces=task_traces(recording, assessment),
            recorded=recorded,
        )
        save_report(page, out)


def check_visit_suffix(out: Path) -> None:
    """Refuse a name that no report of a visit has. Raises UsageError."""
    if out.suffix.lower() not in (*SUFFIXES, *DATA_SUFFIXES):
        raise UsageError(
            f"Cannot write a report as {out.suffix or 'a file without a suffix'}: {out.name}.",
            "Use .pdf or .html; a recording before injections also .csv or .json.",
        )


def refuse_visit_options(options: argparse.Namespace) -> None:
    """Refuse what only the report of a recording before injections takes. Raises UsageError."""
    given = [f"--{name}" for name in OWN_OPTIONS if getattr(options, name, None)]
    if options.out.suffix.lower() in DATA_SUFFIXES:
        given.append(options.out.suffix)
    if given:
        raise UsageError(
            f"{', '.join(given)} is for a recording with marks `task ... hold`; "
            f"{options.file} has none.",
            "Record it with a plan of movements, as recording-before-injections.",
        )


def moment_of(recording: Recording) -> dt.datetime | None:
    """Return when a recording began, with time zone; None where it does not say."""
    return recording.start.astimezone(dt.UTC) if recording.start is not None else None


def _assessed(recording: Recording, heart: str) -> dict[str, Any]:
    board = source_of(recording).told("board")
    return assess(recording, MOVEMENTS, heart=heart, device=board).as_dict()


def entered_of(
    options: argparse.Namespace, patient: Patient | None, recorded: dt.datetime | None
) -> Entered:
    """Return what the options say of posture, larynx and injections.

    Raises
    ------
    UsageError
        A posture, a side, a number or a date that is none.
    """
    whose = "" if patient is None else patient.id
    on = dt.date.today() if recorded is None else recorded.astimezone().date()
    postures = tuple(parse_posture(text) for text in options.posture or ())
    injections = tuple(parse_injection(text, whose) for text in options.injected or ())
    if not postures and not options.larynx:
        return Entered(None, injections)
    seen = Examination(
        patient_id=whose, examined_on=on, postures=postures, larynx=options.larynx or ""
    )
    return Entered(seen, injections)


def parse_posture(text: str) -> PostureFinding:
    """Return `torticaput:right:35` as a finding; a posture without a side as `retrocaput::20`.

    Raises
    ------
    UsageError
        Another form, posture, side or number.
    """
    key, side, degrees, *more = [*text.split(":"), "", ""][: max(3, text.count(":") + 1)]
    known = load_postures()
    if key not in known:
        raise UsageError(f"Posture {key!r} is unknown.", nearest(key, known))
    sides = ("left", "right") if known[key].sided else ("",)
    if more or side not in sides:
        form = f"{key}:right:35" if known[key].sided else f"{key}::20"
        raise UsageError(f"--posture {text!r} cannot be read.", f"Write as {form}.")
    try:
        angle = float(degrees) if degrees else None
    except ValueError:
        angle = float("nan")
    if angle is not None and not 0 <= angle <= 180:
        raise UsageError(f"--posture {text!r}: {degrees!r} is no angle.", "Give 0 to 180 degrees.")
    return PostureFinding(key, Side(side) if side else Side.MIDLINE, angle)


def parse_injection(text: str, patient_id: str = "") -> Injection:
    """Return `2025-12-18:150 U, L SCM` as an injection; what follows the date is kept as words.

    Raises
    ------
    UsageError
        No date stands first.
    """
    day, _, what = text.partition(":")
    try:
        on = dt.date.fromisoformat(day)
    except ValueError:
        raise UsageError(
            f"--injected {text!r} does not begin with a date.", "Write as 2025-12-18:150 U, L SCM."
        ) from None
    return Injection(patient_id=patient_id, on=on, muscles=what.strip())


def previous_of(path: Path, heart: str) -> Previous:
    """Return day and assessment of an earlier visit, from its recording or its JSON.

    Raises
    ------
    FileFormatError
        It is neither, or does not say when it was recorded.
    """
    if path.suffix.lower() != ".json":
        with open_recording(path) as recording:
            return _dated(path, moment_of(recording), _assessed(recording, heart))
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        assessment = told.get("assessment", told)
        if missing := NEEDED - set(assessment):
            raise ValueError(f"without {', '.join(sorted(missing))}")
        moment = (told.get("context") or {}).get("recorded_utc")
        recorded = dt.datetime.fromisoformat(moment) if moment else _beside(path)
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read: {error.strerror}.", REMEDY) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileFormatError(f"{path} is no assessment ({error}).", REMEDY) from error
    return _dated(path, recorded, assessment)


def _beside(path: Path) -> dt.datetime | None:
    """Return when the recording beside a kept assessment began; None where there is none."""
    stem = path.name.removesuffix(ASSESSMENT_SUFFIX)
    beside: Iterable[Path] = (path.with_name(f"{stem}{suffix}") for suffix in (".bdf", ".edf"))
    for recorded in beside:
        if stem != path.name and recorded.is_file():
            with open_recording(recorded) as recording:
                return moment_of(recording)
    return None


def _dated(path: Path, moment: dt.datetime | None, assessment: Mapping[str, Any]) -> Previous:
    if moment is None:
        raise FileFormatError(
            f"{path} does not say when it was recorded.", "Give a recording that has a date."
        )
    return moment.astimezone().date(), assessment
