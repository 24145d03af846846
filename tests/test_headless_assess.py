"""Recordings before injections without a window: one, and a folder of them in one table."""

from __future__ import annotations

import csv
import sys
import threading
from pathlib import Path

import pytest

from emgfeedback.cli import _parser
from emgfeedback.core.errors import UsageError
from emgfeedback.headless import show_share
from emgfeedback.headless_analyze import analyze
from emgfeedback.headless_folder import analyze_folder
from emgfeedback.headless_measure import ASSESSED, Assessed, assessed_rows
from emgfeedback.headless_table import Row
from emgfeedback.headless_workers import Processes
from emgfeedback.measures.assessment import assess
from emgfeedback.records.reader import open_recording
from emgfeedback.training.movements import MOVEMENTS
from tests.assessable import REST_COUNTS, WORK_COUNTS, write_assessable
from tests.commands import Command

LSB_UV = 5e6 / 1024 / 1000


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "patient.bdf"
    write_assessable(path, hum_counts=2.0)
    return path


def rows_of(table: Path) -> list[Row]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(folder: Path, table: Path, wish: Assessed = Assessed()) -> dict[str, object]:  # noqa: B008 - frozen
    return analyze_folder(
        folder,
        table,
        wish,
        stop=threading.Event(),
        tell=lambda line, share: None,
        measure=assessed_rows,
        workers=Processes(1),
    )


def test_one_recording_tells_the_assessment_as_the_measures_have_it(
    recording: Path, tmp_path: Path
) -> None:
    with Command("analyze", recording, "--assess", "--json", home=tmp_path) as command:
        told = command.told()
    with open_recording(recording) as source:
        expected = assess(source, MOVEMENTS).as_dict()
    assert told["tasks"]["neutral"]["muscles"] == expected["tasks"]["neutral"]["muscles"]
    assert (told["heart_way"], told["mains"]) == ("gate", "as recorded")
    rest, work = (
        told["tasks"][task]["muscles"]["SCM L"]["rms_uv"]["value"]
        for task in ("rest-supported", "neutral")
    )
    assert rest > REST_COUNTS * LSB_UV
    assert work == pytest.approx(WORK_COUNTS["neutral"][0] * LSB_UV, rel=0.1)


def test_hum_is_subtracted_on_wish_and_the_way_and_method_are_told(
    recording: Path, tmp_path: Path
) -> None:
    options = ("--assess", "--mains", "subtract", "--heart", "highpass-30", "--json")
    onset = ("--onset", "double-threshold")
    with Command("analyze", recording, *options, *onset, home=tmp_path) as command:
        told = command.told()
    assert told["mains"].startswith("50.03 Hz and harmonics subtracted")
    assert (told["heart_way"], told["onset_method"]) == ("highpass-30", "double-threshold")
    assert (told["phase"], "; causal; " in told["filters"]) == ("causal", True)
    rest = told["tasks"]["rest-supported"]["muscles"]["SCM L"]["rms_uv"]["value"]
    assert rest == pytest.approx(REST_COUNTS * LSB_UV, rel=0.08)


def test_lines_for_a_terminal_and_a_bar_of_progress(
    recording: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["analyze", str(recording), "--assess", "--phase", "zero"]
    _, lines = analyze(_parser().parse_args(options))
    assert any("zero-phase: both ways" in line for line in lines)
    assert any(line.startswith("Held neutral") for line in lines)
    show_share("3 of 6 files", 0.5)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    show_share("3 of 6 files", 0.5)
    plain, bar = capsys.readouterr().err.split("\n")
    assert plain == "3 of 6 files"
    assert bar.startswith(f"\r[{'#' * 12}{'.' * 12}] 3 of 6 files")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--assess", "--filter", "rest"), "--filter does not go"),
        (("--heart", "gate"), "--heart goes only"),
        (("--assess", "--heart", "pills"), "pills"),
        (("--assess", "--onset", "guess"), "guess"),
        (("--cluster", "tcp://127.0.0.1:1"), "goes only with a folder"),
    ],
)
def test_options_that_do_not_go_together(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        analyze(_parser().parse_args(["analyze", str(tmp_path / "none.bdf"), *options]))


def test_a_folder_of_assessments_is_one_table_that_goes_on_where_it_stopped(
    tmp_path: Path,
) -> None:
    folder, table = tmp_path / "in", tmp_path / "all.csv"
    folder.mkdir()
    for seed in (1, 2):
        write_assessable(folder / f"{seed}.bdf", seed=seed)
    noise = "\n".join(f"{i / 1000:.3f},1.0,2.0" for i in range(900))
    (folder / "no-task.csv").write_text(f"time_s,SCM L (uV),SCM R (uV)\n{noise}\n")
    (folder / "broken.edf").write_bytes(b"0       " + b"x" * 300)
    told = run(folder, table)
    assert (told["measured"], told["problems"]) == (4, 2)
    rows = rows_of(table)
    assert tuple(rows[0]) == ASSESSED
    problems = {row["file"]: row["problem"] for row in rows if row["problem"]}
    assert set(problems) == {"broken.edf", "no-task.csv"}
    assert "no mark" in problems["no-task.csv"]
    for seed in (1, 2):
        own = [row for row in rows if row["file"] == f"{seed}.bdf"]
        assert {row["rows"] for row in own} == {str(len(own))}
        with open_recording(folder / f"{seed}.bdf") as source:
            expected = assess(source, MOVEMENTS)
        for row in own:
            if row["kind"] == "muscle":
                values = expected.tasks[row["task"]].muscles[row["label"]]
            elif row["kind"] == "pair":
                values = expected.tasks[row["task"]].pairs[row["label"]]
            else:
                continue
            for name, found in values.items():
                if found.value is None:
                    assert row[name] == ""
                    assert name in row["missing"]
                else:
                    assert float(row[name]) == pytest.approx(found.value, rel=1e-5)
    whole = table.read_bytes()
    lines = whole.splitlines(keepends=True)
    table.write_bytes(b"".join(lines[: len(lines) // 2]) + lines[len(lines) // 2][:20])
    assert run(folder, table)["measured"] >= 1
    assert table.read_bytes() == whole
    with pytest.raises(UsageError, match="other options"):
        run(folder, table, Assessed(heart="template"))
    assert table.read_bytes() == whole
