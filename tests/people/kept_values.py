"""Values of every kind, as people and machines could enter them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from emgfeedback.people.plain import field_names
from emgfeedback.people.values import (
    Patient,
    RecordingFile,
    Session,
    TrialResult,
    Value,
)

STARTED = dt.datetime(2026, 3, 9, 8, 7, 6, 543210, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 9)

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
WHOLE = st.integers(-(2**62), 2**62)
_PLAIN = st.recursive(
    st.none() | st.booleans() | WHOLE | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
_SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: WHOLE,
    float: NUMBER,
    bool: st.booleans(),
    dt.date: st.dates(),
    dt.datetime: st.datetimes(
        dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC)
    ),
    Any: _PLAIN,
}


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Return what a field of this type may hold."""
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return st.builds(hint, **{name: of_type(inner) for name, inner in hints.items()})
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        return st.one_of(st.none() if part is type(None) else of_type(part) for part in parts)
    if origin is Mapping:
        return st.dictionaries(TEXT, of_type(parts[1]), max_size=3)
    assert origin is tuple, hint
    if parts[-1] is Ellipsis:
        return st.lists(of_type(parts[0]), max_size=3).map(tuple)
    return st.tuples(*map(of_type, parts))


def values_of(kind: type[Value], **given: Any) -> st.SearchStrategy[Value]:
    """Return new values of a kind, with the given fields and any others."""
    hints = typing.get_type_hints(kind)
    free = [
        name
        for name in field_names(kind)
        if name not in {"id", "version", "patient_id", "session_id", *given}
    ]
    fields = {name: of_type(hints[name]) for name in free}
    owned = {name: given[name] for name in given}
    return st.fixed_dictionaries(fields).map(lambda drawn: kind(**owned, **drawn))


def session_of(patient: Patient, **fields: Any) -> list[Value]:
    """Return a session with a trial and a recording."""
    session = Session(patient_id=patient.id, **{"started_utc": STARTED, **fields})
    own = {"patient_id": patient.id, "session_id": session.id}
    return [
        session,
        TrialResult(**own, number=1, title="Relax", result={"seconds": [1.5, None]}),
        RecordingFile(**own, path=f"recordings/{session.id}.bdf", started_utc=STARTED),
    ]
