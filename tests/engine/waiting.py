"""Waiting for what other threads do, as long as a busy machine may need for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from emgfeedback.engine.snapshot import Snapshot

PATIENCE_S = 60.0
"""Only what never comes takes so long."""
LOOK_S = 0.005


class Watched(Protocol):
    """A session, or a station."""

    def snapshot(self) -> Snapshot:
        """Return what the screen shows."""


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until it `holds`."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline_s, f"not within {PATIENCE_S:g} s"
        time.sleep(LOOK_S)


def until(watched: Watched, holds: Callable[[Snapshot], bool]) -> Snapshot:
    """Wait for a snapshot that `holds`; return it."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not holds(snapshot := watched.snapshot()):
        assert time.monotonic() < deadline_s, f"not within {PATIENCE_S:g} s: {snapshot}"
        time.sleep(LOOK_S)
    return snapshot
