"""How the glider's sky, arches, mist and aircraft look."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

from emgfeedback.ui import theme
from emgfeedback.ui.patient import scenery
from emgfeedback.ui.patient.canvas import Canvas

WAVE = 420.0
"""Length of a wave of the mist."""
SWING = 7.0
_MIST = ((0, 0.55), (18, 0.6), (36, 0.7))
"""Depth under the crest, and opacity, of the mist's layers."""


@dataclass(frozen=True, slots=True)
class SkyColours:
    """Colours of the scene by day or by night."""

    sky: tuple[tuple[float, str], ...]
    sun: QColor
    hills: tuple[str, str, str]
    tree: QColor
    cloud: QColor
    edge: QColor
    arch: QColor
    path: QColor
    mist: QColor
    tick: QColor
    halo: QColor


DAY = SkyColours(
    sky=((0, "#A9CBE0"), (0.5, "#DDEBEE"), (0.75, "#F6EBD6"), (1, "#EFE0C4")),
    sun=QColor("#FFF6D8"),
    hills=("#A8C2CC", "#86A9B3", "#5F8B92"),
    tree=QColor("#2C5A5C"),
    cloud=QColor(255, 255, 255, 190),
    edge=QColor("#10384A"),
    arch=QColor("#FFFFFF"),
    path=QColor("#0D4F66"),
    mist=QColor("#E6EEF0"),
    tick=QColor("#0B4C46"),
    halo=QColor("#FFFFFF"),
)
NIGHT = SkyColours(
    sky=((0, "#12283A"), (0.5, "#1D3D50"), (0.75, "#2F5563"), (1, "#3C626B")),
    sun=QColor(226, 236, 240, 120),
    hills=("#284B59", "#1F3F4C", "#17323E"),
    tree=QColor("#0C212B"),
    cloud=QColor(200, 220, 228, 28),
    edge=QColor("#081820"),
    arch=QColor("#EAF1F5"),
    path=QColor("#CFE3EA"),
    mist=QColor("#6F8C98"),
    tick=QColor("#6FD9C2"),
    halo=QColor("#081820"),
)


def draw_cloud(canvas: Canvas, at: QPointF, colour: QColor) -> None:
    """Draw a small cloud with its left foot at `at`."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for x, y, r in ((22, -4, 20), (52, -18, 28), (90, -12, 24), (116, 0, 18)):
        path.addEllipse(at + QPointF(x, y), r, r)
    path.addRoundedRect(QRectF(at.x(), at.y() - 8, 140, 24), 12, 12)
    canvas.fill(path.simplified(), colour)


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for x, y in points[1:]:
        path.lineTo(x, y)
    path.closeSubpath()
    return path


def draw_glider(canvas: Canvas, c: SkyColours, at: QPointF, scale: float, *, flying: bool) -> None:
    """Draw the aircraft; pale while it stands still."""
    p = canvas.painter
    p.save()
    p.translate(at)
    p.rotate(-4)
    p.scale(scale, scale)
    wing, under = (
        (QColor("#F7D9A4"), QColor("#E9BE78")) if flying else (QColor("#C3CBCD"), QColor("#AEB8BB"))
    )
    pen = QPen(c.edge, 3)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    p.setPen(pen)
    body = QPainterPath(QPointF(-62, 6))
    body.cubicTo(QPointF(-30, -4), QPointF(30, -8), QPointF(62, 0))
    body.cubicTo(QPointF(70, 2), QPointF(70, 8), QPointF(60, 9))
    body.cubicTo(QPointF(20, 14), QPointF(-30, 14), QPointF(-62, 6))
    for colour, shape in (
        (QColor("#FFFFFF") if flying else QColor("#DDE3E5"), body),
        (wing, _polygon((-8, 0), (-52, -40), (-30, -42), (26, -2))),
        (under, _polygon((-4, 8), (-30, 40), (-12, 42), (24, 9))),
        (wing, _polygon((-62, 6), (-78, -16), (-66, -18), (-48, 2))),
    ):
        p.setBrush(colour)
        p.drawPath(shape)
    cabin = QPainterPath(QPointF(26, -3))
    cabin.cubicTo(QPointF(34, -10), QPointF(48, -9), QPointF(54, -1))
    cabin.closeSubpath()
    p.setBrush(QColor("#BFE0EC"))
    p.drawPath(cabin)
    p.restore()


def arch_rect(at: QPointF, high: float) -> QRectF:
    """Return the bounds of an arch with its middle at `at`, `high` from middle to top."""
    rect = QRectF(0, 0, 2 * min(40.0, max(12.0, 0.36 * high)), 2 * high)
    rect.moveCenter(at)
    return rect


def draw_arch(canvas: Canvas, c: SkyColours, rect: QRectF, *, passed: bool) -> None:
    """Draw an arch; one passed inside is filled."""
    path = QPainterPath()
    path.addEllipse(rect)
    canvas.fill(path, theme.faded(c.arch, 0.4 if passed else 0.12))
    canvas.stroke(path, c.edge, 12)
    canvas.stroke(path, c.arch, 6.5)


def draw_mist(canvas: Canvas, c: SkyColours, rect: QRectF) -> None:
    """Draw the mist with its crest at the top of `rect`, in waves that fit end to end."""
    for i, (depth, alpha) in enumerate(_MIST):
        middle = rect.top() + SWING + depth
        shape = scenery.wave(
            rect.left(), rect.right(), middle, SWING, WAVE / (1 + i), 0.3 * i, rect.bottom()
        )
        canvas.fill(shape, theme.faded(c.mist, alpha))


def draw_mist_line(canvas: Canvas, strip: QRectF) -> None:
    """Draw the line the mist is to stay under: dark dashes on a white band."""
    middle = strip.center().y()
    path = QPainterPath(QPointF(strip.left(), middle))
    path.lineTo(strip.right(), middle)
    canvas.stroke(path, QColor("#FFFFFF"), 11)
    canvas.stroke(path, QColor("#10384A"), 5, [3.6, 2.4])


def draw_trees(canvas: Canvas, c: SkyColours, top: float, foot: float) -> None:
    """Draw a wood along the whole window."""
    trees = QPainterPath()
    for i in range(math.ceil(canvas.layout.window.width() / 47)):
        x, tip = 47 * i + 17 * math.sin(2.4 * i), top + 14 * math.sin(5.1 * i)
        trees.moveTo(x, tip)
        trees.lineTo(x + 17, foot)
        trees.lineTo(x - 17, foot)
        trees.closeSubpath()
    canvas.fill(trees, c.tree)
