"""The balance beam: it tips to the side that is higher."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen

from emgfeedback.core.montage import Side
from emgfeedback.training.now import FeedbackNow
from emgfeedback.ui import theme
from emgfeedback.ui.patient.bars import paint_calm_ground
from emgfeedback.ui.patient.canvas import Canvas
from emgfeedback.ui.patient.scene import Play, Scene, SceneNow, clamped

STEEPEST_DEG = 15.0
_LIMITS_TO_STEEPEST = 3.0
"""The beam is at its steepest at this many times the allowed difference."""
_USUAL_LIMIT_PCT = 10.0


def tilt_deg(feedback: FeedbackNow) -> float:
    """Return the beam's tilt, positive down on the left; level where nothing is known."""
    if feedback.balance_pct is None:
        return 0.0
    limit = feedback.balance_limit_pct or _USUAL_LIMIT_PCT
    return STEEPEST_DEG * clamped(feedback.balance_pct / (limit * _LIMITS_TO_STEEPEST), -1.0, 1.0)


class Beam(Scene):
    """Follows `balance_pct`; a hidden balance leaves the beam level and pale, and says so."""

    def paint_ground(self, canvas: Canvas) -> None:
        """Draw a plain calm ground."""
        paint_calm_ground(canvas)

    def paint(self, canvas: Canvas, now: SceneNow, ratio: float) -> None:
        """Draw the beam, its pointer and the zone."""
        del ratio
        feedback = now.feedback
        if feedback is None or now.play is Play.RESTING:
            return
        clear, p, t = canvas.layout.clear, canvas.painter, canvas.tokens
        size = clamped(min(clear.width() / 700, clear.height() / 500), 0.45, 1.0)
        pivot = QPointF(clear.center().x(), clear.top() + 0.3 * clear.height())
        known = feedback.balance_pct is not None
        strong = t.ink if known and now.play is Play.LIVE else theme.mixed(t.ink3, t.bg, 0.7)
        if known:
            self._draw_stand(canvas, pivot, size, now)
        half = min(0.44 * clear.width() - 68 * size, 400.0 * size)
        p.save()
        p.translate(pivot)
        p.rotate(-tilt_deg(feedback))
        p.setPen(QPen(t.bg, 4))
        p.setBrush(strong)
        p.drawRoundedRect(
            QRectF(-half - 18 * size, -9 * size, 2 * half + 36 * size, 18 * size),
            9 * size,
            9 * size,
        )
        if known:
            needle = QPainterPath(QPointF(0, 0))
            needle.lineTo(0, 200 * size)
            canvas.stroke(needle, strong, 7 * size)
            tip = QPainterPath(QPointF(-13 * size, 196 * size))
            tip.lineTo(13 * size, 196 * size)
            tip.lineTo(0, 226 * size)
            tip.closeSubpath()
            canvas.fill(tip, strong)
        ends = [p.transform().map(QPointF(x, 0)) for x in (-half, half)]
        p.restore()
        back, _ = p.transform().inverted()
        for end, side in zip(ends, (Side.LEFT, Side.RIGHT), strict=True):
            self._draw_pan(canvas, back.map(end), side, size)
        p.setPen(QPen(t.bg, 3))
        p.setBrush(t.accent if now.success else strong)
        p.drawEllipse(pivot, 19 * size, 19 * size)
        if not known:
            line = QRectF(clear.left(), pivot.y() + 190 * size, clear.width(), 76)
            words = QCoreApplication.translate(
                "Patient", "Both sides are too quiet to compare, or one cannot be seen."
            )
            canvas.write(words, line, 24, t.ink2)

    @staticmethod
    def _draw_pan(canvas: Canvas, hook: QPointF, side: Side, size: float) -> None:
        """Draw a pan hanging straight down from the beam's end, with its badge on it."""
        p, t = canvas.painter, canvas.tokens
        pan = QPointF(hook.x(), hook.y() + 92 * size)
        p.setPen(QPen(t.edge, 3))
        for reach in (-58 * size, 58 * size):
            p.drawLine(hook, pan + QPointF(reach, 0))
        bowl = QPainterPath(pan + QPointF(-68 * size, 0))
        bowl.cubicTo(
            pan + QPointF(-50, 44) * size, pan + QPointF(50, 44) * size, pan + QPointF(68 * size, 0)
        )
        bowl.closeSubpath()
        p.setBrush(t.raised)
        p.drawPath(bowl)
        badge = QRectF(0, 0, 56 * size, 56 * size)
        badge.moveCenter(pan + QPointF(0, -30 * size))
        canvas.badge(badge, side)

    @staticmethod
    def _draw_stand(canvas: Canvas, pivot: QPointF, size: float, now: SceneNow) -> None:
        """Draw the arc the pointer runs on, with the zone on it."""
        t = canvas.tokens
        radius = 246 * size
        arc = QRectF(0, 0, 2 * radius, 2 * radius)
        arc.moveCenter(pivot)
        way = QPainterPath()
        way.arcMoveTo(arc, 270 - STEEPEST_DEG - 3)
        way.arcTo(arc, 270 - STEEPEST_DEG - 3, 2 * (STEEPEST_DEG + 3))
        canvas.stroke(way, t.edge, 6 * size)
        half = STEEPEST_DEG / _LIMITS_TO_STEEPEST
        zone = QPainterPath()
        zone.arcMoveTo(arc, 270 - half)
        zone.arcTo(arc, 270 - half, 2 * half)
        canvas.stroke(zone, t.accent, 20 * size)
        for sign in (-1, 1):
            mark = QPainterPath()
            for reach in (radius - 18 * size, radius + 18 * size):
                ring = QRectF(0, 0, 2 * reach, 2 * reach)
                ring.moveCenter(pivot)
                if reach < radius:
                    mark.arcMoveTo(ring, 270 + sign * half)
                else:
                    probe = QPainterPath()
                    probe.arcMoveTo(ring, 270 + sign * half)
                    mark.lineTo(probe.currentPosition())
            canvas.stroke(mark, t.ink, 5 * size)
        canvas.painter.setPen(Qt.PenStyle.NoPen)
        if now.success:
            canvas.tick(
                pivot + QPointF(0, radius + 52 * size), 54 * size, t.accent, theme.faded(t.bg, 0.9)
            )
