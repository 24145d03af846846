"""Pictures as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from emgfeedback.training.now import RunNow
from emgfeedback.ui.patient.look import PatientLook
from emgfeedback.ui.patient.picture import PatientPicture

SIZE = (1280, 800)
SMALL = (640, 400)


class Screen:
    """A picture with a clock the test moves."""

    def __init__(self, look: PatientLook, size: tuple[int, int] = SIZE) -> None:
        self.look, self.size, self.now_s = look, size, 0.0
        self.picture = PatientPicture(clock=self._clock())

    def _clock(self) -> Callable[[], float]:
        return lambda: self.now_s

    def frame(self, run: RunNow, *, with_words: bool = True) -> NDArray[np.uint8]:
        """Show `run` and return the frame as (height, width, 3) red, green, blue."""
        self.picture.show_run(run)
        image = QImage(*self.size, QImage.Format.Format_RGB32)
        image.fill(QColor("magenta"))
        painter = QPainter(image)
        self.picture.paint(painter, QSizeF(*self.size), self.look, with_words=with_words)
        painter.end()
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(self.size[1], self.size[0], 4)
        return rows[..., 2::-1].copy()

    def write(self, run: RunNow) -> None:
        """Show `run` for its words alone: they stand in `picture.lines`."""
        self.picture.show_run(run)
        image = QImage(1, 1, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        self.picture.paint(painter, QSizeF(*self.size), self.look)
        painter.end()


def shot(
    run: RunNow,
    look: PatientLook | None = None,
    *,
    lead: Iterable[RunNow] = (),
    size: tuple[int, int] = SIZE,
    with_words: bool = True,
) -> NDArray[np.uint8]:
    """Return the frame of `run` after the moments of `lead`."""
    screen = Screen(look or PatientLook(), size)
    for moment in lead:
        screen.picture.show_run(moment)
    return screen.frame(run, with_words=with_words)


def luma(frame: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the grey value of each pixel, 0 to 1 (Rec. 709 weights)."""
    return frame @ np.array([0.2126, 0.7152, 0.0722]) / 255


def relative_luminance(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return WCAG 2 relative luminance of (..., 3) colours."""
    share = colours / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def where_coloured(frame: NDArray[np.uint8], colour: str, near: int = 6) -> NDArray[np.float64]:
    """Return (row, column) of each pixel within `near` of `colour`."""
    wanted = np.array(QColor(colour).getRgb()[:3], dtype=int)
    return np.argwhere(np.abs(frame.astype(int) - wanted).max(axis=-1) <= near).astype(float)
