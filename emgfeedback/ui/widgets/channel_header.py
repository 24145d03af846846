"""The left end of a trace row: side badge, muscle, value, unit, quality in words."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from emgfeedback.core.quality import Level
from emgfeedback.engine.snapshot import ChannelNow
from emgfeedback.ui import theme, words
from emgfeedback.ui.rows import AXIS_HEIGHT_PX, row_edges
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_SPEAK_EVERY_S = 2.0
_MARGIN_PX = 14
_LEFT_CENTRE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ChannelHeader(FollowsLook, QWidget):
    """One channel's name, live value and quality.

    An unusable channel shows the trouble and its remedy where the value would stand.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._channel: ChannelNow | None = None
        self._live = False
        self._spoken_at_s = 0.0

    @property
    def value_text(self) -> str:
        """The figure shown, or a dash, or nothing where the trouble stands instead."""
        if self._channel is None or self._is_bad():
            return ""
        level_uv = self._channel.level_uv
        if not self._live or level_uv is None or not self._channel.verdict.usable:
            return words.DASH
        return words.microvolts(level_uv)

    def _is_bad(self) -> bool:
        return self._live and self._channel is not None and self._channel.verdict.level is Level.BAD

    def show_channel(self, channel: ChannelNow, *, live: bool) -> None:
        """Show `channel`; not `live` puts a dash in place of the value."""
        if channel == self._channel and live == self._live:
            return
        self._channel, self._live = channel, live
        self._speak()
        self.setToolTip(words.finding_words(channel.verdict.finding).remedy)
        self.update()

    def _speak(self) -> None:
        now_s = time.monotonic()
        if self._channel is None:
            return
        if self.accessibleName() and now_s - self._spoken_at_s < _SPEAK_EVERY_S:
            return
        self._spoken_at_s = now_s
        self.setAccessibleName(words.spoken_channel(self._channel))

    def sizeHint(self) -> QSize:
        """Return room for the longest muscle name and three lines."""
        name_px = QFontMetricsF(theme.font("body_strong")).horizontalAdvance("Upper trapezius")
        return QSize(round(_MARGIN_PX + theme.px(22) + 8 + name_px + 12), theme.px(66))

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: nothing may be cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the header."""
        del event
        channel = self._channel
        if channel is None:
            return
        t = theme.tokens()
        painter = smooth_painter(self)
        name_px, chip_px = theme.px(24), theme.px(18)
        height = self.height() / theme.text_factor()
        value_px = max(19.0, min(0.34 * height, (height - 44) / 1.16, 42.0))
        value_line_px = round(value_px * theme.text_factor() * 1.16)
        top = (self.height() - name_px - value_line_px - chip_px) / 2
        badge = QRectF(_MARGIN_PX, top + 1, theme.px(22), theme.px(22))
        marks.draw_badge(painter, badge, channel.side)
        name_font = theme.font("body_strong")
        painter.setFont(name_font)
        painter.setPen(t.ink)
        left = badge.right() + 8
        room = QRectF(left, top, self.width() - left - 4, name_px)
        title = marks.elided(words.channel_title(channel), name_font, room.width())
        painter.drawText(room, _LEFT_CENTRE, title)
        below = QRectF(_MARGIN_PX, top + name_px, self.width() - _MARGIN_PX - 4, 0)
        if self._is_bad():
            below.setHeight(self.height() - below.top())
            self._draw_trouble(painter, below, channel)
        else:
            below.setHeight(value_line_px)
            self._draw_value(painter, below, value_px)
            self._draw_quality(painter, below.translated(0, value_line_px), chip_px, channel)
        painter.end()

    def _draw_value(self, painter: QPainter, room: QRectF, value_px: float) -> None:
        t = theme.tokens()
        font = theme.sized_font(value_px, 650)
        metrics = QFontMetricsF(font)
        baseline = room.top() + (room.height() + metrics.capHeight()) / 2
        painter.setFont(font)
        painter.setPen(t.ink if self.value_text != words.DASH else t.ink3)
        painter.drawText(QPointF(room.left(), baseline), self.value_text)
        if self.value_text == words.DASH:
            return
        unit_at = room.left() + max(
            metrics.horizontalAdvance(self.value_text), metrics.horizontalAdvance("0.0")
        )
        painter.setFont(theme.font("body"))
        painter.setPen(t.ink2)
        painter.drawText(QPointF(unit_at + 8, baseline), "µV")

    def _draw_quality(
        self, painter: QPainter, room: QRectF, height_px: int, channel: ChannelNow
    ) -> None:
        level = channel.verdict.level if self._live else Level.UNKNOWN
        size = theme.px(15)
        icon = QRectF(room.left(), room.top() + (height_px - size) / 2, size, size)
        marks.draw_quality(painter, icon, level)
        text = words.finding_words(channel.verdict.finding).name
        if not self._live:
            text = self.tr("No signal now")
        font = theme.font("caption_strong" if level is Level.CHECK else "caption")
        painter.setFont(font)
        painter.setPen(marks.quality_colour(level) if level is Level.CHECK else theme.tokens().ink2)
        left = icon.right() + 5
        space = QRectF(left, room.top(), self.width() - left - 2, height_px)
        painter.drawText(space, _LEFT_CENTRE, marks.elided(text, font, space.width()))

    def _draw_trouble(self, painter: QPainter, room: QRectF, channel: ChannelNow) -> None:
        t = theme.tokens()
        said = words.finding_words(channel.verdict.finding)
        size = theme.px(16)
        icon = QRectF(room.left(), room.top() + 2, size, size)
        marks.draw_quality(painter, icon, Level.BAD)
        font = theme.font("second_strong")
        painter.setFont(font)
        painter.setPen(t.bad)
        left = icon.right() + 5
        line = QRectF(left, room.top(), self.width() - left - 2, theme.px(20))
        painter.drawText(line, _LEFT_CENTRE, marks.elided(said.name, font, line.width()))
        painter.setFont(theme.font("caption"))
        painter.setPen(t.ink2)
        rest = QRectF(room.left(), line.bottom(), room.width(), room.bottom() - line.bottom() - 2)
        wrap = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        needed = painter.fontMetrics().boundingRect(rest.toAlignedRect(), int(wrap), said.remedy)
        if needed.height() <= rest.height() + 3:
            painter.drawText(rest, wrap, said.remedy)
            return
        # The tooltip and the banner have all of it.
        short = marks.elided(said.remedy, painter.font(), rest.width())
        if painter.fontMetrics().height() <= rest.height() + 3:
            painter.drawText(rest, wrap, short)


class ChannelHeaders(QWidget):
    """All headers in the row geometry of the traces; `corner` fills the strip under them."""

    def __init__(self, corner: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._corner = corner
        corner.setParent(self)
        self.headers: list[ChannelHeader] = []

    def show_channels(self, channels: tuple[ChannelNow, ...], *, live: bool) -> None:
        """Show one header per channel, making or dropping headers as needed."""
        if len(channels) != len(self.headers):
            for header in self.headers:
                header.setParent(None)
                header.deleteLater()
            self.headers = [ChannelHeader(self) for _ in channels]
            for header in self.headers:
                header.show()
            self.updateGeometry()
            self._arrange()
        for header, channel in zip(self.headers, channels, strict=True):
            header.show_channel(channel, live=live)

    def sizeHint(self) -> QSize:
        """Return the size of all rows and the strip under them."""
        one = ChannelHeader().sizeHint() if not self.headers else self.headers[0].sizeHint()
        strip = AXIS_HEIGHT_PX
        return QSize(one.width(), one.height() * max(1, len(self.headers)) + strip)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: rows are never cut."""
        return self.sizeHint()

    def resizeEvent(self, event: QEvent) -> None:
        """Put every header on its row."""
        del event
        self._arrange()

    def _arrange(self) -> None:
        edges = row_edges(self.height(), len(self.headers))
        for i, header in enumerate(self.headers):
            header.setGeometry(0, edges[i], self.width(), edges[i + 1] - edges[i])
        height = min(self._corner.sizeHint().height(), AXIS_HEIGHT_PX - 4)
        top = edges[-1] + (self.height() - edges[-1] - height) // 2
        width = min(self.width() - _MARGIN_PX, self._corner.sizeHint().width())
        self._corner.setGeometry(_MARGIN_PX, top, width, height)
