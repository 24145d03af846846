"""Values as plain mappings, and back: what the audit keeps, and what JSON can hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from emgfeedback.core.errors import RegisterError
from emgfeedback.people.values import PATIENT_KINDS, Patient, Value

V = TypeVar("V", bound=Value)
KINDS: tuple[type[Value], ...] = (Patient, *PATIENT_KINDS)
"""Every kind the register keeps, owners before what they own."""
BY_NAME: dict[str, type[Value]] = {kind.__name__: kind for kind in KINDS}
RANK: dict[type[Value], int] = {kind: place for place, kind in enumerate(KINDS)}


def field_names(kind: type[Value]) -> tuple[str, ...]:
    """Return the names of a kind's fields, in order."""
    return tuple(kind.__dataclass_fields__)


def utc_now() -> dt.datetime:
    """Return the present time in UTC."""
    return dt.datetime.now(dt.UTC)


def checked(value: V) -> tuple[V, dict[str, Any]]:
    """Return a value as it will be read back, and as a plain mapping.

    Raises
    ------
    RegisterError
        A field has the wrong type, a number is not finite, a time has no zone, or a text
        holds what no database keeps.
    """
    kind = type(value)
    if kind not in RANK:
        raise RegisterError(f"The register keeps no {kind.__name__}.", "This is a bug: report it.")
    in_utc: dict[str, Any] = {}
    for name in field_names(kind):
        given = getattr(value, name)
        if isinstance(given, int) and not -(2**63) <= given < 2**63:
            raise _refusal(value, f"{name} {given:.3g} has more than 64 bits")
        if isinstance(given, dt.datetime):
            if given.tzinfo is None:
                raise _refusal(value, f"{name} {given} names no time zone")
            if given.tzinfo is not dt.UTC:
                in_utc[name] = given.astimezone(dt.UTC)
    if in_utc:
        value = dataclasses.replace(value, **in_utc)
    try:
        text = dumps(msgspec.to_builtins(value, str_keys=True))
        text.encode()
        plain = json.loads(text)
        kept = msgspec.convert(plain, kind)
    except (TypeError, ValueError) as error:
        raise _refusal(value, str(error)) from error
    if "\\u0000" in text and _has_nul(plain):
        raise _refusal(value, "a text holds the character NUL")
    return kept, plain


def from_plain(kind: type[V], plain: Mapping[Any, Any]) -> V:
    """Return the value a plain mapping describes; names it does not know are left out."""
    try:
        return msgspec.convert(plain, kind)
    except (TypeError, ValueError) as error:
        raise RegisterError(
            f"A {kind.__name__} in the register cannot be read: {error}.",
            "Restore a backup, and report this.",
        ) from error


def to_plain(value: Value) -> dict[str, Any]:
    """Return a kept value as the plain mapping JSON gives back."""
    plain: dict[str, Any] = json.loads(dumps(msgspec.to_builtins(value, str_keys=True)))
    return plain


def dumps(plain: object) -> str:
    """Return JSON; a number that is not finite raises ValueError."""
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _has_nul(plain: object) -> bool:
    if isinstance(plain, str):
        return "\0" in plain
    if isinstance(plain, dict):
        return any(_has_nul(key) or _has_nul(item) for key, item in plain.items())
    return isinstance(plain, list) and any(map(_has_nul, plain))


def _refusal(value: Value, why: str) -> RegisterError:
    return RegisterError(
        f"A {type(value).__name__} cannot be kept: {why.splitlines()[0]}.",
        "Correct the entry; leave out what is not known.",
    )
