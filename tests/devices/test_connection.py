"""Handshake, settings and start, through boot loaders, lost answers and strangers."""

import pytest

from emgfeedback.core.errors import BoardRefused, BoardSilent, ForeignBoard, LinkError, LinkLost
from emgfeedback.devices import wire
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from emgfeedback.devices.serial_link import SerialLink
from tests.devices.scripted_board import Clock, ScriptedBoard, ScriptedLink
from tests.devices.wire_streams import assert_true, packets

COMMANDS = wire.Packet
QUIET_UNTIL_S = 1.5
"""The boot loaders of Arduinos listen so long after a reset."""


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def board(clock):
    return ScriptedBoard(clock)


@pytest.fixture
def connection(board, clock):
    return Connection(ScriptedLink(board, clock), EmgFeedbackDriver(), clock)


def kinds(board):
    return [kind for kind, _ in board.heard]


def test_a_waiting_board_is_known_at_once(connection, clock):
    began_s = clock()
    info = connection.open()
    assert info.board == "Arduino Uno"
    assert connection.info == info
    assert clock() - began_s < 0.5


def test_before_opening_nobody_is_known(connection):
    with pytest.raises(LinkError, match="Connect first"):
        _ = connection.info


@pytest.mark.parametrize("boot_s", [0.3, 1.6, 2.5, 3.9])
def test_a_boot_loader_is_outlasted(connection, board, clock, boot_s):
    board.deaf_until_s = clock() + boot_s
    connection.open()
    assert clock() - 100.0 < max(boot_s, QUIET_UNTIL_S) + 0.3


def test_a_boot_loader_is_not_disturbed(connection, board, clock):
    """That of a Mega stays if it hears anything between waking up and its end."""
    awake_s, ends_s = clock() + 0.06, clock() + 1.2
    receive = board.receive

    def disturbed(data, baud):
        if awake_s < clock() < ends_s:
            board.deaf_until_s = clock() + 8.0
        return b"" if clock() < ends_s else receive(data, baud)

    board.receive = disturbed
    connection.open()
    assert clock() - 100.0 < QUIET_UNTIL_S + 0.3


def test_a_board_that_was_not_reset_answers_the_first_question(connection, clock):
    connection.open()
    assert clock() - 100.0 < 0.1


@pytest.mark.parametrize(("boot_s", "within_s"), [(0.0, 2.3), (2.0, 2.6)])
def test_the_other_baud_is_tried(connection, board, clock, boot_s, within_s):
    board.baud = 250_000
    board.deaf_until_s = clock() + boot_s
    connection.open()
    assert connection.link.bauds[-1] == 250_000
    assert clock() - 100.0 < within_s


def test_a_streaming_board_is_stopped(connection, board):
    board.streaming = True
    connection.link.inbox = b"".join(packets(20, start=800, first=False))[7:]
    connection.open()
    assert not board.streaming


def test_silence_is_told_within_eight_seconds(connection, board, clock):
    board.deaf_until_s = clock() + 60.0
    with pytest.raises(BoardSilent, match=r"500000 or 250000 baud.*reset button"):
        connection.open()
    assert clock() - 100.0 <= 8.0


class Stranger(ScriptedBoard):
    """Answers every request with bytes of its own."""

    def __init__(self, clock, says):
        super().__init__(clock)
        self.says = says

    def receive(self, data, baud=500_000):
        return self.says if baud == 500_000 else b""


CHORDS = b"".join(b"\xc7\x7c" + bytes((i,)) + bytes((1, 226)) * 6 + b"\x01" for i in range(5))
OPEN_EEG = b"".join(
    b"\xa5\x5a\x02" + bytes((i,)) + bytes((2, 108)) * 6 + b"\x01" for i in range(30)
)


@pytest.mark.parametrize(
    ("says", "guess"),
    [
        (b"StartUp!\r\n517\r\n566\r\n", "StartUp! 517"),
        (CHORDS, "Chords"),
        (OPEN_EEG, "OpenEEG"),
        (bytes(range(128, 200)), "no protocol known here .80 81"),
    ],
)
def test_a_stranger_is_named(clock, says, guess):
    link = ScriptedLink(Stranger(clock, says), clock)
    with pytest.raises(ForeignBoard, match=f"{guess}.*Flash the firmware"):
        Connection(link, EmgFeedbackDriver(), clock).open()


def test_a_few_stray_bytes_are_nobody(clock):
    board = ScriptedBoard(clock)
    board.deaf_until_s = 1000.0
    link = ScriptedLink(board, clock)
    link.inbox = b"\xff\x00"
    with pytest.raises(BoardSilent):
        Connection(link, EmgFeedbackDriver(), clock).open()


def test_another_version_is_told_at_once(clock):
    other = wire.packet(wire.Packet.IDENTITY, b"\x02" + bytes(40))
    link = ScriptedLink(Stranger(clock, other), clock)
    with pytest.raises(ForeignBoard, match=r"version 2.*Flash"):
        Connection(link, EmgFeedbackDriver(), clock).open()
    assert clock() - 100.0 < QUIET_UNTIL_S + 0.3


def test_a_board_that_cannot_hear_us_is_told_apart(clock):
    link = ScriptedLink(Stranger(clock, b"".join(packets(3))), clock)
    with pytest.raises(BoardSilent, match="sends data and hears no question"):
        Connection(link, EmgFeedbackDriver(), clock).open()


def test_cancel_ends_the_search(board, clock):
    board.deaf_until_s = 1000.0
    link = ScriptedLink(board, clock)
    connection = Connection(link, EmgFeedbackDriver(), clock)
    read = link.read

    def read_then_cancel(timeout_s):
        connection.cancel()
        return read(timeout_s)

    link.read = read_then_cancel
    with pytest.raises(LinkError, match="cancelled"):
        connection.open()
    assert link.cancelled
    assert clock() - 100.0 < 1.0


