"""Our firmware in the simulator, examined over its port: its test signal, and endless restarts."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from emgfeedback.devices import channel_test, connection
from emgfeedback.devices.diagnosis import Cause
from emgfeedback.devices.examine import Examiner
from tests.firmware.sim import SimulatedBoard

pytestmark = pytest.mark.avr
RESTART_EVERY_S = 0.4


def test_the_boards_own_test_signal_passes(
    uno: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_test, "SECONDS", 1.0)
    with SimulatedBoard(uno, tmp_path, baud_check=True) as board:
        found = Examiner(board.path).examine()
    assert found.diagnosis is None
    assert found.test is not None
    assert not [verdict.words for verdict in found.test.channels if verdict.fault.value]
    assert found.test.lost_samples == 0


def test_a_board_that_restarts_without_end_is_told(
    uno: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TRY_S", (0.1, 1.0))
    monkeypatch.setattr(channel_test, "SILENT_S", 0.6)
    ended = threading.Event()
    with SimulatedBoard(uno, tmp_path, boot_delay=0.05) as board:

        def restart() -> None:
            while not ended.wait(RESTART_EVERY_S):
                board.command("reset")

        brown_out = threading.Thread(target=restart)
        brown_out.start()
        try:
            found = Examiner(board.path).examine()
        finally:
            ended.set()
            brown_out.join()
    assert found.diagnosis is not None
    assert found.diagnosis.cause is Cause.RESTARTS
    assert "5 V pin" in found.diagnosis.remedy
