"""Proves the way from the board to this computer, channel by channel, without a patient.

The board sends its square wave in place of the pins: another height on every channel, so a
channel that is missing, swapped or changed on the way shows. It says nothing of the sensors.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Block
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import BoardRestarts, BoardSilent, LinkError, UsageError
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.sequencer import Sequencer
from emgfeedback.devices.wire import TestSignal

SIGNAL = TestSignal.SQUARE
SECONDS = 3.0
"""How long a test takes."""
HALF_WAVE_SAMPLES = 50
STEP_COUNTS = 32
"""Half the height of the wave is this times the channel's number, from 1 on."""
RATE_TOLERANCE_PCT = 2.0
"""An Uno's resonator may be 0.5 % off, and a short test measures it to 1 %."""
SILENT_S = 1.5
"""A stream that pauses longer has ended."""


class Fault(Enum):
    """What is wrong with a channel of the test."""

    NONE = ""
    NO_SIGNAL = "no test signal"
    WRONG_HEIGHT = "wrong height"
    SWAPPED = "another channel's signal"
    WRONG_SHAPE = "wrong shape"


@dataclass(frozen=True, slots=True)
class ChannelVerdict:
    """The judgement on one channel.

    Attributes
    ----------
    channel
        From 0 on.
    height_counts, expected_counts
        Half the distance of the two levels, in counts; measured as a mean, None without signal.
    fault
        What is wrong.
    words
        The judgement in words.
    """

    channel: int
    height_counts: float | None
    expected_counts: int
    fault: Fault
    words: str


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What the whole test showed.

    Attributes
    ----------
    fs_hz
        Samples per second by this computer's clock; None where the test was too short.
    """

    __test__ = False
    channels: tuple[ChannelVerdict, ...]
    nominal_fs_hz: float
    fs_hz: float | None
    lost_samples: int
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every channel, the rate and the count of samples are right."""
        return not self.problems


class ChannelTest:
    """Collects blocks of the board's test signal and judges them.

    Synchronous and without a port: the caller sets `SIGNAL` on the board, starts it, and hands
    over every block with the time it came.

    Parameters
    ----------
    info
        The board as it described itself once the settings were made.
    """

    __test__ = False

    def __init__(self, info: DeviceInfo) -> None:
        self._info = info
        self._rows: list[NDArray[np.int32]] = []
        self._numbers: list[NDArray[np.int64]] = []
        self._lost_samples = 0
        self._n_samples = 0
        self._first_s: float | None = None
        self._last_s = 0.0
        self._counted_until = 0
        self._first_end = 0

    def add(self, block: Block, t_s: float) -> None:
        """Take a block of counts, columns in the board's order, that came at monotonic `t_s`."""
        counts = np.asarray(block.samples, dtype=np.int32)
        self._rows.append(counts)
        self._numbers.append(np.arange(block.first_sample, block.end_sample))
        self._n_samples += block.n_samples
        if block.gap_before is not None:
            self._lost_samples += block.gap_before.n_samples
        if self._first_s is None:
            self._first_s, self._first_end = t_s, block.end_sample
        self._last_s, self._counted_until = t_s, block.end_sample

    @property
    def done_share(self) -> float:
        """How much of the test is there, 0 to 1."""
        return min(self._n_samples / (SECONDS * self._info.fs_hz), 1.0)

    def outcome(self) -> TestOutcome:
        """Return the judgement on what has come so far."""
        n_channels = self._info.n_channels
        counts = np.concatenate(self._rows) if self._rows else np.zeros((0, n_channels), np.int32)
        numbers = np.concatenate(self._numbers) if self._numbers else np.zeros(0, np.int64)
        channels = tuple(
            _judge(channel, counts[:, channel], numbers, self._info)
            for channel in range(min(n_channels, counts.shape[1]))
        )
        fs_hz = self._measured_fs_hz()
        problems = [verdict.words for verdict in channels if verdict.fault is not Fault.NONE]
        if counts.shape[1] != n_channels:
            problems.append(f"{counts.shape[1]} channels come, and {n_channels} were asked for.")
        if self._lost_samples:
            problems.append(
                f"{self._lost_samples} of {self._n_samples + self._lost_samples} samples were "
                "lost. Use another cable or USB port."
            )
        if fs_hz is not None:
            off_pct = 100 * (fs_hz / self._info.fs_hz - 1)
            if abs(off_pct) > RATE_TOLERANCE_PCT:
                problems.append(
                    f"{fs_hz:.1f} samples a second come, and {self._info.fs_hz:g} were asked for "
                    f"({off_pct:+.1f} %, at most {RATE_TOLERANCE_PCT:g} % are in order)."
                )
        return TestOutcome(channels, self._info.fs_hz, fs_hz, self._lost_samples, tuple(problems))

    def _measured_fs_hz(self) -> float | None:
        if self._first_s is None or self._last_s - self._first_s < SECONDS / 3:
            return None
        return (self._counted_until - self._first_end) / (self._last_s - self._first_s)


