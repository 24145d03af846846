"""What lies round and above the traces of the review: names, spans, flags, gaps, cursors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from emgfeedback.core.montage import Channel
from emgfeedback.core.quality import Level
from emgfeedback.review.marks import Moment, Span, SpanKind
from emgfeedback.review.quality_lane import QualityRun
from emgfeedback.review.spans import LeftOut
from emgfeedback.ui import icons, theme, words
from emgfeedback.ui.review import review_words
from emgfeedback.ui.review.time_axis import TimeScale, length_words, time_words
from emgfeedback.ui.traces_raster import LEVEL_SHARE
from emgfeedback.ui.widgets import marks

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_LEAST_GAP_PX = 3.0
_HATCH_PX = 9.0
_MOST_LABELS = 200
_NAMED_SHARE = 0.35
"""A strip shorter than this share of its name stays without one."""
QUALITY_PX = 4


@dataclass(frozen=True, slots=True)
class Rows:
    """Where things lie from top to bottom, pixels."""

    spans: QRectF
    moments: QRectF
    lanes: tuple[QRectF, ...]
    axis: QRectF

    @property
    def plot(self) -> QRectF:
        """All lanes together."""
        return self.lanes[0].united(self.lanes[-1])


def draw_names(
    painter: QPainter,
    rows: Rows,
    channels: Sequence[Channel],
    scale_uv: float,
    width: float,
    upper: str,
) -> None:
    """Draw badge, muscle and scale of every lane, and what the rows above are (`upper`, marks)."""
    t = theme.tokens()
    painter.setFont(theme.font("caption"))
    painter.setPen(t.ink2)
    for row, text in (
        (rows.spans, upper),
        (rows.moments, QCoreApplication.translate("Review", "Marks")),
    ):
        painter.drawText(QRectF(12, row.top(), width - 12, row.height()), _LEFT, text)
    raw = QCoreApplication.translate("Review", "±%1 µV")
    line = QCoreApplication.translate("Review", "line 0–%1 µV")
    scales = (
        raw.replace("%1", words.number(scale_uv, 0)),
        line.replace("%1", words.number(LEVEL_SHARE * scale_uv, 0)),
    )
    size = float(theme.px(18))
    for lane, channel in zip(rows.lanes, channels, strict=True):
        badge = QRectF(12, lane.top() + 7, size, size)
        marks.draw_badge(painter, badge, channel.side)
        painter.setPen(t.ink)
        name = QRectF(badge.right() + 7, badge.top() - 2, width - badge.right() - 10, size + 4)
        font = theme.font("second_strong")
        painter.setFont(font)
        text = marks.elided(review_words.title_of(channel), font, name.width())
        painter.drawText(name, _LEFT, text)
        painter.setFont(theme.font("caption"))
        painter.setPen(t.ink3)
        below = QRectF(12, badge.bottom() + 3, width - 16, theme.px(15))
        for scale in scales:
            if below.bottom() < lane.bottom() - 1:
                painter.drawText(below, _LEFT, scale)
            below.translate(0, below.height())


def draw_spans(painter: QPainter, row: QRectF, time: TimeScale, spans: Iterable[Span]) -> None:
    """Draw trials and other stretches as pills with their names; probes have a dashed edge."""
    t = theme.tokens()
    for span in spans:
        if span.end_s <= time.window.first_s or span.start_s >= time.window.end_s:
            continue
        left = max(time.x(span.start_s), time.left) + 1
        right = min(time.x(span.end_s), time.left + time.width) - 1
        if right - left < 1:
            continue
        pill = QRectF(left, row.top() + 3, right - left, row.height() - 6)
        trial = span.kind in (SpanKind.TRIAL, SpanKind.PROBE)
        edge = QPen(t.accent if trial else t.line, 1.2)
        if span.kind is SpanKind.PROBE:
            edge = QPen(t.ink3, 1.2, Qt.PenStyle.DashLine)
        painter.setPen(edge)
        filled = theme.mixed(t.accent, t.surface, 0.28)
        painter.setBrush(filled if span.kind is SpanKind.TRIAL else t.sunken)
        painter.drawRoundedRect(pill, theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
        font = theme.font("caption_strong" if trial else "caption")
        room = pill.adjusted(7, 0, -3, 0)
        if room.width() > 12:
            painter.setFont(font)
            painter.setPen(t.ink if trial else t.ink2)
            text = review_words.span_words(span)
            if trial and painter.fontMetrics().horizontalAdvance(text) > room.width():
                text = words.whole(span.number)
            painter.drawText(room, _LEFT, marks.elided(text, font, room.width()))


def draw_moments(
    painter: QPainter, row: QRectF, time: TimeScale, moments: Iterable[Moment]
) -> None:
    """Draw flags with their words as far as there is room for them."""
    t = theme.tokens()
    size = float(theme.px(16))
    font = theme.font("caption")
    shown = [m for m in moments if time.window.first_s <= m.at_s <= time.window.end_s]
    for i, moment in enumerate(shown):
        x = time.x(moment.at_s)
        flag = QRectF(x - 2, row.center().y() - size / 2, size, size)
        icons.draw(painter, "mark", flag, t.accent)
        end = time.x(shown[i + 1].at_s) - 6 if i + 1 < len(shown) else time.left + time.width
        room = QRectF(flag.right() + 4, row.top(), end - flag.right() - 4, row.height())
        if room.width() > 20 and i < _MOST_LABELS:
            painter.setFont(font)
            painter.setPen(t.ink2)
            painter.drawText(room, _LEFT, marks.elided(moment.text, font, room.width()))


def draw_quality(
    painter: QPainter, lane: QRectF, time: TimeScale, runs: Iterable[QualityRun]
) -> None:
    """Draw the strip at the foot of a lane; what is not good is hatched and named."""
    t = theme.tokens()
    free_from = time.left
    for run in runs:
        left = max(time.x(run.start_s), time.left)
        right = min(time.x(run.end_s), time.left + time.width)
        strip = QRectF(left, lane.bottom() - QUALITY_PX - 2, right - left, QUALITY_PX)
        if run.level is Level.GOOD:
            painter.fillRect(strip, theme.mixed(t.accent, t.surface, 0.75))
        elif run.level in (Level.CHECK, Level.BAD):
            bad = run.level is Level.BAD
            colour = t.bad if bad else t.warn
            tall = strip.adjusted(0, -3, 0, 0)
            painter.fillRect(tall, theme.mixed(colour, t.surface, 0.3))
            marks.draw_hatch(painter, tall, colour, step_px=5, falling=bad)
            end = time.left + time.width
            free_from = _name_finding(painter, tall, run, colour, (free_from, end))
        elif run.level is None:
            painter.setPen(QPen(t.ink3, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(left, strip.center().y(), right, strip.center().y()))


def _name_finding(
    painter: QPainter, strip: QRectF, run: QualityRun, colour: QColor, room: tuple[float, float]
) -> float:
    """Name what was found above its strip, if there is room; return where room begins again."""
    free_from, end = room
    font = theme.font("caption")
    metrics = QFontMetricsF(font)
    text = review_words.finding_name(run.finding)
    width = metrics.horizontalAdvance(text) + 10
    left = min(max(strip.left(), free_from), end - width)
    over = min(strip.right(), left + width) - max(strip.left(), left)
    if left < free_from or over < _NAMED_SHARE * width:
        return free_from
    place = QRectF(left, strip.top() - metrics.height() - 1, width, metrics.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.faded(theme.tokens().surface, 0.8))
    painter.drawRoundedRect(place, 3, 3)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
    return place.right() + 4


def draw_gaps(
    painter: QPainter, rows: Rows, time: TimeScale, gaps_s: Sequence[tuple[float, float]]
) -> None:
    """Hatch what was never measured and tell under the axis how long it is."""
    t = theme.tokens()
    labels: list[QRectF] = []
    plot = rows.plot
    for start_s, end_s, n in _merged(gaps_s, time):
        left = max(time.x(start_s), time.left)
        right = min(max(time.x(end_s), left + _LEAST_GAP_PX), time.left + time.width)
        column = QRectF(left, plot.top(), right - left, plot.height())
        painter.fillRect(column, t.surface)
        marks.draw_hatch(painter, column, theme.mixed(t.ink3, t.surface, 0.6), step_px=_HATCH_PX)
        text = QCoreApplication.translate("Review", "gap %1")
        if n > 1:
            text = QCoreApplication.translate("Review", "%2 gaps, %1")
        lost_s = sum(b - a for a, b in gaps_s if start_s <= a < end_s)
        text = text.replace("%1", length_words(lost_s)).replace("%2", words.whole(n))
        place = _axis_place(rows.axis, time, (left + right) / 2, text)
        if not any(place.intersects(other) for other in labels):
            painter.setFont(theme.font("caption"))
            painter.setPen(t.ink2)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
            labels.append(place)


def _merged(
    gaps_s: Sequence[tuple[float, float]], time: TimeScale
) -> list[tuple[float, float, int]]:
    """Return the gaps in the window, those that would touch on the screen as one."""
    found: list[tuple[float, float, int]] = []
    for start_s, end_s in gaps_s:
        if end_s < time.window.first_s or start_s > time.window.end_s:
            continue
        if found and time.x(start_s) - time.x(found[-1][1]) < _LEAST_GAP_PX:
            first_s, last_s, n = found[-1]
            found[-1] = (first_s, max(last_s, end_s), n + 1)
        else:
            found.append((start_s, end_s, 1))
    return found


def _axis_place(axis: QRectF, time: TimeScale, x: float, text: str) -> QRectF:
    metrics = QFontMetricsF(theme.font("caption"))
    width = metrics.horizontalAdvance(text) + 8
    left = min(max(time.left, x - width / 2), time.left + time.width - width)
    return QRectF(left, axis.top() + metrics.height() + 6, width, metrics.height())


def draw_left_out(
    painter: QPainter,
    rows: Rows,
    time: TimeScale,
    spans: Sequence[LeftOut],
    chosen: LeftOut | None,
) -> list[tuple[QRectF, LeftOut]]:
    """Hatch the spans left out, with their reasons; return where the reasons stand."""
    t = theme.tokens()
    chips: list[tuple[QRectF, LeftOut]] = []
    plot = rows.plot
    font = theme.font("caption_strong")
    metrics = QFontMetricsF(font)
    for span in spans:
        if span.end_s < time.window.first_s or span.start_s > time.window.end_s:
            continue
        left = max(time.x(span.start_s), time.left)
        right = min(max(time.x(span.end_s), left + 2), time.left + time.width)
        column = QRectF(left, plot.top(), right - left, plot.height())
        painter.fillRect(column, theme.faded(t.bad, 0.12))
        hatch = theme.faded(t.bad, 0.7)
        marks.draw_hatch(painter, column, hatch, step_px=_HATCH_PX, falling=True)
        painter.setPen(QPen(t.bad, 2.4 if span == chosen else 1.2))
        painter.drawLine(QLineF(left, plot.top(), left, plot.bottom()))
        painter.drawLine(QLineF(right, plot.top(), right, plot.bottom()))
        text = review_words.left_out_words(span)
        width = metrics.horizontalAdvance(text) + 16
        chip = QRectF(left - 4, plot.bottom() - metrics.height() - 12, width, metrics.height() + 6)
        chip.moveLeft(min(max(chip.left(), time.left), time.left + time.width - width))
        while any(chip.intersects(other) for other, _ in chips):
            chip.translate(0, -chip.height() - 2)
        painter.setPen(QPen(t.bad, 2.0 if span == chosen else 1.2))
        painter.setBrush(t.surface)
        painter.drawRoundedRect(chip, theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
        painter.setFont(font)
        painter.setPen(t.bad)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
        chips.append((chip, span))
    return chips


def draw_cursors(
    painter: QPainter, rows: Rows, time: TimeScale, cursors_s: dict[str, float | None]
) -> None:
    """Draw A and B with the ground between them a little lighter."""
    t = theme.tokens()
    plot = rows.plot
    known = sorted(at_s for at_s in cursors_s.values() if at_s is not None)
    clip = QRectF(time.left, rows.moments.top(), time.width, plot.bottom() - rows.moments.top())
    painter.save()
    painter.setClipRect(clip)
    if len(known) == 2:
        left, right = time.x(known[0]), time.x(known[1])
        between = QRectF(left, plot.top(), right - left, plot.height())
        painter.fillRect(between, theme.faded(t.ink, 0.07))
    size = float(theme.px(18))
    for name, at_s in cursors_s.items():
        if at_s is None:
            continue
        x = time.x(at_s)
        painter.setPen(QPen(t.ink, 1.6))
        painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
        badge = QRectF(x - size / 2, plot.top() + 1, size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.ink)
        painter.drawRoundedRect(badge, theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
        painter.setFont(theme.font("caption_strong"))
        painter.setPen(t.surface)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, name)
    painter.restore()


def draw_axis(painter: QPainter, axis: QRectF, time: TimeScale) -> None:
    """Draw the times under the lanes."""
    t = theme.tokens()
    step_s, ticks = time.ticks()
    painter.setFont(theme.font("caption"))
    metrics = QFontMetricsF(theme.font("caption"))
    painter.setPen(t.ink3)
    free_from = -1e9
    for at_s in ticks:
        text = time_words(at_s, step_s)
        width = metrics.horizontalAdvance(text)
        x = min(max(time.left, time.x(at_s) - width / 2), time.left + time.width - width)
        if x > free_from:
            painter.drawText(QPointF(x, axis.top() + 3 + metrics.ascent()), text)
            free_from = x + width + 8
