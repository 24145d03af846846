"""Home of a kit: one big button, the week, and three ways to get help."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from emgfeedback.home.adherence import Week
from emgfeedback.home.plan_file import HomePlan
from emgfeedback.ui.kit.kit_page import KitPage
from emgfeedback.ui.kit.start_button import StartButton
from emgfeedback.ui.kit.week_row import WeekRow, greeting, week_words
from emgfeedback.ui.person import person_words
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class KitHome(KitPage):
    """Where a day of practice begins.

    Signals
    -------
    start_asked, how_asked, unwell_asked, bigger_asked
        The four large buttons.
    send_asked, plan_asked, therapist_asked
        The small ones.
    """

    start_asked = Signal()
    how_asked = Signal()
    unwell_asked = Signal()
    bigger_asked = Signal()
    send_asked = Signal()
    plan_asked = Signal()
    therapist_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Practice at home"))
        self.head = self.title()
        self.words = self.line(self.tr("Ready when you are. Stop whenever you like."))
        self.start = StartButton()
        self.start.clicked.connect(self.start_asked)
        self.grow(self.start.fit)
        self.week = WeekRow()
        self.grow(self.week.fit)
        self.week_line = self.line()
        centre = Qt.AlignmentFlag.AlignHCenter
        self.column.addStretch(2)
        self.column.addWidget(self.head)
        self.column.addWidget(self.words)
        self.column.addSpacing(6)
        self.column.addWidget(self.start, 0, centre)
        self.column.addSpacing(6)
        self.column.addWidget(self.week, 0, centre)
        self.column.addWidget(self.week_line)
        self.column.addStretch(2)
        self.column.addLayout(self._large_row())
        self.column.addStretch(1)
        self.column.addLayout(self._small_row())
        self.first = self.start

    def _large_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(24)
        for text, icon, asked in (
            (self.tr("How it works"), "help", self.how_asked),
            (self.tr("I feel unwell"), "heart", self.unwell_asked),
            (self.tr("Make it bigger"), "search", self.bigger_asked),
        ):
            button = self.button(text, icon)
            button.clicked.connect(asked)
            row.addWidget(button, 1)
        return row

    def _small_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addStretch(1)
        for text, icon, asked in (
            (self.tr("Send results"), "export", self.send_asked),
            (self.tr("New plan"), "report", self.plan_asked),
            (self.tr("For therapists"), "settings", self.therapist_asked),
        ):
            button = KeyedButton(text, icon)
            button.setProperty("kind", "flat")
            button.clicked.connect(asked)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def show_plan(self, plan: HomePlan, minutes: float, summary: str, now: dt.datetime) -> None:
        """Show whose plan it is and what today's practice is; before and after its days why not."""
        self.head.setText(greeting(plan.greeting, now))
        today = now.date()
        begun, over = today >= plan.first_day, today > plan.last_day
        self.start.setEnabled(begun and not over)
        line = self.tr("About %1 min").replace("%1", f"{max(round(minutes), 1)}") if minutes else ""
        line = f"{line} · {summary}" if line and summary else line or summary
        title = self.tr("Start today's practice")
        key = self.tr("Press Enter or the space bar")
        if over:
            day = person_words.day(plan.last_day)
            title = self.tr("This plan is over")
            line = self.tr("It ran until %1. Ask your therapist for a new one.").replace("%1", day)
            key = ""
        elif not begun:
            day = person_words.day(plan.first_day)
            title = self.tr("Not yet")
            line, key = self.tr("This plan begins on %1.").replace("%1", day), ""
        self.start.say(title, line, key)

    def fit(self) -> None:
        """Fit the window; what may be missed goes first where there is no room."""
        for label in (self.words, self.week_line):
            label.show()
        self._apply(self.scale)
        for label in (self.words, self.week_line):
            label.setVisible(self._has_room())
            self.column.invalidate()
        super().fit()

    def show_week(self, week: Week) -> None:
        """Show the days of this week."""
        self.week.show_week(week)
        said = week_words(week)
        if week.today_done:
            said = self.tr("Done for today. More is fine, and so is rest.") + " " + said
        self.week_line.setText(said)
