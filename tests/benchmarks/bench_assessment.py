"""A recording before injections, ten minutes of six channels at 2 kHz: from the file to the PDF.

Beside `emg_process` of NeuroKit2 on the same file where that is installed
(requirements-bench.txt): filter, envelope and onsets of six channels, and no report.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from emgfeedback.cli import _parser
from emgfeedback.core.block import Block, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import neck_montage
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.devices.virtual.source import Adc
from emgfeedback.headless_report import report
from emgfeedback.measures.assessment import assess
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingWriter
from emgfeedback.training.movements import MOVEMENTS
from tests.benchmarks.table import Job, Row, medians_s, memory_mib

N_CHANNELS, FS_HZ, MINUTES = 6, 2000, 10
GOAL_SHARE = 0.1
"""Of the time of NeuroKit2: a small fraction is wanted."""
ROUNDS, SLOW_ROUNDS = 3, 1
"""NeuroKit2 takes minutes."""
HOLDS_S = {
    **dict.fromkeys(("shrug-left", "shrug-right", "palm-left", "palm-right"), (3.0, 1)),
    **dict.fromkeys(("rest-supported", "let-go", "neutral"), (45.0, 1)),
    **dict.fromkeys(("rotate-left", "rotate-right"), (5.0, 3)),
    **dict.fromkeys(("tilt-left", "tilt-right", "flex", "extend"), (5.0, 2)),
    **{"dual-task": (30.0, 1), "walk": (20.0, 1)},
}
PAUSE_S = 4.0


def make_recording(path: Path) -> None:
    """Write the recording: a minute of the synthetic neck, ten times, with the plan's marks."""
    adc = Adc(bits=16, gain=1000, oversample=1)
    neck = NeckSignal()
    neck.restart(FS_HZ, N_CHANNELS)
    minute_uv = neck.take(0, 60 * FS_HZ)
    counts = np.rint(minute_uv / adc.lsb_uv + adc.full_scale_counts / 2).astype(np.int32)
    device = DeviceInfo(
        driver="emgfeedback",
        board="bench",
        firmware="1",
        n_channels=N_CHANNELS,
        fs_hz=FS_HZ,
        full_scale_counts=adc.full_scale_counts,
        vref_mv=adc.vref_mv,
        sensor_gain=adc.gain,
    )
    started = datetime(2026, 3, 9, 8, 7, 6, tzinfo=UTC)
    writer = RecordingWriter.create(
        path, RecordingFacts(neck_montage(N_CHANNELS), device, started, "bench")
    )
    sound = np.zeros(N_CHANNELS, dtype=bool)
    for k in range(MINUTES):
        writer.append(Block(counts, Unit.COUNTS, FS_HZ, k * len(counts), None, sound))
    for at_s, text in marks():
        writer.annotate(text, round(at_s * FS_HZ))
    writer.finish()


def marks() -> list[tuple[float, str]]:
    """Return seconds and texts of all tasks and a trick test."""
    now_s, found = PAUSE_S, []
    for task, (hold_s, repeats) in HOLDS_S.items():
        for repeat in range(1, repeats + 1):
            parts = [("hold", hold_s)]
            if MOVEMENTS[task].moves:
                parts = [("out", 2.0), *parts, ("back", 2.0)]
            for part, seconds in parts:
                found.append((now_s, f"task {task} {repeat} {part}"))
                now_s += seconds
            found.append((now_s, f"task {task} {repeat} end"))
            now_s += PAUSE_S
    for text in ("trick without start", "trick with start"):
        found += [(now_s, text), (now_s + 10, "trick end")]
        now_s += 15
    assert now_s < 60 * MINUTES
    return found


def to_numbers(path: Path) -> str:
    with open_recording(path) as recording:
        return json.dumps(assess(recording, MOVEMENTS).as_dict(), allow_nan=False)


def to_pdf(path: Path, out: Path) -> Path:
    """Do what `main.py report FILE --out OUT.pdf` does."""
    return report(_parser().parse_args(["report", str(path), "--out", str(out)]))


def neurokit(path: Path, seconds: float | None = None) -> None:
    import neurokit2

    with open_recording(path) as recording:
        end = recording.n_samples if seconds is None else round(seconds * FS_HZ)
        samples_uv = recording.read_uv(0, end)
    for column in samples_uv.T:
        neurokit2.emg_process(column, sampling_rate=FS_HZ)


def rows() -> list[Row]:
    what = f"{MINUTES} min x {N_CHANNELS} ch x {FS_HZ} Hz, file to"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.bdf"
        make_recording(path)
        numbered = (Path(folder) / f"{k}.pdf" for k in itertools.count())
        jobs: dict[str, Job] = {
            "numbers": lambda: to_numbers(path),
            "PDF": lambda: to_pdf(path, next(numbered)),
        }
        begin_s = time.perf_counter()
        taken_s = medians_s(jobs, rounds=ROUNDS)
        whole_s = (time.perf_counter() - begin_s) / (ROUNDS + 1)
        size_mib = memory_mib()
        if importlib.util.find_spec("neurokit2") is not None:
            neurokit(path, seconds=10)
            taken_s |= measured_s(lambda: neurokit(path))
    told = [
        beside(f"{what} PDF", taken_s["PDF"], taken_s.get("NeuroKit2")),
        beside("  the numbers alone", taken_s["numbers"], taken_s.get("NeuroKit2")),
    ]
    size = f"{len(marks())} marks, both in {whole_s:.1f} s on the clock"
    return [*told, Row(f"  memory, {size}", f"{size_mib:.0f} MiB")]


def measured_s(slow: Job) -> dict[str, float]:
    """Return the processor time of a job that needs no turn to warm up."""
    taken = []
    for _ in range(SLOW_ROUNDS):
        begin_s = time.process_time()
        slow()
        taken.append(time.process_time() - begin_s)
    return {"NeuroKit2": min(taken)}


def beside(what: str, ours_s: float, theirs_s: float | None) -> Row:
    if theirs_s is None:
        return Row(what, f"{ours_s:.2f} s", "NeuroKit2 not installed")
    ratio = ours_s / theirs_s
    baseline = f"{theirs_s:.1f} s, NeuroKit2 emg_process"
    return Row(what, f"{ours_s:.2f} s", baseline, f"{ratio:.3f}", f"< {GOAL_SHARE:g}",
               ratio < GOAL_SHARE)  # fmt: skip
