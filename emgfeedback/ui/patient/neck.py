"""The neck as the patient sees it in a mirror, with the muscle in question lit."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen

from emgfeedback.core.montage import Side
from emgfeedback.training.now import ElementNow
from emgfeedback.ui import neck_drawing, theme
from emgfeedback.ui.neck_drawing import Muscle, Still
from emgfeedback.ui.patient.canvas import Canvas, Layers

_DRAWN_AS = {"scm": "scm", "trapezius": "ut"}
_VIEW = neck_drawing.VIEW.adjusted(-110, 0, 110, -40)
"""The drawing with room for an arm held out on either side."""


def paint_neck(
    canvas: Canvas, layers: Layers, ratio: float, place: QRectF, elements: tuple[ElementNow, ...]
) -> None:
    """Draw the neck into `place`, kept as a picture; an arm is held out for a shoulder."""
    lit = frozenset(
        (_DRAWN_AS[e.muscle], e.side)
        for e in elements
        if e.muscle in _DRAWN_AS and e.role == "main" and e.side is not Side.MIDLINE
    )
    caption = 30.0
    scale = min(place.width() / _VIEW.width(), (place.height() - caption) / _VIEW.height())
    rect = QRectF(0, 0, _VIEW.width() * scale, _VIEW.height() * scale)
    rect.moveCenter(place.center() - QPointF(0, caption / 2))
    name = "neck " + " ".join(sorted(f"{muscle} {side.value}" for muscle, side in lit))
    layers.show(name, canvas, ratio, rect, lambda inner: _draw(inner, rect, scale, lit))
    for side, x in ((Side.LEFT, -44.0), (Side.RIGHT, 644.0)):
        badge = QRectF(0, 0, 34, 34)
        badge.moveCenter(rect.topLeft() + (QPointF(x, 250) - _VIEW.topLeft()) * scale)
        canvas.badge(badge, side)
    write_mirror_words(canvas, QRectF(place.left(), rect.bottom(), place.width(), caption))


def write_mirror_words(canvas: Canvas, line: QRectF) -> None:
    """Say which way round the picture is."""
    words = QCoreApplication.translate("Patient", "As in a mirror: your left is on the left")
    canvas.write(words, line, 18, canvas.tokens.ink2, weight=500)


def _draw(canvas: Canvas, rect: QRectF, scale: float, lit: frozenset[tuple[str, Side]]) -> None:
    p, t = canvas.painter, canvas.tokens
    p.translate(rect.topLeft())
    p.scale(scale, scale)
    p.translate(-_VIEW.topLeft())
    arms = [side for muscle, side in lit if muscle == "ut"]
    for side in arms:
        _draw_arm(canvas, side)
    for layer in neck_drawing.drawing("front").layers:
        if isinstance(layer, Still):
            for shape in layer.shapes:
                shape.paint(p, t)
        elif isinstance(layer, Muscle):
            _draw_muscle(canvas, layer, lit=(layer.muscle, Side(layer.side)) in lit)


def _draw_muscle(canvas: Canvas, muscle: Muscle, *, lit: bool) -> None:
    p, t = canvas.painter, canvas.tokens
    colour = t.left if muscle.side == "left" else t.right
    p.setBrush(theme.mixed(colour, t.muscle, 0.75) if lit else t.muscle)
    p.setPen(QPen(colour if lit else t.mline, 3.0 if lit else 1.4))
    p.drawPath(muscle.outline)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setPen(QPen(theme.faded(t.ink if lit else t.fibre, 0.6), 1.8 if lit else 0.9))
    p.drawPath(muscle.fibres)


def _draw_arm(canvas: Canvas, side: Side) -> None:
    """Draw an arm held out level, and an arrow up under it."""
    p, t = canvas.painter, canvas.tokens
    p.save()
    if side is Side.RIGHT:
        p.translate(600, 0)
        p.scale(-1, 1)
    arm = QPainterPath(QPointF(128, 398))
    arm.cubicTo(QPointF(60, 386), QPointF(10, 392), QPointF(-40, 402))
    arm.cubicTo(QPointF(-66, 405), QPointF(-96, 404), QPointF(-98, 415))
    arm.cubicTo(QPointF(-98, 427), QPointF(-66, 430), QPointF(-40, 430))
    arm.cubicTo(QPointF(10, 436), QPointF(60, 446), QPointF(110, 462))
    p.setPen(QPen(t.mline, 2.4))
    p.setBrush(t.skin)
    p.drawPath(arm)
    arrow = QPainterPath(QPointF(-20, 500))
    arrow.cubicTo(QPointF(-44, 488), QPointF(-54, 470), QPointF(-55, 448))
    canvas.stroke(arrow, t.accent, 5)
    head = QPainterPath(QPointF(-67, 460))
    head.lineTo(-55, 444)
    head.lineTo(-41, 458)
    canvas.stroke(head, t.accent, 5)
    p.restore()
