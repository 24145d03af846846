"""Recordings from elsewhere, copied into the data folder and filed as sessions."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from pathlib import Path

from emgfeedback.core.errors import FileFormatError, RecordingError, RegisterError
from emgfeedback.core.files import PLAIN, Files, to_disk
from emgfeedback.exchange.opensignals import is_opensignals, open_opensignals
from emgfeedback.people.filing import digest_of, file_session
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.values import Session, SessionKind
from emgfeedback.records.edf import BDF_VERSION
from emgfeedback.records.export import new_file, write_records
from emgfeedback.records.reader import open_recording
from emgfeedback.records.recording import Recording

_PIECE = 1 << 20


def open_any(path: Path) -> Recording:
    """Open a recording of any format that can be taken in: BDF, EDF, CSV, OpenSignals text.

    Raises
    ------
    FileFormatError
        It is none of them, or damaged.
    """
    with contextlib.suppress(OSError):
        if path.is_file() and is_opensignals(path):
            return open_opensignals(path)
    return open_recording(path)


def take_recording(
    register: Register,
    folder: DataFolder,
    source: Path,
    *,
    patient_id: str = "",
    kind: SessionKind = SessionKind.FREE,
    note: str = "",
    files: Files = PLAIN,
) -> Session:
    """Copy a recording into the data folder and file it as a session.

    A BDF file is copied byte for byte, anything else written anew as BDF+. The source stays as
    it is; its name, which may be a person's, is not kept.

    Parameters
    ----------
    patient_id
        Whose session it is; empty: nobody's yet.
    files
        What makes the copy, sealed where the records are.

    Raises
    ------
    FileFormatError
        It is no recording, or damaged.
    RecordingError
        The copy cannot be written.
    RegisterError
        The same recording is in the register already, or it lies in the data folder.
    """
    if source.resolve().is_relative_to(folder.root.resolve()):
        raise RegisterError(
            f"{source} is in the data folder already.", "It is offered as a found recording."
        )
    with open_any(source) as recording:
        written = source.stat().st_mtime
        started = recording.start or dt.datetime.fromtimestamp(written)
        copy = _copy(recording, source, folder, started, files)
    try:
        # What has no date of its own is dated by its file.
        os.utime(copy, (written, written))
        sha256, _ = digest_of(copy, files)
        known = register.recording_with(sha256)
        if known is not None:
            raise RegisterError(
                f"{source.name} is in the register already, as {known.path}.",
                "Open its session instead.",
            )
        return file_session(
            register, folder, patient_id=patient_id, kind=kind, recording=copy, note=note,
            files=files,
        )  # fmt: skip
    except BaseException:
        copy.unlink(missing_ok=True)
        raise


def _copy(
    recording: Recording, source: Path, folder: DataFolder, started: dt.datetime, files: Files
) -> Path:
    try:
        folder.recordings.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(
            f"{folder.recordings} cannot be made: {error.strerror}.", "Choose another data folder."
        ) from error
    out = _free_name(folder.recordings, f"{started:%Y-%m-%d_%H%M%S}", files.suffix)
    with new_file(out) as part:
        if _is_bdf(source):
            _copy_bytes(source, part, files)
        else:
            write_records(recording, files.open(part, "x+"), 3, source="")
    return out


def _free_name(room: Path, stem: str, suffix: str) -> Path:
    """Return a name that neither a recording nor what stands beside one begins with."""
    taken = {path.name.partition(".")[0] for path in room.iterdir()}
    number, free = 1, stem
    while free in taken:
        number += 1
        free = f"{stem}-{number}"
    return room / f"{free}.bdf{suffix}"


def _is_bdf(source: Path) -> bool:
    with source.open("rb") as file:
        return file.read(len(BDF_VERSION)) == BDF_VERSION


def _copy_bytes(source: Path, part: Path, files: Files) -> None:
    size = source.stat().st_size
    with source.open("rb") as content, files.open(part, "x+") as copy:
        while piece := content.read(_PIECE):
            rest = memoryview(piece)
            while rest:
                rest = rest[copy.write(rest) or 0 :]
            size -= len(piece)
        if size:
            raise FileFormatError(f"{source} changed while it was read.", "Try again.")
        copy.flush()
        to_disk(copy)
