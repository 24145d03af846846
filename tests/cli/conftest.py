"""A command run in this process, and a recording for it."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from emgfeedback import cli, logs
from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.records.writer import RecordingWriter
from tests.commands import assert_told_in_one_line
from tests.records.conftest import neck_facts


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def failure(self) -> str:
        """The one line that tells of the failure."""
        assert self.code in (1, 2), f"exit code {self.code}"
        assert not self.out
        return assert_told_in_one_line(self.err)


Cli = Callable[..., Outcome]


@pytest.fixture
def cli_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Cli]:
    """Run a command line in this process."""
    monkeypatch.setattr(logs, "log_folder", lambda: tmp_path / "log")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    logger = logging.getLogger("emgfeedback")
    before = (logger.level, logger.propagate, list(logger.handlers))

    def run(*arguments: object) -> Outcome:
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        for handler in set(logger.handlers) - set(before[2]):
            logger.removeHandler(handler)
            handler.close()
        return Outcome(code, printed.out, printed.err)

    yield run
    logger.level, logger.propagate = before[:2]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Record three seconds of six channels of noise, 100 samples lost, one task annotated."""
    path = tmp_path / "r.bdf"
    writer = RecordingWriter.create(path, neck_facts())
    noise = np.random.default_rng(3).normal(512, 40, (3000, 6)).astype(np.int32)
    first, last = noise[:1500], noise[1600:]
    gap = Gap(1500, 100, GapReason.LINK)
    sound = np.zeros(6, dtype=bool)
    writer.append(Block(first, Unit.COUNTS, 1000.0, 0, None, sound))
    writer.append(Block(last, Unit.COUNTS, 1000.0, 1600, gap, sound))
    writer.annotate("turn left", 200, 1000)
    writer.finish()
    return path


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder` but the log."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "log"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
