"""A whole run of our firmware: settings, START, STOP, reports; scripted, flat out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgfeedback.devices import wire
from tests.firmware.sim.board import Run, run_board
from tests.firmware.sim.stream import Stream, split_scans

SETTINGS_S, START_S = 0.02, 0.05
"""When the settings and START are sent."""
_AFTERWARDS_S = 0.1


def send(*requests: wire.Packet | tuple[wire.Packet, bytes]) -> str:
    """Return the command that sends `requests` (a kind, or a kind and its payload) in one go."""
    pairs = [one if isinstance(one, tuple) else (one, b"") for one in requests]
    return "send " + b"".join(wire.packet(kind, payload) for kind, payload in pairs).hex()


@dataclass(frozen=True)
class Session:
    """A run from START to STOP and what is true of it.

    Attributes
    ----------
    run, stream
        All that happened, and what the board sent, before any fault on the way.
    sums, cycles
        The truth: every scan the converter made (`split_scans`).
    """

    run: Run
    stream: Stream
    sums: NDArray[np.int64]
    cycles: NDArray[np.int64]

    def last(self, kind: type[wire.Message]) -> wire.Message:
        """Return the last message of one kind."""
        message: wire.Message = self.stream.only(kind)[-1]
        return message


def run_session(
    program: Path,
    folder: Path,
    *,
    seconds: float,
    rate_hz: int = 1000,
    n_channels: int = 6,
    oversample: int = 1,
    test_signal: int = 0,
    adc: Mapping[int | str, str] | None = None,
    at: Iterable[tuple[float, str]] = (),
    mcu: str = "atmega328p",
    **options: object,
) -> Session:
    """Stream for `seconds`, then ask for identity, status and jitter.

    See `run_board` for the other parameters.
    """
    kinds = wire.Packet
    settings = send(
        (kinds.SET_CHANNELS, bytes([1])),
        (kinds.SET_RATE, wire.SET_RATE.pack(rate_hz, oversample)),
        (kinds.SET_CHANNELS, bytes([n_channels])),
        (kinds.SET_TEST, bytes([test_signal])),
    )
    stop_s = START_S + seconds
    reports = send(kinds.IDENTIFY, kinds.GET_STATUS, kinds.GET_JITTER)
    script = [(SETTINGS_S, settings), (START_S, send(kinds.START)), (stop_s, send(kinds.STOP))]
    run = run_board(
        program,
        folder,
        seconds=stop_s + 2 * _AFTERWARDS_S,
        at=[*script, (stop_s + _AFTERWARDS_S, reports), *at],
        adc=adc,
        mcu=mcu,
        **options,
    )
    stream = Stream.of(run.sent)
    refused = [answer for answer in stream.only(wire.Ack) if answer.code]
    assert not refused, f"the board refused {refused}"
    return Session(run, stream, *split_scans(run.conversions, n_channels, oversample))
