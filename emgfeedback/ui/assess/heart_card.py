"""Heartbeats at rest, and the way around them that is kept for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from emgfeedback.measures.heart_ways import HEART_WAYS, USUAL
from emgfeedback.people.roles import Role
from emgfeedback.people.values import HeartChoice, SessionKind
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.assess import heart_words
from emgfeedback.ui.assess.heart_rows import HeartFact, HeartHeads, WayButton
from emgfeedback.ui.assess.loading import MOST_SESSIONS
from emgfeedback.ui.checkin.keeping import KeptPanel
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.fields import TextField
from emgfeedback.ui.session.loading import last_change
from emgfeedback.ui.session.parts import Section, words_label
from emgfeedback.ui.widgets.keyed_button import KeyedButton

if TYPE_CHECKING:
    from emgfeedback.people.register import Register


@dataclass(frozen=True, slots=True)
class HeartKnown:
    """What holds for a person.

    Attributes
    ----------
    choice
        The newest one kept; None: none was.
    first
        Day of the first recording before injections.
    locked
        Whether there is something a change would break the comparison with.
    """

    choice: HeartChoice | None = None
    first: dt.date | None = None
    locked: bool = False
    may_change: bool = True

    @property
    def way(self) -> str:
        """The way that holds."""
        return self.choice.method if self.choice is not None else USUAL


def load(register: Register, patient_id: str) -> HeartKnown:
    """Return which way holds for a person, and what was measured that way."""
    choices = register.all_of(HeartChoice, patient_id)
    days = [
        person_words.local(line.started_utc).date()
        for line in register.sessions_of(patient_id, MOST_SESSIONS)
        if line.kind is SessionKind.ASSESSMENT
    ]
    return HeartKnown(
        choice=choices[0] if choices else None,
        first=min(days) if len(days) > 1 else None,
        locked=bool(choices) or len(days) > 1,
        may_change=register.role is Role.CLINICIAN,
    )


def choose(register: Register, patient_id: str, method: str, why: str) -> int:
    """Keep a way for a person and return the number that takes it back.

    Raises
    ------
    UsageError
        Another one holds, and there is no reason.
    """
    from emgfeedback.people.assessments import (  # noqa: PLC0415 - loads the database
        choose_heart,
    )

    return last_change(register, choose_heart(register, patient_id, method, why).id)


class HeartCard(KeptPanel):
    """What heartbeats add at rest, what each way changes, and the one that holds.

    Parameters
    ----------
    asking
        Asks the desk.
    patient_id
        Whose recording it is; empty where it is nobody's.
    assessment
        As `Assessment.as_dict` gives it.
    """

    def __init__(
        self,
        asking: Asking,
        patient_id: str = "",
        assessment: Mapping[str, Any] | None = None,
        *,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        super().__init__(asking, patient_id, today)
        self.setAccessibleName(self.tr("Heartbeat"))
        self.known = HeartKnown()
        self.changing = False
        self._used = USUAL
        self._make_parts()
        self._lay_out()
        self._show()
        if assessment is not None:
            self.show_assessment(patient_id, assessment)

    def _make_parts(self) -> None:
        self.found, self.holds = words_label("", "body_strong"), words_label("", "body")
        self.conditions = words_label("", "caption", "second")
        self.missing = words_label("", "second", "second")
        self.still = words_label("", "second_strong")
        self.heads, self.adds = HeartHeads(), HeartFact()
        self.ways = [WayButton(key) for key in HEART_WAYS]
        self._group = QButtonGroup(self)
        for button in self.ways:
            self._group.addButton(button)
        self._group.buttonClicked.connect(lambda _button: self._show_buttons())
        self.about = words_label("", "second", "second")
        self.why = TextField(self.tr("Why another way"), self.tr("Why? For example: new sensors"))
        self.why.textChanged.connect(lambda _text: self._show_buttons())
        self.why.returnPressed.connect(self.keep_choice)
        self.keep_button = KeyedButton("", "lock")
        self.keep_button.setProperty("kind", "primary")
        self.keep_button.clicked.connect(self.keep_choice)
        self.change_button = KeyedButton(self.tr("Change the way"), "settings")
        self.change_button.clicked.connect(self.begin_change)
        self.leave_button = KeyedButton(self.tr("Leave it"))
        self.leave_button.setProperty("kind", "flat")
        self.leave_button.clicked.connect(self.leave_change)

    def _lay_out(self) -> None:
        card = Section(self.tr("Heartbeat"))
        card.add(self.found)
        lines = QWidget()
        column = QVBoxLayout(lines)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for line in (self.heads, self.adds, *self.ways):
            column.addWidget(line)
        card.add(lines)
        card.add(self.conditions)
        card.add(self.missing)
        card.add(self.about)
        self.box = QFrame()
        self.box.setProperty("kind", "note")
        inside = QVBoxLayout(self.box)
        inside.setContentsMargins(12, 8, 12, 10)
        inside.setSpacing(8)
        self.warning = words_label(
            self.tr(
                "Levels measured before and after a change cannot be compared. Earlier recordings "
                "can be compared again once they are measured anew the same way."
            ),
            "second_strong",
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        for button in (self.change_button, self.keep_button, self.leave_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for label in (self.holds, self.still, self.warning, self.why):
            inside.addWidget(label)
        inside.addLayout(buttons)
        card.add(self.box)
        self.column.insertWidget(0, card)
        self.column.addStretch(1)

    # What is shown

    def show_assessment(self, patient_id: str, assessment: Mapping[str, Any]) -> None:
        """Show what a recording tells of heartbeats, and what holds for its person."""
        told = heart_words.tell(assessment)
        self._used = assessment["heart_way"]
        self.found.setText(told.found)
        for line in (self.heads, self.adds, *self.ways):
            line.columns = told.columns
        self.adds.show_line(told.adds)
        for button, way in zip(self.ways, told.ways, strict=True):
            button.show_line(way, heart_words.way_words(button.key))
        self.conditions.setText(told.conditions)
        self.missing.setText(told.missing)
        self.missing.setVisible(bool(told.missing))
        self._fit()
        if patient_id != self.patient_id:
            self.leave_change()
        self.show_patient(patient_id)
        self._show()

    def question(self, register: Register) -> HeartKnown:
        """Return what holds for the person; runs on the desk's thread."""
        return load(register, self.patient_id)

    def show_answer(self, answer: HeartKnown) -> None:
        """Show what holds; a change begun meanwhile goes on."""
        self.known = answer
        self._show()

    def forget_typed(self) -> None:
        """End a change that was kept, or was of another person."""
        self.changing = False
        self.why.clear()

    @property
    def chosen(self) -> str:
        """The way that is marked."""
        return next((button.key for button in self.ways if button.isChecked()), USUAL)

    @property
    def _open(self) -> bool:
        """Whether a way can be chosen now."""
        able = self.known.may_change and bool(self.patient_id)
        return able and (self.changing or not self.known.locked)

    def _show(self) -> None:
        if not self.changing:
            self._mark(self.known.way)
        known = self.known
        if self.patient_id:
            self.holds.setText(heart_words.since(known.choice, known.first))
        else:
            self.holds.setText(self.tr("Nobody's recording yet: give it to a person to choose."))
        still = heart_words.measured_with(self._used, known.way)
        self.still.setText(still)
        self.still.setVisible(bool(still) and bool(self.patient_id))
        for button in self.ways:
            button.setEnabled(self._open)
        self.warning.setVisible(self.changing)
        self.why.setVisible(self.changing)
        self._show_buttons()

    def _mark(self, key: str) -> None:
        for button in self.ways:
            if button.key == key:
                button.setChecked(True)

    def _show_buttons(self) -> None:
        kept = self.tr("Keep for this person")
        self.keep_button.say(self.tr("Change for this person") if self.changing else kept, "lock")
        self.keep_button.setVisible(self._open)
        other = self.chosen != self.known.way and bool(self.why.text().strip())
        self.keep_button.setEnabled(other if self.changing else True)
        able = self.known.may_change and bool(self.patient_id)
        self.change_button.setVisible(able and self.known.locked and not self.changing)
        self.leave_button.setVisible(self.changing)
        self.about.setText(heart_words.way_words(self.chosen))

    # What is done

    def begin_change(self) -> None:
        """Let another way be chosen."""
        self.changing = True
        self._show()
        marked = next(button for button in self.ways if button.isChecked())
        marked.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave_change(self) -> None:
        """Leave the way as it is."""
        inside = self.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.forget_typed()
        self._show()
        if inside and self.change_button.isVisible():
            self.change_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep_choice(self) -> None:
        """Keep the way that is marked for this person."""
        if not self.keep_button.isVisibleTo(self) or not self.keep_button.isEnabled():
            return
        of, key, why = self.patient_id, self.chosen, self.why.text()
        said = self.tr("%1 holds for this person from now on.")
        said = said.replace("%1", heart_words.way_title(key))
        self.keep_button.setEnabled(False)
        self.keep_by(lambda register: choose(register, of, key, why), said)

    # Look

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the table to the width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the table to a new text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "ways"):
            self._fit()

    def _fit(self) -> None:
        for line in (self.heads, self.adds, *self.ways):
            line.fit()
