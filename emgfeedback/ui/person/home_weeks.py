"""Practice at home week by week: as many filled cells as days, with the number over them."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.home.adherence import WEEK, Adherence
from emgfeedback.home.plan_file import HomePlan
from emgfeedback.ui import theme, words
from emgfeedback.ui.person.home_words import weeks_in_words
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_WIDEST_PX, _CELL_PX, _GAP_PX, _LINE_PX = 44, 9, 3, 18


class HomeWeeks(FollowsLook, QWidget):
    """One column a week of the plan: a filled cell for each day practised, edges to the wish."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._weeks: tuple[int, ...] = ()
        self._n_weeks, self._wished = 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Days of practice in each week"))

    def show_weeks(self, plan: HomePlan, adherence: Adherence) -> None:
        """Show the weeks of a plan; the same in words for a screen reader."""
        self._weeks, self._wished = adherence.weeks, plan.days_per_week
        self._n_weeks = math.ceil(((plan.last_day - plan.first_day).days + 1) / WEEK)
        self.setAccessibleDescription(weeks_in_words(adherence, plan.days_per_week))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of a column of seven days, its number and its week."""
        height = 2 * theme.px(_LINE_PX) + WEEK * theme.px(_CELL_PX + _GAP_PX)
        return QSize(theme.px(200), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the columns."""
        del event
        if not self._n_weeks:
            return
        painter = smooth_painter(self)
        step = min(theme.px(_WIDEST_PX), self.width() / self._n_weeks)
        for place in range(self._n_weeks):
            self._draw_week(painter, place, step)
        painter.end()

    def _draw_week(self, painter: QPainter, place: int, step: float) -> None:
        t = theme.tokens()
        begun, latest = place < len(self._weeks), place == len(self._weeks) - 1
        days = self._weeks[place] if begun else 0
        line, cell = theme.px(_LINE_PX), theme.px(_CELL_PX)
        below = self.height() - line
        wide = min(step - theme.px(_GAP_PX), 0.7 * theme.px(_WIDEST_PX))
        left = place * step + (step - wide) / 2
        for day in range(max(days, self._wished)):
            y = below - (day + 1) * theme.px(_CELL_PX + _GAP_PX)
            filled = day < days
            dashed = Qt.PenStyle.SolidLine if begun else Qt.PenStyle.DotLine
            painter.setPen(Qt.PenStyle.NoPen if filled else QPen(t.edge, 1, dashed))
            painter.setBrush(t.accent if filled else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(left, y, wide, cell), 2, 2)
        middle = Qt.AlignmentFlag.AlignCenter
        painter.setFont(theme.font("caption_strong" if latest else "caption"))
        painter.setPen(t.ink if latest else t.ink2)
        painter.drawText(QRectF(place * step, below, step, line), middle, words.whole(place + 1))
        if begun:
            painter.setFont(theme.font("caption_strong"))
            painter.setPen(t.ink)
            top = below - max(days, self._wished) * theme.px(_CELL_PX + _GAP_PX) - line
            painter.drawText(QRectF(place * step, top, step, line), middle, words.whole(days))
