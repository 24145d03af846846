"""Recordings of others become sessions of this register."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.access.sealing import SealedFiles, is_sealed
from emgfeedback.core.errors import EmgFeedbackError, FileFormatError, RecordingError, RegisterError
from emgfeedback.exchange.take_recording import open_any, take_recording
from emgfeedback.people.database import Database
from emgfeedback.people.filing import orphans
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Patient, RecordingFile, SessionKind
from emgfeedback.people.verify import verify
from emgfeedback.records.export import export
from emgfeedback.records.reader import open_recording
from tests.exchange.conftest import NAME, STARTED
from tests.exchange.test_opensignals import opensignals

KEY = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def register(folder: DataFolder) -> Iterator[Register]:
    with Database.open(folder.root) as database:
        yield Register(database, who="Dr Test", role=Role.CLINICIAN)


def test_a_bdf_is_copied_byte_for_byte_and_never_moved(register, folder, recorded, tmp_path):
    recorded(path=tmp_path / f"{NAME}.bdf").close()
    source = tmp_path / f"{NAME}.bdf"
    before = source.read_bytes()
    patient = register.put(Patient(pseudonym="P-1"))
    session = take_recording(
        register, folder, source, patient_id=patient.id, kind=SessionKind.HOME, note="from home"
    )
    assert source.read_bytes() == before
    whole = register.session(session.id)
    (row,) = whole.recordings
    assert folder.path_of(row.path).read_bytes() == before
    assert row.sha256 == hashlib.sha256(before).hexdigest()
    assert (whole.session.started_utc, whole.session.kind) == (STARTED, SessionKind.HOME)
    assert (whole.session.note, row.lost) == ("from home", 100)
    assert "Quillfeather" not in row.path
    assert verify(register, folder).problems == ()
    assert orphans(register, folder) == []


@pytest.mark.parametrize("suffix", [".edf", ".csv"])
def test_edf_and_csv_become_bdf_with_the_same_values(register, folder, recorded, tmp_path, suffix):
    source = tmp_path / f"{NAME}{suffix}"
    with recorded() as original:
        export(original, source)
    session = take_recording(register, folder, source)
    (row,) = register.session(session.id).recordings
    copy = folder.path_of(row.path)
    with open_recording(source) as one, open_recording(copy) as other:
        assert (one.gaps, one.labels, one.n_samples) == (other.gaps, other.labels, other.n_samples)
        off = np.abs(one.read_uv(0, 5000) - other.read_uv(0, 5000)).max()
        assert off < 4.88 * 1e-3
        assert [a.text for a in one.annotations] == [a.text for a in other.annotations]
    if suffix == ".csv":
        written = dt.datetime.fromtimestamp(source.stat().st_mtime, dt.UTC)
        assert abs(session.started_utc - written) < dt.timedelta(seconds=1)


def test_the_files_name_is_kept_nowhere(register, folder, recorded, tmp_path):
    source = tmp_path / "Quillfeather-visit.csv"
    with recorded() as original:
        export(original, source)
    take_recording(register, folder, source)
    for path in folder.recordings.rglob("*"):
        assert "Quillfeather" not in path.name
        assert b"Quillfeather" not in path.read_bytes()


def test_opensignals_become_bdf_count_for_count(register, folder, tmp_path):
    counts = np.random.default_rng(1).integers(0, 1 << 16, (900, 2))
    source = opensignals(tmp_path / "a.txt", counts, lost=(200, 7))
    session = take_recording(register, folder, source)
    (row,) = register.session(session.id).recordings
    assert session.started_utc == dt.datetime(2018, 7, 5, 10, 29, 43).astimezone(dt.UTC)
    assert (row.lost, row.n_samples, row.fs_hz) == (7, 907, 1000.0)
    with open_recording(folder.path_of(row.path)) as back:
        assert np.array_equal(back.read_counts(0, 200), counts[:200])
        assert np.array_equal(back.read_counts(207, 907), counts[200:])
        assert back.channels[0].gain == 1000.0
        uv = (counts[0] / 65536 - 0.5) * 3.0 / 1000 * 1e6
        assert back.read_uv(0, 1)[0] == pytest.approx(uv, abs=1e-3)


def test_the_same_recording_is_not_taken_twice(register, folder, recorded, tmp_path):
    for number, suffix in enumerate((".bdf", ".csv")):
        source = tmp_path / f"a{suffix}"
        with recorded(path=tmp_path / f"in{number}.bdf") as original:
            export(original, source)
        take_recording(register, folder, source)
        again = source.rename(tmp_path / f"another{suffix}")
        with pytest.raises(RegisterError, match=r"in the register already, as recordings/"):
            take_recording(register, folder, again)
    assert len(register.all_of(RecordingFile)) == len(list(folder.recordings.iterdir())) == 2


def test_two_of_the_same_second_get_names_of_their_own(register, folder, recorded, tmp_path):
    stem = STARTED.astimezone().strftime("%Y-%m-%d_%H%M%S")
    folder.recordings.mkdir()
    (folder.recordings / f"{stem}.session.json").write_text("somebody's")
    for full_scale in (1024, 2048):
        recorded(full_scale, path=tmp_path / f"{full_scale}.bdf").close()
        take_recording(register, folder, tmp_path / f"{full_scale}.bdf")
    names = sorted(path.name for path in folder.recordings.iterdir())
    assert names == [f"{stem}-2.bdf", f"{stem}-3.bdf", f"{stem}.session.json"]


def test_where_records_are_sealed_the_copy_is_sealed_too(register, folder, recorded, tmp_path):
    files = SealedFiles(KEY)
    with recorded() as original:
        export(original, tmp_path / "a.csv")
        export(original, tmp_path / "a.bdf")
    for name in ("a.csv", "a.bdf"):
        take_recording(register, folder, tmp_path / name, files=files)
    paths = list(folder.recordings.iterdir())
    assert len(paths) == 2
    assert all(path.name.endswith(".bdf.sealed") and is_sealed(path) for path in paths)
    assert verify(register, folder, files).problems == ()
    with open_recording(tmp_path / "a.bdf") as one:
        for path in paths:
            with open_recording(path, files) as other:
                off = np.abs(one.read_uv(0, 5000) - other.read_uv(0, 5000)).max()
                assert off < 4.88 * 1e-3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.bdf", b""),
        ("a.bdf", b"\xffBIOSEMI" + b" " * 100),
        ("a.exe", b"MZ" + bytes(100)),
        ("a.txt", b"# OpenSignals Text File Format\n# {"),
        ("a.csv", b"time_s,SCM L (uV)\n0,1\n"),
        ("a.edf", b"0       " + b"9" * 4000),
    ],
)
def test_what_is_no_recording_leaves_nothing(register, folder, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileFormatError):
        take_recording(register, folder, tmp_path / name)
    assert (tmp_path / name).read_bytes() == content
    assert not folder.recordings.exists()
    assert register.unassigned() == []


def test_a_cut_off_recording_is_refused_with_what_mends_it(register, folder, recorded, tmp_path):
    recorded().close()
    data = (tmp_path / "in.bdf").read_bytes()
    (tmp_path / "cut.bdf").write_bytes(data[: len(data) // 2])
    with pytest.raises(FileFormatError, match="repair"):
        take_recording(register, folder, tmp_path / "cut.bdf")
    with pytest.raises(FileFormatError, match="no such file"):
        take_recording(register, folder, tmp_path / "none.bdf")
    with pytest.raises(FileFormatError):
        take_recording(register, folder, tmp_path)


def test_a_register_that_refuses_keeps_no_file(register, folder, recorded, tmp_path):
    recorded().close()
    with pytest.raises(EmgFeedbackError):
        take_recording(register, folder, tmp_path / "in.bdf", patient_id="0" * 32)
    assert list(folder.recordings.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(register, folder, recorded, tmp_path):
    recorded().close()
    folder.recordings.write_text("a file in its place")
    with pytest.raises(RecordingError, match="cannot be made"):
        take_recording(register, folder, tmp_path / "in.bdf")


def test_what_lies_in_the_data_folder_is_not_copied_into_it(register, folder, recorded):
    folder.recordings.mkdir()
    recorded(path=folder.recordings / "x.bdf").close()
    with pytest.raises(RegisterError, match="in the data folder already"):
        take_recording(register, folder, folder.recordings / "x.bdf")


def test_the_content_decides_what_a_file_is(recorded, tmp_path):
    recorded().close()
    os.rename(tmp_path / "in.bdf", tmp_path / "in.txt")  # noqa: PTH104 - names do not matter
    with open_any(tmp_path / "in.txt") as recording:
        assert recording.n_samples == 5000
    assert json.dumps(dict(recording.facts)["recording"]["board"]) == '"uno"'
