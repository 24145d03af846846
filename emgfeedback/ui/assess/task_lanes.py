"""Lanes with the tasks above them and the edges of one task's holds to move."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from emgfeedback.review.views import Review
from emgfeedback.ui import theme
from emgfeedback.ui.assess import task_bars
from emgfeedback.ui.assess.edge_handle import WIDTH_PX, EdgeHandle
from emgfeedback.ui.assess.edges import END, START, EdgeKey, Hold
from emgfeedback.ui.review.lanes import Lanes
from emgfeedback.ui.review.lanes_painting import Rows
from emgfeedback.ui.review.time_axis import TimeScale, Window

_GRAB_PX = 7
_DRAG_PX = 3
_AWAY_PX = -1000
"""Where the handle of an edge that cannot be seen waits: out of sight, in reach of Tab."""


class TaskLanes(Lanes):
    """The lanes of the review; the mouse moves edges, chooses tasks and pans.

    Signals
    -------
    task_asked
        Key of the task whose bar was pressed.
    edge_taken, edge_left
        An `EdgeKey` that is in hand; it was let go.
    edge_dragged
        An `EdgeKey` and where the mouse wants it, seconds.
    edge_stepped
        An `EdgeKey` and by how much the keyboard moves it, seconds.
    edge_settled, edge_given_up, back_asked
        An `EdgeKey` to keep where it is; to leave where it was; to put back where it was marked.
    """

    UPPER_ROW_PX = 46
    task_asked = Signal(str)
    edge_taken = Signal(object)
    edge_left = Signal(object)
    edge_dragged = Signal(object, float)
    edge_stepped = Signal(object, float)
    edge_settled = Signal(object)
    edge_given_up = Signal(object)
    back_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row_name = self.tr("Tasks")
        self.handles: list[EdgeHandle] = []
        self.may_move = True
        self._holds: tuple[Hold, ...] = ()
        self._task = ""
        self._active: EdgeKey | None = None
        self._ghost_s: float | None = None
        self._marked_s: tuple[float, ...] = ()
        self._grabbed: tuple[EdgeKey, float] | None = None
        self._moving = False
        self._panned: tuple[float, Window] | None = None
        self.setAccessibleName(self.tr("Traces with the tasks above them"))

    # What is shown

    def show_holds(
        self,
        holds: tuple[Hold, ...],
        task: str,
        active: EdgeKey | None = None,
        ghost_s: float | None = None,
        marked_s: Sequence[float] = (),
    ) -> None:
        """Show all holds, handles on those of `task`, and where the edge in hand stood before.

        `marked_s` tells where the marks put edges of `task` that were moved.
        """
        self._holds, self._task, self._marked_s = holds, task, tuple(marked_s)
        self._active, self._ghost_s = active, ghost_s
        mine = self._mine() if self.may_move else ()
        edges = [(hold, edge) for hold in mine for edge in (START, END)]
        while len(self.handles) < len(edges):
            self._add_handle()
        for handle, (hold, edge) in zip(self.handles, edges, strict=False):
            handle.show_edge(hold, edge)
            handle.moving = ghost_s is not None and handle.key == active
            handle.show()
        for handle in self.handles[len(edges) :]:
            handle.hide()
        self._place_handles()
        self.update()

    def show_window(self, window: Window) -> None:
        """Move to `window`, handles with it."""
        super().show_window(window)
        self._place_handles()

    def too_narrow(self, hold: Hold) -> bool:
        """Return whether a hold is drawn too narrow for its edges to be told apart."""
        time = self.time()
        return time.x(hold.end_s) - time.x(hold.start_s) < theme.px(WIDTH_PX)

    def handle_of(self, key: EdgeKey) -> EdgeHandle | None:
        """Return the handle of an edge of the task shown."""
        return next((h for h in self.handles if h.key == key and not h.isHidden()), None)

    def _mine(self) -> tuple[Hold, ...]:
        return tuple(hold for hold in self._holds if hold.task == self._task)

    def _add_handle(self) -> None:
        handle = EdgeHandle(self)
        before = self.handles[-1] if self.handles else self
        self.handles.append(handle)
        QWidget.setTabOrder(before, handle)
        handle.taken.connect(lambda: self.edge_taken.emit(handle.key))
        handle.left.connect(lambda: self.edge_left.emit(handle.key))
        handle.stepped.connect(lambda step_s: self.edge_stepped.emit(handle.key, step_s))
        handle.settled.connect(lambda: self.edge_settled.emit(handle.key))
        handle.given_up.connect(lambda: self.edge_given_up.emit(handle.key))
        handle.put_back.connect(lambda: self.back_asked.emit(handle.key))

    def _place_handles(self) -> None:
        time, row, width = self.time(), self.rows().spans, theme.px(WIDTH_PX)
        places = {EdgeKey(h.task, h.repeat, e): (h, e) for h in self._mine() for e in (START, END)}
        for handle in self.handles:
            if handle.key not in places or handle.isHidden():
                continue
            hold, edge = places[handle.key]
            x = round(time.x(hold.at(edge)))
            left = x - width if edge == START else x
            outside = not time.left - 1 <= x <= time.left + time.width + 1
            if outside or self.too_narrow(hold):
                left = _AWAY_PX
            handle.setGeometry(left, round(row.top()), width, round(row.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the handles anew."""
        super().resizeEvent(event)
        self._place_handles()

    # Painting

    def draw_stretches(
        self, painter: QPainter, rows: Rows, time: TimeScale, review: Review
    ) -> None:
        """Draw the tasks in place of the trials."""
        del review
        task_bars.draw_bars(painter, rows.spans, time, self._holds, self._task)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lanes, then the edges over them."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        task_bars.draw_edges(
            painter,
            self.rows(),
            self.time(),
            self._mine(),
            self._active,
            self._ghost_s,
            self._marked_s,
        )
        painter.end()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take an edge, choose a task, or begin to pan."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at = event.position()
        key = self._edge_at(at)
        if key is not None:
            handle = self.handle_of(key)
            if handle is not None:
                handle.setFocus(Qt.FocusReason.MouseFocusReason)
            self._grabbed, self._moving = (key, at.x() - self._x_of(key)), False
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        hold = self._bar_at(at)
        if hold is not None:
            self.task_asked.emit(hold.task)
        elif at.x() >= self.time().left:
            self._panned = (at.x(), self.window_shown)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the edge, or pan."""
        at = event.position()
        if self._grabbed is not None:
            key, beside = self._grabbed
            x = at.x() - beside
            self._moving = self._moving or abs(x - self._x_of(key)) >= _DRAG_PX
            if self._moving:
                self.edge_dragged.emit(key, self.time().s(x))
        elif self._panned is not None:
            x, window = self._panned
            share = (x - at.x()) / max(1.0, self.time().width)
            self.window_asked.emit(window.moved(share))
        else:
            near = self._edge_at(at) is not None
            shape = Qt.CursorShape
            self.setCursor(shape.SplitHCursor if near else shape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: an edge that moved is kept."""
        del event
        if self._grabbed is not None and self._moving:
            self.edge_settled.emit(self._grabbed[0])
        if self._panned is not None:
            self.setCursor(Qt.CursorShape.ArrowCursor)
        self._grabbed, self._panned, self._moving = None, None, False

    def _x_of(self, key: EdgeKey) -> float:
        places = {(hold.repeat, e): hold.at(e) for hold in self._mine() for e in (START, END)}
        return self.time().x(places[key.repeat, key.edge])

    def _edge_at(self, at: QPointF) -> EdgeKey | None:
        """Return the edge whose line, or whose handle, is under the pointer."""
        rows = self.rows()
        if not self.may_move or not rows.spans.top() <= at.y() <= rows.plot.bottom():
            return None
        near: list[tuple[float, EdgeKey]] = []
        for hold in self._mine():
            for edge in () if self.too_narrow(hold) else (START, END):
                key = EdgeKey(hold.task, hold.repeat, edge)
                handle = self.handle_of(key)
                on_it = handle is not None and handle.geometry().contains(at.toPoint())
                away = 0.0 if on_it else abs(self._x_of(key) - at.x())
                if away <= _GRAB_PX:
                    near.append((away, key))
        return min(near, key=lambda pair: pair[0])[1] if near else None

    def _bar_at(self, at: QPointF) -> Hold | None:
        time, row = self.time(), self.rows().spans
        if not row.contains(at) or at.x() < time.left:
            return None
        at_s = time.s(at.x())
        return next((hold for hold in self._holds if hold.from_s <= at_s <= hold.to_s), None)
