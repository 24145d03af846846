"""Small marks drawn alike everywhere: side badge, quality icon, hatch, text."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from emgfeedback.core.montage import Side
from emgfeedback.core.quality import Level
from emgfeedback.ui import icons, theme, words

_QUALITY_ICONS = {
    Level.GOOD: "quality-good",
    Level.CHECK: "quality-check",
    Level.BAD: "quality-bad",
    Level.UNKNOWN: "settling",
}


def side_colour(side: Side) -> QColor:
    """Return the colour of a side: left, right, or the neutral raw colour for the midline."""
    t = theme.tokens()
    return {Side.LEFT: t.left, Side.RIGHT: t.right, Side.MIDLINE: t.raw}[side]


def quality_colour(level: Level) -> QColor:
    """Return the colour of a quality word and icon."""
    t = theme.tokens()
    return {
        Level.GOOD: t.accent,
        Level.CHECK: t.warn,
        Level.BAD: t.bad,
        Level.UNKNOWN: t.ink3,
    }[level]


def draw_badge(painter: QPainter, rect: QRectF, side: Side, *, filled: bool = True) -> None:
    """Draw the side badge: L in a rounded square, R in a disc."""
    t = theme.tokens()
    colour = side_colour(side)
    size = rect.height()
    radius = size / 2 if side is Side.RIGHT else size * 0.24
    painter.setPen(Qt.PenStyle.NoPen if filled else QPen(colour, 1.6))
    painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
    inset = 0.0 if filled else 0.8
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)
    font = theme.sized_font(size * 0.6 / theme.text_factor(), 700)
    painter.setFont(font)
    painter.setPen((t.bg if t.dark else t.surface) if filled else colour)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words.side_letter(side))


def draw_quality(painter: QPainter, rect: QRectF, level: Level) -> None:
    """Draw the quality icon: tick in a circle, triangle, crossed square, or three dots."""
    name = _QUALITY_ICONS[level]
    icons.draw(painter, name, rect, quality_colour(level))


def draw_hatch(
    painter: QPainter, rect: QRectF, colour: QColor, *, step_px: float = 5.0, falling: bool = False
) -> None:
    """Fill `rect` with slanted lines: rising, or falling for what is left out."""
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(colour, 1.2))
    height = rect.height()
    x = rect.left() - height
    while x < rect.right():
        if falling:
            painter.drawLine(QPointF(x, rect.top()), QPointF(x + height, rect.bottom()))
        else:
            painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + height, rect.top()))
        x += step_px
    painter.restore()


def elided(text: str, font: QFont, width_px: float) -> str:
    """Return `text` cut with an ellipsis to fit `width_px`."""
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width_px)
