"""Left against right: one line per pair, a marker and the number in words."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from emgfeedback.core.montage import Side
from emgfeedback.engine.snapshot import PairNow
from emgfeedback.ui import theme, words
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_V_CENTRE = Qt.AlignmentFlag.AlignVCenter
_WRAPPED_FROM = 1.5
"""Text size from which a reason takes two lines."""


class DifferenceBars(FollowsLook, QWidget):
    """The left/right difference of every pair over the last second, or why it is hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pairs: tuple[PairNow, ...] = ()
        self._live = False
        self.setAccessibleName(self.tr("Left/right difference"))

    def show_pairs(self, pairs: tuple[PairNow, ...], *, live: bool) -> None:
        """Show `pairs`; not `live` hides every number."""
        if pairs == self._pairs and live == self._live:
            return
        if len(pairs) != len(self._pairs):
            self.updateGeometry()
        self._pairs, self._live = pairs, live
        lines = [f"{words.muscle_name(pair.muscle)}: {self.text(pair)}" for pair in pairs]
        self.setAccessibleDescription("; ".join(lines))
        for i, pair in enumerate(pairs):
            if pair.ratio is not None and live:
                times = self.tr("%1 times the lower side")
                lines[i] += f" ({times.replace('%1', words.number(pair.ratio, 2))})"
        self.setToolTip("\n".join(lines))
        self.update()

    def text(self, pair: PairNow) -> str:
        """Return the difference of `pair` in words as it stands on the screen."""
        return words.difference(pair) if self._live else words.DASH

    def _row_px(self) -> int:
        return theme.px(22 if theme.text_factor() < _WRAPPED_FROM else 32)

    def sizeHint(self) -> QSize:
        """Return room for one row per pair."""
        return QSize(260, self._row_px() * max(1, len(self._pairs)))

    def minimumSizeHint(self) -> QSize:
        """Return the size hint."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw one row per pair."""
        del event
        painter = smooth_painter(self)
        for i, pair in enumerate(self._pairs):
            row = QRectF(0, i * self._row_px(), self.width(), self._row_px())
            self._draw_row(painter, row, pair)
        painter.end()

    def _draw_row(self, painter: QPainter, row: QRectF, pair: PairNow) -> None:
        t = theme.tokens()
        painter.setFont(theme.font("caption"))
        painter.setPen(t.ink2)
        name = QRectF(row.left(), row.top(), self._name_px(), row.height())
        painter.drawText(
            name, Qt.AlignmentFlag.AlignLeft | _V_CENTRE, words.short_muscle_name(pair.muscle)
        )
        shown = self._live and pair.asymmetry_pct is not None
        font = theme.font("caption_strong" if shown else "caption")
        painter.setFont(font)
        painter.setPen(t.ink if shown else t.ink3)
        text_px = self._text_px() if shown else row.width() - name.width() - 8
        line = QRectF(row.right() - text_px, row.top(), text_px, row.height())
        flags = Qt.AlignmentFlag.AlignRight | _V_CENTRE | Qt.TextFlag.TextWordWrap
        painter.drawText(line, flags, self.text(pair))
        if shown:
            height = theme.px(10)
            scale = QRectF(0, row.center().y() - height / 2, 0, height)
            scale.setLeft(name.right() + 8)
            scale.setRight(line.left() - 4)
            self._draw_scale(painter, scale, pair)

    def _name_px(self) -> float:
        metrics = QFontMetricsF(theme.font("caption"))
        names = [words.short_muscle_name(pair.muscle) for pair in self._pairs]
        return max((metrics.horizontalAdvance(name) for name in names), default=0.0)

    def _text_px(self) -> float:
        metrics = QFontMetricsF(theme.font("caption_strong"))
        widest = (PairNow("", 0, 0, asymmetry_pct=value) for value in (-100.0, 100.0, -10.0))
        return max(metrics.horizontalAdvance(words.difference(pair)) for pair in widest) + 4

    def _draw_scale(self, painter: QPainter, room: QRectF, pair: PairNow) -> None:
        t = theme.tokens()
        middle = room.center()
        half = room.width() / 2
        zone = QRectF(0, 0, 2 * half * words.EVEN_PCT / 100, room.height())
        zone.moveCenter(middle)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.faded(t.accent, 0.28))
        painter.drawRoundedRect(zone, zone.width() / 2, room.height() / 2)
        painter.setPen(QPen(t.ink3, 1.4))
        painter.drawLine(QPointF(room.left(), middle.y()), QPointF(room.right(), middle.y()))
        painter.drawLine(QPointF(middle.x(), middle.y() - 4), QPointF(middle.x(), middle.y() + 4))
        if pair.asymmetry_pct is None:
            return
        value = max(-100.0, min(100.0, pair.asymmetry_pct))
        x, y = middle.x() - half * value / 100, middle.y()
        side = Side.LEFT if value > 0 else Side.RIGHT
        even = abs(value) <= words.EVEN_PCT
        painter.setPen(QPen(t.surface, 1.2))
        painter.setBrush(t.ink if even else marks.side_colour(side))
        painter.drawPolygon(
            QPolygonF([QPointF(x - 6, y - 8), QPointF(x + 6, y - 8), QPointF(x, y + 2)])
        )
