"""From the pins to the file: `main.py record` on the simulated board, sample against sample."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.core.block import GapReason
from emgfeedback.records.reader import open_recording
from tests.firmware.sim import SimulatedBoard, split_scans

pytestmark = pytest.mark.avr
_MAIN = Path(__file__).resolve().parents[2] / "main.py"


class _Recorder:
    """`main.py record`, running."""

    def __init__(self, board: SimulatedBoard, out: Path, *arguments: str) -> None:
        command = [sys.executable, str(_MAIN), "record", f"--port={board.path}", f"--out={out}"]
        self.process = subprocess.Popen(
            [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        self._progress = self.process.stderr

    def wait_for_second(self, second: int) -> None:
        """Wait until so many seconds are recorded."""
        for line in self._progress:
            words = line.split()
            if len(words) > 1 and words[1] == "s" and int(words[0]) >= second:
                return
        pytest.fail("the recorder ended early")

    def result(self) -> dict[str, Any]:
        """Return what it says at its end."""
        out, err = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, err
        told: dict[str, Any] = json.loads(out)
        return told


@contextmanager
def _recording(board: SimulatedBoard, out: Path, *arguments: str) -> Iterator[_Recorder]:
    recorder = _Recorder(board, out, *arguments)
    try:
        yield recorder
    finally:
        if recorder.process.poll() is None:
            recorder.process.kill()
        recorder.process.communicate()


def _contents(out: Path) -> tuple[NDArray[np.int32], NDArray[np.bool_], tuple[Any, ...]]:
    with open_recording(out) as recording:
        end = recording.n_samples
        return recording.read_counts(0, end), recording.valid(0, end), recording.gaps


@pytest.mark.parametrize("rate_hz", [1000, 2000])
def test_the_file_holds_what_the_pins_saw(
    uno: Path, tmp_path: Path, recorded_pins: dict[int | str, str], rate_hz: int
) -> None:
    out = tmp_path / "pins.bdf"
    board = SimulatedBoard(uno, tmp_path, adc=recorded_pins, reset_on_open=True, boot_delay=1.0)
    with board, _recording(board, out, "--seconds=5", f"--rate={rate_hz}") as recorder:
        told = recorder.result()
    assert (told["lost"], told["crc_errors"]) == (0, 0)
    assert 5 * rate_hz <= told["samples"] <= 5.5 * rate_hz
    counts, valid, gaps = _contents(out)
    sums, _ = split_scans(board.run.conversions, 6)
    assert counts.shape == (told["samples"], 6)
    assert valid.all()
    assert not gaps
    assert (counts == sums[: len(counts)]).all()


def test_one_damaged_byte_in_ten_thousand_costs_gaps_and_no_truth(
    uno: Path, tmp_path: Path, recorded_pins: dict[int | str, str]
) -> None:
    out = tmp_path / "damaged.bdf"
    board = SimulatedBoard(uno, tmp_path, adc=recorded_pins, seed=5)
    with board, _recording(board, out, "--seconds=6", "--rate=2000") as recorder:
        recorder.wait_for_second(1)
        board.command("flip 0.0001")
        board.command("drop 0.0001")
        told = recorder.result()
    assert board.run.stats["flipped"] + board.run.stats["dropped"] > 10
    counts, valid, gaps = _contents(out)
    sums, _ = split_scans(board.run.conversions, 6)
    assert len(counts) == told["samples"] >= 12_000
    assert 0 < (~valid).sum() == told["lost"] == sum(gap.n_samples for gap in gaps)
    assert (counts[valid] == sums[: len(counts)][valid]).all()


def test_unplugged_twice_the_recording_goes_on(uno: Path, tmp_path: Path) -> None:
    out = tmp_path / "unplugged.bdf"
    board = SimulatedBoard(uno, tmp_path, adc={"*": "count"}, boot_delay=0.5)
    with board, _recording(board, out, "--seconds=9") as recorder:
        for second in (2, 6):
            recorder.wait_for_second(second)
            board.command("unplug")
            board.wait_for("unplugged")
            board.command("plug")
            board.wait_for("open")
        told = recorder.result()
    assert told["reconnects"] == board.run.stats["replugs"] == 2
    counts, valid, gaps = _contents(out)
    assert [gap.reason for gap in gaps] == [GapReason.RECONNECT] * 2
    assert (~valid).sum() == told["lost"]
    both = valid[1:] & valid[:-1]
    steps = np.diff(counts, axis=0)[both] % 1024
    assert (steps == 1).all(), "a sample is missing or doubled outside the gaps"
