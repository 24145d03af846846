"""Every format a recording can leave the house in, and who it may name: nobody, unless asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from emgfeedback.core.errors import UsageError
from emgfeedback.exchange.bids import BidsRun, export_bids
from emgfeedback.exchange.dicom import write_dicom
from emgfeedback.exchange.mat import write_mat
from emgfeedback.exchange.sharing import SharedRecording, Sharing
from emgfeedback.records.export import WRITERS, ExportSummary, new_file
from emgfeedback.records.recording import Recording

BIDS = "bids"


FORMATS: dict[str, Callable[[Recording, Path], tuple[float, ...]]] = {
    **{suffix.removeprefix("."): write for suffix, write in WRITERS.items()},
    "mat": write_mat,
    "dcm": write_dicom,
}
"""Suffix without its dot -> what fills a new file and tells the error of each channel in uV."""


def export_as(
    recording: Recording,
    out: Path | str,
    sharing: Sharing | None = None,
    *,
    name: str = "",
    task: str = "recording",
) -> ExportSummary:
    """Write a recording to the new file or folder `out`.

    Parameters
    ----------
    sharing
        What it may tell of people; None: a pseudonym, and no word that a person wrote.
    name
        A key of `FORMATS`, or `bids`; empty: by the suffix of `out`.
    task
        What was done, as a BIDS folder names it.

    Raises
    ------
    UsageError
        No such format, or a pseudonym is missing or tells the name.
    RecordingError
        `out` exists or cannot be written, or the format cannot hold the recording. Nothing is
        left behind.
    """
    out = Path(out)
    chosen = name or out.suffix.lower().removeprefix(".")
    shared = SharedRecording(recording, sharing or Sharing())
    if chosen == BIDS:
        (error_uv,) = export_bids([BidsRun(shared, shared.subject, task=task)], out)
        return ExportSummary(out, shared.n_samples, error_uv)
    write = FORMATS.get(chosen)
    if write is None:
        said = name or out.suffix or "(none)"
        raise UsageError(
            f"Cannot export to {out.name}: the format {said} is not known.",
            f"Use .{', .'.join(FORMATS)}, or a folder with --format {BIDS}.",
        )
    if chosen in ("edf", "bdf"):
        shared.label_plainly()
    with new_file(out) as part:
        error_uv = write(shared, part)
    return ExportSummary(out, shared.n_samples, error_uv)
