"""Opening and moving through an hour of 8 channels at 2 kHz, beside the plain way.

The plain way reads each signal whole with edfio and takes lowest and highest of every pixel
column with numpy, once for each picture. Both draw the same columns of the same BDF file (173
MB, in the disk cache); processor time, in turns in one process.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from emgfeedback.core.block import Block, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import neck_montage
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingWriter
from emgfeedback.review.side_files import SideFiles
from emgfeedback.review.views import Review
from tests.benchmarks.table import Row, percentile

N_CHANNELS, FS_HZ, SECONDS = 8, 2000, 3600
COLUMNS = 1200
GOAL_OPEN_S, GOAL_FRAME_MS = 0.5, 16.7
ROUNDS = 5


def write_hour(path: Path) -> None:
    device = DeviceInfo("emgfeedback", "mega", "1.0", N_CHANNELS, FS_HZ, 4096, 5000.0, 2000.0)
    facts = RecordingFacts(neck_montage(N_CHANNELS), device, datetime.now(UTC), "bench")
    writer = RecordingWriter.create(path, facts)
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 1, (60 * FS_HZ, N_CHANNELS))
    clean = np.zeros(N_CHANNELS, dtype=bool)
    for minute in range(SECONDS // 60):
        at_s = minute * 60 + np.arange(60 * FS_HZ) / FS_HZ
        level = 10 + 40 * np.abs(np.sin(at_s / 7))
        counts = np.clip(2048 + noise * level[:, None], 0, 4095).astype(np.int32)
        for second in range(60):
            first = (minute * 60 + second) * FS_HZ
            rows = counts[second * FS_HZ : (second + 1) * FS_HZ]
            writer.append(Block(rows, Unit.COUNTS, FS_HZ, first, None, clean))
    writer.finish()


def taken_s(job: Callable[..., object], *arguments: object) -> float:
    begin = time.process_time()
    job(*arguments)
    return time.process_time() - begin


def plain_columns(signals: list[np.ndarray], first: int, end: int) -> None:
    edges = first + np.arange(COLUMNS) * (end - first) // COLUMNS - first
    for signal in signals:
        data = signal[first:end]
        np.minimum.reduceat(data, edges)
        np.maximum.reduceat(data, edges)


def plain_open(path: Path) -> list[np.ndarray]:
    import edfio

    signals = [signal.data for signal in edfio.read_bdf(path).signals]
    plain_columns(signals, 0, SECONDS * FS_HZ)
    return signals


def first_picture(path: Path) -> None:
    with open_recording(path) as recording:
        review = Review(recording)
        review.step()
        review.window(0, SECONDS, COLUMNS, filtered=False)


def exact_picture(path: Path) -> None:
    with open_recording(path) as recording:
        review = Review(recording)
        while not review.raw_exact:
            review.step()
        review.window(0, SECONDS, COLUMNS, filtered=False)


def frames_s(show: Callable[[float, float], object], seconds: float, n: int = 40) -> list[float]:
    """Return the time of each of `n` frames of a pan by a tenth of the window."""
    firsts = (600 + 0.1 * seconds * np.arange(n)) % (SECONDS - seconds)
    return [taken_s(show, float(at), seconds) for at in firsts]


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hour.bdf"
        write_hour(path)
        return [*opening(path), *moving(path), *drawing(path)]


def opening(path: Path) -> list[Row]:
    jobs = {"first": first_picture, "exact": exact_picture, "plain": plain_open}
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            taken[name].append(taken_s(job, path))
    s = {name: statistics.median(values) for name, values in taken.items()}
    size_mb = path.stat().st_size / 1e6
    return [
        Row(
            f"review: first picture of 1 h x {N_CHANNELS} ch x {FS_HZ} Hz ({size_mb:.0f} MB)",
            f"{1e3 * s['first']:.0f} ms",
            f"{1e3 * s['plain']:.0f} ms, edfio + numpy",
            f"{s['plain'] / s['first']:.1f}x",
            f"<= {GOAL_OPEN_S:g} s",
            s["first"] <= GOAL_OPEN_S,
        ),
        Row(
            "  the same, exact to the last sample",
            f"{1e3 * s['exact']:.0f} ms",
            f"{1e3 * s['plain']:.0f} ms, edfio + numpy",
            f"{s['plain'] / s['exact']:.1f}x",
        ),
    ]


def moving(path: Path) -> list[Row]:
    found = []
    with open_recording(path) as recording:
        review = Review(recording, side_files=SideFiles(path.parent / "side"))
        begin = time.process_time()
        while review.step():
            pass
        whole_s = time.process_time() - begin
        signals = plain_open(path)
        for seconds in (1200.0, 60.0, 5.0):
            ours = frames_s(lambda at, n: review.window(at, n, COLUMNS), seconds)
            plain = frames_s(
                lambda at, n: plain_columns(signals, int(at * FS_HZ), int((at + n) * FS_HZ)),
                seconds,
            )
            median, worst = statistics.median(ours), percentile(ours, 0.95)
            found.append(
                Row(
                    f"  pan a window of {seconds:g} s: raw, filtered and RMS",
                    f"{1e3 * median:.1f} ms, p95 {1e3 * worst:.1f}",
                    f"{1e3 * statistics.median(plain):.1f} ms, raw alone from memory",
                    f"{statistics.median(plain) / median:.1f}x",
                    f"<= {GOAL_FRAME_MS:g} ms",
                    median <= GOAL_FRAME_MS / 1e3,
                )
            )
        share = f"{whole_s:.1f} s, {SECONDS / whole_s:.0f}x real time"
        found.append(Row("  the whole hour filtered, RMS, quality by the second", share))
        again = taken_s(lambda: Review(recording, side_files=SideFiles(path.parent / "side")))
        found.append(Row("  all of it when opened again", f"{1e3 * again:.0f} ms"))
    return found


def drawing(path: Path) -> list[Row]:
    """Return the cost of the picture itself on the screen's thread."""
    from PySide6.QtGui import QColor, QGuiApplication

    from emgfeedback.ui.review.lanes_raster import LaneColours, LaneImage, LaneLayout, Shown

    app = QGuiApplication.instance() or QGuiApplication([])
    del app
    colour = QColor("#888888")
    colours = LaneColours(*[colour] * 6, tuple([colour] * N_CHANNELS))
    edges = tuple(round(i * 640 / N_CHANNELS) for i in range(N_CHANNELS + 1))
    layout = LaneLayout(COLUMNS, edges, 6, 2.4, 100.0)
    with open_recording(path) as recording:
        review = Review(recording)
        while not review.raw_exact:
            review.step()
        view = review.window(100, 30, COLUMNS)
        shown = Shown(raw=True, filtered=True, level=True)
        taken = [taken_s(lambda: LaneImage(view, layout, shown, colours)) for _ in range(40)]
    median = statistics.median(taken)
    return [
        Row(
            f"  draw {N_CHANNELS} lanes x {COLUMNS} columns, three signals",
            f"{1e3 * median:.1f} ms",
            goal="<= 10 ms",
            met=median <= 0.010,
        )
    ]
