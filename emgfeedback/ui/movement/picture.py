"""The drawn person as a widget, for the therapist's console."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.core.montage import Side
from emgfeedback.training.now import MovementNow
from emgfeedback.ui import theme
from emgfeedback.ui.movement.drawing import badge_places, paint_movement
from emgfeedback.ui.movement.movement_words import picture_words
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_SIZE_PX = 128
_BADGE_PX = 18
_EDGE_PX = 6


class MovementPicture(FollowsLook, QWidget):
    """What the patient is to do now, as in a mirror; gone where nothing is to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now: MovementNow | None = None
        self.still = False
        """One picture for each part instead of movement."""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(self.tr("Movement"))
        self.hide()

    def show_movement(self, now: MovementNow | None) -> None:
        """Show a moment of a task, or nothing."""
        if now == self._now:
            return
        changed = (now and now.key) != (self._now and self._now.key)
        self._now = now
        if changed:
            said = picture_words(now) if now is not None else ""
            self.setAccessibleDescription(said)
            self.setToolTip(said)
            self.setVisible(now is not None)
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for a head that can be made out."""
        return QSize(theme.px(_SIZE_PX), theme.px(_SIZE_PX))

    def minimumSizeHint(self) -> QSize:
        """Return the least room."""
        return QSize(theme.px(_SIZE_PX), theme.px(96))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the moment, and which side is which."""
        del event
        if self._now is None:
            return
        painter = smooth_painter(self)
        rect = QRectF(self.rect()).adjusted(_EDGE_PX, 0, -_EDGE_PX, 0)
        paint_movement(painter, theme.tokens(), rect, self._now, still=self.still)
        size = theme.px(_BADGE_PX)
        places = zip((Side.LEFT, Side.RIGHT), badge_places(self._now.key, rect), strict=True)
        for side, place in places:
            badge = QRectF(0, 0, size, size)
            badge.moveCenter(place)
            marks.draw_badge(painter, badge, side)
        painter.end()
