"""What the station hands over when a recording or a training has ended: once, and together."""

from __future__ import annotations

from pathlib import Path

import pytest

from emgfeedback.engine.snapshot import RecordState
from emgfeedback.engine.station import Station
from tests.engine.test_station_training import LONG, SHORT, over, station
from tests.engine.waiting import until

__all__ = ["station"]


def record(station: Station) -> Path:
    station.start_recording()
    started = until(station, lambda s: s.recording.state is RecordState.RECORDING)
    return Path(started.recording.path)


def test_a_free_recording_comes_once_and_only_when_it_is_on_disk(station: Station) -> None:
    path = record(station)
    assert station.take_finished() == []
    station.stop_recording()
    assert station.take_finished() == [(path, None)]
    assert station.take_finished() == []


def test_a_training_comes_with_its_recording_once_both_are_on_disk(station: Station) -> None:
    station.start_training(SHORT)
    until(station, lambda s: over(s) and s.recording.state is RecordState.SAVED)
    assert station.take_finished() == []
    summary = station.save_training()
    ((recording, beside),) = station.take_finished()
    assert beside == summary
    assert recording is not None
    assert recording.with_suffix(".session.json") == summary
    station.mark("later")
    assert station.take_finished() == []


def test_two_trainings_in_one_recording_share_it(station: Station) -> None:
    path = record(station)
    kept = []
    for _ in range(2):
        station.start_training(SHORT)
        until(station, over)
        kept.append(station.save_training())
        assert station.take_finished() == []
    station.stop_recording()
    assert station.take_finished() == [(path, kept[0]), (None, kept[1])]


@pytest.mark.parametrize("training", [False, True])
def test_disconnecting_hands_over_what_was_running(station: Station, training: bool) -> None:
    if training:
        station.start_training(LONG)
        started = until(station, lambda s: s.recording.state is RecordState.RECORDING)
        path = Path(started.recording.path)
    else:
        path = record(station)
    station.disconnect()
    summary = path.with_suffix(".session.json") if training else None
    assert station.take_finished() == [(path, summary)]


def test_a_second_recording_does_not_hide_the_first(station: Station) -> None:
    first = record(station)
    station.stop_recording()
    second = record(station)
    station.stop_recording()
    assert station.take_finished() == [(first, None), (second, None)]
