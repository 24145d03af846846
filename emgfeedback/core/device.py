"""What a board says of itself, and the health of the link to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """Identity and present settings of a board.

    `full_scale_counts` is one more than the largest code (1024 for 10 bits, 4096 for sums
    of four), so one count is `vref_mv * 1000 / full_scale_counts` microvolts at the pin.
    """

    driver: str
    board: str
    firmware: str
    n_channels: int
    fs_hz: float
    full_scale_counts: int
    vref_mv: float
    sensor_gain: float
    """Gain of the amplifier in front of the pin, as the board knows it; a montage overrides it."""
    channel_skew_us: float = 0.0
    """Time between the conversions of neighbouring channels of one sample."""
    max_channels: int = 0
    oversample: int = 1
    """Conversions summed into one sample; the upper rail is `full_scale_counts - oversample`."""
    serial: str = ""
    """What makes this very board recognisable on reconnect, where it has such a thing."""
    envelope_only: bool = False
    """True where the sensor sends a rectified envelope: no spectra, no filters."""
    band_hz: tuple[float, float] | None = None
    """What the amplifier passes, where it is known."""
    loss_proof: str = ""
    """What the protocol proves about lost samples, in a sentence."""
    cautions: tuple[str, ...] = ()
    """What to keep in mind with this board, each a sentence: band, resolution, what is off."""

    @property
    def midpoint_counts(self) -> float:
        """The code that stands for 0 volts at the electrode (half the reference)."""
        return self.full_scale_counts / 2

    def lsb_uv(self, gain: float | None = None) -> float:
        """One count in microvolts at the electrode for `gain` (default: the board's own)."""
        return self.vref_mv * 1000.0 / self.full_scale_counts / (gain or self.sensor_gain)


class LinkState(Enum):
    """Where the link stands. Silence and unplugged are different states."""

    CLOSED = "closed"
    OPENING = "opening"
    HANDSHAKE = "handshake"
    STREAMING = "streaming"
    STALLED = "stalled"
    """Open, but no sample for longer than `STALL_S`."""
    LOST = "lost"
    """The port went away; we keep trying to get the same device back."""


@dataclass(slots=True)
class LinkCounters:
    """Counts a decoder keeps; they only ever grow."""

    bytes_received: int = 0
    bytes_skipped: int = 0
    """Bytes that belonged to no accepted packet."""
    frames: int = 0
    crc_errors: int = 0
    resyncs: int = 0
    """Times the decoder lost its place and found it again."""
    rejected: int = 0
    """Packets with a good CRC that could not be true (length, number or clock out of place)."""


@dataclass(frozen=True, slots=True)
class LinkHealth:
    """What the screen and the log say of a link; a copy, safe to keep."""

    state: LinkState = LinkState.CLOSED
    received: int = 0
    """Samples received."""
    lost: int = 0
    """Samples lost, for whatever reason."""
    gaps: int = 0
    crc_errors: int = 0
    resyncs: int = 0
    board_dropped: int = 0
    """Samples the board says it dropped (part of `lost`)."""
    overruns: int = 0
    """Ticks at which the board was still busy with the scan before."""
    reconnects: int = 0
    nominal_fs_hz: float = 0.0
    measured_fs_hz: float | None = None
    """By this computer's clock; None until it is known to 0.1 %."""
    jitter_ms: float | None = None
    """Spread (standard deviation) of arrival times round the fitted line."""
    warnings: tuple[str, ...] = field(default=())

    @property
    def lost_pct(self) -> float:
        """Share of the expected samples that is missing, percent."""
        expected = self.received + self.lost
        return 100.0 * self.lost / expected if expected else 0.0
