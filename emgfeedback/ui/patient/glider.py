"""The glider: it flies as high as the muscle to use; the mist is the muscle to keep quiet."""

from __future__ import annotations

import bisect
import math
from collections import deque

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath

from emgfeedback.training.now import ElementNow, FeedbackNow
from emgfeedback.ui import theme
from emgfeedback.ui.patient import glider_drawing as drawing
from emgfeedback.ui.patient import scenery
from emgfeedback.ui.patient.canvas import LEFT, Canvas, put
from emgfeedback.ui.patient.scene import Entry, Play, Scene, SceneNow, clamped, element_success

ARCH_EVERY_S = 4.0
PAST_S, AHEAD_S = 2.0, 8.0
_MIST_FULL = 1.5
"""The mist is drawn up to this many times its line."""
_DOT_S = 0.2
_TRAIL_S = 0.05


class Glider(Scene):
    """Follows `path`, `wanted` and the main element's level; the mist the quiet element's."""

    def __init__(self) -> None:
        super().__init__()
        self._trial = 0
        self._passed: dict[int, bool] = {}
        self._last_arch: int | None = None
        self._trail: deque[tuple[float, float]] = deque(maxlen=160)

    def follow(self, now: SceneNow) -> None:
        """Note arches passed, and the way flown."""
        if now.trial != self._trial:
            self._trial, self._last_arch = now.trial, None
            self._passed.clear()
            self._trail.clear()
        if now.play is not Play.LIVE or now.feedback is None:
            self._trail.clear()
            self._last_arch = None
            return
        arch = math.floor(now.trial_s / ARCH_EVERY_S)
        if self._last_arch is not None and arch == self._last_arch + 1:
            self._passed[arch] = now.success
        self._last_arch = arch
        main = _main(now.feedback)
        due = not self._trail or now.trial_s >= self._trail[-1][0] + _TRAIL_S
        if due and main is not None and main.level is not None:
            self._trail.append((now.trial_s, clamped(main.level / main.full, 0, 1)))
        while self._trail and self._trail[0][0] < now.trial_s - PAST_S:
            self._trail.popleft()

    def passed_inside(self) -> int:
        """Return how many arches of this trial were flown through inside."""
        return sum(self._passed.values())

    def legend(self, feedback: FeedbackNow) -> tuple[Entry, ...]:
        """Return who is the glider and who the mist."""
        found: list[Entry] = []
        for element in feedback.elements:
            if element.role == "quiet":
                entry = Entry(element.side, QCoreApplication.translate("Patient", "mist"), "below")
            else:
                wanted = "above" if element.high is None and element.low else ""
                entry = Entry(element.side, QCoreApplication.translate("Patient", "glider"), wanted)
            if entry not in found:
                found.append(entry)
        return tuple(found[:3])

    def paint_ground(self, canvas: Canvas) -> None:
        """Draw sky, sun, clouds, hills and trees."""
        p, window, stage = canvas.painter, canvas.layout.window, canvas.layout.stage
        c = drawing.NIGHT if canvas.look.dark else drawing.DAY
        scenery.sky(p, window, c.sky)
        high = stage.height()
        sun = QPointF(stage.left() + 0.79 * stage.width(), stage.top() + 0.31 * high)
        scenery.glow(
            p,
            sun,
            150,
            (
                (0, c.sun),
                (0.25, theme.faded(c.sun, 0.6 * c.sun.alphaF())),
                (1, theme.faded(c.sun, 0)),
            ),
        )
        for x, y in ((0.14, 0.2), (0.66, 0.225)):
            drawing.draw_cloud(
                canvas, QPointF(stage.left() + x * stage.width(), stage.top() + y * high), c.cloud
            )
        foot = window.bottom()
        for i, (colour, base, rise) in enumerate(
            zip(c.hills, (0.8, 0.86, 0.91), (150, 140, 90), strict=True)
        ):
            shape = scenery.hills(
                window, stage.top() + base * high, rise * high / 800, 190, 31 + i, foot
            )
            canvas.fill(shape, QColor(colour))
        line, low = self._mist_line(canvas)
        drawing.draw_trees(canvas, c, line + 4, low)
        if low < window.bottom():
            p.fillRect(QRectF(0, low, window.width(), window.bottom() - low), QColor(c.hills[2]))

    @staticmethod
    def _mist_line(canvas: Canvas) -> tuple[float, float]:
        """Return the heights of the dashed line and of the mist's foot."""
        stage = canvas.layout.stage
        return stage.bottom() - 0.14 * stage.height(), stage.bottom()

    def _height(self, canvas: Canvas, share: float) -> float:
        """Return the height of a level given as a share of the full one."""
        line, _ = self._mist_line(canvas)
        top, bottom = canvas.layout.clear.top() + 16, line - 24
        return bottom - (bottom - top) * clamped(share, 0, 1)

    def _across(self, canvas: Canvas, seconds: float) -> float:
        """Return where a moment stands, `seconds` from now."""
        clear = canvas.layout.clear
        here = clear.left() + 0.36 * clear.width()
        return here + seconds * (clear.right() - here) / AHEAD_S

    def paint(self, canvas: Canvas, now: SceneNow, ratio: float) -> None:
        """Draw path, arches, mist and glider."""
        c = drawing.NIGHT if canvas.look.dark else drawing.DAY
        feedback = now.feedback
        if now.play is Play.RESTING or feedback is None:
            return
        main = _main(feedback)
        quiet = [e for e in feedback.elements if e.role == "quiet" and e.high]
        if quiet:
            self._draw_mist(canvas, c, quiet, now, ratio)
        if main is None:
            return
        p = canvas.painter
        p.save()
        p.setClipRect(canvas.layout.stage)
        self._draw_path(canvas, c, feedback, main, now, ratio)
        self._draw_arches(canvas, c, feedback, main, now, ratio)
        self._draw_trail(canvas, c, now)
        if main.level is not None:
            at = QPointF(self._across(canvas, 0), self._height(canvas, main.level / main.full))
            scale = clamped(canvas.layout.clear.width() / 700, 0.7, 1.2)
            drawing.draw_glider(canvas, c, at, scale, flying=now.play is Play.LIVE)
        p.restore()

    def _draw_path(
        self,
        canvas: Canvas,
        c: drawing.SkyColours,
        feedback: FeedbackNow,
        main: ElementNow,
        now: SceneNow,
        ratio: float,
    ) -> None:
        """Draw the way ahead as dots that stand still on it as it comes nearer."""
        box = QRectF(0, 0, 8, 8)
        dot = self.layers.get("dot", canvas, ratio, box, lambda inner: _draw_dot(inner, c, box))
        first = math.ceil((now.trial_s - PAST_S) / _DOT_S)
        last = math.floor((now.trial_s + AHEAD_S) / _DOT_S)
        for i in range(first, last + 1):
            seconds = i * _DOT_S - now.trial_s
            middle, _ = _gate(feedback, main, seconds)
            at = QPointF(self._across(canvas, seconds), self._height(canvas, middle / main.full))
            put(canvas, dot, at - box.center())

    def _draw_arches(
        self,
        canvas: Canvas,
        c: drawing.SkyColours,
        feedback: FeedbackNow,
        main: ElementNow,
        now: SceneNow,
        ratio: float,
    ) -> None:
        still = canvas.look.reduced_motion and not feedback.path
        first = math.ceil((now.trial_s - PAST_S) / ARCH_EVERY_S)
        last = math.floor((now.trial_s + AHEAD_S) / ARCH_EVERY_S)
        moments = (
            [(None, 0.0)]
            if still
            else [(i, i * ARCH_EVERY_S - now.trial_s) for i in range(max(1, first), last + 1)]
        )
        for arch, seconds in moments:
            middle, half = _gate(feedback, main, seconds)
            top = self._height(canvas, (middle + half) / main.full)
            bottom = self._height(canvas, (middle - half) / main.full)
            x = self._across(canvas, seconds)
            high = max(24.0, (bottom - top) / 2)
            inside = now.success if arch is None else self._passed.get(arch, False)
            rect = self._show_arch(
                canvas, c, QPointF(x, (top + bottom) / 2), round(high), ratio, passed=inside
            )
            if inside:
                at = QPointF(x, max(rect.top() - 26, canvas.layout.clear.top() + 6))
                canvas.tick(at, 36, c.tick, c.halo)

    def _show_arch(
        self,
        canvas: Canvas,
        c: drawing.SkyColours,
        at: QPointF,
        high: int,
        ratio: float,
        *,
        passed: bool,
    ) -> QRectF:
        rect = drawing.arch_rect(QPointF(0, 0), high)
        box = rect.adjusted(-8, -8, 8, 8)
        pixmap = self.layers.get(
            f"arch {high} {passed}",
            canvas,
            ratio,
            box,
            lambda inner: drawing.draw_arch(inner, c, rect, passed=passed),
        )
        put(canvas, pixmap, at + box.topLeft())
        return rect.translated(at)

    def _draw_trail(self, canvas: Canvas, c: drawing.SkyColours, now: SceneNow) -> None:
        """Draw the way flown: whole inside, broken outside."""
        if len(self._trail) < 2:
            return
        path = QPainterPath()
        for i, (at_s, share) in enumerate(self._trail):
            point = QPointF(self._across(canvas, at_s - now.trial_s), self._height(canvas, share))
            if i == 0:
                path.moveTo(point)
            else:
                path.lineTo(point)
        dash = None if now.success else [1.2, 2.6]
        canvas.stroke(path, c.edge, 8, None if now.success else [0.9, 1.95])
        canvas.stroke(path, c.arch, 6, dash)

    def _draw_mist(
        self,
        canvas: Canvas,
        c: drawing.SkyColours,
        quiet: list[ElementNow],
        now: SceneNow,
        ratio: float,
    ) -> None:
        window = canvas.layout.window
        line, foot = self._mist_line(canvas)
        known = [e.level / e.high for e in quiet if e.level is not None and e.high]
        still = canvas.look.reduced_motion or now.play is Play.HELD
        if known:
            share = clamped(max(known), 0, _MIST_FULL)
            crest = foot - (foot - line) * share
            drift = 0.0 if still else (0.02 * now.elapsed_s) % 1
            wide = QRectF(
                -drawing.WAVE, 0, window.width() + drawing.WAVE, _MIST_FULL * (foot - line) + 4
            )
            pixmap = self.layers.get(
                "mist", canvas, ratio, wide, lambda inner: drawing.draw_mist(inner, c, wide)
            )
            p = canvas.painter
            p.save()
            p.setClipRect(QRectF(0, crest - 2, window.width(), foot - crest + 2))
            put(canvas, pixmap, QPointF((drift - 1) * drawing.WAVE, crest))
            p.restore()
        strip = QRectF(0, line - 7, window.width(), 14)
        self.layers.show(
            "line", canvas, ratio, strip, lambda inner: drawing.draw_mist_line(inner, strip)
        )
        self._label_line(canvas, line, below=all(element_success(now, e) for e in quiet))

    @staticmethod
    def _label_line(canvas: Canvas, line: float, *, below: bool) -> None:
        left = (
            canvas.layout.clear.left()
            if canvas.layout.stage.height() < 500
            else (canvas.layout.stage.left() + 26)
        )
        plate = QRectF(left, line - 48, 216, 38)
        canvas.plate(plate, 19)
        words = QCoreApplication.translate("Patient", "Mist stays below")
        canvas.write(words, plate.adjusted(16, 0, -34, 0), 20, weight=650, flags=LEFT)
        if below:
            accent = canvas.tokens.accent
            canvas.tick(
                QPointF(plate.right() - 22, plate.center().y()),
                18,
                accent,
                theme.faded(canvas.tokens.surface, 0),
            )


def _main(feedback: FeedbackNow) -> ElementNow | None:
    return next((e for e in feedback.elements if e.role == "main"), None)


def _gate(feedback: FeedbackNow, main: ElementNow, seconds: float) -> tuple[float, float]:
    """Return the middle and half height of the way at a moment, as levels."""
    if feedback.path:
        half = feedback.tolerance or 0.0
        times = [t for t, _ in feedback.path]
        i = bisect.bisect_left(times, seconds)
        if i == 0 or i == len(times):
            return feedback.path[min(i, len(times) - 1)][1], half
        (t0, w0), (t1, w1) = feedback.path[i - 1], feedback.path[i]
        return w0 + (w1 - w0) * (seconds - t0) / (t1 - t0), half
    if feedback.wanted is not None:
        return feedback.wanted, feedback.tolerance or 0.0
    low = main.low or 0.0
    high = main.high if main.high is not None else main.full
    return (low + high) / 2, (high - low) / 2


def _draw_dot(canvas: Canvas, c: drawing.SkyColours, box: QRectF) -> None:
    canvas.painter.setPen(Qt.PenStyle.NoPen)
    canvas.painter.setBrush(c.path)
    canvas.painter.drawEllipse(box.center(), 2.7, 2.7)
