"""Eyes closed: a dark, still picture; the sound does the work."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QColor

from emgfeedback.training.now import FeedbackNow
from emgfeedback.ui import icons, theme
from emgfeedback.ui.patient import scenery
from emgfeedback.ui.patient.canvas import Canvas
from emgfeedback.ui.patient.scene import Entry, Scene, SceneNow

INK = theme.DARK.ink2


class EyesClosed(Scene):
    """Nothing here moves or tells success: nobody is to peep."""

    def legend(self, feedback: FeedbackNow) -> tuple[Entry, ...]:
        """Return nothing: there is nothing to look at."""
        del feedback
        return ()

    def paint_ground(self, canvas: Canvas) -> None:
        """Draw the dark and the icon of a closed eye."""
        window, clear = canvas.layout.window, canvas.layout.clear
        scenery.sky(canvas.painter, window, ((0, "#0B1820"), (1, "#10242E")))
        size = min(180.0, 0.5 * clear.height())
        rect = QRectF(0, 0, size, size)
        rect.moveCenter(clear.center() - QPointF(0, 0.1 * clear.height()))
        icons.draw(canvas.painter, "eyes-closed", rect, QColor("#7D97A6"))

    def paint(self, canvas: Canvas, now: SceneNow, ratio: float) -> None:
        """Write the one instruction."""
        del now, ratio
        clear = canvas.layout.clear
        line = QRectF(
            clear.left(),
            clear.center().y() + 0.18 * clear.height(),
            clear.width(),
            0.3 * clear.height(),
        )
        words = QCoreApplication.translate("Patient", "Close your eyes and listen.")
        canvas.write(words, line, 32, INK)
