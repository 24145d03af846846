"""The simulated board under test: builds firmware and simulator, runs boards, reads the truth.

Scripted and flat out, with the output in a file: `run_board`, or `run_session` for a whole
run of our firmware from START to STOP. As a serial port in real time: `SimulatedBoard`. All
end in a `Run`: what was sent, every conversion and every byte with its CPU cycle, statistics.
"""

from tests.firmware.sim.board import Run, SimulatedBoard, read_log, run_board
from tests.firmware.sim.build import (
    BOOT_LOADERS,
    build_emgsim,
    build_firmware,
    build_optiboot,
    compile_program,
    missing_packages,
)
from tests.firmware.sim.session import Session, run_session, send
from tests.firmware.sim.stream import Packet, Stream, packets, packets_hit, split_scans

__all__ = [
    "BOOT_LOADERS",
    "Packet",
    "Run",
    "Session",
    "SimulatedBoard",
    "Stream",
    "build_emgsim",
    "build_firmware",
    "build_optiboot",
    "compile_program",
    "missing_packages",
    "packets",
    "packets_hit",
    "read_log",
    "run_board",
    "run_session",
    "send",
    "split_scans",
]
