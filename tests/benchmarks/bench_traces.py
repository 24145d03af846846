"""The cost of one frame of live traces: ours beside pyqtgraph's `setData` with its axes.

8 channels at 2 kHz, ten seconds in view, 1280 x 800 pixels. Each frame brings the samples
of a sixtieth of a second. Both are painted by Qt's own repaint, synchronously, in turns.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QWidget

from emgfeedback.core.montage import neck_montage
from emgfeedback.engine.snapshot import ChannelNow, Snapshot
from emgfeedback.engine.traces import TraceBuffer, TraceChunk
from emgfeedback.ui import theme
from emgfeedback.ui.traces import SWEEP_S, LiveTraces
from tests.benchmarks.table import Row, percentile

N_CHANNELS, FS_HZ = 8, 2000
WIDTH, HEIGHT = 1280, 800
FRAME_HZ = 60
FRAMES, WARM_UP = 300, 20


class PlainPlot:
    """What one writes first: a plot a channel, all points anew every frame."""

    def __init__(self) -> None:
        self.widget = pg.GraphicsLayoutWidget()
        self._seconds = np.arange(round(SWEEP_S * FS_HZ)) / FS_HZ
        self._past_uv = np.zeros((len(self._seconds), N_CHANNELS))
        self._curves: list[Any] = []
        for i in range(N_CHANNELS):
            plot = self.widget.addPlot(row=i, col=0)
            plot.setXRange(0, SWEEP_S, padding=0)
            plot.setYRange(-70, 70, padding=0)
            self._curves.append(plot.plot(pen=pg.mkPen("#555", width=1)))

    def add(self, samples_uv: np.ndarray) -> None:
        self._past_uv = np.concatenate((self._past_uv[len(samples_uv) :], samples_uv))
        for i, curve in enumerate(self._curves):
            curve.setData(self._seconds, self._past_uv[:, i])


def snapshot() -> Snapshot:
    channels = neck_montage(N_CHANNELS).channels
    return Snapshot(
        fs_hz=FS_HZ, channels=tuple(ChannelNow(c.label, c.muscle, c.side) for c in channels)
    )


def painted_s(widget: QWidget, job: Any) -> float:
    """Return the processor time of `job` and of painting what it left to be painted."""
    begin = time.process_time()
    job()
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    return time.process_time() - begin


def rows() -> list[Row]:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.Appearance(app).choose(theme.Scheme.LIGHT, 100)
    rng = np.random.default_rng(0)
    per_frame = FS_HZ // FRAME_HZ
    signal_uv = rng.normal(0, 20, (round(2 * SWEEP_S * FS_HZ), N_CHANNELS))
    level_uv = np.abs(signal_uv)
    level_uv = (np.cumsum(level_uv, axis=0) / np.arange(1, len(level_uv) + 1)[:, None]) * 1.25
    buffer, traces, plain = TraceBuffer(FS_HZ), LiveTraces(), PlainPlot()
    now = snapshot()
    everything = np.ones(len(signal_uv), dtype=bool)
    none_muted = np.zeros(N_CHANNELS, dtype=bool)
    at = 0

    def chunk(n: int) -> TraceChunk:
        rows = slice(at, at + n)
        return TraceChunk(at, signal_uv[rows], level_uv[rows], everything[rows], none_muted)

    for widget in (traces, plain.widget):
        widget.resize(WIDTH, HEIGHT)
        widget.show()
    QApplication.processEvents()
    whole_sweep = round(SWEEP_S * FS_HZ) // 2
    buffer.append(chunk(whole_sweep))
    plain.add(signal_uv[:whole_sweep])
    at = whole_sweep
    traces.refresh(buffer, now)
    QApplication.processEvents()
    ours, theirs = [], []
    for _ in range(FRAMES):
        buffer.append(chunk(per_frame))
        new_uv = signal_uv[at : at + per_frame]
        at += per_frame
        ours.append(painted_s(traces, lambda: traces.refresh(buffer, now)))
        theirs.append(painted_s(plain.widget, lambda new_uv=new_uv: plain.add(new_uv)))
    ours, theirs = ours[WARM_UP:], theirs[WARM_UP:]
    our_ms, their_ms = 1e3 * statistics.median(ours), 1e3 * statistics.median(theirs)
    tail_ms = 1e3 * percentile(ours, 0.99)
    return [
        Row(
            f"traces, a frame: {N_CHANNELS} ch x {FS_HZ} Hz x {SWEEP_S:g} s",
            f"{our_ms:.2f} ms",
            f"{their_ms:.1f} ms, pyqtgraph setData",
            f"{their_ms / our_ms:.0f}x",
            ">= 15x",
            their_ms >= 15 * our_ms,
        ),
        Row("  the same, budget", f"{our_ms:.2f} ms", "", "", "<= 3.3 ms", our_ms <= 3.3),
        Row("  the same, p99", f"{tail_ms:.2f} ms", f"{1e3 * percentile(theirs, 0.99):.1f} ms"),
    ]
