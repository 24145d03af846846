"""Where the spot of the head laser landed, and how the error went from visit to visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.measures.position import PositionResult, to_degrees
from emgfeedback.ui import theme, words
from emgfeedback.ui.checkin import position_words
from emgfeedback.ui.person import person_words
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_RINGS_DEG = (2.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0)
USUAL_BOUND_DEG = 4.5
"""About the bound after full rotation at 90 cm (Revel and others 1991)."""


class WallDrawing(FollowsLook, QWidget):
    """The mark on the wall with the spots beside it; the patient's left is left."""

    def __init__(self) -> None:
        super().__init__()
        self._offsets_mm: tuple[float, ...] = ()
        self._distance_mm = 900.0
        self._movement = position_words.MOVEMENTS[0]
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(self.tr("Where the spot landed"))

    def show_offsets(self, offsets_mm: Sequence[float], distance_mm: float, movement: str) -> None:
        """Show repeats of a movement."""
        self._offsets_mm, self._distance_mm = tuple(offsets_mm), distance_mm
        self._movement = movement
        self.setAccessibleDescription(position_words.offsets(offsets_mm, movement))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the rings."""
        return QSize(theme.px(230), theme.px(230))

    def minimumSizeHint(self) -> QSize:
        """Return the least room."""
        return QSize(theme.px(200), theme.px(200))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw rings in degrees, the mark, and a numbered spot for each repeat."""
        del event
        t = theme.tokens()
        painter = smooth_painter(self)
        angles = [to_degrees(offset, self._distance_mm) for offset in self._offsets_mm]
        furthest = max([3.5, *map(abs, angles)])
        top_deg = next((ring for ring in _RINGS_DEG if ring >= furthest * 1.1), _RINGS_DEG[-1])
        middle = QPointF(self.width() / 2, self.height() / 2)
        radius = min(self.width(), self.height()) / 2 - theme.px(20)
        painter.setFont(theme.font("caption"))
        for ring in [ring for ring in _RINGS_DEG if ring <= top_deg][-3:]:
            out = ring / top_deg * radius
            painter.setPen(QPen(t.line, 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, out, out)
            painter.setPen(t.ink3)
            box = QRectF(middle.x() + out * 0.71 + 3, middle.y() - out * 0.71 - theme.px(16),
                         theme.px(40), theme.px(18))  # fmt: skip
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, f"{words.number(ring, 0)}°")
        self._draw_ends(painter, middle, radius)
        painter.setPen(QPen(t.ink, 1.8))
        arm = theme.px(8)
        painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
        painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))
        upright = self._movement in position_words.UPRIGHT
        for place, angle in enumerate(angles):
            out = max(-1.0, min(1.0, angle / top_deg)) * radius
            at = middle + (QPointF(0, -out) if upright else QPointF(out, 0))
            aside = (place - (len(angles) - 1) / 2) * theme.px(7)
            at += QPointF(aside, 0) if upright else QPointF(0, aside)
            painter.setPen(QPen(t.surface, 1.2))
            painter.setBrush(t.accent)
            painter.drawEllipse(at, theme.px(5), theme.px(5))
        painter.end()

    def _draw_ends(self, painter: QPainter, middle: QPointF, radius: float) -> None:
        painter.setPen(theme.tokens().ink2)
        low, high = position_words.ends(self._movement)
        wide, tall = theme.px(60), theme.px(18)
        if self._movement in position_words.UPRIGHT:
            boxes = (
                QRectF(middle.x() - wide / 2, middle.y() + radius, wide, tall),
                QRectF(middle.x() - wide / 2, middle.y() - radius - tall, wide, tall),
            )
        else:
            boxes = (
                QRectF(middle.x() - radius + 4, middle.y() + radius - tall, wide, tall),
                QRectF(middle.x() + radius - wide - 4, middle.y() + radius - tall, wide, tall),
            )
        flags = (
            (Qt.AlignmentFlag.AlignCenter,) * 2
            if self._movement in position_words.UPRIGHT
            else (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        )
        for box, text, flag in zip(boxes, (low, high), flags, strict=True):
            painter.drawText(box, flag, text)


@dataclass(frozen=True, slots=True)
class ErrorPoint:
    """The error of a day."""

    on: dt.date
    result: PositionResult


class ErrorTrend(FollowsLook, QWidget):
    """Mean errors over days with their spread; hatched what may be chance."""

    def __init__(self) -> None:
        super().__init__()
        self.points: tuple[ErrorPoint, ...] = ()
        self._chance: tuple[float, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Error over time"))

    def show_points(
        self, points: Sequence[ErrorPoint], centre: float | None, chance: float | None
    ) -> None:
        """Show points, oldest first; `centre` and `chance` (degrees) make the band."""
        self.points = tuple(points)
        self._chance = None
        if centre is not None and chance is not None:
            self._chance = (centre, chance)
        said = [
            f"{person_words.day(p.on)} {position_words.degrees(p.result.absolute_deg)}"
            for p in points
        ]
        self.setAccessibleDescription(", ".join(said))
        self.update()

    def sizeHint(self) -> QSize:
        """Return a small chart's size."""
        return QSize(theme.px(360), theme.px(150))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axis, band, points and days."""
        del event
        if not self.points:
            return
        t = theme.tokens()
        painter = smooth_painter(self)
        highest = max(p.result.absolute_deg + (p.result.variable_deg or 0) for p in self.points)
        top_deg = max(6.0, 2.0 * -(-highest // 2))
        plot = QRectF(0, 0, self.width(), self.height()).adjusted(
            theme.px(40), theme.px(10), -theme.px(34), -theme.px(24)
        )

        def y_of(value_deg: float) -> float:
            return plot.bottom() - min(value_deg, top_deg) / top_deg * plot.height()

        painter.setFont(theme.font("caption"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in (0.0, top_deg / 2, top_deg):
            y = y_of(value)
            painter.setPen(t.grid)
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(t.ink3)
            box = QRectF(0, y - 9, plot.left() - 6, 18)
            painter.drawText(box, right, position_words.degrees(value))
        if self._chance is not None:
            centre, half = self._chance
            high, low = y_of(centre + half), y_of(max(0.0, centre - half))
            marks.draw_hatch(painter, QRectF(plot.left(), high, plot.width(), low - high), t.line)
        if top_deg > USUAL_BOUND_DEG:
            pen = QPen(t.ink3, 1.2)
            pen.setDashPattern([4, 3])
            painter.setPen(pen)
            y = y_of(USUAL_BOUND_DEG)
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        self._draw_points(painter, plot, y_of)
        painter.end()

    def _draw_points(self, painter: QPainter, plot: QRectF, y_of: Callable[[float], float]) -> None:
        t = theme.tokens()
        first, last = self.points[0].on, self.points[-1].on
        span = max(1, (last - first).days)
        places = []
        for point in self.points:
            alone = first == last
            x = (
                plot.center().x()
                if alone
                else plot.left()
                + theme.px(10)
                + ((point.on - first).days / span * (plot.width() - theme.px(20)))
            )
            places.append(QPointF(x, y_of(point.result.absolute_deg)))
        painter.setPen(QPen(t.accent, 1.6))
        painter.drawPolyline(places)
        for point, at in zip(self.points, places, strict=True):
            spread = point.result.variable_deg
            if spread is not None:
                mean = point.result.absolute_deg
                painter.setPen(QPen(t.ink3, 1.2))
                painter.drawLine(
                    QPointF(at.x(), y_of(mean + spread)),
                    QPointF(at.x(), y_of(max(0, mean - spread))),
                )
            painter.setPen(QPen(t.accent, 1.8))
            painter.setBrush(t.accent)
            painter.drawEllipse(at, theme.px(4), theme.px(4))
        painter.setPen(t.ink3)
        wide = theme.px(90)
        for point, at in {self.points[0]: places[0], self.points[-1]: places[-1]}.items():
            left = min(max(0.0, at.x() - wide / 2), self.width() - wide)
            box = QRectF(left, plot.bottom() + 4, wide, theme.px(18))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, person_words.day(point.on))
