"""The table of ways around heartbeats: a line a way, a column a channel, painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from emgfeedback.ui import theme, words
from emgfeedback.ui.assess.heart_words import HeartColumn, HeartLine
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, ground_of, smooth_painter

_TITLE_PX, _COLUMN_PX, _MOST_COLUMN_PX = 192, 44, 64
_LINE_PX, _NAME_PX, _BADGE_PX = 32, 18, 18
_PAD_PX = 8
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the columns stand: beside the titles, or under them where room is short."""

    left: float
    wide: float
    beside: bool

    def cell(self, column: int, top: float, high: float) -> QRectF:
        """Return where a number stands."""
        return QRectF(self.left + column * self.wide, top, self.wide, high)


def grid_of(width: float, n_columns: int) -> Grid:
    """Share out the width."""
    title, least = theme.px(_TITLE_PX), theme.px(_COLUMN_PX)
    n = max(1, n_columns)
    beside = width - _PAD_PX >= title + n * least
    room = width - _PAD_PX - (title if beside else theme.px(26))
    wide = min(room / n, float(theme.px(_MOST_COLUMN_PX)))
    return Grid(width - _PAD_PX - n * wide, wide, beside)


class _Line(FollowsLook):
    """What all lines of the table share: their columns, and a height that follows the width."""

    columns: Sequence[HeartColumn] = ()

    def grid(self) -> Grid:
        """Return where the columns stand."""
        return grid_of(float(self.width()), len(self.columns))

    def fit(self) -> None:
        """Take the height the line needs at this width."""
        lines = 1 if self.grid().beside else 2
        self.setFixedHeight(theme.px(_LINE_PX) if lines == 1 else theme.px(_LINE_PX + 20))

    def numbers_at(self) -> tuple[float, float]:
        """Return top and height of the numbers."""
        if self.grid().beside:
            return 0.0, float(self.height())
        return self.height() / 2, self.height() / 2 - 2

    def title_rect(self, left: float) -> QRectF:
        """Return where the title stands."""
        if self.grid().beside:
            return QRectF(left, 0, self.grid().left - left, self.height())
        return QRectF(left, 2, self.width() - left, self.height() / 2)

    def draw_numbers(self, painter: QPainter, cells: Sequence[str], role: str) -> None:
        """Draw a number in every column."""
        t = theme.tokens()
        painter.setFont(theme.font(role))
        top, high = self.numbers_at()
        for place, text in enumerate(cells):
            painter.setPen(t.ink3 if text == words.DASH else t.ink)
            painter.drawText(self.grid().cell(place, top, high), _CENTRE, text)


class HeartHeads(_Line, QWidget):
    """The muscles and their sides over the columns."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def fit(self) -> None:
        """Take room for names and badges."""
        self.setFixedHeight(theme.px(_NAME_PX + _BADGE_PX) + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw each muscle once over the badges of its sides."""
        del event
        t, grid, painter = theme.tokens(), self.grid(), smooth_painter(self)
        name, size = float(theme.px(_NAME_PX)), float(theme.px(_BADGE_PX))
        font = theme.font("caption_strong")
        painter.setFont(font)
        for _, group in groupby(enumerate(self.columns), key=lambda pair: pair[1].muscle):
            places = list(group)
            first, last = places[0][0], places[-1][0]
            room = grid.cell(first, 0, name).united(grid.cell(last, 0, name))
            column = places[0][1]
            known = column.muscle != "other"
            text = words.short_muscle_name(column.muscle) if known else column.label
            painter.setFont(font)
            painter.setPen(t.ink2)
            painter.drawText(room, _CENTRE, marks.elided(text, font, room.width() - 2))
            for place, one in places:
                middle = grid.cell(place, name + 2, size).center()
                badge = QRectF(middle.x() - size / 2, name + 2, size, size)
                marks.draw_badge(painter, badge, one.side)
        painter.end()


class HeartFact(_Line, QWidget):
    """A line that tells and is not chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.line = HeartLine("", "", (), "")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_line(self, line: HeartLine) -> None:
        """Show `line`."""
        self.line = line
        self.setAccessibleName(line.spoken)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title and numbers."""
        del event
        painter = smooth_painter(self)
        painter.setFont(theme.font("second_strong"))
        painter.setPen(theme.tokens().ink2)
        painter.drawText(self.title_rect(_PAD_PX), _LEFT, self.line.title)
        self.draw_numbers(painter, self.line.cells, "second")
        painter.end()


class WayButton(_Line, QAbstractButton):
    """A way to choose; while the choice is locked it is read, not pressed."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.line = HeartLine(key, "", (), "")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return room for the title at least."""
        metrics = QFontMetricsF(theme.font("body_strong"))
        return QSize(round(metrics.horizontalAdvance(self.line.title)) + 40, self.height())

    def show_line(self, line: HeartLine, what: str) -> None:
        """Show `line`; `what` says what the way does."""
        self.line = line
        self.setText(line.title)
        self.setAccessibleName(line.spoken)
        self.setAccessibleDescription(what)
        self.setToolTip(what)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a ring, filled where chosen, then title and numbers."""
        del event
        t, painter, chosen = theme.tokens(), smooth_painter(self), self.isChecked()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(t.accent, 1.4) if chosen else Qt.PenStyle.NoPen)
        ground = theme.mixed(t.accent, t.surface, 0.12) if chosen else t.surface
        painter.setBrush(ground_of(self, ground))
        painter.drawRoundedRect(box, theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
        title = self.title_rect(_PAD_PX)
        radius = theme.px(14) / 2
        middle = QPointF(_PAD_PX + radius, title.center().y())
        painter.setPen(QPen(t.accent if chosen else t.edge, 1.6))
        painter.setBrush(t.surface)
        if self.isEnabled() or chosen:
            painter.drawEllipse(middle, radius, radius)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(t.accent)
            painter.drawEllipse(middle, radius * 0.55, radius * 0.55)
        font = theme.font("body_strong" if chosen else "body")
        painter.setFont(font)
        painter.setPen(t.ink if chosen or self.isEnabled() else t.ink2)
        title.setLeft(middle.x() + radius + 7)
        painter.drawText(title, _LEFT, marks.elided(self.text(), font, title.width()))
        self.draw_numbers(painter, self.line.cells, "second_strong" if chosen else "second")
        painter.end()
