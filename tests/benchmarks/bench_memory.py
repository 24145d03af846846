"""Memory over simulated hours: numbering, chain, quality, target and recording, all running.

Half an hour by default, eight hours with `--long`. What grows in the first two simulated
minutes, while windows and buffers fill, does not count.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from emgfeedback.core.block import Frame
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import neck_montage
from emgfeedback.devices.sequencer import Sequencer
from emgfeedback.devices.wire import SEQ_MODULUS
from emgfeedback.engine.pipeline import Pipeline
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.writer import RecordingWriter
from tests.benchmarks.table import Row, memory_mib

N_CHANNELS, FS_HZ, BLOCK = 6, 1000, 50
WARM_UP_S = 120
SHORT_S, LONG_S = 1800, 8 * 3600
CYCLE_S = 10
GOAL_MB = 20


def rows(*, long: bool = False) -> list[Row]:
    seconds = LONG_S if long else SHORT_S
    device = DeviceInfo("emgfeedback", "uno", "1.0", N_CHANNELS, FS_HZ, 1024, 5000.0, 1000.0)
    montage = neck_montage(N_CHANNELS)
    rng = np.random.default_rng(0)
    bursts = 8 + 40 * (np.sin(np.arange(CYCLE_S * FS_HZ) / FS_HZ)[:, None] > 0.5)
    counts = (512 + bursts * rng.normal(0, 1, (CYCLE_S * FS_HZ, N_CHANNELS))).astype(np.int32)
    sequencer = Sequencer(device, SEQ_MODULUS, range(N_CHANNELS))
    pipeline = Pipeline(device, montage, FS_HZ)
    pipeline.set_purpose("rest")
    facts = RecordingFacts(montage, device, datetime.now(UTC), "bench")
    with tempfile.TemporaryDirectory() as folder:
        writer = RecordingWriter.create(Path(folder) / "bench.bdf", facts)

        def advance(first: int, end: int) -> None:
            for at in range(first, end, BLOCK):
                row = at % len(counts)
                device_us = round(at * 1e6 / FS_HZ) % 2**32
                frame = Frame(at % SEQ_MODULUS, device_us, 0, counts[row : row + BLOCK])
                for block in sequencer.blocks([frame], at / FS_HZ):
                    writer.append(block)
                    pipeline.process(block)
                pipeline.events.clear()
                pipeline.channels()
                pipeline.pairs()

        advance(0, WARM_UP_S * FS_HZ)
        before_mib, begin_s = memory_mib(), time.process_time()
        advance(WARM_UP_S * FS_HZ, seconds * FS_HZ)
        spent_s = time.process_time() - begin_s
        growth_mb = (memory_mib() - before_mib) * 1.048576
        writer.finish()
    assert sequencer.received == seconds * FS_HZ
    hours = seconds / 3600
    return [
        Row(
            f"memory growth, {hours:g} simulated h, {N_CHANNELS} ch x {FS_HZ} Hz",
            f"{growth_mb:.1f} MB",
            "",
            "",
            f"< {GOAL_MB} MB in 8 h",
            growth_mb < GOAL_MB,
        ),
        Row(
            "  numbering, chain, quality, target, recording",
            f"{(seconds - WARM_UP_S) / spent_s:.0f}x real time",
        ),
    ]
