"""The days of this week: what was done, and that a day off is part of the plan."""

from __future__ import annotations

import datetime as dt
import math

from PySide6.QtCore import QCoreApplication, QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.home.adherence import Day, Week
from emgfeedback.ui import theme
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_SLOT_PX, _DISC_PX, _NAME_PX = 97.0, 44.0, 16.0


class WeekRow(FollowsLook, QWidget):
    """Seven discs, Monday first: a tick, a moon, a dot for today, a dashed ring ahead."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._week: Week | None = None
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_week(self, week: Week) -> None:
        """Show a week; the same in words for a screen reader."""
        self._week = week
        self.setAccessibleName(self.tr("This week"))
        self.setAccessibleDescription(week_words(week))
        self.update()

    def fit(self, scale: float) -> None:
        """Fit the page's scale."""
        self._scale = scale * theme.text_factor() ** 0.5
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of seven days."""
        return QSize(round(7 * _SLOT_PX * self._scale), round(88 * self._scale))

    def minimumSizeHint(self) -> QSize:
        """Return the height; the row may grow narrower."""
        return QSize(round(7 * 60 * self._scale), round(88 * self._scale))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the days."""
        del event
        if self._week is None:
            return
        painter = smooth_painter(self)
        slot = min(_SLOT_PX * self._scale, self.width() / 7)
        left = (self.width() - 7 * slot) / 2
        for i, day in enumerate(self._week.days):
            self._draw_day(painter, left + (i + 0.5) * slot, slot, i, day)
        painter.end()

    def _draw_day(self, painter: QPainter, x: float, slot: float, i: int, day: Day) -> None:
        t = theme.tokens()
        today = day is Day.TODAY
        painter.setFont(theme.sized_font(_NAME_PX * self._scale, 700 if today else 500))
        painter.setPen(t.ink if today else t.ink2)
        name = QLocale().dayName(i + 1, QLocale.FormatType.ShortFormat)
        head = QRectF(x - slot / 2, 0, slot, 28 * self._scale)
        painter.drawText(head, Qt.AlignmentFlag.AlignCenter, name)
        r = _DISC_PX / 2 * self._scale
        middle = QPointF(x, 32 * self._scale + r + 4)
        line = 2.0 * self._scale
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if day is Day.PRACTISED:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(t.accent)
            painter.drawEllipse(middle, r, r)
            _draw_tick(painter, middle, r)
        elif today:
            painter.setPen(QPen(t.accent, 2 * line))
            painter.setBrush(t.surface)
            painter.drawEllipse(middle, r, r)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(t.accent)
            painter.drawEllipse(middle, r / 3, r / 3)
        elif day is Day.DAY_OFF:
            painter.setPen(QPen(t.edge, line))
            painter.drawEllipse(middle, r, r)
            _draw_moon(painter, middle, r)
        else:
            painter.setPen(QPen(t.edge, line, Qt.PenStyle.DashLine))
            painter.drawEllipse(middle, r, r)


def week_words(week: Week) -> str:
    """Return one sentence that never blames."""
    counts = {
        0: QCoreApplication.translate("Kit", "A new week. Any day is a good day to begin."),
        1: QCoreApplication.translate("Kit", "One day this week. A day off is part of the plan."),
        2: QCoreApplication.translate("Kit", "Two days this week. A day off is part of the plan."),
        3: QCoreApplication.translate(
            "Kit", "Three days this week. A day off is part of the plan."
        ),
        4: QCoreApplication.translate("Kit", "Four days this week. A day off is part of the plan."),
        5: QCoreApplication.translate("Kit", "Five days this week. Well kept."),
        6: QCoreApplication.translate("Kit", "Six days this week. A day off is welcome too."),
        7: QCoreApplication.translate("Kit", "Every day this week. A day off is welcome too."),
    }
    return counts[week.practised]


def greeting(name: str, now: dt.datetime) -> str:
    """Return a greeting for the time of day, with the name where there is one."""
    part = min(now.hour // 6, 3)
    said = (
        QCoreApplication.translate("Kit", "Good evening"),
        QCoreApplication.translate("Kit", "Good morning"),
        QCoreApplication.translate("Kit", "Good afternoon"),
        QCoreApplication.translate("Kit", "Good evening"),
    )[part]
    if not name:
        return said
    with_name = QCoreApplication.translate("Kit", "%1, %2")
    return with_name.replace("%1", said).replace("%2", name)


def _draw_tick(painter: QPainter, middle: QPointF, r: float) -> None:
    pen = QPen(theme.tokens().onaccent, r * 0.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(middle + QPointF(-0.42 * r, 0.02 * r))
    path.lineTo(middle + QPointF(-0.1 * r, 0.34 * r))
    path.lineTo(middle + QPointF(0.45 * r, -0.32 * r))
    painter.drawPath(path)


def _draw_moon(painter: QPainter, middle: QPointF, r: float) -> None:
    """Draw a crescent: a disc less another disc."""
    whole, bite = QPainterPath(), QPainterPath()
    size = 0.4 * r
    whole.addEllipse(middle, size, size)
    away = QPointF(math.cos(-0.7), math.sin(-0.7)) * 0.6 * size
    bite.addEllipse(middle + away, 0.85 * size, 0.85 * size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.tokens().ink3)
    painter.drawPath(whole.subtracted(bite))
