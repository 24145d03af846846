from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.core.errors import FileFormatError
from emgfeedback.core.montage import Side
from emgfeedback.records import csv_reader
from emgfeedback.records.reader import open_recording


def lines(n=50, fs_hz=1000.0):
    return [(i / fs_hz, i * 1.5 - 20, -i * 0.25) for i in range(n)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("time", "factor_s"), [("time_s", 1), ("Time (ms)", 1e-3), ("t", 1), ("Timestamp [s]", 1)]
)
@pytest.mark.parametrize(
    ("unit", "factor"), [(" (uV)", 1.0), ("_uV", 1.0), (" [mV]", 1e3), (" V", 1e6), (" (µV)", 1.0)]
)
def test_units_and_delimiters(tmp_path, delimiter, time, factor_s, unit, factor):
    path = tmp_path / "a.csv"
    head = delimiter.join((time, f"SCM L{unit}", f"SCM R{unit}", "button"))
    rows = [
        delimiter.join(map(str, (round(t / factor_s, 6), a / factor, b / factor, 1)))
        for t, a, b in lines()
    ]
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    with open_recording(path) as recording:
        assert recording.fs_hz == 1000
        assert recording.labels == ("SCM L", "SCM R")
        assert recording.channels[1].side is Side.RIGHT
        expected = np.array(lines())[:, 1:]
        assert np.allclose(recording.read_uv(0, 50), expected, rtol=1e-12, atol=1e-9)
        assert np.array_equal(recording.read_uv(7, 9), recording.read_uv(0, 50)[7:9])
        with pytest.raises(FileFormatError, match="not the counts"):
            recording.read_counts(0, 1)
        with pytest.raises(IndexError):
            recording.read_uv(0, 51)


def test_decimal_commas_windows_ends_and_old_code_pages(tmp_path):
    path = tmp_path / "a.csv"
    text = "Zeit;x\r\n".replace("Zeit;x", "t_s;Schulter-UT L (µV)")
    text += "".join(f"{t:.3f};{a:.1f}\r\n".replace(".", ",") for t, a, _ in lines())
    path.write_bytes(text.encode("cp1252"))
    with open_recording(path) as recording:
        assert recording.fs_hz == 1000
        assert recording.read_uv(3, 4)[0, 0] == -15.5
        assert recording.channels[0].muscle == "trapezius"


def test_empty_cells_are_gaps(tmp_path):
    path = tmp_path / "a.csv"
    rows = [
        f"{t},," if 10 <= i < 15 else f"{t},{a},nan" if i == 20 else f"{t},{a},{b}"
        for i, (t, a, b) in enumerate(lines())
    ]
    path.write_text("\n".join(("time_s,a (uV),b (uV)", *rows)))
    with open_recording(path) as recording:
        assert [(g.first_sample, g.n_samples) for g in recording.gaps] == [(10, 5), (20, 1)]
        uv = recording.read_uv(0, 50)
        assert np.array_equal(uv[10:15], np.tile(uv[9], (5, 1)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time_s,a (uV)\n", "no data"),
        ("time_s,a (uV)\n0,1\n", "1 rows of data"),
        ("a (uV),b (uV)\n1,2\n", "0 time columns"),
        ("time_s,t,a (uV)\n1,2,3\n", "2 time columns"),
        ("time_s,a,b\n0,1,2\n", "names no unit of voltage"),
        ("time_s,a (uV)\n0,1\n0.001,2,3\n", "3 cells in line 3"),
        ("time_s,a (uV)\n0,1\n0.001\n", "1 cells in line 3"),
        ("time_s,a (uV)\n0,1\n0.001,zwei\n", "'zwei' in line 3"),
        ("time_s,a (uV)\n0,1\n0.001,inf\n", "infinite value in line 3"),
        ("time_s,a (uV)\n0,1\n,2\n", "no time in line 3"),
        ("time_s,a (uV)\n0,1\n0,2\n", "does not grow"),
        ("time_s,a (uV)\n2,1\n1,2\n", "does not grow"),
        ("time_s,a (uV)\n0,1\n\n1,2\n", "empty line"),
        ("time_s,a (uV)\n" + "1" * 70_000 + "\n", "more than 65536"),
        ("time_s," + ",".join("a" * 300) + "\n", "columns"),
        ("x" * 100_000, "time columns"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, words):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(FileFormatError, match=words) as caught:
        open_recording(path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_jump_of_the_time_is_told(tmp_path):
    path = tmp_path / "a.csv"
    rows = [f"{i / 1000 + (0.5 if i >= 700 else 0):.3f},{i}" for i in range(1000)]
    path.write_text("\n".join(("time_s,a (uV)", *rows)))
    with pytest.raises(FileFormatError, match=r"uneven times \(line 702: a step of 0.501 s"):
        open_recording(path)


def test_bytes_that_are_no_text_are_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"time_s,a (uV)\n0,1\n0.001,\xff\xfe\n")
    with pytest.raises(FileFormatError, match="is no text"):
        open_recording(path)


def test_a_table_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_reader, "MAX_VALUES", 100)
    path = tmp_path / "a.csv"
    path.write_text("\n".join(("time_s,a (uV)", *(f"{i},{i}" for i in range(60)))))
    with pytest.raises(FileFormatError, match="more than 100 values"):
        open_recording(path)
