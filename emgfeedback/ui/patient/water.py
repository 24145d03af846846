"""Calm water: a lantern drifts from its ring as the muscles rise, and comes back."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainterPath, QPen

from emgfeedback.training.now import FeedbackNow
from emgfeedback.ui import theme
from emgfeedback.ui.patient import scenery
from emgfeedback.ui.patient.canvas import Canvas, put
from emgfeedback.ui.patient.scene import Play, Scene, SceneNow, clamped

LIGHTS = 16
FURTHEST = 2.0
"""The distance at which the lantern reaches the end of its way."""
_SWELL_HZ = 0.12
_GLOW = 150.0


@dataclass(frozen=True, slots=True)
class _Colours:
    sky: tuple[tuple[float, str], ...]
    moon: QColor
    hills: tuple[str, str, str]
    water: tuple[tuple[float, str], ...]
    wavelet: QColor
    ring: QColor
    ring_edge: QColor
    light: QColor
    unlit: QColor
    reed: QColor


_DUSK = _Colours(
    sky=((0, "#17374C"), (0.55, "#2A5A6E"), (0.86, "#5F908F"), (1, "#9DB8A8")),
    moon=QColor(255, 243, 207, 90),
    hills=("#4E8085", "#356871", "#224E5A"),
    water=((0, "#7FA9A6"), (0.12, "#3F7784"), (0.5, "#1F5266"), (1, "#0E2C3E")),
    wavelet=QColor("#D6EDE6"),
    ring=QColor("#FFF3CF"),
    ring_edge=QColor(13, 36, 51, 150),
    light=QColor("#FFF4CF"),
    unlit=QColor("#CFE0DC"),
    reed=QColor("#0B2733"),
)
_MORNING = _Colours(
    sky=((0, "#BFD9E6"), (0.55, "#DCE9EC"), (1, "#F5EBD8")),
    moon=QColor(255, 250, 232, 220),
    hills=("#B4CBD2", "#95B4BC", "#7A9FA8"),
    water=((0, "#CFE0E0"), (0.2, "#B7D3D8"), (1, "#86B2BD")),
    wavelet=QColor("#FFFFFF"),
    ring=QColor("#10384A"),
    ring_edge=QColor(255, 255, 255, 190),
    light=QColor("#C65F00"),
    unlit=QColor("#2A5564"),
    reed=QColor("#4A7079"),
)


def _offset(feedback: FeedbackNow, reach: QPointF) -> QPointF:
    """Return how far from the ring's middle the lantern floats, in units.

    The first small distances move it most, so that leaving the ring is seen. It goes to the
    side that is higher, and towards the viewer where both are.
    """
    left, right = feedback.distances
    if left is None and right is None:
        return QPointF(_way(feedback.distance or 0.0) * reach.x(), 0)
    left, right = left or 0.0, right or 0.0
    both = min(left, right)
    x = _way(right - both) - _way(left - both)
    return QPointF(x * reach.x(), _way(both) * reach.y())


def _way(distance: float) -> float:
    """Return the share of the way to its end for a distance from 0 to 2."""
    return float((clamped(distance, 0.0, FURTHEST) / FURTHEST) ** 0.7)


class Water(Scene):
    """The lantern follows `distance`; a light on the shore for each share of the trial held."""

    def __init__(self) -> None:
        super().__init__()
        self._trial = 0
        self._held_s = 0.0
        self._earned_s = 0.0
        self._light_s = 3.0

    @property
    def lights_lit(self) -> int:
        """How many shore lights this trial has earned."""
        return min(LIGHTS, int(self._earned_s / self._light_s))

    def follow(self, now: SceneNow) -> None:
        """Add what was held since the last look; nothing earned is lost."""
        if now.trial != self._trial:
            self._trial, self._held_s, self._earned_s = now.trial, 0.0, 0.0
            self._light_s = max(2.0, now.trial_of_s / LIGHTS)
        if not now.success or now.feedback is None:
            self._held_s = 0.0
            return
        held_s = now.feedback.held_s
        self._earned_s += held_s - self._held_s if held_s >= self._held_s else held_s
        self._held_s = held_s

    def _shape(self, canvas: Canvas) -> tuple[float, QPointF, float]:
        """Return the horizon's height, the ring's middle and the size of ring and lantern."""
        clear = canvas.layout.clear
        horizon = clear.top() + 0.6 * clear.height()
        ring = QPointF(clear.center().x(), clear.top() + 0.83 * clear.height())
        return horizon, ring, clamped(clear.width() * 0.2, 96, 150) / 150

    def paint_ground(self, canvas: Canvas) -> None:
        """Draw sky, hills, water and reeds."""
        p, window = canvas.painter, canvas.layout.window
        c = _DUSK if canvas.look.dark else _MORNING
        horizon, ring, size = self._shape(canvas)
        scenery.sky(p, QRectF(0, 0, window.width(), horizon), c.sky)
        moon = QPointF(ring.x(), horizon - 120)
        none = theme.faded(c.moon, 0)
        p.save()
        p.setClipRect(QRectF(0, 0, window.width(), horizon))
        scenery.glow(p, moon, 250, ((0, c.moon), (1, none)))
        for i, (colour, high) in enumerate(zip(c.hills, (118, 66, 30), strict=True)):
            canvas.fill(
                scenery.hills(window, horizon, high, 150 - 15 * i, 21 + i, horizon), QColor(colour)
            )
        p.restore()
        water = QRectF(0, horizon, window.width(), window.bottom() - horizon)
        scenery.sky(p, water, c.water)
        scenery.wavelets(p, water, c.wavelet, 5)
        for x, seed in (
            (canvas.layout.clear.left() - 20, 3),
            (canvas.layout.clear.right() - 40, 8),
        ):
            scenery.reeds(p, QPointF(x + 30, window.bottom() + 4), c.reed, 0.9 * size, seed)

    def paint(self, canvas: Canvas, now: SceneNow, ratio: float) -> None:
        """Draw shore lights, ring and lantern."""
        c = _DUSK if canvas.look.dark else _MORNING
        horizon, ring, size = self._shape(canvas)
        self._show_lights(canvas, c, horizon, ratio)
        if now.play is Play.RESTING or now.feedback is None:
            return
        distance = now.feedback.distance or 0.0
        gap = 0 if now.success else round(24 + 26 * min(1.0, distance))
        self._show_ring(canvas, c, ring, size, gap, ratio)
        clear = canvas.layout.clear
        reach = QPointF(clear.width() / 2 - 60 * size, max(20.0, clear.bottom() - ring.y() + 10))
        at = ring + _offset(now.feedback, reach)
        if now.play is Play.LIVE:
            square = QRectF(0, 0, 2 * _GLOW * size, 2 * _GLOW * size)
            pixmap = self.layers.get(
                "glow", canvas, ratio, square, lambda inner: _draw_glow(inner, square, c)
            )
            put(canvas, pixmap, at + QPointF(-_GLOW, -66 - _GLOW) * size)
        tilt = 0.0
        if not now.success:
            swing = (
                1.0
                if canvas.look.reduced_motion or now.play is Play.HELD
                else math.sin(2 * math.pi * _SWELL_HZ * now.elapsed_s)
            )
            tilt = 7 * min(1.0, 0.4 + distance) * swing
        _draw_lantern(canvas, at, size, tilt, lit=now.play is Play.LIVE, whole=now.success)

    def _show_lights(self, canvas: Canvas, c: _Colours, horizon: float, ratio: float) -> None:
        clear, lit = canvas.layout.clear, self.lights_lit
        strip = QRectF(clear.left(), horizon - 24, clear.width(), 30)
        self.layers.show(
            f"lights {lit}", canvas, ratio, strip, lambda inner: _draw_lights(inner, c, strip, lit)
        )

    def _show_ring(
        self, canvas: Canvas, c: _Colours, at: QPointF, size: float, gap: int, ratio: float
    ) -> None:
        square = QRectF(0, 0, 470 * size, 130 * size)
        pixmap = self.layers.get(
            f"ring {gap}",
            canvas,
            ratio,
            square,
            lambda inner: _draw_ring(inner, c, square, size, gap),
        )
        put(canvas, pixmap, at - square.center())


def _draw_lights(canvas: Canvas, c: _Colours, strip: QRectF, lit: int) -> None:
    p = canvas.painter
    step = strip.width() / (LIGHTS + 1)
    radius = clamped(step * 0.09, 3.0, 4.6)
    for i in range(LIGHTS):
        at = QPointF(strip.left() + (i + 1) * step, strip.top() + 15)
        if i < lit:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.faded(c.light, 0.25))
            p.drawEllipse(at, 2.6 * radius, 2.6 * radius)
            p.setBrush(c.light)
            p.drawEllipse(at, 1.25 * radius, 1.25 * radius)
        else:
            p.setPen(QPen(c.unlit, 1.6))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawEllipse(at, radius, radius)


def _draw_ring(canvas: Canvas, c: _Colours, square: QRectF, size: float, gap: int) -> None:
    """Draw the ring whole (gap 0) with ripples, or open by `gap` degrees four times."""
    p = canvas.painter
    rect = QRectF(0, 0, 300 * size, 74 * size)
    rect.moveCenter(square.center())
    path = QPainterPath()
    if gap == 0:
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.faded(c.ring, 0.14))
        p.drawEllipse(rect.adjusted(14, 4, -14, -4))
        for grown, shade in ((1.24, 0.34), (1.5, 0.2)):
            outer = QRectF(0, 0, rect.width() * grown, rect.height() * grown)
            outer.moveCenter(rect.center())
            p.setPen(QPen(theme.faded(c.ring, shade), 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawEllipse(outer)
        path.addEllipse(rect)
    else:
        for start in (gap, 90 + gap / 2, 180 + gap, 270 + gap / 2):
            path.arcMoveTo(rect, start)
            path.arcTo(rect, start, 90 - gap)
    canvas.stroke(path, c.ring_edge, 9 if gap == 0 else 6.5)
    canvas.stroke(path, c.ring, 5 if gap == 0 else 3.5)


def _draw_glow(canvas: Canvas, square: QRectF, c: _Colours) -> None:
    shade = 0.7 if c is _DUSK else 0.55
    warm = QColor("#FFE3A0")
    stops = (
        (0, theme.faded(warm, shade)),
        (0.4, theme.faded(warm, 0.25)),
        (1, theme.faded(warm, 0)),
    )
    scenery.glow(canvas.painter, square.center(), square.width() / 2, stops)


def _draw_lantern(
    canvas: Canvas, at: QPointF, size: float, tilt: float, *, lit: bool, whole: bool
) -> None:
    """Draw the lantern with the water line at `at`; its reflection whole, or in pieces."""
    p = canvas.painter
    p.save()
    p.translate(at)
    p.scale(size, size)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(theme.faded(QColor("#FFE3A0"), 0.55 if lit else 0.25))
    if whole:
        mirror = QPainterPath(QPointF(-34, 12))
        mirror.cubicTo(QPointF(-28, 46), QPointF(28, 46), QPointF(34, 12))
        mirror.closeSubpath()
        p.drawPath(mirror)
    else:
        for y, half, shift in ((14, 30, -6), (23, 20, 9), (31, 11, -8)):
            p.drawRoundedRect(QRectF(shift - half, y, 2 * half, 4), 2, 2)
    p.rotate(tilt)
    p.setBrush(QColor("#5B3A22"))
    hull = QPainterPath(QPointF(-46, -6))
    hull.lineTo(46, -6)
    hull.lineTo(36, 8)
    hull.lineTo(-36, 8)
    hull.closeSubpath()
    p.drawPath(hull)
    body = _lantern_body()
    if lit:
        gradient = QLinearGradient(0, -90, 0, -6)
        gradient.setColorAt(0, QColor("#FFF8E2"))
        gradient.setColorAt(1, QColor("#FFD98A"))
        p.setBrush(gradient)
    else:
        p.setBrush(QColor("#A9B3B2"))
    p.setPen(QPen(QColor("#7A4A22" if lit else "#4A5558"), 2.5))
    p.drawPath(body)
    p.setPen(QPen(theme.faded(QColor("#C98A3C" if lit else "#5F6B6D"), 0.75), 1.6))
    p.drawLine(QPointF(-41, -44), QPointF(41, -44))
    for side in (-1, 1):
        rib = QPainterPath(QPointF(side * 18, -8))
        rib.cubicTo(QPointF(side * 23, -36), QPointF(side * 22, -64), QPointF(side * 14, -88))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawPath(rib)
    if lit:
        flame = QPainterPath(QPointF(0, -26))
        flame.cubicTo(QPointF(-9, -34), QPointF(-6, -44), QPointF(0, -54))
        flame.cubicTo(QPointF(6, -44), QPointF(9, -34), QPointF(0, -26))
        canvas.fill(flame, QColor("#FFFFFF"))
    p.restore()


def _lantern_body() -> QPainterPath:
    path = QPainterPath(QPointF(-36, -6))
    path.cubicTo(QPointF(-36, -6), QPointF(-42, -32), QPointF(-42, -44))
    path.cubicTo(QPointF(-42, -56), QPointF(-41, -72), QPointF(-34, -80))
    path.cubicTo(QPointF(-27, -88), QPointF(-11, -90), QPointF(0, -90))
    path.cubicTo(QPointF(11, -90), QPointF(27, -88), QPointF(34, -80))
    path.cubicTo(QPointF(41, -72), QPointF(42, -56), QPointF(42, -44))
    path.cubicTo(QPointF(42, -32), QPointF(36, -6), QPointF(36, -6))
    path.closeSubpath()
    return path
