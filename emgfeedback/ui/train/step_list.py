"""The steps of a plan: done, present, to come."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.training.now import Phase, RunNow
from emgfeedback.ui import theme, words
from emgfeedback.ui.widgets import marks

_ROW_PX = 40


class StepList(QWidget):
    """A column of steps: a tick for done, a ring with a dot for now, an empty ring for later."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles: tuple[str, ...] = ()
        self._step = 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Steps of the plan"))

    def show_run(self, run: RunNow) -> None:
        """Show where `run` stands."""
        step = len(run.step_titles) if run.phase is Phase.FINISHED else run.step
        if (run.step_titles, step) == (self._titles, self._step):
            return
        if len(run.step_titles) != len(self._titles):
            self.updateGeometry()
        self._titles, self._step = run.step_titles, step
        said = self.tr("Step %1 of %2: %3")
        now = self._titles[min(step, len(self._titles) - 1)]
        for place, text in (
            ("%1", words.whole(run.step + 1)),
            ("%2", words.whole(len(self._titles))),
            ("%3", now),
        ):
            said = said.replace(place, text)
        self.setAccessibleDescription(said)
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for every step."""
        return QSize(theme.px(170), theme.px(_ROW_PX) * max(1, len(self._titles)))

    def minimumSizeHint(self) -> QSize:
        """Return the size hint."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in a new look."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line, the rings and the titles."""
        del event
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row_px, radius = theme.px(_ROW_PX), theme.px(9)
        x = radius + 4.0
        last = row_px * (len(self._titles) - 0.5)
        painter.setPen(QPen(t.line, 1.6))
        painter.drawLine(QLineF(x, row_px / 2, x, last))
        for i, title in enumerate(self._titles):
            centre = QPointF(x, row_px * (i + 0.5))
            now, done = i == self._step, i < self._step
            if now:
                painter.setPen(QPen(t.accent, 1.4))
                painter.setBrush(theme.mixed(t.accent, t.surface, 0.12))
                painter.drawRoundedRect(
                    QRectF(1, row_px * i + 2, self.width() - 2, row_px - 4), 8, 8
                )
            painter.setPen(QPen(t.accent if now or done else t.edge, 1.8))
            painter.setBrush(t.accent if done else t.surface)
            painter.drawEllipse(centre, radius, radius)
            if done:
                painter.setPen(QPen(t.onaccent, 2.0))
                left = centre + QPointF(-radius * 0.45, 0)
                foot = centre + QPointF(-radius * 0.1, radius * 0.38)
                painter.drawLine(left, foot)
                painter.drawLine(foot, centre + QPointF(radius * 0.48, -radius * 0.38))
            elif now:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(t.accent)
                painter.drawEllipse(centre, radius * 0.42, radius * 0.42)
            font = theme.font("second_strong" if now else "second")
            painter.setFont(font)
            painter.setPen(t.ink if now else t.ink2)
            room = QRectF(x + radius + 10, row_px * i, self.width() - x - radius - 16, row_px)
            painter.drawText(
                room,
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                marks.elided(title, font, room.width()),
            )
        painter.end()
