"""Our own protocol: bytes in, runs of samples and messages out (`firmware/PROTOCOL.md`)."""

from __future__ import annotations

from binascii import crc_hqx
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.block import Frame
from emgfeedback.devices import wire
from emgfeedback.devices.crc_rows import crc16_rows
from emgfeedback.devices.driver import Answer, Decoded, Driver, StreamSettings
from emgfeedback.devices.emgfeedback_words import (
    LOSS_PROOF,
    board_report,
    device_info,
    is_believable,
    is_possible,
    other_version,
    settings_packets,
)

_DATA_HEAD_END = wire.HEADER_BYTES + wire.DATA_HEAD.size
_US_MODULUS = 2**32
_CLOCK_SLACK_US = 20_000
_MAX_CLOCK_SLACK_US = 1_000_000
_RUN_BREAKS = int(wire.Flag.DROPPED | wire.Flag.OVERRUN | wire.Flag.FIRST)
_FIRST = int(wire.Flag.FIRST)
_BULK_PACKETS = 40
"""From so many packets on, checking them together is quicker than one by one."""
_MIN_WINDOW, _MAX_WINDOW = 64, 2048
_HEADS = np.dtype(
    [("mark", "<u4"), ("seq", "<u4"), ("device_us", "<u4"), ("flags", "u1"), ("n_samples", "u1")]
)


class _Packet(NamedTuple):
    """A data packet whose CRC, length and codes are right."""

    seq: int
    device_us: int
    flags: int
    n_samples: int
    samples: bytes


class _Run:
    """Contiguous packets on their way to one frame."""

    __slots__ = ("device_us", "flags", "next_seq", "parts", "seq")

    def __init__(self, packet: _Packet) -> None:
        self.seq = packet.seq
        self.device_us = packet.device_us
        self.flags = packet.flags
        self.next_seq = (packet.seq + packet.n_samples) % wire.SEQ_MODULUS
        self.parts = [packet.samples]

    def frame(self, n_channels: int) -> Frame:
        """Return the run as a frame."""
        codes = np.frombuffer(b"".join(self.parts), "<u2")
        counts = codes.astype(np.int32).reshape(-1, n_channels)
        counts.flags.writeable = False
        return Frame(self.seq, self.device_us, self.flags, counts)


def _follows(before: _Packet, seq: int, device_us: int, period_us: float) -> bool:
    """Tell whether a packet can come after `before`: number ahead, and the clock agreeing.

    Where the number follows on directly it is proof enough, and the clock may run at a
    fraction of the declared rate (a board that cannot keep up). A jump ahead must be
    confirmed by the clock to 20 ms and 5 %.
    """
    ahead = (seq - before.seq - before.n_samples) % wire.SEQ_MODULUS
    if ahead >= wire.SEQ_MODULUS // 2:
        return False
    expected_us = (before.n_samples + ahead) * period_us
    elapsed_error_us = device_us - before.device_us - expected_us
    error_us = (elapsed_error_us + _US_MODULUS / 2) % _US_MODULUS - _US_MODULUS / 2
    share = 0.05 if ahead else 3.0
    return abs(error_us) <= _CLOCK_SLACK_US + min(share * expected_us, _MAX_CLOCK_SLACK_US)


