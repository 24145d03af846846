"""Shapes of the scenery: hills, wavelets, soft light, all from fixed seeds."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen, QRadialGradient

from emgfeedback.ui import theme


def smooth(points: Sequence[QPointF]) -> QPainterPath:
    """Return a curve through `points` with level handles."""
    path = QPainterPath(points[0])
    for i in range(1, len(points)):
        before, here = points[i - 1], points[i]
        middle = (before.x() + here.x()) / 2
        path.cubicTo(QPointF(middle, before.y()), QPointF(middle, here.y()), here)
    return path


def hills(
    window: QRectF, base: float, high: float, step: float, seed: int, foot: float
) -> QPainterPath:
    """Return a range of hills up to `high` above `base`, filled down to `foot`."""
    chance = random.Random(seed)
    points = []
    x, up = window.left() - step, True
    while x < window.right() + 2 * step:
        share = chance.uniform(0.55, 1.0) if up else chance.uniform(0.05, 0.4)
        points.append(QPointF(x, base - share * high))
        x += step * chance.uniform(0.8, 1.25)
        up = not up
    path = smooth(points)
    path.lineTo(points[-1].x(), foot)
    path.lineTo(points[0].x(), foot)
    path.closeSubpath()
    return path


def wave(
    left: float, right: float, middle: float, swing: float, length: float, at: float, foot: float
) -> QPainterPath:
    """Return a sine edge filled down to `foot`; `at` (0 to 1) is where the wave stands."""
    points = []
    step = length / 4
    x = left - step - (left % step)
    while x < right + 2 * step:
        points.append(QPointF(x, middle + swing * math.sin(2 * math.pi * (x / length + at))))
        x += step
    path = smooth(points)
    path.lineTo(points[-1].x(), foot)
    path.lineTo(points[0].x(), foot)
    path.closeSubpath()
    return path


def sky(painter: QPainter, rect: QRectF, colours: Sequence[tuple[float, str]]) -> None:
    """Fill `rect` from top to bottom."""
    gradient = QLinearGradient(rect.topLeft(), rect.bottomLeft())
    for at, colour in colours:
        gradient.setColorAt(at, QColor(colour))
    painter.fillRect(rect, gradient)


def glow(
    painter: QPainter, centre: QPointF, radius: float, stops: Sequence[tuple[float, QColor]]
) -> None:
    """Draw soft light."""
    gradient = QRadialGradient(centre, radius)
    for at, colour in stops:
        gradient.setColorAt(at, colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(gradient)
    painter.drawEllipse(centre, radius, radius)


def wavelets(painter: QPainter, rect: QRectF, colour: QColor, seed: int) -> None:
    """Draw the small lines of still water, longer towards the viewer."""
    chance = random.Random(seed)
    rows = 22
    for row in range(rows):
        share = (row / rows) ** 1.6
        y = rect.top() + 8 + share * (rect.height() - 8)
        painter.setPen(
            QPen(
                theme.faded(colour, 0.2), 1 + share, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap
            )
        )
        for _ in range(max(2, round(rect.width() / 420))):
            length = chance.uniform(26, 60) * (1 + 3.4 * share)
            x = chance.uniform(rect.left() - 40, rect.right())
            path = QPainterPath(QPointF(x, y))
            path.quadTo(QPointF(x + length / 2, y - 2 * share - 1), QPointF(x + length, y))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)


def reeds(painter: QPainter, foot: QPointF, colour: QColor, scale: float, seed: int) -> None:
    """Draw a few reeds that frame the picture."""
    chance = random.Random(seed)
    for i in range(3):
        x = foot.x() + (i - 1) * 26 * scale
        top = QPointF(
            x + chance.uniform(-16, 22) * scale, foot.y() - chance.uniform(150, 250) * scale
        )
        stem = QPainterPath(QPointF(x, foot.y()))
        stem.quadTo(QPointF(x, (foot.y() + top.y()) / 2), top)
        painter.setPen(QPen(colour, 5 * scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(stem)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(top, 5 * scale, 20 * scale)
