"""A chip that switches something on and off: filled with a tick, or an outline."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.widgets.painted import FollowsLook, ground_of, smooth_painter

_TICK_PX = 16


class ShowChip(FollowsLook, QAbstractButton):
    """A checkable chip."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Return room for tick and word."""
        metrics = QFontMetricsF(theme.font("second_strong"))
        width = metrics.horizontalAdvance(self.text()) + theme.px(_TICK_PX) + 22
        return QSize(round(width), max(theme.px(30), 30))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chip."""
        del event
        t = theme.tokens()
        painter = smooth_painter(self)
        on = self.isChecked() and self.isEnabled()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(t.accent if on else t.edge, 1.4))
        painter.setBrush(t.accent if on else ground_of(self, t.surface))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        colour = t.onaccent if on else (t.ink2 if self.isEnabled() else t.ink3)
        size = float(theme.px(_TICK_PX))
        if self.isChecked():
            painter.setPen(QPen(colour, 2))
            x, y = 9.0, box.center().y()
            corners = (
                (x, y),
                (x + size * 0.28, y + size * 0.26),
                (x + size * 0.75, y - size * 0.3),
            )
            painter.drawPolyline(QPolygonF([QPointF(*corner) for corner in corners]))
        painter.setPen(colour)
        painter.setFont(theme.font("second_strong"))
        left = size + 8 if self.isChecked() else 0
        room = QRectF(left, 0, self.width() - left - (8 if left else 0), self.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()
