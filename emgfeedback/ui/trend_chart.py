"""A measure over months: what can be compared is joined, what may be chance is hatched."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.core.montage import Side
from emgfeedback.measures.trend import Trend, TrendPoint, weeks_since
from emgfeedback.ui import icons, theme, words
from emgfeedback.ui.person import person_words
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_POINT_PX = 5.5
_NEAR_PX = 24
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_SHORTEST = dt.timedelta(days=21)


def nice_step(span: float, wanted: int = 4) -> float:
    """Return a round step that divides `span` into about `wanted` parts."""
    rough = max(span, 1e-9) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in _STEPS if step * power >= rough * (1 - 1e-9))


class _Axes:
    """Where days and values lie in the plot."""

    def __init__(self, trend: Trend, marks: Sequence[dt.date], today: dt.date, room: QRectF):
        values = [point.value for point in trend.points]
        if trend.centre is not None and trend.chance is not None:
            values += [trend.centre - trend.chance, trend.centre + trend.chance]
        low = min(0.0, *(point.value for point in trend.points))
        high = max(*values, low + 1e-6)
        self.step = nice_step(high - low)
        self.bottom = math.floor(low / self.step + 1e-9) * self.step
        self.top = math.ceil(high / self.step - 1e-9) * self.step
        days = [*(point.on for point in trend.points), *marks]
        self.first, last = min(days), max(days)
        if trend.cycles and trend.cycles[-1].until >= today:
            last = max(last, today)
        self.last = max(last, self.first + _SHORTEST)
        self.room = room

    def x(self, on: dt.date) -> float:
        """Return the place of a day."""
        share = (on - self.first).days / (self.last - self.first).days
        inner = self.room.adjusted(theme.px(14), 0, -theme.px(18), 0)
        return inner.left() + inner.width() * min(max(share, 0.0), 1.0)

    def y(self, value: float) -> float:
        """Return the place of a value."""
        share = (value - self.bottom) / (self.top - self.bottom)
        return self.room.bottom() - self.room.height() * min(max(share, -0.02), 1.02)


class TrendChart(FollowsLook, QWidget):
    """Draws a `Trend`; Left and Right walk over its points, Enter opens the session of one.

    Signals
    -------
    session_asked
        The id of a point's session.
    """

    session_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trend: Trend | None = None
        self._injections: tuple[dt.date, ...] = ()
        self._side, self._title = Side.MIDLINE, ""
        self._today = dt.date.min
        self._at: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Trend"))

    @property
    def trend(self) -> Trend | None:
        """What is drawn."""
        return self._trend

    def show_trend(
        self, trend: Trend, injections: Sequence[dt.date], side: Side, title: str, today: dt.date
    ) -> None:
        """Draw `trend` of `title`, taken on `side`."""
        self._trend, self._side, self._title, self._today = trend, side, title, today
        self._injections = tuple(sorted(injections))
        self._at = None
        self.setAccessibleName(title)
        self.setAccessibleDescription(person_words.tendency(trend))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of the mock-up."""
        return QSize(theme.px(560), theme.px(250))

    def minimumSizeHint(self) -> QSize:
        """Return the least room in which it can be read."""
        return QSize(theme.px(300), theme.px(220))

    # Walking over the points

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the points, open one."""
        points = self._trend.points if self._trend is not None else ()
        if not points:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            start = self._at if self._at is not None else len(points) - (step > 0)
            self._choose(min(max(start + step, 0), len(points) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.session_asked.emit(points[self._at].session_id)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the point under the mouse."""
        self._choose(self._point_at(event.position()))
        hand = Qt.CursorShape.PointingHandCursor
        self.setCursor(hand if self._at is not None else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the session of the point under the mouse."""
        at = self._point_at(event.position())
        if at is not None and self._trend is not None:
            self.session_asked.emit(self._trend.points[at].session_id)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the point."""
        super().leaveEvent(event)
        self._choose(None)

    def _choose(self, at: int | None) -> None:
        if at == self._at or self._trend is None:
            return
        self._at = at
        said = person_words.tendency(self._trend)
        self.setAccessibleDescription(said if at is None else self._told(self._trend.points[at]))
        self.update()

    def _point_at(self, place: QPointF) -> int | None:
        axes = self._axes()
        if axes is None or self._trend is None:
            return None
        away = [
            math.hypot(axes.x(p.on) - place.x(), axes.y(p.value) - place.y())
            for p in self._trend.points
        ]
        nearest = min(range(len(away)), key=away.__getitem__)
        return nearest if away[nearest] <= _NEAR_PX else None

    def _told(self, point: TrendPoint) -> str:
        value = person_words.value_with_unit(point.value, self._trend.unit if self._trend else "")
        weeks = weeks_since(point.on, self._injections)
        said = f"{person_words.day(point.on)}: {value}"
        if weeks is not None:
            week = self.tr("week %1").replace("%1", str(int(weeks)))
            said = f"{said} · {week}"
        return said

    # Drawing

    def _axes(self) -> _Axes | None:
        trend = self._trend
        if trend is None or not trend.points:
            return None
        caption = QFontMetricsF(theme.font("caption"))
        left = caption.horizontalAdvance("−100 µV") + 10
        below = caption.height() * 2 + theme.px(22)
        above = caption.height() + theme.px(12)
        room = QRectF(self.rect()).adjusted(left, above, -4, -below)
        return _Axes(trend, self._injections, self._today, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chart, or the sentence that nothing is there yet."""
        del event
        painter = smooth_painter(self)
        axes, trend = self._axes(), self._trend
        if axes is None or trend is None:
            self._draw_empty(painter)
        else:
            self._draw_grid(painter, axes, trend)
            self._draw_chance(painter, axes, trend)
            self._draw_cycles(painter, axes, trend)
            self._draw_injections(painter, axes)
            self._draw_breaks(painter, axes, trend)
            self._draw_lines(painter, axes, trend)
            self._draw_told(painter, axes, trend)
        painter.end()

    def _draw_empty(self, painter: QPainter) -> None:
        t = theme.tokens()
        painter.setPen(t.ink2)
        painter.setFont(theme.font("body"))
        said = self.tr(
            "The trend begins with the first session that measures this: a resting level, a "
            "reference contraction, or trials with a target."
        )
        room = QRectF(self.rect()).adjusted(40, 20, -40, -20)
        centre = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, centre, said)

    def _draw_grid(self, painter: QPainter, axes: _Axes, trend: Trend) -> None:
        t = theme.tokens()
        painter.setFont(theme.font("caption"))
        decimals = 0 if axes.step >= 1 and axes.step == round(axes.step) else 1
        unit = person_words.unit(trend.unit)
        value = axes.bottom
        while value <= axes.top + axes.step / 2:
            y = axes.y(value)
            painter.setPen(t.line if abs(value) < axes.step / 9 else t.grid)
            painter.drawLine(QPointF(axes.room.left(), y), QPointF(axes.room.right(), y))
            painter.setPen(t.ink3)
            label = QRectF(0, y - 12, axes.room.left() - 8, 24)
            said = f"{words.number(value, decimals)} {unit}"
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(label, right, said)
            value += axes.step

    def _draw_chance(self, painter: QPainter, axes: _Axes, trend: Trend) -> None:
        if trend.chance is None or trend.centre is None:
            return
        t = theme.tokens()
        top = max(axes.y(trend.centre + trend.chance), axes.room.top())
        bottom = min(axes.y(trend.centre - trend.chance), axes.room.bottom())
        band = QRectF(axes.room.left(), top, axes.room.width(), bottom - top)
        painter.fillRect(band, QBrush(theme.faded(t.ink3, 0.45), Qt.BrushStyle.BDiagPattern))

    def _draw_cycles(self, painter: QPainter, axes: _Axes, trend: Trend) -> None:
        t = theme.tokens()
        top = axes.room.bottom() + theme.px(10)
        metrics = QFontMetricsF(theme.font("caption"))
        free_from = 0.0
        for cycle in trend.cycles:
            left = max(axes.x(cycle.injected), axes.room.left())
            right = axes.x(min(cycle.until, axes.last))
            if right - left < 6:
                continue
            bar = QRectF(left + 2, top, right - left - 4, theme.px(7))
            fade = QLinearGradient(bar.topLeft(), bar.topRight())
            for place, alpha in ((0.0, 0.15), (0.4, 0.75), (1.0, 0.15)):
                fade.setColorAt(place, theme.faded(t.ink3, alpha))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fade)
            painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
            now = cycle is trend.cycles[-1] and cycle.until > self._today >= cycle.injected
            week = str((self._today - cycle.injected).days // 7)
            said = self.tr("weeks 0–12 after injection")
            if metrics.horizontalAdvance(said) > bar.width():
                said = self.tr("0–12 weeks")
            if now:
                said = self.tr("now: week %1").replace("%1", week)
            painter.setFont(theme.font("caption_strong" if now else "caption"))
            painter.setPen(t.ink if now else t.ink2)
            width = QFontMetricsF(painter.font()).horizontalAdvance(said) + 4
            x = min(max(bar.center().x() - width / 2, free_from), self.width() - width)
            if now or (width <= bar.width() + 20 and x >= free_from):
                line = QRectF(x, bar.bottom() + 3, width, metrics.height())
                painter.drawText(line, Qt.AlignmentFlag.AlignCenter, said)
                free_from = x + width + 8

    def _draw_injections(self, painter: QPainter, axes: _Axes) -> None:
        t = theme.tokens()
        metrics = QFontMetricsF(theme.font("caption_strong"))
        painter.setFont(theme.font("caption_strong"))
        free_from = 0.0
        size = theme.px(16)
        for on in self._injections:
            x = axes.x(on)
            painter.setPen(QPen(t.ink, 1.5))
            painter.drawLine(
                QPointF(x, axes.room.top() - theme.px(12)), QPointF(x, axes.room.bottom())
            )
            said = person_words.short_day(on)
            width = metrics.horizontalAdvance(said)
            y = axes.room.top() - theme.px(8) - metrics.height()
            if x - size - 4 < free_from:
                continue
            icons.draw(painter, "injection", QRectF(x - size - 3, y, size, size), t.ink)
            place = min(x + 5, self.width() - width)
            painter.drawText(QPointF(place, y + metrics.ascent()), said)
            free_from = place + width + 6

    def _draw_breaks(self, painter: QPainter, axes: _Axes, trend: Trend) -> None:
        t = theme.tokens()
        painter.setFont(theme.font("caption_strong"))
        metrics = QFontMetricsF(painter.font())
        said = self.tr("new electrodes or settings")
        if trend.unit == person_words.MICROVOLTS:
            said = self.tr("new electrodes or settings: µV break")
        width, height = metrics.horizontalAdvance(said) + 16, metrics.height() + 6
        free_to = axes.room.right() + 1.0
        for on in reversed(changes_of_setup(trend)):
            x = axes.x(on) - 8
            painter.setPen(QPen(t.warn, 1.4, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, axes.room.top()), QPointF(x, axes.room.bottom()))
            left = min(x - 8, axes.room.right() - width)
            if left + width > free_to or left < axes.room.left():
                continue
            box = QRectF(left, axes.room.bottom() - height - 6, width, height)
            painter.setPen(QPen(t.warn, 1.2))
            painter.setBrush(t.surface)
            painter.drawRoundedRect(box, 4, 4)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, said)
            free_to = left - 6

    def _draw_lines(self, painter: QPainter, axes: _Axes, trend: Trend) -> None:
        t = theme.tokens()
        colour = {Side.LEFT: t.left, Side.RIGHT: t.right, Side.MIDLINE: t.accent}[self._side]
        newest = trend.points[-1].setup
        for stretch in trend.stretches:
            line = QPolygonF([QPointF(axes.x(p.on), axes.y(p.value)) for p in stretch.points])
            painter.setPen(QPen(colour, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(line)
            for point, place in zip(stretch.points, line.toList(), strict=True):
                self._draw_point(painter, place, colour, filled=point.setup == newest)

    def _draw_point(
        self, painter: QPainter, place: QPointF, colour: QColor, *, filled: bool
    ) -> None:
        painter.setPen(QPen(colour, 2))
        painter.setBrush(colour if filled else theme.tokens().surface)
        half = theme.px(_POINT_PX)
        box = QRectF(place.x() - half, place.y() - half, 2 * half, 2 * half)
        if self._side is Side.LEFT:
            painter.drawRoundedRect(box, 2.5, 2.5)
        elif self._side is Side.RIGHT:
            painter.drawEllipse(box)
        else:
            out = half + 1
            around = ((0, -out), (out, 0), (0, out), (-out, 0))
            corners = [QPointF(place.x() + x, place.y() + y) for x, y in around]
            painter.drawPolygon(QPolygonF(corners))

    def _draw_told(self, painter: QPainter, axes: _Axes, trend: Trend) -> None:
        if self._at is None or self._at >= len(trend.points):
            return
        t = theme.tokens()
        point = trend.points[self._at]
        place = QPointF(axes.x(point.on), axes.y(point.value))
        painter.setPen(QPen(t.focus, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(place, theme.px(10), theme.px(10))
        painter.setFont(theme.font("caption_strong"))
        metrics = QFontMetricsF(painter.font())
        said = self._told(point)
        width, height = metrics.horizontalAdvance(said) + 16, metrics.height() + 8
        x = min(max(place.x() - width / 2, 2.0), self.width() - width - 2)
        above = place.y() - theme.px(16) - height
        box = QRectF(x, above if above > 0 else place.y() + theme.px(16), width, height)
        painter.setPen(t.edge)
        painter.setBrush(t.raised)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(t.ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, said)


def changes_of_setup(trend: Trend) -> list[dt.date]:
    """Return the days from which on something differs that microvolts depend on."""
    steps = pairwise(trend.points)
    return [later.on for earlier, later in steps if earlier.setup != later.setup]
