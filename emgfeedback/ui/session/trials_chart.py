"""The trials of a session: success beside success at the fixed reference, probes dashed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from emgfeedback.people.values import TrialResult
from emgfeedback.ui import theme, words
from emgfeedback.ui.session import session_words
from emgfeedback.ui.widgets import marks
from emgfeedback.ui.widgets.painted import FollowsLook, smooth_painter

_SLOT_PX, _ROW_PX = 56, 176
_AXIS_PX, _HEAD_PX, _FOOT_PX = 46, 20, 24
_BAR_PX = 16
_TICKS_PCT = (0, 50, 100)


class TrialsChart(FollowsLook, QWidget):
    """A pair of bars for each trial; as many rows as the width asks for.

    Left and Right choose a trial, as the mouse does.

    Signals
    -------
    chosen
        The trial the keyboard or the mouse is on.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trials: tuple[TrialResult, ...] = ()
        self.at = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Trials"))

    def show_trials(self, trials: Sequence[TrialResult]) -> None:
        """Show trials in the order given."""
        self.trials = tuple(trials)
        self.at = -1
        said = ". ".join(session_words.trial_told(trial) for trial in self.trials)
        self.setAccessibleDescription(said)
        self._fit()
        self.update()

    def choose(self, place: int) -> None:
        """Put the choice on a trial."""
        if 0 <= place < len(self.trials) and place != self.at:
            self.at = place
            self.chosen.emit(self.trials[place])
            self.update()

    # Room

    def _per_row(self, width: int) -> int:
        return max(1, (width - theme.px(_AXIS_PX)) // theme.px(_SLOT_PX))

    def _fit(self) -> None:
        rows = -(-len(self.trials) // self._per_row(self.width()))
        self.setFixedHeight(rows * theme.px(_ROW_PX))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take as many rows as the new width asks for."""
        super().resizeEvent(event)
        self._fit()

    def look_changed(self) -> None:
        """Fit the text size."""
        self._fit()

    def slot(self, place: int) -> QRectF:
        """Return the room of a trial, pixels."""
        row, column = divmod(place, self._per_row(self.width()))
        wide = theme.px(_SLOT_PX)
        return QRectF(
            theme.px(_AXIS_PX) + column * wide, row * theme.px(_ROW_PX), wide, theme.px(_ROW_PX)
        )

    def _plot(self, slot: QRectF) -> QRectF:
        return slot.adjusted(0, theme.px(_HEAD_PX), 0, -theme.px(_FOOT_PX))

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the choice."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.choose(min(max(0, self.at + step), len(self.trials) - 1))
        elif event.key() == Qt.Key.Key_Home:
            self.choose(0)
        elif event.key() == Qt.Key.Key_End:
            self.choose(len(self.trials) - 1)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose the trial under the mouse."""
        at = event.position()
        for place in range(len(self.trials)):
            if self.slot(place).contains(at):
                self.choose(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose by a press, where nothing hovers."""
        self.mouseMoveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first trial."""
        super().focusInEvent(event)
        if self.at < 0:
            self.choose(0)

    # Picture

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, bars and numbers."""
        del event
        if not self.trials:
            return
        painter = smooth_painter(self)
        per_row = self._per_row(self.width())
        for first in range(0, len(self.trials), per_row):
            self._draw_axis(painter, first, min(per_row, len(self.trials) - first))
        before: tuple[int, str] | None = None
        for place, trial in enumerate(self.trials):
            self._draw_trial(painter, place, trial)
            group = (trial.step, trial.title)
            if group != before or place % per_row == 0:
                self._draw_title(painter, place, per_row)
            before = group
        painter.end()

    def _draw_axis(self, painter: QPainter, first: int, count: int) -> None:
        t = theme.tokens()
        plot = self._plot(self.slot(first))
        wide = plot.left() + count * theme.px(_SLOT_PX)
        painter.setFont(theme.font("caption"))
        for pct in _TICKS_PCT:
            y = plot.bottom() - pct / 100 * plot.height()
            painter.setPen(t.grid)
            painter.drawLine(round(plot.left()), round(y), round(wide), round(y))
            painter.setPen(t.ink3)
            box = QRectF(0, y - 10, plot.left() - 6, 20)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, right, f"{words.whole(pct)} %")

    def _draw_title(self, painter: QPainter, place: int, per_row: int) -> None:
        """Write an exercise's name over its first trial, as far as its trials reach."""
        trial = self.trials[place]
        group = (trial.step, trial.title)
        last = place
        while (
            last + 1 < len(self.trials)
            and (last + 1) % per_row
            and (self.trials[last + 1].step, self.trials[last + 1].title) == group
        ):
            last += 1
        slot = self.slot(place)
        room = QRectF(slot.left() + 2, slot.top(), self.slot(last).right() - slot.left() - 8,
                      theme.px(_HEAD_PX) - 2)  # fmt: skip
        font = theme.font("caption_strong")
        painter.setFont(font)
        painter.setPen(theme.tokens().ink2)
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, middle, marks.elided(trial.title, font, room.width()))

    def _draw_trial(self, painter: QPainter, place: int, trial: TrialResult) -> None:
        t = theme.tokens()
        slot = self.slot(place)
        plot = self._plot(slot)
        if place == self.at:
            painter.setPen(QPen(t.focus if self.hasFocus() else t.edge, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            around = plot.adjusted(2, 0, -2, theme.px(_FOOT_PX) - 2)
            painter.drawRoundedRect(around, theme.RADIUS_CELL_PX, theme.RADIUS_CELL_PX)
        bar = theme.px(_BAR_PX)
        x = plot.center().x() - bar - 1
        probe = trial.kind != session_words.FEEDBACK
        faint = bool(trial.result.get("repeated"))
        if trial.success_pct is None:
            painter.setPen(t.ink2)
            painter.setFont(theme.font("body"))
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter, words.DASH)
        else:
            box = _bar(plot, x, bar, trial.success_pct)
            draw_success(painter, box, probe=probe, faint=faint)
        if trial.fixed_pct is not None:
            box = _bar(plot, x + bar + 2, bar, trial.fixed_pct)
            draw_fixed(painter, box, probe=probe, faint=faint)
        painter.setPen(t.ink2)
        painter.setFont(theme.font("caption"))
        foot = QRectF(slot.left(), plot.bottom() + 2, slot.width(), theme.px(_FOOT_PX) - 4)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, words.whole(trial.number))


def _bar(plot: QRectF, x: float, wide: float, pct: float) -> QRectF:
    high = max(1.0, min(pct, 100.0) / 100 * plot.height())
    return QRectF(x, plot.bottom() - high, wide, high)


def draw_success(painter: QPainter, box: QRectF, *, probe: bool, faint: bool = False) -> None:
    """Draw a bar of success at the target of the moment: filled, dashed without feedback."""
    t = theme.tokens()
    colour = theme.mixed(t.accent, t.surface, 0.45) if faint else t.accent
    painter.setPen(_edge(t.accent, dashed=probe))
    painter.setBrush(theme.mixed(t.accent, t.surface, 0.16) if probe else colour)
    painter.drawRoundedRect(box.adjusted(0.8, 0.8, -0.8, 0), 2, 2)


def draw_fixed(painter: QPainter, box: QRectF, *, probe: bool, faint: bool = False) -> None:
    """Draw a bar of success at the fixed reference: hatched, dashed without feedback."""
    t = theme.tokens()
    ink = theme.mixed(t.ink2, t.surface, 0.5) if faint else t.ink2
    inner = box.adjusted(0.8, 0.8, -0.8, 0)
    marks.draw_hatch(painter, inner, theme.mixed(ink, t.surface, 0.6))
    painter.setPen(_edge(ink, dashed=probe))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(inner, 2, 2)


def _edge(colour: QColor, *, dashed: bool) -> QPen:
    pen = QPen(colour, 1.6)
    if dashed:
        pen.setDashPattern([2.5, 2.0])
    return pen


class TrialsLegend(FollowsLook, QWidget):
    """What the two bars and the dashes stand for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = (
            self.tr("in target"),
            self.tr("at the fixed reference"),
            self.tr("dashed: no feedback"),
        )
        self.setAccessibleName(", ".join(self.words))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return room for one line."""
        return QSize(theme.px(420), theme.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a sample of each beside its words."""
        del event
        painter = smooth_painter(self)
        painter.setFont(theme.font("caption"))
        x, high = 0.0, float(self.height())
        for place, text in enumerate(self.words):
            box = QRectF(x, high / 2 - theme.px(7), theme.px(12), theme.px(14))
            if place == 1:
                draw_fixed(painter, box, probe=False)
            else:
                draw_success(painter, box, probe=place == 2)
            wide = painter.fontMetrics().horizontalAdvance(text)
            painter.setPen(theme.tokens().ink2)
            room = QRectF(box.right() + 6, 0, wide + 4, high)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
            x = room.right() + theme.px(18)
        painter.end()
