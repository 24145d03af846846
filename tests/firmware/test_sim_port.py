"""The app's own way to a board, over a port in real time, to the firmware in the simulator."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.core.block import Block, GapReason
from emgfeedback.core.errors import BoardSilent, LinkLost
from emgfeedback.devices import wire
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.sequencer import Sequencer
from emgfeedback.devices.serial_link import SerialLink
from tests.firmware.sim import SimulatedBoard, build_firmware, split_scans

pytestmark = pytest.mark.avr
_BOOT_S = 1.6
"""An old boot loader swallows what comes in so long after a reset."""
_PATIENCE_S = 20.0


def _connection(board: SimulatedBoard) -> Connection:
    return Connection(SerialLink(board.path), EmgFeedbackDriver())


def _collect(
    connection: Connection, sequencer: Sequencer, enough: Callable[[list[Block]], bool]
) -> list[Block]:
    blocks: list[Block] = []
    last_arrival_s = time.monotonic()
    while not enough(blocks):
        arrived = sequencer.blocks(connection.read(5.0).frames, time.monotonic())
        if arrived:
            last_arrival_s = time.monotonic()
        assert time.monotonic() - last_arrival_s < _PATIENCE_S, "the stream dried up"
        blocks += arrived
    return blocks


def _samples(blocks: list[Block]) -> NDArray[np.int32]:
    return np.concatenate([block.samples for block in blocks])


def _at_least(n_samples: int) -> Callable[[list[Block]], bool]:
    return lambda blocks: sum(block.n_samples for block in blocks) >= n_samples


def test_five_seconds_through_the_port_are_exact(
    uno: Path, tmp_path: Path, recorded_pins: dict[int | str, str]
) -> None:
    """Opening resets the board, as on an Uno, and its boot loader swallows the first requests."""
    board = SimulatedBoard(
        uno, tmp_path, adc=recorded_pins, reset_on_open=True, boot_delay=_BOOT_S, baud_check=True
    )
    with board:
        connection = _connection(board)
        info = connection.open()
        assert info.board == "Arduino Uno"
        info = connection.configure(StreamSettings(fs_hz=2000, n_channels=6, oversample=1))
        sequencer = Sequencer(info, connection.driver.seq_modulus, range(6))
        connection.start()
        blocks = _collect(connection, sequencer, _at_least(10_000))
        connection.stop()
        blocks += sequencer.blocks(connection.read(1.0).frames, time.monotonic())
        connection.close()
    assert board.run.stats["resets"] == 1
    sums, _ = split_scans(board.run.conversions, 6)
    assert sequencer.lost == 0
    assert (_samples(blocks) == sums).all()
    assert board.run.stats["speed"] == pytest.approx(1, rel=0.2), "the port is in real time"


def test_unplugged_and_plugged_in_again(uno: Path, tmp_path: Path) -> None:
    board = SimulatedBoard(uno, tmp_path, adc={"*": "count"}, boot_delay=0.3)
    with board:
        connection = _connection(board)
        info = connection.open()
        sequencer = Sequencer(info, connection.driver.seq_modulus, range(6))
        connection.start()
        before = _collect(connection, sequencer, _at_least(1000))
        board.command("unplug")
        with pytest.raises(LinkLost):
            _collect(connection, sequencer, lambda _: False)
        connection.close()
        assert not Path(board.path).is_symlink()
        board.command("plug")
        board.wait_for("plugged")

        again = _connection(board)
        assert again.open() == info
        sequencer.reconnected(time.monotonic())
        again.start()
        after = _collect(again, sequencer, _at_least(1000))
        again.close()
    gap = after[0].gap_before
    assert gap is not None
    assert gap.reason is GapReason.RECONNECT
    assert after[0].first_sample == gap.first_sample + gap.n_samples
    for blocks in (before, after):
        assert (np.diff(_samples(blocks), axis=0) % 1024 == 1).all(), "a sample is missing"
    assert board.run.stats["replugs"] == 1


def test_the_slower_build_is_found_at_its_own_rate(tmp_path: Path) -> None:
    board = SimulatedBoard(build_firmware("uno", baud=250_000), tmp_path, baud_check=True)
    with board:
        connection = _connection(board)
        connection.open()
        connection.configure(StreamSettings(fs_hz=1000, n_channels=2, oversample=1))
        connection.close()
    assert board.run.stats["baud"] == 250_000


def test_a_board_at_a_rate_nobody_tries_is_silent(tmp_path: Path) -> None:
    board = SimulatedBoard(build_firmware("uno", baud=1_000_000), tmp_path, baud_check=True)
    with board:
        connection = _connection(board)
        with pytest.raises(BoardSilent, match="500000 or 250000 baud") as refusal:
            connection.open()
        connection.close()
    assert "reset button" in refusal.value.remedy
    assert board.run.stats["bytes_received"] > 0


def test_a_board_that_streams_already_is_stopped_and_taken_over(uno: Path, tmp_path: Path) -> None:
    board = SimulatedBoard(uno, tmp_path)
    with board:
        forgotten = _connection(board)
        forgotten.open()
        forgotten.start()
        forgotten.close()
        connection = _connection(board)
        info = connection.open()
        connection.configure(StreamSettings(test_signal=wire.TestSignal.RAMP))
        sequencer = Sequencer(info, connection.driver.seq_modulus, range(6))
        connection.start()
        blocks = _collect(connection, sequencer, _at_least(500))
        connection.stop()
        connection.close()
    number = np.arange(len(_samples(blocks)))[:, None]
    assert blocks[0].first_sample == 0
    assert (_samples(blocks) == (number + 97 * np.arange(6)) % 1024).all()


def test_a_stalled_cable_loses_nothing_it_can_hold(uno: Path, tmp_path: Path) -> None:
    """One second without a byte: the operating system's buffers hold that much."""
    board = SimulatedBoard(uno, tmp_path, adc={"*": "count"})
    with board:
        connection = _connection(board)
        sequencer = Sequencer(connection.open(), connection.driver.seq_modulus, range(6))
        connection.start()
        blocks = _collect(connection, sequencer, _at_least(500))
        board.command("stall 1")
        blocks += _collect(connection, sequencer, _at_least(1500))
        connection.close()
    assert sequencer.lost == 0
    assert (np.diff(_samples(blocks), axis=0) % 1024 == 1).all()
