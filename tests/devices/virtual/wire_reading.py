"""Reading the virtual board's bytes by the wire's own functions alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emgfeedback.devices import wire


@dataclass
class Data:
    """A data packet."""

    seq: int
    device_us: int
    flags: wire.Flag
    counts: NDArray[np.int32]


@dataclass
class Heard:
    """All packets of a stream in order."""

    packets: list[Data | wire.Message] = field(default_factory=list)

    @property
    def data(self) -> list[Data]:
        return [p for p in self.packets if isinstance(p, Data)]

    @property
    def counts(self) -> NDArray[np.int32]:
        return np.concatenate([p.counts for p in self.data])

    @property
    def numbers(self) -> NDArray[np.int64]:
        return np.concatenate([p.seq + np.arange(len(p.counts)) for p in self.data])

    def of(self, kind: type) -> list:
        return [p for p in self.packets if isinstance(p, kind)]


def hear(data: bytes, n_channels: int) -> Heard:
    """Read whole, undamaged packets; anything else is a failure."""
    heard, at = Heard(), 0
    while at < len(data):
        assert data[at : at + 2] == wire.SYNC
        kind, length = data[at + 2], data[at + 3]
        body = data[at + 2 : at + 4 + length]
        end = at + 6 + length
        assert int.from_bytes(data[end - 2 : end], "little") == wire.crc16(body)
        payload = body[2:]
        if kind == wire.Packet.DATA:
            seq, us, flags, n = wire.DATA_HEAD.unpack_from(payload)
            counts = np.frombuffer(payload, "<u2", offset=10).reshape(n, n_channels)
            heard.packets.append(Data(seq, us, wire.Flag(flags), counts.astype(np.int32)))
        else:
            message = wire.parse_message(kind, payload)
            assert message is not None
            heard.packets.append(message)
        at = end
    return heard
