"""Neck, shoulders, arms and hands of the drawn person, and the one who walks on the spot."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QTransform,
)

from emgfeedback.ui import theme
from emgfeedback.ui.movement.head import placed, smooth
from emgfeedback.ui.movement.pose import Hands, Pose

FOOT = 566.0
_OUTLINE = (
    (248, 178, 1.0, 0.0), (242, 226, 0.8, 0.0), (241, 284, 0.46, 0.1), (237, 312, 0.3, 0.2),
    (224, 336, 0.14, 0.32), (197, 358, 0.04, 0.5), (160, 378, 0.0, 0.78), (124, 394, 0.0, 1.0),
    (96, 404, 0.0, 1.0), (74, 424, 0.0, 0.96), (62, 458, 0.0, 0.9), (57, 500, 0.0, 0.85),
    (53, 550, 0.0, 0.8), (51, 600, 0.0, 0.8),
)  # fmt: skip
"""The left edge from ear to arm: x, y, how far it goes with the head, and with the shoulder."""
LIFT = 62.0
_SHOULDER = QPointF(108, 428)
_ARM_WIDE = 25.0
_UPPER_ARM = [QPointF(126, 432), QPointF(90, 372), QPointF(96, 270)]


def _mirrored(point: QPointF) -> QPointF:
    return QPointF(600 - point.x(), point.y())


def _edge(pose: Pose, side: float) -> list[QPointF]:
    """Return the points of the edge of the left (-1) or right (1) side, from the ear down."""
    head = placed(pose)
    lift = LIFT * eased_lift(pose, side)
    points = []
    for x, y, with_head, with_shoulder in _OUTLINE:
        own = (side * (300.0 - x), y - 215.0, -10.0)
        still = QPointF(300 + own[0], y)
        moved, _ = head.point((own[0] * (1 - 0.06 * abs(pose.turn_deg) / 55), own[1], own[2]))
        # The skin slides round the neck: only a tilt and a nod take its edge along.
        moved.setX(moved.x() if pose.tilt_deg else still.x() + 0.1 * (moved.x() - still.x()))
        points.append(
            still + (moved - still) * with_head - QPointF(0, lift * with_shoulder)
        )  # fmt: skip
    return points


def eased_lift(pose: Pose, side: float) -> float:
    """Return how far a shoulder is raised, arms held out raising it a little."""
    own = pose.lift_left if side < 0 else pose.lift_right
    return max(own, 0.16 * pose.reach if pose.hands is Hands.OUT else 0.0)


def paint_body(painter: QPainter, t: theme.Tokens, pose: Pose) -> None:
    """Draw neck, shoulders and chest, fading out below."""
    left, right = _edge(pose, -1.0), _edge(pose, 1.0)
    body = smooth(left)
    body.lineTo(right[-1])
    body.connectPath(smooth(right[::-1]))
    body.closeSubpath()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_fading(t.skin2, t.skin))
    painter.drawPath(body)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_line(t, 2.4))
    for edge in (left, right):
        painter.drawPath(smooth(edge))
    painter.save()
    painter.setClipPath(body, Qt.ClipOperation.IntersectClip)
    _paint_neck(painter, t, pose)
    painter.restore()


def _fading(first: QColor, last: QColor) -> QBrush:
    gradient = QLinearGradient(0, 230, 0, FOOT)
    gradient.setColorAt(0, first)
    gradient.setColorAt(0.62, last)
    gradient.setColorAt(1, theme.faded(last, 0))
    return QBrush(gradient)


def _line(t: theme.Tokens, width: float) -> QPen:
    gradient = QLinearGradient(0, 230, 0, FOOT)
    for at, colour in ((0, t.mline), (0.66, t.mline), (1, theme.faded(t.mline, 0))):
        gradient.setColorAt(at, colour)
    pen = QPen(QBrush(gradient), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _paint_neck(painter: QPainter, t: theme.Tokens, pose: Pose) -> None:
    """Draw the collar bones, and the two cords from behind the ears to the breastbone."""
    head = placed(pose)
    for side in (-1.0, 1.0):
        lift = LIFT * eased_lift(pose, side)
        notch = QPointF(300 + 14 * side, 405)
        bone = [notch, QPointF(300 + 70 * side, 399 - 0.2 * lift),
                QPointF(300 + 130 * side, 400 - 0.6 * lift),
                QPointF(300 + 192 * side, 408 - 0.95 * lift)]  # fmt: skip
        painter.setPen(QPen(theme.faded(t.mline, 0.55), 2.0))
        painter.drawPath(smooth(bone))
        top, near = head.point((side * 70, -14, -34))
        middle = (top + notch) / 2 + QPointF(9 * side, 6)
        # Turned forward, a cord stands out; turned back, it lies flat.
        stands_out = min(1.0, max(0.18, 0.55 + near / 90))
        for step, width in ((-5.0, 1.6), (9.0, 1.3)):
            pen = QPen(theme.faded(t.mline, 0.75 * stands_out), width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            at = QPointF(step * side, 0)
            painter.drawPath(smooth([top + at, middle + at * 0.9, notch + at * 0.5]))


def paint_hands(painter: QPainter, t: theme.Tokens, pose: Pose, *, behind: bool) -> None:
    """Draw the arms that stand behind the head, or those before it."""
    if behind:
        if pose.hands is Hands.FOREHEAD:
            _paint(painter, t, _limb(_UPPER_ARM, [30, 31, 25]), mirrored=True)
        for mirrored in (False, True):
            if pose.hands is Hands.BEHIND:
                _paint_elbow(painter, t, mirrored=mirrored)
            elif pose.hands is Hands.OUT:
                _paint_arm_out(painter, t, pose.reach, mirrored=mirrored)
        return
    head = placed(pose)
    if pose.hands in (Hands.LEFT_CHEEK, Hands.RIGHT_CHEEK):
        mirrored = pose.hands is Hands.RIGHT_CHEEK
        _paint_forearm(painter, t, QPointF(96, 560), QPointF(226, 196), -6, mirrored=mirrored)
    elif pose.hands is Hands.FOREHEAD:
        _paint_forearm(painter, t, QPointF(98, 282), QPointF(276, 82), 38, mirrored=True)
    elif pose.hands is Hands.FACE:
        chin, _ = head.point((30, 22, 60))
        low = QPointF(520, 640)
        at = low + (chin + QPointF(4, 6) - low) * pose.reach
        _paint_forearm(painter, t, QPointF(70, 600 - 60 * pose.reach), _mirrored(at), -40,
                       mirrored=True)  # fmt: skip


def _limb(points: list[QPointF], wide: list[float]) -> QPainterPath:
    """Return a limb along `points`, `wide` either way at each."""
    left, right = [], []
    for i, point in enumerate(points):
        before, after = points[max(0, i - 1)], points[min(len(points) - 1, i + 1)]
        way = after - before
        length = math.hypot(way.x(), way.y()) or 1.0
        aside = QPointF(-way.y(), way.x()) * (wide[i] / length)
        left.append(point + aside)
        right.append(point - aside)
    return smooth([*left, *right[::-1]], closed=True)


def _paint(
    painter: QPainter, t: theme.Tokens, path: QPainterPath, *, mirrored: bool = False
) -> None:
    painter.save()
    if mirrored:
        painter.translate(600, 0)
        painter.scale(-1, 1)
    painter.setBrush(_fading(t.skin, t.skin))
    painter.setPen(_line(t, 2.4))
    painter.drawPath(path)
    painter.restore()


def _hand(at: QPointF, degrees: float) -> QPainterPath:
    """Return a flat hand with its palm at `at`, fingers pointing up before it is turned."""
    hand = QPainterPath()
    hand.addRoundedRect(QRectF(-17, -46, 34, 78), 16, 18)
    thumb = QPainterPath()
    thumb.addRoundedRect(QRectF(-7, -24, 15, 46), 7.5, 7.5)
    turn = _turned(thumb, 34, QPointF(-19, 2))
    return _turned(hand.united(turn), degrees, at)


def _turned(path: QPainterPath, degrees: float, at: QPointF) -> QPainterPath:
    return QTransform().translate(at.x(), at.y()).rotate(degrees).map(path)


def _paint_forearm(
    painter: QPainter,
    t: theme.Tokens,
    elbow: QPointF,
    palm: QPointF,
    degrees: float,
    *,
    mirrored: bool,
) -> None:
    """Draw a forearm and a hand whose palm is at `palm`, as for the left side of the picture."""
    back = QPointF(-math.sin(math.radians(degrees)), math.cos(math.radians(degrees)))
    wrist = palm + back * 36
    bend = (elbow + wrist) / 2 + QPointF(-10, 6)
    _paint(painter, t, _limb([elbow, bend, wrist], [34, 27, 15]), mirrored=mirrored)
    _paint(painter, t, _hand(palm, degrees), mirrored=mirrored)


def _paint_elbow(painter: QPainter, t: theme.Tokens, *, mirrored: bool) -> None:
    """Draw an arm whose hand is behind the head."""
    upper = [QPointF(120, 432), QPointF(78, 330), QPointF(58, 206)]
    fore = [QPointF(56, 214), QPointF(130, 150), QPointF(226, 96)]
    _paint(painter, t, _limb(upper, [40, 31, 24]), mirrored=mirrored)
    _paint(painter, t, _limb(fore, [25, 24, 17]), mirrored=mirrored)


def _paint_arm_out(painter: QPainter, t: theme.Tokens, reach: float, *, mirrored: bool) -> None:
    """Draw an arm on its way from hanging down to held out level."""
    angle = math.radians(84 * (1 - reach))
    out = QPointF(-math.cos(angle), math.sin(angle))
    shoulder = _SHOULDER - QPointF(-8, 8 * reach)
    points = [shoulder + out * at for at in (-6, 70, 140, 200, 226)]
    path = _limb(points, [_ARM_WIDE, 23, 18, 13, 9])
    _paint(painter, t, path, mirrored=mirrored)


def paint_walker(painter: QPainter, t: theme.Tokens, stride: float) -> None:
    """Draw a whole person from the front who lifts one knee after the other."""
    swing = math.sin(2 * math.pi * stride)
    painter.setPen(QPen(t.edge, 2.4))
    painter.drawLine(QPointF(190, 554), QPointF(410, 554))
    painter.save()
    painter.translate(0, -6 * abs(swing))
    for side in (-1.0, 1.0):
        raised = max(0.0, swing * side)
        hip = QPointF(300 + 24 * side, 318)
        knee = QPointF(300 + (28 + 6 * raised) * side, 424 - 70 * raised)
        foot = QPointF(300 + 29 * side, 530 - 104 * raised + 6 * abs(swing))
        shoe = QPainterPath()
        shoe.addRoundedRect(QRectF(foot.x() - 17, foot.y() - 8, 34, 26), 11, 11)
        _paint(painter, t, shoe)
        _paint(painter, t, _limb([knee - QPointF(0, 14), knee, foot], [19, 20, 12]))
        _paint(painter, t, _limb([hip, knee + QPointF(0, 14)], [27, 21]))
    trunk = [(262, 128), (240, 142), (246, 220), (252, 280), (248, 336), (300, 348)]
    left = [QPointF(x, y) for x, y in trunk]
    _paint(painter, t, smooth([*left, *map(_mirrored, left[-2::-1])], closed=True))
    for side in (-1.0, 1.0):
        back = 1 - max(0.0, swing * side)
        shoulder = QPointF(300 + 58 * side, 152)
        elbow = QPointF(300 + 80 * side, 236)
        hand = QPointF(300 + (82 - 26 * back) * side, 312 - 84 * back)
        _paint(painter, t, _limb([shoulder, elbow, hand], [16, 14, 10]))
    neck = QPainterPath()
    neck.addRoundedRect(QRectF(284, 92, 32, 44), 10, 10)
    _paint(painter, t, neck)
    skull = QPainterPath()
    skull.addEllipse(QPointF(300, 54), 42, 52)
    _paint(painter, t, skull)
    painter.restore()
