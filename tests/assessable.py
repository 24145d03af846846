"""A short recording before injections in a file, with the marks of its tasks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from emgfeedback.core.block import Block, Unit
from emgfeedback.records.writer import RecordingWriter
from tests.measures.signals import emg_like
from tests.records.conftest import neck_facts

FS_HZ = 1000
REST_S, WORK_S = 8, 5
REST_COUNTS = 2.0
WORK_COUNTS = {"neutral": (30.0, 2.0, 2.0, 2.0, 2.0, 12.0), "flex": (20.0, 20.0) + (2.0,) * 4}


def write_assessable(path: Path, *, seed: int = 1, hum_counts: float = 0.0) -> None:
    """Write rest and two tasks with levels of `WORK_COUNTS`, in counts of the board."""
    rng = np.random.default_rng(seed)
    writer = RecordingWriter.create(path, neck_facts())
    parts, now = [], 0

    def go(seconds: float, levels: tuple[float, ...]) -> None:
        nonlocal now
        n = round(seconds * FS_HZ)
        parts.append(np.column_stack([level * emg_like(rng, n, FS_HZ) for level in levels]))
        now += n

    rest = (REST_COUNTS,) * 6
    go(2, rest)
    for task, seconds, levels in (
        ("rest-supported", REST_S, rest),
        *((name, WORK_S, levels) for name, levels in WORK_COUNTS.items()),
    ):
        writer.annotate(f"task {task} 1 hold", now)
        go(seconds, levels)
        writer.annotate(f"task {task} 1 end", now)
        go(1, rest)
    samples = np.concatenate(parts)
    hum = hum_counts * np.sqrt(2) * np.sin(2 * np.pi * 50.03 * np.arange(now) / FS_HZ)
    counts = np.rint(512 + samples + hum[:, None]).astype(np.int32)
    writer.append(Block(counts, Unit.COUNTS, FS_HZ, 0, None, np.zeros(6, dtype=bool)))
    writer.finish()
