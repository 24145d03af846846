"""From starting the process to the first painted window, and the longest stall after it.

The baseline paints the same window after importing the five libraries first, as a program
does that has its imports at the top: PySide6.QtWidgets, pyqtgraph, numpy, scipy.signal,
serial. Wall-clock times, in turns.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from tests.benchmarks.board_process import ROOT
from tests.benchmarks.table import Row

ROUNDS = 5
WATCH_S = 4.0
TICK_MS = 5
GOAL_X, GOAL_STALL_MS = 5, 60
FIRST_IMPORTS = "import PySide6.QtWidgets, pyqtgraph, numpy, scipy.signal, serial\n"
START = "from tests.benchmarks.bench_startup import start\nstart()\n"


def start() -> None:
    """Run the demo; print when its window was first painted, when live, and the longest stall."""
    from PySide6.QtCore import QTimer

    from emgfeedback.cli import main
    from emgfeedback.ui.main_window import MainWindow

    seen: dict[str, float] = {}
    ticks_s: list[float] = []
    timer = QTimer()
    paint = MainWindow.paintEvent

    def painted(window: MainWindow, event: object) -> None:
        paint(window, event)
        if not seen:
            seen["painted_s"] = time.monotonic()
            timer.timeout.connect(lambda: tick(window))
            timer.start(TICK_MS)

    def tick(window: MainWindow) -> None:
        now_s = time.monotonic()
        ticks_s.append(now_s)
        traces = window.live.traces
        if "live_s" not in seen and traces is not None and traces.isVisible():
            seen["live_s"] = now_s
        if now_s > seen["painted_s"] + WATCH_S:
            timer.stop()
            window.close()

    MainWindow.paintEvent = painted
    with tempfile.TemporaryDirectory() as folder:
        main(["--demo", "--data-dir", folder])
    times_s = [seen["painted_s"], *ticks_s]
    seen["stall_s"] = max(b - a for a, b in itertools.pairwise(times_s))
    print(json.dumps(seen))


def measured(before: str, bytecode: str) -> dict[str, float]:
    """Start a process that runs `before` and then the demo, as on its second start ever."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begin_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", before + START],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    )
    seen = json.loads(done.stdout.splitlines()[-1])
    return {
        "painted_s": seen["painted_s"] - begin_s,
        "live_s": seen["live_s"] - begin_s,
        "stall_s": seen["stall_s"],
    }


def rows() -> list[Row]:
    ours, eager = [], []
    with tempfile.TemporaryDirectory() as bytecode:
        measured("", bytecode)
        measured(FIRST_IMPORTS, bytecode)
        for _ in range(ROUNDS):
            ours.append(measured("", bytecode))
            eager.append(measured(FIRST_IMPORTS, bytecode))

    def median_ms(runs: list[dict[str, float]], key: str) -> float:
        return 1e3 * statistics.median(run[key] for run in runs)

    our_ms, eager_ms = median_ms(ours, "painted_s"), median_ms(eager, "painted_s")
    live_ms, eager_live_ms = median_ms(ours, "live_s"), median_ms(eager, "live_s")
    stall_ms = median_ms(ours, "stall_s")
    return [
        Row(
            "start to first painted window",
            f"{our_ms:.0f} ms",
            f"{eager_ms:.0f} ms, five libraries first",
            f"{eager_ms / our_ms:.1f}x",
            f">= {GOAL_X}x",
            eager_ms >= GOAL_X * our_ms,
        ),
        Row(
            "start to live traces (demo)",
            f"{live_ms:.0f} ms",
            f"{eager_live_ms:.0f} ms, five libraries first",
            f"{eager_live_ms / live_ms:.1f}x",
        ),
        Row(
            f"longest stall in the first {WATCH_S:g} s",
            f"{stall_ms:.0f} ms",
            "",
            "",
            f"< {GOAL_STALL_MS} ms",
            stall_ms < GOAL_STALL_MS,
        ),
    ]
