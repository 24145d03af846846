"""What every painted widget does alike: follow the look, and answer the mouse over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from emgfeedback.ui import theme

_HOVER_SHARE = 0.05

if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object


class FollowsLook(_Base):
    """Measures and paints a widget anew in a new look; stands before its Qt class."""

    def changeEvent(self, event: QEvent) -> None:
        """Measure and paint anew after a change of colours or text size."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.look_changed()
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def look_changed(self) -> None:
        """Drop what was kept for the look before."""


def smooth_painter(widget: QWidget) -> QPainter:
    """Return a painter on `widget` with smooth edges; the caller ends it."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def ground_of(widget: QWidget, ground: QColor) -> QColor:
    """Return `ground`, a little nearer to the ink under the mouse."""
    if not (widget.underMouse() and widget.isEnabled()):
        return ground
    return theme.mixed(theme.tokens().ink, ground, _HOVER_SHARE)


def draw_choice(painter: QPainter, widget: QWidget, *, chosen: bool) -> QRectF:
    """Draw the ground of a card to choose; return the room inside its edge."""
    t = theme.tokens()
    box = QRectF(widget.rect()).adjusted(2, 2, -2, -2)
    painter.setPen(QPen(t.accent if chosen else t.edge, 2.4 if chosen else 1.0))
    ground = theme.mixed(t.accent, t.surface, 0.10) if chosen else t.surface
    painter.setBrush(ground_of(widget, ground))
    painter.drawRoundedRect(box, theme.RADIUS_CARD_PX, theme.RADIUS_CARD_PX)
    return box.adjusted(16, 12, -16, -12)
