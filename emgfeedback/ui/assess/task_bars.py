"""How tasks and the edges of their holds are drawn over the lanes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from emgfeedback.ui import theme
from emgfeedback.ui.assess import edge_words
from emgfeedback.ui.assess.edges import END, START, EdgeKey, Hold
from emgfeedback.ui.review.lanes_painting import Rows
from emgfeedback.ui.review.time_axis import TimeScale
from emgfeedback.ui.widgets import marks

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_LEAST_WORDS_PX = 22


def draw_bars(
    painter: QPainter, row: QRectF, time: TimeScale, holds: Sequence[Hold], task: str
) -> None:
    """Draw every repeat as a bar with its way there and back, the hold filled and named."""
    t = theme.tokens()
    for hold in holds:
        whole = _bar(row, time, hold.from_s, hold.to_s)
        held = _bar(row, time, hold.start_s, hold.end_s)
        if whole is None:
            continue
        chosen = hold.task == task
        painter.setPen(QPen(t.accent if chosen else t.line, 1.2))
        painter.setBrush(t.sunken)
        painter.drawRoundedRect(whole, theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
        if held is None:
            continue
        painter.setBrush(theme.mixed(t.accent, t.surface, 0.28) if chosen else t.raised)
        painter.drawRoundedRect(held, theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
        _name(painter, held, hold, chosen=chosen)


def _bar(row: QRectF, time: TimeScale, from_s: float, to_s: float) -> QRectF | None:
    left = max(time.x(from_s), time.left)
    right = min(time.x(to_s), time.left + time.width)
    if right - left < 1:
        return None
    return QRectF(left, row.top() + 3, right - left, row.height() - 6)


def _name(painter: QPainter, bar: QRectF, hold: Hold, *, chosen: bool) -> None:
    """Write task and repeat over how long it is held, as far as there is room."""
    t = theme.tokens()
    room = bar.adjusted(6, 2, -4, -2)
    if room.width() < _LEAST_WORDS_PX:
        return
    upper, lower = QRectF(room), QRectF(room)
    upper.setBottom(room.center().y())
    lower.setTop(room.center().y())
    strong, plain = theme.font("caption_strong"), theme.font("caption")
    painter.setFont(strong)
    painter.setPen(t.ink if chosen else t.ink2)
    painter.drawText(upper, _LEFT, marks.elided(edge_words.hold_words(hold), strong, room.width()))
    held = edge_words.length(hold)
    if QFontMetricsF(plain).horizontalAdvance(held) <= room.width():
        painter.setFont(plain)
        painter.setPen(t.ink2)
        painter.drawText(lower, _LEFT, held)


def draw_edges(
    painter: QPainter,
    rows: Rows,
    time: TimeScale,
    holds: Sequence[Hold],
    active: EdgeKey | None,
    ghost_s: float | None,
    marked_s: Sequence[float],
) -> None:
    """Draw the edges of a task's holds across the lanes; the one in hand with its seconds.

    Parameters
    ----------
    ghost_s
        Where the edge in hand stood before; None: it stands there.
    marked_s
        Where the marks put the edges that were moved.
    """
    t = theme.tokens()
    plot = rows.plot
    painter.save()
    painter.setClipRect(QRectF(time.left, 0, time.width, plot.bottom()))
    for hold in holds:
        left, right = time.x(hold.start_s), time.x(hold.end_s)
        held = QRectF(left, plot.top(), right - left, plot.height())
        painter.fillRect(held, theme.faded(t.accent, 0.07))
        for edge, x in ((START, left), (END, right)):
            in_hand = active == EdgeKey(hold.task, hold.repeat, edge)
            painter.setPen(QPen(t.ink if in_hand else t.accent, 2.2 if in_hand else 1.4))
            painter.drawLine(QLineF(x, rows.moments.top(), x, plot.bottom()))
    if active is not None and ghost_s is not None:
        x = time.x(ghost_s)
        painter.setPen(QPen(t.ink2, 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(x, rows.moments.top(), x, plot.bottom()))
    painter.setPen(QPen(t.ink3, 1.2, Qt.PenStyle.DotLine))
    for x in map(time.x, marked_s):
        painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
    painter.restore()
    for hold in holds:
        if active is not None and (hold.task, hold.repeat) == (active.task, active.repeat):
            _value(painter, rows, time, hold.at(active.edge))


def _value(painter: QPainter, rows: Rows, time: TimeScale, at_s: float) -> None:
    """Write where the edge in hand stands, on a ground of its own."""
    x = time.x(at_s)
    if not time.left <= x <= time.left + time.width:
        return
    t = theme.tokens()
    font = theme.font("caption_strong")
    metrics = QFontMetricsF(font)
    text = edge_words.seconds(at_s)
    width = metrics.horizontalAdvance(text) + 14
    place = QRectF(x - width / 2, rows.plot.top() + 4, width, metrics.height() + 6)
    place.moveLeft(min(max(place.left(), time.left), time.left + time.width - width))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(t.ink)
    painter.drawRoundedRect(place, theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
    painter.setFont(font)
    painter.setPen(t.surface)
    painter.drawText(place, _CENTRE, text)
