"""Bars with a target band, large enough for two metres."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

from emgfeedback.core.block import Unit
from emgfeedback.core.montage import Side
from emgfeedback.training.now import ElementNow, FeedbackNow
from emgfeedback.ui import theme, words
from emgfeedback.ui.patient import scenery
from emgfeedback.ui.patient.canvas import Canvas
from emgfeedback.ui.patient.scene import Entry, Play, Scene, SceneNow, clamped, element_success

_ORDER = {Side.LEFT: 0, Side.MIDLINE: 1, Side.RIGHT: 2}
_WIDEST = 120.0


class Bars(Scene):
    """One bar an element: left on the left, its band beside it, a tick when inside."""

    def __init__(self) -> None:
        super().__init__()
        self.unit = Unit.UV

    def paint_ground(self, canvas: Canvas) -> None:
        """Draw a plain calm ground."""
        paint_calm_ground(canvas)

    def legend(self, feedback: FeedbackNow) -> tuple[Entry, ...]:
        """Return nothing: each bar says what it is."""
        del feedback
        return ()

    def paint(self, canvas: Canvas, now: SceneNow, ratio: float) -> None:
        """Draw the bars."""
        del ratio
        if now.feedback is None or now.play is Play.RESTING or not now.feedback.elements:
            return
        elements = sorted(now.feedback.elements, key=lambda e: _ORDER[e.side])
        clear = canvas.layout.clear
        step = min(clear.width() / len(elements), 2.3 * _WIDEST)
        width = min(_WIDEST, 0.46 * step)
        left = clear.center().x() - step * len(elements) / 2
        foot = clamped(0.2 * clear.height(), 62, 84)
        top = clear.top() + clamped(0.19 * clear.height(), 44, 94)
        for i, element in enumerate(elements):
            middle = left + (i + 0.5) * step
            track = QRectF(middle - width / 2, top, width, clear.bottom() - foot - top)
            self._draw_bar(canvas, track, element, now)
            self._label(canvas, track, step, element, clear.bottom())
            if now.play is Play.LIVE:
                self._number(canvas, track, step, element)

    def _label(
        self, canvas: Canvas, track: QRectF, step: float, element: ElementNow, bottom: float
    ) -> None:
        size = clamped(0.42 * (bottom - track.bottom()), 26, 36)
        badge = QRectF(track.center().x() - size / 2, track.bottom() + 8, size, size)
        canvas.badge(badge, element.side)
        name = QRectF(
            track.center().x() - step / 2 + 4,
            badge.bottom() + 2,
            step - 8,
            bottom - badge.bottom() - 2,
        )
        canvas.write(place_name(element.muscle), name, 19, canvas.tokens.ink2)

    def _number(self, canvas: Canvas, track: QRectF, step: float, element: ElementNow) -> None:
        """Write the level over its bar, where it is wanted and known."""
        if canvas.look.numbers and element.level is not None:
            value = QRectF(track.center().x() - step / 2, track.top() - 40, step, 34)
            unit = "%" if self.unit is Unit.PCT else "µV"
            canvas.write(f"{words.microvolts(element.level)} {unit}", value, 22)

    def _draw_bar(self, canvas: Canvas, track: QRectF, element: ElementNow, now: SceneNow) -> None:
        p, t = canvas.painter, canvas.tokens
        p.setPen(QPen(t.edge, 2))
        p.setBrush(t.sunken)
        p.drawRoundedRect(track, 12, 12)
        inner = track.adjusted(8, 8, -8, -8)

        def height(level: float) -> float:
            return inner.bottom() - inner.height() * clamped(level / element.full, 0, 1)

        low = height(element.low) if element.low is not None else inner.bottom()
        high = height(element.high) if element.high is not None else inner.top()
        if element.level is not None:
            side = {Side.LEFT: t.left, Side.RIGHT: t.right, Side.MIDLINE: t.raw}[element.side]
            fill = QRectF(inner.left(), height(element.level), inner.width(), 0)
            fill.setBottom(inner.bottom())
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(side if now.play is Play.LIVE else theme.mixed(side, t.sunken, 0.35))
            p.drawRoundedRect(fill, 6, 6)
            if element.side is Side.RIGHT:
                p.setPen(QPen(t.bg, 4, Qt.PenStyle.DotLine))
                p.drawLine(
                    QPointF(fill.center().x(), fill.top() + 6),
                    QPointF(fill.center().x(), fill.bottom() - 2),
                )
        self._draw_band(canvas, track, high, low, element)
        if element_success(now, element):
            at = QPointF(track.right() + 34, (high + low) / 2)
            canvas.tick(at, 34, t.accent, theme.faded(t.bg, 0.9))

    @staticmethod
    def _draw_band(
        canvas: Canvas, track: QRectF, high: float, low: float, element: ElementNow
    ) -> None:
        """Draw the target as a bracket beside the bar, and a line across at each bound."""
        p, t = canvas.painter, canvas.tokens
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.faded(t.accent, 0.16))
        p.drawRect(QRectF(track.left(), high, track.width(), low - high))
        x = track.left() - 14
        bracket = QPainterPath(QPointF(x + 8, high))
        bracket.lineTo(x, high)
        bracket.lineTo(x, low)
        bracket.lineTo(x + 8, low)
        canvas.stroke(bracket, t.accent, 6)
        for bound, level in ((element.low, low), (element.high, high)):
            if bound is not None:
                line = QPainterPath(QPointF(track.left() - 6, level))
                line.lineTo(track.right() + 6, level)
                canvas.stroke(line, t.bg, 9)
                canvas.stroke(line, t.ink, 4.5)


def place_name(muscle: str) -> str:
    """Return where a muscle is, in a patient's words."""
    names = {
        "scm": QCoreApplication.translate("Patient", "Front of the neck"),
        "trapezius": QCoreApplication.translate("Patient", "Shoulder"),
        "splenius": QCoreApplication.translate("Patient", "Back of the neck"),
        "levator": QCoreApplication.translate("Patient", "Neck to shoulder"),
        "other": QCoreApplication.translate("Patient", "Other muscle"),
    }
    return names.get(muscle, words.muscle_name(muscle))


def paint_calm_ground(canvas: Canvas) -> None:
    """Draw the ground of screens without scenery: a soft sky over two still waves."""
    p, window = canvas.painter, canvas.layout.window
    dark = canvas.look.dark
    sky = (
        ((0, "#10202B"), (1, "#16303B"))
        if dark
        else ((0, "#DCEAF1"), (0.6, "#F4F2E9"), (1, "#EAF0EA"))
    )
    scenery.sky(p, window, sky)
    far, near = ("#193541", "#1D3D49") if dark else ("#D3E5E5", "#C3DCDC")
    for colour, share, swing, length, at in (
        (far, 0.87, 14, 1500, 0.1),
        (near, 0.92, 10, 1150, 0.6),
    ):
        shape = scenery.wave(
            window.left(),
            window.right(),
            share * window.height(),
            swing,
            length,
            at,
            window.bottom() + 2,
        )
        canvas.fill(shape, QColor(colour))
