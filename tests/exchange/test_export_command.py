"""`main.py export`, as somebody at a terminal uses it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from emgfeedback.records.reader import open_recording
from tests.commands import Command, assert_told_in_one_line
from tests.exchange.test_formats import read_dicom, read_mat


def run(tmp_path: Path, *words: object) -> tuple[int, str, str]:
    with Command("export", *words, home=tmp_path / "log") as command:
        code = command.wait()
    return code, "\n".join(command.out), "\n".join(command.err)


def test_every_format_by_its_suffix_or_its_name(tmp_path, recorded):
    recorded().close()
    source = tmp_path / "in.bdf"
    for words in (
        [tmp_path / "a.mat"],
        [tmp_path / "a.dcm", "--subject", "S-7"],
        [tmp_path / "a.bdf", "--subject", "S-7", "--notes"],
        [tmp_path / "set", "--format", "bids", "--task", "rest"],
        [tmp_path / "noending", "--format", "mat"],
    ):
        code, out, err = run(tmp_path, source, "--out", *words)
        assert (code, err) == (0, "")
        assert out.strip() == str(words[0])
    assert read_mat(tmp_path / "a.mat")["subject"] == "P-1"
    assert (tmp_path / "a.mat").read_bytes() == (tmp_path / "noending").read_bytes()
    assert str(read_dicom(tmp_path / "a.dcm").PatientID) == "S-7"
    with open_recording(tmp_path / "a.bdf") as back:
        assert back.subject == "S-7"
        assert "Drehung ✓" in [a.text for a in back.annotations]
    assert [p.parts[-4] for p in (tmp_path / "set").rglob("*_task-rest_emg.bdf")] == ["sub-P1"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a.xyz"], ".csv, .edf, .bdf"),
        (["a", "--format", "c3d"], "c3d"),
        (["a.csv", "--subject", "A/B"], "pseudonym"),
        (["set", "--format", "bids", "--subject", "--"], "one"),
    ],
)
def test_wrong_use_is_told_in_one_line_and_makes_nothing(tmp_path, recorded, words, says):
    recorded().close()
    out, *more = words
    code, _, err = run(tmp_path, tmp_path / "in.bdf", "--out", tmp_path / out, *more)
    assert code == 2
    assert says in assert_told_in_one_line(err)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "log") == ["in.bdf"]


def test_the_command_starts_without_what_it_does_not_need(tmp_path):
    import subprocess

    program = (
        "import sys, emgfeedback.exchange.formats, emgfeedback.exchange.opensignals\n"
        "slow = {'sqlalchemy', 'pydicom', 'scipy', 'PySide6'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
