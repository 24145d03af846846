"""The virtual board: the firmware's behaviour without hardware, clocks, threads or ports."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import SettingsError
from emgfeedback.devices import wire
from emgfeedback.devices.virtual.commands import Command, CommandReader
from emgfeedback.devices.virtual.faults import FaultKind, FaultPlan
from emgfeedback.devices.virtual.limits import (
    COMMAND_BYTES,
    MAX_CHANNELS,
    BoardSettings,
    Code,
    nearest_rate_hz,
)
from emgfeedback.devices.virtual.source import Adc, Source
from emgfeedback.devices.virtual.stream import DueFrame, Stream, signal_codes

BOARD_ID = 100
FIRMWARE = (1, 0, 0)
NO_STACK_LIMIT = 0xFFFF
CLOCK_GUARD_S = 1e-9
"""Rounding of time sums; far below any sampling period."""


class VirtualBoard:
    """A board at whose inputs `source` stands.

    Bytes from the host go in by `receive`; `advance` moves the board's world on to a time
    and returns the bytes it has sent by then. Time comes from outside, in seconds from
    power-on, and may run at any speed; how it is cut into steps changes nothing. All
    channels are sampled at one instant, so the skew it reports is 0.

    Parameters
    ----------
    source
        What the board samples.
    n_channels, fs_hz
        Settings at power-on; by default what the source itself has.
    adc
        Amplifier and converter. By default one the source fits into, four conversions
        summed where the firmware could do so.
    baud
        The line's rate, which limits the settings; no time is spent on it.
    faults
        What goes wrong.

    Raises
    ------
    SettingsError
        For settings the firmware would refuse.
    """

    def __init__(
        self,
        source: Source,
        *,
        n_channels: int | None = None,
        fs_hz: int | None = None,
        adc: Adc | None = None,
        baud: int = 500_000,
        faults: FaultPlan | None = None,
    ) -> None:
        self.source = source
        self.plan = faults or FaultPlan()
        self._baud = baud
        settings = BoardSettings(
            fs_hz or nearest_rate_hz(source.fs_hz),
            min(source.n_channels, MAX_CHANNELS) if n_channels is None else n_channels,
            adc.oversample if adc else 4,
        )
        if adc is None and settings.refusal(baud) is Code.BURST_TOO_LONG:
            settings = replace(settings, oversample=1)
        refusal = settings.refusal(baud)
        if refusal is not Code.OK:
            raise SettingsError(f"{settings.words}: {refusal.row.what}", refusal.row.remedy)
        self._front_end = adc or Adc.fitting(source.peak_uv)
        self._power_on_settings = settings
        self._commands = CommandReader()
        self._outbox = bytearray()
        self._now_s = 0.0
        self._epoch_s: float | None = None
        """When the stream first started: faults count from here."""
        self._gaps = self.plan.of(FaultKind.GAP)
        self._unplugs = self.plan.of(FaultKind.UNPLUG)
        self.times_unplugged = 0
        self._power_on()

    @property
    def present(self) -> bool:
        """Whether the board is plugged in."""
        return self._present

    @property
    def streaming(self) -> bool:
        """Whether samples are being taken."""
        return self._streaming

    @property
    def settings(self) -> BoardSettings:
        """Rate, channels and oversampling now."""
        return self._settings

    @property
    def adc(self) -> Adc:
        """The converter under the present settings."""
        return self._adc

    @property
    def now_s(self) -> float:
        """Time the board has reached."""
        return self._now_s

    @property
    def due_s(self) -> float:
        """When the next packet or change comes at the latest, infinity if none of itself."""
        if self._outbox:
            return self._now_s
        due_s = math.inf
        if self._epoch_s is None:
            return due_s
        if self._unplugs:
            unplug = self._unplugs[0]
            due_s = self._epoch_s + (unplug.start_s if self._present else unplug.end_s)
        if self._streaming:
            last = self._stream.next_seq + self._settings.samples_per_frame - 1
            due_s = min(due_s, self._epoch_s + self._taken_at_s(last) + CLOCK_GUARD_S)
        return due_s

    def receive(self, data: bytes) -> None:
        """Take bytes from the host at the present time; answers come out of `advance`."""
        if not self._present or self.plan.silent(self._elapsed_s()):
            return
        for command in self._commands.feed(data):
            self._obey(command)

    def advance(self, t_s: float) -> bytes:
        """Go on to time `t_s` and return all bytes sent by then; going back does nothing."""
        self._advance(t_s, heard=True)
        sent = bytes(self._outbox)
        self._outbox.clear()
        return sent

    def pass_unheard(self, t_s: float) -> None:
        """Go on to time `t_s` with nobody listening: what is sent is lost, and cheap."""
        self._advance(t_s, heard=False)
        self._outbox.clear()

    def identity(self) -> wire.Identity:
        """Return what the board says of itself now."""
        settings, adc = self._settings, self._adc
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
            streaming=int(self._streaming),
            test_signal=int(self._test_signal),
        )

    def _power_on(self) -> None:
        self._present = True
        self._streaming = False
        self._stream = Stream(0.0, 0, 0)
        self._test_signal = wire.TestSignal.OFF
        self._commands.clear()
        self._use(self._power_on_settings)

    def _use(self, settings: BoardSettings) -> None:
        self._settings = settings
        self._adc = replace(self._front_end, oversample=settings.oversample)

    def _elapsed_s(self) -> float:
        """Return the world's time since the stream first started; 0 before."""
        return 0.0 if self._epoch_s is None else self._now_s - self._epoch_s

    def _taken_at_s(self, seq: int) -> float:
        """Return when sample `seq` is taken, in the world's time since the first start."""
        return self.plan.world_s(self._stream.start_clock_s + seq / self._settings.rate_hz)

    def _samples_taken(self) -> int:
        """Return how many samples have been taken since START, dropped ones included."""
        if not self._streaming:
            return self._stream.next_seq
        since_s = self.plan.clock_s(self._elapsed_s()) + CLOCK_GUARD_S - self._stream.start_clock_s
        return max(self._stream.next_seq, math.floor(since_s * self._settings.rate_hz) + 1)

    def _advance(self, t_s: float, *, heard: bool) -> None:
        t_s = max(t_s, self._now_s)
        while self._epoch_s is not None and self._unplugs:
            unplug = self._unplugs[0]
            change_s = self._epoch_s + (unplug.start_s if self._present else unplug.end_s)
            if change_s > t_s:
                break
            self._stream_until(max(change_s, self._now_s), heard=heard)
            if self._present:
                self._present = self._streaming = False
                self.times_unplugged += 1
            else:
                self._unplugs.pop(0)
                self._power_on()
        self._stream_until(t_s, heard=heard)

    def _stream_until(self, t_s: float, *, heard: bool) -> None:
        """Send every packet whose last sample is taken by `t_s`."""
        self._now_s = t_s
        if not self._streaming:
            return
        if heard:
            self._send_frames(self._due_frames(self._samples_taken()))
        elif self._gaps:
            self._due_frames(self._samples_taken())
        else:
            self._skip_frames(self._samples_taken())

    def _skip_frames(self, samples_taken: int) -> None:
        """Count the packets filled by the samples taken without laying them out."""
        stream, settings = self._stream, self._settings
        n_frames = (samples_taken - stream.next_seq) // settings.samples_per_frame
        if n_frames > 0:
            stream.next_seq += n_frames * settings.samples_per_frame
            stream.next_status_seq = (stream.next_seq // settings.rate_hz + 1) * settings.rate_hz
            stream.flags = wire.Flag(0)

    def _due_frames(self, samples_taken: int, *, last_of_stream: bool = False) -> list[DueFrame]:
        """Lay out the packets filled by the samples taken, leaving out what the board drops."""
        stream, settings = self._stream, self._settings
        due: list[DueFrame] = []
        while True:
            self._drop_samples()
            n = self._samples_before_gap(settings.samples_per_frame)
            if last_of_stream:
                n = min(n, samples_taken - stream.next_seq)
            if n <= 0 or stream.next_seq + n > samples_taken:
                return due
            seq = stream.next_seq
            stream.next_seq += n
            status_after = stream.next_seq >= stream.next_status_seq
            while stream.next_status_seq <= stream.next_seq:
                stream.next_status_seq += settings.rate_hz
            due.append(DueFrame(seq, n, stream.flags, stream.dropped_samples, status_after))
            stream.flags = wire.Flag(0)

    def _drop_samples(self) -> None:
        """Skip the samples of a gap that begins here."""
        stream = self._stream
        while self._gaps and self._taken_at_s(stream.next_seq) >= self._gaps[0].start_s:
            lost = int(self._gaps.pop(0).value)
            stream.next_seq += lost
            stream.dropped_samples += lost
            stream.flags |= wire.Flag.DROPPED

    def _samples_before_gap(self, n_samples: int) -> int:
        """Return how many of the next `n_samples` come before the next gap."""
        if self._gaps:
            for n in range(1, n_samples):
                if self._taken_at_s(self._stream.next_seq + n) >= self._gaps[0].start_s:
                    return n
        return n_samples

    def _send_frames(self, due: list[DueFrame]) -> None:
        """Send packets, making the samples of those that follow one another in one go."""
        start = 0
        for i in range(1, len(due) + 1):
            if i == len(due) or due[i].seq != due[i - 1].seq + due[i - 1].n_samples:
                run = due[start:i]
                first = run[0].seq
                codes = self._codes(first, run[-1].seq + run[-1].n_samples - first)
                for frame in run:
                    at = frame.seq - first
                    self._send_frame(frame, codes[at : at + frame.n_samples])
                start = i

    def _send_frame(self, frame: DueFrame, codes: NDArray[np.int32]) -> None:
        test = wire.Flag.TEST_SIGNAL if self._test_signal else wire.Flag(0)
        device_us = frame.seq * (1_000_000 // self._settings.rate_hz)
        end = frame.seq + frame.n_samples
        sent_s = self._taken_at_s(end - 1)
        self._send(wire.data_packet(frame.seq, device_us, frame.flags | test, codes), sent_s)
        if frame.status_after:
            self._send(wire.status_packet(self._status(end, frame.dropped_samples)), sent_s)

    def _codes(self, first: int, n_samples: int) -> NDArray[np.int32]:
        """Return `(n_samples, n_channels)` codes of the pins, or of the test signal."""
        stream, adc = self._stream, self._adc
        numbers = np.arange(first, first + n_samples)
        if self._test_signal is not wire.TestSignal.OFF:
            return signal_codes(self._test_signal, numbers, self._settings.n_channels, adc)
        codes = self.source.codes(first + stream.source_offset, n_samples, adc)
        if self.plan.bad_channels:
            clocks_s = stream.start_clock_s + numbers / self._settings.rate_hz
            codes = self.plan.on_codes(codes, self.plan.world_times_s(clocks_s), adc)
        return codes

    def _send(self, packet: bytes, elapsed_s: float) -> None:
        """Put a packet on the line as the line is at that time."""
        if not self.plan.silent(elapsed_s):
            self._outbox += self.plan.on_line(packet, elapsed_s)

    def _obey(self, command: Command) -> None:
        """Do what a command asks and answer."""
        expected = COMMAND_BYTES.get(command.kind)
        code: Code | None = None
        answer = b""
        if expected is None:
            code = Code.UNKNOWN_COMMAND
        elif len(command.payload) != expected:
            code = Code.BAD_LENGTH
        elif command.kind == wire.Packet.IDENTIFY:
            answer = wire.identity_packet(self.identity())
        elif command.kind == wire.Packet.GET_STATUS:
            status = self._status(self._samples_taken(), self._stream.dropped_samples)
            answer = wire.status_packet(status)
        elif command.kind == wire.Packet.GET_JITTER:
            answer = wire.jitter_packet(self._jitter())
        elif command.kind == wire.Packet.START:
            code = self._start()
        elif command.kind == wire.Packet.STOP:
            code = self._stop()
        else:
            code = self._set(command)
        if code is not None:
            answer = wire.ack_packet(wire.Ack(command.kind, int(code)))
        self._send(answer, self._elapsed_s())

    def _start(self) -> Code:
        """Begin anew at sample 0; the world, once unplugged from, has gone on meanwhile."""
        rate_hz = self._settings.rate_hz
        if self._epoch_s is None:
            self._epoch_s = self._now_s
        offset = round(self._elapsed_s() * rate_hz) if self.times_unplugged else 0
        self._stream = Stream(self.plan.clock_s(self._elapsed_s()), offset, rate_hz)
        self._streaming = True
        self._commands.bad = 0
        self.source.restart(rate_hz, self._settings.n_channels)
        return Code.OK

    def _stop(self) -> Code:
        """Send what is left of the stream, then answer."""
        if self._streaming:
            self._send_frames(self._due_frames(self._samples_taken(), last_of_stream=True))
            self._streaming = False
        return Code.OK

    def _set(self, command: Command) -> Code:
        """Change settings, or say why not."""
        if self._streaming:
            return Code.STREAMING
        payload = command.payload
        if command.kind == wire.Packet.SET_TEST:
            if payload[0] > max(wire.TestSignal):
                return Code.BAD_TEST_SIGNAL
            self._test_signal = wire.TestSignal(payload[0])
            return Code.OK
        if command.kind == wire.Packet.SET_RATE:
            rate_hz, oversample = wire.SET_RATE.unpack(payload)
            wanted = replace(self._settings, rate_hz=rate_hz, oversample=oversample)
        else:
            wanted = replace(self._settings, n_channels=payload[0])
        code = wanted.refusal(self._baud)
        if code is Code.OK:
            self._use(wanted)
        return code

    def _status(self, next_seq: int, dropped_samples: int) -> wire.BoardStatus:
        return wire.BoardStatus(
            next_seq=next_seq % wire.SEQ_MODULUS,
            dropped_samples=dropped_samples,
            overruns=0,
            bad_commands=min(self._commands.bad, 0xFFFF),
            ring_high_water=min(next_seq, 1),
            free_stack_bytes=NO_STACK_LIMIT,
        )

    def _jitter(self) -> wire.JitterReport:
        """Report what calculation gives: sampling is never late."""
        ticks = self._samples_taken()
        return wire.JitterReport(ticks, 0, 0, 0, self._settings.burst_cycles if ticks else 0)