class EmgFeedbackDriver(Driver):
    """Decoder and requests of our own firmware.

    A data packet is taken only when its CRC holds, its length fits the number of channels
    the board declared, no code exceeds the declared full scale, and its sample number and
    clock fit the packet before. Until the board has said who it is, no data are taken:
    without the number of channels the bytes could be read in several ways. A packet that
    fits nothing before it is held back; if the next one follows on from it, the board
    really did jump and both are taken, else it is refused and counted. `FIRST` with
    number 0 is a new start and is taken at once.
    """

    name = "emgfeedback"
    title = "emgfeedback firmware"
    bauds = (500_000, 250_000)
    seq_modulus = wire.SEQ_MODULUS
    loss_proof = LOSS_PROOF

    def __init__(self) -> None:
        super().__init__()
        self._identity: wire.Identity | None = None
        self._n_channels = 0
        self._period_us = 0.0
        self._code_bits = 16
        self._impossible_code = 0
        self._impossible_bits = 0
        self.reset()

    def reset(self) -> None:
        """Forget unread bytes and the place in the stream; keep the identity and counters."""
        self._unread = b""
        self._placed = False
        self._skipping = False
        self._last: _Packet | None = None
        self._doubtful: _Packet | None = None
        self._run: _Run | None = None

    def identify_request(self) -> bytes:
        """Return the request for an IDENTITY packet."""
        return wire.packet(wire.Packet.IDENTIFY)

    def start_request(self) -> bytes:
        """Return START."""
        return wire.packet(wire.Packet.START)

    def stop_request(self) -> bytes:
        """Return STOP."""
        return wire.packet(wire.Packet.STOP)

    def jitter_request(self) -> bytes:
        """Return the request for a `wire.JitterReport`."""
        return wire.packet(wire.Packet.GET_JITTER)

    def settings_requests(self, settings: StreamSettings) -> list[bytes]:
        """Return the requests that bring the board to `settings`.

        Raises
        ------
        SettingsError
            If only one of rate and oversampling is given and the board's own is not known,
            or a number is out of the range of its field.
        """
        return settings_packets(settings, self._identity)

    def answers(self, answer: Answer, request: bytes) -> bool:
        """Tell whether `answer` belongs to `request`."""
        return answer.request == request[2]

    def feed(self, data: bytes) -> Decoded:
        """Take any number of bytes and return all that they complete."""
        counters = self.counters
        counters.bytes_received += len(data)
        buffer = self._unread + data if self._unread else bytes(data)
        size = len(buffer)
        decoded = Decoded()
        taken = at = 0
        while True:
            at = buffer.find(wire.SYNC, at)
            if at < 0:
                at = size - 1 if buffer.endswith(wire.SYNC[:1], taken) else size
                break
            if at + wire.HEADER_BYTES > size:
                break
            kind, length = buffer[at + 2], buffer[at + 3]
            if not is_possible(kind, length):
                at += 1
                continue
            end = at + wire.OVERHEAD_BYTES + length
            if end > size:
                break
            crc = buffer[end - 2] | buffer[end - 1] << 8
            if crc_hqx(buffer[at + 2 : end - 2], 0xFFFF) != crc:
                counters.crc_errors += 1
                at += 1
                continue
            is_data = kind == wire.Packet.DATA
            take = self._take_data if is_data else self._take_message
            if not take(buffer, at, length, decoded):
                counters.rejected += 1
                at += 1
                continue
            self._place_found(skipped=at - taken)
            taken = at = self._take_uniform(buffer, end, length) if is_data else end
        self._close_run(decoded)
        counters.bytes_skipped += at - taken
        self._skipping |= at > taken
        self._unread = buffer[at:]
        return decoded

    def _place_found(self, *, skipped: int) -> None:
        """Keep account of the bytes before an accepted packet that belonged to none."""
        if skipped or self._skipping:
            self.counters.bytes_skipped += skipped
            self.counters.resyncs += self._placed
            self._skipping = False
        self._placed = True

    def _take_message(self, buffer: bytes, at: int, length: int, decoded: Decoded) -> bool:
        """Hand on a packet other than data; False if it says something impossible."""
        payload = buffer[at + wire.HEADER_BYTES : at + wire.HEADER_BYTES + length]
        kind = buffer[at + 2]
        if kind == wire.Packet.IDENTITY and payload[0] != wire.PROTOCOL_VERSION:
            decoded.messages.append(other_version(payload[0]))
            return True
        message = wire.parse_message(kind, payload)
        if message is None:
            return False
        if isinstance(message, wire.Identity):
            if not is_believable(message):
                return False
            self._learn(message, decoded)
            decoded.messages.append(device_info(message))
        elif isinstance(message, wire.Ack):
            decoded.messages.append(Answer(message.command, message.code))
        elif isinstance(message, wire.BoardStatus):
            decoded.messages.append(board_report(message))
        else:
            decoded.messages.append(message)
        return True

    def _learn(self, identity: wire.Identity, decoded: Decoded) -> None:
        """Take over how data packets are to be read from now on."""
        self._close_run(decoded)
        shape = (identity.n_channels, identity.rate_hz, identity.full_scale_counts)
        before = self._identity
        if before and shape != (before.n_channels, before.rate_hz, before.full_scale_counts):
            self._last = self._doubtful = None
        self._identity = identity
        self._n_channels = identity.n_channels
        self._period_us = 1e6 / identity.rate_hz
        self._code_bits = max(8, (identity.full_scale_counts - 1).bit_length())
        self._impossible_code = 0xFFFF >> self._code_bits << self._code_bits
        pattern = self._impossible_code.to_bytes(2, "little")
        self._impossible_bits = int.from_bytes(pattern * (wire.MAX_PAYLOAD_BYTES // 2), "little")

    def _take_data(self, buffer: bytes, at: int, length: int, decoded: Decoded) -> bool:
        """Take a data packet whose CRC held; False if its length or a code cannot be."""
        seq, device_us, flags, n_samples = wire.DATA_HEAD.unpack_from(buffer, at + 4)
        row_bytes = 2 * self._n_channels
        if not n_samples or length != wire.DATA_HEAD.size + n_samples * row_bytes:
            return False
        samples = buffer[at + _DATA_HEAD_END : at + wire.HEADER_BYTES + length]
        if int.from_bytes(samples, "little") & self._impossible_bits or not row_bytes:
            return False
        packet = _Packet(seq, device_us, flags, n_samples, samples)
        new_start = flags & _FIRST and seq == 0
        if new_start or self._last is None or _follows(self._last, seq, device_us, self._period_us):
            self._refuse_doubtful()
            self._accept(packet, decoded)
        elif self._doubtful is not None and _follows(
            self._doubtful, seq, device_us, self._period_us
        ):
            self._accept(self._doubtful, decoded)
            self._accept(packet, decoded)
            self._doubtful = None
        else:
            self._refuse_doubtful()
            self._doubtful = packet
        return True

    def _refuse_doubtful(self) -> None:
        """Drop the packet that was held back: what came after does not confirm it."""
        if self._doubtful is not None:
            n_bytes = wire.OVERHEAD_BYTES + wire.DATA_HEAD.size + len(self._doubtful.samples)
            self.counters.bytes_skipped += n_bytes
            self.counters.rejected += 1
            self._doubtful = None

    def _accept(self, packet: _Packet, decoded: Decoded) -> None:
        """Put `packet` into the open run, or begin a new one where it does not follow on."""
        run = self._run
        if run is None or packet.seq != run.next_seq or packet.flags & _RUN_BREAKS:
            self._close_run(decoded)
            self._run = _Run(packet)
        else:
            run.parts.append(packet.samples)
            run.flags |= packet.flags
            run.next_seq = (packet.seq + packet.n_samples) % wire.SEQ_MODULUS
        self._last = packet
        self.counters.frames += 1

    def _close_run(self, decoded: Decoded) -> None:
        """Hand the open run on as a frame."""
        if self._run is not None:
            decoded.frames.append(self._run.frame(self._n_channels))
            self._run = None

    def _take_uniform(self, buffer: bytes, at: int, length: int) -> int:
        """Take the undamaged packets of one length that follow on at `at`; return their end."""
        size = wire.OVERHEAD_BYTES + length
        window = _MIN_WINDOW
        while len(buffer) - at >= _BULK_PACKETS * size and self._doubtful is None:
            n_rows = min(window, (len(buffer) - at) // size)
            raw = np.frombuffer(buffer, np.uint8, n_rows * size, at)
            n_taken = self._take_rows(raw.reshape(n_rows, size), length)
            at += n_taken * size
            if n_taken < n_rows:
                break
            window = min(4 * window, _MAX_WINDOW)
        return at

    def _take_rows(self, rows: NDArray[np.uint8], length: int) -> int:
        """Take the leading packets that are beyond doubt; return how many.

        Everything else is left to the packet by packet path, so this must never be more
        generous than that one is.
        """
        run, last = self._run, self._last
        if run is None or last is None:
            return 0
        heads = rows[:, : _HEADS.itemsize].copy().view(_HEADS).ravel()
        mark = int.from_bytes(wire.SYNC + bytes((wire.Packet.DATA, length)), "little")
        step_us = last.n_samples * self._period_us
        places = np.arange(len(rows), dtype=np.uint32) * np.uint32(last.n_samples)
        clock = heads["device_us"]
        steps_us = np.diff(clock, prepend=np.uint32(last.device_us))
        good = heads["mark"] == mark
        good &= heads["n_samples"] == last.n_samples
        good &= (heads["flags"] & _RUN_BREAKS) == 0
        good &= heads["seq"] == places + np.uint32(run.next_seq)
        good &= np.abs(steps_us - step_us) <= _CLOCK_SLACK_US
        codes = rows[:, _DATA_HEAD_END:-2].copy().view("<u2")
        impossible = codes & np.uint16(self._impossible_code)
        if impossible.any():
            good &= ~impossible.any(axis=1)
        n_good = len(good) if good.all() else int(good.argmin())
        crcs = rows[:n_good, -2:].copy().view("<u2").ravel()
        checked = rows[:n_good, len(wire.SYNC) : _DATA_HEAD_END]
        intact = crc16_rows(checked, codes[:n_good], self._code_bits) == crcs
        n_good = n_good if intact.all() else int(intact.argmin())
        if n_good:
            run.parts.append(codes[:n_good].tobytes())
            run.flags |= int(np.bitwise_or.reduce(heads["flags"][:n_good]))
            run.next_seq = (run.next_seq + n_good * last.n_samples) % wire.SEQ_MODULUS
            newest = heads[n_good - 1]
            self._last = last._replace(seq=int(newest["seq"]), device_us=int(newest["device_us"]))
            self.counters.frames += n_good
        return n_good
