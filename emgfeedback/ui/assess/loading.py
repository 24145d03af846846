"""What the page of assessments asks of the register, and the measuring off the screen's thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emgfeedback.core.errors import ConfigError, EmgFeedbackError
from emgfeedback.measures.assessment_compare import Comparison, compare
from emgfeedback.measures.assessment_notable import Notable, what_stands_out
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.roles import Role
from emgfeedback.people.values import (
    Examination,
    Injection,
    Patient,
    Session,
    SessionKind,
    SessionLine,
    SignedOff,
)
from emgfeedback.training.movements import MOVEMENTS
from emgfeedback.training.postures import Beside, beside
from emgfeedback.ui.session.loading import RecordingPlace, last_change, load

if TYPE_CHECKING:
    from emgfeedback.core.files import Files
    from emgfeedback.people.register import Register
    from emgfeedback.people.sign_off import Standing

MOST_SESSIONS = 10_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A recording before injections in the list, and who signed it off last."""

    line: SessionLine
    signed: SignedOff | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A session to show.

    Attributes
    ----------
    register
        Asked again by the measuring, on a thread of its own.
    kept
        Its assessment as kept, None: it has to be measured.
    injections
        Those up to its day, newest first.
    """

    register: Register
    session: Session
    patient: Patient | None
    recordings: tuple[RecordingPlace, ...]
    kept: Mapping[str, Any] | None
    injections: tuple[Injection, ...]
    examination: Examination | None
    may_change: bool

    @property
    def day(self) -> dt.date:
        """The clinic's day of the recording."""
        return self.session.started_utc.astimezone().date()

    def place_of(self, assessment: Mapping[str, Any]) -> RecordingPlace | None:
        """Return the recording an assessment was made from."""
        row_id = assessment["made_from"]["recording"]
        return next((place for place in self.recordings if place.row.id == row_id), None)


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything the page shows of an assessment.

    Attributes
    ----------
    fresh
        It was measured now and is still to be kept.
    beside
        What the posture lets expect beside what was measured; empty where none is entered.
    beside_refused
        Why there is no such table though one is, in words.
    before, earlier
        The visit before and its assessment, None: there is none.
    """

    assessment: Mapping[str, Any]
    notable: tuple[Notable, ...]
    before: SessionLine | None
    earlier: Mapping[str, Any] | None
    comparison: Comparison | None
    fresh: bool
    beside: tuple[Beside, ...] = ()
    beside_refused: str = ""


def recordings_of(register: Register, patient_id: str) -> list[Listed]:
    """Return the recordings before injections of a person, newest first; empty id: nobody's."""
    lines = register.sessions_of(patient_id, MOST_SESSIONS) if patient_id else register.unassigned()
    signed: dict[str, SignedOff] = {}
    if patient_id:
        for one in register.all_of(SignedOff, patient_id):
            signed.setdefault(one.session_id, one)
    return [
        Listed(line, signed.get(line.id))
        for line in lines
        if line.kind is SessionKind.ASSESSMENT and line.n_recordings
    ]


def open_session(register: Register, folder: DataFolder, session_id: str, files: Files) -> Opened:
    """Return a session with what is known around it, and its assessment where one is kept.

    Raises
    ------
    RegisterError
        It was removed, or never was.
    """
    from emgfeedback.people.assessments import (  # noqa: PLC0415 - loads the database
        read_assessment,
    )

    shown = load(register, session_id)
    session, of = shown.whole.session, shown.whole.session.patient_id
    day = session.started_utc.astimezone().date()
    injections = [one for one in register.all_of(Injection, of) if one.on <= day] if of else []
    examined = register.all_of(Examination, of) if of else []
    return Opened(
        register=register,
        session=session,
        patient=shown.patient,
        recordings=shown.recordings,
        kept=read_assessment(register, folder, session_id, files),
        injections=tuple(injections),
        examination=next((one for one in examined if one.session_id == session_id), None),
        may_change=shown.may_change,
    )


def measure(
    opened: Opened, folder: DataFolder, files: Files, unwanted: Callable[[], bool]
) -> Measured | EmgFeedbackError | None:
    """Measure a session, unless its assessment is kept, and compare it with the visit before.

    Runs on a thread of its own. What cannot be measured is returned as the refusal; None where
    `unwanted` came true on the way.
    """
    from emgfeedback.people.assessments import (  # noqa: PLC0415 - loads the database
        assess_filed,
        previous_assessment,
    )

    session_id = opened.session.id
    try:
        told = opened.kept
        if told is None:
            told = assess_filed(opened.register, folder, session_id, MOVEMENTS, files=files)
        if unwanted():
            return None
        before = previous_assessment(opened.register, folder, session_id, MOVEMENTS, files)
        comparison = compare(told, before[1]) if before is not None else None
    except EmgFeedbackError as error:
        return error
    except Exception:
        if unwanted():  # the register was closed under it
            return None
        raise
    expected, refused = _expected(opened.examination, told)
    return Measured(
        assessment=told,
        notable=tuple(what_stands_out(told, MOVEMENTS)),
        before=before[0] if before is not None else None,
        earlier=before[1] if before is not None else None,
        comparison=comparison,
        fresh=opened.kept is None,
        beside=expected,
        beside_refused=refused,
    )


def _expected(
    examination: Examination | None, told: Mapping[str, Any]
) -> tuple[tuple[Beside, ...], str]:
    if examination is None or not examination.postures:
        return (), ""
    try:
        return tuple(beside(examination.postures, told)), ""
    except ConfigError as error:
        return (), str(error)


def keep_and_stand(
    register: Register, folder: DataFolder, measured: Measured, files: Files
) -> Standing:
    """Keep what was measured now, and return whether the assessment is signed off."""
    from emgfeedback.people.assessments import (  # noqa: PLC0415 - loads the database
        keep_assessment,
        read_assessment,
    )
    from emgfeedback.people.sign_off import standing  # noqa: PLC0415 - as above

    if register.role is Role.CLINICIAN:
        if measured.fresh:
            keep_assessment(register, folder, measured.assessment, files)
        earlier = measured.earlier
        if earlier is not None and measured.before is not None:
            kept = read_assessment(register, folder, measured.before.id, files)
            if kept is None:
                keep_assessment(register, folder, earlier, files)
    return standing(register, str(measured.assessment["session_id"]), measured.assessment)


def sign(register: Register, measured: Measured) -> int:
    """Sign off an assessment as whoever asks, and return the number that takes it back."""
    from emgfeedback.people.sign_off import sign_off  # noqa: PLC0415 - loads the database

    session_id = str(measured.assessment["session_id"])
    return last_change(register, sign_off(register, session_id, measured.assessment).id)
