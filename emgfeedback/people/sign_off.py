"""Signing off an assessment: who has read it, when, and whether it is still the one they read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emgfeedback.core.errors import AccessError
from emgfeedback.people.plain import utc_now
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Session, SignedOff

_SEAL_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest sign-off of a session, None: there is none; `holds`: nothing changed since."""

    signed: SignedOff | None = None
    holds: bool = False


def seal_of(assessment: Mapping[str, Any]) -> str:
    """Return a mark that changes with every number, edge and way an assessment tells of.

    Parameters
    ----------
    assessment
        Of `Assessment.as_dict()`, as made or as read back.
    """
    text = json.dumps(assessment, ensure_ascii=False, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_SEAL_DIGITS]


def sign_off(register: Register, session_id: str, assessment: Mapping[str, Any]) -> SignedOff:
    """Keep that whoever asks has read `assessment`; the audit notes it.

    Raises
    ------
    AccessError
        Only a clinician signs off.
    RegisterError
        There is no such session.
    """
    if register.role is not Role.CLINICIAN:
        raise AccessError("A patient may not sign off.", "Ask your clinic.")
    session = register.get(Session, session_id)
    return register.put(
        SignedOff(
            patient_id=session.patient_id,
            session_id=session_id,
            signed_at=utc_now(),
            signed_by=register.who,
            seal=seal_of(assessment),
        )
    )


def standing(register: Register, session_id: str, assessment: Mapping[str, Any]) -> Standing:
    """Return who signed off a session last, and whether `assessment` is what they read."""
    signed = register.all_of(SignedOff, session_id=session_id)
    if not signed:
        return Standing()
    return Standing(signed[0], signed[0].seal == seal_of(assessment))
