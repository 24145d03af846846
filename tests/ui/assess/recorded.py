"""A short recording of tasks with a gap, and what was measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import neck_montage
from emgfeedback.measures.assessment import assess
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingWriter
from emgfeedback.training.movements import MOVEMENTS
from tests.review.conftest import FULL_SCALE, GAIN, LSB_UV, emg_counts

FS_HZ = 500.0
SECONDS = 44
STARTED = datetime(2026, 3, 12, 12, tzinfo=UTC)
HOLDS_S = {
    "rest-supported": [(1.0, 9.0)],
    "rotate-left": [(12.0, 15.0), (19.0, 22.0)],
    "rotate-right": [(26.0, 29.0)],
    "let-go": [(33.0, 43.0)],
}
"""Where the marks put the holds; a movement begins 1.5 s before its hold and ends 1.5 s after."""
GAP_S = (31.0, 0.5)


def marks() -> list[tuple[float, str]]:
    found = []
    for task, holds in HOLDS_S.items():
        for repeat, (start_s, end_s) in enumerate(holds, 1):
            told = f"task {task} {repeat}"
            if MOVEMENTS[task].moves:
                found += [(start_s - 1.5, f"{told} out"), (start_s, f"{told} hold")]
                found += [(end_s, f"{told} back"), (end_s + 1.5, f"{told} end")]
            else:
                found += [(start_s, f"{told} hold"), (end_s, f"{told} end")]
    return sorted(found)


def write(path: Path, *, heart_uv: tuple[float, ...] = (0.0,) * 6) -> Path:
    """Write the recording: quiet at rest, louder in the holds of movements.

    `heart_uv` is the height of heartbeats in each channel, 72 of them a minute.
    """
    counts = emg_counts(round(SECONDS * FS_HZ), 6, level_uv=6.0).astype(float)
    middle = counts.mean(axis=0)
    for task, holds in HOLDS_S.items():
        if task == "rest-supported":
            continue
        for start_s, end_s in holds:
            rows = slice(round((start_s - 0.4) * FS_HZ), round(end_s * FS_HZ))
            counts[rows] = middle + (counts[rows] - middle) * np.array([8, 3, 2, 2, 3, 6])
    beats = np.zeros(len(counts))
    beats[:: round(FS_HZ / 1.2)] = 1.0
    shape = np.exp(-0.5 * np.square(np.arange(-0.03, 0.03, 1 / FS_HZ) / 0.008))
    counts += np.outer(np.convolve(beats, shape, "same"), heart_uv) / LSB_UV
    whole = np.clip(np.rint(counts), 0, FULL_SCALE - 1).astype(np.int32)
    device = DeviceInfo("emgfeedback", "uno", "1.0", 6, FS_HZ, FULL_SCALE, 5000.0, GAIN)
    writer = RecordingWriter.create(path, RecordingFacts(neck_montage(6), device, STARTED, "0.1.0"))
    first, n = round(GAP_S[0] * FS_HZ), round(GAP_S[1] * FS_HZ)
    clean = np.zeros(6, dtype=bool)
    writer.append(Block(whole[:first], Unit.COUNTS, FS_HZ, 0, None, clean))
    gap = Gap(first, n, GapReason.LINK)
    writer.append(Block(whole[first + n :], Unit.COUNTS, FS_HZ, first + n, gap, clean))
    for at_s, text in marks():
        writer.annotate(text, round(at_s * FS_HZ), 0)
    writer.finish()
    return path


def measure(path: Path, **options: Any) -> Mapping[str, Any]:
    """Return the assessment of a recording as a plain mapping."""
    with open_recording(path) as recording:
        return assess(recording, MOVEMENTS, **options).as_dict()
