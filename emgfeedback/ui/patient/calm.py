"""The calm screens: time left, rest, a prompt, the end, and the word when a sensor needs a look."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QPainterPath

from emgfeedback.training.now import Hold, Phase, RunNow, StepKind
from emgfeedback.ui import icons, theme, words
from emgfeedback.ui.patient.canvas import Canvas
from emgfeedback.ui.patient.scene import clamped

MARKS_HELP = 62.0
"""Units at the foot that the help for the marks takes."""


def paint_time_left(
    canvas: Canvas, place: QRectF, left_s: float, of_s: float, caption: str
) -> None:
    """Draw the seconds left in a ring that empties, on a plate."""
    t = canvas.tokens
    radius = min(110.0, 0.34 * place.height(), 0.3 * place.width())
    plate = QRectF(0, 0, 2.8 * radius, 2.9 * radius)
    plate.moveCenter(place.center())
    canvas.plate(plate, 36)
    ring = QRectF(0, 0, 2 * radius, 2 * radius)
    ring.moveCenter(plate.center() - QPointF(0, 0.17 * radius))
    whole, part = QPainterPath(), QPainterPath()
    whole.addEllipse(ring)
    canvas.stroke(whole, theme.mixed(t.edge, t.surface, 0.4), 16)
    share = clamped(left_s / of_s, 0, 1) if of_s > 0 else 0.0
    part.arcMoveTo(ring, 90)
    part.arcTo(ring, 90, -360 * share)
    if share > 0:
        canvas.stroke(part, t.accent, 16)
    seconds = math.ceil(left_s)
    text = words.whole(seconds) if seconds < 100 else words.clock(seconds)
    canvas.write(
        text, ring.adjusted(18, 18, -18, -18), 84 if radius > 90 else 0.8 * radius, weight=650
    )
    line = QRectF(
        plate.left() + 10, ring.bottom() + 0.12 * radius, plate.width() - 20, 0.36 * radius
    )
    canvas.write(caption, line, 24, t.ink2)


def paint_notice(canvas: Canvas, text: str, icon: str) -> None:
    """Draw one line on a plate, with an icon, over the picture."""
    clear, t = canvas.layout.clear, canvas.tokens
    wide = min(clear.width(), 780.0)
    high = 76.0 if wide > 560 else 104.0
    plate = QRectF(0, 0, wide, high)
    plate.moveCenter(QPointF(clear.center().x(), clear.top() + 8 + high / 2))
    canvas.plate(plate, 26)
    outline = QPainterPath()
    outline.addRoundedRect(plate, 26, 26)
    canvas.stroke(outline, t.edge, 2)
    icons.draw(
        canvas.painter, icon, QRectF(plate.left() + 22, plate.center().y() - 18, 36, 36), t.ink2
    )
    canvas.write(text, plate.adjusted(70, 6, -20, -6), 27)


def paint_big_words(canvas: Canvas, task: str, hint: str) -> None:
    """Draw a prompt to read: the task in large letters, the hint under it."""
    clear, t = canvas.layout.clear, canvas.tokens
    plate = QRectF(0, 0, min(1120.0, clear.width()), min(clear.height(), 460.0))
    plate.moveCenter(clear.center() - QPointF(0, 0.03 * clear.height()))
    canvas.plate(plate, 32)
    text = plate.adjusted(36, 26, -36, -26)
    share = 0.74 if hint else 1.0
    canvas.write(
        task, QRectF(text.left(), text.top(), text.width(), share * text.height()), 48, weight=650
    )
    if hint:
        rest = QRectF(
            text.left(),
            text.top() + share * text.height() + 8,
            text.width(),
            (1 - share) * text.height() - 8,
        )
        canvas.write(hint, rest, 26, t.ink2, weight=500)


def paint_marks_help(canvas: Canvas) -> None:
    """Say which keys mark the moments of the trick test."""
    clear = canvas.layout.clear
    plate = QRectF(0, 0, min(560.0, clear.width()), 54)
    plate.moveCenter(QPointF(clear.center().x(), clear.bottom() - 27))
    canvas.plate(plate, 20)
    canvas.write(
        QCoreApplication.translate("Patient", "Key A: the arm moves.  Key T: the hand touches."),
        plate.adjusted(14, 4, -14, -4),
        20,
        canvas.tokens.ink2,
        weight=500,
    )


def hold_words(run: RunNow) -> tuple[str, str]:
    """Return why the picture stands still and the icon beside it; empty where it does not."""
    if run.paused or run.hold is Hold.USER:
        return QCoreApplication.translate("Patient", "Paused. Go on when you like."), "pause"
    return {
        Hold.QUALITY: (
            QCoreApplication.translate("Patient", "One moment, the sensor needs a look"),
            "electrode",
        ),
        Hold.GAP: (
            QCoreApplication.translate("Patient", "One moment, the signal was interrupted"),
            "connect",
        ),
        Hold.SETTLING: (
            QCoreApplication.translate("Patient", "One moment, the sensor is settling"),
            "settling",
        ),
    }.get(run.hold, ("", ""))


def phase_caption(run: RunNow) -> str:
    """Return the word under the time left."""
    if run.phase is Phase.COUNTDOWN:
        return QCoreApplication.translate("Patient", "Get ready")
    if run.phase is Phase.REST or run.kind is StepKind.REST:
        return QCoreApplication.translate("Patient", "Rest")
    if run.kind is StepKind.CALIBRATION:
        return QCoreApplication.translate("Patient", "Hold")
    return QCoreApplication.translate("Patient", "seconds left")
