"""The breathing pacer: a disc that grows with the breath in and shrinks with the breath out."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen

from emgfeedback.training.now import BreathNow
from emgfeedback.ui import theme
from emgfeedback.ui.patient.canvas import Canvas
from emgfeedback.ui.patient.scene import clamped

_LEAST, _MOST = 0.42, 1.0


def radius_share(breath: BreathNow) -> float:
    """Return the size of the disc, as a share of its largest."""
    eased = (1 - math.cos(math.pi * clamped(breath.share, 0, 1))) / 2
    return _LEAST + (_MOST - _LEAST) * (eased if breath.breathing_in else 1 - eased)


def paint_breath(canvas: Canvas, breath: BreathNow) -> None:
    """Draw the pacer; with reduced motion a still disc with a ring that fills."""
    p, t, clear = canvas.painter, canvas.tokens, canvas.layout.clear
    largest = min(200.0, 0.46 * clear.height(), 0.44 * clear.width())
    middle = clear.center()
    still = canvas.look.reduced_motion
    radius = largest * (0.72 if still else radius_share(breath))
    if not still:
        for share in (_LEAST, _MOST):
            p.setPen(QPen(t.edge, 2, Qt.PenStyle.DashLine))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawEllipse(middle, largest * share, largest * share)
    p.setPen(QPen(t.accent, 5))
    p.setBrush(theme.mixed(t.accent, t.bg, 0.2))
    p.drawEllipse(middle, radius, radius)
    if still:
        _draw_filling_ring(canvas, middle, largest * 0.9, breath)
    words = (
        QCoreApplication.translate("Patient", "In")
        if breath.breathing_in
        else QCoreApplication.translate("Patient", "Out")
    )
    box = QRectF(0, 0, 2 * largest * _LEAST, 70)
    box.moveCenter(middle - QPointF(0, 8))
    canvas.write(words, box, 44, weight=650)
    _draw_arrow(canvas, middle + QPointF(0, 40), up=breath.breathing_in)


def _draw_filling_ring(canvas: Canvas, middle: QPointF, radius: float, breath: BreathNow) -> None:
    ring = QRectF(0, 0, 2 * radius, 2 * radius)
    ring.moveCenter(middle)
    whole, part = QPainterPath(), QPainterPath()
    whole.addEllipse(ring)
    canvas.stroke(whole, canvas.tokens.edge, 3)
    share = clamped(breath.share, 0, 1)
    if not breath.breathing_in:
        share = 1 - share
    part.arcMoveTo(ring, 90)
    part.arcTo(ring, 90, -360 * share)
    canvas.stroke(part, canvas.tokens.accent, 12)


def _draw_arrow(canvas: Canvas, at: QPointF, *, up: bool) -> None:
    sign = -1 if up else 1
    path = QPainterPath(at + QPointF(-14, -6 * sign))
    path.lineTo(at + QPointF(0, 8 * sign))
    path.lineTo(at + QPointF(14, -6 * sign))
    canvas.stroke(path, canvas.tokens.ink2, 5)
