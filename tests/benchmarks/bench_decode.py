"""Decoding: our driver beside a parser that walks a state machine byte by byte."""

from __future__ import annotations

import binascii

import numpy as np

from emgfeedback.devices import wire
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from tests.benchmarks.table import Row, medians_s

N_CHANNELS, FS_HZ, PER_PACKET = 8, 2000, 8
LIVE_S = 0.010


class PerByteParser:
    """What one writes first: a byte, a state, a list; samples by shifting, CRC by table."""

    def __init__(self, n_channels: int) -> None:
        self._n_channels = n_channels
        self._table = [binascii.crc_hqx(bytes((value,)), 0) for value in range(256)]
        self._state = 0
        self._kind = self._length = 0
        self._crc = 0xFFFF
        self._payload: list[int] = []
        self._sent_crc = 0
        self.samples: list[list[int]] = []

    def _add(self, byte: int) -> None:
        self._crc = ((self._crc << 8) & 0xFFFF) ^ self._table[(self._crc >> 8) ^ byte]

    def feed(self, data: bytes) -> None:
        for byte in data:
            if self._state == 0:
                if byte == wire.SYNC[0]:
                    self._state = 1
            elif self._state == 1:
                self._state = 2 if byte == wire.SYNC[1] else 0
            elif self._state == 2:
                self._crc = 0xFFFF
                self._add(byte)
                self._kind = byte
                self._state = 3
            elif self._state == 3:
                self._add(byte)
                self._length = byte
                self._payload = []
                self._state = 4
            elif self._state == 4:
                self._add(byte)
                self._payload.append(byte)
                if len(self._payload) == self._length:
                    self._state = 5
            elif self._state == 5:
                self._sent_crc = byte
                self._state = 6
            else:
                self._state = 0
                if self._sent_crc | byte << 8 == self._crc and self._kind == wire.Packet.DATA:
                    self._take()

    def _take(self) -> None:
        codes = self._payload[wire.DATA_HEAD.size :]
        for at in range(0, len(codes), 2 * self._n_channels):
            row = codes[at : at + 2 * self._n_channels]
            self.samples.append([row[i] | row[i + 1] << 8 for i in range(0, len(row), 2)])


def identity_packet(n_channels: int, rate_hz: int) -> bytes:
    """Return what a board of so many channels says of itself."""
    identity = wire.Identity(
        protocol_version=wire.PROTOCOL_VERSION,
        firmware_major=1,
        firmware_minor=0,
        firmware_patch=0,
        board_id=1,
        n_channels=n_channels,
        max_channels=n_channels,
        rate_hz=rate_hz,
        oversample=1,
        samples_per_frame=PER_PACKET,
        full_scale_counts=1024,
        vref_mv=5000,
        sensor_gain=1000,
        skew_tenth_us=280,
        adc_clock_khz=500,
        baud=500_000,
        streaming=1,
        test_signal=0,
    )
    return wire.identity_packet(identity)


def stream(n_packets: int) -> tuple[list[bytes], np.ndarray]:
    """Return data packets and the counts in them."""
    counts = np.random.default_rng(0).integers(0, 1024, (n_packets * PER_PACKET, N_CHANNELS))
    packets = [
        wire.data_packet(
            first,
            round(first * 1e6 / FS_HZ) % 2**32,
            wire.Flag.FIRST if first == 0 else 0,
            counts[first : first + PER_PACKET].astype(np.int32),
        )
        for first in range(0, len(counts), PER_PACKET)
    ]
    return packets, counts


def ours() -> EmgFeedbackDriver:
    """Return our decoder, told who the board is."""
    driver = EmgFeedbackDriver()
    driver.feed(identity_packet(N_CHANNELS, FS_HZ))
    return driver


def rows() -> list[Row]:
    packets, counts = stream(20_000)
    data = b"".join(packets)
    share = len(packets) // 20
    little = b"".join(packets[:share])

    decoded = np.concatenate([frame.counts for frame in ours().feed(data).frames])
    assert np.array_equal(decoded, counts)
    plain = PerByteParser(N_CHANNELS)
    plain.feed(little)
    assert np.array_equal(plain.samples, counts[: share * PER_PACKET])

    per_block = max(1, round(LIVE_S * FS_HZ / PER_PACKET))
    blocks = [b"".join(packets[i : i + per_block]) for i in range(0, share, per_block)]

    def live() -> None:
        driver = ours()
        for block in blocks:
            driver.feed(block)

    def live_per_byte() -> None:
        parser = PerByteParser(N_CHANNELS)
        for block in blocks:
            parser.feed(block)

    taken = medians_s(
        {
            "ours": lambda: ours().feed(data),
            "plain": lambda: PerByteParser(N_CHANNELS).feed(little),
            "ours live": live,
            "plain live": live_per_byte,
        }
    )
    fast = len(data) / taken["ours"] / 1e6
    slow = len(little) / taken["plain"] / 1e6
    block_us = 1e6 * taken["ours live"] / len(blocks)
    plain_us = 1e6 * taken["plain live"] / len(blocks)
    return [
        Row(
            "decode in bulk, 8 ch",
            f"{fast:.0f} MB/s",
            f"{slow:.2f} MB/s per-byte parser",
            f"{fast / slow:.0f}x",
            ">= 100x",
            fast >= 100 * slow,
        ),
        Row(
            "decode live, 8 ch x 2 kHz, 10 ms blocks",
            f"{block_us:.1f} us/block",
            f"{plain_us:.0f} us/block per-byte parser",
            f"{plain_us / block_us:.0f}x",
        ),
    ]
