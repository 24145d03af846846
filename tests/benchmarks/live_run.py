"""The whole application in one process, a board in another: what is painted when.

`python -m tests.benchmarks.live_run CHANNELS RATE SECONDS RECORDING` prints a `Run` as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication

from emgfeedback.devices.driver import StreamSettings
from emgfeedback.engine.session import SessionSettings
from emgfeedback.engine.station import Station
from emgfeedback.ui.main_window import MainWindow, open_window
from emgfeedback.ui.traces import LiveTraces
from tests.benchmarks.board_process import ROOT, board_process

PATIENCE_S = 30
SETTLE_S = 2.0


@dataclass
class Run:
    """What one run of the application showed.

    `painted` holds (monotonic time at the end of a paint, samples on screen by then),
    `written` (time of writing to the port, samples written by then).
    """

    painted: list[tuple[float, int]] = field(default_factory=list)
    written: list[tuple[float, int]] = field(default_factory=list)
    cpu_pct: float = 0.0
    received: int = 0
    lost: int = 0

    def delays_s(self) -> list[float]:
        """Return the time from each packet's writing to the end of the paint that shows it."""
        begin_s, end_s = self.painted[0][0], self.painted[-1][0]
        found, at = [], 0
        for t_s, samples in self.written:
            if not begin_s < t_s < end_s - 0.5:
                continue
            while at < len(self.painted) and self.painted[at][1] < samples:
                at += 1
            if at == len(self.painted):
                break
            found.append(self.painted[at][0] - t_s)
        return found


@contextmanager
def _noting_paints(run: Run) -> Iterator[None]:
    """Note the end of every paint of traces made from now on."""
    paint = LiveTraces.paintEvent

    def noted(traces: LiveTraces, event: QPaintEvent) -> None:
        paint(traces, event)
        run.painted.append((time.monotonic(), traces._next_sample))

    LiveTraces.paintEvent = noted
    try:
        yield
    finally:
        LiveTraces.paintEvent = paint


def run_app(n_channels: int, fs_hz: int, seconds: float, *, recording: bool = False) -> Run:
    """Run the application in a new process, on a board in yet another."""
    numbers = [str(n_channels), str(fs_hz), str(seconds), str(int(recording))]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.live_run", *numbers],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=seconds + 2 * PATIENCE_S,
    )
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def run_here(n_channels: int, fs_hz: int, seconds: float, *, recording: bool) -> Run:
    """Run the application in this process."""
    sys.setswitchinterval(0.0005)
    app = QApplication.instance() or QApplication([])
    run = Run()
    stream = StreamSettings(fs_hz=fs_hz, n_channels=n_channels, oversample=1)
    with (
        tempfile.TemporaryDirectory() as folder,
        board_process(n_channels, fs_hz) as board,
        _noting_paints(run),
    ):
        station = Station(Path(folder), SessionSettings(stream=stream))
        window = open_window(station)
        try:
            window.show()
            station.connect(board.path)
            _wait_until_live(window)
            if recording:
                station.start_recording()
            _let_run(app, SETTLE_S)
            run.painted.clear()
            begin_s, begin_cpu_s = time.monotonic(), time.process_time()
            _let_run(app, seconds)
            spent_s = time.process_time() - begin_cpu_s
            run.cpu_pct = 100 * spent_s / (time.monotonic() - begin_s)
            link = station.snapshot().link
            run.received, run.lost = link.received, link.lost
            run.written = board.written()
        finally:
            window.close()
            station.close()
    return run


def _let_run(app: QObject, seconds: float) -> None:
    loop = QEventLoop(app)
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def _wait_until_live(window: MainWindow) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while window.live.traces is None or not window.live.traces.isVisible():
        if time.monotonic() > end_s:
            raise TimeoutError("the live screen did not come up")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


if __name__ == "__main__":
    channels, rate, length, record = sys.argv[1:]
    run = run_here(int(channels), int(rate), float(length), recording=record == "1")
    print(json.dumps(asdict(run)))
