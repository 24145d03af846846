"""Boards that another library reads: what it hands over goes the way of every board.

A library gives samples where a port gives bytes. `SourceLink` packs them into packets of a
number and the counts, and `SourceDriver` unpacks them, so that searching, starting, losses,
rate and reconnecting are those of any board.

======  ========================================
bytes   value, little-endian
======  ========================================
0-7     number of the sample; lost ones count too
8-...   one signed 32-bit count a channel
======  ========================================
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import ESTIMATED_LOSS, Frame
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import LinkLost
from emgfeedback.devices.driver import Decoded, Driver, StreamSettings
from emgfeedback.devices.link import Link
from emgfeedback.devices.packet_driver import OWN_NUMBERS

STEP_UV = 0.05
"""One count of values that come as microvolts: finer than any electrode's noise."""
FULL_SCALE_COUNTS = 2**22
"""What a recording holds; 0.05 uV a count reaches 104 mV either way, offsets of electrodes too."""
VREF_MV = STEP_UV * FULL_SCALE_COUNTS / 1000
NAP_S = 0.02
STEP_CAUTION = (
    f"Values come as microvolts and are kept in steps of {STEP_UV} uV up to 104 mV either way; "
    "leave the gain out of the montage."
)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """What a source had: numbers `(n,)`, lost samples counted, and counts `(n, n_channels)`."""

    numbers: NDArray[np.int64]
    counts: NDArray[np.int32]


class SampleSource(ABC):
    """A board or stream, by another library."""

    path: str
    info: DeviceInfo
    """Once it is open."""
    losses_estimated: bool = False
    """Whether the numbers are made of times."""

    @abstractmethod
    def open(self) -> None:
        """Open and set `info`. Raises EmgFeedbackError with cause and remedy."""

    @abstractmethod
    def take(self) -> Samples | None:
        """Return what has come since, or None; never waits. Raises LinkLost."""

    @abstractmethod
    def close(self) -> None:
        """Close; closing twice is fine."""


def counts_of_uv(values_uv: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return microvolts as counts round the middle; what is beyond the range stands at the rail."""
    steps = np.round(values_uv / STEP_UV) + FULL_SCALE_COUNTS // 2
    return np.clip(steps, 0, FULL_SCALE_COUNTS - 1).astype(np.int32)


class SourceLink(Link):
    """A link to a sample source."""

    def __init__(self, source: SampleSource) -> None:
        self.path = source.path
        self._source = source
        self._is_open = False
        self._cancelled = threading.Event()

    def open(self, baud: int) -> None:
        """Open at any baud; opening an open link changes nothing."""
        if not self._is_open:
            self._cancelled.clear()
            self._source.open()
            self._is_open = True

    def read(self, timeout_s: float) -> bytes:
        """Return packets of the samples that have come; see `Link.read`."""
        if not self._is_open:
            raise LinkLost(f"{self.path} is closed.", "Connect again.")
        end_s = time.monotonic() + timeout_s
        while True:
            samples = self._source.take()
            if samples is not None and len(samples.numbers):
                return _packets(samples)
            left_s = end_s - time.monotonic()
            if left_s <= 0 or self._cancelled.wait(min(left_s, NAP_S)):
                self._cancelled.clear()
                return b""

    def write(self, data: bytes) -> None:
        """Do nothing: what a library reads is not asked by bytes."""

    def cancel(self) -> None:
        """Wake a blocked `read`."""
        self._cancelled.set()

    def close(self) -> None:
        """Close; closing twice is fine."""
        self._is_open = False
        self._source.close()


class SourceDriver(Driver):
    """Decoder of the packets of a `SourceLink`."""

    name = "library"
    title = "Board read by another library"
    bauds = (0,)
    seq_modulus = OWN_NUMBERS
    loss_proof = "By what the library tells."
    acknowledges = False
    streams_unasked = True
    start_within_s = 3.0

    def __init__(self, source: SampleSource) -> None:
        super().__init__()
        self._source = source
        self.reset()

    def identify_request(self) -> bytes:
        """Return nothing: the library says what it reads."""
        return b""

    def listened(self, seconds: float) -> DeviceInfo | None:
        """Return the board once samples came."""
        return self._source.info if self.counters.frames else None

    def settled(self, settings: StreamSettings) -> DeviceInfo | None:
        """Return the board as the library describes it."""
        return self._source.info

    def settings_requests(self, settings: StreamSettings) -> list[bytes]:
        """Return nothing: the board is set up by its library."""
        return []

    def start_request(self) -> bytes:
        """Return nothing: it streams once it is open."""
        return b""

    def stop_request(self) -> bytes:
        """Return nothing: closing stops it."""
        return b""

    def reset(self) -> None:
        """Forget unread bytes; what follows is numbered from 0."""
        self._unread = b""
        self._base: int | None = None
        self._next: int | None = None

    def feed(self, data: bytes) -> Decoded:
        """Take any number of bytes and return all that they complete."""
        self.counters.bytes_received += len(data)
        decoded = Decoded()
        buffer = self._unread + data
        packet = _packet(self._source.info.n_channels)
        n_packets = len(buffer) // packet.itemsize
        self._unread = buffer[n_packets * packet.itemsize :]
        if not n_packets:
            return decoded
        rows = np.frombuffer(buffer, packet, n_packets)
        numbers = rows["number"]
        if self._base is None:
            self._base = int(numbers[0])
        breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
        for begin, end in pairwise([0, *breaks.tolist(), n_packets]):
            counts = rows["counts"][begin:end].astype(np.int32)
            counts.flags.writeable = False
            first = int(numbers[begin]) - self._base
            lost = self._next is not None and first != self._next
            flags = ESTIMATED_LOSS if lost and self._source.losses_estimated else 0
            decoded.frames.append(Frame(first % OWN_NUMBERS, -1, flags, counts))
            self._next = first + (end - begin)
        self.counters.frames += n_packets
        return decoded


def _packet(n_channels: int) -> np.dtype[np.void]:
    return np.dtype([("number", "<i8"), ("counts", "<i4", (n_channels,))])


def _packets(samples: Samples) -> bytes:
    rows = np.empty(len(samples.numbers), _packet(samples.counts.shape[1]))
    rows["number"] = samples.numbers
    rows["counts"] = samples.counts
    return rows.tobytes()
