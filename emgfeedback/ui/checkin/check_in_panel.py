"""The daily check-in: four lines, a yes or no, what was met, a word. Under a minute."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QVBoxLayout

from emgfeedback.people.values import CheckIn
from emgfeedback.ui import theme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.checkin import checkin_words, keeping
from emgfeedback.ui.checkin.chips import Chips
from emgfeedback.ui.checkin.days_chart import DaysChart
from emgfeedback.ui.checkin.keeping import Entries, KeptPanel
from emgfeedback.ui.checkin.own_fonts import OwnFonts
from emgfeedback.ui.checkin.paper_slider import LARGE, Question
from emgfeedback.ui.person import person_words
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

_DAYS = 28
_DAYS_LARGE = 14
_TWO_COLUMNS_PX = 720
_YES, _OFF = "yes", "off"


class CheckInPanel(OwnFonts, KeptPanel):
    """Asks about today; what was kept today can be changed all day.

    Parameters
    ----------
    asking, patient_id, today
        See `KeptPanel`.
    large
        For a patient at home: large type, one question under the other.
    """

    def __init__(
        self,
        asking: Asking,
        patient_id: str,
        *,
        large: bool = False,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        super().__init__(asking, patient_id, today)
        self.setAccessibleName(self.tr("Daily check-in"))
        self.large = large
        self._scale = LARGE if large else 1.0
        self._entries: Entries[CheckIn] = Entries((), may_change=True)
        self._labels: list[tuple[QLabel, float, int]] = []
        self._dirty = False
        self._columns = 0
        self._build()
        self.look_changed()
        self._show_state()
        self.reload()

    # Parts

    def _build(self) -> None:
        self.title = self._label(self.tr("How was today?"), 16 if self.large else 18, 600)
        self.line = self._label(
            self.tr("Press on each line where today was. Leave out what you like."), 13, 400
        )
        self.line.setProperty("tone", "second")
        self.questions = {
            key: Question(*checkin_words.question(key), large=self.large)
            for key in checkin_words.QUESTIONS
        }
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(32)
        self._grid.setVerticalSpacing(20)
        choices = ((_YES, self.tr("Yes")), (_OFF, self.tr("Not today")))
        practised = self.tr("Did you practise?")
        self.practised = Chips(practised, choices, single=True, large=self.large)
        met = self.tr("What did you meet today?")
        triggers = [(key, checkin_words.trigger(key)) for key in checkin_words.TRIGGERS]
        self.triggers = Chips(met, triggers, large=self.large)
        self.note = QLineEdit()
        self.note.setAccessibleName(self.tr("Anything else"))
        self.note.setPlaceholderText(self.tr("Anything else, in a few words"))
        self.keep_button = KeyedButton(self.tr("Keep"), "quality-good", self.tr("Ctrl+Enter"))
        self.keep_button.setProperty("kind", "primary")
        self.keep_button.setProperty("large", "true")
        theme.set_role(self.keep_button, "page_title" if self.large else "body_strong")
        self.keep_button.clicked.connect(self.keep_day)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.keep_day)
        self.status = self._label("", 13, 400)
        self.status.setProperty("tone", "second")
        self.column.addWidget(self._today_card(practised, met))
        self.column.addWidget(self._history_card())
        self.column.addStretch(1)
        for question in self.questions.values():
            question.slider.answered.connect(lambda _answer: self._touched())
        for chips in (self.practised, self.triggers):
            chips.chosen.connect(self._touched)
        self.note.textEdited.connect(lambda _text: self._touched())

    def _today_card(self, practised: str, met: str) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(20, 16, 20, 18)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.line)
        column.addLayout(self._grid)
        column.addSpacing(6)
        column.addWidget(self._label(practised, 14, 600))
        column.addWidget(self.practised)
        column.addWidget(self._label(met, 14, 600))
        column.addWidget(self.triggers)
        column.addWidget(self.note)
        column.addSpacing(4)
        column.addWidget(self.keep_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.status)
        return card

    def _history_card(self) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "card")
        n_days = _DAYS_LARGE if self.large else _DAYS
        self.days = DaysChart(n_days, large=self.large)
        self.days.chosen.connect(self._tell_day)
        self.practice = self._label("", 13, 400)
        self.told = self._label("", 12, 400)
        self.told.setProperty("tone", "second")
        column = QVBoxLayout(card)
        column.setContentsMargins(20, 16, 20, 18)
        column.setSpacing(8)
        column.addWidget(self._label(self.tr("The last days"), 14, 600))
        for widget in (self.practice, self.days, self.told):
            column.addWidget(widget)
        return card

    def _label(self, text: str, size_px: float, weight: int) -> QLabel:
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        self._labels.append((label, size_px, weight))
        return label

    def look_changed(self) -> None:
        """Fit the text size."""
        for label, size_px, weight in self._labels:
            label.setFont(theme.sized_font(size_px * self._scale, weight))
        self.note.setFont(theme.sized_font(13.3 * self._scale, 400))
        around = round(theme.px(6 * self._scale))
        self.note.setTextMargins(2, around, 2, around)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put questions beside each other where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        columns = 1 if self.large or self.width() < theme.px(_TWO_COLUMNS_PX) else 2
        if columns == self._columns:
            return
        self._columns = columns
        for question in self.questions.values():
            self._grid.removeWidget(question)
        for place, question in enumerate(self.questions.values()):
            self._grid.addWidget(question, place // columns, place % columns)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, columns - 1)

    # What is kept

    def question(self, register: Register) -> Entries[CheckIn]:
        """Return all check-ins; runs on the desk's thread."""
        return keeping.load(register, CheckIn, self.patient_id)

    def show_answer(self, answer: Entries[CheckIn]) -> None:
        """Show today's check-in, unless something is being entered, and the last days."""
        self._entries = answer
        today = answer.of_day(self.today())
        if not self._dirty:
            self._show_entry(today)
        self.days.show_days(answer.values, self.today())
        shown = set(self.days.days)
        inside = [entry for entry in answer.values if entry.on in shown]
        self.practice.setText(checkin_words.practice_told(inside, self.days.n_days))
        self._show_state()

    def forget_typed(self) -> None:
        """Drop what was entered and not kept."""
        self._dirty = False

    def entered(self) -> CheckIn:
        """Return what stands on the panel, as a change of today's check-in where there is one."""
        chosen = self.practised.keys
        day = self.today()
        given = {key: question.slider.answer for key, question in self.questions.items()}
        value = CheckIn(
            patient_id=self.patient_id,
            on=day,
            pain=given["pain"],
            sleep=given["sleep"],
            stress=given["stress"],
            activity=given["activity"],
            practised=None if not chosen else chosen[0] == _YES,
            triggers=self.triggers.keys,
            note=self.note.text().strip(),
        )
        return keeping.as_of_day(self._entries.of_day(day), value)

    def keep_day(self) -> None:
        """Keep what was entered for today."""
        if not self._dirty or not self.keep_button.isEnabled():
            return
        value = self.entered()
        said = self.tr("Kept for %1. Thank you.").replace("%1", person_words.day(value.on))
        self.keep_by(lambda register: keeping.keep_once_a_day(register, value), said)

    def _show_entry(self, entry: CheckIn | None) -> None:
        for key, question in self.questions.items():
            question.slider.show_answer(getattr(entry, key) if entry else None)
        practised = entry.practised if entry else None
        self.practised.show_keys({None: (), True: (_YES,), False: (_OFF,)}[practised])
        self.triggers.show_keys(entry.triggers if entry else ())
        self.note.setText(entry.note if entry else "")

    def _touched(self) -> None:
        self._dirty = True
        self._show_state()

    def _show_state(self) -> None:
        kept = self._entries.of_day(self.today())
        may = self._entries.may_change or kept is None
        controls = [q.slider for q in self.questions.values()]
        for widget in (*controls, self.practised, self.triggers, self.note):
            widget.setEnabled(may)
        self.keep_button.setEnabled(may and self._dirty)
        if kept is not None and not may:
            said = self.tr("Kept today. Your clinic can change it with you.")
        elif kept is not None and not self._dirty:
            said = self.tr("Kept today. You can change it all day.")
        else:
            said = ""
        self.status.setText(said)
        self.status.setVisible(bool(said))

    def _tell_day(self, entry: CheckIn | None) -> None:
        if entry is None:
            day = person_words.day(self.days.days[self.days.at])
            blank = self.tr("%1: no entry. That is fine.").replace("%1", day)
        self.told.setText(checkin_words.day_told(entry) if entry is not None else blank)
