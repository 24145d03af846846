"""The programme week by week: what each phase is for, and the plans of each week."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QWidget,
)

from emgfeedback.training.programme import PlannedSession, Programme, ProgrammePhase
from emgfeedback.ui import icons, theme, words
from emgfeedback.ui.widgets.choice_button import ChoiceButton
from emgfeedback.ui.widgets.painted import draw_choice, smooth_painter

_LEFT = Qt.AlignmentFlag.AlignLeft
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class WeekPlan(ChoiceButton):
    """A plan in a week; the chosen one is edged and ticked."""

    def __init__(self, week: int, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.week, self.plan_name = week, name
        said = self.tr("Week %1: %2").replace("%1", words.whole(week))
        self.setAccessibleName(said.replace("%2", title))
        self.setToolTip(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return room for two lines."""
        return QSize(theme.px(200), theme.px(46))

    def minimumSizeHint(self) -> QSize:
        """Return the least room in which a title fits in two lines."""
        return QSize(theme.px(150), theme.px(46))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, the tick and the title."""
        del event
        t = theme.tokens()
        painter = smooth_painter(self)
        draw_choice(painter, self, chosen=self.isChecked())
        room = QRectF(self.rect()).adjusted(12, 3, -10, -3)
        if self.isChecked():
            size = theme.px(16)
            room.setRight(room.right() - size - 6)
            tick = QRectF(room.right() + 6, self.height() / 2 - size / 2, size, size)
            icons.draw(painter, "quality-good", tick, t.accent)
        painter.setPen(t.ink)
        painter.setFont(theme.font("second"))
        painter.drawText(room, _LEFT | _MIDDLE | Qt.TextFlag.TextWordWrap, self.text())
        painter.end()


class ProgrammeWeeks(QWidget):
    """A programme: each phase with what it is for, under it its weeks and their plans.

    Signals
    -------
    chosen
        Name of the plan.
    start_asked
        Start what is chosen.
    """

    chosen = Signal(str)
    start_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plans: list[WeekPlan] = []
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._choose)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self.setAccessibleName(self.tr("Programme, week by week"))

    def show_programme(self, programme: Programme, titles: Mapping[str, str]) -> None:
        """List the weeks of `programme`; `titles` are those of the plans, by name."""
        columns = max(len(set(phase.plans)) for phase in programme.phase)
        row = 0
        sessions = programme.sessions()
        taken = 0
        for phase in programme.phase:
            mine = sessions[taken : taken + phase.sessions]
            taken += phase.sessions
            self._grid.addWidget(self._head(phase), row, 0, 1, columns + 1)
            row += 1
            for week in dict.fromkeys(session.week for session in mine):
                self._add_week(row, week, mine, titles)
                row += 1
        for column in range(1, columns + 1):
            self._grid.setColumnStretch(column, 1)
        self._grid.setRowStretch(row, 1)

    def _head(self, phase: ProgrammePhase) -> QLabel:
        where = {
            "clinic": self.tr("in the clinic"),
            "mixed": self.tr("clinic and home in turn"),
            "home": self.tr("at home"),
        }[phase.where]
        said = self.tr("%1 · %2 sessions, %3 a week, %4")
        if phase.sessions == 1:
            said = self.tr("%1 · one session, %4")
        if phase.wait_weeks:
            said += " · " + self.tr("after %5 weeks without")
        for place, text in (
            ("%1", phase.title),
            ("%2", words.whole(phase.sessions)),
            ("%3", words.whole(phase.per_week)),
            ("%4", where),
            ("%5", words.whole(phase.wait_weeks)),
        ):
            said = said.replace(place, text)
        head = QLabel(said)
        theme.set_role(head, "body_strong")
        head.setWordWrap(True)
        head.setContentsMargins(0, 10, 0, 0)
        return head

    def _add_week(
        self,
        row: int,
        week: int,
        sessions: tuple[PlannedSession, ...],
        titles: Mapping[str, str],
    ) -> None:
        label = QLabel(self.tr("Week %1").replace("%1", words.whole(week)))
        theme.set_role(label, "second")
        label.setProperty("tone", "second")
        self._grid.addWidget(label, row, 0)
        names = dict.fromkeys(session.plan for session in sessions if session.week == week)
        for column, name in enumerate(names, 1):
            plan = WeekPlan(week, name, titles.get(name, name))
            plan.setEnabled(name in titles)
            plan.entered.connect(self.start_asked)
            self._group.addButton(plan)
            self.plans.append(plan)
            self._grid.addWidget(plan, row, column)

    def clear_choice(self) -> None:
        """Untick everything: a plan was chosen elsewhere."""
        self._group.setExclusive(False)
        for plan in self.plans:
            plan.setChecked(False)
        self._group.setExclusive(True)

    def _choose(self, button: QAbstractButton) -> None:
        if isinstance(button, WeekPlan):
            self.chosen.emit(button.plan_name)
