"""The decoder: whatever comes in, only what the board sent comes out, and losses add up."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices import wire
from emgfeedback.devices.driver import Answer, BoardReport
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.sequencer import Sequencer
from tests.devices.wire_streams import (
    LARGEST_PACKET,
    assert_true,
    feed_in_chunks,
    identity,
    introduced,
    packets,
    samples_by_number,
)


def damaged(data, rate, rng, *, kinds=("flip", "drop")):
    """Return `data` with bytes flipped or dropped at random."""
    out = bytearray()
    for byte in data:
        if rng.random() >= rate:
            out.append(byte)
        elif rng.choice(kinds) == "flip":
            out.append(byte ^ (1 << rng.randrange(8)))
    return bytes(out)


# --- whole streams -------------------------------------------------------------------------


def test_one_feed_of_contiguous_packets_is_one_frame():
    driver = introduced()
    (frame,) = driver.feed(b"".join(packets(5))).frames
    assert (frame.seq, frame.device_us, frame.flags) == (0, 0, wire.Flag.FIRST)
    assert frame.counts.dtype == np.int32
    assert not frame.counts.flags.writeable
    assert assert_true([frame]) == 40
    assert driver.counters.frames == 5
    assert driver.counters.bytes_skipped == 0


@pytest.mark.parametrize("n_packets", [1, 39, 41, 64, 200, 3000])
@pytest.mark.parametrize("shape", [(1, 1), (8, 6), (15, 8), (1, 6)])
def test_bulk_and_live_reading_agree(n_packets, shape):
    n_samples, n_channels = shape
    data = b"".join(packets(n_packets, n_samples=n_samples, n_channels=n_channels))
    facts = {"n_channels": n_channels, "max_channels": 8}
    bulk, live = introduced(**facts), introduced(**facts)
    (frame,) = bulk.feed(data).frames
    assert assert_true([frame], n_channels) == n_packets * n_samples
    frames = feed_in_chunks(live, data, [61])
    assert assert_true(frames, n_channels) == n_packets * n_samples
    assert bulk.counters == live.counters


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 6000), min_size=1, max_size=5),
    seed=st.integers(0, 2**32),
    rate=st.sampled_from([0.0, 1e-4, 1e-3, 1e-2]),
)
def test_any_chunking_gives_the_same_samples(sizes, seed, rate):
    rng = random.Random(seed)
    whole = b"".join(packets(150))
    whole = damaged(whole, rate, rng)
    at_once, chunked = introduced(), introduced()
    expected = samples_by_number(at_once.feed(whole).frames)
    found = samples_by_number(feed_in_chunks(chunked, whole, sizes))
    assert expected.keys() == found.keys()
    for number, row in expected.items():
        np.testing.assert_array_equal(found[number], row)
    assert at_once.counters == chunked.counters


def test_messages_among_data_do_not_disturb_them():
    parts = packets(100)
    parts.insert(50, wire.status_packet(wire.BoardStatus(400, 3, 2, 0, 5, 700)))
    parts.insert(20, wire.ack_packet(wire.Ack(wire.Packet.START, 0)))
    decoded = introduced().feed(b"".join(parts))
    assert assert_true(decoded.frames) == 800
    assert Answer(wire.Packet.START, 0) in decoded.messages
    (report,) = [m for m in decoded.messages if isinstance(m, BoardReport)]
    assert (report.dropped_samples, report.overruns) == (3, 2)
    assert "5 samples" in report.facts


# --- damage --------------------------------------------------------------------------------


@pytest.mark.parametrize("neighbours", [1, 60])
def test_any_flipped_byte_costs_its_packet_alone(neighbours):
    stream = packets(2 * neighbours + 1)
    victim = stream[neighbours]
    lost = set(range(8 * neighbours, 8 * neighbours + 8))
    whole = set(range(8 * len(stream)))
    for place in range(len(victim)):
        for change in (0x01, 0x80, 0xFF):
            hurt = bytearray(victim)
            hurt[place] ^= change
            data = [*stream[:neighbours], bytes(hurt), *stream[neighbours + 1 :]]
            # Filler lets a header with a too great length run out and be refused.
            decoded = introduced().feed(b"".join(data) + bytes(LARGEST_PACKET))
            assert_true(decoded.frames)
            assert samples_by_number(decoded.frames).keys() == whole - lost


def test_any_dropped_byte_costs_its_packet_alone():
    stream = packets(3)
    for place in range(len(stream[1])):
        hurt = stream[1][:place] + stream[1][place + 1 :]
        decoded = introduced().feed(stream[0] + hurt + stream[2] + bytes(LARGEST_PACKET))
        assert_true(decoded.frames)
        assert samples_by_number(decoded.frames).keys() == set(range(8)) | set(range(16, 24))


@pytest.mark.parametrize("rate", [1e-4, 1e-3])
@pytest.mark.parametrize("chunk", [37, 500, 100_000])
def test_received_and_lost_add_up_under_random_damage(rate, chunk):
    rng = random.Random(f"{rate} {chunk}")
    n_packets = 4000
    stream = packets(n_packets)
    data = stream[0] + damaged(b"".join(stream[1:-3]), rate, rng) + b"".join(stream[-3:])
    driver = introduced()
    (info,) = driver.feed(wire.identity_packet(identity())).messages
    line = Sequencer(info, driver.seq_modulus, range(6))
    frames = []
    for at in range(0, len(data), chunk):
        found = driver.feed(data[at : at + chunk]).frames
        line.blocks(found, 1e-6 * at)
        frames += found
    assert assert_true(frames) == line.received
    assert line.received + line.lost == 8 * n_packets
    assert line.lost > 0
    assert line.lost < 8 * n_packets * 120 * rate * 1.5
    assert driver.counters.resyncs > 0


def test_a_sync_pair_inside_junk_does_not_hide_the_packet():
    stream = packets(3)
    for junk in (b"\xa5", b"\xa5\x5a", b"\xa5\x5a\x01", b"\xa5\xa5\xa5\x5a", b"\xa5\x5a\x01\xf0"):
        driver = introduced()
        decoded = driver.feed(stream[0] + junk + stream[1] + stream[2] + bytes(LARGEST_PACKET))
        assert assert_true(decoded.frames) == 24
        assert driver.counters.resyncs == 1


def test_junk_before_the_first_packet_is_no_resync():
    driver = EmgFeedbackDriver()
    driver.feed(b"boot noise\xff\xfe")
    (info,) = driver.feed(wire.identity_packet(identity())).messages
    assert isinstance(info, DeviceInfo)
    assert driver.counters.resyncs == 0
    assert driver.counters.bytes_skipped == 12


def test_ten_thousand_random_inputs_never_stop_it_or_fool_it():
    rng = random.Random(11)
    driver = introduced()
    stream = packets(20)
    pieces = (
        lambda: rng.randbytes(rng.randrange(40)),
        lambda: wire.SYNC,
        lambda: b"\xa5\x5a\x01" + bytes((rng.randrange(256),)),
        lambda: stream[1][: rng.randrange(len(stream[1]))],
        lambda: wire.packet(rng.randrange(256), rng.randbytes(rng.randrange(30))),
        lambda: wire.packet(wire.Packet.DATA, rng.randbytes(106)),
    )
    for _ in range(10_000):
        driver.feed(rng.choice(pieces)())
        assert len(driver._unread) < LARGEST_PACKET
    driver.reset()
    assert assert_true(driver.feed(b"".join(stream)).frames) == 160


def test_every_byte_is_accounted_for():
    rng = random.Random(3)
    data = damaged(b"".join(packets(500)), 1e-3, rng)
    driver = introduced()
    before = driver.counters.bytes_received
    driver.feed(data)
    counters = driver.counters
    used = counters.frames * len(packets(1)[0])
    unread = len(driver._unread)
    assert counters.bytes_received - before == used + counters.bytes_skipped + unread
