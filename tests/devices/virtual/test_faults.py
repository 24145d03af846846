"""Faults to order, on simulated time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emgfeedback.core.errors import UsageError
from emgfeedback.devices import wire
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.faults import (
    Fault,
    FaultKind,
    FaultPlan,
    LineNoise,
    parse_fault,
)
from emgfeedback.devices.virtual.played import PlayedCounts
from emgfeedback.devices.virtual.signal import NeckSignal
from tests.devices.virtual.wire_reading import Heard, hear

N = 40_000
RAMP = np.arange(N)[:, None] % 4093 + np.arange(3)


def board(*faults: str, seed: int = 1) -> VirtualBoard:
    made = VirtualBoard(PlayedCounts(RAMP, 1000.0), faults=FaultPlan(faults, seed=seed))
    made.receive(wire.packet(wire.Packet.START))
    made.advance(0.0)
    return made


def heard_in(made: VirtualBoard, seconds: float) -> Heard:
    return hear(made.advance(made.now_s + seconds), 3)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("drop=1e-4", Fault(FaultKind.DROP, 1e-4)),
        ("flip=0.001@2+3", Fault(FaultKind.FLIP, 1e-3, 2.0, 3.0)),
        ("stall@5+2", Fault(FaultKind.STALL, 0.0, 5.0, 2.0)),
        ("unplug@5+2.5", Fault(FaultKind.UNPLUG, 0.0, 5.0, 2.5)),
        ("unplug@5", Fault(FaultKind.UNPLUG, 0.0, 5.0, math.inf)),
        ("loose=3@4+5", Fault(FaultKind.LOOSE, 3.0, 4.0, 5.0)),
        ("saturate=1@2+3", Fault(FaultKind.SATURATE, 1.0, 2.0, 3.0)),
        (" rate=0.995 ", Fault(FaultKind.RATE, 0.995)),
        ("gap=250@3", Fault(FaultKind.GAP, 250.0, 3.0)),
    ],
)
def test_orders_are_read(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("unplugg@5", "unplugg.*Did you mean 'unplug'.*drop, flip, stall"),
        ("xyzzy", "xyzzy.*The kinds are drop"),
        ("", "There is no fault ''"),
        ("drop", "no value.*0.5"),
        ("drop=", "value.*''"),
        ("drop=0.6", r"0\.6.*0\.5"),
        ("drop=nan", "nan"),
        ("stall=3@5", "takes none"),
        ("loose=0", "0.*whole number from 1"),
        ("loose=1.5", r"1\.5.*whole"),
        ("rate=2", "2.*0.9 to 1.1"),
        ("stall@x", "start.*'x'"),
        ("stall@-1", "start.*'-1'"),
        ("stall@5+", "length.*''"),
        ("stall@5+0", "0 s"),
        ("gap=250@3+2", "length"),
    ],
)
def test_bad_orders_are_refused_with_value_and_remedy(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        parse_fault(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.FLIP])
def test_line_noise_hits_its_share_however_the_stream_is_cut(kind: FaultKind) -> None:
    data = bytes(range(256)) * 400
    whole = LineNoise(1e-3, kind, np.random.default_rng(4))
    out = whole.pass_on(data)
    cut = LineNoise(1e-3, kind, np.random.default_rng(4))
    assert b"".join(cut.pass_on(data[i : i + 7]) for i in range(0, len(data), 7)) == out
    assert 60 < whole.hits < 150
    if kind is FaultKind.DROP:
        assert len(out) == len(data) - whole.hits
    else:
        changed = [a ^ b for a, b in zip(data, out, strict=True) if a != b]
        assert len(changed) == whole.hits
        assert all(bits.bit_count() == 1 for bits in changed)


def test_no_noise_changes_nothing_and_all_noise_leaves_nothing() -> None:
    rng = np.random.default_rng(1)
    assert LineNoise(0.0, FaultKind.DROP, rng).pass_on(b"abc") == b"abc"
    assert LineNoise(1.0, FaultKind.DROP, rng).pass_on(b"abc") == b""


@pytest.mark.parametrize("order", ["drop=1e-3", "flip=1e-3"])
def test_decoder_loses_samples_but_takes_no_wrong_one(order: str) -> None:
    made = board(order)
    driver = EmgFeedbackDriver()
    driver.feed(wire.identity_packet(made.identity()))
    frames = driver.feed(made.advance(20.0)).frames
    got = np.concatenate([frame.counts for frame in frames])
    numbers = np.concatenate([f.seq + np.arange(len(f.counts)) for f in frames])
    np.testing.assert_array_equal(got, RAMP[numbers])
    assert (np.diff(numbers) > 0).all()
    assert made.plan.bytes_hit > 100
    assert 15_000 < len(numbers) < 20_000


def test_noise_keeps_to_its_window() -> None:
    made = board("drop=0.5@1+1")
    assert len(heard_in(made, 0.99).counts) == 988
    made.advance(2.1)
    assert heard_in(made, 0.5).counts.shape[0] >= 496


def test_stall_is_silence_and_its_samples_are_lost() -> None:
    made = board("stall@1+2")
    before = heard_in(made, 1.0)
    made.receive(wire.packet(wire.Packet.IDENTIFY))
    assert made.advance(2.5) == b""
    made.receive(wire.packet(wire.Packet.IDENTIFY))
    assert made.advance(2.9) == b""
    after = hear(made.advance(4.0), 3)
    assert before.numbers[-1] in range(992, 1000)
    assert after.numbers[0] in range(2996, 3004)
    np.testing.assert_array_equal(after.counts, RAMP[after.numbers])
    assert not any(p.flags for p in after.data), "the board knows nothing of it"
    assert made.present


def test_unplug_forgets_all_and_the_world_goes_on() -> None:
    made = board("unplug@1+2")
    before = heard_in(made, 0.999)
    np.testing.assert_array_equal(before.numbers, np.arange(1000))
    assert made.due_s == pytest.approx(1.0)
    assert made.advance(1.5) == b""
    assert not made.present
    assert made.times_unplugged == 1
    made.receive(wire.packet(wire.Packet.IDENTIFY))
    assert made.advance(2.9) == b""
    assert made.advance(3.25) == b"", "silent after power-on"
    assert made.present
    made.receive(wire.packet(wire.Packet.START))
    after = hear(made.advance(4.25), 3)
    assert after.data[0].seq == 0
    np.testing.assert_array_equal(after.counts, RAMP[3250 + after.numbers])


def test_two_unplugs_inside_one_step_are_both_noticed() -> None:
    made = board("unplug@1+0.5", "unplug@2+0.5")
    made.advance(10.0)
    assert made.times_unplugged == 2
    assert made.present
    assert not made.streaming


def test_unplug_without_length_is_for_good() -> None:
    made = board("unplug@1")
    made.advance(1e6)
    assert not made.present
    assert made.due_s == math.inf


def test_gap_is_dropped_counted_and_flagged() -> None:
    heard = heard_in(board("gap=250@1.0015"), 3.0)
    numbers = heard.numbers
    assert np.flatnonzero(np.diff(numbers) != 1).size == 1
    lost = np.setdiff1d(np.arange(numbers[-1] + 1), numbers)
    np.testing.assert_array_equal(lost, np.arange(1002, 1252))
    np.testing.assert_array_equal(heard.counts, RAMP[numbers])
    flagged = [p for p in heard.data if p.flags & wire.Flag.DROPPED]
    assert [p.seq for p in flagged] == [1252]
    statuses = heard.of(wire.BoardStatus)
    assert [(s.next_seq, s.dropped_samples) for s in statuses] == [
        (1000, 0),
        (2000, 250),
        (3000, 250),
    ]


@pytest.mark.parametrize("speed", [0.995, 1.002])
def test_rate_error_shows_in_the_number_of_samples_alone(speed: float) -> None:
    heard = heard_in(board(f"rate={speed}"), 30.0)
    assert len(heard.counts) == pytest.approx(30_000 * speed, abs=4)
    assert heard.data[-1].device_us == heard.data[-1].seq * 1000
    np.testing.assert_array_equal(heard.counts, RAMP[heard.numbers])


def test_rate_error_keeps_to_its_window() -> None:
    heard = heard_in(board("rate=0.9@10+10"), 30.0)
    assert len(heard.counts) == pytest.approx(29_000, abs=4)


def test_clock_map_inverts_itself() -> None:
    plan = FaultPlan(["rate=0.95@2+3", "rate=1.05@4+10"])
    times = np.linspace(0, 30, 301)
    clocks = np.array([plan.clock_s(float(t)) for t in times])
    assert (np.diff(clocks) > 0).all()
    np.testing.assert_allclose(plan.world_times_s(clocks), times, atol=1e-12)
    assert plan.clock_s(5.0) == pytest.approx(2 + 2 * 0.95 + 0.95 * 1.05)


def test_saturated_channel_sits_at_the_rail_for_its_time_and_no_other_does() -> None:
    heard = heard_in(board("saturate=2@1+1"), 3.0)
    at_rail = heard.counts[:, 1] == 4092
    np.testing.assert_array_equal(np.flatnonzero(at_rail), np.arange(1000, 2000))
    np.testing.assert_array_equal(heard.counts[:, [0, 2]], RAMP[: len(at_rail)][:, [0, 2]])


def test_loose_electrode_hums_and_drifts_to_the_rail() -> None:
    made = VirtualBoard(NeckSignal(), faults=FaultPlan(["loose=3@2+8"]))
    made.receive(wire.packet(wire.Packet.START))
    made.advance(0.0)
    counts = hear(made.advance(12.0), 6).counts
    other = hear(_clean(12.0), 6).counts
    same = np.ones(len(counts), dtype=bool)
    same[2000:10_000] = False
    np.testing.assert_array_equal(counts[same], other[same])
    np.testing.assert_array_equal(counts[:, [0, 1, 3, 4, 5]], other[:, [0, 1, 3, 4, 5]])
    loose = counts[2000:10_000, 2]
    early = loose[:1000] - loose[:1000].mean()
    spectrum = np.abs(np.fft.rfft(early))
    assert np.argmax(spectrum[10:]) + 10 == 50
    assert (loose[6000:] == 4092).mean() > 0.5


def _clean(seconds: float) -> bytes:
    made = VirtualBoard(NeckSignal())
    made.receive(wire.packet(wire.Packet.START))
    made.advance(0.0)
    return made.advance(seconds)


def test_fault_on_a_channel_the_board_does_not_have_hits_nothing() -> None:
    heard = heard_in(board("saturate=9"), 1.0)
    np.testing.assert_array_equal(heard.counts, RAMP[: len(heard.counts)])


def test_seeds_choose_where_it_hits() -> None:
    first, second = (board("flip=1e-3", seed=seed).advance(5.0) for seed in (1, 2))
    assert first != second
    assert board("flip=1e-3", seed=1).advance(5.0) == first
