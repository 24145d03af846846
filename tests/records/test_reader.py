from __future__ import annotations

import random
import tracemalloc

import numpy as np
import pytest

from emgfeedback.core.block import GapReason
from emgfeedback.core.errors import EmgFeedbackError, FileFormatError
from emgfeedback.core.montage import Channel, Montage, Side
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingWriter


def write_other(path, signals_uv, fs_hz=1000, dimension="uV", labels=None, rates=None, bdf=False):
    """Write a file as another program would."""
    import pyedflib

    n = len(signals_uv)
    rates = rates or [fs_hz] * n
    labels = labels or [f"ch{i}" for i in range(n)]
    dimensions = [dimension] * n if isinstance(dimension, str) else dimension
    limit = 2**23 if bdf else 2**15
    kind = pyedflib.FILETYPE_BDFPLUS if bdf else pyedflib.FILETYPE_EDFPLUS
    with pyedflib.EdfWriter(str(path), n, file_type=kind) as writer:
        writer.setSignalHeaders(
            [
                {
                    "label": labels[i],
                    "dimension": dimensions[i],
                    "sample_frequency": rates[i],
                    "physical_min": -3000.0,
                    "physical_max": 3000.0,
                    "digital_min": -limit,
                    "digital_max": limit - 1,
                }
                for i in range(n)
            ]
        )
        writer.writeAnnotation(1.25, 0.5, "Anspannung ✓")
        writer.writeSamples([np.asarray(s, dtype=float) for s in signals_uv])
    return path


@pytest.fixture
def signals():
    return np.random.default_rng(3).normal(0, 200, (4, 3000))


@pytest.mark.parametrize("bdf", [False, True])
@pytest.mark.parametrize(("unit", "factor"), [("uV", 1.0), ("mV", 1e3), ("V", 1e6)])
def test_files_of_others_read_in_microvolts(tmp_path, signals, unit, factor, bdf):
    path = write_other(
        tmp_path / "o.edf",
        signals,
        dimension=unit,
        labels=["SCM L", "RSCM", "Trapezius left", "EMG trap re."],
        bdf=bdf,
    )
    with open_recording(path) as recording:
        step = 6000 / (2**24 if bdf else 2**16)
        uv = recording.read_uv(0, 3000)
        assert np.abs(uv / factor - signals.T).max() <= step
        assert np.array_equal(recording.read_uv(777, 2345), uv[777:2345])
        assert recording.fs_hz == 1000
        assert [(c.muscle, c.side) for c in recording.channels] == [
            ("scm", Side.LEFT),
            ("scm", Side.RIGHT),
            ("trapezius", Side.LEFT),
            ("trapezius", Side.RIGHT),
        ]
        (mark,) = recording.annotations
        assert (mark.onset_s, mark.duration_s, mark.text) == (1.25, 0.5, "Anspannung ✓")
        assert recording.gaps == ()
        assert recording.facts == ()


def test_other_signals_are_left_out_and_other_rates_refused(tmp_path, signals):
    parts = [signals[0], signals[1], signals[2][:300]]
    path = write_other(
        tmp_path / "o.edf", parts, dimension=["uV", "mV", "%"], rates=[1000, 1000, 100]
    )
    with open_recording(path) as recording:
        assert recording.labels == ("ch0", "ch1")
    path = write_other(tmp_path / "p.edf", parts, rates=[1000, 1000, 100])
    with pytest.raises(FileFormatError, match=r"different rates \(ch0 1000 Hz.*ch2 100 Hz"):
        open_recording(path)
    path = write_other(tmp_path / "q.edf", signals, dimension="%")
    with pytest.raises(FileFormatError, match=r"no voltage signal \(units found: ch0: '%'"):
        open_recording(path)


def test_montage_comes_back(tmp_path, make_facts, counts, block):
    facts = make_facts(n_channels=2, subject="Zoë 17")
    channels = (
        Channel("a", "levator", Side.RIGHT, 500.0, 4, "C5, 2 cm lateral", 20.0, "MyoWare 2.0"),
        Channel("b", "other", Side.MIDLINE, None, 2, site="Dornfortsatz ✓"),
    )
    object.__setattr__(facts, "montage", Montage("own", channels))
    writer = RecordingWriter.create(tmp_path / "a.bdf", facts)
    writer.append(block(counts[:, :2], 7))
    writer.finish()
    with open_recording(tmp_path / "a.bdf") as recording:
        assert recording.channels[0] == channels[0]
        assert recording.channels[1].site == "Dornfortsatz ✓"
        assert recording.channels[1].gain == 1000.0
        assert recording.subject == "Zoë 17"
        assert recording.full_scale_counts == 1024
        assert np.array_equal(recording.read_counts(0, 5130), counts[:, :2])
        assert recording.lsb_uv.tolist() == [9.765625, 4.8828125]
        for span in ((-1, 5), (5, 4), (0, 5131)):
            with pytest.raises(IndexError):
                recording.read_uv(*span)