def check_channels(
    connection: Connection,
    *,
    n_channels: int | None = None,
    fs_hz: int | None = None,
    clock: Callable[[], float] = time.monotonic,
    tell: Callable[[float], None] = lambda done_share: None,
) -> TestOutcome:
    """Let the board send its test signal for some seconds and judge what comes.

    Parameters
    ----------
    connection
        Open; its board is stopped afterwards, and sends its pins again once configured anew.
    n_channels, fs_hz
        What to ask of the board; None keeps its own.
    tell
        Called with the share that is done, 0 to 1, in this thread.

    Raises
    ------
    UsageError
        The board has no test signal.
    BoardRefused, LinkLost
        As the connection says.
    BoardRestarts
        It fell silent and then answered as one that was just switched on.
    BoardSilent
        It fell silent for good.
    """
    if connection.driver.name != EmgFeedbackDriver.name:
        raise UsageError(
            f"The {connection.info.board} has no test signal.",
            "Check its channels with sensors on, one after the other.",
        )
    info = connection.configure(
        StreamSettings(fs_hz=fs_hz, n_channels=n_channels, oversample=1 if fs_hz else None,
                       test_signal=SIGNAL)
    )  # fmt: skip
    test = ChannelTest(info)
    sequencer = Sequencer(info, connection.driver.seq_modulus, range(info.n_channels))
    connection.start()
    heard_s = clock()
    while test.done_share < 1.0:
        frames = connection.read(SILENT_S / 4).frames
        now_s = clock()
        for block in sequencer.blocks(frames, now_s):
            test.add(block, now_s)
            heard_s = now_s
        if now_s - heard_s > SILENT_S:
            raise _why_silent(connection)
        tell(test.done_share)
    connection.stop()
    return test.outcome()


def _why_silent(connection: Connection) -> LinkError:
    path = connection.link.path
    try:
        connection.open()
    except BoardSilent:
        return BoardSilent(
            f"The board on {path} fell silent during the test.",
            "Press its reset button and connect again.",
        )
    return BoardRestarts(
        f"The board on {path} restarted while it was sending.",
        "Its supply may give in: take the sensors off its 5 V pin one by one, use a USB port of "
        "the computer itself, and another cable.",
    )


def _judge(
    channel: int, counts: NDArray[np.int32], numbers: NDArray[np.int64], info: DeviceInfo
) -> ChannelVerdict:
    """Judge one channel by the two levels the board's sample numbers say it should have."""
    name, expected = f"A{channel}", STEP_COUNTS * (channel + 1)
    high = (numbers // HALF_WAVE_SAMPLES) % 2 == 1
    if not (high.any() and (~high).any()):
        fault, words = Fault.NO_SIGNAL, f"{name}: no test signal came."
        return ChannelVerdict(channel, None, expected, fault, words)
    levels = info.midpoint_counts + np.where(high, expected, -expected)
    height = float(counts[high].mean() - counts[~high].mean()) / 2
    nearest = round(height / STEP_COUNTS) - 1
    is_anothers = (
        nearest != channel
        and 0 <= nearest < info.n_channels
        and abs(height - STEP_COUNTS * (nearest + 1)) <= 1
    )
    if np.abs(counts - levels).max() <= 1:
        words = f"{name}: right, {height:.0f} counts."
        return ChannelVerdict(channel, height, expected, Fault.NONE, words)
    if abs(height) < STEP_COUNTS / 4:
        fault, words = Fault.NO_SIGNAL, f"{name}: no test signal came."
    elif is_anothers and _is_wave(counts, height):
        fault, words = Fault.SWAPPED, f"{name} carries the signal of A{nearest}."
    elif _is_wave(counts, height):
        fault = Fault.WRONG_HEIGHT
        words = f"{name}: {height:.1f} counts high, and {expected} were sent."
    else:
        fault, words = Fault.WRONG_SHAPE, f"{name}: not the square wave that was sent."
    return ChannelVerdict(channel, height, expected, fault, words)


def _is_wave(counts: NDArray[np.int32], height: float) -> bool:
    """Tell whether the samples stand on two levels, within one count."""
    middle = (float(counts.max()) + float(counts.min())) / 2
    return bool(np.abs(np.abs(counts - middle) - abs(height)).max() <= 1)
