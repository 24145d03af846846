"""`main.py report` as a user at a terminal gets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from emgfeedback.people.folder import DataFolder
from tests.commands import Command
from tests.people.recorded_session import record_session


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return record_session(DataFolder(tmp_path), "one")


def report(tmp_path: Path, *arguments: object) -> Command:
    return Command("report", *arguments, home=tmp_path)


def test_a_session_with_its_recording_beside_it(tmp_path: Path, files: tuple[Path, Path]) -> None:
    out = tmp_path / "r.pdf"
    with report(tmp_path, files[1], "--out", out, "--paper", "letter", "--clinic", "Ü") as command:
        assert command.wait() == 0, command.err
    reader = PdfReader(out)
    text = reader.pages[0].extract_text()
    assert float(reader.pages[0].mediabox.width) == 612
    assert "Short visit" in text
    assert "one.bdf" in text
    assert "SHA-256" in text


def test_a_recording_as_html(tmp_path: Path, files: tuple[Path, Path]) -> None:
    out = tmp_path / "r.html"
    with report(tmp_path, files[0], "--out", out) as command:
        assert command.wait() == 0, command.err
    assert "Surface EMG recording" in out.read_text(encoding="utf-8")


def test_an_existing_file_is_kept(tmp_path: Path, files: tuple[Path, Path]) -> None:
    out = tmp_path / "r.pdf"
    out.write_text("mine")
    with report(tmp_path, files[1], "--out", out) as command:
        assert "exists already" in command.failure()
    assert out.read_text() == "mine"
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no session summary"),
        (b"[1, 2]", "version 1"),
        (b'{"version": 1, "trials": [{}], "control_window_s": 0.1}', "missing or misplaced"),
        (b'{"version": 1, "trials": 7, "control_window_s": 0.1}', "missing or misplaced"),
        (b'{"version": 1, "steps": ["x"]}', "missing or misplaced"),
    ],
)
def test_a_broken_summary_is_refused_in_one_line(
    tmp_path: Path, content: bytes, words: str
) -> None:
    bad = tmp_path / "bad.session.json"
    bad.write_bytes(content)
    with report(tmp_path, bad, "--out", tmp_path / "r.pdf") as command:
        assert words in command.failure()
    assert not (tmp_path / "r.pdf").exists()


def test_wrong_use_ends_with_2(tmp_path: Path, files: tuple[Path, Path]) -> None:
    with report(tmp_path, files[0], "--out", tmp_path / "r.docx") as command:
        assert ".pdf or .html" in command.failure(2)
    with report(tmp_path, files[0]) as command:
        assert "--out" in command.failure(2)


def test_a_missing_file_ends_with_1(tmp_path: Path) -> None:
    with report(tmp_path, tmp_path / "none.bdf", "--out", tmp_path / "r.pdf") as command:
        assert "none.bdf" in command.failure()


def test_hostile_words_of_a_summary_are_printed(tmp_path: Path, files: tuple[Path, Path]) -> None:
    summary = json.loads(files[1].read_text(encoding="utf-8"))
    summary["plan_title"] = '#panic("x") <script>'
    files[1].write_text(json.dumps(summary), encoding="utf-8")
    out = tmp_path / "r.pdf"
    with report(tmp_path, files[1], "--out", out) as command:
        assert command.wait() == 0, command.err
    assert '#panic("x") <script>' in PdfReader(out).pages[0].extract_text()
