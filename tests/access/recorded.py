"""An encrypted recording with known content; as a program, one that records until it is killed.

`python -m tests.access.recorded PATH KEY_IN_HEX` tells on its output how many samples were
handed over.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgfeedback.access.sealing import SealedFiles
from emgfeedback.core.block import Block, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.core.montage import neck_montage
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.writer import RecordingWriter

N_CHANNELS = 6
FS_HZ = 1000.0
SUBJECT = "Zyxgrünwald-0417"
NOTE = "Schmerz links: Müller-Ostrowski"


def truth(first: int, n: int) -> NDArray[np.int32]:
    """Return the samples from `first` on: noise that can be made anew at any place."""
    index = np.arange(first, first + n, dtype=np.uint64)[:, None] * np.uint64(N_CHANNELS)
    mixed = (index + np.arange(N_CHANNELS, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(54)).astype(np.int32)


def start(path: Path, files: Files) -> RecordingWriter:
    """Begin a recording of somebody, with a note."""
    device = DeviceInfo(
        driver="emgfeedback",
        board="uno",
        firmware="1.0",
        n_channels=N_CHANNELS,
        fs_hz=FS_HZ,
        full_scale_counts=1024,
        vref_mv=5000.0,
        sensor_gain=1000.0,
    )
    started = datetime(2026, 3, 9, 8, 7, 6, tzinfo=UTC)
    facts = RecordingFacts(neck_montage(N_CHANNELS), device, started, "0.1.0", subject=SUBJECT)
    writer = RecordingWriter.create(path, facts, files=files)
    writer.annotate(NOTE, 100, 50)
    return writer


def append(writer: RecordingWriter, first: int, n: int) -> None:
    """Append `n` samples of the truth."""
    saturated = np.zeros(N_CHANNELS, dtype=bool)
    writer.append(Block(truth(first, n), Unit.COUNTS, FS_HZ, first, None, saturated))


def record(path: Path, n_samples: int, files: Files = PLAIN) -> Path:
    """Make a whole recording."""
    writer = start(path, files)
    for first in range(0, n_samples, 500):
        append(writer, first, min(500, n_samples - first))
    writer.finish(measured_fs_hz=1000.4)
    return path


def record_until_killed(path: Path, key: bytes) -> None:
    """Record as fast as it goes, and tell of it."""
    writer = start(path, SealedFiles(key))
    n = 0
    while True:
        append(writer, n, 20)
        n += 20
        sys.stdout.write(f"{n}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    record_until_killed(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
