"""Other people's boards found, recorded with what went in, and their true rate measured."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import GapReason
from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.devices.registry import make_drivers
from emgfeedback.engine.acquisition import Acquisition
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingSummary, RecordingWriter
from tests.devices.foreign_boards import BOARDS, ChordsNpg, SimulatedLink, StreamingBoard

RECORD_S = 24.0
CHANNELS = {"backyard_brains": 2, "bitalino": 4}


def run(
    board: StreamingBoard, path: Path, seconds: float, driver: str, settings: StreamSettings
) -> tuple[DeviceInfo, RecordingSummary, Acquisition]:
    """Record from `board` as a session does, in the board's time."""
    link = SimulatedLink(board)
    acquisition = Acquisition(
        lambda: Connection(link, make_drivers(driver), link.clock), settings, None, link.clock
    )
    info = acquisition.open()
    facts = RecordingFacts(acquisition.montage, info, datetime.now(UTC), "test")
    writer = RecordingWriter.create(path, facts)
    until_s = link.now_s + seconds
    while link.now_s < until_s:
        for block in acquisition.step(0.1):
            writer.append(block)
    summary = writer.finish(acquisition.health().measured_fs_hz)
    acquisition.close()
    return info, summary, acquisition


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_is_found_and_recorded_as_it_is(name: str, tmp_path: Path) -> None:
    board = BOARDS[name]()
    settings = StreamSettings(n_channels=CHANNELS.get(name))
    info, summary, acquisition = run(board, tmp_path / "r.bdf", RECORD_S, "auto", settings)
    assert info.driver == name
    assert info.n_channels == board.n_channels
    assert info.loss_proof
    assert info.cautions
    assert (summary.lost, summary.gaps) == (0, 0)
    with open_recording(tmp_path / "r.bdf") as recording:
        counts = recording.read_counts(0, recording.n_samples)
    samples = board.samples
    if board.bits == 24:
        samples = (samples >> 1) + info.full_scale_counts // 2
    first = next(i for i in range(3000) if (samples[i] == counts[0]).all())
    np.testing.assert_array_equal(counts, samples[first : first + len(counts)])
    assert len(counts) >= (RECORD_S - 0.5) * board.true_hz
    assert acquisition.health().measured_fs_hz == pytest.approx(board.true_hz, rel=1e-3)
    assert summary.fs_hz == pytest.approx(board.true_hz, rel=1e-3)
    assert summary.nominal_fs_hz == info.fs_hz


@pytest.mark.parametrize("n_channels", [3, 6])
def test_the_stream_tells_how_many_channels_npg_lite_has(n_channels: int, tmp_path: Path) -> None:
    board = ChordsNpg(n_channels)
    info, summary, _ = run(board, tmp_path / "r.bdf", 2.0, "chords", StreamSettings())
    assert info.board == "Chords NPG-LITE"
    assert info.n_channels == n_channels
    assert summary.lost == 0
    assert summary.samples > 700


def test_nothing_is_sent_to_a_chords_board_while_it_streams(tmp_path: Path) -> None:
    board = BOARDS["chords"]()
    run(board, tmp_path / "r.bdf", 3.0, "chords", StreamSettings())
    assert board.heard == [b"WHORU\n", b"START\n", b"STOP\n"]


def test_no_board_is_sent_what_begins_a_boot_loader(tmp_path: Path) -> None:
    for name, make in BOARDS.items():
        board = make()
        run(board, tmp_path / f"{name}.bdf", 0.5, "auto", StreamSettings())
        assert b">" not in b"".join(board.heard)


class LossyLink(SimulatedLink):
    """A link that loses all bytes of a second and a half."""

    lossy_s = (20.0, 21.5)
    lost_samples = 0

    def read(self, timeout_s: float) -> bytes:
        before = self.board.n_sent
        data = super().read(timeout_s)
        if not self.lossy_s[0] <= self.now_s < self.lossy_s[1]:
            return data
        self.lost_samples += self.board.n_sent - before
        return b""


def test_a_loss_beyond_the_numbers_is_sized_by_the_clock_and_marked(tmp_path: Path) -> None:
    board = BOARDS["openeeg_p2"]()
    link = LossyLink(board)
    acquisition = Acquisition(
        lambda: Connection(link, make_drivers("openeeg_p2"), link.clock),
        StreamSettings(),
        None,
        link.clock,
    )
    info = acquisition.open()
    facts = RecordingFacts(acquisition.montage, info, datetime.now(UTC), "test")
    writer = RecordingWriter.create(tmp_path / "r.bdf", facts)
    while link.now_s < 24.0:
        for block in acquisition.step(0.1):
            writer.append(block)
    acquisition.close()
    summary = writer.finish()
    assert link.lost_samples > board.true_hz
    assert (summary.lost, summary.gaps) == (link.lost_samples, 1)
    with open_recording(tmp_path / "r.bdf") as recording:
        (gap,) = recording.gaps
    assert (gap.n_samples, gap.reason) == (link.lost_samples, GapReason.ESTIMATED)
