"""Frames onto the time axis: every missing sample is numbered, counted and named."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgfeedback.core.block import Frame, Gap, GapReason, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.devices.sequencer import Sequencer
from emgfeedback.devices.wire import SEQ_MODULUS, Flag

FS_HZ = 1000.0


def info(**changes):
    facts = {
        "driver": "emgfeedback",
        "board": "Arduino Uno",
        "firmware": "1.0.0",
        "n_channels": 3,
        "fs_hz": FS_HZ,
        "full_scale_counts": 1024,
        "vref_mv": 5000.0,
        "sensor_gain": 1000.0,
    }
    return DeviceInfo(**facts | changes)


def frame(seq, n=8, flags=0, value=500):
    counts = np.full((n, 3), value, np.int32)
    counts[:, 0] = (seq + np.arange(n)) % 1000 + 1
    counts.flags.writeable = False
    return Frame(seq % SEQ_MODULUS, -1, flags, counts)


def sequencer(modulus=SEQ_MODULUS, columns=(0, 1, 2), **changes):
    return Sequencer(info(**changes), modulus, columns)


def test_contiguous_frames_of_one_call_become_one_block():
    out = sequencer().blocks([frame(0, flags=Flag.FIRST), frame(8), frame(16)], 1.0)
    assert len(out) == 1
    assert (out[0].first_sample, out[0].n_samples, out[0].gap_before) == (0, 24, None)
    assert out[0].unit is Unit.COUNTS
    np.testing.assert_array_equal(out[0].samples[:, 0], np.arange(24) + 1)
    assert not out[0].samples.flags.writeable


def test_lost_samples_move_the_time_axis_on():
    line = sequencer()
    line.blocks([frame(0)], 1.0)
    (block,) = line.blocks([frame(24)], 1.03)
    assert block.gap_before == Gap(8, 16, GapReason.LINK)
    assert block.first_sample == 24
    assert (line.received, line.lost, line.gaps, line.board_dropped) == (16, 16, 1, 0)


@pytest.mark.parametrize("flag", [Flag.DROPPED, Flag.OVERRUN])
def test_what_the_board_owns_up_to_is_its_own(flag):
    line = sequencer()
    line.blocks([frame(0)], 1.0)
    (block,) = line.blocks([frame(11, flags=flag)], 1.03)
    assert block.gap_before == Gap(8, 3, GapReason.BOARD)
    assert line.board_dropped == 3
    assert line.lost == 3


def test_samples_lost_before_the_first_frame_are_counted():
    line = sequencer()
    (block,) = line.blocks([frame(16)], 1.0)
    assert block.gap_before == Gap(0, 16, GapReason.LINK)
    assert block.first_sample == 16


def test_joining_a_running_stream_starts_at_zero():
    (block,) = sequencer().blocks([frame(3_000_000)], 1.0)
    assert block.first_sample == 0
    assert block.gap_before is None


def test_the_counter_wraps_unseen():
    line = sequencer()
    line.blocks([frame(SEQ_MODULUS - 12)], 1.0)
    (block,) = line.blocks([frame(SEQ_MODULUS - 4)], 1.008)
    assert block.gap_before is None
    (block,) = line.blocks([frame(12)], 1.024)
    assert block.gap_before == Gap(16, 8, GapReason.LINK)


@given(
    kept=st.lists(st.booleans(), min_size=1, max_size=60),
    start=st.integers(0, SEQ_MODULUS - 1),
    cuts=st.integers(1, 7),
)
def test_received_and_lost_add_up_whatever_is_lost(kept, start, cuts):
    line = Sequencer(info(), SEQ_MODULUS, (0, 1, 2))
    frames = [frame(start + 8 * i) for i, keep in enumerate([True, *kept, True]) if keep]
    blocks = []
    for i in range(0, len(frames), cuts):
        blocks += line.blocks(frames[i : i + cuts], 0.1 * i)
    lost_at_start = start if start <= 10 * FS_HZ else 0
    assert line.received + line.lost == 8 * (len(kept) + 2) + lost_at_start
    for before, after in pairwise(blocks):
        missing = after.first_sample - before.end_sample
        gap = Gap(before.end_sample, missing, GapReason.LINK) if missing else None
        assert after.gap_before == gap


@pytest.mark.parametrize("missing_frames", [0, 1, 40, 255, 256, 300, 1000])
def test_a_short_counter_is_unwrapped_by_the_clock(missing_frames):
    line = sequencer(modulus=256)
    line.blocks([Frame(7, -1, 0, np.ones((1, 3), np.int32))], 10.0)
    seq = (8 + missing_frames) % 256
    arrival_s = 10.0 + (missing_frames + 1) / FS_HZ + 0.05
    (block,) = line.blocks([Frame(seq, -1, 0, np.ones((1, 3), np.int32))], arrival_s)
    reason = GapReason.ESTIMATED if missing_frames > 255 else GapReason.LINK
    expected = Gap(1, missing_frames, reason) if missing_frames else None
    assert block.gap_before == expected


def test_columns_follow_the_montage():
    line = sequencer(columns=(2, 0))
    counts = np.array([[1, 2, 3], [4, 5, 6]], np.int32)
    (block,) = line.blocks([Frame(0, -1, 0, counts)], 0.0)
    np.testing.assert_array_equal(block.samples, [[3, 1], [6, 4]])


@pytest.mark.parametrize(
    ("oversample", "full_scale", "code", "saturated"),
    [
        (1, 1024, 1023, True),
        (1, 1024, 1022, False),
        (1, 1024, 0, True),
        (1, 1024, 1, False),
        (4, 4096, 4092, True),
        (4, 4096, 4091, False),
        (4, 4096, 0, True),
    ],
)
def test_saturation_is_told_per_channel(oversample, full_scale, code, saturated):
    line = sequencer(oversample=oversample, full_scale_counts=full_scale)
    counts = np.full((5, 3), 300, np.int32)
    counts[3, 1] = code
    (block,) = line.blocks([Frame(0, -1, 0, counts)], 0.0)
    np.testing.assert_array_equal(block.saturated, [False, saturated, False])


def test_a_reconnection_is_as_long_as_the_clock_says():
    line = sequencer()
    line.blocks([frame(0), frame(8)], 5.0)
    line.reconnected(7.9)
    (block,) = line.blocks([frame(0, flags=Flag.FIRST)], 8.0)
    # 3 s passed between the two arrivals; the newest 8 samples are here.
    assert block.gap_before == Gap(16, 3000 - 8, GapReason.RECONNECT)
    assert block.first_sample == 16 + 3000 - 8
    assert line.received + line.lost == block.end_sample
    (block,) = line.blocks([frame(8)], 8.01)
    assert block.gap_before is None


def test_all_samples_of_the_arrival_count_after_a_reconnection():
    line = sequencer()
    line.blocks([frame(0)], 5.0)
    line.reconnected(6.0)
    blocks = line.blocks([frame(0, flags=Flag.FIRST), frame(8), frame(24)], 6.5)
    assert blocks[0].gap_before == Gap(8, 1500 - 24, GapReason.RECONNECT)
    assert blocks[1].gap_before is not None
    assert blocks[1].gap_before.n_samples == 8


def test_a_board_that_restarts_by_itself_was_away():
    line = sequencer()
    line.blocks([frame(0), frame(8)], 5.0)
    (block,) = line.blocks([frame(0, flags=Flag.FIRST)], 5.5)
    assert block.gap_before == Gap(16, 500 - 8, GapReason.RECONNECT)


def test_a_restart_whose_first_packet_was_lost_is_noticed():
    line = sequencer()
    line.blocks([frame(8 * i) for i in range(100)], 5.0)
    (block,) = line.blocks([frame(8)], 5.5)
    assert block.gap_before is not None
    assert block.gap_before.reason is GapReason.RECONNECT
    assert block.gap_before.n_samples == 500 - 8


def test_a_restart_is_never_joined_without_a_gap():
    line = sequencer()
    line.blocks([frame(0)], 5.0)
    line.reconnected(5.0)
    (block,) = line.blocks([frame(0, flags=Flag.FIRST)], 5.0)
    assert block.gap_before == Gap(8, 1, GapReason.RECONNECT)


def test_a_reconnection_before_any_sample_leaves_no_gap():
    line = sequencer()
    line.reconnected(5.0)
    (block,) = line.blocks([frame(0, flags=Flag.FIRST)], 6.0)
    assert block.first_sample == 0
    assert block.gap_before is None


def test_a_block_without_room_is_lost_by_this_computer():
    line = sequencer()
    line.blocks([frame(0)], 1.0)
    (block,) = line.blocks([frame(12)], 1.01)
    gap = line.host_dropped(block)
    assert gap == Gap(8, 12, GapReason.HOST)
    assert (line.received, line.lost) == (8, 12)
    (block,) = line.blocks([frame(20)], 1.02)
    assert block.gap_before is None
    assert line.received + line.lost == block.end_sample


def test_no_frames_change_nothing():
    line = sequencer()
    assert line.blocks([], 3.0) == []
    assert line.health().received == 0


def test_health_carries_the_counts_and_the_rate():
    line = sequencer()
    for i in range(3000):
        line.blocks([frame(8 * i)], 100.0 + 0.008 * i)
    health = line.health()
    assert health.received == 24_000
    assert health.lost == 0
    assert health.measured_fs_hz == pytest.approx(1000.0, rel=1e-6)
    assert health.warnings == ()


def test_health_warns_of_a_board_at_half_its_rate():
    line = sequencer()
    for i in range(3000):
        line.blocks([frame(8 * i)], 100.0 + 0.016 * i)
    (warning,) = line.health().warnings
    assert "500" in warning
    assert "1000" in warning
