"""Recording speed and memory: our writer beside pyedflib's streaming writer and csv.writer.

Run as `python tests/benchmarks/bench_recording.py`; prints one table. The same ten minutes
of 8 channels at 2 kHz in blocks of 50 ms are given to each, in a process of its own.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

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
    "emgfeedback BDF+, 50 ms blocks": (own_writer, BLOCK, 1),
    "emgfeedback BDF+, 10 ms blocks": (own_writer, BLOCK // 5, 1),
    "pyedflib BDF+, 1 s records": (pyedflib_streaming, BLOCK, 1),
    "csv.writer rows (a tenth of it)": (csv_rows, BLOCK, 0.1),
}
_start: dict[str, float] = {}
_kept: list[object] = []
"""The input stays in memory to the end, so that what grows is the writer."""


def yield_point() -> None:
    """Everything is imported and open: measure from here."""
    _start["wall"] = time.perf_counter()
    _start["cpu"] = time.process_time()
    _start["rss"] = rss_mib()


def rss_mib() -> float:
    """Memory of this process now, MiB; where the system does not tell, the most it ever was."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_case(name: str) -> None:
    write, block, share = CASES[name]
    samples = np.random.default_rng(1).integers(0, 1024, (10 * FS_HZ, N_CHANNELS), dtype=np.int32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.bdf"
        write(path, samples, block)
        result = {
            "wall": time.perf_counter() - _start["wall"],
            "cpu": time.process_time() - _start["cpu"],
            "mib": rss_mib() - _start["rss"],
            "mb": path.stat().st_size / 1e6,
            "seconds": SECONDS * share,
        }
    print(json.dumps(result))


def main() -> None:
    """Print the table, or run the one case named on the command line."""
    if len(sys.argv) > 1:
        run_case(sys.argv[1])
        return
    print(f"{SECONDS} s of {N_CHANNELS} channels at {FS_HZ} Hz; goal {GOAL_X} x, {GOAL_MIB} MiB")
    print(f"{'writer':34}{'cpu s':>8}{'x real time':>13}{'wall x':>9}{'RSS MiB':>9}{'MB':>7}")
    for name in CASES:
        done = subprocess.run(
            [sys.executable, __file__, name],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
        )
        found = json.loads(done.stdout)
        print(
            f"{name:34}{found['cpu']:8.3f}{found['seconds'] / found['cpu']:13.0f}"
            f"{found['seconds'] / found['wall']:9.0f}{found['mib']:9.1f}{found['mb']:7.1f}"
        )


if __name__ == "__main__":
    main()
