"""The trials of a block: one pill each, filled as time passes, its result underneath."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.training.now import Phase, RunNow, TrialKind, TrialNow
from emgfeedback.ui import theme, words
from emgfeedback.ui.train import train_words
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_CENTRE = Qt.AlignmentFlag.AlignCenter
_GAP_PX = 6


class TrialStrip(FollowsLook, QWidget):
    """Pills; a trial without feedback is dashed and says so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trial: TrialNow | None = None
        self._working = False
        self._drawn: object = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Trials of this step"))

    def show_run(self, run: RunNow) -> None:
        """Show the trials of the present step; nothing where it has none."""
        self._trial, self._working = run.trial, run.phase is Phase.WORK
        trial = run.trial
        drawn = None
        if trial is not None:
            tenths = round(10 * trial.elapsed_s)
            drawn = (trial.number, trial.kinds, trial.results_pct, tenths, self._working)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        said = "; ".join(self.under(i) for i in range(len(trial.kinds))) if trial else ""
        self.setAccessibleDescription(said)
        self.setToolTip(said)
        self.update()

    def under(self, index: int) -> str:
        """Return what stands under the pill of a trial."""
        trial = self._trial
        if trial is None or index >= len(trial.kinds):
            return ""
        if index < len(trial.results_pct):
            return train_words.percent(trial.results_pct[index])
        if self._running(index):
            return self.tr("%1 s").replace("%1", words.whole(int(trial.elapsed_s)))
        return train_words.trial_kind_words(trial.kinds[index])

    def _running(self, index: int) -> bool:
        trial = self._trial
        return trial is not None and self._working and index == trial.number - 1

    def sizeHint(self) -> QSize:
        """Return one row of pills and one of words."""
        return QSize(theme.px(280), theme.px(36))

    def minimumSizeHint(self) -> QSize:
        """Return the least width at which pills can be told apart."""
        return QSize(theme.px(160), theme.px(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw pills and words."""
        del event
        trial = self._trial
        if trial is None or not trial.kinds:
            return
        painter = smooth_painter(self)
        n = len(trial.kinds)
        width = (self.width() - (n - 1) * _GAP_PX) / n
        for i, kind in enumerate(trial.kinds):
            pill = QRectF(i * (width + _GAP_PX) + 1, 3, width - 2, theme.px(13))
            self._draw_pill(painter, pill, i, kind, trial)
        painter.end()

    def _draw_pill(
        self, painter: QPainter, pill: QRectF, index: int, kind: TrialKind, trial: TrialNow
    ) -> None:
        t = theme.tokens()
        done = index < len(trial.results_pct)
        share = 1.0 if done else 0.0
        if self._running(index) and trial.duration_s:
            share = min(1.0, trial.elapsed_s / trial.duration_s)
        radius = pill.height() / 2
        dashed = kind is not TrialKind.FEEDBACK
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(t.edge, 1.2, style))
        painter.setBrush(t.sunken)
        painter.drawRoundedRect(pill, radius, radius)
        if share > 0:
            fill = QRectF(pill)
            fill.setWidth(max(pill.height(), share * pill.width()))
            painter.setPen(QPen(t.accent, 1.2, style))
            painter.setBrush(theme.mixed(t.accent, t.surface, 0.35) if dashed else t.accent)
            painter.drawRoundedRect(fill, radius, radius)
        if self._running(index):
            knob = QPointF(pill.left() + max(radius, share * pill.width()), pill.center().y())
            painter.setPen(QPen(t.accent, 2.4))
            painter.setBrush(t.surface)
            painter.drawEllipse(knob, radius + 1, radius + 1)
        font = theme.font("caption_strong" if done else "caption")
        painter.setFont(font)
        painter.setPen(t.ink if done else t.ink2)
        line = QRectF(pill.left() - 2, pill.bottom() + 3, pill.width() + 4, theme.px(17))
        # A piece of a word helps nobody: the dashes say it too, and the tooltip in full.
        if (said := self.under(index)) == marks.elided(said, font, line.width()):
            painter.drawText(line, _CENTRE, said)
