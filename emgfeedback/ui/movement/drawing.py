"""The drawn person as a whole: body, head, where it should go, and an arrow on the way."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from emgfeedback.training.now import MovementNow
from emgfeedback.ui import theme
from emgfeedback.ui.movement import body, head
from emgfeedback.ui.movement.pose import GOALS, Around, Hands, Pose, pose_at

_NARROW = QRectF(40, -56, 520, 596)
_WIDE = QRectF(-130, -56, 860, 596)
_WHOLE = QRectF(40, -16, 520, 596)
_NEAR_DEG = 1.0
"""So near the goal needs no outline any more."""


def view_of(key: str) -> QRectF:
    """Return what of the drawing belongs to the picture of a task."""
    if GOALS[key].around is Around.WALKING:
        return _WHOLE
    return _WIDE if GOALS[key].hands is Hands.OUT else _NARROW


def place_of(key: str, rect: QRectF) -> tuple[QRectF, float]:
    """Return where in `rect` the picture stands, and how large one of its units is."""
    view = view_of(key)
    scale = min(rect.width() / view.width(), rect.height() / view.height())
    place = QRectF(0, 0, view.width() * scale, view.height() * scale)
    place.moveCenter(rect.center())
    return place, scale


def badge_places(key: str, rect: QRectF) -> tuple[QPointF, QPointF]:
    """Return the middles of the badges of the left and of the right side."""
    place, scale = place_of(key, rect)
    goal = GOALS[key]
    raised = goal.hands in (Hands.FOREHEAD, Hands.BEHIND)
    high = 500 if goal.around is Around.WALKING else 100 if raised else 300
    y = place.top() + high * scale
    aside = 26 * scale
    return QPointF(place.left() + aside, y), QPointF(place.right() - aside, y)


def paint_movement(
    painter: QPainter, t: theme.Tokens, rect: QRectF, now: MovementNow, *, still: bool = False
) -> None:
    """Draw a moment of a task into `rect`; `still` shows each part as one picture."""
    place, scale = place_of(now.key, rect)
    view = view_of(now.key)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(place.topLeft())
    painter.scale(scale, scale)
    painter.translate(-view.topLeft())
    goal, pose = GOALS[now.key], pose_at(now, still=still)
    if goal.around is Around.WALKING:
        body.paint_walker(painter, t, pose.stride)
        painter.restore()
        return
    _paint_behind(painter, t, goal)
    body.paint_hands(painter, t, pose, behind=True)
    body.paint_body(painter, t, pose)
    head.paint_head(painter, t, pose)
    body.paint_hands(painter, t, pose, behind=False)
    _paint_before(painter, t, goal)
    if now.part in ("ready", "out"):
        _paint_ghost(painter, t, goal, pose)
        _paint_arrow(painter, t, goal, back=False)
    elif now.part == "back":
        _paint_arrow(painter, t, goal, back=True)
    elif now.part == "hold" and goal.hands in _PRESSES:
        _paint_press(painter, t, goal)
    painter.restore()


_PRESSES = (Hands.LEFT_CHEEK, Hands.RIGHT_CHEEK, Hands.FOREHEAD, Hands.BEHIND)


def _pen(t: theme.Tokens, width: float, *, dashed: bool = False) -> QPen:
    pen = QPen(t.accent, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashed:
        pen.setDashPattern([2.2, 2.6])
    return pen


def _paint_behind(painter: QPainter, t: theme.Tokens, goal: Pose) -> None:
    if goal.around is Around.CUSHION:
        painter.setPen(QPen(t.edge, 2.4))
        painter.setBrush(t.sunken)
        painter.drawRoundedRect(QRectF(176, -4, 248, 254), 56, 56)
    elif goal.around is Around.MIDLINE:
        painter.setPen(_pen(t, 3.0, dashed=True))
        painter.drawLine(QPointF(300, -48), QPointF(300, -8))


def _paint_before(painter: QPainter, t: theme.Tokens, goal: Pose) -> None:
    if goal.around is Around.MIDLINE:
        painter.setPen(_pen(t, 3.0, dashed=True))
        painter.drawLine(QPointF(300, 282), QPointF(300, 392))
    elif goal.around is Around.EITHER_WAY:
        painter.setPen(_pen(t, 4.0, dashed=True))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for side in (-1.0, 1.0):
            painter.drawPath(_arc(QPointF(300, 215), 252, side * 7, side * 27))
    elif goal.around is Around.COUNTING:
        bubble = QPainterPath()
        bubble.addRoundedRect(QRectF(396, -46, 156, 92), 34, 34)
        tail = QPainterPath()
        tail.addPolygon(QPolygonF([QPointF(412, 30), QPointF(446, 40), QPointF(388, 84)]))
        painter.setPen(QPen(t.edge, 2.4))
        painter.setBrush(t.surface)
        painter.drawPath(bubble.united(tail))
        font = theme.sized_font(34, 650)
        font.setPixelSize(34)
        painter.setFont(font)
        painter.setPen(t.ink)
        painter.drawText(
            QRectF(396, -46, 156, 92), Qt.AlignmentFlag.AlignCenter, "100 \N{MINUS SIGN} 7"
        )


def _paint_ghost(painter: QPainter, t: theme.Tokens, goal: Pose, pose: Pose) -> None:
    """Draw where a tilted head should come to; turned or bowed its outline says nothing."""
    if abs(goal.tilt_deg - pose.tilt_deg) < _NEAR_DEG:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(t, 2.6, dashed=True))
    painter.drawPath(head.outline(head.placed(goal)))


def _arc(centre: QPointF, radius: float, from_deg: float, to_deg: float) -> QPainterPath:
    """Return an arc over `centre`; 0 is up, positive goes to the right."""
    points = []
    for i in range(13):
        angle = math.radians(from_deg + (to_deg - from_deg) * i / 12)
        points.append(centre + QPointF(math.sin(angle), -math.cos(angle)) * radius)
    return head.smooth(points)


def _with_tip(painter: QPainter, t: theme.Tokens, points: list[QPointF]) -> None:
    """Draw an arrow along `points`."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(t, 7.0))
    painter.drawPath(head.smooth(points))
    end, before = points[-1], points[-2]
    way = math.atan2(end.y() - before.y(), end.x() - before.x())
    tip = [
        end + QPointF(math.cos(way + turn), math.sin(way + turn)) * 22
        for turn in (math.radians(145), math.radians(-145))
    ]
    painter.drawPolyline(QPolygonF([tip[0], end, tip[1]]))


