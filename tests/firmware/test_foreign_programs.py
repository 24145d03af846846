"""Programs that send as other people's boards do, run cycle by cycle: what went in comes out.

Programs of others may not lie here. Point EMGFEEDBACK_FOREIGN_FIRMWARE at a folder of them,
compiled unmodified for the Uno and named by driver (`chords.elf`, `openeeg_p2.elf`,
`backyard_brains.elf`), and they are run too.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.driver import Driver
from emgfeedback.devices.registry import make_driver
from emgfeedback.devices.sequencer import Sequencer
from emgfeedback.records.reader import open_recording
from tests.commands import Command
from tests.firmware.sim import (
    Run,
    SimulatedBoard,
    compile_program,
    missing_packages,
    run_board,
)

pytestmark = [
    pytest.mark.avr,
    pytest.mark.skipif(bool(missing_packages()), reason=f"needs {missing_packages()}"),
]
PROGRAMS = Path(__file__).parent / "programs"
FOREIGN = os.environ.get("EMGFEEDBACK_FOREIGN_FIRMWARE", "")
CPU_HZ = 16e6
SECONDS = 22.0
BURST_BYTES = 64
PINS: dict[int | str, str] = {
    pin: f"dc:2.5+sine:{0.3 + pin / 5},{11 + 7 * pin}" for pin in range(6)
}
SCRIPT = {
    "chords": [(0.1, f"send {b'WHORU'.hex()}0a"), (1.4, f"send {b'START'.hex()}0a")],
}
"""What a session sends, and when."""


def decode(driver: Driver, run: Run) -> tuple[DeviceInfo, Sequencer, np.ndarray]:
    """Feed what the board sent in small bursts, each at the time of its last byte."""
    info: DeviceInfo | None = None
    sequencer: Sequencer | None = None
    counts, waiting = [], []
    sent, times_s = run.sent, run.wire["cycle"] / CPU_HZ
    for at in range(0, len(sent), BURST_BYTES):
        burst = sent[at : at + BURST_BYTES]
        t_s = float(times_s[min(at + BURST_BYTES, len(sent)) - 1])
        decoded = driver.feed(burst)
        known = [message for message in decoded.messages if isinstance(message, DeviceInfo)]
        if info is None:
            info = known[0] if known else driver.listened(t_s)
            if info is not None:
                sequencer = Sequencer(info, driver.seq_modulus, range(info.n_channels))
        waiting += decoded.frames
        if sequencer is not None:
            counts += [block.samples for block in sequencer.blocks(waiting, t_s)]
            waiting = []
    assert info is not None, "not known by what it sent"
    assert sequencer is not None
    return info, sequencer, np.concatenate(counts)


def check(name: str, run: Run, per_scan: int) -> tuple[DeviceInfo, Sequencer]:
    """Hold the decoded samples against the conversions the board made."""
    info, sequencer, counts = decode(make_driver(name), run)
    codes = run.conversions["value"][: len(run.conversions) // per_scan * per_scan]
    scans = codes.reshape(-1, 6, per_scan // 6)[:, :, -1].astype(np.int32)
    assert info.n_channels == 6
    first = next(i for i in range(2000) if (scans[i : i + 8] == counts[:8]).all())
    np.testing.assert_array_equal(counts, scans[first : first + len(counts)])
    assert len(scans) - first - len(counts) <= 2
    assert (sequencer.lost, sequencer.gaps) == (0, 0)
    return info, sequencer


@pytest.mark.parametrize(
    ("program", "name", "true_hz"),
    [
        ("openeeg_sender", "openeeg_p2", 16e6 / 64 / 1002),
        ("chords_sender", "chords", 250.0),
    ],
)
def test_what_went_into_the_pins_is_decoded_with_the_true_rate(
    program: str, name: str, true_hz: float, tmp_path: Path
) -> None:
    elf = compile_program(PROGRAMS / f"{program}.c")
    at = SCRIPT.get(name, [])
    run = run_board(elf, tmp_path, seconds=SECONDS, at=at, adc=PINS)
    info, sequencer = check(name, run, 6)
    assert info.driver == name
    assert sequencer.rate.measured_fs_hz == pytest.approx(true_hz, rel=1e-3)


@pytest.fixture(params=["chords", "openeeg_p2", "backyard_brains"])
def foreign(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """Return a driver's name and the program of others that sends for it."""
    if not FOREIGN:
        pytest.skip("EMGFEEDBACK_FOREIGN_FIRMWARE names no folder")
    elf = Path(FOREIGN) / f"{request.param}.elf"
    if not elf.exists():
        pytest.skip(f"{elf} is not there")
    return request.param, elf


def check_ranges(counts: np.ndarray, run: Run) -> None:
    """Hold ranges alone: a sketch may average conversions or drop some."""
    for channel, column in enumerate(counts.T):
        codes = run.conversions["value"][run.conversions["channel"] == channel]
        assert abs(int(column.min()) - int(codes.min())) <= 8
        assert abs(int(column.max()) - int(codes.max())) <= 8


def test_a_program_of_others_is_known_and_its_rate_measured(
    foreign: tuple[str, Path], tmp_path: Path
) -> None:
    name, elf = foreign
    run = run_board(elf, tmp_path, seconds=SECONDS, at=SCRIPT.get(name, []), adc=PINS)
    info, sequencer, counts = decode(make_driver(name), run)
    assert info.driver == name
    assert sequencer.lost == 0
    assert sequencer.rate.measured_fs_hz is not None
    assert counts.shape[1] == info.n_channels
    check_ranges(counts, run)
    print(f"{name}: {sequencer.rate.measured_fs_hz:.2f} Hz of {info.fs_hz:g}")


def test_a_program_of_others_is_recorded_as_it_comes(
    foreign: tuple[str, Path], tmp_path: Path
) -> None:
    _, elf = foreign
    out = tmp_path / "foreign.bdf"
    board = SimulatedBoard(elf, tmp_path, adc=PINS, reset_on_open=True, boot_delay=1.0)
    command = ("record", f"--port={board.path}", f"--out={out}", "--seconds=12")
    with board, Command(*command, home=tmp_path / "home") as recording:
        told = recording.told()
    assert told["lost"] == 0
    with open_recording(out) as recorded:
        counts = recorded.read_counts(0, recorded.n_samples)
    check_ranges(counts, board.run)
