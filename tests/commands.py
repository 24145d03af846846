"""`main.py` as a process, for tests of what a user at a terminal gets."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

MAIN = Path(__file__).resolve().parents[1] / "main.py"
PATIENCE_S = 60.0

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


def assert_told_in_one_line(error_output: str) -> str:
    """Return the one line that tells of a failure; progress may stand before it."""
    lines = [line for line in error_output.splitlines() if " s  lost " not in line]
    assert len(lines) == 1, f"not one line: {error_output!r}"
    assert lines[0].startswith("emgfeedback: "), lines[0]
    assert "unexpected" not in lines[0], f"a bug: {lines[0]}"
    assert "Traceback" not in lines[0]
    return lines[0].removeprefix("emgfeedback: ")


class Command:
    """One run of `main.py`, a context manager; whatever still runs at the end is killed.

    Parameters
    ----------
    arguments
        Of the command line.
    home
        Folder for its log.
    obeying_permissions
        Run so that file permissions count, even where the tests run as root.
    largest_file_bytes
        Writing more than this to a file fails, as on a full disk.
    environment
        Variables it gets besides our own.
    """

    def __init__(
        self,
        *arguments: object,
        home: Path,
        obeying_permissions: bool = False,
        largest_file_bytes: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        limits = _without_root_powers() if obeying_permissions else []
        if largest_file_bytes is not None:
            limits = [_tool("prlimit"), f"--fsize={largest_file_bytes}"]
        self.process = subprocess.Popen(
            [*limits, sys.executable, str(MAIN), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "XDG_STATE_HOME": str(home), **(environment or {})},
        )
        self.out: list[str] = []
        self.err: list[str] = []
        self._news: queue.Queue[str] = queue.Queue()
        self._listeners = [
            threading.Thread(target=self._listen, args=pair)
            for pair in ((self.process.stdout, self.out), (self.process.stderr, self.err))
        ]
        for listener in self._listeners:
            listener.start()

    def __enter__(self) -> Command:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.wait()

    def wait(self) -> int:
        """Wait until it has ended; return its exit code."""
        code = self.process.wait(PATIENCE_S)
        for listener in self._listeners:
            listener.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code

    def until(self, wanted: Callable[[str], bool]) -> str:
        """Wait for a line of output that is `wanted`; return it."""
        while True:
            line = self._news.get(timeout=PATIENCE_S)
            if wanted(line):
                return line
            assert self.process.poll() is None or not self._news.empty(), f"ended: {self.err}"

    def until_recorded(self, seconds: float) -> None:
        """Wait until so many seconds are recorded."""
        self.until(lambda line: " s  lost " in line and int(line.split()[0]) >= seconds)

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def told(self) -> dict[str, Any]:
        """Wait for the end, which must be a good one; return the JSON it printed."""
        code = self.wait()
        assert code == 0, "".join(self.err)
        assert len(self.out) == 1, f"not one line: {self.out}"
        told: dict[str, Any] = json.loads(self.out[0])
        return told

    def failure(self, code: int = 1) -> str:
        """Wait for the end, which must be a failure told in one line; return the line."""
        ended = self.wait()
        assert ended == code, f"exit code {ended}: {self.err}"
        return assert_told_in_one_line("".join(self.err))

    def _listen(self, stream: Any, kept: list[str]) -> None:
        for line in stream:
            kept.append(line)
            self._news.put(line.rstrip("\n"))


def _without_root_powers() -> list[str]:
    """Return what to put before a command so that permissions bind it, as they bind users."""
    if os.geteuid() != 0:
        return []
    return [_tool("setpriv"), "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"needs {name} of util-linux")
    return path
