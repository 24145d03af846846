"""The running system on the virtual board: record, mark, lose the board, get it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.device import LinkState
from emgfeedback.core.errors import EmgFeedbackError, RecordingError
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.devices.registry import ANY, make_driver
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.faults import FaultPlan
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.engine.session import LiveSession, SessionSettings
from emgfeedback.engine.snapshot import RecordState
from emgfeedback.engine.station import Station
from emgfeedback.records.reader import open_recording
from tests.engine.waiting import until


def demo(*faults: str) -> Callable[[], Connection]:
    link = VirtualLink(VirtualBoard(NeckSignal(), faults=FaultPlan(faults)))
    return lambda: Connection(link, make_driver("emgfeedback"))


@pytest.fixture
def start() -> Iterator[Callable[..., LiveSession]]:
    made: list[LiveSession] = []

    def begin(
        *faults: str, settings: SessionSettings | None = None, record_to: Path | None = None
    ) -> LiveSession:
        session = LiveSession("demo", demo(*faults), settings or SessionSettings())
        made.append(session)
        session.start(record_to)
        return session

    yield begin
    for session in made:
        session.close()


def test_stream_becomes_levels_and_traces(start) -> None:
    session = start()
    snapshot = until(session, lambda s: bool(s.channels) and s.channels[0].level_uv is not None)
    assert snapshot.link.state is LinkState.STREAMING
    assert snapshot.device is not None
    assert snapshot.device.board == "Virtual board"
    assert len(snapshot.channels) == 6
    assert snapshot.link.lost == 0
    assert session.traces is not None
    chunks = session.traces.since(0)
    ends = [c.end_sample for c in chunks]
    assert [c.first_sample for c in chunks[1:]] == ends[:-1]


def test_recording_holds_every_sample_marks_and_settings(start, tmp_path: Path) -> None:
    path = tmp_path / "r.bdf"
    session = start(record_to=path)
    until(session, lambda s: s.end_sample > 500)
    session.mark("hello")
    session.set_threshold(0, 12.5)
    until(session, lambda s: s.end_sample > 1500)
    summary = session.close()
    assert summary is not None
    assert summary.lost == 0
    with open_recording(path) as recording:
        assert recording.n_samples == summary.samples >= 1500
        texts = [a.text for a in recording.annotations]
        assert "mark hello" in texts
        assert any("SCM L 12.50 uV" in text for text in texts)
        counts = recording.read_counts(0, recording.n_samples)
    assert counts.shape[1] == 6
    assert np.ptp(counts, axis=0).min() > 0


def test_unplugging_is_told_within_a_second_and_the_recording_goes_on(
    start, tmp_path: Path
) -> None:
    path = tmp_path / "r.bdf"
    session = start("unplug@1+1.5", record_to=path)
    until(session, lambda s: s.end_sample > 500)
    lost = until(session, lambda s: s.link.state is LinkState.LOST)
    assert lost.recording.state is RecordState.WAITING
    assert lost.link_message
    back = until(session, lambda s: s.link.reconnects == 1 and s.link.state is LinkState.STREAMING)
    until(session, lambda s: s.end_sample > back.end_sample + 1000)
    summary = session.close()
    assert summary is not None
    assert summary.gaps == 1
    assert summary.lost == pytest.approx(1500, abs=500)
    with open_recording(path) as recording:
        assert recording.gaps[0].n_samples == summary.lost
        assert recording.gaps[0].reason.value == "reconnect"


def test_silence_is_told_and_is_not_unplugged(start) -> None:
    session = start("stall@1+2")
    stalled = until(session, lambda s: s.link.state is LinkState.STALLED)
    assert "silent" in stalled.link_message
    until(session, lambda s: s.link.state is LinkState.STREAMING and s.link.lost > 0)


def test_losses_on_the_link_are_counted(start, tmp_path: Path) -> None:
    path = tmp_path / "r.bdf"
    session = start("drop=1e-3", "flip=1e-3", record_to=path)
    until(session, lambda s: s.link.gaps >= 3 and s.end_sample > 1500)
    summary = session.close()
    assert summary is not None
    with open_recording(path) as recording:
        assert sum(g.n_samples for g in recording.gaps) == summary.lost > 0


def test_a_board_that_refuses_says_why() -> None:
    settings = SessionSettings(StreamSettings(fs_hz=2000, n_channels=8, oversample=4))
    session = LiveSession("demo", demo(), settings)
    session.start()
    with pytest.raises(EmgFeedbackError):
        session.wait_open()
    assert session.snapshot().link_message
    session.close()


def test_impossible_filters_are_told_when_the_rate_is_known() -> None:
    settings = SessionSettings(filter_changes={"lowpass_hz": 600.0})
    session = LiveSession("demo", demo(), settings)
    session.start()
    with pytest.raises(EmgFeedbackError, match="600"):
        session.wait_open()
    session.close()


def test_two_recordings_follow_each_other_and_never_overwrite(start, tmp_path: Path) -> None:
    session = start()
    until(session, lambda s: s.end_sample > 100)
    first, second = tmp_path / "a.bdf", tmp_path / "b.bdf"
    for path in (first, second):
        session.start_recording(path)
        with pytest.raises(RecordingError, match="runs already"):
            session.start_recording(tmp_path / "c.bdf")
        until(session, lambda s: s.recording.elapsed_s > 0.3)
        assert session.stop_recording() is not None
    before = first.read_bytes()
    with pytest.raises(RecordingError, match=r"a\.bdf"):
        session.start_recording(first)
    assert first.read_bytes() == before
    with open_recording(second) as recording:
        assert not recording.gaps


def test_the_station_refuses_in_words_and_recovers_at_start(
    tmp_path: Path, expected_log: list[str]
) -> None:
    expected_log.append("recording not started")
    station = Station(tmp_path / "recordings")
    assert station.snapshot().link.state is LinkState.CLOSED
    with pytest.raises(RecordingError, match="No board"):
        station.mark()
    station.connect(str(tmp_path / "nothing"))
    told = until(station, lambda s: bool(s.link_message))
    assert "nothing" in told.link_message
    station.start_recording()
    assert station.snapshot().recording.state is RecordState.FAILED
    station.recover()
    station.close()


def test_a_station_reaches_its_ports_by_the_connector_it_was_given(tmp_path: Path) -> None:
    asked = []

    def connector_of(port: str, driver: str) -> Callable[[], Connection]:
        asked.append((port, driver))
        return demo()

    station = Station(tmp_path / "recordings", connector_of=connector_of)
    station.connect("the board on my desk")
    until(station, lambda s: bool(s.channels))
    assert station.snapshot().link.state is LinkState.STREAMING
    assert asked == [("the board on my desk", ANY)]
    station.close()
