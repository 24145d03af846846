"""The virtual board: the firmware's behaviour without hardware, clocks, threads or ports."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import SettingsError
from emgfeedback.devices import wire
from emgfeedback.devices.virtual.commands import Command, CommandReader
from emgfeedback.devices.virtual.faults import Fault, FaultKind, FaultPlan
from emgfeedback.devices.virtual.limits import (
    COMMAND_BYTES,
    CPU_KHZ,
    CYCLES_PER_CONVERSION,
    MAX_CHANNELS,
    BoardSettings,
    Code,
)
from emgfeedback.devices.virtual.source import Adc, Source

BOARD_ID = 100
FIRMWARE = (1, 0, 0)
NO_STACK_LIMIT = 0xFFFF
SQUARE_HALF_PERIOD = 50
CLOCK_GUARD_S = 1e-9
"""Rounding of time sums; far below any sampling period."""


@dataclass(slots=True)
class Stream:
    """A running stream: its settings are fixed, its numbers begin at 0."""

    start_clock_s: float
    source_offset: int
    """The source's sample at the board's sample 0."""
    next_seq: int = 0
    dropped_samples: int = 0
    flags: wire.Flag = wire.Flag.FIRST
    next_status_seq: int = 0


@dataclass(frozen=True, slots=True)
class DueFrame:
    """A data packet whose last sample has been taken."""

    seq: int
    flags: wire.Flag
    dropped_samples: int
    status_after: bool


class VirtualBoard:
    """A board at whose inputs `source` stands.

    Bytes from the host go in by `receive`; `advance` moves the board's world on to a time
    and returns the bytes it has sent by then. Time comes from outside, in seconds from
    power-on, and may run at any speed; how it is cut into steps changes nothing.

    Parameters
    ----------
    source
        What the board samples.
    n_channels, fs_hz
        Settings at power-on.
    adc
        Amplifier and converter, `oversample` included.
    baud
        The line's rate, which limits the settings; no time is spent on it.
    faults
        What goes wrong (`faults.parse_fault`), times from the first start of the stream.
    seed
        Chooses where random faults hit.

    Raises
    ------
    SettingsError
        For settings the firmware would refuse.
    """

    def __init__(
        self,
        source: Source,
        *,
        n_channels: int = 6,
        fs_hz: int = 1000,
        adc: Adc | None = None,
        baud: int = 500_000,
        faults: Iterable[Fault | str] = (),
        seed: int = 1,
    ) -> None:
        self.source = source
        self.plan = FaultPlan(faults, seed=seed)
        self._front_end = adc or Adc()
        self._baud = baud
        self._power_on_settings = BoardSettings(fs_hz, n_channels, self._front_end.oversample)
        refusal = self._power_on_settings.refusal(baud)
        if refusal is not Code.OK:
            code = wire.codes()[refusal]
            raise SettingsError(
                f"{n_channels} channels at {fs_hz} Hz, {self._front_end.oversample} conversions "
                f"each: {code.what}",
                code.remedy,
            )
        self._commands = CommandReader()
        self._outbox = bytearray()
        self._now_s = 0.0
        self._powered_at_s = 0.0
        self._epoch_s: float | None = None
        self._gaps = self.plan.of(FaultKind.GAP)
        self._unplugs = self.plan.of(FaultKind.UNPLUG)
        self.times_unplugged = 0
        self._present = True
        self._stream: Stream | None = None
        self._power_on(-0.0)

    @property
    def present(self) -> bool:
        """Whether the board is plugged in."""
        return self._present

    @property
    def streaming(self) -> bool:
        """Whether samples are being sent."""
        return self._stream is not None

    @property
    def adc(self) -> Adc:
        """The converter under the present settings."""
        return replace(self._front_end, oversample=self.settings.oversample)

    @property
    def now_s(self) -> float:
        """Time the board has reached."""
        return self._now_s

    @property
    def due_s(self) -> float:
        """When the next packet or change comes, infinity if nothing will of itself."""
        if self._outbox:
            return self._now_s
        epoch_s = self._epoch_s or 0.0
        due_s = math.inf
        if self._epoch_s is not None and self._unplugs:
            unplug = self._unplugs[0]
            due_s = epoch_s + (unplug.start_s if self._present else unplug.end_s)
        if self._stream is not None:
            last = self._stream.next_seq + self.settings.samples_per_frame - 1
            due_s = min(due_s, epoch_s + self._sample_world_s(last) + CLOCK_GUARD_S)
        return due_s

    def receive(self, data: bytes) -> None:
        """Take bytes from the host at the present time; answers come out of `advance`."""
        if not self._present or self.plan.silent(self._elapsed_s()):
            return
        for command in self._commands.feed(data):
            self._send(self._obey(command))

    def advance(self, t_s: float) -> bytes:
        """Go on to time `t_s` and return all bytes sent by then; going back does nothing."""
        return self._advance(t_s, heard=True)

    def pass_unheard(self, t_s: float) -> None:
        """Go on to time `t_s` with nobody listening: what is sent is lost, and cheap."""
        self._advance(t_s, heard=False)

    def identity(self) -> wire.Identity:
        """Return what the board says of itself now."""
        settings, adc = self.settings, self.adc
        return wire.Identity(
            wire.PROTOCOL_VERSION,
            *FIRMWARE,
            board_id=BOARD_ID,
            n_channels=settings.n_channels,
            max_channels=MAX_CHANNELS,
            rate_hz=settings.rate_hz,
            oversample=settings.oversample,
            samples_per_frame=settings.samples_per_frame,
            full_scale_counts=adc.full_scale_counts,
            vref_mv=adc.vref_mv,
            sensor_gain=adc.gain,
            skew_tenth_us=0,
            adc_clock_khz=settings.adc_clock_khz,
            baud=self._baud,
            streaming=int(self.streaming),
            test_signal=int(self._test_signal),
        )

    def _elapsed_s(self) -> float:
        """World time since the stream first started; before that, nothing has begun."""
        return 0.0 if self._epoch_s is None else self._now_s - self._epoch_s

    def _power_on(self, clock_s: float) -> None:
        self.settings = self._power_on_settings
        self._test_signal = wire.TestSignal.OFF
        self._stream = None
        self._commands.clear()
        self._boot_clock_s = clock_s

    def _advance(self, t_s: float, *, heard: bool) -> bytes:
        t_s = max(t_s, self._now_s)
        while self._epoch_s is not None and self._unplugs:
            unplug = self._unplugs[0]
            if self._present:
                if self._epoch_s + unplug.start_s > t_s:
                    break
                self._stream_until(self._epoch_s + unplug.start_s, heard=heard)
                self._present = False
                self._stream = None
                self.times_unplugged += 1
            else:
                if self._epoch_s + unplug.end_s > t_s:
                    break
                self._now_s = max(self._now_s, self._epoch_s + unplug.end_s)
                self._unplugs.pop(0)
                self._present = True
                self._powered_at_s = self._now_s
                self._power_on(self.plan.clock_s(unplug.end_s))
        self._stream_until(t_s, heard=heard)
        sent = bytes(self._outbox) if heard else b""
        self._outbox.clear()
        return sent

    def _stream_until(self, t_s: float, *, heard: bool) -> None:
        """Send every frame whose last sample is taken by `t_s`."""
        self._now_s = max(self._now_s, t_s)
        stream = self._stream
        if stream is None or self._epoch_s is None:
            return
        due = self._due_frames(stream, self.plan.clock_s(t_s - self._epoch_s) + CLOCK_GUARD_S)
        if not heard:
            return
        n = self.settings.samples_per_frame
        start = 0
        for i in range(1, len(due) + 1):
            if i == len(due) or due[i].seq != due[i - 1].seq + n:
                self._send_run(stream, due[start:i])
                start = i

    def _due_frames(self, stream: Stream, clock_s: float) -> list[DueFrame]:
        """Lay out the frames complete by `clock_s`, leaving out what the board drops."""
        settings = self.settings
        n = settings.samples_per_frame
        due: list[DueFrame] = []
        while True:
            while self._gaps and self._sample_world_s(stream.next_seq) >= self._gaps[0].start_s:
                lost = int(self._gaps.pop(0).value)
                stream.next_seq += lost
                stream.dropped_samples += lost
                stream.flags |= wire.Flag.DROPPED
            last_clock_s = stream.start_clock_s + (stream.next_seq + n - 1) / settings.rate_hz
            if last_clock_s > clock_s:
                return due
            seq = stream.next_seq
            stream.next_seq += n
            status_after = stream.next_seq >= stream.next_status_seq
            while stream.next_status_seq <= stream.next_seq:
                stream.next_status_seq += settings.rate_hz
            due.append(DueFrame(seq, stream.flags, stream.dropped_samples, status_after))
            stream.flags = wire.Flag(0)

    def _sample_world_s(self, seq: int) -> float:
        """Return when sample `seq` is taken, in seconds since the stream first started."""
        if self._stream is None:
            return math.inf
        return self.plan.world_s(self._stream.start_clock_s + seq / self.settings.rate_hz)

    def _send_run(self, stream: Stream, frames: list[DueFrame]) -> None:
        """Send frames that follow each other without a hole."""
        n = self.settings.samples_per_frame
        codes = self._codes(stream, frames[0].seq, n * len(frames))
        test = wire.Flag.TEST_SIGNAL if self._test_signal else wire.Flag(0)
        for i, frame in enumerate(frames):
            clock_s = stream.start_clock_s + frame.seq / self.settings.rate_hz
            device_us = round((clock_s - self._boot_clock_s) * 1e6)
            packet = wire.data_packet(
                frame.seq, device_us, frame.flags | test, codes[i * n : (i + 1) * n]
            )
            sent_s = self._sample_world_s(frame.seq + n - 1)
            self._send(packet, sent_s)
            if frame.status_after:
                status = self._status(frame.seq + n, frame.dropped_samples)
                self._send(wire.status_packet(status), sent_s)

    def _codes(self, stream: Stream, first: int, n_samples: int) -> NDArray[np.int32]:
        """Return `(n_samples, n_channels)` codes of the pins, or of the test signal."""
        adc = self.adc
        numbers = np.arange(first, first + n_samples)
        channels = np.arange(self.settings.n_channels)
        if self._test_signal is wire.TestSignal.RAMP:
            ramp = (numbers[:, None] + 97 * channels) % adc.full_scale_counts
            return ramp.astype(np.int32)
        if self._test_signal is wire.TestSignal.SQUARE:
            sign = np.where(numbers // SQUARE_HALF_PERIOD % 2, 1, -1)[:, None]
            square = adc.full_scale_counts // 2 + sign * 32 * (channels + 1)
            return square.astype(np.int32)
        codes = self.source.codes(first + stream.source_offset, n_samples, adc)
        clocks_s = stream.start_clock_s + numbers / self.settings.rate_hz
        return self.plan.on_codes(codes, self.plan.world_times_s(clocks_s), adc)

    def _send(self, packet: bytes, elapsed_s: float | None = None) -> None:
        """Put a packet on the line as it is at that time (now, if not given)."""
        elapsed_s = self._elapsed_s() if elapsed_s is None else elapsed_s
        if not self.plan.silent(elapsed_s):
            self._outbox += self.plan.on_line(packet, elapsed_s)

    def _obey(self, command: Command) -> bytes:
        """Do what a command asks and return the answer."""
        known = COMMAND_BYTES.get(command.kind)  # type: ignore[call-overload]
        if known is None:
            return self._ack(command, Code.UNKNOWN_COMMAND)
        if len(command.payload) != known:
            return self._ack(command, Code.BAD_LENGTH)
        match command.kind:
            case wire.Packet.IDENTIFY:
                return wire.identity_packet(self.identity())
            case wire.Packet.GET_STATUS:
                stream = self._stream
                return wire.status_packet(
                    self._status(stream.next_seq, stream.dropped_samples)
                    if stream
                    else self._status(0, 0)
                )
            case wire.Packet.GET_JITTER:
                return wire.jitter_packet(self._jitter())
            case wire.Packet.START:
                return self._ack(command, self._start())
            case wire.Packet.STOP:
                self._stream = None
                return self._ack(command, Code.OK)
            case _:
                return self._ack(command, self._set(command))

    def _ack(self, command: Command, code: Code) -> bytes:
        return wire.ack_packet(wire.Ack(command.kind, int(code)))

    def _start(self) -> Code:
        """Begin a stream at sample 0; after an unplugging, where the world has got to."""
        rate_hz = self.settings.rate_hz
        if self._epoch_s is None:
            self._epoch_s = self._now_s
            self._boot_clock_s = self._powered_at_s - self._now_s
        offset = round(self._elapsed_s() * rate_hz) if self.times_unplugged else 0
        self._stream = Stream(self.plan.clock_s(self._elapsed_s()), offset, next_status_seq=rate_hz)
        if not offset:
            self.source.restart(rate_hz, self.settings.n_channels)
        return Code.OK

    def _set(self, command: Command) -> Code:
        """Change settings, or say why not."""
        if self._stream is not None:
            return Code.STREAMING
        payload = command.payload
        if command.kind == wire.Packet.SET_TEST:
            if payload[0] not in list(wire.TestSignal):
                return Code.BAD_TEST_SIGNAL
            self._test_signal = wire.TestSignal(payload[0])
            return Code.OK
        if command.kind == wire.Packet.SET_RATE:
            rate_hz, oversample = wire.SET_RATE.unpack(payload)
            wanted = replace(self.settings, rate_hz=rate_hz, oversample=oversample)
        else:
            wanted = replace(self.settings, n_channels=payload[0])
        code = wanted.refusal(self._baud)
        if code is Code.OK:
            self.settings = wanted
        return code

    def _status(self, next_seq: int, dropped_samples: int) -> wire.BoardStatus:
        return wire.BoardStatus(
            next_seq=next_seq % wire.SEQ_MODULUS,
            dropped_samples=dropped_samples,
            overruns=0,
            bad_commands=min(self._commands.bad, 0xFFFF),
            ring_high_water=self.settings.samples_per_frame if next_seq else 0,
            free_stack_bytes=NO_STACK_LIMIT,
        )

    def _jitter(self) -> wire.JitterReport:
        """Report what calculation gives: sampling is never late."""
        settings = self.settings
        divider = CPU_KHZ // settings.adc_clock_khz
        scan = settings.n_channels * settings.oversample * CYCLES_PER_CONVERSION * divider
        ticks = self._stream.next_seq if self._stream else 0
        return wire.JitterReport(ticks, 0, 0, 0, min(scan, 0xFFFF))
