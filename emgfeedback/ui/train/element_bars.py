"""Levels against the target: one bar for each thing the patient steers or keeps quiet."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.core.block import Unit
from emgfeedback.core.montage import Side
from emgfeedback.training.now import ElementNow
from emgfeedback.ui import theme, words
from emgfeedback.ui.train import train_words
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_CENTRE = Qt.AlignmentFlag.AlignCenter


class ElementBars(FollowsLook, QWidget):
    """Bars with their target zone, open below or above where the target has no such bound."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._elements: tuple[ElementNow, ...] = ()
        self._unit = Unit.UV
        self._texts: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Level against target"))

    def show_elements(
        self, elements: tuple[ElementNow, ...], unit: Unit, *, figures: bool = True
    ) -> None:
        """Show `elements`; `figures` says whether numbers may change now."""
        if figures or len(elements) != len(self._texts):
            self._texts = tuple(self._figure(element) for element in elements)
            self.setAccessibleDescription(
                "; ".join(
                    f"{words.side_letter(e.side)} {words.muscle_name(e.muscle)} {text} "
                    f"{train_words.unit_words(unit)}"
                    for e, text in zip(elements, self._texts, strict=True)
                )
            )
        if (elements, unit) != (self._elements, self._unit) or figures:
            self._elements, self._unit = elements, unit
            self.update()

    @staticmethod
    def _figure(element: ElementNow) -> str:
        return words.DASH if element.level is None else words.microvolts(element.level)

    def sizeHint(self) -> QSize:
        """Return the least size; the layout gives what is left over."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the size below which bars say nothing."""
        return QSize(theme.px(120), theme.px(100))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw all bars, or say that this step has no target."""
        del event
        painter = smooth_painter(self)
        if not self._elements:
            painter.setFont(theme.font("second"))
            painter.setPen(theme.tokens().ink3)
            flags = _CENTRE | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), flags, self.tr("This step has no target."))
        width = self.width() / max(1, len(self._elements))
        for i, element in enumerate(self._elements):
            room = QRectF(i * width, 0, width, self.height())
            self._draw(painter, room, element, self._texts[i])
        painter.end()

    def _draw(self, painter: QPainter, room: QRectF, element: ElementNow, text: str) -> None:
        t = theme.tokens()
        line_px, badge_px = theme.px(17), theme.px(19)
        wide = min(28.0, max(14.0, room.width() * 0.3))
        foot = badge_px + 2 * line_px + 12
        track = QRectF(0, 6, wide, room.height() - foot - 6)
        track.moveLeft(room.center().x() - wide / 2)
        self._draw_track(painter, track, element)
        badge = QRectF(room.center().x() - badge_px / 2, track.bottom() + 6, badge_px, badge_px)
        marks.draw_badge(painter, badge, element.side)
        painter.setFont(theme.font("second_strong"))
        painter.setPen(t.ink if element.level is not None else t.ink3)
        line = QRectF(room.left(), badge.bottom() + 2, room.width(), line_px)
        unit = f" {train_words.unit_words(self._unit)}" if element.level is not None else ""
        painter.drawText(line, _CENTRE, f"{text}{unit}")
        font = theme.font("caption")
        painter.setFont(font)
        painter.setPen(t.ink2)
        line.translate(0, line_px)
        name = words.short_muscle_name(element.muscle)
        painter.drawText(line, _CENTRE, marks.elided(name, font, line.width() - 4))

    def _draw_track(self, painter: QPainter, track: QRectF, element: ElementNow) -> None:
        t = theme.tokens()
        painter.setPen(QPen(t.line, 1))
        painter.setBrush(t.sunken)
        painter.drawRoundedRect(track, 4, 4)
        inside = track.adjusted(4, 2, -4, -2)

        def y_of(level: float) -> float:
            share = min(1.0, max(0.0, level / element.full)) if element.full else 0.0
            return inside.bottom() - share * inside.height()

        if element.level is not None:
            fill = QRectF(inside)
            fill.setTop(min(inside.bottom() - 2, y_of(element.level)))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(marks.side_colour(element.side))
            painter.drawRoundedRect(fill, 3, 3)
            if element.side is Side.RIGHT:
                painter.setPen(QPen(t.bg if t.dark else t.surface, 2.2, Qt.PenStyle.DotLine))
                x = fill.center().x()
                painter.drawLine(QPointF(x, fill.bottom() - 3), QPointF(x, fill.top() + 3))
        for bound in (element.low, element.high):
            if bound is not None:
                painter.setPen(QPen(t.ink, 1.8))
                y = y_of(bound)
                painter.drawLine(QPointF(track.left() - 4, y), QPointF(track.right() + 3, y))
        if element.low is None and element.high is None:
            return
        top = inside.top() if element.high is None else y_of(element.high)
        base = inside.bottom() if element.low is None else y_of(element.low)
        met = bool(element.inside)
        painter.setPen(QPen(t.accent if met else t.ink3, 2.6 if met else 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x = track.right() + 9
        corners = [(x - 4, top + 1), (x, top + 1), (x, base - 1), (x - 4, base - 1)]
        painter.drawPolyline(QPolygonF([QPointF(*corner) for corner in corners]))
