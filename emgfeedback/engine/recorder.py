"""The recorder thread: blocks and notes go in, the file grows, problems are told once.

The reader must never wait for a disk, so a bounded queue lies between; one
minute of signal fits. What does not fit is a counted gap in the file.
"""

from __future__ import annotations

import datetime as dt
import logging
import queue
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from emgfeedback import __version__
from emgfeedback.core.block import Block, Gap, GapReason
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import RecordingError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.engine.pipeline import Pipeline
from emgfeedback.engine.snapshot import RecordingNow, RecordState
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.writer import RecordingSummary, RecordingWriter

log = logging.getLogger(__name__)

QUEUE_BLOCKS = 15_000
"""At 4 ms a block: one minute."""
SAVED_SHOWN_S = 5.0


@dataclass(frozen=True, slots=True)
class _Note:
    text: str
    sample: int
    n_samples: int


@dataclass(frozen=True, slots=True)
class _Finish:
    measured_fs_hz: float | None


def facts_now(info: DeviceInfo, pipeline: Pipeline, subject: str) -> RecordingFacts:
    """Return the facts of a recording that begins now."""
    return RecordingFacts(
        montage=pipeline.montage,
        device=info,
        started_utc=dt.datetime.now(dt.UTC),
        filter_facts=pipeline.settings.facts(),
        app_version=__version__,
        subject=subject,
    )


class Recorder:
    """Write one recording in a thread of its own.

    With `max_samples` the recording takes exactly so many samples, lost ones included. `files`
    makes the file, encrypted from the first byte where the records are.

    Raises
    ------
    RecordingError
        The file cannot be created; nothing was started.
    """

    def __init__(
        self,
        path: Path,
        facts: RecordingFacts,
        max_samples: int | None = None,
        files: Files = PLAIN,
    ) -> None:
        self.path = path
        self._max_samples = max_samples
        self._end_sample: int | None = None
        self._full = False
        self._ending = False
        self._missing_from: int | None = None
        self._writer = RecordingWriter.create(path, facts, files=files)
        self._queue: queue.Queue[Block | _Note | _Finish] = queue.Queue(QUEUE_BLOCKS)
        self._state = RecordState.STARTING
        self._message = ""
        self._saved_at_s = 0.0
        self.summary: RecordingSummary | None = None
        """Set when the recording has ended."""
        self._thread = threading.Thread(target=self._run, name="emg-recorder")
        self._thread.start()

    def put(self, block: Block) -> None:
        """Hand over a block without waiting; a full queue is a gap in the file, counted."""
        if self._over:
            return
        limited = self._within_limit(block)
        if limited is None:
            return
        if self._missing_from is not None:
            missing = limited.first_sample - self._missing_from
            limited = replace(limited, gap_before=Gap(self._missing_from, missing, GapReason.HOST))
        try:
            self._queue.put_nowait(limited)
            self._missing_from = None
        except queue.Full:
            if self._missing_from is None:
                log.warning("recorder queue full: the disk is too slow")
                self._missing_from = limited.first_sample

    def note(self, text: str, sample: int, n_samples: int = 0) -> None:
        """Write an annotation at stream index `sample`."""
        if self._over:
            return
        try:
            self._queue.put_nowait(_Note(text, sample, n_samples))
        except queue.Full:
            log.warning("recorder queue full: annotation %r lost", text)

    def end(self, measured_fs_hz: float | None = None) -> bool:
        """Ask for the end without waiting; False where the queue is full: ask again.

        What was handed over before is written; what comes after belongs to no recording.
        """
        try:
            if not self._over:
                self._queue.put_nowait(_Finish(measured_fs_hz))
        except queue.Full:
            return False
        self._ending = True
        return True

    def finish(self, measured_fs_hz: float | None = None) -> RecordingSummary | None:
        """End the recording and wait until it is on disk; None if it had failed before."""
        if not self._over:
            self._ending = True
            self._queue.put(_Finish(measured_fs_hz))
        self._thread.join()
        return self.summary

    def now(self, *, link_away: bool) -> RecordingNow:
        """Return the recording as it stands."""
        state = self._state
        if state is RecordState.RECORDING and link_away:
            state = RecordState.WAITING
        if state is RecordState.SAVED and time.monotonic() - self._saved_at_s > SAVED_SHOWN_S:
            state = RecordState.READY
        return RecordingNow(
            state=state,
            path=str(self.path),
            elapsed_s=self._writer.elapsed_s,
            lost_samples=self._writer.lost,
            message=self._message,
        )

    @property
    def _over(self) -> bool:
        """Whether nothing more will be written."""
        return self._ending or not self._thread.is_alive()

    def _within_limit(self, block: Block) -> Block | None:
        """Return what of `block` lies within `max_samples`; None when nothing is wanted."""
        if self._max_samples is None:
            return block
        if self._end_sample is None:
            self._end_sample = block.first_sample + self._max_samples
        if self._full:
            return None
        self._full = block.end_sample >= self._end_sample
        # A gap that reaches past the end is filled up to it: an empty block at the end says so.
        first = min(block.first_sample, self._end_sample)
        return replace(block, first_sample=first, samples=block.samples[: self._end_sample - first])

    def _run(self) -> None:
        try:
            self._write_until_finished()
        except RecordingError as error:
            log.error("recording stopped: %s", error)
            self._message = str(error)
            self._state = RecordState.FAILED
        except Exception:
            log.exception("recording stopped by a bug")
            self._message = (
                f"The recording stopped unexpectedly; what was written is in {self.path}."
            )
            self._state = RecordState.FAILED

    def _write_until_finished(self) -> None:
        while True:
            item = self._queue.get()
            if isinstance(item, Block):
                self._writer.append(item)
                self._state = RecordState.RECORDING
            elif isinstance(item, _Note):
                self._writer.annotate(item.text, item.sample, item.n_samples)
            else:
                self.summary = self._writer.finish(item.measured_fs_hz)
                self._saved_at_s = time.monotonic()
                self._state = RecordState.SAVED
                return
