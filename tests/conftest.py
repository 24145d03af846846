"""Every test: no window system needed, no unexpected log line, no thread left behind."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


class _Watch(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def expected_log() -> list[str]:
    """Texts (parts of messages) whose warnings or errors this test announces."""
    return []


@pytest.fixture(autouse=True)
def _quiet_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning it did not announce through `expected_log`."""
    announced = (
        request.getfixturevalue("expected_log") if "expected_log" in request.fixturenames else []
    )
    watch = _Watch()
    logger = logging.getLogger("emgfeedback")
    logger.addHandler(watch)
    yield
    logger.removeHandler(watch)
    unexpected = [
        record.getMessage()
        for record in watch.records
        if not any(part in record.getMessage() for part in announced)
    ]
    assert not unexpected, f"unexpected log lines: {unexpected}"


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """Fail a test that leaves one of our threads running."""
    yield
    left = [t.name for t in threading.enumerate() if t.name.startswith("emg-")]
    assert not left, f"threads left running: {left}"
