"""The register: people, their sessions and the days between, kept with who changed what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from emgfeedback.core.errors import AccessError, RegisterError
from emgfeedback.core.montage import Side
from emgfeedback.people import audit, register_read
from emgfeedback.people.database import Database
from emgfeedback.people.folder import other_form
from emgfeedback.people.register_write import Operation
from emgfeedback.people.roles import Role
from emgfeedback.people.values import (
    AuditEntry,
    CheckIn,
    MeasureTaken,
    MovedEdge,
    OfPatient,
    OfSession,
    Patient,
    PatientLine,
    RatingGiven,
    RecordingFile,
    Session,
    SessionKind,
    SessionLine,
    SessionWhole,
    SignedOff,
    Value,
)

V = TypeVar("V", bound=Value)


class Register:
    """What a person may see and change of the register.

    It keeps no state but who asks, so any thread may call it; each call is one transaction, and
    writers of all windows and rooms take turns. The window calls it from one background thread at
    a time.

    Parameters
    ----------
    database
        Where it lies; whoever opened it closes it.
    who
        Name the audit shows.
    role
        What `who` may do.
    patient_id
        Whose data a patient may see; only with `Role.PATIENT`.
    """

    def __init__(self, database: Database, *, who: str, role: Role, patient_id: str = "") -> None:
        if (role is Role.PATIENT) != bool(patient_id):
            raise AccessError(
                "A patient's register needs the patient it is for, a clinician's has none.",
                "This is a bug: report it.",
            )
        self.database = database
        self.who = who
        self.role = role
        self._only = patient_id

    def for_patient(self, patient_id: str) -> Register:
        """Return the same register as this patient may see it; the audit notes the hand-over.

        Raises
        ------
        AccessError
            Only a clinician hands over.
        RegisterError
            There is no such patient.
        """
        self._clinician("hand over")
        patient = self.get(Patient, patient_id)
        self.note("open", patient_id, {"as": "patient"})
        return Register(
            self.database, who=patient.pseudonym, role=Role.PATIENT, patient_id=patient_id
        )

    # Values

    def get(self, kind: type[V], value_id: str) -> V:
        """Return a value.

        Raises
        ------
        RegisterError
            There is none, or it was removed.
        AccessError
            It is another patient's.
        """
        with self.database.reading() as connection:
            return self._get(connection, kind, value_id)

    def _get(self, connection: sa.Connection, kind: type[V], value_id: str) -> V:
        found = register_read.one(connection, kind, value_id)
        if found is None or (self._only and _patient_of(found[0]) != self._only):
            if self._only:
                raise AccessError(f"This {kind.__name__.lower()} is not yours.")
            raise RegisterError(
                f"There is no {kind.__name__.lower()} {value_id}.", "It may have been erased."
            )
        if found[1]:
            raise RegisterError(f"This {kind.__name__.lower()} was removed.", "Undo that first.")
        return found[0]

    def all_of(self, kind: type[V], patient_id: str = "", session_id: str = "") -> list[V]:
        """Return the values of a kind, of a patient or session where one is named.

        Newest first by their date; trials, calibrations, ratings and measures, which have none,
        in the order they came in.
        """
        with self.database.reading() as connection:
            return register_read.all_of(
                connection, kind, patient_id=self._may_see(patient_id), session_id=session_id
            )

    def knows(self, kind: type[Value], value_id: str) -> bool:
        """Whether a value of this id is or ever was here; also one that was removed."""
        with self.database.reading() as connection:
            return register_read.one(connection, kind, value_id) is not None

    def recording_at(self, name: str) -> RecordingFile | None:
        """Return the recording of a file, named as encrypted or as plain; None: there is none."""
        return self._recording(register_read.RECORDING.c.path.in_((name, other_form(name))))

    def recording_with(self, sha256: str) -> RecordingFile | None:
        """Return a recording with this content; None: there is none."""
        return self._recording(register_read.RECORDING.c.sha256 == sha256)

    def _recording(self, *where: sa.ColumnElement[bool]) -> RecordingFile | None:
        if self._only:
            where = (*where, register_read.RECORDING.c.patient_id == self._only)
        with self.database.reading() as connection:
            return register_read.recording(connection, *where)

    def put(self, value: V) -> V:
        """Keep a value, new (version 0) or changed, and return it with its new version.

        A session given to another patient takes along what belongs to it.

        Raises
        ------
        ConflictError
            Somebody changed or removed it since it was read.
        AccessError
            The role may not.
        RegisterError
            It names nobody, or a pseudonym that is taken, or holds what cannot be kept.
        """
        return self.put_all([value])[0]

    def put_all(self, values: Sequence[V]) -> list[V]:
        """Keep several values, all or none of them, and return them with their new versions.

        Their order is free: a session may follow its trials.
        """
        with self.database.writing() as connection:
            journal = audit.Journal(connection, self.who, self.role)
            self._may_put(connection, values)
            kept = Operation(journal).put(values)
            journal.write()
        return [kept[value.id] for value in values]  # type: ignore[misc]  # each as it came, under its id

    def remove(self, value: Value) -> int:
        """Hide a value and all that belongs to it, and return the number that undoes it.

        Raises
        ------
        ConflictError
            Somebody changed or removed it since it was read.
        """
        self._clinician("remove")
        with self.database.writing() as connection:
            journal = audit.Journal(connection, self.who, self.role)
            Operation(journal).remove(value)
            journal.write()
        return journal.operation

    def undo(self, number: int | None = None) -> list[AuditEntry]:
        """Take back all that was written together with an audit entry.

        An undo can be undone.

        Parameters
        ----------
        number
            Of the entry; None: the last change by the same person that still stands.

        Returns
        -------
        list of AuditEntry
            What was done; empty where there was nothing to take back.

        Raises
        ------
        ConflictError
            Somebody changed it since.
        """
        self._clinician("undo")
        with self.database.writing() as connection:
            if number is None:
                number = audit.last_own(connection, self.who, self.role)
                if number is None:
                    return []
            entries = audit.operation_of(connection, number)
            if not entries:
                raise RegisterError(f"There is no change number {number}.")
            journal = audit.Journal(connection, self.who, self.role, entries[0]["operation"])
            Operation(journal, action="undo").take_back(entries)
            return journal.write()

    # Who did what

    def audit(self, patient_id: str = "", limit: int = 200) -> list[AuditEntry]:
        """Return who changed what, newest first, of one patient where one is named."""
        self._clinician("read the audit")
        with self.database.reading() as connection:
            return audit.entries(connection, patient_id=patient_id, limit=limit)

    def note(
        self, action: str, patient_id: str = "", told: Mapping[str, Any] | None = None
    ) -> AuditEntry:
        """Note in the audit what changes no value: `open`, `export`, `erase`."""
        if action in audit.CHANGES:
            raise RegisterError(f"{action} is noted by the change itself.", "This is a bug.")
        with self.database.writing() as connection:
            journal = audit.Journal(connection, self.who, self.role)
            journal.add(action, "", "", self._may_see(patient_id), after=told)
            return journal.write()[0]

    # Lists

    def search(self, text: str = "", limit: int = 50) -> list[PatientLine]:
        """Return patients with all words of a text, as beginnings, in pseudonym, name or notes.

        Case and accents do not count. Last seen first; an empty text finds everybody.
        """
        with self.database.reading() as connection:
            return register_read.search(connection, text, limit=limit, patient_id=self._only)

    def recent_sessions(self, limit: int = 20) -> list[SessionLine]:
        """Return the newest sessions of all patients and of nobody."""
        own = [register_read.of_patient(self._only)] if self._only else []
        with self.database.reading() as connection:
            return register_read.session_lines(connection, *own, limit=limit)

    def sessions_of(self, patient_id: str, limit: int = 200, offset: int = 0) -> list[SessionLine]:
        """Return a patient's sessions, newest first."""
        mine = register_read.of_patient(self._may_see(patient_id))
        with self.database.reading() as connection:
            return register_read.session_lines(connection, mine, limit=limit, offset=offset)

    def unassigned(self) -> list[SessionLine]:
        """Return the sessions not given to anybody, newest first; a patient sees none."""
        if self._only:
            return []
        with self.database.reading() as connection:
            return register_read.session_lines(connection, register_read.of_patient(""))

    def session(self, session_id: str) -> SessionWhole:
        """Return a session with all that belongs to it.

        Raises
        ------
        RegisterError
            There is none, or it was removed.
        AccessError
            It is another patient's.
        """
        with self.database.reading() as connection:
            return register_read.whole(connection, self._get(connection, Session, session_id))

    def trend(
        self,
        patient_id: str,
        key: str,
        muscle: str = "",
        side: Side | None = None,
        posture: str = "",
    ) -> list[tuple[SessionLine, MeasureTaken]]:
        """Return a measure over a patient's sessions, oldest first.

        An empty muscle or posture, and no side, stand for any.
        """
        with self.database.reading() as connection:
            return register_read.trend(
                connection,
                self._may_see(patient_id),
                key,
                muscle=muscle,
                side=side,
                posture=posture,
            )

    # Access

    def _may_see(self, patient_id: str) -> str:
        """Return the patient a question is limited to."""
        if self._only and patient_id not in {"", self._only}:
            raise AccessError("This belongs to another patient.", "Ask your clinic.")
        return self._only or patient_id

    def _clinician(self, what: str) -> None:
        if self.role is not Role.CLINICIAN:
            raise AccessError(f"A patient may not {what}.", "Ask your clinic.")

    def _may_put(self, connection: sa.Connection, values: Iterable[Value]) -> None:
        if not self._only:
            return
        given = {value.id: value for value in values}
        for value in given.values():
            home = isinstance(value, Session) and value.kind is SessionKind.HOME
            if isinstance(value, OfSession) and not isinstance(value, RatingGiven):
                session = given.get(value.session_id) or self._get(
                    connection, Session, value.session_id
                )
                home = isinstance(session, Session) and session.kind is SessionKind.HOME
            judged = isinstance(value, MovedEdge | SignedOff)
            allowed = (home or isinstance(value, CheckIn | RatingGiven)) and not judged
            if not allowed or value.version > 0 or _patient_of(value) != self._only:
                raise AccessError(
                    "A patient may add own check-ins, ratings and home sessions, nothing else.",
                    "Ask your clinic to change this.",
                )


def _patient_of(value: Value) -> str:
    if isinstance(value, Patient):
        return value.id
    return value.patient_id if isinstance(value, OfPatient) else ""
