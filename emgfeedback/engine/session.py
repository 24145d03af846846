"""The running system behind one object: connect, watch, record, mark, hold a target.

Threads: `emg-reader` (bytes to blocks), `emg-pipeline` (blocks to snapshot),
`emg-recorder` (while recording). Every public method may be called from the
main thread and returns at once, but for `close` and `stop_recording`, which
wait until what was promised is on disk.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from emgfeedback.core.block import Block, Gap, GapReason
from emgfeedback.core.device import LinkHealth, LinkState
from emgfeedback.core.errors import EmgFeedbackError, RecordingError, UsageError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.core.montage import Montage, Side
from emgfeedback.devices.connection import Connection
from emgfeedback.engine.acquisition import Acquisition
from emgfeedback.engine.lsl_outlet import LslOutlet, outlet_of
from emgfeedback.engine.pipeline import Pipeline, thresholds_text
from emgfeedback.engine.recorder import Recorder, facts_now
from emgfeedback.engine.session_settings import SessionSettings
from emgfeedback.engine.snapshot import RECORDS, MarkNow, RecordingNow, Snapshot
from emgfeedback.engine.traces import TraceBuffer
from emgfeedback.records.writer import RecordingSummary
from emgfeedback.training.plan import Plan
from emgfeedback.training.run import TrainingRun

__all__ = ["LiveSession", "SessionSettings"]

log = logging.getLogger(__name__)

PIPELINE_BLOCKS = 1000
"""Blocks that may wait for the pipeline: at least 4 s. What does not fit is shown as a gap."""
READ_TIMEOUT_S = 0.1
AWAY = (LinkState.STALLED, LinkState.LOST)


class LiveSession:
    """One board from connect to disconnect.

    Parameters
    ----------
    port
        The port's name for the screen.
    connect
        Makes an unopened connection; called again to reconnect.
    settings
        Rate, channels, montage, purpose.
    """

    def __init__(
        self, port: str, connect: Callable[[], Connection], settings: SessionSettings
    ) -> None:
        self.port = port
        self._settings = settings
        self._acquisition = Acquisition(connect, settings.stream, settings.montage)
        self._blocks: queue.Queue[Block | None] = queue.Queue(PIPELINE_BLOCKS)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._opened = threading.Event()
        self._pipeline: Pipeline | None = None
        self._outlet: LslOutlet | None = None
        self._recorder: Recorder | None = None
        self._run_recorder: Recorder | None = None
        """The recording that ends with the training run, if there is one."""
        self._failed = ""
        self._open_error: EmgFeedbackError | None = None
        self._sequence = 0
        self._host_lost_samples = 0
        self._marks: list[MarkNow] = []
        self._stream_end = 0
        self._record_to: Path | None = None
        self._record_s: float | None = None
        self._reader = threading.Thread(target=self._read, name="emg-reader")
        self._worker = threading.Thread(target=self._process, name="emg-pipeline")

    def start(self, record_to: Path | None = None, record_s: float | None = None) -> None:
        """Begin to connect in the background; `snapshot().link` says how far it is.

        With `record_to` the recording begins with the board's very first sample; with
        `record_s` it takes exactly so many seconds at the board's nominal rate.
        """
        self._record_to, self._record_s = record_to, record_s
        self._reader.start()
        self._worker.start()

    def wait_open(self, timeout_s: float | None = None) -> bool:
        """Wait until the board streams; return whether it does, False after `timeout_s`.

        Raises
        ------
        EmgFeedbackError
            It could not be opened; says why.
        """
        is_open = self._opened.wait(timeout_s)
        if self._open_error is not None:
            raise self._open_error
        return is_open

    def close(self) -> RecordingSummary | None:
        """Stop everything; a running recording is finished first and its summary returned."""
        self._stopping.set()
        self._acquisition.cancel()
        if self._reader.is_alive():
            self._reader.join()
        summary = self.stop_recording()
        if self._worker.is_alive():
            self._blocks.put(None)
            self._worker.join()
        if self._outlet is not None:
            self._outlet.close()
        return summary

    @property
    def traces(self) -> TraceBuffer | None:
        """The newest samples for drawing; None until the board streams."""
        pipeline = self._pipeline
        return pipeline.traces if pipeline is not None else None

    @property
    def montage(self) -> Montage | None:
        """The channels in column order; None until the board streams."""
        pipeline = self._pipeline
        return pipeline.montage if pipeline is not None else None

    def snapshot(self) -> Snapshot:
        """Return everything the screen shows but the traces."""
        health = self._health()
        pipeline, recorder = self._pipeline, self._recorder
        away = health.state in AWAY
        recording = recorder.now(link_away=away) if recorder is not None else RecordingNow()
        message = str(self._open_error or self._failed or self._acquisition.message)
        if pipeline is None:
            return Snapshot(link=health, port=self.port, link_message=message, recording=recording)
        with self._lock:
            return Snapshot(
                sequence=self._sequence,
                end_sample=pipeline.end_sample,
                fs_hz=pipeline.fs_hz,
                link=health,
                device=self._acquisition.info,
                port=self.port,
                link_message=message,
                channels=pipeline.channels(),
                pairs=pipeline.pairs(),
                target=pipeline.target.now(),
                recording=recording,
                marks=tuple(self._marks),
                training=pipeline.training(),
                purpose=pipeline.purpose,
                filter_facts=pipeline.settings.facts(),
            )

    def start_recording(
        self, path: Path, seconds: float | None = None, files: Files = PLAIN
    ) -> None:
        """Record to `path`, made by `files`, from the next block on, so long or until stopped.

        Raises
        ------
        RecordingError
            No board streams, a recording runs already, or the file cannot be made.
        """
        pipeline = self._pipeline
        if pipeline is None:
            raise RecordingError("No board is connected.", "Connect one first.")
        if self._recorder is not None and self._recorder.now(link_away=False).state in RECORDS:
            raise RecordingError("A recording runs already.", "Stop it first.")
        facts = facts_now(self._acquisition.info, pipeline, self._settings.subject)
        max_samples = None if seconds is None else round(seconds * facts.nominal_fs_hz)
        self._recorder = Recorder(path, facts, max_samples, files)
        with self._lock:
            if pipeline.target.watched:
                self._note(thresholds_text(pipeline.montage, pipeline.target))

    def stop_recording(self) -> RecordingSummary | None:
        """End the recording and wait until it is on disk; None if none ran or it had failed."""
        recorder = self._recorder
        if recorder is None:
            return None
        return recorder.finish(self._health().measured_fs_hz)

    def mark(self, text: str = "") -> None:
        """Set a marker at the newest sample."""
        with self._target() as pipeline:
            number = len(self._marks) + 1
            text = text or f"M{number}"
            self._marks.append(MarkNow(number, self._stream_end, text))
            self._note(f"mark {text}")
            if pipeline.run is not None:
                pipeline.run.keep_mark(text)

    def set_threshold(self, channel: int, threshold_uv: float | None) -> None:
        """Set or clear the target of `channel`. Raises SettingsError outside its range."""
        with self._target() as pipeline:
            pipeline.target.set_threshold(channel, threshold_uv)
            self._note(thresholds_text(pipeline.montage, pipeline.target))

    def start_baseline(self, seconds: float, channels: tuple[int, ...]) -> None:
        """Measure the resting level of `channels`, then fix their thresholds and run."""
        with self._target() as pipeline:
            pipeline.start_baseline(seconds, channels)
            self._note(f"target baseline {seconds:g} s")

    def start_target(self) -> None:
        """Run the target, or go on after a pause."""
        with self._target() as pipeline:
            pipeline.target.start()
            self._note("target start")

    def pause_target(self) -> None:
        """Stop scoring; recording goes on."""
        with self._target() as pipeline:
            pipeline.target.pause()
            self._note("target pause")

    def stop_target(self) -> None:
        """Switch the target off."""
        with self._target() as pipeline:
            pipeline.target.stop()
            self._note("target stop")

    def set_purpose(self, purpose: str) -> None:
        """Change between `rest` and `activation` filters."""
        with self._target() as pipeline:
            pipeline.set_purpose(purpose)
            self._note(f"filter {pipeline.settings.facts()}")

    def start_run(
        self,
        plan: Plan,
        overactive: Mapping[str, Side] | None = None,
        *,
        ends_recording: bool = False,
    ) -> None:
        """Begin to run a training plan; with `ends_recording` the recording ends with it.

        Raises
        ------
        ConfigError
            The montage lacks a channel of the plan, or a side was not chosen.
        """
        with self._target() as pipeline:
            info = self._acquisition.info
            facts = f"{info.board}, firmware {info.firmware}, gain {info.sensor_gain:g}"
            pipeline.start_run(plan, overactive or {}, facts)
            self._note(f"training plan {plan.name}")
            self._run_recorder = self._recorder if ends_recording else None

    def run(self, action: Callable[[TrainingRun], None]) -> None:
        """Do something to the training run, as `lambda run: run.next()`.

        Raises
        ------
        RecordingError
            No board is connected.
        UsageError
            No training runs.
        """
        with self._target() as pipeline:
            if pipeline.run is None:
                raise UsageError("No training runs.", "Start a plan first.")
            action(pipeline.run)
            self._write_events(pipeline)

    def stop_run(self, reason: str) -> None:
        """End a training run that is not over; wait for a recording that ends with it."""
        pipeline, recorder = self._pipeline, self._run_recorder
        if pipeline is None or pipeline.run is None:
            return
        with self._lock:
            pipeline.run.stop(reason)
            self._write_events(pipeline)
        if recorder is not None:
            recorder.finish(self._health().measured_fs_hz)

    def run_summary(self) -> dict[str, Any] | None:
        """Return the summary of the training run so far, ready for JSON; None without one."""
        pipeline = self._pipeline
        if pipeline is None or pipeline.run is None:
            return None
        with self._lock:
            return pipeline.run.summary()

    @contextlib.contextmanager
    def _target(self) -> Iterator[Pipeline]:
        """Yield the pipeline under its lock; refuse in words where no board streams."""
        pipeline = self._pipeline
        if pipeline is None:
            raise RecordingError("No board is connected.", "Connect one first.")
        with self._lock:
            yield pipeline

    def _note(self, text: str, sample: int | None = None) -> None:
        sample = self._stream_end if sample is None else sample
        for listener in (self._recorder, self._outlet):
            if listener is not None:
                listener.note(text, sample)

    def _health(self) -> LinkHealth:
        health = self._acquisition.health()
        if not self._host_lost_samples:
            return health
        warning = f"This computer was too slow: {self._host_lost_samples} samples not shown."
        return replace(health, warnings=(*health.warnings, warning))

    def _read(self) -> None:
        try:
            info = self._acquisition.open()
            self._pipeline = Pipeline(
                info,
                self._acquisition.montage,
                info.fs_hz,
                self._settings.purpose,
                self._settings.filter_changes,
            )
            if self._settings.lsl:
                self._outlet = outlet_of(self._acquisition, self._settings.lsl)
            if self._record_to is not None:
                self.start_recording(self._record_to, self._record_s)
        except EmgFeedbackError as error:
            self._open_error = error
        except Exception:
            log.exception("connecting failed by a bug")
            self._open_error = EmgFeedbackError(
                "Connecting failed unexpectedly.", "See the log; try again."
            )
        if self._open_error is not None:
            self._acquisition.close()
            self._opened.set()
            return
        self._opened.set()
        try:
            while not self._stopping.is_set():
                for block in self._acquisition.step(READ_TIMEOUT_S):
                    self._hand_over(block)
        except Exception:
            log.exception("reading stopped by a bug")
            self._failed = "Reading stopped unexpectedly. Disconnect and connect again."
        finally:
            self._acquisition.close()

    def _hand_over(self, block: Block) -> None:
        self._stream_end = block.end_sample
        recorder = self._recorder
        if recorder is not None:
            recorder.put(block)
        try:
            self._blocks.put_nowait(block)
        except queue.Full:
            if not self._host_lost_samples:
                log.warning("pipeline queue full: the screen misses samples")
            self._host_lost_samples += block.n_samples

    def _process(self) -> None:
        self._opened.wait()
        expected = None
        while (block := self._blocks.get()) is not None:
            pipeline = self._pipeline
            assert pipeline is not None
            if expected is not None and block.first_sample != expected and not block.gap_before:
                missing = Gap(expected, block.first_sample - expected, GapReason.HOST)
                block = replace(block, gap_before=missing)
            expected = block.end_sample
            try:
                with self._lock:
                    self._step(pipeline, block)
            except Exception:
                log.exception("the signal chain stopped by a bug")
                self._failed = "The signal chain stopped unexpectedly; recording goes on."
                return

    def _step(self, pipeline: Pipeline, block: Block) -> None:
        pipeline.process(block)
        if self._outlet is not None:
            self._outlet.samples(block, pipeline.traces.since(block.first_sample))
        measured = self._acquisition.health().measured_fs_hz
        if measured is not None:
            pipeline.follow_rate(measured)
        self._write_events(pipeline)
        self._sequence += 1

    def _write_events(self, pipeline: Pipeline) -> None:
        pipeline.take_run_events()
        for event in pipeline.events:
            self._note(event.text, event.sample)
        pipeline.events.clear()
        recorder = self._run_recorder if pipeline.run_over else None
        if recorder is not None and recorder.end(self._health().measured_fs_hz):
            self._run_recorder = None
