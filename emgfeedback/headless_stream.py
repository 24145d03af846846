"""What `main.py stream` does: a session whose samples go to other programs and to no file."""

from __future__ import annotations

import argparse
import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from emgfeedback.core.device import LinkState
from emgfeedback.core.errors import LinkError, UsageError
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.engine.connect import connector
from emgfeedback.engine.played import Played
from emgfeedback.engine.session import LiveSession
from emgfeedback.headless import (
    POLL_S,
    PROGRESS_S,
    session_settings,
    show_progress,
    stop_on_signal,
)
from emgfeedback.headless_folder import SUFFIXES


@contextlib.contextmanager
def _session(options: argparse.Namespace, on_end: Callable[[], object]) -> Iterator[LiveSession]:
    """Yield the session of a port, or of a recording played in place of a board."""
    settings = session_settings(options)
    path = Path(options.port)
    if path.suffix.lower() not in SUFFIXES:
        yield LiveSession(options.port, connector(options.port, options.driver), settings)
        return
    played = Played(path, 0.0, on_end)
    try:
        settings = replace(settings, stream=StreamSettings(), montage=played.montage)
        yield LiveSession(played.name, played.connector, settings)
    finally:
        played.close()


def stream(options: argparse.Namespace) -> dict[str, Any]:
    """Offer the board until `--seconds` or Ctrl-C; return the summary that is printed as JSON.

    Raises
    ------
    EmgFeedbackError
        No link, or LSL is not installed.
    """
    if options.seconds is not None and not 0 < options.seconds < math.inf:
        raise UsageError(f"--seconds {options.seconds} is not a time.", "Give one above 0.")
    with stop_on_signal() as stop, _session(options, stop.set) as session:
        session.start()
        try:
            while not session.wait_open(POLL_S) and not stop.is_set():
                pass
            end_s = time.monotonic() + (options.seconds or math.inf)
            said = ""
            while time.monotonic() < end_s and not stop.wait(
                min(PROGRESS_S, max(0.0, end_s - time.monotonic()))
            ):
                snapshot = session.snapshot()
                line = f"lost {snapshot.link.lost}  {snapshot.link_message}".rstrip()
                if line != said:
                    show_progress(line.ljust(len(said)))
                    said = line
            snapshot = session.snapshot()
        finally:
            session.close()
    if snapshot.link.state is not LinkState.STREAMING and not stop.is_set():
        raise LinkError(f"{options.port} stopped sending.", snapshot.link_message)
    return {
        "lsl": options.lsl,
        "received": snapshot.link.received,
        "lost": snapshot.link.lost,
        "channels": len(snapshot.channels),
        "fs_hz": snapshot.link.measured_fs_hz,
        "fs_nominal_hz": snapshot.link.nominal_fs_hz,
        "gaps": snapshot.link.gaps,
        "reconnects": snapshot.link.reconnects,
    }
