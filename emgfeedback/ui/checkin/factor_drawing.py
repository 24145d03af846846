"""Six factors on six rays: today filled, the last time as a dashed outline."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.ui import theme, words
from emgfeedback.ui.checkin import checkin_words
from emgfeedback.ui.checkin.paper_slider import HIGHEST
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_SIDE_PX = 400
_WORDS_PX, _LINES_PX = 118, 44
_RINGS = (2, 4, 6, 8, 10)


class FactorDrawing(FollowsLook, QWidget):
    """The rays with their names and numbers; a factor without a number leaves a gap."""

    def __init__(self) -> None:
        super().__init__()
        self.now: Mapping[str, int] = {}
        self.before: Mapping[str, int] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Factor chart"))

    def show_factors(self, now: Mapping[str, int], before: Mapping[str, int]) -> None:
        """Show today's numbers and those of the time compared with."""
        self.now, self.before = dict(now), dict(before)
        said = [" ".join(self.label(key)) for key in checkin_words.FACTORS]
        self.setAccessibleDescription(", ".join(said))
        self.update()

    def label(self, key: str) -> tuple[str, str]:
        """Return a factor's name, and its number with the one before."""
        name, _ = checkin_words.factor(key)
        told = checkin_words.value(self.now.get(key))
        if key in self.before:
            was = self.tr("(was %1)").replace("%1", words.whole(self.before[key]))
            told = f"{told} {was}"
        return name, told

    def sizeHint(self) -> QSize:
        """Return room for the rays and the words around them."""
        return QSize(theme.px(_SIDE_PX + 2 * _WORDS_PX - 100), theme.px(_SIDE_PX))

    def minimumSizeHint(self) -> QSize:
        """Return the least room in which the words do not touch."""
        return QSize(theme.px(380), theme.px(320))

    def _middle(self) -> tuple[QPointF, float]:
        radius = min(
            self.width() / 2 - theme.px(_WORDS_PX), self.height() / 2 - theme.px(_LINES_PX)
        )
        return QPointF(self.width() / 2, self.height() / 2), max(20.0, radius)

    def place_of(self, key: str, value: float) -> QPointF:
        """Return where a number lies on its ray, pixels; the first ray points up."""
        middle, radius = self._middle()
        turn = 2 * math.pi * checkin_words.FACTORS.index(key) / len(checkin_words.FACTORS)
        out = value / HIGHEST * radius
        return QPointF(middle.x() + out * math.sin(turn), middle.y() - out * math.cos(turn))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw rays, the time before, and today."""
        del event
        painter = smooth_painter(self)
        self._draw_rays(painter)
        t = theme.tokens()
        dashed = QPen(t.ink3, 1.8)
        dashed.setDashPattern([3, 2.4])
        self._draw_outline(painter, self.before, dashed)
        self._draw_outline(painter, self.now, QPen(t.accent, 2.4), filled=True)
        self._draw_words(painter)
        painter.end()

    def _draw_rays(self, painter: QPainter) -> None:
        t = theme.tokens()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ring in _RINGS:
            painter.setPen(QPen(t.line if ring == HIGHEST else t.grid, 1.2))
            corners = [self.place_of(key, ring) for key in checkin_words.FACTORS]
            painter.drawPolygon(QPolygonF(corners))
        painter.setPen(QPen(t.grid, 1.2))
        for key in checkin_words.FACTORS:
            painter.drawLine(self.place_of(key, 0), self.place_of(key, HIGHEST))
        painter.setFont(theme.font("caption"))
        painter.setPen(t.ink3)
        for ring in _RINGS:
            at = self.place_of(checkin_words.FACTORS[0], ring)
            box = QRectF(at.x() + theme.px(8), at.y() - 8, theme.px(20), 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words.whole(ring))

    def _draw_outline(
        self, painter: QPainter, values: Mapping[str, int], pen: QPen, *, filled: bool = False
    ) -> None:
        t = theme.tokens()
        known = [key for key in checkin_words.FACTORS if key in values]
        places = [self.place_of(key, values[key]) for key in known]
        painter.setPen(pen)
        if len(known) == len(checkin_words.FACTORS):
            painter.setBrush(theme.faded(t.accent, 0.14) if filled else Qt.BrushStyle.NoBrush)
            painter.drawPolygon(QPolygonF(places))
        else:
            self._draw_sides(painter, values)
        radius = theme.px(5 if filled else 4)
        painter.setPen(QPen(pen.color(), 1.8))
        painter.setBrush(t.accent if filled else t.surface)
        for at in places:
            painter.drawEllipse(at, radius, radius)

    def _draw_sides(self, painter: QPainter, values: Mapping[str, int]) -> None:
        """Join neighbours that are both known; a gap stays a gap."""
        keys = checkin_words.FACTORS
        for key, after in zip(keys, (*keys[1:], keys[0]), strict=True):
            if key in values and after in values:
                painter.drawLine(
                    self.place_of(key, values[key]), self.place_of(after, values[after])
                )

    def _draw_words(self, painter: QPainter) -> None:
        t = theme.tokens()
        middle, radius = self._middle()
        flag = Qt.AlignmentFlag
        line = theme.px(18)
        for key in checkin_words.FACTORS:
            tip = self.place_of(key, HIGHEST)
            aside = (tip.x() - middle.x()) / radius
            wide = theme.px(_WORDS_PX) if abs(aside) > 0.1 else theme.px(2 * _WORDS_PX)
            if abs(aside) <= 0.1:
                above = tip.y() < middle.y()
                top = tip.y() - 2 * line - theme.px(4) if above else tip.y() + theme.px(4)
                box, align = QRectF(tip.x() - wide / 2, top, wide, 2 * line), flag.AlignHCenter
            elif aside > 0:
                box = QRectF(tip.x() + theme.px(8), tip.y() - line * 1.5, wide - 10, 3 * line)
                align = flag.AlignLeft | flag.AlignVCenter
            else:
                left = tip.x() - theme.px(8) - wide + 10
                box = QRectF(left, tip.y() - line * 1.5, wide - 10, 3 * line)
                align = flag.AlignRight | flag.AlignVCenter
            name, told = self.label(key)
            painter.setFont(theme.font("second_strong"))
            painter.setPen(t.ink)
            wrap = Qt.TextFlag.TextWordWrap
            painter.drawText(box, align | wrap, f"{name}\n{told}")
