"""The in-process link, on a clock of the test's own."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from emgfeedback.core.errors import LinkLost, PortMissing
from emgfeedback.devices import wire
from emgfeedback.devices.virtual import link as virtual_link
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.faults import FaultPlan
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.played import PlayedCounts
from tests.devices.virtual.wire_reading import hear

RAMP = np.arange(4000)[:, None] + np.arange(2)
START = wire.packet(wire.Packet.START)


class Clock:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


def board(*faults: str) -> VirtualBoard:
    return VirtualBoard(PlayedCounts(RAMP, 1000.0), faults=FaultPlan(faults))


def test_stream_follows_the_clock() -> None:
    clock = Clock()
    link = VirtualLink(board(), clock=clock)
    assert link.path == "demo"
    clock.s += 50.0
    link.open(500_000)
    clock.s += 3.0
    link.write(START)
    assert hear(link.read(0), 2).packets == [wire.Ack(wire.Packet.START, 0)]
    assert link.read(0) == b""
    clock.s += 0.1
    np.testing.assert_array_equal(hear(link.read(0), 2).counts, RAMP[:100])
    assert link.read(0) == b""


def test_speed_is_seconds_of_the_board_per_second() -> None:
    clock = Clock()
    link = VirtualLink(board(), speed=4.0, clock=clock)
    link.open(500_000)
    link.write(START)
    clock.s += 0.25
    assert len(hear(link.read(0), 2).counts) == 1000


def test_steps_need_no_clock() -> None:
    link = VirtualLink(board(), step_s=0.02, clock=Clock())
    link.open(500_000)
    link.write(START)
    data = b"".join(link.read(10.0) for _ in range(51))
    np.testing.assert_array_equal(hear(data, 2).counts, RAMP[:1020])


def test_unplug_is_lost_missing_and_back() -> None:
    clock = Clock()
    link = VirtualLink(board("unplug@1+2"), clock=clock)
    link.open(500_000)
    link.write(START)
    clock.s += 1.0
    assert len(hear(link.read(0), 2).counts) == 1000
    clock.s += 0.01
    with pytest.raises(LinkLost, match="unplugged"):
        link.read(0)
    with pytest.raises(LinkLost):
        link.write(START)
    with pytest.raises(PortMissing, match="unplugged"):
        link.open(500_000)
    clock.s += 2.0
    link.open(500_000)
    assert link.read(0) == b""
    link.write(START)
    clock.s += 0.1
    counts = hear(link.read(0), 2).counts
    np.testing.assert_array_equal(counts, RAMP[3010:3110])


def test_an_unplug_between_two_reads_is_noticed_though_the_board_is_back() -> None:
    clock = Clock()
    link = VirtualLink(board("unplug@0.5+0.5"), clock=clock)
    link.open(500_000)
    link.write(START)
    clock.s += 1.5
    assert link.read(0), "what came before the unplugging is still there"
    with pytest.raises(LinkLost):
        link.read(0)


def test_write_notices_the_unplug_too() -> None:
    clock = Clock()
    link = VirtualLink(board("unplug@0.5+9"), clock=clock)
    link.open(500_000)
    link.write(START)
    clock.s += 1.0
    with pytest.raises(LinkLost):
        link.write(START)


def test_a_reader_that_sleeps_too_long_loses_the_rest() -> None:
    clock = Clock()
    link = VirtualLink(board(), clock=clock)
    link.open(500_000)
    link.write(START)
    clock.s += 3600.0
    numbers = hear(link.read(0), 2).numbers
    assert len(numbers) == virtual_link.BACKLOG_S * 1000
    clock.s += 0.1
    assert hear(link.read(0), 2).numbers[0] == 3_600_000


def test_a_closed_link_is_not_heard_and_opens_again() -> None:
    clock = Clock()
    link = VirtualLink(board(), clock=clock)
    link.open(500_000)
    link.open(250_000)
    link.write(START)
    link.close()
    link.close()
    with pytest.raises(LinkLost):
        link.read(0)
    clock.s += 2.0
    link.open(500_000)
    clock.s += 0.1
    assert hear(link.read(0), 2).numbers[0] == 2000


def test_cancel_wakes_a_waiting_read() -> None:
    link = VirtualLink(board())
    link.open(500_000)
    began = threading.Event()
    got: list[bytes] = []

    def reader() -> None:
        began.set()
        got.append(link.read(1000.0))

    thread = threading.Thread(target=reader)
    thread.start()
    assert began.wait(10)
    link.cancel()
    thread.join(10)
    assert not thread.is_alive()
    assert got == [b""]
    assert link.read(0.0) == b""


def test_read_waits_for_the_first_byte_in_real_time() -> None:
    link = VirtualLink(board())
    link.open(500_000)
    link.write(START)
    assert hear(link.read(5.0), 2).packets[0] == wire.Ack(wire.Packet.START, 0)
    began_s = time.monotonic()
    data = b"".join(link.read(5.0) for _ in range(5))
    assert len(hear(data, 2).counts) <= (time.monotonic() - began_s + 0.1) * 1000
    assert len(hear(data, 2).counts) >= 20
