"""The firmware's own checks of settings; `firmware/PROTOCOL.md` is the truth."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from emgfeedback.devices import wire

RATES_HZ = (250, 500, 1000, 2000)
SAME_RATE = 0.005
"""Clocks of boards differ by up to this share: no reason to resample."""
OVERSAMPLES = (1, 4)
MAX_CHANNELS = 8
FRAMES_PER_S = 250
"""A full frame holds 4 ms of samples."""
CPU_HZ = 16_000_000
PRESCALERS = (128, 64, 32)
"""ADC clock dividers, slowest clock first."""
CLOCKS_PER_CONVERSION = 13
RESTART_CYCLES = 60
"""From the end of a conversion to the start of the next, in CPU cycles."""
FULL_PCT = 90
"""How much of a period the scan, and of the line the data, may fill."""
BITS_PER_BYTE = 10
STATUS_PACKET_BYTES = wire.OVERHEAD_BYTES + wire.STATUS.size
DATA_OVERHEAD_BYTES = wire.OVERHEAD_BYTES + wire.DATA_HEAD.size


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
    CONVERTER_FAULT = 10
    """Never here: this board has no external converter."""

    @property
    def row(self) -> wire.Code:
        """The code's words."""
        return wire.codes()[int(self)]


COMMAND_BYTES: dict[int, int] = {
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
    def words(self) -> str:
        """The settings as a person says them."""
        each = f", {self.oversample} conversions each" if self.oversample != 1 else ""
        return f"{self.n_channels} channels at {self.rate_hz} Hz{each}"

    @property
    def samples_per_frame(self) -> int:
        """Samples in one full data packet."""
        return self.rate_hz // FRAMES_PER_S

    @property
    def prescaler(self) -> int | None:
        """Slowest ADC clock whose scan fits a period and whose edges stand still in it."""
        period_cycles = CPU_HZ // self.rate_hz
        for prescaler in PRESCALERS:
            steady = period_cycles % prescaler == 0
            if steady and self._burst_cycles(prescaler) * 100 < period_cycles * FULL_PCT:
                return prescaler
        return None

    @property
    def adc_clock_khz(self) -> int:
        """Clock of the converter; 0 where none would do."""
        return CPU_HZ // 1000 // self.prescaler if self.prescaler else 0

    @property
    def burst_cycles(self) -> int:
        """CPU cycles of one scan of all channels; 0 where none would do."""
        return self._burst_cycles(self.prescaler) if self.prescaler else 0

    @property
    def bytes_per_s(self) -> int:
        """Bytes on the line in a second of streaming."""
        samples = 2 * self.n_channels * self.rate_hz
        return samples + FRAMES_PER_S * DATA_OVERHEAD_BYTES + STATUS_PACKET_BYTES

    def refusal(self, baud: int, max_channels: int = MAX_CHANNELS) -> Code:
        """Return why a board at `baud` cannot work so, or `Code.OK`."""
        if self.rate_hz not in RATES_HZ:
            return Code.BAD_RATE
        if self.oversample not in OVERSAMPLES:
            return Code.BAD_OVERSAMPLE
        if not 1 <= self.n_channels <= max_channels:
            return Code.BAD_CHANNELS
        if self.prescaler is None:
            return Code.BURST_TOO_LONG
        if self.bytes_per_s * 100 > baud // BITS_PER_BYTE * FULL_PCT:
            return Code.LINK_TOO_SLOW
        return Code.OK

    def _burst_cycles(self, prescaler: int) -> int:
        """Return the scan's length; a restart waits for the next edge of the ADC's clock."""
        restart_clocks = -(-RESTART_CYCLES // prescaler)
        conversion = (CLOCKS_PER_CONVERSION + restart_clocks) * prescaler
        return self.n_channels * self.oversample * conversion + prescaler


def board_clock_hz(fs_hz: float) -> float:
    """Return the rate of a board that made a recording at `fs_hz`; `fs_hz` where none did."""
    board_hz = nearest_rate_hz(fs_hz * (1 - SAME_RATE))
    return float(board_hz) if abs(fs_hz / board_hz - 1) <= SAME_RATE else fs_hz


def nearest_rate_hz(fs_hz: float) -> int:
    """Return the board's rate to play `fs_hz` at: the lowest that loses nothing, or the top."""
    return next((rate for rate in RATES_HZ if rate >= fs_hz), RATES_HZ[-1])
