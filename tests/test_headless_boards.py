"""`record` from other people's boards on real ports: found, and what went in comes out."""

from __future__ import annotations

import os
import select
import threading
import time
from pathlib import Path

import numpy as np

from emgfeedback.records.reader import open_recording
from tests.commands import Command, posix_only
from tests.devices.foreign_boards import BOARDS, StreamingBoard

pytestmark = posix_only
SECONDS = 1
TICK_S = 0.004


class ServedBoard:
    """A board behind a pseudo-terminal, in a thread of its own and in real time."""

    def __init__(self, board: StreamingBoard) -> None:
        from tests.devices.pty_board import Pty

        self.board = board
        self._pty = Pty()
        self.path = self._pty.path
        self._ending, self._end = os.pipe()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> ServedBoard:
        os.set_blocking(self._pty.master, False)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._end, b"x")
        self._thread.join()
        self._pty.close()
        os.close(self._ending)
        os.close(self._end)

    def _serve(self) -> None:
        began_s = time.monotonic()
        while True:
            ready, _, _ = select.select([self._pty.master, self._ending], [], [], TICK_S)
            if self._ending in ready:
                return
            t_s = time.monotonic() - began_s
            if self._pty.master in ready:
                self.board.receive(os.read(self._pty.master, 4096), t_s)
            due = self.board.due(t_s)
            try:
                os.write(self._pty.master, due)
            except BlockingIOError:
                # Nobody reads yet: a board sends all the same.
                continue


def test_boards_are_recorded_as_a_user_would(tmp_path: Path) -> None:
    drivers = {"openeeg_p2": "auto", "chords": "chords"}
    served = {name: ServedBoard(BOARDS[name]()) for name in drivers}
    commands: dict[str, Command] = {}
    try:
        for name, board in served.items():
            board.__enter__()
            out = tmp_path / f"{name}.bdf"
            arguments = ["--port", board.path, "--out", out, "--seconds", SECONDS]
            commands[name] = Command("record", *arguments, "--driver", drivers[name], home=tmp_path)
        told = {name: command.told() for name, command in commands.items()}
    finally:
        for command in commands.values():
            command.__exit__(None, None, None)
        for board in served.values():
            board.__exit__()
    for name, summary in told.items():
        board = served[name].board
        assert summary["channels"] == board.n_channels
        assert (summary["lost"], summary["gaps"], summary["reconnects"]) == (0, 0, 0), name
        with open_recording(tmp_path / f"{name}.bdf") as recording:
            counts = recording.read_counts(0, recording.n_samples)
            facts = dict(recording.facts)
        assert facts["recording"]["driver"] == name
        assert facts["sensor"]["loss_proof"]
        sent = board.samples
        first = np.flatnonzero((sent == counts[0]).all(axis=1))
        found = [i for i in first if np.array_equal(sent[i : i + len(counts)], counts)]
        assert found, name
