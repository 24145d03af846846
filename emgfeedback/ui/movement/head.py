"""The head as two ellipsoids and the lines of a face, turned in space and seen from the front.

In the units of the neck drawings: a head is 170 wide, the picture 600. x goes to the right of
the picture, y down, z to the viewer; a head's own points count from where it turns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTransform

from emgfeedback.ui import theme
from emgfeedback.ui.movement.pose import Pose

Point = tuple[float, float, float]
Matrix = tuple[Point, Point, Point]

BASE = (300.0, 392.0)
"""Where the neck stands."""
NECK = 177.0
"""From there to where the head turns."""
_CRANIUM = ((0.0, -113.0, -22.0), (84.0, 100.0, 98.0))
_JAW = ((0.0, -23.0, 10.0), (63.0, 69.0, 66.0))
_N_AROUND = 60
_NECK_SHARE = 0.45
"""Of a tilt or a nod, what the neck below the head does."""


def _on_face(x: float, y: float, out: float = 1.0) -> Point:
    """Return the point of the face at `x` and `y`, `out` before its surface."""
    depths = []
    for (_, cy, cz), (rx, ry, rz) in (_CRANIUM, _JAW):
        share = 1 - (x / rx) ** 2 - ((y - cy) / ry) ** 2
        if share > 0:
            depths.append(cz + rz * math.sqrt(share))
    return (x, y, max(depths) + out)


def _both(*points: tuple[float, float]) -> Sequence[Sequence[Point]]:
    """Return a line of the left half of the face, and the same of the right."""
    return tuple(tuple(_on_face(s * x, y) for x, y in points) for s in (-1, 1))


_BROWS = _both((52, -98), (40, -105), (25, -104), (17, -99))
_LIDS_CLOSED = _both((46, -82), (39, -76), (28, -75), (20, -81))
_LIDS_OPEN = _both((47, -79), (39, -87), (28, -88), (19, -79))
_LIDS_UNDER = _both((47, -79), (39, -74), (28, -74), (19, -79))
_PUPILS = tuple(_on_face(x, -81) for x in (-33, 33))
_NOSE: Sequence[Point] = ((0, -84, 73), (0, -66, 82), (0, -46, 98), (0, -39, 95), (0, -36, 80))
_WINGS: Sequence[Sequence[Point]] = tuple(
    ((s * 11, -48, 80), (s * 14, -41, 79), (s * 8, -36, 81), (s * 2, -35, 84)) for s in (-1, 1)
)
_MOUTH = tuple(_on_face(x, y) for x, y in ((-24, -8), (-10, -12), (0, -9), (10, -12), (24, -8)))
_LIP = tuple(_on_face(x, y) for x, y in ((-11, 3), (0, 6), (11, 3)))


@dataclass(frozen=True, slots=True)
class Placed:
    """A head in its place: where it turns, and how."""

    at: QPointF
    turned: Matrix

    def point(self, own: Point) -> tuple[QPointF, float]:
        """Return where a point of the head is seen, and how near it is."""
        x, y, z = (sum(row[i] * own[i] for i in range(3)) for row in self.turned)
        return QPointF(self.at.x() + x, self.at.y() + y), z


def placed(pose: Pose) -> Placed:
    """Return the head of `pose`: the neck does a share of a tilt and of a nod."""
    tilt, nod = math.radians(pose.tilt_deg), math.radians(pose.nod_deg)
    aside = NECK * math.sin(_NECK_SHARE * tilt)
    up = NECK * math.cos(_NECK_SHARE * tilt) * math.cos(_NECK_SHARE * nod)
    lift = 4.0 * (pose.lift_left + pose.lift_right)
    at = QPointF(BASE[0] + aside, BASE[1] - up - lift)
    return Placed(at, _rotation(math.radians(pose.turn_deg), tilt, nod))


def _rotation(turn: float, tilt: float, nod: float) -> Matrix:
    """Return nod, then turn, then tilt, as a matrix."""
    (ct, st), (ci, si), (cn, sn) = ((math.cos(a), math.sin(a)) for a in (turn, tilt, nod))
    # Nodding moves the face (z) down (y); turning moves it to the right (x).
    x, y = (ct, -st * sn, st * cn), (0.0, cn, sn)
    return (
        (ci * x[0] - si * y[0], ci * x[1] - si * y[1], ci * x[2] - si * y[2]),
        (si * x[0] + ci * y[0], si * x[1] + ci * y[1], si * x[2] + ci * y[2]),
        (-st, -ct * sn, ct * cn),
    )


def outline(head: Placed) -> QPainterPath:
    """Return the outline of the skull and jaw as they are seen."""
    around = [2 * math.pi * i / _N_AROUND for i in range(_N_AROUND)]
    seen = []
    for centre, radii in (_CRANIUM, _JAW):
        at, _ = head.point(centre)
        # An ellipsoid is seen as the ellipse whose shape is the square of its turned radii.
        wide, high, both = (
            sum((head.turned[a][i] * radii[i]) * (head.turned[b][i] * radii[i]) for i in range(3))
            for a, b in ((0, 0), (1, 1), (0, 1))
        )
        for angle in around:
            c, s = math.cos(angle), math.sin(angle)
            reach = math.sqrt(wide * c * c + 2 * both * c * s + high * s * s)
            seen.append((at.x() + (wide * c + both * s) / reach,
                         at.y() + (both * c + high * s) / reach))  # fmt: skip
    path = QPainterPath()
    corners = _hull(seen)
    path.moveTo(*corners[0])
    for corner in corners[1:]:
        path.lineTo(*corner)
    path.closeSubpath()
    return path


def _hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the corners of the convex hull (Andrew 1979)."""

    def half(ordered: list[tuple[float, float]]) -> list[tuple[float, float]]:
        kept: list[tuple[float, float]] = []
        for x, y in ordered:
            while len(kept) > 1:
                (ax, ay), (bx, by) = kept[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    ordered = sorted(set(points))
    return half(ordered) + half(ordered[::-1])


def smooth(points: Sequence[QPointF], *, closed: bool = False) -> QPainterPath:
    """Return a smooth line through `points` (Catmull-Rom)."""
    path = QPainterPath(points[0])
    n = len(points)
    for i in range(n if closed else n - 1):
        before = points[i - 1] if closed or i else points[i]
        here, there = points[i], points[(i + 1) % n]
        after = points[(i + 2) % n] if closed or i + 2 < n else there
        path.cubicTo(here + (there - before) / 6, there - (after - here) / 6, there)
    if closed:
        path.closeSubpath()
    return path


def paint_head(painter: QPainter, t: theme.Tokens, pose: Pose) -> None:
    """Draw ears, skull and face."""
    head = placed(pose)
    skull = outline(head)
    line = QPen(t.mline, 2.4)
    line.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    ears = sorted((_ear(head, side) for side in (-1.0, 1.0)), key=lambda ear: ear[1])
    painter.setPen(line)
    painter.setBrush(t.skin)
    for path, near in ears:
        if near < 0:
            painter.drawPath(path)
    painter.drawPath(skull)
    for path, near in ears:
        if near >= 0:
            painter.setPen(QPen(t.mline, 2.0))
            painter.drawPath(path)
            middle = path.boundingRect().center()
            painter.setPen(QPen(theme.faded(t.mline, 0.6), 1.6))
            painter.drawPath(_shrunk(path, middle, 0.58))
    _paint_face(painter, t, head, pose)


def _ear(head: Placed, side: float) -> tuple[QPainterPath, float]:
    """Return an ear and how near it is; below 0 the skull hides its root."""
    points = []
    for i in range(12):
        angle = 2 * math.pi * i / 12
        out, up = 15 * math.cos(angle), 34 * math.sin(angle)
        narrow = 0.72 if up > 0 else 1.0
        points.append(
            head.point((side * (82 + 0.62 * out * narrow), -83 + up, -18 - 0.78 * out))[0]
        )
    return smooth(points, closed=True), head.point((side * 86, -83, -18))[1] - 4


def _shrunk(path: QPainterPath, middle: QPointF, share: float) -> QPainterPath:
    shrunk = QTransform().translate(middle.x(), middle.y()).scale(share, share)
    return shrunk.translate(-middle.x(), -middle.y()).map(path)


def _paint_face(painter: QPainter, t: theme.Tokens, head: Placed, pose: Pose) -> None:
    eyes = (*_LIDS_OPEN, *_LIDS_UNDER) if pose.eyes_open else _LIDS_CLOSED
    lines = [(row, 2.2) for row in (*_BROWS, *eyes)]
    lines += [(row, 2.0) for row in (*_WINGS, _MOUTH, _LIP)]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for row, width in lines:
        _draw_line(painter, t, head, row, width)
    _draw_line(painter, t, head, _NOSE, 2.4, share=0.0)
    if pose.eyes_open:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.mline)
        for pupil in _PUPILS:
            at, _ = head.point(pupil)
            if _faces(head, pupil):
                painter.drawEllipse(at, 5.0 * max(0.35, abs(head.turned[2][2])), 5.5)


def _faces(head: Placed, own: Point) -> bool:
    """Return whether a point of the face looks at the viewer."""
    out = (own[0], 0.35 * (own[1] + 60), own[2])
    return sum(head.turned[2][i] * out[i] for i in range(3)) > 12


def _draw_line(
    painter: QPainter,
    t: theme.Tokens,
    head: Placed,
    row: Sequence[Point],
    width: float,
    share: float = 0.6,
) -> None:
    """Draw a line of the face unless more than `share` of it is turned away."""
    facing = sum(_faces(head, own) for own in row) / len(row)
    if facing < share:
        return
    pen = QPen(theme.faded(t.mline, 0.9), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(smooth([head.point(own)[0] for own in row]))
