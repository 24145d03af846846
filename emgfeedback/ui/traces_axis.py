"""What stands over and under the rows of the traces: marks, seconds, lengths of gaps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from emgfeedback.ui import theme, words
from emgfeedback.ui.rows import AXIS_HEIGHT_PX

LABEL_S = 2.0


def draw_time_axis(
    painter: QPainter, plot: QRectF, width: float, sweep_s: float, covered: Sequence[QRectF]
) -> None:
    """Draw the seconds of a sweep under `plot`, but none under the `covered` places.

    `width` is that of the whole widget: the last label may stand beyond the plot.
    """
    t = theme.tokens()
    top = plot.bottom()
    painter.setFont(theme.font("caption"))
    metrics = painter.fontMetrics()
    painter.setPen(t.line)
    painter.drawLine(QLineF(plot.left(), top, plot.right(), top))
    painter.setPen(t.ink3)
    free_from = 0.0
    for i in range(round(sweep_s / LABEL_S) + 1):
        seconds = i * LABEL_S
        text = QCoreApplication.translate("LiveTraces", "%1 s")
        text = text.replace("%1", words.whole(int(seconds)))
        text_px = metrics.horizontalAdvance(text)
        x = seconds / sweep_s * plot.width() - (text_px / 2 if i else 0)
        x = min(x, width - text_px)
        place = QRectF(x, top, text_px, AXIS_HEIGHT_PX)
        if x >= free_from and not any(label.intersects(place) for label in covered):
            painter.drawText(QPointF(x, top + 8 + metrics.ascent()), text)
            free_from = place.right() + metrics.averageCharWidth()


def draw_gap_label(painter: QPainter, x: float, plot: QRectF, seconds: float) -> QRectF:
    """Draw the length of a gap that ends at `x`; return where it stands."""
    t = theme.tokens()
    painter.setFont(theme.font("caption"))
    text = QCoreApplication.translate("LiveTraces", "gap %1 s")
    text = text.replace("%1", words.number(seconds, 2 if seconds < 10 else 0))
    width = painter.fontMetrics().horizontalAdvance(text) + 12
    left = min(max(plot.left(), x - width / 2), plot.right() - width)
    label = QRectF(left, plot.bottom() + 4, width, painter.fontMetrics().height() + 4)
    painter.setPen(QPen(t.edge, 1))
    painter.setBrush(t.surface)
    painter.drawRoundedRect(label, theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
    painter.setPen(t.ink)
    painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)
    return label


def draw_mark(painter: QPainter, dirty: QRect, x: float, text: str, plot: QRectF) -> None:
    """Draw a mark at `x` down the rows of `plot`, its text above, where that is dirty."""
    t = theme.tokens()
    painter.setFont(theme.font("caption_strong"))
    width = painter.fontMetrics().horizontalAdvance(text) + 12
    chip = QRectF(x - width / 2, 4, width, painter.fontMetrics().height() + 2)
    chip.moveLeft(max(plot.left(), min(chip.left(), plot.right() - width)))
    if not QRectF(dirty).intersects(chip.united(QRectF(x - 1, 0, 2, plot.bottom()))):
        return
    painter.setPen(QPen(t.accent, 1.4, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(x, chip.bottom(), x, plot.bottom()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(t.accent)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawRoundedRect(chip, theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(t.onaccent)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
