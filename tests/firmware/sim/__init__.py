"""The simulated board under test: builds firmware and simulator, runs boards, reads the truth.

Flat out, with everything scripted and the output in a file: `run_board`. As a serial port
in real time: `SimulatedBoard`. Both give a `Run`: what was sent, every conversion with its
CPU cycle, every byte with its CPU cycle, and statistics.
"""

from tests.firmware.sim.board import Run, SimulatedBoard, read_log, run_board
from tests.firmware.sim.build import (
    build_emgsim,
    build_firmware,
    compile_program,
    missing_packages,
)
from tests.firmware.sim.stream import Packet, Stream, packets, packets_hit, split_scans

__all__ = [
    "Packet",
    "Run",
    "SimulatedBoard",
    "Stream",
    "build_emgsim",
    "build_firmware",
    "compile_program",
    "missing_packages",
    "packets",
    "packets_hit",
    "read_log",
    "run_board",
    "split_scans",
]
