"""Summaries on disk: whole or not there, and none lost to another."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from emgfeedback.core.errors import RecordingError
from emgfeedback.engine.summaries import replace_summary, save_summary


def test_a_second_summary_stands_beside_the_first(tmp_path: Path) -> None:
    first = save_summary(tmp_path / "a.json", {"n": 1})
    second = save_summary(tmp_path / "a.json", {"n": 2})
    assert [json.loads(path.read_text())["n"] for path in (first, second)] == [1, 2]
    assert (first.name, second.name) == ("a.json", "a-2.json")


def test_a_replaced_summary_is_the_new_one(tmp_path: Path) -> None:
    path = save_summary(tmp_path / "a.json", {"n": 1})
    assert replace_summary(path, {"n": 2}) == path
    assert json.loads(path.read_text()) == {"n": 2}
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_old_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_summary(tmp_path / "a.json", {"n": 1})

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for write in (save_summary, replace_summary):
        with pytest.raises(RecordingError, match="No space left"):
            write(path, {"n": 2})
    assert json.loads(path.read_text()) == {"n": 1}
    assert list(tmp_path.iterdir()) == [path]
