"""`main.py train` as a process: what it prints, and how it refuses."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.commands import Command, posix_only

DEMO = ("train", "--demo", "--speed", "0", "--plan")
BREATHE = """\
version = 1
name = "breathe"
title = "Breathe"
summary = "One minute."
auto = true

[[step]]
kind = "breathing"
seconds = 60

[[step]]
kind = "end"
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "breathe.toml"
    path.write_text(BREATHE, encoding="utf-8")
    return path


def test_a_plan_runs_and_prints_one_strict_json_object(tmp_path: Path, plan: Path) -> None:
    with Command(*DEMO, plan, "--json", home=tmp_path) as command:
        summary = command.told()
    assert (summary["plan"], summary["finished"]) == ("breathe", True)
    assert summary["elapsed_s"] == pytest.approx(60, abs=0.1)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((*DEMO, "home-15-minuts"), 1, "home-15-minutes"),
        ((*DEMO, "retrain-turn-away"), 1, "overactive"),
        ((*DEMO, "home-15-minutes", "--overactive", "scm=up"), 2, "scm=right"),
        ((*DEMO, "home-15-minutes", "--file", "x.bdf"), 2, "exactly one"),
        (("train", "--plan", "home-15-minutes"), 2, "exactly one"),
        (("train", "--plan", "home-15-minutes", "--file", "x.bdf"), 1, "x.bdf"),
        (("train", "--plan", "home-15-minutes", "--port", "p", "--speed", "2"), 2, "--speed"),
    ],
)
def test_wrong_use_is_told_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    with Command(*arguments, home=tmp_path) as command:
        assert words in command.failure(code)


def test_a_file_without_the_channels_of_the_plan_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    rows = [f"{i / 500:.3f},{i % 7}.0" for i in range(1000)]
    path.write_text("\n".join(["time_s,biceps (uV)", *rows]) + "\n", encoding="utf-8")
    with Command("train", "--plan", "home-15-minutes", "--file", path, home=tmp_path) as command:
        assert "trapezius" in command.failure(1).lower()


@posix_only
def test_ctrl_c_ends_with_the_summary_so_far(tmp_path: Path, plan: Path) -> None:
    arguments = ("train", "--demo", "--speed", "8", "--plan", plan, "--json")
    with Command(*arguments, home=tmp_path) as command:
        command.until(lambda line: "Breathing" in line)
        command.send(signal.SIGINT)
        summary = command.told()
    assert summary["stopped"]
    assert 10 <= summary["elapsed_s"] < 60
