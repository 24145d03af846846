"""What the station keeps of a training: a recording that ends with it, a summary beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import Side
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.registry import make_drivers
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.snapshot import RecordState, Snapshot
from emgfeedback.engine.station import Station
from emgfeedback.records.reader import open_recording
from emgfeedback.training.now import Phase
from emgfeedback.training.plan import Plan, find_plan, load_plan
from emgfeedback.training.plan_steps import End, Prompt
from tests.engine.waiting import until

SHORT = Plan(name="short", title="Short", auto=True, steps=(Prompt(seconds=3), End()))
LONG = Plan(name="long", title="Long", auto=True, steps=(Prompt(seconds=600), End()))


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    link = VirtualLink(VirtualBoard(NeckSignal()), speed=4.0)

    def connector(port: str, driver: str) -> Callable[[], Connection]:
        del port
        return lambda: Connection(link, make_drivers(driver))

    made = Station(tmp_path / "recordings", connector_of=connector)
    made.connect("demo")
    until(made, lambda s: s.end_sample > 0)
    yield made
    made.close()


def over(snapshot: Snapshot) -> bool:
    return snapshot.training is not None and snapshot.training.phase is Phase.FINISHED


def summaries(station: Station) -> list[dict[str, Any]]:
    files = sorted(station.recordings_folder.glob("*.session.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def texts(path: str) -> list[str]:
    with open_recording(Path(path)) as recording:
        return [annotation.text for annotation in recording.annotations]


def test_the_recording_of_a_training_ends_with_it_and_says_saved(station: Station) -> None:
    station.start_training(SHORT)
    started = until(station, lambda s: s.recording.state is RecordState.RECORDING)
    saved = until(station, lambda s: s.recording.state is RecordState.SAVED)
    assert over(saved)
    assert texts(started.recording.path)[0] == "training plan short"
    assert "training end" in texts(started.recording.path)
    path = station.save_training()
    assert path == Path(started.recording.path).with_suffix(".session.json")
    assert station.save_training() is None
    station.start_recording()
    until(station, lambda s: s.recording.path != started.recording.path)


def test_a_recording_the_user_had_started_goes_on(station: Station) -> None:
    station.start_recording()
    started = until(station, lambda s: s.recording.state is RecordState.RECORDING)
    station.start_training(SHORT)
    ended = until(station, over)
    after = until(station, lambda s: s.end_sample > ended.end_sample + 2000)
    assert after.recording.state is RecordState.RECORDING
    assert station.save_training() == Path(started.recording.path).with_suffix(".session.json")
    station.disconnect()
    assert "training end" in texts(started.recording.path)


def test_stopping_ends_the_recording_at_once(station: Station) -> None:
    station.start_training(LONG)
    until(station, lambda s: s.recording.state is RecordState.RECORDING)
    station.run(lambda run: run.stop("enough"))
    saved = until(station, lambda s: s.recording.state is RecordState.SAVED)
    assert "training end" in texts(saved.recording.path)


@pytest.mark.parametrize("end", ["disconnect", "close", "connect", "another plan"])
def test_an_ending_before_the_end_keeps_the_summary(station: Station, end: str) -> None:
    station.start_training(LONG)
    started = until(station, lambda s: s.recording.state is RecordState.RECORDING)
    until(station, lambda s: s.training is not None and s.training.elapsed_s > 1)
    match end:
        case "disconnect":
            station.disconnect()
        case "close":
            station.close()
        case "connect":
            station.connect("demo")
        case _:
            station.start_training(SHORT)
    (summary,) = summaries(station)
    assert summary["plan"] == "long"
    assert summary["stopped"] == (
        "another plan was started" if end == "another plan" else "disconnected"
    )
    assert summary["elapsed_s"] > 1
    assert "training end" in texts(started.recording.path)
    assert Path(started.recording.path).with_suffix(".session.json").exists()


def test_notes_and_marks_after_the_end_reach_the_summary_on_disk(station: Station) -> None:
    station.start_training(SHORT)
    before = until(station, over)
    assert before.training is not None
    assert before.training.can_note_after_end
    path = station.save_training()
    station.run(lambda run: run.note("felt warm"))
    station.run(lambda run: run.note("dizzy for a minute", "side effect"))
    station.mark("photo taken")
    (summary,) = summaries(station)
    assert [(note["kind"], note["text"]) for note in summary["notes"]] == [
        ("after", "felt warm"),
        ("after", "side effect: dizzy for a minute"),
        ("after", "mark: photo taken"),
    ]
    assert summary["elapsed_s"] == pytest.approx(before.training.elapsed_s)
    assert all(note["at_s"] >= summary["elapsed_s"] for note in summary["notes"])
    assert path is not None
    assert [file.name for file in path.parent.glob("*.json")] == [path.name]


def test_notes_given_before_it_was_saved_are_there_too(station: Station) -> None:
    station.start_training(SHORT)
    station.mark()
    until(station, over)
    station.run(lambda run: run.note("late"))
    station.disconnect()
    (summary,) = summaries(station)
    assert [(note["kind"], note["text"]) for note in summary["notes"]] == [
        ("mark", "M1"),
        ("after", "late"),
    ]


def test_a_plan_that_cannot_run_records_nothing_and_ends_nothing(station: Station) -> None:
    station.start_training(LONG)
    until(station, lambda s: s.recording.state is RecordState.RECORDING)
    with pytest.raises(ConfigError, match="overactive"):
        station.start_training(load_plan(find_plan("retrain-turn-away")))
    now = station.snapshot()
    assert now.training is not None
    assert now.training.plan_title == "Long"
    assert not over(now)
    station.start_training(load_plan(find_plan("retrain-turn-away")), {"scm": Side.LEFT})
    assert [summary["plan"] for summary in summaries(station)] == ["long"]
