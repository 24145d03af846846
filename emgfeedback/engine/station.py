"""What the window talks to: at most one live session, and where recordings go."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from emgfeedback.core.device import LinkHealth, LinkState
from emgfeedback.core.errors import AccessError, EmgFeedbackError, RecordingError
from emgfeedback.core.files import PLAIN, SEALED_SUFFIX, Files
from emgfeedback.core.montage import Montage, Side
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.devices.ports import PortInfo, list_ports
from emgfeedback.devices.registry import ANY
from emgfeedback.engine.connect import Connector, connector
from emgfeedback.engine.first_connection import FirstConnection, look_round
from emgfeedback.engine.played import Played
from emgfeedback.engine.session import LiveSession, SessionSettings
from emgfeedback.engine.snapshot import RECORDS, RecordingNow, RecordState, Snapshot
from emgfeedback.engine.summaries import replace_summary, save_summary
from emgfeedback.engine.traces import TraceBuffer
from emgfeedback.records.repair import repair, unfinished
from emgfeedback.records.writer import RecordingSummary
from emgfeedback.training.now import Phase
from emgfeedback.training.plan import PLANS, Plan
from emgfeedback.training.run import TrainingRun

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Training:
    """What is on disk of the newest training run."""

    earlier: str = ""
    """The recording there was before it, which is none of its business."""
    saved: bool = True
    path: Path | None = None
    files: Files = PLAIN
    """What its summary is written with, also after the records were locked."""


class Station:
    """Connect, disconnect and all that a session offers, safe to call in any state.

    Parameters
    ----------
    recordings_folder
        Where `start_recording` puts its files; made when first needed.
    settings
        What every session starts with.
    connector_of
        Port and driver -> what makes connections to it.
    files
        Returns what makes and opens recordings; raises AccessError while the records are locked.
    """

    look_round = staticmethod(look_round)
    first_connection = FirstConnection

    def __init__(
        self,
        recordings_folder: Path,
        settings: SessionSettings | None = None,
        connector_of: Callable[[str, str], Connector] = connector,
        files: Callable[[], Files] = lambda: PLAIN,
    ) -> None:
        self.recordings_folder = recordings_folder
        self.settings = settings or SessionSettings()
        self._connector_of = connector_of
        self._files = files
        self._session: LiveSession | None = None
        self._played: Played | None = None
        self._letting_go = threading.Lock()
        self._replay_end: threading.Thread | None = None
        self._refused = ""
        self._record_failed = ""
        self._training = _Training()
        self._summaries: list[Path] = []
        self._finished: list[tuple[Path | None, Path | None]] = []
        self._told: set[str] = set()
        self._saving = threading.Lock()
        self._recovered: tuple[str, ...] = ()
        self._repairer: threading.Thread | None = None

    def recover(self) -> None:
        """Repair recordings that were cut off, in the background; `snapshot` tells which.

        Encrypted ones only while the records are unlocked: call it again then.
        """
        if self._repairer is not None:
            self._repairer.join()
        self._repairer = threading.Thread(target=self._recover, name="emg-repair")
        self._repairer.start()

    def close(self) -> None:
        """Disconnect, and wait until a replay is let go and a repair in progress has ended."""
        self.disconnect()
        for thread in (self._replay_end, self._repairer):
            if thread is not None:
                thread.join()

    def ports(self) -> list[PortInfo]:
        """Return the serial ports there are; opens none."""
        return list_ports()

    def connect(self, port: str) -> None:
        """Begin to connect to `port` (or `demo`); `snapshot` tells how it goes."""
        self.disconnect()
        self._refused = ""
        try:
            session = LiveSession(port, self._connector_of(port, ANY), self.settings)
        except EmgFeedbackError as error:
            self._refused = str(error)
            return
        self._session = session
        session.start()

    def replay(self, path: Path, from_s: float = 0.0) -> None:
        """Play a recording from a second on as if a board sent it; disconnect at its end."""
        self.disconnect()
        self._refused = ""
        try:
            played = Played(path, from_s, lambda: self._replay_ended(session), self._files())
        except EmgFeedbackError as error:
            self._refused = str(error)
            return
        settings = replace(self.settings, stream=StreamSettings(), montage=played.montage)
        session = LiveSession(played.name, played.connector, settings)
        self._session, self._played = session, played
        session.start()

    def _replay_ended(self, session: LiveSession) -> None:
        def let_go() -> None:
            with self._letting_go:
                if self._session is session:
                    self._let_go()

        # The thread that reads, which calls this, would wait for itself.
        self._replay_end = threading.Thread(target=let_go, name="emg-replay-end")
        self._replay_end.start()

    def disconnect(self) -> RecordingSummary | None:
        """End a training run, finish a recording, stop the board and close the port.

        The summary of the run is saved; where it cannot be, `snapshot` says why.
        """
        with self._letting_go:
            return self._let_go()

    def _let_go(self) -> RecordingSummary | None:
        session, self._session = self._session, None
        if session is None:
            return None
        session.stop_run("disconnected")
        summary = session.close()
        if self._played is not None:
            self._played.close()
            self._played = None
        try:
            self._save(session)
        except EmgFeedbackError as error:
            log.warning("training not saved: %s", error)
            self._refused = str(error)
        with self._saving:
            self._note_finished(session, at_end=True)
        return summary

    def take_finished(self) -> list[tuple[Path | None, Path | None]]:
        """Return recording and summary of what has ended since the last call; waits for nothing.

        A recording and the summary of the training it holds come together, once both are on
        disk; either may be None.
        """
        if not self._saving.acquire(blocking=False):
            return []
        try:
            if self._session is not None:
                self._note_finished(self._session)
            taken, self._finished = self._finished, []
        finally:
            self._saving.release()
        return taken

    def _note_finished(self, session: LiveSession, *, at_end: bool = False) -> None:
        """Move what is whole to the finished; at the end nothing more is waited for."""
        recording = session.snapshot().recording
        running = not self._training.saved and self._training.path is None
        if (recording.state in RECORDS or running) and not at_end:
            return
        summaries, self._summaries = self._summaries, []
        failed = recording.state is RecordState.FAILED
        if recording.path and recording.path not in self._told and not failed:
            self._told.add(recording.path)
            summary = summaries.pop(0) if summaries else None
            self._finished.append((Path(recording.path), summary))
        self._finished += [(None, summary) for summary in summaries]

    def snapshot(self) -> Snapshot:
        """Return what the screen shows; an empty one where nothing is connected."""
        session = self._session
        if session is None:
            return Snapshot(
                link=LinkHealth(state=LinkState.CLOSED),
                link_message=self._refused,
                recovered=self._recovered,
            )
        snapshot = replace(session.snapshot(), recovered=self._recovered)
        if self._played is not None and snapshot.device is not None:
            # Nobody must take it for the person on the chair.
            device = replace(snapshot.device, board=f"Replay of {self._played.name}")
            snapshot = replace(snapshot, device=device)
        if self._record_failed and snapshot.recording.state is RecordState.READY:
            failed = RecordingNow(state=RecordState.FAILED, message=self._record_failed)
            return replace(snapshot, recording=failed)
        return snapshot

    @property
    def traces(self) -> TraceBuffer | None:
        """The newest samples for drawing, or None."""
        return self._session.traces if self._session is not None else None

    @property
    def montage(self) -> Montage | None:
        """The channels of the running session, or None."""
        return self._session.montage if self._session is not None else None

    def start_recording(self) -> None:
        """Record into a new file named by the time; a failure shows in `snapshot().recording`."""
        self._record_failed = ""
        try:
            session = self._running()
            if session.snapshot().recording.state not in RECORDS:
                with self._saving:
                    self._note_finished(session, at_end=True)
            files = self._files()
            session.start_recording(self._new_path(files), files=files)
        except EmgFeedbackError as error:
            log.warning("recording not started: %s", error)
            self._record_failed = str(error)

    def stop_recording(self) -> None:
        """End the recording and wait until it is on disk."""
        if self._session is not None:
            self._session.stop_recording()

    def mark(self, text: str = "") -> None:
        """Set a marker at the newest sample; after a training it goes into its summary, too."""
        self._running().mark(text)
        self._keep_up()

    def set_threshold(self, channel: int, uv: float | None) -> None:
        """Set or clear the target of a channel. Raises SettingsError outside its range."""
        self._running().set_threshold(channel, uv)

    def start_baseline(self, seconds: float) -> None:
        """Measure the resting level of every paired channel, then fix the thresholds and run."""
        session = self._running()
        montage = session.montage
        pairs = montage.pairs if montage is not None else ()
        channels = tuple(sorted({i for pair in pairs for i in (pair.left, pair.right)}))
        session.start_baseline(seconds, channels)

    def start_target(self) -> None:
        """Run the target, or go on after a pause."""
        self._running().start_target()

    def pause_target(self) -> None:
        """Stop scoring; recording goes on."""
        self._running().pause_target()

    def stop_target(self) -> None:
        """Switch the target off."""
        self._running().stop_target()

    def set_purpose(self, purpose: str) -> None:
        """Change between `rest` and `activation` filters."""
        self._running().set_purpose(purpose)

    def plans(self) -> list[Path]:
        """Return the shipped training plans, and the user's own beside the recordings."""
        own = self.recordings_folder.parent / "plans"
        found = [*sorted(PLANS.glob("*.toml")), *sorted(own.glob("*.toml"))]
        with contextlib.suppress(AccessError):
            if suffix := self._files().suffix:
                found += sorted(own.glob(f"*.toml{suffix}"))
        return found

    def start_training(self, plan: Plan, overactive: Mapping[str, Side] | None = None) -> None:
        """Run `plan`, and record until its end if nothing records yet.

        A run that is not over is ended and saved first.

        Raises
        ------
        ConfigError
            The montage lacks a channel of the plan, or a side was not chosen.
        RecordingError
            No board is connected.
        AccessError
            The records are locked.
        """
        session, files = self._running(), self._files()
        if session.montage is not None:
            plan.columns(session.montage, overactive)
        session.stop_run("another plan was started")
        self.save_training()
        recording = session.snapshot().recording
        free = recording.state not in RECORDS
        if free:
            self.start_recording()
        own = free and not self._record_failed
        session.start_run(plan, overactive, ends_recording=own)
        earlier = recording.path if free else ""
        self._training = _Training(earlier=earlier, saved=False, files=files)

    def run(self, action: Callable[[TrainingRun], None]) -> None:
        """Do something to the training run, as `lambda run: run.next()`."""
        self._running().run(action)
        self._keep_up()

    def save_training(self) -> Path | None:
        """Write the summary of a finished run beside its recording; return where.

        Once it is there it is written anew only for notes and marks that came since; None where
        there is nothing to write.

        Raises
        ------
        RecordingError
            It cannot be written; the next call tries again.
        """
        return self._save(self._session) if self._session is not None else None

    def _save(self, session: LiveSession) -> Path | None:
        with self._saving:
            training = self._training
            if training.saved:
                return None
            snapshot = session.snapshot()
            if snapshot.training is None or snapshot.training.phase is not Phase.FINISHED:
                return None
            summary = session.run_summary() or {}
            if training.path is not None:
                replace_summary(training.path, summary, training.files)
            else:
                recorded = snapshot.recording.path
                files, own = training.files, recorded != training.earlier
                beside = Path(recorded.removesuffix(SEALED_SUFFIX)) if own else self._new_path()
                beside = beside.with_suffix(".session.json")
                training.path = save_summary(beside, summary, files)
                self._summaries.append(training.path)
            training.saved = True
            return training.path

    def _keep_up(self) -> None:
        """Write again what was saved before the newest note or mark."""
        if self._training.path is not None:
            self._training.saved = False
            self.save_training()

    def _recover(self) -> None:
        try:
            files = self._files()
        except AccessError:
            return
        for path in unfinished(self.recordings_folder):
            try:
                words = repair(path, files).words()
            except EmgFeedbackError as error:
                words = str(error)
            log.info("recovery at start: %s", words)
            self._recovered = (*self._recovered, words)

    def _running(self) -> LiveSession:
        if self._session is None:
            raise RecordingError("No board is connected.", "Connect one first.")
        return self._session

    def _new_path(self, files: Files = PLAIN) -> Path:
        try:
            for folder in (self.recordings_folder.parent, self.recordings_folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise RecordingError(
                f"{self.recordings_folder} cannot be made: {error.strerror}.",
                "Choose another folder with --data-dir.",
            ) from error
        name = dt.datetime.now().astimezone().strftime("%Y-%m-%d_%H%M%S")
        taken = {path.name.removesuffix(SEALED_SUFFIX) for path in self.recordings_folder.iterdir()}
        number, free = 1, f"{name}.bdf"
        while free in taken:
            number += 1
            free = f"{name}-{number}.bdf"
        return self.recordings_folder / f"{free}{files.suffix}"
