"""A session as FHIR, judged by the models of fhir.resources."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle

from emgfeedback.core.errors import RecordingError, UsageError
from emgfeedback.core.montage import Side
from emgfeedback.exchange.fhir import CODES, session_bundle, write_bundle
from emgfeedback.people.database import Database
from emgfeedback.people.filing import file_session
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import MeasureTaken, Patient, RatingGiven, SessionKind, SessionWhole
from tests.exchange.conftest import NAME
from tests.people.recorded_session import STARTED, record_session

PDF = b"%PDF-1.7\n" + bytes(range(256)) + b"\n%%EOF\n"


@pytest.fixture
def kept(tmp_path: Path) -> tuple[SessionWhole, Patient]:
    """A session of the app, as the register gives it back."""
    folder = DataFolder(tmp_path / "data")
    bdf, summary = record_session(folder)
    with Database.open(folder.root) as database:
        register = Register(database, who="Dr Test", role=Role.CLINICIAN)
        patient = register.put(
            Patient(pseudonym="P-0417", name=NAME, birth_year=1961, note=f"{NAME} of Bath")
        )
        session = file_session(
            register, folder, patient_id=patient.id, kind=SessionKind.VISIT, recording=bdf,
            summary=summary, note=f"{NAME} slept badly",
        )  # fmt: skip
        own = {"patient_id": patient.id, "session_id": session.id}
        register.put_all(
            [
                MeasureTaken(
                    key="jerk", muscle="scm", side=Side.LEFT, unit="x rest", value=1.5, **own
                ),
                MeasureTaken(key="mdf", muscle="Ada's neck", conditions=f"of {NAME}", **own),
                RatingGiven(when="before", key="neck_pull", value=4, **own),
            ]
        )
        return register.session(session.id), patient


def resources(bundle: Bundle, kind: str) -> list:
    return [e.resource for e in bundle.entry if e.resource.get_resource_type() == kind]


def test_the_models_take_it_and_give_every_measure_back(kept):
    whole, patient = kept
    bundle = Bundle.model_validate_json(json.dumps(session_bundle(whole, patient, PDF)))
    assert bundle.type == "collection"
    (person,) = resources(bundle, "Patient")
    assert [i.value for i in person.identifier] == ["P-0417"]
    assert person.name is None
    assert person.birthDate is None
    found = resources(bundle, "Observation")
    assert len(found) == len(whole.measures) + len(whole.ratings)
    assert len(whole.measures) > 8
    for taken, observation in zip(whole.measures, found, strict=False):
        assert observation.code.coding[0].system == CODES
        assert observation.code.coding[0].code == taken.key
        assert observation.subject.reference == bundle.entry[0].fullUrl
        assert observation.effectiveDateTime == STARTED
        if taken.value is None:
            assert observation.valueQuantity is None
            assert observation.dataAbsentReason.coding[0].code == "unknown"
        else:
            assert float(observation.valueQuantity.value) == taken.value
            assert observation.valueQuantity.unit == taken.unit
    rest = next(o for o in found if o.code.coding[0].code == "rest")
    assert (rest.valueQuantity.system, rest.valueQuantity.code) == (
        "http://unitsofmeasure.org",
        "uV",
    )
    assert rest.bodySite.text == "SCM, left"
    assert "HP 20 Hz" in rest.note[0].text
    jerk = next(o for o in found if o.code.coding[0].code == "jerk")
    assert (jerk.valueQuantity.unit, jerk.valueQuantity.code) == ("x rest", None)
    pain = next(o for o in found if o.code.coding[0].code == "rating_neck_pull")
    assert (pain.valueInteger, pain.code.text) == (4, "Neck pull, 0 to 10, before")


def test_the_report_carries_the_pdf_and_names_every_result(kept):
    whole, patient = kept
    bundle = Bundle.model_validate(session_bundle(whole, patient, PDF))
    (report,) = resources(bundle, "DiagnosticReport")
    (form,) = report.presentedForm
    assert (form.contentType, form.size) == ("application/pdf", len(PDF))
    assert PDF in (form.data, base64.b64decode(form.data))
    assert report.status == "final"
    urls = [entry.fullUrl for entry in bundle.entry]
    assert {r.reference for r in report.result} == set(urls[1:-1])
    assert len(set(urls)) == len(urls)
    (bare,) = resources(Bundle.model_validate(session_bundle(whole, patient)), "DiagnosticReport")
    assert bare.presentedForm is None


def test_a_session_without_anything_is_valid_too(kept):
    whole, patient = kept
    session = dataclasses.replace(whole.session, finished=False)
    empty = SessionWhole(
        session=session, trials=(), calibrations=(), ratings=(), measures=(), recordings=()
    )
    bundle = Bundle.model_validate(session_bundle(empty, patient))
    (report,) = resources(bundle, "DiagnosticReport")
    assert (report.status, report.result) == ("partial", None)


def test_neither_name_nor_notes_nor_ids_of_the_register_get_out(kept, tmp_path):
    whole, patient = kept
    write_bundle(session_bundle(whole, patient, PDF), tmp_path / "out.json")
    text = (tmp_path / "out.json").read_text("utf-8")
    # Random ids may spell anything.
    words = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", text)
    for secret in ("Ada", "Quillfeather", "slept badly", "Bath", "1961", patient.id):
        assert secret.casefold() not in words.casefold(), secret
    assert patient.id not in text.replace("-", "")
    assert whole.session.id not in text
    assert [Bundle.model_validate_json(text).entry[0].resource.identifier[0].value] == ["P-0417"]
    assert (tmp_path / "out.json").stat().st_mode & 0o077 == 0
    with pytest.raises(RecordingError, match="nothing is overwritten"):
        write_bundle({}, tmp_path / "out.json")


def test_the_same_session_gives_the_same_bundle_and_a_name_for_a_pseudonym_is_refused(kept):
    whole, patient = kept
    assert session_bundle(whole, patient) == session_bundle(whole, patient)
    named = dataclasses.replace(patient, pseudonym="quillfeather-1")
    with pytest.raises(UsageError, match="is no pseudonym"):
        session_bundle(whole, named)


def test_a_number_that_is_none_is_refused_by_json_itself(kept, tmp_path):
    whole, patient = kept
    broken = dataclasses.replace(whole.measures[0], value=float("nan"))
    bundle = session_bundle(dataclasses.replace(whole, measures=(broken,)), patient)
    with pytest.raises(ValueError, match="JSON compliant"):
        write_bundle(bundle, tmp_path / "out.json")
    assert not list(tmp_path.glob("*.json")) + list(tmp_path.glob(".*"))
