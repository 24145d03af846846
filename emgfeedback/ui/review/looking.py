"""One recording on the sheet: the window in it, the cursors, what is measured and left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, SignalInstance

from emgfeedback.core.errors import EmgFeedbackError, SettingsError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.review.spans import LeftOut, LeftOutList, load_left_out, save_left_out
from emgfeedback.review.views import Review
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.review.measuring import MeasureAnswer, MeasureWish, Measuring
from emgfeedback.ui.review.review_desk import News, ReviewDesk, Wish
from emgfeedback.ui.review.sheet import ReviewSheet
from emgfeedback.ui.review.side_panel import fitting_scale_uv
from emgfeedback.ui.review.time_axis import Window

_MEASURE_AFTER_MS = 250
"""Cursors rest so long before anything is measured."""
_FIRST_SECONDS = 30.0

Keep = Callable[[tuple[LeftOut, ...]], object]


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """What is asked to be opened.

    Attributes
    ----------
    title
        What stands above it; default: the file's name.
    left_out
        Spans left out so far; None: those kept beside the file.
    keep
        Called with the spans after each change; None: they are kept beside the file.
    files
        What opens it.
    """

    path: Path
    title: str = ""
    left_out: tuple[LeftOut, ...] | None = None
    keep: Keep | None = None
    files: Files = PLAIN


class Looking(QObject):
    """Carries what is done on the sheet to the desk, and back.

    Parameters
    ----------
    sheet
        Shows the recording from here on.
    desk
        Has opened it.
    """

    def __init__(
        self, sheet: ReviewSheet, desk: ReviewDesk, review: Review, asked: OpenRecording
    ) -> None:
        super().__init__(sheet)
        self._sheet, self._desk, self._review, self._asked = sheet, desk, review, asked
        self._duration_s = review.recording.duration_s
        self._channels = review.recording.channels
        self._measuring = Measuring()
        self._last_cursor = "A"
        self._scaled = False
        self.busy = True
        """Whether the screen should look for news often."""
        self.window = Window(0.0, min(self._duration_s, _FIRST_SECONDS))
        self._measure_timer = QTimer(self)
        self._measure_timer.setSingleShot(True)
        self._measure_timer.setInterval(_MEASURE_AFTER_MS)
        self._measure_timer.timeout.connect(self._measure)
        sheet.show_recording(review, asked.title or asked.path.name)
        spans, trouble = self._spans_kept()
        self._left_out = LeftOutList(self._duration_s, spans)
        self._connect_parts()
        self._filter_anew()
        self._show_spans(None)
        sheet.panel.left_out.show_trouble(trouble)
        self.show_window(self.window)
        self._measure_soon()

    def _connect_parts(self) -> None:
        sheet, panel = self._sheet, self._sheet.panel
        card, out = panel.show_card, panel.left_out
        self._wires: list[tuple[SignalInstance, Callable[..., object]]] = [
            (sheet.lanes.window_asked, self.show_window),
            (sheet.overview.window_asked, self.show_window),
            (sheet.lanes.cursor_asked, self.set_cursor),
            (sheet.lanes.span_asked, self._show_spans),
            (out.add_asked, self.leave_out),
            (out.undo_asked, self.undo),
            (out.chosen, self._go_to_span),
            (out.named, self._name_span),
            (out.back_asked, self._take_back),
            (card.shown_changed, self._show_other_signals),
            (card.scale_changed, self._show_other_scale),
            (card.filter_changed, self._filter_anew),
            (card.rerun_changed, self._measure_soon),
        ]
        for signal, slot in self._wires:
            signal.connect(slot)

    def _spans_kept(self) -> tuple[tuple[LeftOut, ...], str]:
        if self._asked.left_out is not None:
            return self._asked.left_out, ""
        try:
            return load_left_out(self._asked.path), ""
        except EmgFeedbackError as error:
            return (), str(error)

    def poll(self) -> None:
        """Show what is new."""
        news = self._desk.news()
        if news is not None:
            self._show_news(news)
            self.busy = news.progress < 1 or news.view is not None or self._measuring.busy
        answer = self._measuring.answer()
        if answer is not None and not self._measure_timer.isActive():
            self._show_answer(answer)

    def _show_news(self, news: News) -> None:
        sheet = self._sheet
        if news.overview is not None:
            sheet.overview.show_overview(news.overview)
        if news.view is not None:
            sheet.lanes.show_view(news.view)
        if not self._scaled and news.typical_uv is not None:
            self._scaled = True
            sheet.panel.show_card.show_scale(fitting_scale_uv(news.typical_uv))
            self._show_other_scale()
        sheet.panel.show_card.show_settings(news.settings, news.filter_refused)
        sheet.show_progress(news.progress, news.quality_refused)
        if news.failed:
            title = self.tr("The recording cannot be read on")
            sheet.banner.show_notice(Notice("bad", title, news.failed))

    # The window

    def show_window(self, window: Window) -> None:
        """Show `window`, moved or cut into the recording."""
        self.window = window.within(self._duration_s)
        sheet = self._sheet
        sheet.lanes.show_window(self.window)
        sheet.overview.show_window(self.window)
        columns = sheet.lanes.plot_px()
        if columns:
            shown = sheet.panel.show_card.shown
            filtered = shown.filtered or shown.level
            self._desk.ask(Wish(self.window.first_s, self.window.seconds, columns, filtered))
            self.busy = True

    def zoom(self, factor: float) -> None:
        """Show `factor` times as much; the middle stays."""
        middle_s = self.window.first_s + self.window.seconds / 2
        self.show_window(self.window.zoomed(factor, middle_s))

    def pan(self, share: float) -> None:
        """Show what lies `share` of the window later."""
        self.show_window(self.window.moved(share))

    def go_to_begin(self) -> None:
        """Show the beginning of the recording."""
        self.show_window(Window(0.0, self.window.seconds))

    def go_to_end(self) -> None:
        """Show the end of the recording."""
        self.show_window(Window(self._duration_s, self.window.seconds))

    def show_whole(self) -> None:
        """Show the whole recording."""
        self.show_window(Window(0.0, self._duration_s))

    def scale(self, steps: int) -> None:
        """Let a lane stand for more (1) or less (-1)."""
        scale = self._sheet.panel.show_card.scale
        scale.setCurrentIndex(min(max(0, scale.currentIndex() + steps), scale.count() - 1))

    def _show_other_signals(self) -> None:
        self._sheet.lanes.shown = self._sheet.panel.show_card.shown
        self._sheet.lanes.redraw()
        self.show_window(self.window)

    def _show_other_scale(self) -> None:
        self._sheet.lanes.scale_uv = self._sheet.panel.show_card.scale_uv
        self._sheet.lanes.redraw()

    def _filter_anew(self) -> None:
        settings = self._settings_used()
        if settings is not None:
            self._desk.use(settings)
            self.busy = True
        self._measure_soon()

    def _settings_used(self) -> ChainSettings | None:
        """Return the filters chosen; None where the rate is too low for them."""
        try:
            return self._sheet.panel.show_card.used.settings(self._review.recording.fs_hz)
        except SettingsError:
            return None

    # Cursors and measures

    @property
    def begin_s(self) -> float:
        """Where a replay begins: at the earlier cursor, or with the window."""
        known = [at_s for at_s in self._sheet.lanes.cursors_s.values() if at_s is not None]
        return min(known, default=self.window.first_s)

    def set_cursor(self, name: str, at_s: float) -> None:
        """Set cursor `A` or `B`."""
        self._last_cursor = name
        lanes = self._sheet.lanes
        lanes.cursors_s[name] = min(max(0.0, at_s), self._duration_s)
        lanes.update()
        self._show_spans(lanes.chosen)
        self._measure_soon()

    def set_cursor_here(self, name: str) -> None:
        """Set a cursor under the pointer, or in the middle of the window."""
        self.set_cursor(name, self._sheet.lanes.pointed_s())

    def move_cursor(self, share: float) -> None:
        """Move the cursor last set by `share` of the window."""
        at_s = self._sheet.lanes.cursors_s[self._last_cursor]
        if at_s is None:
            self.set_cursor_here(self._last_cursor)
        else:
            self.set_cursor(self._last_cursor, at_s + share * self.window.seconds)

    def _measure_soon(self) -> None:
        measures = self._sheet.panel.measures
        self._measuring.ask(None)
        if None in self._sheet.lanes.cursors_s.values():
            hint = self.tr("Drag over the traces, or press A and B where the pointer is.")
            measures.show_hint(self._channels, hint)
        else:
            measures.show_hint(self._channels, self.tr("Measuring …"))
            self._measure_timer.start()

    def _measure(self) -> None:
        a, b = self._sheet.lanes.cursors_s["A"], self._sheet.lanes.cursors_s["B"]
        if a is None or b is None:
            return
        settings: list[ChainSettings | None] = [self._settings_used()]
        card = self._sheet.panel.show_card
        if card.rerun_button.isChecked():
            try:
                settings.append(card.other.settings(self._review.recording.fs_hz))
            except SettingsError as error:
                self._sheet.panel.measures.show_hint(self._channels, str(error))
                return
        spans, asked = self._left_out.spans, self._asked
        self._measuring.ask(MeasureWish(asked.path, asked.files, a, b, tuple(settings), spans))
        self.busy = True

    def _show_answer(self, answer: MeasureAnswer) -> None:
        measures = self._sheet.panel.measures
        if answer.refused:
            measures.show_hint(self._channels, answer.refused)
        else:
            measures.show_measured(self._channels, answer.measured, answer.wish.settings)

    # What is left out

    def leave_out(self) -> None:
        """Leave out what lies between A and B, and ask why."""
        a, b = self._sheet.lanes.cursors_s["A"], self._sheet.lanes.cursors_s["B"]
        if a is None or b is None:
            return
        made = self._change(lambda: self._left_out.add(a, b))
        if made is not None:
            card = self._sheet.panel.left_out
            card.reason.clear()
            self._show_spans(made)
            self._sheet.panel.ensureWidgetVisible(card.reason)
            card.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def undo(self) -> None:
        """Take back the last change of what is left out."""
        if self._left_out.can_undo:
            self._change(self._left_out.undo)
            self._show_spans(None)

    def _go_to_span(self, span: LeftOut | None) -> None:
        self._show_spans(span)
        window = self.window
        if span is not None and not window.first_s <= span.start_s <= window.end_s:
            self.show_window(Window(span.start_s - 0.3 * window.seconds, window.seconds))

    def _name_span(self, reason: str) -> None:
        chosen = self._sheet.lanes.chosen
        if chosen is not None and reason.strip() != chosen.reason:
            self._show_spans(self._change(lambda: self._left_out.name(chosen, reason)))

    def _take_back(self) -> None:
        chosen = self._sheet.lanes.chosen
        if chosen is not None:
            self._change(lambda: self._left_out.remove(chosen))
            self._show_spans(None)
            self._sheet.lanes.setFocus(Qt.FocusReason.OtherFocusReason)

    def _change(self, change: Callable[[], LeftOut | None]) -> LeftOut | None:
        """Change what is left out and keep it; say what went wrong."""
        trouble, made = "", None
        try:
            made = change()
            if self._asked.keep is not None:
                self._asked.keep(self._left_out.spans)
            else:
                save_left_out(self._asked.path, self._left_out.spans)
        except EmgFeedbackError as error:
            trouble = str(error)
        self._sheet.panel.left_out.show_trouble(trouble)
        self._measure_soon()
        return made

    def _show_spans(self, chosen: LeftOut | None) -> None:
        sheet, spans = self._sheet, self._left_out.spans
        chosen = chosen if chosen in spans else None
        sheet.lanes.left_out = sheet.overview.left_out = spans
        sheet.lanes.chosen = chosen
        sheet.lanes.update()
        sheet.overview.update()
        both = None not in sheet.lanes.cursors_s.values()
        can_undo = self._left_out.can_undo
        sheet.panel.left_out.show_spans(spans, chosen, can_add=both, can_undo=can_undo)

    def close(self) -> None:
        """Let go of the recording and of the sheet."""
        self._measure_timer.stop()
        self._measuring.ask(None)
        for signal, slot in self._wires:
            signal.disconnect(slot)
        self._sheet.banner.show_notice(None)
        self._desk.close()
        self.deleteLater()
