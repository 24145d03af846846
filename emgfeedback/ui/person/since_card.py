"""What changed since the last injection."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from emgfeedback.people.values import ScaleScore
from emgfeedback.ui import theme, words
from emgfeedback.ui.person import person_words, scale_words
from emgfeedback.ui.person.fields import quiet, today
from emgfeedback.ui.person.person_now import HOME_DAYS, PersonNow
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class SinceCard(QFrame):
    """The last injection and what was told and counted since.

    Signals
    -------
    injection_asked, scale_asked
        To enter one.
    """

    injection_asked = Signal()
    scale_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.title = quiet("", "second_strong")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self.values: dict[str, QLabel] = {}
        for row, (key, name) in enumerate(self._names().items()):
            label, value = quiet(name), QLabel()
            label.setWordWrap(False)
            theme.set_role(value, "second_strong")
            value.setWordWrap(True)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setAccessibleName(name)
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1)
            self.values[key] = value
        self.note = quiet(role="caption")
        self.injection_button = KeyedButton(self.tr("Injection"), "injection")
        self.injection_button.setAccessibleName(self.tr("Add an injection"))
        self.injection_button.clicked.connect(self.injection_asked)
        self.scale_button = KeyedButton(self.tr("Scale"), "assess")
        self.scale_button.setAccessibleName(self.tr("Enter a scale"))
        self.scale_button.clicked.connect(self.scale_asked)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self.injection_button)
        buttons.addWidget(self.scale_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 18, 14)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addLayout(self._grid)
        column.addWidget(self.note)
        column.addLayout(buttons)
        column.addStretch(1)

    def _names(self) -> dict[str, str]:
        return {
            "date": self.tr("Date"),
            "muscles": self.tr("As entered"),
            "scale": self.tr("TWSTRS total"),
            "pain": self.tr("Pain, last visit"),
            "home": self.tr("Home days"),
        }

    def show_person(self, now: PersonNow) -> None:
        """Show what changed for a person."""
        injection = now.last_injection
        titled = self.tr("Since the last injection")
        self.title.setText(titled if injection is not None else self.tr("How it goes"))
        shown = {
            "date": "",
            "muscles": "",
            "scale": self._scale(now),
            "pain": self._pain(now),
            "home": self.tr("%1 of the last %2")
            .replace("%1", words.whole(now.home_days))
            .replace("%2", words.whole(HOME_DAYS)),
        }
        if injection is not None:
            days = (today() - injection.on).days
            said = self.tr("%1, day %2").replace("%1", person_words.day(injection.on))
            shown["date"] = said.replace("%2", words.whole(days))
            shown["muscles"] = injection.muscles or words.DASH
        for row, (key, text) in enumerate(shown.items()):
            self.values[key].setText(text)
            for column in range(2):
                item = self._grid.itemAtPosition(row, column)
                if item is not None and (widget := item.widget()) is not None:
                    widget.setVisible(bool(text))
        self.note.setText(scale_words.noticeable("twstrs"))
        self.note.setVisible(self._newest(now) is not None)

    def _newest(self, now: PersonNow) -> ScaleScore | None:
        totals = [s for s in now.scores if s.scale == "twstrs" and s.total is not None]
        return max(totals, key=lambda score: score.on, default=None)

    def _scale(self, now: PersonNow) -> str:
        newest = self._newest(now)
        if newest is None or newest.total is None:
            return words.DASH
        before = scale_words.one_before(newest, now.scores)
        if before is None or before.total is None:
            return scale_words.points(newest.total)
        step = newest.total - before.total
        said = self.tr("%1 (was %2, %3 points)").replace("%1", scale_words.points(newest.total))
        said = said.replace("%2", scale_words.points(before.total))
        return said.replace("%3", f"{'+' if step > 0 else ''}{scale_words.points(step)}")

    def _pain(self, now: PersonNow) -> str:
        before, after = now.pain
        if before is None and after is None:
            return words.DASH
        said = self.tr("%1 before, %2 after (0–10)")
        for place, value in (("%1", before), ("%2", after)):
            said = said.replace(place, words.whole(value) if value is not None else words.DASH)
        return said
