"""Streams of our protocol with known content, and what a decoder made of them."""

import itertools

import numpy as np

from emgfeedback.devices import wire
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver

LARGEST_PACKET = wire.OVERHEAD_BYTES + wire.MAX_PAYLOAD_BYTES


def identity(**changes):
    facts = {
        "protocol_version": wire.PROTOCOL_VERSION,
        "firmware_major": 1,
        "firmware_minor": 2,
        "firmware_patch": 3,
        "board_id": 1,
        "n_channels": 6,
        "max_channels": 6,
        "rate_hz": 1000,
        "oversample": 1,
        "samples_per_frame": 8,
        "full_scale_counts": 1024,
        "vref_mv": 5000,
        "sensor_gain": 1000,
        "skew_tenth_us": 280,
        "adc_clock_khz": 500,
        "baud": 500_000,
        "streaming": 0,
        "test_signal": 0,
    }
    return wire.Identity(**facts | changes)


def codes(seq, n_samples, n_channels=6):
    """Return counts that tell sample number and channel: any swap, repeat or loss shows."""
    number = (seq + np.arange(n_samples))[:, None] * 7919
    return ((number + 131 * np.arange(n_channels)) % 1024).astype(np.int32)


def packets(n_packets, *, start=0, n_samples=8, n_channels=6, rate_hz=1000, first=True):
    """Return DATA packets that follow on from one another."""
    return [
        wire.data_packet(
            seq,
            round(seq * 1e6 / rate_hz),
            wire.Flag.FIRST if first and seq == start else 0,
            codes(seq, n_samples, n_channels),
        )
        for seq in range(start, start + n_packets * n_samples, n_samples)
    ]


def samples_by_number(frames):
    """Return {sample number: row} and refuse any number that came twice."""
    found = {}
    for frame in frames:
        for i, row in enumerate(frame.counts):
            number = (frame.seq + i) % wire.SEQ_MODULUS
            assert number not in found
            found[number] = row
    return found


def assert_true(frames, n_channels=6):
    """Check every sample against what was sent; return how many there are."""
    found = samples_by_number(frames)
    for frame in frames:
        expected = codes(frame.seq, len(frame.counts), n_channels)
        np.testing.assert_array_equal(frame.counts, expected)
    return len(found)


def introduced(**changes):
    """Return a driver that knows its board."""
    driver = EmgFeedbackDriver()
    driver.feed(wire.identity_packet(identity(**changes)))
    return driver


def feed_in_chunks(driver, data, sizes):
    frames = []
    sizes = itertools.cycle(sizes)
    at = 0
    while at < len(data):
        size = next(sizes)
        frames += driver.feed(data[at : at + size]).frames
        at += size
        assert len(driver._unread) < LARGEST_PACKET
    return frames
