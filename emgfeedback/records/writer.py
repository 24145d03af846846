"""Stream a recording to disk: raw counts as BDF+, whole after every quarter second."""

from __future__ import annotations

import errno
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emgfeedback.core.block import Block, Gap, Unit
from emgfeedback.core.errors import RecordingError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.records.edf import encode_header
from emgfeedback.records.header import RecordingFacts, facts_texts, make_header, rate_text
from emgfeedback.records.recordfile import RecordFile
from emgfeedback.records.sidecar import Sidecar

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """What a recording came to.

    Attributes
    ----------
    samples
        Length on the time axis, lost samples included, padding not.
    fs_hz
        Rate the file's time axis follows.
    lost, gaps
        Samples that were missing and filled, and in how many runs.
    failure
        Why it ended early, empty if it did not.
    """

    path: Path
    samples: int
    channels: int
    fs_hz: float
    nominal_fs_hz: float
    lost: int
    gaps: int
    failure: str = ""

    @property
    def duration_s(self) -> float:
        """Length in seconds by the file's own time axis."""
        return self.samples / self.fs_hz


class RecordingWriter:
    """Write blocks of counts to a new BDF+ file.

    The first block appended defines sample 0 of the recording. Gaps are filled
    with the last value and annotated `gap N samples (reason)`; settings,
    montage and calibration stand as annotations in the first records.
    """

    def __init__(self, path: Path, facts: RecordingFacts, file: RecordFile, sidecar: Sidecar):
        self.path = path
        self.facts = facts
        self._file = file
        self._sidecar = sidecar
        self._n_channels = facts.montage.n_channels
        self._origin: int | None = None
        self._next = 0
        self._early: list[tuple[str, int, int]] = []
        self._lost = 0
        self._gaps = 0
        self._summary: RecordingSummary | None = None

    @classmethod
    def create(
        cls,
        path: Path | str,
        facts: RecordingFacts,
        fsync_s: float = 1.0,
        files: Files = PLAIN,
    ) -> RecordingWriter:
        """Make the file `path`, which must not exist, and its sidecar.

        Parameters
        ----------
        path
            The file to make, as `folder/name.bdf`, with `files.suffix` after it.
        facts
            What the header and the first annotations say.
        fsync_s
            The data reach the disk itself at least this often while blocks come, seconds.
        files
            What makes the file and encrypts the sidecar, where that is wanted.

        Raises
        ------
        RecordingError
            If the file exists or cannot be made.
        SettingsError
            If rate, gain or full scale cannot be written into such a file.
        """
        path = Path(path)
        header = make_header(facts)
        texts = facts_texts(facts)
        if path.exists():
            raise _existing(path)
        sidecar = None
        try:
            sidecar = Sidecar.create(path, encode_header(header), texts, files)
            raw = files.open(path, "x+")
            try:
                file = RecordFile(raw, header, fsync_s)
            except OSError:
                raw.close()
                path.unlink(missing_ok=True)
                raise
        except OSError as error:
            if sidecar is not None:
                sidecar.remove()
            raise _cannot_create(path, error) from error
        for text in texts:
            file.annotate(text, 0)
        file.hold_value(np.full(facts.montage.n_channels, facts.device.midpoint_counts, np.int32))
        return cls(path, facts, file, sidecar)

    @property
    def n_samples(self) -> int:
        """Length so far on the time axis, lost samples included."""
        return self._file.n_samples if self._summary is None else self._summary.samples

    @property
    def elapsed_s(self) -> float:
        """Length so far in seconds at the nominal rate."""
        return self.n_samples / self.facts.nominal_fs_hz

    @property
    def lost(self) -> int:
        """Samples that were missing so far."""
        return self._lost

    def append(self, block: Block) -> None:
        """Append `block` (counts, columns as in the montage), filling the gap before it.

        After a failure was raised once, further blocks are ignored.

        Raises
        ------
        RecordingError
            If the disk is full or gone; what was written before is whole and kept.
        ValueError
            If the block is in another unit, has other columns, or begins before the end.
        """
        if self._summary is not None:
            return
        n_samples, n_channels = block.samples.shape
        if block.unit is not Unit.COUNTS or n_channels != self._n_channels:
            raise ValueError(
                f"a block of {n_channels} channels in {block.unit.value} cannot be recorded"
            )
        if self._origin is None:
            self._origin = block.first_sample
            self._queue_early()
            self._next = block.first_sample
        missing = block.first_sample - self._next
        if missing < 0:
            raise ValueError(f"block begins {-missing} samples before the recording's end")
        self._next = block.first_sample + n_samples
        try:
            if missing:
                self._fill(missing, block.gap_before)
            self._file.append(block.samples)
        except OSError as error:
            raise self._stopped(error) from error

    def _fill(self, missing: int, gap: Gap | None) -> None:
        self._gaps += 1
        self._lost += missing
        reason = gap.reason.value if gap else "unknown"
        text = f"gap {missing} samples ({reason})"
        self._file.annotate_now(text, self._file.n_samples, missing)
        self._file.hold(missing)

    def annotate(self, text: str, sample: int, n_samples: int = 0) -> None:
        """Put `text` at `sample` for `n_samples`; written with the records to come.

        Parameters
        ----------
        text
            Any Unicode; control characters become spaces, and more than
            `tal.MAX_TEXT_BYTES` bytes of UTF-8 are split into numbered parts.
        sample
            Stream index, the same axis as `Block.first_sample`. One before the first block
            moves to the beginning, one after the last to the end.
        n_samples
            How long it lasts; 0 for a moment.
        """
        if self._summary is not None:
            return
        self._early.append((text, sample, n_samples))
        if self._origin is not None:
            self._queue_early()

    def finish(self, measured_fs_hz: float | None = None) -> RecordingSummary:
        """Fill the last record, write what waits, close, and remove the sidecar.

        Parameters
        ----------
        measured_fs_hz
            The board's rate by the computer's clock, where it is known to differ from the
            nominal one: the time axis of the file is made to follow it. Both are kept as
            an annotation.

        Returns
        -------
        RecordingSummary
            The same one again when called again, or after a failure.

        Raises
        ------
        RecordingError
            If the disk is full or gone.
        """
        if self._summary is not None:
            return self._summary
        nominal = self.facts.nominal_fs_hz
        samples = self._file.n_samples
        self._origin = self._origin or 0
        self._queue_early()
        self._file.annotate(rate_text(nominal, measured_fs_hz), max(samples - 1, 0))
        try:
            self._file.pad()
            if measured_fs_hz:
                record_us = round(self._file.samples_per_record * 1e6 / measured_fs_hz)
                if record_us != self._file.record_us:
                    self._file.retime(record_us)
            self._file.close()
            self._sidecar.remove()
        except OSError as error:
            raise self._stopped(error) from error
        self._summary = self._sum_up(samples)
        return self._summary

    def _queue_early(self) -> None:
        origin = self._origin or 0
        for text, sample, n in self._early:
            first = max(sample - origin, 0)
            self._file.annotate(text, first, max(sample - origin + n - first, 0))
        self._early.clear()

    def _sum_up(self, samples: int, failure: str = "") -> RecordingSummary:
        return RecordingSummary(
            path=self.path,
            samples=samples,
            channels=self.facts.montage.n_channels,
            fs_hz=self._file.samples_per_record * 1e6 / self._file.record_us,
            nominal_fs_hz=self.facts.nominal_fs_hz,
            lost=self._lost,
            gaps=self._gaps,
            failure=failure,
        )

    def _stopped(self, error: OSError) -> RecordingError:
        """Keep the whole records, close, and return the error that tells of it."""
        reason = _reason(error)
        samples = self._file.n_records * self._file.samples_per_record
        self._summary = self._sum_up(samples, failure=reason)
        kept_s = self._summary.duration_s
        what = f"Recording stopped: {reason}; {kept_s:.2f} s are saved in {self.path}."
        try:
            self._file.keep_whole_records(f"recording stopped: {reason}")
            self._file.close()
            self._sidecar.remove()
        except OSError as again:
            # The sidecar stays, so the next start repairs what could not be done now.
            log.warning("could not close %s after a failure: %s", self.path, again)
            self._sidecar.close()
        return RecordingError(what, _remedy(error))


def _reason(error: OSError) -> str:
    return "the disk is full" if _is_full(error) else (error.strerror or str(error)).lower()


def _is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))


def _remedy(error: OSError) -> str:
    if _is_full(error):
        return "Free some space or record to another drive."
    return "Check the drive and record to another folder."


def _existing(path: Path) -> RecordingError:
    return RecordingError(
        f"{path} exists already; recordings are never overwritten.", "Give another name."
    )


def _cannot_create(path: Path, error: OSError) -> RecordingError:
    if isinstance(error, FileExistsError):
        return _existing(path)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return RecordingError(
            f"{path} cannot be made: there is no folder {path.parent}.",
            "Make the folder or give another one.",
        )
    if isinstance(error, BlockingIOError):
        return RecordingError(f"{path} is being recorded by another program.", "Give another name.")
    if isinstance(error, PermissionError):
        return RecordingError(
            f"{path} cannot be made: no permission to write in {path.parent}.",
            "Choose a folder of your own.",
        )
    return RecordingError(f"{path} cannot be made: {_reason(error)}.", _remedy(error))