def test_memory_follows_the_window_not_the_file(tmp_path, make_facts, block):
    path = tmp_path / "a.bdf"
    writer = RecordingWriter.create(path, make_facts())
    rows = np.zeros((10_000, 6), dtype=np.int32)
    for i in range(100):
        writer.append(block(rows, i * 10_000))
    writer.finish()
    assert path.stat().st_size > 18e6
    tracemalloc.start()
    with open_recording(path) as recording:
        recording.read_uv(500_000, 501_000)
        assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.bdf", b"", "is empty"),
        ("a.bdf", b"\x89PNG\r\n\x1a\n" + bytes(500), "no BDF, EDF or CSV"),
        ("a.edf", b"0       ", "cut off within its header"),
        ("a.csv", b"\x00\x01\x02\x03" * 9, "is no text file"),
    ],
)
def test_foreign_files_are_refused_in_one_line(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileFormatError, match=words) as caught:
        open_recording(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert (tmp_path / name).read_bytes() == content


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.bdf", tmp_path):
        with pytest.raises(FileFormatError, match="cannot be read"):
            open_recording(path)


@pytest.mark.parametrize("told", [b"99999999", b"21      ", b"-1      "])
def test_a_count_the_file_does_not_hold_is_refused(tmp_path, make_facts, counts, block, told):
    writer = RecordingWriter.create(tmp_path / "a.bdf", make_facts())
    writer.append(block(counts[:5000], 0))
    writer.finish()
    data = bytearray((tmp_path / "a.bdf").read_bytes())
    data[236:244] = told
    (tmp_path / "a.bdf").write_bytes(data[:-5])
    tracemalloc.start()
    with pytest.raises(FileFormatError, match=r"was cut off: it holds \d+ of .*repair"):
        open_recording(tmp_path / "a.bdf")
    assert tracemalloc.get_traced_memory()[1] < 4e6
    tracemalloc.stop()


def test_damaged_files_never_do_worse_than_an_honest_error(tmp_path, make_facts, counts, block):
    path = tmp_path / "a.bdf"
    writer = RecordingWriter.create(path, make_facts())
    writer.append(block(counts[:2000], 0))
    writer.annotate("x", 5)
    writer.finish()
    data = path.read_bytes()
    chance = random.Random(5)
    refusals = []
    for _ in range(400):
        hurt = bytearray(data)
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(2048) if chance.random() < 0.7 else chance.randrange(len(data))
            hurt[place] = (
                chance.choice(b"0123456789-.eE+ \x00\xff\x14") if chance.random() < 0.8 else 7
            )
        path.write_bytes(hurt[: chance.randrange(len(hurt))] if chance.random() < 0.2 else hurt)
        try:
            with open_recording(path) as recording:
                n = recording.n_samples
                assert recording.read_uv(0, n).shape == (n, len(recording.channels))
                assert np.isfinite(recording.read_uv(0, n)).all()
                assert recording.valid(0, n).shape == (n,)
        except EmgFeedbackError as error:
            refusals.append(str(error))
    assert 100 < len(refusals) < 400
    assert not any("\n" in text for text in refusals)


def test_discontinuous_files_are_refused(tmp_path, make_facts, counts, block):
    path = tmp_path / "a.bdf"
    writer = RecordingWriter.create(path, make_facts())
    writer.append(block(counts[:2000], 0))
    writer.finish()
    data = bytearray(path.read_bytes())
    data[192:197] = b"BDF+D"
    path.write_bytes(data)
    with open_recording(path) as recording:
        assert recording.n_samples == 2000
    path.write_bytes(data.replace(b"+1.25\x14\x14", b"+9.25\x14\x14"))
    with pytest.raises(FileFormatError, match="not continuous: record 5 is 8 s off"):
        open_recording(path)


def test_unknown_gap_reason_is_charged_to_the_link(tmp_path, make_facts, counts, block):
    writer = RecordingWriter.create(tmp_path / "a.bdf", make_facts())
    writer.append(block(counts[:100], 0))
    writer.append(block(counts[:100], 150))
    writer.finish()
    with open_recording(tmp_path / "a.bdf") as recording:
        assert recording.gaps[0].reason is GapReason.LINK
