from __future__ import annotations

import csv
import signal
import sys

import numpy as np
import pytest

from emgfeedback.core.errors import RecordingError, UsageError
from emgfeedback.records.export import export
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingWriter


@pytest.fixture
def recorded(tmp_path, make_facts, counts, block):
    """Make a recording of 5000 samples with a gap and a marker; board settings can be given."""

    def make(measured_fs_hz=None, **board):
        path = tmp_path / "in.bdf"
        writer = RecordingWriter.create(path, make_facts(subject="P-1", **board))
        writer.append(block(counts[:2000], 9))
        writer.append(block(counts[2100:5000], 9 + 2100))
        writer.annotate("Drehung ✓", 9 + 3000, 500)
        writer.finish(measured_fs_hz)
        return open_recording(path)

    return make


@pytest.mark.parametrize("measured", [None, 1000.123])
def test_csv_has_units_and_invents_nothing(tmp_path, recorded, measured):
    out = tmp_path / "out.csv"
    with recorded(measured) as source:
        summary = export(source, out)
        with out.open(encoding="utf-8", newline="") as file:
            head, *rows = list(csv.reader(file))
        assert head == ["time_s", *(f"{label} (uV)" for label in source.labels)]
        assert len(rows) == summary.samples == 5000
        assert all(row[1:] == [""] * 6 for row in rows[2000:2100])
        assert all("" not in row for row in rows[:2000] + rows[2100:])
        with open_recording(out) as back:
            assert back.fs_hz == pytest.approx(source.fs_hz, rel=1e-6)
            assert [(g.first_sample, g.n_samples) for g in back.gaps] == [(2000, 100)]
            off = np.abs(back.read_uv(0, 5000) - source.read_uv(0, 5000)).max()
            assert off <= max(summary.error_uv) * (1 + 1e-6)
            assert max(summary.error_uv) < 0.001 * 4.88


@pytest.mark.parametrize("suffix", [".edf", ".bdf"])
@pytest.mark.parametrize("measured", [None, 1000.123])
def test_edf_and_bdf_keep_counts_annotations_and_facts(
    tmp_path, recorded, opened, measured, suffix
):
    out = tmp_path / f"out{suffix}"
    with recorded(measured, gain=201.0) as source:
        summary = export(source, out)
        assert summary.error_uv == (0.0,) * 6
        file = opened(out)
        assert np.array_equal(file.counts[:5000], source.read_counts(0, 5000))
        with open_recording(out) as back:
            assert back.fs_hz == pytest.approx(source.fs_hz, rel=4e-6)
            assert back.n_samples == 5000
            assert back.gaps == source.gaps
            assert back.channels == source.channels
            assert back.subject == "P-1"
            assert back.start == source.start
            assert [a.text for a in back.annotations] == ["Drehung ✓"]
            assert back.annotations[0].onset_s == pytest.approx(source.annotations[0].onset_s)
            assert np.allclose(back.read_uv(0, 5000), source.read_uv(0, 5000), rtol=1e-9, atol=1e-9)


def test_edf_of_more_than_16_bits_stays_within_the_told_error(tmp_path, recorded, opened):
    with recorded(full_scale_counts=2**20) as source:
        summary = export(source, tmp_path / "out.edf")
        uv = source.read_uv(0, 5000)
        assert np.abs(opened(tmp_path / "out.edf").uv[:5000] - uv).max(axis=0).tolist() <= [
            error * (1 + 1e-6) for error in summary.error_uv
        ]
        with open_recording(tmp_path / "out.edf") as back:
            off = np.abs(back.read_uv(0, 5000) - uv).max(axis=0)
            assert (off <= np.array(summary.error_uv) * (1 + 1e-6)).all()
            assert max(summary.error_uv) <= np.abs(uv).max() / 65000
            assert back.gaps == source.gaps


def test_bdf_of_more_than_16_bits_is_exact(tmp_path, recorded, opened):
    with recorded(full_scale_counts=2**20) as source:
        assert export(source, tmp_path / "out.bdf").error_uv == (0.0,) * 6
        file = opened(tmp_path / "out.bdf")
        assert np.array_equal(file.counts[:5000], source.read_counts(0, 5000))


def test_table_to_edf(tmp_path, opened):
    path = tmp_path / "a.csv"
    t = np.arange(3000) / 500
    uv = 300 * np.sin(t * 40)
    rows = [f"{a:.4f},{b:.6f},0.0" for a, b in zip(t, uv, strict=True)]
    path.write_text("\n".join(("time_s,SCM L (uV),SCM R (uV)", *rows)))
    with open_recording(path) as source:
        summary = export(source, tmp_path / "out.edf")
    file = opened(tmp_path / "out.edf")
    assert file.fs_hz == 500
    assert np.abs(file.uv[:3000, 0] - uv).max() <= summary.error_uv[0] + 1e-6
    assert (file.uv[:3000, 1] == 0).all()


def test_nothing_is_overwritten_and_suffixes_are_named(tmp_path, recorded):
    (tmp_path / "out.csv").write_text("precious")
    with recorded() as source:
        with pytest.raises(RecordingError, match="exists already"):
            export(source, tmp_path / "out.csv")
        with pytest.raises(UsageError, match=r"\.xlsx is not known"):
            export(source, tmp_path / "out.xlsx")
        with pytest.raises(RecordingError, match="cannot be written"):
            export(source, tmp_path / "none" / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "precious"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.bdf", "out.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
@pytest.mark.parametrize("suffix", [".csv", ".edf", ".bdf"])
def test_full_disk_leaves_nothing_behind(tmp_path, recorded, suffix):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with recorded() as source:
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
        try:
            with pytest.raises(RecordingError, match="cannot be written: file too large"):
                export(source, tmp_path / f"out{suffix}")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)
    assert [p.name for p in tmp_path.iterdir()] == ["in.bdf"]
