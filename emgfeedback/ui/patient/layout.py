"""Where everything stands, in units: a window of 1280x800 is about as many units wide and high.

Units keep every drawing the same at every size; `scale` is pixels per unit.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF

from emgfeedback.ui.patient.look import Place

BUTTON_PX = 72.0
"""Least height of a control the patient touches."""
_BUTTON_WIDE = 252.0
_COLUMN_SHARE = 0.4
_BAND_SHARE = 0.46


@dataclass(frozen=True, slots=True)
class Layout:
    """Rectangles in units. `stage` is the part of the window in use, `clear` its free middle."""

    place: Place
    scale: float
    window: QRectF
    stage: QRectF
    clear: QRectF
    task: QRectF
    wide_task: QRectF
    """Where nothing stands beside the task."""
    counter: QRectF
    legend: QRectF
    button: QRectF

    def px(self, rect: QRectF) -> QRectF:
        """Return `rect` in pixels."""
        s = self.scale
        return QRectF(rect.x() * s, rect.y() * s, rect.width() * s, rect.height() * s)


def layout(size: QSizeF, place: Place) -> Layout:
    """Return the places of everything in a window of `size` pixels."""
    width, height = max(1.0, size.width()), max(1.0, size.height())
    if place is Place.CENTRE:
        return _whole(width, height)
    if place in (Place.LEFT, Place.RIGHT):
        return _column(width, height, place)
    return _band(width, height, place)


def _button_size(scale: float, widest: float) -> tuple[float, float]:
    """Return width and height of the button in units; it never gets small."""
    grown = max(1.0, 1 / scale)
    return min(_BUTTON_WIDE * grown, widest), BUTTON_PX * grown


def _whole(width: float, height: float) -> Layout:
    scale = min(width / 1280, height / 800)
    w, h = width / scale, height / scale
    wide, high = _button_size(scale, w - 56)
    window = QRectF(0, 0, w, h)
    return Layout(
        place=Place.CENTRE,
        scale=scale,
        window=window,
        stage=window,
        clear=QRectF(60, 160, w - 120, h - 160 - high - 48),
        task=QRectF(280, 30, w - 560, 108),
        wide_task=QRectF(60, 30, w - 120, 108),
        counter=QRectF(w - 250, 30, 224, 108),
        legend=QRectF(26, 30, 228, 108),
        button=QRectF(w - 28 - wide, h - high - 28, wide, high),
    )


def _column(width: float, height: float, place: Place) -> Layout:
    column = _COLUMN_SHARE * width
    scale = min(column / 560, height / 800)
    w, h, wide = width / scale, height / scale, column / scale
    button, high = _button_size(scale, wide - 40)
    x = 0.0 if place is Place.LEFT else w - wide
    top = 270.0
    return Layout(
        place=place,
        scale=scale,
        window=QRectF(0, 0, w, h),
        stage=QRectF(x, 0, wide, h),
        clear=QRectF(x + 20, top, wide - 40, h - top - high - 48),
        task=QRectF(x + 20, 20, wide - 40, 140),
        wide_task=QRectF(x + 20, 20, wide - 40, 170),
        counter=QRectF(x + wide / 2 + 6, 172, wide / 2 - 26, 84),
        legend=QRectF(x + 20, 172, wide / 2 - 26, 84),
        button=QRectF(x + (wide - button) / 2, h - high - 24, button, high),
    )


def _band(width: float, height: float, place: Place) -> Layout:
    band = _BAND_SHARE * height
    scale = min(width / 1280, band / 368)
    w, h, deep = width / scale, height / scale, band / scale
    button, high = _button_size(scale, 0.26 * w)
    right = button + 40
    y = 0.0 if place is Place.UPPER else h - deep
    return Layout(
        place=place,
        scale=scale,
        window=QRectF(0, 0, w, h),
        stage=QRectF(0, y, w, deep),
        clear=QRectF(420, y + 12, w - 420 - right, deep - 24),
        task=QRectF(20, y + 16, 384, deep - 32 - 100),
        wide_task=QRectF(20, y + 16, 384, deep - 32),
        counter=QRectF(w - 272, y + 16, 252, 92),
        legend=QRectF(20, y + deep - 108, 384, 92),
        button=QRectF(w - 20 - button, y + deep - high - 16, button, high),
    )
