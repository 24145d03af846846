"""Run a program on the simulated board, scripted and flat out or live behind a port."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.firmware.sim.build import build_emgsim

_RECORD = np.dtype([("cycle", "<u8"), ("channel", "u1"), ("flags", "u1"), ("value", "<u2")])
FIRST, TRIGGERED, DROPPED, FLIPPED, UNHEARD = 1, 2, 4, 8, 16
"""Flags of a record (emgsim.h)."""
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Run:
    """What a run left behind.

    Attributes
    ----------
    output
        Bytes as the host got them, after all faults.
    conversions
        Every conversion in order: `cycle` of its sample and hold, `channel` (from 100 on: not
        a pin), `flags`, `value` (the code).
    wire
        Every byte in order as the board sent it, before any fault: `cycle` of the end of its
        stop bit, `value`, `flags` (what befell it).
    stats
        See `report_stats` in report.c.
    """

    output: bytes
    conversions: NDArray[Any]
    wire: NDArray[Any]
    stats: dict[str, Any]

    @property
    def sent(self) -> bytes:
        """Return the bytes the board sent, before any fault."""
        return self.wire["value"].astype(np.uint8).tobytes()


def read_log(path: Path) -> NDArray[Any]:
    """Read a log of 12-byte records."""
    return np.fromfile(path, _RECORD)


def _arguments(
    folder: Path, mcu: str, adc: Mapping[int | str, str], at: Iterable[tuple[float, str]],
    options: Mapping[str, object],
) -> list[str]:  # fmt: skip
    arguments = [f"--mcu={mcu}", f"--adc-log={folder / 'adc.log'}"]
    arguments += [f"--uart-log={folder / 'uart.log'}", f"--stats={folder / 'stats.json'}"]
    arguments += [f"--adc={pin}={spec}" for pin, spec in adc.items()]
    arguments += [f"--at={time_s}:{command}" for time_s, command in at]
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is not False:
            arguments.append(option if value is True else f"{option}={value}")
    return arguments


def _collect(folder: Path) -> Run:
    out = folder / "out.bin"
    return Run(
        output=out.read_bytes() if out.exists() else b"",
        conversions=read_log(folder / "adc.log"),
        wire=read_log(folder / "uart.log"),
        stats=json.loads((folder / "stats.json").read_text()),
    )


def run_board(
    program: Path,
    folder: Path,
    *,
    seconds: float,
    at: Iterable[tuple[float, str]] = (),
    adc: Mapping[int | str, str] | None = None,
    mcu: str = "atmega328p",
    **options: object,
) -> Run:
    """Run `program` for `seconds` of simulated time, as fast as this computer can.

    Parameters
    ----------
    program
        AVR ELF program.
    folder
        Where the logs go; use a fresh one for each run.
    at
        Commands (control.c) with their simulated times, such as `(0.1, "send a55a4100...")`.
    adc
        Voltage per pin (source.c); pins not named see half the reference.
    options
        Further options of emgsim, such as `crystal=0.995`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arguments = _arguments(folder, mcu, adc or {}, at, options)
    command = [build_emgsim(), f"--out={folder / 'out.bin'}", f"--seconds={seconds}"]
    done = subprocess.run(
        [*command, *arguments, program],
        check=False,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
    )
    if done.returncode:
        raise RuntimeError(f"emgsim ended with {done.returncode}: {done.stderr}")
    return _collect(folder)


class SimulatedBoard:
    """A board behind a port in real time, a context manager; POSIX only.

    Leaving the context stops the board; then `run` holds what it left behind.

    Parameters
    ----------
    program
        AVR ELF program; None with the option `boot`, the Intel HEX file of a boot loader.
    folder
        Where the port's symlink (`ttyBoard`) and the logs go.
    adc, mcu, options
        As for `run_board`; also `reset_on_open=True`, `boot_delay=1.6`, `baud_check=True`,
        `lossless=True`, `speed=0`, `flash=PATH` for what lies in flash in the end.
    """

    def __init__(
        self,
        program: Path | None,
        folder: Path,
        *,
        adc: Mapping[int | str, str] | None = None,
        mcu: str = "atmega328p",
        **options: object,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = str(folder / "ttyBoard")
        """The port, as one gives it to an app."""
        self._folder = folder
        self._arguments = _arguments(folder, mcu, adc or {}, (), options)
        self._program = program
        self._events: queue.Queue[str] = queue.Queue()
        self._run: Run | None = None

    @property
    def run(self) -> Run:
        """What the board left behind, once stopped."""
        assert self._run is not None, "the board still runs"
        return self._run

    def __enter__(self) -> SimulatedBoard:
        command = [build_emgsim(), f"--link={self.path}", "--control"]
        self._process = subprocess.Popen(
            [*command, *self._arguments, *([self._program] if self._program else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.wait_for("ready")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self._process.poll() is None:
            self.command("quit")
        self._process.stdin.close()
        code = self._process.wait(_PATIENCE_S)
        self._listener.join()
        self._process.stdout.close()
        if error is None:
            assert code == 0, f"emgsim ended with {code}"
            self._run = _collect(self._folder)

    def command(self, text: str) -> None:
        """Give the board a command (control.c), such as `unplug`."""
        assert self._process.stdin is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def wait_for(self, event: str, timeout_s: float = _PATIENCE_S) -> str:
        """Wait for an event (`ready open close reset unplugged plugged`); return its line."""
        while True:
            line = self._events.get(timeout=timeout_s)
            if line.split(" ", 1)[0] == event:
                return line
            if not line:
                raise RuntimeError(f"emgsim ended while waiting for {event!r}")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._events.put(line.rstrip("\n"))
        self._events.put("")
