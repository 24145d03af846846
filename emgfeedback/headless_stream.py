"""What `main.py stream` does: a session whose samples go to other programs and to no file."""

from __future__ import annotations

import argparse
import math
import time
from typing import Any

from emgfeedback.core.device import LinkState
from emgfeedback.core.errors import LinkError, UsageError
from emgfeedback.engine.connect import connector
from emgfeedback.engine.session import LiveSession
from emgfeedback.headless import (
    POLL_S,
    PROGRESS_S,
    session_settings,
    show_progress,
    stop_on_signal,
)


def stream(options: argparse.Namespace) -> dict[str, Any]:
    """Offer the board until `--seconds` or Ctrl-C; return the summary that is printed as JSON.

    Raises
    ------
    EmgFeedbackError
        No link, or LSL is not installed.
    """
    if options.seconds is not None and not 0 < options.seconds < math.inf:
        raise UsageError(f"--seconds {options.seconds} is not a time.", "Give one above 0.")
    session = LiveSession(
        options.port, connector(options.port, options.driver), session_settings(options)
    )
    with stop_on_signal() as stop:
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
