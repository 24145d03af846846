"""Looking round, examining and flashing as the screen asks for it."""

import threading
from dataclasses import replace

import pytest

from emgfeedback.core.errors import FlashCancelled, LinkError
from emgfeedback.devices import channel_test, examine
from emgfeedback.devices.examine import Step
from emgfeedback.devices.ports import PortInfo
from emgfeedback.engine import first_connection
from emgfeedback.engine.first_connection import (
    Cause,
    Diagnosis,
    FirstConnection,
    firmware_may_help,
    look_round,
    may_end_by_itself,
    newer_firmware,
)
from emgfeedback.flashing.boards import find_board
from emgfeedback.flashing.flasher import Stage
from emgfeedback.flashing.images import Image, bundled_image
from tests.devices.scripted_board import Clock, ScriptedBoard
from tests.flashing.boot_loaders import FakeBoot

UNO = PortInfo("/dev/ttyACM0", "", 0x2341, 0x0043, likely="Arduino Uno")
TELEPHONE = PortInfo("/dev/rfcomm0", "", likely="Arduino Uno", bluetooth=True)
OTHER = PortInfo("/dev/ttyS0", "")


@pytest.fixture
def boot(monkeypatch):
    boot = FakeBoot(find_board("uno"))
    monkeypatch.setattr(first_connection, "SerialLink", lambda path: boot)
    monkeypatch.setattr(examine, "SerialLink", lambda path: boot)
    return boot


def test_only_ports_of_boards_are_worth_asking(monkeypatch):
    monkeypatch.setattr(first_connection, "list_ports", lambda: [UNO, OTHER, TELEPHONE])
    there = look_round()
    assert there.worth_asking == (UNO,)
    assert [cause.port for cause in there.causes if cause.port] == [TELEPHONE.path]
    assert there.on_mains in {True, False, None}


def test_the_boards_own_program_goes_in(boot):
    work = FirstConnection(UNO)
    told = []
    done = work.flash(work.board, tell=told.append)
    program = bundled_image(find_board("uno")).program
    assert done.n_bytes == len(program)
    assert bytes(boot.flash[: len(program)]) == program
    assert told[-1].stage is Stage.VERIFYING


def test_a_port_somebody_typed_hints_at_no_board():
    work = FirstConnection("COM12")
    assert work.board is None
    work.cancel()


def test_flashing_is_cancelled(boot):
    work = FirstConnection(UNO)
    with pytest.raises(FlashCancelled):
        work.flash(work.board, Image(bytes(500), "x.hex"), lambda step: work.cancel())


def test_examining_is_cancelled_from_another_thread(boot):
    work = FirstConnection(UNO)
    waiting = threading.Event()

    def read(timeout_s):
        waiting.set()
        return b""

    boot.read = read
    canceller = threading.Thread(target=lambda: (waiting.wait(30), work.cancel()))
    canceller.start()
    steps = []
    with pytest.raises(LinkError, match="cancelled"):
        work.examine(steps.append)
    canceller.join()
    assert steps[0] is Step.ASKING
    assert not boot.is_open


def test_newer_firmware_is_offered_to_our_boards_alone():
    from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
    from emgfeedback.devices.wire import identity_packet

    board = ScriptedBoard(Clock())
    info = EmgFeedbackDriver().feed(identity_packet(board.identity)).messages[0]
    assert newer_firmware(info) == ""
    older = replace(info, firmware="0.9.0")
    assert newer_firmware(older) == bundled_image(find_board("uno")).version
    assert newer_firmware(replace(older, driver="chords")) == ""
    assert newer_firmware(replace(older, board="Virtual board")) == ""


def test_the_demo_board_is_examined_as_a_real_one(monkeypatch):
    monkeypatch.setattr(channel_test, "SECONDS", 0.2)
    found = FirstConnection("demo").examine()
    assert found.info is not None
    assert found.test is not None
    assert len(found.test.channels) == found.info.n_channels
    assert not [verdict.words for verdict in found.test.channels if verdict.fault.value]


def test_firmware_is_offered_only_where_the_port_opens():
    mended = {cause for cause in Cause if firmware_may_help(Diagnosis(cause, "", ""))}
    waited = {cause for cause in Cause if may_end_by_itself(Diagnosis(cause, "", ""))}
    assert not mended & waited
    assert {Cause.NO_FIRMWARE, Cause.OTHER_FIRMWARE, Cause.SILENT} <= mended
    assert Cause.PORT_GONE not in mended | waited
    assert {Cause.PORT_BUSY, Cause.PORT_FORBIDDEN} <= waited
