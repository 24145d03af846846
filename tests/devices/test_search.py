"""Finding out who is there: our own board first and as fast as alone, others without harm."""

from __future__ import annotations

import pytest

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import BoardSilent, ForeignBoard
from emgfeedback.devices.backyard_brains import MESSAGE, BackyardBrainsDriver
from emgfeedback.devices.bitalino import BitalinoDriver
from emgfeedback.devices.chords import BOARDS as CHORDS_BOARDS
from emgfeedback.devices.chords import ChordsDriver
from emgfeedback.devices.connection import Connection
from emgfeedback.devices.cyton import CytonDriver
from emgfeedback.devices.driver import Misfit, StreamSettings
from emgfeedback.devices.registry import DRIVERS, OURS, make_driver, make_drivers
from emgfeedback.engine.connect import SerialConnector
from tests.devices import foreign_streams as streams
from tests.devices.foreign_boards import ChordsUno, SimulatedLink, StreamingBoard
from tests.devices.scripted_board import Clock, ScriptedBoard, ScriptedLink


def ours(boot_s: float, baud: int, drivers: list[str]) -> float:
    """Return how long our own board, which boots so long, takes to be known."""
    clock = Clock()
    board = ScriptedBoard(clock)
    board.deaf_until_s, board.baud = clock() + boot_s, baud
    connection = Connection(
        ScriptedLink(board, clock), [make_driver(name) for name in drivers], clock
    )
    began_s = clock()
    assert connection.open().driver == OURS
    assert connection.driver.name == OURS
    return clock() - began_s


@pytest.mark.parametrize("boot_s", [0.0, 0.3, 1.6, 2.9])
@pytest.mark.parametrize("baud", [500_000, 250_000])
def test_our_own_board_waits_for_no_other(boot_s: float, baud: int) -> None:
    assert next(iter(DRIVERS)) == OURS
    assert ours(boot_s, baud, list(DRIVERS)) == ours(boot_s, baud, [OURS])


def test_silence_is_told_once_everybody_has_asked() -> None:
    board = StreamingBoard(streams.p2, 6, 250.0)
    board.began_s = None
    link = SimulatedLink(board)
    with pytest.raises(BoardSilent, match="in any protocol known here"):
        Connection(link, make_drivers(), link.clock).open()
    assert link.clock() < 25.0
    said = b"".join(board.heard)
    assert b">" not in said


def test_noise_is_no_board_known_here() -> None:
    board = StreamingBoard(streams.p2, 6, 250.0)
    board.baud = 31_250
    link = SimulatedLink(board)
    with pytest.raises(ForeignBoard, match="no board known here"):
        Connection(link, make_drivers(), link.clock).open()


def test_a_named_driver_asks_alone_and_says_what_it_was_for() -> None:
    board = StreamingBoard(streams.p2, 6, 250.0)
    link = SimulatedLink(board)
    with pytest.raises(ForeignBoard, match="not the Chords firmware"):
        Connection(link, make_drivers("chords"), link.clock).open()
    assert set(b"".join(board.heard)) <= set(b"WHORU\n\xfe")


def test_a_board_once_known_is_met_with_its_own_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    link = SimulatedLink(ChordsUno())
    monkeypatch.setattr("emgfeedback.engine.connect.SerialLink", lambda path: link)
    connect = SerialConnector("/dev/board")
    first = connect()
    first._clock = link.clock
    first.open()
    again = connect()
    assert [driver.name for driver in again._drivers] == ["chords"]


def test_what_a_board_cannot_be_asked_is_told() -> None:
    link = SimulatedLink(StreamingBoard(streams.p2, 6, 250.0))
    connection = Connection(link, make_drivers("openeeg_p2"), link.clock)
    connection.open()
    info = connection.configure(StreamSettings(fs_hz=2000, n_channels=8))
    assert info.cautions[:2] == (
        "It has its own rate: 2000 Hz cannot be asked of it.",
        "It has 6 inputs; 8 were asked for.",
    )
    assert connection.configure(StreamSettings(n_channels=4)).cautions == info.cautions[2:]


@pytest.mark.parametrize("name", [name for name, board in CHORDS_BOARDS.items() if board[0]])
def test_every_chords_name_is_known(name: str) -> None:
    (info,) = ChordsDriver().feed(b"\xc7junk" + name.encode() + b"\r\n").messages
    assert isinstance(info, DeviceInfo)
    n_channels, bits, fs_hz, vref_mv = CHORDS_BOARDS[name]
    assert info.board == f"Chords {name}"
    assert (info.n_channels, info.full_scale_counts) == (n_channels, 1 << bits)
    assert (info.fs_hz, info.vref_mv) == (fs_hz, vref_mv)


def test_a_count_is_as_large_as_the_maker_says() -> None:
    (uno,) = ChordsDriver().feed(b"UNO-R3\r\n").messages
    (cyton,) = CytonDriver().feed(b"OpenBCI V3\n$$$").messages
    (bitalino,) = BitalinoDriver().feed(b"BITalino_v5.2\n").messages
    assert uno.lsb_uv() == pytest.approx(2.018, abs=1e-3)
    assert cyton.lsb_uv() == pytest.approx(2 * 0.02235, rel=1e-3)
    assert bitalino.lsb_uv() == pytest.approx(3.19, abs=0.01)


def test_a_cyton_that_is_off_is_told() -> None:
    driver = CytonDriver()
    reply = b"Failure: Communications timeout - Device failed to poll Host$$$"
    (message,) = driver.feed(reply).messages
    assert isinstance(message, Misfit)
    assert "Switch the board on" in message.remedy


@pytest.mark.parametrize("cut", range(40))
def test_messages_between_spiker_samples_are_taken_out(cut: int) -> None:
    driver = BackyardBrainsDriver()
    driver.settings_requests(StreamSettings(n_channels=2))
    samples = streams.codes(40, 2)
    sent = streams.stream(streams.spiker, samples)
    begin, end = MESSAGE
    sent = sent[:80] + begin + b"EVNT:3;" + end + sent[80:]
    frames = driver.feed(sent[: 70 + cut]).frames + driver.feed(sent[70 + cut :]).frames
    got = [row for frame in frames for row in frame.counts.tolist()]
    assert got == samples.tolist()


def test_a_spikerbox_of_14_bits_is_told_by_its_name() -> None:
    begin, end = MESSAGE
    driver = BackyardBrainsDriver()
    driver.feed(begin + b"HWT:HUMANSB;" + end)
    samples = streams.codes(300, 2, bits=14)
    (*_, frame) = driver.feed(streams.stream(streams.spiker, samples)).frames
    info = driver.listened(1.0)
    assert info is not None
    assert (info.fs_hz, info.full_scale_counts, info.n_channels) == (5000.0, 16384, 2)
    assert frame.counts.max() > 1023
    assert driver.start_request() == b"start:;\n"


def test_bitalino_is_asked_for_the_channels_and_rate_wanted() -> None:
    driver = BitalinoDriver()
    assert driver.settings_requests(StreamSettings(fs_hz=100, n_channels=3)) == [b"\x83"]
    assert driver.start_request() == bytes((0b00011101,))
    info = driver.settled(StreamSettings())
    assert info is not None
    assert (info.n_channels, info.fs_hz) == (3, 100.0)
