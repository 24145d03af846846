"""Assessments of filed sessions: measured with what the register knows, kept beside the recording.

What is kept is derived and is written anew at will; `made_from` in it tells whether it still
fits what the register says.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from emgfeedback import __version__
from emgfeedback.access.private_files import write_private
from emgfeedback.core.errors import FileFormatError, RegisterError, UsageError
from emgfeedback.core.files import PLAIN, SEALED_SUFFIX, Files
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_spans import Edge
from emgfeedback.measures.assessment_values import Movement
from emgfeedback.measures.heart_ways import HIGHPASS, USUAL, heart_way
from emgfeedback.people.assessment_rows import rows_of, settle_rows
from emgfeedback.people.filing import ASSESSMENT_SUFFIX, read_content
from emgfeedback.people.folder import DataFolder, content_name
from emgfeedback.people.register import Register
from emgfeedback.people.session_values import ASSESSMENT_PLAN
from emgfeedback.people.values import (
    CalibrationResult,
    HeartChoice,
    MovedEdge,
    RecordingFile,
    Session,
    SessionKind,
    SessionLine,
    SessionWhole,
)
from emgfeedback.records.reader import open_recording
from emgfeedback.records.recording import Recording

log = logging.getLogger(__name__)
VERSION = 1
LARGEST_BYTES = 64 << 20
MOST_SESSIONS = 10_000
SUPPORT = {True: "head supported", False: "head free", None: ""}
Movements = Mapping[str, Movement]


def heart_choice(register: Register, patient_id: str) -> str:
    """Return the way around heartbeats that holds for a person's assessments."""
    chosen = register.all_of(HeartChoice, patient_id) if patient_id else []
    return chosen[0].method if chosen else USUAL


def choose_heart(register: Register, patient_id: str, method: str, note: str = "") -> HeartChoice:
    """Choose a person's way around heartbeats; a change needs a reason.

    Raises
    ------
    UsageError
        The way is unknown, or another one held for what was compared and no reason was given.
    """
    heart_way(method)
    lines = register.sessions_of(patient_id, limit=MOST_SESSIONS)
    compared = sum(line.kind is SessionKind.ASSESSMENT for line in lines) > 1
    held = compared or bool(register.all_of(HeartChoice, patient_id))
    if held and heart_choice(register, patient_id) != method and not note.strip():
        raise UsageError(
            "Levels before and after a change of the way around heartbeats cannot be compared.",
            "Give the reason for the change.",
        )
    now = dt.datetime.now(dt.UTC)
    return register.put(
        HeartChoice(patient_id=patient_id, method=method, chosen_at=now, note=note.strip())
    )


def move_edge(register: Register, session_id: str, edge: Edge, was_s: float) -> MovedEdge:
    """Keep an edge of a hold where a person moved it, in place of where it was moved before."""
    session = register.get(Session, session_id)
    place = (edge.task, edge.repeat, edge.edge)
    for known in register.all_of(MovedEdge, session_id=session_id):
        if (known.task, known.repeat, known.edge) == place:
            return register.put(replace(known, at_s=edge.at_s))
    return register.put(
        MovedEdge(
            patient_id=session.patient_id, session_id=session_id, task=edge.task,
            repeat=edge.repeat, edge=edge.edge, at_s=edge.at_s, was_s=was_s,
        )
    )  # fmt: skip


def assess_filed(
    register: Register,
    folder: DataFolder,
    session_id: str,
    movements: Movements,
    *,
    files: Files = PLAIN,
) -> dict[str, Any]:
    """Measure a session's recording with the spans, edges, heart choice and references kept.

    Parameters
    ----------
    movements
        Tasks by key: `training.movements.MOVEMENTS`.

    Returns
    -------
    dict
        `Assessment.as_dict()`, and `session_id`, `rest_posture`, `rest_support`, `made_from`,
        `version`.

    Raises
    ------
    UsageError
        None of its recordings has a task marked.
    RegisterError
        It has no recording, or there is no such session.
    FileFormatError
        A recording cannot be read.
    """
    whole = register.session(session_id)
    if not whole.recordings:
        raise RegisterError("This session has no recording.", "There is nothing to measure.")
    why = None
    for row in whole.recordings:
        with open_recording(folder.path_of(row.path), files) as recording:
            try:
                return _assessed(register, whole, row, recording, movements)
            except UsageError as error:
                why = why or error
    assert why is not None
    raise why


def _assessed(
    register: Register,
    whole: SessionWhole,
    row: RecordingFile,
    recording: Recording,
    movements: Movements,
) -> dict[str, Any]:
    made_from = _made_from(register, whole, row)
    told = assess(
        recording,
        movements,
        left_out=[(span[0], span[1]) for span in row.left_out],
        references=_references(whole) if whole.calibrations else None,
        heart=made_from["heart"],
        edges=[Edge(e["task"], e["repeat"], e["edge"], e["at_s"]) for e in made_from["edges"]],
        device=whole.session.device,
    )
    rest = next((taken for taken in whole.calibrations if taken.method == "rest"), None)
    return {
        **told.as_dict(),
        "version": VERSION,
        "session_id": whole.session.id,
        "rest_posture": "" if rest is None else rest.posture,
        "rest_support": SUPPORT[None if rest is None else rest.head_support],
        "made_from": made_from,
    }


