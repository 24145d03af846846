"""The whole recording in one strip, and the window in it, which can be dragged."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.review.marks import SpanKind
from emgfeedback.review.pyramid import Extent
from emgfeedback.review.spans import LeftOut
from emgfeedback.review.views import Review
from emgfeedback.ui import theme, words
from emgfeedback.ui.review import review_words
from emgfeedback.ui.review.time_axis import TimeScale, Window, gaps_s
from emgfeedback.ui.widgets import marks

_HEIGHT_PX = 86
_SIDE_PX = 16
_LEAST_BOX_PX = 8.0
_PERCENTILE = 99.0
"""A few spikes may reach over the strip; the lanes show them whole."""


class Overview(QWidget):
    """Draws the extremes over all channels, spans above, marks below, and the window.

    Signals
    -------
    window_asked
        A `Window` to show.
    """

    window_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._review: Review | None = None
        self._lines: list[tuple[float, float]] = []
        self._gaps_s: list[tuple[float, float]] = []
        self._grabbed_s: float | None = None
        self.window_shown = Window(0.0, 1.0)
        self.left_out: tuple[LeftOut, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The whole recording; drag the frame to look elsewhere"))

    def sizeHint(self) -> QSize:
        """Return a strip."""
        return QSize(400, theme.px(_HEIGHT_PX))

    def show_recording(self, review: Review) -> None:
        """Begin anew with `review`."""
        self._review, self._lines, self.left_out = review, [], ()
        self._gaps_s = gaps_s(review.recording)
        self.update()

    def show_overview(self, overview: Extent) -> None:
        """Draw `overview`, `(n, 1)`, offsets taken out."""
        low, high = overview.low[:, 0], overview.high[:, 0]
        drawn = low <= high
        top = 1.0
        if drawn.any():
            reach = np.maximum(np.abs(low[drawn]), np.abs(high[drawn]))
            top = max(float(np.percentile(reach, _PERCENTILE)), 1e-9)
        self._lines = [
            (max(-1.0, a / top), min(1.0, b / top)) if ok else (1.0, -1.0)
            for a, b, ok in zip(low.tolist(), high.tolist(), drawn.tolist(), strict=True)
        ]
        self.update()

    def show_window(self, window: Window) -> None:
        """Draw the frame round `window`."""
        self.window_shown = window
        self.update()

    def time(self) -> TimeScale:
        """Return where time lies: the whole recording."""
        seconds = self._review.recording.duration_s if self._review is not None else 1.0
        return TimeScale(Window(0.0, seconds), _SIDE_PX, max(1.0, self.width() - 2 * _SIDE_PX))

    def frame(self) -> QRectF:
        """Return the frame round the window."""
        time, band = self.time(), self._band()
        left, right = time.x(self.window_shown.first_s), time.x(self.window_shown.end_s)
        if right - left < _LEAST_BOX_PX:
            middle = (left + right) / 2
            left, right = middle - _LEAST_BOX_PX / 2, middle + _LEAST_BOX_PX / 2
        return QRectF(left, band.top(), right - left, band.height())

    def _band(self) -> QRectF:
        top = theme.px(26.0)
        return QRectF(0, top, self.width(), self.height() - top - theme.px(12.0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it all."""
        del event
        painter = QPainter(self)
        if self._review is None:
            return
        t = theme.tokens()
        time, band = self.time(), self._band()
        self._draw_spans(painter, time)
        self._draw_lines(painter, time, band)
        for start_s, end_s in self._gaps_s:
            left = time.x(start_s)
            gap = QRectF(left, band.top(), max(2.0, time.x(end_s) - left), band.height())
            painter.fillRect(gap, t.surface)
            marks.draw_hatch(painter, gap, t.ink3, step_px=5)
        for span in self.left_out:
            left = time.x(span.start_s)
            out = QRectF(left, band.top(), max(3.0, time.x(span.end_s) - left), band.height())
            painter.fillRect(out, theme.faded(t.bad, 0.2))
            marks.draw_hatch(painter, out, t.bad, step_px=5, falling=True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.faded(t.accent, 0.22))
        painter.setPen(QPen(t.accent, 2.4 if self.hasFocus() else 1.8))
        painter.drawRoundedRect(self.frame(), theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.ink)
        foot = self.height() - 3.0
        for moment in self._review.moments:
            x = time.x(moment.at_s)
            corners = [QPointF(x - 4, foot), QPointF(x + 4, foot), QPointF(x, foot - 6)]
            painter.drawPolygon(QPolygonF(corners))

    def _draw_spans(self, painter: QPainter, time: TimeScale) -> None:
        t = theme.tokens()
        assert self._review is not None
        font = theme.font("caption")
        painter.setFont(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for span in self._review.spans:
            left, right = time.x(span.start_s) + 0.5, time.x(span.end_s) - 0.5
            pill = QRectF(left, 5, max(1.0, right - left), theme.px(17.0))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.mixed(t.raw, t.surface, 0.22))
            painter.drawRoundedRect(pill, 3, 3)
            text = review_words.span_words(span)
            trial = span.kind in (SpanKind.TRIAL, SpanKind.PROBE)
            if trial and painter.fontMetrics().horizontalAdvance(text) > pill.width() - 8:
                text = words.whole(span.number)
            if painter.fontMetrics().horizontalAdvance(text) <= pill.width() - 6:
                painter.setPen(t.ink2)
                painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _draw_lines(self, painter: QPainter, time: TimeScale, band: QRectF) -> None:
        n = len(self._lines)
        if not n:
            return
        half = band.height() / 2 - 1
        middle = band.center().y()
        width = time.width / n
        lines = [
            QLineF(x, middle - high * half, x, middle - low * half + 0.5)
            for i, (low, high) in enumerate(self._lines)
            if low <= high
            for x in (time.left + (i + 0.5) * width,)
        ]
        raw = theme.mixed(theme.tokens().raw, theme.tokens().surface, 0.75)
        painter.setPen(QPen(raw, max(1.0, width)))
        painter.drawLines(lines)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab the frame, or move it under the pointer and grab it."""
        if self._review is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        at_s = self.time().s(event.position().x())
        window = self.window_shown
        if not self.frame().contains(event.position()):
            window = Window(at_s - window.seconds / 2, window.seconds)
            self.window_asked.emit(window)
        self._grabbed_s = at_s - window.first_s

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the frame."""
        if self._grabbed_s is not None:
            first_s = self.time().s(event.position().x()) - self._grabbed_s
            self.window_asked.emit(Window(first_s, self.window_shown.seconds))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        self._grabbed_s = None

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in a new look."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.updateGeometry()
            self.update()
