"""A painter in units that remembers its words, so that they are drawn last and can be measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from emgfeedback.core.montage import Side
from emgfeedback.ui import theme, words
from emgfeedback.ui.patient.layout import Layout
from emgfeedback.ui.patient.look import PatientLook

CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_WRAP = Qt.TextFlag.TextWordWrap
_SMALLEST_PX = 14.0
PLATE_ALPHA = 0.9


@dataclass(frozen=True, slots=True)
class Line:
    """Words in a place: `rect` in units, `size` the height of the letters in units."""

    text: str
    rect: QRectF
    size: float
    colour: QColor
    weight: int
    flags: int


@lru_cache(maxsize=512)
def _fitted(
    text: str, width: float, height: float, size: float, weight: int, text_factor: float
) -> float:
    """Return the largest size up to `size` at which `text` fits, down to the smallest allowed.

    All in pixels, for letters do not grow evenly: what fits at one size may wrap at another.
    Only sizes of whole pixels at the user's text size, `text_factor`, are tried.
    """
    pixels = max(int(size * text_factor), 1)
    smallest = min(pixels, round(_SMALLEST_PX))
    while pixels > smallest:
        metrics = QFontMetricsF(_font(pixels / text_factor, weight))
        box = metrics.boundingRect(QRectF(0, 0, width, 10_000), CENTRE | _WRAP, text)
        if box.height() <= height and box.width() <= width:
            break
        pixels -= 1
    return pixels / text_factor


def _font(size_px: float, weight: int) -> QFont:
    return theme.sized_font(size_px, weight)


def fitted_font(text: str, rect: QRectF, size: float, weight: int) -> QFont:
    """Return the largest font up to `size` in which `text` fits `rect` (pixels)."""
    return _font(
        _fitted(text, rect.width(), rect.height(), size, weight, theme.text_factor()), weight
    )


class Canvas:
    """Draws in units on `painter`; words are kept until `draw_words`."""

    def __init__(self, painter: QPainter, layout: Layout, look: PatientLook) -> None:
        self.painter = painter
        self.layout = layout
        self.look = look
        self.tokens = look.tokens
        self.lines: list[Line] = []
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.save()
        painter.scale(layout.scale, layout.scale)

    def write(
        self,
        text: str,
        rect: QRectF,
        size: float,
        colour: QColor | None = None,
        *,
        weight: int = 600,
        flags: int = CENTRE,
    ) -> None:
        """Place `text` in `rect`, smaller if it must be, over everything drawn."""
        if not text:
            return
        scale, factor = self.layout.scale, theme.text_factor()
        width, height = rect.width() * scale, rect.height() * scale
        fitted = _fitted(text, width, height, size * scale, weight, factor) / scale
        self.lines.append(Line(text, rect, fitted, colour or self.tokens.ink, weight, flags))

    def draw_words(self) -> None:
        """Draw the words kept; ends the drawing in units."""
        self.painter.restore()
        for line in self.lines:
            self.painter.setFont(_font(line.size * self.layout.scale, line.weight))
            self.painter.setPen(line.colour)
            self.painter.drawText(self.layout.px(line.rect), line.flags | _WRAP, line.text)

    def plate(self, rect: QRectF, radius: float = 22) -> None:
        """Draw a calm ground for words."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(theme.faded(self.tokens.surface, PLATE_ALPHA))
        self.painter.drawRoundedRect(rect, radius, radius)

    def badge(self, rect: QRectF, side: Side) -> None:
        """Draw the side badge: L in a rounded square, R in a disc; nothing in the midline."""
        if side is Side.MIDLINE:
            return
        t = self.tokens
        radius = rect.height() * (0.5 if side is Side.RIGHT else 0.24)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(t.right if side is Side.RIGHT else t.left)
        self.painter.drawRoundedRect(rect, radius, radius)
        colour = t.bg if t.dark else t.surface
        self.write(words.side_letter(side), rect, rect.height() * 0.6, colour, weight=700)

    def tick(self, centre: QPointF, size: float, colour: QColor, halo: QColor) -> None:
        """Draw a tick `size` wide with a halo that parts it from any ground."""
        path = QPainterPath(centre + QPointF(-0.45, 0.02) * size)
        path.lineTo(centre + QPointF(-0.12, 0.36) * size)
        path.lineTo(centre + QPointF(0.48, -0.36) * size)
        self.stroke(path, halo, size * 0.42)
        self.stroke(path, colour, size * 0.22)

    def stroke(
        self, path: QPainterPath, colour: QColor, width: float, dash: list[float] | None = None
    ) -> None:
        """Draw a line with round ends."""
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if dash:
            pen.setDashPattern(dash)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPath(path)

    def fill(self, path: QPainterPath, colour: QColor) -> None:
        """Fill a shape."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawPath(path)


class Layers:
    """Still pictures kept as pixmaps, drawn anew only when size, colours or place change."""

    def __init__(self) -> None:
        self._made_for: object = None
        self._kept: dict[str, QPixmap] = {}

    def get(
        self, name: str, canvas: Canvas, ratio: float, rect: QRectF, draw: Callable[[Canvas], None]
    ) -> QPixmap:
        """Return the picture `name` of `rect` (units), drawing it if it is not kept."""
        layout, look = canvas.layout, canvas.look
        wanted = (layout.window.getRect(), layout.scale, ratio, look.dark, look.place)
        if wanted != self._made_for:
            self._kept.clear()
            self._made_for = wanted
        if name not in self._kept:
            self._kept[name] = _drawn(canvas, ratio, rect, draw)
        return self._kept[name]

    def show(
        self, name: str, canvas: Canvas, ratio: float, rect: QRectF, draw: Callable[[Canvas], None]
    ) -> None:
        """Put the picture `name` at `rect` (units)."""
        pixmap = self.get(name, canvas, ratio, rect, draw)
        put(canvas, pixmap, rect.topLeft())


def put(canvas: Canvas, pixmap: QPixmap, corner: QPointF) -> None:
    """Put a kept picture with its corner at `corner` (units), pixel on pixel."""
    scale = canvas.layout.scale
    painter = canvas.painter
    painter.save()
    painter.scale(1 / scale, 1 / scale)
    painter.drawPixmap(QPointF(round(corner.x() * scale), round(corner.y() * scale)), pixmap)
    painter.restore()


def _drawn(canvas: Canvas, ratio: float, rect: QRectF, draw: Callable[[Canvas], None]) -> QPixmap:
    size = canvas.layout.px(rect).size() * ratio
    pixmap = QPixmap(max(1, round(size.width())), max(1, round(size.height())))
    pixmap.setDevicePixelRatio(ratio)
    # A ground that hides everything is drawn faster if it has no transparency.
    pixmap.fill(canvas.tokens.bg if rect == canvas.layout.window else Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    inner = Canvas(painter, canvas.layout, canvas.look)
    painter.translate(-rect.topLeft())
    draw(inner)
    painter.restore()
    painter.end()
    return pixmap