def test_settings_are_made_and_read_back(connection, board):
    connection.open()
    info = connection.configure(StreamSettings(fs_hz=2000, n_channels=4, oversample=1))
    assert (info.fs_hz, info.n_channels, info.oversample) == (2000.0, 4, 1)
    assert connection.info == info


def test_nothing_asked_keeps_the_boards_own(connection):
    before = connection.open()
    assert connection.configure(StreamSettings()) == before


@pytest.mark.parametrize("lost", [COMMANDS.SET_RATE, COMMANDS.SET_CHANNELS, COMMANDS.IDENTIFY])
def test_a_lost_answer_is_asked_for_again(connection, board, lost):
    connection.open()
    board.lose.add(lost)
    info = connection.configure(StreamSettings(fs_hz=500, n_channels=2, oversample=4))
    assert (info.fs_hz, info.n_channels, info.full_scale_counts) == (500.0, 2, 4096)


@pytest.mark.parametrize(("code", "words"), [(3, "250, 500, 1000"), (6, "too|link"), (77, "77")])
def test_a_refusal_is_told_in_the_codes_words(connection, board, code, words):
    connection.open()
    board.refuse[COMMANDS.SET_RATE] = code
    with pytest.raises(BoardRefused, match=words) as refusal:
        connection.configure(StreamSettings(fs_hz=3000, oversample=1))
    assert refusal.value.code == code


def test_a_refused_board_keeps_what_it_had(connection, board):
    before = connection.open()
    change = board._change
    board._change = lambda kind, payload: None if payload == b"\x08" else change(kind, payload)
    answer = board._answer

    def refuse_eight(kind, payload):
        if (kind, payload) == (COMMANDS.SET_CHANNELS, b"\x08"):
            return wire.ack_packet(wire.Ack(kind, 4))
        return answer(kind, payload)

    board._answer = refuse_eight
    with pytest.raises(BoardRefused, match="channels"):
        connection.configure(StreamSettings(fs_hz=500, n_channels=8, oversample=1))
    assert connection.configure(StreamSettings()) == before


def test_a_board_that_says_yes_and_does_not_is_found_out(connection, board):
    connection.open()
    board.ignore_settings = True
    with pytest.raises(BoardRefused, match=r"6 channels at 1000 Hz.*asked for 2000 Hz"):
        connection.configure(StreamSettings(fs_hz=2000))


def test_a_board_that_falls_silent_is_told(connection, board, clock):
    connection.open()
    board.deaf_until_s = clock() + 100.0
    with pytest.raises(BoardSilent, match="reset button"):
        connection.configure(StreamSettings(fs_hz=2000))
    with pytest.raises(BoardSilent):
        connection.start()


@pytest.mark.parametrize("lost", [set(), {COMMANDS.START}])
def test_data_count_as_started_and_none_are_lost(connection, board, lost):
    connection.open()
    board.lose = lost
    connection.start()
    assert assert_true(connection.read(0.0).frames) == 24
    assert kinds(board).count(COMMANDS.START) == 1


def test_start_is_repeated_until_something_comes(connection, board):
    connection.open()
    board.silent_data = True
    board.lose = {COMMANDS.START}
    connection.start()
    assert kinds(board).count(COMMANDS.START) == 2


def test_a_refused_start_is_told(connection, board):
    connection.open()
    board.refuse[COMMANDS.START] = 5
    with pytest.raises(BoardRefused, match="sampling period"):
        connection.start()


def test_reading_hands_on_frames_and_reports(connection):
    connection.open()
    connection.start()
    connection.read(0.0)
    status = wire.status_packet(wire.BoardStatus(48, 1, 2, 0, 3, 700))
    connection.link.inbox = b"".join(packets(3, start=24, first=False)) + status
    decoded = connection.read(0.1)
    assert assert_true(decoded.frames) == 24
    assert decoded.messages[0].overruns == 2
    assert connection.read(0.1).frames == []


def test_stop_is_repeated_and_keeps_the_last_samples(connection, board):
    connection.open()
    connection.start()
    connection.read(0.0)
    board.lose = {COMMANDS.STOP}
    connection.link.inbox = b"".join(packets(2, start=24, first=False))
    connection.stop()
    assert not board.streaming
    assert assert_true(connection.read(0.0).frames) == 16


def test_stopping_a_board_that_is_off_is_no_failure(connection, board, clock):
    connection.open()
    board.deaf_until_s = clock() + 100.0
    connection.stop()
    connection.close()
    assert not connection.link.is_open


@pytest.fixture
def far():
    pytest.importorskip("termios", reason="pseudo-terminals are a POSIX thing")
    from tests.devices.pty_board import PtyBoard

    far = PtyBoard(ScriptedBoard())
    yield far
    far.close()


def test_a_whole_session_over_a_terminal(far):
    connection = Connection(SerialLink(far.path), EmgFeedbackDriver())
    try:
        assert connection.open().n_channels == 6
        connection.configure(StreamSettings(fs_hz=1000, n_channels=6, oversample=1))
        connection.start()
        frames = []
        while sum(len(frame.counts) for frame in frames) < 24:
            frames += connection.read(5.0).frames
        assert assert_true(frames) == 24
        connection.stop()
    finally:
        connection.close()


def test_an_unplugged_board_is_lost_not_silent(far):
    connection = Connection(SerialLink(far.path), EmgFeedbackDriver())
    connection.open()
    far.unplug()
    with pytest.raises(LinkLost, match="plug"):
        connection.read(5.0)
    connection.close()
