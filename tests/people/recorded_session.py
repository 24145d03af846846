"""A real session of a short plan on the virtual board, recorded and summed up on disk."""

from __future__ import annotations

import functools
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from emgfeedback.core.block import Block
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import Montage
from emgfeedback.engine.summaries import save_summary
from emgfeedback.people.folder import DataFolder
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.writer import RecordingWriter
from emgfeedback.training.plan import load_plan
from tests.training.board_session import Session

STARTED = datetime(2026, 3, 9, 8, 7, 6, 543000, tzinfo=UTC)
PLAN = """\
version = 1
name = "short-visit"
title = "Short visit"

[[step]]
kind = "ratings"
when = "before"

[[step]]
kind = "calibration"
method = "rest"
filters = "activation"
channels = ["scm left", "scm right", "trapezius left", "trapezius right"]
seconds = 20
ladder = { posture = "seated", head_support = true }

[[step]]
kind = "calibration"
method = "rvc_scm"
channels = ["scm left", "scm right"]

[[step]]
kind = "trials"
title = "Let go"
scene = "water"
filters = "activation"
n_trials = 2
trial_s = 10
rest_s = 5
probe_every = 0
retention = false
shaping = "lock"
target = { mode = "relax", quiet = ["scm left", "scm right"], below = "1.3 x rest" }

[[step]]
kind = "ratings"
when = "after"

[[step]]
kind = "end"
"""


def record_session(folder: DataFolder, name: str = "2026-03-09_080706") -> tuple[Path, Path]:
    """Put a recording and its summary into `folder`; the session is run once for all tests."""
    folder.recordings.mkdir(parents=True, exist_ok=True)
    bdf = folder.recordings / f"{name}.bdf"
    summary = folder.recordings / f"{name}.session.json"
    for path, content in zip((bdf, summary), _contents(), strict=True):
        path.write_bytes(content)
    return bdf, summary


@functools.cache
def _contents() -> tuple[bytes, bytes]:
    with tempfile.TemporaryDirectory() as scratch:
        return _run(Path(scratch))


def _run(scratch: Path) -> tuple[bytes, bytes]:
    plan_path = scratch / "plan.toml"
    plan_path.write_text(PLAN)
    path = scratch / "session.bdf"
    writers: list[RecordingWriter] = []

    def started(info: DeviceInfo, montage: Montage) -> None:
        writers.append(RecordingWriter.create(path, RecordingFacts(montage, info, STARTED, "9.9")))

    def record(block: Block) -> None:
        writers[0].append(block)

    session = Session(load_plan(plan_path))
    run = session.to_end(started=started, record=record)
    for event in session.events:
        writers[0].annotate(event.text, min(event.sample, writers[0].n_samples))
    writers[0].finish()
    summary = save_summary(path.with_suffix(".session.json"), run.summary())
    return path.read_bytes(), summary.read_bytes()
