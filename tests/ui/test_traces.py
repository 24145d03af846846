"""The live traces: what is drawn is what was there, and a gap looks like a gap."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from emgfeedback.core.montage import neck_montage
from emgfeedback.engine.snapshot import ChannelNow, MarkNow, Snapshot
from emgfeedback.engine.traces import TraceBuffer, TraceChunk
from emgfeedback.ui import theme
from emgfeedback.ui.live_page import LivePage
from emgfeedback.ui.rows import row_edges
from emgfeedback.ui.traces import BLANK_SHARE, SWEEP_S, LiveTraces
from emgfeedback.ui.traces_flag import ThresholdFlag
from emgfeedback.ui.traces_leaving import Leaving, ScaleOffer
from emgfeedback.ui.traces_raster import LEVEL_SHARE, RasterColours, SweepRaster
from tests.ui.stage_session import streaming

FS = 1000.0
RAW, LINE, GAP, MUTED, CLIP = (QColor(c) for c in ("red", "blue", "green", "magenta", "white"))
COLOURS = RasterColours(
    QColor("black"), QColor("black"), QColor("black"), RAW, GAP, MUTED, CLIP, (LINE, LINE)
)
SAMPLES = 1000
HEIGHT, WIDTH = 200, 500


def chunk(
    first: int, raw: np.ndarray, level: np.ndarray | None = None, **kind: np.ndarray
) -> TraceChunk:
    raw = np.column_stack([raw, raw]).astype(float)
    quiet = np.zeros(len(raw)) if level is None else level
    return TraceChunk(
        first,
        raw,
        np.column_stack([quiet, quiet]).astype(float),
        kind.get("valid", np.ones(len(raw), bool)),
        kind.get("muted", np.zeros(2, bool)),
    )


def raster(scale_uv: float = 100.0) -> SweepRaster:
    return SweepRaster(
        width=WIDTH,
        height=HEIGHT,
        row_edges=[0, 100, 200],
        samples=SAMPLES,
        scales_uv=[scale_uv, scale_uv],
        colours=COLOURS,
    )


def pixels(image: QImage) -> np.ndarray:
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()).copy()


def where(image: QImage, colour: QColor) -> np.ndarray:
    return pixels(image) == np.uint32(colour.rgb())


def test_a_single_peak_sample_is_never_lost() -> None:
    signal = np.zeros(SAMPLES)
    signal[[0, 333, 501, 999]] = 80.0
    drawn = raster()
    drawn.draw([chunk(0, signal)])
    red = where(drawn.image, RAW)[:100]
    for sample in (0, 333, 501, 999):
        column = drawn.column(sample)
        assert np.flatnonzero(red[:, column])[0] == pytest.approx(100 / 2 * (1 - 0.8), abs=2)


@pytest.mark.parametrize("size", [1, 3, 7, 64, 999])
def test_the_picture_does_not_depend_on_chunks(size: int) -> None:
    signal = np.random.default_rng(3).normal(0, 30, SAMPLES)
    level = np.abs(np.convolve(signal, np.ones(50) / 50, "same"))
    whole, pieces = raster(), raster()
    whole.draw([chunk(0, signal, level)])
    for at in range(0, SAMPLES, size):
        pieces.draw([chunk(at, signal[at : at + size], level[at : at + size])])
    assert np.array_equal(pixels(whole.image), pixels(pieces.image))


def test_neighbouring_columns_are_joined() -> None:
    drawn = raster()
    drawn.draw([chunk(0, np.repeat([-60.0, 60.0], SAMPLES // 2))])
    red = where(drawn.image, RAW)[:100]
    step = drawn.column(SAMPLES // 2)
    assert red[22:78, step].all()


def test_a_gap_is_hatched_and_nothing_is_drawn_over_it() -> None:
    drawn = raster()
    drawn.draw([chunk(0, np.zeros(200)), chunk(400, np.zeros(200))])
    first, end = drawn.column(200) + 1, drawn.column(400)
    green = where(drawn.image, GAP)[:, first:end]
    assert 0.1 < green.mean() < 0.4
    assert not where(drawn.image, RAW)[:, first:end].any()
    assert not where(drawn.image, GAP)[:, : drawn.column(199)].any()


def test_a_muted_channel_is_hatched_and_loses_its_level_line() -> None:
    drawn = raster()
    drawn.draw([chunk(0, np.zeros(500), np.full(500, 20.0), muted=np.array([True, False]))])
    assert where(drawn.image, MUTED)[:100, :250].any()
    assert not where(drawn.image, LINE)[:100].any()
    assert where(drawn.image, LINE)[100:, :250].any()
    assert not where(drawn.image, MUTED)[100:].any()


def test_settling_samples_are_not_drawn() -> None:
    drawn = raster()
    valid = np.ones(500, bool)
    valid[:250] = False
    drawn.draw([chunk(0, np.full(500, 50.0), valid=valid)])
    red = where(drawn.image, RAW)
    assert not red[:, : drawn.column(249)].any()
    assert red[:, drawn.column(260) : drawn.column(490)].any()


def test_what_leaves_the_row_is_marked_at_its_edge() -> None:
    drawn = raster(scale_uv=50.0)
    drawn.draw([chunk(0, np.r_[np.zeros(250), np.full(250, 60.0)])])
    white = where(drawn.image, CLIP)[:100]
    assert white[:4, drawn.column(300) : drawn.column(490)].any()
    assert not white[:, : drawn.column(240)].any()


def test_the_level_line_stands_at_its_height() -> None:
    drawn = raster()
    drawn.draw([chunk(0, np.zeros(500), np.full(500, 20.0))])
    blue = np.flatnonzero(where(drawn.image, LINE)[:100, 100])
    assert blue.mean() == pytest.approx(100 * (1 - 20 / (LEVEL_SHARE * 100)), abs=2.5)


def test_a_new_sweep_overwrites_the_old_one() -> None:
    drawn = raster()
    drawn.draw([chunk(0, np.full(SAMPLES, 50.0))])
    drawn.draw([chunk(SAMPLES, np.full(100, -50.0))])
    assert (drawn.sweep, drawn.cursor) == (1, drawn.column(99))
    red = where(drawn.image, RAW)
    assert not red[20:30, : drawn.cursor - 1].any()
    assert red[20:30, drawn.cursor + 10].any()


def snapshot(**change: object) -> Snapshot:
    channels = tuple(
        ChannelNow(c.label, c.muscle, c.side, threshold_uv=8.0 if i < 2 else None)
        for i, c in enumerate(neck_montage().channels)
    )
    return Snapshot(channels=channels, fs_hz=FS, **change)


def fill(buffer: TraceBuffer, first: int, n: int, level_uv: float = 5.0) -> None:
    raw = np.random.default_rng(first).normal(0, 10, (n, 6))
    level = np.full((n, 6), level_uv)
    buffer.append(TraceChunk(first, raw, level, np.ones(n, bool), np.zeros(6, bool)))


@pytest.fixture
def plot(qtbot, qapp) -> LiveTraces:
    theme.Appearance(qapp).choose(theme.Scheme.DARK, 100)
    made = LiveTraces()
    qtbot.addWidget(made)
    made.resize(760, 560)
    made.show()
    return made


def test_incremental_painting_equals_painting_anew(plot: LiveTraces, qapp) -> None:
    buffer = TraceBuffer(FS)
    first = 0
    for i in range(60):
        fill(buffer, first, 150)
        first += 150 + (300 if i == 10 else 0)
        plot.refresh(buffer, snapshot(marks=(MarkNow(1, 2500, "M1"),)))
        qapp.processEvents()
    swept = plot.grab().toImage()
    again = LiveTraces()
    again.resize(plot.size())
    again.refresh(buffer, snapshot(marks=(MarkNow(1, 2500, "M1"),)))
    fresh = again.grab().toImage()
    assert np.mean(pixels(swept) != pixels(fresh)) < 0.01
    again.deleteLater()


def test_threshold_flags_follow_keys_and_mouse(plot: LiveTraces, qtbot) -> None:
    buffer = TraceBuffer(FS)
    fill(buffer, 0, 500)
    plot.refresh(buffer, snapshot())
    flags = [flag for flag in plot.findChildren(ThresholdFlag) if flag.isVisible()]
    assert len(flags) == 2
    assert "8.0 microvolts" in flags[0].accessibleName()
    with qtbot.waitSignal(plot.threshold_wanted) as caught:
        QTest.keyClick(flags[0], Qt.Key.Key_Up)
    assert caught.args == [0, 8.5]
    with qtbot.waitSignal(plot.threshold_wanted) as caught:
        QTest.keyClick(flags[1], Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert caught.args == [1, 3.0]
    flag = flags[0]
    with qtbot.waitSignal(plot.threshold_wanted) as caught:
        QTest.mousePress(flag, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
        QTest.mouseMove(flag, QPoint(10, -10))
        QTest.mouseRelease(flag, Qt.MouseButton.LeftButton, pos=QPoint(10, -10))
    assert caught.args[0] == 0
    assert caught.args[1] > 8.5


def test_a_frame_repaints_only_near_the_cursor(plot: LiveTraces, qapp) -> None:
    buffer = TraceBuffer(FS)
    fill(buffer, 0, 3000)
    plot.refresh(buffer, snapshot())
    qapp.processEvents()
    widths: list[int] = []
    paint = plot.paintEvent

    def watch(event) -> None:
        widths.append(event.rect().width())
        paint(event)

    plot.paintEvent = watch
    fill(buffer, 3000, 16)
    plot.refresh(buffer, snapshot())
    qapp.processEvents()
    assert len(widths) == 1
    assert widths[0] < (BLANK_SHARE + 16 / FS / SWEEP_S) * plot.width() + 20


@pytest.mark.parametrize("scheme", [theme.Scheme.LIGHT, theme.Scheme.DARK])
def test_colours_change_with_the_theme(plot: LiveTraces, qapp, scheme: theme.Scheme) -> None:
    buffer = TraceBuffer(FS)
    fill(buffer, 0, 3000)
    plot.refresh(buffer, snapshot())
    theme.Appearance(qapp).choose(scheme, 100)
    qapp.processEvents()
    image = plot.grab().toImage()
    assert image.pixelColor(5, 548) == theme.tokens().surface
    assert where(image, theme.tokens().left).any()
    assert where(image, theme.tokens().right).any()


def test_two_scales_are_told_beside_the_rows(plot: LiveTraces) -> None:
    buffer = TraceBuffer(FS)
    fill(buffer, 0, 3000)
    plot.refresh(buffer, snapshot())
    before = plot.grab().toImage()
    plot.set_scale_uv(0, 200.0)
    assert plot.scale_uv(0) == 200.0
    assert plot.grab().toImage() != before


def test_a_level_above_the_row_runs_along_its_edge() -> None:
    drawn = raster(scale_uv=50.0)
    drawn.draw([chunk(0, np.zeros(500), np.full(500, 400.0))])
    blue = np.flatnonzero(where(drawn.image, LINE)[:100, 100])
    assert blue.size
    assert blue.max() < 5


def test_a_flag_never_leaves_its_row(plot: LiveTraces) -> None:
    buffer = TraceBuffer(FS)
    fill(buffer, 0, 500)
    high = snapshot()
    channels = tuple(replace(c, threshold_uv=500.0) for c in high.channels)
    plot.refresh(buffer, replace(high, channels=channels))
    edges = row_edges(plot.height(), 6)
    for i, flag in enumerate(plot.findChildren(ThresholdFlag)):
        assert edges[i] <= flag.y()
        assert flag.geometry().bottom() < edges[i + 1]


def test_new_samples_are_drawn_without_a_refresh(qtbot: QtBot) -> None:
    channels = neck_montage(2).channels
    snapshot = Snapshot(
        fs_hz=FS, channels=tuple(ChannelNow(c.label, c.muscle, c.side) for c in channels)
    )
    buffer, traces = TraceBuffer(FS), LiveTraces()
    qtbot.addWidget(traces)
    traces.resize(600, 300)
    traces.show()
    buffer.append(chunk(0, np.zeros(100)))
    traces.refresh(buffer, snapshot)
    shown = traces.grab().toImage()
    appender = threading.Thread(target=lambda: buffer.append(chunk(100, np.full(400, 50.0))))
    appender.start()
    appender.join()
    qtbot.waitUntil(lambda: traces.grab().toImage() != shown)


def test_a_buffer_no_longer_shown_wakes_nobody(qtbot: QtBot) -> None:
    first, second, traces = TraceBuffer(FS), TraceBuffer(FS), LiveTraces()
    qtbot.addWidget(traces)
    traces.refresh(first, Snapshot())
    traces.refresh(second, Snapshot())
    assert first.on_new is None
    assert second.on_new is not None


def seconds_of(peak_uv: float, n: int, first_s: int = 0, **kind: np.ndarray) -> list[TraceChunk]:
    wave = np.full(int(FS), peak_uv)
    return [chunk((first_s + i) * int(FS), wave, **kind) for i in range(n + 1)]


@pytest.mark.parametrize(
    ("peak_uv", "seconds", "scale_uv", "wanted_uv"),
    [
        (90.0, 9, 100.0, None),
        (150.0, 2, 100.0, None),
        (150.0, 3, 100.0, 200.0),
        (150.0, 9, 70.0, 200.0),
        (900.0, 9, 100.0, 500.0),
        (900.0, 9, 500.0, None),
    ],
)
def test_a_scale_is_offered_when_a_trace_leaves_its_row_for_seconds(
    peak_uv: float, seconds: int, scale_uv: float, wanted_uv: float | None
) -> None:
    leaving = Leaving(FS, 2)
    leaving.add(seconds_of(peak_uv, seconds))
    assert leaving.wanted_uv([scale_uv, 500.0]) == (wanted_uv, None)


def test_an_offered_scale_goes_when_the_trace_stays_in_its_row() -> None:
    leaving = Leaving(FS, 2)
    leaving.add(seconds_of(150.0, 4))
    assert leaving.wanted_uv([100.0, 100.0]) == (200.0, 200.0)
    leaving.add(seconds_of(20.0, 2, 5))
    assert leaving.wanted_uv([100.0, 100.0]) == (200.0, 200.0)
    leaving.add(seconds_of(20.0, 5, 8))
    assert leaving.wanted_uv([100.0, 100.0]) == (None, None)


def test_what_cannot_be_trusted_offers_no_scale() -> None:
    leaving = Leaving(FS, 2)
    leaving.add(seconds_of(400.0, 9, muted=np.array([True, False])))
    assert leaving.wanted_uv([100.0, 100.0]) == (None, 500.0)
    leaving = Leaving(FS, 2)
    leaving.add(seconds_of(400.0, 9, valid=np.zeros(int(FS), bool)))
    assert leaving.wanted_uv([100.0, 100.0]) == (None, None)


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_the_scale_changes_for_both_sides_and_only_when_asked(qtbot: QtBot, look) -> None:
    page = LivePage()
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.show()
    snapshot = streaming()
    traces = TraceBuffer(FS)
    width = len(snapshot.channels)
    for first in range(0, 5000, 50):
        wave = np.full((50, width), 20.0)
        wave[:, 0] = 150.0
        traces.append(TraceChunk(first, wave, wave / 3, np.ones(50, bool), np.zeros(width, bool)))
    page.refresh(snapshot, traces, 0.0)
    page.refresh(snapshot, traces, 1.0)
    offers = page.traces.findChildren(ScaleOffer)
    assert [offer.isVisible() for offer in offers] == [True] + [False] * (width - 1)
    assert offers[0].text() == "Scale to ±200 µV"
    assert page.traces.scale_uv(0) == 100.0
    offers[0].click()
    assert [page.traces.scale_uv(i) for i in range(3)] == [200.0, 200.0, 100.0]
    page.refresh(snapshot, traces, 2.0)
    assert not offers[0].isVisible()
