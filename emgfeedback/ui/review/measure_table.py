"""What was measured between A and B: every channel, every pair, under one or two filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication, QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.core.montage import Channel
from emgfeedback.core.quality import Level
from emgfeedback.review.spans import ChannelMeasures, Measured
from emgfeedback.ui import theme, words
from emgfeedback.ui.review import review_words
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_LINE_PX = 27
_TWO_PX = 78
"""A column where there are two."""
_UNIT_PX = 62
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Quantity(Enum):
    """Which measure is read."""

    RMS = "rms"
    ARV = "arv"
    MEDIAN = "median"


def unit_of(quantity: Quantity) -> str:
    """Return the unit with the name of the measure."""
    return {
        Quantity.RMS: QCoreApplication.translate("Measures", "µV RMS"),
        Quantity.ARV: QCoreApplication.translate("Measures", "µV ARV"),
        Quantity.MEDIAN: QCoreApplication.translate("Measures", "Hz median"),
    }[quantity]


_VALUE: dict[Quantity, Callable[[ChannelMeasures], float | None]] = {
    Quantity.RMS: lambda channel: channel.rms_uv,
    Quantity.ARV: lambda channel: channel.arv_uv,
    Quantity.MEDIAN: lambda channel: channel.median_frequency_hz,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a channel or a pair, its values, and a unit behind them."""

    channel: Channel | None
    name: str
    values: tuple[str, ...]
    unit: str
    usable: bool = True


class MeasureTable(FollowsLook, QWidget):
    """Paints the lines; a screen reader gets them as text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.captions: tuple[str, ...] = ()
        """What stands over the columns where there are two."""
        self._n_channels = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Measures between A and B"))

    def show_measures(
        self,
        channels: Sequence[Channel],
        measured: Sequence[Measured],
        quantity: Quantity,
        captions: Sequence[str] = (),
    ) -> None:
        """Show one column for each of `measured`; none: dashes."""
        self.captions = tuple(captions) if len(measured) > 1 else ()
        unit = unit_of(quantity)
        self.lines = [
            Line(
                channel,
                review_words.title_of(channel),
                tuple(_value(one.channels[i], quantity) for one in measured) or (words.DASH,),
                unit,
                all(one.channels[i].level is not Level.BAD for one in measured),
            )
            for i, channel in enumerate(channels)
        ]
        self._n_channels = len(self.lines)
        for i, pair in enumerate(measured[0].pairs if measured else ()):
            name = words.short_muscle_name(pair.muscle)
            self.lines.append(Line(None, name, tuple(_pair(one, i) for one in measured), ""))
        spoken = (
            f"{review_words.spoken(line.channel) if line.channel else line.name}: "
            f"{', '.join(line.values)} {line.unit}"
            for line in self.lines
        )
        self.setAccessibleDescription("; ".join(spoken))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for every line."""
        heading = 30 if len(self.lines) > self._n_channels else 0
        heading += 22 if self.captions else 0
        return QSize(200, theme.px(_LINE_PX * len(self.lines) + heading + 4))

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: no line is cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        del event
        t = theme.tokens()
        painter = smooth_painter(self)
        y = self._draw_captions(painter)
        height = float(theme.px(_LINE_PX))
        for i, line in enumerate(self.lines):
            if i == self._n_channels:
                painter.setPen(QPen(t.line, 1))
                painter.drawLine(QLineF(0, y + 6, self.width(), y + 6))
                painter.setPen(t.ink2)
                painter.setFont(theme.font("second"))
                heading = QRectF(0, y + 8, self.width(), theme.px(22.0))
                painter.drawText(heading, _LEFT, self.tr("Left/right difference of RMS"))
                y += theme.px(30.0)
            self._draw_line(painter, QRectF(0, y, self.width(), height), line)
            y += height
        painter.end()

    def _draw_captions(self, painter: QPainter) -> float:
        """Draw what stands over the columns; return where the lines begin."""
        if not self.captions:
            return 0.0
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.tokens().ink3)
        right, height = float(self.width()), theme.px(20.0)
        painter.drawText(QRectF(0, 0, right, height), _LEFT, self.lines[0].unit)
        for caption in reversed(self.captions):
            width = float(theme.px(_TWO_PX))
            painter.drawText(QRectF(right - width, 0, width, height), _RIGHT, caption)
            right -= width
        return height + 2.0

    def _draw_line(self, painter: QPainter, row: QRectF, line: Line) -> None:
        t = theme.tokens()
        left, right = 0.0, row.right()
        if line.channel is not None:
            size = float(theme.px(17))
            badge = QRectF(0, row.center().y() - size / 2, size, size)
            marks.draw_badge(painter, badge, line.channel.side)
            left = size + 8
        two = len(line.values) > 1
        if line.unit and not two:
            unit = QRectF(right - theme.px(_UNIT_PX), row.top(), theme.px(_UNIT_PX), row.height())
            painter.setFont(theme.font("caption"))
            painter.setPen(t.ink3)
            painter.drawText(unit, _RIGHT, line.unit)
            right = unit.left() - 4
        painter.setFont(theme.font("body_strong" if line.channel else "second_strong"))
        painter.setPen(t.ink if line.usable else t.bad)
        metrics = painter.fontMetrics()
        for value in reversed(line.values):
            least = theme.px(_TWO_PX if two else 40.0)
            width = max(float(least), metrics.horizontalAdvance(value) + 4.0)
            painter.drawText(QRectF(right - width, row.top(), width, row.height()), _RIGHT, value)
            right -= width
        font = theme.font("second")
        painter.setFont(font)
        painter.setPen(t.ink if line.channel else t.ink2)
        room = QRectF(left, row.top(), right - left - 4, row.height())
        painter.drawText(room, _LEFT, marks.elided(line.name, font, room.width()))


def _value(channel: ChannelMeasures, quantity: Quantity) -> str:
    value = _VALUE[quantity](channel)
    if value is None:
        return words.DASH
    return words.number(value, 0) if quantity is Quantity.MEDIAN else words.microvolts(value)


def _pair(measured: Measured, i: int) -> str:
    pair = measured.pairs[i]
    if pair.asymmetry_pct is None:
        reason = review_words.hidden_difference(pair.reason)
        return reason if len(reason) < 24 else words.DASH
    rounded = round(pair.asymmetry_pct)
    sign = "+" if rounded > 0 else ""
    side = ""
    if rounded:
        letter = QCoreApplication.translate("Side", "L")
        if rounded < 0:
            letter = QCoreApplication.translate("Side", "R")
        side = f" {letter}"
    return f"{sign}{words.number(rounded, 0)} %{side}"
