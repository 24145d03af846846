"""The visit under way: whose it is, and what was recorded during it finds its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from emgfeedback.people.desk import Desk
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.roles import Role
from emgfeedback.people.values import GivenPlan, Patient, Session, SessionKind
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.notices import Notice

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

CLINIC, HOME = "clinic", "home"


class Visit(QObject):
    """Whose visit it is; files what ends during it.

    A recording belongs to whom it was begun for, also where the visit ended before it did.

    Signals
    -------
    changed
        Somebody else's visit, or nobody's.
    plan_known
        The given plan of the visit's person, or None.
    told
        A notice on what became of a recording; the session filed, or None.
    """

    changed = Signal()
    plan_known = Signal(object)
    told = Signal(object, object)

    def __init__(self, desk: Desk, folder: DataFolder, owner: QObject) -> None:
        super().__init__(owner)
        self.patient: Patient | None = None
        self._folder = folder
        self._asking = Asking(desk, self)
        self._whose: dict[str, Patient] = {}

    def start(self, patient: Patient) -> None:
        """Begin the visit of `patient`."""
        self.patient = patient
        self.changed.emit()
        self._asking.ask(
            lambda register: plan_in_force(register, patient.id, _where(register)),
            lambda plan: self._tell_plan(patient, plan),
            topic="plan",
        )

    def end(self) -> None:
        """Let go of the person."""
        self.patient = None
        self.changed.emit()
        self.plan_known.emit(None)

    def notice_recording(self, path: str) -> None:
        """Remember for whom the recording `path` was begun."""
        if self.patient is not None and path:
            self._whose.setdefault(path, self.patient)

    def file(self, finished: Sequence[tuple[Path | None, Path | None]]) -> None:
        """Put what has ended into the register, in the background."""
        for recording, summary in finished:
            begun_for = self._whose.pop(str(recording), None)
            self._file_one(recording, summary, begun_for or self.patient)

    def _file_one(
        self, recording: Path | None, summary: Path | None, patient: Patient | None
    ) -> None:
        folder, desk = self._folder, self._asking.desk
        patient_id = patient.id if patient is not None else ""
        kind = SessionKind.VISIT if summary is not None else SessionKind.FREE
        if desk.patient_id:
            kind = SessionKind.HOME

        def keep(register: Register) -> Session:
            from emgfeedback.people.filing import file_session  # noqa: PLC0415 - loads the database

            return file_session(
                register,
                folder,
                patient_id=patient_id,
                kind=kind,
                recording=recording,
                summary=summary,
                files=desk.files,
            )

        self._asking.ask(
            keep,
            lambda session: self.told.emit(self._kept(session, patient), session),
            changes=True,
            refused=lambda why: self.told.emit(self._not_kept(why), None),
        )

    def _tell_plan(self, patient: Patient, plan: GivenPlan | None) -> None:
        if self.patient == patient:
            self.plan_known.emit(plan)

    def _kept(self, session: Session, patient: Patient | None) -> Notice:
        what = session.plan_title or self.tr("Recording")
        if patient is None:
            said = self.tr("%1 is kept without a person.").replace("%1", what)
            return Notice("info", said, self.tr("Give it to somebody now, or later on Home."))
        said = self.tr("%1 is kept for %2.").replace("%2", patient.pseudonym)
        return Notice("info", said.replace("%1", what), "")

    def _not_kept(self, why: str) -> Notice:
        safe = self.tr("The files are safe on disk; Home offers them again.")
        return Notice("check", self.tr("Not in the records yet"), f"{why} {safe}")


def _kind(register: Register, *, with_plan: bool) -> SessionKind:
    """Return what a session is: at home, where the patient is at the screen alone."""
    if register.role is Role.PATIENT:
        return SessionKind.HOME
    return SessionKind.VISIT if with_plan else SessionKind.FREE


def _where(register: Register) -> str:
    return HOME if register.role is Role.PATIENT else CLINIC


def plan_in_force(register: Register, patient_id: str, where: str = CLINIC) -> GivenPlan | None:
    """Return the newest plan given to a patient that still holds."""
    given = register.all_of(GivenPlan, patient_id)
    return next((plan for plan in given if plan.active and plan.where == where), None)
