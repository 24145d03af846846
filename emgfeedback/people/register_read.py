"""What the register answers: lists, searches, sessions, trends. Removed values are not there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from emgfeedback.core.montage import Side
from emgfeedback.people.plain import field_names
from emgfeedback.people.schema import (
    TABLES,
    date_column,
    value_columns,
    value_of,
)
from emgfeedback.people.search import MOST_WORDS, words
from emgfeedback.people.values import (
    CalibrationResult,
    Injection,
    MeasureTaken,
    OfSession,
    Patient,
    PatientLine,
    RatingGiven,
    RecordingFile,
    Session,
    SessionLine,
    SessionWhole,
    TrialResult,
    Value,
)

V = TypeVar("V", bound=Value)
S = TypeVar("S", bound=OfSession)
_PATIENT, _SESSION = TABLES[Patient], TABLES[Session]
_INJECTION, _MEASURE, RECORDING = TABLES[Injection], TABLES[MeasureTaken], TABLES[RecordingFile]


def one(connection: sa.Connection, kind: type[V], value_id: str) -> tuple[V, bool] | None:
    """Return a value and whether it was removed; None where there never was one."""
    table = TABLES[kind]
    query = sa.select(*value_columns(kind), table.c.deleted_utc).where(table.c.id == value_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else (value_of(kind, row), row["deleted_utc"] is not None)


def all_of(
    connection: sa.Connection, kind: type[V], *, patient_id: str, session_id: str
) -> list[V]:
    """Return the values of a kind, newest first; undated ones in the order they came in."""
    table, date = TABLES[kind], date_column(kind)
    query = sa.select(*value_columns(kind)).where(table.c.deleted_utc.is_(None))
    if patient_id:
        query = query.where((table.c.id if kind is Patient else table.c.patient_id) == patient_id)
    if session_id:
        query = query.where((table.c.id if kind is Session else table.c.session_id) == session_id)
    order = [table.c.added] if date is None else [date.desc(), table.c.added.desc()]
    rows = connection.execute(query.order_by(*order)).mappings()
    return [value_of(kind, row) for row in rows]


def recording(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> RecordingFile | None:
    """Return the first recording of which all of `where` holds."""
    query = sa.select(*value_columns(RecordingFile)).where(RECORDING.c.deleted_utc.is_(None))
    row = connection.execute(query.where(*where).limit(1)).mappings().first()
    return None if row is None else value_of(RecordingFile, row)


def search(
    connection: sa.Connection, text: str, *, limit: int, patient_id: str = ""
) -> list[PatientLine]:
    """Return patients in whose pseudonym, name or notes each word of a text begins a word.

    Notes of sessions count too. Patients seen last come first, those never seen by the day they
    were added.
    """
    asked = list(dict.fromkeys(words(text)))[:MOST_WORDS]
    if text.strip() and not asked:
        return []
    mine = (_SESSION.c.patient_id == _PATIENT.c.id, _SESSION.c.deleted_utc.is_(None))
    seen = sa.select(sa.func.max(_SESSION.c.started_utc)).where(*mine).scalar_subquery()
    seen_or_new = sa.func.coalesce(seen, _PATIENT.c.changed_utc)
    query = sa.select(
        *value_columns(Patient),
        sa.select(sa.func.count()).where(*mine).scalar_subquery().label("n_sessions"),
        seen.label("last_session_utc"),
        sa.select(sa.func.max(_INJECTION.c.on))
        .where(_INJECTION.c.patient_id == _PATIENT.c.id, _INJECTION.c.deleted_utc.is_(None))
        .scalar_subquery()
        .label("last_injection"),
    ).where(_PATIENT.c.deleted_utc.is_(None))
    if patient_id:
        query = query.where(_PATIENT.c.id == patient_id)
    for word in asked:
        in_notes = sa.select(_SESSION.c.patient_id).where(
            _SESSION.c.search > "",
            _SESSION.c.search.contains(f" {word}", autoescape=True),
            _SESSION.c.deleted_utc.is_(None),
            _SESSION.c.patient_id.is_not(None),
        )
        in_person = _PATIENT.c.search.contains(f" {word}", autoescape=True)
        query = query.where(in_person | _PATIENT.c.id.in_(in_notes))
    query = query.order_by(seen_or_new.desc(), _PATIENT.c.added.desc()).limit(limit)
    return [
        PatientLine(
            patient=value_of(Patient, row),
            n_sessions=row["n_sessions"],
            last_session_utc=row["last_session_utc"],
            last_injection=row["last_injection"],
        )
        for row in connection.execute(query).mappings()
    ]


_LINE = tuple(SessionLine.__dataclass_fields__)


def _line_columns() -> list[sa.ColumnElement[Any]]:
    own = [_SESSION.c[name] for name in _LINE if name in _SESSION.c]
    recordings = (
        sa.select(sa.func.count())
        .where(RECORDING.c.session_id == _SESSION.c.id, RECORDING.c.deleted_utc.is_(None))
        .scalar_subquery()
    )
    pseudonym = sa.func.coalesce(_PATIENT.c.pseudonym, "")
    return [*own, pseudonym.label("pseudonym"), recordings.label("n_recordings")]


_WITH_PATIENT = _SESSION.outerjoin(_PATIENT, _SESSION.c.patient_id == _PATIENT.c.id)


def session_lines(
    connection: sa.Connection,
    *where: sa.ColumnElement[bool],
    limit: int | None = None,
    offset: int = 0,
) -> list[SessionLine]:
    """Return sessions as lines, newest first."""
    query = (
        sa.select(*_line_columns())
        .select_from(_WITH_PATIENT)
        .where(_SESSION.c.deleted_utc.is_(None), *where)
        .order_by(_SESSION.c.started_utc.desc(), _SESSION.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return _lines(connection.execute(query).mappings())


def _lines(rows: Iterable[sa.RowMapping]) -> list[SessionLine]:
    return [msgspec.convert({name: row[name] for name in _LINE}, SessionLine) for row in rows]


def of_patient(patient_id: str) -> sa.ColumnElement[bool]:
    """Return what limits sessions to a patient's; an empty id: to nobody's."""
    column = _SESSION.c.patient_id
    return column == patient_id if patient_id else column.is_(None)


def whole(connection: sa.Connection, session: Session) -> SessionWhole:
    """Return a session with all that belongs to it, in the order it came in."""

    def parts(kind: type[S]) -> tuple[S, ...]:
        table = TABLES[kind]
        query = (
            sa.select(*value_columns(kind))
            .where(table.c.session_id == session.id, table.c.deleted_utc.is_(None))
            .order_by(table.c.added)
        )
        return tuple(value_of(kind, row) for row in connection.execute(query).mappings())

    return SessionWhole(
        session=session,
        trials=parts(TrialResult),
        calibrations=parts(CalibrationResult),
        ratings=parts(RatingGiven),
        measures=parts(MeasureTaken),
        recordings=parts(RecordingFile),
    )


def trend(
    connection: sa.Connection,
    patient_id: str,
    key: str,
    *,
    muscle: str,
    side: Side | None,
    posture: str,
) -> list[tuple[SessionLine, MeasureTaken]]:
    """Return a measure over a patient's sessions, oldest first."""
    own = [column.label(f"measure_{column.name}") for column in value_columns(MeasureTaken)]
    query = (
        sa.select(*_line_columns(), *own)
        .select_from(_WITH_PATIENT.join(_MEASURE, _MEASURE.c.session_id == _SESSION.c.id))
        .where(
            _MEASURE.c.patient_id == patient_id,
            _MEASURE.c.key == key,
            _MEASURE.c.deleted_utc.is_(None),
            _SESSION.c.deleted_utc.is_(None),
        )
        .order_by(_SESSION.c.started_utc, _SESSION.c.id, _MEASURE.c.added)
    )
    if muscle:
        query = query.where(_MEASURE.c.muscle == muscle)
    if side is not None:
        query = query.where(_MEASURE.c.side == side.value)
    if posture:
        query = query.where(_MEASURE.c.posture == posture)
    return [
        (
            msgspec.convert({name: row[name] for name in _LINE}, SessionLine),
            msgspec.convert(
                {name: row[f"measure_{name}"] for name in field_names(MeasureTaken)}, MeasureTaken
            ),
        )
        for row in connection.execute(query).mappings()
    ]
