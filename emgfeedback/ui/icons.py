"""Line icons: recoloured SVG, rendered once per colour, size and pixel ratio."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from emgfeedback.ui import theme

_ASSETS = Path(__file__).parent / "assets"
_DRAWN_IN = "#12232E"
_RATIOS = (1.0, 1.5, 2.0)


def asset(name: str) -> str:
    """Return the path of an asset with forward slashes, as style sheets want it."""
    return (_ASSETS / name).as_posix()


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    text = (_ASSETS / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace(_DRAWN_IN, colour).encode()))


def draw(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Draw the icon `name` into `rect`."""
    _renderer(name, colour.name()).render(painter, rect)


@cache
def _pixmap(name: str, colour: str, size_px: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size_px * ratio), round(size_px * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _renderer(name, colour).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, colour: QColor, size_px: int, ratio: float = 1.0) -> QPixmap:
    """Return the icon `name` as a square pixmap of `size_px` logical pixels."""
    return _pixmap(name, colour.name(), size_px, ratio)


def icon(name: str, colour: QColor | None = None, size_px: int = 20) -> QIcon:
    """Return the icon `name` in `colour` (default: the text colour), grey when disabled."""
    t = theme.tokens()
    size = QSize(size_px, size_px)
    made = QIcon()
    for mode, shade in (
        (QIcon.Mode.Normal, colour or t.ink),
        (QIcon.Mode.Disabled, t.ink3),
    ):
        for ratio in _RATIOS:
            made.addPixmap(pixmap(name, shade, size.width(), ratio), mode)
    return made
