"""Task, trial counter and legend round the picture."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen

from emgfeedback.training.now import TrialKind, TrialNow
from emgfeedback.ui import words
from emgfeedback.ui.patient.canvas import LEFT, Canvas
from emgfeedback.ui.patient.scene import Entry, clamped

_MOST_PILLS = 12


def paint_task(canvas: Canvas, task: str, hint: str, *, plated: bool, narrow: bool) -> None:
    """Draw the one line, and a second one that may be missed; `narrow` beside a counter."""
    rect = canvas.layout.task if narrow else canvas.layout.wide_task
    if plated:
        canvas.plate(rect, 28)
    text = rect.adjusted(16, 6, -16, -6)
    first = text if not hint else QRectF(text.left(), text.top(), text.width(), 0.6 * text.height())
    canvas.write(task, first, 46, weight=650 if plated else 600)
    if hint:
        second = QRectF(text.left(), first.bottom() + 2, text.width(), 0.4 * text.height() - 2)
        canvas.write(
            hint, second, 25, canvas.tokens.ink2 if plated else canvas.tokens.ink, weight=500
        )


def paint_counter(canvas: Canvas, trial: TrialNow, *, plated: bool) -> None:
    """Draw `3 of 10` and a pill a trial: full when done, filling now, dashed without feedback."""
    t, p, rect = canvas.tokens, canvas.painter, canvas.layout.counter
    if plated:
        canvas.plate(rect, 22)
    text = QCoreApplication.translate("Patient", "%1 of %2")
    text = text.replace("%1", words.whole(trial.number)).replace("%2", words.whole(trial.of))
    pills = 0 < trial.of <= _MOST_PILLS
    share = 0.52 if pills else 1.0
    canvas.write(
        text,
        QRectF(rect.left() + 8, rect.top() + 6, rect.width() - 16, share * rect.height() - 8),
        24,
        weight=650,
    )
    if not pills:
        return
    step = min(22.0, (rect.width() - 28) / trial.of)
    high = min(26.0, 0.32 * rect.height())
    pill = QRectF(
        rect.center().x() - step * trial.of / 2 + 0.17 * step,
        rect.top() + share * rect.height() + 2,
        0.66 * step,
        high,
    )
    for i in range(trial.of):
        kind = trial.kinds[i] if i < len(trial.kinds) else TrialKind.FEEDBACK
        shape = QPainterPath()
        shape.addRoundedRect(pill, pill.width() / 2, pill.width() / 2)
        done = 1.0 if i < trial.number - 1 or i < len(trial.results_pct) else 0.0
        if i == trial.number - 1 and not done and trial.duration_s > 0:
            done = clamped(trial.elapsed_s / trial.duration_s, 0, 1)
        if done:
            p.save()
            p.setClipRect(
                QRectF(pill.left(), pill.bottom() - done * high, pill.width(), done * high),
                Qt.ClipOperation.IntersectClip,
            )
            canvas.fill(shape, t.accent)
            p.restore()
        dashed = kind is not TrialKind.FEEDBACK
        pen = QPen(t.ink2, 2.2, Qt.PenStyle.DotLine if dashed else Qt.PenStyle.SolidLine)
        p.setPen(pen)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawPath(shape)
        pill.translate(step, 0)


def paint_legend(canvas: Canvas, legend: tuple[Entry, ...], *, plated: bool) -> None:
    """Draw what the picture follows: badge, word, and an arrow to the side of its bound."""
    if not legend:
        return
    rect = canvas.layout.legend
    if plated:
        canvas.plate(rect, 22)
    row = min(46.0, (rect.height() - 12) / len(legend))
    top = rect.center().y() - row * len(legend) / 2
    size = min(34.0, row - 6)
    for i, entry in enumerate(legend):
        badge = QRectF(rect.left() + 16, top + i * row + (row - size) / 2, size, size)
        canvas.badge(badge, entry.side)
        line = QRectF(badge.right() + 12, top + i * row, rect.right() - badge.right() - 20, row)
        beside = line.adjusted(0, 0, -44 if entry.wanted else 0, 0)
        canvas.write(entry.name, beside, 22, flags=LEFT)
        if entry.wanted:
            at = QPointF(line.left() + 116, line.center().y())
            _draw_wanted(canvas, at, 0.26 * row, above=entry.wanted == "above")


def _draw_wanted(canvas: Canvas, at: QPointF, half: float, *, above: bool) -> None:
    """Draw a bound as a bar with an arrow head on the side to stay on."""
    sign = -1 if above else 1
    bar = QPainterPath(at + QPointF(-half, -half * sign))
    bar.lineTo(at + QPointF(half, -half * sign))
    canvas.stroke(bar, canvas.tokens.ink, 4)
    head = QPainterPath(at + QPointF(-half, -0.35 * half * sign))
    head.lineTo(at + QPointF(half, -0.35 * half * sign))
    head.lineTo(at + QPointF(0, 1.3 * half * sign))
    head.closeSubpath()
    canvas.fill(head, canvas.tokens.ink)
