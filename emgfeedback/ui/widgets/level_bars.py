"""Paired level bars: left beside right, threshold, target zone, floor."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.core.montage import Side
from emgfeedback.engine.snapshot import ChannelNow
from emgfeedback.ui import icons, theme, words
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_TICK_AFTER_S = 1.0
_TRACK_PX = 24
_CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True)
class BarPair:
    """Two channels of one muscle and what a full bar stands for."""

    muscle: str
    left: ChannelNow
    right: ChannelNow
    top_uv: float


class LevelBars(FollowsLook, QWidget):
    """The 250 ms levels of all pairs against their thresholds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pairs: tuple[BarPair, ...] = ()
        self._live = False
        self._texts: dict[tuple[int, Side], str] = {}
        self._in_target_since_s: dict[tuple[int, Side], float] = {}
        self._time_s = 0.0
        self._drawn_levels: object = None
        self._drawn_rest: object = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Level against target"))

    def show_levels(
        self, pairs: tuple[BarPair, ...], time_s: float, *, live: bool, figures: bool
    ) -> None:
        """Show `pairs` at stream time `time_s`; `figures` says whether numbers may change now."""
        if len(pairs) != len(self._pairs):
            self.updateGeometry()
        self._pairs, self._live, self._time_s = pairs, live, time_s
        for i, pair in enumerate(pairs):
            for channel in (pair.left, pair.right):
                key = (i, channel.side)
                if channel.in_target and live:
                    self._in_target_since_s.setdefault(key, time_s)
                else:
                    self._in_target_since_s.pop(key, None)
                if figures or key not in self._texts:
                    self._texts[key] = self._figure(channel)
        levels, rest = self._picture()
        if rest != self._drawn_rest:
            self.update()
        elif levels != self._drawn_levels:
            self.update(0, 0, self.width(), self.height() - self._foot_px())
        self._drawn_levels, self._drawn_rest = levels, rest
        if figures:
            spoken = "; ".join(
                words.spoken_channel(channel)
                for pair in pairs
                for channel in (pair.left, pair.right)
            )
            self.setAccessibleDescription(spoken)

    def has_tick(self, pair: int, side: Side) -> bool:
        """Whether the side has been in target for a second."""
        since_s = self._in_target_since_s.get((pair, side))
        return since_s is not None and self._time_s - since_s >= _TICK_AFTER_S

    def figure(self, pair: int, side: Side) -> str:
        """Return the number under a bar, or a dash."""
        return self._texts.get((pair, side), words.DASH)

    def _figure(self, channel: ChannelNow) -> str:
        if not self._live or channel.level_uv is None or not channel.verdict.usable:
            return words.DASH
        return words.microvolts(channel.level_uv)

    def _picture(self) -> tuple[object, object]:
        """Return what the tracks' fill depends on, to half a pixel, and all the rest."""
        step = 2.0 * max(1, self.height())
        levels: list[object] = []
        rest: list[object] = [self._live, self.size().toTuple()]
        for i, pair in enumerate(self._pairs):
            rest.append(pair.top_uv)
            for c in (pair.left, pair.right):
                levels.append(
                    None if c.level_uv is None else round(step * c.level_uv / pair.top_uv)
                )
                rest.append((c.threshold_uv, c.floor_uv, c.in_target, c.verdict.level))
                rest.append((self.has_tick(i, c.side), self.figure(i, c.side)))
        return levels, rest

    def _foot_px(self) -> int:
        """Return the height of what stands under the tracks."""
        return theme.px(17) + theme.px(18) + theme.px(20) + 10

    def sizeHint(self) -> QSize:
        """Return the least size; the layout gives what is left over."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the size below which bars say nothing."""
        return QSize(theme.px(66) * max(1, len(self._pairs)), theme.px(66) + 58)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw all pairs."""
        painter = smooth_painter(self)
        width = self.width() / max(1, len(self._pairs))
        with_foot = event.rect().bottom() >= self.height() - self._foot_px()
        for i, pair in enumerate(self._pairs):
            room = QRectF(i * width, 0, width, self.height())
            self._draw_pair(painter, room, i, pair, with_foot=with_foot)
        painter.end()

    def _draw_pair(
        self, painter: QPainter, room: QRectF, index: int, pair: BarPair, *, with_foot: bool
    ) -> None:
        reach = min(room.width() * 0.235, theme.px(36))
        wide = min(max(room.width() * 0.26, _TRACK_PX), 1.4 * _TRACK_PX)
        for sign, channel in ((-1, pair.left), (1, pair.right)):
            centre = room.center().x() + sign * reach
            track = QRectF(centre - wide / 2, 4, wide, room.height() - self._foot_px() - 4)
            self._draw_bar(painter, track, channel, pair.top_uv)
            if with_foot:
                self._draw_figure(painter, QPointF(centre, track.bottom()), reach, index, channel)
        if not with_foot:
            return
        font = theme.font("caption_strong")
        painter.setFont(font)
        painter.setPen(theme.tokens().ink2)
        name_px = theme.px(17)
        line = QRectF(room.left(), room.bottom() - name_px, room.width(), name_px)
        name = marks.elided(words.short_muscle_name(pair.muscle), font, line.width() - 4)
        painter.drawText(line, _CENTRE, name)

    def _draw_figure(
        self, painter: QPainter, under: QPointF, reach: float, index: int, channel: ChannelNow
    ) -> None:
        t = theme.tokens()
        badge_px = theme.px(20)
        badge = QRectF(under.x() - badge_px / 2, under.y() + 6, badge_px, badge_px)
        marks.draw_badge(painter, badge, channel.side)
        if self.has_tick(index, channel.side):
            size = theme.px(16)
            beside = QRectF(0, 0, size, size)
            beside.moveCenter(badge.center() + QPointF(badge_px * 0.95, 0))
            icons.draw(painter, "quality-good", beside, t.accent)
        text = self.figure(index, channel.side)
        painter.setFont(theme.font("body_strong"))
        painter.setPen(t.ink if text != words.DASH else t.ink3)
        line = QRectF(under.x() - reach, badge.bottom() + 1, 2 * reach, theme.px(18))
        painter.drawText(line, _CENTRE, text)

    def _draw_bar(
        self, painter: QPainter, track: QRectF, channel: ChannelNow, top_uv: float
    ) -> None:
        t = theme.tokens()
        painter.setPen(QPen(t.line, 1))
        painter.setBrush(t.sunken)
        painter.drawRoundedRect(track, 4, 4)
        bad = self._live and not channel.verdict.usable
        inside = track.adjusted(4, 2, -4, -2)
        if channel.floor_uv and not bad:
            height = min(1.0, channel.floor_uv / top_uv) * inside.height()
            floor = QRectF(track.left() + 1, inside.bottom() - height, track.width() - 2, height)
            marks.draw_hatch(painter, floor, theme.faded(t.ink3, 0.7), step_px=4)
        if bad:
            marks.draw_hatch(painter, track, theme.faded(t.bad, 0.8), step_px=6, falling=True)
        elif self._live and channel.level_uv is not None:
            self._draw_fill(painter, inside, channel, top_uv)
        if channel.threshold_uv is not None:
            share = min(1.0, channel.threshold_uv / top_uv)
            self._draw_threshold(painter, track, inside.bottom() - share * inside.height(), channel)

    def _draw_fill(
        self, painter: QPainter, inside: QRectF, channel: ChannelNow, top_uv: float
    ) -> None:
        t = theme.tokens()
        share = (channel.level_uv or 0.0) / top_uv
        height = max(2.0, min(1.0, share) * inside.height())
        fill = QRectF(inside.left(), inside.bottom() - height, inside.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(marks.side_colour(channel.side))
        painter.drawRoundedRect(fill, 3, 3)
        if channel.side is Side.RIGHT:
            painter.setPen(QPen(t.bg if t.dark else t.surface, 2.4, Qt.PenStyle.DotLine))
            middle = fill.center().x()
            painter.drawLine(QPointF(middle, fill.bottom() - 3), QPointF(middle, fill.top() + 3))
        if share > 1:
            x, y = inside.center().x(), inside.top() - 1
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(t.ink)
            painter.drawPolygon(
                QPolygonF([QPointF(x - 6, y + 7), QPointF(x + 6, y + 7), QPointF(x, y)])
            )

    def _draw_threshold(
        self, painter: QPainter, track: QRectF, y: float, channel: ChannelNow
    ) -> None:
        t = theme.tokens()
        painter.setPen(QPen(t.ink, 1.8))
        painter.drawLine(QPointF(track.left() - 3, y), QPointF(track.right() + 2, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.ink)
        x = track.left() - 1
        painter.drawPolygon(
            QPolygonF([QPointF(x - 7, y - 4.5), QPointF(x - 7, y + 4.5), QPointF(x, y)])
        )
        inside = bool(channel.in_target) and self._live
        zone = QPen(t.accent if inside else t.ink3, 2.4 if inside else 1.2)
        painter.setPen(zone)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        right = track.right() + 6
        top, foot = QPointF(right - 4, y + 3), QPointF(right - 4, track.bottom())
        corners = [top, QPointF(right, y + 3), QPointF(right, track.bottom()), foot]
        painter.drawPolyline(QPolygonF(corners))
