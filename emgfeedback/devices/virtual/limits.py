"""The firmware's own checks of settings and commands; `firmware/PROTOCOL.md` is the truth."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from emgfeedback.devices import wire

RATES_HZ = (250, 500, 1000, 2000)
OVERSAMPLES = (1, 4)
MAX_CHANNELS = 8
FRAME_HZ = 250
"""A frame holds 4 ms of samples."""
CPU_KHZ = 16_000
ADC_DIVIDERS = (128, 64, 32, 16)
CYCLES_PER_CONVERSION = 15
"""ADC clocks from one conversion's start to the next one's, interrupt included."""
LINK_SHARE = 0.9
"""Share of the line that data may fill."""
BITS_PER_BYTE = 10


class Code(IntEnum):
    """Answers of the board, as in `firmware/codes.csv`."""

    OK = 0
    UNKNOWN_COMMAND = 1
    BAD_LENGTH = 2
    BAD_RATE = 3
    BAD_CHANNELS = 4
    BURST_TOO_LONG = 5
    LINK_TOO_SLOW = 6
    STREAMING = 7
    BAD_TEST_SIGNAL = 8
    BAD_OVERSAMPLE = 9


COMMAND_BYTES = {
    wire.Packet.IDENTIFY: 0,
    wire.Packet.START: 0,
    wire.Packet.STOP: 0,
    wire.Packet.SET_RATE: wire.SET_RATE.size,
    wire.Packet.SET_CHANNELS: 1,
    wire.Packet.SET_TEST: 1,
    wire.Packet.GET_JITTER: 0,
    wire.Packet.GET_STATUS: 0,
}
"""Command -> length of its payload."""


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """What a host may change."""

    rate_hz: int
    n_channels: int
    oversample: int

    @property
    def samples_per_frame(self) -> int:
        """Samples in one data packet."""
        return self.rate_hz // FRAME_HZ

    @property
    def adc_divider(self) -> int | None:
        """Slowest converter clock at which a scan of all channels fits a period, if any."""
        conversions = self.n_channels * self.oversample
        for divider in ADC_DIVIDERS:
            if conversions * CYCLES_PER_CONVERSION * divider * self.rate_hz <= CPU_KHZ * 1000:
                return divider
        return None

    @property
    def adc_clock_khz(self) -> int:
        """Clock of the converter."""
        return CPU_KHZ // (self.adc_divider or ADC_DIVIDERS[-1])

    @property
    def bytes_per_s(self) -> int:
        """Load of the line by data packets."""
        payload = wire.DATA_HEAD.size + 2 * self.n_channels * self.samples_per_frame
        return FRAME_HZ * (wire.OVERHEAD_BYTES + payload)

    def refusal(self, baud: int, max_channels: int = MAX_CHANNELS) -> Code:
        """Return why a board at `baud` cannot work so, or `Code.OK`."""
        if self.rate_hz not in RATES_HZ:
            return Code.BAD_RATE
        if self.oversample not in OVERSAMPLES:
            return Code.BAD_OVERSAMPLE
        if not 1 <= self.n_channels <= max_channels:
            return Code.BAD_CHANNELS
        if self.adc_divider is None:
            return Code.BURST_TOO_LONG
        if self.bytes_per_s * BITS_PER_BYTE > LINK_SHARE * baud:
            return Code.LINK_TOO_SLOW
        return Code.OK


def nearest_rate_hz(fs_hz: float) -> int:
    """Return the board's rate to play a recording at: the lowest that loses nothing, or the top."""
    return next((rate for rate in RATES_HZ if rate >= fs_hz), RATES_HZ[-1])
