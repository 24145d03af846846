"""The heat table: tasks down, muscles across, the number in every cell."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.ui import theme, words
from emgfeedback.ui.assess.heat import Cell, Heat, unit_words
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_NAME_PX, _BADGES_PX, _BADGE_PX = 20, 24, 18
_LEAST_ROW_PX, _MOST_ROW_PX = 19, 43
_LEAST_COLUMN_PX, _GROUP_GAP_PX, _GAP_PX = 46, 10, 3
_TITLE_PAD_PX = 14
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class HeatTable(FollowsLook, QWidget):
    """Paints a `Heat`; arrows, Home, End and the mouse move the current cell.

    Signals
    -------
    moved
        Row and column of the current cell.
    """

    moved = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heat = Heat()
        self.at = (0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Activity by task and muscle"))

    def show_heat(self, heat: Heat) -> None:
        """Show `heat`; the current cell stays where there is one."""
        self.heat = heat
        row, column = self.at
        self.at = (
            min(row, max(0, len(heat.rows) - 1)),
            min(column, max(0, len(heat.columns) - 1)),
        )
        self.updateGeometry()
        self.update()
        self._tell()

    @property
    def cell(self) -> Cell | None:
        """The current cell."""
        row, column = self.at
        return self.heat.rows[row].cells[column] if self.heat.rows else None

    def move_to(self, row: int, column: int) -> None:
        """Make a cell the current one, the nearest where there is none."""
        if not self.heat.rows or not self.heat.columns:
            return
        row = min(max(0, row), len(self.heat.rows) - 1)
        column = min(max(0, column), len(self.heat.columns) - 1)
        if (row, column) != self.at:
            self.at = (row, column)
            self.update()
            self._tell()

    def say(self, text: str) -> None:
        """Let a screen reader say `text` of the current cell."""
        self.setAccessibleDescription(text)
        if self.hasFocus():
            event = QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(event)

    def _tell(self) -> None:
        if self.heat.rows:
            self.moved.emit(*self.at)

    # Room

    def _title_px(self) -> float:
        metrics = QFontMetricsF(theme.font("body"))
        widest = max((metrics.horizontalAdvance(row.title) for row in self.heat.rows), default=0.0)
        return min(widest + _TITLE_PAD_PX, 0.34 * self.width()) if self.width() else widest

    def _head_px(self) -> int:
        units = theme.px(_NAME_PX - 4) if self.heat.mixed else 0
        return theme.px(_NAME_PX + _BADGES_PX) + units

    def sizeHint(self) -> QSize:
        """Return room for every row."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the least room in which every number can be read."""
        rows, columns = len(self.heat.rows), len(self.heat.columns)
        wide = theme.px(110 + _LEAST_COLUMN_PX * columns)
        return QSize(wide, self._head_px() + rows * theme.px(_LEAST_ROW_PX))

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a cell is drawn."""
        gaps = [0]
        for before, here in zip(self.heat.columns, self.heat.columns[1:], strict=False):
            gaps.append(gaps[-1] + (_GROUP_GAP_PX if here.group != before.group else 0))
        left, head = self._title_px(), self._head_px()
        wide = (self.width() - left - gaps[-1]) / max(1, len(self.heat.columns))
        high = (self.height() - head) / max(1, len(self.heat.rows))
        high = min(high, float(theme.px(_MOST_ROW_PX)))
        x, y = left + column * wide + gaps[column], head + row * high
        return QRectF(x, y, wide - _GAP_PX, high - _GAP_PX)

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return row and column under a point; left of the cells the row's first."""
        for row in range(len(self.heat.rows)):
            first = self.cell_rect(row, 0)
            if not first.top() - _GAP_PX <= at.y() <= first.bottom():
                continue
            if at.x() < first.left():
                return row, self.at[1]
            for column in range(len(self.heat.columns)):
                if self.cell_rect(row, column).right() >= at.x():
                    return row, column
        return None

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the current cell."""
        row, column = self.at
        key = Qt.Key(event.key())
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_PageUp: (-len(self.heat.rows), 0),
            Qt.Key.Key_PageDown: (len(self.heat.rows), 0),
            Qt.Key.Key_Home: (0, -len(self.heat.columns)),
            Qt.Key.Key_End: (0, len(self.heat.columns)),
        }
        if key in steps:
            down, right = steps[key]
            self.move_to(row + down, column + right)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Make the cell under the mouse the current one."""
        at = self.cell_at(event.position())
        if at is not None:
            self.move_to(*at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose by a press, where nothing hovers."""
        self.mouseMoveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.update()

    # Picture

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw heads, titles and cells."""
        del event
        if not self.heat.rows or not self.heat.columns:
            return
        painter = smooth_painter(self)
        self._draw_heads(painter)
        for place in range(len(self.heat.rows)):
            self._draw_row(painter, place)
        self._draw_current(painter)
        painter.end()

    def _draw_heads(self, painter: QPainter) -> None:
        t = theme.tokens()
        columns = list(enumerate(self.heat.columns))
        y = 0.0
        for _, group in groupby(columns, key=lambda pair: pair[1].group):
            places = [place for place, _ in group]
            first, last = self.cell_rect(0, places[0]), self.cell_rect(0, places[-1])
            room = QRectF(first.left(), y, last.right() - first.left(), theme.px(_NAME_PX))
            font = theme.font("body_strong")
            painter.setFont(font)
            painter.setPen(t.ink)
            column = self.heat.columns[places[0]]
            known = column.label if column.muscle == "other" else words.muscle_name(column.muscle)
            painter.drawText(room, _CENTRE, marks.elided(known, font, room.width()))
            if self.heat.mixed:
                room.translate(0, theme.px(_NAME_PX - 3))
                font = theme.font("caption")
                painter.setFont(font)
                painter.setPen(t.ink2)
                said = unit_words(column.measure)
                painter.drawText(room, _CENTRE, marks.elided(said, font, room.width()))
        size = float(theme.px(_BADGE_PX))
        badge = QRectF(0, self._head_px() - theme.px(_BADGES_PX) + 1, size, size)
        for place, column in columns:
            cell = self.cell_rect(0, place)
            badge.moveLeft(cell.center().x() - size / 2)
            marks.draw_badge(painter, badge, column.side)

    def _draw_row(self, painter: QPainter, place: int) -> None:
        t = theme.tokens()
        row = self.heat.rows[place]
        first = self.cell_rect(place, 0)
        current = place == self.at[0]
        font = theme.font("body_strong" if current else "body")
        painter.setFont(font)
        painter.setPen(t.ink)
        room = QRectF(0, first.top(), first.left() - 6, first.height())
        painter.drawText(room, _LEFT, marks.elided(row.title, font, room.width()))
        for column, cell in enumerate(row.cells):
            self._draw_cell(painter, self.cell_rect(place, column), cell)

    def _draw_cell(self, painter: QPainter, rect: QRectF, cell: Cell) -> None:
        t = theme.tokens()
        radius = theme.RADIUS_CELL_PX
        ink = t.ink2
        if cell.left_out:
            marks.draw_hatch(painter, rect, theme.faded(t.bad, 0.55), step_px=7.0, falling=True)
            painter.setPen(QPen(t.bad, 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(0.6, 0.6, -0.6, -0.6), radius, radius)
            self._draw_left_out(painter, rect)
            return
        if cell.share is not None:
            ground, ink = theme.heat_colours(cell.share)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(rect, radius, radius)
        elif cell.text != words.DASH:
            ink = t.ink
        painter.setPen(ink)
        painter.setFont(theme.font("body_strong" if cell.text != words.DASH else "body"))
        painter.drawText(rect, _CENTRE, cell.text)

    def _draw_left_out(self, painter: QPainter, rect: QRectF) -> None:
        t = theme.tokens()
        font = theme.font("caption_strong")
        said = self.tr("left out")
        metrics = QFontMetricsF(font)
        if metrics.horizontalAdvance(said) + 8 > rect.width():
            said = words.DASH
        wide = metrics.horizontalAdvance(said) + 8
        plate = QRectF(0, 0, wide, min(metrics.height(), rect.height() - 2))
        plate.moveCenter(rect.center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.surface)
        painter.drawRoundedRect(plate, 3, 3)
        painter.setPen(t.bad)
        painter.setFont(font)
        painter.drawText(rect, _CENTRE, said)

    def _draw_current(self, painter: QPainter) -> None:
        t = theme.tokens()
        rect = self.cell_rect(*self.at).adjusted(-1, -1, 1, 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(t.focus, 2.5) if self.hasFocus() else QPen(t.edge, 1.6))
        painter.drawRoundedRect(rect, theme.RADIUS_CELL_PX + 1, theme.RADIUS_CELL_PX + 1)
