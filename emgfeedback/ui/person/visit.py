"""The visit under way: whose it is, and what was recorded during it finds its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from emgfeedback.core.errors import ConfigError
from emgfeedback.people.desk import Desk
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.roles import Role
from emgfeedback.people.values import GivenPlan, Patient, Session, SessionKind
from emgfeedback.training.programme import PROGRAMME, load_programme
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person.person_now import (
    CLINIC,
    HOME,
    MOST_SESSIONS,
    plan_in_force,
    sessions_done,
)

if TYPE_CHECKING:
    from emgfeedback.people.register import Register


class Visit(QObject):
    """Whose visit it is; files what ends during it.

    A recording belongs to whom it was begun for, also where the visit ended before it did.

    Signals
    -------
    changed
        Somebody else's visit, or nobody's.
    plan_known
        Name of the plan that comes next for the visit's person: the given one, or that of the
        programme; empty for none.
    told
        A notice on what became of a recording; the session filed, or None.
    """

    changed = Signal()
    plan_known = Signal(str)
    told = Signal(object, object)

    def __init__(self, desk: Desk, folder: DataFolder, owner: QObject) -> None:
        super().__init__(owner)
        self.patient: Patient | None = None
        self.at_home = False
        """Whether what is recorded for the person is practice at home."""
        self._folder = folder
        self._asking = Asking(desk, self)
        self._whose: dict[str, tuple[Patient, bool]] = {}

    def start(self, patient: Patient) -> None:
        """Begin the visit of `patient`."""
        self.patient = patient
        self.changed.emit()
        self._asking.ask(
            lambda register: next_plan(register, patient.id),
            lambda name: self._tell_plan(patient, name),
            topic="plan",
        )

    def end(self) -> None:
        """Let go of the person."""
        self.patient = None
        self.changed.emit()
        self.plan_known.emit("")

    def notice_recording(self, path: str) -> None:
        """Remember for whom the recording `path` was begun."""
        if self.patient is not None and path:
            self._whose.setdefault(path, (self.patient, self.at_home))

    def file(self, finished: Sequence[tuple[Path | None, Path | None]]) -> None:
        """Put what has ended into the register, in the background."""
        for recording, summary in finished:
            now = (self.patient, self.at_home)
            patient, at_home = self._whose.pop(str(recording), now)
            self._file_one(recording, summary, patient, at_home=at_home)

    def _file_one(
        self,
        recording: Path | None,
        summary: Path | None,
        patient: Patient | None,
        *,
        at_home: bool,
    ) -> None:
        folder, desk = self._folder, self._asking.desk
        patient_id = patient.id if patient is not None else ""
        kind = SessionKind.VISIT if summary is not None else SessionKind.FREE
        if desk.patient_id or (at_home and patient is not None):
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

    def _tell_plan(self, patient: Patient, name: str) -> None:
        if self.patient == patient:
            self.plan_known.emit(name)

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


def next_plan(register: Register, patient_id: str) -> str:
    """Return the name of the plan that comes next; empty where nothing was given at home."""
    at_home = register.role is Role.PATIENT
    given = plan_in_force(register.all_of(GivenPlan, patient_id), HOME if at_home else CLINIC)
    if given is not None or at_home:
        return given.name if given is not None else ""
    try:
        programme = load_programme(PROGRAMME)
    except ConfigError:  # the page of plans tells what is wrong with it
        return ""
    following = programme.session_after(
        sessions_done(register.sessions_of(patient_id, MOST_SESSIONS))
    )
    return following.plan if following is not None else ""
