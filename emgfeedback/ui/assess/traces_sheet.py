"""The traces of a recording before injections, task by task, with edges that can be moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.measures.heart_ways import heart_way
from emgfeedback.people.values import Session
from emgfeedback.review.spans import load_left_out
from emgfeedback.ui import words
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.assess.edge_editing import EdgeEditing
from emgfeedback.ui.assess.edges import EdgeKey
from emgfeedback.ui.assess.task_lanes import TaskLanes
from emgfeedback.ui.assess.traces_bars import EdgeBar, TaskBar, first_scale_uv
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.review import review_words
from emgfeedback.ui.review.looking import OpenRecording
from emgfeedback.ui.review.review_desk import News, ReviewDesk, Wish
from emgfeedback.ui.review.side_panel import fitting_scale_uv
from emgfeedback.ui.review.time_axis import Window
from emgfeedback.ui.session.parts import words_label
from emgfeedback.ui.widgets.banner import Banner

_BUSY_MS, _CALM_MS = 16, 120
_MARGIN = 0.06
_PAN_SHARE, _ZOOM = 0.1, 1.5
_K = Qt.Key


class TracesSheet(QWidget):
    """A recording as it was measured; edges moved are kept in the register, and can be undone.

    Parameters
    ----------
    asking
        Asks the desk.

    Attributes
    ----------
    editing
        The holds and the edge in hand; None while no recording is shown.
    task
        Key of the task whose edges have handles.

    Signals
    -------
    changed
        An edge was moved, put back or undone in the register: measure anew.
    """

    changed = Signal()

    def __init__(self, asking: Asking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asking = asking
        self._desk: ReviewDesk | None = None
        self._asked: OpenRecording | None = None
        self._assessment: Mapping[str, Any] = {}
        self.editing: EdgeEditing | None = None
        self.task = ""
        self._opened = self._scaled = False
        self._filters_of, self._not_kept = "", self.tr("The edge was not kept")
        self.window_shown = Window(0.0, 1.0)
        self.setAccessibleName(self.tr("Traces of the tasks"))
        self.lanes = TaskLanes()
        self.task_bar, self.edge_bar = TaskBar(), EdgeBar()
        self.facts = words_label("", "second", "second")
        self.banner = Banner()
        self._lay_out()
        self._connect()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.poll)

    def _lay_out(self) -> None:
        plot = QFrame()
        plot.setProperty("kind", "card")
        inside = QVBoxLayout(plot)
        inside.setContentsMargins(2, 6, 2, 6)
        inside.addWidget(self._scrolled())
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(8)
        for part in (self.task_bar, self.edge_bar, self.banner):
            page.addWidget(part)
        page.addWidget(plot, 1)
        page.addWidget(self.facts)

    def _scrolled(self) -> QScrollArea:
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.lanes)
        return area

    def _connect(self) -> None:
        lanes = self.lanes
        lanes.window_asked.connect(self.show_window)
        lanes.key_pressed.connect(self.keyPressEvent)
        lanes.task_asked.connect(self.show_task)
        lanes.edge_taken.connect(self._take)
        lanes.edge_left.connect(lambda key: self._edit(lambda e: e.leave(key)))
        lanes.edge_dragged.connect(lambda key, at_s: self._edit(lambda e: e.move(key, at_s)))
        lanes.edge_stepped.connect(lambda key, step_s: self._edit(lambda e: e.step(key, step_s)))
        lanes.edge_settled.connect(lambda _key: self._edit(EdgeEditing.keep))
        lanes.edge_given_up.connect(lambda _key: self._edit(EdgeEditing.give_up))
        lanes.back_asked.connect(lambda _key: self.put_back())
        self.task_bar.task_asked.connect(self.show_task)
        self.task_bar.step_asked.connect(self.go_to_task)
        self.task_bar.whole_asked.connect(self.show_whole)
        self.task_bar.scale_asked.connect(self._show_scale)
        self.edge_bar.back_asked.connect(self.put_back)
        self.edge_bar.undo_asked.connect(self.undo)
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self.undo)

    # The recording

    def show_assessment(
        self, asked: OpenRecording, session: Session, assessment: Mapping[str, Any]
    ) -> None:
        """Open the recording of a session and show what `assessment` was measured from.

        Parameters
        ----------
        assessment
            As `Assessment.as_dict` gives it.
        """
        self.close_recording()
        self._asked, self._assessment = asked, assessment
        self._desk = ReviewDesk(asked.path, asked.files)
        editing = self.editing = EdgeEditing(self._asking, session, assessment, self)
        editing.shown.connect(self._show_edges)
        editing.changed.connect(self._tell_changed)
        editing.refused.connect(self._tell_not_kept)
        self.task = editing.holds.tasks[0] if editing.holds.tasks else ""
        self._show_edges()
        self._timer.start(_BUSY_MS)

    def show_measured(self, assessment: Mapping[str, Any]) -> None:
        """Take over what was measured anew of the same recording."""
        if self.editing is not None:
            self._assessment = assessment
            self.editing.show_measured(assessment)
            self._use_filters()

    def close_recording(self) -> None:
        """Let go of the recording; an edge in hand is kept first."""
        self._timer.stop()
        editing, self.editing = self.editing, None
        if editing is not None:
            editing.shown.disconnect(self._show_edges)
            editing.refused.disconnect(self._tell_not_kept)
            editing.end()
        desk, self._desk = self._desk, None
        if desk is not None:
            desk.close()
        self._opened = self._scaled = False
        self._filters_of = ""
        self.lanes.show_holds((), "")
        self.banner.show_notice(None)

    def poll(self) -> None:
        """Show what is new; called by the sheet's timer."""
        desk = self._desk
        if desk is None:
            return
        if desk.refused:
            self._timer.stop()
            self._tell("bad", self.tr("The recording cannot be opened"), desk.refused)
        elif desk.review is not None and not self._opened:
            self._opened = True
            self.lanes.show_recording(desk.review)
            self._show_left_out()
            self._use_filters()
            self.show_task(self.task)
        news = desk.news()
        if news is not None:
            self._show_news(news)

    def _show_left_out(self) -> None:
        assert self._asked is not None
        spans = self._asked.left_out
        if spans is None:
            try:
                spans = load_left_out(self._asked.path)
            except EmgFeedbackError as error:
                spans = ()
                self._tell("check", self.tr("What is left out is not known"), str(error))
        self.lanes.left_out = spans

    def _use_filters(self) -> None:
        """Look through the filters it was measured with; others are worked out anew."""
        told = self._assessment
        if self._desk is None or not self._opened or self._filters_of == told["heart_way"]:
            return
        try:
            self._desk.use(heart_way(told["heart_way"]).settings(told["fs_hz"]))
        except EmgFeedbackError as error:
            self._tell("check", self.tr("There is no filtered signal"), str(error))
        self._filters_of = told["heart_way"]

    def _show_news(self, news: News) -> None:
        if news.view is not None:
            self.lanes.show_view(news.view)
        if not self._scaled and news.typical_uv is not None:
            self._scaled = True
            scale_uv = first_scale_uv(self._assessment) or fitting_scale_uv(news.typical_uv)
            self.task_bar.show_scale(scale_uv)
        if news.failed:
            self._tell("bad", self.tr("The recording cannot be read on"), news.failed)
        self._timer.setInterval(_BUSY_MS if news.progress < 1 else _CALM_MS)
        line = self.tr("Line: RMS over 250 ms, %1, the filters it is measured with")
        parts = [line.replace("%1", review_words.short_filter(news.settings))]
        way = heart_way(self._assessment["heart_way"])
        if way.gated or way.subtracted:
            parts.append(self.tr("heartbeats are drawn as they are"))
        if news.progress < 1:
            share = words.number(100 * news.progress, 0)
            parts.append(self.tr("working it out, %1 %").replace("%1", share))
        told = " · ".join([*parts, *filter(None, (news.filter_refused, news.quality_refused))])
        if told != self.facts.text():
            self.facts.setText(told)

    # The window

    def show_window(self, window: Window) -> None:
        """Show `window`, moved or cut into the recording."""
        if self._desk is None or not self._opened:
            return
        self.window_shown = window.within(self._assessment["duration_s"])
        self.lanes.show_window(self.window_shown)
        columns = self.lanes.plot_px()
        if columns:
            first_s, seconds = self.window_shown.first_s, self.window_shown.seconds
            self._desk.ask(Wish(first_s, seconds, columns, filtered=True))
            self._timer.setInterval(_BUSY_MS)

    def show_whole(self) -> None:
        """Show the whole recording."""
        self.show_window(Window(0.0, self._assessment.get("duration_s", 0.0)))

    def show_task(self, task: str) -> None:
        """Show all repeats of a task, with handles on their holds."""
        if self.editing is None:
            return
        self.task = task
        self.editing.take(None)
        self._show_task_window()

    def _show_task_window(self) -> None:
        mine = self.editing.holds.of_task(self.task) if self.editing is not None else ()
        if mine:
            first_s, end_s = min(h.from_s for h in mine), max(h.to_s for h in mine)
            margin_s = _MARGIN * (end_s - first_s)
            self.show_window(Window(first_s - margin_s, end_s - first_s + 2 * margin_s))

    def go_to_task(self, step: int) -> None:
        """Show the next task (1) or the one before (-1)."""
        tasks = self.editing.holds.tasks if self.editing is not None else ()
        if self.task not in tasks or not 0 <= tasks.index(self.task) + step < len(tasks):
            return
        if self.focusWidget() in self.lanes.handles:
            self.lanes.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_task(tasks[tasks.index(self.task) + step])

    def _zoom(self, factor: float) -> None:
        window = self.window_shown
        self.show_window(window.zoomed(factor, window.first_s + window.seconds / 2))

    def _show_scale(self, scale_uv: float) -> None:
        self.lanes.scale_uv = scale_uv
        self.lanes.redraw()

    # Edges

    def put_back(self) -> None:
        """Put the edge in hand back where the marks have it."""
        self._edit(EdgeEditing.put_back)

    def undo(self) -> None:
        """Take back the last change made here."""
        self._edit(EdgeEditing.undo)

    def _edit(self, change: Callable[[EdgeEditing], object]) -> None:
        if self.editing is not None:
            change(self.editing)

    def _take(self, key: EdgeKey) -> None:
        """Have an edge in hand, and in sight."""
        if self.editing is None:
            return
        self.editing.take(key)
        at_s, window = self.editing.holds.at_s(key), self.window_shown
        if self.lanes.too_narrow(self.editing.holds.hold(key)):
            self._show_task_window()
        elif not window.first_s <= at_s <= window.end_s:
            self.show_window(Window(at_s - window.seconds / 2, window.seconds))

    def _show_edges(self) -> None:
        editing = self.editing
        if editing is None:
            return
        self.lanes.may_move = editing.may_change
        marked_s = editing.holds.marks_moved_from(self.task)
        holds, active, ghost_s = editing.shown_holds, editing.active, editing.ghost_s
        self.lanes.show_holds(holds, self.task, active, ghost_s, marked_s)
        self.task_bar.show_tasks(editing.holds, self.task)
        self.edge_bar.show_editing(editing, self.task)

    def _tell_changed(self) -> None:
        if self.banner.notice is not None and self.banner.notice.title == self._not_kept:
            self.banner.show_notice(None)
        self.changed.emit()

    def _tell_not_kept(self, why: str) -> None:
        self._tell("check", self._not_kept, why)

    def _tell(self, kind: str, title: str, why: str) -> None:
        self.banner.show_notice(Notice(kind, title, why))

    # Keys, and coming and going

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key asks for."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shifted = plain == Qt.KeyboardModifier.ShiftModifier
        action = KEYS.get(event.key())
        bare = plain == Qt.KeyboardModifier.NoModifier or (shifted and event.key() == _K.Key_Plus)
        if action is None or not bare:
            event.ignore()
            return
        event.accept()
        action(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the recording while it can be seen."""
        super().showEvent(event)
        if self._desk is not None:
            self._timer.start(_BUSY_MS)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks; an edge in hand is kept."""
        self._timer.stop()
        self._edit(EdgeEditing.keep)
        super().hideEvent(event)


KEYS: dict[int, Callable[[TracesSheet], object]] = {
    _K.Key_PageUp: lambda sheet: sheet.go_to_task(-1),
    _K.Key_PageDown: lambda sheet: sheet.go_to_task(1),
    _K.Key_Left: lambda sheet: sheet.show_window(sheet.window_shown.moved(-_PAN_SHARE)),
    _K.Key_Right: lambda sheet: sheet.show_window(sheet.window_shown.moved(_PAN_SHARE)),
    _K.Key_Up: lambda sheet: sheet.task_bar.change_scale(-1),
    _K.Key_Down: lambda sheet: sheet.task_bar.change_scale(1),
    _K.Key_Plus: lambda sheet: sheet._zoom(1 / _ZOOM),
    _K.Key_Equal: lambda sheet: sheet._zoom(1 / _ZOOM),
    _K.Key_Minus: lambda sheet: sheet._zoom(_ZOOM),
    _K.Key_0: TracesSheet.show_whole,
}
"""What the keys do while the lanes have the focus; handles take Left and Right for their edge."""
