"""Erased is erased: no row, no file, no byte."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from emgfeedback.core.errors import AccessError, RegisterError
from emgfeedback.people import erase
from emgfeedback.people.backup import due_backup
from emgfeedback.people.erase import erase_patient, finish_erasures
from emgfeedback.people.filing import file_session
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Patient, RecordingFile, SessionKind
from emgfeedback.people.verify import verify
from tests.people.kept import NAMES, Kept, contents, fill, values


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = fill(tmp_path / "data")
    yield made
    made.register.database.close()


def bytes_of_folder(kept: Kept) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(kept.folder.root.rglob("*")) if p.is_file())


def test_no_byte_of_the_person_stays_and_the_other_loses_nothing(kept: Kept):
    gone, stays = kept.patients
    due_backup(kept.register.database, kept.folder, dt.date(2026, 3, 10))
    kept.register.put(kept.register.get(Patient, gone.id))
    kept.folder.cache.mkdir()
    (kept.folder.cache / "x.pyramid").write_bytes(NAMES[0].encode())
    before = values(kept.register, stays.id)
    files = {n: c for n, c in contents(kept.folder, "recordings", "photos").items() if "1" not in n}
    report = erase_patient(kept.register, kept.folder, gone.id)
    assert (report.files, report.copies) == (3, 1)
    kept.register.database.close()
    rest = bytes_of_folder(kept)
    for text in (NAMES[0], gone.id, gone.pseudonym + '"'):
        for coding in ("utf-8", "utf-16-le"):
            assert text.encode(coding) not in rest or text == gone.id
    assert NAMES[1].encode() in rest
    assert values(kept.register, stays.id) == before
    assert files.items() <= contents(kept.folder, "recordings", "photos").items()
    assert verify(kept.register, kept.folder).problems == ()


def test_that_somebody_was_erased_is_noted_and_who_is_not(kept: Kept):
    erase_patient(kept.register, kept.folder, kept.patients[0].id)
    entries = kept.register.audit()
    assert entries[0].action == "erase"
    assert not any(NAMES[0] in str(entry.before) + str(entry.after) for entry in entries)


def test_removed_values_are_erased_too(kept: Kept):
    kept.register.remove(kept.register.get(Patient, kept.patients[0].id))
    report = erase_patient(kept.register, kept.folder, kept.patients[0].id)
    assert report.rows > 20
    kept.register.database.close()
    assert NAMES[0].encode() not in bytes_of_folder(kept)


def test_a_long_history_needs_no_more_parameters_than_a_short_one(kept: Kept):
    """Databases bound their number: 32766 for SQLite on Windows, 65535 for a server."""
    counts: list[int] = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if not executemany:
            counts.append(len(parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        report = erase_patient(kept.register, kept.folder, kept.patients[0].id)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert counts
    assert max(counts) < 20 < report.rows


@pytest.mark.parametrize("step", ["_erase_rows", "_unlink", "sync_folder"])
def test_an_interrupted_erasure_is_completed_at_the_next_start(kept: Kept, monkeypatch, step: str):
    class Cut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patched:
        patched.setattr(erase, step, cut)
        with pytest.raises(Cut):
            erase_patient(kept.register, kept.folder, kept.patients[0].id)
    (report,) = finish_erasures(kept.register.database, kept.folder)
    assert report.patient_id == kept.patients[0].id
    (entry,) = [entry for entry in kept.register.audit() if entry.action == "erase"]
    assert entry.who == "Dr Test"
    assert finish_erasures(kept.register.database, kept.folder) == []
    assert [line.patient.id for line in kept.register.search()] == [kept.patients[1].id]
    kept.register.database.close()
    assert NAMES[0].encode() not in bytes_of_folder(kept)


def test_a_patient_and_an_unknown_id_erase_nothing(kept: Kept):
    mine = kept.patients[0].id
    patient = Register(kept.register.database, who="x", role=Role.PATIENT, patient_id=mine)
    with pytest.raises(AccessError):
        erase_patient(patient, kept.folder, mine)
    with pytest.raises(RegisterError, match="no patient"):
        erase_patient(kept.register, kept.folder, "0" * 32)
    assert len(kept.register.search()) == 2


def test_a_note_that_cannot_be_read_is_told_and_left(kept: Kept):
    note = kept.folder.root / "erasing-x.json"
    note.write_text("half a n")
    with pytest.raises(RegisterError, match="not completed"):
        finish_erasures(kept.register.database, kept.folder)
    assert note.read_text() == "half a n"


def test_a_file_another_person_has_in_its_other_form_stays(kept: Kept):
    gone, stays = kept.patients
    (mine,) = kept.register.all_of(RecordingFile, gone.id)
    (theirs,) = kept.register.all_of(RecordingFile, stays.id)
    kept.register.put(dataclasses.replace(mine, path=f"{theirs.path}.sealed"))
    erase_patient(kept.register, kept.folder, gone.id)
    assert kept.folder.path_of(theirs.path).is_file()
    assert verify(kept.register, kept.folder).problems == ()


def test_what_lies_beside_goes_along_whatever_it_is_called(kept: Kept):
    gone = kept.patients[0]
    (mine,) = kept.register.all_of(RecordingFile, gone.id)
    kept.register.put(dataclasses.replace(mine, path="recordings/[1] a.bdf"))
    own_summary = kept.folder.recordings / "2026-03-01_080706.session.json"
    stays = set(kept.folder.recordings.iterdir()) - {own_summary}
    names = ("[1] a.bdf", "[1] a.bdf.left-out.json", "[1] a.session.json", ".[1] a.session.json.7")
    for name in names:
        (kept.folder.recordings / name).write_text(gone.name)
    report = erase_patient(kept.register, kept.folder, gone.id)
    assert report.files == len(names) + 2  # the photo, and the summary the session names
    assert set(kept.folder.recordings.iterdir()) == stays


def test_the_summary_of_a_second_run_in_one_recording_goes_too(kept: Kept):
    """It has a name of its own: nothing but the register leads to it."""
    gone, stays = kept.patients
    content = (kept.folder.recordings / "2026-03-01_080706.session.json").read_bytes()
    for patient in (gone, stays):
        second = kept.folder.recordings / f"later-{patient.pseudonym}.session.json"
        second.write_bytes(content)
        file_session(
            kept.register, kept.folder, patient_id=patient.id, kind=SessionKind.VISIT,
            summary=second,
        )  # fmt: skip
    erase_patient(kept.register, kept.folder, gone.id)
    names = {path.name for path in kept.folder.recordings.iterdir()}
    assert f"later-{gone.pseudonym}.session.json" not in names
    assert f"later-{stays.pseudonym}.session.json" in names
