"""Recording speed and memory: our writer beside pyedflib's streaming writer and csv.writer.

The same ten minutes of 8 channels at 2 kHz are given to each, in a process of its own; the
writers take the turn three times over and the median counts.
"""

from __future__ import annotations

import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tests.benchmarks.table import Row, memory_mib

ROOT = Path(__file__).resolve().parents[2]
N_CHANNELS = 8
FS_HZ = 2000
BLOCK = 100
SECONDS = 600
GOAL_X, GOAL_MIB = 3000, 10


def own_writer(path: Path, samples: np.ndarray, block: int) -> None:
    from emgfeedback.core.block import Block, Unit
    from emgfeedback.core.device import DeviceInfo
    from emgfeedback.core.montage import neck_montage
    from emgfeedback.records.header import RecordingFacts
    from emgfeedback.records.writer import RecordingWriter

    device = DeviceInfo("emgfeedback", "mega", "1.0", N_CHANNELS, FS_HZ, 1024, 5000.0, 1000.0)
    facts = RecordingFacts(neck_montage(N_CHANNELS), device, datetime.now(UTC), "bench")
    saturated = np.zeros(N_CHANNELS, dtype=bool)
    per_cycle = len(samples)
    blocks = [
        Block(samples[at : at + block], Unit.COUNTS, FS_HZ, first, None, saturated)
        for first in range(0, SECONDS * FS_HZ, block)
        for at in (first % per_cycle,)
    ]
    _kept.extend(blocks)
    writer = RecordingWriter.create(path, facts)
    yield_point()
    for one in blocks:
        writer.append(one)
    writer.finish()


def pyedflib_streaming(path: Path, samples: np.ndarray, block: int) -> None:
    import pyedflib

    heads = [
        {
            "label": f"ch{i}",
            "dimension": "uV",
            "sample_frequency": FS_HZ,
            "physical_min": -2500.0,
            "physical_max": 2500.0,
            "digital_min": 0,
            "digital_max": 1024,
        }
        for i in range(N_CHANNELS)
    ]
    with pyedflib.EdfWriter(str(path), N_CHANNELS, file_type=pyedflib.FILETYPE_BDFPLUS) as writer:
        writer.setSignalHeaders(heads)
        yield_point()
        waiting: list[np.ndarray] = []
        for first in range(0, SECONDS * FS_HZ, block):
            at = first % len(samples)
            waiting.append(samples[at : at + block])
            if len(waiting) * block == FS_HZ:
                second = np.ascontiguousarray(np.concatenate(waiting).T)
                writer.blockWriteDigitalSamples(second.ravel())
                waiting.clear()


def csv_rows(path: Path, samples: np.ndarray, block: int) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        yield_point()
        for first in range(0, SECONDS * FS_HZ // 10, block):
            at = first % len(samples)
            for row in samples[at : at + block]:
                writer.writerow(row)


CASES: dict[str, tuple[Callable[[Path, np.ndarray, int], None], int, float]] = {
    "ours, 50 ms blocks": (own_writer, BLOCK, 1),
    "ours, 10 ms blocks": (own_writer, BLOCK // 5, 1),
    "pyedflib": (pyedflib_streaming, BLOCK, 1),
    "csv": (csv_rows, BLOCK, 0.1),
}
ROUNDS = 3
_start: dict[str, float] = {}
_kept: list[object] = []
"""The input stays in memory to the end, so that what grows is the writer."""


def yield_point() -> None:
    """Everything is imported and open: measure from here."""
    _start["wall"] = time.perf_counter()
    _start["cpu"] = time.process_time()
    _start["rss"] = memory_mib()


def run_case(name: str) -> None:
    write, block, share = CASES[name]
    samples = np.random.default_rng(1).integers(0, 1024, (10 * FS_HZ, N_CHANNELS), dtype=np.int32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.bdf"
        write(path, samples, block)
        seconds = SECONDS * share
        result = {
            "wall_x": seconds / (time.perf_counter() - _start["wall"]),
            "cpu_x": seconds / (time.process_time() - _start["cpu"]),
            "mib": memory_mib() - _start["rss"],
        }
    print(json.dumps(result))


def measured(name: str) -> dict[str, float]:
    """Run one case in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_recording", name],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def rows() -> list[Row]:
    turns = [{name: measured(name) for name in CASES} for _ in range(ROUNDS)]
    found = {
        name: {key: statistics.median(turn[name][key] for turn in turns) for key in turns[0][name]}
        for name in CASES
    }
    base = found["pyedflib"]["cpu_x"]
    lines = []
    for name in ("ours, 50 ms blocks", "ours, 10 ms blocks"):
        one = found[name]
        lines.append(
            Row(
                f"record BDF+, 8 ch x 2 kHz ({name.removeprefix('ours, ')})",
                f"{one['cpu_x']:.0f}x real time",
                f"{base:.0f}x, pyedflib in 1 s blocks",
                f"{one['cpu_x'] / base:.2f}",
                f">= {GOAL_X}x",
                one["cpu_x"] >= GOAL_X,
            )
        )
    ours, table = found["ours, 50 ms blocks"], found["csv"]
    lines.append(
        Row(
            "  the same beside rows of csv.writer",
            f"{ours['cpu_x']:.0f}x real time",
            f"{table['cpu_x']:.0f}x, csv.writer",
            f"{ours['cpu_x'] / table['cpu_x']:.0f}x",
        )
    )
    lines.append(
        Row(
            "  memory growth",
            f"{ours['mib']:.1f} MiB",
            f"{found['pyedflib']['mib']:.1f} MiB, pyedflib",
            "",
            f"<= {GOAL_MIB} MiB",
            ours["mib"] <= GOAL_MIB,
        )
    )
    return lines


if __name__ == "__main__":
    run_case(sys.argv[1])
