"""The drawn person in the patient's window: what to do, as in a mirror."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from emgfeedback.core.montage import Side
from emgfeedback.training.now import MovementNow
from emgfeedback.ui.movement.drawing import badge_places, paint_movement
from emgfeedback.ui.patient.canvas import Canvas
from emgfeedback.ui.patient.neck import write_mirror_words

_CAPTION = 30.0
_BADGE = 34.0


def paint_person(canvas: Canvas, place: QRectF, now: MovementNow) -> None:
    """Draw a moment of a task into `place`; with reduced motion one picture a part."""
    rect = place.adjusted(0, 0, 0, -_CAPTION)
    paint_movement(canvas.painter, canvas.tokens, rect, now, still=canvas.look.reduced_motion)
    sides = (Side.LEFT, Side.RIGHT)
    for side, middle in zip(sides, badge_places(now.key, rect), strict=True):
        badge = QRectF(0, 0, _BADGE, _BADGE)
        badge.moveCenter(middle)
        canvas.badge(badge, side)
    write_mirror_words(canvas, QRectF(place.left(), rect.bottom(), place.width(), _CAPTION))
