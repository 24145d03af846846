"""A session as FHIR R4: a bundle of one patient, observations, and a report with its PDF.

Structure after HL7 FHIR 4.0.1. Measures and ratings have codes of our own; no code system covers
them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from emgfeedback.core.errors import UsageError
from emgfeedback.core.files import for_owner_only
from emgfeedback.core.montage import MUSCLES, Side
from emgfeedback.exchange.sharing import Sharing
from emgfeedback.people.values import MeasureTaken, OfSession, Patient, RatingGiven, SessionWhole
from emgfeedback.records.export import new_file

Json = dict[str, Any]
CODES = "urn:uuid:0d8d2c4e-4d5e-5a53-9f0e-7f0f5b3f6a61"
"""Names our own codes; FHIR wants an address for every system of codes."""
PSEUDONYMS = "urn:uuid:5b1d7c1e-59a7-5c39-8a55-2a8a6a1d2f0c"
_NAMESPACE = uuid.UUID("9f3c4b0a-6c0e-4f62-8c53-0b8f4ad1a0e7")
_UCUM = {"uV": "uV", "%": "%", "s": "s", "Hz": "Hz", "mm": "mm", "deg": "deg", "": "1"}
_WORDS = {
    "success": "Time on target",
    "success_fixed": "Time on the fixed target",
    "excluded": "Time left out of the score",
    "rest": "Resting level",
    "rest_of_reference": "Resting level of a reference contraction",
    "asymmetry_rest": "Left-right asymmetry at rest",
    "let_go": "Level with the head let go",
    "let_go_of_reference": "Level with the head let go, of a reference contraction",
    "asymmetry_let_go": "Left-right asymmetry with the head let go",
    "trick_index": "Effect of a sensory trick",
}


def session_bundle(
    whole: SessionWhole, patient: Patient, pdf: bytes = b"", names: Sequence[str] = ()
) -> Json:
    """Return a session as a FHIR R4 Bundle of type collection.

    Parameters
    ----------
    patient
        Appears by the pseudonym alone.
    pdf
        The report, as it should be attached; it goes in unread, so make it without the name.
    names
        Further names no text may hold, beside the patient's own.

    Raises
    ------
    UsageError
        The pseudonym tells the name.
    """
    sharing = Sharing(patient.pseudonym, names=(patient.name, *names))
    if sharing.tells_name(patient.pseudonym):
        raise UsageError(
            f"{patient.pseudonym!r} is no pseudonym: it tells the name.", "Change it first."
        )
    who = _entry(
        "Patient",
        f"{patient.id} {patient.pseudonym}",
        {"identifier": [{"system": PSEUDONYMS, "value": patient.pseudonym}]},
    )
    subject = {"reference": who["fullUrl"]}
    at = whole.session.started_utc.isoformat(timespec="milliseconds")
    observations = [_measure(m, subject, at, sharing) for m in whole.measures]
    observations += [_rating(r, subject, at, sharing) for r in whole.ratings]
    report: Json = {
        "status": "final" if whole.session.finished else "partial",
        "code": _code("session", "Session of EMG biofeedback of the neck"),
        "subject": subject,
        "effectiveDateTime": at,
    }
    if observations:
        report["result"] = [{"reference": entry["fullUrl"]} for entry in observations]
    if pdf:
        report["presentedForm"] = [
            {
                "contentType": "application/pdf",
                "data": base64.b64encode(pdf).decode("ascii"),
                "size": len(pdf),
                "hash": base64.b64encode(hashlib.sha1(pdf, usedforsecurity=False).digest()).decode(
                    "ascii"
                ),
                "title": "Session report",
            }
        ]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": at,
        "entry": [who, *observations, _entry("DiagnosticReport", whole.session.id, report)],
    }


def write_bundle(bundle: Json, out: Path) -> None:
    """Write `bundle` to the new file `out`.

    Raises
    ------
    RecordingError
        `out` exists or cannot be written; nothing is left behind.
    """
    text = json.dumps(bundle, ensure_ascii=False, indent=1, allow_nan=False)
    with new_file(out) as part, open(part, "x", encoding="utf-8", opener=for_owner_only) as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _measure(taken: MeasureTaken, subject: Json, at: str, sharing: Sharing) -> Json:
    content = _observation(taken, subject, at, taken.key, "procedure")
    if taken.value is None:
        content["dataAbsentReason"] = {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
                    "code": "unknown",
                }
            ]
        }
    else:
        content["valueQuantity"] = _quantity(taken.value, taken.unit)
    muscle = sharing.cleaned(MUSCLES.get(taken.muscle, taken.muscle))
    if muscle:
        side = "" if taken.side is Side.MIDLINE else f", {taken.side.value}"
        content["bodySite"] = {"text": muscle + side}
    notes = [sharing.cleaned(text) for text in (taken.conditions, taken.posture)]
    if any(notes):
        content["note"] = [{"text": text} for text in notes if text]
    return _entry("Observation", taken.id, content)


def _rating(given: RatingGiven, subject: Json, at: str, sharing: Sharing) -> Json:
    key = sharing.cleaned(given.key) or "rating"
    content = _observation(given, subject, at, f"rating_{key}", "survey")
    content["code"]["text"] = f"{key.replace('_', ' ').capitalize()}, 0 to 10, {given.when}"
    if given.value is not None:
        content["valueInteger"] = given.value
    return _entry("Observation", given.id, content)


def _observation(value: OfSession, subject: Json, at: str, key: str, category: str) -> Json:
    return {
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": category,
                    }
                ]
            }
        ],
        "code": _code(key, _WORDS.get(key, key.replace("_", " ").capitalize())),
        "subject": subject,
        "effectiveDateTime": at,
    }


def _quantity(value: float, unit: str) -> Json:
    quantity: Json = {"value": value}
    if unit:
        quantity["unit"] = unit
    if unit in _UCUM:
        quantity |= {"system": "http://unitsofmeasure.org", "code": _UCUM[unit]}
    return quantity


def _code(code: str, text: str) -> Json:
    return {"coding": [{"system": CODES, "code": code}], "text": text}


def _entry(kind: str, key: str, content: Json) -> Json:
    """Return an entry whose id follows from `key` and does not tell it."""
    made = str(uuid.uuid5(_NAMESPACE, f"{kind} {key}"))
    return {"fullUrl": f"urn:uuid:{made}", "resource": {"resourceType": kind, "id": made} | content}
