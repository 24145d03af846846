"""Every format, opened by somebody else's reader."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.errors import RecordingError, UsageError
from emgfeedback.exchange import dicom, mat
from emgfeedback.exchange.bids import BidsRun, export_bids
from emgfeedback.exchange.formats import FORMATS, export_as
from emgfeedback.exchange.sharing import SharedRecording, Sharing
from emgfeedback.records.reader import open_recording
from tests.records.conftest import Opened

TEXTS = ["note", "note", "skip trials", "trial 1 feedback start", "note"]


def read_mat(path):
    import scipy.io

    return scipy.io.loadmat(path, simplify_cells=True)["emg"]


def read_dicom(path):
    import pydicom

    return pydicom.dcmread(path)


@pytest.mark.parametrize("name", ["edf", "bdf"])
def test_edf_and_bdf_in_three_readers(tmp_path, recorded, name):
    with recorded() as source:
        summary = export_as(source, tmp_path / f"out.{name}")
        file = Opened(tmp_path / f"out.{name}")
        assert summary.error_uv == (0.0,) * 6
        assert np.array_equal(file.counts[:5000], source.read_counts(0, 5000))
        step = source.lsb_uv.max()
        assert np.abs(file.uv[:5000] - source.read_uv(0, 5000)).max() < step * 1e-6
        assert [t for _, t in file.annotations if t in TEXTS] == TEXTS
        with open_recording(tmp_path / f"out.{name}") as back:
            assert (back.gaps, back.subject, back.start) == (source.gaps, "P-1", source.start)


def test_csv_in_the_reader_of_the_standard_library(tmp_path, recorded):
    with recorded() as source:
        export_as(source, tmp_path / "out.csv")
        uv = source.read_uv(0, 5000)
        with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
            head, *rows = list(csv.reader(file))
        assert head == ["time_s", *(f"{label} (uV)" for label in source.labels)]
        lost = [i for i, row in enumerate(rows) if row[1:] == [""] * 6]
        assert lost == list(range(2000, 2100))
        for i in (0, 1999, 2100, 4999):
            assert np.abs(np.array(rows[i], dtype=float)[1:] - uv[i]).max() < source.lsb_uv[0]


@pytest.mark.parametrize("full_scale", [1024, 2**20])
def test_mat_in_scipy(tmp_path, recorded, full_scale):
    with recorded(full_scale) as source:
        export_as(source, tmp_path / "out.mat")
        found = read_mat(tmp_path / "out.mat")
        expected = source.read_uv(0, 5000)
        expected[2000:2100] = np.nan
        assert np.array_equal(found["data"], expected, equal_nan=True)
        assert tuple(found["labels"]) == source.labels
        assert (found["fs"], found["units"], found["subject"]) == (1000.0, "uV", "P-1")
        assert found["start"] == source.start.isoformat()
        assert list(found["sides"]) == ["left", "right"] * 3
        assert found["lost"].tolist() == [2001, 100]
        assert list(found["annotations"]["text"]) == TEXTS
        assert found["annotations"]["onset_s"].tolist() == [1, 2, 3, 4.5, 4.6]


def test_mat_of_one_channel_without_texts_and_with_strange_ones(tmp_path):
    import scipy.io

    t = np.arange(300) / 500
    lines = [f"{a:.4f},{b:.6f}" for a, b in zip(t, 300 * np.sin(t * 40), strict=True)]
    (tmp_path / "a.csv").write_text("\n".join(("time_s,Nacken ✓ 𝄞 (uV)", *lines)), "utf-8")
    with open_recording(tmp_path / "a.csv") as source:
        export_as(source, tmp_path / "a.mat")
        found = scipy.io.loadmat(tmp_path / "a.mat")["emg"][0, 0]
        assert np.array_equal(found["data"], source.read_uv(0, 300))
        assert found["labels"][0, 0][0] == "Nacken ✓ ?"
        assert found["lost"].shape == (0, 2)
        assert found["annotations"][0, 0]["text"].shape == (0, 1)
        assert found["start"].size == found["subject"].size == 0


def test_mat_refuses_what_matlab_cannot_read(tmp_path, recorded, monkeypatch):
    monkeypatch.setattr(mat, "LARGEST_BYTES", 200_000)
    with recorded() as source, pytest.raises(RecordingError, match=r"limit 2 GB.*\.bdf"):
        export_as(source, tmp_path / "out.mat")
    assert [path.name for path in tmp_path.iterdir()] == ["in.bdf"]


def test_dicom_refuses_what_would_fill_the_memory(tmp_path, recorded, monkeypatch):
    monkeypatch.setattr(dicom, "LARGEST_BYTES", 50_000)
    with recorded() as source, pytest.raises(RecordingError, match=r"limit 1 GB.*\.bdf"):
        export_as(source, tmp_path / "out.dcm")
    assert [path.name for path in tmp_path.iterdir()] == ["in.bdf"]


@pytest.mark.parametrize(("full_scale", "kind"), [(1024, "SS"), (2**20, "SL")])
def test_dicom_in_pydicom(tmp_path, recorded, full_scale, kind):
    with recorded(full_scale) as source:
        export_as(source, tmp_path / "out.dcm")
        ds = read_dicom(tmp_path / "out.dcm")
        group = ds.WaveformSequence[0]
        raw = np.frombuffer(group.WaveformData, dtype="<i2" if kind == "SS" else "<i4")
        valid = source.valid(0, 5000)
        assert group.WaveformSampleInterpretation == kind
        assert np.array_equal(raw.reshape(5000, 6)[valid], source.read_counts(0, 5000)[valid])
        padding = int.from_bytes(group.WaveformPaddingValue, "little", signed=True)
        assert (raw.reshape(5000, 6)[~valid] == padding).all()
        uv = ds.waveform_array(0)
        off = np.abs(uv - source.read_uv(0, 5000))[valid].max(axis=0)
        assert (off < source.lsb_uv * 1e-6).all()
    assert ds.SOPClassUID.name == "Electromyogram Waveform Storage"
    assert (str(ds.PatientID), str(ds.PatientName), ds.Modality) == ("P-1", "P-1", "EMG")
    assert ds.PatientIdentityRemoved == "YES"
    muscles = [c.ChannelSourceSequence[0].CodeMeaning for c in group.ChannelDefinitionSequence]
    assert muscles[:3] == [
        "Musculus sternocleidomastoideus, left",
        "Musculus sternocleidomastoideus, right",
        "Musculus trapezius, left",
    ]
    skew = [float(c.ChannelSampleSkew) for c in group.ChannelDefinitionSequence]
    assert skew == pytest.approx([i * 0.112 for i in range(6)])
    assert [a.UnformattedTextValue for a in ds.WaveformAnnotationSequence] == TEXTS
    assert list(ds.WaveformAnnotationSequence[0].ReferencedSamplePositions) == [1001, 1251]


def test_dicom_knows_the_muscles_as_the_standard_does():
    from pydicom.sr.codedict import codes

    from emgfeedback.exchange.dicom import _MUSCLES, _SIDES

    listed = [getattr(codes.cid3031, name) for name in codes.cid3031.dir()]
    known = {code.value: code.meaning for code in listed}
    for number, name in _MUSCLES.values():
        for more, words in _SIDES.values():
            assert known[f"7:{number + more}"].lower() == f"{name}{words}".lower()


def test_the_same_recording_gives_the_same_dicom_file(tmp_path, recorded):
    with recorded() as source:
        for name in ("a.dcm", "b.dcm"):
            export_as(source, tmp_path / name)
        export_as(source, tmp_path / "c.dcm", Sharing("P-2"))
    assert (tmp_path / "a.dcm").read_bytes() == (tmp_path / "b.dcm").read_bytes()
    uids = [read_dicom(tmp_path / f"{n}.dcm").SOPInstanceUID for n in "ac"]
    assert uids[0] != uids[1]


def test_a_table_without_counts_or_date(tmp_path):
    rng = np.random.default_rng(3)
    uv = rng.normal(0, 50, (2000, 2))
    rows = [f"{i / 500:.4f},{a:.6f},{b:.6f}" for i, (a, b) in enumerate(uv)]
    (tmp_path / "a.csv").write_text("\n".join(("time_s,SCM L (uV),SCM R (uV)", *rows)))
    with open_recording(tmp_path / "a.csv") as source:
        for name in ("bdf", "edf"):
            summary = export_as(source, tmp_path / f"out.{name}")
            off = np.abs(Opened(summary.path).uv[:2000] - source.read_uv(0, 2000)).max(axis=0)
            assert (off <= np.array(summary.error_uv) + 1e-9).all()
        with pytest.raises(RecordingError, match="when it was recorded"):
            export_as(source, tmp_path / "out.dcm")
        source.start = dt.datetime(2026, 1, 2, 3, 4, 5)
        summary = export_as(source, tmp_path / "out.dcm")
        off = np.abs(read_dicom(summary.path).waveform_array(0) - uv).max(axis=0)
        assert (off <= np.array(summary.error_uv) * 1.001 + 1e-6).all()


@pytest.mark.parametrize("head", ["Nacken ✓ oberer Trapez links", "✓"])
def test_labels_that_edf_cannot_hold_stay_apart(tmp_path, head):
    rows = [f"{i / 500:.4f},{i % 7},{i % 5}" for i in range(600)]
    names = f"time_s,{head} 1 (uV),{head} 2 (uV)"
    (tmp_path / "a.csv").write_text("\n".join((names, *rows)), "utf-8")
    with open_recording(tmp_path / "a.csv") as source:
        for name in ("edf", "bdf"):
            assert len(set(Opened(export_as(source, tmp_path / f"a.{name}").path).labels)) == 2
        export_as(source, tmp_path / "set", Sharing("P-1"), name="bids")
        assert list(read_mat(export_as(source, tmp_path / "a.mat").path)["labels"]) == [
            f"{head} 1",
            f"{head} 2",
        ]
    issues = validate(tmp_path / "set")["issues"]["issues"]
    assert [i for i in issues if i["severity"] == "error"] == []


def validate(folder: Path) -> dict:
    """What the validator of the BIDS standard finds."""
    validator = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))
    if validator is None:
        pytest.skip("bids-validator-deno is not installed beside this Python")
    try:
        done = subprocess.run(
            [validator, folder, "--format", "json"],
            capture_output=True, text=True, check=False, timeout=90,
        )  # fmt: skip
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"the BIDS validator cannot run here: {error}")
    return found


def test_bids_passes_the_validator_of_the_standard(tmp_path, recorded):
    with recorded(site="sternal third of the belly") as source:
        export_as(source, tmp_path / "set", name="bids", task="training")
        base = "sub-P1/ses-" + source.start.strftime("%Y%m%dT%H%M%S")
        stem = tmp_path / "set" / base / "emg" / f"{base.replace('/', '_')}_task-training"
        file = Opened(stem.with_name(f"{stem.name}_emg.bdf"))
        assert np.array_equal(file.counts[:5000], source.read_counts(0, 5000))
    found = validate(tmp_path / "set")
    errors = [i for i in found["issues"]["issues"] if i["severity"] == "error"]
    assert errors == []
    assert found["summary"]["modalities"] == ["emg"]
    with stem.with_name(f"{stem.name}_channels.tsv").open(newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    assert [row["name"] for row in rows] == file.labels
    assert rows[0]["target_muscle"] == "left SCM"
    assert rows[0]["placement_description"] == "sternal third of the belly"
    assert rows[0]["interelectrode_distance"] == "20"
    with stem.with_name(f"{stem.name}_events.tsv").open(newline="") as table:
        events = list(csv.DictReader(table, delimiter="\t"))
    assert [e["trial_type"] for e in events] == ["note", "gap", "note", *TEXTS[2:]] or (
        [e["trial_type"] for e in events] == ["note", "note", "gap", *TEXTS[2:]]
    )
    gap = next(e for e in events if e["trial_type"] == "gap")
    assert (gap["onset"], gap["duration"]) == ("2.000000", "0.100000")


def test_the_validator_does_find_errors(tmp_path, recorded):
    with recorded() as source:
        export_as(source, tmp_path / "set", name="bids")
    (sidecar,) = (tmp_path / "set").rglob("*_emg.json")
    facts = json.loads(sidecar.read_text())
    del facts["EMGReference"]
    sidecar.write_text(json.dumps(facts))
    issues = validate(tmp_path / "set")["issues"]["issues"]
    assert any(i["severity"] == "error" for i in issues)


def test_bids_of_several_people_and_runs(tmp_path, recorded):
    with recorded() as one, recorded(path=tmp_path / "two.bdf") as two:
        runs = [
            BidsRun(SharedRecording(r, Sharing(who)), who)
            for r, who in ((one, "P-1"), (two, "P-1"), (two, "P-2"))
        ]
        assert export_bids(runs, tmp_path / "set") == [(0.0,) * 6] * 3
        shared = SharedRecording(one, Sharing())
        with pytest.raises(UsageError, match="same name in BIDS"):
            export_bids([BidsRun(shared, "P-1"), BidsRun(shared, "P1")], tmp_path / "other")
        with pytest.raises(UsageError, match="--subject"):
            export_bids([BidsRun(shared, "--")], tmp_path / "other")
    names = sorted(p.name for p in (tmp_path / "set").rglob("*_emg.bdf"))
    assert len(names) == 3
    assert "run-2" in names[1]
    people = (tmp_path / "set" / "participants.tsv").read_text().splitlines()
    assert [line.split("\t")[0] for line in people] == ["participant_id", "sub-P1", "sub-P2"]
    errors = [i for i in validate(tmp_path / "set")["issues"]["issues"] if i["severity"] == "error"]
    assert errors == []


@pytest.mark.parametrize("name", [*FORMATS, "bids"])
def test_nothing_is_overwritten_and_files_are_the_owners_alone(tmp_path, recorded, name):
    out = tmp_path / f"out.{name}"
    with recorded() as source:
        out.write_text("precious")
        with pytest.raises(RecordingError, match="nothing is overwritten"):
            export_as(source, out, name=name)
        assert out.read_text() == "precious"
        with pytest.raises(RecordingError, match="cannot be written"):
            export_as(source, tmp_path / "none" / out.name, name=name)
        made = export_as(source, tmp_path / f"new.{name}", name=name).path
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.bdf", f"new.{name}", f"out.{name}"]
    if sys.platform != "win32":
        for path in [made, *made.rglob("*")]:
            assert path.stat().st_mode & 0o077 == 0, path


def test_unknown_formats_are_named(tmp_path, recorded):
    with recorded() as source:
        for out, name in (("out.xlsx", ""), ("out", ""), ("out.csv", "c3d")):
            with pytest.raises(UsageError, match=r"is not known.*\.csv, \.edf.*bids"):
                export_as(source, tmp_path / out, name=name)
    assert [p.name for p in tmp_path.iterdir()] == ["in.bdf"]


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
@pytest.mark.parametrize("name", [*FORMATS, "bids"])
def test_a_full_disk_leaves_nothing_behind(tmp_path, recorded, name):
    full = "cannot be written: file too large"
    with recorded() as source, room_for(30_000), pytest.raises(RecordingError, match=full):
        export_as(source, tmp_path / f"out.{name}", name=name)
    assert [p.name for p in tmp_path.iterdir()] == ["in.bdf"]


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
@pytest.mark.parametrize("name", FORMATS)
def test_a_disk_full_before_the_last_byte_leaves_nothing_behind(tmp_path, recorded, name):
    out = tmp_path / f"out.{name}"
    with recorded() as source:
        size = export_as(source, out).path.stat().st_size
        out.unlink()
        with room_for(size - 1), pytest.raises(RecordingError, match="file too large"):
            export_as(source, out)
    assert [p.name for p in tmp_path.iterdir()] == ["in.bdf"]


@contextlib.contextmanager
def room_for(n_bytes: int):
    """Let no file grow past `n_bytes`."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("name", [*FORMATS, "bids"])
def test_a_source_that_fails_midway_leaves_nothing_behind(tmp_path, recorded, name):
    class Vanishing(SharedRecording):
        def read_counts(self, first, end):
            raise RecordingError("The drive is gone.", "")

        read_uv = read_counts

    with recorded() as source:
        vanishing = Vanishing(source, Sharing())
        with pytest.raises(RecordingError, match="gone"):
            export_as(vanishing, tmp_path / f"out.{name}", name=name)
    assert [p.name for p in tmp_path.iterdir()] == ["in.bdf"]


def test_dicom_without_its_package_says_what_to_install(tmp_path, recorded, monkeypatch):
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with recorded() as source, pytest.raises(RecordingError, match=r"requirements-dicom\.txt"):
        export_as(source, tmp_path / "out.dcm")
