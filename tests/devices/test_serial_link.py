"""The serial port on real pseudo-terminals, and every way it can fail to open."""

import json
import os
import threading
from pathlib import Path

import pytest

pytest.importorskip("termios", reason="pseudo-terminals are a POSIX thing")

import termios

from emgfeedback.core.errors import (
    EmgFeedbackError,
    LinkError,
    LinkLost,
    PortBusy,
    PortForbidden,
    PortMissing,
)
from emgfeedback.devices import serial_link
from emgfeedback.devices.serial_link import SerialLink
from tests.devices.pty_board import Pty


@pytest.fixture
def far():
    far = Pty()
    yield far
    far.close()


@pytest.fixture(params=["selectable", "portable"])
def link(request, far, monkeypatch):
    monkeypatch.setattr(serial_link, "HAS_SELECTABLE_PORTS", request.param == "selectable")
    link = SerialLink(far.path)
    yield link
    link.close()


def read_exactly(link, n_bytes):
    data = b""
    # One empty read may be an echo of `cancel`.
    empty_reads = 0
    while len(data) < n_bytes and empty_reads < 2:
        part = link.read(10.0)
        empty_reads += not part
        data += part
    return data


def test_bytes_go_both_ways(link, far):
    link.open(500_000)
    link.write(b"who?")
    assert far.received(4) == b"who?"
    far.send(b"me")
    assert read_exactly(link, 2) == b"me"


def test_every_byte_arrives_once_and_in_order(link, far):
    link.open(500_000)
    sent = os.urandom(200_000)
    sender = threading.Thread(
        target=lambda: [far.send(sent[i : i + 997]) for i in range(0, 200_000, 997)]
    )
    sender.start()
    try:
        assert read_exactly(link, len(sent)) == sent
    finally:
        sender.join()


def test_silence_is_empty(link):
    link.open(500_000)
    assert link.read(0.0) == b""
    assert link.read(0.01) == b""


def test_a_link_to_the_port_will_do(far, tmp_path):
    alias = tmp_path / "board"
    alias.symlink_to(far.path)
    link = SerialLink(str(alias))
    link.open(500_000)
    far.send(b"x")
    assert read_exactly(link, 1) == b"x"
    link.close()


@pytest.mark.parametrize("when", ["before", "during"])
def test_cancel_wakes_a_blocked_read(link, far, when):
    link.open(500_000)
    outcome = []
    reader = threading.Thread(target=lambda: outcome.append(link.read(60.0)))
    if when == "before":
        link.cancel()
        reader.start()
    else:
        reader.start()
        link.cancel()
    reader.join(30.0)
    assert outcome == [b""]
    far.send(b"x")
    assert read_exactly(link, 1) == b"x"


def test_an_open_port_changes_its_baud(far):
    link = SerialLink(far.path)
    link.open(500_000)
    assert far.speed == termios.B500000
    link.open(250_000)
    assert far.speed != termios.B500000
    link.open(115_200)
    assert far.speed == termios.B115200
    link.close()


def test_closing_twice_and_cancelling_a_closed_link_is_fine(link):
    link.cancel()
    link.open(500_000)
    link.close()
    link.close()
    link.cancel()


@pytest.mark.parametrize("use", [lambda link: link.read(1.0), lambda link: link.write(b"x")])
def test_a_closed_link_is_told(link, use):
    with pytest.raises(LinkLost, match="not open"):
        use(link)


def test_an_unplugged_port_is_lost(link, far):
    link.open(500_000)
    far.unplug()
    with pytest.raises(LinkLost, match=r"went away.*plug the board back in"):
        link.read(10.0)
    with pytest.raises(LinkLost, match="went away"):
        link.write(b"x")
    with pytest.raises(LinkLost, match="went away"):
        link.open(250_000)
    link.close()


def test_unplugging_wakes_a_blocked_read(link, far):
    link.open(500_000)
    outcome = []

    def read():
        try:
            link.read(60.0)
        except LinkLost as error:
            outcome.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    far.unplug()
    reader.join(30.0)
    assert len(outcome) == 1


def test_a_port_that_takes_nothing_is_told(far, monkeypatch):
    monkeypatch.setattr(serial_link, "WRITE_TIMEOUT_S", 0.05)
    link = SerialLink(far.path)
    link.open(500_000)
    with pytest.raises(LinkLost, match="took no bytes"):
        link.write(bytes(1_000_000))
    link.close()


# --- ports that cannot be opened -----------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/dev/ttyNOPE", "", "no\0port", "/dev/null/port", "x" * 5000, "COM3"]
)
def test_a_missing_port_is_named_with_those_there_are(path):
    with pytest.raises(PortMissing, match=r"[Pp]ort") as missing:
        SerialLink(path).open(500_000)
    assert missing.value.remedy
    assert "\n" not in str(missing.value)


def test_a_dangling_link_is_a_missing_port(tmp_path):
    alias = tmp_path / "board"
    alias.symlink_to(tmp_path / "gone")
    with pytest.raises(PortMissing):
        SerialLink(str(alias)).open(500_000)


