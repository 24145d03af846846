"""The decoder: whatever comes in, only what the board sent comes out, and losses add up."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import SettingsError
from emgfeedback.devices import wire
from emgfeedback.devices.driver import Answer, BoardReport, Misfit, StreamSettings
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.sequencer import Sequencer
from tests.devices.wire_streams import assert_true, codes, identity, packets, samples_by_number

LARGEST_PACKET = wire.OVERHEAD_BYTES + wire.MAX_PAYLOAD_BYTES


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


# --- packets whose CRC holds and which cannot be -------------------------------------------


def forged(seq, device_us, counts=None, flags=0):
    return wire.data_packet(seq, device_us, flags, codes(seq, 8) if counts is None else counts)


def test_before_the_identity_no_data_are_taken():
    driver = EmgFeedbackDriver()
    assert driver.feed(b"".join(packets(5))).frames == []
    assert driver.counters.rejected == 5
    driver.feed(wire.identity_packet(identity()))
    assert assert_true(driver.feed(b"".join(packets(5))).frames) == 40


@pytest.mark.parametrize(
    "wrong",
    [
        wire.data_packet(8, 8000, 0, codes(8, 8, 5)),
        wire.packet(wire.Packet.DATA, wire.DATA_HEAD.pack(8, 8000, 0, 7) + bytes(96)),
        wire.packet(wire.Packet.DATA, wire.DATA_HEAD.pack(8, 8000, 0, 0) + bytes(96)),
        forged(8, 8000, codes(8, 8) + 1024),
        forged(8 + 500, 8000),
        forged(8, 8_000_000),
        forged(0, 0),
        forged(2**32 - 8, 8000),
        forged(2**31 + 8, 8000),
    ],
    ids=["channels", "count", "empty", "code", "ahead", "clock", "again", "behind", "far"],
)
@pytest.mark.parametrize("n_after", [1, 80])
def test_what_cannot_be_is_refused_and_counted(wrong, n_after):
    stream = packets(1 + n_after)
    driver = introduced()
    frames = driver.feed(stream[0] + wrong + b"".join(stream[1:])).frames
    assert assert_true(frames) == 8 * len(stream)
    assert driver.counters.rejected == 1


@pytest.mark.parametrize("wrong", [forged(8 + 500, 8000), forged(408, 40_000_000)])
def test_bulk_reading_is_no_more_generous(wrong):
    stream = packets(120)
    stream[50] = wrong
    driver = introduced()
    frames = driver.feed(b"".join(stream)).frames
    assert assert_true(frames) == 8 * 119
    assert driver.counters.rejected == 1


def test_a_loss_the_clock_confirms_is_taken_at_once():
    stream = packets(100)
    driver = introduced()
    frames = driver.feed(b"".join(stream[:10] + stream[90:])).frames
    assert [frame.seq for frame in frames] == [0, 720]
    assert assert_true(frames) == 160


def test_a_jump_is_believed_when_two_packets_agree():
    driver = introduced()
    driver.feed(b"".join(packets(3)))
    jumped = packets(60, start=1_000_000, first=False)
    jumped = [
        wire.data_packet(1_000_000 + 8 * i, 8000 * i, 0, codes(1_000_000 + 8 * i, 8))
        for i in range(len(jumped))
    ]
    assert driver.feed(jumped[0]).frames == []
    frames = driver.feed(b"".join(jumped[1:])).frames
    assert frames[0].seq == 1_000_000
    assert assert_true(frames) == 480
    assert driver.counters.rejected == 0


def test_a_restart_is_taken_at_once():
    driver = introduced()
    driver.feed(b"".join(packets(70)))
    (frame,) = driver.feed(b"".join(packets(2))).frames
    assert (frame.seq, frame.flags) == (0, wire.Flag.FIRST)


def test_a_restart_inside_one_feed_begins_a_frame():
    driver = introduced()
    frames = driver.feed(b"".join(packets(60)) + b"".join(packets(60))).frames
    assert [(frame.seq, len(frame.counts)) for frame in frames] == [(0, 480), (0, 480)]


@pytest.mark.parametrize("speed", [0.5, 0.97, 1.02])
def test_a_board_that_misses_its_rate_is_still_heard(speed):
    driver = introduced()
    stream = [
        wire.data_packet(
            8 * i, round(8000 * i / speed), wire.Flag.FIRST if i == 0 else 0, codes(8 * i, 8)
        )
        for i in range(200)
    ]
    assert assert_true(driver.feed(b"".join(stream)).frames) == 1600
    assert driver.counters.rejected == 0


@pytest.mark.parametrize("chunk", [50, 100_000])
def test_number_and_clock_wrap(chunk):
    start = wire.SEQ_MODULUS - 8 * 100
    stream = packets(200, start=start, first=False)
    frames = feed_in_chunks(introduced(), b"".join(stream), [chunk])
    found = samples_by_number(frames)
    assert len(found) == 1600
    assert {0, 799, wire.SEQ_MODULUS - 1, start} <= found.keys()
    assert assert_true(frames) == 1600


@pytest.mark.parametrize("flag", [wire.Flag.DROPPED, wire.Flag.OVERRUN])
@pytest.mark.parametrize("n_packets", [3, 120])
def test_a_flag_tells_of_the_gap_right_before_its_frame(flag, n_packets):
    stream = packets(n_packets)
    late = packets(n_packets, start=8 * n_packets + 4, first=False)
    late[0] = forged(8 * n_packets + 4, 1000 * (8 * n_packets + 4), flags=flag)
    frames = introduced().feed(b"".join(stream + late)).frames
    assert [frame.flags for frame in frames] == [wire.Flag.FIRST, flag]


@pytest.mark.parametrize("place", [2, 70])
def test_a_board_loss_begins_a_frame_even_where_numbers_follow_on(place):
    stream = packets(100)
    stream[place] = forged(8 * place, 8000 * place, flags=wire.Flag.OVERRUN)
    frames = introduced().feed(b"".join(stream)).frames
    assert [(frame.seq, frame.flags) for frame in frames] == [
        (0, wire.Flag.FIRST),
        (8 * place, wire.Flag.OVERRUN),
    ]
    assert assert_true(frames) == 800


def test_flags_of_merged_packets_are_all_there():
    stream = packets(100)
    stream[70] = forged(560, 560_000, flags=wire.Flag.TEST_SIGNAL)
    (frame,) = introduced().feed(b"".join(stream)).frames
    assert frame.flags == wire.Flag.FIRST | wire.Flag.TEST_SIGNAL


# --- identity and settings -----------------------------------------------------------------


def test_the_identity_in_shared_words():
    (info,) = EmgFeedbackDriver().feed(wire.identity_packet(identity())).messages
    assert info == DeviceInfo(
        driver="emgfeedback",
        board="Arduino Uno",
        firmware="1.2.3",
        n_channels=6,
        fs_hz=1000.0,
        full_scale_counts=1024,
        vref_mv=5000.0,
        sensor_gain=1000.0,
        channel_skew_us=28.0,
        max_channels=6,
    )


def test_new_settings_change_how_data_are_read():
    driver = introduced()
    assert assert_true(driver.feed(b"".join(packets(3))).frames) == 24
    driver.feed(wire.identity_packet(identity(n_channels=4, full_scale_counts=4096, oversample=4)))
    counts = codes(0, 8, 4) + 3000
    (frame,) = driver.feed(wire.data_packet(0, 0, 0, counts)).frames
    np.testing.assert_array_equal(frame.counts, counts)


@pytest.mark.parametrize(
    "change", [{"n_channels": 0}, {"n_channels": 7}, {"rate_hz": 0}, {"sensor_gain": 0}]
)
def test_an_impossible_identity_is_refused(change):
    driver = EmgFeedbackDriver()
    assert driver.feed(wire.identity_packet(identity(**change))).messages == []
    assert driver.counters.rejected == 1


@pytest.mark.parametrize("length", [5, wire.IDENTITY.size, 60])
def test_another_version_is_told_with_its_remedy(length):
    packet = wire.packet(wire.Packet.IDENTITY, bytes((9,)) + bytes(length - 1))
    (misfit,) = EmgFeedbackDriver().feed(packet).messages
    assert isinstance(misfit, Misfit)
    assert "version 9" in misfit.what
    assert "Flash" in misfit.remedy


def kinds(requests):
    return [(packet[2], packet[4:-2]) for packet in requests]


def test_settings_become_commands():
    wanted = StreamSettings(fs_hz=2000, n_channels=4, oversample=1, test_signal=2)
    assert kinds(EmgFeedbackDriver().settings_requests(wanted)) == [
        (wire.Packet.SET_CHANNELS, b"\x01"),
        (wire.Packet.SET_RATE, wire.SET_RATE.pack(2000, 1)),
        (wire.Packet.SET_CHANNELS, b"\x04"),
        (wire.Packet.SET_TEST, b"\x02"),
    ]


def test_what_is_not_asked_stays_the_boards_own():
    driver = introduced(oversample=4, full_scale_counts=4096)
    assert kinds(driver.settings_requests(StreamSettings(fs_hz=500))) == [
        (wire.Packet.SET_RATE, wire.SET_RATE.pack(500, 4)),
        (wire.Packet.SET_TEST, b"\x00"),
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        StreamSettings(fs_hz=500),
        StreamSettings(fs_hz=70_000, oversample=1),
        StreamSettings(n_channels=300),
    ],
)
def test_settings_that_cannot_be_said_are_refused(wanted):
    with pytest.raises(SettingsError):
        EmgFeedbackDriver().settings_requests(wanted)


def test_an_answer_belongs_to_its_request():
    driver = EmgFeedbackDriver()
    assert driver.answers(Answer(wire.Packet.START, 0), driver.start_request())
    assert not driver.answers(Answer(wire.Packet.STOP, 0), driver.start_request())
