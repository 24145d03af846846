"""Read what a board sent, strictly: in an undamaged stream every byte belongs to a packet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgfeedback.devices import wire
from tests.firmware.sim.board import DROPPED, FLIPPED, Run

_DAMAGED = DROPPED | FLIPPED


@dataclass(frozen=True)
class Packet:
    """A packet of an undamaged stream, bytes `start` to `end`."""

    kind: wire.Packet
    payload: bytes
    start: int
    end: int

    @property
    def message(self) -> wire.Message | None:
        """What it says, unless it carries samples."""
        return wire.parse_message(self.kind, self.payload)

    @property
    def head(self) -> tuple[int, int, int, int]:
        """Sample number, microseconds, flags and number of samples of a DATA packet."""
        seq, device_us, flags, n_samples = wire.DATA_HEAD.unpack_from(self.payload)
        return seq, device_us, flags, n_samples

    def counts(self) -> NDArray[np.int64]:
        """Samples of a DATA packet, `(n_samples, n_channels)`."""
        codes = np.frombuffer(self.payload, "<u2", offset=wire.DATA_HEAD.size)
        return codes.astype(np.int64).reshape(self.head[3], -1)


def packets(data: bytes) -> list[Packet]:
    """Cut an undamaged stream into its packets; a cut-off last one is left out.

    Raises
    ------
    AssertionError
        If a byte is out of place or a CRC is wrong.
    """
    found = []
    at = 0
    while at + wire.HEADER_BYTES <= len(data):
        assert data[at : at + 2] == wire.SYNC, f"no packet begins at byte {at}"
        end = at + wire.OVERHEAD_BYTES + data[at + 3]
        if end > len(data):
            break
        crc = int.from_bytes(data[end - 2 : end], "little")
        assert wire.crc16(data[at + 2 : end - 2]) == crc, f"wrong CRC of the packet at byte {at}"
        kind = wire.Packet(data[at + 2])
        found.append(Packet(kind, data[at + wire.HEADER_BYTES : end - wire.CRC_BYTES], at, end))
        at = end
    return found


def packets_hit(run: Run) -> NDArray[np.bool_]:
    """Tell for each packet of `packets(run.sent)` whether a fault hit any of its bytes."""
    damaged = np.concatenate([[0], np.cumsum((run.wire["flags"] & _DAMAGED) != 0)])
    bounds = np.array([(packet.start, packet.end) for packet in packets(run.sent)])
    hit: NDArray[np.bool_] = damaged[bounds[:, 1]] > damaged[bounds[:, 0]]
    return hit


@dataclass(frozen=True)
class Stream:
    """All that a board sent, sorted.

    Attributes
    ----------
    seq, flags
        Number of each sample, and the flags of the packet it came in.
    counts
        Samples in the order they were sent, `(n_samples, n_channels)`.
    messages
        Everything else, in order.
    """

    seq: NDArray[np.int64]
    flags: NDArray[np.int64]
    counts: NDArray[np.int64]
    messages: list[wire.Message]

    @classmethod
    def of(cls, data: bytes) -> Stream:
        """Sort an undamaged stream of one run of START; see `packets`."""
        all_packets = packets(data)
        sampled = [one for one in all_packets if one.kind is wire.Packet.DATA]
        numbers = [one.head[0] + np.arange(one.head[3]) for one in sampled]
        flags = [np.full(one.head[3], one.head[2]) for one in sampled]
        messages = [one.message for one in all_packets if one.kind is not wire.Packet.DATA]
        return cls(
            np.concatenate(numbers) if numbers else np.empty(0, np.int64),
            np.concatenate(flags) if flags else np.empty(0, np.int64),
            np.concatenate([one.counts() for one in sampled]) if sampled else np.empty((0, 0)),
            [message for message in messages if message is not None],
        )

    def only(self, kind: type[Any]) -> list[Any]:
        """Return the messages of one kind."""
        return [message for message in self.messages if isinstance(message, kind)]


def split_scans(
    conversions: NDArray[Any], n_channels: int, oversample: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Arrange the conversions of one run of START as scans.

    The first conversion is left out: it settles the converter, and nobody gets to see it.
    A scan that was cut off by the end of the run is left out, too.

    Returns
    -------
    sums : `(n_scans, n_channels)`, the codes of a channel summed over `oversample`.
    cycles : `(n_scans, n_channels, oversample)`, when the input was held.

    Raises
    ------
    AssertionError
        If the channels do not come in turn.
    """
    per_scan = n_channels * oversample
    whole = conversions[1:][: (len(conversions) - 1) // per_scan * per_scan]
    shaped = whole.reshape(-1, n_channels, oversample)
    assert (shaped["channel"] == np.arange(n_channels)[:, None]).all(), "channels out of turn"
    return shaped["value"].astype(np.int64).sum(axis=2), shaped["cycle"].astype(np.int64)
