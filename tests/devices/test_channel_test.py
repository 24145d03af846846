"""The board's test signal, right and wrong in every way a link or a wire can spoil it."""

import numpy as np
import pytest

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.errors import BoardRestarts, BoardSilent, UsageError
from emgfeedback.devices import wire
from emgfeedback.devices.channel_test import ChannelTest, Fault, check_channels
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.link import VirtualLink
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.devices.virtual.source import Adc
from emgfeedback.devices.virtual.stream import signal_codes
from emgfeedback.devices.wire import TestSignal
from tests.devices.wire_streams import identity

FS_HZ, CHANNELS = 1000, 6


@pytest.fixture
def info():
    driver = EmgFeedbackDriver()
    return driver.feed(wire.identity_packet(identity())).messages[0]


def codes(n=3200):
    return signal_codes(TestSignal.SQUARE, np.arange(n), CHANNELS, Adc(oversample=1))


def judged(info, counts, rate=1.0, lose=()):
    """Judge `counts` as they come in blocks of 40, at `rate` times the nominal rate."""
    test = ChannelTest(info)
    gap = None
    for first in range(0, len(counts), 40):
        part = counts[first : first + 40]
        if first in lose:
            gap = Gap(first, len(part), GapReason.LINK)
            continue
        block = Block(part, Unit.COUNTS, FS_HZ, first, gap, np.zeros(part.shape[1], bool))
        test.add(block, 50.0 + (first + len(part)) / (FS_HZ * rate))
        gap = None
    return test


def test_the_signal_as_it_was_sent_passes(info):
    test = judged(info, codes())
    outcome = test.outcome()
    assert outcome.passed, outcome.problems
    assert [one.height_counts for one in outcome.channels] == [32, 64, 96, 128, 160, 192]
    assert outcome.fs_hz == pytest.approx(FS_HZ)
    assert test.done_share == 1.0


def test_a_count_of_tolerance(info):
    wobble = np.random.default_rng(1).integers(-1, 2, (3200, CHANNELS))
    assert judged(info, (codes() + wobble).astype(np.int32)).outcome().passed


@pytest.mark.parametrize(
    ("spoil", "fault", "words"),
    [
        (lambda c: c[:, [0, 1, 3, 2, 4, 5]], Fault.SWAPPED, "A2 carries the signal of A3"),
        (lambda c: np.where(np.arange(6) == 2, 512, c), Fault.NO_SIGNAL, "A2: no test signal"),
        (lambda c: np.where(np.arange(6) == 2, 512 + (c - 512) * 5 // 4, c),
         Fault.WRONG_HEIGHT, "A2: 120.0 counts high, and 96 were sent"),
        (lambda c: np.where(np.arange(6) == 2, 1024 - c, c), Fault.WRONG_HEIGHT, "A2: -96.0"),
        (lambda c: np.where(np.arange(6) == 2, np.roll(c, 10, axis=0), c), Fault.WRONG_SHAPE,
         "A2: not the square wave"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_channel_is_named(info, spoil, fault, words):
    outcome = judged(info, spoil(codes()).astype(np.int32)).outcome()
    assert not outcome.passed
    assert outcome.channels[2].fault is fault
    assert words in outcome.channels[2].words
    assert outcome.channels[0].fault is Fault.NONE
    assert outcome.channels[2].words in outcome.problems


def test_lost_samples_do_not_shift_the_wave_and_are_counted(info):
    outcome = judged(info, codes(), lose=(400, 1200)).outcome()
    assert all(one.fault is Fault.NONE for one in outcome.channels)
    assert outcome.lost_samples == 80
    assert "80 of 3200 samples were lost" in outcome.problems[0]


@pytest.mark.parametrize(("rate", "passes"), [(0.985, True), (1.015, True), (0.97, False)])
def test_the_rate_is_measured(info, rate, passes):
    outcome = judged(info, codes(), rate).outcome()
    assert outcome.fs_hz == pytest.approx(FS_HZ * rate)
    assert outcome.passed == passes
    assert passes or "-3.0 %" in outcome.problems[0]


def test_too_few_channels_are_told(info):
    problems = judged(info, codes()[:, :4]).outcome().problems
    assert problems == ("4 channels come, and 6 were asked for.",)


def test_nothing_is_no_signal(info):
    outcome = ChannelTest(info).outcome()
    assert {one.fault for one in outcome.channels} == {Fault.NO_SIGNAL}
    assert outcome.fs_hz is None
    assert outcome.channels[0].height_counts is None


class Board(VirtualLink):
    """A virtual board whose time passes by reads; it can be switched off and on, or fall silent."""

    def __init__(self):
        super().__init__(VirtualBoard(NeckSignal(seed=1)), step_s=0.02)
        self.now_s = 0.0
        self.restarts_at_s = self.dies_at_s = float("inf")

    def read(self, timeout_s):
        self.now_s += 0.02
        if self.now_s > self.restarts_at_s:
            self.restarts_at_s = float("inf")
            self.board = VirtualBoard(NeckSignal(seed=1))
        data = super().read(timeout_s)
        return b"" if self.now_s > self.dies_at_s else data


@pytest.fixture
def board():
    return Board()


@pytest.fixture
def connection(board):
    connection = Connection(board, EmgFeedbackDriver(), lambda: board.now_s)
    connection.open()
    yield connection
    connection.close()


def test_a_board_is_asked_for_its_signal_and_stopped(board, connection):
    told = []
    outcome = check_channels(
        connection, fs_hz=500, n_channels=4, clock=lambda: board.now_s, tell=told.append
    )
    assert outcome.passed, outcome.problems
    assert len(outcome.channels) == 4
    assert told == sorted(told)
    assert told[-1] == 1.0
    connection.read(0.5)
    assert not connection.read(0.5).frames, "it was stopped"


def test_a_board_that_starts_anew_is_told_from_one_that_is_gone(board, connection):
    board.restarts_at_s = board.now_s + 1.0
    with pytest.raises(BoardRestarts, match=r"restarted while it was sending.*5 V pin"):
        check_channels(connection, clock=lambda: board.now_s)
    board.dies_at_s = board.now_s + 1.0
    with pytest.raises(BoardSilent, match="fell silent during the test"):
        check_channels(connection, clock=lambda: board.now_s)


class Other(EmgFeedbackDriver):
    """A driver of boards that have none."""

    name = "other"


def test_a_board_without_a_test_signal(connection):
    connection.driver = Other()
    with pytest.raises(UsageError, match="has no test signal"):
        check_channels(connection)
