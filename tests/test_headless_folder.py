"""A folder of recordings in one table: whatever stops it, it goes on and ends the same."""

from __future__ import annotations

import csv
import hashlib
import multiprocessing
import os
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emgfeedback.core.block import Block, Unit
from emgfeedback.core.errors import RecordingError, UsageError
from emgfeedback.headless_folder import analyze_folder
from emgfeedback.headless_measure import level_rows
from emgfeedback.headless_table import COLUMNS, Levels, Row, Table
from emgfeedback.headless_workers import Processes
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingWriter
from tests.commands import Command, posix_only
from tests.records.conftest import neck_facts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hold a BDF, an EDF and a CSV below, one broken file and one that is no recording."""
    root = tmp_path / "recordings"
    (root / "later").mkdir(parents=True)
    writer = RecordingWriter.create(root / "b.bdf", neck_facts())
    noise = np.random.default_rng(3).normal(512, 40, (2500, 6)).astype(np.int32)
    writer.append(Block(noise, Unit.COUNTS, 1000.0, 0, None, np.zeros(6, dtype=bool)))
    writer.finish()
    write_csv(root / "later" / "a.CSV", 1)
    (root / "c.edf").write_bytes(b"0       " + b"x" * 300)
    (root / "notes.txt").write_text("no recording", encoding="utf-8")
    return root


def write_csv(path: Path, seed: int, n: int = 1200) -> None:
    noise = np.random.default_rng(seed).normal(0, 20, (n, 2))
    rows = "\n".join(f"{i / 1000:.3f},{a:.2f},{b:.2f}" for i, (a, b) in enumerate(noise))
    path.write_text(f"time_s,SCM L (uV),SCM R (uV)\n{rows}\n", encoding="utf-8")


def rows_of(table: Path) -> list[Row]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(folder: Path, table: Path, **more: Any) -> dict[str, Any]:
    options: dict[str, Any] = {
        "stop": threading.Event(),
        "tell": lambda line, share: None,
        "measure": level_rows,
        "workers": Processes(1),
    } | more
    return analyze_folder(folder, table, options.pop("wish", Levels()), **options)


def test_every_file_and_channel_has_its_row_and_a_second_run_measures_nothing(
    folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "all.csv"
    with Command("analyze", folder, "--csv", table, home=tmp_path) as command:
        assert command.wait() == 0
    assert "3 of 3 files" in command.out[0]
    assert "1 with a problem" in command.out[0]
    assert len(command.err) == 3, "one line of progress after each file"
    rows = rows_of(table)
    assert tuple(rows[0]) == COLUMNS
    places = [(row["file"], row["channel"]) for row in rows]
    assert places == [*(("b.bdf", str(i)) for i in range(1, 7)), ("c.edf", ""), *later_places()]
    assert [row["problem"] == "" for row in rows] == [True] * 6 + [False] + [True] * 2
    for row in rows:
        data = (folder / row["file"]).read_bytes()
        assert row["sha256"] == hashlib.sha256(data).hexdigest()
        assert row["size_bytes"] == str(len(data))
    whole = table.read_bytes()
    with Command("analyze", folder, "--csv", table, "--json", home=tmp_path) as command:
        told = command.told()
    assert (told["measured"], told["unchanged"], told["problems"]) == (0, 3, 1)
    assert table.read_bytes() == whole


def later_places() -> list[tuple[str, str]]:
    return [("later/a.CSV", "1"), ("later/a.CSV", "2")]


def test_numbers_are_those_of_the_single_recording(folder: Path) -> None:
    from emgfeedback.measures.analysis import analyze

    with open_recording(folder / "b.bdf") as recording:
        told = analyze(recording, filter_choice="rest")
    rows = level_rows(folder / "b.bdf", Levels("rest"))
    for row, channel in zip(rows, told["channels"], strict=True):
        assert float(row["rms_uv"]) == pytest.approx(channel["rms_uv"], rel=1e-5)
        assert float(row["as_recorded_mean_uv"]) == pytest.approx(
            channel["as_recorded"]["mean_uv"], rel=1e-5, abs=1e-5
        )
    index = {p["left"]: p["asymmetry_pct"] for p in told["pairs"]}
    assert float(rows[0]["asymmetry_pct"]) == pytest.approx(index["SCM L"], rel=1e-5)


def test_a_changed_file_is_measured_again_and_others_are_not(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "all.csv"
    run(folder, table)
    before = rows_of(table)
    write_csv(folder / "later" / "a.CSV", 2)
    assert run(folder, table)["measured"] == 1
    after = rows_of(table)
    assert after[:7] == before[:7]
    assert len(after) == len(before)
    assert all(a["rms_uv"] != b["rms_uv"] for a, b in zip(after[7:], before[7:], strict=True))


def test_a_table_torn_anywhere_is_made_whole_again(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "all.csv"
    run(folder, table)
    whole = table.read_bytes()
    names = {row["file"] for row in rows_of(table)}
    for keep in np.random.default_rng(5).integers(0, len(whole), 40).tolist():
        table.write_bytes(whole[:keep])
        if keep < len(",".join(COLUMNS)):
            if keep:
                with pytest.raises(UsageError):
                    Table(table, Levels())
            continue
        held = Table(table, Levels()).rows
        assert set(held) <= names
        assert all(len(rows) == max(1, int(rows[0]["channels"])) for rows in held.values())
    table.write_bytes(whole[: len(whole) // 2])
    run(folder, table)
    assert table.read_bytes() == whole


def many(folder: Path, n: int = 24) -> Path:
    folder.mkdir()
    write_csv(folder / "00.csv", 0)
    for i in range(1, n):
        shutil.copyfile(folder / "00.csv", folder / f"{i:02}.csv")
    return folder


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_stopped_or_killed_it_goes_on_to_the_same_table(tmp_path: Path, number: int) -> None:
    folder, table = many(tmp_path / "in"), tmp_path / "all.csv"
    with Command("analyze", folder, "--csv", table, home=tmp_path) as command:
        command.until(lambda line: line.startswith("3 of 24"))
        command.send(signal.Signals(number))
        # Killed, it is over only when its workers have let go of the pipes too.
        assert command.wait() == (130 if number == signal.SIGINT else -signal.SIGKILL)
    if number == signal.SIGINT:
        assert "the same command goes on from here" in command.out[0]
    done = len(Table(table, Levels()).rows)
    assert 3 <= done < 24
    told = run(folder, table, workers=Processes(2))
    assert (told["unchanged"], told["measured"]) == (done, 24 - done)
    again = tmp_path / "again.csv"
    run(folder, again)
    assert table.read_bytes() == again.read_bytes()


def die_on_three(path: Path, wish: Levels) -> list[Row]:
    """Measure like `level_rows`, but end the process at one file and fail at another."""
    if path.name == "03.csv":
        os._exit(9)
    if path.name == "04.csv":
        raise ZeroDivisionError
    return level_rows(path, wish)


def test_a_process_that_dies_takes_its_own_file_alone(tmp_path: Path) -> None:
    folder, table = many(tmp_path / "in", 7), tmp_path / "all.csv"
    told = run(folder, table, measure=die_on_three, workers=Processes(2))
    assert (told["measured"], told["problems"]) == (7, 2)
    problems = {row["file"]: row["problem"] for row in rows_of(table) if row["problem"]}
    assert "process" in problems["03.csv"]
    assert "ZeroDivisionError" in problems["04.csv"]
    assert set(problems) == {"03.csv", "04.csv"}
    assert not multiprocessing.active_children()
    # A file that broke the process was not judged: it is tried again.
    assert run(folder, table)["measured"] == 1


def test_only_its_own_table_is_written(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no table of this command"):
        run(folder, other)
    assert other.read_text(encoding="utf-8") == "a,b\n1,2\n"
    table = folder / "all.csv"
    assert run(folder, table)["files"] == 3, "the table itself is no recording"
    kept = table.read_bytes()
    with pytest.raises(UsageError, match="other options"):
        run(folder, table, wish=Levels("rest"))
    assert table.read_bytes() == kept
    with pytest.raises(UsageError, match="no folder"):
        run(folder / "b.bdf", table)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(UsageError, match="holds no"):
        run(empty, tmp_path / "n.csv")
    with pytest.raises(UsageError, match=r"\.csv"):
        run(folder, tmp_path / "n.xlsx")
    with pytest.raises(RecordingError, match="cannot be written"):
        run(folder, tmp_path / "missing" / "n.csv")


@posix_only
def test_names_no_table_can_hold_and_things_that_are_no_files(tmp_path: Path) -> None:
    folder, table = many(tmp_path / "in", 1), tmp_path / "all.csv"
    odd = os.fsdecode(b"a\xff\n,\"'.csv")
    shutil.copyfile(folder / "00.csv", folder / odd)
    os.mkfifo(folder / "pipe.bdf")
    assert run(folder, table)["problems"] == 1
    assert {row["file"] for row in rows_of(table)} == {"00.csv", "pipe.bdf", "a\\udcff ,\"'.csv"}
    told = run(folder, table)
    assert (told["unchanged"], told["measured"]) == (2, 1), "what has no content has no hash"
