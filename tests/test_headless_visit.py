"""`main.py report` of a recording before injections."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from emgfeedback.cli import main
from emgfeedback.core.errors import FileFormatError, UsageError
from emgfeedback.core.montage import Side
from emgfeedback.headless_visit import parse_injection, parse_posture, previous_of
from emgfeedback.people.values import PostureFinding
from tests.reports.assessed import STARTED, told, write_bdf
from tests.reports.pages import plain


@pytest.fixture(scope="module")
def bdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bdf(tmp_path_factory.mktemp("visit") / "visit.bdf")


def test_json_then_pdf_compared_with_it(
    bdf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, out = tmp_path / "before.json", tmp_path / "visit.pdf"
    assert main(["report", str(bdf), "--out", str(before), "--posture", "torticaput:right:35"]) == 0
    told = json.loads(before.read_text(encoding="utf-8"))
    assert told["context"]["subject"] == "P-0392"
    assert told["assessment"]["device"] == "bench", "microvolts of two boards are not compared"
    assert told["context"]["postures"] == [{"key": "torticaput", "side": "right", "degrees": 35.0}]
    entered = ["--larynx", "midline", "--injected", "2025-12-18:150 U, L SCM", "--clinic", "Ö"]
    posture = ["--posture", "torticaput:right:35", "--posture", "retrocaput::20"]
    command = ["report", str(bdf), "--out", str(out), "--previous", str(before)]
    assert main([*command, *entered, *posture]) == 0
    assert capsys.readouterr().out.split() == [str(before), str(out)]
    reader = PdfReader(out)
    words = plain(page.extract_text() for page in reader.pages)
    assert len(reader.pages) == 2
    for text in (
        "torticaput right 35°, retrocaput 20°",
        "in the midline",
        "18 December 2025, 84 days (week 13): 150 U, L SCM",
        "Compared with 12 March 2026",
        "Traces by task",
    ):
        assert plain(text) in words


def test_the_long_table(bdf: Path, tmp_path: Path) -> None:
    out = tmp_path / "visit.csv"
    assert main(["report", str(bdf), "--out", str(out), "--heart", "highpass-30"]) == 0
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert {"let-go", "rotate-left", "trick"} <= {row["task"] for row in rows}


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--posture", "nod"], 2, "Posture 'nod' is unknown"),
        (["--injected", "soon"], 2, "does not begin with a date"),
        (["--heart", "magic"], 2, "'magic' is unknown"),
        (["--previous", "none.json"], 1, "none.json cannot be read"),
        (["--previous", "none.bdf"], 1, "none.bdf"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    bdf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: int,
    words: str,
) -> None:  # fmt: skip
    out = tmp_path / "x.json"
    assert main(["report", str(bdf), "--out", str(out), *options]) == code
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("content", ["{}", "[]", "nonsense", '{"assessment": {"tasks": {}}}'])
def test_a_file_that_is_no_assessment_is_refused(
    bdf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    other = tmp_path / "other.json"
    other.write_text(content)
    out = tmp_path / "x.json"
    assert main(["report", str(bdf), "--out", str(out), "--previous", str(other)]) == 1
    assert "is no assessment" in capsys.readouterr().err


def test_an_assessment_kept_beside_its_recording_has_the_day_of_that(bdf: Path) -> None:
    kept = bdf.with_name("visit.assessment.json")
    kept.write_text(json.dumps(told() | {"version": 1}), encoding="utf-8")
    day, assessment = previous_of(kept, "gate")
    assert day == STARTED.astimezone().date()
    assert assessment["tasks"].keys() == told()["tasks"].keys()
    alone = kept.with_name("alone.json")
    alone.write_text(kept.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(FileFormatError, match="does not say when"):
        previous_of(alone, "gate")


def test_a_posture_is_a_key_a_side_and_degrees() -> None:
    assert parse_posture("torticaput:left") == PostureFinding("torticaput", Side.LEFT, None)
    assert parse_posture("retrocaput") == PostureFinding("retrocaput", Side.MIDLINE, None)
    assert parse_posture("retrocaput::12.5") == PostureFinding("retrocaput", Side.MIDLINE, 12.5)
    for text in (
        *("torticaput", "torticaput:up", "torticaput:left:x", "torticaput:left:-1"),
        *("torticaput:left:181", "torticaput:left:3:4", "retrocaput:left", ""),
    ):
        with pytest.raises(UsageError):
            parse_posture(text)


def test_an_injection_is_a_date_and_words() -> None:
    assert parse_injection("2025-12-18").muscles == ""
    assert parse_injection("2025-12-18: 150 U: L SCM").muscles == "150 U: L SCM"
