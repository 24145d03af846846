"""The live traces: a sweep over ten seconds, filtered signal and RMS line, one row a channel.

New columns are drawn into an image and only they are blitted; axes, thresholds, marks and
gap labels lie above it. The axes are our own: inside a plot view the same image costs three
times as much a frame and most of a second of import.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QLineF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.engine.snapshot import MarkNow, Snapshot
from emgfeedback.engine.traces import TraceBuffer, TraceChunk
from emgfeedback.ui import theme
from emgfeedback.ui.rows import AXIS_HEIGHT_PX, row_edges
from emgfeedback.ui.scales import DEFAULT_SCALE_UV
from emgfeedback.ui.traces_axis import draw_gap_label, draw_mark, draw_time_axis
from emgfeedback.ui.traces_flag import ThresholdFlag
from emgfeedback.ui.traces_leaving import Leaving, ScaleOffer
from emgfeedback.ui.traces_raster import LEVEL_SHARE, RasterColours, SweepRaster
from emgfeedback.ui.wake import Wake
from emgfeedback.ui.widgets.marks import side_colour
from emgfeedback.ui.words import channel_title

SWEEP_S = 10.0
GRID_S = 1.0
RIGHT_PX = 58
"""Room for scale and threshold flags."""
BLANK_SHARE = 0.02
"""Empty columns ahead of the cursor."""
OLD_OPACITY = 0.38
LEAST_FRAME_S = 0.006
"""Twice the rate of a usual screen: what the screen takes is then at most this old."""


@dataclass(frozen=True, slots=True)
class _Gap:
    first_sample: int
    end_sample: int


class LiveTraces(QWidget):
    """Traces of all channels; new samples are drawn when they come.

    Signals
    -------
    threshold_wanted
        Channel and microvolts, when a flag was moved.
    scale_wanted
        Muscle and the scale that was offered in a row, microvolts.
    """

    threshold_wanted = Signal(int, float)
    scale_wanted = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._raster: SweepRaster | None = None
        self._buffer: TraceBuffer | None = None
        self._next_sample = 0
        self._snapshot = Snapshot()
        self._scales_uv: list[float] = []
        self._flags: list[ThresholdFlag] = []
        self._wanted_uv: dict[int, float] = {}
        self._offers: list[ScaleOffer] = []
        self._leaving = Leaving(1.0, 0)
        self._percents: tuple[float | None, ...] = ()
        self._gaps: list[_Gap] = []
        self._drawn_overlay: tuple[object, ...] = ()
        self._wake = Wake(LEAST_FRAME_S, self)
        self._wake.due.connect(self._draw_arrived)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Live traces, ten seconds, one row a muscle"))

    def set_scale_uv(self, channel: int, scale_uv: float) -> None:
        """Let half a row of `channel` stand for `scale_uv`."""
        if channel < len(self._scales_uv) and self._scales_uv[channel] != scale_uv:
            self._scales_uv[channel] = scale_uv
            self._redraw_all()

    def scale_uv(self, channel: int) -> float:
        """Return what half a row of `channel` stands for, microvolts."""
        return self._scales_uv[channel] if channel < len(self._scales_uv) else DEFAULT_SCALE_UV

    def refresh(
        self,
        traces: TraceBuffer | None,
        snapshot: Snapshot,
        percent_per_uv: tuple[float | None, ...] = (),
    ) -> None:
        """Take a new snapshot and draw what is new; called on the repaint timer.

        `percent_per_uv` tells, for each channel, how its line reads in percent of the own
        reference; None, or nothing at all, where it is in microvolts alone.
        """
        self._percents = percent_per_uv
        before, self._snapshot = self._snapshot, snapshot
        names = [(c.label, c.side) for c in snapshot.channels]
        if traces is not self._buffer or names != [(c.label, c.side) for c in before.channels]:
            self._start(traces, snapshot)
        if traces is None or self._raster is None:
            return
        self._draw_new(traces, self._raster)
        self._offer_scales()
        overlay = self._overlay_state()
        if overlay != self._drawn_overlay:
            self._drawn_overlay = overlay
            self._place_flags()
            self.update()

    def _draw_arrived(self) -> None:
        if self._buffer is not None and self._raster is not None and self.isVisible():
            self._draw_new(self._buffer, self._raster)

    def _draw_new(self, traces: TraceBuffer, raster: SweepRaster) -> None:
        chunks = traces.since(self._next_sample)
        if not chunks:
            return
        self._note_gaps(chunks)
        self._leaving.add(chunks)
        old_cursor, old_sweep = raster.cursor, raster.sweep
        touched = raster.draw(chunks)
        self._next_sample = chunks[-1].end_sample
        if raster.sweep != old_sweep:
            self.update()
        else:
            self._update_columns(old_cursor, touched)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw anew at the new size."""
        super().resizeEvent(event)
        self._redraw_all()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in the new colours."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._redraw_all()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Blit the image and draw what lies above it, within the dirty region only."""
        painter = QPainter(self)
        for dirty in event.region():  # type: ignore[attr-defined]  # it iterates, the stubs lag
            painter.setClipRect(dirty)
            painter.fillRect(dirty, theme.tokens().surface)
            if self._raster is not None and self._buffer is not None:
                self._blit(painter, dirty)
                self._draw_above(painter, dirty)

    def _start(self, traces: TraceBuffer | None, snapshot: Snapshot) -> None:
        if self._buffer is not None:
            self._buffer.on_new = None
        if traces is not None:
            traces.on_new = self._wake.post
        self._buffer = traces
        self._next_sample = 0
        self._gaps = []
        self._wanted_uv = {}
        channels = snapshot.channels
        if len(self._scales_uv) != len(channels):
            self._scales_uv = [DEFAULT_SCALE_UV] * len(channels)
        self._leaving = Leaving(traces.fs_hz if traces is not None else 1.0, len(channels))
        for above in (*self._flags, *self._offers):
            above.deleteLater()
        self._flags, self._offers = [], []
        for i, channel in enumerate(channels):
            flag = ThresholdFlag(channel_title(channel), self)
            flag.moved.connect(lambda uv, i=i: self._flag_moved(i, uv))
            flag.released.connect(lambda uv, i=i: self._flag_released(i, uv))
            flag.hide()
            self._flags.append(flag)
            offer = ScaleOffer(channel_title(channel), self)
            offer.taken.connect(
                lambda uv, muscle=channel.muscle: self.scale_wanted.emit(muscle, uv)
            )
            self._offers.append(offer)
        self._redraw_all()

    def _redraw_all(self) -> None:
        """Make a new image at the present size and draw the last sweep into it."""
        ratio = self.devicePixelRatioF()
        width = int(self._plot_width() * ratio)
        n_rows = len(self._snapshot.channels)
        edges = row_edges(self.height(), n_rows)
        if self._buffer is None or width < 10 or n_rows == 0 or edges[-1] < 4 * n_rows:
            self._raster = None
            self.update()
            return
        samples = round(SWEEP_S * self._buffer.fs_hz)
        grid = [int(i * GRID_S / SWEEP_S * width) for i in range(round(SWEEP_S / GRID_S))]
        self._raster = SweepRaster(
            width=width,
            height=int(edges[-1] * ratio),
            row_edges=[int(edge * ratio) for edge in edges],
            samples=samples,
            scales_uv=self._scales_uv,
            colours=self._colours(),
            line_px=2.4 * ratio,
            grid_columns=tuple(grid),
        )
        newest = self._next_sample
        self._raster.draw(
            [c for c in self._buffer.since(max(0, newest - samples)) if c.first_sample < newest]
        )
        self._place_flags()
        self.update()

    def _colours(self) -> RasterColours:
        t = theme.tokens()
        return RasterColours(
            background=t.surface,
            row_line=t.line,
            grid=t.grid,
            raw=theme.mixed(t.raw, t.surface, 0.8),
            gap=theme.mixed(t.ink3, t.surface, 0.55),
            muted=theme.mixed(t.bad, t.surface, 0.55),
            clip=t.ink,
            lines=tuple(side_colour(c.side) for c in self._snapshot.channels),
        )

    def _plot_width(self) -> int:
        return max(0, self.width() - theme.px(RIGHT_PX))

    def _update_columns(self, old_cursor: int, touched: list[tuple[int, int]]) -> None:
        ratio = self.devicePixelRatioF()
        assert self._raster is not None
        height = self.height() - AXIS_HEIGHT_PX
        blank = self._blank_px() + 4
        first = min([old_cursor, *(span[0] for span in touched)])
        last = max([self._raster.cursor, *(span[1] for span in touched)])
        left = int(first / ratio) - 3
        self.update(QRect(left, 0, int(last / ratio) + 4 - left + blank, height))

    def _blank_px(self) -> int:
        return round(BLANK_SHARE * self._plot_width())

    def _blit(self, painter: QPainter, dirty: QRect) -> None:
        raster = self._raster
        assert raster is not None
        ratio = self.devicePixelRatioF()
        cursor_x = (raster.cursor + 1) / ratio
        height = raster.image.height() / ratio
        self._blit_part(painter, QRectF(0, 0, cursor_x, height), dirty, 1.0)
        if raster.sweep:
            old_x = cursor_x + self._blank_px()
            width = self._plot_width() - old_x
            self._blit_part(painter, QRectF(old_x, 0, width, height), dirty, OLD_OPACITY)

    def _blit_part(self, painter: QPainter, part: QRectF, dirty: QRect, opacity: float) -> None:
        target = part.intersected(QRectF(dirty))
        if target.isEmpty():
            return
        raster = self._raster
        assert raster is not None
        ratio = self.devicePixelRatioF()
        source = QRectF(target.topLeft() * ratio, QSizeF(target.size() * ratio))
        painter.setOpacity(opacity)
        painter.drawImage(target, raster.image, source)
        painter.setOpacity(1.0)

    def _draw_above(self, painter: QPainter, dirty: QRect) -> None:
        t = theme.tokens()
        raster = self._raster
        assert raster is not None
        edges = row_edges(self.height(), len(self._flags))
        plot_width = self._plot_width()
        self._draw_thresholds(painter, edges, plot_width)
        for mark in self._snapshot.marks:
            self._draw_mark(painter, dirty, mark, edges[-1])
        x = (raster.cursor + 1) / self.devicePixelRatioF()
        painter.setPen(QPen(t.ink, 1.6))
        painter.drawLine(QLineF(x, 0, x, edges[-1]))
        if dirty.bottom() >= edges[-1]:
            self._draw_time_axis(painter, QRectF(0, 0, plot_width, edges[-1]))
        if dirty.right() >= plot_width:
            self._draw_scales(painter, edges, plot_width)

    def _draw_thresholds(self, painter: QPainter, edges: list[int], plot_width: int) -> None:
        t = theme.tokens()
        for i, channel in enumerate(self._snapshot.channels):
            wanted = self._wanted_uv.get(i)
            for uv, colour in ((channel.threshold_uv, t.ink), (wanted, t.ink3)):
                if uv is None:
                    continue
                y = self._threshold_y(i, uv, edges)
                painter.setPen(QPen(colour, 1.2, Qt.PenStyle.DashLine))
                painter.drawLine(QLineF(0, y, plot_width, y))

    def _threshold_y(self, channel: int, uv: float, edges: list[int]) -> float:
        height = edges[channel + 1] - edges[channel]
        y = edges[channel + 1] - 1 - uv / (LEVEL_SHARE * self._scales_uv[channel]) * height
        return max(edges[channel] + 1.0, y)

    def _x_of(self, sample: int) -> float | None:
        """Return where `sample` stands, or None once it has been swept over."""
        raster = self._raster
        assert raster is not None
        newest = self._next_sample - 1
        if not newest - raster.samples < sample <= newest:
            return None
        column = raster.column(sample)
        blank_end = raster.cursor + self._blank_px() * self.devicePixelRatioF()
        if sample // raster.samples < raster.sweep and column <= blank_end:
            return None
        return column / self.devicePixelRatioF()

    def _draw_mark(self, painter: QPainter, dirty: QRect, mark: MarkNow, bottom: int) -> None:
        x = self._x_of(mark.sample)
        if x is None:
            return
        plot = QRectF(0, 0, self._plot_width(), bottom)
        draw_mark(painter, dirty, x, mark.text, plot)

    def _draw_time_axis(self, painter: QPainter, plot: QRectF) -> None:
        assert self._buffer is not None
        covered = []
        for gap in self._gaps:
            x = self._x_of(gap.end_sample - 1)
            if x is not None:
                seconds = (gap.end_sample - gap.first_sample) / self._buffer.fs_hz
                covered.append(draw_gap_label(painter, x, plot, seconds))
        draw_time_axis(painter, plot, self.width(), SWEEP_S, covered)

    def _draw_scales(self, painter: QPainter, edges: list[int], plot_width: int) -> None:
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.tokens().ink3)
        for i, scale_uv in enumerate(self._scales_uv):
            text = self.tr("±{value} µV").format(value=self.locale().toString(scale_uv, "f", 0))
            place = QRectF(plot_width, edges[i] + 4, self.width() - plot_width - 4, theme.px(18))
            flag = self._flags[i]
            if not flag.isHidden() and place.intersects(QRectF(flag.geometry())):
                place.moveBottom(edges[i + 1] - 4)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, text)

    def _note_gaps(self, chunks: list[TraceChunk]) -> None:
        expected = self._next_sample
        for chunk in chunks:
            if 0 < expected < chunk.first_sample:
                self._gaps.append(_Gap(expected, chunk.first_sample))
            expected = chunk.end_sample
        assert self._buffer is not None
        oldest = expected - SWEEP_S * self._buffer.fs_hz
        self._gaps = [gap for gap in self._gaps if gap.end_sample > oldest]

    def _overlay_state(self) -> tuple[object, ...]:
        thresholds = tuple(c.threshold_uv for c in self._snapshot.channels)
        labels = tuple(gap for gap in self._gaps if self._x_of(gap.end_sample - 1) is not None)
        wanted = tuple(self._wanted_uv.items())
        return thresholds, self._percents, len(self._snapshot.marks), labels, wanted

    def _offer_scales(self) -> None:
        """Offer a larger scale in each row that was left; it never changes by itself."""
        edges = row_edges(self.height(), len(self._offers))
        wanted = self._leaving.wanted_uv(self._scales_uv)
        for i, (offer, scale_uv) in enumerate(zip(self._offers, wanted, strict=True)):
            offer.offer(scale_uv)
            if scale_uv is not None:
                size = offer.sizeHint()
                left = self._plot_width() - size.width() - 6
                offer.setGeometry(left, edges[i] + 4, size.width(), size.height())

    def _place_flags(self) -> None:
        edges = row_edges(self.height(), len(self._flags))
        width = theme.px(RIGHT_PX) - 6
        for i, flag in enumerate(self._flags):
            uv = self._snapshot.channels[i].threshold_uv
            flag.setVisible(uv is not None)
            if uv is None:
                continue
            shown = self._wanted_uv.get(i, uv)
            height = edges[i + 1] - edges[i]
            percent = self._percents[i] if i < len(self._percents) else None
            flag.set_value(shown, LEVEL_SHARE * self._scales_uv[i] / max(1, height), percent)
            y = round(self._threshold_y(i, shown, edges) - flag.wanted_height / 2)
            lowest = edges[i + 1] - flag.wanted_height
            y = max(edges[i] + 1, min(y, lowest))
            flag.setGeometry(self._plot_width() + 2, y, width, flag.wanted_height)

    def _flag_moved(self, channel: int, uv: float) -> None:
        self._wanted_uv[channel] = uv
        self._place_flags()
        self.update()

    def _flag_released(self, channel: int, uv: float) -> None:
        self._wanted_uv.pop(channel, None)
        self.threshold_wanted.emit(channel, uv)
