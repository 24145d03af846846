"""The factor chart: what weighs today, filled in together and looked at again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from emgfeedback.people.values import CheckIn, FactorChart
from emgfeedback.ui import theme, words
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.checkin import checkin_words, keeping
from emgfeedback.ui.checkin.factor_drawing import FactorDrawing
from emgfeedback.ui.checkin.keeping import Entries, KeptPanel
from emgfeedback.ui.checkin.paper_slider import Question
from emgfeedback.ui.person import person_words
from emgfeedback.ui.session.parts import Section, WordTable, words_label
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

_HINT_DAYS = 14
_SHOWN = 8
_BESIDE_PX = 860
_HINTS = {
    "sensory": ("pain",),
    "calm": ("stress",),
    "lifestyle": ("sleep", "activity"),
}
"""Factor -> questions of the daily check-in that say something about it."""

Answer = tuple[Entries[FactorChart], Entries[CheckIn]]


class FactorChartPanel(KeptPanel):
    """Six lines beside their picture; see `KeptPanel`."""

    def __init__(
        self, asking: Asking, patient_id: str, *, today: Callable[[], dt.date] = dt.date.today
    ) -> None:
        super().__init__(asking, patient_id, today)
        self.setAccessibleName(self.tr("Factor chart"))
        self._entries: Entries[FactorChart] = Entries((), may_change=True)
        self._dirty = False
        self._build()
        self._show_state()
        self.reload()

    def _build(self) -> None:
        self.questions = {}
        for key in checkin_words.FACTORS:
            name, line = checkin_words.factor(key)
            self.questions[key] = Question(name, line=line)
            self.questions[key].slider.answered.connect(lambda _answer: self._touched())
        self.drawing = FactorDrawing()
        self.compare = QComboBox()
        self.compare.setAccessibleName(self.tr("Compare with"))
        self.compare.setPlaceholderText(self.tr("No earlier chart"))
        self.compare.currentIndexChanged.connect(lambda _index: self._draw())
        self.note = QLineEdit()
        self.note.setAccessibleName(self.tr("What we talked about"))
        self.note.setPlaceholderText(self.tr("What we talked about, in a few words"))
        self.note.textEdited.connect(lambda _text: self._touched())
        self.keep_button = KeyedButton(self.tr("Keep today's chart"), "quality-good")
        self.keep_button.setProperty("kind", "primary")
        self.keep_button.clicked.connect(self.keep_chart)
        self.status = words_label(role="second", tone="second")
        card = Section(
            self.tr("What weighs today?"),
            self.tr(
                "Fill it in together. How heavy is each of the six: 0 = no weight, "
                "10 = the heaviest I can think of."
            ),
        )
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(24)
        picture = QVBoxLayout()
        picture.addWidget(self.drawing, 4)
        picture.addWidget(words_label(self.tr("Filled: today. Dashed: the time before."), "caption",
                                      "quiet"))  # fmt: skip
        row = QHBoxLayout()
        row.addWidget(words_label(self.tr("Compare with"), "second_strong", "second"), 1)
        row.addWidget(self.compare, 2)
        picture.addLayout(row)
        picture.addStretch(1)
        lines = QVBoxLayout()
        lines.setSpacing(14)
        for question in self.questions.values():
            lines.addWidget(question)
        self._beside.addLayout(lines, 1)
        self._beside.addLayout(picture, 1)
        inside = QFrame()
        inside.setLayout(self._beside)
        self._beside.setContentsMargins(0, 0, 0, 0)
        for widget in (inside, self.note):
            card.add(widget)
        card.add(self.keep_button, Qt.AlignmentFlag.AlignLeft)
        card.add(self.status)
        headings = (self.tr("Day"), *(checkin_words.factor(k)[0] for k in checkin_words.FACTORS))
        self.history = Section(self.tr("Before"))
        self.table = WordTable(self.tr("Charts kept before"), headings, (3, 2, 2, 3, 2, 2, 2))
        self.history.add(self.table)
        self.column.addWidget(card)
        self.column.addWidget(self.history)
        self.column.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the picture under the lines where the room is short."""
        super().resizeEvent(event)
        narrow = self.width() < theme.px(_BESIDE_PX)
        direction = QBoxLayout.Direction
        self._beside.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)

    # What is kept

    def question(self, register: Register) -> Answer:
        """Return all charts and check-ins; runs on the desk's thread."""
        return (
            keeping.load(register, FactorChart, self.patient_id),
            keeping.load(register, CheckIn, self.patient_id),
        )

    def show_answer(self, answer: Answer) -> None:
        """Show today's chart, unless it is being filled in, and those before."""
        self._entries, check_ins = answer
        today = self._entries.of_day(self.today())
        if not self._dirty:
            for key, question in self.questions.items():
                question.slider.show_answer(today.factors.get(key) if today else None)
            self.note.setText(today.note if today else "")
        self._show_hints(check_ins.values)
        earlier = [chart for chart in self._entries.values if chart.on != self.today()]
        chosen = self.compare.currentData()
        self.compare.blockSignals(True)
        self.compare.clear()
        for chart in earlier:
            self.compare.addItem(person_words.day(chart.on), chart.id)
        self.compare.setCurrentIndex(max(0, self.compare.findData(chosen)) if earlier else -1)
        self.compare.setEnabled(bool(earlier))
        self.compare.blockSignals(False)
        self.table.show_rows([self._row(chart) for chart in self._entries.values[:_SHOWN]])
        self.history.setVisible(bool(self._entries.values))
        self._show_state()
        self._draw()

    def forget_typed(self) -> None:
        """Drop what was entered and not kept."""
        self._dirty = False

    def entered(self) -> FactorChart:
        """Return what stands on the panel, as a change of today's chart where there is one."""
        given = {key: question.slider.answer for key, question in self.questions.items()}
        day = self.today()
        value = FactorChart(
            patient_id=self.patient_id,
            on=day,
            factors={key: answer for key, answer in given.items() if answer is not None},
            note=self.note.text().strip(),
        )
        return keeping.as_of_day(self._entries.of_day(day), value)

    def keep_chart(self) -> None:
        """Keep today's chart."""
        if self._dirty:
            value = self.entered()
            said = self.tr("The chart of %1 is kept.").replace("%1", person_words.day(value.on))
            self.keep_by(lambda register: keeping.keep_once_a_day(register, value), said)

    def _touched(self) -> None:
        self._dirty = True
        self._show_state()
        self._draw()

    def _show_state(self) -> None:
        kept = self._entries.of_day(self.today())
        self.keep_button.setEnabled(self._dirty and self._entries.may_change)
        for question in self.questions.values():
            question.slider.setEnabled(self._entries.may_change)
        self.note.setEnabled(self._entries.may_change)
        said = self.tr("Kept today. It can be changed all day.") if kept and not self._dirty else ""
        if not self._entries.may_change:
            said = self.tr("Filled in together with your therapist.")
        self.status.setText(said)
        self.status.setVisible(bool(said))

    def _draw(self) -> None:
        before = next(
            (c.factors for c in self._entries.values if c.id == self.compare.currentData()), {}
        )
        self.drawing.show_factors(self.entered().factors, before)

    def _row(self, chart: FactorChart) -> tuple[str, ...]:
        numbers = (checkin_words.value(chart.factors.get(key)) for key in checkin_words.FACTORS)
        return (person_words.day(chart.on), *numbers)

    def _show_hints(self, check_ins: Sequence[CheckIn]) -> None:
        since = self.today() - dt.timedelta(days=_HINT_DAYS)
        recent = [entry for entry in check_ins if since < entry.on <= self.today()]
        for key, question in self.questions.items():
            _, line = checkin_words.factor(key)
            told = [t for asked in _HINTS.get(key, ()) if (t := _mean_told(asked, recent))]
            hint = self.tr("Check-ins, 14 days: %1").replace("%1", ", ".join(told))
            question.say(f"{line}\n{hint}" if told else line)


def _mean_told(asked: str, recent: Sequence[CheckIn]) -> str:
    """Return the mean answer to a question with the number of days, empty without any."""
    given = [value for entry in recent if (value := getattr(entry, asked)) is not None]
    if not given:
        return ""
    mean = words.number(sum(given) / len(given), 1)
    return f"{checkin_words.short_question(asked).lower()} {mean} (n = {words.whole(len(given))})"
