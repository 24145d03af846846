"""Recordings and summaries on disk find their place in the register, all or nothing.

A recording and its summary are on disk before the register hears of them. Whatever happens in
between, the files stay, and `orphans` offers them at the next start.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from emgfeedback.core.errors import FileFormatError, RegisterError
from emgfeedback.core.files import PLAIN, SEALED_SUFFIX, Files
from emgfeedback.core.montage import Channel
from emgfeedback.people.folder import DataFolder, content_name
from emgfeedback.people.register import Register
from emgfeedback.people.session_values import SUMMARY_FILE, RecordingFacts, session_of, values_of
from emgfeedback.people.values import RecordingFile, Session, SessionKind, Value
from emgfeedback.records.labels import guess_muscle_and_side
from emgfeedback.records.reader import open_recording
from emgfeedback.records.recording import Recording

log = logging.getLogger(__name__)
SUMMARY_SUFFIX = ".session.json"
ASSESSMENT_SUFFIX = ".assessment.json"
RECORDING_SUFFIXES = (".bdf", f".bdf{SEALED_SUFFIX}")
LARGEST_SUMMARY_BYTES = 64 << 20
_HASHED_AT_ONCE = 1 << 20


class Missing(Enum):
    """What an orphan lacks."""

    ROW = "row"
    """A file the register does not know."""
    FILE = "file"
    """A recording of the register that is not on disk."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A file without a place in the register, or the other way round."""

    path: Path
    missing: Missing
    summary: Path | None = None
    recording_id: str = ""


def file_session(
    register: Register,
    folder: DataFolder,
    *,
    patient_id: str,
    kind: SessionKind,
    recording: Path | None = None,
    summary: Path | None = None,
    note: str = "",
    files: Files = PLAIN,
) -> Session:
    """Put a recording, its summary, or both into the register, in one transaction.

    Parameters
    ----------
    patient_id
        Whose session it is; empty: nobody's yet.
    recording, summary
        Files in the data folder; at least one.

    Raises
    ------
    FileFormatError
        A file cannot be read. It is left as it is.
    RegisterError
        Neither file was given, one lies outside the data folder, or is in the register already.
    """
    if recording is None and summary is None:
        raise RegisterError("There is nothing to file.", "Give a recording, a summary, or both.")
    told = read_summary(summary, files) if summary is not None else {}
    facts = _facts_of(recording, files) if recording is not None else _facts_told(summary, told)
    session = session_of(patient_id, kind, told, facts, note)
    if summary is not None:
        # Two runs in one recording have one name too few between them: this one is its own.
        beside = {SUMMARY_FILE: content_name(folder.name_of(summary))}
        session = replace(session, settings={**session.settings, **beside})
    values: list[Value] = [session, *values_of(session, facts.channels)]
    if recording is not None:
        name = folder.name_of(recording)
        if register.recording_at(name) is not None:
            raise RegisterError(
                f"{recording.name} is in the register already.", "Open its session instead."
            )
        values.append(_recording_row(session, folder, recording, files))
    kept = register.put_all(values)
    first = kept[0]
    assert isinstance(first, Session)
    log.info("session %s filed: %d values", session.id, len(kept))
    return first


def read_summary(path: Path, files: Files = PLAIN) -> dict[str, Any]:
    """Return the summary in `path`.

    Raises
    ------
    FileFormatError
        It cannot be read, is too large, or is no summary of version 1.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_SUMMARY_BYTES:
            raise FileFormatError(
                f"{path} has {size} bytes; a session summary has at most {LARGEST_SUMMARY_BYTES}.",
                "Choose the file that was saved beside the recording.",
            )
        summary = json.loads(read_content(path, files))
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read: {error.strerror}.", "") from error
    except (ValueError, RecursionError) as error:
        raise FileFormatError(f"{path} is no session summary.", "It was left as it is.") from error
    if not isinstance(summary, dict) or summary.get("version") != 1:
        raise FileFormatError(
            f"{path} is no session summary of version 1.",
            "A newer version of the app may have written it.",
        )
    return summary


def read_content(path: Path, files: Files = PLAIN) -> bytes:
    """Return the content of a file, decrypted where it is sealed. Raises OSError."""
    with files.open(path, "r") as file:
        return file.readall() or b""


def digest_of(path: Path, files: Files = PLAIN) -> tuple[str, int]:
    """Return the SHA-256 and the size of a file's content, decrypted where it is sealed.

    Raises
    ------
    FileFormatError
        It is sealed with other keys, or damaged.
    OSError
        It cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    with files.open(path, "r") as file:
        while piece := file.read(_HASHED_AT_ONCE):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def orphans(register: Register, folder: DataFolder) -> list[Orphan]:
    """Return recordings without a row, each with its summary, and rows without a file, by name.

    Recordings still being written, or waiting for repair, are not among them.
    """
    rows = {content_name(row.path): row for row in register.all_of(RecordingFile)}
    found = []
    summaries = {
        path.name.partition(SUMMARY_SUFFIX)[0]: path
        for path in sorted(folder.recordings.glob(f"*{SUMMARY_SUFFIX}*"))
    }
    for path in _recordings(folder):
        if content_name(folder.name_of(path)) not in rows:
            stem = content_name(path.name).removesuffix(".bdf")
            found.append(Orphan(path, Missing.ROW, summaries.get(stem)))
    found += [
        Orphan(folder.path_of(name), Missing.FILE, recording_id=row.id)
        for name, row in sorted(rows.items())
        if not folder.path_of(name).exists()
    ]
    return found


def _recordings(folder: DataFolder) -> list[Path]:
    return sorted(
        path
        for path in folder.recordings.glob("*.bdf*")
        if path.name.endswith(RECORDING_SUFFIXES)
        and not path.with_name(f"{path.name}.recording").exists()
    )


def _recording_row(session: Session, folder: DataFolder, path: Path, files: Files) -> RecordingFile:
    sha256, size_bytes = digest_of(path, files)
    with open_recording(path, files) as recording:
        return RecordingFile(
            patient_id=session.patient_id,
            session_id=session.id,
            path=folder.name_of(path),
            sha256=sha256,
            size_bytes=size_bytes,
            started_utc=session.started_utc,
            fs_hz=recording.fs_hz,
            n_samples=recording.n_samples,
            labels=recording.labels,
            lost=sum(gap.n_samples for gap in recording.gaps),
        )


def _facts_of(path: Path, files: Files) -> RecordingFacts:
    with open_recording(path, files) as recording:
        told: Mapping[str, object] = dict(recording.facts).get("recording", {})
        started = _moment(told.get("started_utc")) or _local_start(recording) or _written(path)
        return RecordingFacts(
            started_utc=started,
            duration_s=recording.duration_s,
            channels=recording.channels,
            app_version=str(told.get("app", "")),
            firmware=str(told.get("firmware", "")),
            device=str(told.get("board", "")),
        )


def _facts_told(path: Path | None, summary: Mapping[str, Any]) -> RecordingFacts:
    """Return what a summary alone tells: channels without sites, the time of its file."""
    labels = [str(label) for label in summary.get("channels", ())]
    channels = tuple(Channel(label, *guess_muscle_and_side(label)) for label in labels)
    started = _written(path) if path is not None else dt.datetime.now(dt.UTC)
    return RecordingFacts(started, 0.0, channels)


def _local_start(recording: Recording) -> dt.datetime | None:
    return recording.start.astimezone(dt.UTC) if recording.start is not None else None


def _written(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)


def _moment(text: object) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.astimezone(dt.UTC) if moment.tzinfo is not None else None
