"""Text files as OpenSignals writes them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emgfeedback.core.errors import FileFormatError
from emgfeedback.exchange.opensignals import is_opensignals, open_opensignals

PLUX: dict[str, Any] = {
    "sensor": ["EMG", "EMG"], "device name": "00:07:80:79:6F:DB",
    "column": ["nSeq", "DI", "CH1", "CH2"], "sync interval": 2, "time": "10:29:43.249",
    "comments": "", "device connection": "BTH00:07:80:79:6F:DB", "channels": [1, 2],
    "keywords": "", "convertedValues": 0, "mode": 0, "digital IO": [0, 1],
    "firmware version": 773, "device": "channeller", "position": 0, "sampling rate": 1000,
    "label": ["SCM left", "SCM right"], "resolution": [16, 16], "date": "2018-7-5",
    "special": [{}, {}],
}  # fmt: skip
BITALINO = PLUX | {
    "sensor": ["ECG", "EMG"], "column": ["nSeq", "I1", "I2", "O1", "O2", "A1", "A2"],
    "device": "bitalino_rev", "label": ["A1", "A2"], "resolution": [4, 1, 1, 1, 1, 10, 10],
}  # fmt: skip


def opensignals(path: Path, counts, told=PLUX, *, lost=(0, 0), modulus=1 << 16, digital=1) -> Path:
    """Write counts as the program does; `lost`: before which row how many are missing."""
    header = json.dumps({"00:07:80:79:6F:DB": told})
    lines = ["# OpenSignals Text File Format. Version 1", f"# {header}", "# EndOfHeader"]
    for i, row in enumerate(counts):
        number = (i + (lost[1] if i >= lost[0] else 0)) % modulus
        lines.append("\t".join(str(v) for v in (number, *[0] * digital, *row)) + "\t")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def counts() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 1024, (500, 2))


def test_counts_scale_labels_and_date(tmp_path, counts):
    path = opensignals(tmp_path / "a.txt", counts)
    assert is_opensignals(path)
    with open_opensignals(path) as found:
        assert (found.fs_hz, found.labels) == (1000.0, ("SCM left", "SCM right"))
        assert [c.side.value for c in found.channels] == ["left", "right"]
        assert found.start == dt.datetime(2018, 7, 5, 10, 29, 43)
        assert np.array_equal(found.read_counts(0, 500), counts)
        expected = (counts / 2**16 - 0.5) * 3.0 / 1000 * 1e6
        assert np.allclose(found.read_uv(0, 500), expected, rtol=0, atol=1e-9)
        assert found.gaps == ()


def test_only_emg_columns_of_a_bitalino_and_its_numbers_modulo_16(tmp_path, counts):
    path = opensignals(tmp_path / "a.txt", counts, BITALINO, lost=(100, 5), modulus=16, digital=4)
    with open_opensignals(path) as found:
        assert found.labels == ("A2",)
        assert [(g.first_sample, g.n_samples) for g in found.gaps] == [(100, 5)]
        assert found.n_samples == 505
        kept = found.read_counts(0, 505)[found.valid(0, 505)]
        assert np.array_equal(kept, counts[:, 1:])
        expected = (counts[0, 1] / 1024 - 0.5) * 3.3 / 1009 * 1e6
        assert found.read_uv(0, 1)[0, 0] == pytest.approx(expected)


def test_files_of_old_versions_without_columns_and_with_one_resolution(tmp_path, counts):
    old = {k: v for k, v in PLUX.items() if k not in ("column", "date")} | {"resolution": 12}
    with open_opensignals(opensignals(tmp_path / "a.txt", counts, old)) as found:
        assert (found.full_scale_counts, found.start) == (4096, None)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sensor": ["ECG", "EDA"]}, "no column of the sensor EMG .*ECG, EDA"),
        ({"device": "unknown"}, "gain is not known"),
        ({"convertedValues": 1}, "converted values"),
        ({"resolution": [16, 12]}, "different or unknown resolution"),
        ({"resolution": [64, 64]}, "different or unknown resolution"),
        ({"sampling rate": 1e9}, "sampling rate of 1e"),
        ({"sampling rate": "x"}, "lacks"),
        ({"sensor": "EMG"}, "lacks"),
        ({"channels": [1] * 9, "sensor": ["EMG"] * 9, "label": ["x"] * 9,
          "resolution": [16] * 9}, "columns"),
        ({"resolution": [8, 8]}, "count outside 8 bits in its row"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_right_is_refused(tmp_path, counts, change, says):
    path = opensignals(tmp_path / "a.txt", counts, PLUX | change)
    with pytest.raises(FileFormatError, match=says):
        open_opensignals(path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("# EndOfHeader\n", "", "without an end|JSON|lacks"),
        ('# {"00', '# {"00"', "no JSON"),
        ("\n7\t0\t", "\n7\tx\t", "in its row 8"),
        ("\n7\t0\t", "\n7\t0\t1\t", "in its row 8"),
        ("\n7\t0\t", "\n7\t0\t1e99\t", "in its row 8"),
        ("\n7\t", "\n99999999999999\t", "in its row 8"),
        ("# OpenSignals", "# OpenSognals", "does not begin"),
    ],
)
def test_damage_is_told_with_its_row(tmp_path, counts, old, new, says):
    path = opensignals(tmp_path / "a.txt", counts)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(FileFormatError, match=says) as caught:
        open_opensignals(path)
    assert "\n" not in str(caught.value)


def test_hostile_files_are_refused_in_little_memory(tmp_path, counts):
    path = opensignals(tmp_path / "a.txt", counts)
    head = path.read_text().split("# EndOfHeader\n")[0]
    shuffled = "".join(f"{n}\t0\t1\t2\n" for n in np.random.default_rng(1).permutation(60000)[:99])
    for body, says in (
        ("# EndOfHeader\n" + shuffled, "in order"),
        ("# EndOfHeader\n" + "9" * 100_000 + "\n", "columns|characters"),
        ("# EndOfHeader\n0\t0\t1\t2\n", "1 rows"),
        ("# EndOfHeader\n", "0 rows"),
        ("x\n" * 100, "without an end"),
    ):
        path.write_text(head + body)
        with pytest.raises(FileFormatError, match=says):
            open_opensignals(path)
    deep = "# OpenSignals Text File Format\n# {" + '"a":[' * 10_000 + "\n# EndOfHeader\n"
    path.write_text(deep)
    with pytest.raises(FileFormatError, match="JSON"):
        open_opensignals(path)
    path.write_bytes(b"# OpenSignals Text File Format\n\xff\xfe")
    with pytest.raises(FileFormatError, match="UTF-8"):
        open_opensignals(path)
