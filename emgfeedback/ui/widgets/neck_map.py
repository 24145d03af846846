"""The neck, front (a mirror view) and back, whose muscles light with activity."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QPixmapCache
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.core.montage import Side
from emgfeedback.core.quality import Level
from emgfeedback.engine.snapshot import ChannelNow
from emgfeedback.ui import neck_drawing, theme, words
from emgfeedback.ui.neck_drawing import Muscle, Still
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_DRAWN_AS = {"scm": "scm", "trapezius": "ut", "splenius": "splenius"}
_SITES_FROM_PX = 200
_BADGE_AT = 250
"""Height of the side badges in the drawing: beside the neck, above the shoulders."""
_GAP_PX = 10
_STEPS = 40
"""Activity is drawn in this many steps: finer cannot be seen."""
_SITE_ICON_PX = 14
_PEN_PX = 4
"""More than half the thickest outline."""
_VIEWS = ("front", "back")


class NeckMap(FollowsLook, QWidget):
    """Both views side by side; layers and muscles are kept as pixmaps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._activity: dict[str, int] = {}
        self._troubled: frozenset[str] = frozenset()
        self._layers: dict[tuple[str, int], QPixmap] = {}
        self._layers_for: object = None
        self.whole = False
        self.shows_quality = False
        """Whether each site has the quality of its channel, as an icon."""
        self._quality: dict[str, Level] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Neck map, front as in a mirror, and back"))

    def show_activity(
        self, channels: tuple[ChannelNow, ...], shares: tuple[float | None, ...], *, live: bool
    ) -> None:
        """Light the muscle of each channel by its share (0 to 1); None leaves it dark."""
        activity: dict[str, int] = {}
        troubled = set()
        quality: dict[str, Level] = {}
        for channel, share in zip(channels, shares, strict=True):
            drawn = _DRAWN_AS.get(channel.muscle)
            if drawn is None or channel.side is Side.MIDLINE or not live:
                continue
            key = f"{drawn}-{channel.side.value}"
            quality[key] = channel.verdict.level
            if channel.verdict.level is Level.BAD:
                troubled.add(key)
            elif share is not None and channel.verdict.usable:
                activity[key] = round(_STEPS * min(1.0, max(0.0, share)))
        if self.shows_quality and quality != self._quality:
            self._quality = quality
            self.setAccessibleDescription(
                "; ".join(_spoken_quality(c) for c in channels) if live else ""
            )
            self.update()
        if (activity, frozenset(troubled)) != (self._activity, self._troubled):
            self._activity, self._troubled = activity, frozenset(troubled)
            self.update()

    def quality(self, muscle: str, side: Side) -> Level | None:
        """Return the quality shown at the site of a muscle, None where there is none."""
        return self._quality.get(f"{_DRAWN_AS[muscle]}-{side.value}")

    def lit(self, muscle: str, side: Side) -> float | None:
        """Return how far a muscle (key of the montage) is lit, 0 to 1; None when dark."""
        step = self._activity.get(f"{_DRAWN_AS[muscle]}-{side.value}")
        return None if step is None else step / _STEPS

    def sizeHint(self) -> QSize:
        """Return the least size; the layout gives what is left over."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size at which muscles can be told apart."""
        return QSize(240, 84 + self._caption_px())

    def look_changed(self) -> None:
        """Draw every layer anew."""
        self._layers_for = None

    def _caption_px(self) -> int:
        return theme.px(18)

    def _space(self) -> tuple[float, float]:
        """Return width and height one view may take."""
        return max(1.0, self.width() / 2 - _GAP_PX), max(1.0, self.height() - self._caption_px())

    def _source(self) -> QRectF:
        """Return the part of the drawing that is shown."""
        if self.whole:
            return neck_drawing.VIEW
        width, height = self._space()
        return neck_drawing.crop(height / width)

    def view_rect(self, view: str) -> QRectF:
        """Return where `front` or `back` is drawn."""
        source = self._source()
        half = self.width() / 2
        width, height = self._space()
        scale = min(width / source.width(), height / source.height())
        rect = QRectF(0, 0, source.width() * scale, source.height() * scale)
        rect.moveCenter(QPointF(half * (0.5 + _VIEWS.index(view)), height / 2))
        return rect

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both views and their captions."""
        del event
        painter = smooth_painter(self)
        self._refresh_layers()
        for view in _VIEWS:
            self._draw_view(painter, view)
            self._draw_caption(painter, view)
        painter.end()

    def _to_picture(self, painter: QPainter, rect: QRectF) -> float:
        source = self._source()
        scale = rect.width() / source.width()
        painter.translate(rect.topLeft())
        painter.scale(scale, scale)
        painter.translate(-source.topLeft())
        return scale

    def _refresh_layers(self) -> None:
        wanted = (self.size().toTuple(), self.devicePixelRatioF(), theme.tokens().dark, self.whole)
        if wanted == self._layers_for:
            return
        self._layers_for = wanted
        self._layers.clear()
        for view in _VIEWS:
            rect = self.view_rect(view)
            for i, layer in enumerate(neck_drawing.drawing(view).layers):
                if isinstance(layer, Still):
                    self._layers[view, i] = self._still_pixmap(layer, rect)

    def _still_pixmap(self, layer: Still, rect: QRectF) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(rect.width() * ratio) + 1, round(rect.height() * ratio) + 1)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._to_picture(painter, QRectF(0, 0, rect.width(), rect.height()))
        shapes = layer.shapes + (layer.sites if rect.width() >= _SITES_FROM_PX else [])
        for shape in shapes:
            shape.paint(painter, theme.tokens())
        painter.end()
        return pixmap

    def _draw_view(self, painter: QPainter, view: str) -> None:
        rect = self.view_rect(view)
        drawn = neck_drawing.drawing(view)
        painter.save()
        painter.setClipRect(rect)
        for i, layer in enumerate(drawn.layers):
            if isinstance(layer, Muscle):
                corner, pixmap = self._muscle_pixmap(view, layer, rect)
                painter.drawPixmap(rect.topLeft() + corner, pixmap)
            else:
                painter.drawPixmap(rect.topLeft(), self._layers[view, i])
        scale = self._to_picture(painter, rect)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = QPen(theme.tokens().bad, 1.8 / scale)
        ring.setDashPattern([3, 2])
        painter.setPen(ring)
        for key in self._troubled & drawn.sites.keys():
            painter.drawEllipse(drawn.sites[key], 24, 24)
        painter.restore()
        for key in self._quality.keys() & drawn.sites.keys():
            self._draw_site(painter, rect, drawn.sites[key], self._quality[key])

    def _draw_site(self, painter: QPainter, rect: QRectF, site: QPointF, level: Level) -> None:
        source = self._source()
        size = theme.px(_SITE_ICON_PX)
        icon = QRectF(0, 0, size, size)
        icon.moveCenter(
            rect.topLeft() + (site - source.topLeft()) * (rect.width() / source.width())
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().surface)
        painter.drawEllipse(icon)
        marks.draw_quality(painter, icon, level)

    def _muscle_pixmap(self, view: str, muscle: Muscle, rect: QRectF) -> tuple[QPointF, QPixmap]:
        """Return the muscle as it is lit now, and where in the view it goes.

        Drawn once for each step it is lit to: paths cost twenty times as much as a picture.
        """
        ratio = self.devicePixelRatioF()
        source, scale = self._source(), rect.width() / self._source().width()
        outline = muscle.outline.boundingRect().translated(-source.topLeft())
        shown = QRectF(QPointF(), rect.size()).toAlignedRect()
        box = QRectF(outline.topLeft() * scale, outline.size() * scale).toAlignedRect()
        box = box.adjusted(-_PEN_PX, -_PEN_PX, _PEN_PX, _PEN_PX).intersected(shown)
        step = self._activity.get(f"{muscle.muscle}-{muscle.side}")
        key = f"neck {self._layers_for} {view} {muscle.muscle} {muscle.side} {step}"
        pixmap = QPixmap()
        if QPixmapCache.find(key, pixmap):
            return QPointF(box.topLeft()), pixmap
        pixmap = QPixmap(box.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-box.topLeft())
        self._to_picture(painter, QRectF(QPointF(), rect.size()))
        self._draw_muscle(painter, muscle)
        painter.end()
        QPixmapCache.insert(key, pixmap)
        return QPointF(box.topLeft()), pixmap

    def _draw_muscle(self, painter: QPainter, muscle: Muscle) -> None:
        t = theme.tokens()
        colour = t.left if muscle.side == "left" else t.right
        step = self._activity.get(f"{muscle.muscle}-{muscle.side}")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.muscle)
        painter.drawPath(muscle.outline)
        if step is None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(t.mline, 1.4))
            painter.drawPath(muscle.outline)
            painter.setPen(QPen(theme.faded(t.fibre, 0.85), 0.9))
            painter.drawPath(muscle.fibres)
            return
        share = step / _STEPS
        painter.setBrush(theme.faded(colour, 0.10 + 0.72 * share))
        painter.setPen(QPen(colour, 1.3 + 1.5 * share))
        painter.drawPath(muscle.outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.faded(t.ink, 0.25 + 0.3 * share), 0.9 + 0.9 * share))
        painter.drawPath(muscle.fibres)

    def _draw_caption(self, painter: QPainter, view: str) -> None:
        rect = self.view_rect(view)
        size = min(theme.px(20 if self.whole else 18), 0.15 * rect.width())
        source = self._source()
        middle = rect.top() + rect.height() * (_BADGE_AT - source.top()) / source.height()
        badge = QRectF(0, 0, size, size)
        for side, x in ((Side.LEFT, 0.06), (Side.RIGHT, 0.94)):
            badge.moveCenter(QPointF(rect.left() + x * rect.width(), middle))
            marks.draw_badge(painter, badge, side, filled=False)
        half = self.width() / 2
        height = theme.px(18)
        line = QRectF(half * _VIEWS.index(view), rect.bottom(), half, height)
        painter.setFont(theme.font("second" if self.whole else "caption"))
        painter.setPen(theme.tokens().ink2)
        caption = self.tr("front, mirror view") if view == "front" else self.tr("back")
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, caption)


def _spoken_quality(channel: ChannelNow) -> str:
    found = words.finding_words(channel.verdict.finding).name.lower()
    return f"{words.channel_name(channel)}: {found}"
