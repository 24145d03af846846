"""Traps in what we depend on that would hurt a user silently."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject


def test_void_qt_calls_keep_their_reference_to_none() -> None:
    # PySide6 6.12.0 on Python 3.11 drops one reference a call and aborts the process after
    # some thousands; a live screen makes that many within seconds.
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(2000):
        thing.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < 50
