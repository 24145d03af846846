"""A replay shows the recording itself: its samples, its gaps, and then lets go."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import FileFormatError, UsageError
from emgfeedback.core.montage import neck_montage
from emgfeedback.engine.played import Played
from emgfeedback.engine.session import LiveSession
from emgfeedback.engine.station import Station
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingWriter
from tests.engine.waiting import PATIENCE_S, until, wait_until

FS_HZ = 1000
GAP = (1500, 200)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """Three seconds of six channels with a gap, from a board like the virtual one."""
    counts = np.random.default_rng(3).integers(1500, 2600, (3000, 6), dtype=np.int32)
    device = DeviceInfo("emgfeedback", "uno", "1.0", 6, FS_HZ, 4096, 5000.0, 2000.0)
    facts = RecordingFacts(neck_montage(6), device, datetime(2026, 3, 12, tzinfo=UTC), "0.1.0")
    writer = RecordingWriter.create(tmp_path / "visit.bdf", facts)
    clean = np.zeros(6, dtype=bool)
    writer.append(Block(counts[: GAP[0]], Unit.COUNTS, FS_HZ, 0, None, clean))
    end = sum(GAP)
    missing = Gap(*GAP, GapReason.LINK)
    writer.append(Block(counts[end:], Unit.COUNTS, FS_HZ, end, missing, clean))
    writer.finish()
    return tmp_path / "visit.bdf"


def test_what_is_played_is_what_was_recorded(recorded: Path, tmp_path: Path) -> None:
    station = Station(tmp_path / "recordings")
    try:
        station.replay(recorded)
        snapshot = until(station, lambda s: bool(s.channels))
        assert snapshot.port == "visit.bdf"
        assert snapshot.device is not None
        assert snapshot.device.board == "Replay of visit.bdf"
        assert [c.label for c in snapshot.channels] == [c.label for c in neck_montage(6).channels]
        traces = station.traces
        assert traces is not None
        wait_until(lambda: station._session is None)
        chunks = traces.since(0)
    finally:
        station.close()
    covered = np.zeros(3000, dtype=bool)
    for chunk in chunks:
        covered[chunk.first_sample : chunk.end_sample] = True
    gap = slice(GAP[0], sum(GAP))
    assert not covered[gap.start + 8 : gap.stop - 8].any()
    assert covered[: gap.start - 8].all()
    assert covered[gap.stop + 8 : 2900].all()


def test_closed_while_a_replay_ends_it_waits_until_the_replay_is_let_go(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, closed = threading.Event(), []
    close = LiveSession.close

    def told_close(session: LiveSession) -> None:
        ending.set()
        close(session)
        closed.append(session)

    monkeypatch.setattr(LiveSession, "close", told_close)
    station = Station(tmp_path / "recordings")
    try:
        station.replay(recorded, 2.8)
        assert ending.wait(PATIENCE_S)
    finally:
        station.close()
    assert len(closed) == 1


def test_the_codes_at_the_inputs_are_the_recordings(recorded: Path) -> None:
    ended: list[int] = []
    played = Played(recorded, 0.5, lambda: ended.append(1))
    board = played._link.board
    with open_recording(recorded) as recording:
        wanted = recording.read_counts(500, 1400)
    board.source.restart(FS_HZ, 6)
    np.testing.assert_array_equal(board.source.codes(0, 900, board.adc), wanted)
    assert not ended
    board.source.codes(2400, 200, board.adc)
    board.source.codes(2600, 200, board.adc)
    assert ended == [1]
    played.close()


def test_a_board_set_to_another_rate_plays_at_the_same_pace(recorded: Path) -> None:
    played = Played(recorded, 0.5, lambda: None)
    source = played._link.board.source
    source.restart(FS_HZ // 2, 6)
    with open_recording(recorded) as recording:
        wanted_uv = recording.read_uv(500, 1300)[::2]
    np.testing.assert_allclose(source.take(0, 400), wanted_uv, atol=1e-9)
    played.close()


def test_a_table_at_another_rate_is_played_in_between_its_samples(tmp_path: Path) -> None:
    t_s = np.arange(3000) / 300
    ramp = 10 * t_s
    lines = [f"{a:.6f},{b:.4f},{-b:.4f}" for a, b in zip(t_s, ramp, strict=True)]
    path = tmp_path / "ramp.csv"
    path.write_text("time_s,hals (uV),hals (uV)\n" + "\n".join(lines) + "\n")
    played = Played(path, 1.0, lambda: None)
    assert [c.label for c in played.montage.channels] == ["hals", "hals 2"]
    source = played._link.board.source
    source.restart(500, 2)
    taken = source.take(0, 2000)
    np.testing.assert_allclose(taken[:, 0], 10 * (1 + np.arange(2000) / 500), atol=1e-3)
    np.testing.assert_allclose(taken[:, 1], -taken[:, 0])
    played.close()


def test_more_channels_than_inputs_are_cut_and_labels_made_fit(tmp_path: Path) -> None:
    t_s = np.arange(2000) / 1000
    names = ",".join(f"Überlanger Kanalname {i} (uV)" for i in range(12))
    lines = [f"{a:.3f}" + ",1.0" * 12 for a in t_s]
    path = tmp_path / "many.csv"
    path.write_text(f"time_s,{names}\n" + "\n".join(lines) + "\n", encoding="utf-8")
    played = Played(path, 0.0, lambda: None)
    labels = [c.label for c in played.montage.channels]
    assert len(labels) == len(set(labels)) == 8
    played.close()


def test_a_second_it_does_not_have_is_refused(recorded: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="3 s long"):
        Played(recorded, 3.0, lambda: None)
    with pytest.raises(FileFormatError):
        Played(tmp_path / "no.bdf", 0.0, lambda: None)
    station = Station(tmp_path)
    station.replay(tmp_path / "no.bdf")
    assert "no.bdf" in station.snapshot().link_message
    station.close()
