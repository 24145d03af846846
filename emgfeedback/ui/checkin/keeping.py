"""What panels of a person's entries have in common: load, keep, take back."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from emgfeedback.core.errors import ConflictError
from emgfeedback.people.roles import Role
from emgfeedback.people.values import CheckIn, FactorChart, OfPatient, PositionError
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person.action_bar import ActionBar
from emgfeedback.ui.session.loading import last_change

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

D = TypeVar("D", CheckIn, FactorChart, PositionError)


@dataclass(frozen=True, slots=True)
class Entries(Generic[D]):
    """What a person has of one kind, newest first.

    `may_change` tells whether what was kept may be changed: a patient adds, a clinician changes.
    """

    values: tuple[D, ...]
    may_change: bool

    def of_day(self, on: dt.date) -> D | None:
        """Return what was kept on a day."""
        return next((value for value in self.values if value.on == on), None)


def load(register: Register, kind: type[D], patient_id: str) -> Entries[D]:
    """Return what a person has of one kind."""
    values = register.all_of(kind, patient_id)
    return Entries(tuple(values), may_change=register.role is Role.CLINICIAN)


def keep(register: Register, value: OfPatient) -> int | None:
    """Keep a value and return the number that takes it back; None where that is not allowed."""
    register.put(value)
    return last_change(register, value.id) if register.role is Role.CLINICIAN else None


def keep_once_a_day(register: Register, value: D) -> int | None:
    """Keep a new value, or changes to the one of its day.

    Raises
    ------
    ConflictError
        Somebody kept or changed the one of that day meanwhile.
    """
    if value.version == 0:
        before = load(register, type(value), value.patient_id).of_day(value.on)
        if before is not None:
            raise ConflictError(
                "Somebody entered this day meanwhile.", "What they entered is shown now; add to it."
            )
    return keep(register, value)


def as_of_day(before: D | None, value: D) -> D:
    """Return `value` as a change of what was kept before, where there is something."""
    if before is None:
        return value
    return dataclasses.replace(value, id=before.id, version=before.version)


class KeptPanel(QWidget):
    """A panel that shows what a person has of one kind and keeps more of it.

    Parameters
    ----------
    asking
        Asks the desk; the panel asks through one of its own.
    patient_id
        Whose entries they are; empty until `show_patient`.
    today
        Tells the day.

    Signals
    -------
    changed
        Something was kept or taken back.
    """

    changed = Signal()

    def __init__(
        self, asking: Asking, patient_id: str, today: Callable[[], dt.date] = dt.date.today
    ) -> None:
        super().__init__()
        self.patient_id = patient_id
        self.today = today
        self._asking = Asking(asking.desk, self)
        self.bar = ActionBar()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self.column.addWidget(self.bar)

    def show_patient(self, patient_id: str) -> None:
        """Show what a person has; what was entered for another and not kept is dropped."""
        if patient_id != self.patient_id:
            self.patient_id = patient_id
            self.forget_typed()
            self.bar.clear()
        self.reload()

    def reload(self) -> None:
        """Ask anew for what was kept."""
        if not self.patient_id:
            return
        self._asking.ask(self.question, self.show_answer, topic="load", refused=self.refuse)

    def question(self, register: Register) -> Any:
        """Return what the panel shows; runs on the desk's thread."""
        raise NotImplementedError

    def show_answer(self, answer: Any) -> None:
        """Show what the question brought."""
        raise NotImplementedError

    def forget_typed(self) -> None:
        """Drop what was entered and not kept."""

    def keep_by(self, change: Callable[[Register], int | None], said: str) -> None:
        """Make a change, say so, and offer to take it back."""
        kept = partial(self._kept, self.patient_id, said)
        self._asking.ask(change, kept, changes=True, refused=self._conflict)

    def refuse(self, why: str) -> None:
        """Say why something did not work."""
        self.bar.say(Notice("check", self.tr("That did not work"), why))

    def _conflict(self, why: str) -> None:
        self.refuse(why)
        self.reload()

    def _kept(self, patient_id: str, said: str, number: int | None) -> None:
        if patient_id != self.patient_id:
            return
        notice = Notice("info", said, "")
        if number is None:
            self.bar.say(notice)
        else:
            self.bar.say(notice, self.tr("Undo"), partial(self._undo, number))
        self._anew()

    def _undo(self, number: int) -> None:
        self._asking.ask(
            lambda register: register.undo(number),
            lambda _entries: self._anew(),
            changes=True,
            refused=self._conflict,
        )

    def _anew(self) -> None:
        self.forget_typed()
        self.changed.emit()
        self.reload()