def _paint_arrow(painter: QPainter, t: theme.Tokens, goal: Pose, *, back: bool) -> None:
    for points in _arrows(goal):
        _with_tip(painter, t, points[::-1] if back else points)


def _arrows(goal: Pose) -> list[list[QPointF]]:
    """Return the way out of a movement, as lines of points."""
    if goal.hands is not Hands.DOWN:
        return _hand_arrows(goal)
    if goal.turn_deg:
        sign = math.copysign(1.0, goal.turn_deg)
        # Seen a little from above: the way the nose goes round.
        turns = [math.radians(8 + 62 * i / 12) for i in range(13)]
        return [
            [QPointF(300 + sign * 132 * math.sin(a), 4 - 38 * (1 - math.cos(a))) for a in turns]
        ]
    if goal.tilt_deg:
        sign = math.copysign(1.0, goal.tilt_deg)
        angles = [math.radians(6 + 26 * i / 12) for i in range(13)]
        return [[QPointF(300 + sign * 248 * math.sin(a), 215 - 248 * math.cos(a)) for a in angles]]
    if goal.around is Around.NOTHING and goal.nod_deg:
        ys = (70.0, 120.0, 178.0) if goal.nod_deg > 0 else (178.0, 120.0, 70.0)
        bow = (0.0, 12.0, 0.0)
        return [
            [QPointF(300 + s * (132 + b), y) for y, b in zip(ys, bow, strict=True)]
            for s in (-1.0, 1.0)
        ]
    lifts = ((-1.0, goal.lift_left), (1.0, goal.lift_right))
    return [
        [QPointF(300 + s * 206, 372), QPointF(300 + s * 206, 330), QPointF(300 + s * 206, 290)]
        for s, lift in lifts
        if lift
    ]


def _hand_arrows(goal: Pose) -> list[list[QPointF]]:
    if goal.hands is Hands.OUT:
        return [
            [QPointF(300 + s * 352, 540), QPointF(300 + s * 392, 500), QPointF(300 + s * 404, 452)]
            for s in (-1.0, 1.0)
        ]
    if goal.hands is Hands.FACE:
        return [[QPointF(500, 500), QPointF(470, 400), QPointF(400, 300)]]
    return []


def _paint_press(painter: QPainter, t: theme.Tokens, goal: Pose) -> None:
    """Draw short strokes where the head presses."""
    starts = {
        Hands.LEFT_CHEEK: (QPointF(196, 176), 180.0),
        Hands.RIGHT_CHEEK: (QPointF(404, 176), 0.0),
        Hands.FOREHEAD: (QPointF(300, 6), -90.0),
        Hands.BEHIND: (QPointF(300, -10), -90.0),
    }
    at, way = starts[goal.hands]
    painter.setPen(_pen(t, 5.0))
    for spread in (-28.0, 0.0, 28.0):
        angle = math.radians(way + spread)
        out = QPointF(math.cos(angle), math.sin(angle))
        painter.drawLine(at + out * 4, at + out * 24)
