"""What the headless commands do, without the parsing and the printing of results."""

from __future__ import annotations

import argparse
import contextlib
import math
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emgfeedback.config import Settings, load_montage, load_settings
from emgfeedback.core.device import LinkState
from emgfeedback.core.errors import RecordingError, UsageError
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.faults import FaultPlan, parse_fault
from emgfeedback.devices.virtual.limits import board_clock_hz
from emgfeedback.devices.virtual.pty_server import serve_pty
from emgfeedback.devices.virtual.signal import NeckSignal, PlayedSignal
from emgfeedback.engine.connect import connector
from emgfeedback.engine.played import same_board
from emgfeedback.engine.session import AWAY, LiveSession, SessionSettings
from emgfeedback.engine.snapshot import RecordState, Snapshot
from emgfeedback.records.reader import open_recording

PROGRESS_S = 0.5
BAR = 24
POLL_S = 0.05
PATIENCE_S = 3.0
"""A board that is away when the time is up gets so long to come back."""


def session_settings(options: argparse.Namespace) -> SessionSettings:
    """Return what the stream options ask for; the montage's inputs set the channels."""
    montage = load_montage(options.montage) if options.montage else None
    settings = load_settings(options.settings) if options.settings else Settings(version=1)
    channels = options.channels or settings.board.n_channels
    if montage is not None and channels is None:
        channels = max(channel.input for channel in montage.channels) + 1
    fs_hz = options.rate or settings.board.fs_hz
    oversample = options.oversample or settings.board.oversample
    if fs_hz is not None and oversample is None:
        # A board left summing four conversions would refuse a rate it can well do without.
        oversample = 1
    stream = StreamSettings(fs_hz=fs_hz, n_channels=channels, oversample=oversample)
    return SessionSettings(
        stream=stream,
        montage=montage,
        filter_changes=settings.filter.changes(),
        lsl=getattr(options, "lsl", ""),
    )


def record(options: argparse.Namespace) -> dict[str, Any]:
    """Record until `--seconds` or Ctrl-C; return the summary that is printed as JSON.

    Raises
    ------
    EmgFeedbackError
        No link, no file, or the recording stopped before its time. What was recorded is kept.
    """
    if options.out.suffix.lower() != ".bdf":
        raise UsageError(f"{options.out} does not end in .bdf.", "Recordings are BDF+ files.")
    session = LiveSession(
        options.port, connector(options.port, options.driver), session_settings(options)
    )
    with stop_on_signal() as stop:
        session.start(record_to=options.out, record_s=options.seconds)
        try:
            while not session.wait_open(POLL_S) and not stop.is_set():
                pass
            _watch(session, stop, options.seconds)
        finally:
            summary = session.close()
    snapshot = session.snapshot()
    if summary is None:
        raise RecordingError(snapshot.recording.message or "Stopped before the board sent data.")
    if not stop.is_set() and options.seconds and summary.duration_s < options.seconds:
        raise RecordingError(
            f"{summary.path} holds {summary.duration_s:.2f} of {options.seconds:g} s.",
            snapshot.link_message or "Check the board and its cable.",
        )
    return {
        "samples": summary.samples,
        "received": summary.samples - summary.lost,
        "channels": summary.channels,
        "fs_hz": summary.fs_hz,
        "fs_nominal_hz": summary.nominal_fs_hz,
        "lost": summary.lost,
        "crc_errors": snapshot.link.crc_errors,
        "gaps": summary.gaps,
        "reconnects": snapshot.link.reconnects,
        "path": str(summary.path),
    }


def _watch(session: LiveSession, stop: threading.Event, seconds: float | None) -> None:
    said = ""
    overdue_s = math.inf if seconds is None else time.monotonic() + seconds + PATIENCE_S
    while not stop.wait(PROGRESS_S if seconds is None else POLL_S):
        snapshot = session.snapshot()
        line = _progress(snapshot)
        if line != said:
            show_progress(line.ljust(len(said)))
            said = line
        if snapshot.recording.state is RecordState.FAILED:
            break
        if snapshot.link.state is LinkState.CLOSED:
            break
        if seconds is not None and snapshot.recording.elapsed_s >= seconds:
            break
        if snapshot.link.state in AWAY and time.monotonic() > overdue_s:
            break
    if sys.stderr.isatty():
        print(file=sys.stderr)


def show_progress(line: str) -> None:
    """Show progress: one line that changes on a terminal, line after line elsewhere."""
    begin, end = ("\r", "") if sys.stderr.isatty() else ("", "\n")
    print(f"{begin}{line}", end=end, file=sys.stderr, flush=True)


def show_share(line: str, share: float) -> None:
    """Show progress with a bar on a terminal, line after line elsewhere.

    Parameters
    ----------
    share
        What is done, 0 to 1.
    """
    if sys.stderr.isatty():
        full = round(BAR * share)
        line = f"[{'#' * full}{'.' * (BAR - full)}] {line}"
        line = line.ljust(shutil.get_terminal_size().columns - 1)
    show_progress(line)


def _progress(snapshot: Snapshot) -> str:
    text = f"{int(snapshot.recording.elapsed_s):>5} s  lost {snapshot.link.lost}"
    return f"{text}  {snapshot.link_message}" if snapshot.link_message else text


@contextlib.contextmanager
def stop_on_signal() -> Iterator[threading.Event]:
    """Turn Ctrl-C and a polite request to end into an event, so that files are finished."""
    stop = threading.Event()
    before = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            before[number] = signal.signal(number, lambda *_: stop.set())
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def simulate(options: argparse.Namespace) -> int:
    """Serve a virtual board on a pseudo-terminal until its time is up or Ctrl-C."""
    faults = [parse_fault(text) for text in options.fault]
    plan = FaultPlan(faults)
    board = (
        _playing(options.file, plan) if options.file else VirtualBoard(NeckSignal(), faults=plan)
    )
    with stop_on_signal() as stop:
        serve_pty(
            board,
            link_path=options.link,
            seconds=options.seconds,
            on_ready=lambda path: print(path, flush=True),
            stop=stop,
        )
    return 0


def _playing(path: Path, plan: FaultPlan) -> VirtualBoard:
    """Return a board that plays a recording: its own codes where it was made by such a board."""
    with open_recording(path) as recording:
        samples_uv = recording.read_uv(0, recording.n_samples)
        source = PlayedSignal(samples_uv, board_clock_hz(recording.fs_hz))
        return same_board(source, recording, plan) or VirtualBoard(source, faults=plan)
