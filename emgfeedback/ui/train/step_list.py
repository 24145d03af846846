"""The steps of a plan: done, present, to come."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.training.now import Phase, RunNow, StepState
from emgfeedback.ui import icons, theme, words
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_ROW_PX = 40
_RADIUS_PX = 9
_LEFT = Qt.AlignmentFlag.AlignLeft
_TOLD = {StepState.SKIPPED: "skip", StepState.REPEATED: "repeat"}
"""States that stand in words under the title, and their icon in place of a ring."""


class StepList(FollowsLook, QWidget):
    """A column of steps, told apart by shape and word.

    A ticked disc is done, a ring with a dot is now, an empty ring is to come. An arrow over
    in place of the ring was skipped; turning arrows count nowhere: the step is taken again.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles: tuple[str, ...] = ()
        self._states: tuple[StepState, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Steps of the plan"))

    def show_run(self, run: RunNow) -> None:
        """Show where `run` stands."""
        states = run.step_states or _by_place(run)
        if (run.step_titles, states) == (self._titles, self._states):
            return
        if len(run.step_titles) != len(self._titles):
            self.updateGeometry()
        self._titles, self._states = run.step_titles, states
        said = self.tr("Step %1 of %2: %3")
        for place, text in (
            ("%1", words.whole(run.step + 1)),
            ("%2", words.whole(len(self._titles))),
            ("%3", self._titles[run.step]),
        ):
            said = said.replace(place, text)
        told = (f"{t}, {self.state_words(i)}" for i, t in enumerate(self._titles))
        self.setAccessibleDescription(f"{said}. {'; '.join(told)}")
        self.setToolTip(
            "\n".join(f"{t}: {self.state_words(i)}" for i, t in enumerate(self._titles))
        )
        self.update()

    def state_words(self, index: int) -> str:
        """Return what became of a step, in a word or two."""
        return {
            StepState.AHEAD: self.tr("to come"),
            StepState.NOW: self.tr("now"),
            StepState.DONE: self.tr("done"),
            StepState.SKIPPED: self.tr("skipped"),
            StepState.REPEATED: self.tr("taken again"),
        }[self._states[index]]

    def sizeHint(self) -> QSize:
        """Return room for every step."""
        return QSize(theme.px(170), theme.px(_ROW_PX) * max(1, len(self._titles)))

    def minimumSizeHint(self) -> QSize:
        """Return room for every step beside a scroll bar; titles are cut where they must be."""
        return QSize(theme.px(120), self.sizeHint().height())

    def middle_px(self, index: int) -> int:
        """Return the height at which the row of a step has its middle."""
        return round(theme.px(_ROW_PX) * (index + 0.5))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line, the rings and the titles."""
        del event
        painter = smooth_painter(self)
        row_px, x = theme.px(_ROW_PX), theme.px(_RADIUS_PX) + 4.0
        painter.setPen(QPen(theme.tokens().line, 1.6))
        painter.drawLine(QLineF(x, row_px / 2, x, row_px * (len(self._titles) - 0.5)))
        for i, state in enumerate(self._states):
            row = QRectF(1, row_px * i, self.width() - 2, row_px)
            self._draw_row(painter, row, self._titles[i], state, self.state_words(i))
        painter.end()

    def _draw_row(
        self, painter: QPainter, row: QRectF, title: str, state: StepState, said: str
    ) -> None:
        t = theme.tokens()
        radius = theme.px(_RADIUS_PX)
        now = state is StepState.NOW
        if now:
            painter.setPen(QPen(t.accent, 1.4))
            painter.setBrush(theme.mixed(t.accent, t.surface, 0.12))
            painter.drawRoundedRect(row.adjusted(0, 2, 0, -2), 8, 8)
        _draw_mark(painter, QPointF(radius + 4.0, row.center().y()), radius, state)
        room = row.adjusted(2 * radius + 13, 0, -5, 0)
        if state in _TOLD:
            half = row.height() / 2
            below = room.adjusted(0, half, 0, 0)
            room = room.adjusted(0, 0, 0, -half)
            font = theme.font("caption")
            painter.setFont(font)
            painter.setPen(t.ink2)
            painter.drawText(below, _LEFT | Qt.AlignmentFlag.AlignTop, said)
        font = theme.font("second_strong" if now else "second")
        painter.setFont(font)
        painter.setPen(t.ink if now else t.ink2)
        place = Qt.AlignmentFlag.AlignBottom if state in _TOLD else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, _LEFT | place, marks.elided(title, font, room.width()))


def _by_place(run: RunNow) -> tuple[StepState, ...]:
    """Return what is known of the steps of a run that tells its place alone."""
    n, at = len(run.step_titles), run.step + (run.phase is Phase.FINISHED)
    states = [StepState.DONE] * at + [StepState.NOW] + [StepState.AHEAD] * n
    return tuple(states[:n])


def _draw_mark(painter: QPainter, centre: QPointF, radius: float, state: StepState) -> None:
    """Draw the mark of a step: its outline alone tells the state."""
    t = theme.tokens()
    size = 2.0 * radius
    box = QRectF(centre.x() - radius, centre.y() - radius, size, size)
    if state in _TOLD:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.surface)
        painter.drawRect(box)
        icons.draw(painter, _TOLD[state], box, t.ink2)
        return
    done = state is StepState.DONE
    painter.setPen(QPen(t.edge if state is StepState.AHEAD else t.accent, 1.8))
    painter.setBrush(t.accent if done else t.surface)
    painter.drawEllipse(centre, radius, radius)
    if done:
        painter.setPen(QPen(t.onaccent, 2.0))
        left = centre + QPointF(-radius * 0.45, 0)
        foot = centre + QPointF(-radius * 0.1, radius * 0.38)
        painter.drawLine(left, foot)
        painter.drawLine(foot, centre + QPointF(radius * 0.48, -radius * 0.38))
    elif state is StepState.NOW:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.accent)
        painter.drawEllipse(centre, radius * 0.42, radius * 0.42)
