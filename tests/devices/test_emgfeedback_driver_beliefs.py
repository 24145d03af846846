"""The decoder and packets whose CRC holds: what cannot be is refused, what can is believed."""

import pytest

from emgfeedback.devices import wire
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from tests.devices.wire_streams import (
    assert_true,
    codes,
    feed_in_chunks,
    identity,
    introduced,
    packets,
    samples_by_number,
)


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
