"""The lanes: every channel of the window, what was annotated, what is left out, two cursors."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.review.spans import LeftOut
from emgfeedback.review.views import Review, WindowView
from emgfeedback.ui import theme
from emgfeedback.ui.review import lanes_painting as painting
from emgfeedback.ui.review.lanes_raster import LaneColours, LaneImage, LaneLayout, Shown
from emgfeedback.ui.review.time_axis import TimeScale, Window
from emgfeedback.ui.scales import DEFAULT_SCALE_UV
from emgfeedback.ui.widgets.marks import side_colour

_NAMES_PX = 124
_ROW_PX = 28
_LEAST_LANE_PX = 52
_AXIS_PX = 42
_GRAB_PX = 7
_DRAG_PX = 5
_ZOOM_STEP = 1.25


class Lanes(QWidget):
    """Draws a window of a recording; the mouse sets cursors, pans and zooms.

    Signals
    -------
    window_asked
        A `Window` to show.
    cursor_asked
        `A` or `B`, and where, seconds.
    span_asked
        The span left out that was pressed, or None.
    key_pressed
        A key event; the page knows what it is for, before the scroll area takes it.
    """

    UPPER_ROW_PX = _ROW_PX
    """Height of the row of stretches at normal text size."""
    window_asked = Signal(object)
    cursor_asked = Signal(str, float)
    span_asked = Signal(object)
    key_pressed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._review: Review | None = None
        self._view: WindowView | None = None
        self._image: LaneImage | None = None
        self._gaps_s: list[tuple[float, float]] = []
        self._chips: list[tuple[QRectF, LeftOut]] = []
        self._drag = ""
        self._pressed = QPointF()
        self.window_shown = Window(0.0, 1.0)
        self.cursors_s: dict[str, float | None] = {"A": None, "B": None}
        self.left_out: tuple[LeftOut, ...] = ()
        self.chosen: LeftOut | None = None
        self.shown = Shown()
        self.scale_uv = DEFAULT_SCALE_UV
        self.row_name = self.tr("Trials")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Traces of the recording, one lane a muscle"))

    # What is shown

    def show_recording(self, review: Review) -> None:
        """Begin anew with `review`."""
        self._review, self._view, self._image = review, None, None
        recording = review.recording
        self._gaps_s = [
            (
                gap.first_sample / recording.fs_hz,
                (gap.first_sample + gap.n_samples) / recording.fs_hz,
            )
            for gap in recording.gaps
        ]
        self.cursors_s = {"A": None, "B": None}
        self.left_out, self.chosen = (), None
        self.setMinimumHeight(self.minimumSizeHint().height())
        self.update()

    def show_view(self, view: WindowView) -> None:
        """Draw what the desk has found for a window."""
        self._view = view
        self.redraw()

    def show_window(self, window: Window) -> None:
        """Move to `window`; until its own picture comes the old one stands in."""
        self.window_shown = window
        self.update()

    def redraw(self) -> None:
        """Draw the last view anew, as after a change of scale or look."""
        self._image = None
        if self._view is not None and self._review is not None and self.plot_px() > 0:
            self._image = LaneImage(self._view, self._layout(), self.shown, self._colours())
        self.update()

    def plot_px(self) -> int:
        """Return the width of the traces in device pixels."""
        return max(0, int(self.time().width * self.devicePixelRatioF()))

    def time(self) -> TimeScale:
        """Return where time lies."""
        left = float(theme.px(_NAMES_PX))
        return TimeScale(self.window_shown, left, max(0.0, self.width() - left - 10))

    def rows(self) -> painting.Rows:
        """Return where everything lies from top to bottom."""
        n = max(1, len(self._review.recording.channels) if self._review else 1)
        row, axis = float(theme.px(_ROW_PX)), float(theme.px(_AXIS_PX))
        upper, width = float(theme.px(self.UPPER_ROW_PX)), float(self.width())
        top = 4 + upper + row
        edges = self._edges(top, self.height() - axis, n)
        return painting.Rows(
            QRectF(0, 4, width, upper),
            QRectF(0, 4 + upper, width, row),
            tuple(QRectF(0, a, width, b - a) for a, b in itertools.pairwise(edges)),
            QRectF(0, self.height() - axis, width, axis),
        )

    @staticmethod
    def _edges(top: float, bottom: float, n: int) -> list[float]:
        return [top + i * max(0.0, bottom - top) / n for i in range(n + 1)]

    def _layout(self) -> LaneLayout:
        ratio = self.devicePixelRatioF()
        lanes = self.rows().lanes
        top = lanes[0].top()
        edges = [round((lane.top() - top) * ratio) for lane in lanes]
        edges.append(round((lanes[-1].bottom() - top) * ratio))
        assert self._view is not None
        time = TimeScale(Window(self._view.first_s, self._view.seconds), 0.0, float(self.plot_px()))
        grid = [int(time.x(at_s)) for at_s in time.ticks()[1]]
        return LaneLayout(
            width=self.plot_px(),
            edges=tuple(edges),
            foot=round((painting.QUALITY_PX + 3) * ratio),
            line=2.0 * ratio,
            scale_uv=self.scale_uv,
            grid=tuple(x for x in grid if 0 <= x < self.plot_px()),
        )

    def _colours(self) -> LaneColours:
        t = theme.tokens()
        assert self._review is not None
        return LaneColours(
            ground=t.surface,
            grid=t.grid,
            edge=t.line,
            raw=theme.mixed(t.raw, t.surface, 0.65),
            filtered=theme.mixed(t.ink2, t.surface, 0.85),
            clip=t.ink,
            lines=tuple(side_colour(c.side) for c in self._review.recording.channels),
        )

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture where its time lies now, then what lies above it."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.tokens().surface)
        if self._review is None:
            return
        rows, time = self.rows(), self.time()
        self._draw_image(painter, rows, time)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painting.draw_gaps(painter, rows, time, self._gaps_s)
        view = self._view
        if view is not None:
            for lane, runs in zip(rows.lanes, view.quality, strict=True):
                painting.draw_quality(painter, lane, time, runs)
        self.draw_stretches(painter, rows, time, self._review)
        painting.draw_moments(painter, rows.moments, time, self._review.moments)
        self._chips = painting.draw_left_out(painter, rows, time, self.left_out, self.chosen)
        painting.draw_cursors(painter, rows, time, self.cursors_s)
        painting.draw_axis(painter, rows.axis, time)
        channels = self._review.recording.channels
        painting.draw_names(painter, rows, channels, self.scale_uv, time.left, self.row_name)

    def draw_stretches(
        self, painter: QPainter, rows: painting.Rows, time: TimeScale, review: Review
    ) -> None:
        """Draw what the upper row shows."""
        painting.draw_spans(painter, rows.spans, time, review.spans)

    def _draw_image(self, painter: QPainter, rows: painting.Rows, time: TimeScale) -> None:
        made = self._image
        if made is None:
            return
        plot = QRectF(time.left, rows.plot.top(), time.width, rows.plot.height())
        left, right = time.x(made.first_s), time.x(made.first_s + made.seconds)
        painter.save()
        painter.setClipRect(plot)
        size = made.image.size()
        source = QRectF(0, 0, size.width(), size.height())
        painter.drawImage(QRectF(left, plot.top(), right - left, plot.height()), made.image, source)
        painter.restore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for as many columns as there are now; draw what there is meanwhile."""
        super().resizeEvent(event)
        self.redraw()
        self.window_asked.emit(self.window_shown)

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in a new look."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.setMinimumHeight(self.minimumSizeHint().height())
            self.redraw()

    def minimumSizeHint(self) -> QSize:
        """Return room for every lane at its least height."""
        n = len(self._review.recording.channels) if self._review is not None else 1
        around = self.UPPER_ROW_PX + _ROW_PX + _AXIS_PX
        height = 4 + theme.px(around) + n * theme.px(_LEAST_LANE_PX)
        return QSize(theme.px(_NAMES_PX) + 200, height)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab a cursor, choose a span left out, or begin to draw A to B."""
        if self._review is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        at = event.position()
        chip = next((span for place, span in self._chips if place.contains(at)), None)
        self.span_asked.emit(chip)
        self._pressed = at
        self._drag = "" if chip is not None else (self._cursor_near(at.x()) or "new")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag a cursor; draw A to B."""
        x = event.position().x()
        if self._drag == "new" and abs(x - self._pressed.x()) >= _DRAG_PX:
            self.cursor_asked.emit("A", self._within(self._pressed.x()))
            self._drag = "B"
        if self._drag in ("A", "B"):
            self.cursor_asked.emit(self._drag, self._within(x))
        near = self._drag in ("A", "B") or self._cursor_near(x)
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        self._drag = ""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; sideways, or with Shift, pan."""
        turned = event.angleDelta()
        sideways = turned.x() or (
            turned.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        )
        if sideways:
            self.window_asked.emit(self.window_shown.moved(-sideways / 120 * 0.1))
        elif turned.y():
            at_s = self._within(event.position().x())
            factor = _ZOOM_STEP ** (-turned.y() / 120)
            self.window_asked.emit(self.window_shown.zoomed(factor, at_s))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand keys to the page."""
        self.key_pressed.emit(event)

    def _within(self, x: float) -> float:
        time = self.time()
        return time.s(min(max(x, time.left), time.left + time.width))

    def _cursor_near(self, x: float) -> str:
        time = self.time()
        near = [
            (abs(time.x(at_s) - x), name)
            for name, at_s in self.cursors_s.items()
            if at_s is not None and abs(time.x(at_s) - x) <= _GRAB_PX
        ]
        return min(near)[1] if near else ""

    def pointed_s(self) -> float:
        """Return the time under the pointer, or in the middle where it is elsewhere."""
        at = self.mapFromGlobal(self.cursor().pos())
        time = self.time()
        if self.rect().contains(at) and self.underMouse() and at.x() >= time.left:
            return self._within(float(at.x()))
        return self.window_shown.first_s + self.window_shown.seconds / 2
