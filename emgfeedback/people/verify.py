"""Check everything that is kept: every row, every file against its hash."""

from __future__ import annotations

from dataclasses import dataclass

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.people.filing import Missing, digest_of, orphans
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.plain import KINDS
from emgfeedback.people.register import Register
from emgfeedback.people.values import RecordingFile


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was looked at, and every problem in words."""

    rows: int
    files: int
    total_bytes: int
    problems: tuple[str, ...]
    unfiled: tuple[str, ...]
    """Recordings on disk without a place in the register: no fault, offered at the next start."""


def verify(register: Register, folder: DataFolder, files: Files = PLAIN) -> VerifyReport:
    """Read every row and every file; change nothing."""
    problems: list[str] = []
    rows = checked = total = 0
    for kind in KINDS:
        try:
            rows += len(register.all_of(kind))
        except EmgFeedbackError as error:
            problems.append(str(error))
    for row in register.all_of(RecordingFile):
        problem = _problem_of(row, folder, files)
        if problem:
            problems.append(problem)
        else:
            checked, total = checked + 1, total + row.size_bytes
    unfiled = [o.path.name for o in orphans(register, folder) if o.missing is Missing.ROW]
    return VerifyReport(rows, checked, total, tuple(problems), tuple(unfiled))


def _problem_of(row: RecordingFile, folder: DataFolder, files: Files) -> str:
    try:
        path = folder.path_of(row.path)
        if not path.exists():
            return f"{row.path} is missing. Restore it from a backup."
        digest, size = digest_of(path, files)
    except EmgFeedbackError as error:
        return str(error)
    except OSError as error:
        return f"{row.path} cannot be read: {error.strerror}."
    if size != row.size_bytes:
        return f"{row.path} has {size} bytes, {row.size_bytes} were kept. It was changed or cut."
    if digest != row.sha256:
        return f"{row.path} is not what was recorded: its SHA-256 differs. Restore it."
    return ""