def _references(whole: SessionWhole) -> dict[str, float]:
    """Return label -> RMS of its newest reference contraction in this session.

    One taken with another high-pass than a task's levels have is no reference for them.
    """
    return {
        taken.label: taken.value_uv
        for taken in whole.calibrations
        if taken.method != "rest" and taken.value_uv and _highpass(taken) in ("", HIGHPASS)
    }


def _highpass(taken: CalibrationResult) -> str:
    """Return the first of the filters a reference was taken with, in words."""
    facts = taken.result.get("facts") or {}
    return str(facts.get("filter_facts", "")).partition(",")[0]


def _made_from(register: Register, whole: SessionWhole, row: RecordingFile) -> dict[str, Any]:
    """Return everything an assessment depends on, as JSON gives it back."""
    edges = register.all_of(MovedEdge, session_id=whole.session.id)
    return {
        "app": __version__,
        "recording": row.id,
        "sha256": row.sha256,
        "left_out": [list(span) for span in row.left_out],
        "heart": heart_choice(register, whole.session.patient_id),
        "edges": [
            {"task": e.task, "repeat": e.repeat, "edge": e.edge, "at_s": e.at_s} for e in edges
        ],
        "references": _references(whole),
    }


def keep_assessment(
    register: Register, folder: DataFolder, told: Mapping[str, Any], files: Files = PLAIN
) -> Path:
    """Keep an assessment beside its recording, and its levels as measures of the session.

    What was kept of an earlier one of the same session is replaced.

    Raises
    ------
    RegisterError
        It cannot be written.
    """
    session = register.get(Session, told["session_id"])
    row = register.get(RecordingFile, told["made_from"]["recording"])
    path = _beside(folder, row, files)
    text = json.dumps(told, ensure_ascii=False, allow_nan=False)
    try:
        write_private(path, files.wrap(text.encode()), replace=True)
        for other in _forms(path):
            if other != path:
                other.unlink(missing_ok=True)
    except OSError as error:
        raise RegisterError(
            f"{path} cannot be written: {error.strerror or error}.", "Free some space."
        ) from error
    settle_rows(register, session, rows_of(told, session))
    return path


def read_assessment(
    register: Register, folder: DataFolder, session_id: str, files: Files = PLAIN
) -> dict[str, Any] | None:
    """Return the kept assessment of a session; None: none, or it no longer fits.

    It no longer fits where edges, spans left out, references or the heart choice changed since,
    or another version of the app made it: then assess anew.
    """
    whole = register.session(session_id)
    for row in whole.recordings:
        told = _read(folder, row, files)
        if told is not None and told.get("made_from") == _made_from(register, whole, row):
            return told
    return None


def previous_assessment(
    register: Register,
    folder: DataFolder,
    session_id: str,
    movements: Movements | None = None,
    files: Files = PLAIN,
) -> tuple[SessionLine, dict[str, Any]] | None:
    """Return the last earlier assessment of the same person; None: there is none.

    Parameters
    ----------
    movements
        With them, an earlier recording whose assessment was not kept, or no longer fits, is
        measured again; without, it is passed over.
    """
    session = register.get(Session, session_id)
    if not session.patient_id:
        return None
    for line in register.sessions_of(session.patient_id, limit=MOST_SESSIONS):
        earlier = line.started_utc < session.started_utc and line.id != session_id
        if not earlier or line.kind is SessionKind.HOME or not line.n_recordings:
            continue
        told = read_assessment(register, folder, line.id, files)
        if told is None and movements is not None and line.kind is SessionKind.ASSESSMENT:
            try:
                told = assess_filed(register, folder, line.id, movements, files=files)
            except (UsageError, FileFormatError, RegisterError, OSError) as error:
                log.warning("an earlier recording cannot be measured: %s", error)
        if told is not None:
            return line, told
    return None


def _beside(folder: DataFolder, row: RecordingFile, files: Files) -> Path:
    recording = folder.path_of(row.path)
    stem = content_name(recording.name).removesuffix(".bdf")
    return recording.with_name(f"{stem}{ASSESSMENT_SUFFIX}{files.suffix}")


def _forms(path: Path) -> tuple[Path, Path]:
    plain = path.with_name(content_name(path.name))
    return plain, plain.with_name(f"{plain.name}{SEALED_SUFFIX}")


def _read(folder: DataFolder, row: RecordingFile, files: Files) -> dict[str, Any] | None:
    path = next((p for p in _forms(_beside(folder, row, files)) if p.is_file()), None)
    if path is None:
        return None
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return None
        told = json.loads(read_content(path, files))
    except (OSError, ValueError, RecursionError, FileFormatError):
        log.info("a kept assessment cannot be read: it is made anew")
        return None
    return told if isinstance(told, dict) and told.get("version") == VERSION else None


__all__ = [
    "ASSESSMENT_PLAN",
    "assess_filed",
    "choose_heart",
    "heart_choice",
    "keep_assessment",
    "move_edge",
    "previous_assessment",
    "read_assessment",
]
