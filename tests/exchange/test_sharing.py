"""What leaves the house names nobody."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.errors import AccessError, RegisterError, UsageError
from emgfeedback.core.quality import Finding, Level
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.exchange.fhir import session_bundle, write_bundle
from emgfeedback.exchange.formats import FORMATS, export_as
from emgfeedback.exchange.session_export import Exporter
from emgfeedback.exchange.sharing import Sharing, is_written_by_machine
from emgfeedback.people.database import Database
from emgfeedback.people.filing import file_session
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Patient, RecordingFile, SessionKind
from emgfeedback.records.edf import encode_header
from emgfeedback.records.reader import open_recording, read_header
from emgfeedback.training.now import Mode
from emgfeedback.training.relax import TargetState
from tests.exchange.conftest import FREE_TEXTS, NAME
from tests.people.recorded_session import record_session

ALL = [*FORMATS, "bids"]
LABELS = ("SCM L", "SCM R", "UT L", "UT R", "SPL L", "SPL R")
NOTE = "mother of Cordelia, phones on Fridays"
SECRETS = ("Ada", "Quillfeather", "Cordelia", "Fridays", "sat down", "tired", "SN-4711", "Drehung")


def everything(path: Path) -> bytes:
    """All bytes of a file or folder, names of files among them."""
    paths = [path, *path.rglob("*")]
    names = "\n".join(p.relative_to(path.parent).as_posix() for p in paths)
    return names.encode() + b"".join(p.read_bytes() for p in paths if p.is_file())


def assert_silent(data: bytes, secrets: tuple[str, ...] = SECRETS) -> None:
    lower = data.lower()
    for secret in secrets:
        plain = unicodedata.normalize("NFC", secret).lower()
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert plain.encode(coding) not in lower, f"{secret} in {coding}"


@pytest.fixture
def exporter(tmp_path: Path, recorded) -> Iterator[Exporter]:
    """A session of a named person: named in the note, the file, its header and its texts."""
    folder = DataFolder(tmp_path / "data")
    folder.recordings.mkdir(parents=True)
    path = folder.recordings / f"{NAME}.bdf"
    recorded(site="where Quillfeather has the scar", path=path).close()
    data = path.read_bytes()
    with path.open("rb", buffering=0) as file:
        header = read_header(file, "x")
    named = encode_header(header).replace(
        b"P-1 X X X" + b" " * 20, b"P-1 F X Ada_Quillfeather     "
    )
    path.write_bytes(named + data[len(named) :])
    with Database.open(folder.root) as database:
        register = Register(database, who="Dr Test", role=Role.CLINICIAN)
        patient = register.put(Patient(pseudonym="P-0417", name=NAME, note=NOTE))
        file_session(
            register, folder, patient_id=patient.id, kind=SessionKind.VISIT, recording=path,
            note=NOTE,
        )  # fmt: skip
        yield Exporter(register, folder)


@pytest.mark.parametrize("name", ALL)
def test_no_byte_of_an_export_names_the_person_or_holds_a_note(exporter, tmp_path, name):
    (row,) = exporter.register.all_of(RecordingFile)
    source = everything(exporter.folder.path_of(row.path))
    for secret in ("Quillfeather", "sat down", "SN-4711"):
        assert secret.encode() in source
    out = tmp_path / f"out.{name}"
    exporter.export(row.id, out, name=name)
    assert_silent(everything(out))
    if name != "csv":
        found = b"P-0417" if name != "mat" else "P-0417".encode("utf-16-le")
        assert found in everything(out)


def test_no_byte_of_a_fhir_bundle_does_either(exporter, tmp_path):
    (line,) = exporter.register.recent_sessions()
    (patient,) = exporter.register.all_of(Patient)
    write_bundle(session_bundle(exporter.register.session(line.id), patient), tmp_path / "b.json")
    assert_silent(everything(tmp_path / "b.json"))
    assert b"P-0417" in everything(tmp_path / "b.json")


@pytest.mark.parametrize("name", ALL)
def test_a_file_alone_tells_no_notes_and_no_name_in_its_header(exporter, tmp_path, name):
    (row,) = exporter.register.all_of(RecordingFile)
    with open_recording(exporter.folder.path_of(row.path)) as source:
        export_as(source, tmp_path / f"out.{name}", name=name)
    texts = ("Ada", "Cordelia", "sat down", "tired", "SN-4711", "Drehung", "Montage of")
    assert_silent(everything(tmp_path / f"out.{name}"), texts)


@pytest.mark.parametrize("name", ["edf", "bdf", "mat", "dcm", "bids"])
def test_notes_asked_for_are_kept_but_those_with_the_name(exporter, tmp_path, name):
    (row,) = exporter.register.all_of(RecordingFile)
    out = tmp_path / f"out.{name}"
    exporter.export(row.id, out, name=name, with_notes=True)
    data = everything(out)
    assert_silent(data, ("Ada", "Quillfeather", "sat down"))
    kept = "Drehung ✓"
    assert kept.encode() in data or kept.encode("utf-16-le") in data
    if name == "dcm":
        import pydicom

        assert pydicom.dcmread(out).PatientIdentityRemoved == "NO"


def test_without_a_register_notes_asked_for_are_kept_whole(recorded, tmp_path):
    with recorded() as source:
        export_as(source, tmp_path / "out.bdf", Sharing("P-9", with_notes=True))
    with open_recording(tmp_path / "out.bdf") as back:
        assert back.subject == "P-9"
        assert [a.text for a in back.annotations][:3] == list(FREE_TEXTS)


def test_each_export_is_noted_and_a_failed_one_is_not(exporter, tmp_path):
    (row,) = exporter.register.all_of(RecordingFile)
    exporter.export(row.id, tmp_path / "a.mat")
    with pytest.raises(UsageError):
        exporter.export(row.id, tmp_path / "a.xyz")
    noted = [e for e in exporter.register.audit() if e.action == "export"]
    assert [(e.patient_id, e.after) for e in noted] == [
        (row.patient_id, {"as": "mat", "recording": row.id})
    ]


def test_a_recording_that_is_gone_and_another_patients_are_refused(exporter, tmp_path):
    (row,) = exporter.register.all_of(RecordingFile)
    other = exporter.register.put(Patient(pseudonym="P-2"))
    theirs = Register(exporter.register.database, who="B", role=Role.PATIENT, patient_id=other.id)
    with pytest.raises(AccessError):
        Exporter(theirs, exporter.folder).export(row.id, tmp_path / "a.csv")
    exporter.folder.path_of(row.path).unlink()
    with pytest.raises(RegisterError, match="is missing"):
        exporter.export(row.id, tmp_path / "a.csv")
    assert not list(tmp_path.glob("*.csv"))


@pytest.mark.parametrize("pseudonym", ["quillfeather", "P-ADA-1", "ädä", "a/b", "x" * 61, "ж"])
def test_a_pseudonym_that_tells_the_name_or_cannot_be_written_is_refused(recorded, pseudonym):
    with recorded() as source, pytest.raises(UsageError, match="pseudonym"):
        Sharing(pseudonym, names=(NAME,)).subject_of(source)


def test_a_foreign_file_keeps_neither_subject_nor_texts(recorded, tmp_path):
    recorded().close()
    data = (tmp_path / "in.bdf").read_bytes()
    foreign = data.replace(b"emgfeedback", b"otherprogrm").replace(b"P-1 X X X", b"Quill F X")
    (tmp_path / "foreign.bdf").write_bytes(foreign)
    with open_recording(tmp_path / "foreign.bdf") as source:
        assert source.subject == "Quill"
        assert any("trial 1" in a.text for a in source.annotations)
        for name in ALL:
            sharing = Sharing("P-5") if name == "bids" else None
            export_as(source, tmp_path / f"out.{name}", sharing, name=name)
            assert_silent(everything(tmp_path / f"out.{name}"), ("Quill", "trial 1", "sat down"))
        uv = source.read_uv(0, 5000)
        step = source.lsb_uv.max()
    with open_recording(tmp_path / "out.bdf") as back:
        assert np.abs(back.read_uv(0, 5000) - uv).max() < step / 1000


def test_names_are_found_however_they_are_written():
    sharing = Sharing(names=("Zoë van der Bö-Müller",))
    for text in ("ZOE", "seen zoe's mark", "mueller? Muller!", "bo said", "zoevanderbomuller.bdf"):
        assert sharing.tells_name(text), text
    for text in ("", "trial 1 end", "SCM L", "mull", "zoological"):
        assert not sharing.tells_name(text), text
    assert not Sharing().tells_name("Ada")


def test_all_that_a_session_writes_by_itself_is_known_as_such(tmp_path):
    bdf, _ = record_session(DataFolder(tmp_path))
    with open_recording(bdf) as session:
        texts = [a.text for a in session.annotations]
        unknown = [t for t in texts if not is_written_by_machine(t, session.labels)]
    assert len(texts) > 20
    assert unknown == []


@pytest.mark.parametrize(
    "text",
    [
        f"filter {ChainSettings.for_purpose('rest', 1000.0).facts()}",
        f"filter {ChainSettings.for_purpose('activation', 250.0).facts()}",
        *(f"target {state.value}" for state in TargetState),
        *(f"target {mode.value} 12.50, 3.00 uV" for mode in Mode),
        *(f"quality UT R {level.value} {finding.value}" for level in Level for finding in Finding),
        "quality SCM L good",
        "target thresholds SCM L 12.50 uV, SCM R 8.00 uV",
        "target baseline 30 s",
        "mark M12",
        "mark touch",
        "recording stopped: the disk is full",
        "trick without start",
        "back to step 3 trials",
    ],
)
def test_each_text_of_the_app_is_known(text):
    assert is_written_by_machine(text, LABELS)


@pytest.mark.parametrize(
    "text",
    [
        "mark Ada", "note: trial 1 end", "trial 1 end\nAda", "target Ada", "quality Ada good",
        "filter Ada", "trial 1 end Ada", "side effect: dizzy", "trick: hand on cheek",
        "rating before pain 4, said Ada", "skip trials: Ada is tired", "", "M1 Ada",
    ],
)  # fmt: skip
def test_words_of_people_are_not_taken_for_the_apps(text):
    assert not is_written_by_machine(text, LABELS)
