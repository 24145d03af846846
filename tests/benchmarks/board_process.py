"""A virtual board on a pseudo-terminal, in a process of its own, that notes what it wrote when.

`python -m tests.benchmarks.board_process CHANNELS RATE SECONDS` prints the port's path on
one line, serves, and prints as its last line the times (monotonic clock, seconds) at which
each packet was handed to the port and the number of samples sent by then.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.pty_server import PtyPort
from emgfeedback.devices.virtual.signal import NeckSignal

ROOT = Path(__file__).resolve().parents[2]
LONGEST_NAP_S = 0.02


class BoardProcess:
    """The board as seen from the process that measures."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._process = process
        self._stdout = process.stdout
        self.path = self._stdout.readline().strip()

    def written(self) -> list[tuple[float, int]]:
        """End the board; return (time, samples sent by then) of every packet."""
        self._process.terminate()
        last = self._stdout.read().splitlines()
        return [(float(t_s), int(samples)) for t_s, samples in json.loads(last[-1])]


@contextmanager
def board_process(n_channels: int, fs_hz: int, burst_s: float = 0.0) -> Iterator[BoardProcess]:
    """Run a board beside this process."""
    command = [sys.executable, "-m", "tests.benchmarks.board_process"]
    process = subprocess.Popen(
        [*command, str(n_channels), str(fs_hz), str(burst_s)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield BoardProcess(process)
    finally:
        process.kill()
        process.communicate()


def serve(n_channels: int, fs_hz: int, burst_s: float) -> None:
    """Send each packet the moment it is complete, or all that is due every `burst_s`."""
    import signal

    board = VirtualBoard(NeckSignal(), n_channels=n_channels, fs_hz=fs_hz)
    chunks: list[tuple[float, bytes]] = []
    ending: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: ending.append(1))
    origin_s = time.monotonic()
    with PtyPort(None) as port:
        print(port.path, flush=True)
        while not ending:
            now_s = time.monotonic() - origin_s
            if not port.opened:
                board.pass_unheard(now_s)
                time.sleep(LONGEST_NAP_S)
                continue
            if asked := port.receive():
                board.receive(asked)
            data = board.advance(now_s)
            if data:
                chunks.append((time.monotonic(), data))
                port.send(data)
            wait_s = board.due_s - (time.monotonic() - origin_s)
            port.wait(burst_s or min(max(wait_s, 0.0), LONGEST_NAP_S))
    print(json.dumps(samples_by_time(chunks)))


def samples_by_time(chunks: list[tuple[float, bytes]]) -> list[tuple[float, int]]:
    """Decode what was sent; return the samples since the stream's start after each chunk."""
    driver = EmgFeedbackDriver()
    found = []
    for t_s, data in chunks:
        for frame in driver.feed(data).frames:
            found.append((t_s, frame.seq + len(frame.counts)))
    return found


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
