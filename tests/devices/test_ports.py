"""Ports are listed without being opened; a board is asked only when named."""

import sys

import pytest
from serial.tools.list_ports_common import ListPortInfo

from emgfeedback.core.errors import ForeignBoard, PortMissing, UsageError
from emgfeedback.devices import ports
from emgfeedback.devices.serial_link import SerialLink
from tests.devices.scripted_board import ScriptedBoard

needs_ptys = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals: POSIX only")


def adapter(device, vid=None, pid=None, description="n/a", serial_number=None):
    port = ListPortInfo(device)
    port.vid, port.pid = vid, pid
    port.description, port.serial_number = description, serial_number
    return port


@pytest.fixture
def plugged_in(monkeypatch):
    there = [
        adapter("/dev/ttyS0"),
        adapter("/dev/ttyUSB9", 0x1234, 0x5678, "Some adapter"),
        adapter("/dev/ttyUSB0", 0x1A86, 0x7523, "USB Serial"),
        adapter("/dev/ttyACM0", 0x2341, 0x0043, "Arduino", "7543A"),
        adapter("/dev/ttyACM1", 0x2341, 0x9999),
    ]
    monkeypatch.setattr(ports, "comports", lambda: there)


@pytest.mark.usefixtures("plugged_in")
def test_likely_boards_come_first():
    found = ports.list_ports()
    assert [(port.path, port.likely) for port in found] == [
        ("/dev/ttyACM0", "Arduino Uno"),
        ("/dev/ttyACM1", "Arduino board"),
        ("/dev/ttyUSB0", "Arduino Nano or clone (CH340)"),
        ("/dev/ttyUSB9", ""),
        ("/dev/ttyS0", ""),
    ]
    assert found[0] == ports.PortInfo(
        "/dev/ttyACM0", "Arduino", 0x2341, 0x0043, "7543A", "Arduino Uno"
    )
    assert found[-1].description == ""


@pytest.mark.usefixtures("plugged_in")
def test_listing_opens_nothing(monkeypatch):
    opened = []
    monkeypatch.setattr("serial.Serial.open", lambda port: opened.append(port.port))
    assert len(ports.list_ports()) == 5
    assert opened == []


def test_the_real_list_can_be_read():
    for port in ports.list_ports():
        assert port.path


@needs_ptys
@pytest.mark.parametrize("driver", [None, "emgfeedback"])
def test_a_board_says_who_it_is_and_the_port_is_free_again(driver):
    from tests.devices.pty_board import PtyBoard

    far = PtyBoard(ScriptedBoard(board_id=3))
    try:
        assert ports.identify(far.path, driver).board == "Arduino Mega 2560"
        again = SerialLink(far.path)
        again.open(500_000)
        again.close()
    finally:
        far.close()


@needs_ptys
def test_a_board_of_another_version_is_told():
    from emgfeedback.devices import wire
    from tests.devices.pty_board import PtyBoard

    far = PtyBoard(ScriptedBoard(protocol_version=7))
    try:
        with pytest.raises(ForeignBoard, match=f"version 7.*version {wire.PROTOCOL_VERSION}"):
            ports.identify(far.path)
    finally:
        far.close()


@needs_ptys
def test_asking_a_missing_port():
    with pytest.raises(PortMissing):
        ports.identify("/dev/ttyNOPE")


def test_asking_with_an_unknown_driver():
    with pytest.raises(UsageError):
        ports.identify("/dev/ttyNOPE", "myoware")