def test_the_ports_there_are_stand_in_the_remedy(monkeypatch):
    from serial.tools.list_ports_common import ListPortInfo

    there = [ListPortInfo("/dev/ttyACM1"), ListPortInfo("/dev/ttyACM0")]
    monkeypatch.setattr("emgfeedback.devices.port_errors.comports", lambda: there)
    with pytest.raises(PortMissing, match="ACM0, /dev/ttyACM1"):
        SerialLink("/dev/ttyNOPE").open(500_000)


def test_files_and_folders_are_no_ports(tmp_path):
    file = tmp_path / "recording.bdf"
    file.write_bytes(b"kept")
    with pytest.raises(LinkError, match="is a file, not a serial port"):
        SerialLink(str(file)).open(500_000)
    with pytest.raises(LinkError, match="is a folder, not a serial port"):
        SerialLink(str(tmp_path)).open(500_000)
    assert file.read_bytes() == b"kept"


def test_a_device_that_is_no_terminal_is_no_port():
    with pytest.raises(LinkError, match="/dev/null is not a serial port"):
        SerialLink("/dev/null").open(500_000)


def test_a_busy_port_names_who_holds_it(far):
    first, second = SerialLink(far.path), SerialLink(far.path)
    first.open(500_000)
    with pytest.raises(PortBusy, match=rf"in use by .*process {os.getpid()}.*Close it there"):
        second.open(500_000)
    first.close()
    second.open(500_000)
    second.close()


def test_a_refused_second_open_leaves_the_first_alone(far):
    first = SerialLink(far.path)
    first.open(500_000)
    with pytest.raises(PortBusy):
        SerialLink(far.path).open(500_000)
    far.send(b"still here")
    assert read_exactly(first, 10) == b"still here"
    first.close()


def test_an_impossible_baud_is_told(far):
    with pytest.raises(LinkError, match="baud"):
        SerialLink(far.path).open(-1)


def error_without_rights(path):
    """Return [class, message] of opening `path` as a user without any rights."""
    import grp  # noqa: F401 - the child may not be able to read the library any more

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        outcome = ["nothing", "the port was opened"]
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65_534)
                os.setuid(65_534)
            SerialLink(path).open(500_000)
        except EmgFeedbackError as error:
            outcome = [type(error).__name__, str(error)]
        finally:
            os.write(writing, json.dumps(outcome).encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        outcome = json.load(pipe)
    os.waitpid(child, 0)
    return outcome


def test_a_forbidden_port_tells_how_to_be_let_in(far):
    Path(far.path).chmod(0)
    name, message = error_without_rights(far.path)
    assert name == PortForbidden.__name__
    assert far.path in message
    assert "usermod" in message or "udev" in message


def test_a_forbidden_folder_is_not_a_missing_port(far, tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir()
    (folder / "board").symlink_to(far.path)
    folder.chmod(0)
    name, _ = error_without_rights(str(folder / "board"))
    folder.chmod(0o700)
    assert name == PortForbidden.__name__


def test_a_port_without_modem_lines_cannot_reset_its_board(link, far):
    assert not link.reset_board(), "it is closed"
    link.open(115_200)
    assert not link.reset_board()
    far.send(b"x")
    assert read_exactly(link, 1) == b"x"


def test_the_reset_lines_fall_once(link, monkeypatch):
    levels = []

    def line(name):
        return property(None, lambda _, asserted: levels.append((name, asserted)))

    monkeypatch.setattr(serial_link, "RESET_PULSE_S", 0.0)
    link.open(115_200)
    monkeypatch.setattr(serial_link.serial.Serial, "dtr", line("dtr"))
    monkeypatch.setattr(serial_link.serial.Serial, "rts", line("rts"))
    assert link.reset_board()
    assert levels == [("dtr", False), ("rts", False), ("dtr", True), ("rts", True)]


def test_low_latency_is_asked_for_and_not_needed(far, monkeypatch):
    asked = []
    monkeypatch.setattr(
        serial_link.serial.Serial, "set_low_latency_mode", lambda _, wish: asked.append(wish)
    )
    link = SerialLink(far.path)
    link.open(500_000)
    link.open(250_000)
    link.close()
    assert asked == [True]


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_ports_that_know_no_latency_open_all_the_same(far, monkeypatch, system):
    port = serial_link.serial.Serial
    if system == "win32":
        # The method comes with Linux' part of pyserial.
        for kind in port.__mro__:
            if "set_low_latency_mode" in vars(kind):
                monkeypatch.delattr(kind, "set_low_latency_mode")
    else:
        monkeypatch.setattr(port, "set_low_latency_mode", refuse)
    link = SerialLink(far.path)
    link.open(500_000)
    far.send(b"x")
    assert read_exactly(link, 1) == b"x"
    link.close()


def refuse(port, wish):
    raise NotImplementedError("set_low_latency_mode not supported on this platform")
