"""The last weeks of check-ins: a row for each question, a mark for each day that was entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.people.values import CheckIn
from emgfeedback.ui import theme
from emgfeedback.ui.checkin import checkin_words
from emgfeedback.ui.checkin.chips import TICK
from emgfeedback.ui.checkin.paper_slider import HIGHEST, LARGE
from emgfeedback.ui.person import person_words
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_ROW_PX, _NAME_PX, _FOOT_PX = 34, 92, 22
_WEEK = 7


class DaysChart(FollowsLook, QWidget):
    """Small rows of marks; days without an entry are blank, not low.

    Left and Right choose a day, as the mouse does.

    Signals
    -------
    chosen
        The check-in of the day chosen, or None for a blank day.
    """

    chosen = Signal(object)

    def __init__(self, n_days: int, *, large: bool = False) -> None:
        super().__init__()
        self.n_days = n_days
        self.entries: dict[dt.date, CheckIn] = {}
        self.today: dt.date | None = None
        self.at = n_days - 1
        self._scale = LARGE if large else 1.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The last days"))

    def show_days(self, entries: Sequence[CheckIn], today: dt.date) -> None:
        """Show the entries of the days up to `today`."""
        self.today = today
        self.entries = {entry.on: entry for entry in reversed(entries)}
        inside = [self.entries[day] for day in self.days if day in self.entries]
        self.setAccessibleDescription(". ".join(checkin_words.day_told(e) for e in inside))
        self.update()

    @property
    def days(self) -> list[dt.date]:
        """The days shown, oldest first; none before there was an answer."""
        if self.today is None:
            return []
        return [self.today - dt.timedelta(days=n) for n in reversed(range(self.n_days))]

    def choose(self, place: int) -> None:
        """Put the choice on a day."""
        if self.today is None:
            return
        self.at = min(max(0, place), self.n_days - 1)
        self.chosen.emit(self.entries.get(self.days[self.at]))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the choice."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self.at + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the day under the mouse."""
        left, step = self._columns()
        self.choose(int((event.position().x() - left) // step))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the day chosen."""
        super().focusInEvent(event)
        self.choose(self.at)

    def sizeHint(self) -> QSize:
        """Return room for the four questions."""
        rows = len(checkin_words.QUESTIONS)
        return QSize(theme.px(320), round(self._px(rows * _ROW_PX + 2 * _FOOT_PX)))

    def _px(self, length: float) -> float:
        return theme.px(length * self._scale)

    def _columns(self) -> tuple[float, float]:
        left = self._px(_NAME_PX)
        return left, (self.width() - left) / self.n_days

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw rows, marks and dates."""
        del event
        if self.today is None:
            return
        t = theme.tokens()
        painter = smooth_painter(self)
        small = theme.sized_font(11.5 * self._scale, 400)
        painter.setFont(small)
        left, step = self._columns()
        high = self._px(_ROW_PX)
        if self.hasFocus():
            painter.setPen(QPen(t.focus, 1.6))
            tall = len(checkin_words.QUESTIONS) * high + self._px(_FOOT_PX)
            painter.drawRoundedRect(QRectF(left + self.at * step, 1, step, tall), 4, 4)
        for row, key in enumerate(checkin_words.QUESTIONS):
            top = row * high
            painter.setPen(t.ink2)
            name = QRectF(0, top, left - 8, high)
            painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, checkin_words.short_question(key))
            painter.setPen(QPen(t.grid, 1))
            painter.drawLine(QPointF(left, top + high - 3), QPointF(self.width(), top + high - 3))
            self._draw_marks(painter, key, QRectF(left, top + 4, step, high - 7))
        self._draw_practice(painter, left, step)
        self._draw_dates(painter, left, step)
        painter.end()

    def _draw_marks(self, painter: QPainter, key: str, first: QRectF) -> None:
        t = theme.tokens()
        radius = min(self._px(3.4), first.width() * 0.4)
        places: list[QPointF | None] = []
        for place, day in enumerate(self.days):
            entry = self.entries.get(day)
            given = getattr(entry, key) if entry is not None else None
            if given is None:
                places.append(None)
                continue
            share = given / HIGHEST * (first.height() - 2 * radius)
            x = first.left() + (place + 0.5) * first.width()
            places.append(QPointF(x, first.bottom() - radius - share))
        painter.setPen(QPen(theme.mixed(t.accent, t.surface, 0.6), 1.4))
        for before, at in pairwise(places):
            if before is not None and at is not None:
                painter.drawLine(before, at)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.accent)
        for at in places:
            if at is not None:
                painter.drawEllipse(at, radius, radius)

    def _draw_practice(self, painter: QPainter, left: float, step: float) -> None:
        top = len(checkin_words.QUESTIONS) * self._px(_ROW_PX)
        high = self._px(_FOOT_PX)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.tokens().ink2)
        painter.drawText(QRectF(0, top, left - 8, high), middle, self.tr("Practice"))
        painter.setPen(theme.tokens().accent)
        for place, day in enumerate(self.days):
            entry = self.entries.get(day)
            if entry is not None and entry.practised:
                box = QRectF(left + place * step - 6, top, step + 12, high)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, TICK)

    def _draw_dates(self, painter: QPainter, left: float, step: float) -> None:
        painter.setPen(theme.tokens().ink3)
        top = len(checkin_words.QUESTIONS) * self._px(_ROW_PX) + self._px(_FOOT_PX)
        for place in range(self.n_days - 1, -1, -_WEEK):
            x = left + (place + 1) * step
            box = QRectF(x - self._px(80), top, self._px(80), self._px(_FOOT_PX))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, right, person_words.short_day(self.days[place]))
